"""The repairs of a whole network: what the search finds, and changes of structure, proved on the text."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cnn_shapes.check import Report, check_source
from cnn_shapes.diagnostics import Diagnostic
from cnn_shapes.network import Network, Node
from cnn_shapes.repair.candidates import Candidates
from cnn_shapes.repair.composed import flattening, rebased, safe_edits
from cnn_shapes.repair.costs import COSTS, FURTHER_EDIT
from cnn_shapes.repair.options import Options, expect, is_met, wanted_of
from cnn_shapes.repair.outcome import left, outcome_of
from cnn_shapes.repair.patches import Patch, edits_of, merged
from cnn_shapes.repair.replay import Outcome
from cnn_shapes.repair.search import Answer, Found, Search
from cnn_shapes.repair.spec_patches import InputPatch, RoundingPatch
from cnn_shapes.repair.structural import renames, structural_changes
from cnn_shapes.repair.workbench import Workbench
from cnn_shapes.shapes import Shape
from cnn_shapes.source import Edit
from cnn_shapes.verdict import NOT_WHOLE

SHAPE_RULES = (
    *NOT_WHOLE,
    *("window-too-large", "bad-padding", "groups-not-divisible", "shape-mismatch"),
    *("needs-flatten", "wrong-rank", "expect-mismatch"),
)
DEFAULT = Options()
NONE_EXISTS = "no set of the changes that are tried makes the whole network valid"
NONE_FOUND = "no small set of changes was found that makes the whole network valid"
_MOST_TRIED = 24  # partial answers that are written down and checked


class Repair(NamedTuple):
    """A proved repair: its edits and cost, the report of the repaired text, how many errors that has.

    `changes` counts as the costs do: two axes that change apart are two.
    """

    title: str
    edits: tuple[Edit, ...]
    cost: int
    after: Report
    outcome: str
    remaining: int = 0
    changes: int = 1


class Repairs(NamedTuple):
    """The best repairs of a file; `exact` says that nothing cheaper exists among the declared values.

    `partial` are changes that get further but leave an error, not yet proved. `met`: nothing had to change.
    """

    found: list[Repair]
    exact: bool
    partial: Sequence[Answer] = ()
    met: bool = False


def repairs(report: Report, options: Options = DEFAULT) -> Repairs:
    """The cheapest repairs of a report's network, each proved by checking the changed text."""
    safe, titles = safe_edits(report)
    others = errors_of_reading(report)
    if len(report.errors) == 1 and others and others[0].rule == "unknown-name":
        return _renamed(report, options)
    if others and safe:
        return _behind(report, options, safe, titles, 0)
    spec, trace = report.spec, report.trace
    if spec is None or trace is None:
        return Repairs([], exact=True)
    if others:
        bench = Workbench(spec, trace.network, report.overrides, partial=True)
        result = _search(bench, options._replace(bound=options.bound // 10))
        return Repairs([], True, [*result.answers, *result.partial])
    if report.ok and not options.asks:
        return Repairs([], exact=True, met=True)
    if options.asks:
        report = check_source(
            report.source, report.overrides, report.settings, rules=False
        )  # what is wanted is noted on its nodes
        spec, trace = report.spec, report.trace
        assert spec is not None
        assert trace is not None
    network = trace.network
    flattens = flattening(report, network)
    if flattens and len(report.errors) > 1:
        if not options.allows(("layer",)):
            return Repairs([], exact=True)
        lines = " and ".join(str(report.source.position(edit.span.start)[0]) for edit in flattens)
        cost = COSTS["layer"].flat * len(flattens) + FURTHER_EDIT * (len(flattens) - 1)
        return _behind(report, options, flattens, [f"insert flatten before line {lines}"], cost)
    return _searched(report, network, options)


def working_input(report: Report) -> Shape | None:
    """The nearest input within reach with which the network is whole; None where there is none."""
    spec, trace = report.spec, report.trace
    if spec is None or trace is None:
        return None
    bench = Workbench(spec, trace.network, report.overrides)
    patches = Candidates(bench, lambda patch: True).input_patches()
    for patch in sorted(patches, key=lambda patch: patch.cost):
        if isinstance(patch, InputPatch) and bench.evaluate((patch,)).valid:
            return patch.shape
    return None


def errors_of_reading(report: Report) -> list[Diagnostic]:
    """The errors that are none of shape: no change of a size mends them."""
    return [found for found in report.errors if found.rule not in SHAPE_RULES]


def _searched(report: Report, network: Network, options: Options) -> Repairs:
    spec = report.spec
    assert spec is not None
    wanted = wanted_of(network, options)
    expect(network, wanted)
    bench = Workbench(spec, network, report.overrides, wanted)
    if bench.base().valid:
        return Repairs([], exact=True, met=True)
    found: list[Repair] = []
    harmless = _harmless(network)
    rounding = RoundingPatch(None, 0)
    if harmless and options.allows(rounding.field_names()):
        outcome = bench.evaluate((rounding,))
        if outcome.valid:
            found += _proved(report, [Answer((rounding,), 0, outcome)], 1, wanted)
    if found and len(harmless) > 1:
        return Repairs(found, exact=True)
    result = _search(bench, options)
    proved = _proved(report, result.answers, options.most, wanted)
    for change in structural_changes(report, bench.base()):
        if options.allows((change.row,)):
            repair = checked(report, change.title, change.edits, change.cost, wanted)
            proved = [repair, *proved] if repair is not None else proved
    proved.sort(key=lambda repair: repair.cost)
    titles = {repair.title for repair in found}
    found += [repair for repair in proved if repair.title not in titles]
    return Repairs(found[: options.most], result.exact, result.partial)


def _search(bench: Workbench, options: Options) -> Found:
    def allowed(patch: Patch) -> bool:
        return options.allows(patch.field_names())

    def accept(patches: tuple[Patch, ...], outcome: Outcome) -> bool:
        return edits_of(bench.spec, patches) is not None

    search = Search(bench, Candidates(bench, allowed), accept, options.most, options.bound)
    collecting = gc.isenabled()
    gc.disable()  # thousands of sets are kept, none is garbage: to look for some takes a third of the time
    try:
        return search.run()
    finally:
        if collecting:
            gc.enable()


def _renamed(report: Report, options: Options) -> Repairs:
    """Names that stand before a `from` that names nothing, and with which the network is whole."""
    if not options.allows(("from",)):
        return Repairs([], exact=True)
    tried = [checked(report, change.title, change.edits, change.cost, {}) for change in renames(report)]
    found = sorted((repair for repair in tried if repair is not None), key=lambda repair: repair.cost)
    return Repairs(found[: options.most], exact=True)


def _behind(report: Report, options: Options, first: list[Edit], titles: list[str], cost: int) -> Repairs:
    """The repairs of what is left after some edits that are needed in any case, together with them."""
    changed = check_source(report.source.edited(first), report.overrides, report.settings, rules=False)
    title = ", ".join(titles)
    if changed.ok and not options.asks:
        whole = checked(report, title, first, cost, {})
        return Repairs([whole] if whole else [], exact=True)
    inner = repairs(changed, options)
    found = []
    for repair in inner.found:
        edits = rebased(list(repair.edits), first)
        if edits is not None:
            together = cost + FURTHER_EDIT * bool(cost) + repair.cost
            both = checked(report, f"{repair.title} and {title}", [*first, *edits], together, {})
            found += [both] if both else []
    return Repairs(found, inner.exact)


def _proved(report: Report, answers: Iterable[Answer], most: int, wanted: dict[str, Shape]) -> list[Repair]:
    """The first answers that hold when the changed text is checked."""
    proved: list[Repair] = []
    for answer in answers:
        if len(proved) >= most:
            break
        repair = _prove(report, answer, wanted)
        if repair is not None:
            proved.append(repair)
    return proved


def _harmless(network: Network) -> list[Node]:
    """The nodes that fail, where all of them only have a size that is not whole and lose no pixel."""
    failed = [node for node in network.layers if node.error is not None]
    if all(node.error and node.error.rule in NOT_WHOLE and not node.error.loses_pixels for node in failed):
        return failed
    return []


def _prove(report: Report, answer: Answer, wanted: dict[str, Shape], partial: bool = False) -> Repair | None:
    spec = report.spec
    assert spec is not None
    patches = sorted(merged(answer.patches), key=lambda patch: patch.place)
    edits = edits_of(spec, patches)
    if edits is None:
        return None
    title = " and ".join(patch.title(spec) for patch in patches)
    repair = checked(report, title, edits, answer.cost, wanted, partial)
    return repair and repair._replace(changes=len(answer.patches))


def checked(
    report: Report,
    title: str,
    edits: list[Edit],
    cost: int,
    wanted: dict[str, Shape],
    partial: bool = False,
) -> Repair | None:
    """The repair, if the text with its edits has no error left; `partial`: if it has fewer than before."""
    edits.sort(key=lambda edit: edit.span)
    try:
        after = check_source(report.source.edited(edits), report.overrides, report.settings, rules=False)
    except ValueError:  # two edits at one place
        return None
    if after.trace is None:
        return None
    if after.ok and not is_met(after.trace.network, wanted):
        return None
    remaining = len(after.errors) + after.omitted
    if remaining and not (partial and remaining < len(report.errors) + report.omitted):
        return None
    outcome = ""
    if report.trace is not None:
        outcome = outcome_of(report.trace.network, after.trace.network, report.layout, len(edits))
    if remaining:
        outcome = left(after.source, after.errors)
    return Repair(title, tuple(edits), cost, after, outcome, remaining)


def partial_repairs(report: Report, best: Repairs, options: Options) -> list[Repair]:
    """Where no whole repair exists: the sets of changes that leave the fewest errors."""
    tried = [
        repair
        for answer in best.partial[:_MOST_TRIED]
        if (repair := _prove(report, answer, {}, partial=True)) is not None
    ]
    fewest = min((repair.remaining for repair in tried), default=0)
    chosen = [repair for repair in tried if repair.remaining == fewest]
    chosen.sort(key=lambda repair: repair.cost)
    return chosen[: options.most]
