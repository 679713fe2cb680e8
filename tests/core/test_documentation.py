"""What the documentation shows works: code blocks and examples are run, links lead somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from cnn_core.layers import LAYER_KINDS

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\]\((?!https?://|#|term:)([^)#]+)[^)]*\)")
# The blocks of the tutorial build on each other: the tests of the lessons run them in one go.
BLOCKS = [
    (page, block) for page in PAGES if page.name != "TUTORIAL.md" for block in BLOCK.findall(page.read_text("utf-8"))
]


def run(code: str, tmp_path: Path) -> str:
    found = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    return found.stdout


@pytest.mark.parametrize("number", range(len(BLOCKS)), ids=[page.name for page, _ in BLOCKS])
def test_code_blocks_run(number, tmp_path):
    assert run(BLOCKS[number][1], tmp_path)


def test_the_readme_has_code():
    assert any(page.name == "README.md" for page, _ in BLOCKS)


@pytest.mark.parametrize("example", sorted((ROOT / "examples").glob("*.py")), ids=lambda path: path.stem)
def test_examples_run(example, tmp_path):
    said = run(example.read_text("utf-8"), tmp_path)
    expected = {"train": "of the test images", "inspect_a_digit": "it looks like a 7", "own_layer": "after 60 steps",
                "own_data": "it looks like a square"}  # fmt: skip
    assert expected[example.stem] in said


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target in LINK.findall(page.read_text("utf-8")):
        assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_decision_about_the_bundled_model_is_short():
    assert len((ROOT / "docs/decisions/bundled-model.md").read_text("utf-8").splitlines()) <= 60


def test_every_public_module_says_what_it_is():
    for path in (ROOT / "cnn_core").rglob("*.py"):
        assert path.read_text("utf-8").lstrip().startswith('"""'), path


def test_every_kind_of_layer_and_each_of_its_options_is_documented():
    page = (ROOT / "docs" / "LAB.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    for kind, layer in LAYER_KINDS.items():
        row = next(row for row in rows if f"`{kind}`" in row)
        for option in layer.OPTIONS:
            assert f"`{option.name}`" in row or (kind == "AveragePool2D"), (kind, option.name)
