"""Feeds damaged and hostile files to every reader: only success or a `CnnError` may come back, soon and in little room.

    python -m benchmarks.fuzz                     25 000 mutants of each format
    python -m benchmarks.fuzz -n 500 model npz    500 of these two

Each mutant is made from a good file by a few changes: bits, bytes, blocks, lengths, words and values of its text; the
seed makes them come again. A fault is printed, and the mutant that made it is kept in ``--keep``. Ends with 1 if there
was one.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import io
import json
import resource
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from cnn_core.datasets import read_idx, read_npz
from cnn_core.digits import make_synthetic, read_unipen
from cnn_core.drawing import read_ink
from cnn_core.errors import CnnError
from cnn_core.evaluation import try_out
from cnn_core.layers import BatchNorm, Conv2D, Dense, Dropout, Flatten, LeakyReLU, MaxPool2D, Softmax
from cnn_core.model import Sequential
from cnn_core.storage import load_model, save_model
from cnn_core.storage.recording import load_recording
from cnn_core.training import Checkpoint, Trainer, TrainingConfig
from cnn_gui.settings import SETTINGS, read_settings

MUTANTS = 25_000
MOST_SECONDS = 1.0
MOST_MEMORY_MB = 500
MOST_WORDS = 300
MOST_PATH = 200
"""Letters of a message that are not counted: of the path that a user has given."""
NUMBERS = (0, 1, 2, 7, 127, 128, 255, 256, 32767, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 1, 2**63)
VALUES: tuple[Any, ...] = (
    None, True, [], {}, "", -1, 0, 1, 2, 1e308, -0.5, 1.5, 10**11, 10**30, "x/../../../E", "\0", "a" * 5000, [[]] * 50,
    [1, 2, 3, 4, 5, 6, 7, 8, 9], float("nan"), float("inf"), [28, 28, 1], "Conv2D", "Flatten", "same", {"kind": "ReLU"},
)  # fmt: skip
WORDS = (*(json.dumps(value).encode() for value in VALUES), b"1e999", b"[" * 2000, b'{"a":' * 500, b"9" * 400)


@dataclass(frozen=True)
class Format:
    """Good files of a kind, and what reads them."""

    name: str
    seeds: tuple[bytes, ...]
    read: Callable[[Path], object]


@dataclass
class Outcome:
    """What the mutants of a format led to."""

    read: int = 0
    refused: int = 0
    slowest_s: float = 0.0
    faults: list[str] = field(default_factory=list)


def mutate(content: bytes, rng: np.random.Generator, others: tuple[bytes, ...]) -> bytes:
    """``content`` with a few changes; half of those with text in JSON stay JSON."""
    if rng.integers(2) and (other := _other_json(content, rng)) is not None:
        return other
    data = bytearray(content)
    for _ in range(int(rng.geometric(0.6))):
        size = max(len(data), 1)
        at, other = int(rng.integers(size)), int(rng.integers(size))
        length = int(rng.integers(1, max(2, min(size, 64))))
        match int(rng.integers(10)):
            case 0 if data:
                data[at] ^= 1 << int(rng.integers(8))
            case 1 if data:
                data[at] = int(rng.integers(256))
            case 2:
                del data[at : at + length]
            case 3:
                data[at:at] = bytes(rng.integers(0, 256, length, np.uint8))
            case 4:
                data[at:at] = data[other : other + length]
            case 5:
                del data[at:]
            case 6:
                width, order = int(rng.choice([1, 2, 4, 8])), "little" if rng.integers(2) else "big"
                number = int(rng.choice(np.array(NUMBERS, np.uint64))) % 256**width
                data[at : at + width] = number.to_bytes(width, order)  # type: ignore[arg-type]
            case 7:
                source = others[int(rng.integers(len(others)))]
                start = int(rng.integers(max(len(source), 1)))
                data[at : at + length] = source[start : start + length]
            case 8:
                data = _other_word(data, rng)
            case _:
                data = _other_number(data, rng)
    return bytes(data)


def _other_json(content: bytes, rng: np.random.Generator) -> bytes | None:
    """A file of JSON, or a tensor file, with some values of its text replaced; None for other files."""
    try:
        size = int.from_bytes(content[:8], "little")
        is_tensors = content[8:9] == b"{" and size < len(content)
        value = json.loads(content[8 : 8 + size] if is_tensors else content)
    except ValueError:
        return None
    for _ in range(int(rng.geometric(0.7))):
        value = _other_value(value, rng)
    text = json.dumps(value).encode()
    return len(text).to_bytes(8, "little") + text + content[8 + size :] if is_tensors else text


def _other_value(value: Any, rng: np.random.Generator) -> Any:
    """A value within ``value``, also within texts that are JSON themselves, is replaced, doubled or taken away."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        with contextlib.suppress(ValueError):
            return json.dumps(_other_value(json.loads(value), rng))
    if not isinstance(value, (dict, list)) or not value or rng.random() < 0.1:
        return VALUES[int(rng.integers(len(VALUES)))]
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    key = keys[int(rng.integers(len(keys)))]
    changed: Any = value.copy()
    chance = rng.random()
    if chance < 0.08:
        del changed[key]
    elif chance < 0.16 and isinstance(changed, list):
        changed.insert(key, changed[int(rng.integers(len(changed)))])
    elif chance < 0.16:
        changed[f"{key}x"] = changed[key]
    else:
        changed[key] = _other_value(changed[key], rng)
    return changed


