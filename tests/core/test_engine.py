"""The engine: the same numbers as the reference layers, for any network, batch and number of threads."""

from __future__ import annotations

import gc
import pickle
import threading
import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import assume, given, note, settings
from hypothesis import strategies as st

from cnn_core import engine
from cnn_core.engine import BlasThreads, blas
from cnn_core.engine import plan as plan_module
from cnn_core.engine.blas import WarmBlas
from cnn_core.engine.kernels.toom_cook import MOST_PRODUCTS, best_outputs, toom_cook
from cnn_core.engine.noise import Noise
from cnn_core.engine.shards import LEAST_SHARED_WORK, MOST_ROWS, Cut
from cnn_core.engine.thread_pool import ThreadPool
from cnn_core.errors import ConfigError, ShapeError, StoppedError
from cnn_core.layers import (
    AveragePool2D,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    LeakyReLU,
    MaxPool2D,
    ReLU,
    Sigmoid,
    Softmax,
    Tanh,
    Tape,
)
from cnn_core.losses import SoftmaxCrossEntropy
from cnn_core.model import Sequential
from cnn_core.optimizers import OPTIMIZERS, make_optimizer
from cnn_core.presets import PRESETS, make_preset

LOSS = SoftmaxCrossEntropy()


@pytest.fixture(scope="module", autouse=True)
def share_out_everything():
    """However small the work of a test is, as many threads take part as it asks for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan_module, "LEAST_SHARED_WORK", 0)
        yield


class Doubling(Layer):
    """A layer of somebody's own, which the engine cannot know."""

    stem = "doubling"

    def forward(self, x, tape):
        return x * 2

    def backward(self, dy, tape):
        return dy * 2


def reference(model: Sequential, x, labels):
    """Loss, gradients and statistics of the reference layers."""
    tape = Tape(training=True, rng=np.random.default_rng(0))
    found = LOSS(model.forward(x, tape), labels)
    model.backward(found.dlogits / len(x), tape)
    statistics = {f"{k.name}.{m}": v for k, s in tape.statistics.items() for m, v in s.items()}
    return found.losses.mean(), model.gradients(tape), statistics


def worst_difference(found, expected) -> float:
    """Largest error of any gradient, as a share of the largest element of that gradient; of the layer's largest where
    the gradient is zero but for rounding, as a bias's is before batch normalization, which takes the mean away again.
    """
    largest = {name: np.abs(gradient).max() for name, gradient in expected.items()}
    of_layer: dict[str, float] = {}
    for name, size in largest.items():
        layer = name.split(".")[0]
        of_layer[layer] = max(of_layer.get(layer, 1e-12), size)
    scale = {name: of_layer[name.split(".")[0]] for name in expected}
    scale |= {name: size for name, size in largest.items() if size > 1e-12 * scale[name]}
    return max(np.abs(found[name] - expected[name]).max() / scale[name] for name in expected)


# --- The algebra


@pytest.mark.parametrize(
    ("outputs", "taps"),
    [(m, r) for r in range(2, 8) for m in range(1, MOST_PRODUCTS - r + 2) if m + r >= 4],
)
def test_toom_cook_is_a_sliding_sum(outputs, taps, rng):
    x, w = rng.normal(size=outputs + taps - 1), rng.normal(size=taps)
    for dtype, tolerance in ((np.float64, 1e-11), (np.float32, 2e-5)):
        scheme = toom_cook(outputs, taps, dtype)
        y = scheme.A @ ((scheme.G @ w.astype(dtype)) * (scheme.B @ x.astype(dtype)))
        expected = np.correlate(x, w, "valid")
        assert np.abs(y - expected).max() < tolerance * np.abs(w).sum() * np.abs(x).max()
    assert (scheme.A[:, 1] == 1).all()  # where the bias goes in


def test_tiles_waste_little():
    assert [best_outputs(width, 3) for width in (28, 14, 7, 12)] == [7, 7, 7, 6]
    assert best_outputs(10, 5) == 5
    assert best_outputs(10, 7) == 3, "four tiles of nine products"
    assert best_outputs(10, 10) == 0, "ten taps would need more than nine products"


# --- Against the reference


