"""What is said of a network's inside, held against what the network does."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_core import engine
from cnn_core.assets import bundled_model_path
from cnn_core.digits import make_synthetic
from cnn_core.drawing import from_strokes
from cnn_core.drawing.normalize import PEN_WIDTH_PX
from cnn_core.errors import ConfigError, ShapeError, StoppedError
from cnn_core.inspection import (
    MapScaled,
    WeightSet,
    apply_edits,
    check_edit,
    contributions,
    default_cam_layer,
    embed,
    enlarge,
    explain,
    find_exemplars,
    grad_cam,
    look_inside,
    maximize,
    occlusion,
    onwards,
    receptive_fields,
    saliency,
    smallest_flip,
)
from cnn_core.layers import (
    AveragePool2D,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    LeakyReLU,
    MaxPool2D,
    ReLU,
    Sigmoid,
    Softmax,
    Tanh,
    Tape,
    softmax,
)
from cnn_core.model import Sequential
from cnn_core.presets import PRESETS, make_preset
from cnn_core.storage import load_model

ONE_OF_EACH = {
    "conv valid": [Conv2D(3, 3)],
    "conv same": [Conv2D(3, 3, padding="same")],
    "conv same, even kernel": [Conv2D(3, (2, 4), padding="same")],
    "conv same, stride 2": [Conv2D(3, 3, stride=2, padding="same")],
    "conv valid, stride (2, 3)": [Conv2D(3, (3, 2), stride=(2, 3))],
    "conv with gaps": [Conv2D(2, 1, stride=3), Conv2D(2, 2)],
    "max pool": [MaxPool2D(2)],
    "overlapping max pool": [MaxPool2D(3, 2)],
    "average pool": [AveragePool2D((2, 3))],
    "overlapping average pool": [AveragePool2D(3, 1)],
    "activations": [ReLU(), LeakyReLU(0.2), Sigmoid(), Tanh()],
    "batch norm": [BatchNorm()],
    "dropout": [Dropout(0.5)],
    "flatten": [Flatten()],
    "dense": [Flatten(), Dense(5)],
    "softmax": [Flatten(), Dense(5), Softmax()],
    "deep": [
        *(Conv2D(3, 3, padding="same"), Tanh(), MaxPool2D(2)),
        *(Conv2D(4, 2, stride=2), BatchNorm(), AveragePool2D(2, 1)),
    ],
    "vector": [Flatten(), Tanh(), Dropout(0.1), Flatten()],
}  # fmt: skip


def made(layers, rng, shape=(9, 8, 2), dtype=np.float64) -> Sequential:
    """A model of twins of ``layers`` whose weights, biases and buffers are all unlike zero and one."""
    model = Sequential([type(layer)(**layer.options()) for layer in layers], "test").build(shape, rng, dtype)
    for layer in model:
        for store in (layer.parameters, layer.buffers):
            for name, array in store.items():
                noise = rng.normal(size=array.shape) * 0.3
                store[name] = (np.abs(array + noise) + 0.1 if name == "variance" else array + noise).astype(dtype)
    return model


@pytest.fixture(scope="module")
def bundled() -> Sequential:
    return load_model(bundled_model_path()).model


@pytest.fixture(scope="module")
def seven() -> np.ndarray:
    """A seven as the canvas draws it."""
    return from_strokes([np.array([(0.3, 0.25), (0.7, 0.25), (0.45, 0.8)])], PEN_WIDTH_PX)[:, :, None]


def a_place(shape, rng):
    return tuple(int(rng.integers(n)) for n in shape)


# --- Receptive fields


@pytest.mark.parametrize("layers", ONE_OF_EACH.values(), ids=ONE_OF_EACH.keys())
def test_a_receptive_field_is_what_perturbation_finds(layers, rng):
    model = made(layers, rng)
    last = len(model.layers) - 1
    for _ in range(3):
        place = a_place(model.output_shape, rng)
        field = receptive_fields(model, last, place)[0]
        found = np.zeros(model.input_shape, bool)
        for _ in range(6):  # a maximum or a ReLU may hide a pixel in one image, hardly in several
            image = rng.normal(size=model.input_shape)
            for pixel in np.ndindex(image.shape):
                found[pixel] |= responds(model, image, pixel, place)
        np.testing.assert_array_equal(field.mask, found)
        assert field.size == found.sum()


def responds(model, image, pixel, place) -> bool:
    images = np.repeat(image[None], 3, axis=0)
    images[1][pixel] += 5
    images[2][pixel] -= 5
    values = list(model.activations(images).values())[-1]
    return bool((values[1:][(slice(None), *place)] != values[0][place]).any())


def test_receptive_fields_grow_towards_the_image(rng):
    model = made(ONE_OF_EACH["deep"], rng)
    place = (0, 0, 1)
    fields = receptive_fields(model, len(model.layers) - 1, place)
    assert len(fields) == len(model.layers) + 1
    assert fields[-1].size == 1
    assert fields[-1].box == (slice(0, 1), slice(0, 1), slice(1, 2))
    assert [field.shape for field in fields] == [model.input_shape, *(row.output_shape for row in model.summary())]
    assert receptive_fields(model, -1, (3, 4, 1))[0].box == (slice(3, 4), slice(4, 5), slice(1, 2))
    with pytest.raises(ShapeError, match=r"conv_1 \(Conv2D\) expected 3 whole numbers below \[9, 8, 3\]"):
        receptive_fields(model, 0, (9, 0, 0))


# --- Workings


@pytest.mark.parametrize("layers", ONE_OF_EACH.values(), ids=ONE_OF_EACH.keys())
def test_a_working_comes_to_what_the_layer_gives(layers, rng):
    model = made(layers, rng)
    image = rng.normal(size=model.input_shape)
    outputs = [values[0] for values in model.activations(image[None]).values()]
    for number, output in enumerate(outputs):
        for place in {a_place(output.shape, rng) for _ in range(20)}:
            working = explain(model, outputs, image, number, place)
            assert working.output == pytest.approx(output[place], abs=1e-9)
            if working.weights is not None:
                assert working.sum + working.bias == pytest.approx(output[place], abs=1e-9)
                assert working.weights.shape == working.inputs.shape == working.inside.shape
            before = image if number == 0 else outputs[number - 1]
            read = receptive_fields(model, number, place)[-2]
            assert working.inside.sum() == read.size or isinstance(model.layers[number], Conv2D)
            inside = np.argwhere(working.inside)[0]
            first = (
                tuple(int(i) for i in np.add(working.origin, inside)) if working.inputs.ndim == before.ndim else None
            )
            if first is not None:
                assert working.inputs[tuple(inside)] == before[first]


@pytest.mark.parametrize("preset", PRESETS)
def test_the_shown_sums_are_the_engines_outputs(preset, rng):
    model = make_preset(preset, rng)
    image = rng.random(model.input_shape, np.float32)
    inside = look_inside(engine.Observer(model), image)
    outputs = [layer.values for layer in inside]
    for number, output in enumerate(outputs):
        for _ in range(5):
            place = a_place(output.shape, rng)
            working = explain(model, outputs, image, number, place)
            assert abs(working.output - output[place]) < 1e-5
            if working.sum is not None:
                assert abs(working.sum + working.bias - output[place]) < 1e-5


def test_the_working_of_a_normalization_tells_its_parts(rng):
    model = made([BatchNorm()], rng)
    image = rng.random(model.input_shape).astype(np.float32)
    outputs = list(model.activations(image[None]).values())
    working = explain(model, [a[0] for a in outputs], image, 0, (1, 2, 1))
    of, layer = working.ingredients, model.layers[0]
    assert list(of) == ["mean", "variance", "scale", "shift"]
    x = float(image[1, 2, 1])
    by_hand = (x - of["mean"]) / np.sqrt(of["variance"] + layer.epsilon) * of["scale"] + of["shift"]
    assert working.output == pytest.approx(by_hand) == pytest.approx(outputs[0][0, 1, 2, 1], rel=1e-5)


def test_a_working_knows_the_padding_and_the_winner(rng):
    model = made([Conv2D(2, 3, padding="same"), ReLU(), MaxPool2D(2)], rng)
    image = rng.random(model.input_shape) + 1
    outputs = [values[0] for values in model.activations(image[None]).values()]
    corner = explain(model, outputs, image, 0, (0, 0, 1))
    assert corner.origin == (-1, -1, 0)
    assert corner.inside.sum() == 2 * 2 * 2
    assert (corner.inputs != 0).sum() == corner.inside.sum()
    pool = explain(model, outputs, image, 2, (1, 1, 0))
    assert pool.origin == (2, 2, 0)
    assert pool.weights.sum() == 1
    assert pool.sum == outputs[1][2:4, 2:4, 0].max()
    assert list(onwards(model, 0)) == [1]
    with pytest.raises(ShapeError, match="expected 3 whole numbers"):
        explain(model, outputs, image, 0, (0, 0))


# --- Attribution


@pytest.fixture
def smooth(rng) -> Sequential:
    """Everywhere differentiable, so that finite differences are exact enough anywhere."""
    first = [Conv2D(4, 3, padding="same"), Tanh(), AveragePool2D(2)]
    return made([*first, Conv2D(3, 2), Sigmoid(), Flatten(), Dense(4), Softmax()], rng)


def numeric(function, x, step=1e-5):
    gradient = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[place] += step
        down[place] -= step
        gradient[place] = (function(up) - function(down)) / (2 * step)
    return gradient


def test_saliency_is_the_gradient(smooth, rng):
    image = rng.random(smooth.input_shape)
    found = saliency(smooth, image, 2)
    np.testing.assert_allclose(found, numeric(lambda x: smooth.forward(x[None])[0, 2], image), atol=1e-7)
    tape = Tape(record=True, inputs_only=True)
    smooth.backward(smooth.forward(image[None], tape), tape)
    assert tape.gradients == {}, "nobody asked about the weights"
    with pytest.raises(ConfigError, match="A class expected a number from 0 to 3, received 4"):
        saliency(smooth, image, 4)


@pytest.mark.parametrize("layer", [0, 1, 2, 4])
def test_grad_cam_weighs_maps_by_the_gradient_of_the_class(smooth, rng, layer):
    image = rng.random(smooth.input_shape)
    maps = list(smooth.activations(image[None]).values())[layer][0]

    def logit(values, chosen):
        x = values[None]
        for step in smooth.trunk[layer + 1 :]:
            x = step.forward(x, Tape())
        return x[0, chosen]

    seen = 0.0
    for chosen in range(4):
        weights = numeric(lambda values, chosen=chosen: logit(values, chosen), maps).mean(axis=(0, 1))
        expected = np.maximum((maps * weights).sum(axis=2), 0)
        np.testing.assert_allclose(grad_cam(smooth, image, chosen, layer), expected, atol=1e-8)
        seen += expected.sum()
    assert seen > 0


def test_grad_cam_finds_its_layer_or_says_why_not(smooth, rng):
    assert default_cam_layer(smooth) == 4
    accurate = make_preset("accurate", rng)
    chosen = accurate.layers[default_cam_layer(accurate)].name
    assert chosen == "relu_5", "the last of a sixth of the image or more, with batch normalisation and activation"
    assert accurate.activations(np.zeros((1, 28, 28, 1), np.float32))[chosen].shape == (1, 6, 6, 96)
    mlp = make_preset("mlp", rng)
    with pytest.raises(ConfigError, match="expected a network with a convolution"):
        grad_cam(mlp, np.zeros((28, 28, 1), np.float32), 0)
    with pytest.raises(ConfigError, match="expected a layer with feature maps"):
        grad_cam(smooth, rng.random(smooth.input_shape), 0, 5)
    big = enlarge(np.array([[0.0, 1.0], [2.0, 3.0]]), 6, 4)
    assert big.shape == (6, 4)
    assert big[0, 0] == 0
    assert big[-1, -1] == 3
    assert big.mean() == pytest.approx(1.5)


def test_contributions_add_up_to_the_logit(smooth, bundled, seven):
    image = np.random.default_rng(0).random(smooth.input_shape)
    found = contributions(smooth, image, 3, steps=200)
    ends = smooth.forward(np.stack([image, np.zeros_like(image)]))[:, 3]
    assert found.difference == pytest.approx(ends[0] - ends[1])
    assert abs(found.error) < 1e-4 * max(1, abs(found.difference))
    real = contributions(bundled, seven, 7)
    assert real.difference > 1
    assert abs(real.error) < 0.03 * real.difference
    assert not real.pixels[seven == 0].any()


def test_occlusion_is_what_covering_does(bundled, seven):
    steps = []
    found = occlusion(bundled, seven, 7, 5, lambda done, total: steps.append((done, total)))
    whole = bundled.predict(seven[None])[0, 7]
    for row, column in ((6, 12), (10, 18), (0, 0), (20, 14)):
        covered = seven.copy()
        covered[max(row - 2, 0) : row + 3, max(column - 2, 0) : column + 3] = 0
        assert found[row, column] == pytest.approx(whole - bundled.predict(covered[None])[0, 7], abs=1e-5)
    assert found.max() > 0.02
    assert steps[-1][0] == steps[-1][1]
    with pytest.raises(StoppedError):
        occlusion(bundled, seven, 7, stopped=lambda: True)


def test_a_small_edit_changes_the_answer(bundled, seven):
    flip = smallest_flip(bundled, seven)
    assert flip.before == 7
    assert flip.after != 7
    assert bundled.predict(flip.image[None])[0].argmax() == flip.after
    assert flip.probability == pytest.approx(float(bundled.predict(flip.image[None])[0, flip.after]), abs=1e-5)
    assert 0 <= flip.image.min() <= flip.image.max() <= 1
    np.testing.assert_allclose(flip.image - seven, flip.change, atol=1e-6)
    assert flip.size < 0.5 * float(np.linalg.norm(seven))
    assert flip.pixels < 784 / 2
    near = bundled.predict((seven + 0.9 * flip.change)[None])[0]
    assert near.argmax() == 7, "a shorter edit would not have done"
    goal = smallest_flip(bundled, seven, 2)
    assert goal.after == 2
    assert goal.size >= flip.size * 0.99 or flip.after != 2
    assert smallest_flip(bundled, seven, 7) is None


def test_most_classes_can_be_reached(bundled, seven):
    """Although between two digits lie images of which the network has no opinion."""
    found = {goal: smallest_flip(bundled, seven, goal) for goal in range(10) if goal != 7}
    reached = {goal: flip for goal, flip in found.items() if flip}
    assert len(reached) >= 7, f"reached only {sorted(reached)}"
    for goal, flip in reached.items():
        assert bundled.predict(flip.image[None])[0].argmax() == goal
    assert smallest_flip(bundled, seven).size == pytest.approx(min(flip.size for flip in reached.values()))


def test_a_small_edit_reaches_the_probability_that_is_asked_for(bundled, seven):
    flip = smallest_flip(bundled, seven, least=0.6)
    said = bundled.predict(flip.image[None])[0]
    assert said.argmax() == flip.after != 7
    assert said[flip.after] == pytest.approx(0.6, abs=0.02)
    assert flip.size >= smallest_flip(bundled, seven).size * 0.9


def test_the_last_scaling_of_a_map_counts(bundled):
    weights = bundled.parameters
    edits = (MapScaled("conv_1", 0, 0.0), MapScaled("conv_1", 1, 0.5), MapScaled("conv_1", 0, 2.0))
    edited = apply_edits(bundled, weights, edits)["conv_1.weight"]
    np.testing.assert_allclose(edited[..., 0], 2 * weights["conv_1.weight"][..., 0])
    np.testing.assert_allclose(edited[..., 1], 0.5 * weights["conv_1.weight"][..., 1])


# --- What a unit likes


def test_exemplars_are_the_best_of_the_data(small_digits, rng):
    model = make_preset("digits", rng)
    images = small_digits.images[:300]
    for layer in (1, 7):
        found = find_exemplars(model, images, layer, best=4)
        outputs = list(model.activations(images / np.float32(255)).values())[layer]
        flat = outputs.reshape(300, -1, outputs.shape[-1]).max(axis=1)
        for channel in (0, 5):
            expected = np.sort(flat[:, channel])[::-1][:4]
            np.testing.assert_allclose(found.values[channel], expected, atol=1e-5)
            for rank in range(4):
                image = int(found.images[channel, rank])
                place = found.place(channel, rank, outputs.ndim == 4)
                assert outputs[(image, *place)] == pytest.approx(float(found.values[channel, rank]), abs=1e-5)


def test_a_working_knows_where_its_inputs_stood_and_the_curve_of_its_function(rng):
    layers = [Conv2D(3, 3), LeakyReLU(0.2), Flatten(), Dropout(0.5), Dense(4), Softmax()]
    model = Sequential(layers, "m").build((6, 5, 2), rng)
    image = rng.random((6, 5, 2)).astype(np.float32)
    outputs = [values[0] for values in model.activations(image[None]).values()]
    dense = explain(model, outputs, image, 4, (1,))
    assert dense.maps == (4, 3, 3)
    assert dense.curve is None
    place = np.unravel_index(7, dense.maps)
    assert dense.inputs[7] == pytest.approx(float(outputs[1][place]))
    leaky = explain(model, outputs, image, 1, (1, 1, 0))
    xs, ys = leaky.curve
    np.testing.assert_allclose(ys, np.where(xs > 0, xs, 0.2 * xs))
    assert xs[0] < leaky.inputs[0] < xs[-1]
    assert leaky.maps is None


def test_maximization_climbs(bundled):
    for layer, channel in ((0, 3), (len(bundled.layers) - 2, 4)):
        dream = maximize(bundled, layer, channel, np.random.default_rng(0), steps=48)
        again = maximize(bundled, layer, channel, np.random.default_rng(0), steps=48)
        np.testing.assert_array_equal(dream.image, again.image)
        assert dream.activation > dream.started_at
        assert 0 <= dream.image.min() <= dream.image.max() <= 1
        output = list(bundled.activations(dream.image[None]).values())[layer][0, ..., channel]
        assert dream.activation == pytest.approx(float(output.max()), abs=1e-4)
    assert dream.activation > dream.started_at + 0.05
    assert bundled.predict(dream.image[None])[0].argmax() == 4
    with pytest.raises(StoppedError):
        maximize(bundled, 0, 0, np.random.default_rng(0), stopped=lambda: True)


@pytest.mark.parametrize("channel", range(8))
def test_maximization_finds_the_best_image_of_a_first_filter(channel, bundled):
    """It is known: white where the kernel is positive, black elsewhere."""
    weight, bias = (bundled.parameters[f"conv_1.{name}"] for name in ("weight", "bias"))
    most = np.maximum(weight[..., channel], 0).sum() + bias[channel]
    dream = maximize(bundled, 0, channel, np.random.default_rng(0), steps=48)
    assert 0.97 * most < dream.activation <= most * (1 + 1e-5)


def test_what_is_made_for_a_map_excites_it_more_than_any_of_many_digits(bundled):
    digits = make_synthetic(300, 5).images / np.float32(255)
    names = [layer.name for layer in bundled]
    for name, channel in (("conv_2", 5), ("relu_3", 3), ("conv_5", 3)):
        dream = maximize(bundled, names.index(name), channel, np.random.default_rng(0))
        assert dream.activation > bundled.activations(digits)[name][..., channel].max()


def test_an_embedding_is_the_principal_plane(small_digits, rng):
    model = make_preset("digits", rng)
    images = small_digits.images[:200]
    found = embed(model, images)
    features = list(model.activations(images / np.float32(255)).values())[found.layer]
    np.testing.assert_allclose(found.features, features, atol=1e-5)
    centred = features - features.mean(axis=0)
    _, singular, _ = np.linalg.svd(centred.astype(np.float64), full_matrices=False)
    np.testing.assert_allclose(np.linalg.norm(found.points, axis=0), singular[:2], rtol=1e-3)
    assert found.explained == pytest.approx((singular[:2] ** 2).sum() / (singular**2).sum(), rel=1e-3)
    np.testing.assert_allclose(found.place(found.features[17]), found.points[17], atol=1e-4)
    assert found.nearest(found.features[17], 3)[0] == 17
    with pytest.raises(ConfigError, match="a layer before its last Dense"):
        embed(Sequential([Dense(4)]).build((3,), rng), np.zeros((2, 3), np.uint8))


# --- Edits


def test_a_scaled_map_is_scaled_and_nothing_is_lost(rng):
    model = made([Conv2D(3, 3), LeakyReLU(), MaxPool2D(2), BatchNorm(), Flatten(), Dense(6), ReLU()], rng)
    twin = model.twin()
    image = rng.random((1, *model.input_shape))
    before = model.activations(image)
    weights = model.snapshot().arrays
    for layer in ("conv_1", "leaky_relu_1", "pool_1", "batch_norm_1", "dense_1", "relu_1"):
        for factor in (0.0, 0.5, 3.0):
            twin.load(apply_edits(model, weights, [MapScaled(layer, 1, factor)]))
            after = twin.activations(image)[layer]
            np.testing.assert_allclose(after[..., 1], before[layer][..., 1] * factor, atol=1e-9)
            np.testing.assert_allclose(np.delete(after, 1, -1), np.delete(before[layer], 1, -1), atol=1e-9)
    edits = [WeightSet("conv_1.weight", (0, 1, 0, 2), 7.5), MapScaled("conv_1", 2, 2.0)]
    edited = apply_edits(model, weights, edits)
    assert edited["conv_1.weight"][0, 1, 0, 2] == 15
    assert edited["dense_1.weight"] is weights["dense_1.weight"]
    twin.load(apply_edits(model, weights, []))
    np.testing.assert_array_equal(twin.forward(image), model.forward(image))
    assert str(MapScaled("conv_1", 2, 0.0)) == "conv_1, 2 off"


def test_edits_that_make_no_sense_are_told(rng):
    model = made([Conv2D(3, 3), Tanh(), MaxPool2D(2), Flatten(), Dense(6)], rng)
    for edit, words in (
        (MapScaled("pool_1", 0, 0.0), "Choose the layer before it"),
        (MapScaled("conv_1", 3, 0.0), r"below \[3\], received \[3\]"),
        (MapScaled("conv_9", 0, 0.0), "expected a layer of test"),
        (MapScaled("conv_1", 0, -1.0), "0 or more"),
        (WeightSet("conv_1.kernel", (0,), 1.0), "expected a parameter of test"),
        (WeightSet("conv_1.bias", (3,), 1.0), r"received \[3\]"),
        (WeightSet("conv_1.bias", (0,), float("nan")), "finite number"),
    ):
        with pytest.raises((ConfigError, ShapeError), match=words):
            check_edit(model, edit)


def test_softmax_reads_all_logits(rng):
    model = made(ONE_OF_EACH["softmax"], rng)
    image = rng.random(model.input_shape)
    outputs = [values[0] for values in model.activations(image[None]).values()]
    working = explain(model, outputs, image, 2, (3,))
    assert working.weights is None
    np.testing.assert_array_equal(working.inputs, outputs[1])
    assert working.output == pytest.approx(float(softmax(outputs[1])[3]))
