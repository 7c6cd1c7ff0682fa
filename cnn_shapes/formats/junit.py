"""JUnit XML, which nearly every CI system shows: a suite a file, a test case a problem that fails the run.

What is less severe than `fail-on` says fails no test; it is in the suite's `system-out`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from cnn_shapes.checking import NO_VERDICT
from cnn_shapes.diagnostics import at_least
from cnn_shapes.formats.parts.ci_systems import details, project_path
from cnn_shapes.formats.parts.streams import IN_XML, Output
from cnn_shapes.formats.parts.terminal_text import DisplayOptions, clean

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.diagnostics import Diagnostic

# what XML 1.0 cannot hold in any form (section 2.2)
_FORBIDDEN = "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}


class Suite(NamedTuple):
    """The suite of a file, and its counts."""

    text: str
    tests: int
    failures: int
    errors: int


def write(fragments: Iterable[Suite], out: Output, options: DisplayOptions) -> None:
    suites = []
    tests = failures = errors = 0
    for suite in fragments:
        suites.append(suite.text)
        tests += suite.tests
        failures += suite.failures
        errors += suite.errors
    out.line('<?xml version="1.0" encoding="utf-8"?>')
    head = f'name="cnn-shapes" tests="{tests}" failures="{failures}" errors="{errors}"'
    out.text(f"<testsuites {head}>\n{''.join(suites)}</testsuites>\n", IN_XML)


def _failed(report: CheckResult) -> list[Diagnostic]:
    """What fails the run: of a file without a verdict that, whatever `fail-on` says."""
    failing = at_least(report.settings.fail_on)
    return [found for found in report.diagnostics if found.severity in failing or found.rule in NO_VERDICT]


def fragment(report: CheckResult, options: DisplayOptions) -> Suite:
    failed = _failed(report)
    errors = sum(found.rule in NO_VERDICT for found in failed)
    tests, failures = max(len(failed), 1), len(failed) - errors
    path = attribute(project_path(report.source.path))
    counts = f'tests="{tests}" failures="{failures}" errors="{errors}"'
    lines = [f'  <testsuite name="{path}" {counts}>\n']
    lines += (_case(report, found) for found in failed)
    if not failed:
        lines.append(f'    <testcase name="{path}" classname="cnn-shapes"/>\n')
    others = [_text(report, found) for found in report.diagnostics if found not in failed]
    if report.omitted:
        others.append(f"and {report.omitted:,} more")
    if others:
        remarks = "\n".join(others)
        lines.append(f"    <system-out>{attribute(remarks)}</system-out>\n")
    return Suite("".join([*lines, "  </testsuite>\n"]), tests, failures, errors)


def _case(report: CheckResult, found: Diagnostic) -> str:
    source, span = report.source.written(found.span)
    line, column = source.position(span.start)
    path = attribute(project_path(source.path))
    element = "error" if found.rule in NO_VERDICT else "failure"
    message = attribute(clean(found.message(report.layout)))
    name = f"{found.rule} {line}:{column}"
    text = attribute(_text(report, found))
    return (
        f'    <testcase name="{name}" classname="{path}" file="{path}" line="{line}">\n'
        f'      <{element} type="{found.rule}" message="{message}">{text}</{element}>\n'
        "    </testcase>\n"
    )


def _text(report: CheckResult, found: Diagnostic) -> str:
    source, span = report.source.written(found.span)
    line, column = source.position(span.start)
    path = project_path(source.path)
    head = f"{path}:{line}:{column}: {found.severity}[{found.rule}] {clean(found.message(report.layout))}"
    return "\n".join([head, *details(report, found)])


def attribute(text: str) -> str:
    """Text as XML holds it, in ASCII, so that no output's encoding can spoil it."""
    text = re.sub(_FORBIDDEN, lambda found: found[0].encode("unicode_escape").decode(), text)
    text = "".join(_ESCAPES.get(character, character) for character in text)
    return text.encode("ascii", "xmlcharrefreplace").decode()
