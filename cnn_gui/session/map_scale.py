"""Over which numbers the colours of the maps run."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from PySide6.QtCore import QObject, Signal, Slot

from cnn_core.inspection import LayerActivation, LayerGradient
from cnn_gui.session.model_state import ModelState
from cnn_gui.widgets.translation import QT_TR_NOOP


class ColourScale(Enum):
    """Over which numbers the colours of the feature maps run."""

    MAP = QT_TR_NOOP("per map")
    LAYER = QT_TR_NOOP("per layer")
    FIXED = QT_TR_NOOP("fixed")
    """As they ran over each layer when it was chosen, so that drawings and epochs can be compared."""


class MapScale(QObject):
    """GUI thread only. `changed`: another scale, or its ranges."""

    changed = Signal()

    def __init__(self, model: ModelState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._architecture: object = None
        self._kind = ColourScale.LAYER
        self._fixed_ranges: Mapping[str, tuple[float, float]] = {}
        self._fixed_limits: dict[str, float] = {}
        model.info_changed.connect(self._on_info_changed)
        model.prediction_changed.connect(self._fix_ranges)

    @property
    def kind(self) -> ColourScale:
        return self._kind

    @Slot(object)
    def choose(self, kind: ColourScale) -> None:
        """`ColourScale.FIXED` keeps the ranges of this moment, or of the next drawing."""
        self._kind, self._fixed_ranges, self._fixed_limits = kind, {}, {}
        self._fix_ranges()
        self.changed.emit()

    def range_of(self, layer: LayerActivation) -> tuple[float, float]:
        """Lowest and highest number of a layer that its colours stand for; not asked where each map has its own."""
        fixed = self._fixed_ranges.get(layer.name) if self._kind is ColourScale.FIXED else None
        return fixed or (float(layer.values.min()), float(layer.values.max()))

    def limit_of(self, layer: LayerGradient) -> float:
        """Largest size of a layer's gradients that their colours stand for, on both sides of zero; not asked where each
        map has its own."""
        largest = float(abs(layer.values).max(initial=0.0))
        if self._kind is not ColourScale.FIXED:
            return largest
        return self._fixed_limits.setdefault(layer.name, largest) if largest else self._fixed_limits.get(layer.name, 0)

    @Slot()
    def _on_info_changed(self) -> None:
        info = self._model.info
        if info is not None and info.architecture != self._architecture:
            self._architecture, self._fixed_ranges, self._fixed_limits = info.architecture, {}, {}

    @Slot()
    def _fix_ranges(self) -> None:
        prediction = self._model.prediction
        wanted = self._kind is ColourScale.FIXED and not self._fixed_ranges
        if wanted and prediction is not None and not prediction.blank:
            self._fixed_ranges = {
                a.name: (float(a.values.min()), float(a.values.max())) for a in prediction.activations
            }
