"""Which runs a sweep makes: settings from a TOML file, of which some have lists.

::

    name = "rates"                # of the sweep; else the file's
    dataset = "mnist"
    preset = "digits"             # or architecture = "mine.toml"
    epochs = 2

    [grid]                        # every combination
    learning_rate = [0.001, 0.002, 0.004]
    batch_size = [32, 64]
    "conv_1.filters" = [8, 16]    # an option of a layer, by the layer's name

    # or: [random], so many combinations drawn by chance
    # runs = 20
    # learning_rate = [0.0005, 0.001, 0.002, 0.004]
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from itertools import islice, product
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from cnn_core.architecture import Architecture, expect_plain_toml
from cnn_core.errors import CnnError, ConfigError
from cnn_core.files import brief, read_file
from cnn_core.model import Sequential
from cnn_core.optimizers import DEFAULT_RATES
from cnn_core.presets import PRESETS
from cnn_core.sources import absolute
from cnn_core.training import TrainingConfig

MOST_BYTES, MOST_RUNS, MOST_VALUES = 1 << 16, 10_000, 1000
SETTINGS = tuple(field.name for field in fields(TrainingConfig) if field.name not in ("changes", "architecture"))


@dataclass(frozen=True, slots=True)
class SweepPlan:
    """All runs of a sweep, in their order; ``choices`` are the values of the settings that differ, for each."""

    name: str
    configs: tuple[TrainingConfig, ...]
    choices: tuple[Mapping[str, Any], ...]

    @property
    def varied(self) -> tuple[str, ...]:
        """Names of the settings that differ."""
        return tuple(self.choices[0])


def load_sweep(path: Path) -> SweepPlan:
    """The sweep in a TOML file; raises `ConfigError`, before anything is run, for settings that make no sense."""
    name = brief(path.name)
    text = read_file(path, MOST_BYTES, "TOML file of a sweep", ConfigError)
    try:
        words = text.decode("utf-8")
        expect_plain_toml(words, name)
        values = tomllib.loads(words)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise ConfigError(f"{name} expected TOML, received something else: {brief(error, 120)}.") from error
    try:
        return _planned(values, path)
    except CnnError as error:
        raise ConfigError(f"{name}: {error}") from error
    except (TypeError, ValueError, OverflowError) as error:
        raise ConfigError(f"{name} expected settings of their own kinds, received others: {brief(error)}.") from error


def _planned(values: dict[str, Any], path: Path) -> SweepPlan:
    kinds = [kind for kind in ("grid", "random") if kind in values]
    if len(kinds) != 1 or not isinstance(values[kinds[0]], dict):
        raise ConfigError("A sweep expected [grid] or [random] with lists of values, received neither or both.")
    table: dict[str, Any] = dict(values.pop(kinds[0]))
    name = str(values.pop("name", path.stem))
    count = table.pop("runs", None) if kinds[0] == "random" else None
    lists = {str(key): _a_list(str(key), value) for key, value in table.items()}
    if not lists:
        raise ConfigError("A sweep expected at least one setting with a list of values, received none.")
    drawn = _grid(lists) if kinds[0] == "grid" else _random(lists, count, int(values.get("seed", 0)))
    choices = tuple(drawn)
    configs = tuple(_config(values, chosen, path.parent) for chosen in choices)
    return SweepPlan(brief(name, 60), configs, choices)


def _a_list(key: str, value: Any) -> list[Any]:
    if not isinstance(value, list) or not 0 < len(value) <= MOST_VALUES:
        raise ConfigError(
            f"{brief(key, 40)} expected a list of 1 to {MOST_VALUES} values, received {brief(value, 40)}."
        )
    return list(value)


def _a_text(key: str, value: Any) -> str:
    if not isinstance(value, str):
        raise ConfigError(f"{key} expected a text, received {brief(value, 40)}.")
    return value


def _grid(lists: Mapping[str, list[Any]]) -> Iterator[dict[str, Any]]:
    total = prod(len(values) for values in lists.values())
    if total > MOST_RUNS:
        raise ConfigError(f"A sweep expected at most {MOST_RUNS:,} runs, received {total:,}.")
    for values in product(*lists.values()):
        yield dict(zip(lists, values, strict=True))


def _random(lists: Mapping[str, list[Any]], count: Any, seed: int) -> Iterator[dict[str, Any]]:
    """Different combinations as long as there are any."""
    if type(count) is not int or not 0 < count <= MOST_RUNS:
        raise ConfigError(f"[random] expected runs = 1 to {MOST_RUNS}, received {brief(count, 40)}.")
    rng, seen = np.random.default_rng(seed), set[tuple[int, ...]]()
    total = prod(len(values) for values in lists.values())

    def draws() -> Iterator[dict[str, Any]]:
        while len(seen) < total:
            places = tuple(int(rng.integers(len(values))) for values in lists.values())
            if places not in seen:
                seen.add(places)
                yield {key: values[place] for (key, values), place in zip(lists.items(), places, strict=True)}

    yield from islice(draws(), count)


def _config(values: Mapping[str, Any], chosen: Mapping[str, Any], folder: Path) -> TrainingConfig:
    settings = dict(values) | {key: value for key, value in chosen.items() if "." not in key}
    options = {key: value for key, value in chosen.items() if "." in key}
    architecture = _network(settings.pop("preset", None), settings.pop("architecture", None), folder)
    if unknown := settings.keys() - set(SETTINGS):
        raise ConfigError(f"A sweep expected settings of a run, received {brief(sorted(unknown)[0], 40)!r}.")
    if "dataset" in settings:
        settings["dataset"] = absolute(_a_text("dataset", settings["dataset"]))
    optimizer = settings.get("optimizer", TrainingConfig().optimizer)
    settings.setdefault("learning_rate", DEFAULT_RATES.get(optimizer, TrainingConfig().learning_rate))
    config = TrainingConfig(**settings, architecture=architecture)
    return replace(config, architecture=_with_options(architecture, options)) if options else config


def _network(preset: Any, file: Any, folder: Path) -> str | Architecture:
    if preset is not None and file is not None:
        raise ConfigError("A sweep expected preset or architecture, received both.")
    if file is not None:
        return Architecture.load(folder / str(file))
    return str(preset) if preset is not None else TrainingConfig().architecture


def _with_options(network: str | Architecture, options: Mapping[str, Any]) -> Architecture:
    """The network with other options of layers: ``conv_1.filters``."""
    if isinstance(network, str):
        if network not in PRESETS:
            raise ConfigError(f"The preset expected one of {', '.join(PRESETS)}, received {brief(network, 40)!r}.")
        model = Sequential(PRESETS[network].layers(10), network).infer_shapes((28, 28, 1))
        network = Architecture.of_model(model)
    names = [layer.name for layer in Sequential(network.build_layers(2)).layers]
    for key, value in options.items():
        layer, _, option = key.partition(".")
        if layer not in names:
            raise ConfigError(f"{brief(key, 40)} expected one of the layers {', '.join(names)}.")
        number = names.index(layer)
        network = network.with_layer(number, network.layers[number].with_options(**{option: value}))
    network.build_layers(2)
    return network
