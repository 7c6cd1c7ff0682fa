"""SARIF 2.1.0 (OASIS), which code scanning of GitHub, Azure DevOps and many editors read.

Columns count characters (`unicodeCodePoints`), as ours do.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from cnn_shapes.checking import NO_VERDICT
from cnn_shapes.diagnostics import ERROR, INFO, WARNING, render
from cnn_shapes.formats.parts.ci_systems import Fingerprints, details, project_path, recognised_by
from cnn_shapes.formats.parts.streams import IN_JSON, Output
from cnn_shapes.formats.parts.terminal_text import DisplayOptions, clean, fix_text
from cnn_shapes.version import VERSION

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.diagnostics import Diagnostic, Fix
    from cnn_shapes.source import Source, Span

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {ERROR: "error", WARNING: "warning", INFO: "note"}


class FileResults(NamedTuple):
    """The rule of each problem of a file, what it is known by, and its result; what is left out."""

    results: list[tuple[str, tuple[str, ...], dict[str, Any]]]
    omitted: str


def fragment(report: CheckResult, options: DisplayOptions) -> FileResults:
    path = project_path(report.source.path)
    results = [
        (found.rule, recognised_by(report, found, path), _result(report, found))
        for found in report.diagnostics
    ]
    return FileResults(results, f"{clean(path)}: and {report.omitted:,} more" if report.omitted else "")


def write(fragments: Iterable[FileResults], out: Output, options: DisplayOptions) -> None:
    rules: dict[str, int] = {}  # with their places in the list of rules
    results = []
    notifications = []
    readable = True
    fingerprints = Fingerprints()
    for file in fragments:
        for rule, known_by, result in file.results:
            readable = readable and rule not in NO_VERDICT
            place = rules.setdefault(rule, len(rules))
            fingerprint = {"cnnShapesFinding/v1": fingerprints.of(known_by)}
            results.append({"ruleId": rule, "ruleIndex": place, **result, "partialFingerprints": fingerprint})
        if file.omitted:
            notifications.append({"level": "note", "message": {"text": file.omitted}})
    driver = {
        "name": "cnn-shapes",
        "version": VERSION,
        "semanticVersion": VERSION,
        "rules": [_rule(name) for name in rules],
    }
    invocation: dict[str, Any] = {"executionSuccessful": readable}
    if notifications:
        invocation["toolExecutionNotifications"] = notifications
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [invocation],
        "results": results,
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    out.text(json.dumps(log, indent=1) + "\n", IN_JSON)


def _rule(name: str) -> dict[str, Any]:
    from cnn_shapes.rules import RULES

    rule = RULES[name]
    why = " ".join(rule.why.split())
    parts = [why]
    marked = [why]
    for head, example in (("Bad", rule.bad), ("Good", rule.good)):
        if example:
            parts.append(f"{head}:\n{example}".rstrip())
            marked.append(f"{head}:\n```yaml\n{example}```")
    source = f"Source: {' '.join(rule.source.split())}"
    return {
        "id": name,
        "name": "".join(word.capitalize() for word in name.split("-")),
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": why},
        "help": {"text": "\n\n".join([*parts, source]), "markdown": "\n\n".join([*marked, source])},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": [rule.stage]},
    }


def _result(report: CheckResult, found: Diagnostic) -> dict[str, Any]:
    source, layout = report.source, report.layout
    location: dict[str, Any] = {"physicalLocation": _place(*source.written(found.span))}
    if found.rule in NO_VERDICT and not source.is_derived:
        del location["physicalLocation"]["region"]  # there is no text to point into
    if found.layer is not None:
        location["logicalLocations"] = [{"fullyQualifiedName": found.layer, "kind": "member"}]
    result: dict[str, Any] = {
        "level": _LEVELS[found.severity],
        "message": {"text": "\n".join([clean(found.message(layout)), *details(report, found)])},
        "locations": [location],
        "partialFingerprints": {},  # in its place: named when all are written
    }
    if found.labels:
        result["relatedLocations"] = [
            {
                "id": number,
                "message": {"text": clean(render(label.template, label.facts, layout))},
                "physicalLocation": _place(*source.written(label.span)),
            }
            for number, label in enumerate(found.labels, 1)
        ]
    fixes = [_fix(fix, source.user_text) for fix in found.fixes if fix.edits and not source.is_derived]
    if fixes:
        result["fixes"] = fixes
    return result


def _place(source: Source, span: Span) -> dict[str, Any]:
    return {"artifactLocation": {"uri": uri(source.path)}, "region": _region(source, span)}


def _region(source: Source, span: Span) -> dict[str, int]:
    line, column = source.position(span.start)
    end_line, end_column = source.position(span.end)
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}


def _fix(fix: Fix, source: Source) -> dict[str, Any]:
    replacements = [
        {"deletedRegion": _region(source, edit.span), "insertedContent": {"text": edit.text}}
        for edit in fix.edits
    ]
    change = {"artifactLocation": {"uri": uri(source.path)}, "replacements": replacements}
    return {"description": {"text": clean(fix_text(fix))}, "artifactChanges": [change]}


def uri(path: str) -> str:
    """A relative reference from the project's root; the URI of a file outside of it."""
    from urllib.parse import quote

    relative = project_path(path)
    if os.path.isabs(relative) or os.path.normpath(relative).split(os.sep)[0] == os.pardir:
        from pathlib import Path

        return Path(os.path.abspath(path)).as_uri()
    # a colon in the first part would be taken for a scheme
    return quote(os.fsencode(relative), safe="/")
