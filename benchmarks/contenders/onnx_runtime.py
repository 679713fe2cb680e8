"""ONNX Runtime on the CPU, reading the network as `cnn_core` exports it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime

from benchmarks.contenders import tasks
from benchmarks.networks import make_model
from cnn_core.storage.onnx_file import export_onnx

READ_AT_ONCE = (64, 256, 1024)
"""Images in a call; the number that is quickest for the network counts."""


def prepare(kind: str, network: str, batch: int, variant: str) -> Callable[[], object]:  # noqa: ARG001
    """What is to be timed: one pass over ``batch`` images, or one image."""
    model = make_model(network)
    x, _ = tasks.images(batch, model.input_shape)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.onnx"
        export_onnx(path, model)
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    name, shape = session.get_inputs()[0].name, session.get_inputs()[0].shape
    if shape[1] == model.input_shape[2] and shape[3] != model.input_shape[2]:
        x = np.ascontiguousarray(x.transpose(0, 3, 1, 2))

    def reader(images: int) -> Callable[[], object]:
        chunks = [x[start : start + images] for start in range(0, len(x), images)]

        def read() -> None:
            for chunk in chunks:
                session.run(None, {name: chunk})

        return read

    readers = [reader(images) for images in READ_AT_ONCE]
    return min(readers, key=_seconds) if kind == "read" else readers[0]


def _seconds(work: Callable[[], object]) -> float:
    work()
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
