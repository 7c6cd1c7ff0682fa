"""Fields of a spec by their paths, as `layers.3.conv.filters` or `blocks.Cell.layers.2.conv.kernel_size`.

Entries are counted from 1, as the table counts them. A path leads through the lists of structures by their
keys: `layers.4.repeat.layers.1.conv.filters`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from cnn_shapes.diagnostics import closest
from cnn_shapes.edit.patches import Patch, Replace
from cnn_shapes.language.block import Block
from cnn_shapes.language.entry import BLOCK, LAYER, Item
from cnn_shapes.language.field_patches import NewValue, field_patches
from cnn_shapes.language.spec import Spec
from cnn_shapes.layers import KINDS
from cnn_shapes.layers.structure import STRUCTURES
from cnn_shapes.source import TreeNode
from cnn_shapes.sweeps.space import BadSpace

LAYERS, BLOCKS, DEFAULTS, PARAMS = "layers", "blocks", "defaults", "params"
_MOST_NAMES = 8  # that a message lists


class VariedField(NamedTuple):
    """A field that a path leads to: of an entry, or a value that is written at one place."""

    item: Item | None
    field: str
    node: TreeNode | None = None

    def patches(self, spec: Spec, value: Any) -> list[Patch]:
        """The patches that give the field another value."""
        if self.item is None:
            assert self.node is not None
            return [Patch(self.node, Replace(value))]
        shorthand = KINDS[self.item.kind].shorthand if self.item.kind in KINDS else None
        return field_patches(spec.source, self.item, {self.field: NewValue(value)}, shorthand)


def is_path(name: str) -> bool:
    return "." in name


def field_at(spec: Spec, path: str) -> VariedField:
    """What a path leads to. Raises BadSpace, which says how far it leads."""
    words = path.split(".")
    first, rest = words[0], words[1:]
    if first == LAYERS:
        return _in_list(spec, spec.items, rest, [first])
    if first == BLOCKS:
        name = _one_of(rest, [*spec.blocks], [first])
        return _in_block(spec, spec.blocks[name], rest[1:], [first, name])
    if first == DEFAULTS:
        kind = _one_of(rest, [*spec.defaults], [first])
        settings = spec.defaults[kind]
        field = _one_of(rest[1:], [*settings], [first, kind])
        _no_more(rest[2:], [first, kind, field])
        return VariedField(None, field, settings[field].value.node)
    _one_of(words, [LAYERS, BLOCKS, DEFAULTS], [])
    raise AssertionError(path)


def _in_block(spec: Spec, block: Block, words: Sequence[str], before: list[str]) -> VariedField:
    part = _one_of(words, [LAYERS, PARAMS], before)
    if part == LAYERS:
        return _in_list(spec, block.items, words[1:], [*before, part])
    given = [name for name in block.params if name not in block.required]
    name = _one_of(words[1:], given, [*before, part])
    _no_more(words[2:], [*before, part, name])
    return VariedField(None, name, block.params[name].node)


def _in_list(spec: Spec, items: Sequence[Item], words: Sequence[str], before: list[str]) -> VariedField:
    numbers = [str(number) for number in range(1, len(items) + 1)]
    number = _one_of(words, numbers, before)
    item = items[int(number) - 1]
    before = [*before, number]
    kind = _one_of(words[1:], [*dict.fromkeys((item.text, item.kind))], before)
    before = [*before, kind]
    own = _fields(spec, item)
    word = _one_of(words[2:], [*own, *item.lists], before)
    if word in item.lists:
        return _in_list(spec, item.lists[word], words[3:], [*before, word])
    _no_more(words[3:], [*before, word])
    return VariedField(item, own[word])


def _fields(spec: Spec, item: Item) -> dict[str, str]:
    """The fields that an entry has or could have, by each of their names."""
    if item.form == LAYER and item.layer is not None:
        fields = {name: name for name in item.layer.fields}
        return fields | {alias: name for name, field in item.layer.fields.items() for alias in field.aliases}
    if item.form == BLOCK and item.kind in spec.blocks:
        return {name: name for name in spec.blocks[item.kind].params}
    structure = STRUCTURES.get(item.kind)
    return {name: name for name in structure.values if name in item.settings} if structure else {}


def _one_of(words: Sequence[str], known: Sequence[str], before: Sequence[str]) -> str:
    """The next word of a path, which must be one of those that are known there. Raises BadSpace."""
    place = ".".join(before) or "a path"
    if words and words[0] in known:
        return words[0]
    if known and known[-1].isdigit():
        listed = f"1 to {known[-1]}"
    else:
        listed = ", ".join(known[:_MOST_NAMES]) + (", ..." if len(known) > _MOST_NAMES else "")
    has = f"{'begins with' if not before else 'has'} {listed}" if known else "has nothing"
    if not words:
        raise BadSpace(f"{place} is not a field yet: it {has}")
    near = closest(words[0], [word for word in known if not word.isdigit()])
    hint = f": did you mean {near}?" if near else f": it {has}"
    raise BadSpace(
        f"{place} has no {words[0]}{hint}" if before else f"{words[0]} leads nowhere: {place} {has}"
    )


def _no_more(words: Sequence[str], before: Sequence[str]) -> None:
    if words:
        raise BadSpace(f"{'.'.join(before)} is a field: nothing is in it, found {'.'.join(words)}")
