"""What stands above a frame and above its parts."""

from __future__ import annotations

from cnn_core.inspection import FilmFrame, FilmTitles
from cnn_core.runs import Moment
from cnn_gui.widgets.format import thousands
from cnn_gui.widgets.translation import tr


def frame_words(frame: FilmFrame, moment: Moment) -> str:
    """Step, epoch, and how well the network reads by then."""
    words = [tr("step {step}").format(step=thousands(moment.step))]
    if moment.epoch is not None:
        words.append(tr("epoch {epoch:.2f}").format(epoch=moment.epoch))
    right = tr("{share:.1f} % of {n} test images right")
    words.append(right.format(share=100 * frame.accuracy, n=int(frame.confusion.sum())))
    if not frame.is_finite:
        words.append(tr("diverged: not all weights are numbers"))
    return " · ".join(words)


def film_titles() -> FilmTitles:
    """In the language of the window."""
    return FilmTitles(
        tr("the image"), tr("kernels of the first convolution"), tr("maps after {layer}"),
        tr("{count} test images on a plane"), tr("is (row) · is read as (column)"),
    )  # fmt: skip
