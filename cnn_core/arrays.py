"""The two types that every signature uses."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.floating[Any]]
"""A float array; float32 in production, float64 in gradient checks."""

Shape: TypeAlias = tuple[int, ...]
"""A shape without the image axis n, for example ``(28, 28, 1)``."""
