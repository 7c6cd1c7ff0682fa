"""Makes the layer that an entry says, each once."""

from __future__ import annotations

from operator import index
from typing import Any

from cnn_shapes.language.entry import Item, Setting
from cnn_shapes.language.expressions.functions import INCOMING
from cnn_shapes.language.values import Unevaluated, Value
from cnn_shapes.layers.base import Layer
from cnn_shapes.layers.fields import BadValue
from cnn_shapes.shapes import OpenSize

_MOST_MADE = 4096
_Given = tuple[tuple[str, Any], ...]  # the evaluated settings, fit to be a key


class Unbuilt(Exception):
    """A layer that cannot be made: a value is bad. It is reported already."""


class BadSetting(Exception):
    """A field's value that the field cannot have."""

    def __init__(self, name: str, setting: Setting, raw: Any, error: BadValue, expected: str) -> None:
        super().__init__(name)
        self.name, self.setting, self.raw, self.error = name, setting, raw, error
        self.expected = error.expected or expected


class LayerPool:
    """The layers that were made, by what they state: entries that state the same share one.

    Most of a network is repetition, and so are most networks of a folder: who checks many hands one pool to
    all.
    """

    def __init__(self) -> None:
        self._made: dict[Any, Layer] = {}

    def layer(self, item: Item, rank: int, layout: str, rounding: str, given: _Given) -> Layer:
        """The layer of an entry with these values of its dynamic settings. Raises BadSetting or Unbuilt."""
        stated: list[Any] = [item.layer, rank, layout, rounding, given, item.key.text != item.kind]
        for value, _, _, alias in item.settings.values():
            if value.broken:
                raise Unbuilt
            raw = value.raw
            stated += (alias, raw if type(raw) is int or type(raw) is str else _frozen(raw))
        key = tuple(stated)
        made = self._made.get(key)
        if made is None:
            made = _made_of(item, dict(given), rank, layout, rounding)
            if len(self._made) >= _MOST_MADE:
                self._made.clear()
            self._made[key] = made
        return made


def build(item: Item, names: Any, rank: int, layout: str, rounding: str, pool: LayerPool) -> Layer:
    """The layer of an entry with these names. Raises BadSetting, Unevaluated or Unbuilt."""
    given: _Given = ()
    if item.dynamic:
        found = [(name, _evaluated(item, name, value, rank, layout, names)) for name, value in item.dynamic]
        if any(_is_open(raw) for _, raw in found):
            return _made_of_open_sizes(item, dict(found), rank, layout, rounding)
        given = tuple([(name, _frozen(raw)) for name, raw in found])
    key = (rank, rounding, given)
    made = item.built.get(key)
    if made is None:
        made = item.built[key] = pool.layer(item, rank, layout, rounding, given)
    return made


def _is_open(raw: Any) -> bool:
    if isinstance(raw, list | dict):
        return any(map(_is_open, raw.values() if isinstance(raw, dict) else raw))
    return isinstance(raw, OpenSize)


def _made_of_open_sizes(item: Item, found: dict[str, Any], rank: int, layout: str, rounding: str) -> Layer:
    """The layer of values some of which stand for many: nobody will ask for it again."""
    assert item.layer is not None
    if any(setting.value.broken for setting in item.settings.values()):
        raise Unbuilt
    for name, raw in found.items():
        if _is_open(raw) and not item.layer.fields[name].takes_open_sizes:
            found[name] = _as_numbers(raw)
    given = {name: _frozen(_in_layer(raw)) for name, raw in found.items()}
    return _made_of(item, given, rank, layout, rounding)


def _as_numbers(raw: Any) -> Any:
    """The value where each size is the one number that it can be; a size that can be many raises."""
    if isinstance(raw, list):
        return [_as_numbers(part) for part in raw]
    if isinstance(raw, dict):
        return {key: _as_numbers(part) for key, part in raw.items()}
    return index(raw) if isinstance(raw, OpenSize) else raw  # type: ignore[arg-type]


def _in_layer(raw: Any) -> Any:
    if isinstance(raw, list):
        return [_in_layer(part) for part in raw]
    if isinstance(raw, dict):
        return {key: _in_layer(part) for key, part in raw.items()}
    return raw.in_layer() if isinstance(raw, OpenSize) else raw


def _made_of(item: Item, given: dict[str, Any], rank: int, layout: str, rounding: str) -> Layer:
    assert item.layer is not None
    values: dict[str, Any] = {}
    for name, setting in item.settings.items():
        raw = _thawed(given[name]) if name in given else setting.value.raw
        field = item.layer.fields[name]
        try:
            values[name] = field.read(field.translate(setting.alias, raw), rank, layout)
        except BadValue as error:
            raise BadSetting(name, setting, raw, error, field.expected(rank)) from None
    if item.layer.meanings:
        for setting in item.settings.values():
            values = {**item.layer.meaning(setting.alias, item.text != item.kind), **values}
    if "rounding" in item.layer.fields and values.get("rounding") is None:
        values["rounding"] = rounding
    if item.layer.is_stated and "output" in item.settings:
        values["follows"] = bool(INCOMING.keys() & item.settings["output"].value.names)
    if item.layer.reads_layout:
        values["layout"] = layout
    return item.layer.made(rank, values)


def _evaluated(item: Item, name: str, value: Value, rank: int, layout: str, names: Any) -> Any:
    try:
        return value.evaluate(names)
    except Unevaluated as error:
        field = item.layer.fields[name] if item.layer is not None else None
        word = error.no_word(field.words, names) if field is not None and field.words else ""
        if field is None or not word:
            raise
        try:
            field.read(word, rank, layout)
        except BadValue as bad:
            raise BadSetting(name, item.settings[name], word, bad, field.expected(rank)) from None
        raise


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
