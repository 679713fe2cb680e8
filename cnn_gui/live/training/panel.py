"""The settings of the next run, and images as it will see them."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from cnn_core.datasets import AUGMENTATIONS
from cnn_core.errors import CnnError, ConfigError
from cnn_core.files import brief
from cnn_core.optimizers import DEFAULT_RATES, OPTIMIZERS
from cnn_core.presets import PRESETS
from cnn_core.sources import SOURCES
from cnn_core.training import TrainingConfig
from cnn_gui.live.training.sample_strip import SampleStrip
from cnn_gui.live.training.samples import SamplesState
from cnn_gui.session.state import State
from cnn_gui.session.training_state import Phase
from cnn_gui.settings import HIGHEST_RATE, HIGHEST_SEED, LOWEST_RATE, MOST_BATCH, MOST_EPOCHS, MOST_PATHS, Settings
from cnn_gui.widgets.card import FIELD_MARGINS_PX, label
from cnn_gui.widgets.fields import NumberField, guarded
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


class TrainingPanel(QWidget):
    """Emits what the user wants; whether it can be done is the controller's business."""

    train_requested = Signal(object)
    step_requested = Signal(object)
    invalid_entered = Signal(str, str)
    entry_refused = Signal(str)
    samples_wanted = Signal(str, str)

    def __init__(self, state: State, settings: Settings, samples: SamplesState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._settings = state, settings
        self.dataset = self._combo("datasetCombo", tr("Data set"), {k: tr(TITLES.get(k, k)) for k in SOURCES},
                                   tr("What to learn from; MNIST and its like are downloaded once"))  # fmt: skip
        self.preset = self._combo("presetCombo", tr("Network"), {k: k for k in PRESETS}, tr("The network to train"))
        for i, name in enumerate(SOURCES):
            self.dataset.setItemData(i, SOURCES[name].title, Qt.ItemDataRole.ToolTipRole)
        for path in self._settings.get("data_paths"):
            self._add_path(path)
        for i, preset in enumerate(PRESETS.values()):
            self.preset.setItemData(i, preset.title, Qt.ItemDataRole.ToolTipRole)
        self.optimizer = self._combo(
            "optimizerCombo", tr("Optimizer"), {k: k for k in OPTIMIZERS}, tr("How steps are made")
        )
        self.augmentation = self._combo("augmentationCombo", tr("Augmentation"), {k: k for k in AUGMENTATIONS},
                                        tr("Random turns, shifts and bends of the training images"))  # fmt: skip
        self.rate = QLineEdit(f"{DEFAULTS.learning_rate:g}")
        self.rate.setMaxLength(MOST_LETTERS)
        self._dress(self.rate, "rateEdit", tr("Learning rate"), tr("The highest learning rate, for example 0.002"))
        self.batch = self._spin("batchSpin", tr("Batch size"), tr("Images a step"), 1, MOST_BATCH, DEFAULTS.batch_size)
        self.epochs = self._spin("epochsSpin", tr("Epochs"), tr("Passes over the training images"), 1, MOST_EPOCHS,
                                 DEFAULTS.epochs)  # fmt: skip
        self.seed = self._spin("seedSpin", tr("Seed"), tr("Same seed, same curve"), 0, HIGHEST_SEED, DEFAULTS.seed)
        self._inputs = (self.dataset, self.preset, self.optimizer, self.augmentation, self.rate, self.batch,
                        self.epochs, self.seed)  # fmt: skip
        self.samples = SampleStrip(state, samples)
        self._restore()
        self._arrange()
        self._optimizer_before = str(self.optimizer.currentData())
        self.optimizer.currentIndexChanged.connect(self._on_optimizer_changed)
        self.dataset.currentIndexChanged.connect(self.request_samples)
        self.augmentation.currentIndexChanged.connect(self.request_samples)
        state.training.status_changed.connect(self._on_training_changed)
        self._on_training_changed()

    # --- What the user wants

    def config(self) -> TrainingConfig:
        """The settings as they stand; raises `CnnError` when one makes no sense."""
        for spin in self._spins().values():
            spin.interpretText()
        return TrainingConfig(
            dataset=self.dataset.currentData(),
            architecture=self.preset.currentData(),
            optimizer=self.optimizer.currentData(),
            learning_rate=self.learning_rate(),
            batch_size=self.batch.value(),
            epochs=self.epochs.value(),
            seed=self.seed.value(),
            augmentation=self.augmentation.currentData(),
        )

    def learning_rate(self) -> float:
        """The rate as a number, with a decimal point or comma; raises `ConfigError`."""
        text = self.rate.text()
        try:
            rate = float(text.replace(",", "."))
        except ValueError:
            raise ConfigError(
                tr("The learning rate expected a number such as 0.002, received {text!r}.").format(text=text)
            ) from None
        if not LOWEST_RATE <= rate <= HIGHEST_RATE:
            raise ConfigError(
                tr(
                    "The learning rate expected a number from {LOWEST_RATE:g} to {HIGHEST_RATE:g}, received {text!r}."
                ).format(LOWEST_RATE=LOWEST_RATE, HIGHEST_RATE=HIGHEST_RATE, text=text)
            )
        return rate

    def choose_dataset(self, name: str) -> None:
        """Learn from the data set of that name, or in that path, from the next run on."""
        if self.dataset.findData(name) < 0:
            self._add_path(name)
            paths = [self.dataset.itemData(i) for i in range(len(SOURCES), self.dataset.count())]
            self._settings.put(data_paths=paths[-MOST_PATHS:])
        self.dataset.setCurrentIndex(self.dataset.findData(name))
        self.save()

    def _add_path(self, path: str) -> None:
        self.dataset.addItem(brief(Path(path).name, MOST_NAME), path)
        self.dataset.setItemData(self.dataset.count() - 1, plain_tip(path), Qt.ItemDataRole.ToolTipRole)

    @Slot()
    def request_train(self) -> None:
        self._request(self.train_requested)

    @Slot()
    def request_samples(self) -> None:
        """Ask for images as the network will see them with these settings."""
        self.samples_wanted.emit(self.dataset.currentData(), self.augmentation.currentData())

    @Slot()
    def request_step(self) -> None:
        self._request(self.step_requested)

    def _request(self, signal) -> None:
        try:
            config = self.config()
        except CnnError as error:
            self.invalid_entered.emit(tr("This cannot be trained"), str(error))
            self.rate.setFocus()
            return
        self.save()
        signal.emit(config)

    def save(self) -> None:
        """Remember the settings for the next start."""
        self._settings.put(**self.remembered())

    def remembered(self) -> dict[str, str | float | int]:
        """What is to be found here at the next start; a rate that makes no sense is not kept."""
        values = {f"training_{name}": combo.currentData() for name, combo in self._combos().items()}
        values |= {f"training_{name}": spin.value() for name, spin in self._spins().items()}
        with suppress(ConfigError):
            values["training_rate"] = self.learning_rate()
        return values

    def _restore(self) -> None:
        for name, combo in self._combos().items():
            value = self._settings.get(f"training_{name}")
            if name == "dataset" and combo.findData(value) < 0:
                self._add_path(value)
            combo.setCurrentIndex(max(combo.findData(value), 0))
        self.rate.setText(f"{self._settings.get('training_rate'):g}")
        for name, spin in self._spins().items():
            spin.setValue(self._settings.get(f"training_{name}"))

    def _spins(self) -> dict[str, NumberField]:
        return {"batch": self.batch, "epochs": self.epochs, "seed": self.seed}

    def _combos(self) -> dict[str, QComboBox]:
        return {
            "dataset": self.dataset,
            "preset": self.preset,
            "optimizer": self.optimizer,
            "augmentation": self.augmentation,
        }

    @Slot()
    def _on_optimizer_changed(self) -> None:
        """A rate that was left at its default follows the optimizer; one that was chosen stays."""
        if self.rate.text() == f"{DEFAULT_RATES[self._optimizer_before]:g}":
            self.rate.setText(f"{DEFAULT_RATES[self.optimizer.currentData()]:g}")
        self._optimizer_before = str(self.optimizer.currentData())

    # --- What the state says

    @Slot()
    def _on_training_changed(self) -> None:
        status = self._state.training.status
        idle = status.phase is Phase.IDLE
        for widget in self._inputs:
            widget.setEnabled(idle)

    # --- Layout

    def _arrange(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(5)
        rows = (
            ((tr("Data"), self.dataset), (tr("Network"), self.preset)),
            ((tr("Optimizer"), self.optimizer), (tr("Rate"), self.rate)),
            ((tr("Batch"), self.batch), (tr("Epochs"), self.epochs)),
            ((tr("Augment"), self.augmentation), (tr("Seed"), self.seed)),
        )
        for row, cells in enumerate(rows):
            for column, (text, widget) in enumerate(cells):
                name = label(text, muted=True)
                name.setBuddy(widget)
                grid.addWidget(name, row, 2 * column)
                grid.addWidget(widget, row, 2 * column + 1)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(grid)
        column.addWidget(self.samples)
        column.addStretch(1)

    def _dress(self, widget: QWidget, name: str, accessible: str, tip: str) -> None:
        widget.setObjectName(name)
        widget.setAccessibleName(accessible)
        widget.setToolTip(tip)
        widget.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        widget.setMinimumWidth(54)

    def _combo(self, name: str, accessible: str, items: dict[str, str], tip: str) -> QComboBox:
        combo = guarded(QComboBox())
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
