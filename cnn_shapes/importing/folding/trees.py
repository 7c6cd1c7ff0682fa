"""Folds the tree of module calls, the innermost first: each class whose groups are alike becomes a block."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass, field

from cnn_shapes.importing.folding.blocks import Family, ModuleGroup, families
from cnn_shapes.importing.folding.items import FoldedBlock, FoldedItem, Values
from cnn_shapes.importing.folding.leaves import CallName, is_same_call
from cnn_shapes.importing.folding.naming import block_name, class_key
from cnn_shapes.importing.folding.patterns import NotSaid
from cnn_shapes.importing.folding.repeats import collected, with_runs
from cnn_shapes.importing.folding.solving import solve
from cnn_shapes.importing.folding.structures import structured
from cnn_shapes.importing.recording import ModuleCall


@dataclass(slots=True, eq=False)
class Branch:
    """A module call in the tree: its layers and inner calls in their order."""

    modules: tuple[ModuleCall, ...]
    parent: Branch | None = None
    children: list[Branch | FoldedItem] = field(default_factory=list)

    @property
    def name(self) -> CallName:
        return self.modules[-1].path, self.modules[-1].number

    @property
    def items(self) -> list[FoldedItem]:
        return [child for child in self.children if isinstance(child, FoldedItem)]

    @property
    def is_ready(self) -> bool:
        return not any(isinstance(child, Branch) for child in self.children)

    def inner(self) -> Iterator[Branch]:
        """The calls inside of it, each before those that it makes."""
        for child in self.children:
            if isinstance(child, Branch):
                yield child
                yield from child.inner()

    def become(self, children: list[Branch | FoldedItem] | list[FoldedItem]) -> None:
        """Stand aside for these in the call around."""
        assert self.parent is not None
        for child in children:
            if isinstance(child, Branch):
                child.parent = self.parent
        place = self.parent.children.index(self)
        self.parent.children[place : place + 1] = children

    def collapse(self, kept: Set[CallName]) -> None:
        """Leave out every inner call that is around one entry alone, but for those that are kept."""
        for child in [*self.inner()][::-1]:
            if len(child.children) == 1 and child.name not in kept:
                child.become(child.children)


@dataclass(slots=True, eq=False)
class Folded:
    """The entries of a file, its blocks, and the calls of modules that each of them stands for."""

    items: list[FoldedItem]
    blocks: list[FoldedBlock]
    calls: dict[int, list[CallName]]  # by the block's identity


def fold(leaves: list[FoldedItem], values: Values, dissolved: set[CallName]) -> Folded:
    """Fold a model's layers; calls that are `dissolved` become no calls of blocks."""
    root = Branch(())
    sharing = {*values.shared_calls, *values.shared_calls.values()}
    for leaf in leaves:
        branch = root
        for depth, call in enumerate(leaf.modules):
            name = call.path, call.number
            if call.path == "" or name in dissolved:
                continue
            if name not in sharing and _is_inside(leaf.modules, depth):
                continue
            last = branch.children[-1] if branch.children else None
            if not (isinstance(last, Branch) and is_same_call(last.modules[-1], call)):
                last = Branch(leaf.modules[: depth + 1], branch)
                branch.children.append(last)
            branch = last
        branch.children.append(leaf)
    return _Folding(root, values).folded()


class _Folding:
    def __init__(self, root: Branch, values: Values) -> None:
        self.root, self.values = root, values
        self.blocks: list[FoldedBlock] = []
        self.calls: dict[int, list[CallName]] = {}
        self.sharing = {*values.shared_calls, *values.shared_calls.values()}
        self.made: dict[CallName, FoldedItem] = {}
        self.taken: set[str] = set()

    def folded(self) -> Folded:
        self.root.collapse(self.sharing)
        while waiting := [*self.root.inner()]:
            self.fold_class(_next_class(waiting))
            self.root.collapse(self.sharing)
        return Folded(self.finished(self.root.items), self.blocks, self.calls)

    def finished(self, items: list[FoldedItem]) -> list[FoldedItem]:
        return with_runs(structured(collected(items, self.values), self.values), self.values)

    def fold_class(self, branches: list[Branch]) -> None:
        """Make calls of those that are alike; the entries of the others go to what is around them."""
        replacements: dict[int, list[FoldedItem]] = {}
        groups: list[ModuleGroup] = []
        of_group: dict[int, Branch] = {}
        for branch in branches:
            items = self.finished(branch.items)
            replacements[id(branch)] = items
            group = self.group(branch, items)
            if group is not None and (branch.name in self.sharing or len(items) + len(items[0].lists) > 1):
                groups.append(group)
                of_group[id(group)] = branch
        for family in families(groups):
            if len(family.groups) < 2:
                continue
            block = self.block(family, class_key(branches[0].modules))
            for number, group in enumerate(family.groups):
                branch = of_group[id(group)]
                call = self.made[branch.name] = group.as_call(block, number)
                replacements[id(branch)] = [call]
                self.calls.setdefault(id(block), []).append(branch.name)
        for branch in branches:
            if branch.name in self.sharing:
                self.share(branch.name)
            branch.become(replacements[id(branch)])

    def share(self, name: CallName) -> None:
        """Let a call say whose weights it has. Raises `NotSaid` where one of the two calls no block."""
        call, first = self.made.get(name), self.made.get(self.values.shared_calls.get(name, name))
        if call is None or first is None or call.block is not first.block or len(call.outputs) > 1:
            raise NotSaid(name[0])
        if call is not first:
            self.values.share(call, first)

    def group(self, branch: Branch, items: list[FoldedItem]) -> ModuleGroup | None:
        """What goes into a module and what comes out; None where that is nothing, or weights are shared."""
        first, last = items[0].first, max(item.last for item in items)
        every = [one for item in items for one in item.everything()]
        inputs = dict.fromkeys(
            value for one in every for value in one.reads if self.values.made[value] < first
        )
        outputs = [value for item in items for value in item.outputs if self.values.read_after(value, last)]
        if not inputs or not outputs or any(self.values.shares(one) for one in every):
            return None
        return ModuleGroup(branch.modules[-1], items, list(inputs), outputs)

    def block(self, family: Family, key: tuple[str, ...]) -> FoldedBlock:
        groups = family.groups
        params = solve(
            family.nodes,
            [self.values.channels(group.inputs[0]) for group in groups],
            [self.values.channels(group.outputs[0]) for group in groups],
        )
        name, first = block_name(key, self.taken), groups[0]
        block = FoldedBlock(name, family.nodes, len(first.inputs), family.outputs, params)
        self.blocks.append(block)
        return block


def _is_inside(modules: tuple[ModuleCall, ...], depth: int) -> bool:
    """Whether a call is that of a container of torch inside of a class of the model's own, not the model."""
    return modules[depth].of_torch and any(call.path and not call.of_torch for call in modules[:depth])


def _next_class(waiting: list[Branch]) -> list[Branch]:
    """The calls of a class whose inner calls are all done; of classes in circles those that are ready."""
    by_class: dict[tuple[str, ...], list[Branch]] = {}
    for branch in waiting:
        by_class.setdefault(class_key(branch.modules), []).append(branch)
    for branches in by_class.values():
        if all(branch.is_ready for branch in branches):
            return branches
    ready = [branch for branch in waiting if branch.is_ready]
    key = class_key(ready[0].modules)
    return [branch for branch in ready if class_key(branch.modules) == key]
