"""Does the network know a digit when it sees one? Its score for digits against things that are none.

``python -m benchmarks.non_digits [--model bundled] [--count 400] [--json]``

Nothing here is drawn by the code that drew the network's training images: the letters are printed (the font that ships
with Pillow) and written with strokes of random curves, the shapes are random polygons, the scribbles random splines,
the textures random spectra, the "photographs" shaded balls and boxes. Digits are MNIST's test images and, where the
pen digits are there, those of the six writers that nothing was learnt from. Figures: the area under the ROC curve for
each kind and for all, and how many of either side the threshold lets through.
"""

from __future__ import annotations

import argparse
import json
import string
import sys
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from benchmarks.machine import describe_machine
from cnn_core import engine
from cnn_core.arrays import Array
from cnn_core.assets import BUNDLED
from cnn_core.calibration import class_score
from cnn_core.datasets import to_float
from cnn_core.digits import by_writer
from cnn_core.digits.digit_sources import PenDigits
from cnn_core.drawing import from_bitmap, from_strokes
from cnn_core.errors import CnnError, DataError
from cnn_core.metrics import auroc
from cnn_core.sources import load_dataset
from cnn_core.storage import open_model

LOOK_ALIKES = set("OoIilSsZzBbqgDG")
"""Letters that are a digit in somebody's hand."""
CANVAS_PX = 160


def printed_letters(rng: np.random.Generator) -> Array:
    """A letter of a printing face, a little turned."""
    letter = rng.choice([c for c in string.ascii_letters if c not in LOOK_ALIKES])
    return from_bitmap(_printed(letter, rng))


def printed_signs(rng: np.random.Generator) -> Array:
    """A sign of a printing face."""
    return from_bitmap(_printed(rng.choice(list("#&%@+=*?<>€§$~")), rng))


def _printed(text: str, rng: np.random.Generator) -> Array:
    page = Image.new("L", (CANVAS_PX, CANVAS_PX))
    font = ImageFont.load_default(int(rng.integers(60, 110)))
    ImageDraw.Draw(page).text(
        (CANVAS_PX / 2, CANVAS_PX / 2), text, 255, font, anchor="mm", stroke_width=int(rng.integers(0, 4))
    )
    turned = page.rotate(float(rng.uniform(-12, 12)), Image.Resampling.BILINEAR)
    return np.asarray(turned, np.float32) / 255


def scribbles(rng: np.random.Generator) -> Array:
    """A smooth line through 9 to 25 random places."""
    places = rng.uniform(0, 1, (rng.integers(9, 26), 2))
    return from_strokes([_spline(places)])


def several_strokes(rng: np.random.Generator) -> Array:
    """Four to seven short curves anywhere."""
    return from_strokes(
        [_spline(rng.uniform(0, 1, 2) + rng.normal(0, 0.25, (3, 2))) for _ in range(rng.integers(4, 8))]
    )


def polygons(rng: np.random.Generator) -> Array:
    """A closed polygon with three to five corners, or a star with more."""
    corners = rng.integers(3, 9)
    angles = (np.arange(corners) + rng.uniform(-0.2, 0.2, corners)) * 2 * np.pi / corners + rng.uniform(0, 6)
    radii = np.where(np.arange(corners) % 2 & (corners > 5), 0.35, 1.0) * rng.uniform(0.85, 1.1, corners)
    points = np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=1)
    return from_strokes([np.concatenate([points, points[:1]])])


def textures(rng: np.random.Generator) -> Array:
    """Noise whose spectrum falls with the frequency, as in pictures of nature."""
    frequency = np.hypot(np.fft.fftfreq(CANVAS_PX)[:, None], np.fft.rfftfreq(CANVAS_PX)[None, :])
    amplitude = 1 / np.maximum(frequency, 1 / CANVAS_PX) ** rng.uniform(0.5, 2)
    field = np.fft.irfft2(amplitude * np.exp(2j * np.pi * rng.random(amplitude.shape)), (CANVAS_PX, CANVAS_PX))
    return from_bitmap(((field - field.min()) / np.ptp(field)).astype(np.float32))


