"""What stands above a frame."""

from __future__ import annotations

from cnn_core.inspection import FilmFrame
from cnn_core.runs import Moment
from cnn_gui.widgets.format import thousands
from cnn_gui.widgets.translation import tr


def frame_words(frame: FilmFrame, moment: Moment) -> str:
    """Step, epoch, and how well the network reads by then."""
    words = [tr("step {step}").format(step=thousands(moment.step))]
    if moment.epoch is not None:
        words.append(tr("epoch {epoch:.2f}").format(epoch=moment.epoch))
    words.append(tr("{share:.1f} % of the test images right").format(share=100 * frame.accuracy))
    return " · ".join(words)
