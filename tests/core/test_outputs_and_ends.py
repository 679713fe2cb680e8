"""What commands may write over, how they end, and what machines and people read of them."""

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

from cnn_core.claims import Claim
from cnn_core.cli import main
from cnn_core.digits import make_synthetic
from cnn_core.drawing import ink_from_grey, render
from cnn_core.drawing.strokes import Stroke
from cnn_core.errors import DataUnavailableError, ModelFileError
from cnn_core.evaluation import Evaluation, learnt_nothing
from cnn_core.files import remove_leftovers, write_atomically
from cnn_core.inspection import adding_up
from cnn_core.presets import make_preset
from cnn_core.sources import reference_images
from cnn_core.storage import load_model, save_model
from cnn_core.training import Checkpoint

SEVEN = np.array([(0.28, 0.25), (0.72, 0.25), (0.6, 0.5), (0.45, 0.82)])


@pytest.fixture
def cli(capfd):
    """Run a command; exit code, standard output, standard error."""

    def call(*arguments: object) -> tuple[int, str, str]:
        before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        for number, handler in zip((signal.SIGINT, signal.SIGTERM, signal.SIGHUP), before, strict=True):
            signal.signal(number, handler)
        out, err = capfd.readouterr()
        return int(end.value.code or 0), out, err

    return call


@pytest.fixture
def own_data(tmp_path) -> Path:
    data = make_synthetic(400, seed=5)
    path = tmp_path / "own.npz"
    np.savez(path, x_train=data.images, y_train=data.labels, x_test=data.images[:50], y_test=data.labels[:50])
    return path


def picture(path: Path, *places: float) -> Path:
    """Sevens beside each other."""
    marks = [Stroke(SEVEN * (0.3, 0.4) + (left, 0.3), 0.03) for left in places]
    Image.fromarray((255 - 255 * render(marks, 300)).astype(np.uint8)).save(path)
    return path


def test_an_output_never_replaces_an_input(cli, own_data, tmp_path):
    before = own_data.read_bytes()
    (tmp_path / "link.npz").symlink_to(own_data)
    (tmp_path / "hard.npz").hardlink_to(own_data)
    for out in (own_data, tmp_path / "link.npz", tmp_path / "hard.npz"):
        code, _, err = cli("train", "-d", own_data, "-p", "mlp", "-e", 1, "--out", out, "--overwrite")
        assert code == 2
        assert "which is read" in err
    model = tmp_path / "m.npz"
    save_model(model, make_preset("mlp"))
    code, _, err = cli("export", model, "-m", model, "--overwrite")
    assert code == 2
    assert own_data.read_bytes() == before
    assert load_model(model).model.name == "mlp"


def test_another_kind_of_file_is_never_replaced(cli, own_data, tmp_path):
    thesis = tmp_path / "thesis.docx"
    thesis.write_text("years of work")
    code, _, err = cli("train", "-d", own_data, "-p", "mlp", "-e", 1, "--out", thesis, "--overwrite")
    assert code == 2
    assert "another kind" in err
    assert thesis.read_text() == "years of work"


def test_a_result_is_replaced_only_when_it_is_asked_for(cli, own_data, tmp_path):
    out = tmp_path / "m.safetensors"
    once = ("train", "-d", own_data, "-p", "mlp", "-e", 1, "--out", out)
    assert cli(*once)[0] == 0
    before = out.read_bytes()
    code, _, err = cli(*once)
    assert code == 2
    assert "--overwrite" in err
    assert out.read_bytes() == before
    assert cli(*once, "--seed", 3, "--overwrite")[0] == 0
    assert out.read_bytes() != before
    out.chmod(0o444)
    code, _, err = cli(*once, "--overwrite")
    assert code == 2
    assert "write-protected" in err
    for suffix in ("onnx", "npz", "json"):
        target = tmp_path / f"m.{suffix}"
        assert cli("export", target, "-m", out)[0] == 0
        assert cli("export", target, "-m", out)[0] == 2
        assert cli("export", target, "-m", out, "--overwrite")[0] == 0


def test_two_runs_with_one_out_do_not_replace_each_other(cli, own_data, tmp_path, monkeypatch):
    out = tmp_path / "m.safetensors"
    with Claim(out):
        (mark,) = (path for path in tmp_path.iterdir() if path.name.endswith(".claim"))
        code, _, err = cli("train", "-d", own_data, "-p", "mlp", "-e", 1, "--out", out)
        assert code == 2
        assert f"process {os.getpid()}" in err
    assert not mark.exists()
    mark.write_text(str(os.getppid()))  # of one who is no more: what stands there does not count
    with Claim(out):
        assert mark.read_text() == str(os.getpid())
    finish = Checkpoint.save

    def meanwhile(self, path):
        out.write_bytes(b"of another program")
        finish(self, path)

    monkeypatch.setattr(Checkpoint, "save", meanwhile)
    code, told, _ = cli("train", "-d", own_data, "-p", "mlp", "-e", 1, "--out", out, "--json")
    assert code == 0
    assert out.read_bytes() == b"of another program"
    assert load_model(json.loads(told)["model"]).model.name == "mlp"


