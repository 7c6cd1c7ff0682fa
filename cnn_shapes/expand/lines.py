"""Which nodes make one line of the flat spec: a layer with its norm and activation, a whole split."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from cnn_shapes.diagnosis.suppressions import LINE as IGNORE
from cnn_shapes.diagnostics import MARK
from cnn_shapes.expand.line import GATE, PLAIN, RESIDUAL, Line
from cnn_shapes.expand.values import settings_of
from cnn_shapes.language.entry import Item
from cnn_shapes.layers.base import Weighted
from cnn_shapes.layers.merge import Add, GateMultiply, Join, Multiply, ShortcutAdd, SplitPart
from cnn_shapes.shapes import UNKNOWN, Shape, ShapeError
from cnn_shapes.source import Span

if TYPE_CHECKING:
    from cnn_shapes.network import Network, Node

Waives = Callable[[str, Span], str | None]


def lines_of(network: Network, layout: str, rounding: str, waives: Waives | None = None) -> list[Line]:
    """The lines of a network in the order of computing; `rounding` is the file's.

    `waives` tells which errors are silenced: so they are in the flat spec, which has the same.
    """
    lines = []
    waiting = list(reversed(network.layers))
    while waiting:
        node = waiting.pop()
        if isinstance(node.layer, SplitPart):
            parts = [node]
            while waiting and waiting[-1].group is node.group:
                parts.append(waiting.pop())
            line = Line("split", [], parts)
            line.parts = parts
            lines.append(line)
            continue
        behind = []
        while waiting and waiting[-1].owner is node:
            behind.append(waiting.pop())
        lines += _weighted(node, behind, layout, rounding)
    if waives is not None:
        for line in lines:
            line.comment = line.comment or _silencing(line, waives)
    return lines


def _silencing(line: Line, waives: Waives) -> str:
    errors = [(node, node.error) for node in {line.node, line.result, *line.parts} if node.error is not None]
    silenced = {error.rule: waives(error.rule, node.at(error.field)) for node, error in errors}
    rules = sorted(rule for rule, reason in silenced.items() if reason is not None)
    if not rules:
        return ""
    reasons = "; ".join(dict.fromkeys(reason for rule in rules if (reason := silenced[rule])))
    return f"{MARK} {IGNORE}[{', '.join(rules)}] {reasons}".rstrip()


def _weighted(node: Node, behind: list[Node], layout: str, rounding: str) -> Iterator[Line]:
    """A node with its norm and activation: one line, unless defaults gave these fields of their own."""
    layer = node.layer
    if layer is None:
        line = Line("identity", [], [node])
        line.sources = node.inputs[:1]
        broken = isinstance(node.place, Item) and node.place.broken
        why = "what is written is in error" if broken else "the channels of its input are not known"
        line.comment = f"{node.kind} {node.name} is not unfolded: {why}"
        yield line
        return
    settings = settings_of(layer, layout, rounding)
    folded = isinstance(layer, Weighted) and not any(
        settings_of(part.layer, layout, rounding) for part in behind if part.layer
    )
    if folded:
        settings += [(part.name.rpartition(".")[2], _word(part)) for part in behind]
    line = Line(_kind(node), settings, [node, *behind] if folded else [node])
    line.form = _form(node)
    yield line
    for part in [] if folded else behind:
        yield Line(part.kind, settings_of(part.layer, layout, rounding) if part.layer else [], [part])


def _word(part: Node) -> str:
    """What `norm` or `activation` says for a layer: `batch` for batchnorm, an activation's own name."""
    return part.kind.removesuffix("norm")


def _kind(node: Node) -> str:
    """The canonical kind; but a class name whose rank is not the input's keeps its complaint."""
    item, x = node.place, node.inputs[0].output
    if isinstance(item, Item) and node.owner is None and item.rank is not None and x is not None:
        return node.kind if x.rank == item.rank else item.text
    return node.kind


def _form(node: Node) -> str:
    """PLAIN where `add` and `multiply` over names do the same as the join of the residual or the gate."""
    shapes = [x for x in node.input_shapes if x is not None and UNKNOWN not in x]
    known = len(shapes) == len(node.inputs)
    if isinstance(node.layer, ShortcutAdd):
        # a residual stretches nothing
        return RESIDUAL if known and shapes[0] != shapes[1] and _joined(Add(0), shapes) else PLAIN
    if isinstance(node.layer, GateMultiply):
        # a factor that is stretched counts for no receptive field; one of full size would
        fits = known and _joined(Multiply(0), shapes) == shapes[0]
        return PLAIN if fits and (shapes[0] != shapes[1] or shapes[0].rank == 0) else GATE
    return PLAIN


def _joined(join: Join, shapes: list[Shape]) -> Shape | None:
    try:
        return join.shape(*shapes)
    except ShapeError:
        return None
