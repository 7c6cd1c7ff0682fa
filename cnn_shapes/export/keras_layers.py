"""Each layer kind in Keras 3, as a call on its input. Channels come last, as Keras has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from cnn_shapes.diagnostics import CHANNELS_FIRST
from cnn_shapes.export.code import Code, InputVariable, LayerCode, ValueSlot, X, axes, call, joined, option
from cnn_shapes.export.families import activations
from cnn_shapes.export.keras_sequence_layers import (
    attention,
    embedding,
    gru,
    lstm,
    matmul,
    multihead_attention,
    rnn,
)
from cnn_shapes.export.table import STATED, LayerRow, LayerTable, turns
from cnn_shapes.layers.axes import axis_of
from cnn_shapes.layers.resize import BICUBIC
from cnn_shapes.layers.shared_weights import CHANNEL, TENSOR
from cnn_shapes.shapes import CEIL, Shape

if TYPE_CHECKING:
    from cnn_shapes.network import Node

KerasWriter = Callable[["Node", Any, Shape, Shape], Code]
_ROUNDED_DOWN = "Keras rounds down what is not whole, as the checked sizes are"


def _layer(name: str, x: Code, *arguments: ValueSlot | Code, **keywords: ValueSlot) -> Code:
    """`layers.Name(...)(x)`."""
    return (*call(f"layers.{name}", *arguments, **keywords), "(", *x, ")")


def last(shape: Sequence[int]) -> tuple[int, ...]:
    """A shape with its channels last."""
    return (*shape[1:], shape[0])


def _ends(pads: Sequence[tuple[int, int]]) -> Any:
    """Amounts as ZeroPadding and Cropping take them: one number for all, else a pair for each axis."""
    flat = {amount for pair in pads for amount in pair}
    if len(flat) == 1:
        return flat.pop()
    return tuple(pads[0]) if len(pads) == 1 else tuple(map(tuple, pads))


def _changed(name: str, x: Code, pads: Sequence[tuple[int, int]]) -> Code:
    """`x` with zeros around it, or cut off; `x` itself where there is nothing to do."""
    if not any(amount for pair in pads for amount in pair):
        return x
    return _layer(f"{name}{len(pads)}D", x, ValueSlot(_ends(pads)))


def _window_of(node: Node, layer: Any, x: Shape) -> tuple[dict[str, ValueSlot], Code]:
    """The window of a convolution, and its input padded where Keras cannot say how."""
    if max(layer.stride) > 1 and max(layer.dilation) > 1:
        raise TABLE.refusal(node, "with a stride and a dilation")
    windows = layer.windows(x)
    keeps = all(w.stride == 1 and w.before == w.after == (w.extent - 1) / 2 for w in windows)
    same = layer.padding == "same" or (keeps and any(window.extent > 1 for window in windows))
    options = {
        "strides": option(axes(layer.stride), 1, "strides"),
        "padding": option("same" if same else "valid", "valid", "padding"),
        "dilation_rate": option(axes(layer.dilation), 1, "dilation_rate"),
    }
    if same:
        return options, (X,)
    pads = [(window.before, window.after) for window in windows]
    return options, _changed("ZeroPadding", (X,), pads)


def _conv(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    options, source = _window_of(node, layer, x)
    arguments = ValueSlot(layer.filters), ValueSlot(axes(layer.kernel_size))
    groups, bias = option(layer.groups, 1, "groups"), option(layer.bias, True, "use_bias")
    return _layer(f"Conv{x.rank}D", source, *arguments, **options, groups=groups, use_bias=bias)


def _depthwise_conv(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    options, source = _window_of(node, layer, x)
    bias = option(layer.bias, True, "use_bias")
    if x.rank == 3:  # Keras' own are for one and two axes
        return _by_channel(layer, x, source, options, bias)
    kernel = ValueSlot(axes(layer.kernel_size))
    multiplier = option(layer.multiplier, 1, "depth_multiplier")
    name = f"DepthwiseConv{x.rank}D"
    return _layer(name, source, kernel, **options, depth_multiplier=multiplier, use_bias=bias)


def _separable_conv(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    options, source = _window_of(node, layer, x)
    filters, bias = ValueSlot(layer.filters), option(layer.bias, True, "use_bias")
    if x.rank == 3:
        depthwise = _by_channel(layer, x, source, options, option(False, True, "use_bias"))
        return _layer("Conv3D", depthwise, filters, ValueSlot(1), use_bias=bias)
    kernel = ValueSlot(axes(layer.kernel_size))
    multiplier = option(layer.multiplier, 1, "depth_multiplier")
    name = f"SeparableConv{x.rank}D"
    return _layer(name, source, filters, kernel, **options, depth_multiplier=multiplier, use_bias=bias)


def _by_channel(layer: Any, x: Shape, source: Code, options: dict[str, ValueSlot], bias: ValueSlot) -> Code:
    """A convolution of each channel by itself over three axes, as one in groups."""
    filters, kernel = ValueSlot(x.channels * layer.multiplier), ValueSlot(axes(layer.kernel_size))
    groups = ValueSlot(x.channels)
    return _layer("Conv3D", source, filters, kernel, **options, groups=groups, use_bias=bias)


def _conv_transpose(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    """Without padding Keras gives (size - 1)*stride + max(extent, stride), of which the rest is cut off.

    Where that is too little it adds the output_padding itself, with the bias in it.
    """
    if layer.groups > 1:
        raise TABLE.refusal(node, "with groups")
    if max(layer.stride) > 1 and max(layer.dilation) > 1:
        raise TABLE.refusal(node, "with a stride and a dilation")
    windows = layer.windows(x)
    ends = [
        (size - 1) * window.stride + max(window.extent, window.stride) - window.before - out
        for window, size, out in zip(windows, x.sizes, output.sizes, strict=True)
    ]
    added: tuple[int, ...] = layer.output_padding if min(ends) < 0 else ()
    if added:
        if any(extra >= stride > 0 for extra, stride in zip(added, layer.stride, strict=True) if extra):
            raise TABLE.refusal(node, "with an output_padding that is not less than the stride")
        ends = [window.after for window in windows]
    made = _layer(
        f"Conv{x.rank}DTranspose",
        (X,),
        ValueSlot(layer.filters),
        ValueSlot(axes(layer.kernel_size)),
        strides=option(axes(layer.stride), 1, "strides"),
        output_padding=option(axes(added or (0,)), 0, "output_padding"),
        dilation_rate=option(axes(layer.dilation), 1, "dilation_rate"),
        use_bias=option(layer.bias, True, "use_bias"),
    )
    return _changed(
        "Cropping", made, [(window.before, end) for window, end in zip(windows, ends, strict=True)]
    )


def _max_pool(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    if max(layer.dilation) > 1:
        raise TABLE.refusal(node, "with a dilation")
    pads = _pads_of(layer, x, output)
    source: Code = (X,)
    if any(map(any, pads)):
        around = ValueSlot(((0, 0), *pads, (0, 0)))
        source = ("ops.pad(", X, ", ", around, ', constant_values=float("-inf"))')
    return _pool("MaxPooling", layer, x, source)


def _avg_pool(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    return _pool("AveragePooling", layer, x, _changed("ZeroPadding", (X,), _pads_of(layer, x, output)))


def _pool(name: str, layer: Any, x: Shape, source: Code) -> Code:
    kernel = axes(layer.kernel_size)
    strides = option(axes(layer.stride), kernel, "strides")
    padding = option("same" if layer.padding == "same" else "valid", "valid", "padding")
    return _layer(f"{name}{x.rank}D", source, ValueSlot(kernel), strides=strides, padding=padding)


def _pads_of(layer: Any, x: Shape, output: Shape) -> Sequence[tuple[int, int]]:
    """The padding that is written out before a pool; what makes the last windows whole with it."""
    windows = layer.windows(x)
    if layer.padding == "same":
        return ()
    if layer.rounding != CEIL:
        return [(window.before, window.after) for window in windows]
    return [
        (w.before, max(0, (out - 1) * w.stride + w.extent - size - w.before))
        for w, size, out in zip(windows, x.sizes, output.sizes, strict=True)
    ]


def _global_pool(name: str) -> KerasWriter:
    return lambda node, layer, x, output: _layer(
        f"{name}{x.rank}D", (X,), keepdims=option(layer.keepdims, False, "keepdims")
    )


def _adaptive(name: str) -> KerasWriter:
    return lambda node, layer, x, output: _layer(f"{name}{x.rank}D", (X,), ValueSlot(axes(output.sizes)))


def _dense(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    return _layer("Dense", (X,), ValueSlot(layer.units), use_bias=option(layer.bias, True, "use_bias"))


def _dropout(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    return _layer("Dropout", (X,), ValueSlot(layer.rate))


def _norm(name: str) -> KerasWriter:
    return lambda node, layer, x, output: _layer(name, (X,), **_affine(layer))


def _batch_norm(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    center, scale = (layer.affine and learned for learned in (layer.center, layer.scale))
    options = {"center": option(center, True, "center"), "scale": option(scale, True, "scale")}
    return _layer("BatchNormalization", (X,), **options)


def _group_norm(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    return _layer("GroupNormalization", (X,), groups=ValueSlot(layer.groups), **_affine(layer))


def _instance_norm(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    each = ValueSlot(-1)  # a group for each channel
    return _layer("GroupNormalization", (X,), groups=each, **_affine(layer))


def _affine(layer: Any) -> dict[str, ValueSlot]:
    return {name: option(layer.affine, True, "affine") for name in ("center", "scale")}


def _rms_norm(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    if not layer.affine:
        raise TABLE.refusal(node, "without its scale")
    return _layer("RMSNormalization", (X,))


def _scale(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    """Keras has no layer of factors: an EinsumDense multiplies each value with its own weight."""
    if layer.per == TENSOR:
        raise TABLE.refusal(node, "per tensor")
    axes = "abcd"[: len(x)]
    own = axes[-1] if layer.per == CHANNEL else axes
    bias = {"bias_axes": ValueSlot(own, "bias_axes")} if layer.bias else {}
    equation = ValueSlot(f"n{axes},{own}->n{axes}", "equation")
    return _layer("EinsumDense", (X,), equation, ValueSlot(last(x), "shape"), **bias)


def _stochastic_depth(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    """A dropout of whole samples."""
    shape = ValueSlot((None, *(1,) * len(x)), "noise_shape")
    return _layer("Dropout", (X,), ValueSlot(layer.rate), noise_shape=shape)


def _code(code: Code) -> KerasWriter:
    return lambda node, layer, x, output: code


def _prelu(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    every = tuple(range(1, len(x) + 1))
    shared = {TENSOR: every, CHANNEL: every[:-1]}.get(layer.per)
    options = {"shared_axes": ValueSlot(shared)} if shared else {}
    return _layer("PReLU", (X,), **options)


def _axis(name: str, x: Shape) -> int:
    """An axis as Keras counts it: the batch is 0, the channels are the last."""
    return axis_of(name, x) or -1


def _softmax(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    axis = option(_axis(layer.axis, x), -1, "axis")
    if axis.is_default:
        return _layer("Activation", (X,), ValueSlot("softmax"))
    return _layer("Softmax", (X,), axis)


def _reduce(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    taken = tuple(_axis(name, x) for name in layer.axis)
    axis = ValueSlot(taken[0] if len(taken) == 1 else taken, "axis")
    return (f"ops.{layer.by}(", X, ", axis=", axis, ", keepdims=True)")


def _join(name: str) -> KerasWriter:
    return lambda node, layer, x, output: _merged(name, [(place,) for place in _variables(node)])


def _concat(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    sources: list[Code] = [(place,) for place in _variables(node)]
    return _merged("Concatenate", sources, axis=option(_axis(layer.axis, x), -1, "axis"))


def _subtract(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    """Keras' takes two inputs: of more, one after the other."""
    first, *others = _variables(node)
    difference: Code = (first,)
    for other in others:
        difference = _merged("Subtract", [difference, (other,)])
    return difference if others else _merged("Subtract", [difference])


