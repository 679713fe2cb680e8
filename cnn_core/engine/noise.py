"""Random numbers of one thread."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class Noise:
    """The generator that a thread's programs draw from. Programs are bound once, generators change with every run."""

    def __init__(self, generator: np.random.Generator | None = None) -> None:
        self.generator = np.random.default_rng(0) if generator is None else generator

    def keep_mask(self, mask: NDArray[np.bool_], threshold: int, kind: type[np.unsignedinteger]) -> None:
        """True where a random ``kind`` is at least ``threshold``. Raw bits are several times quicker than floats."""
        words = -(-mask.size * np.dtype(kind).itemsize // 8)
        bits = self.generator.bit_generator.random_raw(words)
        np.greater_equal(np.asarray(bits).view(kind)[: mask.size].reshape(mask.shape), kind(threshold), out=mask)
