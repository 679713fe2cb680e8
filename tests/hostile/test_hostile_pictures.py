"""Pictures of strangers: other formats under a false name, bombs, and honest ones that are very large."""

from __future__ import annotations

import io
import os
import struct
import time
import warnings
import zlib

import numpy as np
import pytest
from PIL import Image

from cnn_core.drawing import read_ink
from cnn_core.errors import ImageError


def test_no_reader_starts_a_program(tmp_path, monkeypatch, refused):
    """Pillow hands an EPS file to Ghostscript, whatever its name is."""
    ran = tmp_path / "ran"
    (tmp_path / "bin").mkdir()
    for name in ("gs", "gswin32c", "convert", "dcraw"):
        program = tmp_path / "bin" / name
        program.write_text(f"#!/bin/sh\ntouch {ran}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    eps = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 20 20\n%%EndComments\n{} loop\n%%EOF\n"
    (tmp_path / "digit.png").write_bytes(eps)
    assert "Expected an image" in refused(read_ink, tmp_path / "digit.png")
    assert not ran.exists()


@pytest.mark.parametrize("kind", ["ICNS", "PCX", "TGA", "SGI", "JPEG2000", "DDS"])
def test_formats_that_nobody_asked_for_are_not_read(kind, tmp_path, refused):
    content = io.BytesIO()
    Image.fromarray(np.arange(64 * 64 * 3).reshape(64, 64, 3).astype(np.uint8)).save(content, kind)
    (tmp_path / "digit.png").write_bytes(content.getvalue())
    refused(read_ink, tmp_path / "digit.png")


def test_pipes_and_devices_are_no_pictures(tmp_path, refused):
    os.mkfifo(tmp_path / "pipe.png")
    for place in (tmp_path / "pipe.png", "/dev/zero", tmp_path):
        refused(read_ink, place)


def png(width: int, height: int) -> bytes:
    """A grey picture of one shade, whose rows pack to almost nothing."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    packer = zlib.compressobj(9)
    row = b"\0" + b"\xff" * width
    rows = b"".join(packer.compress(row * 64) for _ in range(height // 64)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_bombs_do_not_go_off(tmp_path, refused):
    (tmp_path / "large.png").write_bytes(png(32768, 32768))
    assert "when it is unpacked" in refused(read_ink, tmp_path / "large.png")
    tiff = io.BytesIO()
    Image.new("L", (64, 64), 255).save(tiff, "TIFF", compression="tiff_lzw")
    wide = tiff.getvalue().replace(struct.pack("<HHII", 256, 4, 1, 64), struct.pack("<HHII", 256, 4, 1, 60_000))
    wide = wide.replace(struct.pack("<HHII", 257, 4, 1, 64), struct.pack("<HHII", 257, 4, 1, 60_000))
    (tmp_path / "wide.tiff").write_bytes(wide)
    refused(read_ink, tmp_path / "wide.tiff")
    gif = b"GIF89a" + struct.pack("<HH", 65535, 65535) + b"\x80\0\0\0\0\0\xff\xff\xff"
    gif += b"," + struct.pack("<HHHH", 0, 0, 65535, 65535) + b"\0\x02\x02D\x01\0;"
    (tmp_path / "wide.gif").write_bytes(gif)
    assert "when it is unpacked" in refused(read_ink, tmp_path / "wide.gif")
    webp = b"RIFF" + struct.pack("<I", 22) + b"WEBPVP8X" + struct.pack("<IB3x", 10, 0)
    webp += (16382).to_bytes(3, "little") * 2
    (tmp_path / "wide.webp").write_bytes(webp)
    assert "when it is unpacked" in refused(read_ink, tmp_path / "wide.webp")


@pytest.mark.parametrize("order", "<>")
def test_a_picture_of_a_million_pieces_is_refused_before_they_are_listed(order, tmp_path, refused):
    side = 1024
    entries = [
        (256, 4, 1, side), (257, 4, 1, side), (258, 3, 1, 8 << (16 if order == ">" else 0)),
        (259, 3, 1, 1 << (16 if order == ">" else 0)), (262, 3, 1, 1 << (16 if order == ">" else 0)),
        (322, 4, 1, 1), (323, 4, 1, 1), (324, 4, side * side, 256), (325, 4, side * side, 256),
    ]  # fmt: skip
    data = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HIH", 42, 8, len(entries))
    data += b"".join(struct.pack(f"{order}HHII", *entry) for entry in entries) + bytes(4)
    (tmp_path / "pieces.tif").write_bytes(data.ljust(256 + 4 * side * side, b"\0"))
    started = time.thread_time()
    assert "1,048,576 pieces" in refused(read_ink, tmp_path / "pieces.tif")
    assert time.thread_time() - started < 0.5


def test_a_picture_in_a_thousand_steps_is_refused(tmp_path, refused):
    """Each scan of a progressive JPEG costs as much as the whole picture."""
    content = io.BytesIO()
    Image.fromarray(np.tile(np.arange(200, dtype=np.uint8), (200, 1))).save(content, "JPEG", progressive=True)
    data = content.getvalue()
    last = data.rfind(b"\xff\xda")
    scan = data[last:-2]
    (tmp_path / "steps.jpg").write_bytes(data[:-2] + scan * 2000 + data[-2:])
    assert "steps" in refused(read_ink, tmp_path / "steps.jpg")


def test_a_photograph_of_108_megapixels_is_read_without_a_word_of_pythons(tmp_path):
    page = Image.new("L", (12_000, 9_000), 235)
    page.paste(20, (5_500, 2_000, 6_300, 7_000))
    page.save(tmp_path / "photo.jpg", quality=60)
    started = time.thread_time()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ink = read_ink(tmp_path / "photo.jpg")
    assert time.thread_time() - started < 3
    assert ink[ink.shape[0] // 2, round(ink.shape[1] * 0.49)] == 1
    assert ink[5, 5] == 0


def test_more_than_200_megapixels_are_refused(tmp_path, refused):
    content = io.BytesIO()
    Image.new("L", (64, 64), 200).save(content, "JPEG")
    data = bytearray(content.getvalue())
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", 40_000, 40_000)
    (tmp_path / "huge.jpg").write_bytes(data)
    assert "1,600" in refused(read_ink, tmp_path / "huge.jpg")


def test_a_picture_of_one_shade_has_nothing_to_read(tmp_path):
    (tmp_path / "white.png").write_bytes(png(640, 640))
    with pytest.raises(ImageError, match="darker or lighter"):
        read_ink(tmp_path / "white.png")
