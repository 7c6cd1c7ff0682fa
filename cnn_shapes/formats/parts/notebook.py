"""A report in a notebook: the table and the problems as HTML, with the colours of the page it is on."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from cnn_shapes.formats.parts.terminal_text import DisplayOptions, clean, plain

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.outline import TableRow
    from cnn_shapes.trace import Trace

_STYLES = {"ok": "", "error": "color: #d33", "assumed": "color: #b3b", "unreached": "opacity: 0.6"}
_NUMBER = "text-align: right"


def report_as_html(report: CheckResult) -> str:
    """A heading, a table and one `<pre>` a problem. Text out of the spec is escaped: it is never markup."""
    from cnn_shapes.formats.parts.snippet import problem

    parts = [f"<p><b>{_text(report.source.path)}</b> {report.inputs_text()}</p>"]
    if report.trace is not None and report.trace.steps:
        parts.append(_table(report, report.trace))
    options = DisplayOptions()
    for found in report.diagnostics:
        shown = "".join(f"{plain(line)}\n" for line in problem(report, found, options))
        parts.append(f"<pre>{escape(shown)}</pre>")
    if report.omitted:
        parts.append(f"<p>and {report.omitted:,} more</p>")
    return f"<div>{''.join(parts)}</div>"


def _table(report: CheckResult, traced: Trace) -> str:
    from itertools import islice

    from cnn_shapes import outline
    from cnn_shapes.formats.parts.table import totals

    root = outline.tree(traced)
    depth = outline.fitting_depth(root, outline.READABLE)
    shown = list(islice(outline.rows(traced, root, depth, report.layout), outline.MOST))
    heads = "".join(f"<th>{head}</th>" for head in ("#", "layer", "output", "how", "params", "MACs", "RF"))
    body = "".join(map(_row, shown))
    below = "\n".join(totals(report, traced, shown, DisplayOptions()))
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table><pre>{escape(below)}</pre>"


def _row(row: TableRow) -> str:
    indented = f"padding-left: {row.depth * 1.5 + 0.5}em; text-align: left"
    cells = [
        ("text-align: left", row.index),
        (indented, row.text),
        ("text-align: left", row.output),
        ("text-align: left", row.why),
        (_NUMBER, "" if row.params is None else f"{row.params:,}"),
        (_NUMBER, "" if row.macs is None else f"{row.macs:,}"),
        (_NUMBER, row.receptive_field),
    ]
    tds = "".join(f'<td style="{style}">{_text(text)}</td>' for style, text in cells)
    return f'<tr style="{_STYLES[row.state]}">{tds}</tr>'


def _text(text: str) -> str:
    return escape(clean(text))
