"""A Code Quality report of GitLab CI: a JSON list that a merge request shows beside its changes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TextIO

from cnn_shapes.diagnostics import ERROR, INFO, WARNING
from cnn_shapes.formats.machine import Fingerprints, details, project_path
from cnn_shapes.formats.text import clean

if TYPE_CHECKING:
    from cnn_shapes.check import Report
    from cnn_shapes.diagnostics import Diagnostic
    from cnn_shapes.formats import Options

_SEVERITIES = {ERROR: "major", WARNING: "minor", INFO: "info"}


def write(reports: Iterable[Report], out: TextIO, options: Options) -> None:
    fingerprints = Fingerprints()
    entries = [
        json.dumps(_entry(report, found, project_path(report.source.path), fingerprints))
        for report in reports
        for found in report.diagnostics
    ]
    listed = ",\n  ".join(entries)
    out.write(f"[\n  {listed}\n]\n" if entries else "[]\n")


def _entry(report: Report, found: Diagnostic, path: str, fingerprints: Fingerprints) -> dict[str, Any]:
    line, column = report.source.position(found.span.start)
    end_line, end_column = report.source.position(found.span.end)
    return {
        "description": f"{found.rule}: {clean(found.message(report.layout))}",
        "content": {"body": "\n".join(details(report, found))},
        "check_name": found.rule,
        "fingerprint": fingerprints.of(report, found, path),
        "severity": _SEVERITIES[found.severity],
        "location": {
            "path": path,
            "positions": {
                "begin": {"line": line, "column": column},
                "end": {"line": end_line, "column": end_column},
            },
        },
    }
