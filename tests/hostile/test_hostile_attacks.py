"""What an attack with the sources at hand found, each mended with its kind."""

from __future__ import annotations

import gzip
import json
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import save_file

from cnn_core.cli import main
from cnn_core.datasets import read_idx, read_npz
from cnn_core.digits import read_unipen
from cnn_core.drawing import read_ink
from cnn_core.sources import load_dataset
from cnn_core.storage import load_model, save_model
from cnn_core.storage.model_file import FORMAT
from cnn_gui.settings import Settings

PEN = b'.SEGMENT DIGIT 0 ? "8"\n.PEN_DOWN\n'


def packed_bmp(width: int, height: int) -> bytes:
    """Rows that end before they have begun."""
    data = bytes([1, 5, 0, 0, 1, 5, 0, 0, 0, 1])
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 1, len(data), 0, 0, 256, 0)
    return b"BM" + struct.pack("<IHHI", 54 + 1024 + len(data), 0, 0, 54 + 1024) + head + bytes(1024) + data


def jpeg(components: int, scans: int, side: int = 14_100) -> bytes:
    """Not progressive, and yet in several scans, for which all of it has to wait."""
    parts = b"".join(bytes([i + 1, 0x11, 0]) for i in range(components))
    data = b"\xff\xd8\xff\xdb" + struct.pack(">H", 67) + b"\0" + bytes([1] * 64)
    data += b"\xff\xc0" + struct.pack(">HBHHB", 8 + 3 * components, 8, side, side, components) + parts
    for i in range(scans):
        data += b"\xff\xda" + struct.pack(">HB", 8, 1) + bytes([i % components + 1, 0]) + b"\0\x3f\0\0"
    return data + b"\xff\xd9"


@pytest.mark.parametrize(
    "content", [packed_bmp(40_000_000, 2), packed_bmp(60_000, 1000), jpeg(4, 4), jpeg(3, 99)], ids=range(4)
)
def test_pictures_that_are_packed_in_odd_ways(content, tmp_path, refused):
    (tmp_path / "a.png").write_bytes(content)
    refused(read_ink, tmp_path / "a.png")


