"""Where something new goes in a text: a field of an entry, a key at the top, an entry before another one.

A field that is added is the entry's own. What is written after an anchor others may merge: there the field
goes around it, never into it.
"""

from __future__ import annotations

import re
from typing import Protocol

from cnn_shapes.source import Edit, Map, Scalar, Sequence, Source, Span, TreeNode

# compiled where they are first used: who writes nothing does without
_PLAIN = r"[\w.+*/ -]+"
_ALIAS = r"""["']?\s*:\s+(\*[^\s,\[\]{}]+)"""
_ANCHOR = r"&([^\s,\[\]{}]+)\s*(#[^\r\n]*\s*)?$"
_MERGE = "<<"
_WORD = r"[A-Za-z_]\w*"
_PAIR_IN_LIST = r'\[("\w+": \{[^{}]*\})\]'  # one pair is a mapping in YAML, and nothing in JSON
_JSON_WORDS = ("true", "false", "null")
_BARE_ANCHOR = r"&[^\s,\[\]{}]+$"
_COMMENT_ON_A_DASH = r"([ \t]*-)[ \t]+#.*$"


class Entry(Protocol):
    """An entry of a list of layers, as the tree has it."""

    @property
    def node(self) -> TreeNode:
        """All of it."""

    @property
    def key(self) -> Scalar:
        """The word for its kind."""

    @property
    def body(self) -> TreeNode | None:
        """What is under the kind; None where nothing is."""

    @property
    def is_alias(self) -> bool:
        """Whether all of it is written elsewhere: `- *stem`."""


def add_fields(
    source: Source,
    entry: Entry,
    fields: list[str],
    shorthand: str | None,
    alone: bool = True,
    instead: str | None = None,
) -> list[Edit] | None:
    """The edits that put `fields` (each `name: value`) on an entry; None where the text has no good place.

    `shorthand` names what is under the kind where that is not a mapping; `instead` takes the place of its
    value. With `alone` the fields are for this entry, also where others merge what is written on it.
    """
    body = entry.body
    fields = [as_json(source, entry.key, field) for field in fields]
    whole = "{" + ", ".join(fields) + "}"
    if body is None:
        return _on_empty(source, entry, whole)
    under = _MERGE if isinstance(body, Map) else shorthand and as_json(source, entry.key, shorthand)
    if is_aliased(entry):
        alias = alias_span(source, entry.key)
        if alias is None or under is None:
            return None
        return [Edit(alias, _around(under, source.text[alias.start : alias.end], fields))]
    if isinstance(body, Map) and not (alone and _is_shared(source, entry.key, body)):
        return [_into_mapping(source, body, fields) if body.pairs else Edit(body.span, whole)]
    if under is None or (instead is not None and not is_inline(body)):
        return None
    if not is_inline(body):
        return _nested(source, entry.key, body, under, fields)
    return [_beside(source, entry.key, body, under, fields, instead)]


def _beside(
    source: Source, key: Scalar, body: TreeNode, under: str, fields: list[str], instead: str | None
) -> Edit:
    """The value under a key of its own in braces, with the fields; `instead` takes its place."""
    start = _anchor_start(source, key, body)
    old = source.text[start : body.end]
    if instead is not None:
        return Edit(body.span, _around(under, instead, fields))
    is_bare = isinstance(body, Scalar) and body.plain and start == body.start
    if is_bare and not re.compile(_PLAIN).fullmatch(old):
        old = f'"{old}"'
    return Edit(Span(start, body.end), _around(under, old, fields))


def _around(under: str, old: str, fields: list[str]) -> str:
    return "{" + ", ".join([f"{under}: {old}", *fields]) + "}"


def _on_empty(source: Source, entry: Entry, whole: str) -> list[Edit]:
    """Where nothing is under the kind: `relu`, `relu:`, `relu: null`, `{relu}`."""
    if isinstance(entry.node, Scalar):
        return [Edit(entry.node.span, f"{source.text[entry.node.start : entry.node.end]}: {whole}")]
    assert isinstance(entry.node, Map)
    alias = alias_span(source, entry.key)
    if alias is not None:
        return [Edit(alias, whole)]
    empty = entry.node.pairs[0][1]
    if empty.end > empty.start:
        return [Edit(empty.span, whole)]
    if source.text[empty.start - 1] == ":":
        return [Edit(Span(empty.start, empty.start), f" {whole}")]
    return [Edit(Span(entry.key.end, entry.key.end), f": {whole}")]


