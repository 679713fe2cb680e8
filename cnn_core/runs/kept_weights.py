"""Weights that a run keeps of moments on its way: numbered model files, thinned evenly where they grow too many."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from math import gcd
from pathlib import Path

from cnn_core.files import is_plain

FILE = re.compile(r"(\d{4,})\.safetensors")


class KeptWeights:
    """A folder of model files, each named by its number: an epoch or a step. Belongs to one thread.

    Attributes
    ----------
    path : the folder; it is made with its first file
    """

    def __init__(self, path: Path, most_bytes: int) -> None:
        self.path = path
        self._most_bytes = most_bytes
        self._every = 1
        self._bytes: int | None = None

    def place_for(self, number: int) -> Path | None:
        """Where the weights of ``number`` go; None where they would be thinned out again at once, or where a link would
        lead elsewhere. Raises `OSError`."""
        if number % self._every or self.path.is_symlink():
            return None
        self.path.mkdir(exist_ok=True)
        return self.path / f"{number:04}.safetensors"

    def thin(self, written: Path) -> None:
        """After ``written`` has come: remove every second file, the first and the last stay, until all together take no
        more than the limit; of two that are too large the last one stays."""
        if self._bytes is not None:  # to look through the folder each time would take longer than a small step
            self._bytes += _size(written)
            if self._bytes <= self._most_bytes:
                return
        files = list(weight_files(self.path))
        self._bytes = sum(_size(file) for _, file in files)
        while self._bytes > self._most_bytes and len(files) > 1:
            self._every = 2 * max(self._every, gcd(*(number for number, _ in files)))
            too_wide = self._every > files[-1][0]  # the first and the last are left, and those of the number 0
            for number, file in files[:-1]:
                if too_wide or number % self._every:
                    file.unlink(missing_ok=True)
            files = list(weight_files(self.path))
            self._bytes = sum(_size(file) for _, file in files)

    def forget_after(self, number: int) -> None:
        """Remove what is of later than ``number``: a run that is taken up goes another way from there, or the same."""
        for later, file in weight_files(self.path):
            if later > number:
                with suppress(OSError):
                    file.unlink(missing_ok=True)


def weight_files(path: Path) -> Iterator[tuple[int, Path]]:
    """Number and file of all that is kept in the folder ``path``, in order; links and other kinds are left out,
    and so is all of a folder that is a link itself."""
    found = []
    with suppress(OSError):
        for file in path.iterdir() if not path.is_symlink() else ():
            if (match := FILE.fullmatch(file.name)) and is_plain(file):
                found.append((int(match[1]), file))
    yield from sorted(found)


def _size(file: Path) -> int:
    try:
        return file.lstat().st_size
    except OSError:
        return 0
