"""Every text of the window goes through Qt's ``tr``."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTranslator

import cnn_gui
from cnn_core.layers import LAYER_KINDS
from cnn_gui.app import create_application

ROOT = Path(cnn_gui.__file__).parent
OF_THE_TERMINAL = ("__main__.py", "command.py", "demo.py", "display.py", "translate.py")
OF_FILES = ("settings.py", "theme.py", "plain_tip.py", "terms.py")
"""Sentences about a settings file stand beside the checks of its values; style sheets have no texts;
words of the glossary are keys, which each language explains in its own file."""
TABLES = re.compile(r"^(rows|columns|bytes an image|input|weight|rank|smallest|the drawing|later place)", re.ASCII)
"""Heads of CSV tables, which other programs read."""
NO_TEXTS = re.compile(
    r"^((Ctrl|Alt)\+.*|Scroll(Left|Right)Button|test images of |synthetic digits|"
    r"Del|Backspace|Esc|Button|Control|Brush|Field|Scale|Rate|All|Quantity|Axis|\*\..*|−ln p\(|"
    rf"Momentum|Nesterov|Adam|AdamW|{'|'.join(LAYER_KINDS)})$"
)
"""Keys, parts of objects' names, what the library says, kinds of layers, optimizers, a formula."""
TRANSLATES = ("tr", "QT_TR_NOOP", "setObjectName", "findChild")


def texts(path: Path) -> Iterator[str]:
    """Texts in a file that look like words for people and are not translated."""

    def walk(node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in TRANSLATES or name.endswith("Error"):
                return
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return  # a docstring
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = re.sub(r"\{\w+\}", "", node.value)  # what `format` fills in has been translated
            is_words = re.search(r"[a-z]{2,}", text) and (" " in text.strip() or re.match(r"[A-Z][a-z]+", text))
            if (
                is_words
                and not NO_TEXTS.match(text)
                and not (path.name in ("room.py", "workspace.py") and TABLES.match(text))
            ):
                yield text
        for child in ast.iter_child_nodes(node):
            yield from walk(child)

    yield from walk(ast.parse(path.read_text("utf-8")))


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_text_is_translated(path):
    if path.name not in (*OF_THE_TERMINAL, *OF_FILES):
        assert not list(texts(path))


class Shouting(QTranslator):
    """A language in which all is said in capitals, but for what `format` fills in."""

    def translate(self, context, source, disambiguation=None, n=-1):
        parts = re.split(r"(\{[^}]*\}|<[^>]*>)", source)
        return "".join(part if i % 2 else part.upper() for i, part in enumerate(parts))


def test_a_translation_reaches_the_window(qtbot, qapp, tmp_path, small_model):
    from endings import destroy

    language = Shouting()
    qapp.installTranslator(language)
    program = create_application(str(tmp_path / "s.json"), small_model)
    try:
        panel, bar = program.live.dock.panel, program.window.bar
        assert panel.dataset.accessibleName() == "DATA SET"
        assert panel.dataset.itemText(panel.dataset.findData("pendigits")) == "PENS"
        assert bar.train.text() == "TRAIN"
        assert program.live.view.rooms.tabText(0) == "THE SUM"
        assert program.hand.number.words.text().startswith("A DIGIT, OR A NUMBER")
    finally:
        qapp.removeTranslator(language)
        destroy(program)
