"""The settings of the next run, those that can be changed while one goes, and images as the network will see them."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from cnn_core.errors import CnnError, ConfigError
from cnn_core.optimizers import DEFAULT_RATES
from cnn_core.sources import SOURCES
from cnn_core.training import TrainingConfig
from cnn_gui.live.training.form import SettingsForm
from cnn_gui.live.training.sample_strip import SampleStrip
from cnn_gui.live.training.samples import SamplesState
from cnn_gui.live.training.schedule_view import ScheduleView
from cnn_gui.session.state import State
from cnn_gui.session.training_state import Phase
from cnn_gui.settings import MOST_PATHS, Settings
from cnn_gui.widgets.translation import tr

DROPOUT = "dropout."


class TrainingPanel(SettingsForm):
    """Emits what the user wants; whether it can be done is the controller's business."""

    train_requested = Signal(object)
    step_requested = Signal(object)
    change_requested = Signal(object)
    rate_search_requested = Signal(object)
    invalid_entered = Signal(str, str)
    samples_wanted = Signal(str, str)

    def __init__(self, state: State, settings: Settings, samples: SamplesState, parent: QWidget | None = None) -> None:
        super().__init__(settings, parent)
        self._state = state
        self.samples = SampleStrip(state, samples)
        self.schedule_view = ScheduleView(state, self.config)
        self.find_rate = QPushButton(tr("Find a rate"))
        self._dress(self.find_rate, "findRateButton", tr("Find a learning rate"),
                    tr("Some steps with a rising rate, on a copy of the network"))  # fmt: skip
        self.find_rate.setProperty("tight", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._scroll, 1)
        column.addWidget(self.samples)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.schedule_view, 1)
        row.addWidget(self.find_rate)
        column.addLayout(row)
        self._as_shown: dict[str, Any] = {}
        self._optimizer_before = str(self.optimizer.currentData())
        self._connect()
        self._on_training_changed()

    def _connect(self) -> None:
        self.optimizer.currentIndexChanged.connect(self._on_optimizer_changed)
        self.dataset.currentIndexChanged.connect(self.request_samples)
        self.augmentation.currentIndexChanged.connect(self.request_samples)
        self.find_rate.clicked.connect(self._on_find_rate)
        for combo in (self.schedule, self.optimizer):
            combo.currentIndexChanged.connect(self.schedule_view.refresh)
        self.decimals["warmup_epochs"].valueChanged.connect(self.schedule_view.refresh)
        self.augmentation.currentIndexChanged.connect(self._on_edited)
        for spin in (self.batch, self.epochs, self.decimals["weight_decay"]):
            spin.valueChanged.connect(self._on_edited)
        self.rate.editingFinished.connect(self._on_edited)
        self.dropout_edited.connect(self._on_edited)
        self._state.training.status_changed.connect(self._on_training_changed)
        self._state.training.config_changed.connect(self._on_config_changed)
        self._state.training.settings_wanted.connect(self.show_settings)
        self._state.training.dataset_wanted.connect(self.choose_dataset)
        self._state.training.network_chosen.connect(self._on_network_chosen)
        self.dataset.currentIndexChanged.connect(self._on_dataset_chosen)
        self._on_dataset_chosen()

    # --- What the user wants

    def choose_dataset(self, name: str) -> None:
        """Learn from the data set of that name, or in that path, from the next run on."""
        if self.dataset.findData(name) < 0:
            self.add_path(name)
            paths = [self.dataset.itemData(i) for i in range(len(SOURCES), self.dataset.count())]
            self._settings.put(data_paths=paths[-MOST_PATHS:])
        self.dataset.setCurrentIndex(self.dataset.findData(name))
        self.save()

    def choose_rate(self, rate: float) -> None:
        """Learn at this rate from the next run on."""
        self.rate.setText(f"{rate:g}")
        self.schedule_view.refresh()
        self.save()

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

    @Slot()
    def _on_find_rate(self) -> None:
        self._request(self.rate_search_requested)

    def _request(self, signal) -> None:
        try:
            config = self.config()
        except CnnError as error:
            self.invalid_entered.emit(tr("This cannot be trained"), str(error))
            self.rate.setFocus()
            return
        self.save()
        signal.emit(config)

    @Slot()
    def _on_edited(self) -> None:
        """While a run goes, what is unlike its settings is wanted from its next batch on."""
        self.schedule_view.refresh()
        now = self._state.training.config
        if now is None or not self._state.training.status.phase.active:
            return
        try:
            values = self._changeable(now)
        except ConfigError as error:
            self.entry_refused.emit(str(error))
            self._set_quietly(self.rate, now.learning_rate)
            return
        wanted: dict[str, Any] = {}
        for name, value in values.items():
            if value != self._as_shown.get(name):
                layer = name.removeprefix(DROPOUT)
                wanted |= {"dropout": wanted.get("dropout", {}) | {layer: value}} if layer != name else {name: value}
        if wanted:
            self.change_requested.emit(wanted)

    def _changeable(self, now: TrainingConfig) -> dict[str, Any]:
        """What the fields say of settings that can change while a run goes."""
        values: dict[str, Any] = {
            "learning_rate": self.learning_rate(),
            "batch_size": self.batch.value(),
            "epochs": self.epochs.value(),
            "augmentation": self.augmentation.currentData(),
        }
        if "weight_decay" in now.optimizer_options():
            values["weight_decay"] = self.decimals["weight_decay"].value()
        return values | {f"{DROPOUT}{name}": field.value() for name, field in self.dropout.items()}

    def _rate_of(self, layer: str) -> float | None:
        """The dropout rate of a layer in the run that goes."""
        now, info = self._state.training.config, self._state.model.info
        rates = {one["name"]: one["options"].get("rate") for one in info.architecture["layers"]} if info else {}
        return dict(now.dropout).get(layer, rates.get(layer)) if now is not None else None

    @Slot()
    def _on_optimizer_changed(self) -> None:
        """A rate that was left at its default follows the optimizer; one that was chosen stays."""
        if self.rate.text() == f"{DEFAULT_RATES[self._optimizer_before]:g}":
            self.rate.setText(f"{DEFAULT_RATES[self.optimizer.currentData()]:g}")
        self._optimizer_before = str(self.optimizer.currentData())

    @Slot()
    def _on_dataset_chosen(self) -> None:
        self._state.training.set_dataset(self.dataset.currentData())

    # --- What the state says

    @Slot()
    def _on_network_chosen(self) -> None:
        """Somebody chose a network elsewhere."""
        if self._state.training.status.phase is Phase.IDLE:
            self.show_network(self._state.training.network)

    @Slot()
    def _on_training_changed(self) -> None:
        """While a run goes, only what can change then."""
        phase = self._state.training.status.phase
        idle = phase is Phase.IDLE
        may_change = idle or (phase in (Phase.RUNNING, Phase.PAUSED) and self._state.training.config is not None)
        for widget in (self.dataset, self.preset, self.optimizer, self.seed, self.schedule, self.patience,
                       self.find_rate, *self.decimals.values()):  # fmt: skip
            widget.setEnabled(idle)
        for widget in (self.rate, self.batch, self.epochs, self.augmentation, self.decimals["weight_decay"],
                       *self.dropout.values()):  # fmt: skip
            widget.setEnabled(may_change)

    @Slot()
    def _on_config_changed(self) -> None:
        """Fields that can change show what holds in the run."""
        now = self._state.training.config
        if now is None:
            return
        self.show_network(now.architecture)
        for field, value in (
            (self.rate, now.learning_rate), (self.batch, now.batch_size), (self.epochs, now.epochs),
            (self.augmentation, now.augmentation), (self.decimals["weight_decay"], now.weight_decay),
        ):  # fmt: skip
            self._set_quietly(field, value)
        for name, field in self.dropout.items():
            if (rate := self._rate_of(name)) is not None:
                self._set_quietly(field, rate)
        # a field rounds, or cannot show so much: what somebody has edited is what is unlike this
        with suppress(ConfigError):
            self._as_shown = self._changeable(now)
        self.schedule_view.refresh()
        self.request_samples()
