"""Export to ONNX, so that a model trained here runs in other programs.

Needs the optional package ``onnx``. The graph takes images [n, h, w, c] as everything here does; ONNX convolves
[n, c, h, w], so convolution and pooling stand between two transpositions.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cnn_core.arrays import Shape
from cnn_core.errors import CnnError
from cnn_core.files import write_atomically
from cnn_core.layers import (
    AveragePool2D,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    LeakyReLU,
    MaxPool2D,
    ReLU,
    Sigmoid,
    Softmax,
    Tanh,
)
from cnn_core.model import Sequential

if TYPE_CHECKING:
    from onnx import NodeProto, TensorProto

OPSET = 17
TO_ONNX, FROM_ONNX = (0, 3, 1, 2), (0, 2, 3, 1)
ELEMENTWISE: dict[type[Layer], str] = {ReLU: "Relu", Sigmoid: "Sigmoid", Tanh: "Tanh"}


class _Graph:
    """Nodes and constants in the order in which the layers ask for them."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []
        self.current = "images"

    def add(self, operator: str, constants: dict[str, np.ndarray] | None = None, **attributes: Any) -> None:
        """Apply ``operator`` to the current value and ``constants``; the result is the new current value."""
        from onnx import helper, numpy_helper

        for name, array in (constants or {}).items():
            self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        result = f"value_{len(self.nodes) + 1}"
        inputs = [self.current, *(constants or {})]
        self.nodes.append(helper.make_node(operator, inputs, [result], name=result, **attributes))
        self.current = result


def export_onnx(path: str | Path, model: Sequential) -> None:
    """Write ``model`` as an ONNX file whose output is what `Sequential.predict` gives; raises `CnnError`."""
    try:
        from onnx import TensorProto, helper
    except ImportError as error:
        raise CnnError("Export to ONNX expected the package onnx. Install it: pip install 'cnn-gui[onnx]'") from error
    graph = _Graph()
    for layer, row in zip(model.trunk, model.summary(), strict=False):
        _add_layer(graph, layer, row.input_shape)
    graph.add("Softmax", axis=-1)
    images = helper.make_tensor_value_info("images", TensorProto.FLOAT, ["n", *model.input_shape])
    output = helper.make_tensor_value_info(graph.current, TensorProto.FLOAT, ["n", *model.output_shape])
    onnx_model = helper.make_model(
        helper.make_graph(graph.nodes, model.name, [images], [output], graph.constants),
        opset_imports=[helper.make_opsetid("", OPSET)],
        producer_name="cnn-gui",
        ir_version=8,
    )
    write_atomically(Path(path), onnx_model.SerializeToString())


def _add_layer(graph: _Graph, layer: Layer, input_shape: Shape) -> None:
    match layer:
        case Conv2D():
            rows, columns = layer.pads(*input_shape[:2])
            weights = {
                f"{layer.name}.weight": layer.parameters["weight"].transpose(3, 2, 0, 1),
                f"{layer.name}.bias": layer.parameters["bias"],
            }
            pads = [rows[0], columns[0], rows[1], columns[1]]
            _image_operator(graph, "Conv", weights, strides=layer.stride, pads=pads)
        case MaxPool2D():
            _image_operator(graph, "MaxPool", kernel_shape=layer.pool_size, strides=layer.stride)
        case AveragePool2D():
            _image_operator(graph, "AveragePool", kernel_shape=layer.pool_size, strides=layer.stride)
        case Dense():
            graph.add("Gemm", {f"{layer.name}.{key}": value for key, value in layer.parameters.items()})
        case Flatten():
            graph.add("Flatten", axis=1)
        case BatchNorm():
            scale = layer.parameters["scale"] / np.sqrt(layer.buffers["variance"] + np.float32(layer.epsilon))
            graph.add("Mul", {f"{layer.name}.scale": scale})
            graph.add("Add", {f"{layer.name}.shift": layer.parameters["shift"] - scale * layer.buffers["mean"]})
        case LeakyReLU():
            graph.add("LeakyRelu", alpha=layer.slope)
        case Softmax():
            graph.add("Softmax", axis=-1)
        case Dropout():
            pass
        case _ if type(layer) in ELEMENTWISE:
            graph.add(ELEMENTWISE[type(layer)])
        case _:
            raise CnnError(f"ONNX export expected a layer that it knows, received {layer.label}.")


def _image_operator(
    graph: _Graph, operator: str, constants: dict[str, np.ndarray] | None = None, **attributes: Any
) -> None:
    """An operator that wants the channels before the rows."""
    graph.add("Transpose", perm=TO_ONNX)
    graph.add(operator, constants, **attributes)
    graph.add("Transpose", perm=FROM_ONNX)
