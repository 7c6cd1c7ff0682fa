"""The layer of a line: its window as a picture, step by step, and where each of its figures comes from."""

from __future__ import annotations

from cnn_shapes import explain
from cnn_shapes.draw import Undrawable, block, window, window_steps
from cnn_shapes.explain.line_shapes import line_shapes
from cnn_shapes.formats.parts.terminal_text import clean
from cnn_shapes.web.answers import NAME, Answer, checked

_MOST_CALLS = 100  # of one line that a person may choose from


def layer(text: str, line: int, call: int = 0, step: int | None = None) -> Answer:
    """What is shown of the layer or block that is written on a line, or else on the last line before it.

    A line in a block has a layer for each `call` of it, by their names in `calls`. `step` counts from 1;
    without it the window is drawn as a whole. `steps` says how many there are, 0 where nothing steps.
    """
    report = checked(text)
    lines = [one for one in line_shapes(report) if one.line <= line]
    calls = lines[-1].names[:_MOST_CALLS] if lines else ()
    if not calls:
        return {"name": "", "line": 0, "calls": [], "svg": "", "steps": 0, "text": ""}
    name = calls[min(call, len(calls) - 1)]
    svg, steps = "", 0
    try:
        steps = window_steps(report, name)
        svg = window(report, name, step) if steps else block(report, name)
    except Undrawable:
        pass  # a layer without a window, or whose input is not known, has its arithmetic alone
    return {
        "name": clean(name),
        "line": lines[-1].line,
        "calls": list(map(clean, calls)),
        "svg": svg,
        "steps": steps,
        "text": explain.layers.text(explain.layers.of(report, name, NAME)),
    }
