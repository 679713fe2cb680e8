"""The window: where header, hand, workspaces, dock and training bar stand. `cnn_gui.app` wires it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QEasingCurve, QEvent, QPoint, QRect, QSize, Qt, QTimer, QVariantAnimation, Signal, Slot
from PySide6.QtGui import QCloseEvent, QGuiApplication, QIcon, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QSplitter, QStyle, QVBoxLayout, QWidget

from cnn_core.assets import asset_path
from cnn_gui.actions import Actions
from cnn_gui.hand.view import HandView
from cnn_gui.settings import Settings
from cnn_gui.shell.focus_scroller import FocusScroller
from cnn_gui.shell.header import Header
from cnn_gui.shell.training_bar import TrainingBar
from cnn_gui.shell.whole_notice import WholeNotice
from cnn_gui.widgets.page_stack import PageStack
from cnn_gui.widgets.splitter import splitter

SIZE_PX, MINIMUM_PX = QSize(1440, 960), QSize(1024, 640)
HAND_PX, HAND_SMALL_PX, WIDE_FROM_PX = 344, 264, 1200
DOCK_PX, FOLDED_BELOW_PX = 220, 780
"""Height of the dock, and of a window in which it is folded until somebody unfolds it."""
FOLD_MS = 120
MARGIN_PX, FRAME_PX = 12, 40
"""Around the cards, and what a screen keeps for the title bar of a window."""
NO_SCREEN = ("offscreen", "minimal")
CLOSE_AT_ONCE_S, CLOSE_LOOK_S = 0.12, 0.002
"""Most work ends within this time after it was asked to; for the rest the window is hidden and looks again later."""
CLOSE_POLL_MS = 10


@runtime_checkable
class Coverable(Protocol):
    """A view that makes do with less where a sheet lies over its right side."""

    def set_covered(self, width_px: int) -> None: ...


class MainWindow(QMainWindow):
    """`closing` asks everybody to stop; ``has_stopped`` says whether they have."""

    closing = Signal()
    closed = Signal()
    undo_wanted = Signal()

    def __init__(
        self,
        settings: Settings,
        actions: Actions,
        header: Header,
        hand: HandView,
        bar: TrainingBar,
        has_stopped: Callable[[], bool],
    ) -> None:
        super().__init__()
        self._settings, self.actions_, self._has_stopped = settings, actions, has_stopped
        self._closing_since: float | None = None
        self._dock: QWidget | None = None
        self._fold = QVariantAnimation(self)
        self._fold.setDuration(FOLD_MS)
        self._fold.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._fold.valueChanged.connect(self._on_fold_moved)
        self._fold.finished.connect(self._on_fold_ended)
        self._docked_px = DOCK_PX
        self._scroller = FocusScroller(self)
        self._is_wide = True
        self._has_dock = True
        self._sheet: QWidget | None = None
        self.setWindowTitle("cnn-gui")
        self.setWindowIcon(QIcon(str(asset_path("icons/app.svg"))))
        self.header, self.hand, self.bar = header, hand, bar
        self.workspaces = PageStack()
        self.upper_zones = splitter("upperZones", Qt.Orientation.Horizontal, hand, self.workspaces)
        self.upper_zones.setStretchFactor(0, 0)
        self.upper_zones.setStretchFactor(1, 1)
        self.zones = splitter("zones", Qt.Orientation.Vertical, self.upper_zones)
        self._arrange()
        for action in actions.findChildren(type(actions.undo)):
            self.addAction(action)
        actions.fold_dock.triggered.connect(self._on_fold_chosen)
        actions.quit.triggered.connect(self.close)
        self.setMinimumSize(MINIMUM_PX)

    def _arrange(self) -> None:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        inner = QVBoxLayout()
        inner.setContentsMargins(MARGIN_PX, MARGIN_PX, MARGIN_PX, MARGIN_PX)
        inner.addWidget(self.zones)
        column.addLayout(inner, 1)
        column.addWidget(self.bar)
        self.setCentralWidget(content)
        self.whole_notice = WholeNotice(self.bar.notice, self.bar, content)

    def set_dock(self, dock: QWidget) -> None:
        """The lower zone, which belongs to one workspace and can be folded."""
        self._dock = dock
        self.zones.addWidget(dock)
        self.zones.setStretchFactor(0, 1)
        self.zones.setStretchFactor(1, 0)

    def show_workspace(self, view: QWidget, has_dock: bool) -> None:
        """Bring a workspace to the front; the dock is there for its own alone."""
        if self.workspaces.indexOf(view) < 0:
            self.workspaces.addWidget(view)
        self._keep_dock_height()
        self.workspaces.setCurrentWidget(view)
        dock = self._dock
        if dock is not None:
            returns = has_dock and self.actions_.fold_dock.isChecked() and not dock.isVisibleTo(self)
            self._has_dock = has_dock
            dock.setVisible(has_dock and self.actions_.fold_dock.isChecked())
            if returns:  # a splitter gives what comes back another height than it had
                self._set_dock_height(self._docked_px)

    def show_sheet(self, sheet: QWidget | None) -> None:
        """Lay ``sheet`` over the right side of the workspace; None takes it away."""
        if self._sheet is not None and self._sheet is not sheet:
            self._sheet.hide()
        self._sheet = sheet
        if sheet is None:
            self._tell_covered()
        else:
            if sheet.parentWidget() is not self.centralWidget():
                sheet.setParent(self.centralWidget())
            self._place_sheet()
            sheet.show()
            sheet.raise_()

    def _place_sheet(self) -> None:
        sheet, content = self._sheet, self.centralWidget()
        if sheet is None or content is None:
            return
        top = self.header.height()
        height = self.bar.y() - top
        width = sheet.fit(content.width(), height)  # type: ignore[attr-defined] - every sheet has it
        sheet.setGeometry(content.width() - width, top, width, height)
        self._tell_covered()

    def _tell_covered(self) -> None:
        """The workspace makes do with what the sheet leaves of it."""
        for view in map(self.workspaces.widget, range(self.workspaces.count())):
            if isinstance(view, Coverable):
                right = view.mapTo(self, QPoint(view.width(), 0)).x()
                view.set_covered(max(0, right - self._sheet.x()) if self._sheet is not None else 0)

    # --- The dock

    @Slot(bool)
    def _on_fold_chosen(self, unfolded: bool) -> None:
        self._settings.put(dock_unfolded=unfolded)
        self._unfold(unfolded, animated=True)

    def _unfold(self, unfolded: bool, animated: bool = False) -> None:
        """Show the dock at the height that it had, or give its room to the strip and the rooms."""
        dock = self._dock
        if dock is None:
            return
        self.actions_.fold_dock.setChecked(unfolded)
        if not self._has_dock:  # another workspace is open: it is there when Live comes back
            return
        self._keep_dock_height()
        moves = animated and self.isVisible() and self._may_move()
        if not moves:
            dock.setVisible(unfolded)
            self._set_dock_height(self._docked_px if unfolded else 0)
            return
        dock.setVisible(True)
        dock.setMinimumHeight(0)
        self._fold.stop()
        self._fold.setStartValue(0 if unfolded else dock.height())
        self._fold.setEndValue(self._docked_px if unfolded else 0)
        self._fold.start()

    def _keep_dock_height(self) -> None:
        dock = self._dock
        if dock is not None and dock.isVisible() and self._fold.state() != QVariantAnimation.State.Running:
            self._docked_px = max(dock.height(), DOCK_PX // 2) if dock.height() > 1 else self._docked_px

    def _may_move(self) -> bool:
        """Whether the system wants movement on the screen."""
        return self.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) > 0

    @Slot(object)
    def _on_fold_moved(self, height: int) -> None:
        self._set_dock_height(int(height))

    @Slot()
    def _on_fold_ended(self) -> None:
        if self._dock is not None and not self.actions_.fold_dock.isChecked():
            self._dock.setVisible(False)

    def _set_dock_height(self, height: int) -> None:
        whole = sum(self.zones.sizes())
        self.zones.setSizes([max(whole - height, 1), max(height, 0)])

    # --- What is remembered

    def restore(self) -> None:
        """The size and place of the last time, on a screen that is there; the first time as large as fits."""
        self.resize(first_size())
        if place := self._settings.get("window"):
            area = QRect(*place)
            self.resize(area.size())
            screen = QGuiApplication.screenAt(area.center())
            if screen is not None and screen.availableGeometry().contains(area.topLeft()):  # it may be unplugged now
                self.move(area.topLeft())
        if self._settings.get("window_maximized"):
            self.setWindowState(Qt.WindowState.WindowMaximized)
        self._is_wide = self.width() >= WIDE_FROM_PX
        hand = HAND_PX if self._is_wide else HAND_SMALL_PX
        self.upper_zones.setSizes([hand, max(self.width() - hand, 1)])
        for name, part in self._splitters().items():
            if sizes := self._settings.get(name):
                part.setSizes(sizes)
        if height := self._settings.get("dock_px"):
            self._docked_px = height
        self._unfold(self._is_unfolded())

    def _is_unfolded(self) -> bool:
        chosen = self._settings.get("dock_unfolded")
        return self.height() >= FOLDED_BELOW_PX if chosen is None else chosen

    def _splitters(self) -> dict[str, QSplitter]:
        """Whose sizes are remembered, under which name."""
        found: dict[str, QSplitter] = {"window_upper": self.upper_zones}
        for name, key in (("lowerZones", "window_lower"), ("inside", "window_inside")):
            part = self.findChild(QSplitter, name)
            if part is not None:
                found[key] = part
        return found

    def remembered(self) -> Mapping[str, object]:
        """What is to be found here at the next start."""
        place = self.normalGeometry() if self.isMaximized() else QRect(self.pos(), self.size())
        dock = self._dock
        if dock is not None and dock.isVisibleTo(self) and dock.height() > 1:
            self._docked_px = dock.height()
        return {
            "window": [place.x(), place.y(), place.width(), place.height()],
            "window_maximized": self.isMaximized(),
            "dock_px": self._docked_px,
            **{name: part.sizes() for name, part in self._splitters().items()},
        }

    # --- Events

    def showEvent(self, event: QShowEvent) -> None:
        """What is seen first has its place: a canvas that grew after the first point would bend the stroke."""
        super().showEvent(event)
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A small window has a small hand, and its dock is folded unless somebody wants it."""
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._place_sheet)  # when the header and the bar have their places
        width = event.size().width()
        if self._is_wide != (width >= WIDE_FROM_PX):
            self._is_wide = not self._is_wide
            hand = HAND_PX if self._is_wide else HAND_SMALL_PX
            self.upper_zones.setSizes([hand, max(width - hand, 1)])
        if self._settings.get("dock_unfolded") is None and self._dock is not None:
            wanted = self._is_unfolded()
            if wanted != self.actions_.fold_dock.isChecked():
                self._unfold(wanted)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask all work to stop, be gone from the screen at once, and end when the work has: a thread that outlives the
        window aborts the process."""
        if self._closing_since is None:
            self.hand.canvas.cancel_stroke()
            self._closing_since = time.monotonic()
            self.closing.emit()
        while not self._has_stopped():
            if time.monotonic() - self._closing_since > CLOSE_AT_ONCE_S:
                event.ignore()
                self.hide()
                QTimer.singleShot(CLOSE_POLL_MS, self.close)
                return
            time.sleep(CLOSE_LOOK_S)
        self._closing_since = None
        event.accept()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space arrives here only when the widget with the focus has no use for it, as a button or a list has."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            (self.actions_.train if self.actions_.train.isEnabled() else self.actions_.pause).trigger()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow() and self._closing_since is None:
            self.hand.canvas.cancel_stroke()
        super().changeEvent(event)


def first_size() -> QSize:
    """Of a window that was never open before: 1440×960, or what fits on the screen. Without a real screen there is
    nothing to fit on."""
    screen = QGuiApplication.primaryScreen()
    if screen is None or QGuiApplication.platformName() in NO_SCREEN:
        return SIZE_PX
    room = screen.availableGeometry().size()
    return SIZE_PX.boundedTo(QSize(room.width(), room.height() - FRAME_PX))
