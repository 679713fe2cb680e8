"""The network that a run begins with."""

from __future__ import annotations

from cnn_core.architecture import Architecture
from cnn_core.arrays import Shape
from cnn_core.budget import expect_affordable
from cnn_core.datasets.dataset import Dataset
from cnn_core.errors import ConfigError
from cnn_core.files import brief
from cnn_core.layers.base import show_shape
from cnn_core.model import Sequential
from cnn_core.presets import PRESETS
from cnn_core.storage import open_model
from cnn_core.training.config import TrainingConfig


def model_for(config: TrainingConfig, data: Dataset, start: Sequential | None = None) -> Sequential:
    """The network that ``config`` names, for the images and classes of ``data``, fresh, with the weights of a file, or
    with those of ``start``.

    Raises `ModelFileError` where ``config.start`` is no model file, `ConfigError` where its weights have other shapes,
    where the network does not end with the data's classes or is larger than `cnn_core.budget` allows, and `ShapeError`
    where its layers do not fit the images.
    """
    if len(data.class_names) < 2:
        raise ConfigError(f"{brief(data.name)} expected two classes or more to tell apart, received one.")
    model = network_of(config.architecture, data.image_shape, len(data.class_names))
    model.build(data.image_shape, config.generator("weights"))
    if start is None and config.start:
        start = open_model(config.start).model
    if start is not None:
        if start.state_shapes != model.state_shapes:
            raise ConfigError(
                f"The model to start from expected {_in_words(model)}, received {_in_words(start)}. Choose its preset, "
                "and data that fit it."
            )
        model.load(start.snapshot().arrays)
    return model


def network_of(architecture: str | Architecture, input_shape: Shape, classes: int) -> Sequential:
    """The network of a preset or of a whole architecture, its shapes checked, without weights.

    Raises as `model_for` does.
    """
    if isinstance(architecture, Architecture):
        name, layers = architecture.name, architecture.build_layers(classes)
    else:
        name, layers = architecture, PRESETS[architecture].layers(classes)
    model = Sequential(layers, name).infer_shapes(input_shape)
    if model.output_shape != (classes,):
        raise ConfigError(
            f"{brief(name, 40)} expected to end with the {classes} classes of the data, received an output of "
            f'{show_shape(model.output_shape)}. Give its last Dense units = {classes}, or units = "classes".'
        )
    expect_affordable(model)
    return model


def _in_words(model: Sequential) -> str:
    size = "×".join(map(str, model.input_shape))
    return (
        f"the network {model.name} with {model.parameter_count:,} parameters for images {size} and "
        f"{model.output_shape[0]} classes"
    )
