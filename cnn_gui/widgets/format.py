"""Numbers and words as people read them."""

from __future__ import annotations

import math
import time

from cnn_gui.widgets.translation import tr

MINUS = "\u2212"
FIGURES = 4
"""After the point, where numbers are exact."""


def short(value: float, signed: bool = False) -> str:
    """A number in about five signs, with a real minus: ``0.42``, ``−1.3e+05``; ``signed`` shows a plus as well."""
    size = abs(value)
    text = f"{size:.2f}" if size < 100 else f"{size:.0f}" if size < 10_000 else f"{size:.1e}"
    if value < 0 and float(text) != 0:
        return MINUS + text
    return ("+" + text) if signed and float(text) != 0 else text


def tiny(value: float) -> str:
    """A number in about four signs, without a zero before the point: ``.42``, ``−.42``, ``−1.2``, ``10``."""
    size = abs(value)
    if 0.995 < size < 99.5:
        text = f"{size:.1f}" if size < 9.95 else f"{size:.0f}"
        return MINUS + text if value < 0 else text
    text = short(value) if value else "0"
    return text.replace("0.", ".", 1) if text.lstrip(MINUS).startswith("0.") else text


def exact(value: float) -> str:
    """A number to four places, with a real minus."""
    text = f"{abs(value):.{FIGURES}f}" if abs(value) < 100_000 else f"{abs(value):.4e}"
    return MINUS + text if value < 0 and float(text) != 0 else text


def signed(value: float) -> str:
    """The same with a plus as well."""
    text = exact(value)
    return text if text.startswith(MINUS) or float(text) == 0 else f"+{text}"


def scientific(value: float) -> str:
    """A number of any size in two or three figures: ``0.42``, ``−1.6e−4``, ``0``."""
    size = abs(value)
    if size == 0 or not math.isfinite(size):
        return "0" if size == 0 else "?"
    if 0.01 <= size < 1000:
        text = f"{size:.3g}"
    else:
        digits, _, power = f"{size:.1e}".partition("e")
        text = f"{digits}e{int(power)}".replace("-", MINUS)
    return MINUS + text if value < 0 else text


def power_of_ten(size: float) -> tuple[int, str]:
    """The power of ten that makes numbers up to ``size`` easy to read, and how it is written: −5 and ``10⁻⁵``; 0 and
    nothing where they are so already."""
    if not math.isfinite(size) or size == 0 or 0.05 <= size < 100:
        return 0, ""
    power = math.floor(math.log10(size))
    return power, "10" + str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def weight_words(value: float) -> str:
    """A weight, of which the first two figures count however small it is: ``0.42``, ``−0.0031``."""
    text = f"{abs(value):.2g}" if abs(value) >= 1e-4 or value == 0 else f"{abs(value):.1e}"
    return MINUS + text if value < 0 else text


def thousands(number: float) -> str:
    """A whole number in groups of three digits, with narrow spaces: ``1 383 002``."""
    return f"{number:,.0f}".replace(",", "\u202f")


def epoch_words(epoch: int) -> str:
    """``epoch 3``; of the weights that a run begins with, ``before training``."""
    return tr("epoch {epoch}").format(epoch=epoch) if epoch else tr("before training")


def percent(share: float) -> str:
    """``0.9734`` as ``97 %``; what would round up to a certainty that is not there is shown more exactly.

    ``? %`` for what is no number, of a network whose weights have grown too large.
    """
    if math.isnan(share):
        return "? %"
    shown = round(share * 100)
    if shown < 100 or share >= 1:
        return f"{shown} %"
    figure = tenths(share)
    return "> 99.9 %" if figure.startswith(">") else f"{figure} %"


def tenths(share: float) -> str:
    """``0.9734`` as ``97.3``; ``>99.9`` for what would round up to a certainty that is not there."""
    return ">99.9" if 0.9995 <= share < 1 else f"{share * 100:.1f}"


def when(seconds: float) -> str:
    """A moment, in seconds since 1970: the time of today, else the day."""
    then, now = time.localtime(seconds), time.localtime()
    if then[:3] == now[:3]:
        return time.strftime("%H:%M", then)
    return time.strftime("%d %b" if then[0] == now[0] else "%d %b %Y", then)
