"""What several groups of layers have in common: one list of nodes, with a column of values for each field."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from cnn_shapes.importing.folding.items import (
    CALL,
    MISSING,
    PREV,
    REFERENCES,
    Column,
    FoldedItem,
    PatternNode,
    Reference,
)
from cnn_shapes.layers import KINDS

REST = "@rest"  # after an argument's name: its value in all passes but the first
TIMES = "times"
ADD_IF, SHORTCUT_FIRST = "add_if", "shortcut_first"
_VARYING_WORDS = ("activation", "norm", "padding")


class NotSaid(Exception):
    """A list that reads a value which cannot be named where it is."""


def pattern_of(
    items: Sequence[FoldedItem], inputs: Sequence[str], path: str = ""
) -> tuple[list[PatternNode], dict[str, Reference]]:
    """The pattern of one group, and what each value is called in it. Raises `NotSaid`.

    `path` is that of the group's module: those of the nodes begin after it.
    """
    known: dict[str, Reference] = {value: ("input", number) for number, value in enumerate(inputs)}
    nodes = _nodes(items, inputs[0], known)
    for node in (one for top in nodes for one in top.everything()):
        node.title = _inside(node.title, path) or _inside(node.path, path)
        node.path = _inside(node.path, path)
    return nodes, known


def _inside(path: str, around: str) -> str:
    """A path without that of a module around it; empty where it is not inside of that."""
    if not around:
        return path
    return path[len(around) + 1 :] if path.startswith(f"{around}.") else ""


def _nodes(items: Sequence[FoldedItem], begin: str, known: dict[str, Reference]) -> list[PatternNode]:
    nodes = []
    before = begin
    for item in items:
        node = _node(item, before, known)
        nodes.append(node)
        known |= {value: ("node", node, number) for number, value in enumerate(item.outputs)}
        before = item.previous
    return nodes


def _node(item: FoldedItem, before: str, known: dict[str, Reference]) -> PatternNode:
    def read(value: str, may_be_prev: bool = True) -> Reference:
        if value == before and may_be_prev:
            return PREV
        if value not in known:
            raise NotSaid(value)
        return known[value]

    inputs = [read(value) for value in item.inputs]
    references = {
        name: read(item.fields[name], may_be_prev=name == "like")
        for name in REFERENCES
        if name in item.fields
    }
    columns: dict[str, Any] = {}
    fixed: dict[str, Any] = {}
    for name, value in item.fields.items():
        if name not in REFERENCES:
            (columns if _varies(item.kind, name, value) else fixed)[name] = value
    # what is inside of a structure is seen by nobody after it
    lists = {label: _nodes(inside, item.inputs[0], dict(known)) for label, inside in item.lists.items()}
    return PatternNode(
        item.kind,
        item.block,
        {name: [value] for name, value in columns.items()},
        fixed,
        inputs,
        len(item.outputs),
        lists,
        [True],
        item.path,
        item.title,
        references,
        list(item.outputs),
    )


def _varies(kind: str, name: str, value: Any) -> bool:
    if name == SHORTCUT_FIRST:
        return False
    if isinstance(value, list):
        return all(isinstance(one, int | float) or one is None for one in value)
    return isinstance(value, int | float) or name in _VARYING_WORDS or kind == CALL


def default_of(node: PatternNode, name: str) -> Any:
    """What a field that is not written means: its plain value; of a pool's stride that is another field."""
    if name == TIMES:
        return 1
    if node.kind == CALL:
        return MISSING
    if name == ADD_IF:
        return True
    if name == "activation" or name == "norm":
        return "none"
    kind = KINDS.get(node.kind)
    if kind is None or name not in kind.fields:
        return MISSING
    if name == "stride" and kind.is_pool:
        return node.columns["kernel_size"]
    return kind.fields[name].default


def filled(node: PatternNode, name: str) -> Column:
    """A column of a node, that of a field which is not written filled with what that means."""
    if name in node.columns:
        return node.columns[name]
    default = default_of(node, name)
    if isinstance(default, list):
        return [value if here else MISSING for value, here in zip(default, node.present, strict=True)]
    return [default if here else MISSING for here in node.present]


def skeleton(nodes: Iterable[PatternNode], numbers: dict[int, int] | None = None) -> tuple[Any, ...]:
    """All of a pattern but its columns: groups with equal ones are told apart by numbers alone."""
    numbers = {} if numbers is None else numbers
    made = []
    for node in nodes:
        references = [*node.inputs, *node.references.values()]
        made.append(
            (
                node.kind,
                id(node.block) if node.block else 0,
                repr(sorted(node.fixed.items(), key=lambda one: one[0])),
                tuple(_placed(reference, numbers) for reference in references),
                node.outputs,
                tuple((label, skeleton(inside, numbers)) for label, inside in node.lists.items()),
            )
        )
        numbers[id(node)] = len(numbers)
    return tuple(made)


def _placed(reference: Reference, numbers: dict[int, int]) -> Reference:
    if reference[0] != "node":
        return reference
    return ("node", numbers.get(id(reference[1]), -1), reference[2])
