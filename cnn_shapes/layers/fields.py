"""What a field of a layer is, and the fields that hold one value.

One declaration (`filters = Count("number of filters")`) owns how a value is read, its bounds, default,
aliases, documentation and schema, so that reading, messages, completion and repair all follow from it. Fields
are small descriptors: forty dataclasses would cost tens of milliseconds at every start.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Generic, Self, TypeVar, overload

from cnn_shapes.shapes import CEIL, EXACT, FLOOR, OpenSize
from cnn_shapes.words import say

T = TypeVar("T")
REQUIRED: Any = object()
LARGEST = 2**31 - 1

ADDED_NORMS = ("group", "rms")
NORMS = ("batch", "layer", "instance", *ADDED_NORMS, "none")
ADDED_ACTIVATIONS = (
    *("hardtanh", "softsign", "logsigmoid", "celu", "hardshrink", "softshrink", "tanhshrink", "softmin"),
    *("log_softmax", "rrelu", "exponential", "squareplus", "sparse_plus", "sparse_sigmoid", "sparsemax"),
)
LINEAR = "linear"
CAUSAL = "causal"
ACTIVATIONS = (
    *("relu", "relu6", "leaky_relu", "prelu", "elu", "selu", "gelu", "silu", "mish", "sigmoid"),
    *("hardsigmoid", "hardswish", "tanh", "softmax", "softplus"),
    *ADDED_ACTIVATIONS,
)


class BadValue(Exception):
    """A value that a field cannot have: what was expected, and where inside the value (`path`)."""

    def __init__(
        self, expected: str, path: tuple[int | str, ...] = (), template: str = "", **facts: Any
    ) -> None:
        super().__init__(expected)
        self.expected, self.path, self.template, self.facts = expected, path, template, facts


class Field(Generic[T]):
    """One field of a layer kind. Subclasses say what they read.

    `name` is what a spec writes, `attribute` where a layer keeps the value: they differ only where a method
    has the name already (`key` then gives the name). `role` is what a repair takes the field for, where that
    is not what its name says: the kernel_size of a pool costs otherwise than that of a convolution.
    """

    name: str
    attribute: str
    role = ""
    key = ""
    words: tuple[str, ...] = ()
    verbatim = False  # never an expression
    takes_open_sizes = False  # all its numbers are read by `whole`, so that they may stand for many
    other_values: tuple[str, ...] = ()  # aliases under which a value means something else
    names_tensors = False  # its list, or the keys of its mapping, are names that later entries see

    def __init__(self, doc: str, default: Any = REQUIRED, aliases: Sequence[str] = ()):
        self.doc, self.default, self.aliases = doc, default, tuple(aliases)

    def __set_name__(self, owner: type, name: str) -> None:
        self.name, self.attribute = self.key or name, name
        self.role = self.role or self.name

    def called(self, key: str) -> Self:
        """The same field under another name in the spec than in the class."""
        self.key = key
        return self

    def taken_for(self, role: str) -> Self:
        """The same field with another role than its name says."""
        self.role = role
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

    def takes(self, raw: Any, rank: int, layout: str) -> bool:
        """Whether a spec may give the field this value: what is in its bounds, at this rank."""
        try:
            self.read(raw, rank, layout)
        except BadValue:
            return False
        return True

    def expected(self, rank: int) -> str:
        raise NotImplementedError

    def expected_of_any(self, rank: int) -> str:
        """What it may be where it is not known how many axes there are; `rank` is the example's."""
        return self.expected(rank)

    def translate(self, alias: str, raw: Any) -> Any:
        """The value that `raw` means when it is written under `alias`."""
        return raw

    def moved(self, value: Any, axes: tuple[int, ...], delta: int) -> Any:
        """A neighbour that a repair may try: `delta` more along some axes; None where a field has none."""
        return None

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of a value, expressions included."""
        raise NotImplementedError

    def alias_schema(self, alias: str) -> dict[str, Any]:
        """The JSON Schema of a value that is written under `alias`."""
        return self.schema()


class Written(tuple[int, ...]):
    """Sizes or axes in the engine's order, with `text`, how the spec has them."""

    text: str

    def __new__(cls, values: Iterable[int], written: Iterable[int]) -> Self:
        made = super().__new__(cls, values)
        made.text = f"[{', '.join(map(str, written))}]"
        return made


def whole(raw: Any) -> int | None:
    """The integer that a value is: 16 and 16.0, but not 3.5, true or a word."""
    if type(raw) is int:
        return raw
    if type(raw) is float and raw.is_integer():
        return int(raw)
    return raw if isinstance(raw, OpenSize) and raw.denominator == 1 else None  # type: ignore[return-value]


def read_count(raw: Any, minimum: int, expected: str, path: tuple[int | str, ...] = ()) -> int:
    number = whole(raw)
    if number is None or number < minimum:
        raise BadValue(expected, path)
    if number > LARGEST:
        raise BadValue(say("{expected} up to 2**31-1", expected=expected), path)
    return number


def at_least(minimum: int) -> str:
    return say("a whole number from {minimum}", minimum=minimum)


