from __future__ import annotations

from typing import TYPE_CHECKING

from cnn_shapes.diagnostics import format_shape
from cnn_shapes.draw.naming import trace_of
from cnn_shapes.draw.svg import AUTO, Picture
from cnn_shapes.outline import tree

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult


def landscape(report: CheckResult, *, theme: str = AUTO) -> str:
    """The whole network. Raises Undrawable where the text is not one."""
    traced = trace_of(report)
    picture = Picture()
    for i, child in enumerate(tree(traced).children[:30]):
        node = [*child.layers()][-1].steps[-1].node
        picture.rectangle(i * 110, 0, 90, 60, "f conv-top", 6)
        picture.text(i * 110 + 45, 80, format_shape(node.output, report.layout), "m b", 10)
        picture.text(i * 110 + 45, 94, node.kind, "t")
    return picture.render(report.source.path, theme=theme)
