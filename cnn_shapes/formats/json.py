"""The stable contract for programs, version 1: every file, layer, problem and fix. ASCII, one line a file.

Sizes are in the spec's own layout. An unknown axis is null, a wholly unknown shape is null.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from cnn_shapes.diagnostics import in_layout, render
from cnn_shapes.formats.parts.streams import IN_JSON, Output
from cnn_shapes.formats.parts.terminal_text import DisplayOptions
from cnn_shapes.memory import FLOAT32, memory_of
from cnn_shapes.outline import formula, is_blind, status
from cnn_shapes.shapes import UNKNOWN, Shape

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.diagnostics import Diagnostic, Fix
    from cnn_shapes.source import Source, Span
    from cnn_shapes.trace import Step, Trace

VERSION = 1


class FileEntry(NamedTuple):
    """The element of a file, and how many errors and warnings it has."""

    text: str
    errors: int
    warnings: int


def fragment(report: CheckResult, options: DisplayOptions) -> FileEntry:
    entry = file_entry(report, options.dtype or FLOAT32, options.batch or 1)
    return FileEntry(json.dumps(entry), len(report.errors), len(report.warnings))


def write(fragments: Iterable[FileEntry], out: Output, options: DisplayOptions) -> None:
    files: list[str] = []
    errors = warnings = 0
    for entry in fragments:
        files.append(entry.text)
        errors += entry.errors
        warnings += entry.warnings
    summary = json.dumps({"files": len(files), "errors": errors, "warnings": warnings})
    # all at once: half an answer would not be JSON
    listed = ",\n  ".join(files)
    out.text(f'{{"version": {VERSION},\n "files": [\n  {listed}],\n "summary": {summary}}}\n', IN_JSON)


def file_entry(report: CheckResult, dtype: str = FLOAT32, batch: int = 1) -> dict[str, Any]:
    """One element of `files`; the memory is that of numbers of `dtype` and a batch of so many samples."""
    spec, traced, layout = report.spec, report.trace, report.layout
    outputs = [] if traced is None else traced.network.outputs
    entry: dict[str, Any] = {
        "path": report.source.path,
        "name": spec.name if spec else None,
        "layout": layout,
        "input": _sizes(report.input, layout),
        "output": _sizes(outputs[0].output, layout) if outputs else None,
        "outputs": [{"name": node.name, "shape": _sizes(node.output, layout)} for node in outputs],
        "layers": [] if traced is None else [_layer(step, traced, report) for step in traced.steps],
        "totals": None if traced is None else traced.totals._asdict(),
        "memory": None if traced is None else _memory(traced, dtype, batch),
        "diagnostics": [_diagnostic(found, report) for found in report.diagnostics],
    }
    if spec is not None and spec.inputs:
        entry["inputs"] = [
            {"name": name, "shape": _sizes(one.shape, layout)} for name, one in spec.inputs.items()
        ]
    if report.omitted:
        entry["omitted"] = report.omitted
    return entry


def _memory(traced: Trace, dtype: str, batch: int) -> dict[str, Any]:
    """Bytes, and for each figure the layer that has most of them, or at which the peak is."""
    found = memory_of(traced, dtype, batch)
    figures = found.figures()
    return {
        "dtype": found.dtype,
        "batch": found.batch,
        **{name: figure.size for name, figure in figures.items()},
        "layers": {name: figure.node and figure.node.name for name, figure in figures.items()},
    }


def _layer(step: Step, traced: Trace, report: CheckResult) -> dict[str, Any]:
    node, layout = step.node, report.layout
    jump = traced.jump(step)
    found = {
        "index": node.index,
        "name": node.name,
        "kind": node.kind,
        "line": _line(report.source, node.place.span),
        "inputs": [source.name for source in node.inputs],
        "input_shapes": [_sizes(shape, layout) for shape in node.input_shapes[: len(node.inputs)]],
        "output_shape": _sizes(node.output, layout),
        "formula": formula(node),
        "params": step.params,
        "non_trainable_params": step.non_trainable_params,
        "macs": step.macs,
        "receptive_field": None if is_blind(step) else list(traced.receptive_field(step)),
        "jump": None if jump is None else list(jump),
        "status": status(node),
    }
    if node.shares is not None:
        found["shares"] = node.shares.name
    return found


def _line(source: Source, span: Span) -> int:
    text, place = source.reported(span)
    return text.position(place.start)[0]


def _sizes(shape: Shape | None, layout: str) -> list[int | None] | None:
    if shape is None or all(size == UNKNOWN for size in shape):
        return None
    return [size or None for size in in_layout(shape, layout)]


def _diagnostic(found: Diagnostic, report: CheckResult) -> dict[str, Any]:
    source, layout = report.source, report.layout
    text, span = source.reported(found.span)
    line, column = text.position(span.start)
    end_line, end_column = text.position(span.end)
    entry = {
        "rule": found.rule,
        "severity": found.severity,
        "message": found.message(layout),
        "facts": {name: _fact(value, layout) for name, value in found.facts.items()},
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "layer": found.layer,
        "notes": [render(note.template, note.facts, layout) for note in found.notes],
        "fixes": [_fix(fix, source) for fix in found.fixes],
    }
    if source.is_derived:
        written, span = source.written(found.span)
        entry["source"] = {"path": written.path, "line": written.position(span.start)[0]}
    return entry


def _fix(fix: Fix, source: Source) -> dict[str, Any]:
    return {
        "title": fix.title,
        "safe": fix.safe,
        "valid": fix.valid,
        "remaining_problems": fix.remaining,
        "edits": [
            {"start": edit.span.start, "end": edit.span.end, "text": edit.text}
            for edit in ([] if source.is_derived else fix.edits)
        ],
    }


def _fact(value: Any, layout: str) -> Any:
    if isinstance(value, Shape):
        return _sizes(value, layout)
    if isinstance(value, list | tuple):
        return [_fact(item, layout) for item in value]
    if isinstance(value, Mapping):
        return {str(name): _fact(item, layout) for name, item in value.items()}
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float) and value - value == 0:
        return value
    return str(value)  # JSON has no infinity and no NaN; a Fraction reads as it is written
