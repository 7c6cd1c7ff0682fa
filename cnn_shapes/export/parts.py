"""What an exported file is made of: statements, the groups they are in, the classes that groups become."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from cnn_shapes.export.code import Code, LayerCode

if TYPE_CHECKING:
    from cnn_shapes.network import Group, Node

WriteLayer = Callable[["Node"], LayerCode]


class CodeStatement:
    """One line: `targets` are the nodes it makes, `made` what it keeps as an attribute (None: nothing).

    `holds` are the layers that are in it. `shares`: what it keeps is that of the line before which holds this
    layer.
    """

    __slots__ = ("called", "collects", "holds", "label", "least", "made", "shares", "sources", "targets")

    def __init__(
        self,
        targets: tuple[Node, ...],
        sources: tuple[Node, ...],
        made: Code | None,
        called: Code,
        label: str,
        least: int = 1,
        collects: bool = False,
        holds: Sequence[Node] = (),
    ) -> None:
        self.targets, self.sources, self.made, self.called = targets, sources, made, called
        self.label, self.least, self.collects = label, least, collects
        self.holds = holds or targets
        shared = [node.shares for node in self.holds if node.shares is not None]
        first = self.holds[0].index
        self.shares = next((node for node in shared if node.index < first), None)


class CodeBranch:
    """A group with what is in it. `definition` is the class that it became, with these arguments."""

    __slots__ = ("arguments", "body", "children", "definition", "group", "height", "inputs", "results")

    def __init__(self, group: Group | None) -> None:
        self.group = group
        self.children: list[Node | CodeBranch] = []
        self.inputs: list[Node] = []
        self.results: list[Node] = []
        self.height = 0
        self.body: list[CodeStatement] = []
        self.definition: ClassDefinition | None = None
        self.arguments: tuple[Any, ...] = ()

    @property
    def nodes(self) -> Iterator[Node]:
        for child in self.children:
            if isinstance(child, CodeBranch):
                yield from child.nodes
            else:
                yield child


class ClassDefinition:
    """A class of the exported file: the statements of its first call, and what is in each of their slots.

    `texts` are in the order of the slots, None where the framework's default is meant.
    """

    __slots__ = ("calls", "name", "parameters", "sample", "stored", "texts")

    def __init__(self, name: str, sample: CodeBranch, calls: int) -> None:
        self.name, self.sample, self.calls = name, sample, calls
        self.parameters: list[str] = []
        self.texts: list[str | None] = []
