"""Why this digit? Five answers side by side, each laid over the drawing."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from cnn_core.arrays import Array
from cnn_core.inspection import laid_over
from cnn_gui.live.attribution.state import AttributionState
from cnn_gui.live.class_chooser import ClassChooser
from cnn_gui.live.room_view import RoomView, WorkLine
from cnn_gui.session.state import State
from cnn_gui.widgets.card import label
from cnn_gui.widgets.format import percent, short
from cnn_gui.widgets.painted_text import face, paint_line
from cnn_gui.widgets.pixels import fitted, rgb_image
from cnn_gui.widgets.plain_tip import plain_tip
from cnn_gui.widgets.translation import QT_TR_NOOP, tr

TITLE_PX, WORDS_PX = 20, 18
BESIDE_PX, NARROW_PX = 46, 60
"""With so much room beside the image the words stand there, and it can be larger; with less than the second, they are
small."""
NO_BREAK = "\u00a0"
LOW_PX = 56
"""Where the image would be smaller than this, the words are left to the tip."""
TIPS = {
    QT_TR_NOOP("Saliency"): QT_TR_NOOP(
        "How the class's logit would rise (red) or fall (blue) if a pixel got brighter: its gradient.\n"
        "Where numbers in a pooling window are equal, as on an empty background, "
        "the first of them counts as the largest."
    ),
    QT_TR_NOOP("Grad-CAM"): QT_TR_NOOP("Where the maps of a late convolution that speak for the class are active"),
    QT_TR_NOOP("Contributions"): QT_TR_NOOP(
        "What each pixel adds to the class's logit (red) or takes from it (blue): integrated gradients"
    ),
    QT_TR_NOOP("Occlusion"): QT_TR_NOOP("How much less probable the class gets when a square of 5×5 pixels is covered"),
    QT_TR_NOOP("Smallest edit"): QT_TR_NOOP(
        "Ink to add (red) and to take away (blue) so that the network reads something else"
    ),
}


class OverlayPanel(QWidget):
    """An image in grey with a coloured map over it, a title above and some words."""

    def __init__(self, state: State, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr(title))
        self.setToolTip(tr(TIPS[title]))
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
        self.setToolTip(plain_tip(f"{tr(TIPS[self._title])}\n{words}".strip()))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter, theme = QPainter(self), self._state.appearance.theme
        side = min(self.width(), self.height() - TITLE_PX)
        beside = self.width() - side >= BESIDE_PX
        below = not beside and self.height() - TITLE_PX - WORDS_PX >= LOW_PX
        if below:
            side = min(side, self.height() - TITLE_PX - WORDS_PX)
        paint_line(painter, QRectF(0, 0, self.width(), TITLE_PX), tr(self._title), theme.text, strong=True)
        place = QRectF(0, TITLE_PX, side, side)
        if self._image is None:
            painter.fillRect(place, QColor(theme.track))
        else:
            picture = laid_over(self._image, self._map, self._signed)
            painter.drawImage(fitted(place, *picture.shape[:2]), rgb_image(picture))
        if beside:
            narrow = self.width() - side < NARROW_PX
            gap = 4 if narrow else 8
            room = QRectF(side + gap, TITLE_PX, self.width() - side - gap, side)
            painter.setFont(face(10 if narrow else 12).font)
            painter.setPen(QColor(theme.muted))
            painter.drawText(room, Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap, self._words)
        elif below:
            paint_line(painter, QRectF(0, place.bottom() + 1, self.width(), WORDS_PX), self._words, theme.muted)
        painter.end()


class AttributionView(RoomView):
    """The chosen class and its five answers."""

    class_asked = Signal(object)
    search_requested = Signal(object)

    def __init__(self, state: State, room: AttributionState, parent: QWidget | None = None) -> None:
        super().__init__("attributionView", tr("Why this class?"), parent)
        self._state, self._room = state, room
        self.question = label(tr("Why"), muted=True)
        tip = tr("Ask about another class: why is it not that one?")
        self.chooser = ClassChooser(state, "attributionClassCombo", tr("Class to ask about"), tip)
        self.answers = WorkLine("", tr("Stop"), tr("Stop working out what is missing"))
        self.search = WorkLine(
            tr("What would change its mind?"),
            tr("Stop searching"),
            tr("Look for the smallest edit that changes the answer"),
        )
        self.search.button.setObjectName("counterfactualButton")
        self.saliency, self.cam, self.contributed, self.occlusion, self.edit = (
            OverlayPanel(state, title) for title in TIPS
        )
        for widget in (self.question, self.chooser):
            self.top.addWidget(widget)
        self.top.addWidget(self.answers, 3)
        self.top.addWidget(self.search, 2)
        row = QHBoxLayout()
        row.setSpacing(14)
        for panel in (self.saliency, self.cam, self.contributed, self.occlusion, self.edit):
            row.addWidget(panel, 1)
        self.column.addLayout(row, 1)
        self.chooser.class_asked.connect(self.class_asked)
        self.search.again_requested.connect(self._on_search)
        room.attribution_changed.connect(self._on_attribution_changed)
        room.counterfactual_changed.connect(self._on_counterfactual_changed)
        state.appearance.theme_changed.connect(self.update)
        self._on_attribution_changed()
        self._on_counterfactual_changed()

    @Slot()
    def _on_search(self) -> None:
        asked, prediction = self._state.selection.asked_class, self._state.model.prediction
        self.search_requested.emit(asked if prediction is None or asked != prediction.likeliest else None)

    @Slot()
    def _on_attribution_changed(self) -> None:
        found, model, prediction = self._room.attribution, self._state.model.info, self._state.model.prediction
        asked = self._state.selection.asked_class
        self.question.setText(
            tr("Why not") if asked is not None and prediction and asked != prediction.likeliest else tr("Why")
        )
        self.answers.show_work("", found.progress if found is not None and found.progress < 1 else None)
        if found is None or model is None:
            for panel in (self.saliency, self.cam, self.contributed, self.occlusion):
                panel.show_map(None, None, True, tr("draw something"))
            return
        working = found.problem or tr("working it out")
        self.saliency.show_map(found.image, found.saliency, True, "" if found.saliency is not None else working)
        words = found.cam_layer.replace("_", " ") if found.cam is not None else tr("no convolution in this network")
        self.cam.show_map(found.image, found.cam, False, words)
        words = (
            tr("all pixels: {sum}").format(sum=short(float(found.contributed.sum()), True))
            if found.contributed is not None
            else working
        )
        self.contributed.show_map(found.image, found.contributed, True, words)
        lost = float(found.occlusion.max()) if found.occlusion is not None else 0.0
        share = percent(max(lost, 0.0)).replace("> ", ">").replace(" ", NO_BREAK)  # one word, and a narrow one
        words = tr("up to {share} less sure").format(share=share) if found.occlusion is not None else working
        self.occlusion.show_map(found.image, found.occlusion, True, words)

    @Slot()
    def _on_counterfactual_changed(self) -> None:
        change, model = self._room.counterfactual, self._state.model.info
        searching = change is not None and change.running
        self.search.show_work("", change.progress if change is not None and searching else None)
        if change is None or model is None:
            self.edit.show_map(None, None, True, tr("press the button to find it"))
        elif change.flip is None:
            words = tr("searching, {value:.0f} %").format(value=change.progress * 100) if searching else change.words
            self.edit.show_map(None, None, True, words)
        else:
            flip = change.flip
            name, sure = model.class_names[flip.after], percent(flip.probability).replace(" ", NO_BREAK)
            reads = (
                tr("reads {name} ({sure})").format(name=name, sure=sure)
                if flip.probability >= model.calibration.threshold
                else tr("none of the classes")
            )
            words = tr("{reads}, {pixels} pixels").format(reads=reads, pixels=flip.pixels)
            self.edit.show_map(flip.image, flip.change.sum(axis=2), True, words)
