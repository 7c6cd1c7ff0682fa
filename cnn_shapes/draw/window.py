"""The window of a layer on its padded map: what it reads, where it steps to, and what is left over."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cnn_shapes.diagnostics import render
from cnn_shapes.draw.kit.svg import AUTO, Picture, shortened
from cnn_shapes.draw.naming import Undrawable, layer_of
from cnn_shapes.draw.scene import shape_text
from cnn_shapes.draw.sliding.axes import WindowAxis, axes_of
from cnn_shapes.draw.sliding.formulas import coloured
from cnn_shapes.draw.sliding.planes import Plane, draw_map, draw_strip
from cnn_shapes.outline import formula
from cnn_shapes.shapes import AXIS_NAMES, SLICE_NAMES, Shape, left_over

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.network import Node

_TITLE, _FORMULA, _SMALL = 12.5, 14.0, 10.5
_BETWEEN = 34.0  # two planes


def window_steps(report: CheckResult, name: str) -> int:
    """How many steps the window of a layer makes; 0 where it has none, or where it does not fit."""
    try:
        node = layer_of(report, name).node
    except Undrawable:
        return 0
    x = _input_of(node)
    if x is None or node.layer is None:
        return 0
    over = x if node.layer.is_transposed else node.output
    return prod(over.sizes) if over is not None else 0


def has_window(report: CheckResult, name: str) -> bool:
    """Whether a name means one layer with a window whose input is known."""
    try:
        return _input_of(layer_of(report, name).node) is not None
    except Undrawable:
        return False


def window(report: CheckResult, name: str, step: int | None = None, *, theme: str = AUTO) -> str:
    """The window of the layer of this name as SVG, at a step: they count from 1, the last axis fastest.

    Raises Undrawable for a name that means no layer with a window, ValueError for a step that is not made.
    """
    node = layer_of(report, name).node
    x = _input_of(node)
    if x is None or node.layer is None:
        raise Undrawable(_why_not(node, name))
    count = window_steps(report, name)
    if step is not None and not 1 <= step <= count:
        made = f"{count:,} steps" if count else "no step at all"
        raise ValueError(f"there is no step {step}: the window of {name} makes {made}")
    over = x if node.layer.is_transposed else node.output
    sizes = over.sizes if over is not None and count else (1,) * x.rank
    place = _coordinates((step or 1) - 1, sizes)
    axes = axes_of(node.layer, x, node.output, place)
    return _drawn(report, node, x, axes, count, step or 1).render(f"{node.name}: {_said(node)}", theme=theme)


def _input_of(node: Node) -> Shape | None:
    """What comes into a layer with windows, where that is known."""
    layer = node.layer
    if layer is None or not layer.has_windows or not node.input_shapes:
        return None
    x = node.input_shapes[0]
    is_map = x is not None and x.known and x.rank == layer.rank and x.rank in AXIS_NAMES
    return x if is_map else None


def _why_not(node: Node, name: str) -> str:
    if node.layer is not None and node.layer.has_windows:
        return f"{name} has a window, but what comes in is not known: mend what is before it"
    return f"{name} is a {node.kind}, and has no window to draw"


def _coordinates(number: int, sizes: tuple[int, ...]) -> tuple[int, ...]:
    found = []
    for size in reversed(sizes):
        number, at = divmod(number, size)
        found.append(at)
    return tuple(reversed(found))


def _said(node: Node) -> str:
    text = node.layer.describe() if node.layer is not None else node.kind
    return shortened(text, 70)


def _drawn(
    report: CheckResult, node: Node, x: Shape, axes: list[WindowAxis], count: int, step: int
) -> Picture:
    picture = Picture()
    picture.text(0, -58, shortened(f"{node.name}: {_said(node)}", 80), "t b", _TITLE, "start")
    if count:
        where = ", ".join(
            f"{one} {axis.step + 1}" for one, axis in zip(SLICE_NAMES[x.rank], axes, strict=True)
        )
        picture.text(0, -42, f"step {step:,} of {count:,}: {where}", "t d", _SMALL, "start")
    output = node.output if count else None
    is_transposed = node.layer is not None and node.layer.is_transposed
    plane = Plane(axes[-2] if len(axes) > 1 else None, axes[-1], is_transposed)
    captions = (f"input {shape_text(x, report.layout)}", f"output {shape_text(output, report.layout)}")
    bottom = (draw_map if len(axes) > 1 else draw_strip)(picture, plane, 0.0, captions)
    if len(axes) > 2:
        depth = Plane(None, axes[0], is_transposed)
        bottom = draw_strip(picture, depth, bottom + _BETWEEN + 24, (f"input, {axes[0].name}", "output"))
    y = _write_rest(picture, axes, bottom + 22)
    _write_arithmetic(picture, report, node, axes, y + 6)
    return picture


def _write_rest(picture: Picture, axes: list[WindowAxis], y: float) -> float:
    """What is left over, and where the last window reaches beyond the map."""
    rests = [axis.left_over for axis in axes]
    if any(rests):
        picture.text(0, y, left_over(rests), "t of-rest", _SMALL, "start")
        y += 16
    if any(axis.beyond for axis in axes) and all(axis.steps for axis in axes):
        picture.text(
            0, y, "the last window reaches beyond the map, for sizes are rounded up", "t d", _SMALL, "start"
        )
        y += 16
    return y


def _write_arithmetic(
    picture: Picture, report: CheckResult, node: Node, axes: list[WindowAxis], y: float
) -> None:
    text = formula(node)
    error = node.error
    y += 8
    if text:
        texts = text.split(", ")
        names = [axis.name for axis in axes] if len(texts) == len(axes) > 1 else [""]
        for name, one in zip(names, texts, strict=False):
            at = 0.0
            if name:
                picture.text(0, y, name, "t d", _SMALL, "start")
                at = 50.0
            wrong = error is not None and "." in one.rpartition("= ")[2]
            picture.spans(at, y, coloured(one, wrong), "m", _FORMULA)
            y += 21
    if error is not None:
        pointer = render(error.pointer, error.facts, report.layout)
        if pointer and not any(axis.left_over for axis in axes):
            picture.text(0, y, shortened(pointer, 90), "t of-rest", _SMALL, "start")
            y += 18
    picture.spans(0, y, _legend(axes), "t", _SMALL)


def _legend(axes: list[WindowAxis]) -> list[tuple[str, str]]:
    windows = [axis.window for axis in axes]
    spans = [(f"kernel {_each([one.kernel_size for one in windows])}", "of-kernel")]
    spans.append((f"stride {_each([one.stride for one in windows])}", "of-stride"))
    ends = {(one.before, one.after) for one in windows}
    if ends == {(0, 0)}:
        padding = "padding 0"
    elif all(before == after for before, after in ends):
        padding = f"padding {_each([one.before for one in windows])}"
    else:
        padding = "padding " + ", ".join(
            dict.fromkeys(f"{one.before} before and {one.after} after" for one in windows)
        )
    spans.append((padding, "of-padding"))
    if any(one.dilation > 1 for one in windows):
        spans.append((f"dilation {_each([one.dilation for one in windows])}", "of-kernel"))
    return [pair for span in spans for pair in (("   ", ""), span)][1:]


def _each(numbers: list[int]) -> str:
    """One number where all axes have it, else all of them."""
    return str(numbers[0]) if len(set(numbers)) == 1 else "×".join(map(str, numbers))
