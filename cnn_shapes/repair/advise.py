"""Turns the answers of the search into proved fixes of a report."""

from __future__ import annotations

from typing import NamedTuple

from cnn_shapes.check import Report, check_source
from cnn_shapes.diagnostics import ERROR, Diagnostic, Fix, Note, format_shape, format_sizes
from cnn_shapes.network import Network, Node, check_expectation
from cnn_shapes.repair.candidates import Candidates
from cnn_shapes.repair.costs import COSTS, FURTHER_EDIT
from cnn_shapes.repair.patches import Patch, RoundingPatch, merged
from cnn_shapes.repair.search import Answer, Search
from cnn_shapes.repair.structural import flattening, rebased, renames, structural_changes
from cnn_shapes.repair.why import notes_for
from cnn_shapes.repair.workbench import Outcome, Workbench
from cnn_shapes.shapes import UNKNOWN, Shape
from cnn_shapes.source import Edit
from cnn_shapes.verdict import NOT_WHOLE

SHAPE_RULES = (
    *NOT_WHOLE,
    *("window-too-large", "bad-padding", "groups-not-divisible", "shape-mismatch"),
    *("needs-flatten", "wrong-rank", "expect-mismatch"),
)


REPAIRED = (*SHAPE_RULES, "unknown-name")


class Options(NamedTuple):
    """What a repair may change and must keep. `target` is a layer's name (or "" for the last feature map) and sizes."""

    keep: frozenset[str] = frozenset()
    only: frozenset[str] = frozenset()
    keep_output: bool = False
    target: tuple[str, tuple[int, ...]] | None = None
    most: int = 3
    bound: int = 60_000


class Repair(NamedTuple):
    """A proved repair: its edits, what it costs, and the report of the repaired text."""

    title: str
    edits: tuple[Edit, ...]
    cost: int
    after: Report
    outcome: str


class Repairs(NamedTuple):
    """The best repairs of a file; `exact` says that nothing cheaper exists among the declared values."""

    found: list[Repair]
    exact: bool


DEFAULT = Options()


def advise(report: Report, options: Options = DEFAULT) -> Report:
    """The report with its fixes proved, and with the repairs of the whole network at its first shape error."""
    if report.ok:
        return report
    diagnostics = [_proved(report, found) for found in report.diagnostics]
    place = next(
        (p for p, found in enumerate(diagnostics) if found.rule in SHAPE_RULES and found.severity == ERROR),
        None,
    )
    if place is not None:
        first = diagnostics[place]
        best = repairs(report, options)
        fixes = tuple(
            Fix(repair.title, repair.edits, False, True, 0, repair.outcome) for repair in best.found
        )
        failed = (
            next((node for node in report.trace.network.layers if node.error), None) if report.trace else None
        )
        notes = (*first.notes, *notes_for(failed, report.source)) if failed is not None else first.notes
        if not fixes:
            notes = (*notes, Note("no small set of changes was found that makes the whole network valid"))
        diagnostics[place] = first._replace(fixes=(*first.fixes, *fixes), notes=notes)
    return Report(report.source, report.spec, report.trace, diagnostics, report.omitted, report.overrides)


def _proved(report: Report, found: Diagnostic) -> Diagnostic:
    """A finding whose own fixes say what remains after each."""
    if not found.fixes:
        return found
    fixes = []
    for fix in found.fixes:
        after = check_source(report.source.edited(fix.edits), report.overrides)
        fixes.append(fix._replace(valid=after.ok, remaining=len(after.errors)))
    return found._replace(fixes=tuple(fixes))


def repairs(report: Report, options: Options = DEFAULT) -> Repairs:
    """The cheapest repairs of a report's network, each proved by checking the changed text."""
    spec, trace = report.spec, report.trace
    if len(report.errors) == 1 and report.errors[0].rule == "unknown-name":
        return _renamed(report, options)
    if spec is None or trace is None or any(found.rule not in SHAPE_RULES for found in report.errors):
        return Repairs([], exact=True)
    network = trace.network
    flattens = flattening(report, network)
    if flattens and len(report.errors) > 1:
        return _with_flattens(report, options, flattens)
    if options.target is not None:
        _expect_target(network, options.target)
    bench = Workbench(spec, network, report.overrides)

    def allowed(patch: Patch) -> bool:
        return _allowed(patch.field_names(), options)

    def accept(patches: tuple[Patch, ...], outcome: Outcome) -> bool:
        return _meets(network, outcome, options)

    found: list[Repair] = []
    harmless = _harmless(network)
    rounding = RoundingPatch(None, 0)
    if harmless and allowed(rounding):
        outcome = bench.evaluate((rounding,))
        if outcome.valid and accept((rounding,), outcome):
            found += _proved_repairs(report, [Answer((rounding,), 0, outcome)], 1, options)
    if found and len(harmless) > 1:
        return Repairs(found, exact=True)
    changes = [
        change for change in structural_changes(report, bench.base()) if _allowed((change.row,), options)
    ]
    proved = [
        repair
        for change in changes
        if (repair := checked(report, change.title, change.edits, change.cost, options))
    ]
    result = Search(bench, Candidates(bench), accept, allowed, options.most, options.bound).run()
    proved = _proved_repairs(report, result.answers, options.most, options) + proved
    proved.sort(key=lambda repair: repair.cost)
    titles = {repair.title for repair in found}
    found += [repair for repair in proved if repair.title not in titles]
    return Repairs(found[: options.most], result.exact)


