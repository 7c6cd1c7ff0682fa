"""What changes spatial sizes without a window: resizing, padding, stretching."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from struct import pack, unpack
from typing import Any

from cnn_shapes.importing.arrangement import Arranged, in_order
from cnn_shapes.importing.building import LayerNamed, Refused
from cnn_shapes.importing.onnx.constants import ConstantTensor
from cnn_shapes.importing.onnx.node_reader import BATCH, NodeOperation, NodeReader, dims_of
from cnn_shapes.importing.operations.joins import copied
from cnn_shapes.importing.operations.operation import short
from cnn_shapes.importing.operations.sizes import pad as torch_pad
from cnn_shapes.importing.recording import ResultOf

_MOST_COPIES = 64
_MODES = {"constant": "constant", "reflect": "reflect", "edge": "replicate", "wrap": "circular"}
_WORDS = {"nearest": "nearest", "linear": "linear", "bilinear": "linear", "cubic": "linear"}


def resize(n: NodeReader) -> Arranged:
    """By factors, or to sizes, which may be those of another tensor."""
    x = n.map()
    rank = len(x.axes) - 1
    mode = n.attribute("mode", "nearest")
    if mode not in _WORDS:
        raise Refused(f"the mode {mode}")
    if mode == "cubic":
        n.left_out("the mode cubic of Resize")
    if n.attribute("keep_aspect_ratio_policy", "stretch") != "stretch":
        raise Refused("sizes that keep the aspect ratio")
    if n.attribute("coordinate_transformation_mode", "") == "tf_crop_and_resize":
        raise Refused("a resize of a part of the map")
    scales, sizes = _asked(n)
    axes = n.attribute("axes") or list(range(rank + 2))
    given = scales if sizes is None else sizes
    if given is None or len(given) != len(axes):
        raise Refused("factors or sizes of other than its axes")
    wanted: dict[int, Any] = {axis % (rank + 2): one for axis, one in zip(axes, given, strict=True)}
    dims = dims_of(x)
    fields: dict[str, Any]
    if sizes is None:
        factors = [wanted.get(axis, 1.0) for axis in range(rank + 2)]
        if factors[:2] != [1, 1] or any(not 0 < one < 2**31 for one in factors):
            raise Refused("factors for the batch or the channels, or of 0")
        pairs = list(zip(dims[2:], factors[2:], strict=True))
        spatial = [floor(size * Fraction(str(one))) for size, one in pairs]
        stored = [floor(size * _in_32_bits(one)) for size, one in pairs]
        if spatial != stored:
            raise Refused(f"factors by which {list(dims[2:])} is {spatial} or, as they are stored, {stored}")
        fields = {"scale": short([int(one) if one == int(one) else one for one in factors[2:]])}
        if any(one != int(one) for one in factors):
            fields["rounding"] = "floor"
    else:
        spatial = [int(wanted.get(axis, dims[axis])) for axis in range(2, rank + 2)]
        if any(not 0 < one < 2**31 for one in spatial):
            raise Refused(f"the sizes {spatial}")
        if int(wanted.get(1, dims[1])) != dims[1]:
            raise Refused("a size for the channels")
        like = _like(n, rank)
        fields = {"size": short(spatial)} if like is None else {"like": like}
    if _WORDS[mode] != "nearest":
        fields["mode"] = _WORDS[mode]
    return n.b.fresh(n.layer("upsample", fields, [x], (x.shape[0], *spatial)))


def _in_32_bits(factor: float) -> float:
    return float(unpack("f", pack("f", factor))[0])


def _asked(n: NodeReader) -> tuple[list[float] | None, list[int] | None]:
    if n.node.operation == "Upsample":
        if n.version < 9:
            return n.attribute("scales"), None
        return _factors(n, 1), None
    if n.version < 11:
        return _factors(n, 1), None
    sizes = n.numbers(3) if n.is_given(3) else None
    return (None, sizes) if sizes else (_factors(n, 2), None)


def _factors(n: NodeReader, place: int) -> list[float] | None:
    found = n.folded(place)
    if found is None:
        return None
    if found.values is None:
        raise Refused(f"the values of {n.node.inputs[place][:60]} are not known")
    # stored in 32 bits: the shortest number that is the same there
    return [float(str(one)) for one in found.values.ravel()]


def _like(n: NodeReader, rank: int) -> LayerNamed | None:
    """The layer whose spatial sizes these are, all of them and in their order."""
    found = n.folded(3)
    if not isinstance(found, ConstantTensor) or found.sizes_of is None:
        return None
    sources = [str(one).partition(":") for one in found.sizes_of.ravel()[-rank:]]
    if len({name for _, _, name in sources}) != 1:
        return None
    given = n.state.tensors.get(sources[0][2])
    other = n.b.results.get(given) if isinstance(given, ResultOf) else None
    if not isinstance(other, Arranged) or other.order is None or len(other.axes) != rank + 1:
        return None
    if [other.axis_of(int(axis)) for axis, _, _ in sources] != list(range(1, rank + 1)):
        return None
    return LayerNamed(other.value)


def pad(n: NodeReader) -> Any:
    x = n.tensor()
    rank = len(x.dims)
    numbers = n.attribute("pads", n.attribute("paddings")) if n.version < 11 else n.numbers(1)
    axes = n.numbers(3) if n.version >= 18 and n.is_given(3) else None
    places = list(range(rank)) if axes is None else [axis % rank for axis in axes]
    if not numbers or len(numbers) != 2 * len(places):
        raise Refused("other than a begin and an end for each axis")
    if any(abs(one) >= 2**31 for one in numbers):
        raise Refused("a padding beyond all sizes")
    pairs = dict(zip(places, zip(numbers[: len(places)], numbers[len(places) :], strict=True), strict=True))
    if any(pairs.get(0, (0, 0))):
        raise Refused("a padding of the batch")
    mode = n.attribute("mode", "constant")
    if mode not in _MODES:
        raise Refused(f"the mode {mode}")
    # from the last axis on, as torch has them
    flat = [number for axis in reversed(range(1, rank)) for number in pairs.get(axis, (0, 0))]
    return torch_pad(n.b, n.call, {"input": n.result(), "pad": tuple(flat), "mode": _MODES[mode]})


def expand(n: NodeReader) -> Arranged:
    """A stretched tensor: of sizes of 1 along spatial axes an upsample, along the channels copies."""
    x = n.tensor()
    asked = n.numbers(1)
    dims = dims_of(x)
    if asked is None or len(asked) > len(dims):
        raise Refused("a tensor that is stretched along a new axis")
    wide = [1] * (len(dims) - len(asked)) + asked
    if n.state.batch is not None and wide[0] == n.state.batch:
        wide[0] = BATCH
    if any(size not in (1, wanted) and wanted != 1 for size, wanted in zip(dims, wide, strict=True)):
        raise Refused(f"sizes that do not fit {asked}")
    new = [max(size, wanted) for size, wanted in zip(dims, wide, strict=True)]
    if new == list(dims):
        return x
    x = x if x.order is not None else n.b.as_plain(n.call, x)
    order = x.order or ()
    changed = [order[dim - 1] for dim in range(1, len(new)) if dims[dim] != new[dim]]
    if 0 in changed:
        if len(changed) > 1 or new[1 + order.index(0)] > _MOST_COPIES:
            raise Refused(f"copies along several axes, or more than {_MOST_COPIES}")
        times = [after // before for before, after in zip(dims, new, strict=True)]
        return copied(n.b, n.shaped(new), x, times)
    shape = [new[1 + order.index(axis)] for axis in range(len(order))]
    value = n.layer("upsample", {"size": shape[1:]}, [x], shape)
    return in_order(value, shape, order, n.b.batch)


def tile(n: NodeReader) -> Arranged:
    """Copies along one axis."""
    x = n.tensor()
    times = n.numbers(1)
    dims = dims_of(x)
    if times is None or len(times) != len(dims) or not all(1 <= one <= _MOST_COPIES for one in times):
        raise Refused(f"other copies of each axis than 1 to {_MOST_COPIES}")
    return copied(n.b, n.shaped([size * one for size, one in zip(dims, times, strict=True)]), x, times)


OPERATIONS: dict[str, NodeOperation] = {
    "Resize": resize,
    "Upsample": resize,
    "Pad": pad,
    "Expand": expand,
    "Tile": tile,
}