@st.composite
def networks(draw, smooth=False):
    """Random layers; with ``smooth`` none whose gradient jumps where two float32 results may fall on different sides,
    and no batch normalisation, which divides by the spread of what may be two images: float32 alone is off by more
    there.
    """
    activations = [Tanh, Sigmoid] if smooth else [ReLU, LeakyReLU, Tanh, Sigmoid]
    pools = [AveragePool2D] if smooth else [MaxPool2D, AveragePool2D]
    side = st.integers(1, 3)
    layers: list[Layer] = []
    for _ in range(draw(st.integers(0, 3))):
        kernel = (draw(st.integers(1, 11)), draw(st.integers(1, 11)))
        stride = draw(st.sampled_from([1, 1, 1, 2, (1, 2), (2, 1), 3, (3, 4)]))
        layers.append(Conv2D(draw(st.integers(1, 9)), kernel, stride, draw(st.sampled_from(["same", "valid"]))))
        for _ in range(draw(st.integers(0, 3))):
            kinds = ["activation", "activation", "pool", "overlap", "dropout", "own", *([] if smooth else ["norm"])]
            match draw(st.sampled_from(kinds)):
                case "activation":
                    layers.append(draw(st.sampled_from(activations))())
                case "pool":
                    layers.append(draw(st.sampled_from(pools))((draw(side), draw(side))))
                case "overlap":
                    layers.append(draw(st.sampled_from(pools))(2, 1))
                case "norm":
                    layers.append(BatchNorm())
                case "dropout":
                    layers.append(Dropout(0.0))
                case "own":
                    layers.append(Doubling())
    layers += draw(st.sampled_from([[], [draw(st.sampled_from(activations))()]]))
    layers.append(Flatten())

    def norm() -> list[Layer]:
        return [] if smooth else [BatchNorm()]

    layers += draw(st.sampled_from([[], [draw(st.sampled_from(activations))()], [Flatten()], norm()]))
    layers += draw(st.sampled_from([[], [Dense(20), Tanh(), Dropout(0.0)], [Dense(7), Softmax()]]))
    return [*layers, Dense(draw(st.integers(2, 5))), *draw(st.sampled_from([[], [Softmax()], norm()]))]


@st.composite
def problems(draw, dtype, smooth=False):
    """A built model, images and labels."""
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    shape = (draw(st.integers(4, 17)), draw(st.integers(4, 17)), draw(st.integers(1, 4)))
    try:
        model = Sequential(draw(networks(smooth))).build(shape, rng, dtype)
    except ShapeError:
        assume(False)
    note(model.summary_text())
    for array in model.parameters.values():
        array += rng.normal(size=array.shape).astype(dtype) * dtype(0.1)  # no bias is zero
    for array in model.buffers.values():
        array += rng.uniform(0, 0.5, array.shape).astype(dtype)  # nor the mean, nor is the variance one
    n = draw(st.integers(1, 70))
    x = rng.normal(size=(n, *shape)).astype(dtype)
    return model, x, rng.integers(0, model.output_shape[0], n)


@settings(max_examples=150, deadline=None)
@given(problem=problems(np.float64), threads=st.integers(1, 3), batch_size=st.integers(1, 80))
def test_any_network_has_the_reference_gradients(problem, threads, batch_size):
    """In float64, where only a mistake can make a difference: whatever the layers, shapes, batch and threads."""
    model, x, labels = problem
    loss, expected, statistics = reference(model, x, labels)
    with engine.compile(model, batch_size, threads, training=True) as plan:
        for _ in range(2):  # the second time in used buffers, and with the running statistics moved on
            found = plan.gradients(x, labels, np.random.default_rng(0))
            assert found.loss == pytest.approx(loss)
            for name, gradient in expected.items():
                np.testing.assert_allclose(found.gradients[name], gradient, rtol=1e-6, atol=1e-8, err_msg=name)
            for name, value in statistics.items():
                np.testing.assert_allclose(model.buffers[name], value)
            _, expected, statistics = reference(model, x, labels)
    with engine.compile(model, batch_size, threads) as plan:
        for part in (x, x[:1], x[:0]):
            np.testing.assert_allclose(plan.predict(part), model.predict(part), atol=1e-9)


