"""The picture of whatever a name means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnn_shapes.draw.blocks import block
from cnn_shapes.draw.kit.svg import AUTO
from cnn_shapes.draw.landscape import landscape
from cnn_shapes.draw.window import has_window, window

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult


def picture(report: CheckResult, name: str = "", step: int | None = None, *, theme: str = AUTO) -> str:
    """The whole network without a name; the window of a layer that has one; else the inside of a block.

    `step` is for a window. Raises Undrawable for a name of neither, ValueError for a step that a window does
    not make.
    """
    if not name:
        return landscape(report, theme=theme)
    if has_window(report, name):
        return window(report, name, step, theme=theme)
    return block(report, name, theme=theme)
