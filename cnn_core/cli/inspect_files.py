"""What ``cnn-core inspect --out`` writes: the pictures of the window's inspector, and the numbers behind them."""

from __future__ import annotations

import io
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor

from cnn_core.arrays import Array
from cnn_core.datasets import Dataset, to_bytes
from cnn_core.errors import CnnError, ConfigError
from cnn_core.files import brief, file_name, reason, write_atomically
from cnn_core.inspection import (
    CLASS_COLOURS,
    Place,
    contributions,
    embed,
    enlarge,
    find_exemplars,
    grad_cam,
    laid_over,
    maximize,
    occlusion,
    receptive_fields,
    saliency,
    smallest_flip,
    tile,
)
from cnn_core.layers import Conv2D
from cnn_core.model import Sequential
from cnn_core.storage.table_file import as_csv

MANIFEST = "inspection.txt"
"""Names of the files that an inspection wrote, so that the next one replaces those and no others."""
MOST_WEIGHTS = 300_000
"""Kernels of more weights are left out: a table of millions of rows helps nobody."""
SCALE = 4
CELL = 12
LARGE = 10
GAP_PX = 8
BEST = 8
PLANE_PX = (900, 600)
POINT_PX, HERE_PX = 2, 9
FRAME = (78, 154, 241)
Files = dict[str, bytes]
Pixels = NDArray[np.uint8]


def layer_files(model: Sequential, image: Array, values: list[Array]) -> Files:
    """Every layer's maps, tiled; vectors as cells, and their numbers."""
    named = [("input", image), *((layer.name, v) for layer, v in zip(model, values, strict=True))]
    files: Files = {}
    for number, (name, v) in enumerate(named):
        name = file_name(name)
        files[f"{number:02d}-{name}.png"] = _png(tile(v, scale=CELL if v.ndim == 1 else SCALE))
        if v.ndim == 1:
            rows: list[list[object]] = [["unit", "value"], *([unit, float(x)] for unit, x in enumerate(v))]
            files[f"{number:02d}-{name}.csv"] = as_csv(rows)
    return files


def kernel_files(model: Sequential) -> Files:
    """All kernels of every convolution: a column for each filter, a row for each input map."""
    files: Files = {}
    for layer in model:
        if isinstance(layer, Conv2D) and layer.parameters["weight"].size <= MOST_WEIGHTS:
            weight = layer.parameters["weight"]
            h, w, inputs, filters = weight.shape
            picture = tile(weight.reshape(h, w, inputs * filters), scale=SCALE, columns=filters)
            name = file_name(layer.name)
            files[f"kernels-{name}.png"] = _png(picture)
            index = np.indices(weight.shape).reshape(4, -1).T
            rows: list[list[object]] = [["row", "column", "input map", "filter", "weight"]]
            for at, value in zip(index, weight.reshape(-1), strict=True):
                rows.append([*map(int, at), float(value)])
            files[f"kernels-{name}.csv"] = as_csv(rows)
    return files


def reason_files(model: Sequential, image: Array, chosen: int | None, threshold: float) -> tuple[Files, dict[str, Any]]:
    """Why this class: pictures laid over the image, their numbers, and what they come to."""
    probabilities = model.predict(image[None])[0]
    answer = int(probabilities.argmax())
    chosen = answer if chosen is None else chosen
    added = contributions(model, image, chosen)
    covered = occlusion(model, image, chosen)
    maps: dict[str, tuple[Array, bool]] = {
        "saliency": (saliency(model, image, chosen).sum(axis=2), True),
        "contributions": (added.pixels.sum(axis=2), True),
        "occlusion": (covered, True),
    }
    with suppress(ConfigError):  # a network without convolutions has none
        maps["grad-cam"] = enlarge(grad_cam(model, image, chosen), *image.shape[:2]), False
    told: dict[str, Any] = {
        "class": chosen,
        "answer": answer,
        "probability": float(probabilities[chosen]),
        "contributions": {"sum": float(added.pixels.sum()), "difference": added.difference},
        "occlusion_most": float(covered.max()),
    }
    files = {
        f"why-{name}.png": _png(_large(laid_over(image, values, signed))) for name, (values, signed) in maps.items()
    }
    flip = smallest_flip(model, image, chosen if chosen != answer else None, threshold)
    if flip is not None:
        change = flip.change.sum(axis=2)
        maps["smallest-edit"] = change, True
        files["why-smallest-edit.png"] = _png(_large(laid_over(flip.image, change, True)))
        told["smallest_edit"] = {
            "after": flip.after,
            "probability": flip.probability,
            "pixels": flip.pixels,
            "known": flip.probability >= threshold,
        }
    rows: list[list[object]] = [["row", "column", "image", *maps]]
    for row, column in np.ndindex(image.shape[:2]):
        rows.append([row, column, image[row, column].mean(), *(values[row, column] for values, _ in maps.values())])
    files["why.csv"] = as_csv(rows)
    return files, told


