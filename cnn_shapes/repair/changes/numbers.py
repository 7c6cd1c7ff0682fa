"""The numbers of a spec that flow into layers from elsewhere: arguments, params, local names, expressions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from cnn_shapes.language.block import Block
from cnn_shapes.language.entry import BLOCK, LAYER, Item, Setting
from cnn_shapes.language.reading.document import Spec
from cnn_shapes.language.values import Value, read_value
from cnn_shapes.repair.changes.patch import Undo
from cnn_shapes.repair.changes.roles import ROLES, role_of
from cnn_shapes.source import Scalar, Span, resolve


class Site:
    """A number in the text: `start` is its offset in the scalar's text, `role` the field it flows into."""

    __slots__ = ("family", "name", "node", "number", "put", "role", "span", "start")

    def __init__(
        self,
        node: Scalar,
        start: int,
        end: int,
        number: int,
        name: str,
        role: str,
        family: Any,
        put: Callable[[str], Undo],
    ) -> None:
        self.node, self.start, self.number, self.name, self.role = node, start, number, name, role
        self.family, self.put = family, put
        offset = node.start + (0 if node.plain else 1)
        self.span = Span(offset + start, offset + end)

    def text_with(self, number: int) -> str:
        end = self.start + self.span.end - self.span.start
        return f"{self.node.text[: self.start]}{number}{self.node.text[end:]}"


def find_sites(spec: Spec) -> list[Site]:
    """Every number that is no plain field of a layer, with what it is for."""
    flows = _Flows(spec)
    sites: list[Site] = []
    for item in spec.reader.items:
        for name, setting in item.settings.items():
            if setting.origin != "own":
                continue
            if item.form == LAYER and not setting.value.constant:
                roles, put = [role_of(item.layer, name)], _setting_putter(spec, item, name)
                sites += _sites(spec, setting.value, name, roles, (id(item), name), put)
            elif item.form == BLOCK:
                roles = flows.of(spec.blocks[item.kind], name)
                sites += _sites(
                    spec, setting.value, name, roles, (item.kind, name), _setting_putter(spec, item, name)
                )
    for block in spec.blocks.values():
        for name, node in block.param_nodes.items():
            put = _param_putter(block.params, name, node, spec)
            sites += _sites(
                spec, Value(node, node.value), name, flows.of(block, name), (block.name, name), put
            )
        for name, value in block.let.items():
            put = _let_putter(block, name, spec)
            sites += _sites(spec, value, name, flows.of(block, name), (block.name, name), put)
    for name, (_, param) in spec.param_nodes.items():
        if isinstance(param, Scalar):
            put = _param_putter(spec.params, name, param, spec)
            sites += _sites(spec, Value(param, param.value), name, flows.of(None, name), (None, name), put)
    return sites


def _sites(
    spec: Spec, value: Value, name: str, roles: list[str], family: Any, put: Callable[[str], Undo]
) -> Iterator[Site]:
    node = value.node
    role = next((role for role in ROLES if role in roles), None)
    if role is None or not isinstance(node, Scalar):
        return
    quote = 0 if node.plain else 2
    if node.end - node.start - quote != len(node.text):
        return  # folded or escaped: its characters have no one place
    if value.expression is not None:
        for start, end, number in value.expression.numbers:
            yield Site(node, start, end, number, name, role, family, put)
    elif type(node.value) is int:
        yield Site(node, 0, len(node.text), node.value, name, role, family, put)


def _setting_putter(spec: Spec, item: Item, name: str) -> Callable[[str], Undo]:
    def put(text: str) -> Undo:
        settings, dynamic, cache = item.settings, item.dynamic, item.cache
        old = settings[name]
        assert isinstance(old.value.node, Scalar)
        new: Setting = old._replace(value=_parsed(old.value.node, text, spec))
        item.settings = {**settings, name: new}
        item.dynamic = [
            (key, setting.value) for key, setting in item.settings.items() if not setting.value.constant
        ]
        item.cache = {}

        def undo() -> None:
            item.settings, item.dynamic, item.cache = settings, dynamic, cache

        return undo

    return put


def _param_putter(params: dict[str, Any], name: str, node: Scalar, spec: Spec) -> Callable[[str], Undo]:
    def put(text: str) -> Undo:
        before = params[name]
        params[name] = _parsed(node, text, spec).raw

        def undo() -> None:
            params[name] = before

        return undo

    return put


def _let_putter(block: Block, name: str, spec: Spec) -> Callable[[str], Undo]:
    def put(text: str) -> Undo:
        before = block.let[name]
        assert isinstance(before.node, Scalar)
        block.let[name] = _parsed(before.node, text, spec)

        def undo() -> None:
            block.let[name] = before

        return undo

    return put


def _parsed(node: Scalar, text: str, spec: Spec) -> Value:
    """The value that `text` would have in the place of a scalar."""
    return read_value(Scalar(text, node.start, node.start + len(text), True, resolve(text)), spec.findings)


class _Flows:
    """Which fields the names of a block (or of the file) flow into, through local names and inner calls."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self._known: dict[tuple[str | None, str], list[str]] = {}

    def of(self, block: Block | None, name: str) -> list[str]:
        key = (block.name if block else None, name)
        if key not in self._known:
            self._known[key] = []  # a name that leads back to itself adds nothing
            self._known[key] = list(dict.fromkeys(self._find(block, name)))
        return self._known[key]

    def _find(self, block: Block | None, name: str) -> Iterator[str]:
        items = block.items if block else self.spec.items
        if block is not None:
            for local, value in block.let.items():
                if name in value.names:
                    yield from self.of(block, local)
        else:
            for inner in self.spec.blocks.values():
                if name not in inner.params and name not in inner.let:
                    yield from self._in(inner.items, name)
        yield from self._in(items, name)

    def _in(self, items: list[Item], name: str) -> Iterator[str]:
        for item in items:
            for field, setting in item.settings.items():
                if name in setting.value.names:
                    if item.form == BLOCK:
                        yield from self.of(self.spec.blocks[item.kind], field)
                    elif item.form == LAYER:
                        yield role_of(item.layer, field)
            for inner in item.lists.values():
                yield from self._in(inner, name)
