"""Each layer kind in PyTorch: what is made once, and what is called in `forward`. Channels stand first."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from cnn_shapes.export.code import SELF, Code, Slot, Source, Unexportable, X, axes, call, joined, option
from cnn_shapes.layers.list_fields import WrittenPairs
from cnn_shapes.shapes import CEIL, Shape

if TYPE_CHECKING:
    from cnn_shapes.network import Node

Pads = Sequence[tuple[int, int]]
_LINEAR = {1: "linear", 2: "bilinear", 3: "trilinear"}
_FUNCTIONS = {"sigmoid": "torch.sigmoid", "tanh": "torch.tanh"}
LRN_SIZE = 5  # AlexNet's; a spec does not say it, and it changes no shape


class Written(NamedTuple):
    """A layer as code: the module that it keeps (None: none), and the expression in `forward`."""

    made: Code | None
    called: Code


def written(node: Node) -> Written:
    """The code of one layer. Raises Unexportable where PyTorch has no such layer."""
    layer: Any = node.layer
    write = _KINDS.get(node.kind)
    if write is None:
        return Written(None, call(_FUNCTIONS.get(node.kind, f"F.{node.kind}"), X))
    shapes = [shape for shape in node.input_shapes if shape is not None]
    assert node.output is not None
    result: Written = write(node, layer, shapes[0], node.output)
    return result


def _refuse(node: Node, why: str) -> Unexportable:
    return Unexportable(f"{node.name}: PyTorch has no {node.kind} {why}")


def _module(name: str, rank: int, *arguments: Slot, **keywords: Slot) -> Code:
    return call(f"nn.{name}{rank}d", *arguments, **keywords)


def _function(name: str, rank: int, x: Code, *arguments: Slot, **keywords: Slot) -> Code:
    return call(f"F.{name}{rank}d", x, *arguments, **keywords)


def padded(x: Code, pads: Pads, value: str = "") -> Code:
    """`F.pad`, which counts from the last axis; a negative amount cuts off. Nothing to do leaves `x`."""
    amounts = tuple(amount for pair in reversed(tuple(pads)) for amount in pair)
    if not any(amounts):
        return x
    return ("F.pad(", *x, ", ", Slot(amounts, "padding"), f", value={value})" if value else ")")


def _symmetric(pads: Pads) -> tuple[int, ...] | None:
    return None if any(begin != end for begin, end in pads) else tuple(begin for begin, _ in pads)


def _per_axis(values: Sequence[int], role: str, default: int = 1) -> Slot:
    return option(axes(values), default, role)


def _conv(node: Node, layer: Any, x: Shape, output: Shape) -> Written:
    """Plain, depthwise and separable convolutions; padding that PyTorch cannot say is an `F.pad` before."""
    pads = [(window.before, window.after) for window in layer.windows(x)]
    padding: Any = _symmetric(pads)
    if layer.padding == "same" and set(layer.stride) == {1}:
        padding = "same"
    before: Code = (X,) if padding is not None else padded((X,), pads)
    options = {
        "stride": _per_axis(layer.stride, "stride"),
        "padding": option(0 if padding is None else padding, 0, "padding"),
        "dilation": _per_axis(layer.dilation, "dilation"),
    }
    if isinstance(padding, tuple):
        options["padding"] = _per_axis(padding, "padding", 0)
    kernel = Slot(axes(layer.kernel_size), "kernel_size")
    channels = Slot(x.channels, "in_channels")
    bias = option(layer.bias, True, "bias")
    if node.kind == "conv":
        options |= {"groups": option(layer.groups, 1, "groups"), "bias": bias}
        filters = Slot(layer.filters, "out_channels")
        return Written(_module("Conv", x.rank, channels, filters, kernel, **options), call(SELF, before))
    between = Slot(x.channels * layer.multiplier, "between")
    options |= {"groups": Slot(x.channels, "in_channels")}
    if node.kind == "depthwise_conv":
        made = _module("Conv", x.rank, channels, between, kernel, **options, bias=bias)
        return Written(made, call(SELF, before))
    depthwise = _module(
        "Conv", x.rank, channels, between, kernel, **options, bias=option(False, True, "bias")
    )
    pointwise = _module("Conv", x.rank, between, Slot(layer.filters, "out_channels"), Slot(1), bias=bias)
    return Written(call("nn.Sequential", depthwise, pointwise), call(SELF, before))


def _conv_transpose(node: Node, layer: Any, x: Shape, output: Shape) -> Written:
    """Padding that differs at the two ends is cut off behind the layer."""
    pads = [(window.before, window.after) for window in layer.windows(x)]
    padding = _symmetric(pads)
    made = _module(
        "ConvTranspose",
        x.rank,
        Slot(x.channels, "in_channels"),
        Slot(layer.filters, "out_channels"),
        Slot(axes(layer.kernel_size), "kernel_size"),
        stride=_per_axis(layer.stride, "stride"),
        padding=_per_axis(padding or (0,), "padding", 0),
        output_padding=_per_axis(layer.output_padding, "output_padding", 0),
        groups=option(layer.groups, 1, "groups"),
        bias=option(layer.bias, True, "bias"),
        dilation=_per_axis(layer.dilation, "dilation"),
    )
    called = call(SELF, X)
    if padding is None:
        called = padded(called, [(-begin, -end) for begin, end in pads])
    return Written(made, called)


def _pool(node: Node, layer: Any, x: Shape, output: Shape) -> Written:
    """Max, average and power-mean pools. Padding that PyTorch refuses is written out."""
    windows = layer.windows(x)
    pads = [(window.before, window.after) for window in windows]
    padding = _symmetric(pads)
    ceil = layer.rounding == CEIL
    sayable = padding is not None and not isinstance(layer.padding, WrittenPairs)
    if padding is None or any(2 * amount > k for amount, k in zip(padding, layer.kernel_size, strict=True)):
        sayable = False
    if x.rank == 3 and any(size < k for size, k in zip(x.sizes, layer.kernel_size, strict=True)):
        sayable = False  # PyTorch's 3-D average pool wants as much without the padding
    before: Code = (X,)
    if not sayable:
        if ceil:  # the padding that makes the last windows whole
            pads = [
                (window.before, (out - 1) * window.stride + window.extent - size - window.before)
                for window, size, out in zip(windows, x.sizes, output.sizes, strict=True)
            ]
        before = padded((X,), pads, 'float("-inf")' if node.kind == "maxpool" else "")
    kernel, stride = axes(layer.kernel_size), axes(layer.stride)
    ending = {"ceil_mode": option(ceil and sayable, False, "ceil_mode")}
    arguments = [Slot(kernel, "kernel_size")]
    options = {"stride": option(stride, kernel, "stride")}
    if node.kind == "lppool":
        arguments.insert(0, Slot(2, "norm_type"))
        return Written(None, _function("lp_pool", x.rank, before, *arguments, **options, **ending))
    options["padding"] = _per_axis(padding if sayable and padding else (0,), "padding", 0)
    if node.kind == "maxpool":
        options["dilation"] = _per_axis(layer.dilation, "dilation")
    name = "max_pool" if node.kind == "maxpool" else "avg_pool"
    return Written(None, _function(name, x.rank, before, *arguments, **options, **ending))


def _global_pool(node: Node, layer: Any, x: Shape, output: Shape) -> Written:
    name = "mean" if node.kind == "global_avgpool" else "amax"
    dims = Slot(tuple(range(2, x.rank + 2)), "dim")
    return Written(None, (X, f".{name}(dim=", dims, ", keepdim=True)" if layer.keepdims else ")"))


def _adaptive(node: Node, layer: Any, x: Shape, output: Shape) -> Written:
    # PyTorch takes None for an axis that is kept only beside others
    keeps = x.rank > 1 and any(layer.output_size) and None in layer.output_size
    sizes = layer.output_size if keeps else output.sizes
    name = "adaptive_avg_pool" if node.kind == "adaptive_avgpool" else "adaptive_max_pool"
    return Written(None, _function(name, x.rank, (X,), Slot(axes(sizes), "output_size")))


def _dense(node: Node, layer: Any, x: Shape, output: Shape) -> Written:
    features = Slot(x.channels, "in_features"), Slot(layer.units, "out_features")
    return Written(call("nn.Linear", *features, bias=option(layer.bias, True, "bias")), call(SELF, X))


def _norm(node: Node, layer: Any, x: Shape, output: Shape) -> Written:
    channels = Slot(x.channels, "channels")
    if node.kind == "batchnorm":
        affine = option(layer.affine, True, "affine")
        return Written(_module("BatchNorm", max(x.rank, 1), channels, affine=affine), call(SELF, X))
    if node.kind == "instancenorm":
        if x.rank == 0:
            raise _refuse(node, "of a vector")
        affine = option(layer.affine, False, "affine")
        return Written(_module("InstanceNorm", x.rank, channels, affine=affine), call(SELF, X))
    if node.kind == "groupnorm":
        groups = Slot(layer.groups, "groups")
        made = call("nn.GroupNorm", groups, channels, affine=option(layer.affine, True, "affine"))
        return Written(made, call(SELF, X))
    made = call("nn.LayerNorm", channels, elementwise_affine=option(layer.affine, True, "affine"))
    called = call(SELF, X) if x.rank == 0 else (*call(SELF, (X, ".movedim(1, -1)")), ".movedim(-1, 1)")
    return Written(made, called)


def _lrn(node: Node, layer: Any, x: Shape, output: Shape) -> Written:
    # of three axes PyTorch takes a view, which a permuted tensor does not have
    source: Code = (X, ".contiguous()") if x.rank > 2 else (X,)
    return Written(None, call("F.local_response_norm", source, Slot(LRN_SIZE, "size")))


def _plain(made: str) -> Callable[..., Written]:
    return lambda node, layer, x, output: Written(call(made), call(SELF, X))


def _dropout(node: Node, layer: Any, x: Shape, output: Shape) -> Written:
    return Written(call("nn.Dropout", Slot(layer.rate, "rate")), call(SELF, X))


def _flatten(node: Node, layer: Any, x: Shape, output: Shape) -> Written:
    return Written(None, call("torch.flatten", X, ("1",)))


def _join(node: Node, layer: Any, x: Shape, output: Shape) -> Written:
    shapes = [shape or () for shape in node.input_shapes]
    sources: list[Code] = [(Source(number),) for number in range(len(shapes))]
    if node.kind == "concat":
        ending = ",), dim=1)" if len(sources) == 1 else "), dim=1)"
        return Written(None, ("torch.cat((", *joined(sources, ", "), ending))
    if node.kind == "multiply":  # a vector among feature maps scales their channels
        rank = max(map(len, shapes)) - 1
        sources = [
            (*source, f"[:, :{', None' * rank}]") if len(shape) == 1 and rank else source
            for source, shape in zip(sources, shapes, strict=True)
        ]
    return Written(None, joined(sources, " + " if node.kind == "add" else " * "))


def _pad(node: Node, layer: Any, x: Shape, output: Shape) -> Written:
    sign = 1 if node.kind == "pad" else -1
    called = padded((X,), [(sign * begin, sign * end) for begin, end in layer.amount])
    return Written(None, called if called != (X,) else (X, ".clone()"))


def _upsample(node: Node, layer: Any, x: Shape, output: Shape) -> Written:
    mode = "nearest" if layer.mode == "nearest" else _LINEAR[x.rank]
    if layer.scale is not None and all(
        math.floor(size * float(factor)) == out  # PyTorch multiplies with a binary float
        for size, factor, out in zip(x.sizes, layer.scale, output.sizes, strict=True)
    ):
        how = {"scale_factor": Slot(axes(layer.scale), "scale_factor")}
    else:
        how = {"size": Slot(axes(output.sizes), "size")}
    return Written(None, call("F.interpolate", X, **how, mode=option(mode, "nearest", "mode")))


def _reordered(channels: int, between: Sequence[int], order: Sequence[int], output: Shape) -> Code:
    """`x` taken apart into more axes, these put into another order, and together again."""
    apart = Slot((-1, channels, *between), "shape")
    moved = (X, ".reshape(", apart, ").permute(", Slot((0, *order), "order"))
    return (*moved, ").reshape(", Slot((-1, *output), "shape"), ")")


def _pixel_shuffle(node: Node, layer: Any, x: Shape, output: Shape) -> Written:
    factor, rank = layer.factor, x.rank
    if rank == 2:
        return Written(None, call("F.pixel_shuffle", X, Slot(factor, "factor")))
    order = [1, *(axis for number in range(rank) for axis in (2 + rank + number, 2 + number))]
    return Written(None, _reordered(output.channels, [*(factor,) * rank, *x.sizes], order, output))


def _space_to_depth(node: Node, layer: Any, x: Shape, output: Shape) -> Written:
    factor, rank = layer.factor, x.rank
    if rank == 2:
        return Written(None, call("F.pixel_unshuffle", X, Slot(factor, "factor")))
    between = [size for out in output.sizes for size in (out, factor)]
    order = [1, *range(3, 3 + 2 * rank, 2), *range(2, 2 + 2 * rank, 2)]
    return Written(None, _reordered(x.channels, between, order, output))


def _channel_shuffle(node: Node, layer: Any, x: Shape, output: Shape) -> Written:
    if x.rank:
        return Written(None, call("F.channel_shuffle", X, Slot(layer.groups, "groups")))
    return Written(None, _reordered(layer.groups, [x.channels // layer.groups], [2, 1], output))


def _reshape(node: Node, layer: Any, x: Shape, output: Shape) -> Written:
    return Written(None, (X, ".reshape(", Slot((-1, *output), "shape"), ")"))


def _permute(node: Node, layer: Any, x: Shape, output: Shape) -> Written:
    order = Slot((0, *(axis + 1 for axis in layer.order)), "order")
    return Written(None, (X, ".permute(", order, ")"))


def _split(node: Node, layer: Any, x: Shape, output: Shape) -> Written:
    """The code of the first part is that of all of them."""
    parts = [count or x.channels // len(layer.split.into) for _, count in layer.split.into]
    if len(parts) == 1:
        return Written(call("nn.Identity"), call(SELF, X))
    if len(set(parts)) == 1:
        return Written(None, (X, f".chunk({len(parts)}, dim=1)"))
    return Written(None, (X, ".split(", Slot(tuple(parts), "parts"), ", dim=1)"))


_KINDS: dict[str, Callable[..., Written]] = {
    **dict.fromkeys(("conv", "depthwise_conv", "separable_conv"), _conv),
    **dict.fromkeys(("maxpool", "avgpool", "lppool"), _pool),
    **dict.fromkeys(("global_avgpool", "global_maxpool"), _global_pool),
    **dict.fromkeys(("adaptive_avgpool", "adaptive_maxpool"), _adaptive),
    **dict.fromkeys(("batchnorm", "instancenorm", "groupnorm", "layernorm"), _norm),
    **dict.fromkeys(("add", "multiply", "concat"), _join),
    **dict.fromkeys(("pad", "crop"), _pad),
    "conv_transpose": _conv_transpose,
    "dense": _dense,
    "lrn": _lrn,
    "identity": _plain("nn.Identity"),
    "prelu": _plain("nn.PReLU"),
    "dropout": _dropout,
    "flatten": _flatten,
    "upsample": _upsample,
    "pixel_shuffle": _pixel_shuffle,
    "space_to_depth": _space_to_depth,
    "channel_shuffle": _channel_shuffle,
    "reshape": _reshape,
    "permute": _permute,
    "split": _split,
    "softmax": lambda node, layer, x, output: Written(None, call("F.softmax", X, ("dim=1",))),
}
