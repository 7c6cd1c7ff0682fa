"""For people: what changed, what follows from it, both totals, and the errors of either side."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import TYPE_CHECKING

from cnn_shapes.formats import full
from cnn_shapes.formats.parts.compared_rows import (
    CHANGE,
    ChangeRow,
    TotalRow,
    change_rows,
    growth_text,
    renamed_text,
    total_rows,
)
from cnn_shapes.formats.parts.terminal_text import Line, Styled, cells, clean, cut, folded, wrapped
from cnn_shapes.shown_text import short_number
from cnn_shapes.source import shown_path

if TYPE_CHECKING:
    from cnn_shapes.formats.comparisons import ShownComparison
    from cnn_shapes.formats.parts.streams import Output
    from cnn_shapes.formats.parts.terminal_text import DisplayOptions

_GAP = "  "
_MARGIN = 2
_LEAST = 24  # cells of the text of a change beside its figures


def write(shown: ShownComparison, out: Output, options: DisplayOptions) -> None:
    for number, block in enumerate(_blocks(shown, options)):
        if number:
            out.line()
        out.lines(block)
    failed = [report for report in shown.comparison.reports if report.errors]
    for report in failed:
        out.line()
        errors = report.with_diagnostics(report.errors)
        full.write([errors], out, options._replace(tables=False, quiet=True))


def _blocks(shown: ShownComparison, options: DisplayOptions) -> Iterator[list[Line]]:
    comparison = shown.comparison
    yield _heading(shown, options)
    if comparison.is_whole:
        rows = list(change_rows(comparison, shown.all_layers))
        if comparison.is_same:
            yield _folded("the same network", options, "bold")
        if rows:
            yield list(_changes(rows, options))
        if renamed := renamed_text(comparison):
            yield _folded(f"renamed: {renamed}", options)
    if not comparison.is_same:
        yield list(_totals(shown, options))
    if exceeded := [one for one in shown.limits if one.is_exceeded]:
        yield [
            line
            for one in exceeded
            for line in _folded(growth_text(one.limit.figure, one.beside, one.limit.text), options, "error")
        ]


def _folded(text: str, options: DisplayOptions, style: str = "") -> list[Line]:
    return [(Styled(line, style),) for line in folded(clean(text, options.encoding), options.width)]


def _heading(shown: ShownComparison, options: DisplayOptions) -> list[Line]:
    lines: list[Line] = []
    for head, name, report in zip(("before", "after"), shown.names, shown.comparison.reports, strict=True):
        text = f"{head:<6}   {clean(shown_path(name), options.encoding)}   {report.inputs_text()}"
        first, *more = folded(text, options.width)
        lines += [(Styled(first[:6], "bold"), first[6:]), *((line,) for line in more)]
    return lines


def _changes(rows: list[ChangeRow], options: DisplayOptions) -> Iterator[Line]:
    """The rows with their figures in two columns, which go where there is no room for them."""
    params = ["" if row.params is None else _signed(row.params) for row in rows]
    macs = ["" if row.macs is None else _signed(row.macs) for row in rows]
    columns = [(head, texts) for head, texts in (("params", params), ("MACs", macs)) if any(texts)]
    widths = [max(cells(head), *map(cells, texts)) for head, texts in columns]
    number = max((len(row.number) for row in rows), default=1)
    texts = [_text(row, options) for row in rows]
    taken = _MARGIN + number + len(_GAP) + sum(width + len(_GAP) for width in widths)
    widest = max(map(cells, texts))
    room = widest if options.width is None else min(widest, options.width - taken)
    if room < min(_LEAST, widest):
        columns, widths = [], []
        room = max(_LEAST, (options.width or taken) - _MARGIN - number - len(_GAP))
    if columns:
        heads = (f"{head:>{width}}" for (head, _), width in zip(columns, widths, strict=True))
        yield (Styled(_GAP.join((" " * (_MARGIN + number + len(_GAP) + room), *heads)), "bold"),)
    for place, row in enumerate(rows):
        figures = [f"{texts[place]:>{width}}" for (_, texts), width in zip(columns, widths, strict=True)]
        lines = _hanging(texts[place], room)
        for line, number_text, shown in zip_longest(lines, [row.number], [figures], fillvalue=None):
            blanks = " " * (room - cells(line or ""))
            parts = [f"{' ' * _MARGIN}{number_text or '':>{number}}", f"{line or ''}{blanks}", *(shown or ())]
            yield (_GAP.join(parts).rstrip(),)


def _text(row: ChangeRow, options: DisplayOptions) -> str:
    where = f"{row.where}: " if row.where else ""
    return f"{'' if row.kind == CHANGE else '  '}{clean(f'{where}{row.text}', options.encoding)}"


def _hanging(text: str, width: int) -> list[str]:
    """The lines of a text, those that go on two cells further in."""
    if cells(text) <= width:
        return [text]
    indent = len(text) - len(text.lstrip(" "))
    first, *more = wrapped(text[indent:], indent + 2, width, least=8)
    lines = [f"{' ' * indent}{first}", *(f"{' ' * (indent + 2)}{line}" for line in more)]
    return [part for line in lines for part in cut(line, width)]


def _signed(number: int) -> str:
    return f"{'+' if number > 0 else '-' if number < 0 else ''}{short_number(abs(number))}"


def _totals(shown: ShownComparison, options: DisplayOptions) -> Iterator[Line]:
    samples = "one sample" if shown.batch == 1 else f"a batch of {shown.batch:,}"
    rows = total_rows(shown.comparison, shown.totals)
    room = None if options.width is None else options.width - _MARGIN
    table = [("", "before", "after", "difference", ""), *rows]
    if room is not None and _width(table) > room:
        table = [table[0], *total_rows(shown.comparison, shown.totals, compact=True)]
    if room is not None and _width(table) > room:
        table = [TotalRow(row[0], row[1], row[2], row[4] or ("" if row[3] == "difference" else row[3])) for row in table]
    widths = [max(cells(row[column]) for row in table) for column in range(len(table[0]))]
    for place, row in enumerate(table):
        first, *others = row
        padded = [f"{' ' * (width - cells(text))}{text}" for text, width in zip(others, widths[1:], strict=True)]
        line = _GAP.join((f"{first}{' ' * (widths[0] - cells(first))}", *padded)).rstrip()
        yield (" " * _MARGIN, Styled(line, "" if place else "bold"))
    yield ()
    yield from _folded(f"  memory for {samples} in {shown.dtype}", options, "dim")


def _width(table: list[tuple[str, ...]] | list[TotalRow]) -> int:
    columns = range(len(table[0]))
    return sum(max(cells(row[column]) for row in table) for column in columns) + len(_GAP) * (len(columns) - 1)
