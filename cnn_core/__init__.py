"""A convolutional neural network library in plain NumPy.

The layers (`cnn_core.layers`), a `Sequential` model, optimizers, a `Trainer`, data sets, model files. It prints nothing
and knows no screen; the command line is `cnn-core`, the window is the package `cnn_gui`.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnn_core.errors import CnnError as CnnError
    from cnn_core.model import Sequential as Sequential
    from cnn_core.presets import make_preset as make_preset

__version__ = "0.1.0"
_HOMES = {"CnnError": "errors", "Sequential": "model", "make_preset": "presets"}


def __getattr__(name: str) -> Any:
    """Imported when first asked for: a command must be able to answer Ctrl+C before NumPy is there."""
    if name not in _HOMES:
        raise AttributeError(f"module 'cnn_core' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"cnn_core.{_HOMES[name]}"), name)
