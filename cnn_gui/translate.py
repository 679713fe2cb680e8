"""Texts of the window for translators: ``python -m cnn_gui.translate de`` brings a language's file up to date.

All texts that the window shows stand in calls of `tr` and `QT_TR_NOOP`. They are gathered from the source into
``assets/translations/cnn-gui_LANGUAGE.ts``, which Qt Linguist edits; what was translated before stays. The file is then
compiled into the ``.qm`` that the window loads. See ``docs/TRANSLATING.md``.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import PySide6

from cnn_gui.widgets.translation import CONTEXT

SOURCES = Path(__file__).parent
FOLDER = SOURCES.parent / "assets" / "translations"
MARKERS = ("tr", "QT_TR_NOOP")


def gather() -> list[str]:
    """Every text of the window, in the order of files and lines, each once."""
    found: dict[str, None] = {}
    for path in sorted(SOURCES.rglob("*.py")):
        for text in _texts(ast.parse(path.read_text("utf-8"))):
            found[text] = None
    return list(found)


def _texts(tree: ast.AST) -> Iterator[str]:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _is_marker(node.func) and node.args]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        for text in _constants(call.args[0]):
            if text.strip():
                yield text


def _is_marker(function: ast.expr) -> bool:
    return isinstance(function, ast.Name) and function.id in MARKERS


def _constants(node: ast.expr) -> Iterator[str]:
    """A text, or both of a choice between two."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _constants(node.body)
        yield from _constants(node.orelse)


def read_translations(path: Path) -> dict[str, str]:
    """What a ``.ts`` file says, by the English text; nothing for a file that is not there."""
    if not path.exists():
        return {}
    messages = ET.parse(path).getroot().iter("message")
    pairs = ((m.findtext("source") or "", m.find("translation")) for m in messages)
    return {source: node.text for source, node in pairs if node is not None and node.text and not node.get("type")}


def write_translations(path: Path, language: str, texts: list[str], translations: dict[str, str]) -> None:
    """Write a ``.ts`` file with all ``texts``; what is not translated is marked as unfinished."""
    root = ET.Element("TS", version="2.1", language=language, sourcelanguage="en")
    context = ET.SubElement(root, "context")
    ET.SubElement(context, "name").text = CONTEXT
    for text in texts:
        message = ET.SubElement(context, "message")
        ET.SubElement(message, "source").text = text
        translation = ET.SubElement(message, "translation")
        if text in translations:
            translation.text = translations[text]
        else:
            translation.set("type", "unfinished")
    ET.indent(root, " ")
    path.parent.mkdir(parents=True, exist_ok=True)
    head = '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n'
    path.write_text(head + ET.tostring(root, encoding="unicode") + "\n", "utf-8")


def compile_translations(path: Path, target: Path | None = None) -> Path:
    """The ``.qm`` file that Qt's own ``lrelease`` makes of a ``.ts`` file."""
    target = path.with_suffix(".qm") if target is None else target
    tool = Path(PySide6.__file__).parent / "lrelease"
    subprocess.run([tool, "-silent", path, "-qm", target], check=True)
    return target


def main() -> None:
    """Bring the files of the languages named on the command line up to date, and say what is left to translate."""
    for language in sys.argv[1:] or sorted(path.stem.rpartition("_")[2] for path in FOLDER.glob("*.ts")):
        path, texts = FOLDER / f"cnn-gui_{language}.ts", gather()
        known = read_translations(path)
        write_translations(path, language, texts, known)
        compile_translations(path)
        left = [text for text in texts if text not in known]
        sys.stdout.write(f"{path.name}: {len(texts)} texts, {len(left)} still to be translated\n")


if __name__ == "__main__":
    main()
