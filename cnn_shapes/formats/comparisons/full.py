"""For people: what changed, what follows from it, both totals, and the errors of either side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cnn_shapes.comparing.figures import signed
from cnn_shapes.formats import show
from cnn_shapes.formats.parts.compared_rows import (
    CHANGE,
    ChangeRow,
    TotalRow,
    change_rows,
    failed,
    growth_text,
    renamed_text,
    total_rows,
)
from cnn_shapes.formats.parts.terminal_text import Line, Styled, cells, clean, cut, folded, wrapped
from cnn_shapes.shown_text import short_number
from cnn_shapes.source import shown_path

if TYPE_CHECKING:
    from cnn_shapes.formats.parts.compared_rows import ShownComparison
    from cnn_shapes.formats.parts.streams import Output
    from cnn_shapes.formats.parts.terminal_text import DisplayOptions

_GAP = "  "
_MARGIN = 2
_LEAST = 32  # cells of the text of a change beside its figures


def write(shown: ShownComparison, out: Output, options: DisplayOptions) -> None:
    for number, block in enumerate(_blocks(shown, options)):
        if number:
            out.line()
        out.lines(block)
    for report in failed(shown.comparison):
        out.line()
        errors = report.with_diagnostics(report.errors)
        show("full", [errors], out, options._replace(tables=False, quiet=True))


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
    if comparison.is_whole and not comparison.is_same:
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
    """The rows, with their figures in two columns, or after the text where the terminal is too narrow."""
    figures = {
        "params": ["" if row.params is None else signed(row.params, short_number) for row in rows],
        "MACs": ["" if row.macs is None else signed(row.macs, short_number) for row in rows],
    }
    figures = {head: texts for head, texts in figures.items() if any(texts)}
    widths = {head: max(map(cells, (head, *texts))) for head, texts in figures.items()}
    texts = [_text(row, options) for row in rows]
    margin = _MARGIN + max(len(row.number) for row in rows) + len(_GAP)
    beside = sum(width + len(_GAP) for width in widths.values())
    room = max(map(cells, texts))
    if options.width is not None and options.width - margin - beside < min(room, _LEAST):
        told = [
            ", ".join(f"{head} {found}" for head, some in figures.items() if (found := some[place]))
            for place in range(len(rows))
        ]
        texts = [", ".join(filter(None, (text, more))) for text, more in zip(texts, told, strict=True)]
        figures, beside = {}, 0
        room = max(map(cells, texts))
    if options.width is not None:
        room = max(min(room, options.width - margin - beside), _LEAST // 2)
    if figures:
        heads = [f"{head:>{widths[head]}}" for head in figures]
        yield (Styled(_GAP.join((" " * (margin + room), *heads)), "bold"),)
    for place, row in enumerate(rows):
        first, *more = _hanging(texts[place], room)
        shown = [f"{some[place]:>{widths[head]}}" for head, some in figures.items()]
        start = f"{row.number:>{margin - len(_GAP)}}{_GAP}{first}"
        yield (_GAP.join((f"{start}{' ' * (room - cells(first))}", *shown)).rstrip(),)
        yield from ((f"{' ' * margin}{line}",) for line in more)


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


def _totals(shown: ShownComparison, options: DisplayOptions) -> Iterator[Line]:
    samples = "one sample" if shown.batch == 1 else f"a batch of {shown.batch:,}"
    table = _table(shown, compact=False)
    if options.width is not None and _width(table) + _MARGIN > options.width:
        table = _table(shown, compact=True)
    if options.width is not None and _width(table) + _MARGIN > options.width:
        head, *rows = table
        table = [head._replace(difference="growth")]
        table += [row._replace(difference=row.percent or row.difference, percent="") for row in rows]
    widths = _widths(table)
    for row in table:
        cells_of_row = [
            f"{text}{' ' * (width - cells(text))}" if not column else f"{' ' * (width - cells(text))}{text}"
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        text = clean(_GAP.join(cells_of_row).rstrip(), options.encoding)
        yield (" " * _MARGIN, Styled(text, "bold" if row is table[0] else ""))
    yield ()
    yield from _folded(f"  memory for {samples} in {shown.dtype}", options, "dim")


def _table(shown: ShownComparison, compact: bool) -> list[TotalRow]:
    return [
        TotalRow("", "before", "after", "difference"),
        *total_rows(shown.comparison, shown.totals, compact=compact),
    ]


def _widths(table: list[TotalRow]) -> list[int]:
    return [max(map(cells, column)) for column in zip(*table, strict=True)]


def _width(table: list[TotalRow]) -> int:
    widths = _widths(table)
    return sum(widths) + len(_GAP) * (len(widths) - 1)
