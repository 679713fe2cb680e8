"""What the bundled network learns from, and what it is chosen by."""

from __future__ import annotations

import numpy as np

from cnn_core.datasets import Dataset
from cnn_core.datasets.dataset import NOT_A_CLASS
from cnn_core.digits import PenDigit, make_synthetic, mixture
from cnn_core.digits.mixture import BETWEEN_COPIES, MNIST_COPIES, PEN_BETWEEN_COPIES, PEN_COPIES, apart, mix


def test_mnist_is_kept_apart_in_whole_runs():
    numbers = np.arange(240)
    images = np.broadcast_to(numbers.astype(np.uint8)[:, None, None, None], (240, 28, 28, 1))
    learn, choose = apart(Dataset("mnist", images, numbers % 10))
    chosen = choose.images[:, 0, 0, 0].tolist()
    assert sorted([*learn.images[:, 0, 0, 0].tolist(), *chosen]) == numbers.tolist()
    assert len(chosen) == 240 / 12
    assert chosen == [start + i for start in (30, 90, 150, 210) for i in range(5)]
    np.testing.assert_array_equal(choose.labels, np.array(chosen) % 10)


def test_the_mixture_holds_what_it_names_and_nobody_twice(monkeypatch):
    for what, number in (("SYNTHETIC", 20), ("NON_DIGITS", 60), ("NON_DIGITS_VALIDATION", 30)):
        monkeypatch.setattr(mixture, what, number)
    mnist = make_synthetic(240, seed=5)
    stroke, bar = np.array([(0.5, 0.1), (0.5, 0.9)]), np.array([(0.3, 0.5), (0.7, 0.5)])
    pen = [PenDigit(1, writer, (stroke,)) for writer in (1, 2, 5)] + [PenDigit(7, 3, (stroke, bar))]
    told = []
    learn, choose = mix(mnist, pen, lambda what, done, total: told.append(what))
    kept, judged = apart(mnist)
    count = np.bincount(learn.labels[learn.labels >= 0], minlength=10)
    times = np.bincount(kept.labels, minlength=10) * (MNIST_COPIES + BETWEEN_COPIES + 2) + 2  # 2: synthetic digits
    redrawn = np.bincount(kept.labels, minlength=10) * 2
    drawings = np.zeros(10, int)
    drawings[[1, 7]] = np.array([2, 1]) * (PEN_COPIES + 1 + PEN_BETWEEN_COPIES + 1)
    assert (count <= times + redrawn + drawings).all()
    assert (count >= times + drawings).all(), "of what is drawn anew some are left out, of all else none"
    assert 45 <= np.count_nonzero(learn.labels == NOT_A_CLASS) <= 75
    assert np.bincount(choose.labels[choose.labels >= 0]).sum() == len(judged) + 2
    assert 20 <= np.count_nonzero(choose.labels == NOT_A_CLASS) <= 40
    learnt = {image.tobytes() for image in learn.images}
    assert not any(image.tobytes() in learnt for image in judged.images)
    assert sum(image.tobytes() in learnt for image in kept.images) == len(kept)
    assert {"bending MNIST", "bending pen digits", "drawing non-digits to choose by"} <= set(told)
    again = mix(mnist, pen)
    np.testing.assert_array_equal(again[0].images, learn.images)
    np.testing.assert_array_equal(again[1].images, choose.images)
