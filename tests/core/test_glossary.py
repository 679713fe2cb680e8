"""Every word that the program uses is explained, and found however it is written."""

from __future__ import annotations

import json

import pytest

from cnn_core.cli import main
from cnn_core.datasets.augmentation import AUGMENTATIONS
from cnn_core.errors import ConfigError
from cnn_core.glossary import load_glossary
from cnn_core.layers import LAYER_KINDS
from cnn_core.optimizers import OPTIMIZERS
from cnn_core.schedules import SCHEDULES

LANGUAGES = ("en", "de")
WORDS = """layer filter kernel stride padding valid same feature-map activation gradient logits epoch batch
learning-rate weight-decay receptive-field saliency exemplar embedding counterfactual checkpoint run thread-pool
cache"""
METRICS = ("loss", "accuracy", "precision", "recall", "F1", "confidence interval", "calibration error", "temperature",
           "coverage", "confusion matrix", "images/s", "McNemar")  # fmt: skip
OPTIONS = sorted({option.name for kind in LAYER_KINDS.values() for option in kind.OPTIONS})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "word", [*LAYER_KINDS, *OPTIMIZERS, *SCHEDULES, *AUGMENTATIONS, *WORDS.split(), *METRICS, *OPTIONS]
)
def test_every_word_has_an_entry(word: str, language: str):
    glossary = load_glossary(language)
    for written in (word, word.upper(), word.lower()):
        term = glossary.find(written)
        assert term.plain
        assert term.plain[-1] in ".!"


@pytest.mark.parametrize("language", LANGUAGES)
def test_entries_are_short_and_lead_to_others(language: str):
    glossary = load_glossary(language)
    for term in glossary:
        assert len(term.plain) <= 260, term.key
        assert term.plain.count(". ") <= 2, term.key
        for key in term.see:
            assert glossary.get(key) is not None, (term.key, key)
        assert glossary.find(term.name) is not None


def test_german_says_every_word():
    english, german = load_glossary(), load_glossary("de")
    assert [term.key for term in german] == [term.key for term in english]
    same = [term.key for term in english if german.find(term.key).plain == term.plain]
    assert not same


def test_a_word_that_is_not_there_is_answered_with_others():
    with pytest.raises(ConfigError, match="Convolution"):
        load_glossary().find("convolutoin")
    with pytest.raises(ConfigError, match="--list"):
        load_glossary().find("xyzzy")


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        main([*arguments])
    return int(end.value.code or 0)


def test_the_command_explains(capsys: pytest.CaptureFixture):
    assert run("explain", "BATCH", "norm") == 0
    assert "variance" in capsys.readouterr().out
    assert run("explain", "adam", "--json") == 0
    assert json.loads(capsys.readouterr().out)["name"] == "Adam"
    assert run("explain", "faltung", "--language", "de") == 0
    assert "Filter" in capsys.readouterr().out
    assert run("explain", "--list", "--json") == 0
    assert len(json.loads(capsys.readouterr().out)["words"]) >= 100
    assert run("explain", "nonsense word") == 2
    assert run("explain") == 2
