"""Theme, projector mode and language: what is chosen in the menus is worn, and kept for the next start."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication

from cnn_gui import theme
from cnn_gui.actions import Actions
from cnn_gui.session.appearance import Appearance
from cnn_gui.settings import Settings
from cnn_gui.widgets.translation import tr


class AppearanceController(QObject):
    """Puts into `Appearance` and into the settings what the actions say."""

    def __init__(
        self, appearance: Appearance, settings: Settings, actions: Actions, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._appearance, self._settings, self._actions = appearance, settings, actions
        self._put_on(theme.THEMES.get(settings.get("theme"), theme.DARK))
        actions.theme.triggered.connect(self._on_theme_wanted)
        actions.projector.triggered.connect(self._on_projector_wanted)
        for action in actions.languages:
            action.triggered.connect(self._on_language_wanted)

    def _put_on(self, chosen: theme.Theme) -> None:
        self._actions.projector.setChecked(chosen is theme.PROJECTOR)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply_theme(app, chosen)
        self._appearance.set_theme(chosen)

    def _choose(self, chosen: theme.Theme) -> None:
        self._settings.put(theme=chosen.name)
        self._put_on(chosen)

    @Slot()
    def _on_theme_wanted(self) -> None:
        self._choose(theme.LIGHT if self._appearance.theme is theme.DARK else theme.DARK)

    @Slot(bool)
    def _on_projector_wanted(self, wanted: bool) -> None:
        """Light, with maps that print well, at once; larger from the next start on, as Qt sizes a window but once."""
        self._choose(theme.PROJECTOR if wanted else theme.LIGHT)
        larger, usual = tr("everything is larger from the next start on"), tr("the usual size from the next start on")
        self._appearance.set_notice(larger if wanted else usual)

    @Slot()
    def _on_language_wanted(self) -> None:
        """Texts are made once: they are in the new language at the next start."""
        chosen = next(action for action in self._actions.languages if action is self.sender())
        self._settings.put(language=chosen.objectName())
        for action in self._actions.languages:
            action.setChecked(action is chosen)
        self._appearance.set_notice(tr("{language} from the next start on").format(language=chosen.text()))
