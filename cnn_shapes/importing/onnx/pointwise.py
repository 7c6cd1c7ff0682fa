"""Functions of each value by itself, softmax, and normalisations."""

from __future__ import annotations

from math import prod
from typing import Any

from cnn_shapes.importing.building import Refused
from cnn_shapes.importing.onnx.node_reader import NodeOperation, NodeReader
from cnn_shapes.importing.operations import norms as torch_norms
from cnn_shapes.importing.operations.pointwise import prelu as torch_prelu
from cnn_shapes.importing.operations.pointwise import softmax as torch_softmax


def activation(kind: str) -> NodeOperation:
    return lambda n: n.same_shape(kind)


def clip(n: NodeReader) -> Any:
    """From 0 to 6 it is relu6, from 0 on relu; other bounds keep shape and count and have no kind."""
    low, high = (
        n.attribute(name) if n.version < 11 else _number(n, place) for place, name in ((1, "min"), (2, "max"))
    )
    if low == 0 and high == 6:
        return n.same_shape("relu6")
    if low == 0 and (high is None or high > 1e30):
        return n.same_shape("relu")
    if low == -1 and high == 1:
        return n.same_shape("hardtanh")
    return without_kind(n)


def _number(n: NodeReader, place: int) -> float | None:
    found = n.folded(place)
    if found is None:
        return None
    if found.values is None or found.count != 1:
        raise Refused("bounds that are not one number each")
    return float(found.values.ravel()[0])


def same(n: NodeReader) -> Any:
    """The tensor itself: another type, or a copy."""
    return n.given(0)


def without_kind(n: NodeReader) -> Any:
    """A function that the language has no kind for and that changes neither a shape nor a count."""
    x = n.tensor()
    n.left_out(n.node.operation)
    return x


def dropout(n: NodeReader) -> list[Any]:
    rate = n.attribute("ratio", 0.5) if n.version < 12 else _number(n, 1)
    rate = 0.5 if rate is None else round(float(rate), 6)
    x = n.tensor()
    if not 0 < rate < 1:
        return [x, None]
    made = x.holding(n.layer("dropout", {"rate": rate}, [x], x.shape))
    if x.value in n.b.scores:
        n.b.scores[made.value] = n.b.scores[x.value]
    return [made, None]


def softmax(kind: str) -> NodeOperation:
    """Up to version 12 it is over all axes from one on, of which the others must be of size 1."""

    def read(n: NodeReader) -> Any:
        x = n.tensor()
        rank = len(x.dims)
        axis = n.axis(1 if n.version < 13 else -1, rank)
        if n.version < 13:
            large = [dim for dim in range(axis, rank) if x.dims[dim]]
            if len(large) > 1:
                raise Refused(f"a softmax over {len(large)} axes together")
            axis = large[0] if large else axis
        if kind != "softmax":
            return x.holding(n.layer(kind, {}, [x], x.shape))
        return torch_softmax(n.b, n.call, {"input": n.result(), "dim": axis})

    return read


def prelu(n: NodeReader) -> Any:
    """One slope, one per channel, or one per element, by the shape of the slopes."""
    weight = n.own_weights(1)
    x = n.tensor()
    if weight is None:
        raise Refused("no slope")
    sizes = [size for size in weight.shape if size != 1]
    channels = n.b.with_channels_at(n.call, x, 1).shape[0]
    at_channels = len(weight.shape) in (len(x.dims) - 1, len(x.dims)) or len(weight.shape) == 1
    if not sizes or (sizes == [channels] and at_channels):
        return torch_prelu(n.b, n.call, {"input": n.result(), "weight": weight})
    if weight.count == prod(x.shape):
        return x.holding(n.layer("prelu", {"per": "element"}, [x], x.shape))
    raise Refused(f"slopes of the sizes {list(weight.shape)}")


def norm(read: Any, scale: int, bias: int, **more: int) -> NodeOperation:
    """A reader of a normalisation over the channels, its scale and shift being inputs of the node."""

    def reader(n: NodeReader) -> Any:
        given = {"input": n.result(), "weight": n.own_weights(scale), "bias": n.own_weights(bias)}
        given |= {name: n.own_weights(place) for name, place in more.items()}
        return read(n.b, n.call, given)

    return reader


