"""How far a network's answer can be trusted: probabilities that mean what they say, and when to give no answer.

A network trained to the end is too sure of itself. Dividing its logits by one number, the *temperature*, fitted on
images that it was not trained on, sets that right and never changes which class is first. Source: Guo, Pleiss, Sun,
Weinberger: "On Calibration of Modern Neural Networks" (2017). The number goes into the weights of the last layer, so
that whoever runs the network, here or elsewhere, gets calibrated probabilities.

Whether an image shows one of the classes at all is read from the same probabilities: its *score* is the largest of
them. A network that was shown other things while it learned gives each class about the same there. Below the
*threshold* an image counts as none of the classes. Source: Hendrycks, Gimpel: "A Baseline for Detecting Misclassified
and Out-of-Distribution Examples in Neural Networks" (2017).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array
from cnn_core.errors import ConfigError
from cnn_core.layers import Dense, softmax
from cnn_core.model import Sequential

TEMPERATURES = (0.05, 20.0)
"""Limits between which a temperature is sought."""
GOLDEN = (5**0.5 - 1) / 2
TURNED_AWAY = 0.004
"""Share of the validation images of a class that the threshold may turn away."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was fitted on validation images.

    Attributes
    ----------
    temperature : what the logits of the last layer were divided by
    threshold : least score of an image that shows one of the classes; 0 where nobody has found one out
    """

    temperature: float = 1.0
    threshold: float = 0.0

    def __post_init__(self) -> None:
        for value, what, low, high in (
            (self.temperature, "temperature", 1e-3, 1e3), (self.threshold, "threshold", 0.0, 1.0),
        ):  # fmt: skip
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
                raise ConfigError(f"The {what} expected a number from {low:g} to {high:g}, received {value!r}.")

    def knows(self, probabilities: Array) -> NDArray[np.bool_]:
        """Whether each row of probabilities [n, k] belongs to an image of one of the classes, [n]."""
        return class_score(probabilities) >= self.threshold

    def as_dict(self) -> dict[str, float]:
        """JSON-ready."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Calibration:
        """The twin of `as_dict`; raises `ConfigError`."""
        if unknown := values.keys() - {"temperature", "threshold"}:
            raise ConfigError(f"A calibration expected temperature and threshold, received {', '.join(unknown)}.")
        return cls(**values)


NOT_CALIBRATED = Calibration()
"""Takes the probabilities as they are, and everything for one of the classes."""


def class_score(probabilities: Array) -> Array:
    """How much each image looks like one of the classes, [n] from 1/k to 1, of probabilities [n, k]."""
    return probabilities.max(axis=1)


def calibrate(model: Sequential, logits: Array, labels: NDArray[np.integer]) -> Calibration:
    """Set the temperature of ``model`` right, in place, by its validation logits [n, k] and labels [n].

    Nothing happens to a network whose last layer is not dense, or whose logits are not finite.
    """
    last = model.trunk[-1]
    if not len(labels) or not np.isfinite(logits).all() or type(last) is not Dense:
        return NOT_CALIBRATED
    temperature = fit_temperature(logits, labels)
    for array in last.parameters.values():
        array /= array.dtype.type(temperature)
    scores = class_score(softmax(logits / logits.dtype.type(temperature)))
    return Calibration(temperature, float(np.quantile(scores, TURNED_AWAY)))


def at_temperature(model: Sequential, arrays: Mapping[str, Array], temperature: float) -> dict[str, Array]:
    """Weights ``arrays`` of ``model``, of another time of the run after which `calibrate` was called, as it would have
    left them."""
    last = model.trunk[-1]
    cooled = dict(arrays)
    for name in (f"{last.name}.{parameter}" for parameter in last.parameters):
        cooled[name] = arrays[name] / arrays[name].dtype.type(temperature)
        cooled[name].flags.writeable = False
    return cooled


def fit_temperature(logits: Array, labels: NDArray[np.integer]) -> float:
    """The temperature at which the cross-entropy of logits [n, k] and labels [n] is least.

    It is found by golden-section search over its logarithm, in which the cross-entropy has one minimum.
    """
    logits = logits.astype(np.float64)

    def loss(log_temperature: float) -> float:
        scaled = logits / np.exp(log_temperature)
        scaled -= scaled.max(axis=1, keepdims=True)
        return float((np.log(np.exp(scaled).sum(axis=1)) - scaled[np.arange(len(labels)), labels]).mean())

    low, high = np.log(TEMPERATURES[0]), np.log(TEMPERATURES[1])
    while high - low > 1e-3:
        left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        if loss(left) < loss(right):
            high = right
        else:
            low = left
    return float(np.exp((low + high) / 2))
