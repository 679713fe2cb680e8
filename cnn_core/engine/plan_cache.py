"""All that a plan keeps ready for one set of parameter arrays: stages, buffers, random numbers."""

from __future__ import annotations

from copy import deepcopy

import numpy as np

from cnn_core.arrays import Array
from cnn_core.engine.fusion import Fusion
from cnn_core.engine.kernels.dense import DenseRows
from cnn_core.engine.kernels.toom_cook import MOST_PRODUCTS
from cnn_core.engine.noise import Noise
from cnn_core.engine.shards import (
    FEW_IMAGES,
    MOST_ROWS,
    MOST_SHARD_IMAGES,
    Cut,
    elements_at_once,
    is_dense,
    model_dtype,
)
from cnn_core.engine.tensors import Scratch
from cnn_core.engine.update import FlatUpdate
from cnn_core.engine.workspace import ThreadMemory, Workspace
from cnn_core.model import Sequential


class PlanCache:
    """The network as stages, and workspaces for them, made when they are first needed and kept.

    Workspaces hold views of the model's parameters: they are right as long as `fits`.
    """

    def __init__(self, model: Sequential, batch_size: int, threads: int, training: bool) -> None:
        self.threads, self.training, self.dtype = threads, training, model_dtype(model)
        elements = elements_at_once(model, training)
        most = MOST_ROWS if is_dense(model) else MOST_SHARD_IMAGES
        self.cut = Cut.choose(elements, batch_size, threads, model.image_elements, most)
        self.update = FlatUpdate(model, threads) if training else None
        self._model, self._bound_to = model, list(model.parameters.values())
        self._has_many_images = batch_size > FEW_IMAGES
        self.noise = [Noise() for _ in range(threads)]
        self._rng: np.random.Generator | None = None
        self._make_stages()

    def _make_stages(self) -> None:
        many = self._has_many_images
        # weights may change at any time, so they would be folded at every call: too much for few images
        fusion = Fusion(
            self.dtype, self.cut.most_rows, MOST_PRODUCTS if many else 0, self.training, self.threads, folds=many
        )
        self.stages = fusion.stages(self._model.trunk, self._model.input_shape)
        self.output_shape = self.stages[-1].output_shape
        self.barriers = [barrier for stage in self.stages for barrier in stage.barriers]
        self.dense_of_phase = self._dense_of_phase()
        self._scratch = [Scratch(self.dtype) for _ in range(self.threads)]
        self._memory: dict[tuple[int, int], ThreadMemory] = {}
        self._workspaces: dict[tuple[int, int], Workspace] = {}
        self._gathered = 0

    def _dense_of_phase(self) -> list[list[DenseRows]]:
        """The dense layers between two barriers."""
        phases: list[list[DenseRows]] = [[]]
        for stage in self.stages:
            if isinstance(stage.kernel, DenseRows):
                phases[-1].append(stage.kernel)
            phases += [[] for _ in stage.barriers]
        return phases

    def fits(self) -> bool:
        """Whether the layers still have the arrays that the workspaces were made for."""
        now = self._model.parameters.values()
        return len(now) == len(self._bound_to) and all(a is b for a, b in zip(now, self._bound_to, strict=True))

    def workspace(self, number: int, n: int) -> Workspace:
        """The buffers for shards of n images: for those of thread ``number``, or, where there are barriers, for shard
        ``number``, whose values have to wait there for the others."""
        key = (number, n)
        if key not in self._workspaces:
            thread = number % self.threads
            memory = self._memory.setdefault((thread, n), ThreadMemory(self._scratch[thread]))
            self._workspaces[key] = Workspace(
                self.stages, n, memory, self.noise[thread], self.training, number, number * n % self.cut.most_rows
            )
        return self._workspaces[key]

    def gather(self, shards: int) -> list[Workspace]:
        """The workspaces for a training batch of so many shards: one for each, or one for each thread where a shard
        leaves the network the way it came."""
        rows = shards * self.cut.shard_images
        if self.barriers and rows > self.cut.most_rows:  # everything waits there, the rows of dense layers too
            self.cut = Cut(self.cut.shard_images, rows)
            self._make_stages()
        count = shards if self.barriers else self.threads
        used = [self.workspace(number, self.cut.shard_images) for number in range(count)]
        if self.update is not None and self._gathered != count:
            self.update.collect_from(self.stages, used[: self.threads])
            self._gathered = count
        return used

    def cut_for(self, n: int) -> Cut:
        """The way to cut, or a finer one for few images: by a power of two, so that there are not many kinds of
        buffers."""
        share = -(-n // self.threads)
        if share >= self.cut.shard_images:
            return self.cut
        images = 1 << max(share - 1, 0).bit_length()
        return Cut(images, images * self.threads)

    def next_dropout(self, n: int) -> dict[str, Array]:
        """What a training batch of n images would multiply by in each dropout layer, [n, …], by name; the threads'
        streams of random numbers stay where they are."""
        slices = self.cut.shards(n)
        workspaces = self.gather(len(slices))
        shapes = {row.name: row.output_shape for row in self._model.summary()}
        found: dict[str, Array] = {}
        for thread, noise in enumerate(self.noise):
            generator = deepcopy(noise.generator)
            for phase in range(len(self.barriers) + 1):
                for number in range(thread, len(slices), self.threads):
                    workspace, images = workspaces[number if self.barriers else thread], slices[number]
                    for name, factors in workspace.next_dropout(phase, generator).items():
                        # what makes no whole window of the pooling that follows is never computed: nothing passes there
                        whole = found.setdefault(name, np.zeros((n, *shapes[name]), factors.dtype))
                        part = factors[: images.stop - images.start]
                        if part.ndim == 4 and len(shapes[name]) == 3:
                            whole[images, : part.shape[1], : part.shape[2]] = part
                        else:
                            whole[images] = part.reshape(-1, *shapes[name])
        return found

    def take_noise_from(self, rng: np.random.Generator) -> None:
        """Streams of random numbers for the threads, seeded from ``rng``; new ones whenever another generator comes."""
        if rng is not self._rng:
            for noise in self.noise:
                noise.generator = np.random.Generator(np.random.SFC64(rng.integers(0, 1 << 32, 4)))
            self._rng = rng
