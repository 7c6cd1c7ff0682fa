"""Which input sizes a network works with, from its report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import NamedTuple

from cnn_shapes.checking import Report, check_source
from cnn_shapes.language.reading.wording import WRONG_INPUTS
from cnn_shapes.network import Node
from cnn_shapes.shapes import AXIS_NAMES, ShapeError
from cnn_shapes.sizes.elsewhere import Elsewhere
from cnn_shapes.sizes.progressions import Progression, progressions
from cnn_shapes.sizes.search import Found
from cnn_shapes.sizes.stretches import Coupled
from cnn_shapes.sizes.tied import Others, Varied, around, least, look_further, vary
from cnn_shapes.sizes.walk import Failure, Rebuilt, Walker
from cnn_shapes.sizes.ways import Unfolding, Walking, Way

SQUARE = "square"
_NONE: dict[str, list[Progression]] = {SQUARE: []}


class Failing(NamedTuple):
    """An input size that does not work, and the first layer that fails there."""

    size: tuple[int, ...]
    failure: Failure


class Blocking(NamedTuple):
    """The layer that lets no size through: whatever the size is, or else every size that gets as far.

    The error's message speaks of one of these sizes; it is empty where none is at hand.
    """

    node: Node
    error: ShapeError
    whatever: bool


class Sizes(NamedTuple):
    """The input sizes that work.

    `axes` maps `height`, `width` (`depth`) to their progressions where each axis decides by itself; where all
    axes have the same size it has the one key `square`. `own` is the input's size, `works` whether it does.
    `below` and `above` are the nearest sizes that work, None where there is none. Where the axes depend on
    each other, because of the layer `tie` if that is known, `varied` tells each axis with the others held,
    and `others` what else was found where nothing of that works. `blocking`: why no size works. `square`:
    equal sizes alone were asked for. `tested`: the greatest size that was tried; None where all is proved.
    """

    rounding: str
    axes: dict[str, list[Progression]]
    smallest: tuple[int, ...] | None
    below: tuple[int, ...] | None
    above: tuple[int, ...] | None
    own: tuple[int, ...]
    works: bool
    failing: list[Failing]
    tie: Node | None = None
    varied: Sequence[Varied] = ()
    others: Others | None = None
    blocking: Blocking | None = None
    square: bool = False
    tested: int | None = None
    expectations: bool = False

    @property
    def proved(self) -> bool:
        return self.tested is None and (self.others is None or bool(self.others.sizes))

    @property
    def found(self) -> bool:
        """Whether any size works, of those that were asked for."""
        return self.smallest is not None


def sizes(report: Report, rounding: str | None = None, square: bool = False) -> Sizes | None:
    """Which input sizes work, exactly and to infinity; None where the text cannot be read as a network.

    `rounding` is tried instead of the file's. `square`: the same size on all axes. The report's overrides
    hold, but for its input's sizes; `expect` is not looked at, since it states the sizes of one input.
    """
    spec, shape = report.spec, report.input
    if spec is None or shape is None or report.trace is None or not shape.rank or _unreadable(report):
        return None
    overrides = report.overrides
    if rounding is not None and rounding != (overrides.rounding or spec.rounding):
        return sizes(check_source(report.source, overrides._replace(rounding=rounding)), None, square)
    network = report.trace.network
    if any(node.layer is None and node.kind not in spec.blocks for node in network.layers):
        return None
    if any(one.rule == WRONG_INPUTS for one in report.silenced):
        return None
    walker = Walker(spec, network)
    own = tuple(shape.sizes)
    try:
        if not walker.fixed:
            raise Rebuilt
        answer = _answer(Walking(walker), own, square)
    except Rebuilt:
        answer = _answer(Unfolding(spec, shape.channels, overrides, walker.count), own, square)
    return answer._replace(
        rounding=overrides.rounding or spec.rounding,
        square=square,
        expectations=any(node.expected is not None for node in network.layers),
    )


def _unreadable(report: Report) -> bool:
    """Whether an error stands in the way that is not of sizes: those of layers name their layer."""
    return any(found.layer is None for found in report.errors)


def _answer(way: Way, own: tuple[int, ...], square: bool) -> Sizes:
    rank = len(own)
    own_failure = way.first_failure(own)
    if own_failure is not None and isinstance(way, Walking):
        always = way.walker.failure_at_all(rank)
        if always is not None:
            failing = [Failing(own, own_failure)]
            return Sizes(
                "", _NONE, None, None, None, own, False, failing, blocking=_blocked(always, own_failure)
            )
    apart, tie = _axes(way, rank) if rank > 1 and not square else (None, None)
    found = apart or {SQUARE: way.along((None,) * rank)}
    told = {name: progressions(one.stretches) for name, one in found.items()}
    listed = list(found.values())
    varied: list[Varied] = []
    others = None
    if own_failure is None:
        _include(told, listed, own)
    if apart is not None:
        smallest = _joined([min((one.first for one in some), default=None) for some in told.values()])
        below = _joined([_below(some, size) for some, size in zip(told.values(), own, strict=True)])
        above = _joined([_above(some, size) for some, size in zip(told.values(), own, strict=True)])
    elif rank > 1 and not square:
        varied, more = vary(way, own, own_failure is None)
        listed += more
        if isinstance(way, Walking) and not (told[SQUARE] or any(one.progressions for one in varied)):
            others = look_further(way.walker, own)
        known = others.sizes if others is not None else ()
        smallest = least(told[SQUARE], varied, known, rank)
        below, above = around(told[SQUARE], varied, known, own)
    else:
        smallest = least(told[SQUARE], (), (), rank)
        side = _side(own)
        below = _equal(_below(told[SQUARE], side + (side**rank < prod(own))), rank)
        above = _equal(_above(told[SQUARE], side), rank)
    blocking = _all_fail(way, found, own) if smallest is None and not varied else None
    return Sizes(
        "",
        told,
        smallest,
        below,
        above,
        own,
        own_failure is None,
        _failing(way, _candidates(own, smallest, square, apart is not None)),
        tie,
        varied,
        others,
        blocking,
        tested=min((one.tested for one in listed if one.tested is not None), default=None),
    )


def _axes(way: Way, rank: int) -> tuple[dict[str, Found] | None, Node | None]:
    """What works along each axis; None where they depend on each other, and the layer that ties them."""
    names = AXIS_NAMES[rank]
    if not isinstance(way, Walking):
        return None, None
    patterns = [
        [None if place == axis else Elsewhere(place) for place in range(rank)] for axis in range(rank)
    ]
    try:
        if way.walker.alike:
            return dict.fromkeys(names, way.along(patterns[0])), None
        return {name: way.along(pattern) for name, pattern in zip(names, patterns, strict=True)}, None
    except Coupled as coupled:
        return None, coupled.node


def _include(told: dict[str, list[Progression]], found: Sequence[Found], own: tuple[int, ...]) -> None:
    """The input's own size works, but may be beyond those that were tried."""
    if SQUARE in told and len(set(own)) > 1:
        return
    for (name, runs), one, size in zip(told.items(), found, own, strict=False):
        if one.tested is not None and not any(size in run for run in runs):
            told[name] = [*runs, Progression(size, 1, size)]


