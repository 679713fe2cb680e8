"""The network that a run begins with."""

from __future__ import annotations

from cnn_core.data.dataset import Dataset
from cnn_core.errors import ConfigError
from cnn_core.model import Sequential
from cnn_core.presets import make_preset
from cnn_core.storage import open_model
from cnn_core.training.config import TrainingConfig


def model_for(config: TrainingConfig, data: Dataset) -> Sequential:
    """The network that ``config`` names, for the images and classes of ``data``, fresh or with the weights of a file.

    Raises `ModelFileError` where ``config.start`` is no model file, `ConfigError` where its weights have other shapes.
    """
    model = make_preset(config.preset, config.generator("weights"), data.image_shape, len(data.class_names))
    if config.start:
        start = open_model(config.start).model
        if start.state_shapes != model.state_shapes:
            raise ConfigError(
                f"The model to start from expected {_in_words(model)}, received {_in_words(start)}. Choose its preset, "
                "and data that fit it."
            )
        model.load(start.snapshot().arrays)
    return model


def _in_words(model: Sequential) -> str:
    size = "×".join(map(str, model.input_shape))
    return (
        f"the network {model.name} with {model.parameter_count:,} parameters for images {size} and "
        f"{model.output_shape[0]} classes"
    )
