"""A model in one file: weights, architecture, preprocessing, and how it was trained.

The metadata of the ``.safetensors`` file holds five texts: ``format`` (`FORMAT`), and as JSON ``architecture``
(`Sequential.config`), ``preprocessing``, ``training`` and ``calibration`` (which older files do not have).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from cnn_core.assets import BUNDLED, bundled_model_path
from cnn_core.calibration import NOT_CALIBRATED, Calibration
from cnn_core.drawing.normalize import PEN_WIDTH_PX
from cnn_core.errors import CnnError, ConfigError, ModelFileError
from cnn_core.labels import DIGIT_NAMES
from cnn_core.model import Sequential, WeightsSnapshot
from cnn_core.storage.tensor_file import read_tensors, write_tensors

FORMAT = "cnn-gui model 1"
PREPROCESSING: dict[str, Any] = {
    "scale": "bytes / 255",
    "geometry": "20×20 box, centre of mass on the centre of 28×28",
    "pen_width_px": PEN_WIDTH_PX,
}
"""What has to happen to a drawing before a model of ours sees it."""


@dataclass(frozen=True, slots=True, eq=False)
class ModelFile:
    """What a model file holds; ``training`` says how the weights came to be, in words and figures for people,
    ``calibration`` when the model's answer is none."""

    model: Sequential
    training: Mapping[str, Any] = field(default_factory=dict)
    class_names: tuple[str, ...] = ()
    calibration: Calibration = NOT_CALIBRATED

    @property
    def reads_digits(self) -> bool:
        """Whether it tells the ten digits apart, so that a row of them is a number."""
        return self.model.output_shape == (10,) and self.class_names in ((), DIGIT_NAMES)


def save_model(
    path: str | Path,
    model: Sequential,
    training: Mapping[str, Any] | None = None,
    weights: WeightsSnapshot | None = None,
    calibration: Calibration = NOT_CALIBRATED,
) -> None:
    """Write ``model`` to ``path``, with ``weights`` instead of its own where given; raises `ModelFileError`."""
    snapshot = weights or model.snapshot()
    metadata = {
        "format": FORMAT,
        "architecture": json.dumps(model.config()),
        "preprocessing": json.dumps(PREPROCESSING, ensure_ascii=False),
        "training": json.dumps(dict(training or {})),  # a path in it need not be text in any encoding
        "calibration": json.dumps(calibration.as_dict()),
    }
    write_tensors(path, snapshot.arrays, metadata)


def load_model(path: str | Path) -> ModelFile:
    """Read a model file: version, then architecture, then every name, shape and type, then the values.

    Raises `ModelFileError` that says what was expected and what was found.
    """
    path = Path(path)
    arrays, metadata = read_tensors(path)
    found = metadata.get("format")
    if found != FORMAT:
        raise ModelFileError(
            f"{path.name} expected the format '{FORMAT}', found {f'{found!r}' if found else 'none'}. "
            "Open a file that this program saved."
        )
    architecture, training = _json(path, metadata, "architecture"), _json(path, metadata, "training")
    try:
        calibration = Calibration.from_dict(_json(path, metadata, "calibration") if "calibration" in metadata else {})
    except (ConfigError, TypeError) as error:
        raise ModelFileError(f"{path.name} expected a calibration, found something else: {error}") from error
    try:
        model = Sequential.from_config(architecture)
    except (CnnError, OverflowError, MemoryError) as error:
        raise ModelFileError(f"{path.name} holds an architecture that cannot be built: {error}") from error
    if len(model.output_shape) != 1:
        raise ModelFileError(
            f"{path.name} expected a classifier with one row of outputs, found {list(model.output_shape)}."
        )
    for name, array in arrays.items():
        if array.dtype != np.float32:
            raise ModelFileError(f"{path.name} expected float32 values, found {array.dtype} in {name}.")
        if not np.isfinite(array).all():
            raise ModelFileError(f"{path.name} expected finite values, found NaN or infinity in {name}.")
    try:
        model.load(arrays)
    except CnnError as error:
        raise ModelFileError(f"{path.name} does not fit its own architecture: {error}") from error
    names = training.get("class_names", ())
    names = tuple(map(str, names)) if isinstance(names, list) and len(names) == model.output_shape[0] else ()
    return ModelFile(model, training, names, calibration)


def open_model(name: str | Path) -> ModelFile:
    """`load_model` for a path, or for ``bundled``: the network that ships with the program."""
    return load_model(bundled_model_path() if name == BUNDLED else name)


def _json(path: Path, metadata: Mapping[str, str], key: str) -> dict[str, Any]:
    try:
        value = json.loads(metadata[key])
    except (KeyError, ValueError, RecursionError) as error:
        raise ModelFileError(f"{path.name} expected '{key}' as JSON in its metadata, found none.") from error
    if not isinstance(value, dict):
        raise ModelFileError(f"{path.name} expected '{key}' to be an object, found {type(value).__name__}.")
    return value
