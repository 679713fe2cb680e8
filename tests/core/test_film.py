"""The film of learning: what is kept, what is shown, what is written; and that it changes nothing in the run."""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from cnn_core.cli import main
from cnn_core.datasets import Dataset
from cnn_core.datasets.source import DataSplits
from cnn_core.digits import make_synthetic
from cnn_core.errors import CnnError, ConfigError, ShapeError
from cnn_core.inspection import FilmMaker, draw_frame
from cnn_core.inspection.film import turned_to
from cnn_core.inspection.film_files import LAST_S, most_pictures, save_film, usual_speed
from cnn_core.inspection.film_picture import LIGHT, SIZE
from cnn_core.layers import Dense, Flatten
from cnn_core.model import Sequential
from cnn_core.presets import PRESETS
from cnn_core.runs import RunStore, epoch_files, execute, film_every, film_files, moments_of, take_up
from cnn_core.runs.kept_weights import KeptWeights
from cnn_core.storage import load_model
from cnn_core.training import Checkpoint, EpochMetrics, TrainingConfig, TrainingControl, model_for

CONFIG = TrainingConfig(dataset="synthetic", architecture="mlp", epochs=2, batch_size=50, threads=1)


@pytest.fixture
def data(small_digits: Dataset) -> DataSplits:
    return DataSplits(small_digits.take(slice(0, 500)), make_synthetic(100, seed=9), "synthetic digits", "here", "free")


@pytest.fixture
def runs(tmp_path) -> RunStore:
    return RunStore(tmp_path / "runs")


def filmed(every: int) -> TrainingControl:
    control = TrainingControl()
    control.record(every)
    return control


def test_steps_are_kept_and_the_run_is_the_same(data, runs):
    plain, film = [], []
    for control, losses in ((TrainingControl(), plain), (filmed(4), film)):
        record = execute(
            CONFIG, data, lambda e, kept=losses: kept.append(e.train_loss) if isinstance(e, EpochMetrics) else None,
            control, runs.create(CONFIG),
        )  # fmt: skip
    assert plain == film
    with_film = next(run for run in runs.runs() if list(film_files(run.path)))
    assert [step for step, _ in film_files(with_film.path)] == list(range(0, record.steps + 1, 4))
    ends = [epoch.step for epoch in record.epochs]
    moments = moments_of(with_film)
    assert [moment.step for moment in moments] == sorted({*range(0, record.steps + 1, 4), *ends})
    assert [moment.epoch for moment in moments if moment.step in ends] == [1, 2]
    without = next(run for run in runs.runs() if not list(film_files(run.path)))
    assert [moment.step for moment in moments_of(without)] == [0, *ends]


def test_the_disk_is_bounded(data, runs, monkeypatch):
    monkeypatch.setattr("cnn_core.runs.folder.MOST_FILM_BYTES", 6_000_000)
    execute(CONFIG, data, control=filmed(2), folder=runs.create(CONFIG))
    (run,) = runs.runs()
    files = list(film_files(run.path))
    assert sum(path.stat().st_size for _, path in files) <= 6_000_000
    assert len(files) >= 4
    assert files[0][0] == 0
    assert len({b - a for (a, _), (b, _) in pairwise(files[:-1])}) == 1, "thinned evenly"
    assert len(list(epoch_files(run.path))) == 3, "epochs have their own limit"


def test_what_came_after_the_checkpoint_is_forgotten(data, runs):
    config, control = replace(CONFIG, epochs=3), filmed(3)

    def interrupt(event):
        if isinstance(event, EpochMetrics):
            control.interrupt()

    folder = runs.create(config)
    execute(config, data, interrupt, control, folder)
    (run,) = runs.runs()
    end = run.record.epochs[-1].step
    file = next(path for _, path in film_files(run.path))
    (run.path / "film" / "9999.safetensors").write_bytes(file.read_bytes())
    execute(config, data, control=filmed(3), folder=take_up(run), resume=Checkpoint.load(run.checkpoint))
    (run,) = runs.runs()
    steps = [step for step, _ in film_files(run.path)]
    assert steps == list(range(0, run.record.steps + 1, 3))
    assert film_every(run.path) == 3
    assert run.record.steps > end