class Count(Field[int]):
    """A whole number of at least `minimum`, and of at most `maximum` where that is given."""

    def __init__(
        self,
        doc: str,
        default: Any = REQUIRED,
        aliases: Sequence[str] = (),
        minimum: int = 1,
        maximum: int | None = None,
    ):
        super().__init__(doc, default, aliases)
        self.minimum, self.maximum = minimum, maximum
        self.takes_open_sizes = maximum is None  # of a size that is not asked about the least alone is

    def read(self, raw: Any, rank: int, layout: str) -> int:
        count = read_count(raw, self.minimum, self.expected(rank))
        if self.maximum is not None and count > self.maximum:
            raise BadValue(self.expected(rank))
        return count

    def expected(self, rank: int) -> str:
        least = at_least(self.minimum)
        return least if self.maximum is None else say("{least} to {most:,}", least=least, most=self.maximum)

    def moved(self, value: Any, axes: tuple[int, ...], delta: int) -> int | None:
        return None if value is None else int(value) + delta

    def schema(self) -> dict[str, Any]:
        limits = {"minimum": self.minimum} | ({} if self.maximum is None else {"maximum": self.maximum})
        return {"type": ["integer", "string"], **limits}


class Flag(Field[bool]):
    def read(self, raw: Any, rank: int, layout: str) -> bool:
        if not isinstance(raw, bool):
            raise BadValue(self.expected(rank))
        return raw

    def expected(self, rank: int) -> str:
        return say("true or false")

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
        return say("one of {words}", words=", ".join(self.words))

    def schema(self) -> dict[str, Any]:
        kinds = ["string", "null"] if "none" in self.words else ["string"]
        return {"type": kinds, "examples": list(self.words)}


class Reference(Field[str]):
    """The name of a layer before it, as in `from`: its output is handed to `shape` after the inputs."""

    verbatim = True

    def read(self, raw: Any, rank: int, layout: str) -> str:
        if raw is None or isinstance(raw, list | dict):
            raise BadValue(self.expected(rank))
        return str(raw)

    def expected(self, rank: int) -> str:
        return say("the name of a layer before it, or input")

    def schema(self) -> dict[str, Any]:
        return {"type": ["string", "integer", "boolean"]}


# activations that cannot be a word on another layer, and why
_ALONE = {"glu": "it halves the channels", "threshold": "it has two numbers of its own"}


class ActivationWord(Word):
    """The activation that follows; Keras' `linear` is the word for none."""

    def __init__(self, doc: str) -> None:
        super().__init__(doc, (*ACTIVATIONS, LINEAR, "none"), "none")

    def read(self, raw: Any, rank: int, layout: str) -> str:
        if isinstance(raw, str) and raw in _ALONE:
            raise BadValue(
                self.expected(rank),
                template="{found} cannot be the {name} of a layer, because {why}: write it after, "
                "as in - {found}",
                why=say(_ALONE[raw]),
            )
        word = super().read(raw, rank, layout)
        return "none" if word == LINEAR else word

    def expected(self, rank: int) -> str:
        common = (word for word in ACTIVATIONS if word not in ADDED_ACTIVATIONS)
        template = "one of {words}, none, or another activation of `cnn-shapes explain layers`"
        return say(template, words=", ".join(common))


class Mode(Word):
    """A word that is read verbatim; `synonyms` are other spellings of the same."""

    verbatim = True

    def __init__(
        self,
        doc: str,
        words: tuple[str, ...],
        default: str,
        synonyms: dict[str, str],
        aliases: Sequence[str] = (),
    ):
        super().__init__(doc, words, default, aliases)
        self.synonyms = synonyms

    def read(self, raw: Any, rank: int, layout: str) -> str:
        return super().read(self.synonyms.get(raw, raw) if isinstance(raw, str) else raw, rank, layout)

    def expected(self, rank: int) -> str:
        return say("one of {words}", words=", ".join([*self.words, *self.synonyms]))

    def schema(self) -> dict[str, Any]:
        return {"enum": [*self.words, *self.synonyms]}


class Rounding(Word):
    """What becomes of a size that is not whole; a layer that does not say takes the file's."""

    def __init__(self, words: tuple[str, ...] = (EXACT, FLOOR)):
        super().__init__("what happens when a size is not whole", words, None, ("ceil_mode",))

    def translate(self, alias: str, raw: Any) -> Any:
        if alias != "ceil_mode":
            return raw
        if not isinstance(raw, bool):
            raise BadValue(say("true or false"))
        return CEIL if raw else FLOOR

    def alias_schema(self, alias: str) -> dict[str, Any]:
        return {"type": ["boolean", "string"]} if alias == "ceil_mode" else self.schema()

    def read(self, raw: Any, rank: int, layout: str) -> str:
        if raw == CEIL and CEIL not in self.words:
            raise BadValue(
                say("{first} or {last}", first="exact", last="floor"),
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
        return say("a number from 0 to 1")

    def schema(self) -> dict[str, Any]:
        return {"type": ["number", "string"], "minimum": 0, "maximum": 1}
