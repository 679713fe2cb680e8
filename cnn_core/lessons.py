"""Lessons as plain text that a teacher can write: Markdown with a small header, things to try, and places to look at.

::

    ---
    title: Pooling and its mask
    minutes: 3
    ---
    Text. A word of the glossary is a link: [gate](term:gate).

    ```formula
    y = max(window)
    ```

    ```picture
    pooling
    ```

    ```python
    print("the same in code")
    ```

    ## Try it
    - [gradients] Switch to *Gradients*.
    - [map-off] Switch off a map. What happens?
      - nothing
      - it is less sure (right)
      > It misses one of many hints.

    ## Look at
    1. [card MaxPool2D] Half as high. One number of four is left.

The program's own lessons stand in ``assets/lessons/LANGUAGE``, a user's own in the folder ``lessons`` of their data.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from cnn_core.assets import asset_path
from cnn_core.errors import ConfigError, ModelFileError
from cnn_core.files import brief, read_file

MOST_BYTES, MOST_LESSONS = 1 << 16, 100
MOST_TASKS, MOST_ANSWERS, MOST_MARKS, MOST_LETTERS, MOST_MINUTES, MOST_DEPTH = 12, 8, 9, 2000, 240, 3
"""In a lesson, in a task, in a lesson, in a line; how long a lesson is; lists within lists. More would freeze a
window."""
OWN = "own/"
"""Begins the key of a user's own lesson: what was done in another one of the same name does not count."""
CHECKS = {
    "drawn": False, "read": True, "pinned": True, "room": True, "gradients": False, "activations": False,
    "map-off": False, "stopped": True, "asked-class": False, "steps": True, "told": False, "updated": False,
    "slid": False, "back": True, "workspace": True, "wide": False,
}  # fmt: skip
"""What a task can be checked for, and whether that takes a word: ``pinned Conv2D``."""
TARGETS = {"card": True, "input": False, "room": True, "widget": True, "canvas": False, "answer": False}
"""What can be lit up, and whether that takes a word: ``card Conv2D``, ``room edits``, ``widget gradientsButton``."""
KINDS = ("Conv2D", "Dense", "MaxPool2D", "AveragePool2D", "Flatten", "Dropout", "BatchNorm", "ReLU", "LeakyReLU",
         "Sigmoid", "Tanh", "Softmax")  # fmt: skip
"""Of layers, as the words of checks and places name them."""
ROOMS = ("working", "kernels", "attribution", "exemplars", "embedding", "edits", "learning", "film")
WORDS = {
    "pinned": KINDS, "back": KINDS, "stopped": ("ReLU", "MaxPool2D"), "card": KINDS, "room": ROOMS,
    "workspace": ("live", "network", "runs", "evaluate", "data", "learn"),
}  # fmt: skip
"""Which words a check or a place may have, where not any will do."""
PICTURES = ("pixels", "convolution", "volume", "pooling", "dropout", "flatten", "activation", "loss", "backward",
            "training")  # fmt: skip
BLOCKS = ("formula", "picture", "python")
TRY, LOOK = ("## try it", "## probier es"), ("## look at", "## schau hin")
TERM_LINK = re.compile(r"\]\(term:([^)\n]{1,100})\)")
"""A word of the glossary in a text."""
_TASK = re.compile(r"- \[([^\]]+)\] (.+)")
_ANSWER = re.compile(r"\s+- (.+)")
_WHY = re.compile(r"\s+> (.+)")
_MARK = re.compile(r"\d+\. \[([^\]]+)\] (.+)")
_DEEP = re.compile(rf"\s*((>|[-*+]|\d{{1,9}}[.)])\s*){{{MOST_DEPTH + 1},}}\S")
_FENCE = re.compile(r"```(\w*)\s*")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the text: ``kind`` is ``text``, ``formula``, ``picture`` or ``python``."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Task:
    """Something to try.

    Attributes
    ----------
    check, word : what the program looks for, one of `CHECKS`, and of what
    text : what to do
    answers : of a question, else empty; ``right`` is the number of the right one, -1 where any will do
    why : what is said after an answer
    """

    check: str
    word: str
    text: str
    answers: tuple[str, ...] = ()
    right: int = -1
    why: str = ""


