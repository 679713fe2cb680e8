"""What the window shows. Controllers write it, views read it, and nothing else passes between them."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal

from cnn_core.drawing import Mark
from cnn_core.inspection import Edit, LayerActivation
from cnn_core.training import BatchMetrics, EpochMetrics
from cnn_gui.theme import DARK, Theme
from cnn_gui.values import (
    ColourScale,
    Explained,
    Kernels,
    Likes,
    MindChange,
    ModelInfo,
    Neighbourhood,
    Pin,
    Prediction,
    Recorded,
    Samples,
    TrainingStatus,
    Why,
)

MOST_BATCHES = 4096
"""Batches that are kept; a night of small ones would fill the memory."""


class AppState(QObject):
    """One attribute for each thing on the screen, one signal for each that has changed. GUI thread only."""

    drawing_changed = Signal()
    tool_changed = Signal()
    prediction_changed = Signal()
    model_changed = Signal()
    training_changed = Signal()
    metrics_added = Signal()
    metrics_cleared = Signal()
    pin_changed = Signal()
    explained_changed = Signal()
    why_changed = Signal()
    mind_change_changed = Signal()
    likes_changed = Signal()
    kernels_changed = Signal()
    edits_changed = Signal()
    recorded_changed = Signal()
    scale_changed = Signal()
    neighbourhood_changed = Signal()
    choice_changed = Signal()
    samples_changed = Signal()
    theme_changed = Signal()
    notice_changed = Signal()
    previous_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.marks: tuple[Mark, ...] = ()
        self.can_undo = False
        self.can_redo = False
        self.growing = False
        self.erasing = False
        self.brush_width = 0.06
        self.prediction: Prediction | None = None
        self.model: ModelInfo | None = None
        self.training = TrainingStatus()
        self.batches: deque[BatchMetrics] = deque(maxlen=MOST_BATCHES)
        self.new_batches: list[BatchMetrics] = []
        self.batch_count = 0
        self.epochs: list[EpochMetrics] = []
        self.pin: Pin | None = None
        self.pointed: Pin | None = None
        self.sliding = False
        self.explained: Explained | None = None
        self.why: Why | None = None
        self.asked_class: int | None = None
        self.mind_change: MindChange | None = None
        self.likes: Likes | None = None
        self.kernels: Kernels | None = None
        self.edits: tuple[Edit, ...] = ()
        self.unedited: tuple[float, ...] = ()
        self.recorded: tuple[Recorded, ...] = ()
        self.shown_epoch: int | None = None
        self.scale = ColourScale.LAYER
        self.fixed_ranges: Mapping[str, tuple[float, float]] = {}
        self.neighbourhood: Neighbourhood = Neighbourhood()
        self.choice: int | None = None
        self.samples: Samples = Samples()
        self.theme: Theme = DARK
        self.notice = ""
        self.previous: ModelInfo | None = None

    def set_drawing(self, marks: tuple[Mark, ...], can_undo: bool, can_redo: bool, growing: bool = False) -> None:
        """What is on the canvas, whether there are steps to go back or forward, and whether the last stroke is still
        under the pen."""
        self.marks, self.can_undo, self.can_redo, self.growing = marks, can_undo, can_redo, growing
        self.drawing_changed.emit()

    def set_tool(self, *, erasing: bool | None = None, brush_width: float | None = None) -> None:
        """Brush or eraser, and its width as a share of the canvas."""
        self.erasing = self.erasing if erasing is None else erasing
        self.brush_width = self.brush_width if brush_width is None else brush_width
        self.tool_changed.emit()

    def set_prediction(self, prediction: Prediction) -> None:
        self.prediction = prediction
        self._fix_ranges()
        self.prediction_changed.emit()

    def set_model(self, model: ModelInfo) -> None:
        if self.model is None or self.model.architecture != model.architecture:
            self.fixed_ranges = {}
        self.model = model
        self.model_changed.emit()

    def set_previous(self, previous: ModelInfo | None) -> None:
        """The network that can be brought back in place of the present one."""
        self.previous = previous
        self.previous_changed.emit()

    def set_training(self, status: TrainingStatus) -> None:
        self.training = status
        self.training_changed.emit()

    def clear_metrics(self) -> None:
        """Forget the curves; a new run begins."""
        self.batches.clear()
        self.new_batches, self.batch_count = [], 0
        self.epochs.clear()
        self.metrics_cleared.emit()

    def add_metrics(self, batches: list[BatchMetrics], epochs: list[EpochMetrics]) -> None:
        """Append to the curves, in order. Of batches the latest are kept; `new_batches` are all that came just now."""
        self.new_batches, self.batch_count = batches, self.batch_count + len(batches)
        self.batches.extend(batches)
        self.epochs.extend(epochs)
        if batches or epochs:
            self.metrics_added.emit()

    def set_pin(self, pin: Pin | None) -> None:
        """The number that stays asked about, whatever is drawn."""
        self.pin = pin
        self.pin_changed.emit()

    def set_pointed(self, pointed: Pin | None) -> None:
        """The number under the pointer; it goes before the pinned one, unless that is on its way through a map."""
        pointed = None if self.sliding else pointed
        if pointed != self.pointed:
            self.pointed = pointed
            self.pin_changed.emit()

    def set_explained(self, explained: Explained | None) -> None:
        """The working behind the number that is asked about."""
        self.explained = explained
        self.explained_changed.emit()

    def set_why(self, why: Why | None) -> None:
        """What speaks for and against the class that is asked about."""
        self.why = why
        self.why_changed.emit()

    def set_asked_class(self, asked: int | None) -> None:
        """The class that is asked about; None is the one that the network reads."""
        self.asked_class = asked
        self.why_changed.emit()

    def set_mind_change(self, change: MindChange | None) -> None:
        """The smallest edit that changes the answer."""
        self.mind_change = change
        self.mind_change_changed.emit()

    def set_likes(self, likes: Likes | None) -> None:
        """What excites the map that is pinned."""
        self.likes = likes
        self.likes_changed.emit()

    def set_neighbourhood(self, neighbourhood: Neighbourhood) -> None:
        """The test images around the drawing."""
        self.neighbourhood = neighbourhood
        self.neighbourhood_changed.emit()

    def set_kernels(self, kernels: Kernels | None) -> None:
        """The kernels of the convolution that is asked about."""
        self.kernels = kernels
        self.kernels_changed.emit()

    def set_edits(self, edits: tuple[Edit, ...]) -> None:
        """Changes made by hand to the network that reads the canvas, in order."""
        self.edits = edits
        self.edits_changed.emit()

    def set_unedited(self, probabilities: tuple[float, ...]) -> None:
        """What the network would say without the edits; empty when there are none."""
        self.unedited = probabilities
        self.edits_changed.emit()

    def set_recorded(self, recorded: tuple[Recorded, ...], shown: int | None) -> None:
        """Weights of the run's epochs, and which of them reads the canvas; None is the latest weights."""
        self.recorded, self.shown_epoch = recorded, shown
        self.recorded_changed.emit()

    def set_scale(self, scale: ColourScale) -> None:
        """Over what the colours run; `ColourScale.FIXED` keeps the ranges of this moment, or of the next drawing."""
        self.scale, self.fixed_ranges = scale, {}
        self._fix_ranges()
        self.scale_changed.emit()

    def _fix_ranges(self) -> None:
        prediction = self.prediction
        if (
            self.scale is ColourScale.FIXED
            and not self.fixed_ranges
            and prediction is not None
            and not prediction.blank
        ):
            self.fixed_ranges = {a.name: (float(a.values.min()), float(a.values.max())) for a in prediction.activations}

    def range_of(self, layer: LayerActivation) -> tuple[float, float]:
        """Lowest and highest number of a layer that its colours stand for; not asked where each map has its own."""
        fixed = self.fixed_ranges.get(layer.name) if self.scale is ColourScale.FIXED else None
        return fixed or (float(layer.values.min()), float(layer.values.max()))

    def set_choice(self, choice: int | None) -> None:
        """The digit of a number that is looked into; None follows the pen."""
        self.choice = choice
        self.choice_changed.emit()

    def set_samples(self, samples: Samples) -> None:
        """Training images as the network will see them."""
        self.samples = samples
        self.samples_changed.emit()

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        self.theme_changed.emit()

    def set_notice(self, notice: str) -> None:
        """The sentence in the status bar."""
        self.notice = notice
        self.notice_changed.emit()
