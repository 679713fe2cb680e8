"""A network as a value: which layers, with which options, for any images and any number of classes; TOML in and out.

::

    name = "small"

    [[layers]]
    kind = "Conv2D"
    filters = 8
    kernel_size = 3
    padding = "same"

    [[layers]]
    kind = "Flatten"

    [[layers]]
    kind = "Dense"
    units = "classes"
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cnn_core.errors import CnnError, ConfigError
from cnn_core.files import brief, read_file
from cnn_core.layers import LAYER_KINDS, Layer
from cnn_core.layers.options import Option
from cnn_core.model import MOST_LAYERS, MOST_NAME, Sequential

CLASSES = "classes"
"""What a `Dense` may have for its units: as many as the data have classes."""
MOST_TOML_BYTES, MOST_TOML_LINE, MOST_DOTS = 1 << 16, 1000, 8
"""A line of thousands of dots takes the reader of TOML minutes."""
POOLS = ("MaxPool2D", "AveragePool2D")
"""Kinds whose stride is as large as their window where nothing is said."""


@dataclass(frozen=True, slots=True)
class LayerSpec:
    """One layer: its kind, its options by name as they were given (the others are at their defaults), and its name,
    empty for one that is made from its kind."""

    kind: str
    options: tuple[tuple[str, Any], ...] = ()
    name: str = ""

    def with_options(self, **values: Any) -> LayerSpec:
        """The same layer with other values of some options."""
        return replace(self, options=_frozen(dict(self.options) | values))

    def layer(self, classes: int) -> Layer:
        """A fresh layer; raises `ConfigError` for an option that is unknown, missing or out of its range."""
        if self.kind not in LAYER_KINDS:
            kinds = ", ".join(LAYER_KINDS)
            raise ConfigError(f"A layer expected one of the kinds {kinds}, received {brief(self.kind, 40)!r}.")
        kind = LAYER_KINDS[self.kind]
        known = {option.name: option for option in kind.OPTIONS}
        values = dict(self.options)
        if unknown := sorted(values.keys() - known.keys()):
            takes = ", ".join(known) or "no option at all"
            raise ConfigError(f"{self.kind} expected {takes}, received {brief(unknown[0], 40)!r}.")
        if missing := [name for name, option in known.items() if option.is_required and name not in values]:
            raise ConfigError(f"{self.kind} expected {missing[0]}, received none. {known[missing[0]].help}")
        if self.kind == "Dense" and values.get("units") == CLASSES:
            values["units"] = classes
        layer = kind(**values)
        layer.name = self.name
        return layer


@dataclass(frozen=True, slots=True)
class Architecture:
    """A network without weights, images or classes: it is built for those of the data."""

    name: str
    layers: tuple[LayerSpec, ...]

    def build_layers(self, classes: int) -> list[Layer]:
        """Fresh layers; raises `ConfigError`, which says which layer is wrong."""
        made: list[Layer] = []
        for number, spec in enumerate(self.layers, 1):
            try:
                made.append(spec.layer(classes))
            except ConfigError as error:
                raise ConfigError(f"Layer {number} of {brief(self.name, 40)}: {error}") from error
        return made

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready; `from_dict` is its twin."""
        return {
            "name": self.name,
            "layers": [
                {"kind": spec.kind, **({"name": spec.name} if spec.name else {}), **_plain(dict(spec.options))}
                for spec in self.layers
            ],
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Architecture:
        """Checked: kinds, names and options, each with its range. Raises `ConfigError`."""
        if not isinstance(values, Mapping) or values.keys() - {"name", "layers"}:
            raise ConfigError("An architecture expected a name and layers, received something else.")
        name, layers = values.get("name", "network"), values.get("layers")
        if not isinstance(name, str) or not name or len(name) > MOST_NAME or not name.isprintable():
            raise ConfigError(
                f"An architecture expected a name of at most {MOST_NAME} letters, received {brief(name)!r}."
            )
        if not isinstance(layers, (list, tuple)) or not 0 < len(layers) <= MOST_LAYERS:
            raise ConfigError(f"{brief(name, 40)} expected 1 to {MOST_LAYERS} layers, received {_count(layers)}.")
        made = cls(name, tuple(_spec(number, entry) for number, entry in enumerate(layers, 1)))
        made.build_layers(classes=2)
        return made

    @classmethod
    def of_model(cls, model: Sequential) -> Architecture:
        """The architecture of a model; its last `Dense` gets as many units as data have classes."""
        config = model.config()["layers"]
        last = max((i for i, entry in enumerate(config) if entry["kind"] == "Dense"), default=-1)
        specs = []
        for number, entry in enumerate(config):
            options = {
                name: value
                for name, value in entry["options"].items()
                if not _is_default(LAYER_KINDS[entry["kind"]].OPTIONS, name, value)
                and not (entry["kind"] in POOLS and name == "stride" and value == entry["options"]["pool_size"])
            }
            if number == last and options.get("units") == model.output_shape[0]:
                options["units"] = CLASSES
            specs.append(LayerSpec(entry["kind"], _frozen(options)))
        return cls(model.name, tuple(specs))

    # --- Changes, each a new network

    def with_layer(self, number: int, spec: LayerSpec) -> Architecture:
        """Another layer in the place of layer ``number``."""
        return replace(self, layers=(*self.layers[:number], spec, *self.layers[number + 1 :]))

    def with_inserted(self, number: int, spec: LayerSpec) -> Architecture:
        """One layer more, which becomes layer ``number``."""
        return replace(self, layers=(*self.layers[:number], spec, *self.layers[number:]))

    def without(self, number: int) -> Architecture:
        """One layer less."""
        return replace(self, layers=(*self.layers[:number], *self.layers[number + 1 :]))

    def moved(self, number: int, to: int) -> Architecture:
        """Layer ``number`` becomes layer ``to``."""
        return self.without(number).with_inserted(to, self.layers[number])

    # --- TOML

    def to_toml(self) -> str:
        """As text that `from_toml` reads."""
        lines = [f"name = {json.dumps(self.name, ensure_ascii=False)}"]
        for spec in self.layers:
            lines += ["", "[[layers]]", f"kind = {json.dumps(spec.kind)}"]
            if spec.name:
                lines.append(f"name = {json.dumps(spec.name, ensure_ascii=False)}")
            lines += [f"{name} = {json.dumps(_plain(value), ensure_ascii=False)}" for name, value in spec.options]
        return "\n".join(lines) + "\n"

    @classmethod
    def from_toml(cls, text: str) -> Architecture:
        """Of TOML text; raises `ConfigError` that names the line."""
        expect_plain_toml(text, "An architecture")
        try:
            values = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
            raise ConfigError(
                f"An architecture expected TOML, received something else: {brief(error, 120)}."
            ) from error
        try:
            return cls.from_dict(values)
        except ConfigError as error:
            line = _line_of(str(error), text)
            raise ConfigError(f"Line {line}: {error}" if line else str(error)) from error

    @classmethod
    def load(cls, path: str | Path) -> Architecture:
        """Of a TOML file; raises `ConfigError`."""
        name = brief(Path(path).name)
        text = read_file(path, MOST_TOML_BYTES, "TOML file of a network", ConfigError)
        try:
            return cls.from_toml(text.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise ConfigError(f"{name} expected text in UTF-8, received something else.") from error
        except CnnError as error:
            raise ConfigError(f"{name}: {error}") from error


def expect_plain_toml(text: str, what: str) -> None:
    """Raise `ConfigError` for text that is so long, or has such long lines, that TOML's reader takes minutes."""
    if len(text) > MOST_TOML_BYTES or any(len(line) > MOST_TOML_LINE for line in text.split("\n")):
        raise ConfigError(
            f"{what} expected at most {MOST_TOML_BYTES:,} letters, {MOST_TOML_LINE:,} in a line, received more."
        )
    if any(line.split("=")[0].count(".") > MOST_DOTS for line in text.split("\n")):
        raise ConfigError(f"{what} expected plain names of settings, received names in {MOST_DOTS} parts and more.")


def _line_of(problem: str, text: str) -> int:
    """Which line of a network's TOML a problem of one of its layers is about; 0 where that is not known."""
    found = re.match(r"Layer (\d+)\b", problem)
    lines = text.split("\n")
    heads = [number for number, line in enumerate(lines, 1) if line.strip() == "[[layers]]"]
    if found is None or int(found[1]) > len(heads):
        return 0
    number = int(found[1])
    end = heads[number] if number < len(heads) else len(lines) + 1
    for place in range(heads[number - 1] + 1, end):
        option = lines[place - 1].partition("=")[0].strip()
        if option and re.search(rf"\b{re.escape(option)}\b", problem):
            return place
    return heads[number - 1]


def _spec(number: int, entry: object) -> LayerSpec:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("kind"), str):
        raise ConfigError(f'Layer {number} expected a kind, such as kind = "Conv2D", received {brief(entry, 60)}.')
    name = entry.get("name", "")
    if not isinstance(name, str) or len(name) > MOST_NAME or not name.isprintable():
        raise ConfigError(
            f"Layer {number} expected a name of at most {MOST_NAME} letters, received {brief(name, 40)!r}."
        )
    options = {str(key): value for key, value in entry.items() if key not in ("kind", "name")}
    return LayerSpec(entry["kind"], _frozen(options), name)


def _frozen(options: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple((name, tuple(value) if isinstance(value, list) else value) for name, value in options.items())


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return list(value) if isinstance(value, tuple) else value


def _is_default(options: tuple[Option, ...], name: str, value: Any) -> bool:
    option = next(option for option in options if option.name == name)
    if option.is_required or option.default is None:
        return False
    return option.checked(option.default, "") == (tuple(value) if isinstance(value, list) else value)


def _count(layers: object) -> str:
    return str(len(layers)) if isinstance(layers, (list, tuple)) else "none"
