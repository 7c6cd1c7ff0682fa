"""Which variable holds which tensor in one function: one for the chain, a name for what is read later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cnn_shapes.export.naming import Identifiers

if TYPE_CHECKING:
    from cnn_shapes.export.parts import CodeStatement
    from cnn_shapes.network import Node


class Variables:
    """The variables of a function that starts with `inputs` and returns `results`."""

    def __init__(
        self,
        body: Sequence[CodeStatement],
        inputs: Sequence[Node],
        results: Sequence[Node],
        names: Sequence[str] = (),
    ) -> None:
        self.names = Identifiers()
        self.of: dict[int, str] = {}
        last_use = _last_uses(body, results)
        wanted = list(names) if len(names) == len(inputs) else ["x"] * len(inputs)
        for node, word in zip(inputs, wanted, strict=True):
            self.of[node.index] = self.names.unique(word)
        # where the input is read again later, the chain may not write over it
        reread = len(inputs) > 1 or any(last_use.get(node.index, -1) > 0 for node in inputs)
        free = "x" not in self.names.taken
        self.chain = self.names.unique("x" if free else "out") if free or reread else "x"
        self.arguments = [self.of[node.index] for node in inputs]
        for place, statement in enumerate(body):
            for target in statement.targets:
                end = last_use.get(target.index, -1)
                self.of[target.index] = self._name_of(target, statement, end, place, len(body))

    def _name_of(self, target: Node, statement: CodeStatement, end: int, place: int, returned: int) -> str:
        """The chain's variable where the next statement alone reads a tensor, or it is returned at once."""
        if len(statement.targets) > 1:
            return self.names.from_path((target.owner or target).name.rpartition(".")[2])
        if end <= place + 1 and (end < returned or place == returned - 1):
            return self.chain
        return self.names.from_path(statement.label, statement.least)

    def __getitem__(self, node: Node) -> str:
        return self.of[node.index]


def _last_uses(body: Sequence[CodeStatement], results: Sequence[Node]) -> dict[int, int]:
    """The last statement that reads each node; the number of statements where it is returned."""
    last: dict[int, int] = {}
    for place, statement in enumerate(body):
        for source in statement.sources:
            last[source.index] = place
    for node in results:
        last[node.index] = len(body)
    return last