def test_a_frame_is_what_the_network_makes_of_it(small_digits: Dataset):
    model = Sequential(PRESETS["digits"].layers(10)).build((28, 28, 1), np.random.default_rng(0))
    image = small_digits.images[3] * np.float32(1 / 255)
    maker = FilmMaker(image, small_digits.images[:80], small_digits.labels[:80], small_digits.class_names)
    frame = maker.frame(model, 7)
    np.testing.assert_allclose(frame.probabilities, model.predict(image[None])[0], atol=1e-6)
    assert [name for name, _ in frame.maps] == ["relu_1", "relu_2"]
    answers = model.predict(small_digits.images[:80] / np.float32(255)).argmax(axis=1)
    assert frame.confusion.sum() == 80
    assert frame.accuracy == pytest.approx((answers == small_digits.labels[:80]).mean())
    for label, answer in zip(small_digits.labels[:80], answers, strict=True):
        assert frame.confusion[label, answer] > 0


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_plane_lies_as_in_the_frame_before(mirrored):
    rng = np.random.default_rng(0)
    before = rng.normal(size=(200, 2)).astype(np.float32)
    turn = np.array([[np.cos(2.3), -np.sin(2.3)], [np.sin(2.3), np.cos(2.3)]], np.float32)
    other = before @ turn * ([1, -1] if mirrored else [1, 1]) + 0.02 * rng.normal(size=(200, 2))
    assert np.abs(other - before).mean() > 0.5
    assert np.abs(turned_to(other, before) - before).mean() < 0.05


@pytest.mark.parametrize("style", [None, LIGHT])
def test_pictures_of_every_preset(small_digits: Dataset, style):
    for name in PRESETS:
        model = Sequential(PRESETS[name].layers(10)).build((28, 28, 1), np.random.default_rng(0))
        maker = FilmMaker(small_digits.images[0] / np.float32(255), small_digits.images[:30], small_digits.labels[:30],
                          small_digits.class_names)  # fmt: skip
        picture = draw_frame(maker.frame(model, 0), "step 0", *([style] if style else []), scale=0.5)
        assert picture.size == (SIZE[0] // 2, SIZE[1] // 2)
        assert len(np.unique(np.asarray(picture).reshape(-1, 3), axis=0)) > 50


def pictures(count: int) -> list[Image.Image]:
    return [Image.new("RGB", (64, 32), (10 * n, 90, 200 - 10 * n)) for n in range(count)]


def test_files_hold_every_picture(tmp_path):
    for name in ("a.gif", "b.mp4", "c"):
        assert save_film(tmp_path / name, iter(pictures(5)), 4) == 5
    with Image.open(tmp_path / "a.gif") as gif:
        assert gif.n_frames == 5
        assert gif.info["duration"] == 250
        assert gif.info["loop"] == 0
    assert [path.name for path in sorted((tmp_path / "c").iterdir())] == [f"{n:04}.png" for n in range(5)]
    import av

    with av.open(io.BytesIO((tmp_path / "b.mp4").read_bytes())) as container:
        shown = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    held = round(LAST_S * 4) - 1
    assert len(shown) == 5 + held
    assert np.abs(shown[-1].astype(int) - shown[4]).max() < 30, "the last one stays"
    assert np.abs(shown[4].astype(int).mean(axis=(0, 1)) - (40, 90, 160)).max() < 12


def test_names_that_are_no_films(tmp_path, monkeypatch):
    with pytest.raises(ConfigError, match=r"\.gif or \.mp4"):
        save_film(tmp_path / "a.avi", pictures(1), 4)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "own").write_text("x")
    with pytest.raises(ConfigError, match="empty folder"):
        save_film(tmp_path / "full", pictures(1), 4)
    with pytest.raises(ConfigError, match="found none"):
        save_film(tmp_path / "a.gif", [], 4)
    with pytest.raises(CnnError):
        save_film(tmp_path / "full" / "own" / "a.gif", pictures(1), 4)
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(ConfigError, match=r"cnn-gui\[film\]"):
        save_film(tmp_path / "a.mp4", pictures(1), 4)


