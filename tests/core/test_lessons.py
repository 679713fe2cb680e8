"""Lessons are read as they are written; a broken one says where; their code runs and is the tutorial."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cnn_core.cli import main
from cnn_core.errors import ConfigError
from cnn_core.glossary import load_glossary
from cnn_core.layers import LAYER_KINDS
from cnn_core.lessons import KINDS, MOST_LESSONS, Block, load_lessons, parse_lesson, read_lesson, tutorial

ROOT = Path(__file__).parents[2]
HEAD = "---\ntitle: Mine\nminutes: 2\n---\n"


@pytest.mark.parametrize("language", ["en", "de"])
def test_there_are_ten_in_the_order_of_the_article(language: str):
    lessons, problems = load_lessons(language)
    assert not problems
    assert [lesson.key[:2] for lesson in lessons] == [f"{number:02}" for number in range(1, 11)]
    for lesson in lessons:
        assert 2 <= lesson.minutes <= 5
        assert lesson.tasks
        assert lesson.marks
        assert any(block.kind == "picture" for block in lesson.blocks), lesson.key
        for block in lesson.blocks:
            for word in block.text.split("](term:")[1:]:
                assert load_glossary(language).get(word.split(")")[0]) is not None, (lesson.key, word)


def test_german_lessons_ask_for_the_same():
    english, german = load_lessons("en")[0], load_lessons("de")[0]
    for one, other in zip(english, german, strict=True):
        assert one.key == other.key
        assert one.code == other.code
        assert [(t.check, t.word, len(t.answers), t.right) for t in one.tasks] == [
            (t.check, t.word, len(t.answers), t.right) for t in other.tasks
        ]
        assert [(m.target, m.word) for m in one.marks] == [(m.target, m.word) for m in other.marks]


def test_the_code_of_all_lessons_runs_from_top_to_bottom(capsys: pytest.CaptureFixture):
    code = "\n".join(lesson.code for lesson in load_lessons()[0])
    exec(compile(code, "lessons", "exec"), {})
    last = capsys.readouterr().out.strip().splitlines()[-1]
    assert float(last.split("%")[0]) > 60, last


def test_the_tutorial_in_the_docs_is_made_of_them():
    """Made anew with ``cnn-core lessons --tutorial > docs/TUTORIAL.md``."""
    assert (ROOT / "docs" / "TUTORIAL.md").read_text("utf-8") == tutorial(load_lessons()[0])


def test_a_lesson_is_read_as_it_is_written():
    text = (
        HEAD
        + """Words, and a [gate](term:gate).

```formula
y = x
```

```picture
pooling
```

## Try it
- [pinned ReLU] Pin one
  of them.
- [map-off] Switch it off. What happens?
  - nothing
  - a lot (right)
  > It counts.
  > Much.