def _nested(source: Source, key: Scalar, body: TreeNode, under: str, fields: list[str]) -> list[Edit] | None:
    """Move what is written in block style one key deeper, with its anchor, and put the fields before it."""
    text, line = source.text, newline_of(source)
    first, column = source.position(body.start)
    begin = source.offset(first, 1)
    anchor_start = _anchor_start(source, key, body)
    if text[begin : body.start].strip(" "):
        return None
    inside = column - 1
    outside = source.position(key.start)[1] - 1
    indent = " " * max(inside, outside + 2)
    anchor = text[anchor_start : body.start].partition("#")[0].rstrip() if anchor_start < begin else ""
    head = "".join(f"{indent}{field}{line}" for field in fields)
    edits = [Edit(Span(begin, begin), f"{head}{indent}{under}:{' ' * bool(anchor)}{anchor}{line}")]
    if anchor:
        blanks = anchor_start - len(text[:anchor_start].rstrip(" "))
        edits.append(Edit(Span(anchor_start - blanks, anchor_start + len(anchor)), ""))
    if isinstance(body, Map) or inside <= outside:  # a list may be as far out as its key
        last = source.position(body.end)[0]
        starts = [source.offset(number, 1) for number in range(first, last + 1)]
        edits += [Edit(Span(start, start), "  ") for start in starts if text[start : start + 1] not in "\r\n"]
    return edits


def _into_mapping(source: Source, body: Map, fields: list[str]) -> Edit:
    merged = body.merged or ()
    own = [(key, value) for key, value in body.pairs if key.text not in merged]
    if body.flow:
        return _into_braces(source, body, own, fields)
    line = newline_of(source)
    first = own[0][0].start if own else body.start
    indent = " " * (source.position(first)[1] - 1)
    if own and is_inline(own[-1][1]) and own[-1][1].end <= body.end + 1:
        end = line_end(source.text, max(own[-1][1].end, own[-1][0].end))
        return Edit(Span(end, end), "".join(f"{line}{indent}{field}" for field in fields))
    return Edit(Span(first, first), "".join(f"{field}{line}{indent}" for field in fields))


def _into_braces(source: Source, body: Map, own: list[tuple[Scalar, TreeNode]], fields: list[str]) -> Edit:
    """After the last own field; where `<<` is the last, after that, unless a comment is in the way."""
    text = source.text
    key, value = own[-1] if own else (None, None)
    alias = alias_span(source, key) if key and value and value.start < key.end else None
    end = alias.end if alias else max(key.end, value.end) if key and value else body.start + 1
    rest = text[end : body.end - 1]
    if not own or _MERGE in rest:
        if "#" in rest:
            begin = body.start + 1
            return Edit(Span(begin, begin), ", ".join(fields) + ("," if text[begin] in "\r\n" else ", "))
        end += len(rest.rstrip(" \t\r\n,"))
    return Edit(Span(end, end), "".join(f", {field}" for field in fields))


def _is_shared(source: Source, key: Scalar, body: TreeNode) -> bool:
    """Whether the text names the anchor of what is written here again."""
    start = _anchor_start(source, key, body)
    found = re.compile(_ANCHOR).search(source.text, start, body.start) if start < body.start else None
    return found is not None and f"*{found[1]}" in source.text


def _anchor_start(source: Source, key: Scalar, body: TreeNode) -> int:
    """Where a value begins, its anchor included."""
    found = re.compile(_ANCHOR).search(source.text, key.end, body.start)
    return found.start() if found else body.start


def is_aliased(entry: Entry) -> bool:
    """Whether an entry names its fields by an alias: `- conv: *base`."""
    return entry.body is not None and entry.body.start < entry.key.end


