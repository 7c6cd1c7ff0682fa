"""What a set of changes leads to: the first layer that fails, and the sizes up to it."""

from __future__ import annotations

from typing import NamedTuple

from cnn_shapes.network import Network, Node
from cnn_shapes.shapes import Shape, ShapeError


class Tail(NamedTuple):
    """What follows behind a node that has some shape: the first node that fails, and the outputs up to it."""

    node: Node | None
    error: ShapeError | None
    shapes: dict[int, Shape]
    rest: Tail | None = None


class Outcome(NamedTuple):
    """What a set of changes leads to: the first node that fails, if any. `shapes`: outputs that changed."""

    node: Node | None
    error: ShapeError | None
    shapes: dict[int, Shape]
    tail: Tail | None = None
    dead: bool = False  # fails in a way that no further change is tried on
    network: Network | None = None  # the network itself, where it was unfolded anew

    @property
    def valid(self) -> bool:
        return self.node is None and not self.dead

    @property
    def progress(self) -> int:
        return 1 << 30 if self.node is None else self.node.index

    def shape(self, node: Node) -> Shape | None:
        if self.network is not None:
            twin = next((other for other in self.network.nodes if other.name == node.name), None)
            return twin.output if twin is not None else None
        index = node.index
        if index in self.shapes:
            return self.shapes[index]
        tail = self.tail
        while tail is not None:
            if index in tail.shapes:
                return tail.shapes[index]
            tail = tail.rest
        return node.output
