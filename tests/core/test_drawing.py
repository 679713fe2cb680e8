"""From strokes and pictures to the network's image."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_core.datasets import to_bytes
from cnn_core.drawing import Drawing, Picture, Renderer, Stroke, erasing, from_bitmap, from_strokes, normalize, render
from cnn_core.drawing.erasing import Eraser
from cnn_core.drawing.normalize import resample_area, shift_to_centre
from cnn_core.drawing.raster import densify, draw_strokes
from cnn_core.errors import ImageError
from cnn_core.preprocessing import image_of

SEVEN = [np.array([(0.3, 0.3), (0.7, 0.3), (0.45, 0.8)])]


def centre_of_mass(image: np.ndarray) -> np.ndarray:
    axis = np.arange(28) + 0.5
    return np.array([(image.sum(axis=1) @ axis), (image.sum(axis=0) @ axis)]) / image.sum()


@settings(max_examples=40, deadline=None)
@given(
    scale=st.floats(0.1, 1.0), x=st.floats(0, 1), y=st.floats(0, 1), brush=st.floats(0.01, 0.2)
)  # fmt: skip
def test_size_place_and_brush_do_not_matter(scale, x, y, brush):
    extent = 0.7 * scale
    moved = (SEVEN[0] - 0.3) * scale + np.array([x, y]) * (1 - extent)
    image = image_of([Stroke(moved, brush)])
    np.testing.assert_allclose(image[:, :, 0], from_strokes(SEVEN), atol=0.35)
    assert np.abs(image[:, :, 0] - from_strokes(SEVEN)).mean() < 0.01


def test_the_geometry_is_mnists():
    image = from_strokes(SEVEN)
    rows, columns = np.nonzero(image.max(axis=1) > 0.02)[0], np.nonzero(image.max(axis=0) > 0.02)[0]
    assert max(np.ptp(rows), np.ptp(columns)) + 1 in (20, 21, 22), "a ramp of half a pixel on either side"
    assert np.abs(centre_of_mass(image) - 14.5).max() <= 0.5
    assert image.max() == 1


def test_a_dot_is_a_dot_and_nothing_is_nothing():
    dot = from_strokes([np.array([(0.2, 0.9)])])
    assert 3 < dot.sum() < 10
    assert not image_of([]).any()
    assert not from_bitmap(np.zeros((50, 40), np.float32)).any()


def test_lines_are_as_wide_as_asked():
    for width in (1.5, 2.4, 4.0):
        image = draw_strokes([np.array([(14.0, 4.0), (14.0, 24.0)])], (28, 28), width)
        assert image[14].sum() == pytest.approx(width, abs=0.1)


def test_strokes_outside_the_image_do_no_harm():
    image = draw_strokes([np.array([(-50.0, 5.0), (60.0, 5.0)]), np.array([(3.0, 300.0)])], (12, 20), 2.0)
    assert image[5, 10] > 0.9
    assert image[9:].max() == 0


def test_densify_keeps_ends_and_spacing():
    points = densify(np.array([(0.0, 0.0), (3.0, 4.0), (3.0, 4.0), (3.0, 5.0)]), 0.5)
    assert points[0].tolist() == [0, 0]
    assert points[-1].tolist() == [3, 5]
    assert np.hypot(*np.diff(points, axis=0).T).max() <= 0.5 + 1e-9


def test_eraser_takes_ink_away():
    line = Stroke(np.array([(0.1, 0.5), (0.9, 0.5)]), 0.06)
    rubber = Stroke(np.array([(0.5, 0.2), (0.5, 0.8)]), 0.2, erases=True)
    ink = render([line, rubber], 100)
    assert ink[50, 20] == 1
    assert ink[50, 50] == 0
    image = image_of([line, rubber])[:, :, 0]
    assert image[14, 14] < 0.1
    assert image.max() > 0.9


def test_an_eraser_leaves_the_rest_of_a_line_as_a_line():
    """Its image has the line width of every other drawing, and strokes that were not touched stay what they were."""
    line, other = Stroke(np.array([(0.1, 0.5), (0.9, 0.5)]), 0.06), Stroke(np.array([(0.2, 0.1), (0.8, 0.1)]), 0.06)
    across = Stroke(np.array([(0.5, 0.3), (0.5, 0.7)]), 0.2, erases=True)
    left = Eraser()([line, other, across])
    assert left is not None
    assert left[2] is other.points
    np.testing.assert_allclose([left[0][[0, -1], 0], left[1][[0, -1], 0]], [(0.1, 0.4), (0.6, 0.9)], atol=0.026)
    assert (left[0][:, 1] == 0.5).all()


def test_what_an_eraser_leaves_alone_does_not_change():
    line = Stroke(np.array([(0.1, 0.5), (0.9, 0.5)]), 0.06)
    beside = Stroke(np.array([(0.1, 0.8), (0.9, 0.8)]), 0.06, erases=True)
    np.testing.assert_array_equal(image_of([line, beside]), image_of([line]))
    before = Stroke(np.array([(0.4, 0.2), (0.4, 0.8)]), 0.06, erases=True)
    np.testing.assert_array_equal(image_of([before, line]), image_of([line]))


def test_a_line_that_is_wider_than_the_eraser_is_left_to_the_pixels():
    line = Stroke(np.array([(0.1, 0.5), (0.9, 0.5)]), 0.1)
    along = Stroke(np.array([(0.1, 0.5), (0.9, 0.5)]), 0.04, erases=True)
    assert Eraser()([line, along]) is None
    image = image_of([line, along])[:, :, 0]
    assert ((image > 0.5).sum(axis=0) == 2).any(), "its upper and lower edge are left"
    assert Eraser()([line, Stroke(along.points + np.array([0, 0.3]), 0.04, erases=True)]) == [line.points]


def test_an_eraser_under_the_hand_takes_the_same_as_one_put_down_at_once(rng, monkeypatch):
    """And of one that grows only what is new is measured."""
    line = Stroke(np.stack([np.linspace(0.1, 0.9, 40), np.full(40, 0.5)], 1), 0.05)
    path, measured, growing = rng.uniform(0.2, 0.8, (300, 2)), [], Eraser()
    path[0] = 0.5
    real = erasing._distances
    monkeypatch.setattr(erasing, "_distances", lambda points, part: (measured.append(len(part)), real(points, part))[1])
    marks = [Stroke(path[:count], 0.05, erases=True) for count in (1, 2, 5, 60, 300)]  # kept: known by address
    for mark in marks:
        left = growing([line, mark])
        steps = list(measured)
        expected = Eraser()([line, mark])
        assert len(left) == len(expected)
        for found, right in zip(left, expected, strict=True):
            np.testing.assert_array_equal(found, right)
        assert steps[-1] <= 241, "the new points and the last of those before"
        measured.clear()


def test_crumbs_go_and_dots_stay():
    dot = Stroke(np.array([(0.5, 0.5)]), 0.06)
    assert Eraser()([dot, Stroke(np.array([(0.6, 0.5)]), 0.06, erases=True)]) == [dot.points]
    assert Eraser()([dot, Stroke(np.array([(0.51, 0.5)]), 0.06, erases=True)]) == []
    line = Stroke(np.array([(0.5, 0.5), (0.539, 0.5)]), 0.06)
    assert Eraser()([line, Stroke(np.array([(0.5, 0.5)]), 0.06, erases=True)]) == [], "less than half a dot was left"


def test_area_resampling_keeps_the_mean(rng):
    image = rng.random((37, 37)).astype(np.float32)
    assert resample_area(image, 20).mean() == pytest.approx(image.mean(), rel=1e-4)
    np.testing.assert_allclose(resample_area(image, 37), image, rtol=1e-5)


def test_shifting_never_loses_ink(rng):
    for _ in range(50):
        image = np.zeros((28, 28), np.float32)
        top, left, h, w = rng.integers(0, 8, 2).tolist() + rng.integers(1, 21, 2).tolist()
        image[top : top + h, left : left + w] = rng.random((h, w))
        assert shift_to_centre(image).sum() == pytest.approx(image.sum(), rel=1e-5)


def test_a_renderer_that_is_kept_gives_the_same(rng):
    marks = [Stroke(rng.random((5, 2)), 0.05, erases=i % 3 == 2) for i in range(8)]
    kept = Renderer(112)
    for count in (1, 3, 4, 8, 2, 8, 0, 5):
        np.testing.assert_array_equal(kept(marks[:count]), render(marks[:count], 112))


def test_a_renderer_paints_only_what_is_new(rng, monkeypatch):
    """With many marks on the canvas, a moving pen costs its own stroke alone."""
    painted = []
    real = normalize._with_mark
    monkeypatch.setattr(normalize, "_with_mark", lambda ink, mark: (painted.append(mark), real(ink, mark))[1])
    marks = [Stroke(rng.random((5, 2)), 0.05, erases=i % 3 == 2) for i in range(30)]
    kept = Renderer(112)
    kept(marks)
    painted.clear()
    for _ in range(3):
        moving = Stroke(rng.random((5, 2)), 0.05)
        kept([*marks, moving])
        assert painted[-1] is moving
    assert len(painted) == 4, "the last of the finished marks once, and the moving one each time"


def test_undo_and_redo():
    drawing = Drawing()
    one, two = Stroke(np.zeros((1, 2)), 0.1), Picture(np.ones((2, 2)))
    drawing.undo()
    drawing.redo()
    drawing.clear()
    assert not drawing.can_undo, "clearing an empty drawing is no step"
    drawing.add(one)
    drawing.add(two)
    drawing.clear()
    drawing.undo()
    assert drawing.marks == (one, two)
    drawing.undo()
    assert drawing.marks == (one,)
    drawing.redo()
    assert drawing.marks == (one, two)
    drawing.undo()
    drawing.add(two)
    assert not drawing.can_redo


def test_strokes_cannot_be_changed_or_nonsense():
    stroke = Stroke(np.zeros((2, 2)), 0.1)
    with pytest.raises(ValueError, match="read-only"):
        stroke.points[0, 0] = 1
    for points in (np.zeros((0, 2)), np.array([[np.nan, 0]])):
        with pytest.raises(ImageError, match="finite points"):
            Stroke(points, 0.1)


GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "drawings.json").read_text("utf-8"))


@pytest.mark.parametrize("name", GOLDEN)
def test_given_strokes_give_these_very_bytes(name):
    """What a trained network has learnt must still be what the canvas shows it in every later version."""
    entry = GOLDEN[name]
    marks = [Stroke(np.array(stroke), 0.06) for stroke in entry["strokes"]]
    if "erased" in entry:
        marks.append(Stroke(np.array(entry["erased"]), entry["eraser"], erases=True))
    found = to_bytes(image_of(marks)[:, :, 0])
    assert found.tobytes().hex() == entry["bytes"]


def test_images_in_mnists_geometry_come_out_of_the_bitmap_way_unchanged(small_digits):
    for image in small_digits.images[:100, :, :, 0] / 255:
        normal = from_bitmap(image)
        np.testing.assert_allclose(from_bitmap(normal), normal, atol=1e-6)
        page = np.zeros((90, 70), np.float32)
        page[31:59, 7:35] = normal
        np.testing.assert_allclose(from_bitmap(page), normal, atol=1e-6)
