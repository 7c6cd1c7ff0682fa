"""One entry of a list of layers, read once: what kind it is, and its fields with their places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cnn_shapes.language.values import Value
from cnn_shapes.layers.base import Layer
from cnn_shapes.source import Map, Scalar, Span, TreeNode
from cnn_shapes.source import Sequence as SequenceNode

LAYER, STRUCTURE, BLOCK, UNKNOWN_KIND = "layer", "structure", "block", "unknown"
_NONE: Mapping[str, Value] = {}
# where a setting is written: on the layer itself, in `defaults`, or in a mapping that was merged in with <<
OWN, DEFAULTS, MERGED = "own", "defaults", "merged"


class Setting(NamedTuple):
    """A field that is written down: its value, the key it is under, and where."""

    value: Value
    key: Scalar | None
    origin: str = OWN
    alias: str = ""


class Item:
    """An entry of a list of layers: read once, its expressions evaluated for each copy.

    `body` is what is under its kind, `settings` its fields or arguments, `lists` the lists of layers in it,
    `branch_conditions` the `if` of those that have one. `sources` are the names in `from`, `into` those that
    it gives to what comes out, `share` that of the entry whose weights it has. Of a repeat, `inputs` are what
    a pass calls what comes in, `outputs` what it hands on. `built` remembers the layers that were made of it.
    `broken`: it cannot be built, which is reported. `misread`: a field of it was meant and could not be read,
    so that its sizes may be other ones. `is_alias`: all of it is written elsewhere, as in `- *stem`.
    """

    __slots__ = (
        *("body", "branch_conditions", "broken", "built", "condition", "dynamic", "expect", "form", "inputs"),
        *("into", "is_alias", "key", "kind", "layer", "lists", "misread", "name", "name_node", "node"),
        *("outputs", "rank", "settings", "share", "sources", "twice"),
    )

    def __init__(self, node: TreeNode, key: Scalar, kind: str, form: str):
        self.node, self.key, self.kind, self.form = node, key, kind, form
        self.layer: type[Layer] | None = None
        self.rank: int | None = None
        self.name: str | None = None
        self.name_node: Scalar | None = None
        self.sources: list[Scalar] | None = None
        self.inputs: Sequence[Scalar] = ()
        self.outputs: Sequence[Scalar] = ()
        self.into: Sequence[Scalar] = ()
        self.share: Scalar | None = None
        self.condition: Value | None = None
        self.expect: Value | None = None
        self.body: TreeNode | None = None
        self.settings: dict[str, Setting] = {}
        self.lists: dict[str, list[Item]] = {}
        self.branch_conditions: Mapping[str, Value] = _NONE
        self.broken = False
        self.is_alias = False
        self.misread = False
        self.twice = False  # has a name that is given twice, which is reported already
        self.dynamic: list[tuple[str, Value]] = []
        self.built: dict[Any, Layer] = {}

    def again(self, node: Scalar) -> Item:
        """A bare word that has been read, at another place. What was read is shared: nothing changes it."""
        item = Item(node, node, self.kind, self.form)
        item.layer, item.rank = self.layer, self.rank
        item.settings, item.dynamic, item.built = self.settings, self.dynamic, self.built
        return item

    def settle(self) -> None:
        """Note which settings must be evaluated for each copy: the last step of reading an entry."""
        self.dynamic = [
            (name, setting.value) for name, setting in self.settings.items() if not setting.value.constant
        ]

    def copy(self) -> Item:
        """The same entry as another object, with nothing built of it yet; to be changed before it is used."""
        item = Item(self.node, self.key, self.kind, self.form)
        for name in self.__slots__:
            setattr(item, name, getattr(self, name))
        item.built = {}
        return item

    @property
    def span(self) -> Span:
        return self.key.span

    def at(self, field: str) -> Span:
        """The span of a field's value, or of the kind where the field is not written on this layer."""
        if field == "from" and self.sources:
            return Span(self.sources[0].start, self.sources[-1].end)
        if field == "share" and self.share is not None:
            return self.share.span
        if field == "expect" and self.expect is not None:
            return self.expect.node.span
        setting = self.settings.get(field)
        if setting is None and self.layer is not None and field in self.layer.needs:
            return self.at(self.layer.needs[field][0])  # what makes something of it
        if setting is None or setting.origin != OWN:
            return self.key.span
        return setting.value.node.span

    @property
    def text(self) -> str:
        """The kind as the user wrote it."""
        return self.key.text

    def names_given(self) -> list[Scalar]:
        """The names that it gives to what comes out of it: its own, those in `into`, those of its parts."""
        given = [] if self.name_node is None else [self.name_node]
        if self.layer is not None and self.layer.splits and self.layer.shorthand in self.settings:
            parts = self.settings[self.layer.shorthand].value.node
            found = parts.items if isinstance(parts, SequenceNode) else ()
            given += [part for part in found if isinstance(part, Scalar)]
            given += [key for key, _ in parts.pairs] if isinstance(parts, Map) else []
        return [*given, *self.into]

    def conditions(self) -> list[Value]:
        """What decides whether it is there, which of its branches are, and whether a shortcut is added."""
        own = [] if self.condition is None else [self.condition]
        added = [self.settings["add_if"].value] if "add_if" in self.settings else []
        return [*own, *self.branch_conditions.values(), *added]

    def values(self) -> list[Value]:
        """Every value of this entry that may hold an expression."""
        extra = [value for value in (self.condition, self.expect) if value is not None]
        return [*extra, *self.branch_conditions.values(), *(one.value for one in self.settings.values())]

    def names(self) -> frozenset[str]:
        """The names that the expressions of this entry and of the lists in it use."""
        used = frozenset().union(*(value.names for value in self.values()))
        return used.union(*(item.names() for items in self.lists.values() for item in items))


def at_any_depth(items: Iterable[Item]) -> Iterator[Item]:
    """The entries of a list and of the lists in them, each once: many aliases may name one of them."""
    seen: set[int] = set()
    waiting = [*items][::-1]
    while waiting:
        item = waiting.pop()
        if id(item) not in seen:
            seen.add(id(item))
            yield item
            waiting += [one for inner in item.lists.values() for one in inner][::-1]
