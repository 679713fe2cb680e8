"""From pens and pictures to numbers: recordings, fragments, grouping, calibration, reading."""

from __future__ import annotations

import gzip
import tracemalloc

import numpy as np
import pytest

from cnn_core import engine
from cnn_core.assets import bundled_model_path
from cnn_core.calibration import NOT_CALIBRATED, Calibration, calibrate, class_score, fit_temperature
from cnn_core.datasets.dataset import NOT_A_CLASS
from cnn_core.digits import (
    PenDigit,
    Segmenter,
    by_writer,
    make_non_digits,
    make_synthetic,
    read_unipen,
    segmentation,
)
from cnn_core.digits.digit_sources import PEN_FILE
from cnn_core.digits.fragments import ink_fragments, stroke_fragments
from cnn_core.digits.letters import are_one_letter
from cnn_core.digits.pen import draw_pen_digits, vary
from cnn_core.digits.reading import IN_COMPANY, reading, text_of
from cnn_core.digits.segmentation import FOLLOWED_POINTS
from cnn_core.drawing import Picture, Stroke, from_bitmap, from_strokes
from cnn_core.errors import ConfigError, DataError, DataUnavailableError
from cnn_core.layers import softmax
from cnn_core.preprocessing import image_of
from cnn_core.presets import make_preset
from cnn_core.sources import about, load_dataset, sample_images
from cnn_core.storage import load_model

UNIPEN = """
.INCLUDE dene.doc
.SEGMENT DIGIT 0 ? "7"
.COMMENT 7 12 224
.PEN_DOWN
 100 400
 300 400
 200 100
.PEN_UP
.PEN_DOWN
 150 250
 250 250
.PEN_UP
.DT 100
.SEGMENT DIGIT 1 ? "1"
.COMMENT 1 5 3
.PEN_DOWN
 250 450
 250 50
.PEN_UP
"""
SEVEN = np.array([(0.0, 0.0), (0.6, 0.0), (0.35, 0.5), (0.2, 1.0)])
ONE = np.array([(0.2, 0.0), (0.2, 0.5), (0.2, 1.0)])
ZERO = np.stack(
    [0.3 - 0.3 * np.sin(np.linspace(0, 2 * np.pi, 40)), 0.5 - 0.5 * np.cos(np.linspace(0, 2 * np.pi, 40))], 1
)
X = [np.array([(0.0, 0.0), (0.6, 1.0)]), np.array([(0.6, 0.0), (0.0, 1.0)])]
B = [
    np.array([(0.0, 0.0), (0.0, 1.0)]),
    np.array([(0.0, 0.0), (0.45, 0.2), (0.0, 0.5), (0.5, 0.75), (0.0, 1.0)]),
]
FOUR = [np.array([(0.2, 0.0), (0.0, 0.6), (0.6, 0.6)]), np.array([(0.45, 0.3), (0.4, 1.0)])]


def smooth(points, steps: int = 12):
    """More points along the same polyline."""
    t = np.linspace(0, len(points) - 1, (len(points) - 1) * steps + 1)
    return np.stack([np.interp(t, np.arange(len(points)), points[:, axis]) for axis in (0, 1)], axis=1)


def row(*digits, gap: float = 0.25, height: float = 0.3):
    """Strokes of digits side by side in the middle of the canvas."""
    strokes, reached = [], 0.0
    for digit in digits:
        parts = digit if isinstance(digit, list) else [digit]
        left = min(part[:, 0].min() for part in parts)
        right = max(part[:, 0].max() for part in parts)
        strokes += [smooth(part - (left - reached, 0)) for part in parts]
        reached += right - left + gap
    return [Stroke(stroke * height * min(1, 0.9 / height / reached) + (0.05, 0.35), 0.06) for stroke in strokes]


# --- Recordings


