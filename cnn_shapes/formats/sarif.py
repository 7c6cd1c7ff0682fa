"""SARIF 2.1.0 (OASIS), which code scanning of GitHub, Azure DevOps and many editors read.

Columns count characters (`unicodeCodePoints`), as ours do.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from cnn_shapes.checking import NO_VERDICT
from cnn_shapes.diagnostics import ERROR, INFO, WARNING, render
from cnn_shapes.formats.parts.ci_systems import Fingerprints, details, project_path
from cnn_shapes.formats.parts.faults import rendered
from cnn_shapes.formats.parts.streams import IN_JSON, Output
from cnn_shapes.formats.parts.terminal_text import DisplayOptions, clean, fix_text
from cnn_shapes.version import VERSION

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.diagnostics import Diagnostic, Fix
    from cnn_shapes.source import Source, Span

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {ERROR: "error", WARNING: "warning", INFO: "note"}


def write(reports: Iterable[CheckResult], out: Output, options: DisplayOptions) -> None:
    rules: dict[str, int] = {}  # with their places in the list of rules
    results = []
    notifications = []
    readable = True
    fingerprints = Fingerprints()
    for report in reports:
        path = project_path(report.source.path)
        for found, result in rendered(report, lambda one: _results(one, fingerprints)):
            readable = readable and found.rule not in NO_VERDICT
            place = rules.setdefault(found.rule, len(rules))
            results.append({"ruleId": found.rule, "ruleIndex": place, **result})
        if report.omitted:
            text = f"{clean(path)}: and {report.omitted:,} more"
            notifications.append({"level": "note", "message": {"text": text}})
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


def _results(report: CheckResult, fingerprints: Fingerprints) -> list[tuple[Diagnostic, dict[str, Any]]]:
    path = project_path(report.source.path)
    return [
        (found, _result(report, found, fingerprints.of(report, found, path))) for found in report.diagnostics
    ]


def _result(report: CheckResult, found: Diagnostic, fingerprint: str) -> dict[str, Any]:
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
        "partialFingerprints": {"cnnShapesFinding/v1": fingerprint},
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
