"""How large a network may be: asked before anything of it is built, as a file of a few bytes can promise any size.

The limits are generous: VGG-16 for images of 32×32×3 (15 million parameters, 0.3 billion multiply-adds an image) stays
far below each of them.
"""

from __future__ import annotations

from cnn_core.errors import ConfigError
from cnn_core.model import Sequential

MOST_LAYERS = 512
MOST_PARAMETERS = 25_000_000
MOST_IMAGE_ELEMENTS = 16_000_000
"""Numbers in memory for one image: outputs of all layers twice, padded images, windows of convolutions (64 MB)."""
MOST_MULTIPLY_ADDS = 1_000_000_000
"""For one image: about a twentieth of a second on one core."""
MOST_CLASSES = 1000


def expect_affordable(model: Sequential) -> None:
    """Raise `ConfigError`, one sentence with the figure, for a network that is larger than this program can carry.

    Needs the shapes of ``model`` (`Sequential.infer_shapes`), not its weights.
    """
    for value, most, what in (
        (len(model.layers), MOST_LAYERS, "layers"),
        (model.parameter_count, MOST_PARAMETERS, "parameters"),
        (model.image_elements, MOST_IMAGE_ELEMENTS, "numbers in memory for an image"),
        (model.multiply_adds, MOST_MULTIPLY_ADDS, "multiplications for an image"),
        (model.output_shape[-1], MOST_CLASSES, "classes"),
    ):
        if value > most:
            raise ConfigError(f"A network expected at most {most:,} {what}, found {_figure(value)}. Make it smaller.")


def _figure(value: int) -> str:
    return f"{value:,}" if value < 1e15 else "far more"
