"""A model in one file: weights, architecture, preprocessing, and how it was trained.

The metadata of the ``.safetensors`` file holds five texts: ``format`` (`FORMAT`), and as JSON ``architecture``
(`Sequential.config`), ``preprocessing``, ``training`` and ``calibration`` (which older files do not have).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np

from cnn_core.assets import BUNDLED, bundled_model_path
from cnn_core.budget import expect_affordable
from cnn_core.calibration import NOT_CALIBRATED, Calibration
from cnn_core.class_names import as_names
from cnn_core.errors import CnnError, ConfigError, ModelFileError
from cnn_core.files import brief, reason
from cnn_core.model import Sequential, WeightsSnapshot
from cnn_core.preprocessing import InputSpec
from cnn_core.storage.tensor_file import read_metadata, read_tensors, write_tensors

FORMAT = "cnn-gui model 1"
LARGEST_SIDE_PX, MOST_CHANNELS = 256, 4


@dataclass(frozen=True, slots=True, eq=False)
class ModelFile:
    """What a model file holds.

    Attributes
    ----------
    training : how the weights came to be, in words and figures for people
    class_names : as many as the model has outputs; each class by its number where the file names none
    calibration : when the model's answer is none
    input_spec : how a drawing becomes an image for the model; None for a model that takes no images
    """

    model: Sequential
    training: Mapping[str, Any] = field(default_factory=dict)
    class_names: tuple[str, ...] = ()
    calibration: Calibration = NOT_CALIBRATED
    input_spec: InputSpec | None = None

    def image_spec(self) -> InputSpec:
        """`input_spec`; raises `ModelFileError` for a model that no drawing can be given to."""
        shape = self.model.input_shape
        if self.input_spec is None or max(shape[:2]) > LARGEST_SIDE_PX or shape[2] > MOST_CHANNELS:
            raise ModelFileError(
                f"A drawing or picture expected a model for images [h, w, c] of at most {LARGEST_SIDE_PX}×"
                f"{LARGEST_SIDE_PX} pixels and {MOST_CHANNELS} channels, found {brief(self.model.name, 40)} for "
                f"{brief(list(shape))}. Use it with the library instead."
            )
        return self.input_spec


def save_model(
    path: str | Path,
    model: Sequential,
    training: Mapping[str, Any] | None = None,
    weights: WeightsSnapshot | None = None,
    calibration: Calibration = NOT_CALIBRATED,
    input_spec: InputSpec | None = None,
) -> None:
    """Write ``model`` to ``path``, with ``weights`` instead of its own where given; raises `ModelFileError`.

    Without an ``input_spec``, its images are taken to be MNIST's at their size.
    """
    if input_spec is None and len(model.input_shape) == 3:
        input_spec = InputSpec.for_shape(model.input_shape)
    snapshot = weights or model.snapshot()
    if not all(np.isfinite(array).all() for array in snapshot.arrays.values()):
        raise ModelFileError(
            f"{brief(model.name)} expected finite weights, found NaN or infinity: it is of no use and is not saved. "
            "Train it anew with a lower learning rate."
        )
    metadata = {
        "format": FORMAT,
        "architecture": json.dumps(model.config()),
        "preprocessing": json.dumps(input_spec.as_dict() if input_spec is not None else {}, ensure_ascii=False),
        "training": json.dumps(dict(training or {})),  # a path in it need not be text in any encoding
        "calibration": json.dumps(calibration.as_dict()),
    }
    write_tensors(path, snapshot.arrays, metadata)


def load_model(path: str | Path) -> ModelFile:
    """Read a model file: version, then architecture, then every name, shape and type, then the values.

    Raises `ModelFileError` that says what was expected and what was found.
    """
    path = Path(path)
    name, found = brief(path.name), read_metadata(path).get("format")
    if found != FORMAT:
        if found and found.startswith("cnn-gui checkpoint"):
            raise ModelFileError(
                f"{name} is the checkpoint of an unfinished run, not a model. Go on with it: cnn-core train --resume."
            )
        raise ModelFileError(
            f"{name} expected the format '{FORMAT}', found {repr(brief(found, 40)) if found else 'none'}. "
            "Open a file that this program saved."
        )
    arrays, metadata = read_tensors(path)
    training = _json(name, metadata, "training")
    try:
        calibration = Calibration.from_dict(_json(name, metadata, "calibration") if "calibration" in metadata else {})
    except (ConfigError, TypeError) as error:
        raise ModelFileError(f"{name} expected a calibration, found something else: {brief(error, 120)}") from error
    model = build_within_budget(_json(name, metadata, "architecture"), name)
    try:
        model.load(arrays)
    except CnnError as error:
        raise ModelFileError(f"{name} does not fit its own architecture: {brief(error, 200)}") from error
    names = _class_names(training, model.output_shape[0])
    return ModelFile(model, training, names, calibration, _input_spec(name, metadata, model))


def _input_spec(name: str, metadata: Mapping[str, str], model: Sequential) -> InputSpec | None:
    if len(model.input_shape) != 3:
        return None
    values = _json(name, metadata, "preprocessing") if "preprocessing" in metadata else {}
    try:
        return InputSpec.from_dict(values, model.input_shape)
    except (ConfigError, TypeError) as error:
        raise ModelFileError(f"{name} does not say what its images are like: {brief(error, 160)}") from error


def build_within_budget(architecture: Mapping[str, Any], name: str) -> Sequential:
    """The network of an ``architecture`` from the file called ``name``, its shapes checked, nothing allocated yet.

    Raises `ModelFileError` for one that makes no sense, is no classifier, or is larger than `cnn_core.budget` allows.
    """
    try:
        model = Sequential.from_config(architecture)
        if len(model.output_shape) != 1:
            raise ConfigError(f"expected one row of outputs, found {brief(list(model.output_shape))}.")
        expect_affordable(model)
    except (CnnError, OverflowError, RecursionError, MemoryError) as error:
        found = brief(error, 180) if isinstance(error, CnnError) else reason(error)
        raise ModelFileError(f"{name} holds an architecture that cannot be built: {found}") from error
    return model


def is_model_file(path: Path) -> bool:
    """Whether a model of this program lies at ``path``, as its header says."""
    try:
        return read_metadata(path).get("format") == FORMAT
    except ModelFileError:
        return False


def _class_names(training: Mapping[str, Any], classes: int) -> tuple[str, ...]:
    """The names of the classes; their numbers where they are not as many, or no names."""
    names = training.get("class_names")
    if not isinstance(names, list) or len(names) != classes or not all(isinstance(name, str) for name in names):
        return tuple(str(number) for number in range(classes))
    return as_names(names)


def open_model(name: str | Path) -> ModelFile:
    """`load_model` for a path, or for ``bundled``: the network that ships with the program."""
    return load_model(bundled_model_path() if name == BUNDLED else name)


def _json(name: str, metadata: Mapping[str, str], key: str) -> dict[str, Any]:
    try:
        value = json.loads(metadata[key], parse_constant=_finite, parse_float=_finite)
    except (KeyError, ValueError, RecursionError) as error:
        raise ModelFileError(f"{name} expected '{key}' as JSON in its metadata, found none.") from error
    if not isinstance(value, dict):
        raise ModelFileError(f"{name} expected '{key}' to be an object, found {type(value).__name__}.")
    return value


def _finite(text: str) -> float | None:
    """NaN and infinity are no JSON, though Python reads them: they come back as nothing."""
    value = float(text)
    return value if isfinite(value) else None