def _other_word(data: bytearray, rng: np.random.Generator) -> bytearray:
    """A value of JSON, as far as there is one, becomes another."""
    starts = [i for i, byte in enumerate(data[:4000]) if byte in b":,["]
    if not starts:
        return data
    start = int(rng.choice(starts)) + 1
    end = next((i for i in range(start, min(start + 200, len(data))) if data[i] in b",]}"), start)
    word = WORDS[int(rng.integers(len(WORDS)))]
    return _kept_length(data, data[:start] + word + data[end:])


def _other_number(data: bytearray, rng: np.random.Generator) -> bytearray:
    """A run of figures becomes another."""
    places = [i for i, byte in enumerate(data[:4000]) if chr(byte).isdigit()]
    if not places:
        return data
    start = int(rng.choice(places))
    end = next((i for i in range(start, len(data)) if not chr(data[i]).isdigit()), len(data))
    number = str(int(rng.choice(np.array(NUMBERS, np.uint64)))).encode()
    return _kept_length(data, data[:start] + number + data[end:])


def _kept_length(before: bytearray, after: bytearray) -> bytearray:
    """A changed header of a tensor file with its length set right, so that it is read at all."""
    length = int.from_bytes(before[:8], "little")
    if 8 < length < len(before) and before[8:9] == b"{":
        after[:8] = (length + len(after) - len(before)).to_bytes(8, "little")
    return after


def hunt(format_: Format, count: int, seed: int, keep: Path | None) -> Outcome:
    """Read ``count`` mutants of a format."""
    for good in format_.seeds:
        _expect_good(format_, good)
    rng, outcome = np.random.default_rng([seed, len(format_.name), *format_.name.encode()]), Outcome()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mutant"
        for number in range(count):
            content = mutate(format_.seeds[int(rng.integers(len(format_.seeds)))], rng, format_.seeds)
            path.write_bytes(content)
            if fault := _try(format_, path, outcome):
                outcome.faults.append(f"{format_.name} {number}: {fault}")
                if keep is not None:
                    keep.mkdir(parents=True, exist_ok=True)
                    (keep / f"{format_.name}-{number}").write_bytes(content)
    return outcome


def _expect_good(format_: Format, content: bytes) -> None:
    """A seed that is refused would make a hunt of no worth."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        format_.read(Path(file.name))


def _try(format_: Format, path: Path, outcome: Outcome) -> str:
    """What was wrong with the reading of one file; empty where nothing was."""
    before_mb, started = _peak_mb(), time.thread_time()
    fault = ""
    try:
        format_.read(path)
        outcome.read += 1
    except CnnError as error:
        outcome.refused += 1
        if len(str(error).replace(str(path), "")) > MOST_WORDS or "\n" in str(error):
            fault = f"a message of {len(str(error))} letters: {str(error)[:400]!r}"
    except BaseException:  # whatever it is, it is what is looked for
        fault = traceback.format_exc()
    seconds, grown_mb = time.thread_time() - started, _peak_mb() - before_mb
    outcome.slowest_s = max(outcome.slowest_s, seconds)
    if seconds > MOST_SECONDS:
        fault = fault or f"{seconds:.1f} s"
    if grown_mb > MOST_MEMORY_MB:
        fault = fault or f"{grown_mb:.0f} MB more"
    return fault


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# --- Good files


def formats() -> dict[str, Format]:
    """All readers with a few small files that they read."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        found = (
            Format("model", _models(place), _use_model),
            Format("checkpoint", _checkpoints(place), _use_checkpoint),
            Format("npz", _npz(), read_npz),
            Format("idx", _idx(), read_idx),
            Format("unipen", _unipen(), read_unipen),
            Format("recording", _recordings(), load_recording),
            Format("images", _images(), read_ink),
            Format("settings", _settings(), read_settings),
        )
    return {format_.name: format_ for format_ in found}


def _use_model(path: Path) -> None:
    try_out(load_model(path).model)


def _use_checkpoint(path: Path) -> None:
    checkpoint = Checkpoint.load(path)
    model = Sequential.from_config(checkpoint.architecture)
    model.load(checkpoint.best_weights)


def _small() -> Sequential:
    layers = [Conv2D(2, 3, padding="same"), BatchNorm(), LeakyReLU(), MaxPool2D(2), Dropout(0.5), Flatten(), Dense(3),
              Softmax()]  # fmt: skip
    return Sequential(layers, "small").build((8, 8, 1), np.random.default_rng(0))


def _models(place: Path) -> tuple[bytes, ...]:
    path = place / "m.safetensors"
    save_model(path, _small(), {"class_names": ["a", "b", "c"], "test_accuracy": 0.5, "dataset": "mnist"})
    flat = Sequential([Flatten(), Dense(2)]).build((2, 2, 1), np.random.default_rng(0))
    save_model(place / "f.safetensors", flat)
    return path.read_bytes(), (place / "f.safetensors").read_bytes()