def test_unipen_is_read_with_labels_writers_and_strokes(tmp_path):
    path = tmp_path / "digits.txt"
    path.write_text(UNIPEN)
    seven, one = read_unipen(path)
    assert [(d.label, d.writer, len(d.strokes)) for d in (seven, one)] == [(7, 12, 2), (1, 5, 1)]
    np.testing.assert_allclose(seven.strokes[0], [(0.2, 0.2), (0.6, 0.2), (0.4, 0.8)], atol=1e-12)
    packed = tmp_path / "digits.gz"
    packed.write_bytes(gzip.compress(UNIPEN.encode()))
    assert len(read_unipen(packed)) == 2
    assert [d.label for d in by_writer([seven, one])[1]] == [1], "writer 5 serves to choose by"


@pytest.mark.parametrize(
    ("text", "problem"),
    [("", "found none"), (UNIPEN.replace(" 300 400", " 300 x"), "line 7"), (UNIPEN.replace('"7"', "7"), "line 3")],
)
def test_what_is_not_unipen_is_told(tmp_path, text, problem):
    path = tmp_path / "bad.txt"
    path.write_text(text)
    with pytest.raises(DataError, match=problem):
        read_unipen(path)
    with pytest.raises(DataError, match="found nothing"):
        read_unipen(tmp_path / "missing")
    (tmp_path / "torn.gz").write_bytes(gzip.compress(UNIPEN.encode())[:-9])
    with pytest.raises(DataError, match="readable"):
        read_unipen(tmp_path / "torn.gz")


def test_pen_digits_are_a_data_set_whose_parts_share_no_writer(tmp_path, monkeypatch):
    folder = tmp_path / "pendigits"
    folder.mkdir()
    (folder / PEN_FILE).write_bytes(gzip.compress(UNIPEN.encode()))
    parts = load_dataset("pendigits", tmp_path)
    assert parts.train.labels.tolist() == [7, 7], "as written, and once varied"
    assert parts.test.labels.tolist() == [1]
    assert "CC BY" in parts.licence
    assert about("pendigits", tmp_path).available
    with pytest.raises(DataUnavailableError, match="Fetch pendigits"):
        load_dataset("pendigits")
    with pytest.raises(DataUnavailableError):
        sample_images("mnist", 5)
    assert len(sample_images("synthetic", 10)) == 10


def test_varied_strokes_stay_the_same_digit_and_are_never_the_same(rng):
    strokes = [smooth(part) for part in FOUR]
    first, second = vary(strokes, rng), vary(strokes, rng)
    assert [len(part) for part in first] != [0, 0]
    assert not all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    drawn = draw_pen_digits([PenDigit(4, 1, tuple(strokes))], 3, rng)
    assert drawn.images.shape == (4, 28, 28, 1)
    original = from_strokes(strokes)
    np.testing.assert_array_equal(drawn.images[0, :, :, 0], np.rint(original * 255).astype(np.uint8))
    overlap = [np.minimum(image[..., 0] / 255, original).sum() / original.sum() for image in drawn.images[1:]]
    assert min(overlap) > 0.3


def test_non_digits_are_many_different_things(rng):
    digits = make_synthetic(100, 1)
    pen = [PenDigit(1, 1, (smooth(ONE),)), PenDigit(7, 1, (smooth(SEVEN),))]
    told = []
    others = make_non_digits(300, digits, pen, rng, lambda done, total: told.append((done, total)))
    assert abs(len(others) - 300) < 20
    assert (others.labels == NOT_A_CLASS).all()
    assert len(np.unique(others.images.reshape(len(others), -1), axis=0)) > 0.95 * len(others)
    assert others.images.max(axis=(1, 2, 3)).min() > 30, "none is blank"
    assert told[0] == (0, 300)


# --- Taking apart


def looks_like_one(images):
    """Stands for a network: what is narrow looks like a digit, what is wide does not."""
    ink = images[..., 0] > 0.3
    width = ink.any(axis=1).sum(axis=1)
    return np.where(width <= 17, 0.99, 0.02)