def batch_norm(n: NodeReader) -> list[Any]:
    names = ("weight", "bias", "running_mean")
    given = {"input": n.result(), **{name: n.own_weights(place) for place, name in enumerate(names, 1)}}
    return [torch_norms.batch_norm(n.b, n.call, given), *(None for _ in n.node.outputs[1:])]


def group_norm(n: NodeReader) -> Any:
    weight, bias = n.own_weights(1), n.own_weights(2)
    groups = n.whole("num_groups")
    channels = n.b.with_channels_at(n.call, n.tensor(), 1).shape[0]
    if weight is None or weight.count != channels:
        raise Refused("a scale for each group instead of each channel")
    given = {"input": n.result(), "weight": weight, "bias": bias, "num_groups": groups}
    return torch_norms.group_norm(n.b, n.call, given)


def layer_norm(n: NodeReader) -> list[Any]:
    x = n.tensor()
    axis = n.axis(-1, len(x.dims))
    weight, bias = n.own_weights(1), n.own_weights(2)
    if axis != len(x.dims) - 1:
        raise Refused("a normalisation over several axes with weights for each element")
    x = n.b.with_channels_at(n.call, x, -1)
    if weight is None:
        raise Refused("a normalisation without a scale")
    beliefs = {"expect": [weight.shape[-1], *(None for _ in x.axes[1:])]}
    if bias is None:  # a scale without a shift: of a norm without weights, by a layer of its own
        value = n.layer("layernorm", {"affine": False}, [x], x.shape, beliefs=beliefs)
        value = n.b.layer(n.call, "scale", {}, [value], x.shape)
    else:
        value = n.layer("layernorm", {}, [x], x.shape, beliefs=beliefs, weights=[weight, bias])
    return [x.holding(value), *(None for _ in n.node.outputs[1:])]


def lrn(n: NodeReader) -> Any:
    x = n.b.with_channels_at(n.call, n.tensor(), 1)
    return x.holding(n.layer("lrn", {}, [x], x.shape))


def l2norm(n: NodeReader) -> Any:
    x = n.tensor()
    x = n.b.with_channels_at(n.call, x, n.axis(-1, len(x.dims)))
    return x.holding(n.layer("l2norm", {}, [x], x.shape))


_ACTIVATIONS = {
    "Relu": "relu", "LeakyRelu": "leaky_relu", "Elu": "elu", "Selu": "selu", "Celu": "celu", "Gelu": "gelu",
    "Mish": "mish", "Sigmoid": "sigmoid", "HardSigmoid": "hardsigmoid", "HardSwish": "hardswish",
    "Swish": "silu", "Tanh": "tanh", "Softplus": "softplus", "Softsign": "softsign",
    "ThresholdedRelu": "threshold", "Exp": "exponential",
}  # fmt: skip
_WITHOUT_KIND = (
    "Abs", "Neg", "Log", "Sqrt", "Reciprocal", "Floor", "Ceil", "Round", "Sign", "Erf", "Sin", "Cos", "Not",
    "Shrink", "Hardmax", "IsNaN",
)  # fmt: skip
OPERATIONS: dict[str, NodeOperation] = {
    **{name: activation(kind) for name, kind in _ACTIVATIONS.items()},
    **dict.fromkeys(_WITHOUT_KIND, without_kind),
    "Clip": clip,
    "Identity": same,
    "Cast": same,
    "CastLike": same,
    "Dropout": dropout,
    "Softmax": softmax("softmax"),
    "LogSoftmax": softmax("log_softmax"),
    "PRelu": prelu,
    "BatchNormalization": batch_norm,
    "InstanceNormalization": norm(torch_norms.instance_norm, 1, 2),
    "GroupNormalization": group_norm,
    "LayerNormalization": layer_norm,
    "LRN": lrn,
    "LpNormalization": l2norm,
}