def _checkpoints(place: Path) -> tuple[bytes, ...]:
    data = make_synthetic(40, seed=1)
    seeds = []
    quick = TrainingConfig(dataset="synthetic", epochs=1, batch_size=16, validation=0.25, threads=1)
    for config in (replace(quick, averaging=0.9), replace(quick, optimizer="momentum")):
        layers = [MaxPool2D(7), Flatten(), Dense(10), Softmax()]
        model = Sequential(layers, "tiny").build((28, 28, 1), np.random.default_rng(0))
        Trainer(model, config, data, checkpoint_path=place / "c.safetensors").run()
        seeds.append((place / "c.safetensors").read_bytes())
    return tuple(seeds)


def _npz() -> tuple[bytes, ...]:
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 256, (6, 5, 4), np.uint8), np.arange(6) % 3
    seeds = []
    for save, arrays in (
        (np.savez, {"images": images, "labels": labels}),
        (np.savez_compressed, {"x_train": images / 255, "y_train": labels, "x_test": images[:2] / 255,
                               "y_test": labels[:2, None]}),
    ):  # fmt: skip
        content = io.BytesIO()
        save(content, **arrays)
        seeds.append(content.getvalue())
    return tuple(seeds)


def _idx() -> tuple[bytes, ...]:
    raw = bytes([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 3, *range(18)])
    return raw, gzip.compress(raw), bytes([0, 0, 8, 1, 0, 0, 0, 3, 1, 2, 3])


def _unipen() -> tuple[bytes, ...]:
    text = b'.VERSION 1.0\n.SEGMENT DIGIT 0 ? "8"\n.COMMENT 8 1 3\n.PEN_DOWN\n 250 450\n 251 50\n.PEN_UP\n.DT 10\n'
    return text * 3, gzip.compress(text * 3)


def _recordings() -> tuple[bytes, ...]:
    strokes = [{"width": 0.06, "points": [[0.1, 0.2, 0], [0.3, 0.4, 16.5]]}, {"width": 0.1, "points": [[0.5, 0.5, 20]]}]
    return (json.dumps({"format": "cnn-gui drawing 1", "number": 7, "strokes": strokes}).encode(),)


def _images() -> tuple[bytes, ...]:
    page = np.full((24, 20), 255, np.uint8)
    page[4:20, 9:12] = 10
    grey = Image.fromarray(page)
    seeds = []
    for kind, picture, options in (
        ("PNG", grey, {}), ("PNG", grey.convert("P"), {}), ("PNG", grey.convert("RGBA"), {}),
        ("JPEG", grey, {}), ("JPEG", grey.convert("RGB"), {"progressive": True}), ("GIF", grey.convert("P"), {}),
        ("BMP", grey.convert("RGB"), {}), ("TIFF", grey, {"compression": "tiff_lzw"}), ("TIFF", grey, {}),
        ("TIFF", grey.convert("1"), {"compression": "group4"}), ("WEBP", grey.convert("RGB"), {"lossless": True}),
        ("WEBP", grey.convert("RGB"), {}), ("PPM", grey, {}), ("PPM", grey.convert("RGB"), {}),
    ):  # fmt: skip
        content = io.BytesIO()
        picture.save(content, kind, **options)
        seeds.append(content.getvalue())
    plain = b"P2\n# a comment\n4 4\n255\n" + b"255 0 255 255\n" * 4
    return (*seeds, plain)


def _settings() -> tuple[bytes, ...]:
    values = {key: setting.default for key, setting in SETTINGS.items()}
    return json.dumps(values).encode(), json.dumps(
        values | {"window": [1, 2, 3, 4], "theme": "light"}, indent=1
    ).encode()


def main() -> None:
    known = formats()
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("formats", nargs="*", metavar="FORMAT", help=f"{', '.join(known)}; default: all")
    parser.add_argument("-n", type=int, default=MUTANTS, help="mutants of each format")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="folder for the mutants that made a fault")
    arguments = parser.parse_args()
    if unknown := set(arguments.formats) - known.keys():
        parser.error(f"expected formats of {', '.join(known)}, received {', '.join(sorted(unknown))}")
    warnings.simplefilter("error")
    faults = 0
    for name in arguments.formats or known:
        started = time.monotonic()
        with contextlib.redirect_stderr(io.StringIO()) as said:
            outcome = hunt(known[name], arguments.n, arguments.seed, arguments.keep)
        if said.getvalue():
            outcome.faults.append(f"{name}: something was printed: {said.getvalue()[:300]}")
        print(
            f"{name:<11}{arguments.n:>7,} mutants: {outcome.read:>6,} read, {outcome.refused:>6,} refused, "
            f"{len(outcome.faults)} faults; slowest {outcome.slowest_s:.3f} s; {time.monotonic() - started:.0f} s"
        )
        for fault in outcome.faults[:10]:
            print(f"    {fault}")
        faults += len(outcome.faults)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
