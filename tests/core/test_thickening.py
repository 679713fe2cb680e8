"""Digits as a broader pen would have written them."""

from __future__ import annotations

import numpy as np

from cnn_core.datasets import Dataset
from cnn_core.datasets.dataset import NOT_A_CLASS, to_bytes
from cnn_core.digits import make_synthetic
from cnn_core.digits.thickening import BROADER, thicken
from cnn_core.digits.thinning import FINER
from cnn_core.drawing.raster import draw_strokes

NAMES = tuple("0123456789")


def bar(width: float) -> np.ndarray:
    """An upright line, 20 px long with its ends, in the middle of the image."""
    ends = np.array([(14.0, 4 + width / 2), (14.0, 24 - width / 2)])
    return to_bytes(draw_strokes([ends], (28, 28), width))[None, ..., None]


def test_a_line_grows_by_as_much_as_was_drawn_for_it(rng):
    lines = Dataset("mine", np.repeat(bar(3.0), 400, axis=0), np.full(400, 1), NAMES)
    broader = thicken(lines, rng)
    ink = broader.images[..., 0] / 255
    widths = ink[:, 13:15].sum(axis=2).mean(axis=1)
    expected = []
    for step in range(BROADER[0], BROADER[1] + 1):
        added = 2 * step / FINER
        width = 10 / FINER  # of the line as the finer pixels have it
        expected.append((width + added) * 20 / (20 + added))  # all of it is made smaller, to be as long as before
    nearest = np.abs(widths[:, None] - expected).argmin(axis=1)
    assert np.abs(widths - np.take(expected, nearest)).max() < 0.03
    counts = np.bincount(nearest, minlength=len(expected))
    assert (counts > 40).all(), "each about as often"
    assert (ink.any(axis=2).sum(axis=1) == 20).all(), "in MNIST's box"


def test_digits_keep_their_labels_and_get_broader_lines(rng):
    digits = make_synthetic(200, seed=3)
    broader = thicken(digits, rng)
    np.testing.assert_array_equal(broader.labels, digits.labels)
    assert broader.class_names == digits.class_names
    assert broader.images.shape == digits.images.shape
    more_ink = broader.images.sum(axis=(1, 2, 3)) / digits.images.sum(axis=(1, 2, 3))
    assert more_ink.min() > 1.02
    assert 1.2 < more_ink.mean() < 1.8
    columns = broader.images[..., 0].sum(axis=1)
    centres = columns @ (np.arange(28) + 0.5) / columns.sum(axis=1)
    assert ((centres >= 13.9) & (centres <= 15.1)).all(), "where MNIST has its centre of mass"
    twice = [thicken(digits, np.random.default_rng(4)).images for _ in range(2)]
    np.testing.assert_array_equal(*twice)


def test_what_touches_the_edge_grows_without_coming_in_at_the_other(rng):
    images = np.zeros((40, 28, 28, 1), np.uint8)
    images[:, 2:26, 0] = 255
    ink = thicken(Dataset("mine", images, np.ones(40, np.int64), NAMES), rng).images[..., 0]
    gaps = ((ink[:, 14, 1:] > 0) & (ink[:, 14, :-1] == 0)).sum(axis=1)
    assert (gaps == 1).all(), "one line, as before"


def test_paper_and_no_images_at_all(rng):
    paper = Dataset("mine", np.zeros((3, 28, 28, 1), np.uint8), np.array([1, NOT_A_CLASS, 9]), NAMES)
    assert not thicken(paper, rng).images.any()
    assert len(thicken(paper.take(np.zeros(0, int)), rng)) == 0
