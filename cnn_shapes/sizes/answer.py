"""Which input sizes a network works with, from its report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from cnn_shapes.check import Report, check_source
from cnn_shapes.shapes import AXIS_NAMES, Shape
from cnn_shapes.sizes.progressions import Progression, progressions
from cnn_shapes.sizes.search import Found, search, try_all
from cnn_shapes.sizes.symbolic import Coupled
from cnn_shapes.sizes.walk import Failure, Rebuilt, Walker, failure_by_unfolding

if TYPE_CHECKING:
    from cnn_shapes.spec.document import Overrides, Spec

_SIZES_BY_UNFOLDING = 20_000  # layers unfolded before trying stops: about a second


class Failing(NamedTuple):
    """An input size that does not work, and the first layer that fails there."""

    size: tuple[int, ...]
    failure: Failure


class Sizes(NamedTuple):
    """The input sizes that work.

    `axes` maps `height`, `width` (`depth`) to their progressions where each axis decides by itself; where all
    axes have the same size it has the one key `square`. `own` is the input's size, `works` whether it does.
    `below` and `above` are the nearest sizes that work, None where there is none. `coupled`: the axes depend
    on each other, so that squares alone are told. `tested`: the greatest size that was tried; None where the
    answer is proved for all.
    """

    rounding: str
    axes: dict[str, list[Progression]]
    smallest: tuple[int, ...] | None
    below: tuple[int, ...] | None
    above: tuple[int, ...] | None
    own: tuple[int, ...]
    works: bool
    failing: list[Failing]
    coupled: bool = False
    tested: int | None = None
    expectations: bool = False

    @property
    def proved(self) -> bool:
        return self.tested is None

    @property
    def found(self) -> bool:
        """Whether any size works."""
        return self.works or self.smallest is not None


SQUARE = "square"


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
    walker = Walker(spec, network)
    rank = shape.rank
    separate = rank > 1 and not square
    first_failure: Callable[[Sequence[int]], Failure | None] = walker.first_failure
    try:
        axes = _axes(walker, rank, separate)
    except Rebuilt:
        axes, first_failure = _by_unfolding(spec, shape, overrides, walker.count)
    tested = min((found.tested for found in axes.values() if found.tested is not None), default=None)
    told = {name: progressions(found.stretches) for name, found in axes.items()}
    own = tuple(shape.sizes)
    below, above = _nearest(told, own)
    smallest = _joined([min((one.first for one in some), default=None) for some in told.values()], rank)
    failing = _failing(first_failure, own, smallest)
    return Sizes(
        overrides.rounding or spec.rounding,
        told,
        smallest,
        below,
        above,
        own,
        first_failure(own) is None,
        failing,
        separate and SQUARE in axes,
        tested,
        any(node.expected is not None for node in network.layers),
    )


def _unreadable(report: Report) -> bool:
    """Whether an error stands in the way that is not of sizes: those of layers name their layer."""
    return any(found.layer is None for found in report.errors)


def _axes(walker: Walker, rank: int, separate: bool) -> dict[str, Found]:
    """What works along each axis; for all of them together where that is asked for, or they are tied."""
    if not walker.fixed:
        raise Rebuilt
    names = AXIS_NAMES[rank]
    try:
        if separate and walker.alike:
            return dict.fromkeys(names, search(walker, rank, 0))
        if separate:
            return {name: search(walker, rank, axis) for axis, name in enumerate(names)}
    except Coupled:
        pass
    return {SQUARE: search(walker, rank, None)}


def _by_unfolding(
    spec: Spec, shape: Shape, overrides: Overrides, nodes: int
) -> tuple[dict[str, Found], Callable[[Sequence[int]], Failure | None]]:
    """Where the layers themselves follow from the size, the spec is unfolded anew for each."""

    def first_failure(sizes: Sequence[int]) -> Failure | None:
        return failure_by_unfolding(spec, Shape((shape.channels, *sizes)), overrides)

    bound = max(100, _SIZES_BY_UNFOLDING // nodes)
    found = try_all(lambda size: first_failure((size,) * shape.rank) is None, bound)
    return {SQUARE: found}, first_failure


def _nearest(
    told: dict[str, list[Progression]], own: tuple[int, ...]
) -> tuple[tuple[int, ...] | None, tuple[int, ...] | None]:
    """The nearest sizes that work, of each axis; of squares those that fit into the input, or around it."""
    starts = [(min(own), max(own))] if SQUARE in told else [(size, size) for size in own]
    if SQUARE in told and min(own) != max(own):
        starts = [(min(own) + 1, max(own) - 1)]
    below: list[int | None] = []
    above: list[int | None] = []
    for some, (low, high) in zip(told.values(), starts, strict=True):
        below.append(max((size for one in some if (size := one.below(low)) is not None), default=None))
        above.append(min((size for one in some if (size := one.above(high)) is not None), default=None))
    return _joined(below, len(own)), _joined(above, len(own))


def _joined(found: list[int | None], rank: int) -> tuple[int, ...] | None:
    known = [size for size in found if size is not None]
    if len(known) < len(found):
        return None
    return tuple(known) * rank if len(known) == 1 else tuple(known)


def _failing(
    first_failure: Callable[[Sequence[int]], Failure | None],
    own: tuple[int, ...],
    smallest: tuple[int, ...] | None,
) -> list[Failing]:
    """A few sizes that do not work: one below the smallest, the input's own, and those around it."""
    candidates = [_shifted(smallest, -1), _shifted(own, -1), own, _shifted(own, 1)]
    found: dict[tuple[int, ...], Failing] = {}
    for size in candidates:
        if size is not None and size not in found and min(size) > 0:
            failure = first_failure(size)
            if failure is not None:
                found[size] = Failing(size, failure)
    return sorted(found.values(), key=lambda one: one.size)


def _shifted(size: tuple[int, ...] | None, by: int) -> tuple[int, ...] | None:
    return None if size is None else tuple(one + by for one in size)
