"""The names that an entry could take its input from, and another one for a name that stands for nothing."""

from __future__ import annotations

from collections.abc import Sequence

from cnn_shapes.checking import CheckResult
from cnn_shapes.diagnostics import closest
from cnn_shapes.language.entry import Item
from cnn_shapes.language.expressions.error import UNKNOWN_NAME
from cnn_shapes.language.spec import Spec
from cnn_shapes.source import Edit

_MOST_NAMES = 40


def names_before(spec: Spec, item: Item) -> list[str]:
    """The names in scope at an entry, the nearest first; then its block's inputs, and prev."""
    for items, inputs in [(block.items, block.inputs) for block in spec.blocks.values()] + [(spec.items, [])]:
        names = _seen_by(items, item)
        if names is not None:
            return [*names[::-1], *inputs, "prev"]
    return ["prev"]


def _seen_by(items: Sequence[Item], wanted: Item) -> list[str] | None:
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


def renames(report: CheckResult) -> list[tuple[str, Edit]]:
    """Other names for one that `from` does not find: those in scope, the nearest in spelling first.

    Each with what the change is called.
    """
    spec = report.spec
    found = next((found for found in report.errors if found.rule == UNKNOWN_NAME), None)
    if spec is None or found is None:
        return []
    for item in spec.entries:
        for source in item.sources or ():
            if source.span == found.span:
                taken = [other.text for other in item.sources or ()]
                names = [name for name in names_before(spec, item) if name not in taken]
                near = closest(source.text, names)
                names.sort(key=lambda name: name != near)
                line = report.source.position(source.start)[0]
                return [
                    (f"{name} instead of {source.text} on line {line}", Edit(source.span, name))
                    for name in names[:_MOST_NAMES]
                ]
    return []
