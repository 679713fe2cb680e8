"""The command line as a user meets it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from kept import epochs_in
from PIL import Image

from cnn_core.calibration import Calibration
from cnn_core.cli import main
from cnn_core.cli.train_run import _Reporter
from cnn_core.digits import make_synthetic
from cnn_core.drawing.raster import draw_strokes
from cnn_core.errors import ModelFileError
from cnn_core.layers import Dense
from cnn_core.model import Sequential
from cnn_core.presets import make_preset
from cnn_core.sources import load_dataset
from cnn_core.storage import load_model, save_model
from cnn_core.training import BatchMetrics, Checkpoint, Trainer, TrainingConfig, model_for


@pytest.fixture
def cli(capfd):
    """Run a command; exit code, standard output, standard error."""

    def call(*arguments: object) -> tuple[int, str, str]:
        before = signal.getsignal(signal.SIGINT)
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        signal.signal(signal.SIGINT, before)
        out, err = capfd.readouterr()
        return int(end.value.code or 0), out, err

    return call


@pytest.fixture
def own_data(tmp_path):
    """A small data set of one's own."""
    data = make_synthetic(400, seed=5)
    path = tmp_path / "own.npz"
    np.savez(path, x_train=data.images, y_train=data.labels, x_test=data.images[:50], y_test=data.labels[:50])
    return path


@pytest.fixture
def seven(tmp_path):
    ink = draw_strokes([np.array([(20.0, 20.0), (75.0, 20.0), (45.0, 80.0)])], (100, 100), 9)
    Image.fromarray((255 - 255 * ink).astype(np.uint8)).save(tmp_path / "seven.png")
    return tmp_path / "seven.png"


def test_train_then_use_the_model(cli, own_data, tmp_path, seven):
    target = tmp_path / "m.safetensors"
    code, out, err = cli("train", "-d", own_data, "-p", "mlp", "-e", 3, "--out", target, "--json")
    assert code == 0, err
    result = json.loads(out)
    assert result["accuracy"] == result["test_accuracy"] > 0.7
    assert result["n"] == 50
    assert len(result["history"]) == 3
    assert "epoch 3 of 3" in err
    assert load_model(target).training["test_accuracy"] == result["accuracy"]
    assert not list(tmp_path.glob("*checkpoint*"))
    code, out, _ = cli("evaluate", "-m", target, "-d", own_data, "--json")
    assert (code, json.loads(out)["accuracy"], json.loads(out)["n"]) == (0, result["accuracy"], 50)
    code, out, _ = cli("evaluate", "-m", target, "-d", own_data)
    assert "of 50 right" in out
    code, out, _ = cli("inspect", seven, "-m", target, "--out", tmp_path / "maps", "--json")
    assert code == 0
    layers = json.loads(out)["layers"]
    assert [layer["name"] for layer in layers][-1] == "softmax_1"
    assert len(list((tmp_path / "maps").glob("[0-9]*.png"))) == len(layers) + 1
    assert not list((tmp_path / "maps").glob("why-grad-cam.png")), "an mlp has no convolution"


def test_a_run_begins_with_the_weights_of_a_model(cli, own_data, tmp_path):
    first, second = tmp_path / "first.safetensors", tmp_path / "second.safetensors"
    assert cli("train", "-d", own_data, "-p", "mlp", "-e", 4, "--out", first)[0] == 0
    slowly = ("-d", own_data, "-e", 1, "-r", 1e-6, "--out", second, "--overwrite", "--start", first, "--json")
    code, out, err = cli("train", "-p", "mlp", *slowly)
    assert code == 0, err
    assert f"--start {first}" in json.loads(out)["command"]
    old, new = (load_model(path).model.parameters for path in (first, second))
    for name, weights in new.items():
        np.testing.assert_allclose(weights, old[name], atol=2e-4)
    code, _, err = cli("train", "-p", "digits", *slowly)
    assert code == 2
    assert "expected the network digits" in err
    assert "received the network mlp with" in err
    code, _, err = cli("train", "-p", "mlp", "--out", first, "--start", first)
    assert code == 2
    assert "--out expected another file than" in err
    code, out, err = cli("train", "-p", "mlp", "-d", "mnist", "--start", tmp_path / "none.safetensors")
    assert code == 2
    assert "none.safetensors" in err
    assert "MNIST" not in err, "found out before the data are fetched"


