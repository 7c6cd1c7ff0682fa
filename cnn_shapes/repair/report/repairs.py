"""The repairs of a whole network: what the search finds, and changes of structure, proved on the text."""

from __future__ import annotations

import gc
from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from cnn_shapes.checking import CheckResult, check_source
from cnn_shapes.diagnostics import Diagnostic
from cnn_shapes.edit.proof import rebased
from cnn_shapes.language.expressions.error import UNKNOWN_NAME
from cnn_shapes.layers.base import Layer
from cnn_shapes.network import Network
from cnn_shapes.repair.changes.change import Change, edits_of, merged
from cnn_shapes.repair.changes.costs import COSTS, FURTHER_EDIT
from cnn_shapes.repair.changes.spec_changes import InputChange, renames
from cnn_shapes.repair.clues.order import Clues
from cnn_shapes.repair.report.choice import chosen
from cnn_shapes.repair.report.hinted import Hinted, hinted
from cnn_shapes.repair.report.options import Options, expect, wanted_of
from cnn_shapes.repair.report.proving import Part, Repair, checked, proofs
from cnn_shapes.repair.report.spelling import ROUNDS, SHAPE_RULES, safe_edits
from cnn_shapes.repair.report.titles import together
from cnn_shapes.repair.search.candidates import Candidates
from cnn_shapes.repair.search.search import ChangeSet, Found, Search
from cnn_shapes.repair.search.workbench import Workbench
from cnn_shapes.repair.trial import Outcome
from cnn_shapes.shapes import (
    WRONG_RANK,
    Shape,
    listed,
)
from cnn_shapes.source import Edit, Source
from cnn_shapes.source.translated import TranslatedSource
from cnn_shapes.words import chained, in_english, say

DEFAULT = Options()
NONE_EXISTS = "no set of the changes that are tried makes the whole network valid"
NONE_FOUND = "no small set of changes was found that makes the whole network valid"
SEARCHES_LONGER = f"{NONE_FOUND}: fix searches longer"
_MANY = 8  # errors of reading, of which no one slip is the cause
_LIKELY, _LESS = 13, 0.25  # the cost of a number that is likely to be it, and what clues may do beside it
_MORE = 3  # times as many answers are written down and checked as are told: many are alike
_MOST_TRIED = 24  # answers that are written down and checked, of each kind


class Repairs(NamedTuple):
    """The best repairs of a file; `exact` says that nothing cheaper exists among the declared values.

    `partial` are changes that get further but leave an error, where none mends all. `met`: nothing had to
    change. `wanted` names the layers whose size was asked for. `by_hand` are those that the user has to
    write. `rest` are further ones. `clues`: what else in the text may have led to the error.
    """

    found: list[Repair]
    exact: bool
    partial: Sequence[Repair] = ()
    met: bool = False
    wanted: tuple[str, ...] = ()
    by_hand: Sequence[Repair] = ()
    clues: Clues | None = None
    rest: Sequence[Repair] = ()


@in_english
def repairs(report: CheckResult, options: Options = DEFAULT, rounds: int = ROUNDS) -> Repairs:
    """The cheapest repairs of a report's network, each proved by checking the changed text.

    Those of numbers that a search finds, and those that a clue in the text leads to.
    """
    if report.errors and report.works_out and not options.asks:  # a budget is the user's to keep
        return Repairs([], exact=True)
    best = _of_numbers(report, options, rounds)
    if best.met or not report.errors:
        return best
    plain = not options.restricts and not report.source.is_translated
    likely = bool(best.found) and best.found[0].cost <= _LIKELY
    few = len(errors_of_reading(report)) <= _MANY
    clue = hinted(report, _LESS if likely else 1.0, options.notes) if plain and few else Hinted([])
    found, rest = chosen(report, [*best.found, *clue.found], options.most)
    return best._replace(found=found, rest=rest, clues=clue.clues)


