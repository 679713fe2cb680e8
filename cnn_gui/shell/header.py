"""The head of the window: name, menus, the workspaces' tabs, the model, the theme."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QMenuBar, QSizePolicy, QToolButton, QWidget

from cnn_gui import theme
from cnn_gui.actions import Actions
from cnn_gui.session.state import State
from cnn_gui.shell.model_chip import ModelChip
from cnn_gui.specs import WorkspaceSpec
from cnn_gui.widgets.action_button import bind
from cnn_gui.widgets.translation import tr

HEIGHT_PX = 48
DENSE_BELOW_PX = 1200


class Header(QFrame):
    """`workspace_chosen` carries a workspace's key. Tabs are there as soon as there are two workspaces."""

    workspace_chosen = Signal(str)

    def __init__(
        self,
        state: State,
        actions: Actions,
        workspaces: Sequence[WorkspaceSpec],
        rooms: Sequence[QAction],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("header")
        self.setFixedHeight(HEIGHT_PX)
        self._state = state
        name = self._name = QLabel(tr("cnn-gui"))
        name.setObjectName("appName")
        self._is_dense = False
        self.menus = QMenuBar()
        self.menus.setNativeMenuBar(False)
        self.menus.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._fill_menus(actions, rooms)
        self.tabs = {spec.key: self._tab(spec) for spec in workspaces}
        self.chip = ModelChip(state, actions)
        self.theme_button = bind(QToolButton(), actions.theme, tr("Dark or light"))
        self.theme_button.setObjectName("themeButton")
        self.theme_button.setAccessibleName(tr("Change between dark and light"))
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(10)
        row.addWidget(name)
        row.addWidget(self.menus)
        row.addStretch(1)
        row.addWidget(self._tab_bar())
        row.addStretch(1)
        row.addWidget(self.chip)
        row.addWidget(self.theme_button)
        state.appearance.theme_changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the name gives way, and the tabs stand closer."""
        super().resizeEvent(event)
        dense = event.size().width() < DENSE_BELOW_PX
        if dense != self._is_dense:
            self._is_dense = dense
            self._name.setHidden(dense)
            for tab in self.tabs.values():
                tab.setProperty("dense", dense)
                tab.style().unpolish(tab)
                tab.style().polish(tab)

    def _tab_bar(self) -> QWidget:
        bar = QFrame()
        bar.setObjectName("workspaceTabs")
        row = QHBoxLayout(bar)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(2)
        group = QButtonGroup(self)
        for tab in self.tabs.values():
            group.addButton(tab)
            row.addWidget(tab)
        if len(self.tabs) < 2:  # shown with its parent else: alone it would be a window
            bar.hide()
        return bar

    def _tab(self, spec: WorkspaceSpec) -> QToolButton:
        tab = QToolButton()
        tab.setObjectName(f"{spec.key}Tab")
        tab.setText(tr(spec.title))
        tab.setAccessibleName(tr(spec.title))
        tab.setToolTip(f"{tr(spec.title)} ({spec.shortcut})")
        tab.setProperty("workspace", True)
        tab.setCheckable(True)
        tab.clicked.connect(self._on_tab_clicked)
        return tab

    def show_workspace(self, key: str) -> None:
        """Which workspace is open."""
        self.tabs[key].setChecked(True)

    @Slot()
    def _on_tab_clicked(self) -> None:
        key = next((key for key, tab in self.tabs.items() if tab is self.sender()), None)
        if key is not None:
            self.workspace_chosen.emit(key)

    def _fill_menus(self, actions: Actions, rooms: Sequence[QAction]) -> None:
        a = actions
        for title, entries in (
            (tr("&File"), (
                a.open_model, a.open_bundled, a.save_model, None, a.open_image, a.open_data, a.open_data_folder,
                a.choose_data_folder, None, a.save_picture, a.save_table, None, a.quit,
            )),
            (tr("&Edit"), (a.undo, a.redo, a.clear, a.paste, None, a.brush, a.eraser)),
            (tr("&Training"), (a.train, a.pause, a.step, a.stop, None, a.resume, a.bring_back)),
            (tr("&View"), (a.theme, a.projector, a.fold_dock, None, *rooms, None, a.gradients, a.slide, a.zoom_in,
                           a.zoom_out)),
            (tr("&Help"), (a.help, a.lessons, a.tour)),
        ):  # fmt: skip
            menu = self.menus.addMenu(title)
            if a.theme in entries:
                chooser = menu.addMenu(tr("&Language"))
                chooser.addActions(a.languages)
            for entry in entries:
                if entry is None:
                    menu.addSeparator()
                else:
                    menu.addAction(entry)

    @Slot()
    def _on_theme_changed(self) -> None:
        self.theme_button.setIcon(theme.icon("theme", self._state.appearance.theme.text))
