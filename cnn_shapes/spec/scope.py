"""What an entry sees of the layers before it: `from` looks names up here."""

from __future__ import annotations

from cnn_shapes.network import Group, Node


class Scope:
    """What a list of layers sees: the names before it, `input`, and what its first `prev` is."""

    __slots__ = ("absent", "counts", "depth", "group", "input", "names", "parent", "start")

    def __init__(self, start: Node, input: Node, group: Group | None, parent: Scope | None, depth: int):
        self.start, self.input, self.group, self.parent, self.depth = start, input, group, parent, depth
        self.names: dict[str, Node] = {}
        self.absent: set[str] = set()
        self.counts: dict[str, int] = {}

    def find(self, name: str) -> Node | None:
        scope: Scope | None = self
        while scope is not None:
            node = scope.names.get(name)
            if node is not None:
                return node
            scope = scope.parent
        return None

    def visible(self) -> list[str]:
        names: list[str] = []
        scope: Scope | None = self
        while scope is not None:
            names += scope.names
            scope = scope.parent
        return names