def _of_numbers(report: CheckResult, options: Options, rounds: int) -> Repairs:
    """The repairs that a search finds.

    `rounds`: how often words are set right first, since a report holds only so many of them.
    """
    if rounds == 0:
        return Repairs([], exact=False)
    safe, titles = safe_edits(report)
    others = errors_of_reading(report)
    if len(report.errors) == 1 and others and others[0].rule == UNKNOWN_NAME:
        return _renamed(report, options)
    if others and safe:
        return _after_edits(report, options, safe, chained(titles), rounds=rounds)
    ranks = [fix for found in report.errors if found.rule == WRONG_RANK for fix in found.fixes]
    if ranks and not others and options.allows(("class name",)):
        return _after_edits(report, options, list(ranks[0].edits), ranks[0].title, COSTS["class name"].flat)
    spec, trace = report.spec, report.trace
    if spec is None or trace is None:
        return Repairs([], exact=True)
    if others:
        bench = Workbench(spec, trace.network, report.overrides, partial=True)
        result = _search(bench, options._replace(bound=options.bound // 10))
        partial = _partial(report, [*result.answers, *result.partial], options, {})
        return Repairs([], True, partial)
    if report.ok and not options.asks:
        return Repairs([], exact=True, met=True)
    if options.asks:
        report = check_source(
            report.source, report.overrides, report.settings, rules=False
        )  # what is wanted is noted on its nodes
    return _searched(report, options)


def working_input(report: CheckResult) -> Shape | None:
    """The nearest input within reach with which the network is whole; None where there is none."""
    spec, trace = report.spec, report.trace
    if spec is None or trace is None:
        return None
    bench = Workbench(spec, trace.network, report.overrides)
    changes = Candidates(bench, lambda change: True).inputs.all
    for change in sorted(changes, key=lambda change: change.cost):
        if bench.evaluate((change,)).valid:
            return change.shape
    return None


def errors_of_reading(report: CheckResult) -> list[Diagnostic]:
    """The errors that are not about shapes: no change of a size mends them."""
    return [found for found in report.errors if found.rule not in SHAPE_RULES]


def _searched(report: CheckResult, options: Options) -> Repairs:
    spec, trace = report.spec, report.trace
    assert spec is not None
    assert trace is not None
    wanted = wanted_of(trace.network, options)
    expect(trace.network, wanted)
    bench = Workbench(spec, trace.network, report.overrides, wanted)
    if bench.base().valid:
        return Repairs([], exact=True, met=True)
    result = _search(bench, options)
    found = _proved(report, result.answers, _MORE * options.most, wanted)
    partial = [] if found else _partial(report, result.partial, options, wanted)
    return Repairs(found, result.exact, partial, wanted=tuple(wanted))


def _search(bench: Workbench, options: Options) -> Found:
    of_spec = not bench.spec.source.is_translated

    def allowed(change: Change) -> bool:
        if bench.spec.source.is_derived and change.is_of_specs_alone:
            return False  # no framework has it
        return options.allows(change.field_names()) and (of_spec or _is_of_user(bench.spec.source, change))

    accepted: set[Hashable] = set()

    def accept(changes: tuple[Change, ...], outcome: Outcome) -> bool:
        if edits_of(bench.spec, changes) is None:
            return False
        harmless = any(change.harmless for change in changes)
        if harmless and outcome.network is not None and loses_pixels(outcome.network):
            return False
        network = network_of(bench, changes, outcome)
        new = network not in accepted
        accepted.add(network)
        return new

    search = Search(bench, Candidates(bench, allowed), accept, options.most, options.bound)
    collecting = gc.isenabled()
    gc.disable()  # thousands of sets are kept, none is garbage: to look for some takes a third of the time
    try:
        return search.run()
    finally:
        if collecting:
            gc.enable()


def _is_of_user(source: Source, change: Change) -> bool:
    """Whether a change is one of what the user wrote in another language, and can be said in that."""
    assert isinstance(source, TranslatedSource)
    if change.adds_layer or change.rounds_file:
        return False
    sayable = not change.added_field or change.added_field in source.words.fields
    return sayable and source.says(change.place)


def _renamed(report: CheckResult, options: Options) -> Repairs:
    """Names before a `from` that names nothing, and with which the network is whole."""
    if not options.allows(("from",)):
        return Repairs([], exact=True)
    names = renames(report)[: max(options.most, proofs(report))]
    tried = [checked(report, one.title, one.edits, one.cost, {}) for one in names]
    found = sorted((repair for repair in tried if repair is not None), key=lambda repair: repair.cost)
    return Repairs(found[: options.most], exact=True)


def _after_edits(
    report: CheckResult, options: Options, first: list[Edit], title: str, cost: int = 0, rounds: int = 1
) -> Repairs:
    """The repairs of what is left after words are set right, together with them; `cost` is theirs."""
    changed = check_source(report.source.edited(first), report.overrides, report.settings, rules=False)
    if changed.ok and not options.asks:
        whole = checked(report, title, first, cost, {})
        return Repairs([whole] if whole else [], exact=True)
    inner = repairs(changed, options, rounds - 1 if cost == 0 else rounds)
    found = []
    for repair in inner.found:
        edits = rebased(list(repair.edits), first)
        if edits is not None:
            together = repair.cost + cost + (FURTHER_EDIT if cost else 0)
            words = say("{title}; spelling: {others}", title=repair.title, others=title)
            if cost:
                words = say("{title} and {others}", title=repair.title, others=title)
            both = checked(report, words, [*first, *edits], together, {})
            found += [both] if both else []
    return Repairs(found, inner.exact)


def _proved(
    report: CheckResult, answers: Iterable[ChangeSet], most: int, wanted: Mapping[str, Shape]
) -> list[Repair]:
    """The first answers that hold when the changed text is checked; fewer where a check takes long."""
    proved: list[Repair] = []
    enough = min(most, proofs(report))
    for answer in islice(answers, max(most, min(_MOST_TRIED, proofs(report)))):
        if len(proved) >= enough:
            break
        repair = _prove(report, answer, wanted)
        if repair is not None:
            proved.append(repair)
    return proved


def _prove(
    report: CheckResult, answer: ChangeSet, wanted: Mapping[str, Shape], partial: bool = False
) -> Repair | None:
    spec = report.spec
    assert spec is not None
    changes = sorted(merged(answer.changes), key=lambda change: change.place)
    edits = edits_of(spec, changes)
    if edits is None:
        return None
    wordings = [change.wording(spec) for change in changes]
    title = listed([one.title for one in wordings]) if spec.source.is_derived else together(wordings)
    repair = checked(report, title, edits, answer.cost, wanted, partial)
    parts = tuple(
        Part(change.row, spec.source.position(change.place)[0], wording)
        for change, wording in zip(changes, wordings, strict=True)
    )
    return repair and repair._replace(changes=len(answer.changes), parts=parts)


def _partial(
    report: CheckResult, answers: Iterable[ChangeSet], options: Options, wanted: Mapping[str, Shape]
) -> list[Repair]:
    """Where no whole repair exists: the sets of changes that leave the fewest errors."""
    tried: dict[tuple[Edit, ...], Repair] = {}
    for answer in islice(answers, min(_MOST_TRIED, proofs(report))):
        repair = _prove(report, answer, wanted, partial=True)
        if repair is not None:
            tried.setdefault(repair.edits, repair)
    fewest = min((repair.remaining for repair in tried.values()), default=0)
    chosen = [repair for repair in tried.values() if repair.remaining == fewest]
    chosen.sort(key=lambda repair: repair.cost)
    return chosen[: options.most]


def network_of(bench: Workbench, changes: Sequence[Change], outcome: Outcome) -> Hashable:
    """All in which the changed network differs from the old one: two sets of changes alike in it are one."""
    old = bench.network.nodes
    made: Iterable[tuple[int, Layer | None]] = sorted(bench.altered(changes).items())
    sources = None  # as they were
    if outcome.network is not None:
        nodes = outcome.network.nodes
        made = [(node.index, node.layer) for node in nodes]
        joined = [tuple(source.index for source in node.inputs) for node in nodes]
        if joined != [tuple(source.index for source in node.inputs) for node in old]:
            sources = tuple(joined)
    differing = []
    for index, layer in made:
        before = old[index].layer if index < len(old) and sources is None else None
        if layer is not None and layer is not before:
            signature = layer.signature()
            if before is None or signature != before.signature():
                differing.append((index, signature))
    shapes = [change.shape for change in merged(changes) if isinstance(change, InputChange)]
    return (tuple(shapes), tuple(differing), sources)


def loses_pixels(network: Network) -> bool:
    """Whether the file's rounding leaves out pixels that a longer input would have had read."""
    for node in network.layers:
        layer, x = node.layer, node.inputs[0].output
        if (
            layer is not None
            and layer.has_windows
            and x is not None
            and "rounding" not in getattr(node.place, "settings", {})
        ):
            windows = zip(layer.windows(x), x.sizes, strict=True)
            if any(window.drops(size) for window, size in windows):
                return True
    return False
