"""How the images of a shard stand in planes, for `conv_planes`."""

from __future__ import annotations

from dataclasses import dataclass

from cnn_core.arrays import Shape
from cnn_core.engine.kernels.toom_cook import ToomCook
from cnn_core.layers import Conv2D


def taps_along_planes(layer: Conv2D) -> int:
    """Planes that a window reaches over."""
    return -(-layer.kernel_size[1] // layer.stride[1])


@dataclass(frozen=True)
class PlaneGeometry:
    """Where the images of a shard lie in planes."""

    n: int
    top: int  # zero pixels above the first image
    left: int  # zero columns before column 0
    pitch: int  # output pixels from one image to the next; input pixels: s_h times as many
    rows: int  # output pixels of a plane, a multiple of `apart`
    apart: int  # T: windows that many outputs apart do not overlap
    tiles: int
    planes_in: int
    planes_out: int

    @classmethod
    def of(cls, layer: Conv2D, input_shape: Shape, scheme: ToomCook | None, n: int) -> PlaneGeometry:
        """For n images of ``input_shape``; ``scheme`` None: each plane by itself."""
        (h, w, _), (h_out, w_out, _) = input_shape, layer.output_shape_for(input_shape)
        (top, bottom), (left, _) = layer.pads(h, w)
        s_h, s_w = layer.stride
        pitch = max(-(-(h + max(top, bottom)) // s_h), h_out)
        apart = -(-layer.kernel_size[0] // s_h)
        rows = -(-(-(-top // s_h) + n * pitch) // apart) * apart
        outputs = scheme.outputs if scheme else w_out
        tiles = -(-w_out // outputs)
        planes_out = tiles * outputs
        planes_in = max(
            planes_out + taps_along_planes(layer) - 1, -(-(left + w) // s_w)
        )  # the last columns may be in no window
        return cls(n, top, left, pitch, rows, apart, tiles, planes_in, planes_out)
