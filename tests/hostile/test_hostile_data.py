"""Data sets of strangers: bombs, lies in headers, values that mean something else."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest

from cnn_core.datasets import read_idx, read_npz
from cnn_core.digits import read_unipen
from cnn_core.errors import DataError
from cnn_core.sources import load_dataset
from cnn_core.storage.recording import load_recording

LABELS = np.arange(6) % 3


def npy(array: np.ndarray) -> bytes:
    content = io.BytesIO()
    np.save(content, array)
    return content.getvalue()


def put_npz(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return path


def header(text: str) -> bytes:
    text = text.ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


def test_an_npz_bomb_does_not_go_off(tmp_path, refused):
    zeros = b"\0" * (1 << 20)
    path = tmp_path / "bomb.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        with archive.open("images.npy", "w", force_zip64=True) as member:
            member.write(header("{'descr': '|u1', 'fortran_order': False, 'shape': (%d, 1024, 1024), }" % 600))  # noqa: UP031
            for _ in range(600):
                member.write(zeros)
        archive.writestr("labels.npy", npy(np.zeros(600, np.int64)))
    assert path.stat().st_size < 1_000_000
    assert "times their size" in refused(read_npz, path)


def test_what_nobody_needs_is_not_unpacked(tmp_path):
    path = tmp_path / "own.npz"
    images = np.full((6, 5, 4), 200, np.uint8)
    put_npz(path, images=npy(images), labels=npy(LABELS), other=b"not an array at all", pickled=b"\x80\x04.")
    assert len(read_npz(path)[0]) == 6


NOT_ARRAYS = {
    "no array": b"something",
    "nothing": b"",
    "a header that does not parse": header("{'descr': '<f4', 'shape': (6, 5,"),
    "a deep header": header("(" * 100),
    "a shape below zero": header("{'descr': '|u1', 'fortran_order': False, 'shape': (-6, 5, 4), }") + b"x" * 120,
    "a shape of a million million": header("{'descr': '|u1', 'fortran_order': False, 'shape': (1000000000000, 5), }"),
    "objects": npy(np.zeros((6, 5, 4), np.uint8)).replace(b"'|u1'", b"'|O' "),
    "another version": b"\x93NUMPY\x09\x00" + b"x" * 100,
}


@pytest.mark.parametrize("what", NOT_ARRAYS)
def test_a_member_that_is_no_array_is_told(what, tmp_path, refused):
    said = refused(read_npz, put_npz(tmp_path / "own.npz", images=NOT_ARRAYS[what], labels=npy(LABELS)))
    assert "allow_pickle" not in said
    assert "own.npz" in said


@pytest.mark.parametrize(
    "labels",
    [np.full(6, np.inf), np.full(6, np.nan), np.array(["a"] * 6), np.full(6, 2**63, np.uint64), np.full(6, -1),
     np.zeros((6, 6), int), np.zeros(6, "m8[s]")],
)  # fmt: skip
def test_labels_that_are_none_are_told(labels, tmp_path, refused):
    images = npy(np.full((6, 5, 4), 200, np.uint8))
    refused(read_npz, put_npz(tmp_path / "own.npz", images=images, labels=npy(labels)))


def test_a_long_list_of_members_is_not_read(tmp_path, refused):
    path = tmp_path / "many.npz"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(20_000):
            archive.writestr(f"member-{number}.npy", b"")
    assert "very long list" in refused(read_npz, path)


@pytest.mark.parametrize("kind", [np.uint8, np.int8, np.int64, np.uint16, bool, np.float32])
def test_images_of_zeros_and_ones_are_black_and_white(kind, tmp_path):
    """Whatever their type: as bytes they would be learnt as black."""
    images = (np.arange(6 * 20).reshape(6, 5, 4) % 2).astype(kind)
    np.savez(tmp_path / "own.npz", images=images, labels=LABELS)
    train, *_ = read_npz(tmp_path / "own.npz")
    assert set(np.unique(train.images)) == {0, 255}


def test_images_up_to_16_are_scaled_and_it_is_said(tmp_path):
    images = np.arange(6 * 20, dtype=np.uint8).reshape(6, 5, 4) % 17
    np.savez(tmp_path / "own.npz", images=images, labels=LABELS)
    parts = load_dataset(str(tmp_path / "own.npz"))
    assert "brightest value is 16" in parts.note
    assert max(int(parts.train.images.max()), int(parts.test.images.max())) == 255


@pytest.mark.parametrize("brightest", [40, 90, 300, -3])
@pytest.mark.parametrize("kind", [np.int16, np.float64])
def test_images_on_no_known_scale_are_refused_and_the_value_is_named(brightest, kind, tmp_path, refused):
    images = np.zeros((6, 5, 4), kind)
    images[0, 0, 0] = brightest
    np.savez(tmp_path / "own.npz", images=images, labels=LABELS)
    assert str(brightest) in refused(read_npz, tmp_path / "own.npz")


def test_every_reader_looks_at_the_scale(tmp_path):
    """Also that of MNIST's own format."""
    (tmp_path / "mnist").mkdir()
    for file, count in (("train", 12), ("t10k", 6)):
        images = (np.arange(count * 784) % 2).astype(np.uint8).tobytes()
        sizes = b"".join(side.to_bytes(4, "big") for side in (count, 28, 28))
        (tmp_path / "mnist" / f"{file}-images-idx3-ubyte").write_bytes(b"\0\0\x08\x03" + sizes + images)
        labels = (np.arange(count) % 10).astype(np.uint8).tobytes()
        (tmp_path / "mnist" / f"{file}-labels-idx1-ubyte").write_bytes(
            b"\0\0\x08\x01" + count.to_bytes(4, "big") + labels
        )
    parts = load_dataset("mnist", tmp_path)
    assert int(parts.train.images.max()) == 255
    assert parts.note == ""