def test_the_model_is_kept_without_out(cli, own_data, tmp_path):
    code, out, _ = cli("train", "-d", own_data, "-p", "mlp", "-e", 1)
    assert code == 0
    assert "test images right" in out
    (folder,) = (tmp_path / "data").rglob("*-mlp-own")
    assert {path.name for path in folder.iterdir()} == {"run.json", "metrics.jsonl", "model.safetensors", "epochs"}
    assert str(folder / "model.safetensors") in out


def test_an_out_without_a_name_is_refused_before_the_work(cli, own_data):
    for out in (".", ""):
        code, _, err = cli("train", "-d", own_data, "-p", "mlp", "--out", out)
        assert code == 2
        assert "--out expected the name of a file" in err


def test_what_was_learnt_outlives_a_checkpoint_that_cannot_be_written(cli, own_data, tmp_path, monkeypatch):
    def fail(self, _):
        if self.epochs:
            raise ModelFileError("Expected to write the checkpoint, received: no space left.")

    monkeypatch.setattr(Checkpoint, "save", fail)
    code, _, err = cli("train", "-d", own_data, "-p", "mlp", "-e", 2, "--out", tmp_path / "m.safetensors")
    assert code == 2
    assert "no space left" in err
    assert "What was learnt is kept in" in err
    assert load_model(tmp_path / "m.safetensors").training["epochs_completed"] == 1


def test_a_run_goes_on_with_its_own_images_only(cli, own_data, tmp_path):
    config = TrainingConfig(dataset=str(own_data), architecture="mlp", epochs=2, threads=1)
    train = load_dataset(str(own_data)).train
    kept = tmp_path / "m.checkpoint.safetensors"
    Trainer(model_for(config, train), config, train, None, kept).run()
    data = make_synthetic(300, seed=6)
    np.savez(own_data, x_train=data.images, y_train=data.labels, x_test=data.images[:50], y_test=data.labels[:50])
    code, _, err = cli("train", "--resume", kept)
    assert code == 2
    assert "expected the images that its run learnt from" in err


def test_files_whose_names_are_no_text_and_closed_outputs(own_data, tmp_path):
    """Both as the shell gives them; a name of any bytes is told with what can be shown of it."""
    command = [sys.executable, "-c", "from cnn_core.cli import main; main()"]
    strict = os.environ | {"PYTHONIOENCODING": "utf-8:strict"}
    named = own_data.with_name(os.fsdecode(b"na\xefve.npz"))
    named.write_bytes(own_data.read_bytes())
    out = tmp_path / "m.safetensors"
    options = ["train", "-d", str(named), "-p", "mlp", "-e", "1", "--out", str(out)]
    done = subprocess.run([*command, *options], capture_output=True, env=strict, check=False)
    assert done.returncode == 0, done.stderr
    assert load_model(out).training["dataset"] == named.name
    shell = ["sh", "-c", 'exec "$@" >&-', "sh", *command, "datasets", "--json"]
    closed = subprocess.run(shell, capture_output=True, check=False)
    assert closed.returncode == 0, closed.stderr


@pytest.mark.parametrize("arguments", [("datasets",), ("datasets", "--json"), ("--version",)])
def test_output_that_nobody_reads_any_longer(arguments):
    command = [sys.executable, "-c", "from cnn_core.cli import main; main()", *arguments]
    reading_end, writing_end = os.pipe()
    os.close(reading_end)
    done = subprocess.run(command, stdout=writing_end, stderr=subprocess.PIPE, check=False)
    os.close(writing_end)
    assert (done.returncode, done.stderr) == (0, b"")


def test_classify_with_the_bundled_model(cli, seven):
    code, out, _ = cli("classify", seven, "--json")
    (result,) = json.loads(out)["results"]
    assert (code, result["digit"]) == (0, 7)
    assert sum(result["probabilities"]) == pytest.approx(1, abs=1e-4)
    assert cli("classify", seven)[1].strip().endswith("%)")


