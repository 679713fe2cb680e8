"""Drawings are kept, learnt without forgetting, and become classes of one's own."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from itertools import pairwise

import numpy as np
import pytest

from cnn_core.assets import BUNDLED
from cnn_core.cli import main
from cnn_core.datasets.dataset import NOT_A_CLASS, Dataset
from cnn_core.digits import make_synthetic
from cnn_core.drawing.strokes import Picture, Stroke
from cnn_core.errors import ConfigError, DataError, StoppedError
from cnn_core.preprocessing import InputSpec
from cnn_core.storage import open_model
from cnn_core.teaching import (
    NEW_CLASSES,
    NONE,
    DrawingBook,
    TaughtDrawing,
    TeachingConfig,
    book_as_dataset,
    classes_for,
    drawing_from,
    lessons_for,
    relabelled_for,
    replay_for,
    teach,
    try_drawings,
    with_classes,
)

SPEC = InputSpec()
LINE = np.array([[0.2, 0.2], [0.5, 0.5], [0.8, 0.8]])


@pytest.fixture
def book(tmp_path):
    return DrawingBook(tmp_path / "drawings.jsonl")


def test_drawings_are_kept_as_they_were_drawn(book):
    ink = np.linspace(0, 1, 12, dtype=np.float32).reshape(3, 4)
    keys = [book.add(TaughtDrawing("7", (LINE, LINE[::-1]), read="1")), book.add(TaughtDrawing(NONE, ink=ink))]
    first, second = book.entries()
    assert [first.key, second.key] == keys
    assert (first.drawing.label, first.drawing.read) == ("7", "1")
    assert np.allclose(first.drawing.strokes[1], LINE[::-1])
    assert np.allclose(second.drawing.ink, ink, atol=1 / 255)


def test_they_are_relabelled_removed_and_brought_back(book):
    key = book.add(TaughtDrawing("7", (LINE,)))
    book.relabel(key, "1")
    assert book.entries()[0].drawing.label == "1"
    book.remove(key)
    assert book.entries() == ()
    book.restore(key)
    assert book.entries()[0].drawing.label == "1"
    book.relabel("nobody", "3")
    assert len(book.entries()) == 1


@pytest.mark.parametrize(
    "line",
    [
        '{"kind": "drawing", "id": "a"}', "[1, 2]", "nonsense", '{"kind": "drawing", "id": 3, "label": "7"}',
        '{"kind": "drawing", "id": "a", "label": "7", "at": 1, "strokes": [[["x", 0]]]}',
        '{"kind": "drawing", "id": "a", "label": "7", "at": 1, "strokes": [[[NaN, 0]]]}',
        '{"kind": "drawing", "id": "a", "label": "7", "at": 1, "ink": {"shape": [99999, 99999], "bytes": ""}}',
        '{"kind": "drawing", "id": "a", "label": "7", "at": 1, "ink": {"shape": [2, 2], "bytes": "!!"}}',
    ],
)  # fmt: skip
def test_damaged_lines_are_left_out(book, line):
    book.add(TaughtDrawing("7", (LINE,)))
    with book.path.open("a") as file:
        file.write(line + "\n")
    assert [entry.drawing.label for entry in book.entries()] == ["7"]


def test_a_line_that_was_cut_short_does_not_hurt_the_next(book):
    book.add(TaughtDrawing("7", (LINE,)))
    with book.path.open("a") as file:
        file.write('{"kind": "drawing", "id": "cut", "label": "1", "stro')
    book.add(TaughtDrawing("2", (LINE,)))
    assert [entry.drawing.label for entry in book.entries()] == ["7", "2"]


@pytest.mark.parametrize(
    "make",
    [
        lambda: TaughtDrawing("7"), lambda: TaughtDrawing("7", (np.zeros((0, 2)),)),
        lambda: TaughtDrawing("7", (np.array([[np.nan, 0.0]]),)), lambda: TaughtDrawing("x" * 70, (LINE,)),
        lambda: TaughtDrawing("a\nb", (LINE,)), lambda: TaughtDrawing("7", (LINE,), ink=np.zeros((2, 2), np.float32)),
    ],
)  # fmt: skip
def test_what_is_no_drawing_is_refused(make):
    with pytest.raises(DataError, match="expected"):
        make()


WRITER = """
import sys
import time