def test_gzip_bombs_do_not_go_off(tmp_path, refused):
    sides = (900, 1000, 1000)
    shape = b"\0\0\x08\x03" + b"".join(side.to_bytes(4, "big") for side in sides)
    bomb = tmp_path / "images.gz"
    with gzip.open(bomb, "wb") as file:
        file.write(shape)
        for _ in range(900):
            file.write(b"\0" * 1_000_000)
    assert "times their size" in refused(read_idx, bomb)
    honest = tmp_path / "tail.gz"
    with gzip.open(honest, "wb") as file:
        file.write(b"\0\0\x08\x01\0\0\0\x03abc")
        for _ in range(300):
            file.write(b"\0" * 1_000_000)
    refused(read_idx, honest)
    pens = tmp_path / "pens.gz"
    with gzip.open(pens, "wb") as file:
        for _ in range(300):
            file.write(b"\n" * 1_000_000)
    refused(read_unipen, pens)


@pytest.mark.parametrize("content", [b"", b"\0", b"\0\0", b"\0\0\x08", b"\0\0\x08\x03", b"\0\0\x08\x03\0\0\0"])
def test_headers_that_end_too_soon(content, tmp_path, refused):
    (tmp_path / "images").write_bytes(content)
    refused(read_idx, tmp_path / "images")


def test_pipes_and_folders_are_no_data(tmp_path, refused):
    os.mkfifo(tmp_path / "pipe")
    for read in (read_npz, read_idx, read_unipen, load_recording):
        for place in (tmp_path / "pipe", tmp_path, Path("a\0b")):
            refused(read, place)


@pytest.mark.parametrize(
    "content",
    [
        "[" * 200_000, '{"format": "cnn-gui drawing 1", "strokes": [{"width": 1e999, "points": [[0, 0, 0]]}]}',
        '{"format": "cnn-gui drawing 1", "strokes": [{"width": 0.1, "points": [[1e300, 0, 0]]}]}',
        '{"format": "cnn-gui drawing 1", "strokes": [{"width": 0.1, "points": [[0, 0, 5], [0, 0, 1]]}]}',
        '{"format": "cnn-gui drawing 1", "strokes": [], "number": 1e999}',
        '{"format": "cnn-gui drawing 1", "strokes": 7}', '{"format": {}}', '{"strokes": []}', "null", "\xff",
    ],
)  # fmt: skip
def test_recordings(content, tmp_path, refused):
    (tmp_path / "r.json").write_text(content, "latin-1")
    refused(load_recording, tmp_path / "r.json")


def test_numbers_of_a_pen_that_are_none(tmp_path, refused):
    for x in ("1e400", "nan", "9" * 5000, "1e7"):
        (tmp_path / "pens").write_text(
            f'.SEGMENT DIGIT 0 ? "8"\n.COMMENT 1 {"9" * 5000} 3\n.PEN_DOWN\n {x} 5\n.PEN_UP\n'
        )
        refused(read_unipen, tmp_path / "pens")


def test_images_without_pixels(tmp_path):
    np.savez(tmp_path / "own.npz", images=np.zeros((6, 0, 4), np.uint8), labels=LABELS)
    with pytest.raises(DataError, match="pixels"):
        read_npz(tmp_path / "own.npz")


def test_signs_that_no_text_has_are_refused(tmp_path, refused):
    codes = np.full(3, 0x7FFFFFFF, np.uint32).view("<U1")
    np.savez(tmp_path / "own.npz", images=np.zeros((6, 5, 4), np.uint8), labels=LABELS, class_names=codes)
    assert "signs that no text has" in refused(read_npz, tmp_path / "own.npz")


def test_a_long_list_of_members_cannot_hide(tmp_path, refused):
    """Which end of a zip file counts is the reader's choice, so all of them are looked at."""
    path = put_npz(tmp_path / "own.npz", images=npy(np.zeros((6, 5, 4), np.uint8)), labels=npy(LABELS))
    content = bytearray(path.read_bytes())
    content[-10:-6] = (50 << 20).to_bytes(4, "little")
    content[-6:-2] = b"PK\5\6"
    path.write_bytes(content)
    assert "a very long list of members" in refused(read_npz, path)
    path.write_bytes(content[:-22] + b"PK\6\7" + bytes(16) + content[-22:-10] + bytes(10))
    assert "a very long list of members" in refused(read_npz, path)
