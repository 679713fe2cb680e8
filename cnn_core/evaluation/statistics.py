"""What accuracies say, and whether the difference of two is more than chance."""

from __future__ import annotations

from dataclasses import dataclass
from math import erf, exp, lgamma, log, sqrt

Z_95 = 1.959964
"""So many standard errors hold 95 % of a normal distribution."""


def wilson_interval(share: float, n: int) -> tuple[float, float]:
    """The 95 % confidence interval of a share ``share`` of ``n`` images.

    Source: Wilson: "Probable Inference, the Law of Succession, and Statistical Inference" (1927).
    """
    if n <= 0:
        return 0.0, 1.0
    square = Z_95 * Z_95
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = Z_95 / (1 + square / n) * sqrt(share * (1 - share) / n + square / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class Difference:
    """Between two accuracies: in shares, the chance of one at least as large where there is none, and the words."""

    value: float
    chance: float
    is_real: bool


def compare_accuracies(a: float, n_a: int, b: float, n_b: int) -> Difference:
    """Whether two accuracies on so many images differ by more than chance: the two-proportion z test.

    The images may be the same; then chance is a little smaller than said here, as the hard ones are hard for both.
    Source: Altman, Bland: "Comparing proportions" (1991).
    """
    pooled = (a * n_a + b * n_b) / max(n_a + n_b, 1)
    error = sqrt(max(pooled * (1 - pooled), 0.0) * (1 / max(n_a, 1) + 1 / max(n_b, 1)))
    if error == 0:
        return Difference(a - b, 1.0 if a == b else 0.0, a != b)
    chance = 1 - erf(abs(a - b) / error / sqrt(2))
    return Difference(a - b, chance, chance < 0.05)


def mcnemar(only_a: int, only_b: int) -> float:
    """The chance of so uneven a split of the images that only one of two networks reads rightly, if both are equally
    good; exact.

    Source: McNemar: "Note on the sampling error of the difference between correlated proportions or percentages"
    (1947); the exact form is the two-sided binomial test.
    """
    n, fewer = only_a + only_b, min(only_a, only_b)
    if n == 0:
        return 1.0
    logs = [lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) - n * log(2) for k in range(fewer + 1)]
    return min(1.0, 2 * sum(exp(value) for value in logs))