def parts_of(marks):
    return Segmenter(looks_like_one).regions(marks)


def test_a_number_is_taken_apart_from_left_to_right():
    marks = row(ONE, SEVEN, ZERO, ONE)
    for shuffled in (marks, marks[::-1]):
        parts = parts_of(shuffled)
        assert len(parts) == 4
        lefts = [part.box.left for part in parts]
        assert lefts == sorted(lefts)
        np.testing.assert_array_equal(parts[1].image[..., 0], from_strokes([marks[1].points]))


def test_strokes_of_one_digit_stay_together():
    (part,) = parts_of(row(FOUR))
    assert part.image[..., 0] == pytest.approx(from_strokes([mark.points for mark in row(FOUR)]))
    assert len(parts_of(row(FOUR, ONE, FOUR))) == 3


def two_zeros_in_one_stroke():
    """A zero, a line along the top, and another zero, without lifting the pen."""
    along_the_top = np.linspace(ZERO[0], ZERO[0] + np.array((0.7, 0.0)), 20)
    return np.concatenate([ZERO, along_the_top, ZERO + np.array((0.7, 0.0))]) * 0.5 + 0.1


def test_digits_joined_by_a_line_are_cut():
    joined = two_zeros_in_one_stroke()
    fragments = stroke_fragments([joined])
    assert len(fragments) > 1
    assert sum(len(fragment.points) for fragment in fragments) == len(joined) + len(fragments) - 1
    assert len(parts_of([Stroke(joined, 0.05)])) == 2


def test_a_picture_of_a_number_is_taken_apart():
    page = np.zeros((120, 200), np.float32)
    for left in (20, 80, 140):
        page[30:90, left : left + 12] = 1
    assert len(ink_fragments(page)) == 3
    parts = parts_of([Picture(page)])
    assert len(parts) == 3
    np.testing.assert_allclose(parts[0].image[..., 0], from_bitmap(page[:, 20:32]), atol=1e-6)


@pytest.mark.parametrize("at", [0.5, 0.9])
def test_a_number_that_was_erased_a_little_is_taken_apart(at):
    """By an eraser that is thinner than the pen: over a digit, so that only the pixels tell, or beside them all."""
    marks = [*row(ONE, ONE, gap=0.8), Stroke(np.array([(0, at), (1, at)]), 0.02, erases=True)]
    assert len(parts_of(marks)) == 2
    assert image_of(marks).any()
    assert not image_of([]).any()
    assert parts_of([]) == ()


def test_touching_digits_are_read_after_something_was_erased():
    """As strokes: their pixels run together."""
    marks = row(SEVEN, ZERO, SEVEN, gap=0)
    images = [part.image for part in parts_of(marks)]
    assert len(images) == 3
    beside = Stroke(np.array([(0.9, 0.95), (0.95, 0.95)]), 0.06, erases=True)
    for found, expected in zip(parts_of([*marks, beside]), images, strict=True):
        np.testing.assert_array_equal(found.image, expected)
    last = marks[-1].points
    rubber = Stroke(np.stack([last.min(axis=0), last.max(axis=0)]), 2 * float(np.ptp(last, axis=0).max()), erases=True)
    assert len(parts_of([*marks, rubber])) < 3


def test_only_what_is_new_is_asked_of_the_network():
    asked = []

    def score(images):
        asked.append(len(images))
        return looks_like_one(images)

    segmenter = Segmenter(score)
    marks = row(ONE, SEVEN, ZERO, ONE)
    segmenter.regions(marks[:3])
    before = sum(asked)
    first = segmenter.regions(marks)
    assert sum(asked) - before <= 4, "groups that end with the new stroke"
    assert segmenter.regions(marks) is first
    moved = Stroke(marks[3].points + np.array((0.01, 0.0)), 0.06)
    again = segmenter.regions([*marks[:3], moved])
    assert again[0].image is first[0].image
    assert again[3].image is not first[3].image


