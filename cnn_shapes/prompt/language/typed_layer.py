"""A layer as it was typed: one line of YAML, or the short form again; and its values as YAML writes them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple, Union

from cnn_shapes.layers import KINDS
from cnn_shapes.layers.base import Limit
from cnn_shapes.prompt.language.grammar import Misread
from cnn_shapes.prompt.language.vocabulary import COMMON, FOLLOWERS, LETTERS, LISTS, kind_of
from cnn_shapes.words import say

_SIZES = re.compile(r"\d+(?:[xX×]\d+)+")
_TOKEN = re.compile(r"""\s+|[\[\](),]|"[^"]*"|'[^']*'|[^\s\[\](),"']+""")
_PLAIN = re.compile(r"[\w.+-][\w .+*/%<>=!()-]*|-?\.?\d[\w.]*")
_PERCENTAGE = re.compile(r"\d{1,9}(?:\.\d{1,9})?%")
_PYTHON = {"True": "true", "False": "false", "None": "null"}
NestedList = Union[str, "list[NestedList]"]
# the fields that are written as a letter and a number: s2, p1
_GLUED = {LETTERS[letter]: letter for letter in "spdg"}
# the numbers that are typed first, without a name
_FIRST: dict[str, tuple[str, ...]] = {"filters": ("filters", "kernel_size")} | dict.fromkeys(LISTS, ())


class TypedLayer(NamedTuple):
    """A layer as it was typed. `fields` hold YAML texts under the spec's own names.

    `verbatim` is the line of a spec that was pasted whole; `input` are the sizes that came with a pasted
    first layer (Keras' `input_shape`). `framework` says whose class was pasted: PyTorch, Keras, or both.
    """

    kind: str
    fields: tuple[tuple[str, str], ...] = ()
    verbatim: str = ""
    input: str = ""
    framework: str = ""

    @property
    def yaml(self) -> str:
        """The entry of a list of layers, without its dash."""
        if self.verbatim:
            return self.verbatim
        if not self.fields:
            return self.kind
        named = kind_of(self.kind)
        layer = KINDS[named[0]] if named else None
        shorthand = layer.shorthand if layer else None
        # of a class that frameworks share, the word says whose it is
        bare = self.kind in KINDS or layer is None or not layer.meanings
        # a mapping under a kind is its fields: the sizes of a split's parts need the word before them
        bare = bare and self.fields[0][1][:1] != "{"
        if bare and len(self.fields) == 1 and self.fields[0][0] == shorthand:
            return f"{self.kind}: {self.fields[0][1]}"
        ordered = sorted(self.fields, key=lambda field: _place(field[0], shorthand))
        return f"{self.kind}: {{{', '.join(f'{name}: {value}' for name, value in ordered)}}}"

    @property
    def short(self) -> str:
        """The layer in the short form, as it would be typed again."""
        if self.verbatim:
            return self.verbatim
        given = dict(self.fields)
        parts = [self.kind]
        shorthand = KINDS[self.kind].shorthand if self.kind in KINDS else None
        for name in _FIRST.get(shorthand, (shorthand,)) if shorthand is not None else ():
            if name not in given or not _is_number(given[name]):
                break
            parts.append(_by_sizes(given.pop(name)))
        return " ".join([*parts, *(_short_field(name, value) for name, value in given.items())])


def _place(name: str, shorthand: str | None) -> int:
    """What a layer is comes first, what is after it and its name last; the rest as it was typed."""
    if name in (shorthand, "kernel_size"):
        return 0 if name == shorthand else 1
    return 4 if name in COMMON else 3 if name in FOLLOWERS else 2


def _short_field(name: str, value: str) -> str:
    """`s2`, `relu`, `multiplier=2`: a field at its shortest."""
    if name in _GLUED and value.isdigit():
        return f"{_GLUED[name]}{value}"
    return value if value in FOLLOWERS.get(name, ()) else f"{name}={_by_sizes(value)}"


def _is_number(value: str) -> bool:
    return value.replace(".", "", 1).isdigit() or _by_sizes(value) != value


def _by_sizes(value: str) -> str:
    """`[3, 5]` as `3x5`; anything else as it is."""
    inner = value[1:-1].split(",") if value[:1] == "[" and value[-1:] == "]" else []
    numbers = [part.strip() for part in inner]
    if len(numbers) > 1 and all(number.isdigit() for number in numbers):
        return "x".join(numbers)
    return value


