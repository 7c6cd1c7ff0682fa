"""One change of a spec that a repair may make: how it alters the network, and the edit that writes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from cnn_shapes.diagnostics import in_layout
from cnn_shapes.layers import KINDS
from cnn_shapes.network import Node
from cnn_shapes.repair.costs import COSTS, FAMILIAR, LEAST, ORDER, OVERRIDE, POLICY, TWICE
from cnn_shapes.repair.moves import Move
from cnn_shapes.repair.writing import raw_value, replace_setting, set_field, set_top_level, text_of
from cnn_shapes.shapes import FLOOR, Shape
from cnn_shapes.source import Edit, Scalar
from cnn_shapes.spec.document import Spec
from cnn_shapes.spec.items import DEFAULTS, OWN, Item, Setting
from cnn_shapes.spec.values import Value, read_value

Undo = Callable[[], None]
Slot = tuple[Any, ...]


class Patch:
    """A change with its cost. Two patches that share a slot cannot stand together."""

    cost: int
    row: str
    slots: frozenset[Slot]
    spatial = False  # changes sizes only, never channels: the network need not unfold again

    place = 0  # where in the text it stands
    familiar = False  # other layers of this kind have the value
    amount = 0.0  # how great the new value is: of two alike, the smaller is taken

    @property
    def order(self) -> int:
        return ORDER[self.row]

    def apply(self, spec: Spec) -> Undo:
        """Change the spec in memory; the result changes it back."""
        raise NotImplementedError

    def edits(self, spec: Spec) -> list[Edit] | None:
        """The edits of the text, None where the text has no place for them."""
        raise NotImplementedError

    def title(self, spec: Spec) -> str:
        raise NotImplementedError

    def field_names(self) -> tuple[str, ...]:
        """The fields it changes, for --keep and --only."""
        return (self.row,)


class FieldPatch(Patch):
    """Another value for a field: on one layer, or where it stands for all of `items`."""

    spatial = True

    def __init__(
        self,
        items: list[Item],
        move: Move,
        node: Node,
        setting: Setting | None,
        override: bool,
        familiar: bool = False,
    ) -> None:
        self.items, self.move, self.node, self.setting, self.override = items, move, node, setting, override
        self.familiar, self.row = familiar, move.row
        policy = setting is not None and (not setting.value.constant or isinstance(setting.value.raw, str))
        self.cost = max(
            LEAST,
            move.cost + POLICY * policy + FAMILIAR * familiar + OVERRIDE * (override and setting is not None),
        )
        self.spatial = move.row not in ("filters", "units", "groups", "multiplier", "into", "factor", "shape")
        self.place = setting.value.node.start if setting is not None and not override else items[0].key.start
        self.amount = _amount(move.value)
        self.slots = frozenset((id(item), move.field, axis) for item in items for axis in move.axes or (0,))

    def field_names(self) -> tuple[str, ...]:
        return (self.move.field, self.row)

    def apply(self, spec: Spec) -> Undo:
        kept = [(item, item.settings, item.dynamic, item.cache) for item in self.items]
        field = self.move.field
        for item in self.items:
            before = item.settings.get(field)
            value = Value(before.value.node if before else item.key, self.raw(spec))
            item.settings = {**item.settings, field: Setting(value, None, OWN, field)}
            item.dynamic = [(name, old) for name, old in item.dynamic if name != field]
            item.cache = {}

        def undo() -> None:
            for item, settings, dynamic, cache in kept:
                item.settings, item.dynamic, item.cache = settings, dynamic, cache

        return undo

    def raw(self, spec: Spec) -> Any:
        """The value as the spec holds it."""
        if self.move.field == "shape":
            return list(in_layout(self.move.value, spec.layout))
        return raw_value(self.move.value)

    def edits(self, spec: Spec) -> list[Edit] | None:
        name, item = self.move.field, self.items[0]
        if not self.override and self.setting is not None:
            return [replace_setting(self.setting, self.raw(spec), name)]
        edit = set_field(spec.source, item, name, self.raw(spec), KINDS[item.kind].shorthand)
        return None if edit is None else [edit]

    def title(self, spec: Spec) -> str:
        item, name = self.items[0], self.move.field
        line = spec.source.position(item.key.start)[0]
        where = f"on line {line}"
        if self.setting is not None and not self.override:
            name = self.setting.alias or name
            line = spec.source.position(self.setting.value.node.start)[0]
            where = f"on line {line}"
            if self.setting.origin == DEFAULTS:
                where = f"in the defaults of {item.kind} on line {line}"
        if len(self.items) > 1:
            where += f" ({len(self.items)} places)"
        return f"{name}: {text_of(self.raw(spec))} {where}"


def _amount(value: Any) -> float:
    if isinstance(value, tuple):
        return sum(map(_amount, value))
    return 0.0 if isinstance(value, str) or value is None else float(value)


def merged(patches: Sequence[Patch]) -> list[Patch]:
    """The patches, those of different axes of one field as one."""
    result: list[Patch] = []
    fields: dict[Any, int] = {}
    for patch in patches:
        if not isinstance(patch, FieldPatch):
            result.append(patch)
            continue
        key = (tuple(map(id, patch.items)), patch.move.field)
        if key not in fields:
            fields[key] = len(result)
            result.append(patch)
            continue
        first = result[fields[key]]
        assert isinstance(first, FieldPatch)
        value = tuple(
            patch.move.value[axis] if axis in patch.move.axes else part
            for axis, part in enumerate(first.move.value)
        )
        move = first.move._replace(value=value, axes=(*first.move.axes, *patch.move.axes))
        result[fields[key]] = FieldPatch(first.items, move, first.node, first.setting, first.override)
    return result


class InputPatch(Patch):
    """Another input size."""

    spatial = True
    row = "input"

    def __init__(self, shape: Shape, axes: tuple[int, ...], cost: int) -> None:
        self.shape, self.cost = shape, cost
        self.slots = frozenset(("input", axis) for axis in axes)

    def apply(self, spec: Spec) -> Undo:
        before, spec.shape = spec.shape, self.shape

        def undo() -> None:
            spec.shape = before

        return undo

    def edits(self, spec: Spec) -> list[Edit] | None:
        node = spec.input_node
        if node is None:
            return None
        sizes = in_layout(self.shape, spec.layout)
        written = f"[{', '.join(map(str, sizes))}]"
        if isinstance(node, Scalar) and isinstance(node.value, str):
            written = "x".join(map(str, sizes))
        return [Edit(node.span, written)]

    def title(self, spec: Spec) -> str:
        line = spec.source.position(spec.span.start)[0]
        return f"input: {'x'.join(map(str, in_layout(self.shape, spec.layout)))} on line {line}"


class RoundingPatch(Patch):
    """Rounding down: of one layer, or of the whole file."""

    spatial = True

    def __init__(self, item: Item | None, cost: int) -> None:
        self.item, self.cost = item, cost
        self.row = "rounding" if item is not None else "file rounding"
        self.slots = frozenset({("rounding", id(item)), ("rounding", None)} if item else {("rounding", None)})

    def field_names(self) -> tuple[str, ...]:
        return ("rounding", self.row)

    def apply(self, spec: Spec) -> Undo:
        if self.item is not None:
            item, settings, cache = self.item, self.item.settings, self.item.cache
            item.settings = {**settings, "rounding": Setting(Value(item.key, FLOOR), None)}
            item.cache = {}

            def undo_item() -> None:
                item.settings, item.cache = settings, cache

            return undo_item
        before, caches = spec.rounding, [(item, item.cache) for item in spec.reader.items]
        spec.rounding = FLOOR
        for item in spec.reader.items:
            item.cache = {}

        def undo() -> None:
            spec.rounding = before
            for item, cache in caches:
                item.cache = cache

        return undo

    def edits(self, spec: Spec) -> list[Edit] | None:
        if self.item is None:
            return [set_top_level(spec.source, spec.root, "rounding", FLOOR)]
        layer = KINDS[self.item.kind]
        edit = set_field(spec.source, self.item, "rounding", FLOOR, layer.shorthand)
        return None if edit is None else [edit]

    def title(self, spec: Spec) -> str:
        if self.item is None:
            return "rounding: floor for the whole file"
        return f"rounding: floor on line {spec.source.position(self.item.key.start)[0]}"


class SourcePatch(Patch):
    """Another name in the `from` of an entry."""

    row = "from"

    def __init__(self, item: Item, position: int, name: str) -> None:
        self.item, self.position, self.name = item, position, name
        assert item.sources is not None
        twice = any(source.text == name for source in item.sources)
        self.cost = COSTS["from"].flat + TWICE * twice
        self.source = item.sources[position]
        self.place = self.source.start
        self.slots = frozenset({("from", id(item), position)})

    def apply(self, spec: Spec) -> Undo:
        item, before = self.item, self.item.sources
        assert before is not None
        new = Scalar(self.name, self.source.start, self.source.end, True, self.name)
        item.sources = [new if place == self.position else old for place, old in enumerate(before)]

        def undo() -> None:
            item.sources = before

        return undo

    def edits(self, spec: Spec) -> list[Edit] | None:
        return [Edit(self.source.span, self.name)]

    def title(self, spec: Spec) -> str:
        line = spec.source.position(self.source.start)[0]
        return f"{self.name} instead of {self.source.text} on line {line}"


class NumberPatch(Patch):
    """Another number in an argument, a param, a local name, or inside an expression."""

    def __init__(self, site: Any, number: int, cost: int, row: str, familiar: bool = False) -> None:
        self.site, self.number, self.cost, self.row, self.familiar = site, number, cost, row, familiar
        self.place = site.span.start
        self.slots = frozenset({("number", id(site.node), site.start)})

    def apply(self, spec: Spec) -> Undo:
        undo: Undo = self.site.put(self.site.text_with(self.number))
        return undo

    def edits(self, spec: Spec) -> list[Edit] | None:
        return [Edit(self.site.span, str(self.number))]

    def field_names(self) -> tuple[str, ...]:
        return (self.row, self.site.name)

    def title(self, spec: Spec) -> str:
        line = spec.source.position(self.site.span.start)[0]
        text = self.site.text_with(self.number)
        return f"{self.site.name}: {text} on line {line}"


def parsed(node: Scalar, text: str, spec: Spec) -> Value:
    """The value that `text` would have in the place of a scalar."""
    from cnn_shapes.source import resolve

    return read_value(Scalar(text, node.start, node.start + len(text), True, resolve(text)), spec.findings)
