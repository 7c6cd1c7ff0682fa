"""Pictures of networks as SVG text: no file, no script, no request, the same bytes each time.

    from cnn_shapes.draw import block, landscape, window

    landscape(report)              # the whole network as boxes, with its errors and their fixes
    block(report, "stage1")        # what is inside of a block, repeat or structure
    window(report, "conv1")        # the window of a layer on its padded map
    window(report, "conv1", 5)     # the same at its fifth step
    has_window(report, "conv1")     # whether there is one to draw
    window_steps(report, "conv1")   # how many steps it makes, for a slider: 0 where a layer has no window
    picture(report, "conv1")       # the window of a layer that has one, else the inside of a block

`report` is what `checking.check_source` gives, with the fixes of `repair.advise` where they are to be shown.
A name is one that `explain` takes: of a layer or a block, a number of the table, an entry. A name that means
nothing that could be drawn raises `Undrawable`; its text says why.

`theme` is `auto` (follows the reader's light or dark), `light` or `dark`. All classes begin with `cs-`, the
root has the class `cs`: styles reach nothing outside. A page that wants its own background says
`.cs-bg{fill:none}`.
"""

from __future__ import annotations

from cnn_shapes.draw.blocks import block
from cnn_shapes.draw.landscape import landscape
from cnn_shapes.draw.naming import Undrawable
from cnn_shapes.draw.picture import picture
from cnn_shapes.draw.window import has_window, window, window_steps

__all__ = ["Undrawable", "block", "has_window", "landscape", "picture", "window", "window_steps"]
