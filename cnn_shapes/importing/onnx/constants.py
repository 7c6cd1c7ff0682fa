"""Constant folding: what is known of a graph before it runs, as sizes that are computed from others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from cnn_shapes.importing.onnx.stored.model_file import MOST_ELEMENTS, StoredTensor

_LARGEST = 2.0**53


class Unfoldable(Exception):
    """A constant that cannot be computed."""


@dataclass(frozen=True, slots=True)
class ConstantTensor:
    """A tensor that does not depend on the input: its sizes, and its values where they are few.

    `names` are the initializers that it is made of, where these are learned. `sizes_of` says of each value,
    where it is known, of which tensor it is the size along which axis: `2:tensor`.
    """

    shape: tuple[int, ...] | None
    values: Any = None
    names: tuple[str, ...] = ()
    sizes_of: Any = None

    @property
    def is_learned(self) -> bool:
        return bool(self.names)

    @property
    def count(self) -> int | None:
        return None if self.shape is None else prod(self.shape)


UNKNOWN = ConstantTensor(None)


def stored(name: str, tensor: StoredTensor) -> ConstantTensor:
    """An initializer: learned, where it is of real numbers and has an axis."""
    learned = tensor.is_real and bool(tensor.shape)
    return ConstantTensor(tensor.shape, tensor.values, (name,) if learned else ())


def constant(tensor: Any) -> ConstantTensor:
    """What an attribute holds."""
    import numpy

    if isinstance(tensor, StoredTensor):
        return ConstantTensor(tensor.shape, tensor.values)
    if tensor is None or (isinstance(tensor, str | list) and len(tensor) > MOST_ELEMENTS):
        return UNKNOWN
    values = numpy.asarray(tensor)
    return ConstantTensor(values.shape, values) if values.dtype.kind in "if" else UNKNOWN


def size_list(shape: Sequence[int], tensor: str) -> ConstantTensor:
    """The sizes of a tensor, each of which knows what it is."""
    import numpy

    # a text, for of pairs numpy would make an axis more
    sources = numpy.asarray([f"{axis}:{tensor}" for axis in range(len(shape))], dtype=object)
    return ConstantTensor((len(shape),), numpy.asarray(shape, dtype=numpy.int64), (), sources)


def folded(
    operation: str, given: Sequence[ConstantTensor | None], attributes: Mapping[str, Any]
) -> ConstantTensor:
    """What an operation makes of constants. Raises Unfoldable."""
    import numpy

    names = tuple(dict.fromkeys(name for one in given if one is not None for name in one.names))
    try:
        known = [one for one in given if one is not None]
        if any(one.values is None for one in known) or (
            operation in _KEEPING and any((one.count or 0) > MOST_ELEMENTS for one in known)
        ):
            return ConstantTensor(_shape_alone(operation, given, attributes), None, names)
        arrays = [None if one is None else one.values for one in given]
        if operation not in _FOLDING:  # a function of each value that no size is computed with
            return ConstantTensor(known[0].shape, None, names)
        with numpy.errstate(all="ignore"):
            made = _FOLDING[operation](numpy, arrays, attributes)
        made = numpy.asarray(made)
        if made.size > MOST_ELEMENTS:
            return ConstantTensor(made.shape, None, names)
        return ConstantTensor(
            made.shape, made, names, _sources(numpy, operation, given, arrays, attributes, made)
        )
    except Unfoldable:
        raise
    except Exception as error:  # arguments that the operation cannot have
        raise Unfoldable(f"its arguments are of a form that is not known: {type(error).__name__}") from None


def is_foldable(operation: str) -> bool:
    return operation in _FOLDING or operation in _KEEPING


def _sources(
    numpy: Any, operation: str, given: Sequence[Any], arrays: Sequence[Any], attributes: Any, made: Any
) -> Any:
    """Of which tensors the values are sizes, where they are moved and not computed with."""
    if operation not in _MOVING or all(one is None or one.sizes_of is None for one in given):
        return None
    if operation in ("Identity", "Cast"):
        return given[0].sizes_of
    moved: list[Any] = list(arrays)
    for place, one in enumerate(given):
        if one is not None and (place == 0 or operation == "Concat"):
            moved[place] = one.sizes_of if one.sizes_of is not None else numpy.full(one.shape, None)
    found = numpy.asarray(_FOLDING[operation](numpy, moved, attributes), dtype=object)
    return found if found.shape == made.shape else None


def _shape_alone(
    operation: str, given: Sequence[ConstantTensor | None], attributes: Mapping[str, Any]
) -> Any:
    """The sizes of what comes out, where values are not known."""
    import numpy

    first = given[0] if given else None
    if first is None or first.shape is None:
        raise Unfoldable("its sizes are not known")
    arrays: list[Any] = [None if one is None else one.values for one in given]
    if operation in _KEEPING:
        return first.shape
    if operation in _RESHAPING:
        # a view of one number: however many there are, none is stored
        arrays[0] = numpy.broadcast_to(numpy.zeros((), dtype=bool), first.shape)
        return _RESHAPING[operation](numpy, arrays, attributes)
    if operation in _ARITHMETIC:
        shapes = [one.shape for one in given if one is not None]
        if None in shapes:
            raise Unfoldable("its sizes are not known")
        return numpy.broadcast_shapes(*shapes)
    raise Unfoldable("its values are too many, or not in the file")


# ------------------------------------------------------------------------------------- what is computed


def axes_of(arrays: Sequence[Any], attributes: Mapping[str, Any], place: int = 1) -> list[int] | None:
    """The axes of an operation: an attribute, or since version 13 an input."""
    if attributes.get("axes") is not None:
        return [int(axis) for axis in attributes["axes"]]
    given = arrays[place] if len(arrays) > place else None
    return None if given is None else [int(axis) for axis in given.ravel()]


def unsqueezed(shape: Sequence[int], axes: Sequence[int]) -> tuple[int, ...]:
    rank = len(shape) + len(axes)
    new = {axis % rank for axis in axes}
    rest = iter(shape)
    return tuple(1 if axis in new else next(rest) for axis in range(rank))


def squeezed(shape: Sequence[int], axes: Sequence[int] | None) -> tuple[int, ...]:
    if axes is None:
        return tuple(size for size in shape if size != 1)
    gone = {axis % len(shape) for axis in axes}
    return tuple(size for axis, size in enumerate(shape) if axis not in gone)


def asked_shape(shape: Sequence[int], asked: Sequence[int], keeps_zero: bool = False) -> tuple[int, ...]:
    """The shape that a Reshape asks for: 0 keeps a size, -1 is what is left."""
    sizes = [shape[axis] if size == 0 and not keeps_zero else int(size) for axis, size in enumerate(asked)]
    if -1 in sizes:
        rest = prod(size for size in sizes if size != -1)
        sizes[sizes.index(-1)] = prod(shape) // rest if rest else 0
    return tuple(sizes)


def _unsqueeze(numpy: Any, a: Sequence[Any], attributes: Mapping[str, Any]) -> Any:
    return a[0].reshape(unsqueezed(a[0].shape, axes_of(a, attributes) or []))


def _squeeze(numpy: Any, a: Sequence[Any], attributes: Mapping[str, Any]) -> Any:
    return a[0].reshape(squeezed(a[0].shape, axes_of(a, attributes)))


def _reshape(numpy: Any, a: Sequence[Any], attributes: Mapping[str, Any]) -> Any:
    asked = a[1] if len(a) > 1 else attributes["shape"]
    return a[0].reshape(
        asked_shape(a[0].shape, [int(one) for one in asked], bool(attributes.get("allowzero")))
    )


def slice_ranges(a: Sequence[Any], attributes: Mapping[str, Any], rank: int) -> dict[int, slice]:
    """The ranges of a Slice, by axis: inputs since version 10, attributes before."""

    def part(place: int, name: str) -> list[int] | None:
        given = a[place] if len(a) > place else None
        if given is None:
            given = attributes.get(name)
        return None if given is None else [int(one) for one in given]

    starts, ends = part(1, "starts"), part(2, "ends")
    if starts is None or ends is None:
        raise Unfoldable("its range is computed from the input")
    axes = part(3, "axes") or list(range(len(starts)))
    steps = part(4, "steps") or [1] * len(starts)
    ranges = {}
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        # far before the beginning is no place counted from the end
        ranges[axis % rank] = slice(start, None if step < 0 and end < -(2**31) else end, step)
    return ranges


def _slice(numpy: Any, a: Sequence[Any], attributes: Mapping[str, Any]) -> Any:
    ranges = slice_ranges(a, attributes, a[0].ndim)
    return a[0][tuple(ranges.get(axis, slice(None)) for axis in range(a[0].ndim))]


def _gather(numpy: Any, a: Sequence[Any], attributes: Mapping[str, Any]) -> Any:
    return numpy.take(a[0], a[1].astype(int), axis=attributes.get("axis") or 0)


def _concat(numpy: Any, a: Sequence[Any], attributes: Mapping[str, Any]) -> Any:
    return numpy.concatenate(a, axis=attributes.get("axis") or 0)


def _cast(numpy: Any, a: Sequence[Any], attributes: Mapping[str, Any]) -> Any:
    whole = attributes.get("to") in (2, 3, 4, 5, 6, 7, 12, 13)
    return a[0].astype(numpy.int64 if whole else bool if attributes.get("to") == 9 else float)


def _divided(numpy: Any, a: Sequence[Any], attributes: Mapping[str, Any]) -> Any:
    whole = all(one.dtype.kind in "iu" for one in a)
    if not whole:
        return numpy.true_divide(a[0], a[1])
    if not numpy.all(a[1]):
        raise Unfoldable("it divides by 0")
    return numpy.floor_divide(a[0], a[1])


def _range(numpy: Any, a: Sequence[Any], attributes: Mapping[str, Any]) -> Any:
    start, limit, step = (float(one) for one in a[:3])
    count = max(0, -int((start - limit) // step))
    if count > MOST_ELEMENTS:
        raise Unfoldable(f"it has {count:,} values")
    return numpy.arange(*(one.item() for one in a[:3]))


def _clip(numpy: Any, a: Sequence[Any], attributes: Mapping[str, Any]) -> Any:
    low, high = (
        a[place] if len(a) > place else attributes.get(name) for place, name in ((1, "min"), (2, "max"))
    )
    return numpy.clip(a[0], low, high)


def _expand(numpy: Any, a: Sequence[Any], attributes: Mapping[str, Any]) -> Any:
    shape = numpy.broadcast_shapes(a[0].shape, tuple(int(size) for size in a[1]))
    return numpy.broadcast_to(a[0], shape)


def _reduced(by: str) -> Any:
    def reduce(numpy: Any, a: Sequence[Any], attributes: Mapping[str, Any]) -> Any:
        axes = axes_of(a, attributes)
        keep = bool(attributes.get("keepdims", 1))
        return getattr(numpy, by)(a[0], axis=None if axes is None else tuple(axes), keepdims=keep)

    return reduce


def _by(name: str) -> Any:
    return lambda numpy, a, attributes: getattr(numpy, name)(*a[:2])


def _growing(name: str) -> Any:
    """A function whose whole numbers could be too large for the 64 bits that they have."""

    def compute(numpy: Any, a: Sequence[Any], attributes: Mapping[str, Any]) -> Any:
        function = getattr(numpy, name)
        if all(one.dtype.kind in "iu" for one in a[:2]):
            about = numpy.abs(function(*(one.astype(float) for one in a[:2])))
            if about.size and not about.max() < _LARGEST:
                raise Unfoldable("a number beyond all sizes")
        return function(*a[:2])

    return compute


def _alone(name: str) -> Any:
    return lambda numpy, a, attributes: getattr(numpy, name)(a[0].astype(float))


_Fold = Callable[[Any, Sequence[Any], Mapping[str, Any]], Any]
_ARITHMETIC: dict[str, _Fold] = {
    "Add": _growing("add"), "Sub": _growing("subtract"), "Mul": _growing("multiply"), "Div": _divided,
    "Pow": _growing("power"),
    "Mod": _by("mod"), "Equal": _by("equal"), "Less": _by("less"), "Greater": _by("greater"),
    "LessOrEqual": _by("less_equal"), "GreaterOrEqual": _by("greater_equal"), "And": _by("logical_and"),
    "Or": _by("logical_or"), "Max": _by("maximum"), "Min": _by("minimum"),
    "Where": lambda numpy, a, attributes: numpy.where(a[0].astype(bool), a[1], a[2]),
}  # fmt: skip
_RESHAPING: dict[str, _Fold] = {
    "Unsqueeze": lambda numpy, a, attributes: unsqueezed(a[0].shape, axes_of(a, attributes) or []),
    "Squeeze": lambda numpy, a, attributes: squeezed(a[0].shape, axes_of(a, attributes)),
    "Reshape": lambda numpy, a, attributes: asked_shape(
        a[0].shape, [int(one) for one in (a[1] if len(a) > 1 else attributes["shape"])]
    ),
    "Flatten": lambda numpy, a, attributes: flat_shape(a[0].shape, attributes),
    "Transpose": lambda numpy, a, attributes: numpy.transpose(a[0], attributes.get("perm")).shape,
    "Slice": lambda numpy, a, attributes: _slice(numpy, a, attributes).shape,
    "Expand": lambda numpy, a, attributes: _expand(numpy, a, attributes).shape,
}
# the same sizes come out: of weights that are stored in another way the count is the same too
_KEEPING = (
    "Identity", "Cast", "CastLike", "Neg", "Sqrt", "Exp", "Abs", "Reciprocal", "DequantizeLinear",
    "QuantizeLinear", "Softplus", "Tanh", "Sigmoid", "Relu", "Log", "Clip",
)  # fmt: skip
_MOVING = ("Gather", "Concat", "Slice", "Unsqueeze", "Squeeze", "Identity", "Reshape", "Cast")
_FOLDING: dict[str, _Fold] = {
    **_ARITHMETIC,
    "Unsqueeze": _unsqueeze, "Squeeze": _squeeze, "Reshape": _reshape, "Slice": _slice, "Gather": _gather,
    "Concat": _concat, "Cast": _cast, "CastLike": lambda numpy, a, attributes: a[0],
    "Identity": lambda numpy, a, attributes: a[0], "Range": _range, "Expand": _expand,
    "Transpose": lambda numpy, a, attributes: numpy.transpose(a[0], attributes.get("perm")),
    "Flatten": lambda numpy, a, attributes: a[0].reshape(flat_shape(a[0].shape, attributes)),
    "Floor": _alone("floor"), "Ceil": _alone("ceil"), "Round": _alone("round"), "Sqrt": _alone("sqrt"),
    "Abs": lambda numpy, a, attributes: numpy.abs(a[0]), "Neg": lambda numpy, a, attributes: -a[0],
    "Exp": _alone("exp"), "Log": _alone("log"), "Clip": _clip,
    "Reciprocal": lambda numpy, a, attributes: 1 / a[0].astype(float),
    "Not": lambda numpy, a, attributes: numpy.logical_not(a[0]),
    "ReduceProd": _reduced("prod"), "ReduceSum": _reduced("sum"), "ReduceMax": _reduced("max"),
    "ReduceMin": _reduced("min"), "ReduceMean": _reduced("mean"),
}  # fmt: skip


def flat_shape(shape: Sequence[int], attributes: Mapping[str, Any]) -> tuple[int, int]:
    axis = attributes.get("axis", 1)
    axis = axis + len(shape) if axis < 0 else axis
    return prod(shape[:axis]), prod(shape[axis:])
