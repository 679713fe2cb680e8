"""From images to vectors."""

from cnn_core.arrays import Array, Shape
from cnn_core.layers.base import Layer, Tape


class Flatten(Layer):
    """Lay out each image as one vector: [n, h, w, c] -> [n, h·w·c], in C order."""

    stem = "flatten"

    def output_shape_for(self, input_shape: Shape) -> Shape:
        size = 1
        for side in input_shape:
            size *= side
        return (size,)

    def forward(self, x: Array, tape: Tape) -> Array:
        tape.keep(self, x.shape)
        return x.reshape(x.shape[0], -1)

    def backward(self, dy: Array, tape: Tape) -> Array:
        (shape,) = tape.kept(self)
        return dy.reshape(shape)