def test_from_the_command_line(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CNN_DATA_DIR", str(tmp_path / "none"))
    kept = ["--runs", str(tmp_path / "runs")]
    said = ["train", "--dataset", "synthetic", "--preset", "mlp", "--epochs", "1", "--film-every", "100", *kept]
    assert run(said) == 0
    (name,) = [path.name for path in (tmp_path / "runs").iterdir() if not path.name.startswith(".")]
    target = tmp_path / "film.gif"
    assert run(["film", name, "--out", str(target), "--scale", "0.5", *kept]) == 0
    with Image.open(target) as gif:
        steps = len(list(film_files(tmp_path / "runs" / name)))
        assert gif.n_frames >= steps > 2
    assert run(["film", name, "--out", str(target), *kept]) == 2, "nothing is replaced unasked"
    assert "--overwrite" in capsys.readouterr().err
    load_model(next(path for _, path in film_files(tmp_path / "runs" / name)))


def run(words: list[str]) -> int:
    with pytest.raises(SystemExit) as end:
        main(words)
    return int(end.value.code or 0)


def test_a_network_that_has_diverged_is_shown_as_such(small_digits: Dataset):
    model = model_for(TrainingConfig(dataset="synthetic", architecture="digits"), small_digits)
    maker = FilmMaker(
        small_digits.images[0] * np.float32(1 / 255), small_digits.images, small_digits.labels, small_digits.class_names
    )
    for value in (np.nan, np.inf, 1e30):
        for array in model.parameters.values():
            array[...] = value
        frame = maker.frame(model, 7)
        assert not frame.is_finite
        assert np.isfinite(frame.probabilities).all()
        assert draw_frame(frame, "step 7").size == SIZE


def test_other_classes_are_told(small_digits: Dataset):
    model = Sequential([Flatten(), Dense(26)]).build((28, 28, 1), np.random.default_rng(0))
    maker = FilmMaker(
        small_digits.images[0] * np.float32(1 / 255), small_digits.images, small_digits.labels, small_digits.class_names
    )
    with pytest.raises(ShapeError, match="10 classes at each step, found 26 at step 40"):
        maker.frame(model, 40)


def kept(folder, *numbers: str, size: int = 100) -> KeptWeights:
    folder.mkdir()
    for number in numbers:
        (folder / f"{number}.safetensors").write_bytes(b"x" * size)
    return KeptWeights(folder, 250)


def test_thinning_ends_whatever_lies_there(tmp_path):
    folder = tmp_path / "film"
    kept(folder, "0000", "00000", "000000", "0000000").thin(folder / "0000.safetensors")
    assert sum(file.stat().st_size for file in folder.iterdir()) <= 250


def test_of_two_that_are_too_large_the_last_one_stays(tmp_path):
    folder = tmp_path / "film"
    kept(folder, "0000", "0020", size=200).thin(folder / "0020.safetensors")
    assert [file.name for file in folder.iterdir()] == ["0020.safetensors"]


def test_a_linked_folder_is_left_alone(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    kept(elsewhere, "0020", "0040", "0060")
    (tmp_path / "film").symlink_to(elsewhere)
    weights = KeptWeights(tmp_path / "film", 10)
    assert weights.place_for(80) is None
    weights.forget_after(0)
    weights.thin(elsewhere / "0020.safetensors")
    assert len(list(elsewhere.iterdir())) == 3


def test_a_short_film_is_slow_and_a_gif_is_bounded(tmp_path):
    assert usual_speed(4) == 1
    assert usual_speed(1000) == 8
    assert (
        most_pictures(tmp_path / "a.gif", 3) < most_pictures(tmp_path / "a.gif", 1) < most_pictures(tmp_path / "a", 3)
    )