def test_what_a_killed_process_left_is_removed(tmp_path):
    script = "import os, sys; from cnn_core import files; print(files._beside(files.Path(sys.argv[1]), 'part'))"
    dead = subprocess.run([sys.executable, "-c", script, tmp_path / "m"], capture_output=True, text=True, check=True)
    left = Path(dead.stdout.strip())
    left.write_text("half")
    mine = left.with_name(left.name.replace(left.name.split("-")[-2], str(os.getpid())))
    mine.write_text("of a process that lives")
    (tmp_path / ".somebody.part").write_text("else's")
    write_atomically(tmp_path / "m", b"whole")
    assert not left.exists()
    assert mine.exists()
    assert (tmp_path / ".somebody.part").exists()
    remove_leftovers(tmp_path / "nowhere")


def test_a_run_is_taken_up_from_another_folder(own_data, tmp_path):
    out, elsewhere = tmp_path / "m.safetensors", tmp_path / "elsewhere"
    elsewhere.mkdir()
    command = [sys.executable, "-m", "cnn_core", "train"]
    first = [*command, "-d", own_data.name, "-p", "mlp", "-e", "100000", "--out", out.name]
    kept = tmp_path / "m.checkpoint.safetensors"
    for number, (arguments, cwd) in enumerate(
        (
            (first, tmp_path),
            ([*command, "--resume", str(kept)], elsewhere),
            ([*command, "--resume", str(kept)], tmp_path),
        )
    ):
        if number == 2:  # its data were moved
            own_data.rename(elsewhere / "moved.npz")
            arguments = [*arguments, "--dataset", str(elsewhere / "moved.npz")]
        before = epochs_in(kept)
        with subprocess.Popen(arguments, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            end = time.monotonic() + 60
            while process.poll() is None and time.monotonic() < end:
                time.sleep(0.05)
                if epochs_in(kept) > before:
                    process.send_signal(signal.SIGINT)
                    break
            _, err = process.communicate(timeout=60)
        assert process.returncode == 130, err
        assert epochs_in(kept) > before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_request_to_end_keeps_what_was_learnt(own_data, tmp_path, number):
    out, kept = tmp_path / "m.safetensors", tmp_path / "m.checkpoint.safetensors"
    command = [
        sys.executable,
        "-m",
        "cnn_core",
        "train",
        "-d",
        str(own_data),
        "-p",
        "mlp",
        "-e",
        "100000",
        "--out",
        str(out),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        end = time.monotonic() + 60
        while not epochs_in(kept) and time.monotonic() < end:
            time.sleep(0.05)
        process.send_signal(number)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert load_model(out).training["reason"] == "interrupted"
    assert kept.exists()


def test_a_number_is_told_whole_and_every_refused_picture_is_named(cli, tmp_path):
    several, single = picture(tmp_path / "77.png", 0.05, 0.55), picture(tmp_path / "7.png", 0.3)
    (tmp_path / "bad.png").write_text("none")
    code, out, err = cli("classify", several, single, tmp_path / "bad.png", tmp_path / "gone.png", "--json")
    number, digit, bad, gone = json.loads(out)["results"]
    assert code == 2
    assert number["text"] == "77"
    assert "digit" not in number
    assert [one["digit"] for one in number["digits"]] == [7, 7]
    assert (digit["text"], digit["digit"]) == ("7", 7)
    assert "bad.png" in bad["file"]
    assert "error" in bad
    assert "found nothing" in gone["error"]
    assert "bad.png" in err
    assert "gone.png" in err


@pytest.mark.parametrize("columns", ["0", "1", "20"])
def test_what_machines_read_does_not_depend_on_a_width(columns):
    command = [sys.executable, "-m", "cnn_core", "datasets"]
    environment = os.environ | {"COLUMNS": columns}
    told = subprocess.run([*command, "--json"], env=environment, capture_output=True, text=True, check=True).stdout
    assert len(json.loads(told)["datasets"]) == 6
    table = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    assert "Kuzushiji-MNIST, cursive Japanese characters" in table


def test_help_that_is_cut_is_no_failure():
    shell = f"{sys.executable} -m cnn_core --help | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, check=True)
    assert done.stdout.split()[-1] == "0"
    assert done.stderr == ""


def test_words_of_users_are_no_markup(cli, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    target = tmp_path / "model[v2].npz"
    assert "model[v2].npz" in cli("export", target)[1]
    (tmp_path / "a[").mkdir()
    assert cli("export", tmp_path / "a[" / "b]c.json")[0] == 0
    data = make_synthetic(30, seed=1)
    np.savez(tmp_path / "[bold]x[", images=data.images, labels=data.labels)
    code, _, err = cli("train", "-d", "[bold]x[.npz", "-p", "mlp", "-e", 1, "--out", "[/b].safetensors")
    assert code == 0
    assert "[bold]x[" in err


def test_ctrl_c_while_python_imports_is_no_traceback():
    for after_s in (0.1, 0.2, 0.35):
        with subprocess.Popen(
            [sys.executable, "-m", "cnn_core", "bench"], stderr=subprocess.PIPE, text=True
        ) as process:
            time.sleep(after_s)
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=30)
        if "Fatal Python error" not in err:  # Python itself had not begun yet
            assert "Traceback" not in err


def test_what_is_added_up_adds_up_as_printed():
    rng = np.random.default_rng(0)
    for _ in range(200):
        terms = rng.normal(0, 10.0 ** rng.integers(-4, 4), int(rng.integers(1, 12))).tolist()
        digits = int(rng.integers(0, 6))
        shown = adding_up(terms, sum(terms), digits)
        assert round(sum(round(value * 10**digits) for value in shown)) == round(sum(terms) * 10**digits)
        assert all(abs(a - b) <= 1.001 / 10**digits for a, b in zip(shown, terms, strict=True))
    assert adding_up([1 / 3] * 3, 1, 2) in ([0.34, 0.33, 0.33], [0.33, 0.34, 0.33], [0.33, 0.33, 0.34])
    assert adding_up([], 0, 2) == []
    assert adding_up([float("nan"), 1.0], 1.0, 2)[1] == 1.0


def test_a_network_that_always_says_the_same_has_learnt_nothing():
    labels = np.arange(500) % 10
    same, right = np.zeros((500, 10), np.float32), np.eye(10, dtype=np.float32)[labels]
    same[:, 3] = 1
    none = np.zeros((0, 10), np.float32)
    assert learnt_nothing(Evaluation(2.3, same, labels, none, np.arange(len(labels))))
    assert not learnt_nothing(Evaluation(0.1, right, labels, none, np.arange(len(labels))))
    assert not learnt_nothing(Evaluation(0.1, same[:3], np.full(3, 3), none, np.arange(3))), (
        "with one class there is nothing to guess"
    )


def test_reference_images_of_other_things_are_not_shown_instead():
    with pytest.raises(DataUnavailableError, match="Fashion"):
        reference_images("fashion-mnist", (28, 28, 1))
    data, words = reference_images("synthetic", (28, 28, 1))
    assert (data.class_names[3], words) == ("3", "synthetic digits")


@pytest.mark.parametrize("share", [0.4, 0.55, 0.7, 0.9])
def test_a_sheet_of_any_size_on_a_table_is_looked_at_alone(share):
    side, ink = 480, render([Stroke(SEVEN, 0.05)], round(480 * share))
    page = np.full((side, side), 0.25)
    edge = (side - len(ink)) // 2
    page[edge : edge + len(ink), edge : edge + len(ink)] = 0.9 - 0.7 * ink
    found = ink_from_grey(page)
    seen = len(ink) * len(ink)
    assert found.size < 1.05 * seen
    assert 0.5 < found.mean() / ink.mean() < 1.6


@pytest.mark.parametrize("strength", [0.2, 0.45, 0.65])
@pytest.mark.parametrize("askew", [0.0, 0.03])
def test_ruled_lines_are_taken_away_and_strokes_stay_whole(strength, askew):
    side, ink = 480, render([Stroke(SEVEN, 0.04)], 480)
    y, x = np.mgrid[:side, :side]
    page = np.where((y + askew * x) % 40 < 2, 0.92 - strength, 0.92)
    page[:, 60:62] -= strength * 0.8
    page = np.minimum(page, 0.92 - 0.75 * ink) + np.random.default_rng(0).normal(0, 0.01, page.shape)
    found = ink_from_grey(np.clip(page, 0, 1))
    assert np.minimum(found, ink).sum() / np.maximum(found, ink).sum() > 0.85
    assert not found[:, :100].any(), "the margin is gone too"


def test_a_claim_and_a_write_say_what_is_wrong(tmp_path):
    for place in (tmp_path / "a\0b", tmp_path / ("m" * 300)):
        with pytest.raises(ModelFileError, match="Expected to write"):
            write_atomically(place, b"")
        with pytest.raises(ModelFileError, match="Expected to write"), Claim(place):
            pass
