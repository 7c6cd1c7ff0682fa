"""The list of repairs as `fix` prints it, and the difference that one makes."""

from __future__ import annotations

from cnn_shapes.check import Report
from cnn_shapes.repair.options import Options
from cnn_shapes.repair.outcome import outcome_of, output_changes
from cnn_shapes.repair.whole import (
    NONE_EXISTS,
    NONE_FOUND,
    Repair,
    Repairs,
    errors_of_reading,
    partial_repairs,
)
from cnn_shapes.source import Source

_WORD = 12


def listed(report: Report, best: Repairs, options: Options) -> str:
    """Every repair with what follows from it, and whether a cheaper one can exist."""
    path = "standard input" if report.source.path == "-" else report.source.path
    if not best.found and best.met:
        return f"{path}: no errors, nothing to fix\n"
    lines = [f"{path}: {_problem(report)}", ""]
    for number, repair in enumerate(best.found, 1):
        lines += [*_entry(report, number, repair), ""]
    if best.found:
        lines.append("nothing cheaper exists" if best.exact else "best found: a cheaper one may exist")
        if path == report.source.path:
            lines.append(f"cnn-shapes fix {path} --apply 1 writes the first, --diff shows it")
        return "\n".join(lines) + "\n"
    others = errors_of_reading(report)
    if others:
        line = report.source.position(others[0].span.start)[0]
        lines.append(f"{others[0].rule} on line {line} comes first, and is yours to mend: check shows it")
    else:
        none = NONE_EXISTS if best.exact else NONE_FOUND
        lines.append(none.replace("changes", f"changes{_within(options)}"))
    partial = partial_repairs(report, best, options)
    if partial:
        lines.append("what gets furthest:")
        lines += [f"  - {repair.title}    {repair.outcome}" for repair in partial]
    return "\n".join(lines) + "\n"


def done(report: Report, repair: Repair) -> str:
    """What was written: `net.yaml: kernel_size: 5 on line 4    25 -> 24, maxpool 12`."""
    return "    ".join(filter(None, [f"{report.source.path}: {repair.title}", repair.outcome]))


def difference(before: Source, after: Source) -> str:
    """The unified diff between two texts, for `patch` and for people."""
    from difflib import unified_diff

    def lines(source: Source) -> list[str]:
        return source.encode().decode().splitlines(keepends=True)

    path = before.path
    diff = unified_diff(lines(before), lines(after), path, path)
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in diff
    )


def _problem(report: Report) -> str:
    if not report.errors:
        return "no errors, but not what was asked for"
    first = report.errors[0]
    more = len(report.errors) + report.omitted - 1
    text = f"{first.message(report.layout)} (line {report.source.position(first.span.start)[0]})"
    return text + (f", and {more} more" if more else "")


def _within(options: Options) -> str:
    return " of what is allowed" if options.keep or options.only or options.asks else ""


def _entry(report: Report, number: int, repair: Repair) -> list[str]:
    """One repair: its title and cost, then a line for each thing that follows from it."""
    head = f"  {number}  {repair.title}"
    before, after = report.trace, repair.after.trace
    lines = [f"{head}    cost {repair.cost}"]
    if before is None or after is None:
        return lines
    sizes = outcome_of(before.network, after.network, report.layout, len(repair.edits), with_output=False)
    if sizes:
        lines.append(_row("sizes", sizes))
    changes = output_changes(before.network, after.network, report.layout)
    lines.append(_row("output", ", ".join(changes) if changes else "keeps its shape"))
    whole = all(step.params is not None for step in before.steps)
    for word, old, new in (
        ("parameters", before.totals.params, after.totals.params),
        ("MACs", before.totals.macs, after.totals.macs),
    ):
        lines.append(_row(word, _change(old, new) if whole else f"{new:,}"))
    return lines


def _row(word: str, text: str) -> str:
    return f"     {word.ljust(_WORD)}{text}"


def _change(old: int, new: int) -> str:
    return f"{old:,} -> {new:,} ({new - old:+,})" if old != new else f"{old:,}, as before"
