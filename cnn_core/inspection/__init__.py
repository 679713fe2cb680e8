"""Looking into a network: what its layers make of an image, why, and what they look for."""

from cnn_core.inspection.activations import LayerActivation, look_inside, tile
from cnn_core.inspection.attribution import Contributions, contributions, default_cam_layer, enlarge, grad_cam, saliency
from cnn_core.inspection.backward_workings import BackwardWorking, explain_gradient
from cnn_core.inspection.colors import (
    CLASS_COLOURS,
    DIVERGING,
    LIGHT_DIVERGING,
    LIGHT_SEQUENTIAL,
    SEQUENTIAL,
    SIGNED_BELOW,
    class_colours,
    colorize,
    is_signed,
    to_indices,
)
from cnn_core.inspection.counterfactual import Flip, smallest_flip
from cnn_core.inspection.edits import Edit, MapScaled, WeightSet, apply_edits, check_edit, scaled_by
from cnn_core.inspection.embedding import Embedding, embed
from cnn_core.inspection.exemplars import Exemplars, find_exemplars
from cnn_core.inspection.film import FilmFrame, FilmMaker
from cnn_core.inspection.film_picture import FilmTitles, draw_frame
from cnn_core.inspection.gradients import BackwardPass, LayerGradient, look_back
from cnn_core.inspection.maximization import Dream, maximize
from cnn_core.inspection.occlusion import occlusion
from cnn_core.inspection.pictures import laid_over
from cnn_core.inspection.receptive_field import Field, Place, receptive_fields
from cnn_core.inspection.rounding import adding_up
from cnn_core.inspection.workings import Working, explain, onwards

__all__ = [
    "CLASS_COLOURS",
    "DIVERGING",
    "LIGHT_DIVERGING",
    "LIGHT_SEQUENTIAL",
    "SEQUENTIAL",
    "SIGNED_BELOW",
    "BackwardPass",
    "BackwardWorking",
    "Contributions",
    "Dream",
    "Edit",
    "Embedding",
    "Exemplars",
    "Field",
    "FilmFrame",
    "FilmMaker",
    "FilmTitles",
    "Flip",
    "LayerActivation",
    "LayerGradient",
    "MapScaled",
    "Place",
    "WeightSet",
    "Working",
    "adding_up",
    "apply_edits",
    "check_edit",
    "class_colours",
    "colorize",
    "contributions",
    "default_cam_layer",
    "draw_frame",
    "embed",
    "enlarge",
    "explain",
    "explain_gradient",
    "find_exemplars",
    "grad_cam",
    "is_signed",
    "laid_over",
    "look_back",
    "look_inside",
    "maximize",
    "occlusion",
    "onwards",
    "receptive_fields",
    "saliency",
    "scaled_by",
    "smallest_flip",
    "tile",
    "to_indices",
]
