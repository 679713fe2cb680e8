"""Journey of a model file: open, check, use; take the weights, write, keep the old file on any error.

A file is read and tried in a thread of its own, from which frozen values come back: a large network would hold the
window. The model itself is built where it is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Slot

from cnn_core.errors import CnnError, ModelFileError, StoppedError
from cnn_core.evaluation import try_out
from cnn_core.files import brief
from cnn_core.model import Sequential, WeightsSnapshot
from cnn_core.storage import ModelFile, is_model_file, load_model, save_model
from cnn_gui.errors import ErrorSink
from cnn_gui.session.jobs import JobControl, LatestJob
from cnn_gui.session.model_info import ModelInfo
from cnn_gui.session.model_session import ModelSession
from cnn_gui.session.previous import PreviousNetworks
from cnn_gui.session.state import State
from cnn_gui.widgets.format import epoch_words
from cnn_gui.widgets.translation import tr


@dataclass(frozen=True, slots=True, eq=False)
class ReadModel:
    """What was read from a model file and tried; ``origin`` is what the window calls its source."""

    architecture: Mapping[str, Any]
    weights: WeightsSnapshot
    info: ModelInfo


class ModelFiles(QObject):
    """Opens and saves models; on any error the model that is there stays."""

    def __init__(
        self,
        state: State,
        session: ModelSession,
        previous: PreviousNetworks,
        errors: ErrorSink,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._state, self._session, self._errors = state, session, errors
        self._previous = previous
        self._reading = LatestJob(self, reads=True)
        self._reading.finished.connect(self._use)
        self._reading.failed.connect(self._on_failed)

    @Slot(str)
    def begin_to_open(self, path: str) -> None:
        """Read ``path`` in the background, then read the canvas with the model in it; a dialog says why it cannot."""
        if self._expect_no_training():
            self._state.appearance.set_notice(tr("Opening {value} …").format(value=brief(Path(path).name)))
            self._reading.start(lambda control: read_model(path, control=control))

    def open(self, path: str | Path, origin: str | None = None) -> bool:
        """`begin_to_open`, and wait for it; False, and a dialog, when it cannot be."""
        if not self._expect_no_training():
            return False
        self._reading.cancel()
        try:
            read = read_model(path, origin)
        except CnnError as error:
            self._on_failed(str(error))
            return False
        return self._use(read)

    def request_stop(self) -> None:
        """Give up the file that is being read."""
        self._reading.request_stop()

    def has_stopped(self) -> bool:
        """Whether no file is being read any more."""
        return self._reading.has_stopped()

    @property
    def abandoned(self) -> bool:
        """Whether a reader hangs."""
        return self._reading.abandoned

    def _expect_no_training(self) -> bool:
        if self._state.training.status.phase.active:
            self._errors.show(
                tr("A training is running"),
                tr("A training goes on. Stop it, then open the model: what it has learnt stays."),
            )
            return False
        return True

    @Slot(object)
    def _use(self, read: ReadModel) -> bool:
        """Everything is built before the model that is there is let go."""
        if not self._expect_no_training():  # it began while the file was read
            return False
        try:
            model = Sequential.from_config(read.architecture)
            model.load(read.weights.arrays)
            if self._is_unsaved():
                self._previous.keep()
            self._session.use_model(model, read.info)
        except CnnError as error:
            self._on_failed(str(error))
            return False
        except MemoryError:
            self._on_failed(tr("There is no room for {name} in the memory.").format(name=brief(read.info.origin)))
            return False
        self._errors.dismiss()
        self._state.appearance.set_notice(tr("Opened {value}").format(value=brief(Path(read.info.place).name)))
        return True

    @Slot(str)
    def _on_failed(self, problem: str) -> None:
        self._state.appearance.set_notice("")
        self._errors.show(tr("This model cannot be opened"), problem)

    def _is_unsaved(self) -> bool:
        """Whether the present network is to be found in no file: one that was trained here, or changed by hand."""
        info = self._state.model.info
        return info is not None and (not Path(info.place).is_file() or bool(self._state.model.edits))

    def save(self, path: str | Path) -> bool:
        """Write the model that reads the canvas; False, and a dialog, when that cannot be."""
        model, info = self._session.model, self._state.model.info
        if model is None or info is None:
            return False
        path = Path(path)
        if path.is_file() and not is_model_file(path):
            self._errors.show(
                tr("The model cannot be saved here"),
                tr("Another kind of file has the name {value}, so nothing was written. Choose another.").format(
                    value=brief(path.name)
                ),
            )
            return False
        training = dict(info.training) | {"class_names": list(info.class_names)} | self._what_is_saved()
        try:
            save_model(path, model, training, calibration=info.calibration, input_spec=info.input_spec)
        except CnnError as error:
            self._errors.show(tr("The model cannot be saved here"), str(error))
            return False
        # weights that are still learning, changed or of an earlier epoch are not those of the file for long
        if not self._what_is_saved() and not self._state.training.status.phase.active:
            self._session.use_info(replace(info, origin=path.name, place=str(path)))
        self._state.appearance.set_notice(
            tr("Saved {path}{_saved_words}").format(path=path, _saved_words=self._saved_words())
        )
        return True

    def _what_is_saved(self) -> dict[str, Any]:
        """Weights that were changed, or are of an earlier epoch, are not those whose accuracy was measured."""
        edits, epoch = self._state.model.edits, self._state.model.shown_epoch
        if not edits and epoch is None:
            return {}
        told: dict[str, Any] = {"test_accuracy": None}
        if edits:
            before = (
                self._state.model.info.training.get("changed_by_hand") if self._state.model.info is not None else None
            )
            told["changed_by_hand"] = [*(before or ()), *map(str, edits)]
        return told if epoch is None else told | {"weights_of_epoch": epoch}

    def _saved_words(self) -> str:
        parts = [epoch_words(self._state.model.shown_epoch)] if self._state.model.shown_epoch is not None else []
        parts += [tr("with your changes")] if self._state.model.edits else []
        return f" ({', '.join(parts)})" if parts else ""


def read_model(path: str | Path, origin: str | None = None, control: JobControl | None = None) -> ReadModel:
    """Read a model file and have the model try some images; knows no window. Raises `ModelFileError`."""
    try:
        file = load_model(path)
        file.image_spec()
        if control is not None and control.stopped():
            raise StoppedError(tr("Another file was opened, or the window closed."))
        try_out(file.model)
        return ReadModel(
            file.model.config(), file.model.snapshot(), info_of(file, origin or Path(path).name, str(path))
        )
    except MemoryError as error:
        raise ModelFileError(
            tr("There is no room for {name} in the memory.").format(name=brief(Path(path).name))
        ) from error


def info_of(file: ModelFile, origin: str, place: str) -> ModelInfo:
    """What the window says about a model that was opened."""
    accuracy = file.training.get("test_accuracy")
    return ModelInfo(
        file.model.name,
        origin,
        file.model.parameter_count,
        float(accuracy) if isinstance(accuracy, float) and 0 <= accuracy <= 1 else None,
        file.model.config(),
        file.class_names,
        file.training,
        place,
        file.calibration,
        input_spec=file.input_spec,
    )
