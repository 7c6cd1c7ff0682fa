"""Pieces of code whose values may later become arguments: what one layer is written as."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from textwrap import fill
from typing import Any, NamedTuple

WIDTH = 88  # what ruff and black format to
_ABSENT: Any = object()


class Unexportable(ValueError):
    """A spec of which no code can be made. The message says why, and names the layer."""


class ValueSlot(NamedTuple):
    """A value in a piece of code. `role` is what it would be called as an argument.

    It is not written where it is the default; `prefix` is what comes before it: a comma, its keyword.
    """

    value: Any
    role: str = "value"
    default: Any = _ABSENT
    prefix: str = ""

    @property
    def is_default(self) -> bool:
        return self.default is not _ABSENT and literal(self.value) == literal(self.default)


class InputVariable(NamedTuple):
    """The place of the variable that holds a layer's input."""

    number: int = 0


class Attribute(NamedTuple):
    """The place of the name of the attribute that holds a layer's weights, with or without `self.`"""


class Many(NamedTuple):
    """A piece of code that is repeated as often as `times` says."""

    code: tuple[Any, ...]
    times: ValueSlot


CodePart = str | ValueSlot | InputVariable | Attribute | Many
Code = tuple[CodePart, ...]
X, LIKE = InputVariable(), InputVariable(1)  # of a layer with one input, and of the layer that `like` names
SELF = Attribute()


class LayerCode(NamedTuple):
    """A layer as code: what it keeps as an attribute (None: nothing), and the expression that calls it."""

    made: Code | None
    called: Code


def call(callee: str | Attribute, *arguments: CodePart | Code, **keywords: ValueSlot) -> Code:
    """`callee(argument, ..., keyword=value)`; a keyword is left out where its value is the default."""
    parts: list[CodePart] = [callee, "("]
    for place, argument in enumerate(arguments):
        if place:
            parts.append(", ")
        if isinstance(argument, str | ValueSlot | InputVariable | Attribute | Many):
            parts.append(argument)
        else:
            parts += argument
    for keyword, slot in keywords.items():
        parts.append(slot._replace(prefix=f", {keyword}="))
    parts.append(")")
    return tuple(parts)


def option(value: Any, default: Any, role: str) -> ValueSlot:
    return ValueSlot(value, role, default)


def axes(value: Sequence[Any]) -> Any:
    """One value where all axes agree, else a tuple."""
    return value[0] if all(item == value[0] for item in value) else tuple(value)


def literal(value: Any) -> str:
    """A value as Python writes it."""
    if isinstance(value, Fraction):
        return str(value.numerator) if value.denominator == 1 else repr(float(value))
    if isinstance(value, tuple):
        inside = ", ".join(map(literal, value))
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return repr(value)


def slots(code: Code) -> Iterator[ValueSlot]:
    """The values of a piece of code, in the order in which `render` takes their texts."""
    for part in code:
        if isinstance(part, ValueSlot):
            yield part
        elif isinstance(part, Many):
            yield from slots(part.code)
            yield part.times


def skeleton(code: Code) -> tuple[Any, ...]:
    """What of a piece of code cannot become an argument."""
    return tuple(
        ("slot", part.prefix, part.role)
        if isinstance(part, ValueSlot)
        else ("many", skeleton(part.code))
        if isinstance(part, Many)
        else part
        for part in code
    )


def render(code: Code, texts: Iterator[str | None], sources: Sequence[str], attribute: str) -> str:
    """A piece of code with the texts of its slots, None where one is left out."""
    written = ""
    for part in code:
        if isinstance(part, ValueSlot):
            text = next(texts)
            if text is not None:  # what is first in its call has no comma before it
                written += (part.prefix.removeprefix(", ") if written.endswith("(") else part.prefix) + text
        elif isinstance(part, Many):
            one = render(part.code, texts, sources, attribute)
            count = next(texts)
            written += one if count == "1" else f"*({one} for _ in range({count}))"
        elif isinstance(part, InputVariable):
            written += sources[part.number]
        else:
            written += attribute if isinstance(part, Attribute) else part
    return written


def joined(items: Iterable[Code], between: str) -> Code:
    parts: list[CodePart] = []
    for item in items:
        parts += [between, *item] if parts else item
    return tuple(parts)


def wrapped(line: str, comment: str = "", rest: str = "") -> str:
    """A statement, broken at its last bracket as ruff would where it is too long, and a comment after it.

    Where what is before that bracket is itself too long, it is broken at the bracket before, which the `rest`
    follows.
    """
    after = f"{rest}  # {comment}" if comment else rest
    indent = line[: len(line) - len(line.lstrip())]
    opening = _opening(line)
    if len(line) + len(after) <= WIDTH or opening < 0:
        return line + after
    inside, inner, end = line[opening + 1 : -1], indent + " " * 4, f"\n{indent}{line[-1]}{after}"
    head = line[: opening + 1]
    before = max(head.rfind(")"), head.rfind("]")) + 1
    if len(head) > WIDTH and before:
        return wrapped(line[:before], comment, line[before:] + rest)
    one, loop, times = inside.rpartition(" for _ in ")
    if loop and head.endswith("*("):
        return f"{head}\n{wrapped(inner + one)}\n{inner}for _ in {times}{end}"
    if len(inner + inside) <= WIDTH:
        return f"{head}\n{inner}{inside}{end}"
    pieces = _pieces(inside)
    comma = "," if len(pieces) > 1 or (line[-1] == ")" and not loop) else ""
    return f"{head}\n" + ",\n".join(wrapped(inner + piece) for piece in pieces) + comma + end


def docstring(text: str) -> str:
    """A docstring, broken between words where it is too long."""
    return fill(f'"""{text}"""', WIDTH, break_long_words=False, break_on_hyphens=False)


def _opening(line: str) -> int:
    """Where the bracket opens that the last character closes; -1 where there is none to break."""
    depth = 0
    for place in range(len(line) - 1, -1, -1):
        if line[place] in ")]":
            depth += 1
        elif line[place] in "([":
            depth -= 1
        if depth == 0:
            return place if place < len(line) - 1 else -1
    return -1


def _pieces(inside: str) -> list[str]:
    """The arguments of a call."""
    pieces, depth, start, quoted = [], 0, 0, False
    for place, sign in enumerate(inside):
        quoted = quoted != (sign == '"')
        if quoted:
            continue
        if sign in "([":
            depth += 1
        elif sign in ")]":
            depth -= 1
        elif sign == "," and depth == 0:
            pieces.append(inside[start:place].strip())
            start = place + 1
    rest = inside[start:].strip()
    return [*pieces, rest] if rest else pieces
