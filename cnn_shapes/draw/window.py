from __future__ import annotations

from typing import TYPE_CHECKING

from cnn_shapes.draw.naming import Undrawable, layer_of
from cnn_shapes.draw.svg import AUTO, Picture

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult


def window_steps(report: CheckResult, name: str) -> int:
    """How many steps the window of a layer makes in its drawing; 0 where nothing with a window has this name."""
    try:
        node = layer_of(report, name).node
    except Undrawable:
        return 0
    if node.layer is None or not node.layer.has_windows or node.output is None or not node.output.known:
        return 0
    return node.output.elements // node.output[0]


def window(report: CheckResult, name: str, step: int | None = None, *, theme: str = AUTO) -> str:
    """The window of a layer on its padded map at a step, counted from 1 in reading order.

    Raises Undrawable for a name that has none, ValueError for a step that it does not make.
    """
    node = layer_of(report, name).node
    if not window_steps(report, name):
        raise Undrawable(f"{name} has no window")
    picture = Picture()
    for y in range(8):
        for x in range(8):
            picture.rectangle(x * 20, y * 20, 20, 20, "f input-top")
    picture.text(80, 190, f"{node.name} step {step}", "t b")
    return picture.render(name, theme=theme)
