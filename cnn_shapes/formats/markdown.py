"""For a pull request's comment: the table of one spec as GitHub draws it, the problems as in the log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from cnn_shapes.formats.parts.columns import TEXT, TableColumn, chosen, shown_rows, text_of
from cnn_shapes.formats.parts.markdown_text import block, code, table
from cnn_shapes.formats.parts.snippet import problem
from cnn_shapes.formats.parts.streams import Output
from cnn_shapes.formats.parts.table import MARKS, totals
from cnn_shapes.formats.parts.terminal_text import DisplayOptions, counted, plain, short_number, symbol
from cnn_shapes.formats.parts.turns import held_back, in_turn
from cnn_shapes.source import shown_path

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.outline import TableRow
    from cnn_shapes.trace import Totals, Trace

_FIGURES = ("#", "output", "input", "RF")  # texts that are ours
_INDENT = "&emsp;"  # blanks at the beginning of a cell are not shown


class FileMarkdown(NamedTuple):
    """The lines of a file; whether it has errors, and warnings."""

    lines: list[str]
    failed: bool
    warned: bool


def fragment(report: CheckResult, options: DisplayOptions) -> FileMarkdown:
    """Of several files those that have problems, and the others too where tables are asked for."""
    return FileMarkdown(list(_lines(report, options)), bool(report.errors), bool(report.warnings))


def write(fragments: Iterable[FileMarkdown], out: Output, options: DisplayOptions) -> None:
    files = failed = warned = 0
    has_lines = False
    for file in fragments:
        if file.lines and has_lines:
            out.line()
        for line in file.lines:
            out.line(line)
        has_lines = has_lines or bool(file.lines)
        files, failed, warned = files + 1, failed + file.failed, warned + file.warned
    if options.several and not options.quiet:
        if has_lines:
            out.line()
        out.line(counted(files, failed, warned))


def _lines(report: CheckResult, options: DisplayOptions) -> Iterator[str]:
    traced = report.trace
    has_table = options.shows_tables and traced is not None and bool(traced.steps)
    if not (has_table or report.diagnostics or report.omitted):
        return
    yield f"### {code(shown_path(report.source.path))} {code(report.inputs_text())}".rstrip()
    if has_table and traced is not None:
        yield ""
        yield from _table(report, traced, options)
    shown, waiting = in_turn(report.diagnostics)
    for found in shown:
        yield ""
        yield from block([plain(line) for line in problem(report, found, DisplayOptions())])
    if waiting:
        yield ""
        yield held_back(shown, waiting)
    if report.omitted:
        yield ""
        yield f"and {report.omitted:,} more"


def _table(report: CheckResult, traced: Trace, options: DisplayOptions) -> Iterator[str]:
    rows, remark = shown_rows(report, traced, options)
    columns = [one for one in chosen(options) if any(one.value(row) not in (None, "") for row in rows)]
    headers = [column.name for column in columns]
    are_right = [column.is_right for column in columns]
    cells = [[_cell(one, row, traced.totals, options) for one in columns] for row in rows]
    if any(row.state != "ok" for row in rows):
        headers, are_right = ["", *headers], [False, *are_right]
        cells = [
            [symbol(MARKS[row.state], options.encoding), *of_row]
            for row, of_row in zip(rows, cells, strict=True)
        ]
    yield from table(headers, are_right, cells)
    if remark:
        yield ""
        yield remark
    yield ""
    plainly = DisplayOptions(dtype=options.dtype, batch=options.batch)
    yield from block(totals(report, traced, rows, plainly))


def _cell(column: TableColumn, row: TableRow, totals: Totals, options: DisplayOptions) -> str:
    count = short_number if column.name == "MACs" else "{:,}".format
    text = text_of(column, row, totals, options, count)
    if column.holds != TEXT or column.name in _FIGURES:
        return text
    return _INDENT * (row.depth * (column.name == "layer")) + code(text)
