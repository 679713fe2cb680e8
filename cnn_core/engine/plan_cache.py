"""All that a plan keeps ready for one set of parameter arrays: segments, buffers, random numbers."""

from __future__ import annotations

import numpy as np

from cnn_core.engine.barriers import make_barrier
from cnn_core.engine.noise import Noise
from cnn_core.engine.segments import Cut, Segment, cut_into_segments, model_dtype
from cnn_core.engine.tensors import Scratch
from cnn_core.engine.update import FlatUpdate
from cnn_core.engine.workspace import Workspace
from cnn_core.model import Sequential

Used = list[list[Workspace]]


class PlanCache:
    """The network cut into segments, and workspaces for them, made when they are first needed and kept by their shape.

    Workspaces hold views of the model's parameters: they are right as long as `fits`.
    """

    def __init__(self, model: Sequential, batch_size: int, threads: int, training: bool) -> None:
        self.threads, self.training, self.dtype = threads, training, model_dtype(model)
        shapes = [model.input_shape, *(row.output_shape for row in model.summary())]
        self.cut = Cut.choose(shapes, batch_size, threads, model.image_elements)
        self.update = FlatUpdate(model, threads) if training else None
        self._model, self._bound_to = model, list(model.parameters.values())
        self.segments = cut_into_segments(model, training, self.cut.most_rows, batch_size)
        self.barriers = [
            make_barrier(segment.barrier, segment.output_shape, self.dtype)
            for segment in self.segments
            if segment.barrier is not None
        ]
        self.noise = [Noise() for _ in range(threads)]
        self._rng: np.random.Generator | None = None
        self._scratch = [Scratch(self.dtype) for _ in range(threads)]
        self._workspaces: dict[tuple[int, int, int], Workspace] = {}
        self._gathered: tuple[int, Used] | None = None

    def fits(self) -> bool:
        """Whether the layers still have the arrays that the workspaces were made for."""
        now = self._model.parameters.values()
        return len(now) == len(self._bound_to) and all(a is b for a, b in zip(now, self._bound_to, strict=True))

    def workspace(self, segment: Segment, index: int, n: int) -> Workspace:
        """The buffers of a segment for shards of n images.

        In the last segment each thread has one, as a shard leaves it the way it came; before it each shard has one, as
        its values have to wait there for the others.
        """
        key = (self.segments.index(segment), index, n)
        if key not in self._workspaces:
            thread = index % self.threads
            scratch, noise = self._scratch[thread], self.noise[thread]
            self._workspaces[key] = Workspace(segment.stages, n, scratch, noise, self.training, segment.is_start)
        return self._workspaces[key]

    def gather(self, shards: int) -> Used:
        """The workspaces of each segment for a training batch of so many shards."""
        *early, last = self.segments
        count = shards if early else 0  # with one segment the threads' own workspaces serve any batch
        if self._gathered is None or self._gathered[0] != count:
            counts = [(segment, shards) for segment in early] + [(last, self.threads)]
            used = [[self.workspace(segment, k, self.cut.shard_images) for k in range(n)] for segment, n in counts]
            if self.update is not None:
                self.update.collect_from(self.segments, used)
            self._gathered = count, used
        return self._gathered[1]

    def cut_for(self, n: int) -> Cut:
        """The way to cut, or a finer one for few images: by a power of two, so that there are not many kinds of
        buffers."""
        share = -(-n // self.threads)
        if share >= self.cut.shard_images:
            return self.cut
        images = 1 << max(share - 1, 0).bit_length()
        return Cut(images, images * self.threads)

    def take_noise_from(self, rng: np.random.Generator) -> None:
        """Streams of random numbers for the threads, seeded from ``rng``; new ones whenever another generator comes."""
        if rng is not self._rng:
            for noise in self.noise:
                noise.generator = np.random.Generator(np.random.SFC64(rng.integers(0, 1 << 32, 4)))
            self._rng = rng
