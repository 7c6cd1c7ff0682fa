"""Repairs that change the structure: an inserted layer, another `from`. Tried as texts, each proved like the rest."""

from __future__ import annotations

from cnn_shapes.check import Report
from cnn_shapes.repair.costs import COSTS
from cnn_shapes.repair.workbench import Outcome
from cnn_shapes.repair.writing import insert_before
from cnn_shapes.source import Edit
from cnn_shapes.spec.items import Item

Change = tuple[str, list[Edit], int]


def structural_fixes(report: Report, base: Outcome) -> list[Change]:
    """Title, edits and cost of each change of the structure that may mend the first error."""
    node, error = base.node, base.error
    if node is None or error is None or not isinstance(node.place, Item):
        return []
    if error.rule == "needs-flatten":
        return _before(report, node.place, ["flatten", "global_avgpool"])
    return []


def _before(report: Report, item: Item, layers: list[str]) -> list[Change]:
    changes = []
    for place, layer in enumerate(layers):
        edit = insert_before(report.source, item, layer)
        if edit is not None:
            line = report.source.position(item.key.start)[0]
            changes.append((f"insert {layer} before line {line}", [edit], COSTS["layer"].flat + place))
    return changes
