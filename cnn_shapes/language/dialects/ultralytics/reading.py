"""What an Ultralytics YAML says: its keys, and its modules with their arguments and places."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from cnn_shapes.language.reading.wording import BAD_VALUE, kind_of
from cnn_shapes.source import LIMIT_EXCEEDED, Map, Scalar, Sequence, Span, TreeNode, resolve

Tell = Callable[..., None]  # a rule, a template, a place, and the facts
SECTIONS = ("backbone", "head")
LARGEST = 2**31 - 1
_MOST = 10_000  # modules: of Ultralytics' own models the largest has 60
_PLAIN = re.compile(r"[-+]?\d{1,10}")
_TUPLE = re.compile(r"[(\[] *[-+]?\d{1,10}(?: *, *[-+]?\d{1,10})* *,? *[)\]]")


class Argument(NamedTuple):
    """A value and its place. `verbatim`: the text there is the value; `word` is the key that it names."""

    value: Any
    place: Span
    verbatim: bool = False
    word: str = ""

    @property
    def is_number(self) -> bool:
        return type(self.value) is int and abs(self.value) <= LARGEST


class Module(NamedTuple):
    """An entry `[from, repeats, module, args]`. `sources` are numbers of modules; `listed`: they are a list.

    `end` is the place of the bracket after the arguments, None where there is none.
    """

    sources: list[tuple[int, Span]]
    listed: bool
    repeats: Argument
    word: str
    place: Span
    arguments: list[Argument]
    end: Span | None
    source_place: Span


def argument_of(node: TreeNode, keys: dict[str, Any]) -> Argument:
    """The value of an argument; a word may be the name of one of the `keys`."""
    if isinstance(node, Sequence):
        return Argument([argument_of(one, keys) for one in node.items], node.span)
    if isinstance(node, Map):
        return Argument({}, node.span)
    value = node.value
    if isinstance(value, str):
        if value in keys:
            return _named(keys[value], node.span, value)
        if value == "None":
            return Argument(None, node.span)
        if _TUPLE.fullmatch(value):
            numbers = re.findall(r"[-+]?\d+", value)
            return Argument([Argument(int(number), node.span) for number in numbers], node.span)
        meant = resolve(value) if value and len(value) < 20 else value
        return Argument(meant, node.span)
    return Argument(value, node.span, node.plain and _PLAIN.fullmatch(node.text) is not None)


def _named(value: Any, place: Span, word: str) -> Argument:
    """The value that a key has, where an argument names it."""
    if isinstance(value, list):
        return Argument([_named(one, place, word) for one in value], place, word=word)
    return Argument(value, place, word=word)


def modules_of(root: Map, keys: dict[str, Any], tell: Tell) -> list[Module | Span]:
    """The modules of backbone and head; the place of an entry that is none, which is told."""
    found: list[Module | Span] = []
    for section in SECTIONS:
        node = root.get(section)
        if isinstance(node, Sequence) and len(node.items) > _MOST:
            template = "{section} has more than {most} modules, the limit"
            tell(LIMIT_EXCEEDED, template, Span(node.start, node.start + 1), section=section, most=_MOST)
        elif isinstance(node, Sequence):
            found += [_module(entry, keys, tell) for entry in node.items]
        elif node is not None:
            _told(tell, section, "a list of modules", node)
    return found


def _module(entry: TreeNode, keys: dict[str, Any], tell: Tell) -> Module | Span:
    if not isinstance(entry, Sequence) or len(entry.items) != 4:
        count = f" of {len(entry.items)}" if isinstance(entry, Sequence) else ""
        template = "a module is [from, repeats, module, args], found {found}"
        tell(BAD_VALUE, template, _head(entry), found=f"{kind_of(entry)}{count}")
        return entry.span
    origin, repeats, word, arguments = entry.items
    nodes = origin.items if isinstance(origin, Sequence) else [origin]
    wrong = [one for one in nodes if not isinstance(one, Scalar) or not _is_index(one)]
    for one in wrong[:1]:
        _told(tell, "from", "the number of a module, or a list of such", one)
    if not nodes:
        _told(tell, "from", "the number of a module, or a list of such", origin)
    times = argument_of(repeats, {})
    if not times.is_number or times.value < 1:
        _told(tell, "repeats", "a whole number from 1", repeats)
        times = Argument(1, times.place)
    if not isinstance(word, Scalar) or not isinstance(word.value, str) or not word.text:
        _told(tell, "module", "the name of a module, as Conv", word)
        return entry.span
    if wrong or not nodes:
        return entry.span
    if isinstance(arguments, Sequence):
        read = [argument_of(one, keys) for one in arguments.items]
        end = Span(arguments.end - 1, arguments.end) if arguments.flow else None
    else:
        _told(tell, "args", "a list, as [64, 3, 2]", arguments)
        return entry.span
    sources = [(one.value, one.span) for one in nodes if isinstance(one, Scalar)]
    listed = isinstance(origin, Sequence)
    return Module(sources, listed, times, word.text, word.span, read, end, origin.span)


def _is_index(node: Scalar) -> bool:
    return type(node.value) is int and abs(node.value) <= LARGEST


def _told(tell: Tell, name: str, expected: str, node: TreeNode) -> None:
    template = "{name} must be {expected}, found {found}"
    tell(BAD_VALUE, template, _head(node), name=name, expected=expected, found=kind_of(node))


def _head(node: TreeNode) -> Span:
    """A place on one line: a list or mapping over several is meant by its first character."""
    if isinstance(node, Scalar) or node.flow:
        return node.span
    return Span(node.start, node.start + 1)
