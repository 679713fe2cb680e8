"""Why this digit? Five answers side by side, each laid over the drawing."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QProgressBar, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from cnn_core.arrays import Array
from cnn_core.inspection import laid_over
from cnn_gui.inspector.numbers import short
from cnn_gui.state import AppState
from cnn_gui.values import percent
from cnn_gui.widgets.card import label
from cnn_gui.widgets.pixels import rgb_image

TITLE_PX, WORDS_PX = 20, 18


class OverlayPanel(QWidget):
    """An image in grey with a coloured map over it, a title above and a line of words below."""

    def __init__(self, state: AppState, title: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        self.setToolTip(tip)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._state, self._title = state, title
        self._image: Array | None = None
        self._map: Array | None = None
        self._signed = True
        self._words = ""

    def sizeHint(self) -> QSize:
        return QSize(140, 180)

    def show_map(self, image: Array | None, values: Array | None, signed: bool, words: str) -> None:
        """``values`` [h, w] over ``image`` [h, w, c]; None shows what there is without it."""
        self._image, self._map, self._signed, self._words = image, values, signed, words
        self.setAccessibleDescription(words)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        side = min(self.width(), self.height() - TITLE_PX - WORDS_PX)
        self._line(painter, QRectF(0, 0, self.width(), TITLE_PX), self._title, self._state.theme.text, True)
        place = QRectF(0, TITLE_PX, side, side)
        if self._image is None:
            painter.fillRect(place, QColor(self._state.theme.track))
        else:
            painter.drawImage(place, rgb_image(laid_over(self._image, self._map, self._signed)))
        words = QRectF(0, place.bottom() + 1, self.width(), WORDS_PX)
        self._line(painter, words, self._words, self._state.theme.muted, False)
        painter.end()

    def _line(self, painter: QPainter, place: QRectF, text: str, colour: str, strong: bool) -> None:
        font = QFont(self.font())
        font.setPixelSize(12)
        font.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(QColor(colour))
        text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(place.width()))
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)


class WhyView(QWidget):
    """The chosen class and its five answers; works only while it is on the screen."""

    watched = Signal(bool)
    class_asked = Signal(object)
    search_requested = Signal(object)
    search_cancelled = Signal()

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("whyView")
        self.setAccessibleName("Why this class?")
        self._state = state
        self.chooser = QComboBox()
        self.chooser.setObjectName("whyClassCombo")
        self.chooser.setAccessibleName("Class to ask about")
        self.chooser.setToolTip("Ask about another class: why is it not that one?")
        self.button = QPushButton("What would change its mind?")
        self.button.setObjectName("mindChangeButton")
        self.button.setProperty("tight", True)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setRange(0, 100)
        self.saliency = OverlayPanel(
            state,
            "Saliency",
            "How the class's logit would rise (red) or fall (blue) if a pixel got brighter: its gradient",
        )
        self.cam = OverlayPanel(
            state, "Grad-CAM", "Where the last convolution's maps that speak for the class are active"
        )
        self.contributed = OverlayPanel(
            state,
            "Contributions",
            "What each pixel adds to the class's logit (red) or takes from it (blue): integrated gradients",
        )
        self.occlusion = OverlayPanel(
            state, "Occlusion", "How much less probable the class gets when a square of 5×5 pixels is covered"
        )
        self.edit = OverlayPanel(
            state, "Smallest edit", "Ink to add (red) and to take away (blue) so that the network reads something else"
        )
        self._arrange()
        self.chooser.activated.connect(self._on_chosen)
        self.button.clicked.connect(self._on_clicked)
        for signal in (state.model_changed, state.prediction_changed):
            signal.connect(self._on_classes_changed)
        state.why_changed.connect(self._on_why_changed)
        state.mind_change_changed.connect(self._on_mind_change_changed)
        state.theme_changed.connect(self.update)
        self._on_why_changed()
        self._on_mind_change_changed()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        top = QHBoxLayout()
        top.setSpacing(8)
        self.question = label("Why", muted=True)
        top.addWidget(self.question)
        top.addWidget(self.chooser)
        top.addWidget(self.progress, 1)
        top.addWidget(self.button)
        row = QHBoxLayout()
        row.setSpacing(14)
        for panel in (self.saliency, self.cam, self.contributed, self.occlusion, self.edit):
            row.addWidget(panel, 1)
        column.addLayout(top)
        column.addLayout(row, 1)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.watched.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.watched.emit(False)

    @Slot()
    def _on_classes_changed(self) -> None:
        """The first entry follows the network's answer, the others are the classes."""
        prediction, model = self._state.prediction, self._state.model
        names = model.class_names if model is not None else ()
        answer = names[prediction.likeliest] if prediction and 0 <= prediction.likeliest < len(names) else "?"
        entries = [f"its answer: {answer}", *names]
        if self.chooser.count() != len(entries):
            self.chooser.clear()
            self.chooser.addItems(entries)
            self.class_asked.emit(None)
        elif self.chooser.itemText(0) != entries[0]:
            self.chooser.setItemText(0, entries[0])

    @Slot(int)
    def _on_chosen(self, index: int) -> None:
        self.class_asked.emit(None if index <= 0 else index - 1)

    @Slot()
    def _on_clicked(self) -> None:
        change = self._state.mind_change
        if change is not None and change.running:
            self.search_cancelled.emit()
            return
        asked, prediction = self._state.asked_class, self._state.prediction
        self.search_requested.emit(asked if prediction is None or asked != prediction.likeliest else None)

    @Slot()
    def _on_why_changed(self) -> None:
        why, model, prediction = self._state.why, self._state.model, self._state.prediction
        asked = self._state.asked_class
        self.question.setText(
            "Why not" if asked is not None and prediction and asked != prediction.likeliest else "Why"
        )
        self.progress.setVisible(why is not None and why.progress < 1)
        if why is None or model is None:
            for panel in (self.saliency, self.cam, self.contributed, self.occlusion):
                panel.show_map(None, None, True, "draw a digit")
            return
        self.progress.setValue(round(why.progress * 100))
        working = why.problem or "working it out"
        self.saliency.show_map(why.image, why.saliency, True, "" if why.saliency is not None else working)
        words = why.cam_layer.replace("_", " ") if why.cam is not None else "no convolution in this network"
        self.cam.show_map(why.image, why.cam, False, words)
        words = f"together {short(why.difference, True)}" if why.contributed is not None else working
        self.contributed.show_map(why.image, why.contributed, True, words)
        lost = float(why.occlusion.max()) if why.occlusion is not None else 0.0
        words = f"costs up to {percent(max(lost, 0.0))}" if why.occlusion is not None else working
        self.occlusion.show_map(why.image, why.occlusion, True, words)

    @Slot()
    def _on_mind_change_changed(self) -> None:
        change, model = self._state.mind_change, self._state.model
        searching = change is not None and change.running
        self.button.setText("Stop searching" if searching else "What would change its mind?")
        if change is None or model is None:
            self.edit.show_map(None, None, True, "press the button to find it")
        elif change.flip is None:
            words = f"searching, {change.progress * 100:.0f} %" if searching else change.words
            self.edit.show_map(None, None, True, words)
        else:
            flip = change.flip
            words = f"reads {model.class_names[flip.after]} ({percent(flip.probability)}), {flip.pixels} pixels"
            self.edit.show_map(flip.image, flip.change.sum(axis=2), True, words)
