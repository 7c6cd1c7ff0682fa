"""For a comment in a pull request or the summary of a CI run: tables of GitHub's Markdown.

Text out of a spec is in code spans, in which nothing is a link, a mention, a picture or HTML.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cnn_shapes.comparing.figures import signed
from cnn_shapes.formats import show
from cnn_shapes.formats.parts.compared_rows import (
    CHANGE,
    ChangeRow,
    change_rows,
    failed,
    growth_text,
    renamed_text,
    total_rows,
)
from cnn_shapes.formats.parts.markdown_text import code, table
from cnn_shapes.shown_text import short_number
from cnn_shapes.source import shown_path

if TYPE_CHECKING:
    from cnn_shapes.formats.parts.compared_rows import ShownComparison
    from cnn_shapes.formats.parts.streams import Output
    from cnn_shapes.formats.parts.terminal_text import DisplayOptions

_LONGEST = 300  # characters of a cell
_HEADS = ("#", "where", "change", "params", "MACs")
_RIGHT = (True, False, False, True, True)


def write(shown: ShownComparison, out: Output, options: DisplayOptions) -> None:
    for line in _lines(shown):
        out.line(line)
    for report in failed(shown.comparison):
        out.line()
        errors = report.with_diagnostics(report.errors)
        show("markdown", [errors], out, options._replace(tables=False, quiet=True))


def _lines(shown: ShownComparison) -> Iterator[str]:
    comparison = shown.comparison
    before, after = (_code(shown_path(name)) for name in shown.names)
    yield f"**{before} -> {after}**"
    yield ""
    if comparison.is_same:
        yield "The same network."
    elif comparison.is_whole:
        yield from _totals(shown)
    rows = list(change_rows(comparison, shown.all_layers)) if comparison.is_whole else []
    if rows:
        yield ""
        yield from table(_HEADS, _RIGHT, map(_change, rows))
    if renamed := renamed_text(comparison):
        yield ""
        yield f"Renamed: {_code(renamed)}"
    exceeded = [one for one in shown.limits if one.is_exceeded]
    if exceeded:
        yield ""
        yield from (
            f"- **{_code(growth_text(one.limit.figure, one.beside, one.limit.text))}**" for one in exceeded
        )


def _totals(shown: ShownComparison) -> Iterator[str]:
    samples = "one sample" if shown.batch == 1 else f"a batch of {shown.batch:,}"
    rows = total_rows(shown.comparison, shown.totals)
    body = (
        (
            row.label,
            row.before,
            row.after,
            f"{row.difference} ({row.percent})" if row.percent else row.difference,
        )
        for row in rows
    )
    yield from table(("", "before", "after", "difference"), (False, True, True, True), body)
    yield ""
    yield f"Memory for {samples} in {shown.dtype}."


def _change(row: ChangeRow) -> tuple[str, ...]:
    figures = ("" if figure is None else signed(figure, short_number) for figure in (row.params, row.macs))
    indent = "" if row.kind == CHANGE else "&emsp;"
    return (row.number, row.where, f"{indent}{_code(row.text)}", *figures)


def _code(text: str) -> str:
    """A span of code, of a text that is too long its beginning."""
    return code(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}...")
