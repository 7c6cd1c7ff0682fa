from __future__ import annotations

from typing import TYPE_CHECKING

from cnn_shapes.diagnostics import format_shape
from cnn_shapes.draw.naming import group_of
from cnn_shapes.draw.svg import AUTO, Picture

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult


def block(report: CheckResult, name: str, *, theme: str = AUTO) -> str:
    """The inside of a block."""
    group = group_of(report, name)
    picture = Picture()
    for i, layer in enumerate(group.layers()):
        node = layer.steps[0].node
        picture.rectangle(i * 150, 0, 130, 45, "f conv-top", 6)
        picture.text(i * 150 + 65, 20, node.kind, "t k")
        picture.text(i * 150 + 65, 36, format_shape(node.output, report.layout), "m b k", 10)
    return picture.render(name, theme=theme)
