"""Keras' operations: the functions of `keras.ops`, and what is written with operators."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

from cnn_shapes.language.dialects.keras.activations import activation_named
from cnn_shapes.language.dialects.keras.call import (
    MOST_AXES,
    KerasCall,
    SaidLayer,
    Tensor,
    Unsayable,
    Variable,
    shown,
    sizes_left,
)
from cnn_shapes.language.dialects.keras.plain_layers import reshaped
from cnn_shapes.language.dialects.keras.settings import need_known
from cnn_shapes.language.dialects.keras.windows import Reader

# functions of each value that the language has no kind for: they change neither a shape nor a count
LEFT_OUT = frozenset(
    (
        *("Abs", "Absolute", "Negative", "Log", "Log2", "Log10", "Log1p", "Expm1", "Exp2", "Square", "Sqrt"),
        *("Rsqrt", "Reciprocal", "Sign", "Round", "Floor", "Ceil", "Sin", "Cos", "Erf", "Clip", "NanToNum"),
        *("Flip", "Roll", "Cbrt"),
    )
)
# what gives the tensor itself
_SAME = ("Cast", "SaturateCast", "StopGradient", "Copy", "Identity", "ConvertToTensor")
_JOINS = {
    "Add": "add",
    "Subtract": "subtract",
    "Multiply": "multiply",
    "Maximum": "maximum",
    "Minimum": "minimum",
}
WITH_NUMBERS = (*_JOINS, "Divide", "TrueDivide", "DivideNoNan", "Power", "FloorDivide", "Mod")
_REDUCED = {
    "Mean": "mean",
    "Max": "max",
    "Amax": "max",
    "Sum": "sum",
}
_ACTIVATIONS = (
    *("Relu", "Relu6", "Sigmoid", "Softplus", "Softsign", "SoftShrink", "SparsePlus", "SparseSigmoid"),
    *("Silu", "Squareplus", "LogSigmoid", "LeakyRelu", "HardSigmoid", "HardSilu", "Elu", "Selu", "Gelu"),
    *("Celu", "TanhShrink", "HardTanh", "HardShrink", "Threshold", "Tanh"),
)
_OF_ACTIVATIONS = ("negative_slope", "alpha", "approximate", "threshold", "default_value", "b")


def activation(call: KerasCall) -> list[SaidLayer]:
    need_known(call.config, _OF_ACTIVATIONS)
    kind = activation_named(call.class_name)
    if kind is None:
        raise Unsayable("it is not known")
    return [SaidLayer(kind)]


def exponential(call: KerasCall) -> list[SaidLayer]:
    return [SaidLayer("exponential")]


def softmax(call: KerasCall) -> list[SaidLayer]:
    kind = "softmax" if call.class_name == "Softmax" else "log_softmax"
    name = call.axis_name(call.axis(call.config.get("axis", -1)))
    if name == "channels":
        return [SaidLayer(kind)]
    if kind != "softmax":
        raise Unsayable(f"its axis is {shown(call.config.get('axis'))}, which are not the channels")
    return [SaidLayer(kind, {"axis": name})]


def glu(call: KerasCall) -> list[SaidLayer]:
    if call.axis(call.config.get("axis", -1)) != call.channels_axis:
        raise Unsayable(f"its axis is {shown(call.config.get('axis'))}, which are not the channels")
    return [SaidLayer("glu")]


def same(call: KerasCall) -> list[SaidLayer]:
    return []


def operands(call: KerasCall) -> list[Any]:
    """The two operands: tensors, variables or numbers."""
    given = [*call.arguments, *call.named.values()]
    if len(given) != 2:
        raise Unsayable("its arguments are of a form that is not known")
    return given


def elementwise(call: KerasCall) -> list[SaidLayer]:
    """Of two tensors a join; with a number nothing, with a variable that is learned a scale."""
    given = operands(call)
    tensors = [one for one in given if isinstance(one, Tensor)]
    if len(tensors) == 2:
        kind = _JOINS.get(call.class_name)
        if kind is None:
            raise Unsayable("it is of two tensors")
        if tensors[0] == tensors[1]:
            return []  # twice the same: a square, or twice as much
        return stretched(call, kind)
    if call.outputs is not None and call.outputs[0] != call.inputs[0]:
        raise Unsayable("a tensor is stretched to the shape of a constant")
    other = next(one for one in given if not isinstance(one, Tensor))
    if not isinstance(other, Variable) or not other.learned:
        return []
    if call.class_name != "Multiply":
        raise Unsayable("a variable that is learned is no factor")
    return [SaidLayer("scale", {"per": _per(call, other)})]


def _per(call: KerasCall, other: Variable) -> str:
    """What has a factor of its own."""
    if prod(other.shape) == 1:
        return "tensor"
    sizes = (1,) * (len(call.inputs[0]) - len(other.shape)) + other.shape[-len(call.inputs[0]) :]
    if sizes == call.inputs[0]:
        return "channel" if not call.rank else "element"
    wide = [axis for axis, size in enumerate(sizes) if size > 1]
    if wide == [call.channels_axis] and sizes[wide[0]] == call.inputs[0][wide[0]]:
        return "channel"
    raise Unsayable(f"a variable of shape {shown(list(other.shape))} is learned")


def stretched(call: KerasCall, kind: str) -> list[SaidLayer]:
    """A join of two tensors; one of fewer axes is stretched over those that it has not."""
    first, second = call.inputs[:2]
    if len(first) != len(second):
        raise Unsayable(f"it is of tensors of {len(first)} and {len(second)} axes")
    return [SaidLayer(kind)]


def concatenate(call: KerasCall) -> list[SaidLayer]:
    need_known(call.config, ("axis",))
    name = call.axis_name(call.axis(call.config.get("axis", call.named.get("axis", -1))))
    return [SaidLayer("concat", {} if name == "channels" else {"axis": name})]


def reduced(call: KerasCall) -> list[SaidLayer]:
    """A mean, maximum or sum over some axes, which are gone or 1 after it."""
    need_known(call.config, ("axis", "keepdims", "initial"))
    said = call.config.get("axis")
    if said is None:
        raise Unsayable("it is over all axes, the batch too")
    axes = sorted({call.axis(one) for one in (said if isinstance(said, list | tuple) else [said])})
    by, keeps = _REDUCED[call.class_name], bool(call.config.get("keepdims"))
    spatial = [axis for axis in range(call.rank + 1) if axis != call.channels_axis]
    if (
        axes == spatial
        and spatial
        and by in ("mean", "max")
        and (keeps or len(spatial) > 1 or call.rank == 1)
    ):
        kind = "global_avgpool" if by == "mean" else "global_maxpool"
        return [SaidLayer(kind, {"keepdims": True} if keeps else {})]
    names = [call.axis_name(axis) for axis in axes]
    kept = tuple(1 if axis in axes else size for axis, size in enumerate(call.inputs[0]))
    entry = SaidLayer("reduce", {"by": by, "axis": names[0] if len(names) == 1 else names}, sizes=kept)
    left = sizes_left(call.inputs[0], axes)
    if keeps:
        return [entry]
    return [entry, _shape(left)]


def _shape(sizes: list[int]) -> SaidLayer:
    if not sizes:
        raise Unsayable("a number for each sample is left")
    if len(sizes) > MOST_AXES:
        raise Unsayable(f"{len(sizes)} axes beside the batch: the language has {MOST_AXES}")
    return SaidLayer("flatten") if len(sizes) == 1 else SaidLayer("reshape", {"shape": sizes})


def reshape(call: KerasCall) -> list[SaidLayer]:
    need_known(call.config, ("newshape",))
    new = call.config.get("newshape")
    if not isinstance(new, list | tuple) or len(new) < 2:
        raise Unsayable(f"its newshape is {shown(new)}")
    first, *sizes = new
    if first not in (-1, None, call.batch) or (first == -1 and -1 in sizes):
        raise Unsayable(f"its newshape is {shown(new)}, in which the batch is not the first size")
    elements, asked = prod(call.inputs[0]), prod(sizes)
    if first == -1 and elements != asked and elements % asked == 0:
        raise Unsayable(f"its newshape is {shown(new)}, which puts other axes together with the batch")
    if len(sizes) > MOST_AXES:
        raise Unsayable(f"{len(sizes)} axes beside the batch: the language has {MOST_AXES}")
    return [reshaped(sizes, "newshape")]


def transpose(call: KerasCall) -> list[SaidLayer]:
    need_known(call.config, ("axes",))
    axes = call.config.get("axes")
    if not isinstance(axes, list | tuple) or axes[0] != 0:
        raise Unsayable("the batch is not its first axis")
    return [SaidLayer("permute", {"order": [call.axis(axis) for axis in axes[1:]]})]


def swapaxes(call: KerasCall) -> list[SaidLayer]:
    need_known(call.config, ("axis1", "axis2"))
    order = list(range(len(call.inputs[0])))
    one, other = call.axis(call.config["axis1"]), call.axis(call.config["axis2"])
    order[one], order[other] = order[other], order[one]
    return [SaidLayer("permute", {"order": order})]


def expand_dims(call: KerasCall) -> list[SaidLayer]:
    need_known(call.config, ("axis",))
    sizes = list(call.inputs[0])
    said = call.config.get("axis")
    for axis in said if isinstance(said, list | tuple) else [said]:
        if type(axis) is not int or axis in (0, -len(sizes) - 2):
            raise Unsayable("an axis before the batch")
        sizes.insert(axis % (len(sizes) + 2) - 1, 1)
    return [_shape(sizes)]


def squeeze(call: KerasCall) -> list[SaidLayer]:
    need_known(call.config, ("axis",))
    sizes, said = list(call.inputs[0]), call.config.get("axis")
    if said is None:
        axes = [axis for axis, size in enumerate(sizes) if size == 1]
    else:
        axes = [call.axis(one) for one in (said if isinstance(said, list | tuple) else [said])]
    return [_shape(sizes_left(sizes, axes))]


def pad(call: KerasCall) -> list[SaidLayer]:
    need_known(call.config, ("pad_width", "mode"))
    widths, mode = call.config.get("pad_width"), call.config.get("mode", "constant")
    modes = {"constant": "zeros", "reflect": "reflect", "edge": "replicate", "symmetric": ""}
    pairs = [list(one) if isinstance(one, list | tuple) else [one, one] for one in widths or ()]
    if not pairs or len(pairs) != len(call.inputs[0]) + 1 or not modes.get(mode):
        raise Unsayable(f"its pad_width is {shown(widths)} with mode {shown(mode)}")
    around = pairs.pop(call.channels_axis + 1)
    if any(pairs.pop(0)) or any(around):
        raise Unsayable("it puts values before the batch or the channels")
    fields: dict[str, Any] = (
        {"amount": pairs} if mode == "constant" else {"amount": pairs, "mode": modes[mode]}
    )
    return [SaidLayer("pad", fields)]


def matmul(call: KerasCall) -> list[SaidLayer]:
    if len(call.inputs) != 2:
        raise Unsayable("one of the two is a variable or a constant")
    return [SaidLayer("matmul")]


def split(call: KerasCall) -> list[SaidLayer]:
    need_known(call.config, ("indices_or_sections", "axis"))
    name = call.axis_name(call.axis(call.config.get("axis", 0)))
    cuts = call.config.get("indices_or_sections")
    parts = cuts if isinstance(cuts, int) else len(cuts) + 1 if isinstance(cuts, list | tuple) else 0
    if parts < 1:
        raise Unsayable(f"its indices_or_sections are {shown(cuts)}")
    return [SaidLayer("split", {"axis": name}, parts=parts)] if parts > 1 else []


def resize(call: KerasCall) -> list[SaidLayer]:
    need_known(
        call.config,
        ("size", "interpolation", "antialias", "data_format", "fill_mode", "fill_value",
         "crop_to_aspect_ratio", "pad_to_aspect_ratio"),
    )  # fmt: skip
    modes = {"nearest": "nearest", "bilinear": "linear", "bicubic": "bicubic"}
    mode = modes.get(str(call.config.get("interpolation")))
    if mode is None or call.config.get("crop_to_aspect_ratio") or call.config.get("pad_to_aspect_ratio"):
        raise Unsayable(f"its interpolation is {shown(call.config.get('interpolation'))}")
    if call.config.get("data_format") not in (None, call.layout) or call.rank != 2:
        raise Unsayable("its channels are elsewhere than those of the layers before it")
    size = list(call.config["size"])
    return [SaidLayer("upsample", {"size": size[0] if size[0] == size[1] else size} | _mode(mode))]


def _mode(mode: str) -> dict[str, Any]:
    return {} if mode == "nearest" else {"mode": mode}


def pooled(kind: str) -> Reader:
    def read(call: KerasCall) -> list[SaidLayer]:
        need_known(call.config, ("pool_size", "strides", "padding"))
        _need_layout(call)
        size, stride = call.config.get("pool_size"), call.config.get("strides")
        fields: dict[str, Any] = {"kernel_size": _each(size)}
        if stride is not None and _each(stride) != _each(size):
            fields["stride"] = _each(stride)
        if call.config.get("padding") == "same":
            fields["padding"] = "same"
        return [SaidLayer(kind, fields)]

    return read


def _each(value: Any) -> Any:
    if isinstance(value, list | tuple) and len({*value}) == 1:
        return value[0]
    return list(value) if isinstance(value, tuple) else value


def _need_layout(call: KerasCall) -> None:
    if call.config.get("data_format") not in (None, call.layout):
        raise Unsayable(f"its data_format is {shown(call.config.get('data_format'))}")


def slices(call: KerasCall) -> list[SaidLayer]:
    """A part of the axes, or one place of them."""
    key = call.arguments[1] if len(call.arguments) > 1 else call.named.get("key")
    wanted = list(key) if isinstance(key, list | tuple) else [key]
    sizes = [call.batch, *call.inputs[0]]
    if Ellipsis in wanted:
        place = wanted.index(Ellipsis)
        missing = len(sizes) - sum(one is not None for one in wanted) + 1
        wanted[place : place + 1] = [slice(None)] * missing
    if any(one is None or not isinstance(one, slice | int) or isinstance(one, bool) for one in wanted):
        raise Unsayable("its index is no slice of numbers")
    wanted += [slice(None)] * (len(sizes) - len(wanted))
    if wanted[0] != slice(None) or len(wanted) != len(sizes):
        raise Unsayable("it takes a part of the batch")
    cuts: dict[int, tuple[int, int]] = {}
    gone = []
    for axis, one in enumerate(wanted[1:]):
        size = call.inputs[0][axis]
        if isinstance(one, int):
            place = one % size
            cuts[axis] = (place, size - place - 1)
            gone.append(axis)
        else:
            assert isinstance(one, slice)
            start, stop, step = one.indices(size)
            if step != 1 or stop <= start:
                raise Unsayable("its slice has a step")
            if (start, stop) != (0, size):
                cuts[axis] = (start, size - stop)
    return _cut(call, cuts, gone)


def _cut(call: KerasCall, cuts: Mapping[int, tuple[int, int]], gone: list[int]) -> list[SaidLayer]:
    """The ends cut off the spatial axes, and axes of 1 that are gone."""
    if any(cuts.get(call.channels_axis, (0, 0))):
        raise Unsayable("it takes a part of the channels")
    entries = []
    spatial = [axis for axis in range(call.rank + 1) if axis != call.channels_axis]
    amounts = [list(cuts.get(axis, (0, 0))) for axis in spatial]
    if any(map(any, amounts)):
        cut = tuple(size - sum(cuts.get(axis, (0, 0))) for axis, size in enumerate(call.inputs[0]))
        entries.append(SaidLayer("crop", {"amount": amounts}, sizes=cut))
    if gone:
        entries.append(_shape(sizes_left(call.inputs[0], gone)))
    return entries


def depth_to_space(kind: str) -> Reader:
    def read(call: KerasCall) -> list[SaidLayer]:
        need_known(call.config, ("block_size",))
        _need_layout(call)
        return [SaidLayer(kind, {"factor": call.config["block_size"]})]

    return read


ROWS: Mapping[str, Reader] = {
    **dict.fromkeys(_ACTIVATIONS, activation),
    "Exp": exponential,
    "Softmax": softmax,
    "LogSoftmax": softmax,
    "Glu": glu,
    **dict.fromkeys(_SAME, same),
    **dict.fromkeys(LEFT_OUT, same),
    **dict.fromkeys(WITH_NUMBERS, elementwise),
    "Concatenate": concatenate,
    **dict.fromkeys(_REDUCED, reduced),
    "Reshape": reshape,
    "Transpose": transpose,
    "Swapaxes": swapaxes,
    "ExpandDims": expand_dims,
    "Squeeze": squeeze,
    "Pad": pad,
    "Matmul": matmul,
    "Split": split,
    "Resize": resize,
    "MaxPool": pooled("maxpool"),
    "AveragePool": pooled("avgpool"),
    "GetItem": slices,
    "DepthToSpace": depth_to_space("pixel_shuffle"),
    "SpaceToDepth": depth_to_space("space_to_depth"),
}
