"""Modules that are called several times: their later calls have the weights of the first, as a whole."""

from __future__ import annotations

from collections.abc import Sequence

from cnn_shapes.importing.folding.items import FoldedItem
from cnn_shapes.layers import KINDS

CallName = tuple[str, int]  # the path of a module, and which of its calls


def take_shared_calls(items: Sequence[FoldedItem]) -> dict[CallName, CallName]:
    """The outermost calls of modules all of whose layers share with those of the first call, and that.

    What their layers say of it is taken away: the calls will say it.
    """
    inside: dict[CallName, list[FoldedItem]] = {}
    for item in items:
        for call in item.modules:
            if call.path:
                inside.setdefault((call.path, call.number), []).append(item)
    taken: dict[CallName, CallName] = {}
    done: set[int] = set()
    for name, later in inside.items():  # outer calls come before those in them
        path, number = name
        first = inside.get((path, 1), [])
        if number == 1 or len(first) != len(later) or len(later) < 2 or id(later[0]) in done:
            continue
        if all(_shares(item, other) for item, other in zip(later, first, strict=True)):
            taken[name] = path, 1
            done.update(map(id, later))
    for item in items:
        if id(item) in done:
            item.fields.pop("share", None)
    return taken


def _shares(item: FoldedItem, other: FoldedItem) -> bool:
    """Whether one has the weights of the other, or none has any."""
    has_weights = KINDS[item.kind].has_weights or item.fields.get("norm", "none") != "none"
    if item.kind != other.kind or "share" in other.fields:
        return False
    return item.fields.get("share") == (other.outputs[0] if has_weights else None)
