"""Operations on several tensors of the same shape: sums, products, concatenations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cnn_shapes.importing.arrangement import Arranged, Factor, Group, in_order
from cnn_shapes.importing.building import LayerBuilder, Refused
from cnn_shapes.importing.operations.operation import TorchOperation, operation, sizes_in, whole
from cnn_shapes.importing.operations.pointwise import axis_name
from cnn_shapes.importing.recording import Constant, RecordedCall, ResultOf, Weights
from cnn_shapes.importing.wording.faults import stretched

Arguments = Mapping[str, Any]


def aligned(b: LayerBuilder, call: RecordedCall, xs: Sequence[Arranged]) -> list[Arranged]:
    """The same tensors as values whose axes are in one order, with as few layers as it takes."""
    if len({len(x.dims) for x in xs}) > 1:
        raise Refused("tensors of different numbers of dimensions")
    if len({x.order for x in xs}) == 1 and xs[0].order is not None:
        return list(xs)
    orders = list(dict.fromkeys(x.order for x in xs if x.order is not None))
    natural = tuple(range(len(xs[0].dims) - 1))
    if len(natural) and natural not in orders and all(x.dims[0] == (x.batch,) for x in xs):
        orders.append(natural)
    best: tuple[int, list[tuple[Group, ...]]] | None = None
    for order in orders:
        if any(x.dims[0] != (x.batch,) for x in xs) or len(order) > 4:
            continue
        groups = [tuple(x.dims[1 + order.index(axis)] for axis in range(len(order))) for x in xs]
        effort = sum(map(b.effort, xs, groups))
        if best is None or effort < best[0]:
            best = (effort, groups)
    if best is None:
        return [b.as_plain(call, x) for x in xs]
    return [b.in_groups(call, x, wanted) for x, wanted in zip(xs, best[1], strict=True)]


def structure(x: Arranged) -> tuple[Any, ...]:
    """Which factors each dimension has, by their places in the axes, with their sizes."""
    places = {
        factor: (axis, place, factor.size)
        for axis, group in enumerate(x.axes)
        for place, factor in enumerate(group)
    }
    dims = tuple(tuple(places.get(factor) for factor in group) for group in x.dims)
    return dims, tuple(map(len, x.axes))


def join(b: LayerBuilder, call: RecordedCall, kind: str, xs: Sequence[Arranged]) -> Arranged:
    """A layer that broadcasts: sizes of 1 are stretched, and in a product a vector of channels is."""
    if len({*map(structure, xs)}) == 1 and xs[0].order is None:
        return xs[0].holding(b.layer(call, kind, {}, [x.value for x in xs], xs[0].shape))
    if kind == "multiply" and len(xs) == 2 and (gated := _gated(xs)) is not None:
        return gated.holding(b.layer(call, kind, {}, [x.value for x in xs], gated.shape))
    xs = aligned(b, call, xs)
    order = xs[0].order
    if order is None:
        raise Refused("tensors whose axes are in different orders")
    sizes = call.shapes[0][1:]
    shape = [sizes[order.index(axis)] for axis in range(len(order))]
    value = b.layer(call, kind, {}, [x.value for x in xs], shape)
    return in_order(value, shape, order, b.batch)


def _gated(xs: Sequence[Arranged]) -> Arranged | None:
    """The map, where the other one is a vector of its channels."""
    for x, gate in (xs, xs[::-1]):
        if len(gate.axes) == 1 and len(x.axes) > 1 and x.order is not None and len(x.dims) == len(gate.dims):
            place = x.order.index(0) + 1
            if (
                gate.dims[place] == gate.axes[0]
                and not any(gate.dims[1:place])
                and x.shape[0] == gate.shape[0]
            ):
                return x
    return None


def elementwise(kind: str, turned: bool = False) -> Any:
    """A reader of a function of two operands, either of which may be a number or a parameter."""

    def read(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
        operands = [a["input"], a["other"]]
        if turned:
            operands.reverse()
        xs: list[Arranged] = []
        others: list[Any] = []
        for one in operands:
            known = b.known(one) if isinstance(one, ResultOf | Constant) else one
            xs.append(known) if isinstance(known, Arranged) else others.append(known)
        if not xs:
            return Constant(call.shapes[0], seen=True)
        if not others and xs[0] == xs[1]:
            return xs[0]  # twice the same: a square, or twice as much
        if not others:
            return join(b, call, kind, xs)
        return with_constant(b, call, xs[0], others)

    return read


def with_constant(b: LayerBuilder, call: RecordedCall, x: Arranged, others: Sequence[Any]) -> Arranged:
    """A tensor with numbers that are learned, or with fixed ones, which make no layer."""
    given = b.recording.shape(next(iter(call.results)))
    learned = [one for one in others if isinstance(one, Weights) and one.learned]
    if tuple(call.shapes[0]) != tuple(given):
        names = [one.names[0] for one in learned]
        raise Refused(f"a tensor that is stretched to the shape of {names[0] if names else 'a constant'}")
    for weight in learned:
        x = scaled(b, call, x, weight, [weight])
    return x


def scaled(
    b: LayerBuilder,
    call: RecordedCall,
    x: Arranged,
    weight: Weights,
    weights: Sequence[Weights],
    bias: bool = False,
) -> Arranged:
    """A scale whose factors are per tensor, channel or element of the value."""
    per = "tensor"
    if weight.count > 1:
        sizes = (1,) * (len(x.dims) - len(weight.shape)) + weight.shape
        taken = {factor for group, size in zip(x.dims, sizes, strict=True) if size > 1 for factor in group}
        if taken == {*x.axes[0]}:
            per = "channel"
        elif taken == {factor for group in x.axes for factor in group}:
            per = "element"
        else:
            raise Refused(f"the parameter {weight.names[0]} for some axes of a map")
    fields: dict[str, Any] = {"per": per} | ({"bias": True} if bias else {})
    return x.holding(b.layer(call, "scale", fields, [x.value], x.shape, weights=weights))


def addcmul(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
    """A shift, and a product that is added to it."""
    shift, *product = (a["input"], a["tensor1"], a["tensor2"])
    xs = [b.tensor(one) for one in product if isinstance(one, ResultOf)]
    factors = [one for one in product if isinstance(one, Weights)]
    if len(xs) == 1 and len(factors) == 1 and isinstance(shift, Weights) and shift.count == factors[0].count:
        return scaled(b, call, xs[0], factors[0], [factors[0], shift], bias=True)
    x = join(b, call, "multiply", xs) if len(xs) == 2 else scaled(b, call, xs[0], factors[0], factors)
    return join(b, call, "add", [b.tensor(shift), x])


def concat(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
    xs = [b.tensor(one) for one in a["tensors"]]
    if len(xs) == 1:
        return xs[0]
    dim = whole(a.get("dim", 0)) % len(xs[0].dims)
    if dim == 0:
        raise Refused("a concatenation of batches")
    return _concatenated(b, call, xs, dim)


def _concatenated(b: LayerBuilder, call: RecordedCall, xs: Sequence[Arranged], dim: int) -> Arranged:
    xs = aligned(b, call, xs)
    order = xs[0].order
    if order is None:
        raise Refused("tensors whose axes are in different orders")
    axis = order[dim - 1]
    sizes = call.shapes[0][1:]
    shape = [sizes[order.index(place)] for place in range(len(order))]
    fields = {} if axis == 0 else {"axis": axis_name(len(order) - 1, axis)}
    value = b.layer(call, "concat", fields, [x.value for x in xs], shape)
    return in_order(value, shape, order, b.batch)


def stack(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
    """A concatenation of the channels, of which the new dimension is the outermost factor."""
    xs = [b.tensor(one) for one in a["tensors"]]
    if len({*map(structure, xs)}) > 1:
        xs = aligned(b, call, xs)
    dim = whole(a.get("dim", 0)) % (len(xs[0].dims) + 1)
    if dim == 0:
        raise Refused("a stack of batches")
    x, new = xs[0], Factor(len(xs))
    if len(xs) > 1:
        shape = (x.shape[0] * len(xs), *x.shape[1:])
        value = b.layer(call, "concat", {}, [one.value for one in xs], shape)
        x = Arranged(value, ((new, *x.axes[0]), *x.axes[1:]), x.dims, x.batch)
    group: Group = (new,) if len(xs) > 1 else ()
    return x.with_dims([*x.dims[:dim], group, *x.dims[dim:]])


def repeat(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
    """Copies along one axis: the concatenation of a tensor with itself."""
    x = b.tensor(a["input"])
    times = [whole(one) for one in (a["times"][0] if isinstance(a["times"][0], tuple) else a["times"])]
    if len(times) != len(x.dims):
        raise Refused("copies along a new dimension")
    return copied(b, call, x, times)


def copied(b: LayerBuilder, call: RecordedCall, x: Arranged, times: Sequence[int]) -> Arranged:
    more = [dim for dim, count in enumerate(times) if count > 1]
    if not more:
        return x
    if len(more) > 1 or more[0] == 0:
        raise Refused("copies along several dimensions, or of the batch")
    return _concatenated(b, call, [x] * times[more[0]], more[0])


def expand(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
    made = _stretched(b, call, a)
    if call.error is not None and b.drafts and b.drafts[-1].call is call:
        first, *rest = a["rest"]
        sizes = b.recording.shape(rest[0]) if isinstance(rest[0], ResultOf) else sizes_in(rest)
        old = (*(1 for _ in range(len(sizes) - len(b.recording.shape(first)))), *b.recording.shape(first))
        asked = [size if size != -1 else before for size, before in zip(sizes, old, strict=True)]
        b.drafts[-1].fault = stretched(call, b.recording.shape(first), asked)
    return made


def _stretched(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
    """A stretched tensor: of sizes of 1 along spatial axes an upsample, along the channels copies."""
    x = b.known(a["rest"][0])
    if isinstance(x, Constant):
        return Constant(call.shapes[0], seen=True)
    old, new = b.recording.shape(a["rest"][0]), call.shapes[0]
    if old == new:
        return x
    if len(old) != len(new) or old[0] != new[0]:
        raise Refused("a tensor that is stretched along a new dimension")
    x = x if x.order is not None else b.as_plain(call, x)
    order = x.order or ()
    changed = [order[dim - 1] for dim in range(1, len(new)) if old[dim] != new[dim]]
    if 0 in changed:
        return copied(b, call, x, [after // before for before, after in zip(old, new, strict=True)])
    shape = [new[1 + order.index(axis)] for axis in range(len(order))]
    value = b.layer(call, "upsample", {"size": shape[1:]}, [x.value], shape)
    return in_order(value, shape, order, b.batch)


_KINDS = {
    "add": "add", "sub": "subtract", "subtract": "subtract", "mul": "multiply", "multiply": "multiply",
    "maximum": "maximum", "minimum": "minimum",
}  # fmt: skip
OPERATIONS: dict[str, TorchOperation] = {
    **{
        f"{sign}{name}": operation(elementwise(kind, sign == "r"), "input other", "alpha out")
        for name, kind in _KINDS.items()
        for sign in ("", "i", "r")
    },
    "addcmul": operation(addcmul, "input tensor1 tensor2 value", "value"),
    **{name: operation(concat, "tensors dim") for name in ("cat", "concat", "concatenate")},
    "stack": operation(stack, "tensors dim"),
    "repeat": operation(repeat, "input *times"),
    "expand": operation(expand, "*rest"),
    "expand_as": operation(expand, "*rest"),
}


def quotient(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
    """A tensor by numbers keeps everything; by another tensor it is a product for all that is counted."""
    made = elementwise("multiply")(b, call, a)
    if all(isinstance(a[name], ResultOf) for name in ("input", "other")):
        b.left_out.setdefault("division of two tensors")
    return made


OPERATIONS.update(
    {
        name: operation(quotient, "input other", "rounding_mode out")
        for name in ("div", "truediv", "itruediv", "rtruediv", "true_divide", "divide")
    }
)
