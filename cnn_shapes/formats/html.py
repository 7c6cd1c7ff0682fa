"""A page that needs nothing else: of each file the picture, the table, and its problems with their fixes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from cnn_shapes.draw import has_window, window
from cnn_shapes.draw.kit.svg import escaped
from cnn_shapes.draw.page import FOOT, figure, head
from cnn_shapes.formats.parts import notebook, streams
from cnn_shapes.formats.parts.terminal_text import counted
from cnn_shapes.source import shown_path

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.formats.parts.streams import Output
    from cnn_shapes.formats.parts.terminal_text import DisplayOptions

_MOST_WINDOWS = 3  # of layers that fail


class FileSection(NamedTuple):
    """What the page has of a file; whether it has errors, and warnings."""

    markup: str
    failed: bool
    warned: bool


def fragment(report: CheckResult, options: DisplayOptions) -> FileSection:
    """Of several files those that have problems, and the others too where tables are asked for."""
    is_shown = report.diagnostics or options.shows_tables or not options.several
    markup = "".join(_parts(report, options)) if is_shown else ""
    return FileSection(markup, bool(report.errors), bool(report.warnings))


def write(fragments: Iterable[FileSection], out: Output, options: DisplayOptions) -> None:
    out.text(head("cnn-shapes"), streams.IN_XML)
    checked = wrong = doubtful = 0
    for section in fragments:
        checked, wrong, doubtful = checked + 1, wrong + section.failed, doubtful + section.warned
        if section.markup:
            out.text(section.markup, streams.IN_XML)
    if options.several:
        out.text(f"<p>{counted(checked, wrong, doubtful)}</p>\n")
    out.text(FOOT)


def _parts(report: CheckResult, options: DisplayOptions) -> Iterator[str]:
    yield f"<h1>{escaped(shown_path(report.source.path))} <small>{report.inputs_text()}</small></h1>\n"
    if picture := notebook.picture(report):
        yield figure(picture)
    for name in _failed(report):
        yield figure(window(report, name))
    for shown in notebook.problems(report):
        yield f"{shown}\n"
    if table := notebook.table(report, options):
        yield f'<div class="table">{table}</div>\n'


def _failed(report: CheckResult) -> list[str]:
    """The layers with a window that fail, the first of them."""
    names = dict.fromkeys(found.layer for found in report.errors if found.layer is not None)
    return [name for name in names if has_window(report, name)][:_MOST_WINDOWS]
