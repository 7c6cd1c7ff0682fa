"""The fields whose value may be a list: one value per axis, a whole shape, an order of axes, named parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cnn_shapes.diagnostics import CHANNELS_FIRST, from_layout
from cnn_shapes.layers.fields import (
    CAUSAL,
    LARGEST,
    REQUIRED,
    BadValue,
    Field,
    Written,
    at_least,
    read_count,
    whole,
)
from cnn_shapes.words import say

if TYPE_CHECKING:
    from fractions import Fraction

Pairs = tuple[tuple[int, int], ...]
REST = -1  # of a split's parts, the one that gets what the others leave


class WrittenPairs(tuple[tuple[int, int], ...]):
    """Begin and end of each axis as a spec wrote them: a pool bounds them otherwise than a number."""

    __slots__ = ()


class PerAxis(Field[tuple[int, ...]]):
    """A whole number for all spatial axes, or one per axis in the order (D,) H, W."""

    takes_open_sizes = True

    def __init__(self, doc: str, default: Any = REQUIRED, aliases: Sequence[str] = (), minimum: int = 1):
        super().__init__(doc, default, aliases)
        self.minimum = minimum

    def initial(self, rank: int) -> Any:
        return None if self.default is None else (self.default,) * rank

    def read(self, raw: Any, rank: int, layout: str) -> tuple[int, ...]:
        if isinstance(raw, list):
            if len(raw) != rank:
                raise BadValue(self.expected(rank))
            return tuple(
                read_count(item, self.minimum, at_least(self.minimum), (place,))
                for place, item in enumerate(raw)
            )
        return (read_count(raw, self.minimum, self.expected(rank)),) * rank

    def expected(self, rank: int) -> str:
        if rank == 1:
            return at_least(self.minimum)
        return say("{one}, or a list of {rank}, one per axis", one=at_least(self.minimum), rank=rank)

    def moved(self, value: Any, axes: tuple[int, ...], delta: int) -> tuple[int, ...] | None:
        return value and tuple(size + delta if axis in axes else size for axis, size in enumerate(value))

    def schema(self) -> dict[str, Any]:
        return {
            "type": ["integer", "string", "array"],
            "minimum": self.minimum,
            "items": {"type": ["integer", "string"], "minimum": self.minimum},
            "maxItems": 3,
        }


class Ends(Field[Pairs]):
    """Amounts at the two ends of each axis: one number, one per axis, or begin/end pairs per axis.

    Of one axis the pair alone, too, as Keras has it.
    """

    takes_open_sizes = True

    def initial(self, rank: int) -> Any:
        return self.default if self.default in (REQUIRED, None) else ((self.default, self.default),) * rank

    def read(self, raw: Any, rank: int, layout: str) -> Pairs:
        alone = rank == 1 and isinstance(raw, list) and len(raw) > 1
        if not alone or any(isinstance(part, list) for part in raw):
            return read_ends(raw, rank, self.expected(rank))
        try:
            return read_ends([raw], rank, self.expected(rank))
        except BadValue as error:
            raise BadValue(error.expected, error.path[1:], error.template, **error.facts) from None

    def moved(self, value: Any, axes: tuple[int, ...], delta: int) -> Pairs:
        return moved_ends(value, axes, delta)

    def expected(self, rank: int) -> str:
        return _expected_ends(rank, "[begin, end]")

    def schema(self) -> dict[str, Any]:
        return {
            "type": ["integer", "string", "array"],
            "minimum": 0,
            "maxItems": 3,
            "items": {
                "type": ["integer", "string", "array"],
                "minimum": 0,
                "minItems": 2,
                "maxItems": 2,
                "items": {"type": ["integer", "string"], "minimum": 0},
            },
        }


class Padding(Field["Pairs | str"]):
    """`Ends`, or a word: valid (0), half (keeps a size at stride 1), same and causal (ceil(size/stride))."""

    takes_open_sizes = True
    words: tuple[str, ...] = ("valid", "half", "same", CAUSAL)

    def initial(self, rank: int) -> Any:
        return ((0, 0),) * rank

    def read(self, raw: Any, rank: int, layout: str) -> Pairs | str:
        if isinstance(raw, str) and raw in self.words:
            if raw == CAUSAL and rank != 1:
                raise BadValue(
                    self.expected(rank),
                    template="padding: causal is for one axis, [length, channels]: there is no before and "
                    "after in an image",
                )
            return raw
        return read_ends(raw, rank, self.expected(rank))

    def moved(self, value: Any, axes: tuple[int, ...], delta: int) -> Pairs:
        """Of the amounts at the ends: a word has none of its own."""
        return moved_ends(value, axes, delta)

    def expected(self, rank: int) -> str:
        words = (word for word in self.words if word != CAUSAL or rank == 1)
        ends = _expected_ends(rank, "[[begin, end]]")
        return say("{ends}, or one of {words}", ends=ends, words=", ".join(words))

    def schema(self) -> dict[str, Any]:
        return Ends("").schema()


def _expected_ends(rank: int, pair: str) -> str:
    """What amounts may be; `pair` is how one axis alone is written."""
    if rank == 1:
        return say("a whole number from 0, or a pair {pair}", pair=pair)
    return say("a whole number from 0, a list of {rank}, or {rank} pairs [begin, end]", rank=rank)


def read_ends(raw: Any, rank: int, expected: str) -> Pairs:
    if not isinstance(raw, list):
        number = read_count(raw, 0, expected)
        return ((number, number),) * rank
    if len(raw) != rank:
        raise BadValue(expected)
    ends = tuple(_ends(item, place) for place, item in enumerate(raw))
    return WrittenPairs(ends) if any(isinstance(item, list) for item in raw) else ends


def moved_ends(ends: Pairs, axes: tuple[int, ...], delta: int) -> Pairs:
    """`delta` pixels more in all along some axes, shared out to both ends as evenly as can be.

    An odd pixel goes to the beginning where that has more, else to the end, as TensorFlow and Darknet pad.
    Uneven ends are kept in pairs, as they are written: a pool bounds these otherwise than numbers.
    """
    moved = tuple(_spread(*pair, delta) if axis in axes else pair for axis, pair in enumerate(ends))
    return as_written(moved)


def as_written(ends: Pairs) -> Pairs:
    """Amounts at both ends as they are read again: uneven ones are written in pairs."""
    return WrittenPairs(ends) if any(begin != end for begin, end in ends) else tuple(ends)


def _spread(begin: int, end: int, delta: int) -> tuple[int, int]:
    total = begin + end + delta
    less, more = total // 2, total - total // 2
    return (more, less) if begin > end else (less, more)


def _ends(raw: Any, place: int) -> tuple[int, int]:
    if not isinstance(raw, list):
        number = read_count(raw, 0, at_least(0), (place,))
        return number, number
    if len(raw) != 2:
        raise BadValue(say("a pair [begin, end]"), (place,))
    begin, end = (read_count(item, 0, at_least(0), (place, side)) for side, item in enumerate(raw))
    return begin, end


class Scale(Field["tuple[Fraction, ...]"]):
    """A positive factor per axis, as the exact fraction of its decimals: 1.4 is 7/5, not the binary float."""

    def initial(self, rank: int) -> Any:
        return None

    def read(self, raw: Any, rank: int, layout: str) -> tuple[Fraction, ...]:
        if isinstance(raw, list):
            if len(raw) != rank:
                raise BadValue(self.expected(rank))
            return tuple(self._factor(item, rank, (place,)) for place, item in enumerate(raw))
        return (self._factor(raw, rank, ()),) * rank

    def _factor(self, raw: Any, rank: int, path: tuple[int | str, ...]) -> Fraction:
        if isinstance(raw, bool) or not isinstance(raw, int | float) or not 1e-6 <= raw <= 1e6:
            raise BadValue(self.expected(rank), path)
        from fractions import Fraction  # a tenth of the start-up, and few networks have a scale

        return Fraction(str(raw))

    def moved(self, value: Any, axes: tuple[int, ...], delta: int) -> tuple[Fraction, ...] | None:
        """A whole number, counted from the whole part of the old one."""
        from fractions import Fraction

        return value and tuple(
            Fraction(int(factor) + delta) if axis in axes else factor for axis, factor in enumerate(value)
        )

    def expected(self, rank: int) -> str:
        one = say("a positive number")
        return say("{one}, or a list of {rank}, one per axis", one=one, rank=rank) if rank > 1 else one

    def schema(self) -> dict[str, Any]:
        return {
            "type": ["number", "string", "array"],
            "exclusiveMinimum": 0,
            "maxItems": 3,
            "items": {"type": ["number", "string"], "exclusiveMinimum": 0},
        }


class AxisSizes(Field["tuple[int | None, ...]"]):
    """One size for all axes or one per axis; null keeps the axis."""

    takes_open_sizes = True

    def initial(self, rank: int) -> Any:
        return None

    def read(self, raw: Any, rank: int, layout: str) -> tuple[int | None, ...]:
        items = raw if isinstance(raw, list) else [raw] * rank
        if len(items) != rank:
            raise BadValue(self.expected(rank))
        listed = isinstance(raw, list)
        return tuple(
            None if item is None else read_count(item, 1, self.expected(rank), (place,) if listed else ())
            for place, item in enumerate(items)
        )

    def moved(self, value: Any, axes: tuple[int, ...], delta: int) -> tuple[int, ...] | None:
        if value is None or None in value:
            return None
        return tuple(size + delta if axis in axes else size for axis, size in enumerate(value))

    def expected(self, rank: int) -> str:
        one = at_least(1)
        return say("{one}, or a list of {rank}, one per axis", one=one, rank=rank) if rank > 1 else one

    def schema(self) -> dict[str, Any]:
        return {
            "type": ["integer", "string", "array", "null"],
            "minimum": 1,
            "maxItems": 3,
            "items": {"type": ["integer", "string", "null"], "minimum": 1},
        }


class NewShape(Field["tuple[int, ...]"]):
    """Sizes of a whole tensor in the file's layout, kept channels first; at most one is -1."""

    takes_open_sizes = True

    def read(self, raw: Any, rank: int, layout: str) -> tuple[int, ...]:
        items = raw if isinstance(raw, list) else [raw]
        if not items:
            raise BadValue(self.expected(rank))
        sizes = []
        for place, item in enumerate(items):
            number = whole(item)
            if number is None or not (number == -1 or 1 <= number <= LARGEST):
                listed = isinstance(raw, list)
                expected = say("a whole number from 1, or -1 for what remains")
                raise BadValue(expected, (place,) if listed else ())
            sizes.append(number)
        if sizes.count(-1) > 1:
            raise BadValue("", template="shape may have one -1 only, found {found}")
        return Written(from_layout(tuple(sizes), layout), sizes)

    def expected(self, rank: int) -> str:
        return say("a list of sizes without the batch, at most one of them -1")

    def schema(self) -> dict[str, Any]:
        return {"type": ["array", "integer", "string"], "items": {"type": ["integer", "string"]}}


