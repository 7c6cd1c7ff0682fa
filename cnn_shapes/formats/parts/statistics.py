"""How often each rule found something, most often first, instead of the problems: `check --statistics`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from cnn_shapes.diagnostics import SEVERITIES
from cnn_shapes.formats.parts.streams import IN_JSON, Output
from cnn_shapes.formats.parts.terminal_text import DisplayOptions, Styled, counted, plural
from cnn_shapes.shown_text import csv_line
from cnn_shapes.words import say, speaking

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult

VERSION = 1


class FileCounts(NamedTuple):
    """The findings of a file by rule and severity; how many are beyond its limit; whether some are severe."""

    found: dict[tuple[str, str], int]
    omitted: int
    failed: bool
    warned: bool


class RuleCount(NamedTuple):
    """How many findings of a rule with a severity there are, and in how many files."""

    rule: str
    severity: str
    findings: int
    files: int


class RunCounts(NamedTuple):
    """The counts of a run, most findings first; the findings beyond the limits; the files."""

    rules: list[RuleCount]
    omitted: int
    files: int
    failed: int
    warned: int


class Statistics:
    """A format that counts."""

    SHOWS_FIXES = False

    def fragment(self, report: CheckResult, options: DisplayOptions) -> FileCounts:
        found = dict(Counter((one.rule, one.severity) for one in report.diagnostics))
        return FileCounts(found, report.omitted, bool(report.errors), bool(report.warnings))

    def write(self, fragments: Iterable[FileCounts], out: Output, options: DisplayOptions) -> None:
        raise NotImplementedError


class TextStatistics(Statistics):
    """For people: a line a rule."""

    def write(self, fragments: Iterable[FileCounts], out: Output, options: DisplayOptions) -> None:
        run = _counted(fragments)
        wide = max((len(f"{one.findings:,}") for one in run.rules), default=0)
        longest = max((len(one.rule) for one in run.rules), default=0)
        severe = max((len(one.severity) for one in run.rules), default=0)
        for one in run.rules:
            severity = Styled(f"{one.severity:<{severe}}", one.severity)
            with speaking(options.language):
                files = say("in {files}", files=plural(one.files, "file"))
            out.line(f"{one.findings:>{wide},}  ", severity, f"  {one.rule:<{longest}}  {files}")
        if run.omitted:
            with speaking(options.language):
                out.line(say("and {count:,} more, beyond the limit of a file", count=run.omitted))
        if not options.quiet:
            if run.rules:
                out.line()
            with speaking(options.language):
                out.line(counted(run.files, run.failed, run.warned))


class JsonStatistics(Statistics):
    """For programs."""

    def write(self, fragments: Iterable[FileCounts], out: Output, options: DisplayOptions) -> None:
        import json

        run = _counted(fragments)
        answer = {
            "version": VERSION,
            "statistics": [one._asdict() for one in run.rules],
            "omitted": run.omitted,
            "summary": {"files": run.files, "with_errors": run.failed, "with_warnings": run.warned},
        }
        out.text(f"{json.dumps(answer, indent=1)}\n", IN_JSON)


class CsvStatistics(Statistics):
    """For spreadsheets: a row a rule."""

    def write(self, fragments: Iterable[FileCounts], out: Output, options: DisplayOptions) -> None:
        out.text(csv_line(RuleCount._fields))
        for one in _counted(fragments).rules:
            out.text(csv_line(one))


# those that can count, by the name of the format in whose place they are
FORMATS = {"full": TextStatistics(), "json": JsonStatistics(), "csv": CsvStatistics()}


def _counted(files: Iterable[FileCounts]) -> RunCounts:
    findings: Counter[tuple[str, str]] = Counter()
    places: Counter[tuple[str, str]] = Counter()
    checked = omitted = failed = warned = 0
    for file in files:
        findings.update(file.found)
        places.update(file.found.keys())
        checked, omitted = checked + 1, omitted + file.omitted
        failed, warned = failed + file.failed, warned + file.warned
    ordered = sorted(findings, key=lambda key: (-findings[key], SEVERITIES.index(key[1]), key[0]))
    rules = [RuleCount(*key, findings[key], places[key]) for key in ordered]
    return RunCounts(rules, omitted, checked, failed, warned)
