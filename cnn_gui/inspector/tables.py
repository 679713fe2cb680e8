"""The numbers behind each room of the inspector, as rows for a CSV file.

Each table takes the frozen values that it needs from the state at once, on the GUI thread, and makes its rows when they
are asked for, on whatever thread: a convolution has a row for each of its weights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from cnn_core.arrays import Array
from cnn_core.inspection import Edit, Embedding
from cnn_gui.state import AppState
from cnn_gui.values import Explained, Kernels, Likes, MindChange, Neighbourhood, Prediction, Why

Rows = Iterator[list[object]]


def sum_rows(state: AppState) -> Rows | None:
    """Every term of the sum behind the number that is asked about, then the sum, the bias and what follows."""
    return _sum(state.explained) if state.explained is not None else None


def _sum(explained: Explained) -> Rows:
    working = explained.working
    yield ["layer", "place", "input place", "input", "weight", "product"]
    place = " ".join(map(str, working.place))
    weights, products = working.weights, working.products
    for index in np.ndindex(working.inputs.shape):
        at = np.add(working.origin, index) if len(index) == len(working.origin) else working.origin
        terms = [weights[index], products[index]] if weights is not None and products is not None else ["", ""]
        yield [working.layer, place, " ".join(str(int(i)) for i in at), working.inputs[index], *terms]
    if working.sum is not None:
        yield [working.layer, place, "sum", "", "", working.sum]
        yield [working.layer, place, "bias", "", "", working.bias]
    for step in (working, *explained.onwards):
        yield [step.layer, place, "output", "", "", step.output]


def kernel_rows(state: AppState) -> Rows | None:
    """Every weight of the convolution, now and at the start."""
    return _kernels(state.kernels) if state.kernels is not None else None


def _kernels(kernels: Kernels) -> Rows:
    yield ["layer", "row", "column", "input map", "filter", "weight", "weight at the start"]
    for index in np.ndindex(kernels.now.shape):
        yield [kernels.layer, *index, kernels.now[index], kernels.before[index]]


def why_rows(state: AppState) -> Rows | None:
    """For every pixel of the image what the answers say."""
    return _why(state.why, state.mind_change) if state.why is not None else None


def _why(why: Why, change: MindChange | None) -> Rows:
    flip = change.flip if change is not None else None
    parts: dict[str, Array | None] = {
        "image": why.image.mean(axis=2),
        "saliency": why.saliency,
        "grad-cam": why.cam,
        "contribution": why.contributed,
        "occlusion": why.occlusion,
        "smallest edit": flip.change.sum(axis=2) if flip is not None else None,
    }
    there = {name: values for name, values in parts.items() if values is not None}
    yield ["row", "column", *there]
    for row, column in np.ndindex(why.image.shape[:2]):
        yield [row, column, *(values[row, column] for values in there.values())]


def likes_rows(state: AppState) -> Rows | None:
    """The activations of the images that a map likes."""
    return _likes(state.likes) if state.likes is not None else None


def _likes(likes: Likes) -> Rows:
    yield ["layer", "channel", "rank", "activation", "rows seen", "columns seen"]
    for rank, (value, (down, across)) in enumerate(zip(likes.values, likes.seen, strict=True)):
        seen = f"{down.start}-{down.stop}", f"{across.start}-{across.stop}"
        yield [likes.layer, likes.channel, rank, value, *seen]


def among_rows(state: AppState) -> Rows | None:
    """Every test image's point, and the drawing's."""
    there = state.neighbourhood
    return _among(there, there.embedding) if there.embedding is not None else None


def _among(there: Neighbourhood, embedding: Embedding) -> Rows:
    yield ["image", "label", "x", "y", "rank among the nearest"]
    rank = {number: place for place, number in enumerate(there.nearest)}
    for number, (x, y) in enumerate(embedding.points):
        yield [number, int(there.labels[number]), x, y, rank.get(number, "")]
    if there.here is not None:
        yield ["the drawing", "", *there.here, ""]


def edit_rows(state: AppState) -> Rows | None:
    """The changes in order, and every class's probability without and with them."""
    return _edits(state.edits, state.unedited, state.prediction) if state.edits else None


def _edits(edits: tuple[Edit, ...], unedited: tuple[float, ...], prediction: Prediction | None) -> Rows:
    yield ["change"]
    for edit in edits:
        yield [str(edit)]
    if prediction is not None and unedited:
        yield ["class", "without", "with"]
        for name, before, after in zip(prediction.class_names, unedited, prediction.probabilities, strict=True):
            yield [name, before, after]


TABLES: dict[str, Callable[[AppState], Rows | None]] = {
    "sum": sum_rows,
    "kernels": kernel_rows,
    "why": why_rows,
    "likes": likes_rows,
    "among": among_rows,
    "edits": edit_rows,
}
