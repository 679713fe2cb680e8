"""Settings of a run, the buttons that steer it, and how far it is."""

from __future__ import annotations

from contextlib import suppress

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from cnn_core.datasets import AUGMENTATIONS
from cnn_core.errors import CnnError, ConfigError
from cnn_core.optimizers import DEFAULT_RATES, OPTIMIZERS
from cnn_core.presets import PRESETS
from cnn_core.sources import SOURCES
from cnn_core.training import TrainingConfig
from cnn_gui import theme
from cnn_gui.settings import HIGHEST_RATE, HIGHEST_SEED, LOWEST_RATE, MOST_BATCH, MOST_EPOCHS, Settings
from cnn_gui.state import AppState
from cnn_gui.training.sample_strip import SampleStrip
from cnn_gui.values import Phase, TrainingStatus, thousands
from cnn_gui.widgets.card import FIELD_MARGINS_PX, label
from cnn_gui.widgets.fields import NumberField, guarded

TITLES = {
    "mnist": "MNIST", "fashion-mnist": "Fashion", "kmnist": "KMNIST", "pendigits": "Pens", "mixed": "Mixed",
    "synthetic": "Synthetic",
}  # fmt: skip
DEFAULTS = TrainingConfig()
MOST_LETTERS = 24


class TrainingPanel(QWidget):
    """Emits what the user wants; whether it can be done is the controller's business."""

    train_requested = Signal(object)
    step_requested = Signal(object)
    pause_requested = Signal()
    stop_requested = Signal()
    invalid_entered = Signal(str, str)
    entry_refused = Signal(str)
    samples_wanted = Signal(str, str)

    def __init__(self, state: AppState, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._settings = state, settings
        self.dataset = self._combo("datasetCombo", "Data set", {k: TITLES[k] for k in SOURCES},
                                   "What to learn from; MNIST and its like are downloaded once")  # fmt: skip
        self.preset = self._combo("presetCombo", "Network", {k: k for k in PRESETS}, "The network to train")
        for i, name in enumerate(SOURCES):
            self.dataset.setItemData(i, SOURCES[name].title, Qt.ItemDataRole.ToolTipRole)
        for i, preset in enumerate(PRESETS.values()):
            self.preset.setItemData(i, preset.title, Qt.ItemDataRole.ToolTipRole)
        self.optimizer = self._combo("optimizerCombo", "Optimizer", {k: k for k in OPTIMIZERS}, "How steps are made")
        self.augmentation = self._combo("augmentationCombo", "Augmentation", {k: k for k in AUGMENTATIONS},
                                        "Random turns, shifts and bends of the training images")  # fmt: skip
        self.rate = QLineEdit(f"{DEFAULTS.learning_rate:g}")
        self.rate.setMaxLength(MOST_LETTERS)
        self._dress(self.rate, "rateEdit", "Learning rate", "The highest learning rate, for example 0.002")
        self.batch = self._spin("batchSpin", "Batch size", "Images a step", 1, MOST_BATCH, DEFAULTS.batch_size)
        self.epochs = self._spin("epochsSpin", "Epochs", "Passes over the training images", 1, MOST_EPOCHS,
                                 DEFAULTS.epochs)  # fmt: skip
        self.seed = self._spin("seedSpin", "Seed", "Same seed, same curve", 0, HIGHEST_SEED, DEFAULTS.seed)
        self._inputs = (self.dataset, self.preset, self.optimizer, self.augmentation, self.rate, self.batch,
                        self.epochs, self.seed)  # fmt: skip
        self.train = self._button("trainButton", "Train", "Begin to train (Space)")
        self.train.setProperty("primary", True)
        self.pause = self._button("pauseButton", "Pause", "Hold the training, or go on (Space)")
        self.step = self._button("stepButton", "Step", "Train on one batch and hold (Ctrl+.)")
        self.stop = self._button("stopButton", "Stop", "End the training; what was learnt stays")
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self._dress(self.progress, "trainingProgress", "Training progress", "How much of the run is done")
        self.samples = SampleStrip(state)
        self.left, self.middle, self.right = (label(muted=True, small=True) for _ in range(3))
        self._restore()
        self._arrange()
        self._optimizer_before = str(self.optimizer.currentData())
        self.optimizer.currentIndexChanged.connect(self._on_optimizer_changed)
        self.dataset.currentIndexChanged.connect(self.request_samples)
        self.augmentation.currentIndexChanged.connect(self.request_samples)
        self.train.clicked.connect(self.request_train)
        self.pause.clicked.connect(self.pause_requested)
        self.step.clicked.connect(self.request_step)
        self.stop.clicked.connect(self.stop_requested)
        state.training_changed.connect(self._on_training_changed)
        state.theme_changed.connect(self._on_theme_changed)
        self._on_theme_changed()
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
            raise ConfigError(f"The learning rate expected a number such as 0.002, received {text!r}.") from None
        if not LOWEST_RATE <= rate <= HIGHEST_RATE:
            raise ConfigError(
                f"The learning rate expected a number from {LOWEST_RATE:g} to {HIGHEST_RATE:g}, received {text!r}."
            )
        return rate

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
            self.invalid_entered.emit("This cannot be trained", str(error))
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
            combo.setCurrentIndex(combo.findData(self._settings.get(f"training_{name}")))
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
        status = self._state.training
        idle = status.phase is Phase.IDLE
        for widget in self._inputs:
            widget.setEnabled(idle)
        self.train.setEnabled(idle)
        self.pause.setEnabled(status.phase in (Phase.RUNNING, Phase.PREPARING, Phase.PAUSED))
        held = status.phase is Phase.PAUSED
        self.pause.setText("Resume" if held else "Pause")
        self.pause.setIcon(theme.icon("play" if held else "pause", self._state.theme.text, 14))
        self.step.setEnabled(status.phase in (Phase.IDLE, Phase.PAUSED))
        self.stop.setEnabled(status.phase.active and status.phase is not Phase.STOPPING)
        self.progress.setValue(round(status.progress * 1000))
        left, middle, right = words(status)
        self.left.setText(left)
        self.middle.setText(middle)
        self.right.setText(right)

    @Slot()
    def _on_theme_changed(self) -> None:
        for name, button in (("pause", self.pause), ("step", self.step), ("stop", self.stop)):
            button.setIcon(theme.icon(name, self._state.theme.text, 14))
        self.train.setIcon(theme.icon("play", self._state.theme.accent_text, 14, self._state.theme.text))

    # --- Layout

    def _arrange(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(5)
        rows = (
            (("Data", self.dataset), ("Network", self.preset)),
            (("Optimizer", self.optimizer), ("Rate", self.rate)),
            (("Batch", self.batch), ("Epochs", self.epochs)),
            (("Augment", self.augmentation), ("Seed", self.seed)),
        )
        for row, cells in enumerate(rows):
            for column, (text, widget) in enumerate(cells):
                name = label(text, muted=True)
                name.setBuddy(widget)
                grid.addWidget(name, row, 2 * column)
                grid.addWidget(widget, row, 2 * column + 1)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for button in (self.train, self.pause, self.step, self.stop):
            buttons.addWidget(button)
        below = QHBoxLayout()
        below.addWidget(self.left)
        below.addStretch(1)
        below.addWidget(self.middle)
        below.addStretch(1)
        below.addWidget(self.right)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(grid)
        column.addWidget(self.samples)
        column.addLayout(buttons)
        column.addWidget(self.progress)
        column.addLayout(below)
        column.addStretch(1)

    def _dress(self, widget: QWidget, name: str, accessible: str, tip: str) -> None:
        widget.setObjectName(name)
        widget.setAccessibleName(accessible)
        widget.setToolTip(tip)
        if not isinstance(widget, QProgressBar):
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

    def _button(self, name: str, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setIconSize(QSize(14, 14))
        button.setProperty("tight", True)
        self._dress(button, name, text, tip)
        return button


def words(status: TrainingStatus) -> tuple[str, str, str]:
    """What stands under the progress bar: speed, share, time left."""
    if status.message:
        return status.message, "", f"{status.progress * 100:.0f} %" if 0 < status.progress < 1 else ""
    if not status.phase.active or not status.images_per_second:
        return "", "", ""
    speed = f"{thousands(status.images_per_second)} images/s"
    epoch = f"epoch {min(int(status.epoch) + 1, status.epochs)} of {status.epochs}"
    left = "held" if status.phase is Phase.PAUSED else f"{duration(status.eta_seconds)} left"
    return speed, epoch, left


def duration(seconds: float) -> str:
    """``75`` as ``1 min 15 s``."""
    seconds = max(0, round(seconds))
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60:02d} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60:02d} min"
