"""What an entry sees of the layers before it: `from` looks names up here."""

from __future__ import annotations

from collections.abc import Iterable

from cnn_shapes.network import Group, Node
from cnn_shapes.source import Span
from cnn_shapes.words import say


class Scope:
    """What a list of layers sees: the names before it, `input`, and what its first `prev` is."""

    __slots__ = (
        *("absent", "caller", "counts", "depth", "group", "input", "input_names", "names", "owner", "parent"),
        *("places", "start"),
    )

    def __init__(self, start: Node, input: Node, group: Group | None, parent: Scope | None, depth: int):
        self.start, self.input, self.group, self.parent, self.depth = start, input, group, parent, depth
        self.names: dict[str, Node] = {}
        self.places: dict[str, Span] = {}  # where the names are written
        self.input_names: frozenset[str] = frozenset()  # those of the names that are of what comes in
        self.owner = ""  # whose inputs these are
        self.absent: set[str] = set()
        self.counts: dict[str, int] = {}
        self.caller: Scope | None = None  # of a block: where it is called, which it does not see

    def name_inputs(self, names: Iterable[str], nodes: Iterable[Node], owner: str) -> None:
        """Give what comes in its names; `owner` is what the list belongs to: a file, a block, a repeat."""
        self.names.update(zip(names, nodes, strict=False))
        self.input_names, self.owner = frozenset(self.names), owner

    def find(self, name: str) -> Node | None:
        scope: Scope | None = self
        while scope is not None:
            node = scope.names.get(name)
            if node is not None:
                return node
            scope = scope.parent
        return None

    def chain(self) -> list[Scope]:
        """This scope and those around it, as far as they are seen."""
        scopes = [self]
        while scopes[-1].parent is not None:
            scopes.append(scopes[-1].parent)
        return scopes

    def visible(self) -> list[str]:
        """What `from` may name here."""
        names = [name for scope in self.chain() for name in scope.names]
        return [*dict.fromkeys(names), "prev", "input"]

    def why_unknown(self, name: str, nodes: list[Node]) -> str:
        """Why a name that a report may show, or that the caller of a block has, cannot be used here."""
        chain = self.chain()
        for scope in chain:
            path = f"{scope.group.name}.{name}" if scope.group is not None else name
            if any(f"{node.name}.".startswith(f"{path}.") for node in nodes):
                if "." in name:
                    return say("what is inside a block or branch is not seen from outside: name the whole")
                return say("that name is generated, write name: {name} on the layer to use it", name=name)
        caller = chain[-1].caller
        if caller is not None and caller.find(name) is not None:
            return say("it is outside this block: hand it in, with inputs and from")
        return ""
