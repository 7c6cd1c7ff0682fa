"""A report as HTML, for a notebook and for a page: its picture, its table and its problems.

The colours go with the page it is on. Text out of a spec is escaped: it is never markup.
"""

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
    """A heading, the picture, the table and one `<pre>` a problem."""
    parts = [f"<p><b>{_text(report.source.path)}</b> {report.inputs_text()}</p>"]
    parts += [picture(report), table(report), *problems(report)]
    return f"<div>{''.join(parts)}</div>"


def picture(report: CheckResult) -> str:
    """The landscape as SVG; empty where there is no network."""
    from cnn_shapes.draw import Undrawable, landscape

    try:
        return landscape(report)
    except Undrawable:
        return ""


def problems(report: CheckResult) -> list[str]:
    """Each problem as the command shows it, with its fixes, in a `<pre>` of the class of its severity."""
    from cnn_shapes.formats.parts.snippet import problem

    options, parts = DisplayOptions(), []
    for found in report.diagnostics:
        shown = "".join(f"{plain(line)}\n" for line in problem(report, found, options))
        parts.append(f'<pre class="{found.severity}">{escape(shown)}</pre>')
    if report.omitted:
        parts.append(f"<p>and {report.omitted:,} more</p>")
    return parts


def table(report: CheckResult) -> str:
    """The layers in rows, and the totals below; empty where there are none."""
    traced = report.trace
    return _table(report, traced) if traced is not None and traced.steps else ""


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
