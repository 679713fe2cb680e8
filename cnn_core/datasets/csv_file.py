"""Images in a table: a row an image, its label and its pixels (the form of many Kaggle sets). The label comes first,
unless the line of names says where it is."""

from __future__ import annotations

import csv
import io
from math import isqrt
from pathlib import Path

import numpy as np

from cnn_core.datasets.dataset import Dataset
from cnn_core.datasets.download import Progress
from cnn_core.datasets.labels import missing_words, number_labels
from cnn_core.datasets.scaling import full_scale, scale_words, to_bytes_of
from cnn_core.datasets.source import FileSource, Stopped
from cnn_core.errors import DataError, StoppedError
from cnn_core.files import brief, open_file, size_words

MOST_BYTES, MOST_KEPT_BYTES = 4 << 30, 1 << 30
"""Of the file, and of the pixels in it."""
MOST_SIDE_PX = 512
MOST_LINE = 16 << 20
MOST_WHOLE = 1 << 31
ROWS_A_BLOCK = 1000
LABEL_NAMES = frozenset({"label", "labels", "class", "target"})
FEW_LABELS = 20
"""So many labels may be of one row each; more of them are no labels, but a column that counts the rows."""


class CsvFile(FileSource):
    """A ``.csv`` file, with or without a line of names above it. Square images only: s·s values are grey, s·s·3 are
    colour, red, green and blue of a pixel together."""

    def _read(self, progress: Progress, stopped: Stopped) -> tuple[Dataset, Dataset | None, Dataset | None]:
        file = brief(self.path.name)
        labels, values = _Table(file).read(self.path, progress, stopped)
        _expect_labels(file, labels)
        numbers, names = number_labels(file, labels)
        full = full_scale(file, [values])
        note = "; ".join(filter(None, [scale_words(full), missing_words(numbers, names)]))
        images = to_bytes_of(values, full).reshape(-1, *_shape(file, values.shape[1]))
        return Dataset(self.title, images, numbers, names, note), None, None


class _Table:
    """The rows of a file: labels as text, pixels in blocks, of bytes where they are whole numbers up to 255."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._labels: list[str] = []
        self._rows: list[np.ndarray] = []
        self._blocks: list[np.ndarray] = []
        self._columns, self._label_column, self._bytes = 0, 0, 0

    def read(self, path: Path, progress: Progress, stopped: Stopped) -> tuple[list[str], np.ndarray]:
        """Labels, and pixels [n, p]; raises `DataError` that names the row."""
        with open_file(path, "CSV file") as stream:
            if stream.seek(0, 2) > MOST_BYTES:
                raise DataError(f"{self._name} expected at most {size_words(MOST_BYTES)}, received more.")
            stream.seek(0)
            text = io.TextIOWrapper(stream, "utf-8-sig", errors="replace", newline="")
            try:
                for number, row in enumerate(csv.reader(_bounded(text, self._name)), 1):
                    if number == 1 and row and _is_header(row):
                        self._label_column = _label_column(row)
                    elif row:
                        self._add(row, number)
                    if len(self._rows) == ROWS_A_BLOCK:
                        self._close_block()
                        progress("reading", number, 0)
                        if stopped():
                            raise StoppedError("Reading the table was stopped.")
            except csv.Error as error:
                raise DataError(
                    f"{self._name} expected a CSV file, received damaged data ({brief(error, 60)})."
                ) from error
        self._close_block()
        if not self._blocks:
            raise DataError(f"{self._name} expected rows of a label and its pixels, received none.")
        whole = all(block.dtype == np.uint8 or _is_whole(block) for block in self._blocks)
        kind = np.uint8 if all(block.dtype == np.uint8 for block in self._blocks) else np.int64 if whole else np.float32
        return self._labels, np.concatenate([block.astype(kind, copy=False) for block in self._blocks])

    def _add(self, row: list[str], number: int) -> None:
        if not self._columns:
            _shape(self._name, len(row) - 1)  # refused at once where it cannot be an image
            self._columns = len(row)
        if len(row) != self._columns:
            raise DataError(
                f"{self._name} expected {self._columns:,} columns in every row, received {len(row):,} in row "
                f"{number:,}."
            )
        label = row.pop(self._label_column).strip()
        if not label:
            raise DataError(f"{self._name} expected a label in every row, received none in row {number:,}.")
        try:
            with np.errstate(over="ignore"):  # infinity is refused with its own words
                self._rows.append(np.array(row, np.float32))
        except ValueError as error:
            raise DataError(
                f"{self._name} expected a label and numbers in every row, received something else in row {number:,}."
            ) from error
        self._labels.append(label)

    def _close_block(self) -> None:
        if not self._rows:
            return
        block = np.stack(self._rows)
        if ((block >= 0) & (block <= 255)).all() and (block == np.rint(block)).all():
            block = block.astype(np.uint8)
        self._rows = []
        self._blocks.append(block)
        self._bytes += block.nbytes
        if self._bytes > MOST_KEPT_BYTES:
            raise DataError(f"{self._name} expected at most {size_words(MOST_KEPT_BYTES)} of pixels, received more.")


def _bounded(lines: io.TextIOWrapper, name: str):
    """The lines of a file, none longer than an image can be, and none that goes on in the next one."""
    while line := lines.readline(MOST_LINE):
        if len(line) >= MOST_LINE or line.count('"') % 2:
            raise DataError(f"{name} expected lines of one image each, received one that does not end.")
        yield line


def _is_header(row: list[str]) -> bool:
    """Whether a row holds the names of the columns: words, or numbers that count them."""
    if not _is_number(row[-1]):
        return True
    first, counted = row[0], row[1:]
    starts = (1,) if first == "0" else () if _is_number(first) else (0, 1)  # 0, 0, 1, 2, 3 may be an image's pixels
    return any(counted == [str(i) for i in range(start, start + len(counted))] for start in starts)


def _label_column(header: list[str]) -> int:
    """Where the labels stand: in the one column that is called so, else in the first."""
    named = [i for i, name in enumerate(header) if name.strip().lower() in LABEL_NAMES]
    return named[0] if len(named) == 1 else 0


def _is_whole(block: np.ndarray) -> bool:
    """Whether all are whole numbers that `int64` can hold."""
    return bool(((np.abs(block) < MOST_WHOLE) & (block == np.rint(block))).all())


def _expect_labels(name: str, labels: list[str]) -> None:
    """Raise `DataError` where the column of labels tells rows apart and not classes."""
    different = len(set(labels))
    if different > max(FEW_LABELS, len(labels) / 2):
        raise DataError(
            f"{name} expected the labels of classes, received {different:,} different values in {len(labels):,} rows. "
            "Put the labels first, or call their column label; leave out a column that counts the rows."
        )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _shape(name: str, values: int) -> tuple[int, int, int]:
    """``(h, w, c)`` of square images of so many values."""
    for channels in (1, 3):
        side = isqrt(values // channels)
        if side > 1 and side * side * channels == values and side <= MOST_SIDE_PX:
            return side, side, channels
    raise DataError(
        f"{name} expected a label and then the pixels of a square image, 784 for 28×28, received {values:,} values."
    )
