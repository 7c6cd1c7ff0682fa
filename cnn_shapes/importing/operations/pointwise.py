"""Functions of each value by itself, and those of every vector along an axis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnn_shapes.importing.arrangement import Arranged, group_of
from cnn_shapes.importing.building import LayerBuilder, Refused
from cnn_shapes.importing.operations.operation import TorchOperation, operation, whole
from cnn_shapes.importing.operations.windows import weights_of
from cnn_shapes.importing.recording import Constant, RecordedCall
from cnn_shapes.shapes import AXIS_NAMES

Arguments = Mapping[str, Any]


def axis_name(rank: int, axis: int) -> str:
    return "channels" if axis == 0 else AXIS_NAMES[rank][axis - 1]


def activation(kind: str) -> Any:
    def read(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
        x = b.known(a["input"])
        if isinstance(x, Constant):
            return x
        return x.holding(b.layer(call, kind, {}, [x.value], x.shape))

    return read


def hardtanh(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
    bounds = (a.get("min_val", -1), a.get("max_val", 1))
    return activation("relu6" if bounds == (0, 6) else "hardtanh")(b, call, a)


def dropout(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
    x = b.tensor(a["input"])
    rate = a.get("p", 0.5)
    if not isinstance(rate, int | float):
        raise Refused("a dropout whose rate is computed")
    if not 0 < rate < 1:
        return x
    value = b.layer(call, "dropout", {"rate": round(rate, 6)}, [x.value], x.shape)
    if x.value in b.scores:
        b.scores[value] = b.scores[x.value]
    return x.holding(value)


def prelu(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
    weight = weights_of(a["weight"])
    x = b.with_channels_at(call, b.tensor(a["input"]), 1)
    fields = {} if weight.count == 1 else {"per": "channel"}
    beliefs = {} if weight.count == 1 else {"num_parameters": weight.count}
    value = b.layer(call, "prelu", fields, [x.value], x.shape, weights=[weight], beliefs=beliefs)
    return x.holding(value)


def softmax(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
    x = b.tensor(a["input"])
    dim = a.get("dim")
    if dim is None:
        raise Refused("a softmax without a dimension")
    axis = x.axis_of(whole(dim))
    if axis is None:
        dim = whole(dim) % len(x.dims) - len(x.dims)
        x = b.as_plain(call, x)
        axis = len(x.axes) + dim
    fields = {} if axis == 0 else {"axis": axis_name(len(x.axes) - 1, axis)}
    value = b.layer(call, "softmax", fields, [x.value], x.shape)
    scores = b.scores.get(x.value)
    if scores is not None and whole(dim) % len(x.dims) == len(x.dims) - 1:
        b.scores[value] = scores._replace(weighs=True)
    return x.holding(value)


def glu(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
    x = b.tensor(a["input"])
    dim = whole(a.get("dim", -1))
    x = b.with_channels_at(call, x, dim)
    size = x.shape[0] // 2
    value = b.layer(call, "glu", {}, [x.value], (size, *x.shape[1:]))
    if x.axis_of(dim) == 0:
        return x.resized(value, 0, dim, size)
    group = group_of(size)
    dims = list(x.dims)
    dims[dim] = group
    return Arranged(value, (group, *x.axes[1:]), tuple(dims), x.batch)


def same(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
    """The tensor itself: another type, a copy, or the same elements in another place of the memory."""
    return b.known(a["rest"][0] if "rest" in a else a["input"])


def without_kind(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
    """A function that the language has no kind for and that changes neither a shape nor a count."""
    x = b.known(a["rest"][0])
    if isinstance(x, Arranged):
        b.left_out.setdefault(call.operation.strip("_"))
    return x


def constant(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
    return Constant(call.shapes[0], seen=True)


_ACTIVATIONS = (
    "relu", "relu6", "leaky_relu", "elu", "selu", "celu", "gelu", "silu", "mish", "sigmoid", "hardsigmoid",
    "hardswish", "tanh", "softplus", "softsign", "logsigmoid", "hardshrink", "softshrink", "tanhshrink",
    "rrelu", "threshold", "softmin", "log_softmax",
)  # fmt: skip
_IGNORED = (
    "inplace negative_slope alpha beta threshold approximate training lower upper value lambd dtype "
    "_stacklevel dim"
)
_UNKNOWN = (
    "abs", "neg", "log", "log2", "log1p", "expm1", "pow", "square", "sqrt", "rsqrt", "reciprocal", "clamp",
    "clip", "clamp_min", "clamp_max", "sign", "round", "floor", "ceil", "erf", "sin", "cos", "nan_to_num",
    "roll", "flip", "absolute", "negative", "rpow",
)  # fmt: skip
_SAME = (
    "contiguous", "clone", "detach", "float", "half", "bfloat16", "double", "to", "type", "type_as", "cpu",
    "cuda", "requires_grad", "alias", "get_data", "feature_dropout", "positive", "pos", "data",
)  # fmt: skip
_DROPOUTS = ("dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout")
_CONSTANTS = (
    "zeros_like", "ones_like", "full_like", "empty_like", "rand_like", "randn_like", "new_zeros", "new_ones",
    "new_full", "new_empty", "new_tensor", "bernoulli",
)  # fmt: skip
_ONE = "input first second third fourth"
OPERATIONS: dict[str, TorchOperation] = {
    **{name: operation(activation(name), _ONE, _IGNORED) for name in _ACTIVATIONS},
    "exp": operation(activation("exponential"), "input"),
    "hard_sigmoid": operation(activation("hardsigmoid"), "input", _IGNORED),
    "hardtanh": operation(hardtanh, "input min_val max_val", "inplace"),
    **{name: operation(dropout, "input p training inplace", "training inplace") for name in _DROPOUTS},
    "prelu": operation(prelu, "input weight"),
    "softmax": operation(softmax, "input dim dtype", "_stacklevel dtype"),
    "glu": operation(glu, "input dim"),
    **{name: operation(same, "*rest", "dtype device copy non_blocking memory_format") for name in _SAME},
    **{
        name: operation(without_kind, "*rest", "min max exponent dims shifts decimals nan posinf neginf dim")
        for name in _UNKNOWN
    },
    **{name: operation(constant, "*rest", "dtype device requires_grad size") for name in _CONSTANTS},
}
