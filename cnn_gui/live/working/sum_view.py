"""The sum behind one number: patch × kernel, the sum, the bias and what the activation makes of it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnn_core.inspection import Place, Working, adding_up
from cnn_core.inspection.kinds import traits_of
from cnn_gui.live.working.channel_bars import bar_at, paint_channel_bars
from cnn_gui.live.working.grid import ORDINARY, OUTSIDE, WINNER, paint_grid
from cnn_gui.live.working.words import place_words, title_of
from cnn_gui.session.inspected import Explained
from cnn_gui.session.selection import Pin
from cnn_gui.session.state import State
from cnn_gui.widgets.format import FIGURES, exact, short, signed
from cnn_gui.widgets.ground import claim_ground, paint_ground
from cnn_gui.widgets.painted_text import CENTRE, first_fitting, paint_focus, paint_line
from cnn_gui.widgets.translation import tr

TITLE_PX = 22
CELL_PX = (40, 24)
LABEL_PX = 18
BARS_PX = 34
SIGN_PX = 26
RESULT_PX = 190
NARROW_PX, NARROW_RESULT_PX, NARROW_SIGN_PX = 520, 146, 16
"""In less room than this the result takes less of it, so that the numbers of a 3×3 kernel can still be read."""
FULL_PX = 125
"""Lower than this there is no room for the bars of all input maps."""
ROW_PX, LARGE_PX = 17, 32
COLUMN_PX = 170
TERMS = 12


class SumView(QWidget):
    """Shows the working of the number that is pinned or under the pointer, and follows the pen."""

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        claim_ground(self)
        self.setObjectName("workingView")
        self.setAccessibleName(tr("The sum behind the pinned number"))
        self.setToolTip("")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(84)
        self._state = state
        self._channel: int | None = None
        self._channel_of: Pin | None = None
        self._bars = QRectF()
        for signal in (state.inspected.explained_changed, state.appearance.theme_changed):
            signal.connect(self._on_changed)

    def sizeHint(self) -> QSize:
        return QSize(560, 190)

    def channel(self) -> int:
        """The input map whose patch is shown: the chosen one, else the one that adds most."""
        explained = self._state.inspected.explained
        products = explained.working.products if explained else None
        if explained is None or products is None or products.ndim != 3:
            return 0
        chosen = self._channel if self._channel_of == explained.pin else None
        return chosen if chosen is not None else int(np.abs(products.sum(axis=(0, 1))).argmax())

    def choose_channel(self, channel: int | None) -> None:
        """Show the patch of this input map; None goes back to the one that adds most."""
        explained = self._state.inspected.explained
        self._channel, self._channel_of = channel, explained.pin if explained else None
        self.update()

    @Slot()
    def _on_changed(self) -> None:
        explained = self._state.inspected.explained
        if explained is not None and self.isVisible():
            self.setAccessibleDescription(in_words(explained))
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        explained = self._state.inspected.explained
        if explained is None or not self._bars.contains(event.position()):
            super().mousePressEvent(event)
            return
        self.choose_channel(bar_at(self._bars, event.position().x(), explained.working.inputs.shape[-1]))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right go through the input maps of a convolution."""
        explained = self._state.inspected.explained
        if event.key() == Qt.Key.Key_Space:
            return
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if explained is None or step is None or explained.working.inputs.ndim != 3:
            super().keyPressEvent(event)
            return
        self.choose_channel(min(max(self.channel() + step, 0), explained.working.inputs.shape[2] - 1))

    # --- Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_ground(painter, event.rect(), self._state.appearance.theme)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._bars = QRectF()
        explained = self._state.inspected.explained
        if explained is None:
            painter.setPen(QColor(self._state.appearance.theme.muted))
            words = tr("Point at any number of any layer to see how it comes about; click to pin it")
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, words)
        else:
            self._paint(painter, explained)
        if self.hasFocus():
            paint_focus(painter, self.rect(), self._state.appearance.theme.accent)
        painter.end()

    def _paint(self, painter: QPainter, explained: Explained) -> None:
        working = explained.working
        self._paint_title(painter, explained)
        area = QRectF(0, TITLE_PX + 4, self.width(), self.height() - TITLE_PX - 4)
        if working.inputs.ndim == 3:
            self._paint_patch(painter, area, explained)
        elif traits_of(working.kind).sums or traits_of(working.kind).shares:
            self._paint_terms(painter, area, explained)
        else:
            self._paint_function(painter, area, explained)

    def _paint_title(self, painter: QPainter, explained: Explained) -> None:
        theme = self._state.appearance.theme
        line = QRectF(0, 0, self.width(), TITLE_PX)
        used = paint_line(painter, line, title_of(explained.pin), theme.text, size_px=13, strong=True) + 10
        self._small(painter, QRectF(used, 0, self.width() - used, TITLE_PX), self._function_words(explained))

    def _paint_patch(self, painter: QPainter, area: QRectF, explained: Explained) -> None:
        """Patch × kernel = products of one input map, all maps' sums below, the result on the right."""
        working = explained.working
        channel = self.channel()
        patch, inside = working.inputs[:, :, channel], working.inside[:, :, channel]
        rows, columns = patch.shape
        several = working.inputs.shape[2] > 1
        bars_px = BARS_PX + LABEL_PX if several and area.height() > FULL_PX else 0
        room = area.height() - LABEL_PX - bars_px
        grids = 3 if working.weights is not None and traits_of(working.kind).sums else 1
        narrow = area.width() < NARROW_PX
        sign_px, result_px = (NARROW_SIGN_PX, NARROW_RESULT_PX) if narrow else (SIGN_PX, RESULT_PX)
        width = min(CELL_PX[0] * columns, (area.width() - result_px - sign_px * (grids - 1) - 12) / grids)
        height = min(CELL_PX[1] * rows, room)
        if width < 12 or height < 12:
            self._paint_result(painter, QRectF(area.left(), area.top(), area.width(), area.height()), explained)
            return
        top = area.top() + LABEL_PX
        outside = np.where(inside, ORDINARY, OUTSIDE)
        limit = float(max(np.abs(working.inputs).max(), 1e-12))
        signed = bool((working.inputs < 0).any())
        low = -limit if signed else 0.0
        names = (
            [
                tr("patch of map {channel}").format(channel=channel),
                tr("map {channel}").format(channel=channel),
            ]
            if several
            else [tr("patch")]
        )
        labels = [first_fitting(width, names)]
        parts = [(patch, low, limit, signed, outside)]
        if grids == 3:
            assert working.weights is not None
            weights = working.weights[:, :, channel]
            most = float(max(np.abs(working.weights).max(), 1e-12))
            products = patch * weights
            peak = float(max(np.abs(products).max(), 1e-12))
            labels += [tr("kernel"), tr("products")]
            parts += [
                (weights, -most, most, True, np.full_like(outside, ORDINARY)),
                (products, -peak, peak, True, np.full_like(outside, ORDINARY)),
            ]
        elif traits_of(working.kind).picks and working.weights is not None:
            parts[0] = (patch, low, limit, signed, np.where(working.weights[:, :, channel] > 0, WINNER, outside))
        x = area.left()
        for number, (values, lowest, highest, both, marks) in enumerate(parts):
            if number:
                sign = QRectF(x, top, sign_px - 2, height)
                sign_words = "×" if number == 1 else "="
                paint_line(painter, sign, sign_words, self._state.appearance.theme.muted, size_px=16, align=CENTRE)
                x += sign_px
            self._small(painter, QRectF(x, area.top(), width, LABEL_PX - 2), labels[number])
            paint_grid(
                painter,
                QRectF(x, top, width, height),
                values,
                lowest,
                highest,
                both,
                self._state.appearance.theme,
                marks,
            )
            x += width
        self._paint_result(painter, QRectF(x + 14, area.top(), area.right() - x - 14, room + LABEL_PX), explained)
        if bars_px and working.products is not None:
            sums = working.products.sum(axis=(0, 1))
            bars = QRectF(area.left(), top + room + 2, area.width(), BARS_PX + LABEL_PX - 4)
            self._paint_channels(painter, bars, sums, channel)

    def _paint_channels(self, painter: QPainter, area: QRectF, sums: np.ndarray, chosen: int) -> None:
        """What each input map adds, as bars around zero; a click shows its patch."""
        theme = self._state.appearance.theme
        words = tr("map {chosen} adds {sum} · what each of the {count} maps adds:").format(
            chosen=chosen, sum=short(float(sums[chosen]), True), count=len(sums)
        )
        self._small(painter, QRectF(area.left(), area.top(), area.width(), LABEL_PX - 2), words)
        place = QRectF(area.left(), area.top() + LABEL_PX, area.width(), BARS_PX - 4)
        self._bars = paint_channel_bars(painter, place, sums, chosen, theme, (theme.accent, theme.second))

    def _paint_result(self, painter: QPainter, area: QRectF, explained: Explained) -> None:
        """What is added up, in lines; the number itself, large, under its layer's name; what follows makes of it."""
        name, value = f"{_name(explained.working.layer)} =", exact(explained.working.output)
        before, after = lines_before(explained, area.width() < RESULT_PX - 14), lines_after(explained)
        tall = area.height() >= ROW_PX * (len(before) + 1 + len(after)) + LARGE_PX
        lines = [*before, name if tall else f"{name} {value}", *after][: max(1, int(area.height() // ROW_PX))]
        top = area.top() + max(0.0, (area.height() - ROW_PX * len(lines) - (LARGE_PX if tall else 0)) / 2)
        for number, text in enumerate(lines):
            self._small(painter, QRectF(area.left(), top, area.width(), ROW_PX), text)
            top += ROW_PX
            if tall and number == len(before):
                place = QRectF(area.left(), top, area.width(), LARGE_PX)
                paint_line(painter, place, value, self._state.appearance.theme.text, size_px=24, strong=True)
                top += LARGE_PX

    def _paint_terms(self, painter: QPainter, area: QRectF, explained: Explained) -> None:
        """The inputs that count most, in rows, and the rest of them in one; of a softmax all, in columns."""
        left = area.width() - RESULT_PX if area.width() > 2 * RESULT_PX else area.width()
        lines = max(1, int(area.height() // ROW_PX))
        columns = max(1, int(left // COLUMN_PX)) if traits_of(explained.working.kind).shares else 1
        rows = term_rows(explained, lines * columns)
        width = left / columns
        for number, text in enumerate(rows):
            column, line = divmod(number, lines)
            place = QRectF(area.left() + column * width, area.top() + line * ROW_PX, width - 6, ROW_PX)
            self._small(painter, place, text)
        if left < area.width():
            self._paint_result(painter, QRectF(left, area.top(), area.width() - left, area.height()), explained)

    def _function_words(self, explained: Explained) -> str:
        """What the layer does; of a flattened number also where it stood before."""
        prediction = self._state.model.prediction
        if explained.working.kind == "Flatten" and prediction is not None:
            at = explained.number
            shape = prediction.activations[at - 1].shape if at else prediction.image.shape
            if len(shape) == 3 and explained.pin.place[0] < shape[0] * shape[1] * shape[2]:
                row, column, channel = (int(i) for i in np.unravel_index(explained.pin.place[0], shape))
                place = place_words((row, column, channel))
                return tr("the same number, in one row: it stood at {place}").format(place=place)
        return tr(explained.working.function)

    def _paint_function(self, painter: QPainter, area: QRectF, explained: Explained) -> None:
        """The curve of the function with the number on it, where there is one."""
        working = explained.working
        side = min(area.height() - 4, 150.0, area.width() / 2)
        if working.curve is not None and side > 40:
            place = QRectF(area.left(), area.top(), side * 1.4, side)
            self._paint_curve(painter, place, *working.curve, at=(float(working.inputs.flat[0]), working.output))
            area = area.adjusted(side * 1.4 + 18, 0, 0, 0)
        self._paint_result(painter, area, explained)

    def _paint_curve(
        self, painter: QPainter, place: QRectF, xs: np.ndarray, ys: np.ndarray, at: tuple[float, float]
    ) -> None:
        theme, reach = self._state.appearance.theme, float(xs[-1])
        top = max(float(ys.max()), 0.1) * 1.1
        bottom = min(float(ys.min()), 0.0) * 1.1 - 0.05 * top

        def point(x: float, y: float) -> QPointF:
            return QPointF(
                place.left() + (x + reach) / (2 * reach) * place.width(),
                place.bottom() - (y - bottom) / (top - bottom) * place.height(),
            )

        painter.setPen(QPen(QColor(theme.border), 1))
        painter.drawLine(point(-reach, 0), point(reach, 0))
        painter.drawLine(point(0, bottom), point(0, top))
        path = QPainterPath(point(float(xs[0]), float(ys[0])))
        for x, y in zip(xs[1:], ys[1:], strict=True):
            path.lineTo(point(float(x), float(y)))
        painter.setPen(QPen(QColor(theme.muted), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.accent))
        painter.drawEllipse(point(*at), 4.5, 4.5)

    def _small(self, painter: QPainter, place: QRectF, text: str) -> None:
        paint_line(painter, place, text, self._state.appearance.theme.muted)


def result_lines(explained: Explained) -> list[str]:
    """``sum of 9 products 1.1830``, ``+ bias −0.0420``, ``conv 1 = 1.1410``, ``→ relu 1 = 1.1410``, step by step."""
    working = explained.working
    return [*lines_before(explained), f"{_name(working.layer)} = {exact(working.output)}", *lines_after(explained)]


def lines_before(explained: Explained, narrow: bool = False) -> list[str]:
    """What the number is made of; what is added up adds up as it stands there."""
    working = explained.working
    if traits_of(working.kind).scales:
        return _normalization_lines(working)
    if working.weights is not None and traits_of(working.kind).sums:
        assert working.sum is not None
        terms = working.inputs.size
        total, bias = adding_up([working.sum, working.bias], working.output, FIGURES)
        what = (
            tr("{terms} products").format(terms=terms) if narrow else tr("sum of {terms} products").format(terms=terms)
        )
        return [f"{what} {exact(total)}", tr("+ bias {exact}").format(exact=exact(bias))]
    if traits_of(working.kind).shares:
        powers = np.exp(working.inputs)
        return [f"eˣ = {exact(float(powers[working.place[0]]))}", f"Σ eˣ = {exact(float(powers.sum()))}"]
    return [f"x = {exact(float(working.inputs.flat[0]))}"] if working.inputs.size == 1 else []


def lines_after(explained: Explained) -> list[str]:
    """What the layers that follow make of the number, one by one."""
    return [f"→ {_name(step.layer)} = {exact(step.output)}" for step in explained.onwards]


def _name(layer: str) -> str:
    return layer.replace("_", " ")


def _normalization_lines(working: Working) -> list[str]:
    of = working.ingredients
    x = exact(float(working.inputs.flat[0]))
    lines = [
        tr("x = {x}, mean {exact}, variance {exact2}").format(
            x=x, exact=exact(of["mean"]), exact2=exact(of["variance"])
        )
    ]
    if of["scale"]:
        lines.append(
            tr("(x - mean) / √(variance + ε) = {exact}").format(
                exact=exact((working.output - of["shift"]) / of["scale"])
            )
        )
    return [*lines, tr("· scale {exact} + shift {exact2}").format(exact=exact(of["scale"]), exact2=exact(of["shift"]))]


def term_rows(explained: Explained, most: int) -> list[str]:
    """The largest terms of a dense layer's sum, or the logits of a softmax, a row each."""
    working = explained.working
    products = working.products
    if products is None:  # softmax
        powers = np.exp(working.inputs - working.inputs.max())
        shares = adding_up((100 * powers / powers.sum()).tolist(), 100.0, 2)
        rows = [f"e^{exact(float(x))} → {share:.2f} %" for x, share in zip(working.inputs, shares, strict=True)]
        mark = working.place[0]
        marked = [f"{'▸ ' if i == mark else '   '}{i}:  {row}" for i, row in enumerate(rows)]
        first = min(max(mark - most // 2, 0), max(len(rows) - most, 0))
        return marked[first : first + most]
    order = np.argsort(-np.abs(products), kind="stable")
    shown = order if len(order) <= most else order[: max(most - 1, 0)]
    rest = [float(products.sum() - products[shown].sum())] if len(shown) < len(order) else []
    total = working.sum if working.sum is not None else float(products.sum())
    terms = adding_up([*map(float, products[shown]), *rest], total, FIGURES)
    rows = [
        f"{place_words(_place_of(int(i), working))}:  {short(float(working.inputs[i]))} × "
        f"{short(float(working.weights[i] if working.weights is not None else 0), True)} = {signed(term)}"
        for i, term in zip(shown, terms, strict=False)
    ]
    if rest:
        rows.append(tr("{count} others:  {sum}").format(count=len(order) - len(shown), sum=signed(terms[-1])))
    return rows


def _place_of(number: int, working: Working) -> Place:
    """Where the input ``number`` stood before it was flattened."""
    if working.maps is None:
        return (number,)
    return tuple(int(i) for i in np.unravel_index(number, working.maps))


def in_words(explained: Explained) -> str:
    """The working for those who listen."""
    return f"{title_of(explained.pin)}: {tr(explained.working.function)}; {'; '.join(result_lines(explained))}"
