"""What an optimizer makes of one weight's gradient, line by line with the real numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

from cnn_core.optimizers import SGD, Adam, AdamW, Optimizer, RMSProp


@dataclass(frozen=True, slots=True)
class UpdateLine:
    """One line: ``m = 0.9 · m + 0.1 · g``, from −0.0406 to −0.0397.

    Attributes
    ----------
    symbol : ``g``, ``v``, ``m``, ``step``, ``weight``
    formula : how it comes about, with the options put in; empty for the gradient
    after : the number
    before : what it was before the step; None for what is made anew in each step
    """

    symbol: str
    formula: str
    after: float
    before: float | None = None


def explain_update(
    optimizer: Optimizer,
    weight: float,
    gradient: float,
    slots: Mapping[str, float],
    learning_rate: float,
    is_matrix: bool,
) -> tuple[UpdateLine, ...]:
    """The lines for one weight; the last one is the weight itself, before and after.

    Parameters
    ----------
    optimizer : before the step
    slots : its memory for this weight, by slot
    is_matrix : whether the weight is one of a matrix or filter, which `AdamW` makes smaller, not of a bias or scale
    """
    lines = [UpdateLine("g", "", gradient)]
    match optimizer:
        case AdamW() if is_matrix and optimizer.weight_decay:
            decay = -learning_rate * optimizer.weight_decay * weight
            lines.append(UpdateLine("decay", f"-{learning_rate:g} · {optimizer.weight_decay:g} · weight", decay))
            step = _adam(optimizer, gradient, slots, learning_rate, lines) + decay
        case Adam():
            step = _adam(optimizer, gradient, slots, learning_rate, lines)
        case RMSProp():
            step = _rmsprop(optimizer, gradient, slots, learning_rate, lines)
        case SGD():
            step = _sgd(optimizer, gradient, slots, learning_rate, lines)
        case _:
            raise NotImplementedError(f"No working is known for {type(optimizer).__name__}.")
    return (*lines, UpdateLine("weight", "weight + step" + _and_decay(lines), weight + step, weight))


def _power(exponent: int) -> str:
    return str(exponent).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _and_decay(lines: list[UpdateLine]) -> str:
    return " + decay" if any(line.symbol == "decay" for line in lines) else ""


def _sgd(sgd: SGD, g: float, slots: Mapping[str, float], rate: float, lines: list[UpdateLine]) -> float:
    if not sgd.momentum:
        step = -rate * g
        lines.append(UpdateLine("step", f"-{rate:g} · g", step))
        return step
    before = slots["velocity"]
    v = sgd.momentum * before + g
    lines.append(UpdateLine("v", f"{sgd.momentum:g} · v + g", v, before))
    step = -rate * (g + sgd.momentum * v) if sgd.nesterov else -rate * v
    formula = f"-{rate:g} · (g + {sgd.momentum:g} · v)" if sgd.nesterov else f"-{rate:g} · v"
    lines.append(UpdateLine("step", formula, step))
    return step


def _rmsprop(rms: RMSProp, g: float, slots: Mapping[str, float], rate: float, lines: list[UpdateLine]) -> float:
    before = slots["mean_square"]
    a = rms.decay * before + (1 - rms.decay) * g * g
    lines.append(UpdateLine("a", f"{rms.decay:g} · a + {1 - rms.decay:.4g} · g²", a, before))
    step = -rate * g / (sqrt(a) + rms.epsilon)
    lines.append(UpdateLine("step", f"-{rate:g} · g / (√a + {rms.epsilon:g})", step))
    return step


def _adam(adam: Adam, g: float, slots: Mapping[str, float], rate: float, lines: list[UpdateLine]) -> float:
    """The optimizer's own slots hold m / (1 - beta1) and v / (1 - beta2): here they are as in the paper."""
    b1, b2, t = adam.beta1, adam.beta2, adam.steps + 1
    m_before, v_before = slots["mean"] * (1 - b1), slots["mean_square"] * (1 - b2)
    m, v = b1 * m_before + (1 - b1) * g, b2 * v_before + (1 - b2) * g * g
    m_hat, v_hat = m / (1 - b1**t), v / (1 - b2**t)
    step = -rate * m_hat / (sqrt(v_hat) + adam.epsilon)
    lines += [
        UpdateLine("m", f"{b1:g} · m + {1 - b1:.4g} · g", m, m_before),
        UpdateLine("v", f"{b2:g} · v + {1 - b2:.4g} · g²", v, v_before),
        UpdateLine("m′", f"m / (1 - {b1:g}{_power(t)})", m_hat),
        UpdateLine("v′", f"v / (1 - {b2:g}{_power(t)})", v_hat),
        UpdateLine("step", f"-{rate:g} · m′ / (√v′ + {adam.epsilon:g})", step),
    ]
    return step
