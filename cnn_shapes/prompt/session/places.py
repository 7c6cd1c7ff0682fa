"""Where the entries of `layers` stand in a text, and the edits that add, take out and move one.

All other bytes stay as they are, comments included; an edit that would change more raises Unwritable.
"""

from __future__ import annotations

import re
from itertools import pairwise

from cnn_shapes.edit import Unsafe, proved
from cnn_shapes.edit.placing import newline_of, set_top_level
from cnn_shapes.source import Edit, Map, Node, Scalar, Sequence, Source, Span, read_yaml

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")


class Unwritable(Exception):
    """The text has a form in which the prompt cannot make this change."""


class Layers:
    """The list of layers of a text: `chunks` are the lines of each entry (its own span in a flow list)."""

    def __init__(self, source: Source) -> None:
        self.source = source
        root = read_yaml(source).root
        if not isinstance(root, Map):
            raise Unwritable("the text cannot be read as a spec: fix or load comes first")
        self.root = root
        node = root.get("layers")
        empty = node is None or (isinstance(node, Scalar) and node.value is None)
        if not empty and not isinstance(node, Sequence):
            raise Unwritable("layers is no list")
        self.node = node if isinstance(node, Sequence) else None
        self.nodes: list[Node] = self.node.items if self.node else []
        self.chunks = self._chunks()
        self.newline = newline_of(source)

    def _chunks(self) -> list[Span]:
        node, text = self.node, self.source.text
        if node is None or not node.items:
            return []
        if node.flow:
            spans = [Span(item.start, item.end) for item in node.items]
            inside = all(node.start < span.start <= span.end <= node.end for span in spans)
            if not inside or any(a.end > b.start for a, b in pairwise(spans)):
                raise Unwritable("an entry of layers stands elsewhere (*): change it in an editor")
            return spans
        if any(key.text == "layers" and node.start < key.end for key, _ in self.root.pairs):
            raise Unwritable("layers stands for a list elsewhere (*): change it there")
        column = self.source.position(node.start)[1] - 1
        start = node.start - column
        starts, ends = [], []
        for match in _LINE.finditer(text, start):
            line = match[0].rstrip("\r\n")
            indent = len(line) - len(line.lstrip(" "))
            if line.strip() and not line.lstrip().startswith("#"):
                dash = indent == column and re.match(r"-(?:\s|$)", line[indent:])
                if dash:
                    starts.append(match.start())
                    ends.append(match.end())
                elif indent > column and starts:
                    ends[-1] = match.end()
                else:
                    break
            if match.end() >= len(text):
                break
        if len(starts) != len(node.items) or text[start : node.start].strip(" "):
            raise Unwritable("layers is written in a form that the prompt cannot change: use an editor")
        return [Span(*pair) for pair in zip(starts, ends, strict=True)]

    def need(self, number: int) -> None:
        """Raise Unwritable where there is no entry of this number."""
        count = len(self.chunks)
        if not 1 <= number <= count:
            raise Unwritable(f"there is no layer {number}: {how_many(count)}")

    def own_node(self, number: int) -> Node:
        """The node of an entry. Raises Unwritable where it stands elsewhere, behind an anchor."""
        self.need(number)
        node, chunk = self.nodes[number - 1], self.chunks[number - 1]
        if not chunk.start <= node.start <= node.end <= chunk.end:
            raise Unwritable(f"layer {number} stands for an entry elsewhere (*): change it there")
        return node

    def line(self, number: int) -> str:
        """The text of an entry on one line, for a message."""
        node = self.own_node(number)
        return " ".join(self.source.text[node.start : node.end].split())


def how_many(count: int) -> str:
    """What there is instead of a layer that is not there."""
    return f"there are {count}" if count > 1 else "there is one" if count else "there is none yet"


def insert(source: Source, number: int, written: str) -> Source:
    """The text with an entry more, which gets this number; one behind the last is appended."""
    layers = Layers(source)
    count = len(layers.chunks)
    if not 1 <= number <= count + 1:
        layers.need(number)
    return _changed(source, [_insertion(layers, number, written)], count + 1)


def _insertion(layers: Layers, number: int, written: str) -> Edit:
    chunks, source = layers.chunks, layers.source
    if not chunks:
        return _first(layers, written)
    if layers.node is not None and layers.node.flow:
        if number > len(chunks):
            end = chunks[-1].end
            return Edit(Span(end, end), f", {written}")
        start = chunks[number - 1].start
        return Edit(Span(start, start), f"{written}, ")
    assert layers.node is not None
    indent = " " * (source.position(layers.node.start)[1] - 1)
    if number > len(chunks):
        return _behind(layers, chunks[-1], f"{indent}- {written}")
    start = chunks[number - 1].start
    return Edit(Span(start, start), f"{indent}- {written}{layers.newline}")


def _behind(layers: Layers, chunk: Span, line: str) -> Edit:
    """A line below a chunk, whether or not that ends with a line break."""
    text = layers.source.text[chunk.start : chunk.end]
    if text.endswith(("\n", "\r")):
        return Edit(Span(chunk.end, chunk.end), f"{line}{layers.newline}")
    return Edit(Span(chunk.end, chunk.end), f"{layers.newline}{line}")


