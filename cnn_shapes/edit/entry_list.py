"""The entries of `layers` in a text, and the operations that add, take out, move and replace one.

The route of these is the root of the text's tree; entries are counted from 1. What the text's form does not
allow raises Unwritable.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from cnn_shapes.edit.placing import newline_of, set_top_level
from cnn_shapes.source import Edit, Map, Scalar, Sequence, Source, Span, TreeNode
from cnn_shapes.words import say

_LINE = re.compile(r"(?P<indent> *)(?P<text>[^\r\n]*)(?:\r\n|\r|\n|$)")
_DASH = re.compile(r"-(?:\s|$)")


class Unwritable(Exception):
    """The text has a form in which a change cannot be made."""


class EntryList:
    """The list of layers of a text: `spans` are the lines of each entry (its own span in a flow list)."""

    def __init__(self, source: Source, root: Map) -> None:
        self.source, self.root = source, root
        node = self.root.get("layers")
        empty = node is None or (isinstance(node, Scalar) and node.value is None)
        if not empty and not isinstance(node, Sequence):
            raise Unwritable(say("layers is not a list"))
        self.node = node if isinstance(node, Sequence) else None
        self.nodes: list[TreeNode] = self.node.items if self.node else []
        self.spans = self._spans()
        self.newline = newline_of(source)

    def _spans(self) -> list[Span]:
        node = self.node
        if node is None or not node.items:
            return []
        if node.flow:
            return _flow_spans(node)
        if any(key.text == "layers" and node.start < key.end for key, _ in self.root.pairs):
            raise Unwritable(say("layers refers to a list elsewhere (*): change it there"))
        return _block_spans(self.source, node)

    def need(self, number: int) -> None:
        """Raise Unwritable where there is no entry of this number."""
        count = len(self.spans)
        if not 1 <= number <= count:
            raise Unwritable(say("there is no layer {number}: {text}", number=number, text=how_many(count)))

    def own_node(self, number: int) -> TreeNode:
        """The node of an entry. Raises Unwritable where it is elsewhere, after an anchor."""
        self.need(number)
        node, span = self.nodes[number - 1], self.spans[number - 1]
        if not span.start <= node.start <= node.end <= span.end:
            raise Unwritable(
                say("layer {number} refers to an entry elsewhere (*): change it there", number=number)
            )
        return node

    def line(self, number: int) -> str:
        """The text of an entry on one line, for a message. Raises Unwritable as `own_node`."""
        node = self.own_node(number)
        return " ".join(self.source.text[node.start : node.end].split())

    def flow(self, number: int) -> str:
        """An entry as a spec would have it on one line, without comments. Raises Unwritable as `own_node`."""
        return _flow(self.own_node(number), self.source, outermost=True)


def _flow_spans(node: Sequence) -> list[Span]:
    """The entries of `[conv: 8, relu]`."""
    spans = [Span(item.start, item.end) for item in node.items]
    inside = all(node.start < span.start <= span.end <= node.end for span in spans)
    if not inside or any(one.end > following.start for one, following in pairwise(spans)):
        raise Unwritable(say("an entry of layers is elsewhere (*): change it in an editor"))
    return spans


def _block_spans(source: Source, node: Sequence) -> list[Span]:
    """The lines of each entry of a list in block style, from its dash to the last line further in."""
    column = source.position(node.start)[1] - 1
    start = node.start - column
    spans: list[Span] = []
    for line in _LINE.finditer(source.text, start):
        indent, text = len(line["indent"]), line["text"].strip()
        if not text or text.startswith("#"):
            continue
        if indent == column and _DASH.match(line["text"]):
            spans.append(Span(line.start(), line.end()))
        elif indent > column and spans:
            spans[-1] = Span(spans[-1].start, line.end())
        else:
            break
    if len(spans) != len(node.items) or source.text[start : node.start].strip(" "):
        raise Unwritable(say("layers is written in a form that the prompt cannot change: use an editor"))
    return spans


def _flow(node: TreeNode, source: Source, outermost: bool) -> str:
    if isinstance(node, Scalar):
        return source.text[node.start : node.end]
    if isinstance(node, Sequence):
        return f"[{', '.join(_flow(item, source, False) for item in node.items)}]"
    pairs = ", ".join(f"{key.text}: {_flow(value, source, False)}".rstrip() for key, value in node.pairs)
    return pairs if outermost and len(node.pairs) == 1 else f"{{{pairs}}}"


def how_many(count: int) -> str:
    """What there is instead of a layer that is not there."""
    return (
        say("there are {count}", count=count)
        if count > 1
        else say("there is one")
        if count
        else say("there is none yet")
    )


class InsertEntry(NamedTuple):
    """An entry more, which gets this number; one after the last is appended."""

    number: int
    written: str

    def edits(self, source: Source, route: Map) -> list[Edit]:
        entries = EntryList(source, route)
        if not 1 <= self.number <= len(entries.spans) + 1:
            entries.need(self.number)
        return [_insertion(entries, self.number, self.written)]


class DeleteEntry(NamedTuple):
    """The list without an entry."""

    number: int

    def edits(self, source: Source, route: Map) -> list[Edit]:
        entries, number = EntryList(source, route), self.number
        entries.need(number)
        spans, count = entries.spans, len(entries.spans)
        span = spans[number - 1]
        assert entries.node is not None
        if entries.node.flow and number < count:
            return [Edit(Span(span.start, spans[number].start), "")]
        if entries.node.flow:
            return [Edit(Span(spans[number - 2].end if number > 1 else span.start, span.end), "")]
        edits = [Edit(_whole_lines(source, span), "")]
        if count == 1:
            key = next(key for key, _ in route.pairs if key.text == "layers")
            colon = source.text.index(":", key.end) + 1
            edits.append(Edit(Span(colon, colon), " []"))
        return edits


class MoveEntry(NamedTuple):
    """An entry at another place: it gets the number `to`."""

    number: int
    to: int

    def edits(self, source: Source, route: Map) -> list[Edit]:
        entries, number, to = EntryList(source, route), self.number, self.to
        entries.need(number)
        entries.need(to)
        spans, text = entries.spans, source.text
        assert entries.node is not None
        if number == to:
            return []
        if entries.node.flow:
            order = list(range(len(spans)))
            order.insert(to - 1, order.pop(number - 1))
            return [
                Edit(spans[place], text[spans[old].start : spans[old].end])
                for place, old in enumerate(order)
                if place != old
            ]
        span, target = spans[number - 1], spans[to - 1]
        line = text[span.start : span.end].rstrip("\r\n")
        insertion = Edit(Span(target.start, target.start), f"{line}{entries.newline}")
        if to > number:
            insertion = _line_after(entries, target, line)
        return [Edit(_whole_lines(source, span), ""), insertion]


class ReplaceEntry(NamedTuple):
    """Another entry in the place of one; a comment at the end of its line stays."""

    number: int
    written: str

    def edits(self, source: Source, route: Map) -> list[Edit]:
        node = EntryList(source, route).own_node(self.number)
        old = source.text[node.start : node.end]
        if re.search(r"(?:^|\s)#", old):
            raise Unwritable(
                say(
                    "layer {number} has a comment inside, which would be lost: change it in an editor",
                    number=self.number,
                )
            )
        return [Edit(Span(node.start, node.end), self.written)]


def _insertion(entries: EntryList, number: int, written: str) -> Edit:
    spans, source = entries.spans, entries.source
    if not spans:
        return _first_entry(entries, written)
    if entries.node is not None and entries.node.flow:
        if number > len(spans):
            end = spans[-1].end
            return Edit(Span(end, end), f", {written}")
        start = spans[number - 1].start
        return Edit(Span(start, start), f"{written}, ")
    assert entries.node is not None
    indent = " " * (source.position(entries.node.start)[1] - 1)
    if number > len(spans):
        return _line_after(entries, spans[-1], f"{indent}- {written}")
    start = spans[number - 1].start
    return Edit(Span(start, start), f"{indent}- {written}{entries.newline}")


def _line_after(entries: EntryList, span: Span, line: str) -> Edit:
    """A line below a span, whether or not that ends with a line break."""
    text = entries.source.text[span.start : span.end]
    if text.endswith(("\n", "\r")):
        return Edit(Span(span.end, span.end), f"{line}{entries.newline}")
    return Edit(Span(span.end, span.end), f"{entries.newline}{line}")


def _first_entry(entries: EntryList, written: str) -> Edit:
    """The first entry of a list that was empty, or not there."""
    root, newline = entries.root, entries.newline
    if entries.node is not None:
        if root.flow:
            return Edit(entries.node.span, f"[{written}]")
        start = entries.node.start
        while entries.source.text[start - 1] == " ":
            start -= 1
        return Edit(Span(start, entries.node.end), f"{newline}  - {written}")
    empty = root.get("layers")
    if empty is not None and not root.flow:
        return Edit(empty.span, f"{newline}  - {written}")
    if empty is not None or root.flow:
        return set_top_level(entries.source, root, "layers", f" [{written}]" if empty else f"[{written}]")
    end = len(entries.source.text)
    lead = "" if entries.source.text.endswith(("\n", "\r")) else newline
    return Edit(Span(end, end), f"{lead}layers:{newline}  - {written}{newline}")


def _whole_lines(source: Source, span: Span) -> Span:
    """A span with one line break: its own, or at the end of a text without one that before it."""
    text = source.text
    if text[span.start : span.end].endswith(("\n", "\r")) or not span.start:
        return span
    before = span.start - (2 if text[: span.start].endswith("\r\n") else 1)
    return Span(before, span.end)
