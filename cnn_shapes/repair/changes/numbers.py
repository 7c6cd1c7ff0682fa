"""The numbers of a spec that flow into layers from elsewhere: arguments, params, local names, expressions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from cnn_shapes.edit.patches import Rewrite
from cnn_shapes.language.block import Block
from cnn_shapes.language.entry import BLOCK, LAYER, Item
from cnn_shapes.language.spec import Spec
from cnn_shapes.language.values import Value
from cnn_shapes.repair.changes.costs import ROLES
from cnn_shapes.source import Scalar, TreeNode


class Site:
    """A number in a scalar's text, from `start` to `end`; `role` is the field that it flows into.

    `is_default`: of a block's param. `within`: the list that it is in, where it is in one.
    """

    __slots__ = ("end", "family", "is_default", "name", "node", "number", "role", "span", "start", "within")

    def __init__(
        self, node: Scalar, start: int, end: int, number: int, name: str, role: str, family: Any
    ) -> None:
        self.node, self.start, self.end, self.number = node, start, end, number
        self.name, self.role, self.family = name, role, family
        self.is_default = False
        self.within: TreeNode | None = None
        self.span = self.rewrite(number).span(node)

    def rewrite(self, number: int) -> Rewrite:
        """The operation that writes another number here."""
        return Rewrite(str(number), self.start, self.end)


def find_sites(spec: Spec) -> list[Site]:
    """Every number that is not a plain field of a layer, with what it is for."""
    flows = _Flows(spec)
    sites: list[Site] = []
    for item in spec.entries:
        for name, setting in item.settings.items():
            if setting.origin != "own":
                continue
            if item.form == LAYER and not setting.value.constant:
                roles = [_role(item, name)]
                sites += _sites(setting.value, name, roles, (id(item), name))
            elif item.form == BLOCK:
                roles = flows.of(spec.blocks[item.kind], name)
                sites += _sites(setting.value, name, roles, (item.kind, name))
    for block in spec.blocks.values():
        for name, value in block.params.items():
            defaults = [*_sites(value, name, flows.of(block, name), (block.name, name))]
            for site in defaults:
                site.is_default = True
            sites += defaults
        for name, value in block.let.items():
            sites += _sites(value, name, flows.of(block, name), (block.name, name))
    for name, (_, param) in spec.param_nodes.items():
        value = spec.derived.get(name) or Value(param, getattr(param, "value", None))
        sites += _sites(value, name, flows.of(None, name), (None, name))
    return sites


def _role(item: Item, field: str) -> str:
    """What a repair takes a field of an entry for."""
    return item.layer.fields[field].role if item.layer is not None else field


def _sites(value: Value, name: str, roles: list[str], family: Any) -> Iterator[Site]:
    if isinstance(value.items, list):  # one number for each axis, some of them expressions
        for part in value.items:
            for site in _sites(part, name, roles, family):
                site.within = value.node
                yield site
        return
    node = value.node
    role = next((role for role in ROLES if role in roles), None)
    if role is None or not isinstance(node, Scalar):
        return
    quote = 0 if node.plain else 2
    if node.end - node.start - quote != len(node.text):
        return  # folded or escaped: its characters have no one place
    if value.expression is not None:
        for start, end, number in value.expression.numbers:
            if _is_in_a_sum(node.text, start):
                yield Site(node, start, end, number, name, role, family)
    elif type(node.value) is int:
        yield Site(node, 0, len(node.text), node.value, name, role, family)


_CHOICE = re.compile(r"(.*)\bif\b.*\belse\b(.*)", re.DOTALL)
_SUM = re.compile(r"[\w\s.+-]*")


def _is_in_a_sum(text: str, place: int) -> bool:
    """Whether a number of an expression is one of its terms: a factor or a bound is no slip of the hand."""
    choice = _CHOICE.fullmatch(text)
    spans = [choice.span(1), choice.span(2)] if choice is not None else [(0, len(text))]
    return any(start <= place < end and _SUM.fullmatch(text, start, end) is not None for start, end in spans)


class _Flows:
    """Which fields the names of a block (or of the file) flow into, through local names and inner calls."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self._known: dict[tuple[str | None, str], list[str]] = {}
        # by block and name, the entries with the field that uses it, and the local names that do
        self._fields: dict[tuple[str | None, str], list[tuple[Item, str]]] = {}
        self._locals: dict[tuple[str, str], list[str]] = {}
        for block in spec.blocks.values():
            self._note(block.name, block.items)
            for local, value in (*block.params.items(), *block.let.items()):
                for name in value.names:
                    self._locals.setdefault((block.name, name), []).append(local)
        self._note(None, spec.items)
        for block in spec.blocks.values():
            for local in reversed((*block.params, *block.let)):  # each uses only those above it
                self.of(block, local)

    def _note(self, block: str | None, items: Sequence[Item]) -> None:
        for item in items:
            for field, setting in item.settings.items():
                for name in setting.value.names:
                    self._fields.setdefault((block, name), []).append((item, field))
            for inner in item.lists.values():
                self._note(block, inner)

    def of(self, block: Block | None, name: str) -> list[str]:
        key = (block.name if block else None, name)
        if key not in self._known:
            self._known[key] = []  # a name that leads back to itself adds nothing
            self._known[key] = list(dict.fromkeys(self._find(block, name)))
        return self._known[key]

    def _find(self, block: Block | None, name: str) -> Iterator[str]:
        if block is not None:
            for local in self._locals.get((block.name, name), ()):
                yield from self.of(block, local)
        else:
            for inner in self.spec.blocks.values():
                if name not in inner.params and name not in inner.let:
                    yield from self._in(inner.name, name)
        yield from self._in(block.name if block else None, name)

    def _in(self, block: str | None, name: str) -> Iterator[str]:
        for item, field in self._fields.get((block, name), ()):
            if item.form == BLOCK:
                yield from self.of(self.spec.blocks[item.kind], field)
            elif item.form == LAYER:
                yield _role(item, field)
