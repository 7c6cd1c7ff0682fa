"""The names that an entry could take its input from."""

from __future__ import annotations

from cnn_shapes.spec.document import Spec
from cnn_shapes.spec.items import Item


def names_before(spec: Spec, item: Item) -> list[str]:
    """The names in scope at an entry, the nearest first; then its block's inputs, and prev."""
    for items, inputs in [(block.items, block.inputs) for block in spec.blocks.values()] + [(spec.items, [])]:
        names = _seen_by(items, item)
        if names is not None:
            return [*names[::-1], *inputs, "prev"]
    return ["prev"]


def _seen_by(items: list[Item], wanted: Item) -> list[str] | None:
    """The names in scope at an entry, in the order of the text; None where it is not in these lists."""
    names: list[str] = []
    for item in items:
        if item is wanted:
            return names
        for inner in item.lists.values():
            found = _seen_by(inner, wanted)
            if found is not None:
                return names + found
        if item.name is not None:
            names.append(item.name)
    return None
