"""Which input sizes a network works with, from its report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import prod
from typing import NamedTuple

from cnn_shapes.checking import CheckResult, check_source
from cnn_shapes.diagnostics import Diagnostic, Findings
from cnn_shapes.input_sizes.congruences import Coupled
from cnn_shapes.input_sizes.progressions import Progression, progressions
from cnn_shapes.input_sizes.propagation import Failure, LayersDependOnSize, Propagation
from cnn_shapes.input_sizes.strategies import (
    FurtherSizes,
    SearchResult,
    Strategy,
    distance,
)
from cnn_shapes.input_sizes.unfolding import Unfolding
from cnn_shapes.language.building import LayerPool
from cnn_shapes.language.reading.wording import WRONG_INPUTS
from cnn_shapes.language.unfolding.unfolder import unfold
from cnn_shapes.network import Node
from cnn_shapes.rules import OVER_BUDGET
from cnn_shapes.shapes import AXIS_NAMES, ShapeError

SQUARE = "square"


class Question(NamedTuple):
    """What was asked: `own` is the input's size; `square`: about equal sizes alone.

    `leaves_out_expect`: the spec states sizes of this one input, which are not looked at. Of several inputs
    those called `varying` have the size that is asked about, and `fixed` keep theirs.
    """

    own: tuple[int, ...]
    rounding: str
    square: bool = False
    leaves_out_expect: bool = False
    varying: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()


class Nearest(NamedTuple):
    """The smallest size that works, and the nearest below and above the input's; None where there is none."""

    smallest: tuple[int, ...] | None = None
    below: tuple[int, ...] | None = None
    above: tuple[int, ...] | None = None


class FailingSize(NamedTuple):
    """An input size that does not work, and the first layer that fails there."""

    size: tuple[int, ...]
    failure: Failure


class Blocking(NamedTuple):
    """The layer that lets no size through: whatever the size is, or else every size that gets as far.

    The error's message speaks of one of these sizes; it is empty where none is at hand.
    """

    node: Node
    error: ShapeError
    at_every_size: bool


class AxisVariation(NamedTuple):
    """The sizes along one axis that work while the others are `held` at the input's own."""

    axis: str
    held: dict[str, int]
    progressions: list[Progression]

    def with_size(self, size: int) -> tuple[int, ...]:
        """The sizes of all axes where this one has `size`."""
        return tuple(self.held.get(name, size) for name in AXIS_NAMES[len(self.held) + 1])


class Coupling(NamedTuple):
    """Axes that depend on each other, because of the layer `node` if that is known.

    `varied` has each axis with the others held; `further` what else was found where nothing of that works.
    """

    node: Node | None
    varied: list[AxisVariation]
    further: FurtherSizes | None = None


class Sizes(NamedTuple):
    """The input sizes that work, and `works`: whether the input's own does.

    `axes` maps `height`, `width` (`depth`) to their progressions where each axis decides by itself; where all
    axes have the same size it has the one key `square`. `coupling`: the axes depend on each other.
    `blocking`: why no size works. `tested`: the greatest size that was tried; None where all is proved.
    """

    question: Question
    works: bool
    axes: dict[str, list[Progression]]
    nearest: Nearest
    failing: list[FailingSize]
    coupling: Coupling | None = None
    blocking: Blocking | None = None
    tested: int | None = None

    @property
    def proved(self) -> bool:
        return self.tested is None and (self.coupling is None or self.found)

    @property
    def found(self) -> bool:
        """Whether any size works, of those that were asked for."""
        return self.nearest.smallest is not None