def exemplar_files(model: Sequential, data: Dataset, layer: int, place: Place) -> Files:
    """The images of ``data`` that excite a map or unit most, the place framed, and one made for it; in a row."""
    channel = place[-1]
    found = find_exemplars(model, data.images, layer, BEST)
    dream = maximize(model, layer, channel, np.random.default_rng(0))
    name = f"likes-{file_name(model.layers[layer].name)}-{channel}"
    rows: list[list[object]] = [["rank", "image", "activation"]]
    parts = []
    for rank, number in enumerate(found.images[channel]):
        rows.append([rank, int(number), float(found.values[channel, rank])])
        at = found.place(channel, rank, len(place) == 3)
        seen = receptive_fields(model, layer, at)[0].box
        parts.append(_framed(data.images[number], seen[0], seen[1]))
    rows.append(["made for it", "", dream.activation])
    parts.append(_rgb(to_bytes(dream.image)).repeat(SCALE, axis=0).repeat(SCALE, axis=1))
    return {f"{name}.png": _png(_beside(parts)), f"{name}.csv": as_csv(rows)}


def embedding_files(model: Sequential, data: Dataset, values: list[Array]) -> Files:
    """``data`` on the plane of its last hidden layer's principal components, the drawing in white; the nearest ones."""
    embedding = embed(model, data.images)
    feature = values[embedding.layer].reshape(-1)
    here, nearest = embedding.place(feature), embedding.nearest(feature, BEST)
    low, span = embedding.points.min(axis=0), np.ptp(embedding.points, axis=0)
    width, height = PLANE_PX
    picture = np.full((height, width, 3), 20, np.uint8)

    def dot(point: Array, size: int, colour: tuple[int, ...]) -> None:
        share = np.clip((point - low) / np.maximum(span, 1e-9), 0, 1)
        x, y = (int(v) for v in share * (width - 2 * HERE_PX, height - 2 * HERE_PX))
        picture[HERE_PX + y - size // 2 :, HERE_PX + x - size // 2 :][:size, :size] = colour

    colours = [ImageColor.getrgb(colour) for colour in CLASS_COLOURS]
    for point, label in zip(embedding.points, data.labels, strict=True):
        dot(point, POINT_PX, colours[label % len(colours)])
    dot(here, HERE_PX, (255, 255, 255))
    rank = {int(number): place for place, number in enumerate(nearest)}
    rows: list[list[object]] = [["image", "label", "x", "y", "rank among the nearest"]]
    for number, (x, y) in enumerate(embedding.points):
        rows.append([number, int(data.labels[number]), float(x), float(y), rank.get(number, "")])
    rows.append(["the drawing", "", *map(float, here), ""])
    near = _beside([_rgb(data.images[i]).repeat(SCALE, axis=0).repeat(SCALE, axis=1) for i in nearest])
    return {"among.png": _png(picture), "among-nearest.png": _png(near), "among.csv": as_csv(rows)}


def _rgb(image: Pixels) -> Pixels:
    return image if image.shape[2] == 3 else image[:, :, :1].repeat(3, axis=2)


def _framed(image: Pixels, rows: slice, columns: slice) -> Pixels:
    """The image enlarged, with a frame around a block of its pixels."""
    picture = _rgb(image).repeat(SCALE, axis=0).repeat(SCALE, axis=1)
    top, left = rows.start * SCALE, columns.start * SCALE
    bottom, right = rows.stop * SCALE - 1, columns.stop * SCALE - 1
    picture[[top, bottom], left : right + 1] = FRAME
    picture[top : bottom + 1, [left, right]] = FRAME
    return picture


def _beside(pictures: list[Pixels]) -> Pixels:
    h, w, _ = pictures[0].shape
    row = np.full((h, (w + GAP_PX) * len(pictures) - GAP_PX, 3), 60, np.uint8)
    for number, picture in enumerate(pictures):
        row[:, number * (w + GAP_PX) :][:, :w] = picture
    return row


def _large(pixels: Pixels) -> Pixels:
    return pixels.repeat(LARGE, axis=0).repeat(LARGE, axis=1)


def _png(pixels: Pixels) -> bytes:
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "PNG")
    return content.getvalue()


def expect_folder(folder: Path, overwrite: bool) -> None:
    """Raise `CnnError` unless ``folder`` is new, or empty, or holds what an inspection wrote and may be replaced."""
    try:
        there = [path.name for path in folder.iterdir()] if folder.is_dir() else []
        if (folder.exists() or folder.is_symlink()) and not folder.is_dir():
            raise CnnError(f"--out expected a folder, found a file at {brief(folder)}. Choose another name.")
    except (OSError, ValueError) as error:
        raise CnnError(f"--out expected a folder, found: {reason(error)}. Choose another name.") from error
    if there and not overwrite:
        raise CnnError(
            f"--out expected a new folder, found files in {brief(folder)}. Add --overwrite, or choose another."
        )
    if there and MANIFEST not in there:
        raise CnnError(f"--out expected a folder of its own, found other files in {brief(folder)}. Choose another.")


def write_files(folder: Path, files: Files) -> None:
    """Write ``files`` in place of those that an earlier inspection wrote there, and nothing else."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        before = (folder / MANIFEST).read_text("utf-8").splitlines() if (folder / MANIFEST).is_file() else []
        for name in before:
            if name == file_name(name):
                (folder / name).unlink(missing_ok=True)
        if taken := [name for name in files if (folder / name).exists() or (folder / name).is_symlink()]:
            raise CnnError(
                f"--out expected room for {taken[0]}, found another file of that name. Choose another folder."
            )
    except (OSError, ValueError) as error:
        raise CnnError(f"Expected to write into {brief(folder)}, received: {reason(error)}.") from error
    write_atomically(folder / MANIFEST, "\n".join(sorted(files)).encode())
    for name, content in files.items():
        write_atomically(folder / name, content)
