"""The images that a drawing is compared with: the test images that go with a model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cnn_core.arrays import Shape
from cnn_core.datasets.dataset import Dataset
from cnn_core.datasets.source import DataSource, Stopped
from cnn_core.errors import DataUnavailableError

MOST = 10_000


def pick_reference_images(
    own: DataSource | None,
    usual: DataSource,
    usual_names: tuple[str, ...],
    drawn: Callable[[], Dataset],
    shape: Shape,
    data_dir: str | Path | None,
    stopped: Stopped,
) -> tuple[Dataset, str]:
    """Test images of the source that a model learnt from, else those that most models know; and what they are.

    Parameters
    ----------
    own : where the model's data came from; None where nobody knows
    usual : the source to take in its place, for models whose classes are ``usual_names``
    drawn : makes images where no file is there
    shape : [h, w, c] that the images must have

    Raises
    ------
    DataUnavailableError
        When none is there, or none has the ``shape``.
    """
    if own is not None:
        about = own.about(data_dir)
        if about.class_names not in ((), usual_names) and not about.available:
            advice = f"Fetch them: cnn-core datasets --fetch {own.name}" if about.downloads else "Put them back."
            raise DataUnavailableError(f"Expected the test images of {about.title}, found none. {advice}")
    for source in dict.fromkeys(source for source in (own, usual) if source is not None):
        if source.locate(data_dir):
            splits = source.load(data_dir, download=False, stopped=stopped)
            if splits.test.image_shape == shape:
                return splits.test.take(slice(0, MOST)), f"test images of {splits.title}"
    images = drawn()
    if images.image_shape != shape:
        raise DataUnavailableError(
            f"Expected test images of the shape {list(shape)}, found none. Choose the folder that holds them."
        )
    return images, "synthetic digits"
