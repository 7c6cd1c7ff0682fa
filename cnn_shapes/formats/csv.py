"""A table for spreadsheets and scripts, a row a layer of every file. The problems are not in it.

Sizes are in the spec's own layout, as 28x28x1. What is not known is empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import prod
from typing import TYPE_CHECKING

from cnn_shapes.diagnostics import format_shape, format_sizes
from cnn_shapes.formats.parts.columns import element_size
from cnn_shapes.formats.parts.streams import IN_TEXT, Output
from cnn_shapes.formats.parts.terminal_text import DisplayOptions
from cnn_shapes.outline import is_blind, status
from cnn_shapes.shown_text import csv_line, is_formula
from cnn_shapes.source import shown_path

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.shapes import Shape
    from cnn_shapes.trace import Step, Trace

SHOWS_FIXES = SHOWS_PROBLEMS = False
HEADERS = (
    *("file", "index", "name", "kind", "line", "input_shapes", "output_shape"),
    *("params", "non_trainable_params", "macs", "activation_bytes", "receptive_field", "jump", "status"),
)


def fragment(report: CheckResult, options: DisplayOptions) -> str:
    """The rows of a file."""
    traced = report.trace
    return "" if traced is None else "".join(_rows(report, traced, element_size(options)))


def write(fragments: Iterable[str], out: Output, options: DisplayOptions) -> None:
    out.text(csv_line(HEADERS), IN_TEXT)
    for rows in fragments:
        out.text(rows, IN_TEXT)


def _rows(report: CheckResult, traced: Trace, size: int) -> Iterator[str]:
    path = _path(report)
    for step in traced.steps:
        node = step.node
        source, span = report.source.reported(node.place.span)
        inputs = [_sizes(shape, report.layout) for shape in node.input_shapes[: len(node.inputs)]]
        known = any(inputs)
        yield csv_line(
            (
                path,
                node.index,
                node.name,
                node.kind,
                source.position(span.start)[0],
                " ".join(shape or "?" for shape in inputs) if known else "",
                _sizes(node.output, report.layout),
                step.params,
                step.non_trainable_params,
                step.macs,
                prod(node.output) * size if node.output is not None and node.output.known else None,
                "" if is_blind(step) else format_sizes(traced.receptive_field(step)),
                _jump(step, traced),
                status(node),
            )
        )


def _path(report: CheckResult) -> str:
    """The path of a file; where it would be taken for a formula, ./ before it means the same file."""
    path = shown_path(report.source.path)
    return f"./{path}" if is_formula(path) else path


def _sizes(shape: Shape | None, layout: str) -> str:
    return "" if shape is None or not any(shape) else format_shape(shape, layout)


def _jump(step: Step, traced: Trace) -> str:
    jump = traced.jump(step)
    return "" if jump is None else "x".join("?" if size is None else str(size) for size in jump)