def test_a_growing_stroke_is_followed_for_some_points_and_taken_apart_when_it_ends():
    asked = []

    def score(images):
        asked.append(len(images))
        return looks_like_one(images)

    *first, last = row(ONE, SEVEN, ZERO)
    grown = [[*first, Stroke(last.points[:count], 0.06)] for count in range(1, len(last.points) + 1)]
    segmenter, counts = Segmenter(score), []
    for marks in grown:
        parts = segmenter.regions(marks, growing=True)
        counts.append(len(asked))
        assert segmenter.regions(marks, growing=True) is parts
        drawn = np.concatenate([mark.points for mark in marks])
        assert max(part.box.right for part in parts) == pytest.approx(drawn[:, 0].max()), "up to the pen"
    times = np.count_nonzero(np.diff(counts)) + 1
    assert len(grown) / (2 * FOLLOWED_POINTS) < times < len(grown) / 3
    settled = segmenter.regions(grown[-1])
    assert segmenter.regions(grown[-1]) is settled
    expected = parts_of(grown[-1])
    assert [part.box for part in settled] == [part.box for part in expected]


def test_another_stroke_in_the_place_of_a_growing_one_is_not_taken_for_it():
    segmenter = Segmenter(looks_like_one)
    segmenter.regions([Stroke(ZERO * 0.3 + 0.1, 0.06)], growing=True)
    begun = [Stroke(np.array([(0.8, 0.8)]), 0.06)]
    assert segmenter.regions(begun, growing=True)[0].box == parts_of(begun)[0].box
    joined = two_zeros_in_one_stroke()
    for count in (len(joined) - 1, len(joined)):
        pieces = segmenter.regions([Stroke(joined[:count], 0.05)], growing=True)
    assert len(pieces) == len(parts_of([Stroke(joined, 0.05)])) == 2, "the last piece of a cut stroke grows"
    assert pieces[1].box.right == pytest.approx(joined[:, 0].max())


def test_a_scribble_of_many_strokes_is_read_as_a_whole(rng):
    marks = [Stroke(rng.uniform(0.2, 0.8, (3, 2)), 0.02) for _ in range(50)]
    assert len(parts_of(marks)) == 1


# --- Calibration


def test_the_temperature_makes_the_likelihood_greatest(rng):
    logits = rng.normal(size=(4000, 10)) * 2
    labels = np.array([rng.choice(10, p=p) for p in softmax(logits)])
    for factor in (0.3, 1.0, 4.0):
        assert fit_temperature(logits * factor, labels) == pytest.approx(factor, rel=0.08)


def test_calibration_goes_into_the_last_layer(rng):
    model = make_preset("mlp", rng)
    x = rng.random((2000, 28, 28, 1), np.float32)
    for layer in model.trunk[-1:]:
        layer.parameters["weight"] *= 8
    logits, before = model.forward(x), model.predict(x)
    labels = np.array([rng.choice(10, p=p) for p in softmax(logits.astype(np.float64) / 5)])
    found = calibrate(model, logits, labels)
    assert found.temperature == pytest.approx(5, rel=0.15)
    after = model.predict(x)
    np.testing.assert_array_equal(after.argmax(axis=1), before.argmax(axis=1))
    np.testing.assert_allclose(after, softmax(logits / np.float32(found.temperature)), atol=1e-5)
    refused = 1 - found.knows(after).mean()
    assert 0.001 < refused < 0.008, "about the share that may be turned away"


def test_what_cannot_be_calibrated_stays_as_it_is(rng):
    model = make_preset("mlp", rng)
    nothing = np.zeros((0, 10), np.float32), np.zeros(0, np.int64)
    assert calibrate(model, *nothing) is NOT_CALIBRATED
    assert calibrate(model, np.full((3, 10), np.nan, np.float32), np.arange(3)) is NOT_CALIBRATED
    assert NOT_CALIBRATED.knows(np.full((2, 10), 0.1)).all()
    assert Calibration.from_dict(Calibration(1.5, 0.25).as_dict()) == Calibration(1.5, 0.25)
    for wrong in (
        {"temperature": 0},
        {"threshold": 2.0},
        {"threshold": float("nan")},
        {"threshold": "x"},
        {"other": 1},
    ):
        with pytest.raises(ConfigError, match="expected"):
            Calibration.from_dict(wrong)