@settings(max_examples=60, deadline=None)
@given(problem=problems(np.float32, smooth=True), threads=st.integers(1, 2))
def test_float32_is_within_a_ten_thousandth(problem, threads):
    model, x, labels = problem
    _, expected, _ = reference(model, x, labels)
    largest = max(np.abs(gradient).max() for gradient in expected.values())
    with engine.compile(model, len(x), threads, training=True) as plan:
        found = plan.gradients(x, labels, np.random.default_rng(0)).gradients
    for name, gradient in expected.items():  # a gradient that is nothing but rounding is measured by the others
        scale = max(np.abs(gradient).max(), 1e-2 * largest)
        assert np.abs(found[name] - gradient).max() <= 1e-4 * scale, name


def without_dropout(name: str, dtype) -> Sequential:
    """A preset that draws no numbers."""
    layers = [Dropout(0.0) if isinstance(layer, Dropout) else layer for layer in PRESETS[name].layers(10)]
    return Sequential(layers, name).build((28, 28, 1), np.random.default_rng(0), dtype)


def far_from_ties(model: Sequential, images: np.ndarray, margin: float) -> np.ndarray:
    """Those of the images for which no ReLU and no max pooling is decided by less than ``margin`` (in float64), in a
    batch of them alone.

    There a rounding error decides which way the gradient goes, in any implementation.
    """
    good = np.ones(len(images), bool)
    values, tape = images.astype(np.float64), Tape(training=True)
    for layer in model:
        if isinstance(layer, ReLU):
            flat = np.abs(values).reshape(len(values), -1)
            good &= ((flat > margin) | (flat == 0)).all(axis=1)
        if isinstance(layer, MaxPool2D):
            n, h, w, c = values.shape
            windows = values.reshape(n, h // 2, 2, w // 2, 2, c).transpose(0, 1, 3, 5, 2, 4).reshape(n, -1, 4)
            top = np.sort(windows, axis=2)
            decided = (top[..., 3] - top[..., 2] > margin) | (top[..., 3] == 0)  # after ReLU: no gradient
            good &= decided.all(axis=1)
        values = layer.forward(values, tape)
    return images if good.all() else far_from_ties(model, images[good], margin)  # others have another mean


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("kind", ["noise", "digits"])
@pytest.mark.parametrize("threads", [1, 2])
def test_presets_have_the_reference_gradients(name, kind, threads, rng, small_digits):
    """Noise, and digits on a blank ground, which a network with fresh biases of zero answers with exact zeros."""
    model = without_dropout(name, np.float32)
    exact = without_dropout(name, np.float64)
    exact.load({key: array.astype(np.float64) for key, array in (model.parameters | model.buffers).items()})
    x = rng.random((64, 28, 28, 1), np.float32) if kind == "noise" else small_digits.batch(slice(0, 200))[0]
    x = far_from_ties(exact, x, 1e-5)
    assert len(x) >= 5
    labels = rng.integers(0, 10, len(x))
    _, expected, _ = reference(exact, x.astype(np.float64), labels)
    with engine.compile(model, len(x), threads, training=True) as plan:
        found = plan.gradients(x, labels, rng).gradients
        assert worst_difference(found, expected) < 1e-4
    exact.load({key: array.astype(np.float64) for key, array in (model.parameters | model.buffers).items()})  # moved on
    with engine.compile(model, 64, threads) as plan:
        np.testing.assert_allclose(plan.logits(x), exact.forward(x.astype(np.float64)), atol=1e-4)


def test_training_curves_agree(small_digits):
    """Thirty steps of Adam by the engine and by the reference layers stay together."""
    losses = {"engine": [], "reference": []}
    for way in losses:
        model, optimizer = without_dropout("lenet5", np.float32), make_optimizer("adam")
        with engine.compile(model, 50, 2, training=True) as plan:
            for step in range(30):
                x, labels = small_digits.batch(slice(step % 10 * 50, step % 10 * 50 + 50))
                if way == "engine":
                    losses[way].append(plan.step(x, labels, np.random.default_rng(0), optimizer, 2e-3).loss)
                else:
                    loss, gradients, _ = reference(model, x, labels)
                    optimizer.step(model.parameters, gradients, 2e-3)
                    losses[way].append(loss)
    assert losses["reference"][-1] < 0.7 * losses["reference"][0]
    np.testing.assert_allclose(losses["engine"], losses["reference"], rtol=2e-3)


# --- The optimizer's step


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("threads", [1, 3])
def test_the_flat_step_is_the_step_by_name(name, threads, rng):
    model = without_dropout("lenet5", np.float64)
    twin = model.twin()
    x, labels = rng.random((8, 28, 28, 1)), rng.integers(0, 10, 8)
    fast, slow = make_optimizer(name), make_optimizer(name)
    with engine.compile(model, 8, threads, training=True) as plan:
        for _ in range(3):
            plan.step(x, labels, rng, fast, 1e-3)
            _, gradients, _ = reference(twin, x, labels)
            slow.step(twin.parameters, gradients, 1e-3)
    assert fast.steps == 3
    for key, array in twin.parameters.items():
        np.testing.assert_allclose(model.parameters[key], array, rtol=1e-6, atol=1e-9, err_msg=key)
    for slot, by_name in slow.slots.items():
        for key, array in by_name.items():
            np.testing.assert_allclose(fast.slots[slot][key], array, rtol=1e-5, atol=1e-9)


def test_a_loss_that_is_not_finite_changes_nothing(rng):
    model, optimizer = make_preset("mlp", rng), make_optimizer("adam")
    before = model.snapshot().arrays
    with engine.compile(model, 4, 2, training=True) as plan:
        result = plan.step(np.full((4, 28, 28, 1), np.nan, np.float32), np.zeros(4, int), rng, optimizer, 1.0)
    assert not np.isfinite(result.loss)
    assert optimizer.steps == 0
    for key, array in before.items():
        np.testing.assert_array_equal(model.parameters[key], array)


# --- Dropout


def test_noise_keeps_the_right_share():
    noise, mask = Noise(), np.empty((1000, 1000), bool)
    for threshold, kind, rate in ((64, np.uint8, 0.25), (13107, np.uint16, 0.2)):
        noise.keep_mask(mask, threshold, kind)
        assert mask.mean() == pytest.approx(1 - rate, abs=0.002)  # five standard deviations
        assert abs(np.corrcoef(mask[:-1].ravel(), mask[1:].ravel())[0, 1]) < 0.005


@pytest.mark.parametrize("rate", [0.25, 0.3])
@pytest.mark.parametrize("activation", [ReLU, Tanh, None])
def test_dropout_has_one_mask_for_both_ways(activation, rate, rng):
    """With one image everything can be read off: dropped units get no gradient, the others the scaled one."""
    middle = [activation()] if activation else []
    drawn = round(rate * 65536) / 65536  # the rate that random numbers of 16 bits come to, for which the scale is right
    model = Sequential([Flatten(), Dense(2000), *middle, Dropout(rate), Dense(2)]).build((4, 4, 1), rng, np.float64)
    x, labels = rng.random((1, 4, 4, 1)), np.array([1])
    with engine.compile(model, 1, 1, training=True) as plan:
        found = plan.gradients(x, labels, rng).gradients
    d_logits = found["dense_2.bias"]
    dropped_values = found["dense_2.weight"][:, 0] / d_logits[0]
    z = x.reshape(-1) @ model.parameters["dense_1.weight"] + model.parameters["dense_1.bias"]
    active, slope = {ReLU: (np.maximum(z, 0), z > 0), Tanh: (np.tanh(z), 1 - np.tanh(z) ** 2), None: (z, 1.0)}[
        activation
    ]
    kept = np.abs(dropped_values) > 1e-12
    alive = np.abs(active) > 1e-9
    np.testing.assert_allclose(dropped_values[kept], active[kept] / (1 - drawn))
    assert kept[alive].mean() == pytest.approx(1 - rate, abs=0.07)
    gradient = kept * slope / (1 - drawn) * (model.parameters["dense_2.weight"] @ d_logits)
    np.testing.assert_allclose(found["dense_1.bias"], gradient, atol=1e-12)


def test_dropout_of_images_and_between_threads(rng):
    """The masks of shards differ, and the expected activation is the one without dropout."""
    model = Sequential([Dropout(0.5), Flatten(), Dense(2)]).build((20, 20, 1), rng)
    x, labels = np.ones((64, 20, 20, 1), np.float32), np.zeros(64, int)
    with engine.compile(model, 64, 2, training=True) as plan:
        first = plan.gradients(x, labels, rng).gradients["dense_1.weight"].copy()
        second = plan.gradients(x, labels, rng).gradients["dense_1.weight"].copy()
    share = first[:, 0] / first[:, 0].mean()
    assert share.std() == pytest.approx(1 / 8, rel=0.35)  # 64 independent coins; one mask for all would give 1
    assert abs(np.corrcoef(first[:, 0], second[:, 0])[0, 1]) < 0.25


# --- Threads, batches, memory


def test_the_same_threads_give_the_same_bits_and_others_nearly_the_same(rng):
    x, labels = rng.random((70, 28, 28, 1), np.float32), rng.integers(0, 10, 70)
    for model, others in ((make_preset("digits", rng), False), (without_dropout("digits", np.float32), True)):
        found = []
        for threads in (2, 2, 1):
            with engine.compile(model, 70, threads, training=True) as plan:
                found.append(plan.gradients(x, labels, np.random.default_rng(5)))
        assert found[0].loss == found[1].loss
        for name, gradient in found[0].gradients.items():
            np.testing.assert_array_equal(gradient, found[1].gradients[name])
        assert not others or worst_difference(found[0].gradients, found[2].gradients) < 1e-3


@pytest.mark.parametrize("n", [1, 31, MOST_ROWS + 1, 2 * MOST_ROWS + 77])
def test_a_plan_takes_other_batches_than_it_was_made_for(n, rng):
    model = Sequential([Conv2D(4, 3, padding="same"), Tanh(), AveragePool2D(2), Flatten(), Dense(16), Tanh(), Dense(3)])
    model.build((8, 8, 1), rng, np.float64)
    x, labels = rng.random((n, 8, 8, 1)), rng.integers(0, 3, n)
    _, expected, _ = reference(model, x, labels)
    with engine.compile(model, 100, 2, training=True) as plan:
        assert worst_difference(plan.gradients(x, labels, rng).gradients, expected) < 1e-9


def test_memory_does_not_grow_with_the_batch(rng):
    """Shards that are done are forgotten: a batch eight times as large needs hardly more."""
    model = make_preset("digits", rng)
    peaks = []
    for n in (512, 4096):
        x, labels = rng.random((n, 28, 28, 1), np.float32), rng.integers(0, 10, n)
        tracemalloc.start()
        with engine.compile(model, n, 2, training=True) as plan:
            plan.gradients(x, labels, rng)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


def test_a_hundred_plans_leave_nothing_behind(rng):
    model = make_preset("lenet5", rng)
    x, labels, optimizer = rng.random((20, 28, 28, 1), np.float32), rng.integers(0, 10, 20), make_optimizer("adam")

    def use() -> None:
        with engine.compile(model, 20, 2, training=True) as plan:
            plan.step(x, labels, rng, optimizer, 1e-3)
        with engine.compile(model, 20, 2) as plan:
            plan.predict(x)
            plan.predict(x[:1])

    use()
    threads = threading.active_count()
    tracemalloc.start()
    use()
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(100):
        use()
    gc.collect()
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert threading.active_count() == threads
    assert after - before < 300_000  # one plan has many times that


def test_buffers_are_made_once(rng):
    """Batches of every size up to the plan's own: hardly anything is allocated from the second round on."""
    model = make_preset("lenet5", rng)
    x = rng.random((300, 28, 28, 1), np.float32)
    with engine.compile(model, 256, 2) as plan:
        for n in range(1, 300, 7):
            plan.logits(x[:n])
        tracemalloc.start()
        for n in range(1, 300, 7):
            plan.logits(x[:n])
        assert tracemalloc.get_traced_memory()[1] < 200_000
        tracemalloc.stop()


def test_a_large_batch_can_be_stopped(rng):
    model = make_preset("digits", rng)
    x, labels = rng.random((4096, 28, 28, 1), np.float32), rng.integers(0, 10, 4096)
    optimizer = make_optimizer("adam")
    with engine.compile(model, 4096, 2, training=True) as plan:
        started = time.monotonic()
        with pytest.raises(StoppedError):
            plan.step(x, labels, rng, optimizer, 1e-3, lambda: time.monotonic() - started > 0.05)
        assert time.monotonic() - started < 1
        assert optimizer.steps == 0
        plan.step(x[:64], labels[:64], rng, optimizer, 1e-3)  # and goes on as if nothing had been
    assert optimizer.steps == 1


def test_new_weights_are_seen(rng):
    model = make_preset("digits", rng)
    x = rng.random((5, 28, 28, 1), np.float32)
    other = make_preset("digits", np.random.default_rng(9))
    with engine.compile(model, 5, 1) as plan:
        model.load(other.parameters)  # in place
        np.testing.assert_allclose(plan.predict(x), other.predict(x), atol=1e-5)
        model.layers[0].parameters["weight"] = np.zeros((3, 3, 1, 16), np.float32)  # another array
        np.testing.assert_allclose(plan.predict(x), model.predict(x), atol=1e-5)


@settings(max_examples=40, deadline=None)
@given(problem=problems(np.float64))
def test_an_observer_sees_every_layer(problem):
    model, x, _ = problem
    observer = engine.Observer(model)
    for image in x[:2]:
        expected = model.activations(image[None])
        found = observer.activations(image)
        assert list(found) == [layer.name for layer in model]
        for name, values in found.items():
            np.testing.assert_allclose(values, expected[name][0], atol=1e-9, err_msg=name)


@pytest.mark.parametrize("name", PRESETS)
def test_an_observer_follows_the_weights(name, rng):
    model, other = make_preset(name, rng), make_preset(name, np.random.default_rng(3))
    observer = engine.Observer(model)
    for image in rng.random((2, 28, 28, 1), np.float32):
        for key, values in observer.activations(image).items():
            np.testing.assert_allclose(values, model.activations(image[None])[key][0], atol=2e-5)
        model.load(other.parameters | other.buffers)
    with pytest.raises(ShapeError, match="expected"):
        observer.activations(image[:20])


def test_mistakes_are_told(rng):
    model = make_preset("mlp", rng)
    x = rng.random((3, 28, 28, 1), np.float32)
    with engine.compile(model, 3, 1) as plan, pytest.raises(ConfigError, match="expected a plan for training"):
        plan.gradients(x, np.zeros(3, int), rng)
    with engine.compile(model, 3, 1, training=True) as plan, pytest.raises(ConfigError, match="plan for inference"):
        plan.logits(x)
    with pytest.raises(ConfigError, match="after close"):
        plan.logits(x)
    with engine.compile(model, 3, 1) as plan, pytest.raises(ShapeError, match="mlp expected"):
        plan.logits(x[:, :27])
    with pytest.raises(ConfigError, match="number of threads expected at most"):
        engine.compile(model, 3, 1000)


def test_a_crew_meets_before_it_goes_on():
    pool, seen = ThreadPool(3), []
    pool.run(lambda k: (time.sleep(0.02 * k), seen.append(("work", k))), lambda k: seen.append(("then", k)))
    assert [kind for kind, _ in seen] == ["work"] * 3 + ["then"] * 3

    def fail(number: int) -> None:
        if number == 1:
            raise ValueError("one of three")

    with pytest.raises(ValueError, match="one of three"):
        pool.run(fail, lambda k: seen.append(("after", k)))
    assert ("after", 0) not in seen
    pool.run(lambda k: seen.append(("again", k)))
    assert len(seen) == 9
    pool.close()


def test_few_images_are_read_as_they_are_written(rng):
    """A plan for one or two images saves no products, so it rounds no worse than the layers do."""
    model = make_preset("accurate", rng)
    x = rng.random((5, 28, 28, 1), np.float32)
    expected = model.predict(x)
    for batch_size in (1, engine.FEW_IMAGES, engine.FEW_IMAGES + 1):
        with engine.compile(model, batch_size, 1) as plan:
            for count in (1, 2, 5):
                np.testing.assert_allclose(plan.predict(x[:count]), expected[:count], atol=2e-6)


def test_blas_is_warmed_up_once_for_so_many_callers(monkeypatch):
    crews = []
    monkeypatch.setattr(blas, "ThreadPool", lambda callers: crews.append(callers) or ThreadPool(callers))
    monkeypatch.setattr(WarmBlas, "_callers", 0)
    before = threading.active_count()
    for callers in (2, 1, 2, 3):
        WarmBlas.ensure(callers)
    assert crews == [2, 3]
    assert threading.active_count() == before


def test_blas_threads_are_given_back():
    from threadpoolctl import threadpool_info

    def threads() -> list[int]:
        return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]

    before = threads()
    one, two = BlasThreads(), BlasThreads()
    one.__enter__()
    two.__enter__()
    one.__exit__(None, None, None)  # the first one in is the first one out: the other still needs it
    assert set(threads()) <= {1}
    two.__exit__(None, None, None)
    assert threads() == before


