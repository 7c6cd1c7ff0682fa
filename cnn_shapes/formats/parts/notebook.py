"""A report as HTML, for a notebook and for a page: its picture, its table and its problems.

The colours go with the page it is on. Text out of a spec is escaped: it is never markup.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from cnn_shapes.formats.parts.terminal_text import DisplayOptions, clean, plain

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.formats.parts.columns import TableColumn
    from cnn_shapes.outline import TableRow
    from cnn_shapes.trace import Totals, Trace

_PLAIN = DisplayOptions()
_STYLES = {"ok": "", "error": "color: #d33", "assumed": "color: #b3b", "unreached": "opacity: 0.6"}


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


def table(report: CheckResult, options: DisplayOptions | None = None) -> str:
    """The layers in rows, and the totals below; empty where there are none.

    What is said of rows that are left out names options of the command: only where these are given.
    """
    traced = report.trace
    return _table(report, traced, options) if traced is not None and traced.steps else ""


def _table(report: CheckResult, traced: Trace, options: DisplayOptions | None) -> str:
    from cnn_shapes.formats.parts.columns import chosen, shown_rows
    from cnn_shapes.formats.parts.table import totals

    columns = chosen(options or _PLAIN)
    shown, remark = shown_rows(report, traced, options or _PLAIN)
    heads = "".join(f"<th>{column.name}</th>" for column in columns)
    body = "".join(_row(row, columns, traced.totals, options or _PLAIN) for row in shown)
    remarks = [remark] if remark and options is not None else []
    dtype, batch = (options.dtype, options.batch) if options is not None else (None, None)
    below = "\n".join([*remarks, *totals(report, traced, shown, _PLAIN._replace(dtype=dtype, batch=batch))])
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table><pre>{escape(below)}</pre>"


def _row(row: TableRow, columns: list[TableColumn], totals: Totals, options: DisplayOptions) -> str:
    from cnn_shapes.formats.parts.columns import text_of

    cells = []
    for column in columns:
        style = f"text-align: {'right' if column.is_right else 'left'}"
        if column.name == "layer":
            style = f"padding-left: {row.depth * 1.5 + 0.5}em; {style}"
        text = text_of(column, row, totals, options, "{:,}".format)
        cells.append(f'<td style="{style}">{_text(text)}</td>')
    return f'<tr style="{_STYLES[row.state]}">{"".join(cells)}</tr>'


def _text(text: str) -> str:
    return escape(clean(text))
