"""The kinds of field that layers are declared with.

One declaration (`filters = Count("number of filters")`) owns how a value is read, its bounds, default, aliases,
documentation and schema, so that reading, messages, completion and repair all follow from it. Fields are small
descriptors: forty dataclasses would cost tens of milliseconds at every start.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Generic, Self, TypeVar, overload

from cnn_shapes.diagnostics import CHANNELS_FIRST, from_layout
from cnn_shapes.shapes import CEIL, EXACT, FLOOR

T = TypeVar("T")
REQUIRED: Any = object()
LARGEST = 2**31 - 1

NORMS = ("batch", "layer", "instance", "none")
ACTIVATIONS = (
    *("relu", "relu6", "leaky_relu", "prelu", "elu", "selu", "gelu", "silu", "mish", "sigmoid"),
    *("hardsigmoid", "hardswish", "tanh", "softmax", "softplus"),
)


class BadValue(Exception):
    """A value that a field cannot have: what was expected, and where inside the value (`path`) it went wrong."""

    def __init__(
        self, expected: str, path: tuple[int | str, ...] = (), template: str = "", **facts: Any
    ) -> None:
        super().__init__(expected)
        self.expected, self.path, self.template, self.facts = expected, path, template, facts


class Field(Generic[T]):
    """One field of a layer kind. Subclasses say what they read.

    `name` is what a spec writes, `attribute` where a layer keeps the value: they differ only where a method has the
    name already (`key` then gives the name).
    """

    name: str
    attribute: str
    key = ""
    words: tuple[str, ...] = ()
    verbatim = False  # never an expression

    def __init__(self, doc: str, default: Any = REQUIRED, aliases: Sequence[str] = ()):
        self.doc, self.default, self.aliases = doc, default, tuple(aliases)

    def __set_name__(self, owner: type, name: str) -> None:
        self.name, self.attribute = self.key or name, name

    def called(self, key: str) -> Self:
        """The same field under another name in the spec than in the class."""
        self.key = key
        return self

    @overload
    def __get__(self, instance: None, owner: type) -> Field[T]: ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object | None, owner: type) -> Field[T] | T:
        # only reached on the class: an instance holds the value under the same name in its __dict__
        return self

    @property
    def required(self) -> bool:
        return self.default is REQUIRED

    def initial(self, rank: int) -> Any:
        """The value of a layer that does not set the field."""
        return self.default

    def read(self, raw: Any, rank: int, layout: str) -> T:
        """The value the engine computes with, out of an evaluated YAML value. Raises BadValue."""
        raise NotImplementedError

    def expected(self, rank: int) -> str:
        raise NotImplementedError

    def translate(self, alias: str, raw: Any) -> Any:
        """The value that `raw` means when it is written under `alias`."""
        return raw

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of a value, expressions included."""
        raise NotImplementedError


def whole(raw: Any) -> int | None:
    """The integer that a value is: 16 and 16.0, but not 3.5, true or a word."""
    if type(raw) is int:
        return raw
    if type(raw) is float and raw.is_integer():
        return int(raw)
    return None


def read_count(raw: Any, minimum: int, expected: str, path: tuple[int | str, ...] = ()) -> int:
    number = whole(raw)
    if number is None or not minimum <= number <= LARGEST:
        raise BadValue(expected, path)
    return number


def _at_least(minimum: int) -> str:
    return f"a whole number from {minimum}"


class Count(Field[int]):
    """A whole number of at least `minimum`."""

    def __init__(self, doc: str, default: Any = REQUIRED, aliases: Sequence[str] = (), minimum: int = 1):
        super().__init__(doc, default, aliases)
        self.minimum = minimum

    def read(self, raw: Any, rank: int, layout: str) -> int:
        return read_count(raw, self.minimum, self.expected(rank))

    def expected(self, rank: int) -> str:
        return f"{_at_least(self.minimum)} up to 2**31-1"

    def schema(self) -> dict[str, Any]:
        return {"type": ["integer", "string"], "minimum": self.minimum}


