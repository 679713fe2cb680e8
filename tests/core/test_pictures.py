"""Pictures from files: what of them is ink, however they were made."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from PIL import Image

from cnn_core.drawing import Stroke, from_bitmap, from_strokes, ink_from_grey, read_ink, render
from cnn_core.drawing.raster import draw_strokes
from cnn_core.errors import ImageError

SEVEN = np.array([(0.0, 0.0), (0.6, 0.0), (0.35, 0.5), (0.2, 1.0)])
TURN = np.linspace(-np.pi, 0.6, 24)
TWO = np.concatenate([np.stack([0.5 + 0.17 * np.cos(TURN), 0.36 + 0.16 * np.sin(TURN)], 1), [(0.34, 0.8), (0.68, 0.8)]])
NINE = np.concatenate([np.stack([0.5 + 0.15 * np.cos(TURN * 2), 0.37 - 0.16 * np.sin(TURN * 2)], 1), [(0.6, 0.8)]])


@pytest.mark.parametrize("dark_on_light", [True, False])
@pytest.mark.parametrize("size", [(30, 30), (300, 500)])
def test_pictures_of_either_polarity_and_any_size(tmp_path, dark_on_light, size):
    strokes = [np.array([(0.35, 0.2), (0.65, 0.2), (0.5, 0.8)]) * min(size) + (5, 3)]
    ink = draw_strokes(strokes, size, 0.09 * min(size))
    grey = 255 * (1 - ink * 0.8) if dark_on_light else 40 + 200 * ink
    Image.fromarray(grey.astype(np.uint8)).save(tmp_path / "seven.png")
    image = from_bitmap(read_ink(tmp_path / "seven.png"))
    assert np.abs(image - from_bitmap(ink)).mean() < 0.02
    axis = np.arange(28) + 0.5
    for along in (0, 1):
        assert image.sum(axis=along) @ axis / image.sum() == pytest.approx(14, abs=0.7)


def test_transparent_pictures(tmp_path):
    pixels = np.zeros((40, 40, 4), np.uint8)
    pixels[5:35, 18:22] = (20, 20, 20, 255)
    Image.fromarray(pixels).save(tmp_path / "one.png")
    ink = read_ink(tmp_path / "one.png")
    assert ink[20, 20] == 1
    assert ink[20, 5] == 0


def thin_seven(side: int) -> np.ndarray:
    """A large scan with a line of three pixels, dark on light, as bytes."""
    page = np.full((side, side), 255, np.uint8)
    page[side // 4 : side // 4 + 3, side // 3 : 2 * side // 3] = 0
    for y in range(side // 4, 3 * side // 4):
        x = 2 * side // 3 - (y - side // 4) // 3
        page[y, x : x + 3] = 0
    return page


@pytest.mark.parametrize("mode", ["1", "P", "I;16", "L"])
def test_large_scans_are_reduced_alike_whatever_their_pixels(tmp_path, mode):
    """Of bits and of a palette's entries Pillow takes single ones instead of means, and 16 bits it does not reduce."""
    page = Image.fromarray(thin_seven(4200))
    scan = Image.fromarray(thin_seven(4200).astype(np.uint16) * 257) if mode == "I;16" else page.convert(mode)
    page.convert("RGB").save(tmp_path / "colour.png")
    scan.save(tmp_path / "scan.png")
    with Image.open(tmp_path / "scan.png") as saved:
        assert saved.mode == mode
    expected, found = (from_bitmap(read_ink(tmp_path / name)) for name in ("colour.png", "scan.png"))
    np.testing.assert_allclose(found, expected, atol=0.05)


@pytest.mark.parametrize("share", [0.6, 0.8, 0.95])
def test_a_sheet_on_a_transparent_ground_goes_on_in_it(tmp_path, share):
    side, edge = 400, round(200 * (1 - share))
    pixels = np.zeros((side, side, 4), np.uint8)
    sheet_side = side - 2 * edge
    ink = render([Stroke(SEVEN * 0.5 + (0.3, 0.25), 0.06)], sheet_side)
    pixels[edge : edge + sheet_side, edge : edge + sheet_side, :3] = np.rint(250 - 230 * ink)[:, :, None]
    pixels[edge : edge + sheet_side, edge : edge + sheet_side, 3] = 255
    Image.fromarray(pixels).save(tmp_path / "note.png")
    expected = np.zeros((side, side), np.float32)
    expected[edge : edge + sheet_side, edge : edge + sheet_side] = ink
    found = read_ink(tmp_path / "note.png")
    assert np.minimum(found, expected).sum() / np.maximum(found, expected).sum() > 0.9


