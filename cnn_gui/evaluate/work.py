"""What the workspace works out in other threads: frozen questions in, frozen answers out."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cnn_core.arrays import Array
from cnn_core.calibration import Calibration
from cnn_core.datasets import Dataset
from cnn_core.datasets.dataset import NOT_A_CLASS
from cnn_core.datasets.edits import NO_EDITS, DataEdits, EditBook
from cnn_core.errors import CnnError, ConfigError
from cnn_core.evaluation import compare_answers, evaluate, find_influences, find_label_issues
from cnn_core.evaluation.influence import RecordedWeights
from cnn_core.runs import RunIndex, RunRecord, RunStore, epoch_files, load_run, trained_on
from cnn_core.sources import load_dataset, reference_images, tested_on
from cnn_core.storage import open_model
from cnn_core.training import TrainingConfig
from cnn_core.training.out_of_fold import out_of_fold
from cnn_gui.evaluate.values import OPEN, Candidate, Compared, Counted, Issues, Judged
from cnn_gui.session.frozen_model import FrozenModel
from cnn_gui.session.jobs import JobControl
from cnn_gui.session.model_info import ModelInfo
from cnn_gui.widgets.core_words import images_words
from cnn_gui.widgets.translation import tr

MOST_RUNS, MOST_FOLLOWED = 40, 5
"""Runs that are offered; epochs whose gradients are followed."""
SMALL = "digits"
"""The network that looks for doubtful labels in small grey images; any that fits would do."""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A network to judge: the open one frozen, or a file."""

    title: str
    path: Path | None
    model: FrozenModel | None
    info: ModelInfo | None


@dataclass(frozen=True, slots=True, eq=False)
class Influence:
    """What is asked of the training images: of the run that is looked at, else of the open network."""

    store: RunStore
    run: str
    runs: tuple[str, ...]
    network: FrozenModel
    info: ModelInfo
    image: Array
    answer: int
    data_dir: Path | None


def find_candidates(store: RunStore, open_title: str, control: JobControl) -> tuple[Candidate, ...]:
    """In the pool's thread: the open network, and the latest runs that have a model."""
    found = [Candidate(OPEN, open_title)]
    for run in RunIndex(store).summaries(control.stopped):
        if len(found) > MOST_RUNS:
            break
        path = store.folder / run.name / "model.safetensors"
        if run.has_model and path.is_file():
            share = f" · {run.test * 100:.2f} %" if run.test is not None else ""
            found.append(Candidate(str(path), f"{run.title}{share}", tuple(epoch_files(path.parent))))
    return tuple(found)


def judge_model(asked: Asked, data_dir: Path | None, edits: EditBook, control: JobControl) -> Judged:
    """In the pool's thread."""
    model, names, calibration, dataset = _opened(asked)
    raw, words = reference_images(dataset, model.build().input_shape, data_dir, control.stopped)
    changes = edits.read(raw)
    data = _edited(raw, changes).for_classes(names)
    words = images_words(words)
    if changes:
        words = tr("{words} · {n} changed").format(words=words, n=len(changes))
    return _read(asked.title, model, names, calibration, raw, data, words, control)


def _edited(raw: Dataset, changes: DataEdits) -> Dataset:
    """With changed labels; images that are left out stay where they are, and count for nothing."""
    edited = changes.relabel(raw)
    if not changes.excluded:
        return edited
    labels = edited.labels.copy()
    labels[list(changes.excluded)] = NOT_A_CLASS
    return Dataset(raw.name, raw.images, labels, raw.class_names, raw.note)


def _opened(asked: Asked) -> tuple[FrozenModel, tuple[str, ...], Calibration, str]:
    if asked.model is not None and asked.info is not None:
        info = asked.info
        return asked.model, info.class_names, info.calibration, trained_on(info.training)
    file = open_model(asked.path or "")
    frozen = FrozenModel(file.model.config(), file.model.snapshot())
    return frozen, file.class_names, file.calibration, trained_on(file.training)


def _read(
    title: str,
    model: FrozenModel,
    names: tuple[str, ...],
    calibration: Calibration,
    raw: Dataset,
    data: Dataset,
    words: str,
    control: JobControl,
) -> Judged:
    began = time.perf_counter()
    found = evaluate(model.build(), data, 1, control.progress, control.stopped)
    seconds = time.perf_counter() - began
    return Judged(title, model, names, calibration, raw, data, words, found, seconds, found.probabilities)


