"""Every text of the window is there in every language, with the same places for numbers and names."""

from __future__ import annotations

import ast
import string
from pathlib import Path

import pytest
from hand import draw
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication

from cnn_core.glossary import load_glossary
from cnn_gui.app import create_application
from cnn_gui.runs.doctor_words import FINDINGS
from cnn_gui.translate import FOLDER, compile_translations, gather, read_translations, write_translations
from cnn_gui.widgets.translation import install_language, language, languages

SOURCE = Path(__file__).parents[2] / "cnn_gui"
FILES = sorted(FOLDER.glob("*.ts"))


def places(text: str) -> list[tuple[str, str, str]]:
    """What is put into a text, and how it is written."""
    found = string.Formatter().parse(text)
    return sorted((name, form or "", kind or "") for _, name, form, kind in found if name is not None)


@pytest.fixture
def german(tmp_path, small_model):
    (tmp_path / "s.json").write_text('{"language": "de"}')
    made = create_application(str(tmp_path / "s.json"), small_model)
    yield made
    made.window.close()
    made.window.deleteLater()
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    install_language(app, "en")
    app.processEvents()


def test_there_is_a_file_for_each_language():
    assert [path.stem for path in FILES] == ["cnn-gui_de"]
    assert languages() == ("en", "de")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_text_is_translated(path: Path):
    known, texts = read_translations(path), gather()
    assert len(texts) > 1000
    assert not [text for text in texts if text not in known]
    assert not [text for text in known if text not in texts], "what nobody shows any more is taken out"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_translations_have_the_same_places_and_ends(path: Path):
    for text, translation in read_translations(path).items():
        if "{" in text:
            assert places(text) == places(translation), text
        assert (text[0] == " ", text[-1] == " ") == (translation[0] == " ", translation[-1] == " "), text
        assert (text[-1] == "…") == (translation[-1] == "…"), text
        assert text.count("\n") == translation.count("\n"), text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_the_window_loads_is_made_of_it(path: Path, tmp_path: Path):
    made = compile_translations(path, tmp_path / "made.qm")
    assert made.read_bytes() == path.with_suffix(".qm").read_bytes()


def test_a_new_language_begins_with_what_is_to_be_done(tmp_path: Path):
    path = tmp_path / "cnn-gui_fr.ts"
    write_translations(path, "fr", ["one", "two & three"], {"one": "un"})
    assert read_translations(path) == {"one": "un"}
    write_translations(path, "fr", ["two & three", "one"], read_translations(path))
    assert read_translations(path) == {"one": "un"}


def test_all_texts_go_through_one_function():
    for path in SOURCE.rglob("*.py"):
        assert "self.tr(" not in path.read_text("utf-8"), path


def test_the_window_speaks_german(german, qtbot):
    assert language() == "de"
    assert german.window.bar.train.text() == "Trainieren"
    assert [tab.text() for tab in german.window.header.tabs.values()][1] == "Netz"
    draw(german.window.hand.canvas)
    for key in ("network", "runs", "evaluate", "data", "learn"):
        german.open_workspace(key)
        assert not german.window.grab().isNull()
    assert german.workspace.state.lessons[3].title == "Pooling und seine Maske"
    german.help.explain("Faltung")
    assert german.help.card.title.text() == load_glossary("de").find("convolution").name
    german.window.show()
    button = german.window.bar.train
    assert button.width() >= button.sizeHint().width(), "its text is not cut"


def test_a_language_is_for_the_next_start(program):
    action = next(one for one in program.actions.languages if one.objectName() == "de")
    assert action.text() == "Deutsch"
    action.trigger()
    assert program.settings.get("language") == "de"
    assert language() == "en"
    assert program.window.bar.train.text() == "Train"
    assert "Deutsch" in program.state.appearance.notice


def test_an_unknown_language_is_english(qapp):
    assert install_language(qapp, "xx") == "en"
    assert qapp.layoutDirection() is Qt.LayoutDirection.LeftToRight


def test_right_to_left_breaks_nothing(program, qapp, qtbot):
    """As Arabic or Hebrew would stand: nothing lies over anything else, and everything can be pressed."""
    program.window.resize(1024, 700)
    program.window.show()
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        for key in ("live", "network", "runs", "evaluate", "data", "learn"):
            program.open_workspace(key)
            qtbot.wait(50)
            assert not program.window.grab().isNull()
            for button in program.window.findChildren(QAbstractButton):
                if button.isVisible() and button.window() is program.window:
                    assert button.width() > 4, button.objectName()
        header = program.window.header
        assert header.theme_button.x() < header.menus.x(), "mirrored"
        program.open_workspace("live")
        draw(program.window.hand.canvas)
        assert program.state.drawing.marks
    finally:
        qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def test_everything_that_the_doctor_says_can_be_translated():
    """The library knows no Qt: its sentences stand in a list of the window's."""
    said = set()
    for node in ast.walk(ast.parse((SOURCE.parent / "cnn_core" / "runs" / "doctor.py").read_text("utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding":
            said |= {arg.value for arg in node.args[2:4] if isinstance(arg, ast.Constant)}
    assert len(said) > 20
    assert said <= set(FINDINGS)
