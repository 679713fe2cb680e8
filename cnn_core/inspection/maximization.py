"""What a map likes best: an image made to excite it, from noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnn_core.arrays import Array, Shape
from cnn_core.drawing.raster import draw_strokes
from cnn_core.errors import StoppedError
from cnn_core.inspection.exemplars import up_to
from cnn_core.inspection.occlusion import Progress, Stopped
from cnn_core.inspection.receptive_field import check_place
from cnn_core.layers import Tape
from cnn_core.model import Sequential

STEPS = 96
RATE = 0.08
MOST_SHIFT_PX = 2
BLUR_EVERY = 4
STARTS = 24
PEN_SHARE = 0.09


@dataclass(frozen=True, slots=True, eq=False)
class Dream:
    """An image [h, w, c] in [0, 1] and the activation it gives; ``started_at`` is what the noise gave."""

    image: Array
    activation: float
    started_at: float


def maximize(
    model: Sequential,
    layer: int,
    channel: int,
    rng: np.random.Generator,
    steps: int = STEPS,
    progress: Progress = lambda *_: None,
    stopped: Stopped = lambda: False,
) -> Dream:
    """An image that excites map or unit ``channel`` of layer number ``layer``.

    What is climbed is the mean over the map of what is above zero, as a filter that finds edges has a mean of about
    zero on any image; of a unit the value itself.

    Gradient ascent from noise. Shifting the image a little before each step and blurring it now and then keeps it from
    becoming a pattern that only this network sees. A closing softmax is climbed by its logits.
    Source: Erhan et al.: "Visualizing Higher-Layer Features of a Deep Network" (2009); Olah, Mordvintsev, Schubert:
    "Feature Visualization" (2017).
    """
    part = up_to(model, layer)
    check_place(part.output_shape[-1:], (channel,), model.layers[layer].label)
    h, w, c = model.input_shape
    dtype = next(iter(model.parameters.values())).dtype if model.parameters else np.dtype(np.float32)
    image, started_at = _start(part, channel, rng, (h, w, c), dtype)
    best, most = image, started_at
    velocity = np.zeros_like(image)
    for step in range(steps):
        if stopped():
            raise StoppedError("The ascent was stopped.")
        shift = tuple(int(i) for i in rng.integers(-MOST_SHIFT_PX, MOST_SHIFT_PX + 1, 2))
        _, gradient = _activation(part, np.roll(image, shift, (0, 1)), channel)
        gradient = np.roll(gradient, (-shift[0], -shift[1]), (0, 1))
        gradient /= np.sqrt((gradient * gradient).mean()) + 1e-12
        velocity = 0.8 * velocity + 0.2 * gradient
        image = np.clip(image + RATE * velocity, 0, 1).astype(dtype)
        if step % BLUR_EVERY == 0 and step < steps * 3 // 4:
            image = _blur(image)
        now = _activation(part, image, channel)[0]
        if now > most:
            best, most = image, now
        progress(step + 1, steps)
    return Dream(best, most, started_at)


def _start(
    part: Sequential, channel: int, rng: np.random.Generator, shape: Shape, dtype: np.dtype
) -> tuple[Array, float]:
    """What to begin with, and what it gives: of fine and coarse noise and random lines one that has a way up.

    A network that has learnt to have no opinion of noise sleeps through much of it, and its gradient is zero there.
    """
    found: list[tuple[bool, float, Array]] = []
    for number in range(STARTS):
        image = _scribble(shape, rng, dtype) if number % 2 else _noise(shape, rng, number % 4 * 2, dtype)
        activation, gradient = _activation(part, image, channel)
        found.append((bool(gradient.any()), activation, image))
    _, activation, image = max(found, key=lambda start: start[:2])
    return image, activation


def _activation(part: Sequential, image: Array, channel: int) -> tuple[float, Array]:
    """How much ``channel`` is excited and the gradient of that with respect to the image."""
    tape = Tape(record=True, inputs_only=True)
    output = part.forward(image[None], tape)
    gradient = np.zeros_like(output)
    chosen = output[..., channel]
    if chosen.ndim == 1:  # a unit
        gradient[..., channel] = 1
        return float(chosen[0]), part.backward(gradient, tape)[0]
    counts = chosen > 0 if (chosen > 0).any() else chosen == chosen.max()  # asleep everywhere: wake the nearest to zero
    gradient[..., channel] = counts / chosen.size
    return float(np.maximum(chosen, 0).mean()), part.backward(gradient, tape)[0]


def _noise(shape: Shape, rng: np.random.Generator, blurs: int, dtype: np.dtype) -> Array:
    noise = rng.standard_normal(shape)
    for _ in range(blurs):
        noise = _blur(noise)
    return np.clip(0.2 + 0.3 * noise / noise.std(), 0, 1).astype(dtype)


def _scribble(shape: Shape, rng: np.random.Generator, dtype: np.dtype) -> Array:
    """A random line of some corners across the image, smooth at its edges."""
    h, w, c = shape
    corners = rng.uniform(0.2, 0.8, (int(rng.integers(2, 6)), 2)) * (w, h)
    drawn = draw_strokes([corners], (h, w), PEN_SHARE * min(h, w))
    return np.repeat(drawn[:, :, None], c, axis=2).astype(dtype)


def _blur(image: Array) -> Array:
    """A 3×3 binomial blur, edges repeated."""
    padded = np.pad(image, ((1, 1), (1, 1), (0, 0)), mode="edge")
    rows = 0.25 * padded[:-2] + 0.5 * padded[1:-1] + 0.25 * padded[2:]
    return (0.25 * rows[:, :-2] + 0.5 * rows[:, 1:-1] + 0.25 * rows[:, 2:]).astype(image.dtype)
