"""Blocks: what groups of one class have in common, with the params in which they differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cnn_shapes.importing.folding.items import (
    CALL,
    MISSING,
    FoldedBlock,
    FoldedItem,
    PatternNode,
    Reference,
    Values,
)
from cnn_shapes.importing.folding.merging import merged, with_add_if
from cnn_shapes.importing.folding.patterns import NotSaid, pattern_of, skeleton
from cnn_shapes.importing.recording import ModuleCall


@dataclass(slots=True, eq=False)
class ModuleGroup:
    """The layers of one call of a module, with what goes in and what comes out."""

    call: ModuleCall
    items: list[FoldedItem]
    inputs: list[str]
    outputs: list[str]

    def as_call(self, block: FoldedBlock, number: int) -> FoldedItem:
        """The call of a block that stands for it; `number` is its own among the block's groups."""
        arguments = {
            param.name: param.values[number] for param in block.params if param.values[number] is not MISSING
        }
        return FoldedItem(
            CALL,
            arguments,
            list(self.inputs),
            list(self.outputs),
            path=self.call.path,
            title=self.items[-1].title,
            first=self.items[0].first,
            last=self.items[-1].last,
            block=block,
        )

    def channels(self, values: Values) -> int:
        return values.channels(self.inputs[0])


@dataclass(slots=True, eq=False)
class Family:
    """Groups with a pattern in common, in its order."""

    groups: list[ModuleGroup]
    nodes: list[PatternNode]
    outputs: list[Reference]


def families(groups: list[ModuleGroup]) -> list[Family]:
    """The groups of one class, those together that one block can say."""
    exact: dict[Any, Family] = {}
    for group in groups:
        try:
            nodes, known = pattern_of(group.items, group.inputs, group.call.path)
            outputs = [known[value] for value in group.outputs]
        except (NotSaid, KeyError):
            continue
        numbers: dict[int, int] = {}
        key = (
            len(group.inputs),
            skeleton(nodes, numbers),
            tuple((one[0], numbers.get(id(one[1])), one[2]) if one[0] == "node" else one for one in outputs),
        )
        family = Family([group], nodes, outputs)
        mate = exact.get(key)
        together = None if mate is None else _together(mate, family, options=False)
        exact[key] = together or mate or family
        if mate is not None and together is None:
            exact[key, id(group)] = family
    found = sorted(exact.values(), key=lambda family: -len(family.groups))
    return _united(found)


def _united(found: list[Family]) -> list[Family]:
    """The families, each joined to the first that it becomes one pattern with, by options."""
    united: list[Family] = []
    for family in found:
        for place, other in enumerate(united):
            together = _together(other, family, options=True)
            if together is not None:
                united[place] = together
                break
        else:
            united.append(family)
    return united


def _together(one: Family, other: Family, options: bool) -> Family | None:
    if len(one.outputs) != len(other.outputs) or len(one.groups[0].inputs) != len(other.groups[0].inputs):
        return None
    if options and not (_ends_last(one) and _ends_last(other)):
        return None
    for mine, its in _forms(one.nodes, other.nodes) if options else ((one.nodes, other.nodes),):
        nodes = merged(mine, its, options)
        if nodes is not None:
            outputs = one.outputs
            if _ends_last(one):
                outputs = [("node", nodes[-1], 0)]
            else:
                place = {id(node): number for number, node in enumerate(one.nodes)}
                outputs = [
                    ("node", nodes[place[id(out[1])]], out[2]) if out[0] == "node" else out
                    for out in one.outputs
                ]
            return Family([*one.groups, *other.groups], nodes, outputs)
    return None


def _ends_last(family: Family) -> bool:
    """Whether its one output is what its last node gives."""
    end = family.outputs[0]
    return len(family.outputs) == 1 and end[0] == "node" and end[1] is family.nodes[-1]


def _forms(
    one: list[PatternNode], other: list[PatternNode]
) -> list[tuple[list[PatternNode], list[PatternNode]]]:
    """Both as they are; then one of them as a residual that adds nothing."""
    forms = [(one, other)]
    for mine, its in ((with_add_if(one), other), (one, with_add_if(other))):
        if mine is not None and its is not None:
            forms.append((mine, its))
    return forms
