"""Where the files that ship with the program are: models, icons, samples."""

from importlib.resources import files
from pathlib import Path

from cnn_core.errors import ModelFileError

BUNDLED = "bundled"
"""The name by which the command line and the window speak of the model that ships with the program."""


def asset_path(name: str) -> Path:
    """Path of a runtime file such as ``models/bundled.safetensors``, from a wheel and an editable install alike."""
    path = Path(str(files("cnn_assets"))) / name
    if not path.exists():
        raise ModelFileError(f"Expected the file {name} among the program's assets, found none. Install it again.")
    return path


def bundled_model_path() -> Path:
    """The trained network that is there from the first start."""
    return asset_path("models/bundled.safetensors")