def test_a_photograph_with_a_small_picture_of_itself_is_one_scan(tmp_path):
    small = jpeg(1, 1, 16)
    page = Image.new("L", (3000, 2000), 240)
    page.paste(20, (1300, 400, 1500, 1600))
    page.save(tmp_path / "a.jpg", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0" + small)
    assert read_ink(tmp_path / "a.jpg").any()


def test_pens_that_go_on_and_on(tmp_path, refused):
    for name, text in (("points", b"1 1\n" * (16 << 20)), ("words", b"a " * (16 << 20))):
        (tmp_path / name).write_bytes(gzip.compress(PEN + text))
        refused(read_unipen, tmp_path / name)
    (tmp_path / "line").write_bytes(PEN + b"a " * 5000)
    assert "letters" in refused(read_unipen, tmp_path / "line")


def test_files_that_are_mostly_holes(tmp_path, refused):
    with (tmp_path / "m.safetensors").open("wb") as file:
        file.truncate(1 << 31)
    refused(load_model, tmp_path / "m.safetensors")
    with (tmp_path / "labels").open("wb") as file:
        file.write(b"\0\0\x08\x01\0\0\0\x03abc" + bytes(64))
        file.truncate(1 << 30)
    refused(read_idx, tmp_path / "labels")


def test_arrays_that_are_packed_as_numpy_does_not(tmp_path, refused):
    images, labels = np.full((6, 5, 4), 200, np.uint8), np.arange(6) % 3
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        np.savez(tmp_path / "plain.npz", images=images, labels=labels)
        with zipfile.ZipFile(tmp_path / "plain.npz") as plain, zipfile.ZipFile(tmp_path / "a.npz", "w", method) as odd:
            for name in plain.namelist():
                odd.writestr(name, plain.read(name))
        assert "another way" in refused(read_npz, tmp_path / "a.npz")


def described(tmp_path: Path, architecture: dict) -> Path:
    metadata = {"format": FORMAT, "architecture": json.dumps(architecture), "preprocessing": "{}", "training": "{}"}
    save_file({"x": np.zeros(1, np.float32)}, tmp_path / "m.safetensors", metadata)
    return tmp_path / "m.safetensors"


@pytest.mark.parametrize("options", [{"filters": 1, "padding": [1] * 200_000}, {"filters": [9] * 200_000},
                                     {"filters": 2, "initializer": {"a": 1}}], ids=range(3))  # fmt: skip
def test_options_that_are_very_long_or_of_another_kind(options, tmp_path, refused):
    layers = [{"kind": "Conv2D", "name": "c", "options": options}]
    refused(load_model, described(tmp_path, {"name": "a", "input_shape": [28, 28, 1], "layers": layers}))


def test_numbers_of_thousands_of_figures(tmp_path, refused):
    layers = [
        {"kind": "Flatten", "name": "f", "options": {}},
        {"kind": "Conv2D", "name": "c", "options": {"filters": 2}},
    ]
    refused(load_model, described(tmp_path, {"name": "a", "input_shape": [10**4000] * 3, "layers": layers}))


def test_a_layer_that_costs_more_than_it_looks(tmp_path, refused):
    layers = [
        {"kind": "MaxPool2D", "name": "a", "options": {"pool_size": 100, "stride": 1}},
        {"kind": "MaxPool2D", "name": "b", "options": {"pool_size": 157}},
        {"kind": "Flatten", "name": "f", "options": {}}, {"kind": "Dense", "name": "d", "options": {"units": 10}},
    ]  # fmt: skip
    refused(load_model, described(tmp_path, {"name": "a", "input_shape": [256, 256, 4], "layers": layers}))


def test_names_that_are_too_long(tmp_path, refused):
    refused(load_dataset, "mnist", "x" * 4000)
    refused(load_dataset, "x" * 4096)
    assert len(Settings(tmp_path / ("x" * 300)).problem) <= 300


def test_a_checkpoint_is_not_taken_for_a_model_and_is_told(tmp_path, refused):
    save_file({"epochs": np.zeros((1, 9))}, tmp_path / "c.safetensors", {"format": "cnn-gui checkpoint 2"})
    assert "--resume" in refused(load_model, tmp_path / "c.safetensors")


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as end:
        main([str(argument) for argument in arguments])
    return int(end.value.code or 0)


def test_an_inspection_writes_into_a_folder_of_its_own(tmp_path):
    page = np.full((40, 40), 255, np.uint8)
    page[8:32, 18:22] = 0
    folder, victim = tmp_path / "maps", tmp_path / "victim.txt"
    folder.mkdir()
    Image.fromarray(page).save(folder / "00-input.png")
    (folder / "why.csv").write_text("diary")
    victim.write_text("precious")
    (folder / "why-saliency.png").symlink_to(victim)
    before = (folder / "00-input.png").read_bytes()
    for more in ((), ("--overwrite",)):
        assert run("inspect", folder / "00-input.png", "--out", folder, *more) == 2
    assert ((folder / "00-input.png").read_bytes(), (folder / "why.csv").read_text()) == (before, "diary")
    assert victim.read_text() == "precious"
    own, image = tmp_path / "own", folder / "00-input.png"
    assert run("inspect", image, "--out", own, "--pin", "conv_2:5,6,9") == 0
    assert (own / "likes-conv_2-9.csv").exists()
    assert run("inspect", image, "--out", own) == 2
    (own / "notes.txt").write_text("mine")
    assert run("inspect", image, "--out", own, "--overwrite") == 0
    assert not (own / "likes-conv_2-9.csv").exists(), "nothing of the inspection before is left among the new files"
    assert (own / "notes.txt").read_text() == "mine"


def test_an_export_replaces_exports_only(tmp_path):
    package, notes = tmp_path / "package.json", tmp_path / "notes.txt"
    package.write_text('{"name": "package"}')
    notes.write_text("secret")
    (tmp_path / "link.npz").symlink_to(notes)
    for target in (package, tmp_path / "link.npz"):
        assert run("export", target, "--overwrite") == 2
    assert (package.read_text(), notes.read_text()) == ('{"name": "package"}', "secret")


def test_a_finished_model_is_not_replaced_by_another_runs_checkpoint(tmp_path):
    from cnn_core.presets import make_preset

    save_model(tmp_path / "m.safetensors", make_preset("mlp"), {"settings": {}, "reason": "finished"})
    before = (tmp_path / "m.safetensors").read_bytes()
    from cnn_core.digits import make_synthetic
    from cnn_core.training import Trainer, TrainingConfig, model_for

    config, data = TrainingConfig(dataset="synthetic", architecture="mlp", epochs=1), make_synthetic(60, seed=1)
    Trainer(model_for(config, data), config, data, checkpoint_path=tmp_path / "m.checkpoint.safetensors").run()
    assert run("train", "--resume", tmp_path / "m.checkpoint.safetensors") == 2
    assert (tmp_path / "m.safetensors").read_bytes() == before
