"""Reshapes, permutations, parts of a tensor, and joins along an axis."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from cnn_shapes.importing.arrangement import Arranged, in_order
from cnn_shapes.importing.building import MOST_AXES, Refused
from cnn_shapes.importing.onnx.constants import (
    Unfoldable,
    asked_shape,
    axes_of,
    flat_shape,
    slice_ranges,
    squeezed,
    unsqueezed,
)
from cnn_shapes.importing.onnx.node_reader import BATCH, NodeOperation, NodeReader, dims_of
from cnn_shapes.importing.operations.axes import cut, parts_along
from cnn_shapes.importing.operations.joins import aligned
from cnn_shapes.importing.operations.pointwise import axis_name


def reshaped(n: NodeReader, x: Arranged, shape: Sequence[int]) -> Arranged:
    """The same elements in another shape, for the moment no layer."""
    if prod(shape) != prod(dims_of(x)):
        raise Refused(f"{_shown(dims_of(x))} does not have the elements of {_shown(shape)}")
    if len(shape) == 2 and len(x.axes) > 1 and x.is_plain and shape[0] == BATCH:
        return n.b.fresh(n.layer("flatten", {}, [x], shape[1:]))
    found = x.reshaped(shape)
    if found is not None:
        return found
    x = n.b.as_plain(n.call, x)
    found = x.reshaped(shape)
    if found is not None:
        return found
    if shape[0] != BATCH:
        raise Refused("a shape that mixes the batch with other axes")
    if len(shape) - 1 > MOST_AXES:
        raise Refused(f"{len(shape) - 1} axes beside the batch: the language has {MOST_AXES}")
    return n.b.fresh(n.layer("reshape", {"shape": list(shape[1:])}, [x], shape[1:]))


def _shown(shape: Sequence[int]) -> str:
    return f"[{', '.join('N' if size == BATCH else str(size) for size in shape)}]"


def reshape(n: NodeReader) -> Arranged:
    x = n.tensor()
    asked = n.attribute("shape") if n.version < 5 else n.numbers(1)
    if asked is None:
        raise Refused("no shape")
    dims = dims_of(x)
    if any(size == 0 and place >= len(dims) for place, size in enumerate(asked)):
        raise Refused(f"0 in {asked} for an axis that does not come in")
    return reshaped(n, x, with_batch(n, dims, asked))


def with_batch(n: NodeReader, dims: Sequence[int], asked: Sequence[int]) -> tuple[int, ...]:
    """The shape that is asked for. Where the file is for one batch size, its numbers hold that."""
    keeps_zero = n.flag("allowzero") and not n.state.batch
    batch = n.state.batch
    first = asked[0] if asked else 1
    whole = asked_shape(dims, asked, keeps_zero)
    place = dims.index(BATCH) if BATCH in dims else 0
    if place and [*asked[: place + 1]] == [*dims[:place], batch]:
        return asked_shape(dims, [*dims[: place + 1], *asked[place + 1 :]], keeps_zero)
    has_batch = any(size % BATCH == 0 for size in asked if size)
    if batch is None or first in (0, -1) or has_batch or first % batch:
        return whole
    return asked_shape(dims, [first // batch * BATCH, *asked[1:]], keeps_zero)


def flatten(n: NodeReader) -> Arranged:
    x = n.tensor()
    return reshaped(n, x, flat_shape(dims_of(x), {"axis": n.whole("axis", 1)}))


def squeeze(n: NodeReader) -> Arranged:
    x = n.tensor()
    dims = dims_of(x)
    axes = n.axes(len(dims))
    if axes is None:
        axes = [axis for axis, size in enumerate(dims) if size == 1]
        if n.state.batch == 1:
            raise Refused("without axes, which takes the batch away too")
    if any(dims[axis] != 1 for axis in axes):
        raise Refused(f"the axes {axes} of {_shown(dims)}, which are not all 1")
    return reshaped(n, x, squeezed(dims, axes))


def unsqueeze(n: NodeReader) -> Arranged:
    x = n.tensor()
    dims = dims_of(x)
    axes = axes_of([None, n.array(1)] if n.is_given(1) else [], n.node.attributes)
    if axes is None:
        raise Refused("no axes")
    if dims[0] == BATCH and 0 in (axis % (len(dims) + len(axes)) for axis in axes):
        raise Refused("an axis before the batch")
    return reshaped(n, x, unsqueezed(dims, axes))


def transpose(n: NodeReader) -> Arranged:
    x = n.tensor()
    rank = len(x.dims)
    order = n.attribute("perm") or list(reversed(range(rank)))
    if sorted(order) != list(range(rank)):
        raise Refused(f"the order {order} of {rank} axes")
    return x.permuted(order)


def split(n: NodeReader) -> list[Arranged]:
    x = n.tensor()
    dims = dims_of(x)
    axis = n.axis(0, len(dims))
    sizes = n.attribute("split") if n.version < 13 else n.numbers(1)
    count = len(n.node.outputs)
    if sizes is None:
        step = -(-dims[axis] // count)
        sizes = [step] * (count - 1) + [dims[axis] - step * (count - 1)]
    if sum(sizes) != dims[axis] or len(sizes) != count or min(sizes) < 1:
        raise Refused(f"parts of {sizes} of {dims[axis]}")
    if count == 1:
        return [x]
    return parts_along(n.b, n.call, x, axis, sizes)


def slices(n: NodeReader) -> Arranged:
    x = n.tensor()
    dims = dims_of(x)
    for place in range(1, len(n.node.inputs)):
        if n.is_given(place) and n.array(place) is None:
            raise Refused("a range that is computed from the data")
    arrays: list[Any] = [None, *(n.array(place) for place in range(1, len(n.node.inputs)))]
    try:
        ranges = slice_ranges(
            [None if one is None else one.ravel() for one in arrays], n.node.attributes, len(dims)
        )
    except Unfoldable as error:
        raise Refused(str(error)) from None
    taken = {}
    for axis, part in ranges.items():
        start, stop, step = part.indices(dims[axis])
        if step < 0:
            raise Refused("a slice from the end to the beginning")
        if (start, stop, step) == (0, dims[axis], 1):
            continue
        if n.state.batch is not None and axis == 0 and start == 0 and stop >= n.state.batch:
            continue
        if stop <= start:
            raise Refused("an empty slice")
        taken[axis] = (start, stop, step)
    return cut(n.b, n.call, x, taken)


def taken_places(n: NodeReader, places: Sequence[int], shape: Sequence[int]) -> Arranged:
    """Some places along an axis, which follow each other; one alone takes the axis away."""
    x = n.tensor()
    dims, rank = dims_of(x), len(shape)
    axis = n.axis(0, len(dims))
    size = dims[axis]
    if n.state.batch == 1 and shape[:1] == (1,) and dims == (BATCH * len(places),):
        if [*places] == [*range(len(places))]:  # all of a sample, in another shape
            return reshaped(n, x, (BATCH, *shape[1:]))
        raise Refused("places that do not follow each other")
    places = [place % size for place in places]
    if rank > 1 or not places or places != list(range(places[0], places[0] + len(places))):
        raise Refused("places that do not follow each other")
    x = cut(n.b, n.call, x, {axis: (places[0], places[0] + len(places), 1)} if len(places) < size else {})
    return x if rank else x.without_dim(axis)


def concat(n: NodeReader) -> Arranged:
    xs = [n.tensor(place) for place in range(len(n.node.inputs))]
    if len(xs) == 1:
        return xs[0]
    ranks = {len(x.dims) for x in xs}
    if len(ranks) > 1:
        raise Refused("tensors of different numbers of axes")
    dim = n.axis(1, ranks.pop())
    if dim == 0:
        raise Refused("a concatenation of batches")
    xs = aligned(n.b, n.call, xs)
    order = xs[0].order
    if order is None:
        raise Refused("tensors whose axes are in different orders")
    axis = order[dim - 1]
    shape = list(xs[0].shape)
    shape[axis] = sum(x.shape[axis] for x in xs)
    fields = {} if axis == 0 else {"axis": axis_name(len(order) - 1, axis)}
    value = n.layer("concat", fields, xs, shape)
    return in_order(value, shape, order, n.b.batch)


def shuffled(n: NodeReader) -> Arranged:
    """DepthToSpace: with mode CRD it is the pixel shuffle; in the other order the sizes are the same."""
    factor = n.whole("blocksize", 1)
    x = n.map(rank=2)
    channels, high, wide = x.shape
    if factor < 1 or channels % (factor * factor):
        raise Refused(f"{channels} channels, which {factor}*{factor} does not divide")
    if n.attribute("mode", "DCR") != "CRD":
        n.left_out("the order of channels of DepthToSpace")
    shape = (channels // factor**2, high * factor, wide * factor)
    return n.b.fresh(n.layer("pixel_shuffle", {"factor": factor}, [x], shape))


def unshuffled(n: NodeReader) -> Arranged:
    factor = n.whole("blocksize", 1)
    x = n.map(rank=2)
    channels, high, wide = x.shape
    if factor < 1 or high % factor or wide % factor:
        raise Refused(f"{high}x{wide} pixels, which {factor} does not divide")
    shape = (channels * factor**2, high // factor, wide // factor)
    return n.b.fresh(n.layer("space_to_depth", {"factor": factor}, [x], shape))


OPERATIONS: dict[str, NodeOperation] = {
    "Reshape": reshape,
    "Flatten": flatten,
    "Squeeze": squeeze,
    "Unsqueeze": unsqueeze,
    "Transpose": transpose,
    "Split": split,
    "Slice": slices,
    "Concat": concat,
    "DepthToSpace": shuffled,
    "SpaceToDepth": unshuffled,
}
