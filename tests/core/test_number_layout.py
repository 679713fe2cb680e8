"""A number holds a point, a comma, a minus, and stands in rows."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_core.assets import BUNDLED
from cnn_core.digits.number_layout import COMMA, MINUS, POINT, lay_out
from cnn_core.digits.reading import reading, text_of
from cnn_core.drawing.strokes import Stroke
from cnn_core.storage import open_model

SEVEN = np.concatenate([np.linspace((0, 0), (1, 0), 20), np.linspace((1, 0), (0.4, 1.6), 20)])
ONE = np.linspace((0.0, 0.0), (0.0, 1.6), 20)
FOUR = np.concatenate([np.linspace((0.7, 0), (0, 1), 20), np.linspace((0, 1), (1.1, 1), 20)])


def at(points, x: float, y: float = 0.3, size: float = 0.12):
    return np.asarray(points) * size + (x, y)


def speck(x: float, y: float = 0.49):
    return np.array([[x, y], [x + 0.004, y + 0.003]])


def level(x: float, y: float = 0.4, width: float = 0.09):
    return np.linspace((x, y), (x + width, y + 0.004), 12)


@pytest.fixture(scope="module")
def reader():
    model = open_model(BUNDLED)
    with reading(model.model, model.calibration, model.model, model.image_spec()) as reader:
        yield reader, model.class_names


def read(reader, strokes, growing: bool = False) -> str:
    reads, names = reader
    return text_of(reads.read([Stroke(points, 0.04) for points in strokes], growing), names)


def test_a_point_a_comma_and_a_minus_are_read(reader):
    seven, one = at(SEVEN, 0.3), at(ONE, 0.55)
    assert read(reader, [seven, speck(0.47), one]) == "7.1"
    assert read(reader, [level(0.12), seven, one]) == "−71"
    comma = np.linspace((0.475, 0.478), (0.46, 0.525), 8)
    assert read(reader, [seven, comma, one]) == "7,1"
    assert read(reader, [level(0.12), seven, speck(0.47), one]) == "−7.1"


def test_rows_are_read_from_the_top(reader):
    upper, lower = [at(SEVEN, 0.3, 0.15), at(ONE, 0.55, 0.15)], [at(ONE, 0.3, 0.6), at(SEVEN, 0.5, 0.6)]
    assert read(reader, [*lower, *upper]) == "71\n17"
    assert read(reader, [*upper, level(0.14, 0.7), *lower]) == "71\n−17"
    items = reader[0].read([Stroke(points, 0.04) for points in [*lower, *upper]])
    assert [item.row for item in items] == [0, 0, 1, 1]


def test_a_sign_under_the_pen_may_still_become_a_digit(reader):
    strokes = [at(SEVEN, 0.3), speck(0.47)]
    assert "." not in read(reader, strokes, growing=True)
    assert read(reader, strokes) == "7."


def test_parts_of_digits_are_no_signs():
    bar = np.linspace((0.33, 0.42), (0.45, 0.42), 10)
    assert not lay_out([at(SEVEN, 0.3), bar])[0].signs, "a crossed seven"
    roof = np.linspace((0.30, 0.3), (0.42, 0.3), 10)
    five = np.concatenate([np.linspace((0.3, 0.3), (0.3, 0.38), 10), np.linspace((0.3, 0.38), (0.36, 0.5), 10)])
    assert not lay_out([five, roof])[0].signs, "a five with its bar"
    assert not lay_out([speck(0.3), speck(0.5)])[0].signs, "two specks alone"
    stem = np.linspace((0.4, 0.3), (0.4, 0.5), 10)
    assert not lay_out([at(FOUR, 0.3), stem])[0].signs, "a four in two strokes"
    assert not lay_out([speck(0.1), at(SEVEN, 0.3)])[0].signs, "a point stands behind a digit"
    assert len(lay_out([at(SEVEN, 0.3), at(ONE, 0.55, 0.34)])) == 1, "a row that climbs"


def test_what_signs_are_called():
    seven = at(SEVEN, 0.3)
    assert [sign.text for sign in lay_out([seven, speck(0.47)])[0].signs] == [POINT]
    assert [sign.text for sign in lay_out([level(0.12), seven])[0].signs] == [MINUS]
    comma = np.linspace((0.475, 0.478), (0.46, 0.525), 8)
    assert [sign.text for sign in lay_out([seven, comma])[0].signs] == [COMMA]
