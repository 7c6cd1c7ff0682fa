"""Blocks as classes: what differs between the calls of a block becomes an argument of its class."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cnn_shapes.export.bodies import statements
from cnn_shapes.export.code import ValueSlot, literal, skeleton, slots
from cnn_shapes.export.naming import Identifiers, class_name
from cnn_shapes.export.parts import ClassDefinition, CodeBranch, CodeStatement, WriteLayer


def define(root: CodeBranch, write: WriteLayer, names: Identifiers) -> list[ClassDefinition]:
    """Make classes of all branches that can be one, the innermost first; their calls refer to them."""
    levels: dict[int, list[CodeBranch]] = {}
    _gather(root, levels)
    definitions: list[ClassDefinition] = []
    for height in sorted(levels):
        alike: dict[Any, list[CodeBranch]] = {}
        for branch in levels[height]:
            branch.body = statements(branch, write)
            if not _passes_on(branch):
                alike.setdefault(_shape_of(branch), []).append(branch)
        definitions += [_define(branches, names) for branches in alike.values()]
    root.body = statements(root, write)
    return definitions


def _gather(branch: CodeBranch, levels: dict[int, list[CodeBranch]]) -> None:
    for child in branch.children:
        if isinstance(child, CodeBranch):
            _gather(child, levels)
    if branch.height:
        levels.setdefault(branch.height, []).append(branch)


def _passes_on(branch: CodeBranch) -> bool:
    """A pass that only calls a block is that call: it needs no class of its own."""
    inner = branch.children[0]
    if branch.group is None or branch.group.kind != "pass" or len(branch.children) > 1:
        return False
    if not isinstance(inner, CodeBranch) or inner.definition is None:
        return False
    branch.definition, branch.arguments = inner.definition, inner.arguments
    return branch.inputs == inner.inputs and branch.results == inner.results


def _shape_of(branch: CodeBranch) -> tuple[Any, ...]:
    """What two branches have in common that can be calls of one class."""
    places: dict[int, int] = {node.index: -1 - number for number, node in enumerate(branch.inputs)}
    lines = []
    for statement in branch.body:
        made = None if statement.made is None else skeleton(statement.made)
        sources = tuple(places[source.index] for source in statement.sources)
        lines.append((made, skeleton(statement.called), sources, statement.collects, statement.label))
        for target in statement.targets:
            places[target.index] = len(places)
    assert branch.group is not None
    return (_title(branch), tuple(lines), *(places[node.index] for node in branch.results))


def _title(branch: CodeBranch) -> str:
    group = branch.group
    assert group is not None
    if group.kind != "pass":
        return group.kind
    repeat = group.parent
    while repeat is not None and repeat.parent is not None and repeat.label.startswith("repeat"):
        repeat = repeat.parent
    word = "" if repeat is None or repeat.label.startswith("repeat") else repeat.label
    if repeat is not None and repeat.kind[:1].isupper():
        word = repeat.kind
    return class_name(f"{word}Pass")


def all_slots(body: Sequence[CodeStatement]) -> Iterator[ValueSlot]:
    for statement in body:
        yield from slots(statement.made or ())
        yield from slots(statement.called)


def _define(branches: list[CodeBranch], names: Identifiers) -> ClassDefinition:
    definition = ClassDefinition(names.unique(_title(branches[0])), branches[0], len(branches))
    columns = list(zip(*(all_slots(branch.body) for branch in branches), strict=True))
    arguments = Arguments(branches)
    definition.texts = [arguments.text(column) for column in columns]
    definition.parameters = list(arguments.chosen)
    for number, branch in enumerate(branches):
        branch.definition = definition
        branch.arguments = tuple(values[number] for values in arguments.chosen.values())
    return definition


class Arguments:
    """Chooses the arguments of a class: the block's own params where they give what differs."""

    def __init__(self, branches: list[CodeBranch]) -> None:
        self.names = Identifiers(("x", "out", "features", "layer"))
        self.chosen: dict[str, tuple[Any, ...]] = {}
        self.by_key: dict[tuple[str, ...], str] = {}
        self.known: dict[str, tuple[Any, ...]] = {}  # the block's params and c_in
        self.local: dict[str, tuple[Any, ...]] = {}  # its `let`, which comes after them
        settings = [getattr(branch.group, "values", None) or {} for branch in branches]
        names = list(settings[0])
        local = names[names.index("c_in") + 1 :] if "c_in" in names else []
        for name in names:
            values = tuple(setting.get(name) for setting in settings)
            if len(set(map(literal, values))) > 1:
                (self.local if name in local else self.known)[name] = values

    def text(self, column: tuple[ValueSlot, ...]) -> str | None:
        """What is written in a slot whose values in all calls are these."""
        values = tuple(slot.value for slot in column)
        key = tuple(map(literal, values))
        if len(set(key)) == 1:
            return None if column[0].is_default else key[0]
        if key not in self.by_key:
            role = column[0].role
            self.by_key[key] = self._known(values, key, role) or self._take(role, values)
        return self.by_key[key]

    def _take(self, role: str, values: tuple[Any, ...]) -> str:
        name = self.names.unique(role)
        self.chosen[name] = values
        return name

    def _known(self, values: tuple[Any, ...], key: tuple[str, ...], role: str) -> str | None:
        """A param of the block, or a simple multiple, part or neighbour of one."""
        for name, known in self.known.items():
            if tuple(map(literal, known)) == key:
                return self._name(name, known)
        for name, known in [*self.known.items(), *self.chosen.items()]:
            relation = _relation(values, known, role)
            if relation:
                return relation.format(self._name(name, known))
        for name, known in self.local.items():
            if tuple(map(literal, known)) == key:
                return self._name(name, known)
        return None

    def _name(self, param: str, values: tuple[Any, ...]) -> str:
        key = tuple(map(literal, values))
        if key not in self.by_key:
            self.by_key[key] = self._take(param, values)
        return self.by_key[key]


def _relation(values: tuple[Any, ...], known: tuple[Any, ...], role: str) -> str:
    """How whole numbers follow from others: `4 * {}`, `{} // 2`, `{} - 1`; empty where they do not."""
    if not all(type(value) is int and value >= 0 for value in (*known, *values)) or 0 in known:
        return ""
    pairs = list(zip(values, known, strict=True))
    if role == "times":
        return "{} - 1" if all(value == one - 1 for value, one in pairs) else ""
    if role == "padding":  # of an odd kernel
        return "{} // 2" if all(value == one // 2 for value, one in pairs) else ""
    if 0 in values:
        return ""
    times, part = values[0] // known[0], known[0] // values[0]
    if times > 1 and all(value == times * one for value, one in pairs):
        return f"{times} * {{}}"
    return f"{{}} // {part}" if part > 1 and all(value * part == one for value, one in pairs) else ""
