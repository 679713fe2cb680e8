"""The command that teaches: drawings are kept under a label, and a model learns them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cnn_core.assets import BUNDLED, bundled_model_path
from cnn_core.cli.options import DataDir, Json, Model, Threads
from cnn_core.cli.output import console, messages, print_json, progress_bar
from cnn_core.cli.outputs import Overwrite, expect_output
from cnn_core.datasets.export import EXPORTS
from cnn_core.drawing import read_picture
from cnn_core.errors import CnnError
from cnn_core.evaluation import evaluate
from cnn_core.files import brief, file_name
from cnn_core.model import Sequential
from cnn_core.runs.record import trained_on
from cnn_core.sources import reference_images
from cnn_core.storage import ModelFile, is_model_file, open_model, save_model
from cnn_core.storage.recording import load_recording
from cnn_core.teaching import (
    NONE,
    BookEntry,
    DrawingBook,
    TaughtDrawing,
    TeachingConfig,
    book_as_dataset,
    drawing_from,
    learn,
    lessons_for,
    try_drawings,
)

NONE_WORD = "none"
MOST_TAUGHT = 300


def teach_command(
    drawings: Annotated[
        list[Path] | None,
        typer.Argument(help="Recorded drawings (.json) or pictures of one thing each, to keep under --label."),
    ] = None,
    label: Annotated[
        str | None, typer.Option("--label", help=f"What they show: the name of a class, or {NONE_WORD!r}.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Teach all that is kept, and write the model here.")] = None,
    model: Model = BUNDLED,
    own_classes: Annotated[
        bool, typer.Option("--own-classes", help="The model is to know the classes of the drawings alone.")
    ] = False,
    remove: Annotated[list[str] | None, typer.Option("--remove", help="Take the drawing with this key away.")] = None,
    export: Annotated[Path | None, typer.Option("--export", help="Write all drawings as images: FILE.npz.")] = None,
    book: Annotated[Path | None, typer.Option("--book", help="The file of drawings; default: the user's own.")] = None,
    data_dir: DataDir = None,
    threads: Threads = 0,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Keep drawings with their labels, and let a model learn them in seconds without forgetting.

    Try: cnn-core teach seven.png --label 7, then cnn-core teach --out mine.safetensors.
    """
    kept = DrawingBook(book)
    if drawings and label is None:
        raise CnnError("Teaching expected --label with the drawings: what do they show?")
    if label is not None and not drawings:
        raise CnnError("--label expected drawings or pictures to keep, received none.")
    if label is not None and not label.strip():
        raise CnnError(f"--label expected the name of a class, or {NONE_WORD!r}, received nothing.")
    shown = NONE if label == NONE_WORD else " ".join((label or "").split())
    keys = [kept.add(drawing) for drawing in [_read(path, shown) for path in drawings or ()]]
    for key in remove or ():
        if key not in {entry.key for entry in kept.entries()}:
            raise CnnError(f"--remove expected the key of a drawing, received {brief(key)!r}. See: cnn-core teach.")
        kept.remove(key)
    entries = kept.entries()
    if export is not None:
        if export.exists() and not overwrite:
            raise CnnError(f"{brief(export.name)} expected a new name, found one that is there. Add --overwrite.")
        images = book_as_dataset(entries, open_model(model).image_spec())
        EXPORTS["npz"](export, {"train": images})
        if gone := int((images.labels < 0).sum()):
            messages.print(f"{gone} drawings that show none of the classes were left out", soft_wrap=True)
    taught = _teach(model, entries, out, own_classes, data_dir, threads, overwrite) if out is not None else None
    if as_json:
        rows = [{"key": entry.key, "label": entry.drawing.label or NONE_WORD, "read": entry.drawing.read or NONE_WORD}
                for entry in entries]  # fmt: skip
        print_json({"book": str(kept.path), "kept": keys, "drawings": rows, "taught": taught})
        return
    _print(kept, keys, entries, taught)


def _read(path: Path, label: str) -> TaughtDrawing:
    if path.suffix.lower() == ".json":
        return drawing_from([stroke.stroke for stroke in load_recording(path).strokes], (), label)
    return TaughtDrawing(label, ink=read_picture(path).ink)


def _teach(
    model: str, entries: tuple[BookEntry, ...], out: Path, own_classes: bool, data_dir: Path | None, threads: int,
    overwrite: bool,
) -> dict[str, object]:  # fmt: skip
    inputs = [bundled_model_path() if model == BUNDLED else model]
    expect_output(out, inputs, overwrite, is_model_file, "The target")
    file, drawings = open_model(model), [entry.drawing for entry in entries][-MOST_TAUGHT:]
    spec, dataset = file.image_spec(), trained_on(file.training)
    began = time.perf_counter()
    with progress_bar() as progress:
        task = progress.add_task("teaching", total=TeachingConfig().steps, note="")
        found = learn(
            file.model, file.class_names, spec, drawings, dataset=dataset, data_dir=data_dir, own_only=own_classes,
            threads=threads, progress=lambda done, _: progress.update(task, completed=done),
        )  # fmt: skip
    seconds = time.perf_counter() - began
    made, names = found.model, found.class_names
    before = try_drawings(file.model, spec, lessons_for(drawings, file.class_names), file.calibration)
    after = try_drawings(made, spec, lessons_for(drawings, names), file.calibration)
    training = {**file.training, "class_names": list(names), "taught_drawings": len(drawings)}
    save_model(out, made, training, calibration=file.calibration, input_spec=spec)
    return {
        "model": str(out), "class_names": list(names), "steps": found.taught.steps, "seconds": round(seconds, 2),
        "drawings": {"count": len(drawings), "right_before": before.right, "right_after": after.right},
        "replay": found.replayed,
        "test": _on_test(file, made, names, data_dir) if not own_classes else None,
    }  # fmt: skip


def _on_test(
    file: ModelFile, made: Sequential, names: tuple[str, ...], data_dir: Path | None
) -> dict[str, object] | None:
    """Before and after on test images; None where there are none."""
    try:
        images, words = reference_images(trained_on(file.training), made.input_shape, data_dir)
        before = evaluate(file.model, images.for_classes(file.class_names)).accuracy
        after = evaluate(made, images.for_classes(names)).accuracy
    except CnnError:
        return None
    return {"images": words, "n": len(images), "before": before, "after": after}


def _print(
    kept: DrawingBook, keys: list[str], entries: tuple[BookEntry, ...], taught: dict[str, object] | None
) -> None:
    if taught is None:
        table = Table("key", "label", "read as", box=None)
        for entry in entries:
            table.add_row(entry.key, entry.drawing.label or NONE_WORD, entry.drawing.read or "–")
        console.print(table if entries else "No drawings are kept yet. Keep one: cnn-core teach seven.png --label 7")
        if keys:
            messages.print(f"{len(keys)} kept in {kept.path}", soft_wrap=True)
        return
    drawings, test = taught["drawings"], taught["test"]
    assert isinstance(drawings, dict)
    console.print(
        f"{file_name(Path(str(taught['model'])).name)}: {taught['steps']} steps in {taught['seconds']} s; of "
        f"{drawings['count']} drawings {drawings['right_before']} were right before, {drawings['right_after']} are now",
        soft_wrap=True,
    )
    if not taught["replay"]:
        messages.print("None of the images that it had learnt are here, so it may have forgotten some.", soft_wrap=True)
    if isinstance(test, dict):
        console.print(f"{test['images']}: {test['before']:.2%} before, {test['after']:.2%} now", soft_wrap=True)
