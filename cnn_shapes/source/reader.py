"""Builds the tree of a text from the parser's events.

PyYAML's composer recurses, and its C form kills the process at a hundred thousand nested brackets. So the
tree is built here, in a loop; that also gives YAML 1.2 scalars and exact places.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import yaml

from cnn_shapes.source import wording
from cnn_shapes.source.text import (
    DUPLICATE_KEY,
    LIMIT_EXCEEDED,
    YAML_SYNTAX,
    Edit,
    Limits,
    Problem,
    Source,
    Span,
)
from cnn_shapes.source.tree import Document, Map, Scalar, Sequence, TreeNode, resolve
from cnn_shapes.source.wording import COLON, JOINED, PROPERTY, explain, forbidden, no_space, short, too_deep
from cnn_shapes.words import say

CParser: Any
try:
    from yaml._yaml import CParser
except ImportError:  # PyYAML was built without libyaml
    CParser = None


_LONGEST = Limits().layers  # entries of a list: a network has no more layers


class _Anchor:
    """What `&name` names; `node` is None until it is complete."""

    __slots__ = ("height", "node", "nodes")

    def __init__(self, node: TreeNode | None = None) -> None:
        self.node = node
        self.height = 0
        self.nodes = 0


_DEFAULT = Limits()


class _Stop(Exception):
    """Reading cannot go on."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem


def read_yaml(source: Source, limits: Limits = _DEFAULT, pure: bool = False) -> Document:
    """The tree of a text, and what is wrong with its YAML.

    `pure` takes PyYAML's Python parser, which also stands in where its C parser is missing. Where reading can
    go on as if the remedy in the message had been followed, it does; else the root is None.
    """
    reader = _TreeBuilder(source, limits)
    try:
        parser = yaml.Loader(source.text) if pure or CParser is None else CParser(source.text)
        return Document(reader.read(parser.get_event), reader.problems)
    except _Stop as stop:
        reader.problems.append(stop.problem)
    except (yaml.reader.ReaderError, UnicodeEncodeError) as error:
        reader.problems.append(forbidden(source, getattr(error, "position", 0)))
    return Document(None, reader.problems)


class _Container:
    """A list or mapping that is open: what it holds so far, and the key that waits for a value.

    `items` is None for a mapping. `nodes_before` are those of the text before it, `deepest` is the depth of
    what is in it. The outermost holds the root.
    """

    __slots__ = ("anchor", "deepest", "items", "key", "node", "nodes_before", "outer", "pairs", "values")

    def __init__(self, node: Any, outer: _Container | None, nodes_before: int, depth: int) -> None:
        self.node, self.outer = node, outer
        self.items: Any
        if type(node) is Map:
            self.items, self.pairs, self.values = None, node.pairs, node._values
        else:
            self.items = node.items
        self.key: Any = None
        self.anchor: _Anchor | None = None
        self.nodes_before, self.deepest = nodes_before, depth


