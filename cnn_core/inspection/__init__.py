"""Looking into a network: what its layers make of an image."""

from cnn_core.inspection.activations import LayerActivation, look_inside, tile
from cnn_core.inspection.colors import DIVERGING, SEQUENTIAL, colorize, is_signed

__all__ = ["DIVERGING", "SEQUENTIAL", "LayerActivation", "colorize", "is_signed", "look_inside", "tile"]
