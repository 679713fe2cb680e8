"""Text can be read in both themes: contrast of at least 4.5 to 1, measured as WCAG does."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QComboBox, QTabBar

from cnn_core.inspection import LIGHT_DIVERGING, LIGHT_SEQUENTIAL
from cnn_gui.theme import PROJECTOR, THEMES, Theme, rgb

TEXT = ("text", "muted", "accent", "second", "bad", "grows", "falls")
GROUNDS = ("window", "surface", "raised")
LEAST = 4.5


def luminance(colour: str) -> float:
    """Relative luminance from 0 to 1. Source: WCAG 2.2, "relative luminance"."""
    parts = [part / 255 for part in rgb(colour)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_text_stands_out(theme: Theme):
    for ground in GROUNDS:
        for name in ("text", "muted"):
            assert contrast(getattr(theme, name), getattr(theme, ground)) >= LEAST, (name, ground)
    for name in TEXT:
        assert contrast(getattr(theme, name), theme.surface) >= LEAST, name
    assert contrast(theme.accent_text, theme.accent) >= LEAST
    for colour in theme.runs:
        assert contrast(colour, theme.surface) >= LEAST


def test_projector_mode_is_light_at_once_and_larger_at_the_next_start(program):
    program.actions.projector.trigger()
    assert program.state.appearance.theme is PROJECTOR
    assert program.settings.get("theme") == "projector"
    assert "larger" in program.state.appearance.notice
    assert not program.window.grab().isNull()
    program.actions.theme.trigger()
    assert not program.actions.projector.isChecked()
    assert program.state.appearance.theme.name == "dark"


def test_maps_for_paper_can_be_told_apart_in_grey_and_by_the_colour_blind():
    """From zero on each step is darker than the one before; of two signs both ends are dark, the middle is light."""
    lightness = [luminance(f"#{r:02x}{g:02x}{b:02x}") for r, g, b in LIGHT_SEQUENTIAL[::16].tolist()]
    assert lightness == sorted(lightness, reverse=True)
    ends = [luminance(f"#{r:02x}{g:02x}{b:02x}") for r, g, b in LIGHT_DIVERGING[[0, 127, 255]].tolist()]
    assert ends[1] > 0.9
    assert max(ends[0], ends[2]) < 0.1
    blue, red = LIGHT_DIVERGING[60].astype(int), LIGHT_DIVERGING[195].astype(int)
    assert blue[2] - red[2] > 60, "blue and orange differ in what protan, deutan and tritan eyes see as well"
    assert red[0] - blue[0] > 60


def test_the_window_fits_twice_the_size_on_a_small_screen(program, qtbot):
    """At 1024×640 logical pixels the window keeps its size and no control lies outside it or outside its parent."""
    program.window.resize(1024, 640)
    program.window.show()
    for key in ("live", "network", "runs", "evaluate", "data", "learn"):
        program.open_workspace(key)
        qtbot.wait(100)
        assert (program.window.width(), program.window.height()) == (1024, 640), key
        for control in shown_controls(program.window):
            parent = control.parentWidget()
            assert parent.rect().contains(control.geometry()), f"{key}: {control.objectName() or control.text()}"
            assert control.height() >= 12, f"{key}: {control.objectName() or control.text()}"


def shown_controls(window):
    """Buttons and boxes of choices that are on the screen and scroll with nothing."""
    for control in [*window.findChildren(QAbstractButton), *window.findChildren(QComboBox)]:
        above = control.parentWidget()
        while above is not None and not isinstance(above, QAbstractScrollArea | QTabBar):
            above = above.parentWidget()
        if control.isVisible() and above is None:
            yield control