def test_inspect_writes_what_the_window_shows(cli, seven, tmp_path):
    folder = tmp_path / "inside"
    code, out, _ = cli("inspect", seven, "--out", folder, "--pin", "conv_2:5,6,9", "--json")
    assert code == 0
    told = json.loads(out)
    working = told["working"]
    assert working["sum"] + working["bias"] == pytest.approx(working["output"])
    assert np.sum(np.multiply(working["inputs"], working["weights"])) == pytest.approx(working["sum"])
    assert working["sees"][:2] == [[5, 10], [6, 11]]
    assert (told["why"]["class"], told["why"]["answer"]) == (7, 7)
    added = told["why"]["contributions"]
    assert added["sum"] == pytest.approx(added["difference"], rel=0.05)
    for name in ("saliency", "contributions", "occlusion", "grad-cam"):
        with Image.open(folder / f"why-{name}.png") as picture:
            assert picture.size == (280, 280)
    rows = (folder / "why.csv").read_text().splitlines()
    assert len(rows) == 1 + 28 * 28
    assert rows[0].startswith("row,column,image,saliency")
    assert len((folder / "kernels-conv_1.csv").read_text().splitlines()) == 1 + 3 * 3 * 24
    assert (folder / "kernels-conv_7.png").exists()
    assert len((folder / "24-softmax_1.csv").read_text().splitlines()) == 11
    assert len((folder / "likes-conv_2-9.csv").read_text().splitlines()) == 1 + 8 + 1
    with Image.open(folder / "likes-conv_2-9.png") as picture:
        assert picture.size == (9 * 112 + 8 * 8, 112)
    among = (folder / "among.csv").read_text().splitlines()
    assert among[-1].startswith("the drawing,")
    nearest = [row for row in among[1:-1] if not row.endswith(",")]
    assert len(nearest) == 8
    assert sum(row.split(",")[1] == "7" for row in nearest) >= 6
    with Image.open(folder / "22-flatten_1.png") as picture:
        assert picture.width < 2000


def test_inspect_asks_about_another_class_and_tells_one_number(cli, seven):
    code, out, _ = cli("inspect", seven, "--pin", "softmax_1:7")
    assert code == 0
    assert "softmax_1 at 7: eˣ / Σ eˣ" in out
    assert "reads 7 (" in out
    convolution = " ".join(cli("inspect", seven, "--pin", "conv_2:5,6,9")[1].split())
    assert "sum of 216 products" in convolution
    assert "What the input maps add" in convolution
    pooling = cli("inspect", seven, "--pin", "pool_1:5,6,9")[1]
    assert "largest of the window" in pooling
    assert "bias" not in pooling
    for arguments, words in (
        (("--pin", "conv_9:1"), "expected a layer of accurate"),
        (("--pin", "conv_1:x"), "such as conv_2:5,6,9"),
        (("--pin", "conv_1:99,0,0"), "expected 3 whole numbers below"),
        (("--class", "7"), "expected a folder for the reasons"),
        (("--class", "12", "--out", "x"), "A class expected a number from 0 to 9"),
    ):
        code, _, err = cli("inspect", seven, *arguments)
        assert code == 2
        assert words in " ".join(err.split())
    assert "--pin expected a picture" in cli("inspect", "--pin", "conv_1:1,1,1")[2]
    assert "--digit expected a picture" in cli("inspect", "--digit", 1)[2]


def test_datasets(cli):
    code, out, _ = cli("datasets", "--json")
    rows = {row["name"]: row for row in json.loads(out)["datasets"]}
    assert code == 0
    assert set(rows) == {"mnist", "fashion-mnist", "kmnist", "pendigits", "mixed", "synthetic"}
    assert rows["synthetic"]["available"]
    assert not rows["mnist"]["available"]
    assert "KMNIST" not in cli("datasets")[2]
    code, _, err = cli("datasets", "--fetch", "mnist")
    assert code == 2
    assert "could not be downloaded" in err


@pytest.mark.parametrize("suffix", ["onnx", "npz", "json"])
def test_export(cli, tmp_path, suffix):
    code, out, _ = cli("export", tmp_path / f"m.{suffix}", "--json")
    assert code == 0
    assert json.loads(out)["bytes"] == (tmp_path / f"m.{suffix}").stat().st_size > 100


