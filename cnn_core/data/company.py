"""The images that a drawing is compared with: the test images that go with a model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cnn_core.arrays import Shape
from cnn_core.data.catalog import CATALOG, load_dataset, locate, title_of
from cnn_core.data.dataset import Dataset
from cnn_core.data.synthetic import make_synthetic
from cnn_core.errors import DataUnavailableError
from cnn_core.labels import DIGIT_NAMES

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

    The data set's own where it is on this machine; for a model of digits, or one of which nobody knows what it was
    trained on, else MNIST's, else synthetic digits. Their names are their own (`Dataset.class_names`). Raises
    `DataUnavailableError` when none is there, or none has the ``shape`` that the model reads.
    """
    names = [dataset] if dataset in CATALOG else []
    if names and CATALOG[dataset].class_names != DIGIT_NAMES and not locate(dataset, data_dir):
        raise DataUnavailableError(
            f"Expected the test images of {title_of(dataset)}, found none. Fetch them: cnn-core datasets --fetch "
            f"{dataset}"
        )
    for name in (*names, *(["mnist"] if names != ["mnist"] else [])):
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