def _below(runs: Sequence[Progression], size: int) -> int | None:
    return max((near for one in runs if (near := one.below(size)) is not None), default=None)


def _above(runs: Sequence[Progression], size: int) -> int | None:
    return min((near for one in runs if (near := one.above(size)) is not None), default=None)


def _joined(found: list[int | None]) -> tuple[int, ...] | None:
    known = [size for size in found if size is not None]
    return tuple(known) if len(known) == len(found) else None


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


def _candidates(
    own: tuple[int, ...], smallest: tuple[int, ...] | None, square: bool, apart: bool
) -> list[tuple[int, ...]]:
    """Sizes that may not work: one below the smallest, the input's own, and those around it."""
    near = [tuple(size + by for size in own) for by in (-1, 0, 1)]
    if square and len(set(own)) > 1:
        near = [(_side(own) + by,) * len(own) for by in (0, 1)]
    if smallest is not None and (apart or len(set(smallest)) == 1):
        near.append(tuple(size - 1 for size in smallest))
    return sorted({sizes for sizes in near if min(sizes) > 0})


def _failing(way: Way, candidates: Sequence[tuple[int, ...]]) -> list[Failing]:
    failures = [(sizes, way.first_failure(sizes)) for sizes in candidates]
    return [Failing(sizes, failure) for sizes, failure in failures if failure is not None]


def _all_fail(way: Way, found: Mapping[str, Found], own: tuple[int, ...]) -> Blocking | None:
    """The last layer that any size gets to, where it is proved that none gets further."""
    for name, one in found.items():
        if one.stretches or one.tested is not None or one.furthest is None:
            continue
        node, size = one.furthest
        sample = [min([run.first for run in other.stretches], default=size) for other in found.values()]
        sample[list(found).index(name)] = size
        for tried in (own, tuple(sample) if len(sample) == len(own) else (size,) * len(own)):
            failure = way.first_failure(tried)
            if failure is not None and failure.node is node:
                return Blocking(node, failure.error, whatever=False)
        return Blocking(node, ShapeError("", ""), whatever=False)
    return None


def _blocked(always: Failure, own_failure: Failure) -> Blocking:
    """Told with the numbers of the input where it gets as far, else of the check, which goes on."""
    node = always.node
    error = own_failure.error if own_failure.node is node else node.error
    if error is None or error.rule != always.error.rule:
        error = ShapeError(always.error.rule, "")
    return Blocking(node, error, whatever=True)