def sizes_of(text: str) -> list[int] | None:
    """`5x5x32` as its numbers; one number alone counts too. None where it is not that."""
    if text.isascii() and text.isdigit() and len(text) < 20:
        return [int(text)]
    if _SIZES.fullmatch(text) is None or len(text) > 80:
        return None
    return [int(part) for part in re.split("[xX×]", text)]


def input_sizes(text: str) -> list[int] | None:
    """`28x28x1`, `28 x 28 x 1`, `28 28 1`, `(28, 28, 1)`, `28*28*1`; None where it is not that."""
    return sizes_of(re.sub(r"\s*[,*xX×]\s*|\s+", "x", text.strip("()[] ")))


def is_network_input(text: str) -> bool:
    """Whether sizes alone say what goes into a network: `28x28x1`.

    A number alone, or two with a blank between, may be what is left of a layer.
    """
    return len(input_sizes(text) or ()) > 1 and re.fullmatch(r"\d+\s+\d+", text) is None


def is_decimal(text: str) -> bool:
    """Whether a text is a number with a point or a sign: 0.5, -1, -0.5."""
    whole, point, part = text.removeprefix("-").partition(".")
    return (bool(point) or text[:1] == "-") and (whole + part).isdigit()


def share_of(text: str) -> str | None:
    """`50%` as 0.5; None where it is not a percentage."""
    if _PERCENTAGE.fullmatch(text) is None:
        return None
    return f"{(Decimal(text[:-1]) / 100).normalize():f}"


def yaml_value(text: str, collapses: bool) -> str:
    """A value in YAML's flow style. Where all numbers of a list are the same, `collapses` makes it one.

    Raises Misread where brackets do not match.
    """
    numbers = sizes_of(text)
    if numbers is not None:
        return _flow_list([str(number) for number in numbers], collapses) if len(numbers) > 1 else text
    if text in _PYTHON:
        return _PYTHON[text]
    if text[:1] in "([":
        return _written(_nested_list(text), collapses)
    if text[:1] == "{":
        return text
    if text[:1] in "\"'" and len(text) > 1 and text[-1] == text[0]:
        return _scalar(text[1:-1])
    return _scalar(text)


def _scalar(text: str) -> str:
    """A word, number or expression, in quotes where YAML would take it apart."""
    if _PLAIN.fullmatch(text) and not text.endswith(" ") and ": " not in text and " #" not in text:
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def check_limited(name: str, key: str, value: str, limit: Limit) -> None:
    """Raise Misread for an argument that has another value than the one which says nothing."""
    found = yaml_value(value, collapses=False)
    if found != limit.text:
        raise Misread(
            say(
                "{key} of {name} must be {text}, found {found}: {remedy}",
                key=key,
                name=name,
                text=limit.text,
                found=found,
                remedy=limit.remedy,
            )
        )


def _nested_list(text: str) -> NestedList:
    """A list in either kind of brackets, with the lists in it."""
    stack: list[list[NestedList]] = [[]]
    place = 0
    for match in _TOKEN.finditer(text):
        if match.start() != place:
            break
        place = match.end()
        token = match[0]
        if token in ("(", "["):
            stack.append([])
        elif token in (")", "]"):
            if len(stack) == 1:
                raise Misread(say("a bracket too many in {text}", text=text))
            done = stack.pop()
            stack[-1].append(done)
        elif token.strip() and token != ",":
            stack[-1].append(token.strip("\"'"))
    if len(stack) > 1:
        raise Misread(say("a bracket of {text} is not closed", text=text), incomplete=True)
    if place != len(text) or len(stack[0]) != 1:
        raise Misread(say("expected a list such as (5, 5), found {text}", text=text))
    return stack[0][0]


def _written(item: NestedList, collapses: bool) -> str:
    if isinstance(item, str):
        return _PYTHON.get(item, _scalar(item))
    return _flow_list([_written(part, False) for part in item], collapses)


def _flow_list(items: list[str], collapses: bool) -> str:
    if collapses and items and len(set(items)) == 1 and items[0].isdigit():
        return items[0]
    return f"[{', '.join(items)}]"