def photographs(rng: np.random.Generator) -> Array:
    """A few shaded balls and boxes on a table."""
    y, x = np.mgrid[0 : 1 : CANVAS_PX * 1j, 0 : 1 : CANVAS_PX * 1j]
    picture = 0.3 + 0.4 * y * rng.random()
    for _ in range(rng.integers(1, 5)):
        cy, cx, size = rng.uniform(0.2, 0.8), rng.uniform(0.2, 0.8), rng.uniform(0.1, 0.35)
        distance = np.hypot(y - cy, x - cx) / size
        if rng.random() < 0.5:
            light = np.sqrt(np.clip(1 - distance**2, 0, 1)) * (0.6 + 0.4 * (cy - y) / size)
            picture = np.where(distance < 1, np.clip(light, 0, 1), picture)
        else:
            inside = (np.abs(y - cy) < size) & (np.abs(x - cx) < size * rng.uniform(0.4, 1.5))
            picture = np.where(inside, rng.random() * (0.7 + 0.3 * x), picture)
    return from_bitmap(np.clip(picture + rng.normal(0, 0.02, picture.shape), 0, 1).astype(np.float32))


def noise(rng: np.random.Generator) -> Array:
    """Grey or black and white grain over the whole image."""
    grain = rng.random((28, 28), np.float32)
    return grain if rng.random() < 0.5 else (grain < rng.uniform(0.05, 0.6)).astype(np.float32)


def dots(rng: np.random.Generator) -> Array:
    """One to four touches of the pen."""
    return from_strokes([rng.uniform(0, 1, (1, 2)) * (0.4 if i else 0.01) for i in range(rng.integers(1, 5))])


def _spline(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """A smooth curve [p, 2] near the places, by cutting corners. Source: Chaikin: "An algorithm for high-speed curve
    generation" (1974)."""
    for _ in range(4):
        cut = np.stack([0.75 * places[:-1] + 0.25 * places[1:], 0.25 * places[:-1] + 0.75 * places[1:]], axis=1)
        places = np.concatenate([places[:1], cut.reshape(-1, 2), places[-1:]])
    return places


KINDS: dict[str, Callable[[np.random.Generator], Array]] = {
    "printed letters": printed_letters,
    "printed signs": printed_signs,
    "scribbles": scribbles,
    "several strokes": several_strokes,
    "polygons": polygons,
    "textures": textures,
    "photographs": photographs,
    "noise": noise,
    "dots": dots,
}


def digits_of(count: int) -> dict[str, Array]:
    """Images of digits that no part of the training has seen, [n, 28, 28]."""
    found = {"MNIST test": to_float(load_dataset("mnist").test.images[: 10 * count, :, :, 0])}
    try:
        unseen = by_writer(PenDigits().recorded(None)[0])[1]
        found["pen digits"] = np.stack([from_strokes(digit.strokes) for digit in unseen])
    except DataError as error:
        sys.stderr.write(f"{error}\n")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--model", default=BUNDLED)
    parser.add_argument("--count", type=int, default=400, help="images of each kind")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    rng = np.random.default_rng(7)
    try:
        file = open_model(arguments.model)
        positive = digits_of(arguments.count)
    except CnnError as error:
        sys.exit(f"benchmarks.non_digits: {error}")
    negative = {name: np.stack([draw(rng) for _ in range(arguments.count)]) for name, draw in KINDS.items()}
    with engine.compile(file.model, 256) as plan:
        scores = {name: class_score(plan.predict(images[..., None])) for name, images in (positive | negative).items()}
    digits = np.concatenate([scores[name] for name in positive])
    others = np.concatenate([scores[name] for name in negative])
    threshold = file.calibration.threshold
    figures = {
        "threshold": round(threshold, 4),
        "auroc": round(auroc(digits, others), 5),
        "auroc_by_kind": {name: round(auroc(digits, scores[name]), 5) for name in negative},
        "digits_refused": {name: round(float((scores[name] < threshold).mean()), 5) for name in positive},
        "others_passed": {name: round(float((scores[name] >= threshold).mean()), 5) for name in negative},
        "others_passed_in_all": round(float((others >= threshold).mean()), 5),
    }
    if arguments.json:
        print(json.dumps({"machine": describe_machine()} | figures))
        return
    print(describe_machine())
    for name, value in figures.items():
        rows = value.items() if isinstance(value, dict) else [("", value)]
        for kind, figure in rows:
            print(f"{name:>22}  {kind:<18}{figure:>9}")


if __name__ == "__main__":
    main()
