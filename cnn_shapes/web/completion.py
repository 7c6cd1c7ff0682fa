"""What may be written at a place of a spec: kinds, fields, words. A pure function of the text and the place.

The text need not be valid, and while somebody types it mostly is not: so what is around the place is found by
brackets and indentation, not by reading the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from cnn_shapes.diagnostics import CHANNELS_FIRST, CHANNELS_LAST
from cnn_shapes.layers import ALIASES, KINDS
from cnn_shapes.layers.fields import Flag
from cnn_shapes.layers.short_text import short
from cnn_shapes.layers.structure import COLLECTS, MERGES, STRUCTURES
from cnn_shapes.prompt.language.vocabulary import kind_summary
from cnn_shapes.schema import BLOCK_KEYS, CALL_KEYS, ENTRY_KEYS, SHARE_KEY, TOP_KEYS
from cnn_shapes.shapes import EXACT, FLOOR

_WORD = re.compile(r"[\w.]*\Z")
_KEY = re.compile(r"(?P<margin>[ \t]*(?:-[ \t]+)*)(?P<key>[^\s:#,{}\[\]-][^\s:#,{}\[\]]*):(?=\s|\Z)")
_COMMENT = re.compile(r"(?:^|\s)#")
_NAME = re.compile(r"\bname:[ \t]*(\w+)")
_BLOCK = re.compile(r"^[ \t]+([A-Z]\w*):[ \t]*(?:#.*)?$", re.MULTILINE)
_FURTHEST = 200  # lines that are looked through for what is around a place
_WORDS_OF_KEYS = {
    "layout": (CHANNELS_LAST, CHANNELS_FIRST),
    "rounding": (EXACT, FLOOR),
    "merge": MERGES,
    "collect": COLLECTS,
}
# in the order in which networks are made of them, where that is clear
_FAMILIES_BY_USE = (
    *("convolutions", "pools", "dense and plain", "normalisations", "joins and splits", "activations"),
)
_LISTS_OF_LAYERS, _BRANCHES = ("layers", "shortcut"), "branches"
_NAMES_OF_LAYERS = ("from", "share", "outputs")


class Offer(NamedTuple):
    """One thing that may be written: `text` is what is written, `about` says what it is."""

    text: str
    about: str


class Around(NamedTuple):
    """What a place is in: `keys` from the outermost to the innermost, and whether it is an entry of a list.

    `given` are the keys that stand beside it already; `is_value`: the last of the keys is what it is given.
    """

    keys: tuple[str, ...]
    is_entry: bool
    is_value: bool
    given: frozenset[str]


def complete(text: str, offset: int) -> tuple[int, list[Offer]]:
    """Where what is begun at an offset begins, and what it may become."""
    before = text[:offset]
    line = before.rpartition("\n")[2]
    begun = _WORD.search(line)
    assert begun is not None
    start = offset - len(begun[0])
    if _COMMENT.search(line):
        return start, []
    found = options(around(before[:start]), text)
    is_done = any(one.text.strip(": ") == begun[0] for one in found)  # Enter is to end the line then
    return start, [] if is_done else found


def options(place: Around, text: str) -> list[Offer]:
    """What may be at a place of a text."""
    holder = place.keys[-1] if place.keys else ""
    if holder in _NAMES_OF_LAYERS and (place.is_value or place.is_entry):
        return [Offer(name, "a layer of this spec") for name in _names(text)]
    if place.is_entry:
        return list(_layers(text)) if _holds_layers(place.keys) else []
    if place.is_value:
        return list(_values(place.keys))
    known = _keys(place.keys, text)
    return [Offer(f"{key}: ", about) for key, about in known.items() if key not in place.given]


def _holds_layers(keys: tuple[str, ...]) -> bool:
    """Whether a list in these keys is one of layers: `layers`, a branch, the shorthand of a structure."""
    if not keys or keys[-1] in (*_LISTS_OF_LAYERS, _BRANCHES) or keys[-2:-1] == (_BRANCHES,):
        return True
    return keys[-1] in STRUCTURES and STRUCTURES[keys[-1]].shorthand in _LISTS_OF_LAYERS


def _names(text: str) -> Iterable[str]:
    return dict.fromkeys(["prev", "input", *_NAME.findall(text)])


def _layers(text: str) -> Iterator[Offer]:
    """What a list of layers may hold: what most networks are made of first, then structures and blocks."""
    by_use = sorted(KINDS, key=_rank)
    for kind in by_use:
        needs_more = any(field.required for field in KINDS[kind].fields.values())
        yield Offer(f"{kind}: " if needs_more else kind, kind_summary(kind))
    for kind, structure in STRUCTURES.items():
        yield Offer(f"{kind}: ", (structure.__doc__ or "").strip().partition("\n")[0])
    yield from (Offer(name, "a block of this spec") for name in dict.fromkeys(_BLOCK.findall(text)))


def _rank(kind: str) -> int:
    family = KINDS[kind].family
    return _FAMILIES_BY_USE.index(family) if family in _FAMILIES_BY_USE else len(_FAMILIES_BY_USE)


def _keys(keys: tuple[str, ...], text: str) -> Mapping[str, str]:
    """The keys of a mapping, by what it is the value of."""
    if not keys:
        return TOP_KEYS
    holder = keys[-1]
    if keys == ("defaults",):
        return {kind: kind_summary(kind) for kind in KINDS}
    if len(keys) == 2 and keys[0] == "blocks":
        return BLOCK_KEYS
    kind = _kind(holder)
    if kind is not None:
        fields = {name: _about(kind, name) for name in KINDS[kind].fields}
        return fields if keys[0] == "defaults" else {**fields, **ENTRY_KEYS, **SHARE_KEY}
    if holder in STRUCTURES:
        return {**STRUCTURES[holder].lists, **STRUCTURES[holder].values, **ENTRY_KEYS}
    if holder in _BLOCK.findall(text):
        return {**ENTRY_KEYS, **CALL_KEYS, **SHARE_KEY}
    return {}


def _kind(word: str) -> str | None:
    return word if word in KINDS else ALIASES[word][0] if word in ALIASES else None


def _about(kind: str, name: str) -> str:
    field = KINDS[kind].fields[name]
    initial = None if field.required else field.initial(2)
    return field.doc if initial is None else f"{field.doc} ({short(initial)})"


def _values(keys: tuple[str, ...]) -> Iterator[Offer]:
    """The words that a key may be given."""
    *_, name = keys
    words: Iterable[str] = _WORDS_OF_KEYS.get(name, ())
    kind = _kind(keys[-2]) if len(keys) > 1 else None
    if kind is not None and name in KINDS[kind].fields:
        field = KINDS[kind].fields[name]
        words = ("true", "false") if isinstance(field, Flag) else field.words
    elif keys[-2:-1] and keys[-2] in STRUCTURES and name == "activation":
        words = KINDS["conv"].fields[name].words
    return (Offer(word, "") for word in words)


def around(before: str) -> Around:
    """What the end of a text is in."""
    lines = before.split("\n")
    line = lines.pop()
    flow = _Flow(line)
    written = _KEY.match(line)
    own = () if written is None else (written["key"],)
    column = len(line) - len(line.lstrip(" \t-")) if written is None else written.start("key")
    outer, siblings, is_in_list = _above(lines, line, column)
    if flow.open:
        return Around((*outer, *own, *flow.keys), flow.is_entry, flow.is_value, frozenset(flow.given))
    if written is not None:
        return Around((*outer, *own), False, True, frozenset())
    return Around(outer, is_in_list, False, frozenset(siblings))


def _above(lines: list[str], line: str, column: int) -> tuple[tuple[str, ...], list[str], bool]:
    """The keys that what is at a column is in, by the lines above it; and those beside it."""
    is_in_list = bool(re.match(r"[ \t]*-(?:\s|$)", line))
    found: list[str] = []
    siblings: list[str] = []
    edge = len(line) - len(line.lstrip(" \t")) + 1 if is_in_list else column
    for above in reversed(lines[-_FURTHEST:]):
        written = _KEY.match(above)
        if written is None or not above.strip():
            continue
        at, margin = written.start("key"), len(above) - len(above.lstrip(" \t"))
        if at == edge and not found and not is_in_list:
            siblings.append(written["key"])
        elif at < edge and not above[written.end() :].split("#")[0].strip():
            found.append(written["key"])
            edge = at
        if at < edge:
            edge = at
        if "-" in written["margin"] and margin < edge:
            edge = margin + 1  # the list may be no further in than its key
    return tuple(reversed(found)), siblings, is_in_list


class _Flow:
    """The brackets that are open at the end of a line, the keys before each, and what the last one holds."""

    def __init__(self, line: str) -> None:
        stack: list[tuple[str, str, list[str]]] = []  # the bracket, the key it is the value of, keys inside
        key = word = ""
        written = _KEY.match(line)
        self._first = written["key"] if written is not None else ""
        for character in line:
            if character in "{[":
                stack.append((character, "" if not stack and key == self._first else key, []))
                key = word = ""
            elif character in "}]":
                if stack:
                    stack.pop()
                key = word = ""
            elif character == ":":
                key = word.strip(" \t-")
                if stack:
                    stack[-1][2].append(key)
                word = ""
            elif character == ",":
                key = word = ""
            else:
                word += character
        self.open = bool(stack)
        self.keys = [held for _, held, _ in stack if held]
        self.given: list[str] = stack[-1][2] if stack else []
        self.is_value = bool(stack) and bool(key)
        self.is_entry = bool(stack) and not key and stack[-1][0] == "["
        if self.is_value:
            self.keys.append(key)
