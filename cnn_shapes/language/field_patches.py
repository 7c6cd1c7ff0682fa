"""The patches that give fields of an entry other values: loaded by those that write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from cnn_shapes.edit.patches import AddFields, Patch, Replace, ReplaceAlias
from cnn_shapes.edit.placing import alias_span, is_aliased
from cnn_shapes.language.entry import OWN, Item, Setting
from cnn_shapes.source import Source


class NewValue(NamedTuple):
    """Another value for a field; `alone`: for this entry, although others share what is written."""

    raw: Any
    alone: bool = False


def field_patches(
    source: Source, item: Item, values: Mapping[str, NewValue], shorthand: str | None
) -> list[Patch]:
    """The patches that give fields of an entry other values, each where the value is written or would be."""
    patches: list[Patch] = []
    added: dict[str, Any] = {}
    short: Any = None
    for name, (raw, alone) in values.items():
        setting = item.settings.get(name)
        if setting is None or setting.origin != OWN or (alone and is_aliased(item)):
            added[name] = raw
        elif setting.value.node is item.body and not is_aliased(item):
            short = raw
        elif alone and setting.key is not None and alias_span(source, setting.key) is not None:
            patches.append(Patch(setting.key, ReplaceAlias(raw)))
        else:
            patches.append(replacing(setting, raw))
    if added:
        alone = any(value.alone for value in values.values())
        patches.append(Patch(item, AddFields(added, shorthand, alone, instead=short)))
    elif short is not None:
        patches.append(Patch(item.body, Replace(short)))
    return patches


def replacing(setting: Setting, raw: Any) -> Patch:
    """The patch that writes a value over the one of a setting, under the alias that it has."""
    return Patch(setting.value.node, Replace(raw == "ceil" if setting.alias == "ceil_mode" else raw))
