"""The algebra of fast convolution: fewer multiplications by evaluating polynomials.

Sliding a kernel of r weights over m + r - 1 numbers gives m sums, m·r multiplications if done as written. But the r
weights and the m outputs can be read as coefficients of polynomials, and convolution is their product. A product of
polynomials of degree m + r - 2 is fixed by its values at a = m + r - 1 points. So: evaluate both at a points, multiply
point by point (a multiplications instead of m·r), and interpolate. Read backwards (the transposed algorithm) this
computes the sliding sums of a CNN:

    y = A [ (G w) ⊙ (B x) ]        x [a], w [r], y [m];  A [m, a], G [a, r], B [a, a]

For m = 7 and r = 3 that is 9 products instead of 21. A, G and B are fixed small matrices; exact fractions are used to
derive them here. One of the points is "infinity", which picks the leading coefficient.

Sources: Toom (1963), Cook (1966); Winograd: "Arithmetic Complexity of Computations" (1980); Lavin, Gray: "Fast
Algorithms for Convolutional Neural Networks" (2016).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import numpy as np
from numpy.typing import DTypeLike

from cnn_core.arrays import Array

POINTS = ("0", "1", "-1", "3/2", "-3/2", "2/3", "-2/3", "3")
"""Where polynomials are evaluated, besides infinity; chosen so that float32 keeps an error of about 5e-6 with all of
them."""
FEW_POINTS = ("0", "1", "-1", "2", "-2", "1/2", "-1/2")
"""The better choice where seven or fewer are enough: powers of two round least."""
ONE = 1
"""Row of the point 1. There A holds only ones, so what is added to that product is added to every output: the bias."""
MOST_PRODUCTS = len(POINTS) + 1


@dataclass(frozen=True, eq=False)
class ToomCook:
    """The three matrices for m outputs of a kernel with r weights; a = m + r - 1."""

    outputs: int
    taps: int
    A: Array  # [m, a]
    G: Array  # [a, r]
    B: Array  # [a, a]

    @property
    def products(self) -> int:
        """a: multiplications for m outputs, and inputs they are made of."""
        return self.outputs + self.taps - 1


@cache
def toom_cook(outputs: int, taps: int, dtype: DTypeLike = np.float32) -> ToomCook:
    """A, G and B for ``outputs`` sliding sums of ``taps`` weights; needs 3 ≤ outputs + taps - 1 ≤ 9."""
    finite = outputs + taps - 2
    points = [Fraction(point) for point in (FEW_POINTS if finite <= len(FEW_POINTS) else POINTS)[:finite]]
    A = [[point**j for point in points] + [Fraction(j == outputs - 1)] for j in range(outputs)]
    G, B = [], []
    for i, point in enumerate(points):
        others = points[:i] + points[i + 1 :]
        scale = Fraction(1)
        for other in others:
            scale *= point - other
        G.append([point**k / scale for k in range(taps)])
        B.append([*_product(others), Fraction(0)])
    G.append([Fraction(k == taps - 1) for k in range(taps)])
    B.append(_product(points))
    # rows of B and G may be scaled against each other; powers of two make them alike in size without rounding
    b, g = np.array(B, float), np.array(G, float)
    balance = 2.0 ** -np.round(np.log2(np.abs(b).max(axis=1)))
    matrices = (np.array(A, float), g / balance[:, None], b * balance[:, None])
    return ToomCook(outputs, taps, *(_frozen(matrix.astype(dtype)) for matrix in matrices))


def best_outputs(width: int, taps: int, most_products: int = MOST_PRODUCTS) -> int:
    """How many outputs a tile should have to cover ``width`` with the fewest products; 0 if no tile suits."""
    choices = range(max(4 - taps, 1), most_products - taps + 2)
    return min(choices, key=lambda m: (-(-width // m) * (m + taps - 1), m), default=0)


def _product(roots: list[Fraction]) -> list[Fraction]:
    """Coefficients, lowest first, of Π (t - root)."""
    coefficients = [Fraction(1)]
    for root in roots:
        longer = [Fraction(0), *coefficients]
        for i, coefficient in enumerate(coefficients):
            longer[i] -= coefficient * root
        coefficients = longer
    return coefficients


def _frozen(matrix: Array) -> Array:
    result = np.ascontiguousarray(matrix)
    result.flags.writeable = False
    return result
