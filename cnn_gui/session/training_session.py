"""Starts, steers and ends training runs; carries what they tell into the state."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, QThread, QTimer, Slot

from cnn_core.calibration import at_temperature
from cnn_core.engine import BlasThreads
from cnn_core.errors import CnnError
from cnn_core.evaluation import NOTHING_LEARNT, WHAT_TO_TRY
from cnn_core.model import Sequential
from cnn_core.runs import RunEnded, RunRecord, RunStarted, RunStore, StoredRun
from cnn_core.training import EpochWeights, TrainingConfig, TrainingControl, change_in_words
from cnn_gui.errors import ErrorSink
from cnn_gui.session.channel import Channel, Delivery
from cnn_gui.session.data_folder import DataFolder
from cnn_gui.session.frozen_model import FrozenModel
from cnn_gui.session.model_info import ModelInfo
from cnn_gui.session.model_session import ModelSession
from cnn_gui.session.model_state import Recorded
from cnn_gui.session.previous import PreviousNetworks
from cnn_gui.session.state import State
from cnn_gui.session.training_state import Phase, TrainingStatus
from cnn_gui.session.training_worker import TrainingWorker
from cnn_gui.widgets.core_words import images_words
from cnn_gui.widgets.format import thousands
from cnn_gui.widgets.translation import tr

DRAIN_EVERY_MS = 80
LEAST_RECORDED, MOST_RECORDED, MOST_RECORDED_BYTES = 3, 40, 256 << 20
"""Epochs whose weights are kept to go back to; fewer of a large network."""
SHUTDOWN_TIMEOUT_MS = 2000
"""Longer than any batch needs to notice that it shall stop."""


class TrainingSession(QObject):
    """Everything here runs in the GUI thread; the worker is reached only through channel and control."""

    def __init__(
        self,
        state: State,
        session: ModelSession,
        previous: PreviousNetworks,
        errors: ErrorSink,
        data: DataFolder,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._state, self._session, self._errors = state, session, errors
        self._previous = previous
        self._data = data
        self.store = RunStore()
        self._thread: QThread | None = None
        self._worker: TrainingWorker | None = None
        self._control = TrainingControl()
        self._channel = Channel()
        self._started = self._watches_steps = False
        self._learning_from, self._recorded_every = "", 0
        self._resumed = False
        self._blas = BlasThreads(1, insists=False)
        self._timer = QTimer(self)
        self._timer.setInterval(DRAIN_EVERY_MS)
        self._timer.timeout.connect(self._on_tick)

    @property
    def running(self) -> bool:
        """Whether there is a trainer thread."""
        return self._thread is not None

    @Slot(object)
    def resume(self, run: StoredRun) -> None:
        """Go on with a run that was kept; nothing happens while there is one."""
        self.start(run.record.config, resume=run)

    def start(
        self,
        config: TrainingConfig,
        paused: bool = False,
        resume: StoredRun | None = None,
        start: FrozenModel | None = None,
    ) -> None:
        """Begin a run; nothing happens while there is one. ``paused`` holds it before its first batch; it begins with
        the weights of ``start``, where there is one."""
        if self._thread is not None:
            return
        self._started, self._resumed = False, resume is not None
        # set here, not by the first plan in the trainer thread: what does it asks Python for its current thread, and
        # Python then keeps a record of Qt's thread for ever
        self._blas.__enter__()
        self._channel, self._control = Channel(), TrainingControl(paused=paused)
        self._control.watch(self._watches_steps)
        self._control.record(self._recorded_every)
        self._state.training.set_next_step(None)
        self._thread = QThread()
        self._thread.setObjectName("trainer")
        self._worker = TrainingWorker(
            config, self._data.folder, self.store, self._channel, self._control, resume, start
        )
        self._worker.moveToThread(self._thread)
        self._thread.started.connect(self._worker.run)
        self._worker.failed.connect(self._on_failed)
        self._worker.finished.connect(self._on_finished)
        self._state.appearance.set_notice("")
        self._state.training.set_status(
            TrainingStatus(Phase.PREPARING, tr("looking for the data"), epochs=config.epochs)
        )
        self._timer.start()
        self._thread.start(QThread.Priority.LowPriority)

    def record(self, every: int) -> None:
        """Keep the weights of every so many steps for a film, of this run and those to come; 0 of none."""
        self._recorded_every = every
        self._control.record(every)

    @Slot(object)
    def change(self, values: dict[str, Any]) -> None:
        """Let settings of the run have other values from its next batch on; a notice says why where they cannot."""
        if self._thread is None:
            return
        try:
            self._control.change(**values)
        except CnnError as error:
            self._state.appearance.set_notice(str(error))

    @Slot(bool)
    def watch_steps(self, watched: bool) -> None:
        """Whether the run, each time it is held, says what its next step will do."""
        self._watches_steps = watched
        self._control.watch(watched)
        if not watched:
            self._state.training.set_next_step(None)

    @Slot()
    def toggle_pause(self) -> None:
        """Hold a run, or let a held one go on."""
        status = self._state.training.status
        if status.phase is Phase.PAUSED:
            self._control.resume()
            self._state.training.set_next_step(None)
            self._state.training.set_status(replace(status, phase=Phase.RUNNING if self._started else Phase.PREPARING))
        elif status.phase in (Phase.RUNNING, Phase.PREPARING):
            self._control.pause()
            self._state.training.set_status(replace(status, phase=Phase.PAUSED))

    def step(self, config: TrainingConfig) -> None:
        """One batch of the run that is there, held before and after; without one, the first of a new run."""
        if self._thread is None:
            self.start(config, paused=True)
        self._control.step()
        self._state.training.set_status(replace(self._state.training.status, phase=Phase.PAUSED))

    @Slot()
    def stop(self) -> None:
        """End the run after its present batch; what it has learnt stays."""
        if self._thread is not None:
            self._control.stop()
            self._state.training.set_status(
                replace(self._state.training.status, phase=Phase.STOPPING, message=tr("stopping"))
            )

    def request_stop(self) -> None:
        """Ask the run to end, and do not wait for it; see `has_stopped`. It can be taken up again."""
        if self._thread is not None:
            self._control.interrupt()
            self._thread.quit()

    def has_stopped(self) -> bool:
        """Whether there is no trainer thread any more."""
        return self._thread is None or (self._thread.isFinished() and self.shutdown())

    @property
    def abandoned(self) -> bool:
        """A run is always waited for."""
        return False

    def shutdown(self, timeout_ms: int = SHUTDOWN_TIMEOUT_MS) -> bool:
        """Stop training and join its thread; False means that it is still alive, so do not end the program."""
        self.request_stop()
        if self._thread is not None:
            if not self._thread.wait(timeout_ms):
                return False
            self._end_thread()
        return True

    @Slot()
    def _on_tick(self) -> None:
        self._deliver(self._channel.drain())

    @Slot(str)
    def _on_failed(self, text: str) -> None:
        self._errors.show(tr("The training has ended") if self._started else tr("The training could not begin"), text)

    @Slot()
    def _on_finished(self) -> None:
        """The worker's last word; it came from the other thread as an event, so this is the GUI thread."""
        if self._thread is None or self.sender() is not self._worker:
            return  # the last word of a run that was shut down already
        self._thread.quit()
        self._thread.wait()
        self._end_thread()

    def _end_thread(self) -> None:
        self._timer.stop()
        self._deliver(self._channel.drain())  # no metric is lost
        if self._worker is not None:
            self._worker.deleteLater()
        if self._thread is not None:
            self._thread.deleteLater()
        self._thread = self._worker = None
        self._state.training.set_next_step(None)
        self._blas.__exit__(None, None, None)
        status = self._state.training.status
        done = replace(status, phase=Phase.IDLE, eta_seconds=-1.0, message=self._last_words(status))
        self._state.training.set_status(done if self._started else replace(done, progress=0.0))

    def _last_words(self, status: TrainingStatus) -> str:
        if self._started and self._state.training.epochs:
            best = max(epoch.validation_accuracy for epoch in self._state.training.epochs)
            return tr("best validation {value:.2f} %").format(value=best * 100)
        return "stopped" if status.phase is Phase.STOPPING else ""

    # --- What the worker tells

    def _deliver(self, news: Delivery) -> None:
        if news.preparing is not None:
            status, total = self._state.training.status, news.preparing.total
            progress = news.preparing.done / total if total else status.progress
            self._state.training.set_status(replace(status, message=tr(news.preparing.what), progress=progress))
        if news.started is not None:
            self._on_started(news.started)
        if news.epoch_weights:
            self._record(news.epoch_weights)
        if news.weights is not None:
            self._session.use_weights(news.weights)
        self._state.training.add_metrics(news.batches, news.epochs)
        if news.changes:
            last = news.changes[-1]
            self._state.training.set_config(last.config.at(last.change.step), news.changes)
            words = tr("from step {step} on: {changes}")
            self._state.appearance.set_notice(
                words.format(step=last.change.step + 1, changes="; ".join(map(change_in_words, news.changes)))
            )
        if news.next_step is not None and self._watches_steps and self._control.paused:
            self._state.training.set_next_step(news.next_step)
        if news.refused:
            self._state.appearance.set_notice(tr("not changed: {why}").format(why=news.refused[-1].problem))
            if self._state.training.config is not None:
                self._state.training.set_config(self._state.training.config)  # fields show what holds
        if news.batches:
            self._show_progress(news)
        if news.ended is not None:
            self._on_ended(news.ended)

    def _on_started(self, started: RunStarted) -> None:
        self._started = True
        self._state.training.clear_metrics()
        record = started.record
        model = Sequential.from_config(started.architecture)
        model.load(started.weights.arrays)
        info = ModelInfo(
            model.name,
            tr("learning from {title}").format(title=images_words(record.title)),
            record.parameters,
            None,
            started.architecture,
            record.class_names,
            place=f"{record.title} ({record.place})",
            trained=False,
            input_spec=started.input_spec,
        )
        kept = self._previous.keep()
        self._session.use_model(model, info)
        phase = Phase.PAUSED if self._control.paused else Phase.RUNNING
        if self._state.training.status.phase is Phase.STOPPING:
            phase = Phase.STOPPING
        config = record.config.at(record.epochs[-1].step if record.epochs else 0)
        self._state.training.set_config(config)
        self._state.training.set_status(
            replace(self._state.training.status, phase=phase, message="", progress=0.0, epochs=config.epochs)
        )
        self._learning_from = tr("{title} · {count} images to learn from").format(
            title=record.title, count=thousands(record.train_images)
        )
        kept_words = tr(" · the network before can be brought back") if kept else ""
        again = tr("goes on after epoch {n} · ").format(n=len(record.epochs)) if self._resumed else ""
        self._state.appearance.set_notice(again + (_note_of(record) or self._learning_from) + kept_words)

    def _record(self, epochs: list[EpochWeights]) -> None:
        """Keep each epoch's weights; of a long run only some of the earlier ones, evenly."""
        new = tuple(Recorded(epoch.epoch, epoch.snapshot) for epoch in epochs)
        first = epochs[0].epoch == 0
        kept = new if first else self._state.model.recorded + new
        every, size = 1, sum(array.nbytes for array in epochs[-1].snapshot.arrays.values())
        most = max(LEAST_RECORDED, min(MOST_RECORDED, MOST_RECORDED_BYTES // max(size, 1)))
        while len(kept) > most:
            every *= 2
            stay = (kept[-1].epoch, self._state.model.shown_epoch)
            kept = tuple(one for one in kept if one.epoch % every == 0 or one.epoch in stay)
        if first:
            self._session.use_weights(epochs[0].snapshot)
        self._session.record(kept, None if first else self._state.model.shown_epoch)

    def _show_progress(self, news: Delivery) -> None:
        last = news.batches[-1]
        self._state.training.set_status(
            replace(
                self._state.training.status,
                progress=last.step / last.total_steps,
                epoch=last.epoch,
                epochs=self._state.training.config.epochs if self._state.training.config else 0,
                images_per_second=last.images_per_second,
                eta_seconds=last.eta_seconds,
                message="",
            )
        )

    def _calibrate_recorded(self, temperature: float) -> None:
        """Give the weights of the run's epochs the temperature that its last ones have got: one threshold for all."""
        model, state = self._session.model, self._state
        if model is None or temperature == 1:
            return
        recorded = tuple(
            replace(one, weights=replace(one.weights, arrays=at_temperature(model, one.weights.arrays, temperature)))
            for one in state.model.recorded
        )
        self._session.record(recorded, state.model.shown_epoch)

    def _on_ended(self, ended: RunEnded) -> None:
        info = self._state.model.info
        if info is None:
            return
        if self._state.appearance.notice.startswith(self._learning_from):
            self._state.appearance.set_notice("")
        record = ended.record
        if record.learnt_nothing:
            self._state.appearance.set_notice(f"{NOTHING_LEARNT} {WHAT_TO_TRY}")
        self._calibrate_recorded(ended.calibration.temperature)
        learnt = tr("trained on") if record.epochs else tr("has seen a little of")
        origin = f"{learnt} {record.dataset}"
        self._session.use_info(
            replace(
                info,
                origin=origin,
                accuracy=record.test_accuracy,
                training=record.description(),
                calibration=ended.calibration,
                trained=bool(record.epochs),
                is_new=bool(record.steps),
            )
        )


def _note_of(record: RunRecord) -> str:
    """What people should know of the data that a run learns from."""
    return f"{record.title}: {record.note}" if record.note else ""
