"""Small ONNX models, each of one operation or a chain that exporters write, made by hand."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from onnx import NodeProto, TensorProto, helper, numpy_helper

IMAGE = {"x": (1, 6, 12, 20)}
TOKENS = {"x": (1, 10, 16)}
VECTOR = {"x": (1, 24)}


class Row(NamedTuple):
    """The nodes of a model, its inputs, and its weights: sizes of learned ones, or numbers."""

    nodes: Sequence[NodeProto]
    inputs: Mapping[str, Sequence[int | str]] = IMAGE
    weights: Mapping[str, Any] = {}
    opset: int = 17


def node(operation: str, inputs: str, outputs: str = "y", **attributes: Any) -> NodeProto:
    names = ["" if name == "_" else name for name in inputs.split()]
    return helper.make_node(operation, names, outputs.split(), name=f"{operation}_0", **attributes)


def made(row: Row, names: Mapping[str, str] | None = None) -> bytes:
    """The bytes of a file. A list of numbers is a constant, a tuple the sizes of something learned."""
    random = np.random.default_rng(0)
    stored = [
        numpy_helper.from_array(
            random.random(value, np.float32)
            if isinstance(value, tuple)
            else np.array(value, np.float32 if np.array(value).dtype.kind == "f" else np.int64),
            name,
        )
        for name, value in row.weights.items()
    ]
    kinds = names or {}
    inputs = [
        helper.make_tensor_value_info(name, getattr(TensorProto, kinds.get(name, "FLOAT")), list(sizes))
        for name, sizes in row.inputs.items()
    ]
    outputs = [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)]
    graph = helper.make_graph(list(row.nodes), "graph", inputs, outputs, stored)
    opsets = [helper.make_opsetid("", row.opset)]
    return bytes(helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString())


def _conv(**attributes: Any) -> Row:
    return Row([node("Conv", "x w b", **attributes)], IMAGE, {"w": (8, 6, 3, 3), "b": (8,)})


def _alone(operation: str, opset: int = 17, **attributes: Any) -> Row:
    return Row([node(operation, "x", **attributes)], opset=opset)


def _pool(operation: str, opset: int = 17, **attributes: Any) -> Row:
    return _alone(operation, opset, **{"kernel_shape": [3, 3], **attributes})


def _with(
    operation: str, *numbers: Any, inputs: Mapping[str, Any] = IMAGE, opset: int = 17, **more: Any
) -> Row:
    names = [f"n{place}" if one is not None else "_" for place, one in enumerate(numbers)]
    weights = {name: one for name, one in zip(names, numbers, strict=True) if one is not None}
    return Row([node(operation, " ".join(["x", *names]), **more)], inputs, weights, opset)


def _shape_of(*more: NodeProto, **weights: Any) -> Row:
    """Nodes that compute with the sizes of the input, in the tensor `s`."""
    return Row([node("Shape", "x", "s"), *more], IMAGE, weights)


_SEQUENCE = {"x": (10, 1, 16)}  # the steps first, then the batch


def _recurrent(operation: str, gates: int, both: bool = False, **attributes: Any) -> Row:
    count = 2 if both else 1
    weights = {"w": (count, gates * 5, 16), "r": (count, gates * 5, 5), "b": (count, 2 * gates * 5)}
    more = {"direction": "bidirectional"} if both else {}
    nodes = [
        node(operation, "x w r b", "all last", hidden_size=5, **more, **attributes),
        node("Transpose", "all", "t", perm=[0, 2, 1, 3]),
        node("Reshape", "t to", "y"),
    ]
    return Row(nodes, _SEQUENCE, {**weights, "to": [0, 0, -1]})


ROWS: dict[str, Row] = {
    "conv": _conv(),
    "conv-stride-pads": _conv(strides=[2, 3], pads=[1, 0, 2, 1]),
    "conv-dilation": _conv(dilations=[2, 3], pads=[2, 3, 2, 3]),
    "conv-same-upper": _conv(auto_pad="SAME_UPPER", strides=[2, 3]),
    "conv-same-lower": _conv(auto_pad="SAME_LOWER", strides=[2, 3]),
    "conv-valid": _conv(auto_pad="VALID"),
    "conv-groups": Row([node("Conv", "x w", group=6)], IMAGE, {"w": (12, 1, 3, 3)}),
    "conv-1d": Row([node("Conv", "x w", pads=[1, 1])], {"x": (1, 6, 30)}, {"w": (8, 6, 3)}),
    "conv-3d": Row([node("Conv", "x w")], {"x": (1, 2, 8, 9, 10)}, {"w": (4, 2, 3, 3, 3)}),
    "conv-transpose": Row([node("ConvTranspose", "x w", strides=[2, 2])], IMAGE, {"w": (6, 4, 3, 3)}),
    "conv-transpose-pads": Row(
        [node("ConvTranspose", "x w b", strides=[2, 2], pads=[1, 1, 1, 1], output_padding=[1, 1], group=2)],
        IMAGE,
        {"w": (6, 4, 3, 3), "b": (8,)},
    ),
    "conv-transpose-uneven": Row(
        [node("ConvTranspose", "x w", strides=[2, 2], pads=[0, 1, 1, 0])], IMAGE, {"w": (6, 4, 3, 3)}
    ),
    "conv-transpose-same": Row(
        [node("ConvTranspose", "x w", strides=[2, 2], auto_pad="SAME_UPPER")], IMAGE, {"w": (6, 4, 3, 3)}
    ),
    "conv-transpose-output-shape": Row(
        [node("ConvTranspose", "x w", strides=[2, 2], output_shape=[24, 41])], IMAGE, {"w": (6, 4, 3, 3)}
    ),
    "maxpool": _pool("MaxPool", strides=[2, 2]),
    "maxpool-no-stride": _pool("MaxPool"),
    "maxpool-ceil": _pool("MaxPool", strides=[2, 2], ceil_mode=1),
    "maxpool-ceil-clipped": _pool(
        "MaxPool", 22, kernel_shape=[2, 2], strides=[3, 3], pads=[1, 1, 1, 1], ceil_mode=1
    ),
    "maxpool-dilated": _pool("MaxPool", dilations=[2, 2]),
    "maxpool-same": _pool("MaxPool", strides=[2, 2], auto_pad="SAME_LOWER"),
    "avgpool": _pool("AveragePool", strides=[2, 2], pads=[1, 1, 1, 1], count_include_pad=1),
    "avgpool-uneven": _pool("AveragePool", strides=[2, 2], pads=[0, 0, 1, 1]),
    "lppool": _pool("LpPool", strides=[2, 2]),
    "global-avgpool": _alone("GlobalAveragePool"),
    "global-maxpool": _alone("GlobalMaxPool"),
    "mean-of-map": _alone("ReduceMean", axes=[2, 3], keepdims=0),
    "mean-of-height": _alone("ReduceMean", axes=[-2], keepdims=1),
    "mean-by-input": _with("ReduceMean", [2, 3], opset=18, keepdims=1),
    "max-of-map": _alone("ReduceMax", axes=[2, 3]),
    "sum-of-channels": _with("ReduceSum", [1], keepdims=1),
    "norm-of-map": _alone("ReduceL2", axes=[2, 3]),
    "gemm": _with("Gemm", (24, 10), (10,), inputs=VECTOR),
    "gemm-turned": _with("Gemm", (10, 24), inputs=VECTOR, transB=1),
    "matmul": _with("MatMul", (16, 5), inputs=TOKENS),
    "matmul-and-bias": Row(
        [node("MatMul", "x w", "m"), node("Add", "m b")], TOKENS, {"w": (16, 5), "b": (5,)}
    ),
    "matmul-last-of-image": _with("MatMul", (20, 5)),
    "matmul-of-two": Row(
        [node("Transpose", "x", "t", perm=[0, 2, 1]), node("MatMul", "x t")], TOKENS
    ),
    "attention": Row(
        [
            *(node("MatMul", f"x w{one}", one) for one in "qkv"),
            node("Transpose", "k", "kt", perm=[0, 2, 1]),
            node("MatMul", "q kt", "s"),
            node("Div", "s d", "sd"),
            node("Softmax", "sd", "p", axis=-1),
            node("MatMul", "p v"),
        ],
        TOKENS,
        {"wq": (16, 8), "wk": (16, 8), "wv": (16, 8), "d": 2.8},
    ),
    "batchnorm": _with("BatchNormalization", (6,), (6,), (6,), (6,)),
    "instancenorm": _with("InstanceNormalization", (6,), (6,)),
    "groupnorm": _with("GroupNormalization", (6,), (6,), opset=21, num_groups=3),
    "layernorm": _with("LayerNormalization", (16,), (16,), inputs=TOKENS),
    "layernorm-without-bias": _with("LayerNormalization", (16,), inputs=TOKENS),
    "layernorm-written-out": Row(
        [
            node("ReduceMean", "x", "m", axes=[-1]),
            node("Sub", "x m", "d"),
            node("Pow", "d two", "p"),
            node("ReduceMean", "p", "v", axes=[-1]),
            node("Add", "v e", "a"),
            node("Sqrt", "a", "r"),
            node("Div", "d r", "n"),
            node("Mul", "n w", "t"),
            node("Add", "t b"),
        ],
        TOKENS,
        {"two": 2.0, "e": 1e-5, "w": (16,), "b": (16,)},
    ),
    "lrn": _alone("LRN", size=5),
    "l2norm": _alone("LpNormalization", axis=1),
    "relu6": _with("Clip", 0.0, 6.0),
    "relu6-by-attributes": _alone("Clip", 7, min=0.0, max=6.0),
    "gelu": _alone("Gelu", 20),
    "gelu-written-out": Row(
        [
            node("Div", "x r", "d"),
            node("Erf", "d", "e"),
            node("Add", "e one", "a"),
            node("Mul", "x a", "m"),
            node("Mul", "m half"),
        ],
        IMAGE,
        {"r": 1.4142135, "one": 1.0, "half": 0.5},
    ),
    "silu-written-out": Row([node("Sigmoid", "x", "s"), node("Mul", "x s")]),
    "mish": _alone("Mish", 18),
    "hardswish": _alone("HardSwish"),
    "hardsigmoid": _alone("HardSigmoid"),
    "celu": _alone("Celu"),
    "thresholded": _alone("ThresholdedRelu"),
    "softmax": _alone("Softmax", axis=1),
    "softmax-old": Row([node("Softmax", "x")], VECTOR, {}, 11),
    "log-softmax": _alone("LogSoftmax", axis=1),
    "prelu-one": _with("PRelu", (1,)),
    "prelu-channels": _with("PRelu", (6, 1, 1)),
    "dropout": _with("Dropout", 0.3),
    "dropout-old": _alone("Dropout", 7, ratio=0.3),
    "exp": _alone("Exp"),
    "sqrt": _alone("Sqrt"),
    "add-two": Row([node("Relu", "x", "r"), node("Add", "r x")]),
    "add-three": Row([node("Relu", "x", "r"), node("Sigmoid", "x", "s"), node("Sum", "r x s")]),
    "sub-two": Row([node("Relu", "x", "r"), node("Sub", "r x")]),
    "max-two": Row([node("Relu", "x", "r"), node("Max", "r x")]),
    "mean-two": Row([node("Relu", "x", "r"), node("Mean", "r x")]),
    "gate": Row([node("GlobalAveragePool", "x", "g"), node("Mul", "x g")]),
    "scale-channels": _with("Mul", (6, 1, 1)),
    "scale-elements": _with("Mul", (6, 12, 20)),
    "plus-number": _with("Add", 3.0),
    "concat": Row([node("Relu", "x", "r"), node("Concat", "x r", axis=1)]),
    "concat-width": Row([node("Relu", "x", "r"), node("Concat", "x r", axis=-1)]),
    "split": Row([node("Split", "x", "a b", axis=1), node("Concat", "b a", axis=1)], opset=13),
    "split-sizes": Row(
        [node("Split", "x sizes", "a b", axis=1), node("Concat", "b a", axis=1)], IMAGE, {"sizes": [2, 4]}
    ),
    "slice-rows": _with("Slice", [2], [-1], [2]),
    "slice-steps": _with("Slice", [0, 1], [2**62, 2**62], [2, 3], [2, 2]),
    "slice-channels": _with("Slice", [0], [2], [1]),
    "slice-old": _alone("Slice", 9, starts=[1], ends=[5], axes=[3]),
    "gather-place": Row([node("Gather", "x at", axis=1)], TOKENS, {"at": 0}),
    "embedding": Row([node("Gather", "w x")], {"x": (1, 10)}, {"w": (100, 16)}),
    "pad": _with("Pad", [0, 0, 1, 2, 0, 0, 3, 4]),
    "pad-reflect": _with("Pad", [0, 0, 1, 2, 0, 0, 3, 4], mode="reflect"),
    "pad-crop": _with("Pad", [0, 0, -1, 2, 0, 0, 3, -4]),
    "pad-axes": _with("Pad", [1, 2], None, [2], opset=18),
    "pad-old": _alone("Pad", 9, pads=[0, 0, 1, 2, 0, 0, 3, 4]),
    "reshape": _with("Reshape", [0, 3, 2, -1]),
    "reshape-to-vector": _with("Reshape", [1, -1]),
    "reshape-keeps": _with("Reshape", [-1, 1440]),
    "flatten": _alone("Flatten"),
    "flatten-negative": _alone("Flatten", axis=-3),
    "transpose": _alone("Transpose", perm=[0, 2, 3, 1]),
    "squeeze": Row([node("GlobalAveragePool", "x", "g"), node("Squeeze", "g axes")], IMAGE, {"axes": [2, 3]}),
    "unsqueeze": _with("Unsqueeze", [1], inputs=TOKENS),
    "unsqueeze-old": Row([node("Unsqueeze", "x", axes=[3])], TOKENS, {}, 11),
    "tokens": Row(
        [node("Reshape", "x to", "r"), node("Transpose", "r", perm=[0, 2, 1])], IMAGE, {"to": [0, 6, -1]}
    ),
    "shuffle": Row(
        [
            node("Reshape", "x a", "r"),
            node("Transpose", "r", "t", perm=[0, 2, 1, 3, 4]),
            node("Reshape", "t b"),
        ],
        IMAGE,
        {"a": [1, 2, 3, 12, 20], "b": [1, 6, 12, 20]},
    ),
    "resize-scales": _with("Resize", None, [1.0, 1.0, 2.0, 2.0]),
    "resize-fraction": _with("Resize", None, [1.0, 1.0, 1.3, 0.55], mode="linear"),
    "resize-sizes": _with("Resize", None, None, [1, 6, 30, 31]),
    "resize-axes": _with("Resize", None, None, [30, 31], opset=18, axes=[2, 3]),
    "resize-old": _with("Resize", [1.0, 1.0, 2.0, 2.0], opset=10),
    "upsample": _with("Upsample", [1.0, 1.0, 3.0, 2.0], opset=9),
    "upsample-attribute": _alone("Upsample", 7, scales=[1.0, 1.0, 3.0, 2.0]),
    "depth-to-space": Row([node("DepthToSpace", "x", blocksize=2, mode="CRD")], {"x": (1, 8, 3, 5)}),
    "space-to-depth": _alone("SpaceToDepth", blocksize=2),
    "expand": Row([node("GlobalAveragePool", "x", "g"), node("Expand", "g to")], IMAGE, {"to": [1, 6, 4, 5]}),
    "tile": _with("Tile", [1, 1, 2, 1]),
    "lstm": _recurrent("LSTM", 4),
    "lstm-both": _recurrent("LSTM", 4, both=True),
    "gru": _recurrent("GRU", 3),
    "rnn": _recurrent("RNN", 1),
    "identity-and-cast": Row([node("Identity", "x", "i"), node("Cast", "i", to=1)]),
    # sizes that are computed from others
    "flatten-computed": _shape_of(
        node("Gather", "s zero", "n", axis=0),
        node("Unsqueeze", "n axis", "u"),
        node("Concat", "u rest", "to", axis=0),
        node("Reshape", "x to"),
        zero=0, axis=[0], rest=[-1],
    ),
    "halves-computed": _shape_of(
        node("Slice", "s two four", "hw"),
        node("Mul", "hw factor", "doubled"),
        node("Slice", "s none two", "nc"),
        node("Concat", "nc doubled", "to", axis=0),
        node("Resize", "x _ _ to"),
        two=[2], four=[4], factor=[2, 3], none=[0],
    ),
    "quotient-computed": _shape_of(
        node("Gather", "s one", "c", axis=0),
        node("Div", "c two", "half"),
        node("Cast", "half", "f", to=1),
        node("Floor", "f", "g"),
        node("Cast", "g", "i", to=7),
        node("Unsqueeze", "i axis", "end"),
        node("ConstantOfShape", "one_size", "begin"),
        node("Cast", "begin", "start", to=7),
        node("Range", "one two one", "axes"),
        node("Slice", "x start end axes"),
        one=1, two=2, axis=[0], one_size=[1],
    ),
    "ends-computed": _shape_of(
        node("Shape", "x", "whole", start=2),
        node("Identity", "whole", "same"),
        node("Concat", "keep same", "to", axis=0),
        node("Reshape", "x to"),
        keep=[0, 6],
    ),
}  # fmt: skip
