"""What is known of a text: its problems with their fixes, its shapes by line, its table and its picture."""

from __future__ import annotations

import re
from functools import lru_cache
from io import StringIO
from itertools import islice
from typing import TYPE_CHECKING, Any

from cnn_shapes.checking import CheckResult, check_source
from cnn_shapes.diagnostics import render
from cnn_shapes.draw import Undrawable, landscape
from cnn_shapes.explain.line_shapes import line_shapes
from cnn_shapes.formats import show
from cnn_shapes.formats.parts.streams import Output
from cnn_shapes.formats.parts.table import totals
from cnn_shapes.formats.parts.terminal_text import DisplayOptions, clean, short_number
from cnn_shapes.formats.parts.turns import held_back, in_turn
from cnn_shapes.outline import (
    MOST,
    READABLE,
    TableGroup,
    TableLayer,
    TableRow,
    fitting_depth,
    rows,
    tree,
)
from cnn_shapes.repair import advise
from cnn_shapes.settings import Settings
from cnn_shapes.source import Limits, Source
from cnn_shapes.web.places import Places

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnn_shapes.diagnostics import Diagnostic, Fix, Label
    from cnn_shapes.network import Group, Place

NAME = "net.yaml"  # what the text is called in messages, and saved as
# and what one in the language of another tool is called, by a sign of it
_NAMES_BY_SIGN = {
    "net.json": r"\A\s*\{",
    "net.cfg": r"\A(?:\s|[#;].*\n)*\[net(work)?\]",
    "net.prototxt": r"^[ \t]*layers?[ \t]*\{",
}
# A chain of more layers is an object that holds an object and so on, and to free it takes more of a browser's
# stack than there is. `test_page` has specs of both sides.
SETTINGS = Settings(limits=Limits(layers=1_500))

Answer = dict[str, Any]


def name_of(text: str) -> str:
    """What a text is called: its ending tells in which language it is."""
    return next((name for name, sign in _NAMES_BY_SIGN.items() if re.search(sign, text, re.MULTILINE)), NAME)


@lru_cache(maxsize=1)
def checked(text: str) -> CheckResult:
    """The report of a text, without repairs. That of the last text is kept: most questions are about it."""
    return check_source(Source(name_of(text), text), settings=SETTINGS)


@lru_cache(maxsize=1)
def advised(text: str) -> CheckResult:
    """The report of a text with its fixes proved: the longer answer, which a search may take a second for."""
    return advise(checked(text))


def check(text: str) -> Answer:
    """All that is shown of a text at once. `isFinal`: there is nothing to advise.

    Else the fixes that reading attached are left out: they are not proved, and of a text in the language of
    another tool they are no edits of what the user wrote.
    """
    report = checked(text)
    is_final = report.ok and not (report.source.is_translated and report.diagnostics)
    if not is_final:
        report = report.with_diagnostics([found._replace(fixes=()) for found in report.diagnostics])
    return {
        "name": report.source.path,
        "isFinal": is_final,
        "shapes": [
            {"line": one.line, "text": ", ".join([*one.shapes, *(["…"] * one.is_more)]), "state": one.state}
            for one in line_shapes(report)
        ],
        "table": _table(report),
        **problems(report),
    }


def advice(text: str) -> Answer:
    """What is known of the problems of a text after fixes were looked for."""
    return problems(advised(text))


def picture(text: str, with_fixes: bool = True) -> Answer:
    """The picture of the network, where wanted with the fixes of its errors; empty where there is none."""
    try:
        return {"svg": landscape(advised(text) if with_fixes else checked(text))}
    except Undrawable:
        return {"svg": ""}


def printed(text: str) -> Answer:
    """What the command prints of a text: its table and its problems."""
    out = StringIO()
    show("full", [advised(text)], Output(out), DisplayOptions())
    return {"text": out.getvalue()}


def problems(report: CheckResult) -> Answer:
    """The findings that are shown, in their order, and what is said of the others."""
    places = Places(report.source.user_text)
    shown, waiting = in_turn(report.diagnostics)
    more = f"and {report.omitted:,} more" if report.omitted else ""
    held = held_back(shown, waiting) if waiting else ""
    return {
        "problems": [_problem(found, report, places) for found in shown],
        "others": "; ".join(filter(None, (held, more))),
    }


def _problem(found: Diagnostic, report: CheckResult, places: Places) -> Answer:
    written, span = report.source.written(found.span)
    line, column = written.position(span.start)
    layout = report.layout
    return {
        "rule": found.rule,
        "severity": found.severity,
        "message": clean(found.message(layout)),
        "pointer": clean(render(found.pointer, found.facts, layout)),
        "line": line,
        "column": column,
        "from": places.unit(span.start),
        "to": places.unit(span.end),
        "labels": [_label(label, report, places) for label in found.labels],
        "notes": [clean(render(note.template, note.facts, layout)) for note in found.notes],
        "fixes": [_fix(fix, places) for fix in found.fixes],
    }


def _label(label: Label, report: CheckResult, places: Places) -> Answer:
    written, span = report.source.written(label.span)
    text = clean(render(label.template, label.facts, report.layout))
    return {
        "line": written.position(span.start)[0],
        "text": text,
        "from": places.unit(span.start),
        "to": places.unit(span.end),
    }


def _fix(fix: Fix, places: Places) -> Answer:
    return {
        "title": clean(fix.title),
        "outcome": clean(fix.outcome),
        "isValid": fix.valid,
        "remaining": fix.remaining,
        "edits": [
            {"from": places.unit(edit.span.start), "to": places.unit(edit.span.end), "insert": edit.text}
            for edit in fix.edits
        ],
    }


def _table(report: CheckResult) -> Answer | None:
    """The table as the command folds it, and the lines below it."""
    traced = report.trace
    if traced is None or not traced.steps:
        return None
    root = tree(traced)
    depth = fitting_depth(root, READABLE)
    shown = list(islice(rows(traced, root, depth, report.layout), MOST))
    return {
        "input": clean(report.inputs_text()),
        "rows": [
            _row(row, int(report.source.line_of(place.span.start)))
            for row, place in zip(shown, _places(root.children, depth), strict=False)
        ],
        "totals": [_total(line) for line in totals(report, traced, shown, DisplayOptions())],
    }


def _total(line: str) -> tuple[str, str]:
    """What adds up, and to what; a remark is about nothing."""
    head, _, text = line.partition("   ")
    return head, text.strip()


def _row(row: TableRow, line: int) -> Answer:
    return {
        "index": row.index,
        "depth": row.depth,
        "layer": clean(row.text),
        "output": row.output,
        "how": clean(row.why),
        "params": "" if row.params is None else f"{row.params:,}",
        "macs": "" if row.macs is None else short_number(row.macs),
        "receptiveField": row.receptive_field,
        "state": row.state,
        "line": line,
    }


def _places(
    children: Iterable[TableGroup | TableLayer], depth: int, around: Group | None = None
) -> Iterator[Place]:
    """Where what is in each row is written, in the order of the rows, in what is `around` them.

    What a block holds alone is in the row of the block, and written where that is called.
    """
    for child in children:
        if isinstance(child, TableGroup):
            yield child.groups[0].place
            if depth:
                yield from _places(child.children, depth - 1, child.groups[-1])
            continue
        place, group = child.steps[0].node.place, child.steps[0].node.group
        while group is not None and group is not around:
            place, group = group.place, group.parent
        yield place
