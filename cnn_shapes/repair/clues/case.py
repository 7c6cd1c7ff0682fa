"""A report whose first error is looked into: its lists and places, and what may be read as proof."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any

from cnn_shapes.checking import CheckResult, check_source
from cnn_shapes.diagnosis.chain import way_to
from cnn_shapes.diagnosis.culprit import ancestors
from cnn_shapes.diagnostics import Diagnostic
from cnn_shapes.language.block import Block
from cnn_shapes.language.building import LayerPool
from cnn_shapes.language.entry import Item, at_any_depth
from cnn_shapes.language.expressions.error import UNKNOWN_NAME
from cnn_shapes.language.spec import Spec
from cnn_shapes.network import Node
from cnn_shapes.source import Edit, Scalar
from cnn_shapes.source import Sequence as Listed

_MOST_CHECKS = 200
_MOST_WORK = 20_000  # entries read and layers unfolded in them, a quarter of a second
_CHARACTERS = 60  # of text that are as much work as an entry
_NEAR = 6  # entries before the one that fails
_LEAST = 24  # entries of its list, where it is that long


class Case:
    """A report with its first error, the layer that fails, and how many texts may be read to prove a clue.

    `mended` is the report of the last text that was read and has no error, `edits` are what led to it.
    """

    def __init__(
        self, report: CheckResult, spec: Spec, first: Diagnostic, failed: Node | None, share: float = 1
    ) -> None:
        self.report, self.spec, self.first, self.failed = report, spec, first, failed
        error = failed.error if failed is not None else None
        self.rule = error.rule if error is not None else ""
        layers = len(report.trace.network.nodes) if report.trace is not None else 1
        work = layers + len(spec.entries) + len(report.source.text) // _CHARACTERS
        self.left = min(_MOST_CHECKS, int(share * _MOST_WORK) // work)
        self.mended: CheckResult | None = None
        self.edits: Sequence[Edit] = ()
        self.also: list[Sequence[Edit]] = []  # what would do as well
        self._allowed = self.left
        self._made: dict[Any, Any] = {}
        self._pool = LayerPool()  # what the texts have in common is made once

    def at_most(self, count: int) -> None:
        """Let so many of the texts be read from here on, before the next family of clues begins."""
        self._allowed = min(self.left, count)

    def forget(self) -> None:
        """Begin anew: what another family of clues has mended is no longer known."""
        self.mended, self.edits, self.also = None, (), []

    def mends(self, edits: Sequence[Edit] | None) -> bool:
        """Whether the text has no error with these edits; no, too, where no more texts may be read."""
        if self._allowed <= 0 or not edits:
            return False
        self._allowed -= 1
        self.left -= 1
        try:
            source = self.report.source.edited(edits)
        except ValueError:  # one entry is inside the other, as an alias may be
            return False
        after = check_source(source, self.report.overrides, self.report.settings, False, self._pool)
        # a join of a tensor with itself always fits, and is never what was meant
        if not after.ok or _joined_with_itself(after) > _joined_with_itself(self.report):
            return False
        self.mended, self.edits = after, edits
        return True

    @property
    def unknown(self) -> str:
        """The name that the first error does not find; empty where it is another error."""
        return str(self.first.facts.get("name", "")) if self.first.rule == UNKNOWN_NAME else ""

    @cached_property
    def lists(self) -> list[Sequence[Item]]:
        """Every list of entries, at any depth."""
        return list(_lists(self.spec))

    @cached_property
    def kinds(self) -> Mapping[str, Sequence[Item]]:
        """The entries of each kind, in the order of the text."""
        kinds: dict[str, list[Item]] = {}
        for item in sorted(self.spec.entries, key=lambda one: one.node.start):
            kinds.setdefault(item.kind, []).append(item)
        return kinds

    @cached_property
    def orders(self) -> Counter[tuple[str, str]]:
        """How often an entry of a kind comes right after one of another."""
        return Counter((a.kind, b.kind) for items in self.lists for a, b in pairwise(items))

    @cached_property
    def places(self) -> list[int]:
        """The places in the text that the error speaks of, and the steps of the way to what fails."""
        places = [self.first.span.start, *(label.span.start for label in self.first.labels)]
        if self.failed is not None:
            places += [step.place.span.start for step in way_to(self.failed)[1][-_NEAR:]]
            places.append(self.failed.place.span.start)
        return places

    @cached_property
    def near(self) -> list[tuple[Item, Item]]:
        """Neighbours of which one holds a place of the error, or is shortly before it; the nearest first."""
        found: list[tuple[Item, Item]] = []
        for items in self.lists:
            at = [
                position
                for position, item in enumerate(items)
                if any(item.node.start <= place < item.node.end for place in self.places)
            ]
            if at:
                start, end = max(0, min(at) - _NEAR), min(len(items), max(at) + 2)
                start = max(0, min(start, end - _LEAST))
                found += reversed(list(pairwise(items[start:end])))
        return found

    @cached_property
    def upstream(self) -> list[Item]:
        """The entries that the layer which fails was made by or depends on, the nearest first."""
        if self.failed is None:
            return []
        nodes = [self.failed, *reversed(ancestors(self.failed))]
        return list(dict.fromkeys(place for node in nodes for place in places_of(node)))

    @cached_property
    def _list_by_item(self) -> Mapping[int, Sequence[Item]]:
        return {id(item): items for items in self.lists for item in items}

    def list_of(self, item: Item) -> Sequence[Item]:
        """The list that an entry is in; empty for one that is in none."""
        return self._list_by_item.get(id(item), ())

    @cached_property
    def _block_by_item(self) -> Mapping[int, Block]:
        blocks = self.spec.blocks.values()
        return {id(item): block for block in blocks for item in at_any_depth(block.items)}

    def block_of(self, item: Item) -> Block | None:
        """The block that an entry is written in; None in the file's own layers."""
        return self._block_by_item.get(id(item))

    @cached_property
    def in_block(self) -> Mapping[Block | None, Sequence[Item]]:
        """The entries that are written in each block, under None those of the file's own layers."""
        found: dict[Block | None, list[Item]] = {}
        for item in self.spec.entries:
            found.setdefault(self.block_of(item), []).append(item)
        return found

    def once(self, make: Callable[..., Any], *of: Any) -> Any:
        """What `make` gives for the case and `of`, made once."""
        key = (make, *of)
        if key not in self._made:
            self._made[key] = make(self, *of)
        return self._made[key]

    def text(self, item: Item) -> str:
        return self.spec.source.text[item.node.start : item.node.end]

    def line(self, item: Item) -> int:
        return self.spec.source.position(item.node.start)[0]


def places_of(node: Node) -> Iterator[Item]:
    """The entry that a node is written as, and those that it is in: calls of blocks and structures."""
    places, group = [node.place], node.group
    while group is not None:
        places.append(group.place)
        group = group.parent
    yield from (place for place in places if isinstance(place, Item))


def _joined_with_itself(report: CheckResult) -> int:
    nodes = report.trace.network.layers if report.trace is not None else []
    return sum(len({*node.inputs}) < len(node.inputs) for node in nodes)


def _lists(spec: Spec) -> Iterator[Sequence[Item]]:
    waiting: list[Sequence[Item]] = [spec.items, *(block.items for block in spec.blocks.values())]
    while waiting:
        items = waiting.pop()
        yield items
        waiting += [inner for item in items for inner in item.lists.values()]


def names_of(item: Item) -> list[str]:
    """The name of an entry, or those that a split gives to its parts."""
    if item.layer is not None and item.layer.splits and isinstance(item.body, Listed):
        return [part.text for part in item.body.items if isinstance(part, Scalar)]
    return [item.name] if item.name is not None else []