# --- Reading


@pytest.fixture(scope="module")
def bundled():
    return load_model(bundled_model_path())


def test_the_bundled_model_reads_numbers(bundled):
    with reading(bundled.model, bundled.calibration, bundled.model) as reader:
        digits = reader.read(row(ONE, SEVEN, ZERO, FOUR))
        assert text_of(digits, "0123456789") == "1704"
        for digit in digits:
            assert digit.probabilities.sum() == pytest.approx(1, abs=1e-4)
            assert digit.image.shape == (28, 28, 1)
            with engine.compile(bundled.model, 1, 1) as plan:
                np.testing.assert_allclose(plan.predict(digit.image[None])[0], digit.probabilities, atol=1e-4)
        assert reader.read([]) == ()


@pytest.mark.parametrize("gap", [0.03, 0.08, 0.13])
def test_a_four_of_strokes_that_do_not_touch_is_one_digit_and_two_ones_are_two(gap, bundled):
    """So far apart, in heights of the digit."""
    four = [np.array([(0.07, 0.0), (0.0, 0.58), (0.17, 0.58)]), np.array([(0.17 + gap, 0.22), (0.17 + gap, 1.0)])]
    ones = [ONE, ONE + np.array((0.1 + gap, 0))]
    with reading(bundled.model, bundled.calibration, bundled.model) as reader:
        for strokes, number in ((four, "4"), (ones, "11")):
            marks = [Stroke(smooth(stroke) * 0.6 + 0.2, 0.05) for stroke in strokes]
            assert text_of(reader.read(marks), "0123456789") == number


def test_the_bundled_model_says_when_it_is_no_digit(bundled, rng):
    spiral = np.linspace(0, 10 * np.pi, 300)[:, None]
    spiral = 0.5 + 0.012 * spiral * np.concatenate([np.cos(spiral), np.sin(spiral)], axis=1)
    zigzag = smooth(np.array([(0.1 + 0.1 * i, 0.2 + 0.6 * (i % 2)) for i in range(9)]))
    star = smooth(np.array([(0.2, 0.9), (0.5, 0.1), (0.8, 0.9), (0.1, 0.4), (0.9, 0.4), (0.2, 0.9)]))
    dot = np.array([(0.5, 0.5)])
    with reading(bundled.model, bundled.calibration, bundled.model) as reader:
        for stroke in (spiral, zigzag, star, dot):
            digits = reader.read([Stroke(stroke, 0.06)])
            assert not any(digit.known for digit in digits)
            assert text_of(digits, "0123456789") == "?" * len(digits)
            assert max(digit.score for digit in digits) < 0.6


def test_a_reader_sees_new_weights(rng):
    model = make_preset("mlp", rng)
    with reading(model) as reader:
        marks = row(SEVEN)
        before = reader.read(marks)[0].probabilities
        model.load({name: -array for name, array in model.parameters.items()})
        reader.weights_changed()
        after = reader.read(marks)[0].probabilities
    assert not np.allclose(before, after)
    np.testing.assert_allclose(after, model.predict(image_of(marks)[None])[0], atol=1e-5)


