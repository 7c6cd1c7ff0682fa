"""The repairs that clues in a text lead to: what a slip of the hand has undone, done again."""

from __future__ import annotations

from typing import NamedTuple

from cnn_shapes.checking import CheckResult
from cnn_shapes.repair.clues.case import Case
from cnn_shapes.repair.clues.moves import Move, moves
from cnn_shapes.repair.clues.order import Clues, clues
from cnn_shapes.repair.report.proving import Part, Repair, checked
from cnn_shapes.repair.report.titles import wording_of

_SPELLING = 3  # what a fix costs that came with an error: mostly a word that was meant
_MOST_ATTACHED = 3
_FOUND_ANYWAY = 20  # from which cost on a clue is about a number, which the search looks at
_MOST = 2  # families of clues that are followed


class Hinted(NamedTuple):
    """The clues to the first error of a report, and the repairs that they are."""

    found: list[Repair]
    clues: Clues | None = None


def hinted(report: CheckResult, share: float = 1, of_numbers: bool = True) -> Hinted:
    """The clues to the first error of a report, and the repairs that follow from them.

    `share`: of the work that clues may do. `of_numbers`: those about numbers, too, which the search finds.
    """
    if report.spec is None or report.source.is_derived:
        return Hinted([])
    layers = report.trace.network.layers if report.trace is not None else []
    failed = next((node for node in layers if node.error), None)
    first = report.errors[0]
    found = clues(report, first, failed, _MOST, share, of_numbers)
    repairs = _attached(report)
    proposed = [(found.edits, found.cost)] if found.mended is not None else []
    worth = [one for one in [*proposed, *found.others] if one[1] < _FOUND_ANYWAY]
    named = [Move(edits, wording_of(report.source, edits), cost) for edits, cost in worth]
    for edits, wording, cost in [*named, *moves(Case(report, report.spec, first, failed))]:
        repair = checked(report, wording.title, [*edits], cost, {})
        if repair is not None:
            line = report.source.position(edits[0].span.start)[0]
            part = Part(wording.what.partition(":")[0], line, wording)
            repairs.append(repair._replace(parts=(part,)))
    return Hinted(repairs, found)


def _attached(report: CheckResult) -> list[Repair]:
    """The fixes that came with the first error, each that mends the whole network."""
    first = report.errors[0]
    tried = [checked(report, fix.title, [*fix.edits], _SPELLING, {}) for fix in first.fixes[:_MOST_ATTACHED]]
    return [repair for repair in tried if repair is not None]
