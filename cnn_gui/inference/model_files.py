"""Journey of a model file: open, check, use; take the weights, write, keep the old file on any error."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject

from cnn_core.errors import CnnError, ModelFileError
from cnn_core.evaluation import try_out
from cnn_core.files import brief
from cnn_core.labels import DIGIT_NAMES
from cnn_core.storage import ModelFile, is_model_file, load_model, save_model
from cnn_gui.errors import ErrorSink
from cnn_gui.inference.controller import InferenceController
from cnn_gui.inference.previous import PreviousNetworks
from cnn_gui.state import AppState
from cnn_gui.values import ModelInfo, epoch_words

LARGEST_SIDE_PX, MOST_CHANNELS = 256, 4


class ModelFilesController(QObject):
    """Opens and saves models; on any error the model that is there stays."""

    def __init__(
        self,
        state: AppState,
        inference: InferenceController,
        previous: PreviousNetworks,
        errors: ErrorSink,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._state, self._inference, self._errors = state, inference, errors
        self._previous = previous

    def open(self, path: str | Path, origin: str | None = None) -> bool:
        """Read the canvas with the model in ``path``; False, and a dialog, when that cannot be."""
        if self._state.training.phase.active:
            self._errors.show("A training is running", "Expected no running training. Stop it before you open a model.")
            return False
        try:
            file = load_model(path)
            expect_image_model(file)
            try_out(file.model)
            if self._is_unsaved():
                self._previous.keep()
            self._inference.use_model(file.model, info_of(file, origin or Path(path).name, str(path)))
        except CnnError as error:
            self._state.set_notice("")
            self._errors.show("This model cannot be opened", str(error))
            return False
        except MemoryError:
            self._errors.show(
                "This model cannot be opened", f"There is no room for {brief(Path(path).name)} in the memory."
            )
            return False
        self._errors.dismiss()
        self._state.set_notice(f"Opened {Path(path).name}")
        return True

    def _is_unsaved(self) -> bool:
        """Whether the present network is to be found in no file: one that was trained here, or changed by hand."""
        info = self._state.model
        return info is not None and (not Path(info.place).is_file() or bool(self._state.edits))

    def save(self, path: str | Path) -> bool:
        """Write the model that reads the canvas; False, and a dialog, when that cannot be."""
        model, info = self._inference.model, self._state.model
        if model is None or info is None:
            return False
        path = Path(path)
        if path.is_file() and not is_model_file(path):
            self._errors.show(
                "The model cannot be saved here",
                f"Expected a new file or a model, found another kind of file: {brief(path.name)}. Choose another name.",
            )
            return False
        training = dict(info.training) | {"class_names": list(info.class_names)} | self._what_is_saved()
        try:
            save_model(path, model, training, calibration=info.calibration)
        except CnnError as error:
            self._errors.show("The model cannot be saved here", str(error))
            return False
        # weights that are still learning, changed or of an earlier epoch are not those of the file for long
        if not self._what_is_saved() and not self._state.training.phase.active:
            self._inference.use_info(replace(info, origin=path.name, place=str(path)))
        self._state.set_notice(f"Saved {path}{self._saved_words()}")
        return True

    def _what_is_saved(self) -> dict[str, Any]:
        """Weights that were changed, or are of an earlier epoch, are not those whose accuracy was measured."""
        edits, epoch = self._state.edits, self._state.shown_epoch
        if not edits and epoch is None:
            return {}
        told: dict[str, Any] = {"test_accuracy": None}
        if edits:
            before = self._state.model.training.get("changed_by_hand") if self._state.model is not None else None
            told["changed_by_hand"] = [*(before or ()), *map(str, edits)]
        return told if epoch is None else told | {"weights_of_epoch": epoch}

    def _saved_words(self) -> str:
        parts = [epoch_words(self._state.shown_epoch)] if self._state.shown_epoch is not None else []
        parts += ["with your changes"] if self._state.edits else []
        return f" ({', '.join(parts)})" if parts else ""


def expect_image_model(file: ModelFile) -> None:
    """Raise `ModelFileError` for a model that does not take images, which the canvas cannot give it."""
    shape = file.model.input_shape
    if len(shape) != 3 or max(shape[:2]) > LARGEST_SIDE_PX or shape[2] > MOST_CHANNELS:
        raise ModelFileError(
            f"The canvas expected a model for images [h, w, c] of at most {LARGEST_SIDE_PX}×{LARGEST_SIDE_PX} pixels "
            f"and {MOST_CHANNELS} channels, found one for {list(shape)}. Use it with the library instead."
        )


def info_of(file: ModelFile, origin: str, place: str) -> ModelInfo:
    """What the window says about a model that was opened."""
    classes = file.model.output_shape[0]
    names = file.class_names or (DIGIT_NAMES if classes == 10 else tuple(str(i) for i in range(classes)))
    accuracy = file.training.get("test_accuracy")
    return ModelInfo(
        file.model.name,
        origin,
        file.model.parameter_count,
        float(accuracy) if isinstance(accuracy, float) and 0 <= accuracy <= 1 else None,
        file.model.config(),
        names,
        file.training,
        place,
        file.calibration,
    )