class Order(Field["tuple[int, ...]"]):
    """The input's axes in a new order, counted from 0 in the file's layout; kept in the engine's order."""

    def read(self, raw: Any, rank: int, layout: str) -> tuple[int, ...]:
        axes = rank + 1
        order = [axis for axis in map(whole, raw if isinstance(raw, list) else ()) if axis is not None]
        if not isinstance(raw, list) or len(order) != len(raw) or sorted(order) != list(range(axes)):
            raise BadValue(self.expected(rank))
        if layout == CHANNELS_FIRST:
            return Written(order, order)
        # axis `a` of [H, W, C] is axis (a + 1) % 3 of [C, H, W]
        return Written(from_layout(tuple((axis + 1) % axes for axis in order), layout), order)

    def expected(self, rank: int) -> str:
        if not rank:
            return say("[0], as a vector has one axis")
        return say("the axes 0 to {rank} in their new order, each once", rank=rank)

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": ["integer", "string"], "minimum": 0}}


class Parts(Field["tuple[tuple[str, Any], ...]"]):
    """Names of equal parts, or a mapping from name to size, at most one of them -1: the rest.

    The value is names with None or their sizes.
    """

    takes_open_sizes = True
    names_tensors = True

    def read(self, raw: Any, rank: int, layout: str) -> tuple[tuple[str, Any], ...]:
        if isinstance(raw, dict) and raw:
            sizes = tuple((name, _size_of_part(name, size)) for name, size in raw.items())
            if [size for _, size in sizes].count(REST) > 1:
                raise BadValue("", template="into may have one -1 only, found {found}")
            return sizes
        if isinstance(raw, list) and raw and all(isinstance(name, str) for name in raw):
            return tuple((name, None) for name in raw)
        raise BadValue(self.expected(rank))

    def expected(self, rank: int) -> str:
        return say("a list of names, or a mapping from name to size")

    def schema(self) -> dict[str, Any]:
        return {"type": ["array", "object"], "items": {"type": "string"}}


def _size_of_part(name: str, size: Any) -> int:
    if whole(size) == REST:
        return REST
    return read_count(size, 1, say("a size for each name, from 1, or -1 for the rest"), (name,))