def alias_span(source: Source, key: Scalar | None) -> Span | None:
    """Where the value of a key is the name of an anchor (`*k`); None where the value itself is there."""
    found = re.compile(_ALIAS).match(source.text, key.end) if key is not None else None
    return Span(*found.span(1)) if found else None


def is_inline(node: TreeNode) -> bool:
    return isinstance(node, Scalar) or node.flow


def as_json(source: Source, key: Scalar, written: str) -> str:
    """What is written next to a key, with its words in quotes where the file is JSON."""
    if not source.text.lstrip("\ufeff \t\r\n").startswith("{") or source.text[key.start] != '"':
        return written
    quoted = re.compile(_WORD).sub(
        lambda word: word[0] if word[0] in _JSON_WORDS else f'"{word[0]}"', written
    )
    return re.compile(_PAIR_IN_LIST).sub(r"[{\1}]", quoted)


def line_start(text: str, offset: int) -> int:
    return max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1


def line_end(text: str, offset: int) -> int:
    for place in range(offset, len(text)):
        if text[place] in "\r\n":
            return place
    return len(text)


def newline_of(source: Source) -> str:
    if "\r\n" in source.text:
        return "\r\n"
    return "\r" if "\r" in source.text and "\n" not in source.text else "\n"


def set_top_level(source: Source, root: Map, key: str, written: str, after: str = "input") -> Edit:
    """Give a top-level key a value: over the old one, or on a line of its own, after the key `after`."""
    node = root.get(key)
    if node is not None:
        return Edit(node.span, written)
    if root.flow:
        field = as_json(source, root.pairs[0][0], f"{key}: {written}")
        return Edit(Span(root.start + 1, root.start + 1), f"{field}, ")
    line = newline_of(source)
    anchor = root.get(after)
    if anchor is not None and is_inline(anchor):
        end = line_end(source.text, anchor.end)
        return Edit(Span(end, end), f"{line}{key}: {written}")
    start = root.pairs[0][0].start
    return Edit(Span(start, start), f"{key}: {written}{line}")


def insert_before(source: Source, entry: Entry, written: str) -> Edit | None:
    """InsertBefore an entry before another one of the same list; None where the text has no good place."""
    if entry.is_alias:
        return None
    start = entry.node.start if not isinstance(entry.node, Sequence) else entry.key.start
    text = source.text
    mark = _mark_before(text, start)
    if mark >= 0 and text[mark] == "-":
        indent = " " * (source.position(mark)[1] - 1)
        begin = line_start(text, mark)
        if text[begin:mark].strip(" "):
            indent = " " * (mark - begin)
        else:
            above = _comments_above(text, begin, indent)
            if above < begin:
                return Edit(Span(above, above), f"{indent}- {written}{newline_of(source)}")
        return Edit(Span(mark, mark), f"- {written}{newline_of(source)}{indent}")
    if mark >= 0 and text[mark] in "[,":
        begin = line_start(text, start)
        separator = newline_of(source) + text[begin:start] if begin > mark else " "
        quoted = as_json(source, entry.key, written)
        if quoted != written and ":" in quoted:
            quoted = f"{{{quoted}}}"
        return Edit(Span(start, start), f"{quoted},{separator}")
    return None


def _mark_before(text: str, start: int) -> int:
    """The offset of the dash, bracket or comma before an entry; -1 where there is none."""
    place = start
    while True:
        place = len(text[:place].rstrip(" \t\r\n"))
        begin = line_start(text, place)
        comment = re.compile(_COMMENT_ON_A_DASH).match(text, begin, place)
        anchor = re.compile(_BARE_ANCHOR).search(text, begin, place)
        if comment:
            place = comment.end(1)
        elif anchor:
            place = anchor.start()
        else:
            return place - 1


def _comments_above(text: str, begin: int, indent: str) -> int:
    """Where the comments begin that are right above an entry, as far in as it: they speak of it."""
    while begin > 0:
        before = line_start(text, begin - 2 if text.startswith("\r\n", begin - 2) else begin - 1)
        if not text.startswith(f"{indent}#", before):
            break
        begin = before
    return begin
