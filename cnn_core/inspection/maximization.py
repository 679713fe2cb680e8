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
from cnn_core.layers import ReLU, Tape
from cnn_core.model import Sequential

STEPS = 128
TRIED_STEPS = 24
RATE = 0.08
FADE = 0.005
"""What the image loses a step: what does not excite the map goes back to black."""
MOST_SHIFT_PX = 2
BLUR_EVERY = 4
STARTS, TRIED = 96, 5
PEN_SHARE = 0.09


@dataclass(frozen=True, slots=True, eq=False)
class Dream:
    """An image [h, w, c] in [0, 1] and the highest activation it gives; ``started_at`` is what it began with."""

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

    What is climbed is the highest number of the map, as `Exemplars` ranks images by it. Gradient ascent from noise and
    random lines: some beginnings are tried for a few steps, and the best of them goes on. Shifting the image a little
    before each step, blurring it now and then and letting it fade keep it from becoming a pattern that only this
    network sees. A ReLU is climbed by what goes into it, as it has no gradient where it sleeps, and a closing softmax
    by its logits.
    Source: Erhan et al.: "Visualizing Higher-Layer Features of a Deep Network" (2009); Olah, Mordvintsev, Schubert:
    "Feature Visualization" (2017).
    """
    part = up_to(model, layer)
    check_place(part.output_shape[-1:], (channel,), model.layers[layer].label)
    below = up_to(model, layer - 1) if layer and isinstance(model.layers[layer], ReLU) else part
    climb = _Climb(below, channel, rng)
    starts = climb.starts(STARTS)
    ascents = [_Ascent(start) for start in starts[:TRIED]]
    tried, done = min(TRIED_STEPS, steps), 0
    total = tried * len(ascents) + steps - tried
    for ascent in ascents:
        for _ in range(tried):
            climb.step(ascent, steps, stopped)
            progress(done := done + 1, total)
    best = max(ascents, key=lambda ascent: ascent.most)
    for _ in range(steps - tried):
        climb.step(best, steps, stopped)
        progress(done := done + 1, total)
    best = max(ascents, key=lambda ascent: ascent.most)
    return Dream(best.best, float(part.forward(best.best[None])[..., channel].max()), starts[0][0])


class _Ascent:
    """One way up: where it stands, its speed, and the best it has seen."""

    def __init__(self, start: tuple[float, Array]) -> None:
        self.most, self.best = start
        self.image = self.best
        self.velocity = np.zeros_like(self.best)
        self.steps = 0


class _Climb:
    """Gradient ascent on the highest number of one channel of ``part``'s output."""

    def __init__(self, part: Sequential, channel: int, rng: np.random.Generator) -> None:
        self._part, self._channel, self._rng = part, channel, rng

    def starts(self, count: int) -> list[tuple[float, Array]]:
        """Fine and coarse noise and random lines, with what each gives; first those that have a way up.

        A network that has learnt to have no opinion of noise sleeps through much of it, and its gradient is zero there.
        """
        parameters = self._part.parameters
        dtype = next(iter(parameters.values())).dtype if parameters else np.dtype(np.float32)
        shape, found = self._part.input_shape, list[tuple[bool, float, Array]]()
        for number in range(count):
            made = _scribble(shape, self._rng) if number % 2 else _noise(shape, self._rng, number % 4 * 2)
            image = made.astype(dtype)
            activation, gradient = self._ask(image)
            found.append((bool(gradient.any()), activation, image))
        found.sort(key=lambda start: start[:2], reverse=True)
        return [(activation, image) for _, activation, image in found]

    def step(self, ascent: _Ascent, steps: int, stopped: Stopped) -> None:
        """One step up; blurred until three quarters of all ``steps`` are done."""
        if stopped():
            raise StoppedError("The ascent was stopped.")
        shift = tuple(int(i) for i in self._rng.integers(-MOST_SHIFT_PX, MOST_SHIFT_PX + 1, 2))
        _, gradient = self._ask(np.roll(ascent.image, shift, (0, 1)))
        gradient = np.roll(gradient, (-shift[0], -shift[1]), (0, 1))
        gradient /= np.sqrt((gradient * gradient).mean()) + 1e-12
        ascent.velocity = 0.8 * ascent.velocity + 0.2 * gradient
        image = np.clip(ascent.image + RATE * ascent.velocity - FADE, 0, 1).astype(ascent.image.dtype)
        if ascent.steps % BLUR_EVERY == 0 and ascent.steps < steps * 3 // 4:
            image = _blur(image)
        ascent.image = image
        ascent.steps += 1
        now = self._ask(image)[0]
        if now > ascent.most:
            ascent.most, ascent.best = now, image

    def _ask(self, image: Array) -> tuple[float, Array]:
        """The highest number of the channel, and its gradient with respect to the image."""
        tape = Tape(record=True, inputs_only=True)
        output = self._part.forward(image[None], tape)
        chosen, gradient = output[..., self._channel], np.zeros_like(output)
        place = np.unravel_index(int(chosen.argmax()), chosen.shape)
        gradient[(*place, self._channel)] = 1
        return float(chosen[place]), self._part.backward(gradient, tape)[0]


def _noise(shape: Shape, rng: np.random.Generator, blurs: int) -> Array:
    noise = rng.standard_normal(shape)
    for _ in range(blurs):
        noise = _blur(noise)
    return np.clip(0.2 + 0.3 * noise / noise.std(), 0, 1)


def _scribble(shape: Shape, rng: np.random.Generator) -> Array:
    """A random line of some corners across the image, smooth at its edges."""
    h, w, c = shape
    corners = rng.uniform(0.2, 0.8, (int(rng.integers(2, 6)), 2)) * (w, h)
    drawn = draw_strokes([corners], (h, w), PEN_SHARE * min(h, w))
    return np.repeat(drawn[:, :, None], c, axis=2)


def _blur(image: Array) -> Array:
    """A 3×3 binomial blur, edges repeated."""
    padded = np.pad(image, ((1, 1), (1, 1), (0, 0)), mode="edge")
    rows = 0.25 * padded[:-2] + 0.5 * padded[1:-1] + 0.25 * padded[2:]
    return (0.25 * rows[:, :-2] + 0.5 * rows[:, 1:-1] + 0.25 * rows[:, 2:]).astype(image.dtype)