def sizes(
    report: CheckResult, rounding: str | None = None, square: bool = False, vary: str | None = None
) -> Sizes | None:
    """Which input sizes work, exactly and to infinity; None where the text cannot be read as a network.

    `rounding` is tried instead of the file's. `square`: the same size on all axes. The report's overrides
    hold, but for its input's sizes; `expect` is not looked at, since it states the sizes of one input. Of
    several inputs the one called `vary`, else the first, and all of the same sizes vary together.
    """
    spec, shape = report.spec, report.input
    varied = 0
    if spec is not None and vary is not None:
        varied, shape = [*spec.inputs].index(vary), spec.inputs[vary].shape
    if spec is None or shape is None or report.trace is None or not shape.rank:
        return None
    overrides = report.overrides
    own_rounding = overrides.rounding or spec.rounding
    if rounding is not None and rounding != own_rounding:
        return sizes(check_source(report.source, overrides._replace(rounding=rounding)), None, square, vary)
    network = report.trace.network
    if any(one.rule == WRONG_INPUTS for one in report.silenced):
        return None
    if undecided(report):
        return None
    question = Question(
        tuple(shape.sizes),
        own_rounding,
        square,
        any(node.expected is not None for node in network.layers),
        tuple(name for name, one in spec.inputs.items() if one.shape.sizes == shape.sizes),
        tuple(name for name, one in spec.inputs.items() if one.shape.sizes != shape.sizes),
    )
    propagation = Propagation(spec, network, varied)
    # errors of sizes name their layer, and the budget is of this size
    unreadable = [found for found in report.errors if found.layer is None and found.rule != OVER_BUDGET]
    if unreadable or any(node.layer is None and node.kind not in spec.blocks for node in network.layers):
        if propagation.fixed or not _all_of_unfolding(unreadable, report):
            return None
        found = _answer(Strategy(Unfolding(spec, network, overrides, varied)), question)
        return found if found.found else None
    try:
        if not propagation.fixed:
            raise LayersDependOnSize
        return _answer(Strategy(propagation), question)
    except LayersDependOnSize:
        return _answer(Strategy(Unfolding(spec, network, overrides, varied)), question)


def undecided(report: CheckResult) -> str:
    """Why nothing can be said of other sizes although the spec is right; empty where something can."""
    nodes = report.trace.network.layers if report.trace is not None else []
    for node in nodes:
        if node.layer is not None and node.layer.is_of_one_size:
            return f"the output of {node.name} is stated for one input: state it with h_in, w_in, ..."
    return ""


def _all_of_unfolding(errors: Sequence[Diagnostic], report: CheckResult) -> bool:
    """Whether errors are of what the expressions come to at this input: at another they may come to more."""
    assert report.spec is not None
    findings = Findings(report.source)
    unfold(report.spec, findings, report.overrides, report.settings.limits, LayerPool())
    found = {(one.rule, one.span) for one in findings.listed()}
    return all((one.rule, one.span) in found for one in errors)


def _answer(strategy: Strategy, question: Question) -> Sizes:
    own, rank = question.own, len(question.own)
    own_failure = strategy.first_failure(own)
    if own_failure is not None:
        always = strategy.failure_at_every_size(rank)
        if always is not None:
            failing = [FailingSize(own, own_failure)]
            blocking = _blocked(always, own_failure)
            return Sizes(question, False, {SQUARE: []}, Nearest(), failing, blocking=blocking)
    works = own_failure is None
    if rank == 1 or question.square:
        return _of_equal_sizes(strategy, question, works)
    node = None
    try:
        results = strategy.per_axis(rank)
    except Coupled as coupled:
        node = coupled.node
    else:
        return _of_independent_axes(strategy, question, works, results)
    return _of_coupled_axes(strategy, question, works, node)


def _of_equal_sizes(strategy: Strategy, question: Question, works: bool) -> Sizes:
    """One axis, or the same size on all of them."""
    own, rank = question.own, len(question.own)
    results = {SQUARE: strategy.along((None,) * rank)}
    axes = _axes(results, own, works)
    side = _side(own)
    nearest = Nearest(
        _equal(_least(axes[SQUARE]), rank),
        _equal(_below(axes[SQUARE], side + (side**rank < prod(own))), rank),
        _equal(_above(axes[SQUARE], side), rank),
    )
    near = _around(own)
    if question.square and len(set(own)) > 1:
        near = [(side + by,) * rank for by in (0, 1)]
    if nearest.smallest is not None:
        near.append(_smaller(nearest.smallest))
    return Sizes(
        question,
        works,
        axes,
        nearest,
        _failing(strategy, near),
        blocking=_blocking(strategy, results, own) if nearest.smallest is None else None,
        tested=_tested(results.values()),
    )


