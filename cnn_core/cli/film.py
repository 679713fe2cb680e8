"""``cnn-core film``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from PIL import Image
from rich.progress import Progress

from cnn_core.arrays import Array
from cnn_core.cli.options import DataDir, Json, RunsDir
from cnn_core.cli.output import console, print_json, progress_bar
from cnn_core.cli.outputs import Overwrite, expect_output
from cnn_core.datasets import Dataset
from cnn_core.digits.reading import reading
from cnn_core.drawing import read_picture
from cnn_core.inspection import FilmMaker, draw_frame
from cnn_core.inspection.film_files import (
    expect_empty,
    expect_film_kind,
    is_film,
    most_pictures,
    save_film,
    usual_speed,
)
from cnn_core.inspection.film_picture import DARK, LIGHT
from cnn_core.preprocessing import WHOLE
from cnn_core.runs import Moment, RunStore, film_images, moments_of, spread
from cnn_core.storage import ModelFile, load_model

FASTEST = 50


def film(
    run: Annotated[str, typer.Argument(help="The run, by its name or folder.")],
    out: Annotated[Path, typer.Option("--out", help="A .gif, an .mp4 (needs the package av), or a folder for PNG.")],
    image: Annotated[
        Path | None, typer.Option("--image", help="The picture to look at; default: the first test image.")
    ] = None,
    per_second: Annotated[
        float | None,
        typer.Option("--per-second", min=0.1, max=FASTEST, help="So many pictures a second; default: up to 8."),
    ] = None,
    light: Annotated[bool, typer.Option("--light", help="On a light ground.")] = False,
    scale: Annotated[float, typer.Option("--scale", min=0.5, max=3, help="1 is 1200×600 pixels.")] = 1.0,
    runs: RunsDir = None,
    data_dir: DataDir = None,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Make a film of how a run learnt: feature maps, kernels, test images on a plane, confusions, step by step.

    A run keeps the weights of its steps with [bold]cnn-core train --film-every 20[/bold]; of another run the film has a
    picture for each epoch.
    """
    expect_film_kind(out)
    inputs = [image] if image is not None else []
    if out.suffix:
        expect_output(out, inputs, overwrite, is_film)
    else:
        expect_empty(out)
    found = RunStore(runs).find(run)
    moments = spread(moments_of(found), most_pictures(out, scale))
    file = load_model(moments[0].path)
    data, _ = film_images(found, file, data_dir)
    maker = FilmMaker(_looked_at(file, image, data), data.images, data.labels, file.class_names)
    with progress_bar() as bar:
        pictures = _pictures(maker, moments, bar, light, scale)
        count = save_film(out, pictures, per_second or usual_speed(len(moments)))
    if as_json:
        print_json({"out": str(out), "pictures": count, "steps": [moment.step for moment in moments]})
    else:
        console.print(f"Wrote {count} pictures to {out}", soft_wrap=True)


def _looked_at(file: ModelFile, image: Path | None, data: Dataset) -> Array:
    """What the network receives of the picture; of a number its first digit."""
    if image is None:
        return data.images[0] * np.float32(1 / 255)
    spec = file.image_spec()
    with reading(file.model, file.calibration, None, spec) as reader:
        return reader.read([read_picture(image, spec.geometry == WHOLE)])[0].image


def _pictures(
    maker: FilmMaker, moments: tuple[Moment, ...], bar: Progress, light: bool, scale: float
) -> Iterator[Image.Image]:
    """One after the other, as they are wanted."""
    task = bar.add_task("film", total=len(moments), note="")
    for moment in moments:
        frame = maker.frame(load_model(moment.path).model, moment.step)
        words = f"step {moment.step:,}" + (f" · epoch {moment.epoch:.2f}" if moment.epoch is not None else "")
        words += f" · {frame.accuracy:.1%} of {int(frame.confusion.sum())} test images right"
        words += "" if frame.is_finite else " · diverged: not all weights are numbers"
        yield draw_frame(frame, words, LIGHT if light else DARK, scale)
        bar.advance(task)