def test_bench(cli):
    code, out, _ = cli("bench", "-p", "mlp", "--seconds", 0.1, "--json")
    (row,) = json.loads(out)["rows"]
    assert code == 0
    assert row["preset"] == "mlp"
    assert row["train_images_per_second"] > 100
    assert "mlp" in cli("bench", "-p", "mlp", "--seconds", 0.1)[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("train", "--epochs", "x"), "valid integer"), (("train", "--epochs", "0"), "number of epochs expected"),
        (("train", "--preset", "vgg"), "preset expected one of"), (("train", "--dataset", "nope"), "data set expected"),
        (("train", "--wings"), "Try: cnn-core train --help"), (("fly",), "No such command"),
        (("--wings",), "Try: cnn-core --help"), (("classify",), "Missing argument"),
        (("classify", "missing.png"), "found nothing at missing.png"), (("classify", "."), "found a folder at ."),
        (("evaluate", "-m", "none"), "found nothing at"),
        (("train", "--dataset", "mnist"), "could not be downloaded"), (("export", "model.txt"), ".onnx, .npz or .json"),
        (("export", "/proc/none/m.onnx"), "Expected to write"), (("inspect", "--out", "x"), "expected a picture"),
        (("train", "--resume", "none.safetensors"), "Expected a checkpoint, found nothing"),
        (("bench", "-p", "vgg"), "preset expected"),
    ],
)  # fmt: skip
def test_mistakes_become_one_line_and_exit_2(cli, arguments, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = cli(*arguments)
    assert (code, out) == (2, "")
    lines = [line for line in err.splitlines() if line.strip()]
    assert len(lines) == 1, err
    assert lines[0].startswith("cnn-core: ")
    assert message in lines[0]


def test_help_teaches(cli):
    code, out, _ = cli("--help")
    assert code == 0
    for command in ("train", "evaluate", "classify", "datasets", "inspect", "export", "bench"):
        assert command in out
        assert cli(command, "--help")[0] == 0
    assert cli("--version")[1].startswith("cnn-core ")


def test_a_model_for_other_images_reads_pictures_at_its_own_size(cli, tmp_path, seven, rng):
    for shape in ((9, 9, 1), (32, 32, 3)):
        save_model(tmp_path / "m.safetensors", make_preset("mlp", rng, shape))
        code, out, err = cli("classify", seven, "-m", tmp_path / "m.safetensors", "--json")
        assert code == 0, err
        assert len(json.loads(out)["results"][0]["probabilities"]) == 10
    save_model(tmp_path / "flat.safetensors", Sequential([Dense(2)]).build((5,), rng))
    code, _, err = cli("classify", seven, "-m", tmp_path / "flat.safetensors")
    assert code == 2
    assert "images [h, w, c]" in err


def test_ctrl_c_keeps_what_was_learnt(own_data, tmp_path):
    target = tmp_path / "m.safetensors"
    command = [sys.executable, "-m", "cnn_core", "train", "-d", str(own_data), "-p", "mlp", "-e", "100000",
               "--out", str(target)]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ))
    checkpoint = target.with_suffix(".checkpoint.safetensors")
    end = time.monotonic() + 60
    while not epochs_in(checkpoint) and time.monotonic() < end:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert f"--resume {checkpoint}" in out
    assert load_model(target).training["reason"] == "interrupted"


