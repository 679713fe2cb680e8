"""A layer of your own: forward and backward, checked against differences, and trained in a network.

python examples/own_layer.py
"""

import numpy as np

from cnn_core import Sequential, engine
from cnn_core.layers import Conv2D, Dense, Flatten, Layer, Softmax, Tape
from cnn_core.optimizers import make_optimizer


class Swish(Layer):
    """``y = x / (1 + e^-x)``. Source: Ramachandran, Zoph, Le: "Searching for Activation Functions" (2017)."""

    stem = "swish"

    def forward(self, x: np.ndarray, tape: Tape) -> np.ndarray:
        gate = 1 / (1 + np.exp(-x))
        tape.keep(self, x, gate)
        return x * gate

    def backward(self, dy: np.ndarray, tape: Tape) -> np.ndarray:
        x, gate = tape.kept(self)
        return dy * (gate + x * gate * (1 - gate))


rng = np.random.default_rng(0)
x, swish, tape, step = rng.normal(size=(4, 5)), Swish(), Tape(record=True), 1e-6
swish.forward(x, tape)
slope = (swish.forward(x + step, Tape()) - swish.forward(x - step, Tape())) / (2 * step)
print("largest error of the gradient:", np.abs(swish.backward(np.ones_like(x), tape) - slope).max())

model = Sequential([Conv2D(4, 3), Swish(), Flatten(), Dense(2), Softmax()]).build((8, 8, 1), rng)
images = rng.random((64, 8, 8, 1), np.float32)
labels = (images.mean(axis=(1, 2, 3)) > 0.5).astype(np.int64)
optimizer = make_optimizer("adam")
with engine.compile(model, batch_size=64, training=True) as plan:
    losses = [plan.step(images, labels, rng, optimizer, 1e-2).loss for _ in range(60)]
print(f"loss {losses[0]:.3f} before, {losses[-1]:.3f} after 60 steps")