def _multiply(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    """A vector among feature maps scales their channels."""
    shapes = [shape or () for shape in node.input_shapes]
    rank = max(map(len, shapes)) - 1
    sources: list[Code] = [
        _layer("Reshape", (source,), ValueSlot((*(1,) * rank, *shape)))
        if len(shape) == 1 and rank
        else (source,)
        for source, shape in zip(_variables(node), shapes, strict=True)
    ]
    return _merged("Multiply", sources)


def _variables(node: Node) -> list[InputVariable]:
    return [InputVariable(number) for number in range(len(node.inputs))]


def _merged(name: str, sources: list[Code], **options: ValueSlot) -> Code:
    if len(sources) == 1:
        return _layer("Identity", (X,))
    return _layer(name, ("[", *joined(sources, ", "), "]"), **options)


def _margins(name: str) -> KerasWriter:
    def write(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
        changed = _changed(name, (X,), layer.amount)
        return changed if changed != (X,) else _layer("Identity", (X,))

    return write


def _pad(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    if layer.mode == "zeros" or not any(map(any, layer.amount)):
        return _margins("ZeroPadding")(node, layer, x, output)
    if layer.mode != "reflect":
        raise TABLE.refusal(node, f"with mode {layer.mode}")
    around = ValueSlot(((0, 0), *map(tuple, layer.amount), (0, 0)), "around")
    return ("ops.pad(", X, ", ", around, ', mode="reflect")')


def _upsample(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    linear = layer.mode == "linear"
    if linear and x.rank != 2:
        raise TABLE.refusal(node, f"with mode linear in {x.rank}-D")
    if layer.mode == BICUBIC:  # its cubic has another slope than PyTorch's
        raise TABLE.refusal(node, f"with PyTorch's {BICUBIC}")
    interpolation = option("bilinear" if linear else "nearest", "nearest", "interpolation")
    factors = [out // size for out, size in zip(output.sizes, x.sizes, strict=True)]
    if all(size * factor == out for size, factor, out in zip(x.sizes, factors, output.sizes, strict=True)):
        more = {"interpolation": interpolation} if x.rank == 2 else {}
        return _layer(f"UpSampling{x.rank}D", (X,), ValueSlot(axes(factors)), **more)
    if x.rank != 2:
        raise TABLE.refusal(node, f"by a fraction in {x.rank}-D")
    interpolation = option(interpolation.value, "bilinear", "interpolation")
    height, width = map(ValueSlot, output.sizes)
    return _layer("Resizing", (X,), height, width, interpolation=interpolation)


def _reordered(apart: Sequence[int], order: Sequence[int], together: Sequence[int]) -> Code:
    """`x` taken apart into more axes, these put into another order (counted from 1), and together again."""
    more = _layer("Permute", _layer("Reshape", (X,), ValueSlot(tuple(apart))), ValueSlot(tuple(order)))
    return _layer("Reshape", more, ValueSlot(tuple(together)))


def _pixel_shuffle(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    rank = x.rank
    order = [axis for number in range(1, rank + 1) for axis in (number, rank + number)]
    apart = (*x.sizes, *(layer.factor,) * rank, output.channels)
    return _reordered(apart, (*order, 2 * rank + 1), last(output))


def _space_to_depth(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    rank = x.rank
    apart = [size for out in output.sizes for size in (out, layer.factor)]
    order = (*range(1, 2 * rank, 2), *range(2, 2 * rank + 1, 2), 2 * rank + 1)
    return _reordered((*apart, x.channels), order, last(output))


def _channel_shuffle(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    apart = (*x.sizes, layer.groups, x.channels // layer.groups)
    order = (*range(1, x.rank + 1), x.rank + 2, x.rank + 1)
    return _reordered(apart, order, last(output))


def _reshape(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    if layer.layout == CHANNELS_FIRST and turns(output):
        turned = ValueSlot((*range(2, len(output) + 1), 1))
        return _layer("Permute", _layer("Reshape", _in_layout(layer, x), ValueSlot(tuple(output))), turned)
    return _layer("Reshape", _in_layout(layer, x), ValueSlot(last(output)))


def _flatten(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    return _layer("Flatten", _in_layout(layer, x))


def _in_layout(layer: Any, x: Shape) -> Code:
    """The input with its elements in the order of the spec's layout, where that has another."""
    if layer.layout == CHANNELS_FIRST and turns(x):
        return _layer("Permute", (X,), ValueSlot((len(x), *range(1, len(x)))))
    return (X,)


def _permute(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    places = [axis or len(x) for axis in layer.order]  # the channels are the last axis here
    return _layer("Permute", (X,), ValueSlot(last(places)))


def _split(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    """The code of the first part is that of all of them."""
    parts = layer.split.sizes(x)
    if len(parts) == 1:
        return _layer("Identity", (X,))
    where: Any = len(parts) if len(set(parts)) == 1 else tuple(accumulate(parts[:-1]))
    return ("ops.split(", X, ", ", ValueSlot(where), f", axis={_axis(layer.split.axis, x)})")


_WINDOW = ("kernel_size", "stride", "padding", "dilation")
_EXACT = {"rounding": _ROUNDED_DOWN}
_POOL = ("kernel_size", "stride", "padding", "rounding")
_HEADS = ("heads", "key_size", "value_size")
_RECURRENT = ("units", "bidirectional", "layers", "sequences", "biases")


def _row(write: KerasWriter, fields: tuple[str, ...] = (), silent: Mapping[str, str] = {}) -> LayerRow:
    """The row of a layer that is one expression: nothing is kept as an attribute."""
    return LayerRow(lambda *arguments: LayerCode(None, write(*arguments)), fields, silent)


_LIKE = {"like": "the sizes are written as numbers"}

TABLE = LayerTable(
    "Keras",
    {
        "conv": _row(_conv, (*_WINDOW, "filters", "groups", "bias"), _EXACT),
        "depthwise_conv": _row(_depthwise_conv, (*_WINDOW, "multiplier", "bias"), _EXACT),
        "separable_conv": _row(_separable_conv, (*_WINDOW, "filters", "multiplier", "bias"), _EXACT),
        "conv_transpose": _row(_conv_transpose, (*_WINDOW, "filters", "output_padding", "groups", "bias")),
        "maxpool": _row(_max_pool, (*_POOL, "dilation")),
        "avgpool": _row(_avg_pool, _POOL),
        "global_avgpool": _row(_global_pool("GlobalAveragePooling"), ("keepdims",)),
        "global_maxpool": _row(_global_pool("GlobalMaxPooling"), ("keepdims",)),
        "adaptive_avgpool": _row(_adaptive("AdaptiveAveragePooling"), ("output_size",), _LIKE),
        "adaptive_maxpool": _row(_adaptive("AdaptiveMaxPooling"), ("output_size",), _LIKE),
        "dense": _row(_dense, ("units", "bias")),
        "flatten": _row(_flatten),
        "identity": _row(lambda node, layer, x, output: _layer("Identity", (X,))),
        "dropout": _row(_dropout, ("rate",)),
        "batchnorm": _row(_batch_norm, ("affine", "scale", "center")),
        "layernorm": _row(_norm("LayerNormalization"), ("affine",)),
        "instancenorm": _row(_instance_norm, ("affine",)),
        "groupnorm": _row(_group_norm, ("groups", "affine")),
        "rmsnorm": _row(_rms_norm, ("affine",)),
        "l2norm": _row(_code(_layer("UnitNormalization", (X,)))),
        **{name: _row(_code(code)) for name, code in activations.KERAS.items()},
        "prelu": _row(_prelu, ("per",)),
        "softmax": _row(_softmax, ("axis",)),
        "reduce": _row(_reduce, ("by", "axis")),
        "scale": _row(_scale, ("per", "bias")),
        "stochastic_depth": _row(_stochastic_depth, ("rate",)),
        "add": _row(_join("Add")),
        "subtract": _row(_subtract),
        "average": _row(_join("Average")),
        "maximum": _row(_join("Maximum")),
        "minimum": _row(_join("Minimum")),
        "multiply": _row(_multiply),
        "concat": _row(_concat, ("axis",)),
        "split": _row(_split, ("into", "axis")),
        "pad": _row(_pad, ("amount", "mode"), _LIKE),
        "crop": _row(_margins("Cropping"), ("amount",), {**_LIKE, "offset": "the amount has it"}),
        "upsample": _row(_upsample, ("scale", "size", "mode", "rounding"), _LIKE),
        "pixel_shuffle": _row(_pixel_shuffle, ("factor",)),
        "space_to_depth": _row(_space_to_depth, ("factor",)),
        "channel_shuffle": _row(_channel_shuffle, ("groups",)),
        "reshape": _row(_reshape, ("shape",)),
        "permute": _row(_permute, ("order",)),
        "lstm": _row(lstm, _RECURRENT),
        "gru": _row(gru, _RECURRENT),
        "rnn": _row(rnn, _RECURRENT),
        "embedding": _row(embedding, ("count", "units")),
        "attention": _row(attention, _HEADS),
        "multihead_attention": _row(multihead_attention, (*_HEADS, "filters", "bias")),
        "matmul": _row(matmul, ("transpose",)),
    },
    refused={
        "lppool": "",
        "max_unpool": "",
        "lrn": "(local response normalisation)",
        "custom": STATED,
        "grn": "(global response normalisation)",
        **activations.KERAS_REFUSED,
    },
)
