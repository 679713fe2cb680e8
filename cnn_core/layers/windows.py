"""Geometry shared by convolution and pooling: how a window walks over an image."""

from cnn_core.arrays import Array

Pair = tuple[int, int]


def same_padding(size: int, window: int, stride: int) -> Pair:
    """Zeros before and after an axis so that ``ceil(size / stride)`` windows fit; the odd one goes after."""
    outputs = -(-size // stride)
    missing = max((outputs - 1) * stride + window - size, 0)
    return missing // 2, missing - missing // 2


def count_windows(size: int, window: int, stride: int) -> int:
    """How many windows fit entirely into an axis."""
    return (size - window) // stride + 1


def shifted(x: Array, i: int, j: int, outputs: Pair, stride: Pair) -> Array:
    """View of ``x`` [n, h, w, c]: what element (i, j) of every window sees, [n, h_out, w_out, c]."""
    return x[:, i : i + outputs[0] * stride[0] : stride[0], j : j + outputs[1] * stride[1] : stride[1]]
