"""A film as a file: GIF, a folder of PNG, or MP4 where PyAV is installed."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from PIL import Image

from cnn_core.errors import CnnError, ConfigError
from cnn_core.files import brief, reason, write_atomically
from cnn_core.inspection.film_picture import SIZE

KINDS = (".gif", ".mp4", "")
"""Endings of a film's file; none is a folder of pictures."""
COLOURS = 128
MOST_PICTURES, MOST_GIF_PIXELS = 1000, 200_000_000
"""Pictures of a film; pixels of a GIF in all, each of which takes Pillow some bytes."""
LAST_S = 2.0
"""So long the last picture stays."""
SHORTEST_S, USUAL_PER_SECOND = 4.0, 8.0
"""How long a short film takes at least, and the speed of a long one."""
BIT_RATE = 3_000_000


def usual_speed(count: int) -> float:
    """Pictures a second for so many, slow enough to see what changes."""
    return min(USUAL_PER_SECOND, max(1.0, count / SHORTEST_S))


def expect_film_kind(path: Path) -> None:
    """Raise `ConfigError` where no film can be written under such a name, before any work is done."""
    if path.suffix.lower() not in KINDS:
        raise ConfigError(
            f"A film expected a name that ends in .gif or .mp4, or a folder's, received {brief(path.name)}."
        )
    if path.suffix.lower() == ".mp4":
        _encoder()


def most_pictures(path: Path, scale: float) -> int:
    """How many pictures of the usual size times ``scale`` a film under that name may have."""
    pixels = SIZE[0] * SIZE[1] * scale**2
    return MOST_PICTURES if path.suffix.lower() != ".gif" else max(2, min(MOST_PICTURES, int(MOST_GIF_PIXELS / pixels)))


def expect_empty(path: Path) -> None:
    """Raise `ConfigError` unless a folder for pictures is new or empty."""
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise ConfigError(f"A film expected a new or an empty folder, found files at {brief(path)}. Choose another.")


def is_film(path: Path) -> bool:
    """Whether a file is one that `save_film` could have written: it may be replaced when somebody wants it to be."""
    try:
        with path.open("rb") as file:
            start = file.read(12)
    except OSError:
        return False
    return start.startswith(b"GIF8") or start[4:8] == b"ftyp"


def save_film(path: Path, pictures: Iterable[Image.Image], per_second: float) -> int:
    """Write ``pictures``, all of one size, and say how many they were.

    Of a GIF all are in the memory while it is written (`most_pictures`), else one at a time. Raises `ConfigError` for
    a name of another kind, for none at all and for MP4 where its encoder is missing, `CnnError` where it cannot be
    written.
    """
    expect_film_kind(path)
    kept = iter(pictures)
    first = next(kept, None)
    if first is None:
        raise ConfigError("A film expected pictures, found none.")
    write = {".gif": _write_gif, ".mp4": _write_mp4, "": _write_pictures}[path.suffix.lower()]
    counted = _Counted(chain([first], kept))
    try:
        write(path, counted, per_second)
    except OSError as error:
        raise CnnError(f"Expected to write the film {brief(path)}, received: {reason(error)}.") from error
    return counted.count


class _Counted:
    """Pictures that are counted on their way."""

    def __init__(self, pictures: Iterator[Image.Image]) -> None:
        self._pictures, self.count = pictures, 0

    def __iter__(self) -> Iterator[Image.Image]:
        for picture in self._pictures:
            self.count += 1
            yield picture


def _held(pictures: Iterable[Image.Image], per_second: float) -> Iterator[Image.Image]:
    """The last one stays a while before the film begins anew."""
    last = None
    for picture in pictures:
        yield picture
        last = picture
    for _ in range(round(LAST_S * per_second) - 1):
        if last is not None:
            yield last


def _write_gif(path: Path, pictures: _Counted, per_second: float) -> None:
    content = io.BytesIO()
    some = (picture.quantize(COLOURS) for picture in _held(pictures, per_second))
    next(some).save(
        content, "GIF", save_all=True, append_images=some, duration=round(1000 / per_second), loop=0, optimize=False
    )
    write_atomically(path, content.getvalue())


def _write_pictures(path: Path, pictures: _Counted, per_second: float) -> None:  # noqa: ARG001
    expect_empty(path)
    path.mkdir(parents=True, exist_ok=True)
    for number, picture in enumerate(pictures):
        content = io.BytesIO()
        picture.save(content, "PNG")
        write_atomically(path / f"{number:04}.png", content.getvalue())


def _write_mp4(path: Path, pictures: _Counted, per_second: float) -> None:
    """H.264, which every player knows. Both sides of a picture must be even."""
    av = _encoder()
    content = io.BytesIO()
    with av.open(content, "w", format="mp4") as container:
        stream = None
        for picture in _held(pictures, per_second):
            if stream is None:
                stream = container.add_stream("libx264", rate=max(1, round(per_second)))
                stream.width, stream.height = picture.width // 2 * 2, picture.height // 2 * 2
                stream.pix_fmt, stream.bit_rate = "yuv420p", BIT_RATE
            even = picture.crop((0, 0, stream.width, stream.height))
            container.mux(stream.encode(av.VideoFrame.from_image(even)))
        if stream is not None:
            container.mux(stream.encode())
    write_atomically(path, content.getvalue())


def _encoder() -> Any:
    try:
        import av
    except ImportError as error:
        raise ConfigError(
            "MP4 expected the package av, which is not installed. Install cnn-gui[film], or choose a .gif."
        ) from error
    return av