def test_a_white_line_on_a_transparent_ground_is_ink(tmp_path):
    pixels = np.full((40, 40, 4), 255, np.uint8)
    pixels[:, :, 3] = 0
    pixels[5:35, 18:22, 3] = 255
    Image.fromarray(pixels).save(tmp_path / "one.png")
    ink = read_ink(tmp_path / "one.png")
    assert ink[20, 20] == 1
    assert ink[20, 5] == 0


def tags(*entries: tuple[int, int, int, bytes]) -> bytes:
    """EXIF data of these entries: tag, type, count, four bytes."""
    packed = b"".join(struct.pack("<HHI", *entry[:3]) + entry[3] for entry in sorted(entries))
    return b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + packed + b"\0\0\0\0"


@pytest.mark.parametrize("malformed", [(0x100, 2, 3, b"60\0\0"), (0x13E, 7, 4, b"\1\2\3\4")])
def test_a_malformed_tag_costs_the_turn_and_not_the_picture(tmp_path, malformed):
    turned = (0x112, 3, 1, struct.pack("<HH", 6, 0))
    page = Image.fromarray(thin_seven(60))
    page.save(tmp_path / "seven.jpg", exif=tags(turned, malformed))
    assert read_ink(tmp_path / "seven.jpg").any()


@pytest.mark.parametrize("error", [RuntimeError, struct.error, TypeError, MemoryError])
def test_whatever_a_decoder_raises_is_told_in_a_sentence(tmp_path, monkeypatch, error):
    def fail(*_):
        raise error

    Image.fromarray(thin_seven(60)).save(tmp_path / "seven.png")
    monkeypatch.setattr(Image.Image, "convert", fail)
    with pytest.raises(ImageError, match="Expected an image"):
        read_ink(tmp_path / "seven.png")


def test_sixteen_bit_pictures(tmp_path):
    pixels = np.full((40, 40), 60_000, np.uint16)
    pixels[5:35, 18:22] = 5_000
    Image.fromarray(pixels).save(tmp_path / "scan.png")
    ink = read_ink(tmp_path / "scan.png")
    assert ink[20, 20] == 1
    assert ink[20, 5] == 0


def test_bad_pictures_are_refused(tmp_path):
    (tmp_path / "text.png").write_text("not a picture")
    (tmp_path / "cut.png").write_bytes(b"\x89PNG\r\n\x1a\n123")
    for name in ("text.png", "cut.png", "missing.png"):
        with pytest.raises(ImageError, match="Expected an image"):
            read_ink(tmp_path / name)
    with pytest.raises(ImageError, match="darker or lighter"):
        ink_from_grey(np.full((9, 9), 0.5))
    with pytest.raises(ImageError, match="2×2"):
        ink_from_grey(np.zeros((1, 5)))


def sheet(light, ink: float = 0.25, noise: float = 0.015, seed: int = 0):
    """A photographed seven on a sheet of paper; ``light`` [h, w] is how bright the paper is."""
    rng = np.random.default_rng(seed)
    page = np.zeros(light.shape, np.float32)
    page[80:280, 70:270] = read_size(from_strokes([SEVEN]), 200)
    return np.clip(light * (1 - page * (1 - ink)) + rng.normal(0, noise, light.shape), 0, 1)


def read_size(image, side):
    return np.asarray(Image.fromarray((image * 255).astype(np.uint8)).resize((side, side))) / 255


@pytest.mark.parametrize(
    "kind",
    ["even", "lit from the side", "dark corners", "desk at the edge", "chalk", "shadow with an edge", "hand", "glare"],
)
def test_a_photographed_digit_comes_out_as_if_drawn(kind):
    y, x = np.mgrid[-1 : 1 : 360 * 1j, -1 : 1 : 340 * 1j]
    light = {
        "even": np.full(x.shape, 0.8),
        "lit from the side": 0.7 + 0.22 * x,
        "dark corners": 0.85 - 0.2 * (x * x + y * y),
        "desk at the edge": np.where(x < -0.93, 0.2, 0.75 + 0.1 * y),
        "chalk": 0.25 + 0.05 * x,
        "shadow with an edge": np.where(x + 0.6 * y < -0.1, 0.5, 0.85),
        "hand": np.where((x - 1) ** 2 + (y - 1) ** 2 < 0.36, 0.45, 0.85),
        "glare": 0.7 + 0.3 * np.exp(-4 * ((x - 0.5) ** 2 + (y + 0.6) ** 2)),
    }[kind]
    picture = sheet(light, 3.0) if kind == "chalk" else sheet(light)
    ink, expected = ink_from_grey(picture), from_strokes([SEVEN])
    found = from_bitmap(ink)
    around = ink.copy()
    around[80:280, 70:270] = 0
    assert not around.any(), "no hair of ink where the light changes"
    agreement = np.minimum(found, expected).sum() / np.maximum(found, expected).sum()
    assert agreement > 0.7


