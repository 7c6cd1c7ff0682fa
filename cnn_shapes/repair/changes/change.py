"""One change of a spec that a repair may make: what it costs, which patches it is, what a reader calls it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from cnn_shapes.diagnostics import in_layout
from cnn_shapes.edit import patches as edit
from cnn_shapes.edit.patches import Patch
from cnn_shapes.edit.writing import raw_value, text_of
from cnn_shapes.language.entry import DEFAULTS, OWN, Item, Setting
from cnn_shapes.language.field_patches import NewValue, field_patches, replacing
from cnn_shapes.language.spec import Spec
from cnn_shapes.layers import KINDS
from cnn_shapes.layers.base import ASSERTIONS
from cnn_shapes.network import Node
from cnn_shapes.repair.changes.costs import LEAST, NAMED, ORDER, OVERRIDE, POLICY
from cnn_shapes.repair.changes.neighbours import Neighbour
from cnn_shapes.source import Edit
from cnn_shapes.words import say

Slot = tuple[Any, ...]


class Wording(NamedTuple):
    """What a change is called: `padding: 1`, `whose` it is where that is not one line's, and the place.

    `value` is what it writes, where another value of the same may be told beside it.
    """

    what: str
    whose: str = ""
    place: str = ""
    value: str = ""

    @property
    def title(self) -> str:
        """As a fix is headed: `padding: 1 on line 4`."""
        return say("{what}{whose}{place}", what=self.what, whose=self.whose, place=self.place)


CHANNEL_ROWS = ("filters", "units", "groups", "norm_groups", "multiplier", "into", "factor", "shape")


class Change:
    """A change with its cost. Two changes that share a slot cannot go together."""

    cost: int
    row: str
    slots: frozenset[Slot]
    spatial = False  # changes sizes only, never channels: the network need not unfold again
    axes: tuple[int, ...] = ()  # those whose sizes alone it changes; none named: perhaps all

    value_place: Any = None  # what two patches have in common that change different axes of one value
    place = 0  # where in the text it is
    familiar = False  # other layers of this kind have the value
    rounds_file = False
    adds_layer = False
    added_field = ""  # that is not written there yet
    is_of_specs_alone = False  # no framework can say it
    harmless = False  # of a rounding: taken only where no pixel is lost by it
    meets_all = False  # what it alters depends on all the other changes
    rank: int | None = None  # the spatial axes that its values are for; None: they are the same for any

    @property
    def amount(self) -> float:
        """How great the new value is: of two alike, the smaller is taken."""
        return 0.0

    @property
    def order(self) -> int:
        return ORDER[self.row]

    @property
    def key(self) -> int:
        """What distinguishes a change; one that fits itself to the rest of a set is always the same."""
        return id(self)

    def with_axes_of(self, other: Any) -> Change:
        """This change and another of the same value as one: each has the axes that it is about."""
        raise NotImplementedError

    def values(self) -> Iterator[tuple[Item, str, Any, tuple[int, ...]]]:
        """The fields whose values it changes as the engine keeps them: entry, field, value, axes."""
        return iter(())

    def field(self, spec: Spec) -> tuple[Item, str, NewValue] | None:
        """The entry, field and new value, where it is a field of an entry that changes."""
        return None

    def patches(self, spec: Spec) -> list[Patch]:
        """What is done to the text, for a change that is not a field of an entry."""
        raise NotImplementedError

    def wording(self, spec: Spec) -> Wording:
        """What the change is, and where."""
        raise NotImplementedError

    def field_names(self) -> tuple[str, ...]:
        """The fields it changes, for --keep and --only."""
        return (self.row,)


class FieldChange(Change):
    """Another value for a field: on one layer, or where it holds for all of `items`.

    `mixed`: its place in the text is another field's value too, which the unfolding alone finds out.
    `surprise`: bits by which the layer that results is more surprising than the user's.
    """

    spatial = True

    def __init__(
        self,
        items: list[Item],
        neighbour: Neighbour,
        node: Node,
        setting: Setting | None,
        override: bool,
        mixed: bool = False,
        surprise: float = 0,
    ) -> None:
        self.items, self.neighbour, self.node = items, neighbour, node
        self.setting, self.override, self.mixed = setting, override, mixed
        self.row, self.surprise = neighbour.row, surprise
        cost = neighbour.cost + surprise
        if setting is not None:
            word = setting.value.constant and isinstance(setting.value.raw, str)
            cost += POLICY * word + NAMED * (not setting.value.constant) + OVERRIDE * override
        self.cost = max(LEAST, round(cost))
        self.spatial = neighbour.row not in CHANNEL_ROWS and not mixed
        self.rank = node.layer.rank if node.layer is not None else None
        # what followed from other fields is fixed on every axis once it is written down
        follows = node.layer is not None and node.layer.follows(neighbour.field)
        self.axes = neighbour.axes if self.spatial and not follows else ()
        self.added_field = neighbour.field if setting is None or override else ""
        self.place = items[0].key.start if self.added_field or setting is None else setting.value.node.start
        axes = neighbour.axes or (0,)
        self.slots = frozenset((id(item), neighbour.field, axis) for item in items for axis in axes)
        if mixed and setting is not None:
            self.slots |= {("value", id(setting.value.node))}
        self.value_place = (tuple(map(id, items)), neighbour.field)

    @property
    def amount(self) -> float:
        return _amount(self.neighbour.value)

    @property
    def key(self) -> int:
        if self.row in ASSERTIONS:
            return hash((id(self.items[0]), self.row, self.override))  # whatever comes in
        return id(self)

    @property
    def is_of_specs_alone(self) -> bool:  # type: ignore[override]
        """Whether it pads the two ends of an axis otherwise."""
        ends = self.neighbour.value if self.row in ("padding", "pool padding", "taken away") else ()
        return any(begin != end for begin, end in ends) if isinstance(ends, tuple) else False

    def with_axes_of(self, other: FieldChange) -> FieldChange:
        mine, theirs = self.neighbour, other.neighbour
        parts = enumerate(mine.value)
        value = tuple(theirs.value[axis] if axis in theirs.axes else part for axis, part in parts)
        both = mine._replace(value=value, axes=(*mine.axes, *theirs.axes))
        return FieldChange(self.items, both, self.node, self.setting, self.override, mixed=self.mixed)

    def field_names(self) -> tuple[str, ...]:
        return (self.neighbour.field, self.row)

    def values(self) -> Iterator[tuple[Item, str, Any, tuple[int, ...]]]:
        return (
            (item, self.neighbour.field, self.neighbour.value, self.neighbour.axes) for item in self.items
        )

    def raw(self, spec: Spec) -> Any:
        """The value as the spec holds it."""
        return written(self.neighbour, spec.layout)

    def field(self, spec: Spec) -> tuple[Item, str, NewValue] | None:
        if self.setting is None or self.override or self.setting.origin == OWN:
            return self.items[0], self.neighbour.field, NewValue(self.raw(spec), self.override)
        return None

    def patches(self, spec: Spec) -> list[Patch]:
        assert self.setting is not None
        return [replacing(self.setting, self.raw(spec))]

    def wording(self, spec: Spec) -> Wording:
        item, name = self.items[0], self.neighbour.field
        place, whose, field = item.key.start, "", name
        if self.setting is not None and not self.override:
            name = self.setting.alias or name
            place, field = self.setting.value.node.start, ""
            if self.setting.origin == DEFAULTS:
                whose = say(" in the defaults of {kind}", kind=item.kind)
        if spec.source.is_derived:  # one line may make several layers
            whose = say(" of {name}", name=item.name or item.kind)
        line = spec.source.line_of(place, field)
        value = text_of(self.raw(spec))
        return Wording(f"{name}: {value}", whose, say(" on line {line}", line=line), value)


def written(neighbour: Neighbour, layout: str) -> Any:
    """The value of a neighbour as a spec holds it."""
    if neighbour.field == "shape":
        return list(in_layout(neighbour.value, layout))
    if neighbour.field == "into":
        return dict(neighbour.value)
    return raw_value(neighbour.value)


def _amount(value: Any) -> float:
    if isinstance(value, tuple):
        return sum(map(_amount, value))
    return 0.0 if isinstance(value, str) or value is None else float(value)


def merged(changes: Sequence[Change]) -> list[Change]:
    """The changes, those of different axes of one value as one."""
    result: list[Change] = []
    places: dict[Any, int] = {}
    for change in changes:
        if change.value_place is None or change.value_place not in places:
            places[change.value_place] = len(result)
            result.append(change)
        else:
            place = places[change.value_place]
            result[place] = result[place].with_axes_of(change)
    return result


def patches_of(spec: Spec, changes: Sequence[Change]) -> list[Patch]:
    """The patches that are the changes: those of one entry's fields go together."""
    patches: list[Patch] = []
    fields: dict[int, tuple[Item, dict[str, NewValue]]] = {}
    for change in merged(changes):
        field = change.field(spec)
        if field is None:
            patches += change.patches(spec)
        else:
            item, name, value = field
            fields.setdefault(id(item), (item, {}))[1][name] = value
    for item, values in fields.values():
        patches += field_patches(spec.source, item, values, KINDS[item.kind].shorthand)
    return patches


def edits_of(spec: Spec, changes: Sequence[Change]) -> list[Edit] | None:
    """The edits that write the changes; None where the text has no good place for one."""
    return edit.edits_of(spec.source, patches_of(spec, changes))
