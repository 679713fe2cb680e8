"""What the room works out in other threads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from cnn_core.arrays import Array
from cnn_core.errors import CnnError, ConfigError, StoppedError
from cnn_core.inspection import FilmFrame, FilmMaker, FilmTitles, draw_frame
from cnn_core.inspection.film_files import is_film, save_film, usual_speed
from cnn_core.inspection.film_picture import FilmStyle
from cnn_core.runs import Moment, RunIndex, RunStore, film_images, load_run, moments_of, spread
from cnn_core.storage import load_model
from cnn_gui.live.film.values import FilmedRun
from cnn_gui.session.jobs import JobControl
from cnn_gui.widgets.core_words import images_words
from cnn_gui.widgets.format import thousands
from cnn_gui.widgets.translation import tr

MOST_RUNS, MOST_FRAMES = 40, 120


@dataclass(frozen=True, slots=True, eq=False)
class Begun:
    """Before the first frame: of which moments the film is, and what its images are."""

    moments: tuple[Moment, ...]
    words: str


def find_runs(store: RunStore, control: JobControl) -> tuple[FilmedRun, ...]:
    """In the pool's thread: the latest runs that have kept more than one moment."""
    found: list[FilmedRun] = []
    for run in RunIndex(store).summaries(control.stopped)[:MOST_RUNS]:
        try:
            moments = len(moments_of(load_run(store.folder / run.name)))
        except CnnError:  # damaged, or without weights
            continue
        if moments > 1:
            found.append(FilmedRun(run.name, run.title, moments, run.started_at))
    return tuple(found)


def make_film(store: RunStore, name: str, image: Array | None, data_dir: Path | None, control: JobControl) -> None:
    """In the pool's thread: tells `Begun`, then each `FilmFrame`, in order.

    ``image`` is what the network receives of the drawing; without one that fits, the first test image is looked at.
    """
    run = load_run(store.folder / name)
    moments = spread(moments_of(run), MOST_FRAMES)
    first = load_model(moments[0].path)
    shown, words = film_images(run, first, data_dir, control.stopped)
    fits = image is not None and image.shape == first.model.input_shape
    looked_at = image if image is not None and fits else shown.images[0] * np.float32(1 / 255)
    control.tell(Begun(moments, tr("{count} {words}").format(count=thousands(len(shown)), words=images_words(words))))
    maker = FilmMaker(looked_at, shown.images, shown.labels, first.class_names)
    for number, moment in enumerate(moments):
        if control.stopped():
            raise StoppedError("The film was stopped.")
        control.tell(maker.frame(load_model(moment.path).model, moment.step))
        control.progress(number + 1, len(moments))


def save(
    path: Path, frames: Sequence[tuple[FilmFrame, str]], style: FilmStyle, titles: FilmTitles, control: JobControl
) -> int:
    """In the pool's thread: write the film, and say how many pictures it has."""

    def pictures() -> Iterator[Image.Image]:
        for number, (frame, words) in enumerate(frames):
            if control.stopped():
                raise StoppedError("The film was stopped.")
            control.progress(number, len(frames))
            yield draw_frame(frame, words, style, titles=titles)

    if path.suffix and path.exists() and not is_film(path):
        raise ConfigError(
            tr("{name} is another kind of file and was left alone. Choose another name.").format(name=path.name)
        )
    return save_film(path, pictures(), usual_speed(len(frames)))
