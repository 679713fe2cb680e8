"""Model files: what goes in comes out, what is wrong is refused, what was there stays."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file

from cnn_core.assets import asset_path, bundled_model_path
from cnn_core.errors import CnnError, ImageError, ModelFileError
from cnn_core.files import expect_writable
from cnn_core.layers import AveragePool2D, BatchNorm, Conv2D, Dense, Dropout, Flatten, LeakyReLU, Sigmoid, Softmax, Tanh
from cnn_core.model import Sequential
from cnn_core.presets import PRESETS, make_preset
from cnn_core.storage import export_onnx, load_model, save_model
from cnn_core.storage.model_file import FORMAT
from cnn_core.storage.recording import load_recording, save_recording

GOLDEN = Path(__file__).parent.parent / "golden"


@pytest.mark.parametrize("name", PRESETS)
def test_round_trip(name, tmp_path, rng):
    model = make_preset(name, rng)
    weight = model.layers[-2].parameters["weight"]
    model.layers[-2].parameters["weight"] = np.asfortranarray(weight)  # a layout that must not be stored as it lies
    save_model(tmp_path / "m.safetensors", model, {"class_names": list("abcdefghij"), "seed": 3})
    file = load_model(tmp_path / "m.safetensors")
    x = rng.random((4, 28, 28, 1), np.float32)
    for name_, array in (model.parameters | model.buffers).items():
        np.testing.assert_array_equal((file.model.parameters | file.model.buffers)[name_], array)
    np.testing.assert_allclose(file.model.predict(x), model.predict(x), atol=1e-6)
    assert file.model.config() == model.config()
    assert file.training["seed"] == 3
    assert file.class_names == tuple("abcdefghij")


def test_buffers_are_stored_too(tmp_path, rng):
    model = Sequential([Flatten(), BatchNorm(), Dense(3)]).build((2, 2, 1), rng)
    model.buffers["batch_norm_1.mean"][...] = 5
    save_model(tmp_path / "m.safetensors", model)
    assert load_model(tmp_path / "m.safetensors").model.buffers["batch_norm_1.mean"].tolist() == [5] * 4


def test_a_golden_file_still_loads():
    """Written by the first version; a later one that cannot read it has broken its users' models."""
    file = load_model(GOLDEN / "model-1.safetensors")
    golden = np.load(GOLDEN / "model-1.npz")
    np.testing.assert_allclose(file.model.predict(golden["images"]), golden["probabilities"], atol=1e-6)
    assert file.class_names == ("no", "yes", "maybe")
    assert [layer.kind for layer in file.model] == golden["kinds"].tolist()


def test_the_bundled_model_says_how_it_was_made():
    file = load_model(bundled_model_path())
    assert file.training["dataset"] == "mixed"
    assert file.training["test_accuracy"] >= 0.9955
    assert file.model.parameter_count < 1_500_000
    assert 0 < file.calibration.threshold < 1
    assert file.training["test_images"] == 10_000
    assert file.training["command"].startswith("cnn-core train --dataset mixed")
    assert "CC BY-SA" in file.training["licence"]
    assert "CC BY 4.0" in file.training["licence"]


def good_parts(rng) -> tuple[dict, dict]:
    model = Sequential([Flatten(), Dense(2)], "tiny").build((2, 2, 1), rng)
    metadata = {"format": FORMAT, "architecture": json.dumps(model.config()), "preprocessing": "{}", "training": "{}"}
    return dict(model.parameters), metadata


def change(arrays, metadata, what):
    architecture = json.loads(metadata["architecture"])
    match what:
        case "no format":
            del metadata["format"]
        case "other format":
            metadata["format"] = "cnn-gui model 99"
        case "no architecture":
            del metadata["architecture"]
        case "not json":
            metadata["architecture"] = "{"
        case "list":
            metadata["architecture"] = "[]"
        case "deep":
            metadata["architecture"] = "[" * 100_000
        case "unknown layer":
            architecture["layers"][1]["kind"] = "Attention"
        case "huge":
            architecture["layers"][1]["options"]["units"] = 10**12
        case "other shape":
            arrays["dense_1.weight"] = np.zeros((4, 3), np.float32)
        case "missing":
            del arrays["dense_1.bias"]
        case "extra":
            arrays["dense_9.bias"] = np.zeros(1, np.float32)
        case "float64":
            arrays["dense_1.bias"] = np.zeros(2)
        case "nan":
            arrays["dense_1.bias"] = np.full(2, np.nan, np.float32)
        case "image out":
            architecture["layers"] = [{"kind": "ReLU", "name": "relu_1", "options": {}}]
            arrays.clear()
    if what in ("unknown layer", "huge", "image out"):
        metadata["architecture"] = json.dumps(architecture)


