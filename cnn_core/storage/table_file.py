"""Tables of numbers as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

import numpy as np


def as_csv(rows: Iterable[Iterable[object]]) -> bytes:
    """Comma-separated, floats to nine digits, UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for row in rows:
        writer.writerow([f"{v:.9g}" if isinstance(v, (float, np.floating)) else v for v in row])
    return text.getvalue().encode()
