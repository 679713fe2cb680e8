"""Text can be read in both themes: contrast of at least 4.5 to 1, measured as WCAG does."""

from __future__ import annotations

import pytest

from cnn_gui.theme import THEMES, Theme, rgb

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
