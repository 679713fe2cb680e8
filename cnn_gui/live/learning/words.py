"""The step in words."""

from __future__ import annotations

import numpy as np

from cnn_core.training import StepWorking
from cnn_gui.live.learning.state import Part, Standing
from cnn_gui.widgets.format import scientific
from cnn_gui.widgets.translation import tr


def weight_title(parameter: str, index: tuple[int, ...]) -> str:
    """``conv 2, kernel 7 → 3, row 1, column 0``"""
    layer, _, name = parameter.rpartition(".")
    layer = layer.replace("_", " ")
    if name == "weight" and len(index) == 4:
        row, column, source, target = index
        words = tr("{layer}, kernel {source} → {target}, row {row}, column {column}")
        return words.format(layer=layer, source=source, target=target, row=row, column=column)
    if name == "weight":
        return tr("{layer}, weight {source} → {target}").format(layer=layer, source=index[0], target=index[1])
    return tr("{layer}, {name} {n}").format(layer=layer, name=tr(name), n=index[0])


def standing_words(standing: Standing) -> str:
    """Why there is nothing to tell, or on what it is told."""
    if standing.problem:
        return standing.problem
    if standing.runs:
        return tr("Pause to walk through one step.")
    if standing.busy:
        return tr("looking at the next step …")
    return tr("a copy of the network, which nothing happens to") if standing.practice else ""


def story_words(story: StepWorking, part: Part) -> str:
    """What the part of the story says."""
    told = story.next_step
    label, read = int(told.labels[story.image]), int(story.probabilities[story.image].argmax())
    names = told.class_names
    own = names[label] if label >= 0 else tr("none")
    if part is Part.FORWARD:
        words = tr("The batch goes through all layers. This image is labelled {own}; it is read as {read} with "
                   "{share:.0f} %.")  # fmt: skip
        if told.dropout:
            words += " " + tr("Dropout is at work.")
        return words.format(own=own, read=names[read], share=float(story.probabilities[story.image][read]) * 100)
    if part is Part.LOSS:
        words = tr("The loss of an image is large where the probability of its own class is small: −ln p({own}) = "
                   "{loss}. The gradient at the logits is simply p − target.")  # fmt: skip
        return words.format(own=own, loss=scientific(float(story.losses[story.image])))
    share = abs(float(story.pulls[story.image])) / (float(np.abs(story.pulls).sum()) or 1.0) * 100
    if part is Part.BACKWARD:
        words = tr("The gradient walks back from the loss, layer by layer, and passes only where a gate is open. At "
                   "this weight this image does {share:.0f} % of all pulling.")  # fmt: skip
        return words.format(share=share)
    last = story.lines[-1]
    change = last.after - (last.before or 0.0)
    grows = tr("The weight grows by {change}") if change > 0 else tr("The weight falls by {change}")
    if not change:
        grows = tr("The weight stays as it is")
    words = tr("{grows}, against its gradient. With all weights moved so, the loss of the batch goes from {before} to "
               "{after}.")  # fmt: skip
    words += " " + tr("The rate of this step is {rate}.")
    return words.format(
        rate=scientific(told.learning_rate), grows=grows.format(change=scientific(abs(change))),
        before=f"{story.loss_before:.4g}", after=f"{story.loss_after:.4g}",
    )  # fmt: skip
