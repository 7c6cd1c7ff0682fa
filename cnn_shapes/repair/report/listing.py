"""The list of repairs as `fix` prints it, and the difference that one makes."""

from __future__ import annotations

import re

from cnn_shapes.checking import CheckResult
from cnn_shapes.diagnostics import format_shape, format_sizes, short_path
from cnn_shapes.repair.clues.moves import LIKELY_LAYOUT
from cnn_shapes.repair.report.effects import layers_reached, output_changes, sizes_of
from cnn_shapes.repair.report.options import Options
from cnn_shapes.repair.report.proving import Repair
from cnn_shapes.repair.report.repairs import NONE_EXISTS, NONE_FOUND, Repairs, errors_of_reading
from cnn_shapes.shown_text import padded
from cnn_shapes.source import Source, shown_path
from cnn_shapes.words import say, told

_WORD = 12


def listed(report: CheckResult, best: Repairs, options: Options, every: bool = False) -> list[str]:
    """The lines of the best repairs, or of `every`, with what follows; whether a cheaper one can exist."""
    path = shown_path(report.source.path)
    if not best.found and best.met:
        if report.silenced:
            node, rule = report.silenced[0]
            text = "{path}: no errors but a silenced {rule} at {layer}"
            return [say(text, path=path, rule=rule, layer=short_path(node.name))]
        return [say("{path}: no errors, nothing to fix", path=path)]
    lines = [f"{path}: {_problem(report)}", ""]
    lines += _first_see(report)
    for number, repair in enumerate([*best.found, *best.rest] if every else best.found, 1):
        lines += [*_entry(report, number, repair, best.wanted), ""]
    if best.by_hand:
        lines.append(say("by hand, for it is written in another way or in several places:"))
        lines += [f"  - {told(repair.title)}    {told(repair.outcome)}" for repair in best.by_hand]
    if best.found:
        lines.append(say("nothing cheaper exists" if best.exact else "best found: a cheaper one may exist"))
        if best.rest and not every:
            lines.append(say("{count} more: --all lists them", count=len(best.rest)))
        if report.source.path == path:  # a file, which can be written
            command = _command(path, options)
            lines.append(say("{command} --apply 1 writes the first, --diff shows it", command=command))
        return lines
    if best.by_hand:
        return lines
    if (first := comes_first(report)) is not None:
        lines.append(first)
    else:
        shown = any(found.fixes for found in report.errors)
        none = _none(best, options)
        lines.append(say("{none}; check shows another kind of fix", none=none) if shown else none)
    if best.partial:
        lines.append(say("what gets furthest:"))
        lines += [f"  - {told(repair.title)}    {told(repair.outcome)}" for repair in best.partial]
    return lines


def _first_see(report: CheckResult) -> list[str]:
    """What may be the cause of all, before the numbers that would mend it."""
    found = next((one for one in report.diagnostics if one.rule == LIKELY_LAYOUT), None)
    if found is None:
        return []
    line = report.source.line_of(found.span.start)
    return [say("first see line {line}: {message}", line=line, message=found.message(report.layout)), ""]


def comes_first(report: CheckResult) -> str | None:
    """The error of reading that no change of a size mends; None where there is none."""
    others = errors_of_reading(report)
    if not others:
        return None
    line = report.source.line_of(others[0].span.start)
    text = "{rule} on line {line} comes first, and is yours to mend: check shows it"
    if others[0].fixes:
        text = "{rule} on line {line} comes first, check shows its fix"
    return say(text, rule=others[0].rule, line=line)


def done(report: CheckResult, repair: Repair) -> str:
    """What was written: `net.yaml: kernel_size: 5 on line 4    25 -> 24, maxpool 12`."""
    return "    ".join(filter(None, [f"{report.source.path}: {told(repair.title)}", told(repair.outcome)]))


def difference(before: Source, after: Source) -> str:
    """The unified diff between two texts, for `change` and for people."""
    from difflib import unified_diff

    def lines(source: Source) -> list[str]:
        # change knows no other end of a line; str.splitlines knows nine
        return re.findall(r"[^\n]*\n|[^\n]+", source.encode().decode())

    path = shown_path(before.path)
    diff = unified_diff(lines(before), lines(after), path, path)
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in diff
    )


def _problem(report: CheckResult) -> str:
    if not report.errors:
        return say("no errors, but not what was asked for")
    first = report.errors[0]
    more = len(report.errors) + report.omitted - 1
    text = "{message} (line {line}), and {more} more" if more else "{message} (line {line})"
    line = report.source.line_of(first.span.start)
    return say(text, message=first.message(report.layout), line=line, more=more)


def _none(best: Repairs, options: Options) -> str:
    text = NONE_EXISTS if best.exact else NONE_FOUND
    if options.keep or options.only:
        text = text.replace("changes", "allowed changes")
    return say("{none} and gives what was asked for", none=say(text)) if options.asks else say(text)


def _command(path: str, options: Options) -> str:
    """The command that finds these repairs again, as a shell takes it."""
    from shlex import join

    words = ["cnn-shapes", "fix", f"./{path}" if path.startswith("-") else path]
    for option, fields in (("--keep", options.keep), ("--only", options.only)):
        words += [option, ",".join(sorted(fields))] if fields else []
    words += ["--keep-output"] if options.keep_output else []
    if options.target is not None:
        name, sizes = options.target
        words += ["--target", f"{name}={format_sizes(sizes)}" if name else format_sizes(sizes)]
    return join(words)


def _entry(report: CheckResult, number: int, repair: Repair, wanted: tuple[str, ...]) -> list[str]:
    """One repair: its title and cost, then a line for each thing that follows from it."""
    head = f"  {number}  {repair.headline}"
    before, after = report.trace, repair.after.trace
    lines = [f"{head}    {say('cost {cost}', cost=repair.cost)}"]
    if before is None or after is None:
        return lines
    reached = layers_reached(before.network, after.network, repair.edits, report.source.user_text)
    if reached:
        lines.append(_row(say("layers"), say("{count} change", count=reached)))
    if sizes := sizes_of(before.network, after.network, report.layout, wanted):
        lines.append(_row(say("sizes"), told(sizes)))
    outputs = output_changes(before.network, after.network, report.layout)
    if not all(node.output is not None and node.output.known for node in before.network.outputs):
        outputs = [format_shape(node.output, report.layout) for node in after.network.outputs]
    lines.append(_row(say("output"), ", ".join(outputs) or say("keeps its shape")))
    whole = all(step.params is not None for step in before.steps)
    for word, old, new in (
        ("parameters", before.totals.params, after.totals.params),
        ("MACs", before.totals.macs, after.totals.macs),
    ):
        lines.append(_row(say(word), _change(old, new) if whole else f"{new:,}"))
    return lines


def _row(word: str, text: str) -> str:
    return f"     {padded(word, _WORD)}{text}"


def _change(old: int, new: int) -> str:
    return f"{old:,} -> {new:,} ({new - old:+,})" if old != new else say("{old:,}, as before", old=old)
