"""What is exported is what is read again: no class is lost, none is mixed with another, nothing is written over."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_core.cli import main
from cnn_core.datasets import Dataset
from cnn_core.datasets.export import export_npz, export_pictures
from cnn_core.errors import DataError
from cnn_core.sources import load_dataset


def made(labels: list[int], names: tuple[str, ...], channels: int = 1) -> Dataset:
    rng = np.random.default_rng(len(labels))
    images = rng.integers(0, 256, (len(labels), 8, 8, channels)).astype(np.uint8)
    return Dataset("made", images, np.array(labels, np.int64), names)


def test_folders_of_alike_classes_stay_apart(tmp_path):
    names = ("a", "A-2", "A", "__y", "a-2", "")
    labels = [number for number in range(6) for _ in range(3)]
    export_pictures(tmp_path / "out", {"train": made(labels, names), "test": made([0, 1], names)})
    data = load_dataset(str(tmp_path / "out"))
    assert len(data.train.class_names) == 6
    assert np.bincount(data.train.labels).tolist() == [3] * 6
    assert len(data.test) == 2


def test_a_class_that_only_the_test_part_has_can_be_read_again(tmp_path):
    names = ("a", "b", "c")
    export_pictures(tmp_path / "out", {"train": made([0, 0, 1], names), "test": made([2], names)})
    assert load_dataset(str(tmp_path / "out")).test.class_names == names


def test_nothing_is_mixed_with_what_is_there(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old.png").write_bytes(b"")
    with pytest.raises(DataError, match="empty folder"):
        export_pictures(tmp_path / "out", {"train": made([0, 1], ("a", "b"))})
    with pytest.raises(DataError, match="1 or 3 channels"):
        export_pictures(tmp_path / "new", {"train": made([0, 1], ("a", "b"), 2)})
    with pytest.raises(DataError, match="show no class"):
        export_npz(tmp_path / "none.npz", {"train": made([-1, -1], ("a", "b"))})


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as end:
        main([str(argument) for argument in arguments])
    return int(end.value.code or 0)


def test_an_import_keeps_its_validation_part_and_its_input(tmp_path, capsys):
    names = ("a", "b")
    source = tmp_path / "own.npz"
    export_npz(source, {"train": made([0, 1] * 6, names), "test": made([0, 1], names), "val": made([1, 0, 1], names)})
    for kind in ("npz", "png"):
        out = tmp_path / f"copy_{kind}{'.npz' if kind == 'npz' else ''}"
        assert run("datasets", "import", source, "--out", out, "--as", kind) == 0
        again = load_dataset(str(out))
        assert again.validation is not None
        assert (len(again.train), len(again.test), len(again.validation)) == (12, 2, 3)
    before = source.read_bytes()
    assert run("datasets", "import", source, "--out", source, "--overwrite") == 2
    assert run("datasets", "import", source, "--out", tmp_path / "idx", "--as", "idx") == 2
    assert source.read_bytes() == before
    capsys.readouterr()


def test_a_network_of_a_mixture_is_judged_by_mnist():
    """The mixture is drawn anew each time, and takes minutes."""
    from cnn_core.sources import tested_on

    assert tested_on("mixed") == "mnist"
    assert tested_on("") == "mnist"
    assert tested_on("synthetic") == "synthetic"
    assert tested_on("/nowhere/own.npz") == "/nowhere/own.npz"
