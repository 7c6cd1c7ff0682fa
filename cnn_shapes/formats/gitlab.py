"""A Code Quality report of GitLab CI: a JSON list that a merge request shows beside its changes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from cnn_shapes.diagnostics import ERROR, INFO, WARNING
from cnn_shapes.formats.parts.ci_systems import Fingerprints, details, project_path, recognised_by
from cnn_shapes.formats.parts.streams import IN_JSON, Output
from cnn_shapes.formats.parts.terminal_text import DisplayOptions, clean
from cnn_shapes.source import Source, Span

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult

_SEVERITIES = {ERROR: "major", WARNING: "minor", INFO: "info"}


def fragment(report: CheckResult, options: DisplayOptions) -> list[dict[str, Any]]:
    """The entry of each problem, in the place of its fingerprint what it is made of."""
    return list(_entries(report))


def write(fragments: Iterable[list[dict[str, Any]]], out: Output, options: DisplayOptions) -> None:
    fingerprints = Fingerprints()
    entries: list[str] = []
    for found in fragments:
        for entry in found:
            entries.append(json.dumps(entry | {"fingerprint": fingerprints.of(entry["fingerprint"])}))
    listed = ",\n  ".join(entries)
    out.text(f"[\n  {listed}\n]\n" if entries else "[]\n", IN_JSON)


def _entries(report: CheckResult) -> Iterator[dict[str, Any]]:
    path = project_path(report.source.path)
    for found in report.diagnostics:
        yield {
            "description": f"{found.rule}: {clean(found.message(report.layout))}",
            "content": {"body": "\n".join(details(report, found))},
            "check_name": found.rule,
            "fingerprint": recognised_by(report, found, path),
            "severity": _SEVERITIES[found.severity],
            "location": _location(*report.source.written(found.span)),
        }
    if report.omitted:
        yield {
            "description": f"and {report.omitted:,} more",
            "content": {"body": ""},
            "check_name": "cnn-shapes",
            "fingerprint": ("", path),  # however many there are
            "severity": _SEVERITIES[INFO],
            "location": _location(report.source, Span(0, 0)),
        }


def _location(source: Source, span: Span) -> dict[str, Any]:
    line, column = source.position(span.start)
    end_line, end_column = source.position(span.end)
    return {
        "path": project_path(source.path),
        "positions": {
            "begin": {"line": line, "column": column},
            "end": {"line": end_line, "column": end_column},
        },
    }
