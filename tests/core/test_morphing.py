"""Digits part of the way from one to another of their class."""

from __future__ import annotations

import numpy as np

from cnn_core.datasets import Dataset
from cnn_core.datasets.dataset import NOT_A_CLASS, to_bytes
from cnn_core.digits import make_synthetic
from cnn_core.digits.morphing import WAY, fetch, field, morph
from cnn_core.drawing.raster import draw_strokes

NAMES = tuple("0123456789")


def lines(*slants: float) -> np.ndarray:
    """Strokes through the middle of an image, each so many pixels further right above than below: [n, 28, 28]."""
    ends = [np.array([(14 + slant / 2, 5.0), (14 - slant / 2, 23.0)]) for slant in slants]
    return np.stack([draw_strokes([one], (28, 28), 3.0) for one in ends]).astype(np.float32)


def slant_of(image: np.ndarray) -> float:
    """How far the upper end lies to the right of the lower one, in pixels."""
    columns = np.arange(28)
    upper, lower = image[7:10].sum(axis=0), image[18:21].sum(axis=0)
    return float(upper @ columns / upper.sum() - lower @ columns / lower.sum()) * 18 / 11


def test_the_field_lays_one_image_over_the_other():
    source, target = lines(0, 0, 4), lines(5, -5, -1)
    found = fetch(source, field(source, target))
    before, after = (np.abs(images - target).sum(axis=(1, 2)) for images in (source, found))
    assert (after < 0.3 * before).all()


def test_a_share_of_the_field_leads_as_far_as_that():
    source, target = lines(0), lines(6)
    displacement = field(source, target)
    slants = [slant_of(fetch(source, np.float32(share) * displacement)[0]) for share in (0.0, 0.25, 0.5, 0.75, 1.0)]
    np.testing.assert_allclose(slants, [0, 1.5, 3, 4.5, 6], atol=0.5)


def test_an_image_is_not_bent_to_lie_on_itself():
    images = make_synthetic(20, seed=1).images[..., 0] / np.float32(255)
    assert not field(images, images).any()
    np.testing.assert_array_equal(fetch(images, field(images, images)), images)


def test_each_digit_goes_part_of_the_way_to_another_of_its_class(rng):
    images = to_bytes(np.concatenate([lines(0), lines(6)]))[..., None]
    both = Dataset("mine", images, np.array([1, 1]), NAMES)
    found = [morph(both, both, rng) for _ in range(20)]
    np.testing.assert_array_equal(found[0].labels, both.labels)
    slants = np.array([[slant_of(image[..., 0] / 255) for image in one.images] for one in found]) / 6
    for from_first in (slants[:, 0], 1 - slants[:, 1]):
        assert from_first.min() > WAY[0] - 0.1
        assert from_first.max() < WAY[1] + 0.1
        assert np.ptp(from_first) > 0.2, "not always as far"


def test_only_the_own_class_is_bent_to(rng):
    ones = Dataset("ones", to_bytes(lines(0, 0))[..., None], np.array([1, 2]), NAMES)
    others = Dataset("others", to_bytes(lines(6, -6))[..., None], np.array([1, 2]), NAMES)
    found = morph(ones, others, rng).images[..., 0] / 255
    assert slant_of(found[0]) > 1.5
    assert slant_of(found[1]) < -1.5


def test_real_strokes_change_and_stay_digits(rng):
    digits = make_synthetic(300, seed=3)
    found = morph(digits, digits, rng)
    assert found.class_names == digits.class_names
    change = np.abs(found.images.astype(float) - digits.images).mean(axis=(1, 2, 3))
    assert (change > 1).mean() > 0.95
    ink = found.images.sum(axis=(1, 2, 3)) / digits.images.sum(axis=(1, 2, 3))
    assert 0.6 < np.quantile(ink, 0.02) < np.quantile(ink, 0.98) < 1.6
    twice = [morph(digits, digits, np.random.default_rng(4)).images for _ in range(2)]
    np.testing.assert_array_equal(*twice)


def test_what_has_no_other_of_its_class_stays_as_it_is(rng):
    digits = make_synthetic(10, seed=3).take(np.arange(3))
    odd = Dataset("mine", digits.images, np.array([1, NOT_A_CLASS, 9]), NAMES)
    np.testing.assert_array_equal(morph(odd, odd, rng).images, odd.images)
    none = odd.take(np.zeros(0, int))
    assert len(morph(none, odd, rng)) == 0
    np.testing.assert_array_equal(morph(odd, none, rng).images, odd.images)
