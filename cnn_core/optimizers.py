"""How a step is made from gradients. Each optimizer works in place, array by array."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Any, ClassVar, NamedTuple

import numpy as np

from cnn_core.arrays import Array
from cnn_core.errors import ConfigError, ShapeError
from cnn_core.layers.options import fraction


class Part(NamedTuple):
    """Some elements to take a step with: arrays of one shape.

    Attributes
    ----------
    slots : in the order of `Optimizer.slot_names`
    is_matrix : whether they belong to a weight or filter, not to a bias or scale
    work : room for intermediate results
    """

    parameter: Array
    gradient: Array
    slots: Sequence[Array]
    is_matrix: bool
    work: Array


class Optimizer:
    """Keeps what it needs between steps in `slots`, one dictionary of arrays a slot.

    The learning rate is an argument of `step`, because a schedule decides it (`cnn_core.schedules`). `step` is a loop
    over `update`, which works element by element: the engine calls it on pieces of one long vector instead.
    """

    slot_names: ClassVar[tuple[str, ...]] = ()
    spares_vectors: ClassVar[bool] = False
    """Whether weights and filters are treated otherwise than biases and scales."""

    def __init__(self) -> None:
        self.steps = 0
        self.slots: dict[str, dict[str, Array]] = {name: {} for name in self.slot_names}

    def options(self) -> dict[str, Any]:
        """The constructor's arguments, JSON-ready."""
        return {}

    def step(self, parameters: Mapping[str, Array], gradients: Mapping[str, Array], learning_rate: float) -> None:
        """Change ``parameters`` in place; ``gradients`` has the same names and shapes."""
        self.steps += 1
        for name, parameter in parameters.items():
            gradient = gradients[name]
            if gradient.shape != parameter.shape:
                raise ShapeError(
                    f"The gradient of {name} expected the shape {list(parameter.shape)}, received "
                    f"{list(gradient.shape)}."
                )
            for slot in self.slots.values():
                if name not in slot:
                    slot[name] = np.zeros_like(parameter)
            slots = [slot[name] for slot in self.slots.values()]
            part = Part(parameter, gradient, slots, parameter.ndim > 1, np.empty_like(parameter))
            self.update(part, learning_rate)

    def update(self, part: Part, learning_rate: float) -> None:
        """One step for some elements, in place. `steps` already counts it."""
        raise NotImplementedError


class SGD(Optimizer):
    """Gradient descent: ``p -= rate · g``, with momentum ``v = momentum · v + g; p -= rate · v``.

    Nesterov's variant looks ahead: ``p -= rate · (g + momentum · v)``. Source: Sutskever et al.: "On the importance
    of initialization and momentum in deep learning" (2013).
    """

    slot_names = ("velocity",)

    def __init__(self, momentum: float = 0.0, nesterov: bool = False) -> None:
        super().__init__()
        self.momentum = fraction(momentum, "momentum of SGD")
        self.nesterov = bool(nesterov)
        if self.nesterov and not self.momentum:
            raise ConfigError("nesterov of SGD expected a momentum above 0, received momentum 0.")

    def options(self) -> dict[str, Any]:
        return {"momentum": self.momentum, "nesterov": self.nesterov}

    def update(self, part: Part, learning_rate: float) -> None:
        parameter, gradient, work = part.parameter, part.gradient, part.work
        (velocity,) = part.slots
        velocity *= self.momentum
        velocity += gradient
        if self.nesterov:
            np.multiply(velocity, self.momentum * learning_rate, out=work)
            parameter -= work
            np.multiply(gradient, learning_rate, out=work)
        else:
            np.multiply(velocity, learning_rate, out=work)
        parameter -= work


class RMSProp(Optimizer):
    """Divide by a running root mean square: ``a = decay · a + (1 - decay) · g²; p -= rate · g / (√a + epsilon)``.

    Source: Tieleman, Hinton: "Neural Networks for Machine Learning", lecture 6.5 (2012).
    """

    slot_names = ("mean_square",)

    def __init__(self, decay: float = 0.9, epsilon: float = 1e-8) -> None:
        super().__init__()
        self.decay = fraction(decay, "decay of RMSProp")
        self.epsilon = float(epsilon)

    def options(self) -> dict[str, Any]:
        return {"decay": self.decay, "epsilon": self.epsilon}

    def update(self, part: Part, learning_rate: float) -> None:
        parameter, gradient, work = part.parameter, part.gradient, part.work
        (mean_square,) = part.slots
        np.square(gradient, out=work)
        work *= 1 - self.decay
        mean_square *= self.decay
        mean_square += work
        np.sqrt(mean_square, out=work)
        work += self.epsilon
        np.divide(gradient, work, out=work)
        work *= learning_rate
        parameter -= work


