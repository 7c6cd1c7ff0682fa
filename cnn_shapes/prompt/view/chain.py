"""A chain as a blog shows it: a line of layers, and under each the size that comes out of it."""

from __future__ import annotations

from collections.abc import Iterator

from cnn_shapes.diagnostics import format_shape, format_sizes
from cnn_shapes.formats.parts.terminal_text import cells, clean
from cnn_shapes.prompt.session.replies import ChainGiven, ReplyLine
from cnn_shapes.prompt.session.state import steps_of

_ARROW = " -> "
_MARGIN = "  "


def chain(fact: ChainGiven) -> Iterator[ReplyLine]:
    """The two lines of a chain; on a narrow terminal as many pairs of them as it needs."""
    session = fact.session
    encoding, width = session.options.encoding, session.options.width
    columns = [(fact.source, "")]
    columns += [(" ".join(clean(text, encoding).split()), _size(fact, number)) for text, number in fact.links]
    layers, sizes = _MARGIN, _MARGIN
    is_first = True
    for layer, size in columns:
        wide = max(cells(layer), cells(size))
        arrow = "" if is_first else _ARROW
        if not is_first and width is not None and cells(layers) + len(arrow) + wide > width:
            yield from _pair(layers, sizes)
            layers, sizes, arrow = _MARGIN, _MARGIN, _ARROW.lstrip()
        layers += arrow + layer + " " * (wide - cells(layer))
        sizes += " " * len(arrow) + size + " " * (wide - cells(size))
        is_first = False
    yield from _pair(layers, sizes)


def _pair(layers: str, sizes: str) -> Iterator[ReplyLine]:
    yield ReplyLine(layers.rstrip())
    if sizes.strip():
        yield ReplyLine(sizes.rstrip())


def _size(fact: ChainGiven, number: int) -> str:
    """The size that comes out of a layer."""
    report = fact.session.report
    steps = steps_of(report, number) if number else []
    output = steps[-1].node.output if steps and steps[-1].node.error is None else None
    if output is None:
        return "?"
    return format_sizes(output.sizes) if fact.is_axis and output.rank else format_shape(output, report.layout)
