"""What a repair leads to, in words: the sizes at the layer that failed, the layers changed, what is left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cnn_shapes.diagnostics import Diagnostic, format_shape, format_sizes, short_path
from cnn_shapes.network import Network
from cnn_shapes.shapes import GROUPS_NOT_DIVISIBLE, SHAPE_MISMATCH, Shape
from cnn_shapes.source import Edit, Source
from cnn_shapes.words import chained, say

_ABOUT_CHANNELS = (SHAPE_MISMATCH, GROUPS_NOT_DIVISIBLE)


def outcome_of(before: Network, after: Network, layout: str, edits: Sequence[Edit], source: Source) -> str:
    """What goes into the layer that failed now, what comes out, the network's output where it changes.

    Where an edit reaches several layers, their number comes first.
    """
    parts = []
    if reached := layers_reached(before, after, edits, source):
        parts.append(say("in {count} layers", count=reached))
    parts.append(sizes_of(before, after, layout))
    parts += [say("output {change}", change=change) for change in output_changes(before, after, layout)]
    return chained(filter(None, parts))


def sizes_of(before: Network, after: Network, layout: str, wanted: Iterable[str] = ()) -> str:
    """What goes into the layer that failed and comes out of it now, and out of those that were asked for."""
    parts = []
    failed = next((node for node in before.layers if node.error is not None), None)
    mended = next((node for node in after.layers if failed is not None and node.name == failed.name), None)
    if mended is None and failed is not None and len(after.nodes) == len(before.nodes):
        mended = after.nodes[failed.index]  # it is called otherwise now
    if failed is not None and mended is not None and mended.inputs and failed.inputs:
        channels = failed.error is not None and failed.error.rule in _ABOUT_CHANNELS
        shown = format_shape if channels else _sizes
        old, new = failed.inputs[0].output, mended.inputs[0].output
        if old is not None and new is not None and old != new and old.rank == new.rank:
            parts.append(f"{shown(old, layout)} -> {shown(new, layout)}")
        if mended.output is not None:
            becomes = (
                format_shape(mended.output, layout)
                if channels
                else format_sizes(mended.output[1:] or mended.output)
            )
            name = short_path((mended.owner or mended).name)
            parts.append(say("{name} becomes {shape}", name=name, shape=becomes))
    for node in after.layers:
        if node.name in wanted and node.output is not None and node is not mended:
            parts.append(f"{short_path(node.name)} {_sizes(node.output, layout)}")
    return chained(parts)


def output_changes(before: Network, after: Network, layout: str) -> list[str]:
    """Each output whose known shape changes: `7x7x512 -> 8x8x512`."""
    return [
        f"{format_shape(old.output, layout)} -> {format_shape(new.output, layout)}"
        for old, new in zip(before.outputs, after.outputs, strict=False)
        if old.output != new.output and old.output and old.output.known
    ]


def layers_reached(before: Network, after: Network, edits: Sequence[Edit], source: Source) -> int:
    """How many layers are new or have other values, where these are more than the lines with an edit."""
    old = {node.name: node.layer for node in before.layers}
    count = sum(node.name not in old for node in after.layers)
    for node in after.layers:
        layer, twin = node.layer, old.get(node.name)
        if layer is not None and twin is not None and layer is not twin and node.owner is None:
            count += type(layer) is type(twin) and layer.given != twin.given
    return count if count > len({source.position(edit.span.start)[0] for edit in edits}) else 0


def left(source: Source, errors: list[Diagnostic]) -> str:
    """The problem that remains first: `leaves pool-not-divisible on line 9`."""
    first = errors[0]
    return say("leaves {rule} on line {line}", rule=first.rule, line=source.line_of(first.span.start))


def _sizes(shape: Shape, layout: str) -> str:
    if not shape.rank:
        return str(shape[0])
    return str(shape.sizes[0]) if len(set(shape.sizes)) == 1 else format_sizes(shape.sizes)
