"""One image at a time, with everything on the way to be seen."""

from __future__ import annotations

import numpy as np

from cnn_core.arrays import Array
from cnn_core.engine.fusion import Fusion, Stage
from cnn_core.engine.kernels.reference import BoundReferenceLayer, ReferenceLayer
from cnn_core.engine.noise import Noise
from cnn_core.engine.shards import model_dtype
from cnn_core.engine.tensors import Scratch
from cnn_core.engine.workspace import ThreadMemory, Workspace
from cnn_core.model import Sequential


class Observer:
    """What every layer of a model makes of an image, by the engine's kernels but with no layer fused into another.

    Convolutions are computed as they are written: no products are saved at the cost of rounding errors, which for one
    image is quicker as well. Reads the model's own arrays, so it always sees the weights as they are. Belongs to one
    thread.
    """

    def __init__(self, model: Sequential) -> None:
        self.model = model
        self._workspace: Workspace | None = None
        self._bound_to: list[Array] = []

    def activations(self, image: Array) -> dict[str, Array]:
        """Output of every layer for one image [h, w, c], by the layer's name and in order; [h, w, c] or [d] each."""
        self.model.check_images(image[None])
        workspace = self._ready()
        with np.errstate(over="ignore", invalid="ignore"):
            for stage in self._stages:
                stage.prepare()
            workspace.begin()
            workspace.load(image[None])
            workspace.forward_programs[0].run()
        names = (layer.name for layer in self.model)
        return {name: view.natural[0].copy() for name, view in zip(names, self._views, strict=True)}

    def _ready(self) -> Workspace:
        """The workspace, made anew if a layer was given other arrays."""
        now = list((self.model.parameters | self.model.buffers).values())
        if self._workspace is None or any(a is not b for a, b in zip(now, self._bound_to, strict=True)):
            self._bound_to, fusion = now, Fusion(model_dtype(self.model), most_products=0, folds=False)
            self._stages, shape = list[Stage](), self.model.input_shape
            ends: list[int] = []
            for layer in self.model:
                self._stages += fusion.stages([layer], shape, not self._stages)
                shape = layer.output_shape_for(shape)
                self._stages.append(Stage(ReferenceLayer(None, shape), shape))
                ends.append(len(self._stages) - 1)
            self._workspace = Workspace(self._stages, 1, ThreadMemory(Scratch(fusion.dtype)), Noise(), False)
            at_ends = (self._workspace.bounds[i] for i in ends)
            self._views = [bound for bound in at_ends if isinstance(bound, BoundReferenceLayer)]
        return self._workspace