def _first(layers: Layers, written: str) -> Edit:
    """The first entry of a list that was empty, or not there."""
    root, newline = layers.root, layers.newline
    if layers.node is not None:
        if root.flow:
            return Edit(layers.node.span, f"[{written}]")
        start = layers.node.start
        while layers.source.text[start - 1] == " ":
            start -= 1
        return Edit(Span(start, layers.node.end), f"{newline}  - {written}")
    empty = root.get("layers")
    if empty is not None and not root.flow:
        return Edit(empty.span, f"{newline}  - {written}")
    if empty is not None or root.flow:
        return set_top_level(layers.source, root, "layers", f" [{written}]" if empty else f"[{written}]")
    end = len(layers.source.text)
    lead = "" if layers.source.text.endswith(("\n", "\r")) else newline
    return Edit(Span(end, end), f"{lead}layers:{newline}  - {written}{newline}")


def delete(source: Source, number: int) -> Source:
    """The text without an entry."""
    layers = Layers(source)
    layers.need(number)
    chunks, count = layers.chunks, len(layers.chunks)
    chunk = chunks[number - 1]
    assert layers.node is not None
    if layers.node.flow:
        if number < count:
            cut = Span(chunk.start, chunks[number].start)
        else:
            cut = Span(chunks[number - 2].end if number > 1 else chunk.start, chunk.end)
        return _changed(source, [Edit(cut, "")], count - 1)
    edits = [Edit(_whole_lines(source, chunk), "")]
    if count == 1:
        key = next(key for key, _ in layers.root.pairs if key.text == "layers")
        colon = source.text.index(":", key.end) + 1
        edits.append(Edit(Span(colon, colon), " []"))
    return _changed(source, edits, count - 1)


def _whole_lines(source: Source, chunk: Span) -> Span:
    """A chunk with one line break: its own, or at the end of a text without one that before it."""
    text = source.text
    if text[chunk.start : chunk.end].endswith(("\n", "\r")) or not chunk.start:
        return chunk
    before = chunk.start - (2 if text[: chunk.start].endswith("\r\n") else 1)
    return Span(before, chunk.end)


def move(source: Source, number: int, to: int) -> Source:
    """The text with an entry at another place: it gets the number `to`."""
    layers = Layers(source)
    layers.need(number)
    layers.need(to)
    chunks, text = layers.chunks, source.text
    assert layers.node is not None
    if number == to:
        return source
    if layers.node.flow:
        order = list(range(len(chunks)))
        order.insert(to - 1, order.pop(number - 1))
        edits = [
            Edit(chunks[place], text[chunks[old].start : chunks[old].end])
            for place, old in enumerate(order)
            if place != old
        ]
        return _changed(source, edits, len(chunks))
    chunk = chunks[number - 1]
    line = text[chunk.start : chunk.end].rstrip("\r\n")
    target = chunks[to - 1]
    if to > number:
        insertion = _behind(layers, target, line)
    else:
        insertion = Edit(Span(target.start, target.start), f"{line}{layers.newline}")
    return _changed(source, [Edit(_whole_lines(source, chunk), ""), insertion], len(chunks))


def replace(source: Source, number: int, written: str) -> Source:
    """The text with another entry in the place of one; a comment at the end of its line stays."""
    layers = Layers(source)
    node = layers.own_node(number)
    old = source.text[node.start : node.end]
    if re.search(r"(?:^|\s)#", old):
        raise Unwritable(f"layer {number} has a comment inside, which would be lost: change it in an editor")
    return _changed(source, [Edit(Span(node.start, node.end), written)], len(layers.chunks))


def _changed(source: Source, edits: list[Edit], count: int) -> Source:
    """The edited text, if it reads as a list of so many entries and differs nowhere else."""
    try:
        changed = proved(source, edits)
        entries = Layers(changed).nodes
    except (Unsafe, ValueError) as error:
        raise Unwritable(f"this would change more than it should: {error}") from None
    if len(entries) != count:
        raise Unwritable("this would change more than it should: it does not read as one layer")
    return changed


def set_input(source: Source, sizes: tuple[int, ...]) -> Source:
    """The text with this input, in the user's layout; a new text where there is none."""
    if not source.text.strip():
        return Source(source.path, f"input: {list(sizes)}\nlayers: []\n")
    root = _root(source)
    node = root.get("input")
    written = "x".join(map(str, sizes))
    if not (isinstance(node, Scalar) and "x" in node.text.lower() and len(sizes) > 1):
        written = f"[{', '.join(map(str, sizes))}]"
    return apply_safely(source, _top_level(source, root, "input", written, "name"))


def set_rounding(source: Source, word: str) -> Source:
    """The text with this rounding for the whole file."""
    return apply_safely(source, _top_level(source, _root(source), "rounding", word, "input"))


def _top_level(source: Source, root: Map, key: str, written: str, after: str) -> Edit:
    node = root.get(key)
    if node is not None and not isinstance(node, Scalar) and not getattr(node, "flow", True):
        raise Unwritable(f"{key} goes over several lines: change it in an editor")
    if isinstance(node, Scalar) and node.start == node.end:
        written = f" {written}"
    return set_top_level(source, root, key, written, after)


def _root(source: Source) -> Map:
    root = read_yaml(source).root
    if not isinstance(root, Map):
        raise Unwritable("the text cannot be read as a spec: fix or load comes first")
    return root


def apply_safely(source: Source, *edits: Edit) -> Source:
    try:
        return proved(source, edits)
    except (Unsafe, ValueError) as error:
        raise Unwritable(f"this would change more than it should: {error}") from None