class PerAxis(Field[tuple[int, ...]]):
    """A whole number for all spatial axes, or one per axis in the order (D,) H, W."""

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
                read_count(item, self.minimum, _at_least(self.minimum), (place,))
                for place, item in enumerate(raw)
            )
        return (read_count(raw, self.minimum, self.expected(rank)),) * rank

    def expected(self, rank: int) -> str:
        if rank == 1:
            return f"{_at_least(self.minimum)} up to 2**31-1"
        return f"{_at_least(self.minimum)} up to 2**31-1, or a list of {rank}, one per axis"

    def schema(self) -> dict[str, Any]:
        return {
            "type": ["integer", "string", "array"],
            "minimum": self.minimum,
            "items": {"type": ["integer", "string"], "minimum": self.minimum},
            "maxItems": 3,
        }


Pairs = tuple[tuple[int, int], ...]


class Ends(Field["Pairs | str"]):
    """Amounts at the two ends of each axis: one number, one per axis, or begin/end pairs per axis."""

    def initial(self, rank: int) -> Any:
        return self.default if isinstance(self.default, str) else ((self.default, self.default),) * rank

    def read(self, raw: Any, rank: int, layout: str) -> Pairs | str:
        if isinstance(raw, str) and raw in self.words:
            return raw
        if not isinstance(raw, list):
            number = read_count(raw, 0, self.expected(rank))
            return ((number, number),) * rank
        if len(raw) != rank:
            raise BadValue(self.expected(rank))
        return tuple(self._ends(item, place) for place, item in enumerate(raw))

    def _ends(self, raw: Any, place: int) -> tuple[int, int]:
        if not isinstance(raw, list):
            number = read_count(raw, 0, _at_least(0), (place,))
            return number, number
        if len(raw) != 2:
            raise BadValue("a pair [begin, end]", (place,))
        begin, end = (read_count(item, 0, _at_least(0), (place, side)) for side, item in enumerate(raw))
        return begin, end

    def expected(self, rank: int) -> str:
        words = f", or one of {', '.join(self.words)}" if self.words else ""
        if rank == 1:
            return f"a whole number from 0, or a pair [[begin, end]]{words}"
        return f"a whole number from 0, a list of {rank}, or {rank} pairs [begin, end]{words}"

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


class Padding(Ends):
    """`Ends`, or a word: valid (0), half (keeps a size at stride 1), same (ceil(size/stride))."""

    words = ("valid", "half", "same")


class Flag(Field[bool]):
    def read(self, raw: Any, rank: int, layout: str) -> bool:
        if not isinstance(raw, bool):
            raise BadValue(self.expected(rank))
        return raw

    def expected(self, rank: int) -> str:
        return "true or false"

    def schema(self) -> dict[str, Any]:
        return {"type": ["boolean", "string"]}


class Word(Field[str]):
    """One of some words."""

    def __init__(
        self, doc: str, words: tuple[str, ...], default: Any = REQUIRED, aliases: Sequence[str] = ()
    ):
        super().__init__(doc, default, aliases)
        self.words = words

    def read(self, raw: Any, rank: int, layout: str) -> str:
        if raw is None and "none" in self.words:
            return "none"
        if not isinstance(raw, str) or raw not in self.words:
            raise BadValue(self.expected(rank))
        return raw

    def expected(self, rank: int) -> str:
        return f"one of {', '.join(self.words)}"

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "examples": list(self.words)}


class Mode(Word):
    """A word that is read verbatim; `synonyms` are other spellings of the same."""

    verbatim = True

    def __init__(self, doc: str, words: tuple[str, ...], default: str, synonyms: dict[str, str]):
        super().__init__(doc, words, default)
        self.synonyms = synonyms

    def read(self, raw: Any, rank: int, layout: str) -> str:
        return super().read(self.synonyms.get(raw, raw) if isinstance(raw, str) else raw, rank, layout)


class Rounding(Word):
    """What becomes of a size that is not whole; a layer that does not say takes the file's."""

    def __init__(self, words: tuple[str, ...] = (EXACT, FLOOR)):
        super().__init__("what happens when a size is not whole", words, None, ("ceil_mode",))

    def translate(self, alias: str, raw: Any) -> Any:
        if alias != "ceil_mode":
            return raw
        if not isinstance(raw, bool):
            raise BadValue("true or false")
        return CEIL if raw else FLOOR

    def read(self, raw: Any, rank: int, layout: str) -> str:
        if raw == CEIL and CEIL not in self.words:
            raise BadValue(
                "exact or floor",
                template="rounding: ceil is for pools and upsample: no framework rounds a convolution up",
            )
        return super().read(raw, rank, layout)


