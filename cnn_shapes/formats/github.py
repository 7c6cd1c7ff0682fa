"""Workflow commands of GitHub Actions: each problem becomes an annotation at its place.

GitHub shows ten errors and ten warnings of a step at most, so the most severe come first.
The escapes are those of `actions/toolkit`, packages/core/src/command.ts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cnn_shapes.diagnostics import ERROR, INFO, SEVERITIES, WARNING
from cnn_shapes.formats.parts.ci_systems import details, project_path
from cnn_shapes.formats.parts.streams import Output
from cnn_shapes.formats.parts.terminal_text import DisplayOptions, clean, disarmed

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.diagnostics import Diagnostic

_COMMANDS = {ERROR: "error", WARNING: "warning", INFO: "notice"}
_IN_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTIES = {**_IN_DATA, ":": "%3A", ",": "%2C"}


def write(fragments: Iterable[list[tuple[str, str]]], out: Output, options: DisplayOptions) -> None:
    lines: dict[str, list[str]] = {severity: [] for severity in SEVERITIES}
    for found in fragments:
        for severity, line in found:
            lines[severity].append(line)
    for severity in SEVERITIES:
        for line in lines[severity]:
            out.line(line, obeyed=True)


def fragment(report: CheckResult, options: DisplayOptions) -> list[tuple[str, str]]:
    """The severity and the command of each problem."""
    annotations = [(found.severity, _annotation(report, found)) for found in report.diagnostics]
    if report.omitted:
        path = project_path(report.source.path)
        text = f"{clean(path)}: and {report.omitted:,} more"
        annotations.append((INFO, command("notice", {"file": path, "title": "cnn-shapes"}, text)))
    return annotations


def _annotation(report: CheckResult, found: Diagnostic) -> str:
    source, span = report.source.written(found.span)
    path = project_path(source.path)
    line, column = source.position(span.start)
    end_line, end_column = source.position(span.end)
    properties: dict[str, str | int] = {"title": f"cnn-shapes ({found.rule})", "file": path, "line": line}
    if line == end_line:  # over several lines GitHub takes no columns
        properties |= {"col": column, "endColumn": max(end_column, column + 1)}
    properties["endLine"] = end_line
    # the log shows the text alone, so that it names the place again
    head = (
        f"{clean(path)}:{line}:{column}: {found.severity}[{found.rule}] {clean(found.message(report.layout))}"
    )
    return command(_COMMANDS[found.severity], properties, "\n".join([head, *details(report, found)]))


def command(name: str, properties: dict[str, str | int], data: str) -> str:
    """`::name key=value,key=value::data`."""
    written = ",".join(f"{key}={_escaped(str(value), _IN_PROPERTIES)}" for key, value in properties.items())
    return f"::{name} {written}::{_escaped(disarmed(data), _IN_DATA)}"


def _escaped(text: str, escapes: dict[str, str]) -> str:
    return "".join(escapes.get(character, character) for character in text)
