"""Places of the real window that are lit up, numbered as in the lesson's text, the rest of Live a little darker."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QScrollArea, QTabBar, QTabWidget, QToolButton, QWidget

from cnn_core.lessons import LookAt
from cnn_gui.session.state import State
from cnn_gui.widgets.painted_text import CENTRE, face, paint_line

NOT_SHOWN = -2
"""Instead of the number of a mark: somebody has seen enough of them."""
DIM, RADIUS_PX, AROUND_PX = 80, 8, 5
BUBBLE_PX, PAD_PX, BADGE_PX = 240, 10, 20
KEPT_CLEAR_PX = 40


@dataclass(frozen=True, slots=True)
class Lit:
    """A place, and what is said of it."""

    number: int
    place: QRect
    mark: LookAt


class CoachMarks(QWidget):
    """Lies over the window and lets everything through. Beside a ``sheet`` with a lesson Live is dimmed."""

    def __init__(self, state: State, content: QWidget, sheet: QWidget | None) -> None:
        super().__init__(content)
        self.setObjectName("coachMarks")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._state, self._content, self._sheet = state, content, sheet
        self._lit: tuple[Lit, ...] = ()
        self._dimmed = QRect()
        self._chosen = 0

    def show_marks(self, marks: tuple[LookAt, ...], chosen: int, scrolls: bool) -> None:
        """Light these up; ``chosen`` has its words beside it. ``scrolls``: bring it into view first."""
        live = self._content.findChild(QWidget, "liveWorkspace")
        if live is None or not live.isVisible() or chosen == NOT_SHOWN:
            self.hide()
            return
        if scrolls and marks:
            at = marks[min(max(chosen, 0), len(marks) - 1)]
            tab = next((mark for mark in marks if mark.target == "room"), at)
            for mark in (tab, at):
                _bring_into_view(self._content, mark)
        dimmed = QRect()
        if self._sheet is not None:
            dimmed = QRect(live.mapTo(self._content, QPoint()), live.size())
            dimmed.setRight(min(dimmed.right(), self._edge - 1))
        places = [(number, place_of(self._content, mark), mark) for number, mark in enumerate(marks)]
        edge = self._edge
        lit = tuple(Lit(n, place, mark) for n, place, mark in places if not place.isEmpty() and place.left() < edge)
        changed = (lit, dimmed, chosen) != (self._lit, self._dimmed, self._chosen)
        self._lit, self._dimmed, self._chosen = lit, dimmed, chosen
        if self.geometry() != self._content.rect():
            self.setGeometry(self._content.rect())
        if not self.isVisible():
            self.show()
            self.raise_()
            if self._sheet is not None:
                self._sheet.raise_()
        if changed:
            self.update()

    @property
    def _edge(self) -> int:
        """How far to the right it reaches."""
        return self._sheet.x() if self._sheet is not None else self._content.width()

    def first_place(self) -> QRect:
        """Of the first thing that is lit up; the middle of the window where nothing is."""
        middle = QRect(self._content.rect().center(), self._content.rect().center())
        return self._around(self._lit[0]).toAlignedRect() if self._lit else middle

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._state.appearance.theme
        path = QPainterPath()
        path.addRoundedRect(QRectF(self._dimmed), RADIUS_PX, RADIUS_PX)
        for lit in self._lit:
            hole = QPainterPath()
            hole.addRoundedRect(self._around(lit), RADIUS_PX, RADIUS_PX)
            path = path.subtracted(hole)
        shade = QColor(theme.window)
        shade.setAlpha(DIM)
        painter.fillPath(path, shade)
        for lit in self._lit:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.accent), 2))
            painter.drawRoundedRect(self._around(lit), RADIUS_PX, RADIUS_PX)
        for lit in self._lit:
            if lit.number == self._chosen:
                self._paint_bubble(painter, lit)
            elif self._chosen >= 0:
                around = self._around(lit)
                self._paint_badge(painter, around.left() - 6, around.top() - 6, lit.number, on_accent=False)
        painter.end()

    def _around(self, lit: Lit) -> QRectF:
        return QRectF(lit.place.adjusted(-AROUND_PX, -AROUND_PX, AROUND_PX, AROUND_PX))

    def _paint_badge(self, painter: QPainter, x: float, y: float, number: int, on_accent: bool) -> None:
        theme = self._state.appearance.theme
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.accent_text if on_accent else theme.accent))
        badge = QRectF(x, y, BADGE_PX, BADGE_PX)
        painter.drawEllipse(badge)
        colour = theme.accent if on_accent else theme.accent_text
        paint_line(painter, badge, str(number + 1), colour, size_px=12, strong=True, align=CENTRE)

    def _free_place(self, around: QRectF, height: float) -> QRectF:
        """For words beside ``around``: the first side on which they cover least of what is lit up, and of the hand."""
        room = QRectF(self.rect().adjusted(8, 8, -8, -8))
        room.setRight(self._edge - 8)
        right, middle = room.right() - BUBBLE_PX, around.center().x() - BUBBLE_PX / 2
        sides = (
            (around.right() + 12, around.top() + 4), (middle, around.bottom() + 12),
            (middle, around.top() - 12 - height), (around.left() - 12 - BUBBLE_PX, around.top() + 4),
        )  # fmt: skip
        places = [
            QRectF(_clamped(x, room.left(), right), _clamped(y, room.top(), room.bottom() - height), BUBBLE_PX, height)
            for x, y in sides
        ]
        kept = [self._around(lit) for lit in self._lit]
        if (canvas := self._content.findChild(QWidget, "canvas")) is not None:
            kept.append(QRectF(_mapped(canvas, canvas.rect(), self._content)))

        def covered(place: QRectF) -> float:
            parts = (place.intersected(other) for other in kept)
            return sum(part.width() * part.height() for part in parts)

        return min(places, key=covered)

    def _paint_bubble(self, painter: QPainter, lit: Lit) -> None:
        """Beside the place that it speaks of."""
        theme, around = self._state.appearance.theme, self._around(lit)
        inner = BUBBLE_PX - 2 * PAD_PX - BADGE_PX - 8
        flags = Qt.TextFlag.TextWordWrap
        painter.setFont(face(12).font)
        words = painter.boundingRect(QRectF(0, 0, inner, 400), flags, lit.mark.text)
        height = PAD_PX * 2 + 18 + (words.height() + 2 if lit.mark.text else 0)
        bubble = self._free_place(around, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.accent))
        painter.drawRoundedRect(bubble, RADIUS_PX, RADIUS_PX)
        self._paint_badge(painter, bubble.left() + PAD_PX, bubble.top() + PAD_PX, lit.number, on_accent=True)
        left = bubble.left() + PAD_PX + BADGE_PX + 8
        title = QRectF(left, bubble.top() + PAD_PX, inner, 18)
        paint_line(painter, title, lit.mark.title, theme.accent_text, size_px=13, strong=True)
        painter.setPen(QColor(theme.accent_text))
        painter.setFont(face(12).font)
        painter.drawText(QRectF(left, title.bottom() + 2, inner, words.height() + 4), flags, lit.mark.text)


def _clamped(value: float, low: float, high: float) -> float:
    return min(max(value, low), max(low, high))


def place_of(content: QWidget, mark: LookAt) -> QRect:
    """Where it is in ``content``; empty where it is not to be seen."""
    if mark.target == "room":
        rooms = content.findChild(QTabWidget, "inspectorRooms")
        if rooms is None or not rooms.isVisible():
            return QRect()
        bar = rooms.tabBar()
        at = next((n for n in range(bar.count()) if bar.tabData(n) == mark.word), -1)
        if at >= 0 and at == rooms.currentIndex():
            return _mapped(rooms, rooms.rect(), content)
        place = bar.tabRect(at)
        seen = place & _tabs_place(bar)
        return _mapped(bar, seen, content) if at >= 0 and 2 * seen.width() > place.width() else QRect()
    if mark.target == "card":
        area = content.findChild(QScrollArea, "inspectorView")
        if area is None or not area.isVisible():
            return QRect()
        strip: QWidget | None = area.widget()
        if strip is None:
            return QRect()
        card: QRect = strip.card_of(mark.word)  # type: ignore[attr-defined]
        seen = _mapped(strip, card, content) if not card.isEmpty() else QRect()
        viewport: QWidget = area.viewport()
        return seen.intersected(_mapped(viewport, viewport.rect(), content))
    names = {"input": "inputView", "canvas": "canvas", "answer": "predictionView"}
    widget = content.findChild(QWidget, names.get(mark.target, mark.word))
    return _mapped(widget, widget.rect(), content) if widget is not None and widget.isVisible() else QRect()


def _mapped(widget: QWidget, place: QRect, content: QWidget) -> QRect:
    return QRect(widget.mapTo(content, place.topLeft()), place.size())


def _bring_into_view(content: QWidget, mark: LookAt) -> None:
    """A card of the strip is scrolled to the left, a tab to where the tabs stand."""
    if mark.target == "room":
        rooms = content.findChild(QTabWidget, "inspectorRooms")
        if rooms is not None:
            _scroll_to_tab(rooms.tabBar(), mark.word)
    area = content.findChild(QScrollArea, "inspectorView")
    if mark.target != "card" or area is None:
        return
    card: QRect = area.widget().card_of(mark.word)  # type: ignore[attr-defined]
    if not card.isEmpty():
        before = area.widget().card_before(mark.word)  # type: ignore[attr-defined]
        both = card.right() - before.left() + 2 * AROUND_PX <= area.viewport().width()
        left = before.left() - AROUND_PX if both and not before.isEmpty() else card.left() - KEPT_CLEAR_PX
        area.horizontalScrollBar().setValue(max(0, left))
        area.verticalScrollBar().setValue(max(0, card.top() - KEPT_CLEAR_PX))


def _tabs_place(bar: QTabBar) -> QRect:
    """Where tabs are to be seen: left of the buttons that scroll them."""
    place = bar.rect()
    buttons = [button for button in _scroll_buttons(bar) if button.isVisible()]
    if buttons:
        place.setRight(min(button.x() for button in buttons) - 1)
    return place


def _scroll_buttons(bar: QTabBar) -> list[QToolButton]:
    """Qt scrolls tabs on no other way than by these."""
    found = (bar.findChild(QToolButton, name) for name in ("ScrollLeftButton", "ScrollRightButton"))
    return [button for button in found if button is not None]


def _scroll_to_tab(bar: QTabBar, key: str) -> None:
    at = next((n for n in range(bar.count()) if bar.tabData(n) == key), -1)
    buttons = _scroll_buttons(bar)
    if at < 0 or len(buttons) != 2:
        return
    for _ in range(bar.count()):
        place, seen = bar.tabRect(at), _tabs_place(bar)
        if place.left() >= seen.left() and place.right() <= seen.right():
            return
        button = buttons[0] if place.left() < seen.left() else buttons[1]
        if not button.isEnabled():
            return
        button.click()