@dataclass(frozen=True, slots=True)
class LookAt:
    """A place of the window that is lit up, one of `TARGETS`, with a title and a sentence."""

    target: str
    word: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson; ``key`` is the name of its file."""

    key: str
    title: str
    minutes: int
    blocks: tuple[Block, ...]
    tasks: tuple[Task, ...]
    marks: tuple[LookAt, ...]

    @property
    def code(self) -> str:
        """All of its Python, one block after the other."""
        return "\n".join(block.text for block in self.blocks if block.kind == "python")


def load_lessons(language: str = "en", own: Path | None = None) -> tuple[list[Lesson], list[str]]:
    """The program's lessons in a language, English where it has none, then those in the folder ``own``; and what is
    wrong with those that cannot be read, a sentence each."""
    lessons, problems = [], []
    users = _files(own)
    for path in (*_files(_folder(language)), *users[:MOST_LESSONS]):
        try:
            lesson = read_lesson(path)
            lessons.append(replace(lesson, key=f"{OWN}{lesson.key}") if path in users else lesson)
        except (ConfigError, ModelFileError) as error:
            problems.append(str(error))
    if len(users) > MOST_LESSONS:
        problems.append(f"{brief(own)} holds {len(users)} lessons; the first {MOST_LESSONS} of them are read.")
    return lessons, problems


def _folder(language: str) -> Path:
    try:
        return asset_path(f"lessons/{language}")
    except ModelFileError:
        return asset_path("lessons/en")


def _files(folder: Path | None) -> list[Path]:
    return sorted(folder.glob("*.md")) if folder is not None and folder.is_dir() else []


def read_lesson(path: str | Path) -> Lesson:
    """Read one lesson; raises `ConfigError` with the line where something is not as it should be."""
    path = Path(path)
    try:
        text = read_file(path, MOST_BYTES, "lesson").decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{brief(path.name)}: a lesson expected text as UTF-8, found other bytes.") from error
    return parse_lesson(path.stem, text, path.name)


def parse_lesson(key: str, text: str, name: str = "The lesson") -> Lesson:
    """The lesson that ``text`` says; ``name`` stands in messages."""
    return _Parser(key, text, brief(name)).lesson()


class _Parser:
    """Line by line, from top to bottom."""

    def __init__(self, key: str, text: str, name: str) -> None:
        self._key, self._name = key, name
        self._lines = list(enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1))

    def lesson(self) -> Lesson:
        for number, line in self._lines:
            if len(line) > MOST_LETTERS or _DEEP.match(line):
                raise self._wrong(number, f"lines up to {MOST_LETTERS} letters, lists up to {MOST_DEPTH} deep")
        header, rest = self._header()
        sections: dict[str, list[tuple[int, str]]] = {"text": [], "try": [], "look": []}
        section, in_block = "text", False
        for number, line in rest:
            heading = line.strip().lower()
            in_block ^= _FENCE.fullmatch(line.strip()) is not None
            if not in_block and heading in (*TRY, *LOOK):
                section = "try" if heading in TRY else "look"
            else:
                sections[section].append((number, line))
        title, minutes = header.get("title", ""), header.get("minutes", "3")
        if not title:
            raise self._wrong(1, "a title in its header, such as title: Convolution")
        if not (minutes.isdecimal() and len(minutes) < 4 and int(minutes) <= MOST_MINUTES):
            at = next(number for number, line in self._lines if line.lower().startswith("minutes"))
            raise self._wrong(at, f"minutes as a whole number up to {MOST_MINUTES}", minutes)
        return Lesson(
            self._key, title, int(minutes), tuple(self._blocks(sections["text"])), tuple(self._tasks(sections["try"])),
            tuple(self._marks(sections["look"])),
        )  # fmt: skip

    def _wrong(self, line: int, expected: str, found: str = "") -> ConfigError:
        said = f", found {brief(found, 40)!r}" if found else ""
        return ConfigError(f"{self._name}, line {line}: a lesson expected {expected}{said}.")

    def _header(self) -> tuple[dict[str, str], list[tuple[int, str]]]:
        if not self._lines or self._lines[0][1].strip() != "---":
            raise self._wrong(1, "a header between two lines of ---")
        header: dict[str, str] = {}
        for at, (number, line) in enumerate(self._lines[1:], 1):
            if line.strip() == "---":
                return header, self._lines[at + 1 :]
            name, colon, value = line.partition(":")
            if not colon:
                raise self._wrong(number, "name: value in its header", line)
            header[name.strip().lower()] = value.strip()
        raise self._wrong(1, "a header that ends with ---")

    def _blocks(self, lines: list[tuple[int, str]]) -> Iterator[Block]:
        kind, begun, gathered = "", 0, list[str]()
        for number, line in lines:
            fence = _FENCE.fullmatch(line.strip())
            if not kind and _TASK.match(line):
                raise self._wrong(number, f"tasks under {TRY[0].title()} or {TRY[1].title()}", line)
            if fence is None:
                gathered.append(line)
                continue
            text = "\n".join(gathered).strip("\n")
            if kind:
                yield self._block(kind, text, begun)
                kind = ""
            else:
                if text.strip():
                    yield Block("text", text)
                kind, begun = fence.group(1), number
                if not kind:
                    raise self._wrong(number, f"the kind of a block after ```, one of {', '.join(BLOCKS)}")
                if kind not in BLOCKS:
                    raise self._wrong(number, f"a block of {', '.join(BLOCKS)}", kind)
            gathered = []
        if kind:
            raise self._wrong(begun, "the end of a block, a line of ```")
        if "\n".join(gathered).strip():
            yield Block("text", "\n".join(gathered).strip("\n"))

    def _block(self, kind: str, text: str, line: int) -> Block:
        if kind == "picture" and text.strip() not in PICTURES:
            raise self._wrong(line + 1, f"a picture of {', '.join(PICTURES)}", text)
        return Block(kind, text.strip() if kind == "picture" else text)

    def _tasks(self, lines: list[tuple[int, str]]) -> list[Task]:
        tasks: list[Task] = []
        for number, line in lines:
            if not line.strip():
                continue
            if task := _TASK.match(line):
                check, word = self._word(number, task.group(1), CHECKS, "a check")
                if check == "steps" and not (word.isdecimal() and len(word) <= 6):
                    raise self._wrong(number, "a number of steps such as [steps 50]", word)
                tasks.append(Task(check, word, task.group(2).strip()))
                if len(tasks) > MOST_TASKS:
                    raise self._wrong(number, f"at most {MOST_TASKS} tasks")
            elif tasks and (answer := _ANSWER.fullmatch(line)):
                text = answer.group(1).strip()
                is_right, last = text.endswith(("(right)", "(richtig)")), tasks[-1]
                text = text.removesuffix("(right)").removesuffix("(richtig)").strip()
                if is_right and last.right >= 0:
                    raise self._wrong(number, "one right answer", text)
                right = len(last.answers) if is_right else last.right
                tasks[-1] = Task(last.check, last.word, last.text, (*last.answers, text), right, last.why)
                if len(tasks[-1].answers) > MOST_ANSWERS:
                    raise self._wrong(number, f"at most {MOST_ANSWERS} answers")
            elif tasks and (why := _WHY.fullmatch(line)):
                last = tasks[-1]
                text = f"{last.why} {why.group(1).strip()}".strip()
                tasks[-1] = Task(last.check, last.word, last.text, last.answers, last.right, text)
            elif tasks and line.startswith("  ") and not tasks[-1].answers:
                last = tasks[-1]
                tasks[-1] = Task(last.check, last.word, f"{last.text} {line.strip()}", (), last.right, last.why)
            else:
                raise self._wrong(number, "a task such as - [drawn] Draw a 7", line)
        return tasks

    def _marks(self, lines: list[tuple[int, str]]) -> list[LookAt]:
        marks: list[LookAt] = []
        for number, line in lines:
            if not line.strip():
                continue
            found = _MARK.match(line)
            if found is None:
                if marks and line.startswith("  "):
                    last = marks[-1]
                    marks[-1] = LookAt(last.target, last.word, last.title, f"{last.text} {line.strip()}".strip())
                    continue
                raise self._wrong(number, "a place such as 1. [card Conv2D] Title. Sentence", line)
            target, word = self._word(number, found.group(1), TARGETS, "a place")
            title, _, text = found.group(2).partition(". ")
            marks.append(LookAt(target, word, title.rstrip("."), text.strip()))
            if len(marks) > MOST_MARKS:
                raise self._wrong(number, f"at most {MOST_MARKS} places")
        return marks

    def _word(self, line: int, text: str, known: dict[str, bool], what: str) -> tuple[str, str]:
        name, _, word = text.strip().partition(" ")
        if name not in known:
            raise self._wrong(line, f"{what} of {', '.join(known)}", name)
        if known[name] != bool(word.strip()):
            raise self._wrong(line, f"{what} {name} {'with a word' if known[name] else 'without a word'}", text)
        if name in WORDS and word.strip() not in WORDS[name]:
            raise self._wrong(line, f"{name} with one of {', '.join(WORDS[name])}", word.strip())
        return name, word.strip()


HEAD = """# Tutorial: a convolutional network in plain NumPy

From images as tensors to a trained network, in ten lessons, as in the window's *Learn*. All code can be run from top to
bottom; a test does so.
"""


def tutorial(lessons: Iterable[Lesson]) -> str:
    """The lessons as one page of documentation: text, formulas and code."""
    parts = [HEAD]
    for number, lesson in enumerate(lessons, 1):
        parts.append(f"## {number}. {lesson.title}\n")
        for block in lesson.blocks:
            if block.kind == "text":
                parts.append(_TERM.sub(r"\1", block.text) + "\n")
            elif block.kind in ("formula", "python"):
                parts.append(f"```{'' if block.kind == 'formula' else 'python'}\n{block.text}\n```\n")
        if lesson.tasks:
            parts.append("**Try it in the window.** " + " ".join(task.text for task in lesson.tasks) + "\n")
    return "\n".join(parts)


_TERM = re.compile(r"\[([^\]]+)\]\(term:[^)]+\)")