import numpy as np
from cnn_core.teaching import DrawingBook, TaughtDrawing
book, n = DrawingBook(sys.argv[1]), 0
rng = np.random.default_rng(int(sys.argv[2]))
while True:
    key = book.add(TaughtDrawing(str(n % 10), (rng.random((40, 2)),)))
    print(key, flush=True)
    n += 1
"""


def test_nothing_that_was_said_to_be_kept_is_lost_when_the_program_is_killed(book):
    said: list[str] = []
    rng = random.Random(3)
    for number in range(5):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(book.path), str(number)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        said.append(process.stdout.readline().strip())
        time.sleep(rng.uniform(0.01, 0.2))
        os.kill(process.pid, signal.SIGKILL)
        said += [line.strip() for line in process.stdout if line.endswith("\n")]
        process.stdout.close()
        process.wait()
    kept = {entry.key for entry in book.entries()}
    assert len(said) > 10
    assert set(said) <= kept


def test_a_digit_of_a_number_is_taken_from_the_canvas_alone():
    from cnn_core.digits.reading import reading

    model = open_model(BUNDLED)
    one = Stroke(np.linspace((0.2, 0.3), (0.2, 0.7), 20), 0.05)
    seven = Stroke(
        np.concatenate([np.linspace((0.55, 0.3), (0.75, 0.3), 15), np.linspace((0.75, 0.3), (0.62, 0.7), 15)]), 0.05
    )
    with reading(model.model, model.calibration, model.model, model.image_spec()) as reader:
        items = reader.read([one, seven])
    assert len(items) == 2
    drawing = drawing_from([one, seven], items[1].fragments, "7", "1")
    assert len(drawing.strokes) == 1
    assert np.allclose(drawing.strokes[0], seven.points)
    assert drawing_from([one, seven], (), "17").strokes[0].shape == one.points.shape
    assert drawing_from([Picture(np.eye(28, dtype=np.float32))], (), "1").ink is not None
    with pytest.raises(DataError, match="Draw first"):
        drawing_from([], (), "7")


# --- Learning


def corners(rng) -> tuple[np.ndarray, ...]:
    """A sign that is no digit: a roof over a bar."""
    roof = np.array([[0.2, 0.5], [0.5, 0.2], [0.8, 0.5]]) + rng.normal(0, 0.02, (3, 2))
    bar = np.array([[0.25, 0.75], [0.75, 0.75]]) + rng.normal(0, 0.02, (2, 2))
    return tuple(np.concatenate([np.linspace(a, b, 12) for a, b in pairwise(s)]) for s in (roof, bar))


def cross(rng) -> tuple[np.ndarray, ...]:
    """Another one: an upright cross in a bow."""
    a = np.array([[0.5, 0.2], [0.5, 0.8]]) + rng.normal(0, 0.02, (2, 2))
    b = np.array([[0.2, 0.35], [0.8, 0.35]]) + rng.normal(0, 0.02, (2, 2))
    return tuple(np.linspace(*line, 20) for line in (a, b))


@pytest.fixture(scope="module")
def bundled():
    return open_model(BUNDLED)


@pytest.fixture(scope="module")
def replay(bundled):
    return make_synthetic(1500, seed=72)


def test_a_form_it_gets_wrong_is_learnt_and_the_digits_stay(bundled, replay):
    rng = np.random.default_rng(1)
    taught = [(TaughtDrawing("4", corners(rng)), 4) for _ in range(8)]
    new = [(TaughtDrawing("4", corners(rng)), 4) for _ in range(10)]
    assert try_drawings(bundled.model, SPEC, new, bundled.calibration).right <= 2
    before = {name: array.copy() for name, array in bundled.model.parameters.items()}
    told: list[tuple[int, int]] = []
    found = teach(bundled.model, SPEC, taught, replay, TeachingConfig(seconds=60), lambda *at: told.append(at))
    assert told[-1] == (80, 80)
    assert 0 < found.blend <= 1
    assert all(np.array_equal(before[n], a) for n, a in bundled.model.parameters.items()), "it learns in a copy"
    learner = bundled.model.twin()
    learner.load(found.weights.arrays)
    assert try_drawings(learner, SPEC, new, bundled.calibration).right >= 9
    digits = make_synthetic(400, seed=5)
    from cnn_core.evaluation import evaluate

    assert evaluate(learner, digits).accuracy >= evaluate(bundled.model, digits).accuracy - 0.01


def test_classes_of_ones_own_stand_beside_the_digits(bundled, replay):
    rng = np.random.default_rng(2)
    names = (*bundled.class_names, "roof", "cross")
    model = with_classes(bundled.model, bundled.class_names, names, rng)
    assert model.output_shape == (12,)

    def some(count):
        return [(TaughtDrawing("roof", corners(rng)), 10) for _ in range(count)] + [
            (TaughtDrawing("cross", cross(rng)), 11) for _ in range(count)
        ]

    taught, new = some(8), some(8)
    found = teach(model, SPEC, taught, relabelled_for(replay, names), TeachingConfig(**{
        "taught": NEW_CLASSES.taught, "learning_rate": NEW_CLASSES.learning_rate, "seconds": 60.0}))  # fmt: skip
    model.load(found.weights.arrays)
    assert try_drawings(model, SPEC, new, bundled.calibration).right >= 14


def test_what_is_none_is_turned_away(bundled, replay):
    rng = np.random.default_rng(3)
    taught = [(TaughtDrawing(NONE, cross(rng)), NOT_A_CLASS) for _ in range(8)]
    new = [(TaughtDrawing(NONE, cross(rng)), NOT_A_CLASS) for _ in range(10)]
    found = teach(bundled.model, SPEC, taught, replay, TeachingConfig(seconds=60))
    learner = bundled.model.twin()
    learner.load(found.weights.arrays)
    assert try_drawings(learner, SPEC, new, bundled.calibration).right >= 9


def test_teaching_can_be_stopped_and_needs_a_drawing(bundled):
    with pytest.raises(DataError, match="a drawing at least"):
        teach(bundled.model, SPEC, [], None)
    with pytest.raises(StoppedError):
        teach(bundled.model, SPEC, [(TaughtDrawing("1", (LINE,)), 1)], None, stopped=lambda: True)


def test_only_a_dense_end_takes_other_classes(bundled):
    with pytest.raises(ConfigError, match="two classes or more"):
        with_classes(bundled.model, bundled.class_names, ("a",), np.random.default_rng(0))
    two = with_classes(bundled.model, bundled.class_names, ("7", "heart"), np.random.default_rng(0))
    last = bundled.model.trunk[-1].parameters["weight"]
    assert np.array_equal(two.trunk[-1].parameters["weight"][:, 0], last[:, 7])


def test_a_replay_is_of_what_was_learnt_or_synthetic(tmp_path):
    names = tuple("0123456789")
    assert replay_for("mnist", names, (28, 28, 1), None, 50).name == "synthetic"
    assert replay_for("", ("a", "b"), (28, 28, 1)) is None
    assert replay_for("", names, (32, 32, 1)) is None
    data = Dataset("d", np.zeros((4, 28, 28, 1), np.uint8), np.array([0, 1, 9, -1]), names)
    assert relabelled_for(data, ("9", "x")).labels.tolist() == [-1, -1, 0, -1]


def test_drawings_become_a_data_set(book, tmp_path):
    with pytest.raises(DataError, match="one at least"):
        book_as_dataset((), SPEC)
    book.add(TaughtDrawing("heart", (LINE,)))
    book.add(TaughtDrawing(NONE, (LINE,)))
    data = book_as_dataset(book.entries(), SPEC)
    assert data.class_names == ("heart",)
    assert data.labels.tolist() == [0, -1]


def run_cli(capsys, *arguments):
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    out = capsys.readouterr()
    return ended.value.code, out.out, " ".join(out.err.split())


def test_the_command_line_keeps_and_teaches(tmp_path, capsys):
    from cnn_core.storage.recording import RecordedStroke, Recording, save_recording

    stroke = Stroke(corners(np.random.default_rng(0))[0], 0.06)
    save_recording(tmp_path / "d.json", Recording((RecordedStroke(stroke, np.arange(len(stroke.points)) * 10.0),)))
    book = str(tmp_path / "b.jsonl")
    code, out, _ = run_cli(capsys, "teach", str(tmp_path / "d.json"), "--label", "heart", "--book", book, "--json")
    assert code == 0
    key = json.loads(out)["kept"][0]
    target = str(tmp_path / "mine.safetensors")
    code, out, _ = run_cli(capsys, "teach", "--book", book, "--out", target, "--json")
    assert code == 0
    taught = json.loads(out)["taught"]
    assert taught["class_names"][-1] == "heart"
    assert open_model(target).class_names[-1] == "heart"
    code, _, err = run_cli(capsys, "teach", str(tmp_path / "d.json"), "--book", book)
    assert (code, "--label" in err) == (2, True)
    code, _, err = run_cli(capsys, "teach", "--remove", "nobody", "--book", book)
    assert (code, "the key of a drawing" in err) == (2, True)
    code, out, _ = run_cli(capsys, "teach", "--remove", key, "--book", book, "--json")
    assert (code, json.loads(out)["drawings"]) == (0, [])
    code, _, err = run_cli(capsys, "teach", "--out", target, "--book", book)
    assert (code, "--overwrite" in err) == (2, True)
    code, _, err = run_cli(capsys, "teach", "--out", target, "--book", book, "--overwrite")
    assert (code, "a drawing at least" in err) == (2, True)


def test_drawings_are_tried_by_the_names_of_their_classes_and_not_by_their_order():
    """A network that is to know hearts alone: the one before has no heart, and its class 0 is none."""
    drawings = [TaughtDrawing("heart", (LINE,)), TaughtDrawing("7", (LINE,)), TaughtDrawing(NONE, (LINE,))]
    digits = tuple("0123456789")
    assert classes_for(drawings, digits) == (*digits, "heart")
    assert classes_for(drawings, digits, own_only=True) == ("heart", "7")
    assert [number for _, number in lessons_for(drawings, digits)] == [7, NOT_A_CLASS]
    assert [number for _, number in lessons_for(drawings, ("heart", "7"))] == [0, 1, NOT_A_CLASS]


def test_many_and_large_drawings_never_shut_the_book(tmp_path, monkeypatch):
    """Pictures are kept small, what was taken away does not count, and of very many the latest are there."""
    book = DrawingBook(tmp_path / "drawings.jsonl")
    book.add(TaughtDrawing("1", ink=np.full((1000, 500), 0.5, np.float32)))
    ink = book.entries()[0].drawing.ink
    assert ink is not None
    assert ink.shape == (256, 128)
    assert ink.mean() == pytest.approx(0.5, abs=0.01)
    monkeypatch.setattr("cnn_core.teaching.drawing_book.MOST_INK_PIXELS", 3 * 256 * 128)
    for label in "2345":
        book.add(TaughtDrawing(label, ink=np.ones((1000, 500), np.float32)))
    assert [entry.drawing.label for entry in book.entries()] == ["3", "4", "5"]
    monkeypatch.setattr("cnn_core.teaching.drawing_book.MOST_DRAWINGS", 2)
    for _ in range(4):
        book.remove(book.add(TaughtDrawing("9", (LINE,))))
    key = book.add(TaughtDrawing("7", (LINE,)))
    assert [entry.drawing.label for entry in book.entries()] == ["5", "7"]
    book.relabel(key, "8")
    book.remove(key)
    book.restore(key)
    assert book.entries()[-1].drawing.label == "8"


def test_a_line_that_leads_too_far_is_left_out(tmp_path):
    path = tmp_path / "drawings.jsonl"
    path.write_text(
        '{"kind": "drawing", "id": "a", "label": "7", "at": 1, "strokes": [[[1.7e308, 0], [-1.7e308, 0]]]}\n'
    )
    DrawingBook(path).add(TaughtDrawing("2", (LINE,)))
    assert [entry.drawing.label for entry in DrawingBook(path).entries()] == ["2"]
    with pytest.raises(DataError, match="a name"):
        TaughtDrawing("a  b", (LINE,))


def test_a_scribble_of_thousands_of_points_is_drawn_soon():
    from cnn_core.preprocessing import WHOLE, InputSpec
    from cnn_core.teaching.fine_tune import drawn_image

    scribble = np.random.default_rng(0).random((20_000, 2))
    spec = InputSpec((28, 28, 1), WHOLE)
    started = time.perf_counter()
    drawn_image(TaughtDrawing("7", (scribble,), width=1.0), spec)
    assert time.perf_counter() - started < 5