def _renamed(report: Report, options: Options) -> Repairs:
    """Names that stand before a `from` that names nothing, and with which the network is whole."""
    if not _allowed(("from",), options):
        return Repairs([], exact=True)
    tried = [checked(report, change.title, change.edits, change.cost, options) for change in renames(report)]
    found = sorted((repair for repair in tried if repair is not None), key=lambda repair: repair.cost)
    return Repairs(found[: options.most], exact=True)


def _with_flattens(report: Report, options: Options, flattens: list[Edit]) -> Repairs:
    """Flatten first, then repair what is left: nothing but a flatten mends `needs-flatten`."""
    flat = check_source(report.source.edited(flattens), report.overrides)
    lines = [str(report.source.position(edit.span.start)[0]) for edit in flattens]
    title = f"insert flatten before line {' and '.join(lines)}"
    cost = COSTS["layer"].flat * len(flattens) + FURTHER_EDIT * (len(flattens) - 1)
    if flat.ok:
        whole = checked(report, title, flattens, cost, options)
        return Repairs([whole] if whole else [], exact=True)
    inner = repairs(flat, options)
    found = []
    for repair in inner.found:
        edits = rebased(list(repair.edits), flattens)
        if edits is not None:
            together = cost + FURTHER_EDIT + repair.cost
            both = checked(report, f"{repair.title} and {title}", [*flattens, *edits], together, options)
            found += [both] if both else []
    return Repairs(found, inner.exact)


def _allowed(names: tuple[str, ...], options: Options) -> bool:
    if options.only:
        return any(name in options.only for name in names)
    return not any(name in options.keep for name in names)


def _proved_repairs(report: Report, answers: list[Answer], most: int, options: Options) -> list[Repair]:
    """The first answers that hold when the changed text is checked."""
    proved: list[Repair] = []
    for answer in answers:
        if len(proved) >= most:
            break
        repair = _prove(report, answer, options)
        if repair is not None:
            proved.append(repair)
    return proved


def _harmless(network: Network) -> list[Node]:
    """The nodes that fail, where all of them only have a size that is not whole and lose no pixel by rounding."""
    failed = [node for node in network.layers if node.error is not None]
    if all(node.error and node.error.rule in NOT_WHOLE and not node.error.loses_pixels for node in failed):
        return failed
    return []


def _meets(network: Network, outcome: Outcome, options: Options) -> bool:
    if options.keep_output:
        for output in network.outputs:
            if output.index in outcome.shapes and outcome.shapes[output.index] != output.output:
                return False
    if options.target is not None:
        name, sizes = options.target
        node = _target(network, name)
        shape = outcome.shape(node) if node is not None else None
        return shape is not None and shape.sizes == sizes
    return True


def _expect_target(network: Network, target: tuple[str, tuple[int, ...]]) -> None:
    """Assert the wanted size on its node, so that it is an error like any other that it is not met."""
    node = _target(network, target[0])
    if node is not None and node.error is None:
        node.expected = Shape((UNKNOWN, *target[1]))
        check_expectation(node)


def _target(network: Network, name: str) -> Node | None:
    if name:
        return next((node for node in network.layers if node.name == name), None)
    maps = [node for node in network.layers if node.output is not None and node.output.rank]
    return maps[-1] if maps else None


def _prove(report: Report, answer: Answer, options: Options) -> Repair | None:
    spec = report.spec
    assert spec is not None
    edits: list[Edit] = []
    patches = sorted(merged(answer.patches), key=lambda patch: patch.order)
    for patch in patches:
        written = patch.edits(spec)
        if written is None:
            return None
        edits += written
    title = " and ".join(patch.title(spec) for patch in patches)
    return checked(report, title, edits, answer.cost, options)


def checked(report: Report, title: str, edits: list[Edit], cost: int, options: Options) -> Repair | None:
    """The repair, if the text with its edits has no error left."""
    edits.sort(key=lambda edit: edit.span)
    try:
        after = check_source(report.source.edited(edits), report.overrides, rules=False)
    except ValueError:  # two edits at one place
        return None
    if not after.ok or after.trace is None or report.trace is None:
        return None
    if options.target is not None:
        node = _target(after.trace.network, options.target[0])
        if node is None or node.output is None or node.output.sizes != options.target[1]:
            return None
    return Repair(
        title, tuple(edits), cost, after, _outcome(report.trace.network, after.trace.network, report.layout)
    )


def _outcome(before: Network, after: Network, layout: str) -> str:
    """The sizes that follow: what goes into the layer that failed, what comes out, and the output where it changes."""
    failed = next((node for node in before.layers if node.error is not None), None)
    if failed is None:
        return ""
    mended = next((node for node in after.layers if node.name == failed.name), None)
    parts = []
    if mended is not None and mended.inputs and failed.inputs:
        old, new = failed.inputs[0].output, mended.inputs[0].output
        if old is not None and new is not None and old != new and old.rank == new.rank:
            parts.append(f"{_sizes(old, layout)} -> {_sizes(new, layout)}")
        if mended.output is not None:
            parts.append(f"{mended.kind} {_sizes(mended.output, layout)}")
    outputs = [(a.output, b.output) for a, b in zip(before.outputs, after.outputs, strict=False)]
    parts += [
        f"output {format_shape(a, layout)} -> {format_shape(b, layout)}"
        for a, b in outputs
        if a != b and a and a.known
    ]
    return ", ".join(parts)


def _sizes(shape: Shape, layout: str) -> str:
    if not shape.rank:
        return str(shape[0])
    return str(shape.sizes[0]) if len(set(shape.sizes)) == 1 else format_sizes(shape.sizes)
