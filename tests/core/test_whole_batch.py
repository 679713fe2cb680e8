"""The engine where a batch comes together: batch normalisation, its barriers, and the threads that meet there."""

import threading

import numpy as np
import pytest

from cnn_core import engine
from cnn_core.engine import plan as plan_module
from cnn_core.engine.thread_pool import ThreadPool
from cnn_core.errors import StoppedError
from cnn_core.layers import BatchNorm, Conv2D, Dense, Flatten, Layer, MaxPool2D, ReLU, Softmax, Tape
from cnn_core.losses import SoftmaxCrossEntropy
from cnn_core.model import Sequential


@pytest.fixture(scope="module", autouse=True)
def share_out_everything():
    """However small the work of a test is, as many threads take part as it asks for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan_module, "LEAST_SHARED_WORK", 0)
        yield


def normalised(rng, dtype=np.float32, extra=()):
    layers: list[Layer] = [
        *(Conv2D(6, 3, padding="same"), BatchNorm(), ReLU(), Conv2D(8, 5, 2, "same"), BatchNorm(), ReLU()),
        *(MaxPool2D(2), Flatten(), *extra, Dense(4), Softmax()),
    ]
    model = Sequential(layers).build((12, 13, 2), rng, dtype)
    for array in model.parameters.values():
        array += rng.normal(0, 0.1, array.shape).astype(dtype)
    return model


def by_the_layers(model, x, labels):
    """Gradients and running statistics of the reference layers."""
    tape, y = Tape(training=True, rng=np.random.default_rng(0)), x
    for layer in model.trunk:
        y = layer.forward(y, tape)
    d = SoftmaxCrossEntropy()(y, labels).dlogits / len(x)
    for layer in reversed(model.trunk):
        d = layer.backward(d, tape)
    gradients = {f"{layer.name}.{k}": v for layer, found in tape.gradients.items() for k, v in found.items()}
    before = {name: array.copy() for name, array in model.buffers.items()}
    model.absorb_statistics(tape)
    moved = {name: array.copy() for name, array in model.buffers.items()}
    for name, array in before.items():
        model.buffers[name][...] = array
    return gradients, moved


def batch(rng, n, dtype=np.float64):
    return rng.normal(size=(n, 12, 13, 2)).astype(dtype), rng.integers(0, 4, n)


@pytest.mark.parametrize("threads", [1, 2, 3, 5])
def test_any_number_of_threads_gives_the_gradients(threads, rng):
    """Also more threads than shards, shorter batches, and longer ones than the dense layers have rows for."""
    model = normalised(rng, np.float64, (Dense(9), BatchNorm(), ReLU()))
    with engine.compile(model, 24, threads, training=True) as plan:
        for n in (24, 7, 3, 1500):
            x, labels = batch(rng, n)
            expected, moved = by_the_layers(model, x, labels)
            found = plan.gradients(x, labels, rng)
            for name, gradient in expected.items():
                np.testing.assert_allclose(found.gradients[name], gradient, rtol=1e-6, atol=1e-9, err_msg=name)
            for name, value in moved.items():
                np.testing.assert_allclose(model.buffers[name], value, rtol=1e-9, err_msg=name)


def test_values_far_from_zero_keep_their_spread(rng):
    """A mean of a thousand times the spread leaves nothing of a difference of squares in float32."""
    model = Sequential([BatchNorm(), Flatten(), Dense(3)]).build((8, 8, 2), rng)
    x = (1000 + rng.normal(size=(40, 8, 8, 2))).astype(np.float32)
    with engine.compile(model, 40, 2, training=True) as plan:
        plan.gradients(x, rng.integers(0, 3, 40), rng)
    momentum = model.layers[0].momentum
    spread = (model.buffers["batch_norm_1.variance"] - momentum) / (1 - momentum)
    np.testing.assert_allclose(spread, x.astype(np.float64).var(axis=(0, 1, 2)), rtol=1e-3)


def test_at_rest_it_is_part_of_the_weights_before_it(rng):
    model = normalised(rng)
    for array in model.buffers.values():
        array += rng.uniform(0, 0.5, array.shape).astype(np.float32)
    x, _ = batch(rng, 40, np.float32)
    tape, y = Tape(training=False), x
    for layer in model.trunk:
        y = layer.forward(y, tape)
    with engine.compile(model, 40, 2) as many, engine.compile(model, 1, 1) as one:
        np.testing.assert_allclose(many.logits(x), y, rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(one.logits(x[:1]), y[:1], rtol=1e-4, atol=1e-5)
        model.parameters["batch_norm_1.scale"] *= 2
        model.buffers["batch_norm_2.mean"] += 1
        assert not np.allclose(many.logits(x), y, rtol=1e-3)
        np.testing.assert_allclose(many.logits(x)[:1], one.logits(x[:1]), rtol=1e-4, atol=1e-5)


def test_a_batch_is_stopped_at_any_barrier(rng):
    """Whichever thread is stopped, the others do not wait for it for ever, and the plan can be used again."""
    model = normalised(rng)
    x, labels = batch(rng, 64, np.float32)
    with engine.compile(model, 16, 2, training=True) as plan:
        asked = plan.gradients(x, labels, rng)
        for place in range(30):
            count, lock = [0], threading.Lock()

            def stopped(count=count, lock=lock, place=place):
                with lock:
                    count[0] += 1
                    return count[0] > place

            with pytest.raises(StoppedError):
                plan.gradients(x, labels, rng, stopped)
        again = plan.gradients(x, labels, rng)
    assert again.loss == pytest.approx(asked.loss)


def test_who_fails_tells_those_who_wait():
    pool = ThreadPool(3)

    def work(thread):
        for number in range(5):
            if thread == 1 and number == 3:
                raise ValueError("one of three")
            pool.meet(thread)

    try:
        for _ in range(20):
            with pytest.raises(ValueError, match="one of three"):
                pool.run(work)
        seen = []
        pool.run(lambda thread: (pool.meet(thread), seen.append(thread), pool.meet(thread)))
        assert sorted(seen) == [0, 1, 2]
    finally:
        pool.close()


def test_numbers_of_another_type_are_no_step_between_blocks(rng):
    """A layer in float64 after a float32 convolution runs by itself, and needs images, not the blocks of a pooling."""
    x = rng.normal(size=(6, 8, 8, 1)).astype(np.float32)
    for pool in ((1, 2), (2, 2)):
        model = Sequential([Conv2D(3, 3), BatchNorm(), MaxPool2D(pool), Flatten(), Dense(2)]).build((8, 8, 1), rng)
        arrays = model.parameters | model.buffers
        model.load({name: a.astype(np.float64) if "batch" in name else a for name, a in arrays.items()})
        tape, y = Tape(training=False), x
        for layer in model.trunk:
            y = layer.forward(y, tape)
        with engine.compile(model, 6, 1) as plan:
            np.testing.assert_allclose(plan.logits(x), y, rtol=1e-4, atol=1e-5)


def test_an_interrupt_waits_while_the_others_go_on():
    """Who has said that it is well cannot take that back: all take the second part, then the interrupt is told."""
    pool, seen = ThreadPool(2), []
    arrivals = pool._arrivals[0]

    class Interrupted:
        """The first wait of the calling thread is interrupted."""

        def __init__(self):
            self.left = 1

        def get(self):
            if self.left:
                self.left = 0
                raise KeyboardInterrupt
            return arrivals.get()

        def put(self, value):
            arrivals.put(value)

    pool._arrivals[0] = Interrupted()
    try:
        with pytest.raises(KeyboardInterrupt):
            pool.run(lambda _: None, seen.append)
        assert sorted(seen) == [0, 1]
        pool.run(seen.append)
        assert sorted(seen) == [0, 0, 1, 1]
    finally:
        pool.close()


def test_one_image_is_its_own_mean_and_becomes_the_shift_itself(rng):
    """A rounding error above zero would pass the ReLU, and a gradient with it."""
    layers = [Flatten(), Dense(16), BatchNorm(), ReLU(), Dense(10), Softmax()]
    model = Sequential(layers, "alike").build((5, 5, 1), rng)
    x = rng.random((1, 5, 5, 1), np.float32)
    with engine.compile(model, 1, training=True) as plan:
        found = plan.gradients(x, np.array([3]), rng)
    assert found.loss == pytest.approx(np.log(10), abs=1e-6)
    assert not np.any(found.gradients["batch_norm_1.shift"])


def test_two_interrupts_in_a_row_end_the_task_and_the_next_one_is_answered():
    """The first waits for the others, the second is meant: it is told at once, and the helpers are replaced."""
    pool, seen = ThreadPool(2), []
    arrivals = pool._arrivals[0]

    class Interrupted:
        """Every wait of the calling thread is interrupted."""

        waits = 0

        def get(self):
            self.waits += 1
            raise KeyboardInterrupt

        def put(self, value):
            arrivals.put(value)

    interrupted = pool._arrivals[0] = Interrupted()
    with pytest.raises(KeyboardInterrupt):
        pool.run(lambda _: None, seen.append)
    assert interrupted.waits == 2
    assert 0 not in seen, "who has given up takes no second part"
    seen.clear()
    pool.run(seen.append, lambda thread: seen.append(thread + 10))
    assert sorted(seen) == [0, 1, 10, 11]
    pool.close()


def test_a_layer_of_ones_own_sees_the_whole_batch(rng):
    """Without a fast form one thread runs it, while the others wait."""

    class Own(BatchNorm):
        pass

    def model(kind):
        generator = np.random.default_rng(1)
        return Sequential([Conv2D(3, 3), kind(), ReLU(), Flatten(), Dense(4)]).build((12, 13, 2), generator, np.float64)

    x, labels = batch(rng, 30)
    with engine.compile(model(Own), 8, 3, training=True) as own, engine.compile(model(BatchNorm), 8, 3, True) as fast:
        expected, found = fast.gradients(x, labels, rng), own.gradients(x, labels, rng)
        for (_, theirs), (name, mine) in zip(expected.gradients.items(), found.gradients.items(), strict=True):
            np.testing.assert_allclose(mine, theirs, rtol=1e-6, atol=1e-9, err_msg=name)
