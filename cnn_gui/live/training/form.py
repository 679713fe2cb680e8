"""The fields for the settings of a run."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from cnn_core.architecture import Architecture
from cnn_core.datasets import AUGMENTATIONS
from cnn_core.errors import ConfigError
from cnn_core.files import brief
from cnn_core.layers import Dropout
from cnn_core.model import Sequential
from cnn_core.optimizers import OPTIMIZERS
from cnn_core.presets import PRESETS
from cnn_core.schedules import SCHEDULES
from cnn_core.sources import SOURCES
from cnn_core.training import TrainingConfig
from cnn_core.training.config import HIGHEST_SEED, OPTIMIZER_OPTIONS
from cnn_gui.settings import HIGHEST_RATE, LOWEST_RATE, MOST_BATCH, MOST_EPOCHS, Settings
from cnn_gui.widgets.card import FIELD_MARGINS_PX, label
from cnn_gui.widgets.fields import ComboBox, DecimalField, NumberField, guarded
from cnn_gui.widgets.plain_tip import plain_tip
from cnn_gui.widgets.translation import QT_TR_NOOP, tr

TITLES = {
    "mnist": "MNIST",
    "fashion-mnist": QT_TR_NOOP("Fashion"),
    "kmnist": "KMNIST",
    "pendigits": QT_TR_NOOP("Pens"),
    "mixed": QT_TR_NOOP("Mixed"),
    "synthetic": QT_TR_NOOP("Synthetic"),
}
DEFAULTS = TrainingConfig()
MOST_LETTERS, MOST_NAME = 24, 24
MOST_DROPOUT, MOST_SHARE, MOST_WARMUP, MOST_PATIENCE = 0.95, 0.9999, 1000.0, 1000


@dataclass(frozen=True, slots=True)
class Decimal:
    """A field for a number: the setting it is for, its words, range and steps."""

    setting: str
    name: str
    words: str
    tip: str
    most: float
    step: float
    places: int


DECIMALS = (
    Decimal("warmup_epochs", "warmupField", QT_TR_NOOP("Warm-up"),
            QT_TR_NOOP("So many epochs the rate rises from nothing first"), MOST_WARMUP, 0.1, 2),
    Decimal("momentum", "momentumField", QT_TR_NOOP("Momentum"),
            QT_TR_NOOP("How much of the last step is in the next one"), MOST_SHARE, 0.01, 4),
    Decimal("beta1", "beta1Field", QT_TR_NOOP("Beta 1"),
            QT_TR_NOOP("How slowly the mean of the gradients forgets"), MOST_SHARE, 0.01, 4),
    Decimal("beta2", "beta2Field", QT_TR_NOOP("Beta 2"),
            QT_TR_NOOP("How slowly the mean of the squared gradients forgets"), MOST_SHARE, 0.001, 4),
    Decimal("rms_decay", "rmsDecayField", QT_TR_NOOP("Memory"),
            QT_TR_NOOP("How slowly the mean of the squared gradients forgets"), MOST_SHARE, 0.01, 4),
    Decimal("weight_decay", "weightDecayField", QT_TR_NOOP("Decay"),
            QT_TR_NOOP("How strongly each step pulls the weights towards zero"), MOST_SHARE, 0.01, 4),
)  # fmt: skip


class SettingsForm(QWidget):
    """Every setting of a run, in a list that scrolls; `config` is what they say."""

    entry_refused = Signal(str)
    dropout_edited = Signal()

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.dataset = self._combo("datasetCombo", tr("Data set"), {k: tr(TITLES.get(k, k)) for k in SOURCES},
                                   tr("What to learn from; MNIST and its like are downloaded once"))  # fmt: skip
        self.preset = self._combo("presetCombo", tr("Network"), {k: k for k in PRESETS}, tr("The network to train"))
        for i, name in enumerate(SOURCES):
            self.dataset.setItemData(i, SOURCES[name].title, Qt.ItemDataRole.ToolTipRole)
        for path in settings.get("data_paths"):
            self.add_path(path)
        for i, preset in enumerate(PRESETS.values()):
            self.preset.setItemData(i, preset.title, Qt.ItemDataRole.ToolTipRole)
        self.optimizer = self._combo("optimizerCombo", tr("Optimizer"), {k: k for k in OPTIMIZERS},
                                     tr("How weights are changed by their gradients"))  # fmt: skip
        self.augmentation = self._combo("augmentationCombo", tr("Augmentation"), {k: k for k in AUGMENTATIONS},
                                        tr("Random turns, shifts and bends of the training images"))  # fmt: skip
        self.schedule = self._combo("scheduleCombo", tr("Schedule"), {k: k for k in SCHEDULES},
                                    tr("How the learning rate changes over the run"))  # fmt: skip
        self.rate = QLineEdit(f"{DEFAULTS.learning_rate:g}")
        self.rate.setMaxLength(MOST_LETTERS)
        self._dress(self.rate, "rateEdit", tr("Learning rate"), tr("The highest learning rate, for example 0.002"))
        self.batch = self._spin("batchSpin", tr("Batch size"), tr("Images a step"), 1, MOST_BATCH, DEFAULTS.batch_size)
        self.epochs = self._spin("epochsSpin", tr("Epochs"), tr("Passes over the training images"), 1, MOST_EPOCHS,
                                 DEFAULTS.epochs)  # fmt: skip
        self.seed = self._spin("seedSpin", tr("Seed"), tr("Same seed, same curve"), 0, HIGHEST_SEED, DEFAULTS.seed)
        self.patience = self._spin("patienceSpin", tr("Patience"), tr(
            "Epochs without a better validation before the run ends; 0: never"), 0, MOST_PATIENCE, 0)  # fmt: skip
        self.decimals = {one.setting: self._decimal(one) for one in DECIMALS}
        self.dropout: dict[str, DecimalField] = {}
        self._names: dict[QWidget, QLabel] = {}
        self._network: str | Architecture = DEFAULTS.architecture
        self._restore()
        self._grid = QGridLayout()
        self._scroll = self._arranged()
        self.optimizer.currentIndexChanged.connect(self._show_rows)
        self.preset.currentIndexChanged.connect(self._on_preset_changed)
        self._on_preset_changed()

    # --- What they say

    def config(self) -> TrainingConfig:
        """The settings as they stand; raises `CnnError` when one makes no sense."""
        for spin in (*self._spins().values(), *self.decimals.values(), *self.dropout.values()):
            spin.interpretText()
        own = _dropout_rates(self._network)
        numbers: dict[str, Any] = {name: field.value() for name, field in self.decimals.items()}
        return TrainingConfig(
            dataset=self.dataset.currentData(),
            architecture=self._network,
            optimizer=self.optimizer.currentData(),
            learning_rate=self.learning_rate(),
            schedule=self.schedule.currentData(),
            batch_size=self.batch.value(),
            epochs=self.epochs.value(),
            seed=self.seed.value(),
            augmentation=self.augmentation.currentData(),
            patience=self.patience.value(),
            dropout=tuple(sorted((n, f.value()) for n, f in self.dropout.items() if f.value() != own.get(n))),
            **numbers,
        )

    def learning_rate(self) -> float:
        """The rate as a number, with a decimal point or comma; raises `ConfigError`."""
        text = self.rate.text()
        try:
            rate = float(text.replace(",", "."))
        except ValueError:
            raise ConfigError(
                tr("The learning rate is a number such as 0.002, and {text!r} is none. It stays as it was.").format(
                    text=text
                )
            ) from None
        if not LOWEST_RATE <= rate <= HIGHEST_RATE:
            raise ConfigError(
                tr(
                    "The learning rate lies between {LOWEST_RATE:g} and {HIGHEST_RATE:g}, and {text!r} does not."
                ).format(LOWEST_RATE=LOWEST_RATE, HIGHEST_RATE=HIGHEST_RATE, text=text)
            )
        return rate

    @Slot(object)
    def show_settings(self, config: TrainingConfig) -> None:
        """Settings to begin with, such as those of another run."""
        if self.dataset.findData(config.dataset) < 0:
            self.add_path(config.dataset)
        self.dataset.setCurrentIndex(self.dataset.findData(config.dataset))
        self.show_network(config.architecture)
        for combo, value in (
            (self.optimizer, config.optimizer), (self.augmentation, config.augmentation),
            (self.schedule, config.schedule),
        ):  # fmt: skip
            combo.setCurrentIndex(max(combo.findData(value), 0))
        self.rate.setText(f"{config.learning_rate:g}")
        for spin, value in (
            (self.batch, config.batch_size), (self.epochs, config.epochs), (self.seed, config.seed),
            (self.patience, config.patience),
        ):  # fmt: skip
            spin.setValue(value)
        for name, field in self.decimals.items():
            field.setValue(getattr(config, name))
        for name, rate in config.dropout:
            if name in self.dropout:
                self._set_quietly(self.dropout[name], rate)

    def save(self) -> None:
        """Remember the settings for the next start."""
        self._settings.put(**self.remembered())

    def remembered(self) -> dict[str, str | float | int]:
        """What is to be found here at the next start; a rate that makes no sense is not kept."""
        values = {f"training_{name}": combo.currentData() for name, combo in self._combos().items()}
        if isinstance(self._network, Architecture):
            values["training_preset"] = DEFAULTS.network_name
        values |= {f"training_{name}": spin.value() for name, spin in self._spins().items()}
        values |= {f"training_{name}": field.value() for name, field in self.decimals.items()}
        with suppress(ConfigError):
            values["training_rate"] = self.learning_rate()
        return values

    def _restore(self) -> None:
        for name, combo in self._combos().items():
            value = self._settings.get(f"training_{name}")
            if name == "dataset" and combo.findData(value) < 0:
                self.add_path(value)
            combo.setCurrentIndex(max(combo.findData(value), 0))
        self.rate.setText(f"{self._settings.get('training_rate'):g}")
        for name, spin in self._spins().items():
            spin.setValue(self._settings.get(f"training_{name}"))
        for name, field in self.decimals.items():
            field.setValue(self._settings.get(f"training_{name}"))

    def add_path(self, path: str) -> None:
        """Offer the data in a path."""
        self.dataset.addItem(brief(Path(path).name, MOST_NAME), path)
        self.dataset.setItemData(self.dataset.count() - 1, plain_tip(path), Qt.ItemDataRole.ToolTipRole)

    def _spins(self) -> dict[str, NumberField]:
        return {"batch": self.batch, "epochs": self.epochs, "seed": self.seed, "patience": self.patience}

    def _combos(self) -> dict[str, QComboBox]:
        return {
            "dataset": self.dataset,
            "preset": self.preset,
            "optimizer": self.optimizer,
            "augmentation": self.augmentation,
            "schedule": self.schedule,
        }

    # --- The rows

    def _arranged(self) -> QScrollArea:
        self._grid.setHorizontalSpacing(6)
        self._grid.setVerticalSpacing(5)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(3, 1)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._grid)
        column.addStretch(1)
        area = QScrollArea()
        area.setObjectName("settingsList")
        area.setAccessibleName(tr("Settings of the run"))
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        inside.setAutoFillBackground(False)
        return area

    def _show_rows(self) -> None:
        """Two settings a row; of the optimizer's own those that it has, of dropout one for each layer."""
        own = OPTIMIZER_OPTIONS[self.optimizer.currentData()]
        shown: list[tuple[str, QWidget]] = [
            (tr("Data"), self.dataset), (tr("Network"), self.preset),
            (tr("Optimizer"), self.optimizer), (tr("Rate"), self.rate),
            (tr("Batch"), self.batch), (tr("Epochs"), self.epochs),
            (tr("Augment"), self.augmentation), (tr("Seed"), self.seed),
            (tr("Schedule"), self.schedule), (tr("Warm-up"), self.decimals["warmup_epochs"]),
            *((tr(one.words), self.decimals[one.setting]) for one in DECIMALS if one.setting in own),
            *((_short(name), field) for name, field in self.dropout.items()),
            (tr("Patience"), self.patience),
        ]  # fmt: skip
        while self._grid.count():
            self._grid.takeAt(0)
        kept = {widget for _, widget in shown}
        for widget, name in list(self._names.items()):
            name.setVisible(widget in kept)
        for field in self.decimals.values():
            field.setVisible(field in kept)
        for number, (words, widget) in enumerate(shown):
            if widget not in self._names:
                name = self._names[widget] = label(words, muted=True)
                name.setBuddy(widget)
            row, column = divmod(number, 2)
            self._grid.addWidget(self._names[widget], row, 2 * column)
            self._grid.addWidget(widget, row, 2 * column + 1)
            widget.show()
        before = self.dataset
        for _, widget in shown[1:]:
            QWidget.setTabOrder(before, widget)
            before = widget

    def _on_preset_changed(self) -> None:
        self.show_network(self.preset.currentData())

    def show_network(self, network: str | Architecture) -> None:
        """Fields for the dropout rates of this network."""
        self._choose_network(network)
        rates = _dropout_rates(network)
        for name in [name for name in self.dropout if name not in rates]:
            field = self.dropout.pop(name)
            if field in self._names:
                self._names.pop(field).deleteLater()
            field.deleteLater()
        for name, rate in rates.items():
            if name not in self.dropout:
                words = tr("Dropout rate of {name}").format(name=name)
                one = Decimal("", f"{name}Field", words, tr("Share of the units that are off in each step"),
                              MOST_DROPOUT, 0.05, 3)  # fmt: skip
                self.dropout[name] = self._decimal(one)
                self.dropout[name].valueChanged.connect(self.dropout_edited)
            self._set_quietly(self.dropout[name], rate)
        self._show_rows()

    def _choose_network(self, network: str | Architecture) -> None:
        """Show it among the networks; one that is no preset stands below them, the last one only."""
        self._network = network
        blocked = self.preset.blockSignals(True)
        if isinstance(network, Architecture):
            if self.preset.count() == len(PRESETS):
                self.preset.addItem("")
            self.preset.setItemText(len(PRESETS), brief(network.name, MOST_NAME))
            self.preset.setItemData(len(PRESETS), network)
            self.preset.setItemData(len(PRESETS), tr("A network of your own"), Qt.ItemDataRole.ToolTipRole)
            self.preset.setCurrentIndex(len(PRESETS))
        else:
            self.preset.setCurrentIndex(list(PRESETS).index(network))
        self.preset.blockSignals(blocked)

    @staticmethod
    def _set_quietly(field: Any, value: Any) -> None:
        blocked = field.blockSignals(True)
        if isinstance(field, QComboBox):
            field.setCurrentIndex(max(field.findData(value), 0))
        elif isinstance(field, QLineEdit):
            field.setText(f"{value:g}")
        else:
            field.setValue(value)
        field.blockSignals(blocked)

    # --- Fields

    def _dress(self, widget: QWidget, name: str, accessible: str, tip: str) -> None:
        widget.setObjectName(name)
        widget.setAccessibleName(accessible)
        widget.setToolTip(tip)
        widget.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        widget.setMinimumWidth(54)

    def _combo(self, name: str, accessible: str, items: Mapping[str, str], tip: str) -> QComboBox:
        combo = ComboBox()
        for key, text in items.items():
            combo.addItem(text, key)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.setMinimumContentsLength(6)
        self._dress(combo, name, accessible, tip)
        return combo

    def _spin(self, name: str, accessible: str, tip: str, low: int, high: int, value: int) -> NumberField:
        spin = NumberField(low, high, value)
        spin.refused.connect(self.entry_refused)
        spin.lineEdit().setTextMargins(*FIELD_MARGINS_PX)
        self._dress(spin, name, accessible, tip)
        return spin

    def _decimal(self, one: Decimal) -> DecimalField:
        field = guarded(DecimalField(self))
        field.setRange(0.0, one.most)
        field.setDecimals(one.places)
        field.setSingleStep(one.step)
        if one.setting:
            field.setValue(getattr(DEFAULTS, one.setting))
        field.refused.connect(self.entry_refused)
        field.lineEdit().setTextMargins(*FIELD_MARGINS_PX)
        self._dress(field, one.name, tr(one.words), tr(one.tip))
        return field


def _dropout_rates(network: str | Architecture) -> dict[str, float]:
    """Of each dropout layer, by its name."""
    layers = network.build_layers(2) if isinstance(network, Architecture) else PRESETS[network].layers(2)
    return {layer.name: layer.rate for layer in Sequential(layers).layers if isinstance(layer, Dropout)}


def _short(name: str) -> str:
    return tr("Drop {number}").format(number=name.rpartition("_")[2]) if name.startswith("dropout_") else brief(name, 9)
