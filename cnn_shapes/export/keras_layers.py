"""Each layer kind in Keras 3, as a call on its input. Channels stand last, as Keras has them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from cnn_shapes.export.code import Code, Slot, Source, Unexportable, X, axes, call, joined, option
from cnn_shapes.shapes import CEIL, Shape

if TYPE_CHECKING:
    from cnn_shapes.network import Node

Pads = Sequence[tuple[int, int]]
_ACTIVATIONS = {"hardsigmoid": "hard_sigmoid", "hardswish": "hard_silu"}


def written(node: Node) -> tuple[None, Code]:
    """The expression of one layer. Raises Unexportable where Keras has no such layer."""
    layer: Any = node.layer
    shapes = [shape for shape in node.input_shapes if shape is not None]
    assert node.output is not None
    write = _KINDS.get(node.kind, _activation)
    return None, write(node, layer, shapes[0], node.output)


def _refuse(node: Node, why: str) -> Unexportable:
    return Unexportable(f"{node.name}: Keras has no {node.kind}{why and ' '}{why}")


def _layer(name: str, x: Code, *arguments: Slot | Code, **keywords: Slot) -> Code:
    """`layers.Name(...)(x)`."""
    return (*call(f"layers.{name}", *arguments, **keywords), "(", *x, ")")


def last(shape: Sequence[int]) -> tuple[int, ...]:
    """A shape with its channels last."""
    return (*shape[1:], shape[0])


def _ends(pads: Pads) -> Any:
    """Amounts as ZeroPadding and Cropping take them: one number for all, else a pair for each axis."""
    flat = {amount for pair in pads for amount in pair}
    if len(flat) == 1:
        return flat.pop()
    return tuple(pads[0]) if len(pads) == 1 else tuple(map(tuple, pads))


def _changed(name: str, x: Code, pads: Pads) -> Code:
    """`x` with zeros around it, or cut off; `x` itself where there is nothing to do."""
    if not any(amount for pair in pads for amount in pair):
        return x
    return _layer(f"{name}{len(pads)}D", x, Slot(_ends(pads)))


def _options(node: Node, layer: Any, x: Shape) -> tuple[dict[str, Slot], Code]:
    """The window of a convolution, and its input padded where Keras cannot say how."""
    if max(layer.stride) > 1 and max(layer.dilation) > 1:
        raise _refuse(node, "with a stride and a dilation")
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
    options, source = _options(node, layer, x)
    arguments = Slot(layer.filters), Slot(axes(layer.kernel_size))
    groups, bias = option(layer.groups, 1, "groups"), option(layer.bias, True, "use_bias")
    return _layer(f"Conv{x.rank}D", source, *arguments, **options, groups=groups, use_bias=bias)


def _depthwise(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    options, source = _options(node, layer, x)
    kernel, bias = Slot(axes(layer.kernel_size)), option(layer.bias, True, "use_bias")
    if x.rank == 3:  # Keras' own are for one and two axes
        between = Slot(output.channels), kernel
        return _layer("Conv3D", source, *between, **options, groups=Slot(x.channels), use_bias=bias)
    multiplier = option(layer.multiplier, 1, "depth_multiplier")
    name = f"DepthwiseConv{x.rank}D"
    return _layer(name, source, kernel, **options, depth_multiplier=multiplier, use_bias=bias)


def _separable(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    options, source = _options(node, layer, x)
    kernel, bias = Slot(axes(layer.kernel_size)), option(layer.bias, True, "use_bias")
    if x.rank == 3:
        between = Slot(x.channels * layer.multiplier), kernel
        no_bias = option(False, True, "use_bias")
        depthwise = _layer("Conv3D", source, *between, **options, groups=Slot(x.channels), use_bias=no_bias)
        return _layer("Conv3D", depthwise, Slot(layer.filters), Slot(1), use_bias=bias)
    multiplier = option(layer.multiplier, 1, "depth_multiplier")
    name, arguments = f"SeparableConv{x.rank}D", (Slot(layer.filters), kernel)
    return _layer(name, source, *arguments, **options, depth_multiplier=multiplier, use_bias=bias)


def _conv_transpose(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    """Without padding Keras gives (size - 1)*stride + max(extent, stride): the rest is cut off, or zeros."""
    if layer.groups > 1:
        raise _refuse(node, "with groups")
    if max(layer.stride) > 1 and max(layer.dilation) > 1:
        raise _refuse(node, "with a stride and a dilation")
    made = _layer(
        f"Conv{x.rank}DTranspose",
        (X,),
        Slot(layer.filters),
        Slot(axes(layer.kernel_size)),
        strides=option(axes(layer.stride), 1, "strides"),
        dilation_rate=option(axes(layer.dilation), 1, "dilation_rate"),
        use_bias=option(layer.bias, True, "use_bias"),
    )
    windows = layer.windows(x)
    ends = [
        (size - 1) * window.stride + max(window.extent, window.stride) - window.before - out
        for window, size, out in zip(windows, x.sizes, output.sizes, strict=True)
    ]
    cut = [(window.before, max(end, 0)) for window, end in zip(windows, ends, strict=True)]
    return _changed("ZeroPadding", _changed("Cropping", made, cut), [(0, max(-end, 0)) for end in ends])


def _pool(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    if node.kind == "lppool":
        raise _refuse(node, "")
    if node.kind == "maxpool" and max(layer.dilation) > 1:
        raise _refuse(node, "with a dilation")
    kernel = axes(layer.kernel_size)
    options = {
        "strides": option(axes(layer.stride), kernel, "strides"),
        "padding": option("same" if layer.padding == "same" else "valid", "valid", "padding"),
    }
    source: Code = (X,)
    windows = layer.windows(x)
    pads = [(window.before, window.after) for window in windows]
    if layer.rounding == CEIL:  # what makes the last windows whole
        pads = [
            (w.before, max(0, (out - 1) * w.stride + w.extent - size - w.before))
            for w, size, out in zip(windows, x.sizes, output.sizes, strict=True)
        ]
    if layer.padding != "same" and any(map(any, pads)):
        source = _changed("ZeroPadding", source, pads)
        if node.kind == "maxpool":
            around = Slot(((0, 0), *pads, (0, 0)))
            source = ("ops.pad(", X, ", ", around, ', constant_values=float("-inf"))')
    name = "MaxPooling" if node.kind == "maxpool" else "AveragePooling"
    return _layer(f"{name}{x.rank}D", source, Slot(kernel), **options)


def _global_pool(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    name = "GlobalAveragePooling" if node.kind == "global_avgpool" else "GlobalMaxPooling"
    return _layer(f"{name}{x.rank}D", (X,), keepdims=option(layer.keepdims, False, "keepdims"))


def _adaptive(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    name = "AdaptiveAveragePooling" if node.kind == "adaptive_avgpool" else "AdaptiveMaxPooling"
    return _layer(f"{name}{x.rank}D", (X,), Slot(axes(output.sizes)))


def _dense(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    return _layer("Dense", (X,), Slot(layer.units), use_bias=option(layer.bias, True, "use_bias"))


def _norm(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    affine = {name: option(layer.affine, True, "affine") for name in ("center", "scale")}
    if node.kind == "batchnorm":
        return _layer("BatchNormalization", (X,), **affine)
    if node.kind == "layernorm":
        return _layer("LayerNormalization", (X,), **affine)
    groups = Slot(layer.groups if node.kind == "groupnorm" else -1)  # -1: a group for each channel
    return _layer("GroupNormalization", (X,), groups=groups, **affine)


def _activation(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    return _layer("Activation", (X,), Slot(_ACTIVATIONS.get(node.kind, node.kind)))


def _prelu(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    shared = Slot(tuple(range(1, len(x) + 1)))  # one slope for all, as in PyTorch
    return _layer("PReLU", (X,), shared_axes=shared)


def _join(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    shapes = [shape or () for shape in node.input_shapes]
    sources: list[Code] = [(Source(number),) for number in range(len(shapes))]
    if len(sources) == 1:
        return _layer("Identity", (X,))
    rank = max(map(len, shapes)) - 1
    if node.kind == "multiply" and rank:  # a vector among feature maps scales their channels
        sources = [
            _layer("Reshape", source, Slot((*(1,) * rank, *shape))) if len(shape) == 1 else source
            for source, shape in zip(sources, shapes, strict=True)
        ]
    name = {"add": "Add", "multiply": "Multiply", "concat": "Concatenate"}[node.kind]
    return _layer(name, ("[", *joined(sources, ", "), "]"))


def _pad(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    changed = _changed("ZeroPadding" if node.kind == "pad" else "Cropping", (X,), layer.amount)
    return changed if changed != (X,) else _layer("Identity", (X,))


def _upsample(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    linear = layer.mode == "linear"
    if linear and x.rank != 2:
        raise _refuse(node, f"with mode linear in {x.rank}-D")
    interpolation = option("bilinear" if linear else "nearest", "nearest", "interpolation")
    factors = [out // size for out, size in zip(output.sizes, x.sizes, strict=True)]
    if all(size * factor == out for size, factor, out in zip(x.sizes, factors, output.sizes, strict=True)):
        more = {"interpolation": interpolation} if x.rank == 2 else {}
        return _layer(f"UpSampling{x.rank}D", (X,), Slot(axes(factors)), **more)
    if x.rank != 2:
        raise _refuse(node, f"by a fraction in {x.rank}-D")
    interpolation = option(interpolation.value, "bilinear", "interpolation")
    return _layer("Resizing", (X,), Slot(output.sizes[0]), Slot(output.sizes[1]), interpolation=interpolation)


def _reordered(apart: Sequence[int], order: Sequence[int], together: Sequence[int]) -> Code:
    """`x` taken apart into more axes, these put into another order (counted from 1), and together again."""
    more = _layer("Permute", _layer("Reshape", (X,), Slot(tuple(apart))), Slot(tuple(order)))
    return _layer("Reshape", more, Slot(tuple(together)))


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
    return _layer("Reshape", (X,), Slot(last(output)))


def _permute(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    places = [axis or len(x) for axis in layer.order]  # the channels are the last axis here
    return _layer("Permute", (X,), Slot(last(places)))


def _split(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    """The code of the first part is that of all of them."""
    parts = [count or x.channels // len(layer.split.into) for _, count in layer.split.into]
    if len(parts) == 1:
        return _layer("Identity", (X,))
    where: Any = len(parts) if len(set(parts)) == 1 else tuple(accumulate(parts[:-1]))
    return ("ops.split(", X, ", ", Slot(where), ", axis=-1)")


def _lrn(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    raise _refuse(node, "(local response normalisation)")


_KINDS: dict[str, Callable[[Node, Any, Shape, Shape], Code]] = {
    **dict.fromkeys(("maxpool", "avgpool", "lppool"), _pool),
    **dict.fromkeys(("global_avgpool", "global_maxpool"), _global_pool),
    **dict.fromkeys(("adaptive_avgpool", "adaptive_maxpool"), _adaptive),
    **dict.fromkeys(("batchnorm", "instancenorm", "groupnorm", "layernorm"), _norm),
    **dict.fromkeys(("add", "multiply", "concat"), _join),
    **dict.fromkeys(("pad", "crop"), _pad),
    "conv": _conv,
    "depthwise_conv": _depthwise,
    "separable_conv": _separable,
    "conv_transpose": _conv_transpose,
    "dense": _dense,
    "prelu": _prelu,
    "lrn": _lrn,
    "identity": lambda node, layer, x, output: _layer("Identity", (X,)),
    "flatten": lambda node, layer, x, output: _layer("Flatten", (X,)),
    "dropout": lambda node, layer, x, output: _layer("Dropout", (X,), Slot(layer.rate)),
    "upsample": _upsample,
    "pixel_shuffle": _pixel_shuffle,
    "space_to_depth": _space_to_depth,
    "channel_shuffle": _channel_shuffle,
    "reshape": _reshape,
    "permute": _permute,
    "split": _split,
}
