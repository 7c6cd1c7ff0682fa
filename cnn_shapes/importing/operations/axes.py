"""Reshapes, permutations and parts of a tensor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cnn_shapes.importing.arrangement import Arranged, Group, group_of, plain, size_of
from cnn_shapes.importing.building import LayerBuilder, Refused
from cnn_shapes.importing.operations.operation import TorchOperation, operation, short, sizes_in, whole
from cnn_shapes.importing.operations.pointwise import axis_name
from cnn_shapes.importing.recording import Constant, RecordedCall, SizeOf
from cnn_shapes.importing.traced_model import Fault
from cnn_shapes.importing.wording.faults import mixed_batch, wrong_factor

Arguments = Mapping[str, Any]


def reshape(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
    """The same elements in another shape: for the moment no layer."""
    known = b.known(a["input"])
    shape = call.shapes[0]
    if isinstance(known, Constant):
        return Constant(shape, seen=True)
    asked: tuple[Any, ...] = a.get("sizes") or ()
    asked = asked[0] if len(asked) == 1 and isinstance(asked[0], tuple) else asked
    if call.mixes_batch:
        return _without_batch(b, call, known, asked)
    moved = shape[:1] != call_input(b, call)[:1] and bool(asked) and asked[0] == -1 and not b.keeps_batch
    if call.error is not None or moved:
        return _of_another_size(b, call, known, asked if moved else ())
    if len(shape) == 2 and len(known.axes) > 1 and known.is_plain and shape[0] == b.recording.batch:
        return b.fresh(b.layer(call, "flatten", {}, [known.value], shape[1:]))
    follows = [place for place, size in enumerate(asked) if size == -1 and place]
    if call.operation == "flatten":
        follows = [whole(a.get("start_dim", 0)) % len(known.dims)]
    if (found := known.reshaped(shape)) is not None:
        return _following(found, asked, follows)
    x = b.as_plain(call, known)
    if (found := x.reshaped(shape)) is not None:
        return _following(found, asked, follows)
    if shape[0] != b.recording.batch:
        raise Refused("a shape that mixes the batch with other axes")
    return b.fresh(_reshaped(b, call, x, shape[1:]))


def _following(x: Arranged, asked: Sequence[Any], follows: Sequence[int]) -> Arranged:
    """The same with the dimensions marked that follow from others, where those are the same at any size."""
    channels = {*x.axes[0]}
    for dim, group in enumerate(x.dims):
        is_written = dim < len(asked) and type(asked[dim]) is int
        if dim and dim not in follows and not is_written and not channels.issuperset(group):
            return x
    return x.following(follows)


def call_input(b: LayerBuilder, call: RecordedCall) -> tuple[int, ...]:
    return b.recording.shape(next(iter(call.results)))


def _reshaped(b: LayerBuilder, call: RecordedCall, x: Arranged, shape: Sequence[int]) -> int:
    if len(shape) > 4:
        raise Refused(f"{len(shape)} axes beside the batch: the language has 4")
    return b.layer(call, "reshape", {"shape": list(shape)}, [x.value], shape)


def _of_another_size(b: LayerBuilder, call: RecordedCall, x: Arranged, asked: Sequence[Any]) -> Arranged:
    """A reshape to a shape that holds another number of elements."""
    x = b.as_plain(call, x)
    wanted = [whole(one) for one in asked[1:]] if asked else list(call.shapes[0][1:])
    made = plain(_reshaped(b, call, x, wanted), wanted, b.batch)
    if call.error is not None:
        b.drafts[-1].fault = wrong_factor(call, x.shape)
    if asked and call.error is None:
        b.wrong = True
        b.drafts[-1].fault = Fault(f"a batch of {b.recording.batch} becomes one of {call.shapes[0][0]}")
    return made


def _without_batch(b: LayerBuilder, call: RecordedCall, x: Arranged, asked: Sequence[Any]) -> Arranged:
    """A view that takes the batch for features, as it is meant: of each sample by itself."""
    x = b.as_plain(call, x)
    shape = call.shapes[0][1:]
    value = (
        b.layer(call, "flatten", {}, [x.value], shape) if len(shape) == 1 else _reshaped(b, call, x, shape)
    )
    b.drafts[-1].fault = mixed_batch(call, x.shape, asked)
    return b.fresh(value)


def permute(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
    known = b.known(a["input"])
    if isinstance(known, Constant):
        return Constant(call.shapes[0], seen=True)
    order = [place % len(known.dims) for place in sizes_in(a.get("order") or a["dims"])]
    return known.permuted(order) if call.error is None else b.as_plain(call, known)


def transpose(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
    known = b.known(a["input"])
    if isinstance(known, Constant):
        return Constant(call.shapes[0], seen=True)
    count = len(known.dims)
    first, second = (whole(a.get(name, usual)) % count for name, usual in (("dim0", -2), ("dim1", -1)))
    order = list(range(count))
    order[first], order[second] = second, first
    return known.permuted(order)


def movedim(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
    x = b.tensor(a["input"])
    count = len(x.dims)
    sources, targets = (
        [whole(one) % count for one in (value if isinstance(value, tuple) else (value,))]
        for value in (a["source"], a["destination"])
    )
    order = [dim for dim in range(count) if dim not in sources]
    for target, source in sorted(zip(targets, sources, strict=True)):
        order.insert(target, source)
    return x.permuted(order)


# ------------------------------------------------------------------------------------------------- parts


def split(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
    """Parts along a dimension, of the sizes that the framework gave them."""
    known = b.known(a["input"])
    if isinstance(known, Constant):
        return [Constant(shape, seen=True) for shape in call.shapes]
    dim = whole(a.get("dim", 0)) % len(known.dims)
    if len(call.shapes) == 1:
        return [known]
    return parts_along(b, call, known, dim, [shape[dim] for shape in call.shapes])


def unbind(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
    x = b.tensor(a["input"])
    dim = whole(a.get("dim", 0)) % len(x.dims)
    count = len(call.shapes)
    if count == 1:
        return [x.without_dim(dim)]
    return [part.without_dim(dim) for part in parts_along(b, call, x, dim, [1] * count)]


def parts_along(
    b: LayerBuilder, call: RecordedCall, x: Arranged, dim: int, sizes: Sequence[int]
) -> list[Arranged]:
    x, axis, inner = outermost(b, call, x, dim)
    step = size_of(inner)
    rank = len(x.axes) - 1
    shapes = [(*x.shape[:axis], size * step, *x.shape[axis + 1 :]) for size in sizes]
    values = b.split(call, x.value, axis_name(rank, axis), shapes)
    return [_part(x, axis, dim, inner, value, size) for value, size in zip(values, sizes, strict=True)]


def outermost(b: LayerBuilder, call: RecordedCall, x: Arranged, dim: int) -> tuple[Arranged, int, Group]:
    """The axis of which a dimension is the outermost factor, and its other factors."""
    if x.dims[dim] == (x.batch,):
        raise Refused("a part of the batch")
    axis = x.axis_of(dim)
    if axis is not None:
        return x, axis, ()
    group = x.dims[dim]
    for axis, factors in enumerate(x.axes):
        if group and factors[: len(group)] == group:
            return x, axis, factors[len(group) :]
    after = len(x.dims) - dim
    x = b.as_plain(call, x)
    return x, len(x.axes) - after, ()


def _part(x: Arranged, axis: int, dim: int, inner: Group, value: int, size: int) -> Arranged:
    group = group_of(size)
    axes = (*x.axes[:axis], (*group, *inner), *x.axes[axis + 1 :])
    return Arranged(value, axes, (*x.dims[:dim], group, *x.dims[dim + 1 :]), x.batch)


def getitem(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
    """Slices and single places. Along spatial axes they are crops, along the channels parts of a split."""
    if a["input"] in b.states and isinstance(a["index"], int):
        return _state_of(b, call, *b.states[a["input"]], a["index"])
    known = b.known(a["input"])
    if isinstance(known, Constant):
        return Constant(call.shapes[0], seen=True)
    index = a["index"] if isinstance(a["index"], tuple) else (a["index"],)
    x = known
    gone: list[int] = []
    taken: dict[int, tuple[int, int, int]] = {}
    for dim, item in enumerate(_whole_index(index, len(known.dims))):
        if item is None:
            x = x.with_dims([*x.dims[:dim], (), *x.dims[dim:]])
        else:
            size = size_of(x.dims[dim])
            start, stop, step = _range(item, size)
            if (start, stop, step) != (0, size, 1):
                taken[dim] = (start, stop, step)
            if not isinstance(item, slice):
                gone.append(dim)
    x = cut(b, call, x, taken)
    for dim in reversed(gone):
        x = x.without_dim(dim)
    return x


def _state_of(b: LayerBuilder, call: RecordedCall, last: Arranged, count: int, index: int) -> Arranged:
    """One state of those of several recurrent layers, of which the last one's are known."""
    directions = size_of(last.dims[0])
    place = index % count - (count - directions)
    if place < 0:
        raise Refused("the state of a recurrent layer that is not the last")
    return cut(b, call, last, {0: (place, place + 1, 1)} if directions > 1 else {}).without_dim(0)


