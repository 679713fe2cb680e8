"""Changes the network that is being built, takes changes back, and finds out what the others have to say about it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from cnn_core.architecture import Architecture, LayerSpec
from cnn_core.arrays import Shape
from cnn_core.errors import CnnError, ModelFileError
from cnn_core.files import brief, write_atomically
from cnn_core.inspection.network_fixes import find_fixes
from cnn_core.inspection.network_report import report_network
from cnn_core.model import Sequential
from cnn_core.presets import PRESETS
from cnn_core.sources import sample_images
from cnn_core.training import TrainingConfig
from cnn_core.training.carry_over import match_layers
from cnn_core.training.speed import measure_speed
from cnn_gui.network.state import Draft, NetworkState
from cnn_gui.session.jobs import JobControl, LatestJob
from cnn_gui.session.launch import architecture_of
from cnn_gui.specs import Context
from cnn_gui.widgets.format import thousands
from cnn_gui.widgets.translation import tr

MOST_UNDONE, MOST_KEPT = 200, 50_000
FIRST = {
    "Conv2D": {"filters": 16, "kernel_size": 3, "padding": "same"},
    "Dense": {"units": 64},
    "Dropout": {"rate": 0.25},
}
"""Options that a layer begins with, where it needs some."""
DIGITS: tuple[Shape, int] = (28, 28, 1), 10


class NetworkController(QObject):
    """Every change makes a new `Architecture`; those before are kept to go back to."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._undone: list[tuple[Architecture, str]] = []
        self._done: list[tuple[Architecture, str]] = []
        self._shape, self._classes, self._data = *DIGITS, ""
        architecture, origin = self._of_open_model()
        self._saved = architecture
        with suppress(CnnError):
            if kept := context.settings.get("network"):
                architecture, origin = Architecture.from_toml(kept), tr("your last one")
        self.state = NetworkState(self._draft(architecture, origin), self)
        self._speed, self._looking = LatestJob(self), LatestJob(self, reads=True)
        self._speed.finished.connect(self._on_measured)
        self._speed.failed.connect(self.state.set_speed)
        self._looking.finished.connect(self._on_data_known)
        self._looking.failed.connect(self._on_data_unknown)
        context.state.training.dataset_changed.connect(self.look_at_data)
        context.state.model.info_changed.connect(self._on_model_changed)
        context.data.changed.connect(self.look_at_data)
        self.look_at_data()

    # --- Beginnings

    def _of_open_model(self) -> tuple[Architecture, str]:
        info, model = self._context.state.model.info, self._context.session.model
        if model is None or info is None:
            return _of_preset("digits"), "digits"
        return Architecture.of_model(model), info.name

    @Slot()
    def begin_with_open_model(self) -> None:
        """The network that reads the canvas."""
        self._begin(*self._of_open_model())

    @Slot(str)
    def begin_with_preset(self, name: str) -> None:
        """A preset."""
        self._begin(_of_preset(name), name)

    @Slot(str)
    def open_file(self, path: str) -> None:
        """A network from a TOML file; a dialog says why it cannot be."""
        try:
            self._begin(Architecture.load(path), Path(path).name)
        except CnnError as error:
            self._context.errors.show(tr("This network cannot be opened"), str(error))

    @Slot(str)
    def save_file(self, path: str) -> None:
        """The network as a TOML file; a dialog says why it cannot be."""
        try:
            if Path(path).is_file() and Path(path).suffix.lower() != ".toml":
                raise ModelFileError(
                    tr("Another kind of file has the name {name}, so nothing was written. Choose another.").format(
                        name=brief(Path(path).name)
                    )
                )
            write_atomically(Path(path), self.state.draft.architecture.to_toml().encode())
        except CnnError as error:
            self._context.errors.show(tr("The network cannot be saved here"), str(error))
            return
        self._saved = self.state.draft.architecture
        self._show(self.state.draft.architecture, self.state.draft.origin)
        self._context.state.appearance.set_notice(tr("Saved {path}").format(path=path))

    def take_text(self, text: str) -> str:
        """A network that somebody has written as TOML; returns what is wrong with it, and changes nothing then."""
        try:
            architecture = Architecture.from_toml(text)
        except CnnError as error:
            return str(error)
        if architecture != self.state.draft.architecture:
            self._change(architecture)
        return ""

    def _begin(self, architecture: Architecture, origin: str) -> None:
        self._saved = architecture
        self.state.choose(0)
        self._change(architecture, origin)

    # --- Changes

    @Slot(int, object)
    def put(self, number: int, spec: LayerSpec) -> None:
        """Another layer, or other options, in this place."""
        self._change(self.state.draft.architecture.with_layer(number, spec))

    @Slot(str)
    def add(self, kind: str) -> None:
        """A layer of this kind below the one that is chosen."""
        layers = self.state.draft.architecture.layers
        number = self.state.chosen + 1 if layers else 0
        spec = LayerSpec(kind, tuple(FIRST.get(kind, {}).items()))
        self._change(self.state.draft.architecture.with_inserted(number, spec))
        self.state.choose(number)

    @Slot()
    def duplicate(self) -> None:
        """The chosen layer once more, below it."""
        layers, number = self.state.draft.architecture.layers, self.state.chosen
        if layers:
            self._change(self.state.draft.architecture.with_inserted(number + 1, replace(layers[number], name="")))
            self.state.choose(number + 1)

    @Slot()
    def remove(self) -> None:
        """Take the chosen layer out."""
        if len(self.state.draft.architecture.layers) > 1:
            self._change(self.state.draft.architecture.without(self.state.chosen))
            self.state.choose(self.state.chosen)
        else:
            self._context.state.appearance.set_notice(tr("A network has at least one layer"))

    @Slot(int, int)
    def move(self, number: int, to: int) -> None:
        """Layer ``number`` becomes layer ``to``."""
        last = len(self.state.draft.architecture.layers) - 1
        if 0 <= to <= last and to != number:
            self._change(self.state.draft.architecture.moved(number, to))
            self.state.choose(to)

    @Slot(int)
    def take_fix(self, number: int) -> None:
        """One of the changes that would make it fit."""
        if number < len(self.state.draft.fixes):
            self._change(self.state.draft.fixes[number].architecture)

    @Slot(str)
    def rename(self, name: str) -> None:
        """Give the network another name."""
        try:
            made = Architecture.from_dict(self.state.draft.architecture.as_dict() | {"name": name.strip() or "network"})
        except CnnError as error:
            self._context.state.appearance.set_notice(str(error))
            return
        if made.name != self.state.draft.architecture.name:
            self._change(made)

    @Slot()
    def undo(self) -> None:
        """Take the last change back."""
        self._swap(self._done, self._undone)

    @Slot()
    def redo(self) -> None:
        """Make it again."""
        self._swap(self._undone, self._done)

    def _swap(self, source: list[tuple[Architecture, str]], target: list[tuple[Architecture, str]]) -> None:
        if source:
            target.append((self.state.draft.architecture, self.state.draft.origin))
            self._show(*source.pop())

    def _change(self, architecture: Architecture, origin: str | None = None) -> None:
        before = self.state.draft
        if architecture == before.architecture and origin in (None, before.origin):
            return
        self._done.append((before.architecture, before.origin))
        del self._done[:-MOST_UNDONE]
        self._undone.clear()
        self._show(architecture, before.origin if origin is None else origin)

    def _show(self, architecture: Architecture, origin: str) -> None:
        self._speed.cancel()
        self.state.set_draft(self._draft(architecture, origin), bool(self._done), bool(self._undone))

    def _draft(self, architecture: Architecture, origin: str) -> Draft:
        report = report_network(architecture, self._shape, self._classes)
        fixes = find_fixes(architecture, report) if report.problem else ()
        kept, fresh = self._carried(architecture) if report.fits else (0, ())
        return Draft(architecture, report, fixes, origin, self._data, not _same(architecture, self._saved), kept, fresh)

    def _carried(self, architecture: Architecture) -> tuple[int, tuple[str, ...]]:
        """What would keep the weights of the open model."""
        old = self._context.session.model
        if old is None:
            return 0, ()
        new = Sequential(architecture.build_layers(self._classes)).infer_shapes(self._shape)
        found = match_layers(old, new)
        return len(found.kept), found.fresh

    # --- Data, speed, training

    @Slot()
    def look_at_data(self) -> None:
        """Find out what the images of the data that are chosen are like."""
        self._looking.start(partial(_look, self._context.state.training.dataset, self._context.data.folder))

    @Slot(object)
    def _on_data_known(self, found: tuple[Shape, int, str]) -> None:
        self._shape, self._classes, self._data = found
        self._show(self.state.draft.architecture, self.state.draft.origin)

    @Slot(str)
    def _on_data_unknown(self, _: str) -> None:
        self._data = tr("not here yet; MNIST's shape is taken")
        self._show(self.state.draft.architecture, self.state.draft.origin)

    @Slot()
    def _on_model_changed(self) -> None:
        """Other weights may be kept now."""
        self._show(self.state.draft.architecture, self.state.draft.origin)

    @Slot()
    def measure(self) -> None:
        """Measure how fast it trains here."""
        draft = self.state.draft
        if self._context.training.running:
            self.state.set_speed(tr("a run goes on: stop it to measure"))
        elif draft.report.fits:
            self.state.set_speed(tr("measuring …"))
            batch = self._context.settings.get("training_batch")
            self._speed.start(partial(_measure, draft.architecture, self._shape, self._classes, batch))

    @Slot(object)
    def _on_measured(self, images_per_second: float) -> None:
        self.state.set_speed(tr("{n} images/s here").format(n=thousands(images_per_second)))

    @Slot()
    def train(self) -> None:
        """Train it: a run begins, or is asked about."""
        if self._context.training.running:
            self._context.state.appearance.set_notice(tr("A run goes on. Stop it, then train this network."))
            return
        self._context.actions.train.trigger()

    def take_to_training(self) -> bool:
        """Make it the network of the settings; False, and a notice, where it does not fit."""
        fits = self.state.draft.report.fits
        if fits:
            self._context.state.training.set_network(self._named())
        else:
            self._context.state.appearance.set_notice(
                tr("This network does not fit yet, so nothing is trained. See the layer that is marked.")
            )
        return fits

    def unfinished(self) -> str:
        """The network as TOML where it is nobody else's: kept until the next start. Empty where nothing is lost."""
        text = self.state.draft.architecture.to_toml() if self.state.draft.is_changed else ""
        return text if len(text) <= MOST_KEPT else ""

    def _named(self) -> str | Architecture:
        """A preset that nobody has changed by its name."""
        architecture = self.state.draft.architecture
        model = Sequential(architecture.build_layers(self._classes), architecture.name).infer_shapes(self._shape)
        name = architecture_of(model)
        return name if isinstance(name, str) else architecture

    # --- Ending

    def jobs(self) -> tuple[LatestJob, LatestJob]:
        return self._speed, self._looking


def _same(a: Architecture, b: Architecture) -> bool:
    """Whether two networks have the same layers, whichever options are written out that are at their defaults."""
    if a == b:
        return True
    try:
        layers = [[(layer.kind, layer.name, layer.options()) for layer in one.build_layers(2)] for one in (a, b)]
    except CnnError:
        return False
    return a.name == b.name and layers[0] == layers[1]


def _of_preset(name: str) -> Architecture:
    shape, classes = DIGITS
    return Architecture.of_model(Sequential(PRESETS[name].layers(classes), name).infer_shapes(shape))


def _look(dataset: str, folder: Path | None, control: JobControl) -> tuple[Shape, int, str]:
    """In the pool's thread."""
    sample = sample_images(dataset, 1, folder, control.stopped)
    return sample.image_shape, len(sample.class_names), sample.name


def _measure(architecture: Architecture, shape: Shape, classes: int, batch: int, control: JobControl) -> float:
    """In the pool's thread."""
    model = Sequential(architecture.build_layers(classes), architecture.name).build(shape)
    return measure_speed(model, TrainingConfig(architecture=architecture, batch_size=batch), stopped=control.stopped)
