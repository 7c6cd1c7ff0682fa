"""Why a class of fixes cannot help, in arithmetic, and what giving in would cost."""

from __future__ import annotations

from collections.abc import Iterator

from cnn_shapes.diagnostics import Note, format_sizes
from cnn_shapes.layers.window import Sliding
from cnn_shapes.network import Node
from cnn_shapes.shapes import slices
from cnn_shapes.source import Source


def notes_for(node: Node, source: Source) -> Iterator[Note]:
    """Notes for a window whose size is not whole."""
    layer, error = node.layer, node.error
    if not isinstance(layer, Sliding) or error is None or error.floored is None or not node.inputs:
        return
    x = node.inputs[0].output
    if x is None or not x.known or x.rank != layer.rank:
        return
    yield from _parity(node, layer, source)
    line = source.position(node.place.span.start)[0]
    rests = [window.rest(size) for window, size in zip(layer.windows(x), x.sizes, strict=True)]
    dropped = [window.drops(size) for window, size in zip(layer.windows(x), x.sizes, strict=True)]
    size = error.floored.sizes
    alike = str(size[0]) if len(set(size)) == 1 else format_sizes(size)
    if any(dropped):
        lost = slices(dropped, one="1")
        yield Note(
            "rounding: floor on line {line} would give {size} and drop {lost}",
            {"line": line, "size": alike, "lost": lost},
        )
    elif any(rests):
        yield Note(
            "rounding: floor on line {line} would give {size}, and no pixel would be lost",
            {"line": line, "size": alike},
        )


def _parity(node: Node, layer: Sliding, source: Source) -> Iterator[Note]:
    """Padding on both sides adds an even number: no help where an odd one is left over of an even stride."""
    producer = node.inputs[0]
    while producer.inputs and not isinstance(producer.layer, Sliding):
        before = producer.inputs[0].output
        if before is None or producer.output is None or before.sizes != producer.output.sizes:
            return
        producer = producer.inputs[0]
    made = producer.layer
    x = node.inputs[0].output
    if not isinstance(made, Sliding) or x is None or set(made.stride) != {1} or made.padding == "same":
        return
    for window, size in zip(layer.windows(x), x.sizes, strict=True):
        if window.stride % 2 == 0 and window.rest(size) % 2:
            line = source.position(producer.place.span.start)[0]
            yield Note(
                "no symmetric padding of {kind} on line {line} can help: "
                "2*P changes {size} by an even number",
                {"kind": producer.kind, "line": line, "size": size},
            )
            return
