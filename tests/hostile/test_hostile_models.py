"""Model files and checkpoints of strangers."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import threading
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from cnn_core.budget import expect_affordable
from cnn_core.cli import main
from cnn_core.digits import make_synthetic
from cnn_core.errors import CnnError, ModelFileError
from cnn_core.evaluation import try_out
from cnn_core.files import file_name
from cnn_core.layers import BatchNorm, Conv2D, Dense, Flatten, MaxPool2D, ReLU, Softmax
from cnn_core.model import Sequential
from cnn_core.presets import PRESETS, make_preset
from cnn_core.storage import load_model, save_model
from cnn_core.storage.model_file import FORMAT
from cnn_core.training import Checkpoint, Trainer, TrainingConfig


def architecture(*layers: tuple[str, dict[str, Any]], shape: tuple[int, ...] = (28, 28, 1)) -> dict[str, Any]:
    named = [{"kind": kind, "name": f"layer_{i}", "options": options} for i, (kind, options) in enumerate(layers)]
    return {"name": "hostile", "input_shape": list(shape), "layers": named}


def put_model(path: Path, described: dict[str, Any], arrays: dict[str, np.ndarray] | None = None) -> Path:
    metadata = {"format": FORMAT, "architecture": json.dumps(described), "preprocessing": "{}", "training": "{}"}
    save_file(arrays or {"x": np.zeros(1, np.float32)}, path, metadata)
    return path


WIDE = ("Conv2D", {"filters": 64, "kernel_size": 3, "padding": "same"})
TOO_LARGE = {
    "a kernel as large as 255×255": architecture(
        ("Conv2D", {"filters": 64, "kernel_size": 255, "padding": "same"}), ("Flatten", {}), ("Dense", {"units": 10})
    ),
    "a kernel of a million pixels a side": architecture(
        ("Conv2D", {"filters": 1, "kernel_size": 10**6, "padding": "same"}), ("Flatten", {}), ("Dense", {"units": 2})
    ),
    "many layers": architecture(("Flatten", {}), *[("ReLU", {})] * 20_000, ("Dense", {"units": 10})),
    "many wide layers": architecture(*[WIDE] * 400, ("Flatten", {}), ("Dense", {"units": 10})),
    "many parameters": architecture(("Flatten", {}), ("Dense", {"units": 10**9}), ("Dense", {"units": 10})),
    "a huge image": architecture(("Flatten", {}), ("Dense", {"units": 2}), shape=(10**6, 10**6, 3)),
    "a huge number": architecture(("Flatten", {}), ("Dense", {"units": 10**400})),
    "many classes": architecture(("Flatten", {}), ("Dense", {"units": 100_000})),
    "much work for little memory": architecture(
        ("Conv2D", {"filters": 512, "kernel_size": 3, "padding": "same"}),
        *[("Conv2D", {"filters": 512, "kernel_size": 3, "padding": "same"})] * 3,
        ("Flatten", {}), ("Dense", {"units": 10}),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TOO_LARGE)
def test_a_network_beyond_the_budget_is_refused_before_anything_of_it_is_made(what, tmp_path, refused):
    said = refused(load_model, put_model(tmp_path / "m.safetensors", TOO_LARGE[what]))
    assert "expected at most" in said or "larger" in said or "whole number" in said, said


def test_vgg_16_is_within_the_budget():
    """For images of 32×32×3, with 15 million parameters."""
    layers: list[Any] = []
    for size in (64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0):
        layers += [Conv2D(size, 3, padding="same"), BatchNorm(), ReLU()] if size else [MaxPool2D(2)]
    model = Sequential([*layers, Flatten(), Dense(512), ReLU(), Dense(10), Softmax()], "vgg").infer_shapes((32, 32, 3))
    assert 14_000_000 < model.parameter_count < 16_000_000
    expect_affordable(model)
    for name in PRESETS:
        expect_affordable(make_preset(name))


def test_a_huge_number_of_tensors_is_told_in_a_sentence(tmp_path, refused):
    arrays = {f"t{i}": np.zeros(1, np.float32) for i in range(20_000)}
    described = make_preset("mlp").config()
    assert "tensors" in refused(load_model, put_model(tmp_path / "m.safetensors", described, arrays))
    few = {f"t{i}": np.zeros(1, np.float32) for i in range(3000)}
    assert "others" in refused(load_model, put_model(tmp_path / "n.safetensors", described, few))


def test_a_header_that_is_too_long_is_not_parsed(tmp_path, refused):
    text = b"[" + b"[]," * (6 << 20) + b"[]]"
    (tmp_path / "m.safetensors").write_bytes(struct.pack("<Q", len(text)) + text)
    assert "header" in refused(load_model, tmp_path / "m.safetensors")


def test_what_is_no_file_is_not_opened(tmp_path, refused):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for place in (tmp_path / "pipe", tmp_path, tmp_path / "loop", Path("/dev/zero"), tmp_path / "none", Path("a\0b")):
        refused(load_model, place)
        refused(Checkpoint.load, place)


def test_a_file_that_is_cut_short_while_it_is_read_does_not_end_the_process(tmp_path):
    """A file that is mapped into the memory kills whoever reads it then."""
    path = tmp_path / "m.safetensors"
    save_model(path, Sequential([Flatten(), Dense(1000)]).build((40, 40, 3)))
    whole = path.read_bytes()
    script = f"""
