"""The numbers behind each room of the inspector, as rows for a CSV file."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnn_core.arrays import Array
from cnn_gui.state import AppState

Rows = list[list[object]]


def sum_rows(state: AppState) -> Rows:
    """Every term of the sum behind the number that is asked about, then the sum, the bias and what follows."""
    explained = state.explained
    if explained is None:
        return []
    working = explained.working
    rows: Rows = [["layer", "place", "input place", "input", "weight", "product"]]
    place = " ".join(map(str, working.place))
    weights, products = working.weights, working.products
    for index in np.ndindex(working.inputs.shape):
        at = np.add(working.origin, index) if len(index) == len(working.origin) else working.origin
        terms = [weights[index], products[index]] if weights is not None and products is not None else ["", ""]
        rows.append([working.layer, place, " ".join(str(int(i)) for i in at), working.inputs[index], *terms])
    if working.sum is not None:
        rows += [
            [working.layer, place, "sum", "", "", working.sum],
            [working.layer, place, "bias", "", "", working.bias],
        ]
    for step in (working, *explained.onwards):
        rows.append([step.layer, place, "output", "", "", step.output])
    return rows


def kernel_rows(state: AppState) -> Rows:
    """Every weight of the convolution, now and at the start."""
    kernels = state.kernels
    if kernels is None:
        return []
    rows: Rows = [["layer", "row", "column", "input map", "filter", "weight", "weight at the start"]]
    for index in np.ndindex(kernels.now.shape):
        rows.append([kernels.layer, *index, kernels.now[index], kernels.before[index]])
    return rows


def why_rows(state: AppState) -> Rows:
    """For every pixel of the image what the answers say."""
    why, change = state.why, state.mind_change
    if why is None:
        return []
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
    rows: Rows = [["row", "column", *there]]
    for row, column in np.ndindex(why.image.shape[:2]):
        rows.append([row, column, *(values[row, column] for values in there.values())])
    return rows


def likes_rows(state: AppState) -> Rows:
    """The activations of the images that a map likes."""
    likes = state.likes
    if likes is None:
        return []
    rows: Rows = [["layer", "channel", "rank", "activation", "rows seen", "columns seen"]]
    for rank, (value, (down, across)) in enumerate(zip(likes.values, likes.seen, strict=True)):
        rows.append(
            [likes.layer, likes.channel, rank, value, f"{down.start}-{down.stop}", f"{across.start}-{across.stop}"]
        )
    return rows


def among_rows(state: AppState) -> Rows:
    """Every test image's point, and the drawing's."""
    there = state.neighbourhood
    if there.embedding is None:
        return []
    rows: Rows = [["image", "label", "x", "y", "rank among the nearest"]]
    rank = {number: place for place, number in enumerate(there.nearest)}
    for number, (x, y) in enumerate(there.embedding.points):
        rows.append([number, int(there.labels[number]), x, y, rank.get(number, "")])
    if there.here is not None:
        rows.append(["the drawing", "", *there.here, ""])
    return rows


def edit_rows(state: AppState) -> Rows:
    """The changes in order, and every class's probability without and with them."""
    rows: Rows = [["change"], *[[str(edit)] for edit in state.edits]]
    prediction = state.prediction
    if prediction is not None and state.unedited:
        rows.append(["class", "without", "with"])
        rows += [
            [name, before, after]
            for name, before, after in zip(
                prediction.class_names, state.unedited, prediction.probabilities, strict=True
            )
        ]
    return rows if state.edits else []


TABLES: dict[str, Callable[[AppState], Rows]] = {
    "sum": sum_rows,
    "kernels": kernel_rows,
    "why": why_rows,
    "likes": likes_rows,
    "among": among_rows,
    "edits": edit_rows,
}