def compare_models(a: Judged, asked: Asked, control: JobControl) -> Compared:
    """In the pool's thread."""
    model, names, calibration, _ = _opened(asked)
    if names != a.class_names:
        raise ConfigError(f"Two networks are compared on the same classes; {asked.title} has others.")
    if tuple(model.architecture["input_shape"]) != a.data.image_shape:
        raise ConfigError(f"Two networks are compared on the same images; {asked.title} takes others.")
    b = _read(asked.title, model, names, calibration, a.raw, a.data, a.words, control)
    return Compared(a, b, compare_answers(a.found, b.found))


def doubt_labels(name: str, data_dir: Path | None, control: JobControl) -> Issues:
    """In the pool's thread."""
    data = load_dataset(name, data_dir, download=False, stopped=control.stopped).train
    known = data.take(np.flatnonzero(data.labels >= 0))
    small = min(known.image_shape[:2]) >= 20
    config = TrainingConfig(architecture=SMALL if small else "mlp", epochs=2)
    probabilities = out_of_fold(config, known, progress=control.progress, stopped=control.stopped)
    return Issues(known, find_label_issues(probabilities, known.labels))


def count_images(asked: Influence, control: JobControl) -> Counted:
    """In the pool's thread: along the epochs of the run that the network comes from, or, where there is none, with its
    weights as they are."""
    run = asked.run or next((name for name in asked.runs if _made(asked.store, name, asked.info)), "")
    return _count_run(asked, run, control) if run else _count_once(asked, control)


def _made(store: RunStore, name: str, info: ModelInfo) -> bool:
    """Whether the network comes from the run of that name."""
    try:
        found = load_run(store.folder / name).record.description()
    except CnnError:
        return False
    return bool(info.training) and all(info.training.get(key) == found[key] for key in ("settings", "history"))


def _count_run(asked: Influence, name: str, control: JobControl) -> Counted:
    """With the weights of some epochs of the run, evenly."""
    run = load_run(asked.store.folder / name)
    config, files = run.record.config, list(epoch_files(run.path))
    if not files:
        raise ConfigError("This run has kept no epochs, so there is nothing to follow. Train again.")
    chosen = files[:: -(-len(files) // MOST_FOLLOWED)] if len(files) > MOST_FOLLOWED else files
    chosen = list(dict.fromkeys([*chosen, files[-1]]))
    models = [open_model(path) for _, path in chosen]
    if asked.image.shape != models[-1].model.input_shape:
        raise ConfigError("The drawing is for another kind of network than this run's. Open the run's model first.")
    rates = [_rate_at(run.record, number) for number, _ in chosen]
    recorded = [
        RecordedWeights(m.model.parameters | m.model.buffers, rate) for m, rate in zip(models, rates, strict=True)
    ]
    data = load_dataset(config.dataset, asked.data_dir, download=False, stopped=control.stopped).train
    edits = config.edits or NO_EDITS
    relabelled, numbers = edits.relabel(data), edits.kept(len(data))
    learnt = relabelled.take(numbers) if len(numbers) < len(data) else relabelled
    last = models[-1]
    answer = min(asked.answer, len(last.class_names) - 1)
    found = find_influences(last.model, recorded, asked.image, answer, learnt, control.progress, control.stopped)
    return Counted(last.class_names[answer], name, learnt, numbers, found)


def _count_once(asked: Influence, control: JobControl) -> Counted:
    """With the weights as they are, as no others are known."""
    model, names = asked.network.build(), asked.info.class_names
    dataset = tested_on(trained_on(asked.info.training))
    data = load_dataset(dataset, asked.data_dir, download=False, stopped=control.stopped).train.for_classes(names)
    if data.image_shape != model.input_shape:
        raise ConfigError("The images that this network has learnt from are not here, so nothing can be asked of them.")
    recorded = [RecordedWeights(model.parameters | model.buffers, 1.0)]
    found = find_influences(model, recorded, asked.image, asked.answer, data, control.progress, control.stopped)
    return Counted(names[asked.answer], "", data, np.arange(len(data)), found)


def _rate_at(record: RunRecord, epoch: int) -> float:
    """About the learning rate at the end of an epoch: the highest one of its settings then."""
    steps = next((one.step for one in record.epochs if one.epoch == epoch), 0)
    return record.config.at(steps).learning_rate
