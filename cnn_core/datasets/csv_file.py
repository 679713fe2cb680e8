"""Images in a table: a row an image, its label first, then its pixels (the form of many Kaggle sets)."""

from __future__ import annotations

import csv
import io
from math import isqrt

import numpy as np

from cnn_core.datasets.class_names import missing_words, number_labels
from cnn_core.datasets.dataset import Dataset
from cnn_core.datasets.download import Progress
from cnn_core.datasets.scaling import full_scale, scale_words, to_bytes_of
from cnn_core.datasets.source import FileSource, Stopped
from cnn_core.errors import DataError, StoppedError
from cnn_core.files import brief, open_file

MOST_BYTES = 4 << 30
MOST_SIDE_PX, MOST_VALUES = 512, 2 << 30
MOST_LINE = 16 << 20
LOOK_EVERY = 1000


class CsvFile(FileSource):
    """A ``.csv`` file, with or without a line of names above it. Square images only: s·s values are grey, s·s·3 are
    colour, red, green and blue of a pixel together."""

    def _read(self, progress: Progress, stopped: Stopped) -> tuple[Dataset, Dataset | None, Dataset | None]:
        labels, rows = self._rows(progress, stopped)
        values = np.stack(rows)
        shape = _shape(self.title, values.shape[1])
        numbers, names = number_labels(self.title, labels)
        if (values == np.rint(values)).all():
            values = values.astype(np.int64)
        full = full_scale(self.title, [values])
        note = "; ".join(filter(None, [scale_words(full), missing_words(numbers, names)]))
        images = to_bytes_of(values, full).reshape(-1, *shape)
        return Dataset(self.title, images, numbers, names, note), None, None

    def _rows(self, progress: Progress, stopped: Stopped) -> tuple[list[str], list[np.ndarray]]:
        """The labels, and the pixels of each row as numbers."""
        labels: list[str] = []
        rows: list[np.ndarray] = []
        with open_file(self.path, "CSV file") as stream:
            size = stream.seek(0, 2)
            if size > MOST_BYTES:
                raise DataError(f"{self.title} expected at most {MOST_BYTES >> 30} GB, received more.")
            stream.seek(0)
            text = io.TextIOWrapper(stream, "utf-8-sig", errors="replace", newline="")
            reader = csv.reader(_bounded(text, self.title))
            try:
                for number, row in enumerate(reader, 1):
                    if number % LOOK_EVERY == 0:
                        progress("reading", number, 0)
                        if stopped():
                            raise StoppedError("Reading the table was stopped.")
                    if not row or (number == 1 and not _is_number(row[-1])):
                        continue  # an empty line, or the names of the columns
                    rows.append(_pixels(self.title, row, number, len(rows[0]) if rows else None))
                    labels.append(row[0].strip())
                    if len(rows) * len(rows[0]) > MOST_VALUES:
                        raise DataError(f"{self.title} expected a smaller table, received more than fits into memory.")
            except csv.Error as error:
                raise DataError(
                    f"{self.title} expected a CSV file, received damaged data ({brief(error, 60)})."
                ) from error
        if not rows:
            raise DataError(f"{self.title} expected rows of a label and its pixels, received none.")
        return labels, rows


def _bounded(lines: io.TextIOWrapper, name: str):
    """The lines of a file, none longer than an image can be."""
    while line := lines.readline(MOST_LINE):
        if len(line) >= MOST_LINE:
            raise DataError(f"{name} expected lines of one image each, received a far longer one.")
        yield line


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _pixels(name: str, row: list[str], number: int, wanted: int | None) -> np.ndarray:
    if wanted is not None and len(row) - 1 != wanted:
        raise DataError(
            f"{name} expected {wanted + 1:,} columns in every row, received {len(row):,} in row {number:,}."
        )
    try:
        return np.array(row[1:], np.float32)
    except ValueError as error:
        raise DataError(
            f"{name} expected a label and then numbers in every row, received something else in row {number:,}."
        ) from error


def _shape(name: str, values: int) -> tuple[int, int, int]:
    """``(h, w, c)`` of square images of so many values."""
    for channels in (1, 3):
        side = isqrt(values // channels)
        if side and side * side * channels == values and side <= MOST_SIDE_PX:
            return side, side, channels
    raise DataError(
        f"{name} expected a label and then the pixels of a square image, 784 for 28×28, received {values:,} values."
    )