def _whole_index(index: Sequence[Any], count: int) -> list[Any]:
    """An index without its ellipsis, with a slice for each dimension that it does not name."""
    items = list(index)
    named = sum(item is not None and item is not Ellipsis for item in items)
    missing = [slice(None)] * (count - named)
    if Ellipsis in items:
        place = items.index(Ellipsis)
        return items[:place] + missing + items[place + 1 :]
    return items + missing


def _range(item: Any, size: int) -> tuple[int, int, int]:
    if isinstance(item, slice):
        start, stop, step = (
            None if one is None else whole(one) for one in (item.start, item.stop, item.step)
        )
        return slice(start, stop, step).indices(size)
    if isinstance(item, bool) or not isinstance(item, int | SizeOf):
        raise Refused("an index that is a tensor")
    place = whole(item) % size
    return place, place + 1, 1


def cut(
    b: LayerBuilder, call: RecordedCall, x: Arranged, taken: Mapping[int, tuple[int, int, int]]
) -> Arranged:
    """The given ranges of some dimensions: channels first, then all spatial axes at once."""
    if not taken:
        return x
    if any(x.axis_of(dim) is None for dim in taken) and len(taken) > 1:
        x = b.as_plain(call, x)
    spatial: dict[int, tuple[int, int, int, int]] = {}
    for dim, (start, stop, step) in taken.items():
        x, axis, inner = outermost(b, call, x, dim)
        if axis == 0 or inner:
            if step != 1:
                raise Refused("every second channel, or place of a factor")
            x = _channels(b, call, x, axis, dim, inner, start, stop)
        else:
            spatial[axis] = (dim, start, stop, step)
    if not spatial:
        return x
    amounts = [[0, 0] for _ in x.axes[1:]]
    steps = [1 for _ in x.axes[1:]]
    shape, strided = list(x.shape), list(x.shape)
    for axis, (_, start, stop, step) in spatial.items():
        last = start + (stop - start - 1) // step * step + 1
        amounts[axis - 1] = [start, shape[axis] - (stop if step == 1 else last)]
        shape[axis] = last - start if step != 1 else stop - start
        steps[axis - 1] = step
        strided[axis] = -(-(stop - start) // step)
    value = x.value
    if any(map(any, amounts)):
        value = b.layer(call, "crop", {"amount": amounts}, [value], shape)
    if any(step != 1 for step in steps):  # a pool of one pixel takes every second one
        value = b.layer(call, "maxpool", {"kernel_size": 1, "stride": short(steps)}, [value], strided)
    for axis, (dim, *_) in spatial.items():
        x = x.resized(value, axis, dim, strided[axis])
    return x


def _channels(
    b: LayerBuilder, call: RecordedCall, x: Arranged, axis: int, dim: int, inner: Group, start: int, stop: int
) -> Arranged:
    step = size_of(inner)
    value = b.part(call, x.value, axis, axis_name(len(x.axes) - 1, axis), start * step, stop * step)
    return _part(x, axis, dim, inner, value, stop - start)


def attribute_transposed(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
    return transpose(b, call, a)


OPERATIONS: dict[str, TorchOperation] = {
    **{name: operation(reshape, "input *sizes", "dtype") for name in ("view", "reshape")},
    **{name: operation(reshape, "input other") for name in ("view_as", "reshape_as")},
    "flatten": operation(reshape, "input start_dim end_dim"),
    "ravel": operation(reshape, "input"),
    "unflatten": operation(reshape, "input dim lengths", "sizes"),
    "squeeze": operation(reshape, "input dim"),
    "unsqueeze": operation(reshape, "input dim"),
    "permute": operation(permute, "input *order"),
    **{name: operation(transpose, "input dim0 dim1") for name in ("transpose", "swapaxes", "swapdims")},
    **{name: operation(attribute_transposed, "input") for name in ("get_mT", "get_T", "t", "adjoint")},
    **{name: operation(movedim, "input source destination") for name in ("movedim", "moveaxis")},
    **{
        name: operation(split, "input sizes dim", "split_size_or_sections split_size chunks split_sizes")
        for name in ("split", "chunk", "split_with_sizes", "tensor_split")
    },
    "unbind": operation(unbind, "input dim"),
    "getitem": operation(getitem, "input index"),
}