def _of_independent_axes(
    strategy: Strategy, question: Question, works: bool, found: Sequence[SearchResult]
) -> Sizes:
    """Each axis decides by itself."""
    own = question.own
    results = dict(zip(AXIS_NAMES[len(own)], found, strict=True))
    axes = _axes(results, own, works)
    nearest = Nearest(
        _joined(map(_least, axes.values())),
        _joined(_beside(_below, runs, size, works) for runs, size in zip(axes.values(), own, strict=True)),
        _joined(_beside(_above, runs, size, works) for runs, size in zip(axes.values(), own, strict=True)),
    )
    near = _around(own)
    if nearest.smallest is not None:
        near.append(_smaller(nearest.smallest))
    return Sizes(
        question,
        works,
        axes,
        nearest,
        _failing(strategy, near),
        blocking=_blocking(strategy, results, own) if nearest.smallest is None else None,
        tested=_tested(found),
    )


def _of_coupled_axes(strategy: Strategy, question: Question, works: bool, node: Node | None) -> Sizes:
    """Equal sizes, and each axis with the others held; where nothing of that works, what else is found."""
    own, rank = question.own, len(question.own)
    names = AXIS_NAMES[rank]
    equal = strategy.along((None,) * rank)
    axes = _axes({SQUARE: equal}, own, works)
    results, varied = [equal], []
    for axis, name in enumerate(names):
        result = strategy.along([None if place == axis else size for place, size in enumerate(own)])
        held = {other: size for other, size in zip(names, own, strict=True) if other != name}
        runs = progressions(result.congruences)
        if works and not any(own[axis] in run for run in runs):
            runs.append(Progression(own[axis], 1, own[axis]))  # it is beyond those that were tried
        varied.append(AxisVariation(name, held, runs))
        results.append(result)
    further = None
    if not (axes[SQUARE] or any(one.progressions for one in varied)):
        further = strategy.search_further(own)
    nearest = _nearest_of_coupled(axes[SQUARE], varied, further.sizes if further is not None else (), own)
    near = _around(own)
    if nearest.smallest is not None and len(set(nearest.smallest)) == 1:
        near.append(_smaller(nearest.smallest))
    failing = _failing(strategy, near)
    coupling = Coupling(node, varied, further)
    return Sizes(question, works, axes, nearest, failing, coupling, tested=_tested(results))


def _nearest_of_coupled(
    squares: Sequence[Progression],
    varied: Sequence[AxisVariation],
    further: Sequence[tuple[int, ...]],
    own: tuple[int, ...],
) -> Nearest:
    """The smallest of the equal sizes; where there are none, of the others the one of fewest pixels.

    Of all these the nearest that fits into the input, and the nearest that the input fits into.
    """
    rank = len(own)
    smallest = _equal(_least(squares), rank)
    if smallest is None:
        known = [one.with_size(least) for one in varied if (least := _least(one.progressions)) is not None]
        smallest = min([*known, *further], key=lambda size: (prod(size), max(size), size), default=None)
    low, high = (min(own), max(own)) if len(set(own)) == 1 else (min(own) + 1, max(own) - 1)
    below = [(size,) * rank for run in squares if (size := run.below(low)) is not None]
    above = [(size,) * rank for run in squares if (size := run.above(high)) is not None]
    for one, at in zip(varied, own, strict=True):
        below += [one.with_size(size) for run in one.progressions if (size := run.below(at)) is not None]
        above += [one.with_size(size) for run in one.progressions if (size := run.above(at)) is not None]
    below += [size for size in further if all(map(int.__le__, size, own))]
    above += [size for size in further if all(map(int.__ge__, size, own))]
    return Nearest(
        smallest,
        min(below, key=lambda size: distance(size, own), default=None),
        min(above, key=lambda size: distance(size, own), default=None),
    )


