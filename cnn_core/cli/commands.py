"""The commands that use a model: evaluate, classify, export."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray
from rich.table import Table

from cnn_core.assets import BUNDLED, bundled_model_path
from cnn_core.cli.options import DataDir, Json, Model, Threads
from cnn_core.cli.output import DataProgress, console, fail, messages, print_json, progress_bar
from cnn_core.cli.outputs import Overwrite, expect_output
from cnn_core.datasets.edits import EditBook
from cnn_core.digits.reading import ReadItem, are_digits, reading, text_of
from cnn_core.drawing import read_picture
from cnn_core.errors import CnnError
from cnn_core.evaluation import class_report, expect_finite, wilson_interval
from cnn_core.evaluation import evaluate as evaluate_model
from cnn_core.files import brief, file_name, printable, write_atomically
from cnn_core.preprocessing import WHOLE
from cnn_core.runs.record import trained_on
from cnn_core.sources import load_dataset, tested_on
from cnn_core.storage import ModelFile, export_onnx, open_model

MOST_START = 4096
MOST_IN_TABLE = 40
"""Classes of a confusion matrix that a terminal has room for."""
EXPORTS = (".onnx", ".npz", ".json")
Images = Annotated[list[Path], typer.Argument(help="Pictures of one thing each, or of a number: PNG, JPEG, BMP, …")]


def evaluate(
    model: Model = BUNDLED,
    dataset: Annotated[
        str | None,
        typer.Option("--dataset", "-d", help="Its name, or a path; default: what the model learnt from, else mnist."),
    ] = None,
    data_dir: DataDir = None,
    confusion: Annotated[
        bool, typer.Option("--confusion", help="Print the whole confusion matrix: rows what it is, columns read as.")
    ] = False,
    threads: Threads = 0,
    as_json: Json = False,
) -> None:
    """Measure a model on the test part of a data set: accuracy, loss, each class, the commonest mistakes."""
    file = open_model(model)
    dataset = dataset or tested_on(trained_on(file.training))
    with progress_bar() as progress:
        watch = DataProgress(progress)
        raw = load_dataset(dataset, data_dir, progress=watch).test
        edits = EditBook().read(raw)
        test = edits.applied(raw).for_classes(file.class_names)
        watch.finish()
        if edits:
            messages.print(f"{raw.name}: {len(edits)} test images were relabelled or left out by hand", soft_wrap=True)
        if test.note:
            messages.print(f"{test.name}: {test.note}", soft_wrap=True)
        found = evaluate_model(file.model, test, threads or None, lambda done, total: watch("reading", done, total))
    expect_finite(file.model, found.probabilities)
    report = class_report(found.confusion)
    if as_json:
        print_json({
            "accuracy": found.accuracy,
            "n": found.n,
            "edited": len(edits),
            "loss": found.loss,
            "calibration_error": found.calibration_error,
            "turned_away": found.turned_away(file.calibration),
            "model": file.model.name,
            "dataset": dataset,
            "recall": {
                name: None if np.isnan(x) else round(float(x), 6)
                for name, x in zip(test.class_names, found.recall, strict=True)
            },
            "interval": wilson_interval(found.accuracy, found.n),
            "precision": {n: _json(row.precision) for n, row in zip(test.class_names, report, strict=True)},
            "f1": {n: _json(row.f1) for n, row in zip(test.class_names, report, strict=True)},
            "class_names": list(test.class_names),
            "confusion": found.confusion.tolist(),
        })  # fmt: skip
        return
    console.print(f"{file.model.name} on {dataset}: {found.accuracy:.2%} of {found.n:,} right, loss {found.loss:.4f}")
    console.print(
        f"confidence is off by {found.calibration_error:.2%} (expected calibration error); "
        f"{found.turned_away(file.calibration):.2%} are turned away as none of the classes"
    )
    low, high = wilson_interval(found.accuracy, found.n)
    console.print(f"on all such images the accuracy is {low:.2%} to {high:.2%} (95 %, Wilson)")
    if confusion:
        _print_confusion(test.class_names, found.confusion)
        return
    table = Table("class", "right", "precision", "F1", "most often mistaken for", box=None)
    mistakes = found.confusion - np.diag(np.diag(found.confusion))
    for i, name in enumerate(test.class_names):
        other = int(mistakes[i].argmax())
        times = int(mistakes[i, other])
        shares = (_share(share) for share in (report[i].recall, report[i].precision, report[i].f1))
        table.add_row(name, *shares, f"{test.class_names[other]} ({times}×)" if times else "–")
    console.print(table)


def _json(share: float) -> float | None:
    return None if np.isnan(share) else round(share, 6)


def _share(share: float) -> str:
    return "–" if np.isnan(share) else f"{share:.2%}"


def _print_confusion(names: Sequence[str], confusion: NDArray[np.integer]) -> None:
    """Rows: what it is, columns: what it was read as; of many classes only the commonest mistakes."""
    if len(names) > MOST_IN_TABLE:
        wrong = confusion - np.diag(np.diag(confusion))
        order = np.argsort(-wrong, axis=None, kind="stable")[:MOST_IN_TABLE]
        for place in order:
            row, column = divmod(int(place), len(names))
            if wrong[row, column]:
                console.print(f"{printable(names[row])} read as {printable(names[column])}: {wrong[row, column]:,}")
        messages.print(f"{len(names):,} classes are too many for a table: --json writes all of it", soft_wrap=True)
        return
    table = Table("is \\ read as", *names, box=None)
    for name, counts in zip(names, confusion.tolist(), strict=True):
        table.add_row(name, *(str(count) if count else "·" for count in counts))
    console.print(table)


def classify(images: Images, model: Model = BUNDLED, as_json: Json = False) -> None:
    """Say which of the model's classes each picture shows.

    A model of digits reads whole numbers too: dark on light or light on dark, any size, any place, a scan or a
    photograph. Says so when it looks like none of them.
    """
    file = open_model(model)
    spec = file.image_spec()
    names = file.class_names
    judge = open_model(BUNDLED).model if are_digits(names) else None
    results: list[dict[str, Any]] = []
    refused: list[CnnError] = []
    with reading(file.model, file.calibration, judge, spec) as reader:
        for path in images:
            try:
                digits = reader.read([read_picture(path, spec.geometry == WHOLE)])
            except CnnError as error:  # the others are read all the same
                said = str(error) if path.name in str(error) else f"{brief(path.name)}: {error}"
                refused.append(CnnError(said))
                results.append({"file": str(path), "error": said})
                continue
            expect_finite(file.model, np.array([digit.probabilities for digit in digits]))
            results.append(_as_read(path, digits, names))
    if as_json:
        print_json({"results": results})
    else:
        for result in results:
            if "error" not in result:
                console.print(f"{result['file']}: {_in_words(result, judge is not None)}", soft_wrap=True)
    *others, last = refused or [None]
    for error in others:
        fail(str(error))
    if last is not None:
        raise last


def _as_read(path: Path, digits: Sequence[ReadItem], names: Sequence[str]) -> dict[str, Any]:
    """What was read, JSON-ready: the whole text, each digit under ``digits``, and of a single digit its figures at the
    top as well."""
    rows = [
        {
            "digit": digit.best,
            "name": names[digit.best],
            "is_digit": digit.known,
            "digit_score": round(digit.score, 6),
            "confidence": round(float(digit.probabilities.max()), 6),
            "probabilities": [round(float(p), 6) for p in digit.probabilities],
        }
        for digit in digits
    ]
    whole: dict[str, Any] = {"file": str(path), "text": text_of(digits, names)}
    if len(rows) == 1:
        return whole | rows[0] | {"digits": rows}
    known = all(row["is_digit"] for row in rows)
    return whole | {"is_number": known, "confidence": min(row["confidence"] for row in rows), "digits": rows}


def _in_words(result: dict[str, Any], reads_digits: bool) -> str:
    digits = result["digits"]
    if len(digits) > 1:
        sure = ", ".join(f"{digit['confidence']:.1%}" for digit in digits)
        return f"{result['text']} ({sure})"
    if not result["is_digit"]:
        doubt = "not a digit?" if reads_digits else "none of these?"
        return f"{doubt} (most like {result['name']}, {result['confidence']:.1%})"
    return f"{result['name']} ({result['confidence']:.1%})"


def export(
    target: Annotated[Path, typer.Argument(help="Where to: .onnx, .npz (weights) or .json (architecture).")],
    model: Model = BUNDLED,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Write a model for other programs: ONNX, NumPy arrays, or its architecture as JSON."""
    if target.suffix not in EXPORTS:
        raise CnnError(
            f"Export expected a name ending in .onnx, .npz or .json, received {brief(target.suffix or target)!r}."
        )
    file = open_model(model)
    inputs = [bundled_model_path() if model == BUNDLED else model]
    expect_output(target, inputs, overwrite, _is_export, "The target")
    match target.suffix:
        case ".onnx":
            export_onnx(target, file.model)
        case ".npz":
            _save_npz(target, file)
        case ".json":
            write_atomically(target, json.dumps(file.model.config(), indent=2).encode())
    if as_json:
        print_json({"file": str(target), "bytes": target.stat().st_size})
    else:
        console.print(f"Wrote {target} ({target.stat().st_size:,} bytes)", soft_wrap=True)


def _is_export(path: Path) -> bool:
    """Whether what lies at ``path`` is an export of this program, as its beginning says."""
    with path.open("rb") as file:
        start = file.read(MOST_START)
    match path.resolve().suffix:
        case ".npz":
            return start.startswith(b"PK")
        case ".onnx":
            return b"cnn-gui" in start
        case ".json":
            return b'"input_shape"' in start and b'"name"' in start
    return False


def _save_npz(target: Path, file: ModelFile) -> None:
    content = io.BytesIO()
    arrays: dict[str, Any] = {}
    for name, array in (file.model.parameters | file.model.buffers).items():
        member = file_name(name)  # a member's name is a path to whoever unpacks the file
        arrays[member if member not in arrays else f"{member}_{len(arrays)}"] = array
    np.savez(content, **arrays)
    write_atomically(target, content.getvalue())
