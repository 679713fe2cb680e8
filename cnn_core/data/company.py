"""The images that a drawing is compared with: the test images that go with a model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cnn_core.arrays import Shape
from cnn_core.data.catalog import CATALOG, load_dataset, locate
from cnn_core.data.dataset import Dataset
from cnn_core.data.synthetic import make_synthetic
from cnn_core.errors import DataUnavailableError

MOST = 10_000
SYNTHETIC = 2000
SYNTHETIC_SEED = 71


def company_for(
    dataset: str,
    shape: Shape,
    data_dir: str | Path | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> tuple[Dataset, str]:
    """Test images for a model that was trained on ``dataset``, and what they are in words; never downloads.

    The data set's own where it is on this machine, else MNIST's, else synthetic digits. Raises `DataUnavailableError`
    when none has the ``shape`` that the model reads.
    """
    names = [dataset] if dataset in CATALOG else []
    for name in (*names, "mnist"):
        if locate(name, data_dir):
            parts = load_dataset(name, data_dir, download=False, stopped=stopped)
            if parts.test.image_shape == shape:
                return parts.test.take(slice(0, MOST)), f"test images of {parts.title}"
    synthetic = make_synthetic(SYNTHETIC, SYNTHETIC_SEED)
    if synthetic.image_shape != shape:
        raise DataUnavailableError(
            f"Expected test images of the shape {list(shape)}, found none. Choose the folder that holds them."
        )
    return synthetic, "synthetic digits"
