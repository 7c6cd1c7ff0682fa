"""The layer of a line: its window as a picture, step by step, and where each of its figures comes from."""

from __future__ import annotations

from cnn_shapes import explain
from cnn_shapes.draw import Undrawable, block, window, window_steps
from cnn_shapes.explain.line_shapes import line_shapes
from cnn_shapes.formats.parts.terminal_text import clean
from cnn_shapes.web.answers import Answer, checked

_MOST_CALLS = 100  # of one line that a person may choose from


def layer(text: str, line: int, call: int = 0, step: int = 1) -> Answer:
    """What is shown of the layer or block that is written on a line, or next to it.

    A line in a block has a layer for each `call` of it, by their names in `calls`. The window is
    drawn at a `step`, from 1, or at its last one; `steps` says how many it has, 0 where nothing steps.
    """
    report = checked(text)
    lines = line_shapes(report)
    written = next((one for one in reversed(lines) if one.line <= line), lines[0] if lines else None)
    if written is None:
        return {"name": "", "line": 0, "calls": [], "svg": "", "steps": 0, "type": "", "text": ""}
    calls = written.names[:_MOST_CALLS]
    name = calls[min(call, len(calls) - 1)]
    svg, steps = "", 0
    try:
        steps = window_steps(report, name)
        svg = window(report, name, min(max(step, 1), steps)) if steps else block(report, name)
    except Undrawable:
        pass  # a layer without a window, or whose input is not known, has its arithmetic alone
    found = explain.layers.of(report, name, report.source.path)
    return {
        "name": clean(name),
        "line": written.line,
        "calls": list(map(clean, calls)),
        "svg": svg,
        "steps": steps,
        "type": found["type"],
        "text": explain.layers.text(found),
    }