class Rate(Field[float]):
    """A number from 0 to 1."""

    def read(self, raw: Any, rank: int, layout: str) -> float:
        if isinstance(raw, bool) or not isinstance(raw, int | float) or not 0 <= raw <= 1:
            raise BadValue(self.expected(rank))
        return float(raw)

    def expected(self, rank: int) -> str:
        return "a number from 0 to 1"

    def schema(self) -> dict[str, Any]:
        return {"type": ["number", "string"], "minimum": 0, "maximum": 1}


class Scale(Field["tuple[Fraction, ...]"]):
    """A positive factor per axis as the exact fraction of its decimals: 1.4 is 7/5, never the binary float."""

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
        return Fraction(str(raw))

    def expected(self, rank: int) -> str:
        return "a positive number" + (f", or a list of {rank}, one per axis" if rank > 1 else "")

    def schema(self) -> dict[str, Any]:
        return {
            "type": ["number", "string", "array"],
            "exclusiveMinimum": 0,
            "maxItems": 3,
            "items": {"type": ["number", "string"], "exclusiveMinimum": 0},
        }


class AxisSizes(Field["tuple[int | None, ...]"]):
    """One size for all axes or one per axis; null keeps the axis."""

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

    def expected(self, rank: int) -> str:
        return "a whole number from 1" + (f", or a list of {rank}, one per axis" if rank > 1 else "")

    def schema(self) -> dict[str, Any]:
        return {
            "type": ["integer", "string", "array", "null"],
            "minimum": 1,
            "maxItems": 3,
            "items": {"type": ["integer", "string", "null"], "minimum": 1},
        }


class NewShape(Field["tuple[int, ...]"]):
    """Sizes of a whole tensor in the file's layout, kept channels first; at most one is -1."""

    def read(self, raw: Any, rank: int, layout: str) -> tuple[int, ...]:
        items = raw if isinstance(raw, list) else [raw]
        if not items:
            raise BadValue(self.expected(rank))
        sizes = []
        for place, item in enumerate(items):
            number = whole(item)
            if number is None or not (number == -1 or 1 <= number <= LARGEST):
                raise BadValue("a whole number from 1, or -1 for what remains", (place,))
            sizes.append(number)
        if sizes.count(-1) > 1:
            raise BadValue("at most one -1")
        return from_layout(tuple(sizes), layout)

    def expected(self, rank: int) -> str:
        return "a list of sizes without the batch, at most one of them -1"

    def schema(self) -> dict[str, Any]:
        return {"type": ["array", "integer", "string"], "items": {"type": ["integer", "string"]}}


class Order(Field["tuple[int, ...]"]):
    """The input's axes in their new order, counted from 0 in the file's layout; kept in the engine's order."""

    def read(self, raw: Any, rank: int, layout: str) -> tuple[int, ...]:
        if not isinstance(raw, list) or sorted(
            whole(item) if whole(item) is not None else -1 for item in raw
        ) != list(range(rank + 1)):
            raise BadValue(self.expected(rank))
        order = [int(item) for item in raw]
        if layout == CHANNELS_FIRST:
            return tuple(order)
        # axis `a` of [H, W, C] is axis (a + 1) % 3 of [C, H, W]
        axes = rank + 1
        return from_layout(tuple((axis + 1) % axes for axis in order), layout)

    def expected(self, rank: int) -> str:
        return f"the axes 0 to {rank} in their new order, each once"

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": ["integer", "string"], "minimum": 0}}


class Parts(Field["tuple[tuple[str, Any], ...]"]):
    """Names of equal parts, or a mapping from name to channel count; names with None or their channels."""

    def read(self, raw: Any, rank: int, layout: str) -> tuple[tuple[str, Any], ...]:
        if isinstance(raw, dict) and raw:
            return tuple(
                (name, read_count(count, 1, "a whole number of channels from 1", (name,)))
                for name, count in raw.items()
            )
        if isinstance(raw, list) and raw and all(isinstance(name, str) for name in raw):
            return tuple((name, None) for name in raw)
        raise BadValue(self.expected(rank))

    def expected(self, rank: int) -> str:
        return "a list of names, or a mapping from name to channel count"

    def schema(self) -> dict[str, Any]:
        return {"type": ["array", "object"], "items": {"type": "string"}}