class _TreeBuilder:
    """Builds the tree of one text out of parser events."""

    def __init__(self, source: Source, limits: Limits) -> None:
        self.source = source
        self.text = source.text
        self.limits = limits
        self.problems: list[Problem] = []
        self.anchors: dict[str, _Anchor] = {}
        self.has_properties = "&" in source.text or "!" in source.text
        self.depth = self.nodes = 0
        self.container = _Container(Sequence(0, False), None, 0, 0)
        self.root: list[TreeNode] = self.container.items

    def read(self, get_event: Callable[[], Any]) -> TreeNode | None:
        """The root, None for an empty text. Scalars are read in the loop itself, because most events are."""
        text = self.text
        scalar_event, map_start, map_end = yaml.ScalarEvent, yaml.MappingStartEvent, yaml.MappingEndEvent
        sequence_start, sequence_end = yaml.SequenceStartEvent, yaml.SequenceEndEvent
        properties, container = self.has_properties, self.container
        items, key = container.items, None  # of the container, at hand for the many scalars
        last = 0  # where the last node that is complete ends
        may_be_long = len(text) > 2 * _LONGEST  # an entry of a list has two characters at least
        node: Any
        try:
            while True:
                event = get_event()
                kind = type(event)
                if kind is scalar_event:
                    word, start, last = event.value, event.start_mark.index, event.end_mark.index
                    if style := event.style:
                        if style in "|>":  # up to the next node in the parser's view
                            last = start + len(text[start:last].rstrip())
                        node = Scalar(word, start, last, False, word)
                    else:
                        node = Scalar(word, start, last, True, resolve(word))
                        if not word and key is not None:
                            key, node = self._empty_value(key, node)
                            last = node.end
                    if properties and (event.anchor is not None or event.tag is not None):
                        self._properties(event, node, _Anchor(node))
                elif kind is map_start or kind is sequence_start:
                    container.key = key
                    container = self._open(event, container, kind is map_start)
                    items, key = container.items, None
                    continue
                elif kind is map_end or kind is sequence_end:
                    node, container = self._close(event, container, last)
                    items, key, last = container.items, container.key, node.end
                elif kind is yaml.AliasEvent:
                    node, last = self._alias(event, container), event.end_mark.index
                elif kind is yaml.DocumentStartEvent and self.root:
                    span = Span(event.start_mark.index, event.end_mark.index)
                    self._tell("a spec is one document: remove `---` and all that follows", span)
                    return self.root[0]
                elif kind is yaml.StreamEndEvent or event is None:
                    return self.root[0] if self.root else None
                else:
                    continue
                if items is not None:
                    items.append(node)
                    if may_be_long and node.end - container.node.start > 2 * _LONGEST:
                        self._check_length(container.node, len(items))
                elif key is None:
                    key = node
                else:
                    if type(key) is Scalar and type(key.value) is str and key.text not in container.values:
                        container.values[key.text] = node
                        container.pairs.append((key, node))
                    else:
                        self._odd_pair(container.node, key, node)
                    key = None
        except yaml.MarkedYAMLError as error:
            raise _Stop(self._explained(error, container)) from None

    def _open(self, event: Any, outer: _Container, is_map: bool) -> _Container:
        """The list or mapping that begins, inside of the one that is open."""
        start, text = event.start_mark.index, self.text
        # libyaml calls a block list that is not indented flow style
        node = Map(start, event.flow_style) if is_map else Sequence(start, text[start : start + 1] == "[")
        self.depth += 1
        container = _Container(node, outer, self.nodes, self.depth)
        if self.has_properties and (event.anchor is not None or event.tag is not None):
            container.anchor = self._properties(event, node, _Anchor())
            if container.items is not None:
                node.flow = text[node.start : node.start + 1] == "["
        if self.depth > self.limits.depth:
            raise _Stop(too_deep(Span(node.start, node.start + 1), self.limits.depth))
        return container

    def _close(self, event: Any, container: _Container, last: int) -> tuple[Any, _Container]:
        """The list or mapping that ends, after a node that ended at `last`; and the one around it."""
        node, outer = container.node, container.outer
        assert outer is not None
        node.end = event.end_mark.index if node.flow and self.text[node.start] in "[{" else last
        if container.items is None and "<<" in container.values:
            self._merge(node)
        self.nodes += 2 * len(container.pairs) if container.items is None else len(container.items)
        if self.nodes > self.limits.nodes:
            raise _Stop(self._too_many(Span(node.start, node.start + 1)))
        anchor = container.anchor
        if anchor is not None:
            anchor.node = node
            anchor.height = container.deepest - self.depth + 1
            anchor.nodes = self.nodes - container.nodes_before
        self.depth -= 1
        if container.deepest > outer.deepest:
            outer.deepest = container.deepest
        return node, outer

    def _alias(self, event: Any, container: _Container) -> TreeNode:
        """The node that an alias refers to; it counts for all that is in it."""
        name = event.anchor
        span = Span(event.start_mark.index, event.end_mark.index)
        target = self.anchors.get(name)
        if target is None:
            template = "`*{name}` refers to nothing: no `&{name}` is above it"
            raise _Stop(Problem(YAML_SYNTAX, template, span, short({"name": name})))
        if target.node is None:
            template = "`*{name}` is inside of `&{name}`, so it would contain itself"
            raise _Stop(Problem(YAML_SYNTAX, template, span, short({"name": name})))
        self.nodes += target.nodes
        container.deepest = max(container.deepest, self.depth + target.height)
        if container.deepest > self.limits.depth:
            raise _Stop(too_deep(span, self.limits.depth))
        if self.nodes > self.limits.nodes:
            raise _Stop(self._too_many(span))
        return target.node

    def _explained(self, error: Any, container: _Container) -> Problem:
        """What the parser complains about, with the innermost bracket that is open."""
        text, bracket = self.text, None
        if wording.is_too_deep(error):
            after = container.node.start + 1 if container.outer is not None else 0
            place = wording.bracket_at(text, after, self.limits.depth - self.depth)
            return too_deep(place, self.limits.depth)
        while bracket is None and container.outer is not None:
            if text[container.node.start] in "[{":
                bracket = container.node.start
            container = container.outer
        return explain(self.source, error, bracket)

    def _tell(
        self, template: str, span: Span, fix: tuple[str, tuple[Edit, ...]] | None = None, /, **facts: Any
    ) -> None:
        self._add(Problem(YAML_SYNTAX, template, span, short(facts), fix))

    def _add(self, problem: Problem) -> None:
        # Beyond the limit only the number is of interest: a repeated problem costs no memory.
        self.problems.append(self.problems[-1] if len(self.problems) > self.limits.problems else problem)

    def _too_many(self, span: Span) -> Problem:
        template = "more than {limit} values, the limit; an alias counts for all that it refers to"
        return Problem(LIMIT_EXCEEDED, template, span, {"limit": self.limits.nodes})

    def _check_length(self, node: Any, count: int) -> None:
        """Stop at a list that is longer than a network: all of it would be kept before it is counted."""
        limit = max(_LONGEST, self.limits.layers)
        if count > limit:
            template = "a list of more than {limit} entries, the limit"
            raise _Stop(Problem(LIMIT_EXCEEDED, template, Span(node.start, node.start + 1), {"limit": limit}))

    def _empty_value(self, key: Any, node: Scalar) -> tuple[Any, Scalar]:
        """Puts an empty value right after its colon; reads `{stride:2}`, one word to YAML, as meant."""
        text = self.text
        if node.end > node.start or text[node.start - 1 : node.start] == ":":  # of an anchor, or in its place
            return key, node
        colon = re.compile(COLON).match(text, key.end)
        node.start = node.end = colon.end() if colon else key.end
        if colon or type(key) is not Scalar or not key.plain:
            return key, node
        joined = re.fullmatch(JOINED, key.text)
        if joined is None or text[key.start : key.end] != key.text:
            return key, node
        middle = key.start + joined.end(1)
        word, rest = joined.groups()
        self._add(no_space(joined, key.start))
        value = Scalar(rest, middle + 1, key.end, True, resolve(rest))
        return Scalar(word, key.start, middle, True, resolve(word)), value

    def _properties(self, event: Any, node: TreeNode, anchor: _Anchor) -> _Anchor:
        """Moves a node's start past its anchor and tag, keeps the anchor, reports the tag."""
        start, end = event.start_mark.index, len(self.text)
        properties = re.compile(PROPERTY)
        if type(node) is Scalar:
            end = node.end
        while start < end and (found := properties.match(self.text, start, end)):
            if found[1]:
                tag = found.span(1)
                fix = (say("remove {names}", names=found[1]), (Edit(Span(tag[0], found.end()), ""),))
                template = "tags such as {tag} are not part of a spec: remove it"
                self._tell(template, Span(*tag), fix, tag=found[1])
            start = found.end()
        node.start = start
        if event.anchor is not None:
            self.anchors[event.anchor] = anchor
        return anchor

    def _odd_pair(self, parent: Map, key: TreeNode, node: TreeNode) -> None:
        """A pair whose key is not a new string: reported, then kept as far as its meaning is plain."""
        span = Span(key.start, key.end)
        if type(key) is not Scalar:
            what = say("a list" if type(key) is Sequence else "a mapping")
            self._tell("a key must be a word, found {what}: put it in quotes", span, what=what)
            return
        word = key.text
        if not isinstance(key.value, str):
            if not word:
                self._tell("no key before the colon", span)
                return
            fix = (f'"{word}"', (Edit(span, f'"{word}"'),))
            what = say("a boolean" if isinstance(key.value, bool) else "a number")
            if key.value is None:
                what = say("nothing")
            template = "a key must be a word, but `{key}` is {what}: put it in quotes"
            self._tell(template, span, fix, key=word, what=what)
        if word in parent._values:
            if len(self.problems) > self.limits.problems:  # no search through the pairs for what nobody reads
                self._add(self.problems[-1])
                return
            first = next(other for other, _ in parent.pairs if other.text == word)
            line = self.source.position(first.start)[0]
            template = "`{key}` is already given on line {line}: remove one of the two"
            self._add(Problem(DUPLICATE_KEY, template, span, short({"key": word, "line": line})))
            return
        parent._values[word] = node
        parent.pairs.append((key, node))

    def _merge(self, node: Map) -> None:
        """Carries out `<<`: own keys win over merged ones, earlier merged ones over later."""
        place = next(place for place, (key, _) in enumerate(node.pairs) if key.text == "<<")
        key, value = node.pairs[place]
        if not key.plain:
            return
        del node.pairs[place], node._values["<<"]
        node.merged = set()
        for other in value.items if type(value) is Sequence else [value]:
            if type(other) is not Map:
                template = "`<<` takes a mapping or a list of mappings, found {found}"
                found = f"`{other.text}`" if isinstance(other, Scalar) else say("a list")
                inside = key.end <= other.start and other.end <= node.end
                self._tell(template, other.span if inside else key.span, found=found)
                continue
            for name, item in other.pairs:
                if name.text not in node._values:
                    node._values[name.text] = item
                    node.pairs.append((name, item))
                    node.merged.add(name.text)
