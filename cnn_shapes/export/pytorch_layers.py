"""Each layer kind in PyTorch: what is made once, and what is called in `forward`. Channels come first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cnn_shapes.diagnostics import CHANNELS_LAST
from cnn_shapes.export.code import (
    LIKE,
    SELF,
    Code,
    InputVariable,
    LayerCode,
    Unexportable,
    ValueSlot,
    X,
    axes,
    call,
    joined,
    option,
)
from cnn_shapes.export.families import activations, pytorch_norms
from cnn_shapes.export.pytorch_sequence_layers import (
    attention,
    embedding,
    matmul,
    multihead_attention,
    recurrent,
)
from cnn_shapes.export.table import STATED, KindWriter, LayerRow, LayerTable, turns
from cnn_shapes.layers.axes import axis_of
from cnn_shapes.layers.list_fields import WrittenPairs
from cnn_shapes.layers.shared_weights import CHANNEL, TENSOR
from cnn_shapes.shapes import CEIL, Shape

if TYPE_CHECKING:
    from cnn_shapes.network import Node

_LINEAR = {1: "linear", 2: "bilinear", 3: "trilinear"}
_UNINDEXED = "which has no windows, or a padding that PyTorch does not have"
_ROUNDED_DOWN = "PyTorch rounds down what is not whole, as the checked sizes are"


def _module(name: str, rank: int, *arguments: ValueSlot, **keywords: ValueSlot) -> Code:
    return call(f"nn.{name}{rank}d", *arguments, **keywords)


def _function(name: str, rank: int, x: Code, *arguments: ValueSlot | Code, **keywords: ValueSlot) -> Code:
    return call(f"F.{name}{rank}d", x, *arguments, **keywords)


def padded(x: Code, pads: Sequence[tuple[int, int]], value: str = "", mode: str = "") -> Code:
    """`F.pad`, which counts from the last axis; a negative amount cuts off. Nothing to do leaves `x`."""
    amounts = tuple(amount for pair in reversed(tuple(pads)) for amount in pair)
    if not any(amounts):
        return x
    more = f", value={value}" if value else f', mode="{mode}"' if mode else ""
    return ("F.pad(", *x, ", ", ValueSlot(amounts, "padding"), f"{more})")


def _symmetric(pads: Sequence[tuple[int, int]]) -> tuple[int, ...] | None:
    return None if any(begin != end for begin, end in pads) else tuple(begin for begin, _ in pads)


def _per_axis(values: Sequence[int], role: str, default: int = 1) -> ValueSlot:
    return option(axes(values), default, role)


def _conv(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    options, before = _window_of(layer, x)
    made = _module(
        "Conv",
        x.rank,
        ValueSlot(x.channels, "in_channels"),
        ValueSlot(layer.filters, "out_channels"),
        ValueSlot(axes(layer.kernel_size), "kernel_size"),
        **options,
        groups=option(layer.groups, 1, "groups"),
        bias=option(layer.bias, True, "bias"),
    )
    return LayerCode(made, call(SELF, before))


def _depthwise_conv(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    made, before = _by_channel(layer, x, option(layer.bias, True, "bias"))
    return LayerCode(made, call(SELF, before))


def _separable_conv(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    depthwise, before = _by_channel(layer, x, option(False, True, "bias"))
    between = ValueSlot(x.channels * layer.multiplier, "between")
    filters, bias = ValueSlot(layer.filters, "out_channels"), option(layer.bias, True, "bias")
    pointwise = _module("Conv", x.rank, between, filters, ValueSlot(1), bias=bias)
    return LayerCode(call("nn.Sequential", depthwise, pointwise), call(SELF, before))


def _by_channel(layer: Any, x: Shape, bias: ValueSlot) -> tuple[Code, Code]:
    """A convolution of each channel by itself, and its input."""
    options, before = _window_of(layer, x)
    made = _module(
        "Conv",
        x.rank,
        ValueSlot(x.channels, "in_channels"),
        ValueSlot(x.channels * layer.multiplier, "between"),
        ValueSlot(axes(layer.kernel_size), "kernel_size"),
        **options,
        groups=ValueSlot(x.channels, "in_channels"),
        bias=bias,
    )
    return made, before


def _window_of(layer: Any, x: Shape) -> tuple[dict[str, ValueSlot], Code]:
    """The window of a convolution, and its input: padding that PyTorch cannot say is an `F.pad` before."""
    pads = [(window.before, window.after) for window in layer.windows(x)]
    symmetric = _symmetric(pads)
    before: Code = (X,)
    if layer.padding == "same" and set(layer.stride) == {1}:
        padding = option("same", 0, "padding")
    elif symmetric is not None:
        padding = _per_axis(symmetric, "padding", 0)
    else:
        padding, before = option(0, 0, "padding"), padded((X,), pads)
    options = {
        "stride": _per_axis(layer.stride, "stride"),
        "padding": padding,
        "dilation": _per_axis(layer.dilation, "dilation"),
    }
    return options, before


def _conv_transpose(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    """Padding that differs at the two ends is cut off after the layer."""
    pads = [(window.before, window.after) for window in layer.windows(x)]
    padding = _symmetric(pads)
    made = _module(
        "ConvTranspose",
        x.rank,
        ValueSlot(x.channels, "in_channels"),
        ValueSlot(layer.filters, "out_channels"),
        ValueSlot(axes(layer.kernel_size), "kernel_size"),
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
    return LayerCode(made, called)


def _max_pool(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    padding, ceil_mode, before = _padding_of(layer, x, output, 'float("-inf")')
    options = {**_steps(layer), "padding": padding, "dilation": _per_axis(layer.dilation, "dilation")}
    kernel = ValueSlot(axes(layer.kernel_size), "kernel_size")
    return LayerCode(None, _function("max_pool", x.rank, before, kernel, **options, ceil_mode=ceil_mode))


def _max_unpool(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    """The places of the greatest values are those of the pool, which is computed once more for them."""
    pool, pooled = node.like, node.input_shapes[1]
    assert pool is not None
    assert pooled is not None
    windows = pool.layer.windows(pooled) if pool.layer is not None and pool.layer.has_windows else ()
    pads = _symmetric([(window.before, window.after) for window in windows])
    if not windows or pads is None or not _takes(pool.layer, pooled, pads):
        raise Unexportable(
            f"{node.name}: the export writes no indices of the {pool.kind} {pool.name}, {_UNINDEXED}"
        )
    places = _max_pool(pool, pool.layer, pooled, x).called
    places = tuple(LIKE if part == X else part for part in places)
    extents = ValueSlot(axes([window.extent for window in windows]), "extent")  # it knows of no dilation
    options = {**_steps(pool.layer), "padding": _per_axis(pads, "padding", 0)}
    options["stride"] = option(options["stride"].value, extents.value, "stride")
    indices: Code = (*places[:-1], ", return_indices=True)[1]")
    size: Code = (", output_size=", LIKE, ".shape[2:])")
    called = _function("max_unpool", x.rank, (X,), indices, extents, **options)
    return LayerCode(None, (*called[:-1], *size))


def _avg_pool(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    padding, ceil_mode, before = _padding_of(layer, x, output)
    kernel = ValueSlot(axes(layer.kernel_size), "kernel_size")
    options = {**_steps(layer), "padding": padding, "ceil_mode": ceil_mode}
    return LayerCode(None, _function("avg_pool", x.rank, before, kernel, **options))


def _lp_pool(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    _, ceil_mode, before = _padding_of(layer, x, output)
    arguments = ValueSlot(2, "norm_type"), ValueSlot(axes(layer.kernel_size), "kernel_size")
    return LayerCode(
        None, _function("lp_pool", x.rank, before, *arguments, **_steps(layer), ceil_mode=ceil_mode)
    )


def _steps(layer: Any) -> dict[str, ValueSlot]:
    return {"stride": option(axes(layer.stride), axes(layer.kernel_size), "stride")}


def _padding_of(layer: Any, x: Shape, output: Shape, value: str = "") -> tuple[ValueSlot, ValueSlot, Code]:
    """The padding and the ceil_mode of a pool, and its input, padded where PyTorch refuses the padding."""
    windows = layer.windows(x)
    pads = [(window.before, window.after) for window in windows]
    padding, ceil = _symmetric(pads), layer.rounding == CEIL
    if padding is not None and _takes(layer, x, padding):
        return _per_axis(padding, "padding", 0), option(ceil, False, "ceil_mode"), (X,)
    if ceil:  # the padding that makes the last windows whole
        pads = [
            (window.before, (out - 1) * window.stride + window.extent - size - window.before)
            for window, size, out in zip(windows, x.sizes, output.sizes, strict=True)
        ]
    before = padded((X,), pads, value)
    return _per_axis((0,), "padding", 0), option(False, False, "ceil_mode"), before


def _takes(layer: Any, x: Shape, padding: tuple[int, ...]) -> bool:
    """Whether PyTorch takes the padding of a pool, the same at both ends of each axis."""
    if isinstance(layer.padding, WrittenPairs):
        return False
    if any(2 * amount > kernel for amount, kernel in zip(padding, layer.kernel_size, strict=True)):
        return False
    # PyTorch's 3-D average pool wants an input as large as its kernel without the padding
    return x.rank < 3 or all(size >= kernel for size, kernel in zip(x.sizes, layer.kernel_size, strict=True))


def _global_pool(name: str) -> KindWriter:
    def write(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
        dims = ValueSlot(tuple(range(2, x.rank + 2)), "dim")
        return LayerCode(None, (X, f".{name}(dim=", dims, ", keepdim=True)" if layer.keepdims else ")"))

    return write


def _adaptive(name: str) -> KindWriter:
    def write(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
        if layer.like is not None:
            return LayerCode(None, _function(name, x.rank, (X,), (LIKE, ".shape[2:]")))
        # PyTorch takes None for an axis that is kept only beside others
        keeps = x.rank > 1 and any(layer.output_size) and None in layer.output_size
        sizes = layer.output_size if keeps else output.sizes
        return LayerCode(None, _function(name, x.rank, (X,), ValueSlot(axes(sizes), "output_size")))

    return write


def _dense(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    features = ValueSlot(x.channels, "in_features"), ValueSlot(layer.units, "out_features")
    return LayerCode(call("nn.Linear", *features, bias=option(layer.bias, True, "bias")), call(SELF, X))


def _scale(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    """PyTorch has no layer of factors: they are parameters."""
    sizes: dict[str, tuple[int, ...]] = {CHANNEL: (x.channels, *(1,) * x.rank), TENSOR: (1,)}
    shape = ValueSlot(sizes.get(layer.per, tuple(x)), "shape")
    if not layer.bias:
        return LayerCode(("nn.Parameter(torch.ones(", shape, "))"), (X, " * ", SELF))
    made: Code = ("nn.ParameterList([torch.ones(", shape, "), torch.zeros(", shape, ")])")
    return LayerCode(made, (X, " * ", SELF, "[0] + ", SELF, "[1]"))


def _stochastic_depth(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    """A dropout of whole samples, as torchvision has it."""
    ones: Code = (X, ".new_ones(len(", X, f"){', 1' * len(x)})")
    kept = call("F.dropout", ones, ValueSlot(layer.rate, "rate"), ("self.training",))
    return LayerCode(None, (X, " * ", *kept))


def _module_alone(name: str) -> KindWriter:
    return lambda node, layer, x, output: LayerCode(call(name), call(SELF, X))


def _code(code: Code) -> KindWriter:
    return lambda node, layer, x, output: LayerCode(None, code)


def _softmax(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    return LayerCode(None, call("F.softmax", X, (f"dim={axis_of(layer.axis, x) + 1}",)))


def _reduce(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    function = {"max": "amax"}.get(layer.by, layer.by)
    dims = ValueSlot(tuple(axis_of(name, x) + 1 for name in layer.axis), "dim")
    return LayerCode(None, (X, f".{function}(dim=", dims, ", keepdim=True)"))


def _prelu(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    counts = {TENSOR: 1, CHANNEL: x.channels}
    if layer.per not in counts:
        raise TABLE.refusal(node, "with a slope for each element")
    return LayerCode(call("nn.PReLU", option(counts[layer.per], 1, "channels")), call(SELF, X))


def _dropout(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    return LayerCode(call("nn.Dropout", ValueSlot(layer.rate, "rate")), call(SELF, X))


def _flatten(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    return LayerCode(None, call("torch.flatten", _in_layout(layer, x), ("1",)))


def _in_layout(layer: Any, x: Shape) -> Code:
    """The input with its elements in the order of the spec's layout, where that has another."""
    return (X, ".movedim(1, -1)") if layer.layout == CHANNELS_LAST and turns(x) else (X,)