## Look at
1. [card ReLU] Here. Look at it.
2. [canvas] There.
"""
    )
    lesson = parse_lesson("mine", text)
    assert [(block.kind, block.text) for block in lesson.blocks] == [
        ("text", "Words, and a [gate](term:gate)."), ("formula", "y = x"), ("picture", "pooling"),
    ]  # fmt: skip
    first, second = lesson.tasks
    assert (first.check, first.word, first.text, first.answers) == ("pinned", "ReLU", "Pin one of them.", ())
    assert (second.answers, second.right, second.why) == (("nothing", "a lot"), 1, "It counts. Much.")
    assert [(m.target, m.word, m.title, m.text) for m in lesson.marks] == [
        ("card", "ReLU", "Here", "Look at it."), ("canvas", "", "There", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("no header", "line 1"),
        ("---\ntitle: x\n", "line 3"),
        ("---\ntitle: x", "ends with ---"),
        ("---\ntitle x\n---\n", "line 2"),
        ("---\nminutes: 3\n---\n", "a title"),
        ("---\ntitle: x\nminutes: three\n---\n", "whole number"),
        (HEAD + "```picture\ncats\n```\n", "line 6: a lesson expected a picture"),
        (HEAD + "```ruby\n```\n", "line 5"),
        (HEAD + "```formula\nx\n", "the end of a block"),
        (HEAD + "## Try it\n- [dance] Do it\n", "line 6: a lesson expected a check"),
        (HEAD + "## Try it\n- [pinned] Do it\n", "with a word"),
        (HEAD + "## Try it\n- [drawn now] Do it\n", "without a word"),
        (HEAD + "## Try it\nDo it\n", "a task such as"),
        (HEAD + "## Look at\n- [canvas] Here\n", "a place such as"),
        (HEAD + "## Look at\n1. [moon] Here\n", "a place of"),
    ],
)
def test_a_broken_lesson_says_where(text: str, says: str):
    with pytest.raises(ConfigError, match=r"mine\.md") as caught:
        parse_lesson("mine", text, "mine.md")
    assert says in str(caught.value)


def test_lessons_of_ones_own_come_after_the_others(tmp_path):
    (tmp_path / "20-own.md").write_text(HEAD + "Words.", "utf-8")
    (tmp_path / "21-broken.md").write_text("nothing", "utf-8")
    lessons, problems = load_lessons("en", tmp_path)
    assert lessons[-1].title == "Mine"
    assert len(lessons) == 11
    assert len(problems) == 1
    assert "21-broken.md" in problems[0]


def test_the_command_lists_and_checks(tmp_path, capsys: pytest.CaptureFixture):
    def run(*arguments: object) -> int:
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        return int(end.value.code or 0)

    assert run("lessons", "--json") == 0
    assert len(json.loads(capsys.readouterr().out)["lessons"]) == 10
    (tmp_path / "own.md").write_text(HEAD + "## Try it\n- [dance] Do it\n", "utf-8")
    assert run("lessons", tmp_path / "own.md") == 2
    assert "line 6" in capsys.readouterr().err
    assert read_lesson(ROOT / "assets" / "lessons" / "en" / "04-pooling.md").title == "Pooling and its mask"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD.replace("minutes: 2", "minutes: " + "9" * 500), "minutes as a whole number"),
        (HEAD + "## Try it\n- [steps " + "9" * 500 + "] Train.\n", "a number of steps"),
        (HEAD + "## Try it\n- [pinned Foo] Pin it.\n", "pinned with one of"),
        (HEAD + "## Try it\n- [stopped Dropout] Pin it.\n", "stopped with one of"),
        (HEAD + "## Try it\n- [room nowhere] Go.\n", "room with one of"),
        (HEAD + "## Look at\n1. [card Foo] There.\n", "card with one of"),
        (HEAD + "- " * 500 + "x\n", "lists up to"),
        (HEAD + "](" * 5000 + "\n", "lines up to"),
        (HEAD + "## Try it\n" + "- [drawn] Draw.\n" * 500, "at most 12 tasks"),
        (HEAD + "## Try it\n- [drawn] Draw.\n" + "  - no\n" * 500, "at most 8 answers"),
    ],
)
def test_what_would_harm_the_window_is_refused(text: str, said: str):
    with pytest.raises(ConfigError, match=said):
        parse_lesson("a", text)


def test_a_heading_inside_code_is_code():
    lesson = parse_lesson("a", HEAD + "```python\n## Try it\nx = 1\n```\n")
    assert lesson.blocks[-1] == Block("python", "## Try it\nx = 1")
    assert not lesson.tasks


def test_files_of_other_editors_are_read(tmp_path: Path):
    for name, content in (("bom.md", b"\xef\xbb\xbf" + HEAD.encode()), ("mac.md", HEAD.replace("\n", "\r").encode())):
        (tmp_path / name).write_bytes(content)
        assert read_lesson(tmp_path / name).minutes == 2
    (tmp_path / "bad.md").write_bytes(HEAD.encode() + b"\xff\xfe")
    with pytest.raises(ConfigError, match="UTF-8"):
        read_lesson(tmp_path / "bad.md")


def test_own_lessons_have_progress_of_their_own_and_too_many_are_told(tmp_path: Path):
    for number in range(MOST_LESSONS + 2):
        (tmp_path / f"{number:03}.md").write_text(HEAD, "utf-8")
    (tmp_path / "01-images.md").write_text(HEAD, "utf-8")
    lessons, problems = load_lessons(own=tmp_path)
    assert len({lesson.key for lesson in lessons}) == len(lessons) == 10 + MOST_LESSONS
    assert len(problems) == 1
    assert f"the first {MOST_LESSONS}" in problems[0]


def test_words_of_checks_are_those_of_the_layers():
    assert set(KINDS) == set(LAYER_KINDS)
