"""A page that needs nothing else: of each file the picture, the table, and its problems with their fixes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from cnn_shapes.draw import has_window, window
from cnn_shapes.draw.kit.svg import escaped
from cnn_shapes.draw.page import FOOT, figure, head
from cnn_shapes.formats.parts import notebook, streams
from cnn_shapes.formats.parts.faults import rendered
from cnn_shapes.formats.parts.terminal_text import counted
from cnn_shapes.source import shown_path

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.formats.parts.streams import Output
    from cnn_shapes.formats.parts.terminal_text import DisplayOptions

_MOST_WINDOWS = 3  # of layers that fail


def write(reports: Iterable[CheckResult], out: Output, options: DisplayOptions) -> None:
    """Of several files those that have problems, and the others too where tables are asked for."""
    out.text(head("cnn-shapes"), streams.IN_XML)
    checked = wrong = doubtful = 0
    for report in reports:
        shown = rendered(report, _section)
        checked, wrong = checked + 1, wrong + bool(report.errors)
        doubtful += bool(report.warnings)
        if report.diagnostics or options.shows_tables or not options.several:
            out.text(shown, streams.IN_XML)
    if options.several:
        out.text(f"<p>{counted(checked, wrong, doubtful)}</p>\n")
    out.text(FOOT)


def _section(report: CheckResult) -> str:
    return "".join(_parts(report))


def _parts(report: CheckResult) -> Iterator[str]:
    yield f"<h1>{escaped(shown_path(report.source.path))} <small>{report.inputs_text()}</small></h1>\n"
    if picture := notebook.picture(report):
        yield figure(picture)
    for name in _failed(report):
        yield figure(window(report, name))
    for shown in notebook.problems(report):
        yield f"{shown}\n"
    if table := notebook.table(report):
        yield f'<div class="table">{table}</div>\n'


def _failed(report: CheckResult) -> list[str]:
    """The layers with a window that fail, the first of them."""
    names = dict.fromkeys(found.layer for found in report.errors if found.layer is not None)
    return [name for name in names if has_window(report, name)][:_MOST_WINDOWS]
