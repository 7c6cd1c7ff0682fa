"""One line of the flat spec, before it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnn_shapes.shapes import Shape

if TYPE_CHECKING:
    from cnn_shapes.network import Node

# how the inputs of a line are written
PLAIN, RESIDUAL, GATE = "plain", "residual", "gate"


class Line:
    """One line: the nodes it makes, the last of which is what `prev` means behind it.

    `parts` are the nodes of a split. `form` is RESIDUAL or GATE where a plain `add` or `multiply` would not
    be the same.
    """

    __slots__ = ("comment", "expected", "form", "kind", "node", "parts", "result", "settings", "sources")

    def __init__(self, kind: str, settings: list[tuple[str, str]], nodes: list[Node]) -> None:
        self.kind, self.settings = kind, settings
        self.node, self.result = nodes[0], nodes[-1]
        self.sources = nodes[0].inputs
        self.parts: list[Node] = []
        self.form = PLAIN
        self.comment = ""
        self.expected = _expected(self.result)

    @property
    def ways(self) -> tuple[Node, Node] | None:
        """Of a residual or gate: what goes in, and what it is joined with, which is named inside of it."""
        if self.form == PLAIN:
            return None
        first, second = self.sources
        return (second, first) if self.form == RESIDUAL else (first, second)


def _expected(node: Node) -> Shape | None:
    """What the spec says must come out; where two entries say it of one node, what failed."""
    failed = node.error.facts.get("expected") if node.error and node.error.rule == "expect-mismatch" else None
    return failed if isinstance(failed, Shape) else node.expected