def test_names_that_lead_nowhere_are_told(tmp_path, rng):
    model = make_preset("mlp", rng)
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    long = tmp_path / ("m" * 300)
    for path in (tmp_path / "a", long):
        with pytest.raises(ModelFileError, match="Expected to write"):
            expect_writable(path)
        with pytest.raises(ModelFileError, match="Expected to write"):
            save_model(path, model)
    with pytest.raises(ModelFileError, match=r"xpected a model file"):
        load_model(long)
    save_model(tmp_path / ("m" * 255), model)
    assert len(list(tmp_path.iterdir())) == 3, "nothing is left behind"


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("no format", "expected the format"), ("other format", "found 'cnn-gui model 99'"),
        ("no architecture", "'architecture' as JSON"), ("not json", "'architecture' as JSON"),
        ("list", "to be an object"), ("deep", "'architecture' as JSON"), ("unknown layer", "received 'Attention'"),
        ("huge", "at most 25,000,000 parameters"), ("other shape", r"expected the shape \[4, 2\], received"),
        ("missing", r"missing: dense_1\.bias"), ("extra", r"unknown: dense_9\.bias"), ("float64", "float32"),
        ("nan", "finite"), ("image out", "one row of outputs"),
    ],
)  # fmt: skip
def test_bad_model_files_are_refused(tmp_path, rng, what, message):
    arrays, metadata = good_parts(rng)
    change(arrays, metadata, what)
    save_file(arrays, tmp_path / "bad.safetensors", metadata)
    with pytest.raises(ModelFileError, match=message):
        load_model(tmp_path / "bad.safetensors")


@settings(max_examples=80, deadline=None)
@given(cut=st.integers(0, 2000), at=st.integers(0, 1500), byte=st.integers(0, 255))
def test_damaged_bytes_never_escape(tmp_path_factory, cut, at, byte):
    folder = tmp_path_factory.mktemp("damaged")
    arrays, metadata = good_parts(np.random.default_rng(0))
    save_file(arrays, folder / "m.safetensors", metadata)
    content = bytearray((folder / "m.safetensors").read_bytes())
    content[min(at, len(content) - 1)] = byte
    (folder / "m.safetensors").write_bytes(content[: len(content) - cut] if cut < len(content) else b"")
    with contextlib.suppress(ModelFileError):
        load_model(folder / "m.safetensors")


def test_a_failed_save_loses_nothing(tmp_path, rng, monkeypatch):
    target = tmp_path / "m.safetensors"
    model = make_preset("mlp", rng)
    save_model(target, model)
    before = target.read_bytes()

    def broken(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(ModelFileError, match="No space left on device"):
        save_model(target, make_preset("mlp", rng))
    assert target.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["m.safetensors"], "no temporary file is left"
    with pytest.raises(ModelFileError, match="Expected to write"):
        save_model(target / "below" / "a-file.safetensors", model)
    with pytest.raises(ModelFileError, match="found nothing"):
        load_model(tmp_path / "none.safetensors")


def test_links_and_rights_are_kept(tmp_path, rng):
    real, link = tmp_path / "real.safetensors", tmp_path / "link.safetensors"
    save_model(real, make_preset("mlp", rng))
    real.chmod(0o600)
    link.symlink_to(real)
    save_model(link, make_preset("lenet5", rng))
    assert link.is_symlink()
    assert load_model(real).model.name == "lenet5"
    assert real.stat().st_mode & 0o777 == 0o600
    before = os.umask(0o027)
    try:
        save_model(tmp_path / "new.safetensors", make_preset("mlp", rng))
    finally:
        os.umask(before)
    assert (tmp_path / "new.safetensors").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("name", [*PRESETS, "all layers"])
def test_onnx_computes_the_same(name, tmp_path, rng):
    from onnx import load
    from onnx.reference import ReferenceEvaluator

    if name == "all layers":
        model = Sequential([
            Conv2D(3, (3, 2), (2, 1), "same"), BatchNorm(), LeakyReLU(0.2), AveragePool2D((2, 3), (1, 2)), Conv2D(4, 2),
            Sigmoid(), Dropout(0.5), Flatten(), Dense(6), BatchNorm(), Tanh(), Dense(4), Softmax(),
        ], "mixed").build((13, 12, 2), rng)  # fmt: skip
        for name_, buffer in model.buffers.items():
            buffer[...] = rng.random(buffer.shape) + (0.5 if name_.endswith("variance") else 0)
    else:
        model = make_preset(name, rng)
    export_onnx(tmp_path / "m.onnx", model)
    x = rng.random((3, *model.input_shape), np.float32)
    (found,) = ReferenceEvaluator(load(tmp_path / "m.onnx")).run(None, {"images": x})
    np.testing.assert_allclose(found, model.predict(x), atol=2e-5)


def test_recordings(tmp_path):
    recording = load_recording(asset_path("samples/year.json"))
    assert recording.number == 2026
    save_recording(tmp_path / "r.json", recording)
    again = load_recording(tmp_path / "r.json")
    np.testing.assert_array_equal(again.strokes[0].stroke.points, recording.strokes[0].stroke.points)
    for content in ("", "[]", '{"format": "x"}', '{"format": "cnn-gui drawing 1", "strokes": [{"width": 1}]}'):
        (tmp_path / "bad.json").write_text(content)
        with pytest.raises(ImageError, match="expected"):
            load_recording(tmp_path / "bad.json")


def test_assets_are_found_from_another_folder(tmp_path):
    code = "from cnn_core.assets import asset_path; print(asset_path('icons/app.svg').read_text()[:4])"
    found = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "<svg"
    with pytest.raises(ModelFileError, match="Install it again"):
        asset_path("models/none.safetensors")


def test_every_error_has_one_base():
    assert issubclass(ModelFileError, CnnError)