class Adam(Optimizer):
    """Momentum and RMS scaling, both corrected for their start at zero.

    ``m = b1·m + (1-b1)·g; v = b2·v + (1-b2)·g²; p -= rate · (m / (1-b1ᵗ)) / (√(v / (1-b2ᵗ)) + epsilon)``

    The slots hold m / (1-b1) and v / (1-b2), and the factors are gathered into two numbers: three passes over memory
    fewer. Source: Kingma, Ba: "Adam: A Method for Stochastic Optimization" (2015), algorithm 1.
    """

    slot_names = ("mean", "mean_square")

    def __init__(self, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8) -> None:
        super().__init__()
        self.beta1 = fraction(beta1, "beta1 of Adam")
        self.beta2 = fraction(beta2, "beta2 of Adam")
        self.epsilon = float(epsilon)

    def options(self) -> dict[str, Any]:
        return {"beta1": self.beta1, "beta2": self.beta2, "epsilon": self.epsilon}

    def update(self, part: Part, learning_rate: float) -> None:
        parameter, gradient, work = part.parameter, part.gradient, part.work
        mean, mean_square = part.slots
        root_scale = sqrt((1 - self.beta2) / (1 - self.beta2**self.steps))
        mean *= self.beta1
        mean += gradient
        mean_square *= self.beta2
        np.square(gradient, out=work)
        mean_square += work
        np.sqrt(mean_square, out=work)
        work += self.epsilon / root_scale
        np.divide(mean, work, out=work)
        work *= learning_rate * (1 - self.beta1) / (1 - self.beta1**self.steps) / root_scale
        parameter -= work


class AdamW(Adam):
    """Adam with decoupled weight decay: first ``p -= rate · weight_decay · p``, then Adam's step.

    Only matrices and filters decay; biases and the scales of batch normalisation (one axis) do not.
    Source: Loshchilov, Hutter: "Decoupled Weight Decay Regularization" (2019), algorithm 2.
    """

    spares_vectors = True

    def __init__(
        self, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8, weight_decay: float = 0.01
    ) -> None:
        super().__init__(beta1, beta2, epsilon)
        self.weight_decay = fraction(weight_decay, "weight_decay of AdamW")

    def options(self) -> dict[str, Any]:
        return super().options() | {"weight_decay": self.weight_decay}

    def update(self, part: Part, learning_rate: float) -> None:
        if part.is_matrix:
            np.multiply(part.parameter, 1 - learning_rate * self.weight_decay, out=part.parameter)
        super().update(part, learning_rate)


OPTIMIZERS: dict[str, tuple[type[Optimizer], dict[str, Any]]] = {
    "sgd": (SGD, {}),
    "momentum": (SGD, {"momentum": 0.9}),
    "nesterov": (SGD, {"momentum": 0.9, "nesterov": True}),
    "rmsprop": (RMSProp, {}),
    "adam": (Adam, {}),
    "adamw": (AdamW, {}),
}
"""What a user can choose by name, with the options that the name stands for."""


DEFAULT_RATES = {"sgd": 0.1, "momentum": 0.02, "nesterov": 0.02, "rmsprop": 1e-3, "adam": 2e-3, "adamw": 2e-3}
"""A learning rate that each optimizer starts well with on the presets."""


def make_optimizer(name: str, **options: Any) -> Optimizer:
    """The optimizer called ``name`` with ``options`` over its defaults; raises `ConfigError` for unknown ones."""
    if name not in OPTIMIZERS:
        raise ConfigError(f"An optimizer expected one of {', '.join(OPTIMIZERS)}, received {name!r}.")
    kind, defaults = OPTIMIZERS[name]
    try:
        return kind(**(defaults | options))
    except TypeError as error:
        raise ConfigError(f"{name} expected its own options, received {options!r} ({error}).") from error
