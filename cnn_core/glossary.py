"""The words of the program: each in one or two sentences, and what stands behind it.

The words stand in ``assets/lessons/glossary.toml``; ``glossary.de.toml`` says them in German, by their English names.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from cnn_core.assets import asset_path
from cnn_core.errors import ConfigError, ModelFileError
from cnn_core.files import brief

FILE = "lessons/glossary{}.toml"
ENGLISH = "en"
MOST_SUGGESTED = 3


@dataclass(frozen=True, slots=True)
class Term:
    """One word.

    Attributes
    ----------
    key : its English name in lower case, by which other texts speak of it
    name : as people read it
    also : other names
    group : ``layer``, ``option``, ``setting``, ``optimizer``, ``schedule``, ``augmentation``, ``metric``, ``room`` or
        ``idea``
    plain : one or two sentences that a pupil understands
    formula, shapes, source : what stands behind it; empty where there is nothing to say
    see : keys of related words
    """

    key: str
    name: str
    plain: str
    also: tuple[str, ...] = ()
    group: str = "idea"
    formula: str = ""
    shapes: str = ""
    source: str = ""
    see: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "name": self.name, "also": list(self.also), "group": self.group, "plain": self.plain,
            "formula": self.formula, "shapes": self.shapes, "source": self.source, "see": list(self.see),
        }  # fmt: skip


class Glossary:
    """All terms of a language, in the order of the file; found by any of their names, in upper or lower case."""

    def __init__(self, terms: Mapping[str, Term]) -> None:
        self._terms = dict(terms)
        self._by_name: dict[str, Term] = {}
        for term in self._terms.values():  # a name goes before what is only another name
            for name in (*term.also, *(_plain(part) for part in term.also)):
                self._by_name.setdefault(_plain(name), term)
        for term in self._terms.values():
            self._by_name[_plain(term.name)] = self._by_name[_plain(term.key)] = term

    def __iter__(self) -> Iterator[Term]:
        return iter(self._terms.values())

    def __len__(self) -> int:
        return len(self._terms)

    def get(self, word: str) -> Term | None:
        """The term of that name; None where there is none."""
        return self._by_name.get(_plain(word))

    def find(self, word: str) -> Term:
        """The term of that name; raises `ConfigError`, with names that look like it, where there is none."""
        term = self.get(word)
        if term is None:
            near = difflib.get_close_matches(_plain(word), self._by_name, MOST_SUGGESTED, 0.6)
            alike = list(dict.fromkeys(self._by_name[name].name for name in near))
            hint = f"Did you mean {' or '.join(alike)}?" if alike else "`cnn-core explain --list` names all words."
            raise ConfigError(f"No word {brief(word, 40)!r} is explained here. {hint}")
        return term


@cache
def languages() -> tuple[str, ...]:
    """Those that have a glossary: ``en``, and each ``assets/lessons/glossary.LANGUAGE.toml``."""
    names = (path.name.split(".") for path in sorted(asset_path("lessons").glob("glossary.*.toml")))
    return (ENGLISH, *(parts[1] for parts in names if len(parts) == 3))


def expect_language(language: str) -> None:
    """Raise `ConfigError` for a language that nobody has written."""
    if language not in languages():
        raise ConfigError(f"A language expected one of {', '.join(languages())}, received {brief(language)!r}.")


def load_glossary(language: str = ENGLISH) -> Glossary:
    """The glossary in a language; words that are not translated stay English. Raises `ConfigError` for a file that is
    no glossary."""
    terms = {term.key: term for term in map(_term, _read(FILE.format("")))}
    if language != ENGLISH:
        try:
            translated = _read(FILE.format(f".{language}"))
        except ModelFileError:
            translated = []  # a language that nobody has written yet
        for values in translated:
            key = str(values.get("key", "")).lower()
            if key in terms:
                terms[key] = _in_other_words(terms[key], values)
    return Glossary(terms)


def _read(name: str) -> list[dict[str, Any]]:
    try:
        content = tomllib.loads(asset_path(name).read_text("utf-8"))
        return list(content["term"])
    except (tomllib.TOMLDecodeError, KeyError, UnicodeDecodeError) as error:
        raise ConfigError(f"{name} expected a glossary, found something else ({brief(error)}).") from error


def _term(values: Mapping[str, Any]) -> Term:
    try:
        name, plain = str(values["name"]), str(values["plain"])
    except KeyError as error:
        raise ConfigError(f"A word of the glossary expected {error}, found none in {brief(values)}.") from error
    texts = {field: str(values[field]) for field in ("group", "formula", "shapes", "source") if field in values}
    lists = {field: tuple(map(str, values[field])) for field in ("also", "see") if field in values}
    return Term(name.lower(), name, plain, **lists, **texts)  # type: ignore[arg-type]


def _in_other_words(term: Term, values: Mapping[str, Any]) -> Term:
    """The same term in another language; its English names still find it."""
    names = (term.name, *term.also, *map(str, values.get("also", ())))
    texts = {field: str(values[field]) for field in ("plain", "formula", "shapes", "source") if field in values}
    return replace(term, name=str(values.get("name", term.name)), also=names, **texts)


def _plain(name: str) -> str:
    return " ".join(name.lower().replace("_", " ").replace("-", " ").split())