@pytest.mark.parametrize("digit", [SEVEN * 0.55 + (0.32, 0.22), TWO, NINE], ids=["7", "2", "9"])
@pytest.mark.parametrize("width", [0.03, 0.055, 0.08, 0.12])
@pytest.mark.parametrize("chalk", [False, True], ids=["ink", "chalk"])
def test_thick_lines_on_an_unevenly_lit_sheet_are_whole(digit, width, chalk):
    """None is lost where a window is a little narrower than they are, and the paper between them is no ink."""
    y, x = np.mgrid[-1 : 1 : 420 * 1j, -1 : 1 : 420 * 1j]
    light, ink = (0.25 if chalk else 0.7) + 0.1 * x + 0.05 * y, render([Stroke(digit, width)], 420)
    noise = np.random.default_rng(0).normal(0, 0.012, ink.shape)
    found = ink_from_grey(np.clip(light * (1 + (2 if chalk else -0.75) * ink) + noise, 0, 1))
    expected = ink > 0.5
    assert (found[expected] > 0.5).mean() > 0.9
    assert (found[render([Stroke(digit, width + 0.02)], 420) < 0.5] > 0.1).mean() < 0.002


@pytest.mark.parametrize("turned", [0, 7, -12])
@pytest.mark.parametrize("table", [0.1, 0.4])
def test_a_sheet_on_a_table_is_looked_at_alone(turned, table):
    y, x = np.mgrid[-1 : 1 : 360 * 1j, -1 : 1 : 340 * 1j]
    page = Image.fromarray((255 * sheet(0.75 + 0.1 * x + 0.05 * y)).astype(np.uint8))
    whole_page = Image.new("L", page.size, 255).rotate(turned, expand=True)
    picture = Image.new("L", (450, 460), round(255 * table))
    picture.paste(page.rotate(turned, Image.Resampling.BICUBIC, expand=True), (20, 18), whole_page)
    ink = ink_from_grey(np.asarray(picture) / 255)
    upright = Image.fromarray((255 * ink).astype(np.uint8)).rotate(-turned)
    found, expected = from_bitmap(np.asarray(upright) / 255), from_strokes([SEVEN])
    assert np.minimum(found, expected).sum() / np.maximum(found, expected).sum() > 0.7


def test_a_bold_digit_is_no_sheet():
    """However tightly it is cut out."""
    bold = np.kron(np.pad(from_strokes([SEVEN], 6.0), 2), np.ones((8, 8)))
    rows, columns = bold.any(axis=1).nonzero()[0], bold.any(axis=0).nonzero()[0]
    cut = bold[rows[0] - 4 : rows[-1] + 5, columns[0] - 4 : columns[-1] + 5]
    assert (ink_from_grey(1 - cut) > 0.5).mean() == pytest.approx((cut > 0.5).mean(), abs=0.03)


def test_nothing_but_paper_is_told():
    y, x = np.mgrid[-1 : 1 : 100 * 1j, -1 : 1 : 100 * 1j]
    for page in (np.full((50, 50), 0.5), 0.6 + 0.2 * x + 0.1 * y * y):
        with pytest.raises(ImageError, match="darker or lighter"):
            ink_from_grey(page)


def test_the_edge_of_a_desk_is_no_ink_but_a_digit_at_the_edge_is(tmp_path):
    page = np.full((80, 80), 255, np.uint8)
    page[:, 38:44] = 0
    Image.fromarray(page).save(tmp_path / "one.png")
    assert read_ink(tmp_path / "one.png").sum() > 300


def test_nothing_but_specks_is_told(tmp_path, rng):
    page = np.full((200, 200), 255, np.uint8)
    for y, x in rng.integers(10, 190, (8, 2)):
        page[y, x] = 0
    Image.fromarray(page).save(tmp_path / "specks.png")
    with pytest.raises(ImageError, match="specks"):
        read_ink(tmp_path / "specks.png")


def test_deep_pictures_that_use_a_part_of_their_range_are_read(tmp_path):
    page = np.full((60, 60), 1200, np.uint16)
    page[10:50, 28:33] = 200
    Image.fromarray(page).save(tmp_path / "scan.png")
    assert read_ink(tmp_path / "scan.png")[30, 30] > 0.9
