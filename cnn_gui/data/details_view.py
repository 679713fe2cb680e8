"""One image: its pixels, its label, what the network says, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from cnn_gui.data.state import DataState
from cnn_gui.session.state import State
from cnn_gui.widgets.card import Card, label
from cnn_gui.widgets.fields import ComboBox
from cnn_gui.widgets.format import thousands
from cnn_gui.widgets.painted_text import RIGHT, paint_line
from cnn_gui.widgets.pixels import image_of
from cnn_gui.widgets.translation import tr

WIDTH_PX, NARROW_PX, BARS, BAR_PX = 240, 208, 4, 18


class ImageLarge(QWidget):
    """The pixels, each a square, and below the likeliest classes."""

    def __init__(self, state: State, data: DataState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._data, self._number = state, data, -1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("The chosen image"))
        state.appearance.theme_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(WIDTH_PX - 28, WIDTH_PX - 28 + 8 + BARS * BAR_PX)

    def show_image(self, number: int) -> None:
        self._number = number
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter, theme, data = QPainter(self), self._state.appearance.theme, self._data.data
        side = min(self.width(), self.height() - 8 - BARS * BAR_PX)
        if data is None or not 0 <= self._number < len(data):
            painter.fillRect(0, 0, side, side, QColor(theme.raised))
            painter.end()
            return
        image = image_of(data.images[self._number])
        scaled = image.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.FastTransformation)
        painter.fillRect(0, 0, side, side, QColor(theme.paper))
        painter.drawImage((side - scaled.width()) // 2, (side - scaled.height()) // 2, scaled)
        answers = self._data.answers
        if answers is not None:
            probabilities = answers.probabilities[self._number].astype(float)
            for row, k in enumerate(probabilities.argsort()[::-1][:BARS]):
                self._paint_bar(painter, side + 8 + row * BAR_PX, answers.class_names[k], float(probabilities[k]), row)
        painter.end()

    def _paint_bar(self, painter: QPainter, top: int, name: str, share: float, row: int) -> None:
        theme = self._state.appearance.theme
        paint_line(painter, QRectF(0, top, 54, BAR_PX), name, theme.text if row == 0 else theme.muted, strong=row == 0)
        bar = QRectF(58, top + BAR_PX / 2 - 2.5, self.width() - 58 - 48, 5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.track))
        painter.drawRoundedRect(bar, 2, 2)
        painter.setBrush(QColor(theme.accent if row == 0 else theme.muted))
        painter.drawRoundedRect(QRectF(bar.left(), bar.top(), bar.width() * share, 5), 2, 2)
        figure = QRectF(self.width() - 46, top, 46, BAR_PX)
        paint_line(painter, figure, f"{share * 100:.1f}", theme.text, align=RIGHT)


class DetailsView(Card):
    """`relabel_wanted` carries the number of a class."""

    canvas_wanted = Signal()
    explain_wanted = Signal()
    relabel_wanted = Signal(int)
    exclude_wanted = Signal()
    forget_wanted = Signal()
    undo_wanted = Signal()
    read_wanted = Signal()

    def __init__(self, state: State, data: DataState, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._state, self._data, self._number = state, data, -1
        self.setFixedWidth(WIDTH_PX)
        self.title = label(tr("No image"), title=True)
        self.body.addWidget(self.title)
        self.large = ImageLarge(state, data)
        self.body.addWidget(self.large)
        self.words = label(small=True)
        self.words.setWordWrap(True)
        self.words.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.body.addWidget(self.words)
        self.buttons: dict[str, QPushButton] = {}
        for names in (
            (("canvas", tr("Canvas"), tr("Put it on the canvas (Enter)"), self.canvas_wanted),
             ("explain", tr("Explain"), tr("Put it on the canvas and see what speaks for the answer"),
              self.explain_wanted)),
            (("exclude", tr("Leave out"), tr("Train without the marked images"), self.exclude_wanted),
             ("forget", tr("As it was"), tr("Undo all that was changed in the marked images"), self.forget_wanted)),
            (("read", tr("Read all"), tr("Let the open network read all images of this part"),
              self.read_wanted),
             ("undo", tr("Undo"), tr("Take the last change back (Ctrl+Z)"), self.undo_wanted)),
        ):  # fmt: skip
            row = QHBoxLayout()
            row.setSpacing(6)
            for name, words, tip, signal in names:
                button = QPushButton(words)
                button.setObjectName(f"{name}Data")
                button.setProperty("small", True)
                button.setProperty("tight", True)
                button.setAccessibleName(words)
                button.setToolTip(tip)
                button.clicked.connect(signal)
                row.addWidget(button, 1)
                self.buttons[name] = button
            self.body.addLayout(row)
        line = QHBoxLayout()
        line.addWidget(label(tr("Relabel"), small=True, muted=True))
        self.classes = ComboBox()
        self.classes.setObjectName("relabelData")
        self.classes.setAccessibleName(tr("Another label for the marked images"))
        self.classes.setToolTip(tr("Another label for the marked images; the data themselves are not touched"))
        self.classes.setPlaceholderText(tr("it is a …"))
        self.classes.activated.connect(self._on_class)
        line.addWidget(self.classes, 1)
        self.body.insertLayout(3, line)
        self.body.addStretch(1)
        data.shown_changed.connect(self._on_changed)
        data.loaded_changed.connect(self._on_loaded)
        self._on_changed()

    def set_narrow(self, narrow: bool) -> None:
        """In a narrow window there is room for the pixels and the buttons alone."""
        self.setFixedWidth(NARROW_PX if narrow else WIDTH_PX)

    def show_image(self, number: int) -> None:
        """The image of this number of the part."""
        self._number = number
        self._on_changed()

    @Slot()
    def _on_loaded(self) -> None:
        self.classes.clear()
        data = self._data.data
        for number, name in enumerate(data.class_names if data is not None else ()):
            self.classes.addItem(name, number)
        self.classes.setCurrentIndex(-1)
        self._number = -1

    @Slot()
    def _on_changed(self) -> None:
        data = self._data.data
        there = data is not None and 0 <= self._number < len(data)
        self.large.show_image(self._number)
        for name in ("canvas", "explain", "exclude", "forget"):
            self.buttons[name].setEnabled(there)
        self.buttons["undo"].setEnabled(self._data.can_undo)
        self.buttons["read"].setEnabled(data is not None)
        self.classes.setEnabled(there)
        if data is None or not there:
            self.title.setText(tr("No image"))
            self.words.setText("")
            return
        self.title.setText(tr("Image {n}").format(n=thousands(self._number)))
        self.words.setText(self._said())

    def _said(self) -> str:
        data, edits = self._data.data, self._data.edits
        assert data is not None
        names, label_ = data.class_names, int(data.labels[self._number])
        own = names[label_] if label_ >= 0 else tr("none of the classes")
        said = [tr("label: {name}").format(name=own)]
        if (changed := dict(edits.labels).get(self._number)) is not None:
            said.append(tr("relabelled: {name}").format(name=names[changed] if changed >= 0 else tr("none")))
        if self._number in edits.excluded:
            said.append(tr("left out of the training"))
        answers, doubts = self._data.answers, self._data.doubts
        if answers is not None:
            read = int(answers.probabilities[self._number].argmax())
            said.append(tr("{network} reads: {name}").format(network=answers.network, name=answers.class_names[read]))
        if doubts is not None and doubts.is_suspected[self._number]:
            said.append(tr("the label may be wrong: {name}?").format(name=names[doubts.likely[self._number]]))
        return " · ".join(said)

    @Slot(int)
    def _on_class(self, number: int) -> None:
        self.relabel_wanted.emit(number)
        self.classes.setCurrentIndex(-1)
