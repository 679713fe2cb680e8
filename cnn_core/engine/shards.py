"""How a batch is cut along its images."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import TypeVar

import numpy as np

from cnn_core.layers import AveragePool2D, Conv2D, Dense, MaxPool2D
from cnn_core.model import Sequential

T = TypeVar("T")

SHARD_ELEMENTS = 4_000_000
"""Elements of the outputs of all layers, or of those between two barriers, that a shard goes through at once, about.
More images make longer calls, of which Python's share is smaller; fewer stay in the processor's cache. Measured on the
presets: 16 images of `article`, 64 of `digits` and `accurate`."""
MOST_SHARD_IMAGES = 64
MOST_ROWS = 512
"""Images of a batch after which the gradients of dense layers are settled, so that what they put aside stays small."""
LEAST_SHARED_WORK = 15_000_000
"""Multiplications of a batch below which sharing it out costs more than it brings: a thread takes tens of microseconds
to wake."""
MOST_SHARD_NUMBERS = 1 << 26
"""All that stands in memory for a shard, about: of a very large network few images go through at a time."""
FEW_IMAGES = 2
"""A plan for so few images computes convolutions as they are written: products are saved on many."""


@dataclass(slots=True)
class Shard:
    """Consecutive images of the batch; ``number`` counts them, ``row`` is where its dense layers put things aside."""

    images: slice
    number: int
    row: int

    @property
    def count(self) -> int:
        """How many images."""
        return self.images.stop - self.images.start


@dataclass(frozen=True, slots=True)
class Cut:
    """How batches are cut: ``shard_images`` at a time, settled after ``most_rows``."""

    shard_images: int
    most_rows: int

    @classmethod
    def choose(
        cls, elements: int, batch_size: int, threads: int, image_elements: int = 1, most: int = MOST_SHARD_IMAGES
    ) -> Cut:
        """For so many ``elements`` that an image's layers have at once (`elements_at_once`), so that each thread gets
        the same number of shards, of ``most`` images; ``image_elements`` is what one image takes with all that is made
        on the way."""
        images = 1 << max(1, min(SHARD_ELEMENTS // max(elements, 1), most)).bit_length() - 1
        images = min(max(4, images), max(1, MOST_SHARD_NUMBERS // max(image_elements, 1)))
        rounds = max(1, -(-batch_size // (threads * images)))
        images = -(-batch_size // (threads * rounds))
        per_turn = images * threads
        return cls(images, min(rounds, max(1, MOST_ROWS // per_turn)) * per_turn)

    def shards(self, n: int) -> list[slice]:
        """Consecutive images of a batch of n, the last shard shorter."""
        return [slice(i, min(i + self.shard_images, n)) for i in range(0, n, self.shard_images)]

    def turns(self, shards: Sequence[T]) -> Iterator[Sequence[T]]:
        """The shards between two settlements."""
        step = self.most_rows // self.shard_images
        for start in range(0, len(shards), step):
            yield shards[start : start + step]


def elements_at_once(model: Sequential, training: bool) -> int:
    """Elements of an image's way through the network, from one layer where it has to wait to the next, at most; half
    as many where nothing is kept for a way back."""
    most, elements = 0, prod(model.input_shape)
    for layer, row in zip(model, model.summary(), strict=True):
        elements += prod(row.output_shape)
        most = max(most, elements)
        if training and layer.needs_whole_batch:
            elements = 0
    return most if training else -(-most // 2)


def is_dense(model: Sequential) -> bool:
    """Whether the network is dense layers, and what has no weights."""
    kinds = {type(layer) for layer in model.layers}
    others = (Conv2D, MaxPool2D, AveragePool2D)
    return Dense in kinds and not any(issubclass(kind, others) for kind in kinds)


def model_dtype(model: Sequential) -> np.dtype:
    """The type that the network computes in."""
    arrays = list(model.parameters.values())
    return arrays[0].dtype if arrays else np.dtype(np.float32)
