"""A repair and its proof: the changed text is checked, and what follows from the change is put into words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from cnn_shapes.checking import CheckResult, check_source
from cnn_shapes.diagnostics import Fix
from cnn_shapes.network import Node
from cnn_shapes.repair.changes.change import Wording
from cnn_shapes.repair.report.effects import left, outcome_of
from cnn_shapes.repair.report.options import not_met
from cnn_shapes.shapes import Shape
from cnn_shapes.source import Edit
from cnn_shapes.words import both, say

_PROVING = 400_000  # characters that are checked again for it at most; a layer and an error count too
_OF_LAYER, _OF_ERROR = 30, 1_000


class Part(NamedTuple):
    """One change of a repair: its kind, the line where it is made, and its wording."""

    kind: str
    line: int
    wording: Wording


class Twin(NamedTuple):
    """The same change at another place, which would do as well."""

    line: int
    place: str
    edits: tuple[Edit, ...]


class Repair(NamedTuple):
    """A proved repair: its edits and cost, the report of the repaired text, how many errors that has.

    `changes` counts as the costs do: two axes that change apart are two. `for_outcome` is what of the cost is
    for what follows: many MACs, a map that cannot be halved. `twins` are the same at other places, `values`
    other values for the same field at the same place.
    """

    title: str
    edits: tuple[Edit, ...]
    cost: int
    after: CheckResult
    outcome: str
    remaining: int = 0
    changes: int = 1
    for_outcome: int = 0
    parts: tuple[Part, ...] = ()
    twins: tuple[Twin, ...] = ()
    values: tuple[str, ...] = ()

    @property
    def headline(self) -> str:
        """The title, with what would do as well: another place, another value."""
        return Fix(self.title, self.edits, others=self.others).headline

    @property
    def others(self) -> tuple[str, ...]:
        """Other places and other values that would do as well."""
        return (*(twin.place for twin in self.twins), *self.values)


def proofs(report: CheckResult) -> int:
    """How many changed texts may be checked, each as long as the report's, in about half a second."""
    layers = len(report.trace.network.layers) if report.trace is not None else 0
    length = len(report.source.text) + _OF_LAYER * layers + _OF_ERROR * len(report.errors)
    return _PROVING // (length + 1) + 1


def checked(
    report: CheckResult,
    title: str,
    edits: list[Edit],
    cost: int,
    wanted: Mapping[str, Shape],
    partial: bool = False,
) -> Repair | None:
    """The repair, if the text with its edits has no error left.

    `partial`: if it has fewer errors than before, or mends the first of them.
    """
    edits.sort(key=lambda edit: edit.span)
    try:
        after = check_source(report.source.edited(edits), report.overrides, report.settings, rules=False)
    except ValueError:  # two edits at one place
        return None
    if after.trace is None:
        return None
    missed = list(not_met(after.trace.network, wanted)) if after.ok else []
    remaining = len(after.errors) + after.omitted + len(missed)
    if remaining and not (partial and _gets_further(report, after, missed)):
        return None
    outcome = ""
    if report.trace is not None:
        outcome = outcome_of(report.trace.network, after.trace.network, report.layout, edits, report.source)
    if after.errors:
        outcome = left(after.source, after.errors)
    elif missed:
        outcome = say("leaves {missed}", missed=both(missed))
    return Repair(title, tuple(edits), cost, after, outcome, remaining)


def _gets_further(report: CheckResult, after: CheckResult, missed: list[str]) -> bool:
    """Whether there are fewer errors than before, or the first layer that failed does so no more."""
    if len(after.errors) + after.omitted < len(report.errors) + report.omitted:
        return True
    before = next((node for node in _failed(report) if node.owner is None), None)
    return before is not None and not missed and before.name not in [node.name for node in _failed(after)]


def _failed(report: CheckResult) -> list[Node]:
    return [node for node in report.trace.network.layers if node.error] if report.trace is not None else []
