"""What a drawing becomes before a model sees it, for models of any size, polarity and number of channels."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from cnn_core.assets import bundled_model_path
from cnn_core.digits.reading import are_digits, reading
from cnn_core.drawing import Picture, Stroke, read_picture
from cnn_core.errors import ConfigError, ImageError, ModelFileError
from cnn_core.layers import Dense
from cnn_core.model import Sequential
from cnn_core.preprocessing import DARK_ON_LIGHT, MNIST, WHOLE, InputSpec, image_of
from cnn_core.presets import make_preset
from cnn_core.storage import load_model, save_model

ONE = Stroke(np.array([(0.5, 0.1), (0.5, 0.9)]), 0.06)
CORNER = Stroke(np.array([(0.1, 0.1), (0.2, 0.1)]), 0.08)


@pytest.mark.parametrize("shape", [(28, 28, 1), (20, 20, 1), (32, 32, 3), (64, 48, 1), (9, 9, 1)])
def test_a_drawing_fills_its_box_at_any_size(shape):
    spec = InputSpec.for_shape(shape)
    image = image_of([ONE], spec)
    assert image.shape == shape
    rows = np.flatnonzero(image[..., 0].max(axis=1) > 0.5)
    assert abs(len(rows) - spec.box_px) <= 2
    centre = (image[..., 0].sum(axis=1) @ np.arange(shape[0])) / image[..., 0].sum()
    assert abs(centre - shape[0] / 2) < 1
    for channel in range(shape[2]):
        np.testing.assert_array_equal(image[..., channel], image[..., 0])


def test_dark_on_light_is_the_other_way_round():
    light, dark = InputSpec.for_shape((28, 28, 1)), InputSpec.for_shape((28, 28, 1), polarity=DARK_ON_LIGHT)
    np.testing.assert_allclose(image_of([ONE], dark), 1 - image_of([ONE], light), atol=1e-6)
    assert dark.blank().min() == 1
    assert light.blank().max() == 0
    np.testing.assert_array_equal(image_of([], dark), dark.blank())


def test_whole_leaves_things_where_they_are():
    spec = InputSpec.for_shape((32, 32, 3), WHOLE, DARK_ON_LIGHT)
    image = image_of([CORNER], spec)
    assert image[3, 4].max() < 0.5
    assert image[16:].min() == 1, "nothing was moved to the middle"


def test_whole_shows_the_colours_of_a_picture(tmp_path):
    picture = Image.new("RGB", (100, 50), (255, 0, 0))
    picture.save(tmp_path / "red.png")
    with pytest.raises(ImageError):
        read_picture(tmp_path / "red.png")
    mark = read_picture(tmp_path / "red.png", whole=True)
    image = image_of([mark], InputSpec.for_shape((16, 16, 3), WHOLE))
    np.testing.assert_allclose(image[8], np.tile((1, 0, 0), (16, 1)), atol=1e-6)
    grey = image_of([mark], InputSpec.for_shape((16, 16, 1), WHOLE))
    np.testing.assert_allclose(grey[8], 0.299, atol=1e-3)
    assert image_of([Picture(mark.ink)], InputSpec.for_shape((16, 16, 3), WHOLE)).shape == (16, 16, 3)


def test_specs_are_saved_with_the_model_and_obeyed(tmp_path, rng):
    spec = InputSpec.for_shape((20, 20, 1), WHOLE, DARK_ON_LIGHT)
    save_model(tmp_path / "m.safetensors", make_preset("mlp", rng, (20, 20, 1)), input_spec=spec)
    file = load_model(tmp_path / "m.safetensors")
    assert file.input_spec == spec
    with reading(file.model, spec=file.input_spec) as reader:
        (item,) = reader.read([ONE])
        assert item.image.shape == (20, 20, 1)
        assert item.image[0, 0, 0] == 1
        assert reader.read([]) == ()


def test_old_files_get_mnists_spec():
    assert load_model(bundled_model_path()).input_spec == MNIST
    assert InputSpec.from_dict({}, (40, 40, 3)) == InputSpec.for_shape((40, 40, 3))
    assert InputSpec.from_dict(MNIST.as_dict(), (28, 28, 1)).is_mnist


@pytest.mark.parametrize("wrong", [{"kind": "x"}, {"polarity": 3}, {"box_px": -1}, {"box_px": True},
                                   {"pen_width_px": 1e9}, {"shape": [1, 2]}, {"kind": ["centred"]}])  # fmt: skip
def test_specs_that_make_no_sense_are_refused(wrong):
    with pytest.raises((ConfigError, TypeError)):
        InputSpec.from_dict(MNIST.as_dict() | wrong, (28, 28, 1))


def test_a_model_that_takes_no_images_says_so(tmp_path, rng):
    save_model(tmp_path / "m.safetensors", Sequential([Dense(2)]).build((5,), rng))
    file = load_model(tmp_path / "m.safetensors")
    assert file.input_spec is None
    with pytest.raises(ModelFileError, match="images"):
        file.image_spec()


def test_only_digits_are_taken_apart(rng):
    model, judge = make_preset("mlp", rng, (20, 20, 1)), load_model(bundled_model_path()).model
    marks = [Stroke(ONE.points * (0.3, 0.5) + (x, 0.2), 0.05) for x in (0.0, 0.3, 0.6)]
    with reading(model, judge=judge) as reader:
        assert [item.image.shape for item in reader.read(marks)] == [(20, 20, 1)] * 3
    with reading(model) as reader:
        assert len(reader.read(marks)) == 1
    assert are_digits(tuple("0123456789"))
    assert not are_digits(("square", "circle"))
    assert not are_digits(tuple(f"class {i}" for i in range(10)))
