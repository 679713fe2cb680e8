"""How the inspector speaks of gradients."""

from __future__ import annotations

import numpy as np

from cnn_core.inspection import BackwardWorking
from cnn_gui.live.working.words import title_of
from cnn_gui.session.selection import Pin
from cnn_gui.widgets.format import scientific, weight_words
from cnn_gui.widgets.translation import tr


def function_words(working: BackwardWorking) -> str:
    """``from conv 2: its gradients times its kernel, turned by 180°``"""
    to = working.to.replace("_", " ")
    words = {
        "Conv2D": tr("from {to}: its gradients times its kernel, turned by 180°"),
        "Dense": tr("from {to}: its gradients times this number's weights"),
        "MaxPool2D": tr("from {to}: the gradients of the windows that it has won"),
        "AveragePool2D": tr("from {to}: an equal share of each window's gradient"),
        "ReLU": tr("from {to}: the gradient passes where the number is above 0"),
        "LeakyReLU": tr("from {to}: the gradient passes, below 0 only a little of it"),
        "Sigmoid": tr("from {to}: the gradient times y · (1 − y)"),
        "Tanh": tr("from {to}: the gradient times 1 − y²"),
        "BatchNorm": tr("from {to}: the gradient times scale / √(variance + ε)"),
        "Dropout": tr("from {to}: the same gradient, dropout rests while it reads"),
        "Flatten": tr("from {to}: the same gradient"),
        "Softmax": tr("from {to}: its gradients, shared out"),
        "loss": tr("where the way back begins: p − target"),
    }
    return words.get(working.to_kind, tr("from {to}")).format(to=to)


def result_lines(working: BackwardWorking) -> list[str]:
    """What is added up, in lines."""
    if working.weights is None:
        share = float(working.gradients[0])
        return [tr("p = {p}").format(p=f"{share:.4f}"), tr("target = {t:g}").format(t=share - working.gradient)]
    count = int(working.inside.sum())
    if working.gradients.size == 1:
        came, slope = float(working.gradients.flat[0]), float(working.weights.flat[0])
        return [tr("gradient {g}").format(g=scientific(came)), tr("times {w}").format(w=weight_words(slope))]
    return [tr("sum of {n} products").format(n=count)] if count else [tr("no window reads it")]


def explained_words(pin: Pin, working: BackwardWorking) -> str:
    """The gradient for people: what it says, and where it comes from."""
    if working.stopped:
        words = tr("{to} lets nothing back here: if this number grew by a little, the answer would stay as it is.")
        return words.format(number=title_of(pin), to=working.to.replace("_", " "))
    grows = tr("If this number grew by a little, the loss would grow by {g} times as much.")
    falls = tr("If this number grew by a little, the loss would fall by {g} times as much.")
    same = tr("If this number grew by a little, the loss would stay as it is.")
    first = same if not working.gradient else grows if working.gradient > 0 else falls
    return first.format(g=scientific(abs(working.gradient))) + " " + _origin_words(working)


def _origin_words(working: BackwardWorking) -> str:
    to = working.to.replace("_", " ")
    words = {
        "Conv2D": tr("It comes back from all places of {to} that had used it: their gradients times the weights that "
                     "it had met there, so the kernel stands turned by 180°."),
        "Dense": tr("Every unit of {to} had used it, and sends its gradient back times the weight between them."),
        "MaxPool2D": tr("{to} hands the gradient of a window to the number that had won it, and to no other."),
        "loss": tr("The way back begins here: the probability, less 1 for the class that it is said to be."),
    }  # fmt: skip
    return words.get(working.to_kind, "").format(to=to)


def term_rows(working: BackwardWorking, most: int) -> list[str]:
    """The largest terms of the sum, a row each, and the rest in one."""
    if working.products is None or working.weights is None:
        return []
    products = working.products
    order = np.argsort(-np.abs(products), kind="stable")
    shown = order if len(order) <= most else order[: max(most - 1, 0)]
    rows = [
        tr("unit {n}:  {g} × {w} = {p}").format(
            n=int(i),
            g=scientific(float(working.gradients[i])),
            w=weight_words(float(working.weights[i])),
            p=scientific(float(products[i])),
        )
        for i in shown
    ]
    if len(shown) < len(order):
        rest = float(products.sum() - products[shown].sum())
        rows.append(tr("{count} others:  {sum}").format(count=len(order) - len(shown), sum=scientific(rest)))
    return rows