def _between(operator: str) -> KindWriter:
    return lambda node, layer, x, output: LayerCode(None, joined(_sources(node), operator))


def _average(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    return LayerCode(None, ("(", *joined(_sources(node), " + "), f") / {len(node.inputs)}"))


def _in_turn(function: str) -> KindWriter:
    """A function of two, of more inputs one after the other."""

    def write(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
        made, *others = _sources(node)
        for other in others:
            made = call(function, made, other)
        return LayerCode(None, made)

    return write


def _sources(node: Node) -> list[Code]:
    return [(InputVariable(number),) for number in range(len(node.inputs))]


def _multiply(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    """A vector among feature maps scales their channels."""
    ranks = [len(shape or ()) - 1 for shape in node.input_shapes]
    stretch = f"[:, :{', None' * max(ranks)}]"
    sources: list[Code] = [
        (InputVariable(number), stretch) if rank == 0 and max(ranks) else (InputVariable(number),)
        for number, rank in enumerate(ranks)
    ]
    return LayerCode(None, joined(sources, " * "))


def _concat(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    sources = _sources(node)
    dim = axis_of(layer.axis, x) + 1
    ending = f",), dim={dim})" if len(sources) == 1 else f"), dim={dim})"
    return LayerCode(None, ("torch.cat((", *joined(sources, ", "), ending))


def _pad(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    """`pad`, and `crop` as a padding by less than nothing."""
    mode = getattr(layer, "mode", "zeros")
    called = padded((X,), layer.margins(x), mode="" if mode == "zeros" else mode)
    return LayerCode(None, called if called != (X,) else (X, ".clone()"))


def _upsample(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    mode = _LINEAR[x.rank] if layer.mode == "linear" else layer.mode
    if layer.like is not None:
        size: Code = ("size=", LIKE, ".shape[2:]")
        return LayerCode(None, call("F.interpolate", X, size, mode=option(mode, "nearest", "mode")))
    if layer.scale is not None and all(
        math.floor(size * float(factor)) == out  # PyTorch multiplies with a binary float
        for size, factor, out in zip(x.sizes, layer.scale, output.sizes, strict=True)
    ):
        how = {"scale_factor": ValueSlot(axes(layer.scale), "scale_factor")}
    else:
        how = {"size": ValueSlot(axes(output.sizes), "size")}
    return LayerCode(None, call("F.interpolate", X, **how, mode=option(mode, "nearest", "mode")))


def _reordered(channels: int, between: Sequence[int], order: Sequence[int], output: Shape) -> Code:
    """`x` taken apart into more axes, these put into another order, and together again."""
    apart = ValueSlot((-1, channels, *between), "shape")
    moved = (X, ".reshape(", apart, ").permute(", ValueSlot((0, *order), "order"))
    return (*moved, ").reshape(", ValueSlot((-1, *output), "shape"), ")")


def _pixel_shuffle(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    factor, rank = layer.factor, x.rank
    if rank == 2:
        return LayerCode(None, call("F.pixel_shuffle", X, ValueSlot(factor, "factor")))
    order = [1, *(axis for number in range(rank) for axis in (2 + rank + number, 2 + number))]
    return LayerCode(None, _reordered(output.channels, [*(factor,) * rank, *x.sizes], order, output))


def _space_to_depth(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    factor, rank = layer.factor, x.rank
    if rank == 2:
        return LayerCode(None, call("F.pixel_unshuffle", X, ValueSlot(factor, "factor")))
    between = [size for out in output.sizes for size in (out, factor)]
    order = [1, *range(3, 3 + 2 * rank, 2), *range(2, 2 + 2 * rank, 2)]
    return LayerCode(None, _reordered(x.channels, between, order, output))


def _channel_shuffle(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    if x.rank:
        return LayerCode(None, call("F.channel_shuffle", X, ValueSlot(layer.groups, "groups")))
    return LayerCode(None, _reordered(layer.groups, [x.channels // layer.groups], [2, 1], output))


def _reshape(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    source, turned = _in_layout(layer, x), layer.layout == CHANNELS_LAST and turns(output)
    back: Code = (").movedim(-1, 1)",) if turned else (")",)
    stated = (*layer.target[1:], layer.target[0]) if turned else layer.target
    if -1 in stated:  # what remains is worked out there too, whatever comes in
        sizes = joined([(ValueSlot(size, "size"),) for size in stated], ", ")
        return LayerCode(None, (*source, ".reshape(", X, ".shape[0], ", *sizes, *back))
    shape = (*output.sizes, output.channels) if turned else output
    return LayerCode(None, (*source, ".reshape(", ValueSlot((-1, *shape), "shape"), *back))


def _permute(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    order = ValueSlot((0, *(axis + 1 for axis in layer.order)), "order")
    return LayerCode(None, (X, ".permute(", order, ")"))


def _split(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    """The code of the first part is that of all of them."""
    parts, dim = layer.split.sizes(x), axis_of(layer.split.axis, x) + 1
    if len(parts) == 1:
        return LayerCode(call("nn.Identity"), call(SELF, X))
    if len(set(parts)) == 1:
        return LayerCode(None, (X, f".chunk({len(parts)}, dim={dim})"))
    return LayerCode(None, (X, ".split(", ValueSlot(tuple(parts), "parts"), f", dim={dim})"))


_WINDOW = ("kernel_size", "stride", "padding", "dilation")
_SETTLED = {"like": "the amount is that which makes the sizes equal"}
_EXACT = {"rounding": _ROUNDED_DOWN}
_POOL = ("kernel_size", "stride", "padding", "rounding")
_HEADS = ("heads", "key_size", "value_size")
_RECURRENT = ("units", "bidirectional", "layers", "sequences", "biases")

TABLE = LayerTable(
    "PyTorch",
    {
        "conv": LayerRow(_conv, (*_WINDOW, "filters", "groups", "bias"), _EXACT),
        "depthwise_conv": LayerRow(_depthwise_conv, (*_WINDOW, "multiplier", "bias"), _EXACT),
        "separable_conv": LayerRow(_separable_conv, (*_WINDOW, "filters", "multiplier", "bias"), _EXACT),
        "conv_transpose": LayerRow(
            _conv_transpose, (*_WINDOW, "filters", "output_padding", "groups", "bias")
        ),
        "maxpool": LayerRow(_max_pool, (*_POOL, "dilation")),
        "avgpool": LayerRow(_avg_pool, _POOL),
        "lppool": LayerRow(_lp_pool, ("kernel_size", "stride", "rounding")),
        "global_avgpool": LayerRow(_global_pool("mean"), ("keepdims",)),
        "global_maxpool": LayerRow(_global_pool("amax"), ("keepdims",)),
        "adaptive_avgpool": LayerRow(_adaptive("adaptive_avg_pool"), ("output_size", "like")),
        "adaptive_maxpool": LayerRow(_adaptive("adaptive_max_pool"), ("output_size", "like")),
        "dense": LayerRow(_dense, ("units", "bias")),
        "flatten": LayerRow(_flatten),
        "identity": LayerRow(_module_alone("nn.Identity")),
        "dropout": LayerRow(_dropout, ("rate",)),
        **pytorch_norms.ROWS,
        **{name: LayerRow(_code(code)) for name, code in activations.PYTORCH.items()},
        "prelu": LayerRow(_prelu, ("per",)),
        "softmax": LayerRow(_softmax, ("axis",)),
        "reduce": LayerRow(_reduce, ("by", "axis")),
        "scale": LayerRow(_scale, ("per", "bias")),
        "stochastic_depth": LayerRow(_stochastic_depth, ("rate",)),
        "add": LayerRow(_between(" + ")),
        "subtract": LayerRow(_between(" - ")),
        "average": LayerRow(_average),
        "maximum": LayerRow(_in_turn("torch.maximum")),
        "minimum": LayerRow(_in_turn("torch.minimum")),
        "multiply": LayerRow(_multiply),
        "concat": LayerRow(_concat, ("axis",)),
        "split": LayerRow(_split, ("into", "axis")),
        "pad": LayerRow(_pad, ("amount", "mode"), _SETTLED),
        "crop": LayerRow(_pad, ("amount",), {**_SETTLED, "offset": "the amount has it"}),
        "max_unpool": LayerRow(_max_unpool, ("like",)),
        "upsample": LayerRow(_upsample, ("scale", "size", "mode", "rounding", "like")),
        "pixel_shuffle": LayerRow(_pixel_shuffle, ("factor",)),
        "space_to_depth": LayerRow(_space_to_depth, ("factor",)),
        "channel_shuffle": LayerRow(_channel_shuffle, ("groups",)),
        "reshape": LayerRow(_reshape, ("shape",)),
        "permute": LayerRow(_permute, ("order",)),
        "lstm": LayerRow(recurrent("LSTM"), _RECURRENT),
        "gru": LayerRow(recurrent("GRU"), _RECURRENT),
        "rnn": LayerRow(recurrent("RNN"), _RECURRENT),
        "embedding": LayerRow(embedding, ("count", "units")),
        "attention": LayerRow(attention, _HEADS),
        "multihead_attention": LayerRow(multihead_attention, (*_HEADS, "filters", "bias")),
        "matmul": LayerRow(matmul, ("transpose",)),
    },
    refused={
        "custom": STATED,
        **activations.PYTORCH_REFUSED,
    },
)
