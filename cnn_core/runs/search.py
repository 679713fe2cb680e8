"""Which runs are meant by words such as ``network:article rate>0.001 good``."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from cnn_core.errors import ConfigError
from cnn_core.files import brief
from cnn_core.runs.summary import RunSummary

SHORT = {
    "rate": "learning_rate", "batch": "batch_size", "augment": "augmentation", "net": "network",
    "speed": "images_per_second", "time": "seconds", "name": "title", "decay": "weight_decay",
    "warmup": "warmup_epochs",
}  # fmt: skip
"""Short names of what a run can be searched by."""
SHARES = ("validation", "test")
SUCH_AS = "name, network, data, rate, batch, optimizer, validation, test or sweep"
EMPTY = re.compile(r"([A-Za-z_0-9]+)(?:<=|>=|!=|<|>|=|:)")
THOUSANDS = re.compile(r"[1-9]\d{0,2}(,\d{3})+")
TERM = re.compile(r"([A-Za-z_0-9]+)(<=|>=|!=|<|>|=|:)(.+)")
ORDERED = ("<", ">", "<=", ">=")
OPERATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b, ">": lambda a, b: a > b, "<=": lambda a, b: a <= b, ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b, "!=": lambda a, b: a != b,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Term:
    """One condition; without a ``key`` the word may stand in any text of the run."""

    key: str
    operation: str
    value: str

    def fits(self, run: RunSummary) -> bool:
        """Whether the run is meant."""
        if not self.key:
            texts = (run.title, run.name, run.network, run.data, run.notes, run.reason, run.sweep)
            return any(self.value.lower() in text.lower() for text in texts)
        value = value_of(run, self.key)
        if self.operation == ":":
            return self.value.lower() in str(value).lower()
        wanted = _number(self.value)
        if wanted is None or not isinstance(value, (int, float)) or isinstance(value, bool):
            same = str(value).lower() == self.value.lower()
            return same if self.operation == "=" else not same if self.operation == "!=" else False
        if self.key in SHARES and wanted > 1 and not self.value.endswith("%"):  # in per cent
            wanted /= 100
        return OPERATIONS[self.operation](value, wanted)


def parse(words: str) -> tuple[Term, ...]:
    """The conditions, all of which must hold; raises `ConfigError` for a key that no run has."""
    terms = []
    for word in words.split():
        match = TERM.fullmatch(word)
        bare = EMPTY.fullmatch(word)
        if (match is not None and match[3][0] in "<>=!:") or (bare is not None and SHORT.get(bare[1], bare[1]) in KEYS):
            raise ConfigError(f"A condition expected a value such as rate>0.001, received {brief(word, 40)!r}.")
        if match is None:
            terms.append(Term("", ":", word))
            continue
        key = SHORT.get(match[1].lower(), match[1].lower())
        if key not in KEYS:
            raise ConfigError(
                f"A search expected a column or setting such as {SUCH_AS}, received {brief(match[1], 40)!r}."
            )
        if match[2] in ORDERED and _number(match[3]) is None:
            raise ConfigError(f"{match[1]}{match[2]} expected a number, received {brief(match[3], 40)!r}.")
        terms.append(Term(key, match[2], match[3]))
    return tuple(terms)


def search(runs: Sequence[RunSummary], words: str) -> tuple[RunSummary, ...]:
    """The runs that are meant, in their order; raises `ConfigError`."""
    terms = parse(words)
    return tuple(run for run in runs if all(term.fits(run) for term in terms))


def value_of(run: RunSummary, key: str) -> Any:
    """What a run has under a key of `KEYS`: a column of its summary, or a setting."""
    return getattr(run, key) if key in COLUMNS else run.settings.get(key)


def sort_key(key: str) -> Callable[[RunSummary], tuple[bool, Any]]:
    """For `sorted`: what is not known stands last, numbers before words."""

    def of(run: RunSummary) -> tuple[bool, Any]:
        value = value_of(run, key)
        if isinstance(value, (int, float)):
            return False, (0, float(value), "")
        return value is None, (1, 0.0, str(value).lower())

    return of


def sort_runs(runs: Sequence[RunSummary], key: str, descending: bool = False) -> tuple[RunSummary, ...]:
    """By what they have under a key of `KEYS`; those of which it is not known stand last either way."""
    of = sort_key(key)
    ordered = sorted(runs, key=of, reverse=descending)
    return tuple(sorted(ordered, key=lambda run: of(run)[0]))


def _number(text: str) -> float | None:
    try:
        plain = text.removesuffix("%")
        number = float(plain.replace(",", "") if THOUSANDS.fullmatch(plain) else plain.replace(",", "."))
        return number / 100 if text.endswith("%") else number
    except ValueError:
        return None


COLUMNS = ("title", "notes", "data", "network", "parameters", "reason", "validation", "test", "images_per_second",
           "seconds", "epochs", "steps", "started_at", "sweep", "changes")  # fmt: skip
SETTINGS = ("optimizer", "learning_rate", "schedule", "batch_size", "seed", "augmentation", "mixup", "weight_decay",
            "label_smoothing", "patience", "threads", "averaging", "warmup_epochs", "momentum", "beta1", "beta2",
            "rms_decay", "dropout", "start")  # fmt: skip
KEYS = (*COLUMNS, *SETTINGS)
