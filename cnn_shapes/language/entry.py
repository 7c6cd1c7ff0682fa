"""One entry of a list of layers, read once: what kind it is, and its fields with their places."""

from __future__ import annotations

from typing import Any, NamedTuple

from cnn_shapes.language.values import Unevaluated, Value
from cnn_shapes.layers.base import Layer
from cnn_shapes.layers.fields import BadValue
from cnn_shapes.source import Node, Scalar, Span

LAYER, STRUCTURE, BLOCK, UNKNOWN_KIND = "layer", "structure", "block", "unknown"
# where a setting stands: on the layer itself, in `defaults`, or in a mapping that was merged in with <<
OWN, DEFAULTS, MERGED = "own", "defaults", "merged"


class Setting(NamedTuple):
    """A field that is written down: its value, the key it stands under, and where."""

    value: Value
    key: Scalar | None
    origin: str = OWN
    alias: str = ""


class Item:
    """An entry of a list of layers. Its fields are read once, its expressions evaluated for each copy."""

    __slots__ = (
        *(
            "broken",
            "cache",
            "condition",
            "dynamic",
            "expect",
            "fields",
            "form",
            "kind",
            "key",
            "layer",
            "lists",
        ),
        *("name", "name_node", "node", "rank", "reached", "settings", "sources", "twice"),
    )

    def __init__(self, node: Node, key: Scalar, kind: str, form: str):
        self.node, self.key, self.kind, self.form = node, key, kind, form
        self.layer: type[Layer] | None = None
        self.rank: int | None = None
        self.name: str | None = None
        self.name_node: Scalar | None = None
        self.sources: list[Scalar] | None = None
        self.condition: Value | None = None
        self.expect: Value | None = None
        self.fields: Node | None = None
        self.settings: dict[str, Setting] = {}
        self.lists: dict[str, list[Item]] = {}
        self.broken = False
        self.reached = False
        self.twice = False  # has a name that is given twice, which is reported already
        self.dynamic: list[tuple[str, Value]] = []
        self.cache: dict[Any, Layer] = {}

    def again(self, node: Scalar) -> Item:
        """A bare word that has been read, at another place. What was read is shared: nothing changes it."""
        item = Item(node, node, self.kind, self.form)
        item.layer, item.rank = self.layer, self.rank
        item.settings, item.dynamic, item.cache = self.settings, self.dynamic, self.cache
        return item

    @property
    def span(self) -> Span:
        return self.key.span

    def at(self, field: str) -> Span:
        """The span of a field's value, or of the kind where the field does not stand on this layer."""
        if field == "from" and self.sources:
            return Span(self.sources[0].start, self.sources[-1].end)
        if field == "expect" and self.expect is not None:
            return self.expect.node.span
        setting = self.settings.get(field)
        if setting is None or setting.origin != OWN:
            return self.key.span
        return setting.value.node.span

    @property
    def text(self) -> str:
        """The kind as the user wrote it."""
        return self.key.text

    def values(self) -> list[Value]:
        """Every value of this entry that may hold an expression."""
        extra = [value for value in (self.condition, self.expect) if value is not None]
        return extra + [setting.value for setting in self.settings.values()]

    def names(self) -> frozenset[str]:
        """The names that the expressions of this entry and of the lists in it use."""
        used = frozenset().union(*(value.names for value in self.values()))
        return used.union(*(item.names() for items in self.lists.values() for item in items))


class Unbuilt(Exception):
    """A layer that cannot be made: a value is bad. It is reported already."""


def build(item: Item, names: Any, rank: int, layout: str, rounding: str) -> Layer:
    """The layer of an entry with these names. Raises BadSetting or Unevaluated."""
    assert item.layer is not None
    dynamic: tuple[tuple[str, Any], ...] = ()
    if item.dynamic:
        dynamic = tuple(
            [(name, _frozen(_evaluated(item, name, value, rank, names))) for name, value in item.dynamic]
        )
    key = (rank, dynamic)
    made = item.cache.get(key)
    if made is not None:
        return made
    given = dict(dynamic)
    stated: list[Any] = [item.layer, rank, layout, rounding, dynamic]
    for value, _, _, alias in item.settings.values():
        if value.broken:
            raise Unbuilt
        raw = value.raw
        stated += (alias, raw if type(raw) is int or type(raw) is str else _frozen(raw))
    same = tuple(stated)
    made = _made.get(same)
    if made is None:
        made = _make(item, given, rank, layout, rounding)
        if len(_made) >= _MOST_MADE:
            _made.clear()
        _made[same] = made
    item.cache[key] = made
    return made


# layers never change, so that two entries that state the same share one: most of a network is repetition
_made: dict[Any, Layer] = {}
_MOST_MADE = 4096


def _make(item: Item, given: dict[str, Any], rank: int, layout: str, rounding: str) -> Layer:
    assert item.layer is not None
    values: dict[str, Any] = {}
    for name, setting in item.settings.items():
        raw = _thawed(given[name]) if name in given else setting.value.raw
        field = item.layer.fields[name]
        try:
            values[name] = field.read(field.translate(setting.alias, raw), rank, layout)
        except BadValue as error:
            raise BadSetting(name, setting, raw, error, field.expected(rank)) from None
    if "rounding" in item.layer.fields and values.get("rounding") is None:
        values["rounding"] = rounding
    return item.layer(rank, values)


def _evaluated(item: Item, name: str, value: Value, rank: int, names: Any) -> Any:
    try:
        return value.evaluate(names)
    except Unevaluated as error:
        field = item.layer.fields[name] if item.layer is not None else None
        if field is None or not field.words or not error.no_word:
            raise
        bad = BadValue(field.expected(rank))
        raise BadSetting(name, item.settings[name], error.no_word, bad, bad.expected) from None


class BadSetting(Exception):
    """A field's value that the field cannot have."""

    def __init__(self, name: str, setting: Setting, raw: Any, error: BadValue, expected: str) -> None:
        super().__init__(name)
        self.name, self.setting, self.raw, self.error = name, setting, raw, error
        self.expected = error.expected or expected


def _frozen(raw: Any) -> Any:
    if isinstance(raw, list):
        return ("list", *map(_frozen, raw))
    if isinstance(raw, dict):
        return ("dict", *((key, _frozen(value)) for key, value in raw.items()))
    return raw if not isinstance(raw, bool) else ("bool", raw)  # True and 1 are one key of a dict


def _thawed(raw: Any) -> Any:
    if not isinstance(raw, tuple):
        return raw
    tag, *rest = raw
    if tag == "list":
        return [_thawed(value) for value in rest]
    if tag == "dict":
        return {key: _thawed(value) for key, value in rest}
    return rest[0]
