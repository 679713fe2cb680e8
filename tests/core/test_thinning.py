"""Digits thinned to the middle of their lines and drawn anew."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_core.datasets import Dataset
from cnn_core.datasets.dataset import NOT_A_CLASS, to_bytes
from cnn_core.digits import make_synthetic
from cnn_core.digits.thinning import middles, parts_less_holes, thin
from cnn_core.drawing.raster import draw_strokes

SHAPE = (28, 28)


@pytest.mark.parametrize("width", [2.0, 3.5, 5.0])
def test_the_middle_of_a_line_is_found_whatever_its_width(width):
    line = np.array([(9.0, 6.0), (17.0, 22.0)])
    dots, owner = middles(to_bytes(draw_strokes([line], SHAPE, width))[None])
    along, across = np.array([8.0, 16.0]) / np.hypot(8, 16), np.array([16.0, -8.0]) / np.hypot(8, 16)
    assert not owner.any()
    assert np.abs((dots - line[0]) @ across).max() < 0.4
    reached = (dots - line[0]) @ along
    assert reached.min() == pytest.approx(0, abs=width / 2 + 0.3)
    assert reached.max() == pytest.approx(np.hypot(8, 16), abs=width / 2 + 0.3)
    assert np.diff(np.sort(reached)).max() < 0.5, "no gaps in it"


def test_a_ring_stays_a_ring_and_paper_stays_paper():
    angle = np.linspace(0, 2 * np.pi, 60)
    ring = to_bytes(draw_strokes([14 + 7 * np.stack([np.cos(angle), np.sin(angle)], axis=1)], SHAPE, 3.0))
    dots, owner = middles(np.stack([np.zeros_like(ring), ring]))
    assert (owner == 1).all()
    np.testing.assert_allclose(np.hypot(*(dots - 14).T), 7, atol=0.4)
    bearings = np.sort(np.arctan2(*(dots - 14).T))
    assert np.diff(bearings).max() < 0.15, "closed all round"


def test_digits_drawn_anew_keep_their_labels_and_have_the_line_of_the_pen(rng):
    twos = np.nonzero(make_synthetic(300, seed=2).labels == 2)[0]
    digits = make_synthetic(300, seed=2).take(twos)
    again = thin(digits, rng)
    assert again.images.shape == digits.images.shape
    np.testing.assert_array_equal(again.labels, digits.labels)
    assert again.class_names == digits.class_names
    assert (again.images.max(axis=(1, 2, 3)) > 250).all()
    assert (again.images != digits.images).any(axis=(1, 2, 3)).all()
    dots, owner = middles(again.images[..., 0])
    assert owner.max() == len(twos) - 1
    width = again.images.sum() / 255 / (len(dots) / 3)  # ink over the length of the lines
    assert 2 < width < 3.2
    twice = [thin(digits, np.random.default_rng(4)).images for _ in range(2)]
    np.testing.assert_array_equal(*twice)


def test_a_digit_that_lost_its_loop_is_left_out(rng):
    angle = np.linspace(0, 2 * np.pi, 60)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    back = np.array([(16.0, 5.0), (11.0, 10.0), (9.0, 18.0)])
    open_six, blob_six = (
        to_bytes(draw_strokes([back, np.array([14.0, 18.0]) + radius * ring, *filling], SHAPE, 2.5))
        for radius, filling in ((5.0, []), (2.5, [np.array([(14.0, 18.0), (14.5, 18.0)])]))
    )
    assert parts_less_holes(np.stack([open_six, blob_six]) > 127).tolist() == [0, 1]
    images = np.stack([open_six, blob_six] * 5)[..., None]
    again = thin(Dataset("mine", images, np.full(10, 6), tuple("0123456789")), rng)
    assert len(again) == 5
    assert (parts_less_holes(again.images[..., 0] > 110) <= 0).all()
    assert len(thin(Dataset("mine", images, np.full(10, 2), tuple("0123456789")), rng)) == 10, "a 2 needs no loop"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["...", "...", "..."], 0),
        (["#..", "...", "..#"], 2),
        (["#..", ".#.", "..#"], 1),
        (["###", "#.#", "###"], 0),
        ([".#.", "#.#", ".#."], 0),
        (["#####", "#.#.#", "#####"], -1),
        (["#.###", "..#.#", "#.###"], 2),
    ],
)
def test_pieces_and_holes_are_counted(rows, expected):
    ink = np.array([[cell == "#" for cell in row] for row in rows])
    assert parts_less_holes(ink[None]).tolist() == [expected]


def test_what_has_no_line_is_left_out_and_what_is_no_digit_needs_no_loop(rng):
    line = to_bytes(draw_strokes([np.array([(8.0, 8.0), (20.0, 20.0)])], SHAPE, 2.5))
    images = np.stack([np.zeros_like(line), line, line])[..., None]
    again = thin(Dataset("mine", images, np.array([1, NOT_A_CLASS, 9]), tuple("0123456789")), rng)
    assert again.labels.tolist() == [NOT_A_CLASS]
    assert not len(thin(again.take(np.zeros(0, int)), rng))
