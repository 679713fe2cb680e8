"""Colours, fonts, style sheet and icons, all from one place and in two variants."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from cnn_core.assets import asset_path


@dataclass(frozen=True, slots=True)
class Theme:
    """Named colours; every colour on the screen but those of the feature maps is one of these."""

    name: str
    window: str
    surface: str
    raised: str
    hover: str
    border: str
    text: str
    muted: str
    accent: str
    accent_text: str
    second: str
    track: str
    paper: str
    ink: str
    bad: str
    bad_wash: str
    selected: str
    grows: str
    falls: str
    stopped: str
    runs: tuple[str, str, str, str]
    light_maps: bool = False


DARK = Theme(
    name="dark", window="#101116", surface="#181a21", raised="#20232b", hover="#2a2e38", border="#2b2f39",
    text="#e9ebf0", muted="#949aa8", accent="#6aa6ff", accent_text="#0b1220", second="#ffb04a", track="#262a33",
    paper="#0a0b0e", ink="#f4f5f7", bad="#f08a6c", bad_wash="#2b1f20", selected="#222c3d",
    grows="#ef8a62", falls="#67a9cf", stopped="#2e323c",
    runs=("#5ab0f2", "#f3b6d9", "#2fae88", "#e9e07a"),
)  # fmt: skip
LIGHT = Theme(
    name="light", window="#eef0f3", surface="#ffffff", raised="#f5f6f8", hover="#e7eaef", border="#dadde3",
    text="#16181d", muted="#626976", accent="#1a6bf0", accent_text="#ffffff", second="#b35c00", track="#e7e9ee",
    paper="#ffffff", ink="#15171c", bad="#b23a30", bad_wash="#faeeec", selected="#e3edfd",
    grows="#b23a30", falls="#2c6ba6", stopped="#8a909c",
    runs=("#0a78c2", "#7d1f5c", "#0a8468", "#574b00"),
)  # fmt: skip
PROJECTOR = replace(LIGHT, name="projector", muted="#4a505b", stopped="#c3c7cf", light_maps=True)
"""For a projector or paper: darker words, and maps on white in colours that print well."""
THEMES = {theme.name: theme for theme in (DARK, LIGHT, PROJECTOR)}


def base_font() -> QFont:
    """Inter where it is installed, else the system's font; figures of equal width so that numbers do not dance."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    if "Inter" in QFontDatabase.families():
        font = QFont("Inter")
    font.setPixelSize(13)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Dress the whole application."""
    app.setFont(base_font())
    palette = QPalette()
    roles = QPalette.ColorRole
    for role, colour in (
        (roles.Window, theme.window), (roles.WindowText, theme.text), (roles.Base, theme.raised),
        (roles.AlternateBase, theme.surface), (roles.Text, theme.text), (roles.Button, theme.raised),
        (roles.ButtonText, theme.text), (roles.Highlight, theme.accent), (roles.HighlightedText, theme.accent_text),
        (roles.Link, theme.accent), (roles.LinkVisited, theme.accent),
        (roles.ToolTipBase, theme.raised), (roles.ToolTipText, theme.text), (roles.PlaceholderText, theme.muted),
    ):  # fmt: skip
        palette.setColor(role, QColor(colour))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, mix(theme.muted, theme.surface, 0.5))
    app.setPalette(palette)
    app.setStyleSheet(style_sheet(theme))


def mix(colour: str, other: str, share: float) -> QColor:
    """``colour`` with ``share`` of ``other`` in it."""
    parts = [x + (y - x) * share for x, y in zip(rgb(colour), rgb(other), strict=True)]
    return QColor(*(round(part) for part in parts))


def rgb(colour: str | QColor) -> tuple[int, int, int]:
    """Red, green and blue from 0 to 255."""
    colour = QColor(colour)
    return colour.red(), colour.green(), colour.blue()


def icon(name: str, colour: str, size_px: int = 18, disabled: str | None = None) -> QIcon:
    """An icon of ours in ``colour``, sharp at one, two and three device pixels a pixel; disabled, it is a faint one in
    the colour ``disabled``."""
    source = asset_path(f"icons/{name}.svg").read_text("utf-8")
    result = QIcon()
    modes = ((QIcon.Mode.Normal, colour, 1.0), (QIcon.Mode.Disabled, disabled or colour, 0.35))
    for mode, shade, opacity in modes:
        renderer = QSvgRenderer(QByteArray(source.replace("currentColor", shade).encode()))
        for ratio in (1, 2, 3):
            pixmap = QPixmap(size_px * ratio, size_px * ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            painter.setOpacity(opacity)
            renderer.render(painter, QRectF(0, 0, size_px * ratio, size_px * ratio))
            painter.end()
            pixmap.setDevicePixelRatio(ratio)
            result.addPixmap(pixmap, mode)
    return result


def style_sheet(t: Theme) -> str:
    """The one style sheet."""
    faint = mix(t.muted, t.surface, 0.55).name()
    return f"""
    QMainWindow, QDialog {{ background: {t.window}; }}
    QWidget {{ color: {t.text}; }}
    QToolTip {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.border}; padding: 4px 6px; }}
    QFrame[card="true"] {{ background: {t.surface}; border: 1px solid {t.border}; border-radius: 8px; }}
    QFrame#termCard, QFrame#tourPanel {{ background: {t.raised}; border: 1px solid {t.accent}; border-radius: 8px; }}
    QFrame#learnWorkspace {{ background: {t.surface}; border: none; border-left: 1px solid {t.border}; }}
    QListWidget {{ background: transparent; border: 1px solid transparent; border-radius: 6px; outline: none; }}
    QListWidget:focus {{ border-color: {t.accent}; }}
    QListWidget::item {{ padding: 3px 8px; border-radius: 6px; color: {t.muted}; }}
    QListWidget::item:selected {{ background: {t.selected}; color: {t.text}; }}
    QLabel#lessonCode, QLabel#lessonFormula {{ background: {t.raised}; border: 1px solid {t.border};
        border-radius: 6px; }}
    QFrame#header {{ background: {t.surface}; border: none; border-bottom: 1px solid {t.border}; }}
    QLabel {{ background: transparent; }}
    QLabel[muted="true"] {{ color: {t.muted}; }}
    QLabel[small="true"] {{ font-size: 12px; }}
    QLabel[title="true"] {{ font-weight: 600; }}
    QLabel#appName {{ font-weight: 700; font-size: 14px; }}
    QFrame#trainingBar {{ background: {t.surface}; border: none; border-top: 1px solid {t.border}; }}
    QFrame#workspaceTabs {{ border: 1px solid {t.border}; border-radius: 8px; background: {t.window}; }}
    QToolButton[workspace="true"] {{ background: transparent; border: 1px solid transparent; padding: 3px 14px;
        color: {t.muted}; }}
    QToolButton[workspace="true"][dense="true"] {{ padding: 3px 8px; }}
    QToolButton[workspace="true"]:checked {{ background: {t.hover}; border-color: {t.border}; color: {t.text};
        font-weight: 600; }}
    QToolButton[workspace="true"]:focus {{ border-color: {t.accent}; }}
    QPushButton, QToolButton {{ background: {t.raised}; border: 1px solid {t.border}; border-radius: 6px;
        padding: 5px 12px; min-height: 16px; }}
    QToolButton {{ padding: 5px; }}
    QToolButton[digit="true"] {{ padding: 3px 0; min-width: 24px; font-weight: 600; font-size: 14px; }}
    QToolButton[chip="true"] {{ padding: 1px 7px; min-height: 14px; border-radius: 9px; font-size: 11px;
        color: {t.muted}; }}
    QToolButton[chip="true"]:checked {{ color: {t.text}; }}
    QToolButton#modelChip {{ border-radius: 14px; padding: 4px 28px 4px 12px; color: {t.muted}; }}
    QToolButton#modelChip::menu-indicator {{ image: url("{asset_path("icons/chevron.svg").as_posix()}");
        subcontrol-position: right center; right: 10px; width: 12px; height: 12px; }}
    QToolButton[popupMode="2"] {{ padding-right: 20px; }}
    QToolButton[popupMode="2"]::menu-indicator {{ image: url("{asset_path("icons/chevron.svg").as_posix()}");
        subcontrol-position: right center; right: 6px; width: 10px; height: 10px; }}
    QToolButton#dockButton {{ padding: 4px 10px; }}
    QPushButton:hover, QToolButton:hover {{ background: {t.hover}; }}
    QPushButton:focus, QToolButton:focus {{ border-color: {t.accent}; }}
    QToolButton:checked, QPushButton:checked {{ border-color: {t.accent}; background: {t.hover}; }}
    QToolButton:checked:focus, QPushButton:checked:focus {{ border-color: {t.text}; }}
    QLabel:focus {{ background: {t.hover}; border-radius: 4px; }}
    QPushButton:disabled, QToolButton:disabled {{ color: {faint}; background: {t.surface}; }}
    QPushButton[primary="true"] {{ background: {t.accent}; color: {t.accent_text}; border-color: {t.accent};
        font-weight: 600; }}
    QPushButton[primary="true"]:hover {{ background: {mix(t.accent, t.text, 0.15).name()}; }}
    QPushButton[primary="true"]:focus {{ border-color: {t.text}; }}
    QPushButton[primary="true"]:disabled {{ background: {t.raised}; color: {faint}; border-color: {t.border}; }}
    QToolButton[segment="true"] {{ border-radius: 6px; padding: 2px 10px; color: {t.muted}; }}
    QToolButton[segment="true"]:checked {{ color: {t.text}; border-color: {t.border};
        border-bottom: 2px solid {t.accent}; }}
    QToolButton[segment="true"]:focus {{ border-color: {t.accent}; }}
    QWidget[line="true"] {{ background: {t.border}; }}
    QLineEdit[title="true"] {{ background: transparent; border-color: transparent; font-weight: 600;
        padding: 2px 4px; }}
    QLineEdit[title="true"]:hover {{ background: {t.hover}; }}
    QLineEdit[title="true"]:focus {{ border-color: {t.accent}; background: {t.raised}; }}
    QLabel[bad="true"], QLineEdit[bad="true"], QAbstractSpinBox[bad="true"] {{ color: {t.bad}; }}
    QLineEdit[bad="true"], QAbstractSpinBox[bad="true"], QComboBox[bad="true"] {{ border-color: {t.bad}; }}
    QPlainTextEdit {{ background: {t.raised}; border: 1px solid {t.border}; border-radius: 6px; padding: 6px;
        selection-background-color: {t.accent}; selection-color: {t.accent_text}; }}
    QPlainTextEdit:focus {{ border-color: {t.accent}; }}
    QPushButton[small="true"] {{ padding: 1px 8px; min-height: 18px; font-size: 12px; }}
    QPushButton[dense="true"] {{ padding: 1px 0; font-size: 11px; }}
    QPushButton[tight="true"] {{ padding: 5px 6px; }}
    QPushButton[flat="true"] {{ border-radius: 13px; padding: 4px 13px; }}
    QComboBox, QLineEdit, QAbstractSpinBox {{ background: {t.raised}; border: 1px solid {t.border}; border-radius: 6px;
        padding: 2px 8px; min-height: 20px; selection-background-color: {t.accent};
        selection-color: {t.accent_text}; }}
    QComboBox:hover, QLineEdit:hover, QAbstractSpinBox:hover {{ background: {t.hover}; }}
    QComboBox:focus, QLineEdit:focus, QAbstractSpinBox:focus {{ border-color: {t.accent}; }}
    QComboBox:disabled, QLineEdit:disabled, QAbstractSpinBox:disabled {{ color: {faint}; background: {t.surface}; }}
    QComboBox {{ padding-left: 7px; padding-right: 1px; }}
    QComboBox::drop-down {{ border: none; width: 15px; }}
    QComboBox::down-arrow {{ image: url("{asset_path("icons/chevron.svg").as_posix()}"); width: 12px; height: 12px; }}
    QComboBox QAbstractItemView {{ background: {t.raised}; border: 1px solid {t.border}; padding: 4px;
        selection-background-color: {t.hover}; selection-color: {t.text}; outline: none; }}
    QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ width: 0; border: none; }}
    QAbstractSpinBox QLineEdit {{ background: transparent; border: none; padding: 0 4px; min-height: 0; }}
    QAbstractScrollArea::corner {{ background: transparent; border: none; }}
    QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {t.track}; }}
    QSlider::sub-page:horizontal {{ border-radius: 2px; background: {t.muted}; }}
    QSlider::handle:horizontal {{ width: 12px; margin: -5px 0; border-radius: 7px; border: 1px solid {t.border};
        background: {t.text}; }}
    QSlider::handle:horizontal:focus {{ border: 2px solid {t.accent}; }}
    QSlider::handle:horizontal:disabled {{ background: {faint}; }}
    QSlider {{ min-height: 18px; }}
    QProgressBar {{ background: {t.track}; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }}
    QProgressBar::chunk {{ background: {t.accent}; border-radius: 3px; }}
    QLabel[figure="true"] {{ font-size: 24px; font-weight: 600; }}
    QScrollArea[clear="true"], #classBars, #dataChips {{ background: transparent; }}
    QListWidget#sourcesList::item {{ padding: 5px 6px; border-radius: 6px; color: {t.text}; }}
    QListWidget#sourcesList::item:selected {{ background: {t.selected}; color: {t.text}; }}
    QListWidget#sourcesList::item:hover {{ background: {t.hover}; }}
    QPushButton[key="true"] {{ padding: 0; min-width: 0; font-weight: 600; }}
    QPushButton[key="true"]:checked {{ color: {faint}; }}
    QMenuBar {{ background: transparent; }}
    QMenuBar::item {{ padding: 5px 10px; border-radius: 6px; background: transparent; color: {t.muted}; }}
    QMenuBar::item:selected {{ background: {t.raised}; color: {t.text}; }}
    QMenu {{ background: {t.raised}; border: 1px solid {t.border}; padding: 5px; }}
    QMenu::item {{ padding: 5px 24px 5px 12px; border-radius: 4px; }}
    QMenu::item:selected {{ background: {t.hover}; }}
    QMenu::item:disabled {{ color: {faint}; }}
    QMenu::separator {{ height: 1px; background: {t.border}; margin: 5px 6px; }}
    QSplitter::handle {{ background: transparent; }}
    QTabWidget::pane {{ border: none; border-top: 1px solid {t.border}; padding-top: 8px; }}
    QTabBar {{ background: transparent; qproperty-drawBase: 0; }}
    QTabBar::tab {{ background: transparent; color: {t.muted}; padding: 5px 2px; margin-right: 18px; border: none;
        border-bottom: 2px solid transparent; }}
    QTabWidget[dense="true"] QTabBar::tab {{ margin-right: 11px; }}
    QTabBar::tab:selected {{ color: {t.text}; border-bottom: 2px solid {t.accent}; }}
    QTabBar::tab:hover {{ color: {t.text}; }}
    QTabBar::tab:focus {{ color: {t.accent}; }}
    QTableView {{ background: transparent; border: none; outline: none; selection-background-color: {t.selected}; }}
    QTableView QLineEdit {{ padding: 0 4px; min-height: 0; }}
    QHeaderView {{ background: transparent; border: none; }}
    QHeaderView::section {{ background: transparent; border: none; color: {t.muted}; padding: 0 5px; font-size: 12px; }}
    QHeaderView::section:hover {{ color: {t.text}; }}
    QListView#layerList {{ background: transparent; border: none; outline: none; }}
    QWidget#networkSide, QWidget#runsDifferInside, QWidget#runsDoctorInside,
    QScrollArea#settingsList > QWidget > QWidget {{ background: transparent; }}
    QScrollArea {{ background: transparent; border: 1px solid transparent; border-radius: 6px; }}
    QScrollArea:focus {{ border-color: {t.accent}; }}
    QScrollBar:horizontal {{ height: 10px; background: transparent; margin: 2px 0 0 0; }}
    QScrollBar:vertical {{ width: 10px; background: transparent; margin: 0 0 0 2px; }}
    QScrollBar::handle {{ background: {t.hover}; border-radius: 4px; min-width: 30px; min-height: 30px; }}
    QScrollBar::handle:hover {{ background: {faint}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    """