def test_who_insists_on_one_thread_of_blas_gets_it():
    from threadpoolctl import threadpool_info

    def threads() -> int:
        return max(pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas")

    with BlasThreads(1, insists=False):
        assert threads() == 1
        with BlasThreads(2):
            assert threads() == 2
            with BlasThreads(1):
                assert threads() == 1
            assert threads() == 2
        assert threads() == 1


def test_what_is_not_worth_sharing_out_is_not_shared_out(rng, monkeypatch):
    before = threading.active_count()
    monkeypatch.setattr(plan_module, "LEAST_SHARED_WORK", LEAST_SHARED_WORK)
    for preset, batch, own in (("mlp", 128, 0), ("lenet5", 8, 0), ("lenet5", 64, 2)):
        with engine.compile(make_preset(preset, rng), batch, 3, training=True):
            assert threading.active_count() == before + own, preset


# --- What a review has found


def test_a_nan_batch_leaves_nothing_behind(rng):
    """Neither between the images of a plane nor in the rows of a longer shard."""
    layers = [Conv2D(4, 3, padding="same"), Tanh(), Conv2D(4, 3, padding="same"), Tanh(), BatchNorm(), Conv2D(4, 3)]
    model = Sequential([*layers, Tanh(), Flatten(), Dense(3)]).build((8, 8, 1), rng)
    x, labels, optimizer = rng.random((8, 8, 8, 1), np.float32), rng.integers(0, 3, 8), make_optimizer("adam")
    with engine.compile(model, 8, 2, training=True) as plan:
        assert not np.isfinite(plan.step(np.full_like(x, np.nan), labels, rng, optimizer, 0.1).loss)
        for n in (3, 8):
            for name, gradient in plan.gradients(x[:n], labels[:n], rng).gradients.items():
                assert np.isfinite(gradient).all(), name
    assert np.isfinite(model.buffers["batch_norm_1.mean"]).all()


@pytest.mark.parametrize("at", ["_take_part", "put", "get"])
def test_a_crew_recovers_from_an_interrupt(at, monkeypatch):
    """Wherever Ctrl+C comes between two tasks, the next one is answered by those who have done it."""
    pool, seen = ThreadPool(3), []

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    class Interrupting:
        def __init__(self, queue):
            self.queue = queue

        def __getattr__(self, name):
            return interrupt if name == at else getattr(self.queue, name)

    with monkeypatch.context() as patched:
        if at == "_take_part":
            patched.setattr(pool, "_take_part", interrupt)
        elif at == "put":
            patched.setattr(pool, "_arrivals", [pool._arrivals[0], Interrupting(pool._arrivals[1]), pool._arrivals[2]])
        else:
            patched.setattr(pool, "_done", Interrupting(pool._done))
        with pytest.raises(KeyboardInterrupt):
            pool.run(lambda k: time.sleep(0.01 * k), lambda k: None)
    for _ in range(3):
        seen.clear()
        pool.run(seen.append, lambda k: seen.append(k + 10))
        assert sorted(seen) == [0, 1, 2, 10, 11, 12]
    pool.close()


def test_a_plan_that_nobody_closes_ends_with_its_last_user(rng):
    before = threading.active_count()
    plan = engine.compile(make_preset("digits", rng), 8, 3, training=True)
    assert threading.active_count() == before + 2
    del plan
    gc.collect()
    assert threading.active_count() == before


def test_two_threads_cannot_use_one_plan(rng):
    model, x = make_preset("digits", rng), rng.random((2000, 28, 28, 1), np.float32)
    refused = []
    with engine.compile(model, 64, 1) as plan:
        expected = plan.logits(x)

        def use() -> None:
            for _ in range(20):
                try:
                    np.testing.assert_array_equal(plan.logits(x), expected)
                except ConfigError as error:
                    refused.append(str(error))

        users = [threading.Thread(target=use) for _ in range(2)]
        for user in users:
            user.start()
        for user in users:
            user.join()
    assert refused
    assert "one call at a time" in refused[0]


def test_bad_batches_are_told(rng):
    model = make_preset("mlp", rng)
    x, y = rng.random((3, 28, 28, 1), np.float32), np.array([1, 2, 3])
    with engine.compile(model, 3, 1, training=True) as plan:
        for images, labels in ((x, np.r_[y, y]), (x, y[:2]), (x[:0], y[:0]), (x, y.astype(float))):
            with pytest.raises(ShapeError, match="one whole number as label for each"):
                plan.gradients(images, labels, rng)
        with pytest.raises(ConfigError, match=r"numpy\.random\.Generator"):
            plan.gradients(x, y, None)  # type: ignore[arg-type]
        assert np.isfinite(plan.gradients(x, y.tolist(), rng).loss)


def test_swapped_arrays_are_packed_anew(rng):
    model = Sequential([Flatten(), Dense(9), Tanh(), Dense(9), Tanh(), Dense(3)]).build((3, 3, 1), rng, np.float64)
    model.pack()
    one, two = model.layers[1].parameters, model.layers[3].parameters
    one["weight"], two["weight"] = two["weight"], one["weight"]
    before = {name: array.copy() for name, array in model.parameters.items()}
    x, labels = rng.random((4, 3, 3, 1)), rng.integers(0, 3, 4)
    _, gradients, _ = reference(model, x, labels)
    with engine.compile(model, 4, 1, training=True) as plan:
        plan.step(x, labels, rng, make_optimizer("sgd"), 0.1)
    for name, array in model.parameters.items():
        np.testing.assert_allclose(array, before[name] - 0.1 * gradients[name], atol=1e-9)


def test_the_state_of_a_generator_counts(rng):
    model = make_preset("mlp", rng)
    x, y = rng.random((8, 28, 28, 1), np.float32), rng.integers(0, 10, 8)
    losses = []
    for seed in (1, 2):
        generator = np.random.default_rng(seed)
        generator.bit_generator.state = np.random.default_rng(7).bit_generator.state
        with engine.compile(model, 8, 2, training=True) as plan:
            losses.append(plan.gradients(x, y, generator).loss)
    assert losses[0] == losses[1]


@pytest.mark.parametrize("rate", [0.999999, 1e-7])
def test_dropout_at_its_ends(rate, rng):
    model = Sequential([Dropout(rate), Flatten(), Dense(2)]).build((6, 6, 1), rng)
    with engine.compile(model, 8, 2, training=True) as plan:
        found = plan.gradients(np.ones((8, 6, 6, 1), np.float32), np.zeros(8, int), rng)
    assert np.isfinite(found.loss)


def test_a_copy_of_a_packed_model_goes_its_own_way(rng):
    model = make_preset("lenet5", rng)
    packed = model.pack()
    other = pickle.loads(pickle.dumps(model))
    other.pack()[...] = 0
    assert packed.any()
    assert len(pickle.dumps(model)) < 1.1 * packed.nbytes


def test_shards_of_very_small_and_very_large_images():
    assert Cut.choose(4, 512, 2).shard_images == 64
    assert Cut.choose(48_000_000, 16, 2).shard_images == 4
    assert Cut.choose(4, 1, 8).shard_images == 1