def interrupt(target: Path, own_data, when, *options: str) -> subprocess.CompletedProcess[str]:
    """Start a long run that saves to ``target``, interrupt it once ``when()`` says so, and return what it left."""
    command = [sys.executable, "-m", "cnn_core", "train", "-d", str(own_data), "-e", "100000", *options]
    with subprocess.Popen(
        [*command, "--out", str(target)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        end = time.monotonic() + 60
        while not when() and time.monotonic() < end and process.poll() is None:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def test_an_early_ctrl_c_leaves_an_older_model_alone(tmp_path, rng):
    """While the data are drawn."""
    target = tmp_path / "good.safetensors"
    save_model(target, make_preset("mlp", rng))
    before = target.read_bytes()
    begun = time.monotonic()
    done = interrupt(target, "synthetic", lambda: time.monotonic() - begun > 2.2, "--overwrite")
    assert done.returncode == 130, done.stderr
    assert "Traceback" not in done.stderr
    assert target.read_bytes() == before


def test_what_has_seen_no_whole_epoch_is_kept_beside_an_older_model(cli, own_data, tmp_path, monkeypatch, rng):
    target, told = tmp_path / "good.safetensors", _Reporter.__call__
    save_model(target, make_preset("mlp", rng))
    before = target.read_bytes()

    def interrupt_the_third(self, event):
        told(self, event)
        if isinstance(event, BatchMetrics) and event.step == 3:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(_Reporter, "__call__", interrupt_the_third)
    code, out, _ = cli("train", "-d", own_data, "-p", "mlp", "-b", 16, "--out", target, "--overwrite")
    assert code == 130
    assert "Stopped after 0 epochs" in out
    assert target.read_bytes() == before
    assert load_model(tmp_path / "good.interrupted.safetensors").training["epochs_completed"] == 0


def test_an_unfinished_run_is_not_overwritten_by_another(cli, own_data, tmp_path):
    target, checkpoint = tmp_path / "m.safetensors", tmp_path / "m.checkpoint.safetensors"
    assert interrupt(target, own_data, lambda: epochs_in(checkpoint), "-p", "mlp").returncode == 130
    before = checkpoint.read_bytes()
    code, _, err = cli("train", "-d", own_data, "-p", "mlp", "-e", 1, "--out", target)
    assert code == 2
    assert "found the checkpoint" in err
    assert checkpoint.read_bytes() == before
    for option in (("--epochs", 5), ("--epochs", 3), ("-r", 0.1)):
        code, _, err = cli("train", "--resume", checkpoint, *option)
        assert code == 2
        assert "--resume expected no other settings" in err
    code, _, err = cli("train", "--resume", checkpoint, "--out", checkpoint)
    assert code == 2
    assert "another file than the checkpoint" in err
    assert checkpoint.read_bytes() == before


def test_a_place_that_cannot_be_written_is_told_before_the_work(cli, own_data, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for target in (tmp_path, tmp_path / "pipe", "/proc/none/m.safetensors"):
        code, _, err = cli("train", "-d", own_data, "-p", "mlp", "--out", target)
        assert code == 2
        assert "Expected to write" in err
        assert "images to train" not in err


@pytest.mark.filterwarnings("ignore:.*encountered in.*:RuntimeWarning")
def test_a_run_that_breaks_down_says_what_it_kept(cli, own_data, tmp_path):
    target = tmp_path / "m.safetensors"
    code, _, err = cli("train", "-d", own_data, "-p", "mlp", "-o", "sgd", "-r", "1e30", "--out", target)
    assert code == 2
    assert "expected a finite number" in err
    assert not target.exists()


def test_more_outputs_than_classes_and_classes_without_images(cli, tmp_path, rng):
    save_model(tmp_path / "m.safetensors", make_preset("mlp", rng, (28, 28, 1), 30))
    data = make_synthetic(60, seed=1)
    few = data.labels < 3
    np.savez(tmp_path / "few.npz", images=data.images[few], labels=np.where(data.labels[few] == 1, 4, 0))
    code, out, _ = cli("evaluate", "-m", tmp_path / "m.safetensors", "-d", tmp_path / "few.npz")
    assert code == 0
    assert "nan" not in out
    code, out, _ = cli("evaluate", "-m", tmp_path / "m.safetensors", "-d", tmp_path / "few.npz", "--json")
    assert json.loads(out)["recall"]["1"] is None


def test_one_bad_picture_does_not_hide_the_good_one(cli, seven):
    code, out, err = cli("classify", seven, "missing.png")
    assert code == 2
    assert "seven.png: 7" in out
    assert "missing.png" in err


def test_the_rate_follows_the_optimizer(cli, own_data, tmp_path):
    options = ("-d", own_data, "-p", "mlp", "-e", 1, "--out", tmp_path / "m.safetensors", "--overwrite", "--json")
    rates = {
        name: json.loads(cli("train", "-o", name, *options)[1])["settings"]["learning_rate"] for name in ("sgd", "adam")
    }
    assert rates == {"sgd": 0.1, "adam": 0.002}


def test_weight_decay_belongs_to_adamw(cli, own_data, tmp_path):
    options = ("-d", own_data, "-p", "mlp", "-e", 1, "--weight-decay", 0.1, "--out", tmp_path / "m.safetensors")
    code, _, err = cli("train", *options)
    assert code == 2
    assert "--weight-decay expected the optimizer adamw, received adam" in err
    code, out, _ = cli("train", "-o", "adamw", *options, "--json")
    assert code == 0
    assert json.loads(out)["settings"]["weight_decay"] == 0.1
    assert "--weight-decay 0.1" in json.loads(out)["command"]


def test_classify_reads_numbers(cli, tmp_path):
    page = np.full((120, 260), 255, np.uint8)
    for left, points in (
        (10, ((0, 0), (60, 0), (30, 45), (22, 90))),
        (120, ((10, 0), (10, 90))),
        (180, ((10, 0), (10, 90))),
    ):
        drawn = draw_strokes([np.add(points, (left, 15.0))], page.shape, 8)
        page = np.minimum(page, 255 - (drawn * 255).astype(np.uint8))
    Image.fromarray(page).save(tmp_path / "number.png")
    code, out, _ = cli("classify", tmp_path / "number.png", "--json")
    (result,) = json.loads(out)["results"]
    assert (code, result["text"]) == (0, "711")
    assert [digit["digit"] for digit in result["digits"]] == [7, 1, 1]
    assert all(digit["is_digit"] for digit in result["digits"])
    assert "711 (" in cli("classify", tmp_path / "number.png")[1]


def test_classify_says_when_it_is_no_digit(cli, tmp_path, rng):
    spiral = np.linspace(0, 10 * np.pi, 300)[:, None]
    points = 60 + 1.6 * spiral * np.concatenate([np.cos(spiral), np.sin(spiral)], axis=1)
    drawn = draw_strokes([points], (120, 120), 5)
    Image.fromarray(((1 - drawn) * 255).astype(np.uint8)).save(tmp_path / "spiral.png")
    code, out, _ = cli("classify", tmp_path / "spiral.png", "--json")
    (result,) = json.loads(out)["results"]
    assert code == 0
    assert not result["is_digit"]
    assert result["digit_score"] < 0.5
    assert "?" in result["text"]
    assert "?" in cli("classify", tmp_path / "spiral.png")[1]


def test_unmixed_epochs_are_refused_where_nothing_is_mixed(cli, own_data, tmp_path):
    options = ("-d", own_data, "-p", "mlp", "-e", 2, "--unmixed-epochs", 1, "--out", tmp_path / "m.safetensors")
    code, _, err = cli("train", *options)
    assert code == 2
    assert "--unmixed-epochs expected a run with mixup, received one without" in err
    code, out, _ = cli("train", *options, "--mixup", 0.5, "--json")
    assert code == 0
    assert "--mixup 0.5 --unmixed-epochs 1" in json.loads(out)["command"]


def test_a_recipe_gives_settings_that_options_change(cli, tmp_path):
    target = tmp_path / "r.safetensors"
    options = ("--dataset", "synthetic", "--epochs", 1, "--preset", "mlp", "--out", target, "--json")
    code, out, _ = cli("train", "--recipe", "bundled", *options)
    settings = json.loads(out)["settings"]
    assert code == 0
    assert (settings["architecture"], settings["epochs"], settings["augmentation"]) == ("mlp", 1, "wide")
    assert settings["averaging"] == 0.9997
    assert load_model(target).calibration.threshold > 0
    code, _, err = cli("train", "--recipe", "cake")
    assert code == 2
    assert "recipe expected one of bundled, refined, synthetic, received 'cake'" in err


def test_mixed_data_say_what_they_lack(cli):
    code, _, err = cli("train", "--dataset", "mixed")
    assert code == 2
    assert "Fetch pendigits-orig.tra" in err


def test_evaluate_tells_how_far_confidence_can_be_trusted(cli):
    code, out, _ = cli("evaluate", "--dataset", "synthetic", "--json")
    found = json.loads(out)
    assert code == 0
    assert 0 <= found["calibration_error"] < 0.2
    assert 0 <= found["turned_away"] < 0.2


def test_a_model_is_measured_on_what_it_learnt_from(cli, own_data, tmp_path, rng):
    own, other = tmp_path / "m.safetensors", tmp_path / "n.safetensors"
    assert cli("train", "-d", own_data, "-p", "mlp", "-e", 1, "--out", own)[0] == 0
    code, out, err = cli("evaluate", "-m", own, "--json")
    assert code == 0, err
    assert (json.loads(out)["dataset"], json.loads(out)["n"]) == (str(own_data), 50)
    save_model(other, make_preset("mlp", rng))
    code, _, err = cli("evaluate", "-m", other)
    assert code == 2
    assert "cnn-gui/mnist" in err, "of one of which nothing is known"


def test_what_is_none_of_the_classes_is_no_digit_only_where_they_are(cli, tmp_path, seven, rng):
    path = tmp_path / "m.safetensors"
    model = make_preset("mlp", rng, classes=3)
    save_model(path, model, {"class_names": ["cat", "dog", "cow"]}, calibration=Calibration(1.0, 0.999))
    code, out, _ = cli("classify", seven, "-m", path)
    assert code == 0
    assert "none of these? (most like c" in out or "none of these? (most like dog" in out
