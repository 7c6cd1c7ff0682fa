"""The same network as an ONNX graph, with its weights as inputs: what C++ shape inference gets to see."""

from typing import Any

from cnn_shapes.layers.window import Sliding
from cnn_shapes.network import Network, Node


def build(network: Network) -> Any:
    """An ONNX model with a node for each of our layers. Raises KeyError for a kind it has no word for."""
    from onnx import TensorProto, helper

    nodes: list[Any] = []
    inputs = [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, *(network.input.output or ())])]

    def weight(name: str, sizes: list[int]) -> str:
        inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, sizes))
        return name

    for node in network.layers:
        names = [source.name for source in node.inputs]
        operator, weights, attributes = _WRITE[node.kind](node)
        names += [weight(f"{node.name}.{name}", sizes) for name, sizes in weights.items()]
        if node.kind == "global_avgpool":
            nodes.append(helper.make_node("GlobalAveragePool", names, [f"{node.name}.map"]))
            names = [f"{node.name}.map"]
        nodes.append(helper.make_node(operator, names, [node.name], **attributes))
    outputs = [helper.make_tensor_value_info(node.name, TensorProto.FLOAT, None) for node in network.outputs]
    graph = helper.make_graph(nodes, "network", inputs, outputs)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])


Written = tuple[str, dict[str, list[int]], dict[str, Any]]


def _window(node: Node) -> dict[str, Any]:
    layer = node.layer
    assert isinstance(layer, Sliding)
    ends = layer.ends()
    pads = [begin for begin, _ in ends] + [end for _, end in ends]
    return {"kernel_shape": list(layer.kernel_size), "strides": list(layer.stride), "pads": pads}


def _channels(node: Node) -> int:
    x = node.inputs[0].output
    assert x is not None
    return x.channels


def _conv(node: Node) -> Written:
    layer: Any = node.layer
    weights = {"weight": [layer.filters, _channels(node) // layer.groups, *layer.kernel_size]}
    if layer.bias:
        weights["bias"] = [layer.filters]
    return "Conv", weights, {**_window(node), "group": layer.groups}


def _batchnorm(node: Node) -> Written:
    names = ("scale", "bias", "mean", "variance")
    return "BatchNormalization", {name: [_channels(node)] for name in names}, {}


def _dense(node: Node) -> Written:
    layer: Any = node.layer
    return "Gemm", {"weight": [layer.units, _channels(node)], "bias": [layer.units]}, {"transB": 1}


_WRITE: dict[str, Any] = {
    "conv": _conv,
    "batchnorm": _batchnorm,
    "dense": _dense,
    "maxpool": lambda node: ("MaxPool", {}, _window(node)),
    "relu": lambda node: ("Relu", {}, {}),
    "add": lambda node: ("Add", {}, {}),
    "flatten": lambda node: ("Flatten", {}, {}),
    "global_avgpool": lambda node: ("Flatten", {}, {}),
    "dropout": lambda node: ("Identity", {}, {}),
    "adaptive_avgpool": lambda node: ("Identity", {}, {}),
}
