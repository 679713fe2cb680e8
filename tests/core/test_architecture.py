"""Networks as values: TOML in and out, options with their ranges, and what a run makes of them."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest

from cnn_core.architecture import CLASSES, Architecture
from cnn_core.cli import main
from cnn_core.datasets.dataset import Dataset
from cnn_core.errors import ConfigError
from cnn_core.layers import LAYER_KINDS
from cnn_core.preprocessing import InputSpec
from cnn_core.presets import PRESETS, make_preset
from cnn_core.storage import load_model
from cnn_core.training import TrainingConfig, model_for
from cnn_core.training.start import network_of

SMALL = """name = "small"

[[layers]]
kind = "Conv2D"
filters = 8
kernel_size = [3, 5]
padding = "same"

[[layers]]
kind = "ReLU"

[[layers]]
kind = "MaxPool2D"

[[layers]]
kind = "Flatten"

[[layers]]
kind = "Dense"
units = "classes"
"""


def test_toml_in_and_out():
    small = Architecture.from_toml(SMALL)
    assert small.to_toml() == SMALL
    assert Architecture.from_dict(json.loads(json.dumps(small.as_dict()))) == small
    assert hash(small) == hash(Architecture.from_toml(SMALL))
    layers = small.build_layers(7)
    assert [layer.kind for layer in layers] == ["Conv2D", "ReLU", "MaxPool2D", "Flatten", "Dense"]
    assert layers[0].options() == {
        "filters": 8, "kernel_size": [3, 5], "stride": [1, 1], "padding": "same", "initializer": "he",
    }  # fmt: skip
    assert layers[-1].options()["units"] == 7


@pytest.mark.parametrize("name", PRESETS)
def test_every_model_has_an_architecture_that_makes_its_twin(name, rng):
    model = make_preset(name, rng)
    found = Architecture.from_toml(Architecture.of_model(model).to_toml())
    assert network_of(found, model.input_shape, 10).config() == model.config()
    assert found.layers[-2].options[0] == ("units", CLASSES)


@pytest.mark.parametrize("kind", LAYER_KINDS)
def test_every_option_has_a_schema(kind):
    made = LAYER_KINDS[kind]
    names = [option.name for option in made.OPTIONS]
    assert len(names) == len(set(names))
    values = {option.name: {"whole number": 3, "number": 0.5}[option.type] for option in made.OPTIONS
              if option.is_required}  # fmt: skip
    layer = made(**values)
    assert list(layer.options()) == names
    for option in made.OPTIONS:
        assert option.help.endswith(".")
        wrong = {"whole number": 0, "size": [1, 2, 3], "number": option.high + 1, "choice": "nothing"}[option.type]
        for bad in (wrong, None if option.default is not None else "x", True, float("nan"), "1", {}):
            with pytest.raises(ConfigError, match=f"{option.name} of {kind}"):
                made(**values | {option.name: bad})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("kind = \"ReLU\"", "kind = \"Relu\""), "Layer 2 of small: A layer expected one of the kinds"),
        (("filters = 8\n", ""), "Layer 1 of small: Conv2D expected filters, received none"),
        (("filters = 8", "filter = 8"), "Conv2D expected filters, kernel_size, stride, padding, initializer"),
        (("filters = 8", "filters = 0"), "filters of Conv2D expected a whole number"),
        (("\"same\"", "\"full\""), "expected 'valid' or 'same'"),
        (("[[layers]]\nkind = \"ReLU\"", "[[layers]]\nkind = 3"), "Layer 2 expected a kind"),
        (("name = \"small\"", "nom = \"small\""), "expected a name and layers"),
        (("name = \"small\"", "name = "), "line 1"),
        (("units = \"classes\"", "units = \"many\""), "units of Dense"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(change, said):
    with pytest.raises(ConfigError, match=said.replace("[", r"\[")):
        Architecture.from_toml(SMALL.replace(*change))


def test_a_config_holds_a_preset_or_a_whole_network():
    whole = TrainingConfig(architecture=Architecture.from_toml(SMALL))
    assert TrainingConfig.from_dict(json.loads(json.dumps(whole.as_dict()))) == whole
    assert (whole.network_name, TrainingConfig().network_name) == ("small", "digits")
    data = Dataset("x", np.zeros((3, 12, 10, 3), np.uint8), np.array([0, 1, 2]))
    assert model_for(whole, data).output_shape == (3,)
    fixed = TrainingConfig(architecture=Architecture.from_toml(SMALL.replace('"classes"', "5")))
    with pytest.raises(ConfigError, match="end with the 3 classes of the data"):
        model_for(fixed, data)


def test_the_command_line_trains_a_network_from_a_file(tmp_path, capsys, small_digits):
    (tmp_path / "net.toml").write_text(SMALL)
    np.savez(tmp_path / "own.npz", x_train=small_digits.images, y_train=small_digits.labels)
    arguments = ["train", "-d", tmp_path / "own.npz", "--architecture", tmp_path / "net.toml", "-e", "1"]

    def run(*more: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in (*arguments, "--out", tmp_path / "m.safetensors", *more)])
        return int(ended.value.code or 0), capsys.readouterr().err

    assert run()[0] == 0
    assert load_model(tmp_path / "m.safetensors").model.name == "small"
    assert "received both" in run("--preset", "mlp")[1]
    (tmp_path / "net.toml").write_text("name = 3")
    code, err = run()
    assert code == 2
    assert "net.toml" in err


def test_lines_that_take_minutes_are_refused():
    begun = time.monotonic()
    for text in ("a" + ".a" * 20_000 + " = 1", "a = [" + "[" * 5000):
        with pytest.raises(ConfigError, match="letters, 1,000 in a line"):
            Architecture.from_toml(text)
    assert time.monotonic() - begun < 1


@pytest.mark.parametrize("number", [10**400, float("nan"), float("inf"), -(10**400)])
def test_numbers_of_any_size_are_refused(number):
    for kind, name in (("Dropout", "rate"), ("LeakyReLU", "slope")):
        with pytest.raises(ConfigError, match=name):
            Architecture.from_dict({"name": "n", "layers": [{"kind": kind, name: number}]})
    with pytest.raises(ConfigError, match="learning rate"):
        TrainingConfig(learning_rate=number)
    with pytest.raises(ConfigError, match="box"):
        InputSpec(box_px=number)
