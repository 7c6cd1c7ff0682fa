"""A mean, a maximum or a sum along whole dimensions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnn_shapes.importing.arrangement import Arranged, joined, size_of
from cnn_shapes.importing.building import LayerBuilder, Refused
from cnn_shapes.importing.operations.operation import TorchOperation, operation, whole
from cnn_shapes.importing.operations.pointwise import axis_name
from cnn_shapes.importing.recording import Constant, RecordedCall

Arguments = Mapping[str, Any]
_GLOBAL = {"mean": "global_avgpool", "max": "global_maxpool"}


def reduction(by: str) -> Any:
    def read(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
        known = b.known(a["input"])
        if isinstance(known, Constant):
            return Constant(call.shapes[0], seen=True)
        dim, keep = a.get("dim", a.get("axis")), bool(a.get("keepdim", False))
        if dim is None:
            raise Refused("a number for the whole batch")
        named = dim if isinstance(dim, tuple) else (dim,)
        dims = sorted({whole(one) % len(known.dims) for one in named})
        made = _reduced(b, call, known, by, dims, keep)
        return [made, *(None for _ in call.shapes[1:])]

    return read


def _reduced(
    b: LayerBuilder, call: RecordedCall, x: Arranged, by: str, dims: list[int], keep: bool
) -> Arranged:
    taken = {factor for dim in dims for factor in x.dims[dim]}
    if x.batch in taken:
        raise Refused("a mean or maximum over the batch")
    if taken and by in _GLOBAL and taken == {*joined(x.axes[1:])}:
        shape = (x.shape[0], *(1 for _ in x.axes[1:])) if keep else x.shape[:1]
        value = b.layer(call, _GLOBAL[by], {"keepdims": True} if keep else {}, [x.value], shape)
        axes = (x.axes[0], *(() for _ in shape[1:]))
    elif taken:
        if any(x.dims[dim] and x.axis_of(dim) is None for dim in dims):
            x = b.as_plain(call, x)
            if len(x.dims) != len(x.axes) + 1:
                raise Refused("a dimension that is put together with the batch")
        numbers = sorted(axis for dim in dims if x.dims[dim] and (axis := x.axis_of(dim)) is not None)
        names = [axis_name(len(x.axes) - 1, axis) for axis in numbers]
        fields: dict[str, Any] = {} if by == "mean" else {"by": by}
        if names != ["channels"]:
            fields["axis"] = names[0] if len(names) == 1 else names
        axes = tuple(() if axis in numbers else group for axis, group in enumerate(x.axes))
        value = b.layer(call, "reduce", fields, [x.value], list(map(size_of, axes)))
    else:
        value, axes = x.value, x.axes
    left = [() if dim in dims else group for dim, group in enumerate(x.dims) if keep or dim not in dims]
    return Arranged(value, axes, tuple(left), x.batch)


def variance(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
    """The mean of the squared distances from the mean: all of its layers, but the square, which has none."""
    x, dim, keep = b.tensor(a["input"]), a.get("dim"), bool(a.get("keepdim", False))
    if dim is None:
        raise Refused("a number for the whole batch")
    named = dim if isinstance(dim, tuple) else (dim,)
    dims = sorted({whole(one) % len(x.dims) for one in named})
    if any(x.dims[place] and x.axis_of(place) is None for place in dims) or x.order is None:
        x = b.as_plain(call, x)
    mean = _reduced(b, call, x, "mean", dims, True)
    distance = b.layer(call, "subtract", {}, [x.value, mean.value], x.shape)
    b.left_out.setdefault("square")
    made = _reduced(b, call, x.holding(distance), "mean", dims, keep)
    if len(call.shapes) == 1:
        return made
    left = [group for dim, group in enumerate(mean.dims) if keep or dim not in dims]
    return [made, mean.with_dims(left)]


_PARAMETERS = "input dim keepdim"
OPERATIONS: dict[str, TorchOperation] = {
    "mean": operation(reduction("mean"), _PARAMETERS, "dtype out"),
    "sum": operation(reduction("sum"), _PARAMETERS, "dtype out"),
    "amax": operation(reduction("max"), _PARAMETERS, "out"),
    **{
        name: operation(variance, "input dim correction keepdim", "unbiased correction")
        for name in ("var", "std", "var_mean", "std_mean")
    },
    "max": operation(reduction("max"), _PARAMETERS, "out"),
}
