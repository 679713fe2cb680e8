"""What the bundled network learns from, and what it is chosen by."""

from __future__ import annotations

import numpy as np

from cnn_core.data import Dataset
from cnn_core.data.mixed import apart


def test_mnist_is_kept_apart_in_whole_runs():
    numbers = np.arange(240)
    images = np.broadcast_to(numbers.astype(np.uint8)[:, None, None, None], (240, 28, 28, 1))
    learn, choose = apart(Dataset("mnist", images, numbers % 10))
    chosen = choose.images[:, 0, 0, 0].tolist()
    assert sorted([*learn.images[:, 0, 0, 0].tolist(), *chosen]) == numbers.tolist()
    assert len(chosen) == 240 / 12
    assert chosen == [start + i for start in (30, 90, 150, 210) for i in range(5)]
    np.testing.assert_array_equal(choose.labels, np.array(chosen) % 10)