def _axes(
    results: Mapping[str, SearchResult], own: tuple[int, ...], works: bool
) -> dict[str, list[Progression]]:
    """The progressions of each axis; with the input's own size, which may be beyond those that were tried."""
    axes = {name: progressions(result.congruences) for name, result in results.items()}
    if works and not (SQUARE in axes and len(set(own)) > 1):
        for (name, result), size in zip(results.items(), own, strict=False):
            if result.tested is not None and not any(size in run for run in axes[name]):
                axes[name].append(Progression(size, 1, size))
    return axes


def _tested(results: Iterable[SearchResult]) -> int | None:
    return min((one.tested for one in results if one.tested is not None), default=None)


def _least(runs: Iterable[Progression]) -> int | None:
    return min((one.first for one in runs), default=None)


def _below(runs: Iterable[Progression], size: int) -> int | None:
    return max((near for one in runs if (near := one.below(size)) is not None), default=None)


def _above(runs: Iterable[Progression], size: int) -> int | None:
    return min((near for one in runs if (near := one.above(size)) is not None), default=None)


def _beside(
    nearest: Callable[[Iterable[Progression], int], int | None],
    runs: Sequence[Progression],
    size: int,
    works: bool,
) -> int | None:
    """The nearest size along an axis; its own where only another axis is at fault."""
    return size if not works and any(size in run for run in runs) else nearest(runs, size)


def _joined(found: Iterable[int | None]) -> tuple[int, ...] | None:
    """The sizes of all axes; None where one has none."""
    known = []
    for size in found:
        if size is None:
            return None
        known.append(size)
    return tuple(known)


def _equal(size: int | None, rank: int) -> tuple[int, ...] | None:
    return None if size is None else (size,) * rank


def _side(own: tuple[int, ...]) -> int:
    """The side of the largest square, or cube, that has no more pixels than the input."""
    side: int = max(1, round(prod(own) ** (1 / len(own))))
    while side ** len(own) > prod(own):
        side -= 1
    while (side + 1) ** len(own) <= prod(own):
        side += 1
    return side


def _around(own: tuple[int, ...]) -> list[tuple[int, ...]]:
    """The input's own size, and those around it."""
    return [tuple(size + by for size in own) for by in (-1, 0, 1)]


def _smaller(sizes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(size - 1 for size in sizes)


def _failing(strategy: Strategy, candidates: Iterable[tuple[int, ...]]) -> list[FailingSize]:
    """Those of the sizes that do not work."""
    sizes = sorted({size for size in candidates if min(size) > 0})
    return [FailingSize(size, failure) for size in sizes if (failure := strategy.first_failure(size))]


def _blocking(
    strategy: Strategy, results: Mapping[str, SearchResult], own: tuple[int, ...]
) -> Blocking | None:
    """The last layer that any size gets to, where it is proved that none gets further."""
    for place, result in enumerate(results.values()):
        if result.congruences or result.tested is not None or result.furthest is None:
            continue
        node, size = result.furthest
        sample = [min([run.first for run in one.congruences], default=size) for one in results.values()]
        sample[place] = size
        for tried in (own, tuple(sample) if len(sample) == len(own) else (size,) * len(own)):
            failure = strategy.first_failure(tried)
            if failure is not None and failure.node.name == node.name:
                return Blocking(failure.node, failure.error, at_every_size=False)
        return Blocking(node, ShapeError("", ""), at_every_size=False)
    return None


def _blocked(always: Failure, own_failure: Failure) -> Blocking:
    """The message has the numbers of the input where it gets as far, else of the check, which goes on."""
    node = always.node
    error = own_failure.error if own_failure.node is node else node.error
    if error is None or error.rule != always.error.rule:
        error = ShapeError(always.error.rule, "")
    return Blocking(node, error, at_every_size=True)
