"""Which repairs are told, of all that are known."""

from __future__ import annotations

from collections.abc import Iterable

from cnn_shapes.repair.report.proving import Repair


def chosen(repairs: Iterable[Repair], most: int) -> list[Repair]:
    """The cheapest repairs, each text once."""
    texts: dict[str, Repair] = {}
    for repair in sorted(repairs, key=lambda repair: repair.cost):
        texts.setdefault(repair.after.source.text, repair)
    return [*texts.values()][:most]
