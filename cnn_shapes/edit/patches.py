"""What can be done to a text, each as one operation at a place of its tree.

A route is a node of the tree, so that what an anchor shares is one place: whoever names it sees the change.
The operations about fields and neighbours take an entry of a list of layers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, Protocol

from cnn_shapes.edit.leaving_out import without_keys
from cnn_shapes.edit.placing import Entry, add_fields, alias_span, insert_before, set_top_level
from cnn_shapes.edit.proof import Unsafe, proved
from cnn_shapes.edit.writing import replaced, text_of
from cnn_shapes.source import Document, Edit, Map, Scalar, Source, Span, TreeNode, read_yaml


class Operation(Protocol):
    """What is done at a route."""

    def edits(self, source: Source, route: Any) -> list[Edit] | None:
        """The edits of the text; None where it has no good place for the change."""


class Patch(NamedTuple):
    """One change: an operation at a place of the tree."""

    route: Any
    operation: Operation

    def edits(self, source: Source) -> list[Edit] | None:
        return self.operation.edits(source, self.route)


class Replace(NamedTuple):
    """Another value for a node: of a list or mapping, only the parts that differ are written.

    One number means a list of alike ones, unless `whole`: then a list keeps its length by itself.
    """

    raw: Any
    spread: bool = True

    def edits(self, source: Source, route: TreeNode) -> list[Edit] | None:
        for deep in (False, True):  # number by number only where a comment would be lost
            edits = replaced(route, self.raw, self.spread, deep)
            if not any(_has_comment(source.text[slice(*edit.span)]) for edit in edits):
                return edits
        return None


def _has_comment(text: str) -> bool:
    """Whether a value over several lines has a comment inside, which another value would lose."""
    return re.search(r"\s#.*[\r\n]", text) is not None


class ReplaceAlias(NamedTuple):
    """Another value under a key (the route) that only names an anchor: the anchor's own value stays."""

    raw: Any

    def edits(self, source: Source, route: Scalar) -> list[Edit] | None:
        alias = alias_span(source, route)
        return None if alias is None else [Edit(alias, text_of(self.raw))]


class Rewrite(NamedTuple):
    """Other characters in a scalar's text: a number in an expression, a name."""

    text: str
    start: int = 0
    end: int | None = None

    def edits(self, source: Source, route: Scalar) -> list[Edit]:
        return [Edit(self.span(route), self.text)]

    def span(self, route: Scalar) -> Span:
        """The characters in the source that are rewritten; quotes are not counted."""
        begin = route.start + (0 if route.plain else 1)
        end = len(route.text) if self.end is None else self.end
        return Span(begin + self.start, begin + end)

    def rewritten(self, text: str) -> str:
        """The whole text of the scalar afterwards."""
        return text[: self.start] + self.text + ("" if self.end is None else text[self.end :])


class AddFields(NamedTuple):
    """Fields that an entry does not have yet, as their values are written.

    `shorthand` is the field that the bare value of the entry means; `instead` another value for it. With
    `alone` the fields are this entry's, also where others merge what is written on it.
    """

    fields: Mapping[str, Any]
    shorthand: str | None = None
    alone: bool = True
    instead: Any = None

    def edits(self, source: Source, route: Entry) -> list[Edit] | None:
        written = [f"{name}: {text_of(raw)}" for name, raw in self.fields.items()]
        instead = None if self.instead is None else text_of(self.instead)
        return add_fields(source, route, written, self.shorthand, self.alone, instead)


class InsertBefore(NamedTuple):
    """A new entry before the route, in the same list."""

    written: str

    def edits(self, source: Source, route: Entry) -> list[Edit] | None:
        edit = insert_before(source, route, self.written)
        return None if edit is None else [edit]


class LeaveOut(NamedTuple):
    """An entry without these keys, and with the last of them without its mapping."""

    keys: frozenset[str]

    def edits(self, source: Source, route: Entry) -> list[Edit] | None:
        return without_keys(source, route, self.keys)


class SetTop(NamedTuple):
    """A key at the top of a text with its value as written: over the old one, or after the key `after`."""

    key: str
    written: str
    after: str = "input"

    def edits(self, source: Source, route: Map) -> list[Edit]:
        return [set_top_level(source, route, self.key, self.written, self.after)]


def edits_of(source: Source, patches: Iterable[Patch]) -> list[Edit] | None:
    """The edits that write the patches; None where the text has no good place for one of them."""
    edits: list[Edit] = []
    for patch in patches:
        written = patch.edits(source)
        if written is None:
            return None
        edits += written
    return edits


def apply(source: Source, patches: Iterable[Patch], read: Callable[[Source], Document] = read_yaml) -> Source:
    """The text with the patches made, proved to differ in nothing else. Raises Unsafe."""
    edits = edits_of(source, patches)
    if edits is None:
        raise Unsafe("the text has no good place for it")
    return proved(source, edits, read)