from cnn_core.errors import CnnError
from cnn_core.storage import load_model
for _ in range(40):
    try:
        load_model({str(path)!r})
    except CnnError:
        pass
"""
    with subprocess.Popen([sys.executable, "-c", script]) as process:
        while process.poll() is None:
            path.write_bytes(whole)
            with path.open("r+b") as file:
                file.truncate(2000)
    assert process.returncode == 0


EVIL = ("x/../../../escaped", "/escaped", "..", "a\\..\\..\\b", "con", ".hidden", "a" * 90, "line", "ü–ß☃")


def test_names_never_become_paths(tmp_path, monkeypatch):
    assert {file_name(name) for name in ("a/b", "a\\b", "a\0b")} == {"a_b"}
    for name in (*EVIL, "", "...", "\n", "CON.txt", "nul"):
        made = file_name(name)
        assert made == Path(made).name
        assert made not in ("", ".", "..")
        assert not made.startswith(".")
        assert made.upper().partition(".")[0] not in ("CON", "NUL")
    layers = [Conv2D(2, 3, padding="same"), Flatten(), Dense(10), Softmax()]
    for layer, name in zip(layers, EVIL, strict=False):
        layer.name = name
    save_model(tmp_path / "m.safetensors", Sequential(layers, "../../evil").build((28, 28, 1)))
    (tmp_path / "inside" / "deep").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "inside" / "deep")
    from PIL import Image

    page = np.full((40, 40), 255, np.uint8)
    page[8:32, 18:22] = 0
    Image.fromarray(page).save("one.png")
    before = set(tmp_path.rglob("*"))
    for arguments in (
        ("inspect", "one.png", "-m", str(tmp_path / "m.safetensors"), "--out", "maps"),
        ("export", "weights.npz", "-m", str(tmp_path / "m.safetensors")),
    ):
        with pytest.raises(SystemExit) as end:
            main(list(arguments))
        assert end.value.code == 0
    new = set(tmp_path.rglob("*")) - before
    here = tmp_path / "inside" / "deep"
    assert {path.parent for path in new} == {here, here / "maps"}
    with zipfile.ZipFile(here / "weights.npz") as archive:
        assert all("/" not in name and not name.startswith(".") for name in archive.namelist())
        assert len(archive.namelist()) == 4


# --- Checkpoints


@pytest.fixture(scope="module")
def good(tmp_path_factory) -> Path:
    """The checkpoint of a run."""
    path = tmp_path_factory.mktemp("run") / "run.checkpoint.safetensors"
    config = TrainingConfig(dataset="synthetic", epochs=2, batch_size=16, validation=0.25, threads=1, averaging=0.9)
    model = Sequential([MaxPool2D(7), Flatten(), Dense(10), Softmax()], "tiny").build((28, 28, 1))
    Trainer(model, config, make_synthetic(60, seed=1), checkpoint_path=path).run()
    return path


def changed(good: Path, target: Path, change) -> Path:
    """A checkpoint with its arrays, or the values of its state, changed."""
    from safetensors import safe_open

    with safe_open(good, framework="numpy") as file:
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
        metadata = dict(file.metadata())
    state = json.loads(metadata["state"])
    change(arrays, state)
    save_file(arrays, target, metadata | {"state": json.dumps(state)})
    return target


def poison(name: str, value: float):
    return lambda arrays, _: arrays[name].__setitem__(..., value)


def replaced(name: str, array: np.ndarray):
    return lambda arrays, _: arrays.__setitem__(name, array)


def stated(key: str, value: Any):
    return lambda _, state: state.__setitem__(key, value)


BROKEN = {
    "best weights that are no numbers": poison("best/dense_1.weight", np.nan),
    "all weights no numbers": poison("weights/dense_1.weight", np.nan),
    "averages that are infinite": poison("average/dense_1.bias", np.inf),
    "a slot of another shape": replaced("slot/mean/dense_1.weight", np.zeros((3, 3), np.float32)),
    "a slot that is missing": lambda arrays, _: arrays.pop("slot/mean/dense_1.bias"),
    "a slot too many": replaced("slot/velocity/dense_1.bias", np.zeros(10, np.float32)),
    "averages that are missing": lambda arrays, _: arrays.pop("average/dense_1.bias"),
    "logits of other classes": replaced("validation/logits", np.zeros((15, 4), np.float32)),
    "labels that are no classes": poison("validation/labels", 77),
    "labels that are no whole numbers": poison("validation/labels", 0.5),
    "steps as a text": stated("optimizer_steps", "7"),
    "steps without end": stated("optimizer_steps", 10**30),
    "steps below zero": stated("optimizer_steps", -1),
    "settings as a list": stated("config", [1, 2]),
    "settings of another kind": lambda _, state: state["config"].__setitem__("epochs", "many"),
    "a rate that is no number": lambda _, state: state["config"].__setitem__("learning_rate", None),
    "an architecture as a text": stated("architecture", "net"),
    "an architecture beyond the budget": stated("architecture", TOO_LARGE["many parameters"]),
    "epochs out of order": lambda arrays, _: arrays["epochs"].__setitem__((0, 0), 5),
    "an epoch that is no number": lambda arrays, _: arrays["epochs"].__setitem__((1, 3), np.nan),
    "more epochs than there are": replaced("epochs", np.ones((9, 9))),
    "no digest": stated("data", 7),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_a_checkpoint_is_checked_like_a_model(what, good, tmp_path, refused):
    refused(Checkpoint.load, changed(good, tmp_path / "c.safetensors", BROKEN[what]))


def test_a_good_checkpoint_is_still_read(good, tmp_path):
    checkpoint = Checkpoint.load(changed(good, tmp_path / "c.safetensors", lambda *_: None))
    assert [epoch.epoch for epoch in checkpoint.epochs] == [1, 2]
    assert all(isinstance(epoch.step, int) and isinstance(epoch.best, bool) for epoch in checkpoint.epochs)


def test_a_broken_checkpoint_stays_and_no_model_is_saved(good, tmp_path):
    target = changed(good, tmp_path / "m.checkpoint.safetensors", BROKEN["all weights no numbers"])
    before = target.read_bytes()
    with pytest.raises(SystemExit) as end:
        main(["train", "--resume", str(target)])
    assert end.value.code == 2
    assert target.read_bytes() == before
    assert not (tmp_path / "m.safetensors").exists()


def test_a_model_that_is_no_use_is_not_saved_as_one(tmp_path):
    model = make_preset("mlp")
    model.parameters["dense_1.bias"][0] = np.nan
    with pytest.raises(ModelFileError, match="finite"):
        save_model(tmp_path / "m.safetensors", model)
    assert not list(tmp_path.iterdir())


def test_a_small_hostile_model_opens_or_is_refused_soon(tmp_path):
    """At the limits of the budget: what is opened must also be usable."""
    described = architecture(
        ("Conv2D", {"filters": 16, "kernel_size": 63, "padding": "same"}), ("Flatten", {}), ("Dense", {"units": 10})
    )
    model = Sequential.from_config(described).build((28, 28, 1))
    save_model(tmp_path / "m.safetensors", model)
    seen: list[str] = []

    def open_it() -> None:
        try:
            try_out(load_model(tmp_path / "m.safetensors").model)
        except CnnError as error:
            seen.append(str(error))

    thread = threading.Thread(target=open_it)
    thread.start()
    thread.join(20)
    assert not thread.is_alive()
