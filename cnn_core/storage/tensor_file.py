"""Named arrays and text in one safetensors file.

A file of a stranger is read whole, its header is checked before anything in it is believed, and only then the arrays
are made. Layout: eight bytes with the length of the header, the header as JSON, the arrays' bytes. Source: the format
description of safetensors.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy
from safetensors import SafetensorError

from cnn_core.arrays import Array, Shape
from cnn_core.errors import ModelFileError
from cnn_core.files import brief, open_file, read_file, reason, size_words, write_atomically

MOST_FILE_BYTES = 2 << 30
MOST_HEADER_BYTES = 8 << 20
"""Names, shapes and metadata: a run's history is the longest of it."""
MOST_TENSORS = 8192
MOST_AXES = 8
MOST_NAME = 200
FLOAT32, FLOAT64 = "F32", "F64"


def write_tensors(path: str | Path, arrays: Mapping[str, Array], metadata: Mapping[str, str]) -> None:
    """Write entirely or not at all, see `write_atomically`. Raises `ModelFileError`."""
    # safetensors stores an array's memory as it lies, so it has to lie in C order
    content = safetensors.numpy.save({n: np.ascontiguousarray(a) for n, a in arrays.items()}, dict(metadata))
    write_atomically(path, content)


def read_tensors(
    path: str | Path, what: str = "model file", exact: Collection[str] = ()
) -> tuple[dict[str, Array], dict[str, str]]:
    """All arrays, finite, and the metadata of a safetensors file, which people call ``what``.

    The arrays are float32, those with a name in ``exact`` float64. Raises `ModelFileError`.
    """
    path = Path(path)
    name, header = brief(path.name), _read_header(path, what)
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(text, str) for text in metadata.values()):
        raise _no_tensors(name, "metadata that are no texts")
    shapes = {tensor: _shape(tensor, entry, name, tensor in exact) for tensor, entry in header.items()}
    promised = sum(prod(shape) * (8 if tensor in exact else 4) for tensor, shape in shapes.items())
    content = read_file(path, promised + MOST_HEADER_BYTES + 8, what, ModelFileError)
    try:
        arrays = safetensors.numpy.load(content)
    except (SafetensorError, ValueError, TypeError, KeyError, AttributeError, OverflowError, MemoryError) as error:
        raise _no_tensors(name, reason(error)) from error
    if {tensor: array.shape for tensor, array in arrays.items()} != shapes:
        raise _no_tensors(name, "a header that does not fit its arrays")
    for tensor, array in arrays.items():
        if not np.isfinite(array).all():
            raise ModelFileError(f"{name} expected finite values, found NaN or infinity in {brief(tensor)}.")
    return arrays, metadata


def read_metadata(path: str | Path, what: str = "model file") -> dict[str, str]:
    """The metadata of a safetensors file, without its arrays; raises `ModelFileError`."""
    header = _read_header(Path(path), what)
    metadata = header.get("__metadata__", {})
    return {key: text for key, text in metadata.items() if isinstance(text, str)} if isinstance(metadata, dict) else {}


def _read_header(path: Path, what: str) -> dict[str, Any]:
    """Names, types and shapes, before anything of the arrays is read."""
    name = brief(path.name)
    with open_file(path, what, ModelFileError) as file:
        try:
            length = os.fstat(file.fileno()).st_size
            start = file.read(8)
            size = int.from_bytes(start, "little")
            if len(start) < 8 or size > length - 8 or length > MOST_FILE_BYTES:
                raise _no_tensors(name, "something that cannot be read as one")
            if size > MOST_HEADER_BYTES:
                found = f"a header of {size_words(size)}; at most {size_words(MOST_HEADER_BYTES)} are read"
                raise _no_tensors(name, found)
            text = file.read(size)
        except OSError as error:
            raise _no_tensors(name, reason(error)) from error
    try:
        header = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _no_tensors(name, "a header that is no JSON") from error
    if not isinstance(header, dict):
        raise _no_tensors(name, "a header that is no object")
    if len(header) > MOST_TENSORS:
        raise _no_tensors(name, f"{len(header):,} tensors; at most {MOST_TENSORS:,} are read")
    return header


def _shape(tensor: str, entry: Any, name: str, exact: bool) -> Shape:
    """The shape that the header promises for a tensor of float32 values, or of float64 ones."""
    shape = entry.get("shape") if isinstance(entry, dict) else None
    if len(tensor) > MOST_NAME or not isinstance(shape, list) or len(shape) > MOST_AXES:
        raise _no_tensors(name, f"a tensor without a proper name or shape ({brief(tensor, 40)})")
    if not all(type(side) is int and side >= 0 for side in shape) or prod(shape) > MOST_FILE_BYTES:
        raise _no_tensors(name, f"an impossible shape of {brief(tensor)}")
    if entry.get("dtype") != (FLOAT64 if exact else FLOAT32):
        raise ModelFileError(
            f"{name} expected float32 values, found {brief(entry.get('dtype'), 20)} in {brief(tensor)}."
        )
    return tuple(shape)


def _no_tensors(name: str, found: str) -> ModelFileError:
    return ModelFileError(f"{name} is not a model or checkpoint of this program: found {found}.")
