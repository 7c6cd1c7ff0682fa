"""Which repairs are told, of all that are known: three that differ, none that brings in a warning.

One is told of each kind of change at each place, and two where their values are nearly as likely; more where
there would be nothing else to tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import log2

from cnn_shapes.checking import CheckResult
from cnn_shapes.diagnostics import WARNING, Diagnostic, Findings
from cnn_shapes.repair.report.proving import Repair, Twin
from cnn_shapes.rules import run as run_rules
from cnn_shapes.shapes import NOT_WHOLE
from cnn_shapes.words import trimmed

_COSTLIER = 3  # times as many MACs, from which on a repair says that it is dear
_PER_DOUBLING, _MOST_FOR_MACS = 2, 8  # bits
_MOST_LOOKED_AT = 6  # repairs whose warnings are looked at
_MOST_LAYERS = 1_500  # that are looked at for it in all
_HALVED, _PER_HALF = 3, 1.5  # how often maps are mostly halved, and bits for each time fewer
_MOST_TWINS, _MOST_VALUES = 3, 2
_NEARLY = 3  # bits, within which another value is told beside one
_MOST_ALIKE = 2  # values of one field at one place, where they are as likely

Rules = frozenset[str]  # of the warnings that a network has


def chosen(report: CheckResult, repairs: Iterable[Repair], most: int) -> tuple[list[Repair], list[Repair]]:
    """The cheapest repairs, each of another kind or at another place, and all the others."""
    texts: dict[str, Repair] = {}
    priced = [
        _with_outcome(repair, _for_macs(report, repair) + _for_size(report, repair)) for repair in repairs
    ]
    for repair in sorted(priced, key=lambda repair: repair.cost):
        texts.setdefault(repair.after.source.text, repair)
    ordered, warned = _without_warnings(report, [*texts.values()])
    first: list[Repair] = []
    rest: list[Repair] = []
    further: list[Repair] = []  # values of a field that are nearly as likely as one that is told
    for repair in ordered:
        place = next((place for place, one in enumerate(first) if _are_twins(one, repair)), None)
        if place is not None:
            first[place] = _with_twin(first[place], repair)
            rest.append(repair)
            continue
        alike = [place for place, one in enumerate(first) if _are_alike(one, repair)]
        near = not alike or repair.cost <= first[alike[0]].cost + _NEARLY
        if near and len(first) < most and len(alike) < _MOST_ALIKE:
            first.append(repair)
            continue
        (further if alike and near else rest).append(repair)
    room = most - len(first)
    first += further[:room]
    first.sort(key=lambda repair: repair.cost)
    for repair in further[room:]:
        place = next(place for place, one in enumerate(first) if _are_alike(one, repair))
        first[place] = _with_value(first[place], repair)
    rest = sorted([*rest, *further[room:]], key=lambda repair: repair.cost)
    return first, [*rest, *warned]


def _with_twin(one: Repair, other: Repair) -> Repair:
    """A repair that tells of the same change at another place."""
    (part,) = other.parts
    known = {one.parts[0].line, *(twin.line for twin in one.twins)}
    if part.line in known or len(one.twins) == _MOST_TWINS:
        return one
    return one._replace(twins=(*one.twins, Twin(part.line, trimmed(part.wording.place), other.edits)))


def _with_value(one: Repair, other: Repair) -> Repair:
    """A repair that tells of another value for the same field."""
    value = other.parts[0].wording.value
    if len(other.parts) > 1 or not value or len(one.values) == _MOST_VALUES:
        return one
    return one._replace(values=(*one.values, value))


def _are_twins(one: Repair, other: Repair) -> bool:
    """Whether two repairs are the same change at different places."""
    if len(one.parts) != 1 or len(other.parts) != 1:
        return False
    return one.parts[0].wording[:2] == other.parts[0].wording[:2]


def _are_alike(one: Repair, other: Repair) -> bool:
    """Whether two repairs change the same fields at the same places."""
    return bool(one.parts) and [part[:2] for part in one.parts] == [part[:2] for part in other.parts]


def _for_size(report: CheckResult, repair: Repair) -> int:
    """Bits for a map that can be halved less often: what goes into the layer that failed, as it is then."""
    before, after = report.trace, repair.after.trace
    failed = (
        next((node for node in before.network.layers if node.error), None) if before is not None else None
    )
    if failed is None or after is None or failed.error is None or failed.error.rule not in NOT_WHOLE:
        return 0
    mended = next((node for node in after.network.layers if node.name == failed.name), None)
    sizes = (
        mended.inputs[0].output.sizes if mended is not None and mended.inputs[0].output is not None else ()
    )
    halves = [min(_HALVED, (size & -size).bit_length() - 1) for size in sizes if size]
    return round(_PER_HALF * (_HALVED - min(halves))) if halves else 0


def _with_outcome(repair: Repair, bits: int) -> Repair:
    return repair._replace(cost=repair.cost + bits, for_outcome=bits)


def _for_macs(report: CheckResult, repair: Repair) -> int:
    """Bits for a repair with which the layers before the error multiply several times as much."""
    before, after = report.trace, repair.after.trace
    if before is None or after is None:
        return 0
    later = {step.node.name: step.macs for step in after.steps}
    pairs = [(step.macs or 0, later.get(step.node.name) or 0) for step in before.steps if not step.node.error]
    old, new = (sum(column) for column in zip(*pairs, strict=True)) if pairs else (0, 0)
    if not old or new < _COSTLIER * old:
        return 0
    return min(_MOST_FOR_MACS, round(_PER_DOUBLING * log2(new / old)))


def _without_warnings(report: CheckResult, repairs: Sequence[Repair]) -> tuple[list[Repair], list[Repair]]:
    """The repairs, and those of the first that bring in a warning of ours which others do without."""
    old = _rules_of(report.diagnostics)
    layers = len(report.trace.network.nodes) if report.trace is not None else 1
    most = min(_MOST_LOOKED_AT, _MOST_LAYERS // layers)
    looked_at = [(repair, _warnings_after(repair) - old) for repair in repairs[:most]]
    least = frozenset.intersection(*(new for _, new in looked_at)) if len(looked_at) > 1 else None
    kept = [repair for repair, new in looked_at if least is None or new == least]
    warned = [repair for repair, new in looked_at if least is not None and new != least]
    if not kept:
        return [*repairs], []
    return [*kept, *repairs[most:]], warned


def _warnings_after(repair: Repair) -> Rules:
    after = repair.after
    findings = Findings(after.source)
    if after.spec is not None and after.trace is not None:
        run_rules(after.spec, after.trace, findings)
    return _rules_of(findings.listed())


def _rules_of(found: Iterable[Diagnostic]) -> Rules:
    return frozenset(one.rule for one in found if one.severity == WARNING)