def test_a_reader_looks_into_what_was_drawn_last_and_reads_it_by_the_same_pass(bundled):
    marks = row(ONE, SEVEN, ZERO)
    with reading(bundled.model, bundled.calibration, bundled.model) as reader:
        seen = reader.look(marks)
        assert [len(seen.items), seen.selected] == [3, 2]
        assert reader.look(marks, choice=0).selected == 0
        assert reader.look(marks, choice=9).selected == 2
        assert seen.image is seen.items[2].image
        logits = seen.activations[len(bundled.model.trunk) - 1].values
        np.testing.assert_array_equal(seen.items[2].probabilities, softmax(logits[None])[0])
        np.testing.assert_allclose(reader.read(marks)[0].probabilities, seen.items[0].probabilities, atol=1e-5)
        empty = reader.look(())
    assert (empty.items, empty.selected, empty.image.any()) == ((), 0, False)
    assert len(empty.activations) == len(bundled.model.layers)


def test_one_doubtful_mark_among_digits_gets_the_benefit_of_the_doubt(bundled, rng):
    model = make_preset("mlp", rng)
    marks = row(ONE, SEVEN, ZERO)
    with reading(model, judge=bundled.model) as reader:
        lowest, second, _ = sorted(digit.score for digit in reader.read(marks))
    assert lowest < second

    def known(threshold: float) -> int:
        with reading(model, Calibration(threshold=threshold), bundled.model) as reader:
            return sum(digit.known for digit in reader.read(marks))

    between = (lowest + second) / 2
    assert lowest > between * IN_COMPANY
    assert known(between) == 3
    assert known(second * 1.0001) < 3, "two doubtful ones are not company"
    with reading(model, Calibration(threshold=0.99), bundled.model) as reader:
        assert not reader.read(row(ONE))[0].known


def test_scores_are_the_largest_probability(rng):
    p = softmax(rng.normal(size=(5, 10)))
    np.testing.assert_array_equal(class_score(p), p.max(axis=1))


@pytest.mark.parametrize("width", [0.03, 0.06, 0.1])
def test_what_was_erased_all_over_is_gone(width):
    """Passes of the eraser that just touch leave a seam of faint ink in the renderer, which nobody sees."""
    passes = np.arange(0.0, 1.0, 0.9 * width)
    zigzag = np.array([(x, y) for i, y in enumerate(passes) for x in ((0.0, 1.0) if i % 2 else (1.0, 0.0))])
    assert not image_of([*row(SEVEN), Stroke(zigzag, width, erases=True)]).any()


def letter_h(left=0.3, right=0.65, bar=0.5):
    return [[(left, 0.2), (left, 0.8)], [(right, 0.2), (right, 0.8)], [(left, bar), (right, bar)]]


LETTER_A = [[(0.5, 0.2), (0.3, 0.8)], [(0.5, 0.2), (0.7, 0.8)], [(0.38, 0.55), (0.62, 0.55)]]


@pytest.mark.parametrize(
    "letter",
    [letter_h(), letter_h(0.25, 0.75), letter_h(0.35, 0.6), letter_h(bar=0.6), LETTER_A],
    ids=["H", "wide H", "narrow H", "low H", "A"],
)
def test_a_letter_is_not_taken_for_a_one_and_something(letter, bundled):
    with reading(bundled.model, bundled.calibration, bundled.model) as reader:
        digits = reader.read([Stroke(smooth(np.array(stroke)), 0.06) for stroke in letter])
    assert text_of(digits, "0123456789") == "?"


@pytest.mark.parametrize("letter", [X, B], ids=["X", "B"])
def test_lines_that_meet_as_in_a_letter_are_one_drawing(letter, bundled):
    """Not 11 and not 13, and a digit beside it is one still."""
    with reading(bundled.model, bundled.calibration, bundled.model) as reader:
        assert len(reader.read(row(letter))) == 1
        assert len(reader.read(row(letter, SEVEN))) == 2


def test_digits_that_touch_are_no_letter():
    """A one at the side of a zero, strokes that cross at their ends, lines side by side."""
    assert not are_one_letter([ONE - (0.2, 0)], [smooth(ZERO)])
    assert not are_one_letter([ONE], [smooth(ZERO)])
    assert not are_one_letter([SEVEN], [FOUR[0] + (0.5, -0.05)])
    assert not are_one_letter([ONE], [ONE + np.array([0.01, 0])])
    assert not are_one_letter([ONE[:1]], [ONE[:1]])
    assert are_one_letter([X[0]], [X[1]])
    assert are_one_letter([B[0]], [B[1] + (0.04, 0)])


