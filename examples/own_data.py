"""Data of your own: pictures by class in folders, a network for them, and a picture read by it.

python examples/own_data.py
"""

import tempfile
from pathlib import Path

from PIL import Image, ImageDraw

from cnn_core.architecture import Architecture
from cnn_core.digits.reading import reading
from cnn_core.drawing import read_picture
from cnn_core.runs import execute
from cnn_core.sources import load_dataset
from cnn_core.training import TrainingConfig, model_for

NETWORK = Architecture.from_toml("""
name = "shapes"
[[layers]]
kind = "Conv2D"
filters = 8
[[layers]]
kind = "ReLU"
[[layers]]
kind = "MaxPool2D"
[[layers]]
kind = "Flatten"
[[layers]]
kind = "Dense"
units = "classes"
initializer = "glorot"
[[layers]]
kind = "Softmax"
""")


def put_pictures(folder: Path) -> None:
    """Circles and squares of many sizes, 60 each."""
    for name in ("circle", "square"):
        (folder / name).mkdir()
        for number in range(60):
            picture = Image.new("RGB", (24, 24), "white")
            half = 4 + number % 7
            box = (12 - half, 12 - half, 12 + half, 12 + half)
            draw = ImageDraw.Draw(picture)
            (draw.ellipse if name == "circle" else draw.rectangle)(box, fill=(40 * (number % 6), 60, 120))
            picture.save(folder / name / f"{number}.png")


with tempfile.TemporaryDirectory() as place:
    put_pictures(Path(place))
    data = load_dataset(place)
    print(f"{len(data.train)} images to learn from, {list(data.train.image_shape)}, classes {data.train.class_names}")
    config = TrainingConfig(dataset=place, architecture=NETWORK, epochs=8, batch_size=8, threads=1)
    ended = []
    record = execute(config, data, ended.append)
    print(f"{record.test_accuracy:.0%} of the test images")
    model = model_for(config, data.train)
    model.load(ended[-1].weights.arrays)
    with reading(model, spec=data.input_spec) as reader:
        (item,) = reader.read([read_picture(Path(place) / "square" / "3.png", whole=True)])
    print(f"it looks like a {data.train.class_names[item.best]}")
