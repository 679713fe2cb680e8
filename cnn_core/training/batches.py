"""The batches of one epoch, from any image on."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array
from cnn_core.datasets.augmentation import changed_chunks, make_augmentation
from cnn_core.datasets.dataset import Subset
from cnn_core.datasets.mixup import mix_up
from cnn_core.losses import SecondLabels
from cnn_core.training.ahead import AheadOfTime
from cnn_core.training.config import TrainingConfig

Batch = tuple[Array, NDArray[np.int64], SecondLabels | None]


@contextmanager
def epoch_batches(config: TrainingConfig, train: Subset, epoch: int, start: int = 0) -> Generator[Iterator[Batch]]:
    """Images, labels and what is mixed in, batch by batch, in the epoch's order from its image ``start`` on.

    All random numbers follow from the settings, the epoch and ``start``: whoever begins at the same image with the same
    settings gets the same batches. Images are changed on a thread of their own, which ends with the context.
    """
    rng, share = config.generator("mixup", epoch, start), config.mixup_in(epoch)
    with _changed_batches(config, train, epoch, start) as batches:
        yield ((x, labels, mix_up(x, labels, share, rng) if share else None) for x, labels in batches)


@contextmanager
def _changed_batches(
    config: TrainingConfig, train: Subset, epoch: int, start: int
) -> Generator[Iterator[tuple[Array, NDArray[np.int64]]]]:
    """Not mixed yet."""
    size, augment = config.batch_size, make_augmentation(config.augmentation)
    order = config.generator("shuffle", epoch).permutation(len(train))[start:]
    if augment is None:
        yield (train.batch(order[i : i + size]) for i in range(0, len(order), size))
        return
    rng = config.generator("augmentation", epoch, start)
    images, labels = train.data.images, train.data.labels
    chunks = changed_chunks(images, labels, train.indices[order], size, augment, rng)
    with AheadOfTime(chunks) as ready:
        yield (
            (images[i : i + size], labels[i : i + size])
            for images, labels in ready
            for i in range(0, len(labels), size)
        )