@pytest.mark.parametrize("overlap", [0.0, 0.05, 0.08])
@pytest.mark.parametrize("number", ["00", "70", "07", "0070"])
def test_digits_may_overlap_a_little(number, overlap, bundled):
    """Their boxes do, by a share of their height, as when somebody writes fast; their lines cross then."""
    shapes = {"0": smooth(ZERO), "1": smooth(ONE), "7": smooth(SEVEN)}
    strokes, reached = [], 0.05
    for name in number:
        low, high = shapes[name].min(axis=0), shapes[name].max(axis=0)
        scale = 0.3 / (high[1] - low[1])
        strokes.append(Stroke((shapes[name] - low) * scale + (reached, 0.35), 0.03))
        reached += (high[0] - low[0]) * scale - 0.3 * overlap
    with reading(bundled.model, bundled.calibration, bundled.model) as reader:
        assert text_of(reader.read(strokes), "0123456789") == number


@pytest.mark.parametrize("fall", [-1.0, -0.8, 0.4, 0.8, 1.0])
def test_a_row_may_climb_or_fall(fall, bundled):
    """By so much of a digit's height from digit to digit."""
    digits = [[part * 0.28 + (0.1 + 0.27 * i, 0.36 + 0.28 * fall * (i - 1)) for part in parts]
              for i, parts in enumerate(([ONE], [SEVEN], FOUR))]  # fmt: skip
    with reading(bundled.model, bundled.calibration, bundled.model) as reader:
        strokes = [Stroke(smooth(part), 0.06) for parts in digits for part in parts]
        assert text_of(reader.read(strokes), "0123456789") == "174"


@pytest.mark.filterwarnings("error")
def test_what_stands_far_apart_is_taken_apart_without_a_warning(bundled):
    dots = [Stroke(np.array([(x, 0.5)]), 0.06) for x in (0.05, 0.5, 0.95)]
    with reading(bundled.model, bundled.calibration, bundled.model) as reader:
        assert len(reader.read(dots)) == 3


@pytest.mark.parametrize("wobble", [0.003, 0.0007, 0.0])
def test_dashes_and_shading_take_no_memory(wobble):
    """All distances between the points of two lines are looked at, which must not be too many."""
    dashes = [np.stack([np.linspace(x, x + 0.4, 60), 0.5 + wobble * np.arange(60) % 2], 1) for x in (0.05, 0.55)]
    rng = np.random.default_rng(0)
    shading = [np.cumsum(rng.normal(0, 0.05, (2000, 2)), axis=0) % 0.3 + (x, 0.3) for x in (0.05, 0.6)]
    tracemalloc.start()
    for left, right in (dashes, shading):
        assert not are_one_letter([left], [right])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100e6


def test_what_could_not_be_taken_apart_is_asked_again(monkeypatch):
    segmenter, marks = Segmenter(looks_like_one), row(ONE, ONE, ONE)
    assert len(segmenter.regions(marks[:1])) == 1
    with monkeypatch.context() as broken:
        broken.setattr(segmentation, "are_one_letter", fail)
        with pytest.raises(MemoryError):
            segmenter.regions(marks)
    assert len(segmenter.regions(marks)) == 3


def fail(*_):
    raise MemoryError


def test_a_picture_leaves_nothing_behind_in_the_cache():
    segmenter = Segmenter(looks_like_one)
    page = np.zeros((120, 200), np.float32)
    page[30:90, 20:32], page[30:90, 140:152] = 1, 1
    segmenter.regions([Picture(page)])
    segmenter.regions([])
    segmenter.regions(row(ONE))
    assert all(len(key) == 1 for key in segmenter._images)
