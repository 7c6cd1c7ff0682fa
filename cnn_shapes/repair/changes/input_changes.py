"""The other inputs that a repair may try: a few pixels more or less, the next multiples, usual sizes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from math import log2, prod

from cnn_shapes.language.spec import Spec
from cnn_shapes.layers.fields import LARGEST
from cnn_shapes.network import Network, Node
from cnn_shapes.repair.changes.costs import COSTS, TOO_SMALL, cost_of
from cnn_shapes.repair.changes.neighbours import axis_choices
from cnn_shapes.repair.changes.prior import AXES_APART, KNOWN_SIZES, of_input
from cnn_shapes.repair.changes.spec_changes import InputChange
from cnn_shapes.shapes import Shape

_ELSEWHERE = 10  # bits, where the input is said beside the text: of a model, by an option
_FARTHER = 8  # times, that a usual size may be larger than the user's
_ANOTHER_AXIS, _IDLE_AXIS = (
    1,
    2,
)  # bits, for each axis that changes beside the first; for one that is not wrong


class InputChanges:
    """Lists the other inputs. `wrong` are the axes along which the first error is, where that is known.

    `too_small`: a window did not fit into its map.
    """

    def __init__(
        self, spec: Spec, network: Network, symmetric: bool, wrong: Sequence[int], too_small: bool
    ) -> None:
        self.spec, self.network, self.symmetric = spec, network, symmetric
        self.wrong, self.too_small = wrong, too_small

    @cached_property
    def all(self) -> list[InputChange]:
        """Every other input within reach."""
        shape = self.spec.shape
        if shape is None or not shape.rank:
            return []
        changes: list[InputChange] = []
        for axes in axis_choices(shape.rank, self.symmetric):
            found = dict.fromkeys(other_sizes(shape.sizes, axes, self.step))
            changes += [
                InputChange(Shape((shape[0], *sizes)), axes, self._price(shape, sizes))
                for sizes in found
                if sizes != shape.sizes and 1 <= min(sizes) <= max(sizes) <= LARGEST
            ]
        return changes

    def _price(self, shape: Shape, sizes: tuple[int, ...]) -> int:
        price = price_of_input(shape.sizes, sizes, self.step, self.wrong, self.too_small)
        return price + _ELSEWHERE * self.spec.source.is_derived

    @cached_property
    def step(self) -> int:
        """How many times the network makes its input smaller, by the strides on the way that is deepest."""
        scales: dict[int, Fraction] = {}
        for node in self.network.layers:
            before = [scales[source.index] for source in node.inputs if source.index in scales]
            scales[node.index] = max(before, default=Fraction(1)) * _times_smaller(node)
        return max(1, int(max(scales.values(), default=Fraction(1))))


def price_of_input(
    old: Sequence[int], new: Sequence[int], step: int, wrong: Sequence[int] = (), too_small: bool = False
) -> int:
    """What another input costs: it gains nothing by a better size along an axis that is not wrong.

    `step` is how many times the network makes it smaller. Sizes that are alike count once.
    """
    changed = [axis for axis in range(len(old)) if old[axis] != new[axis]]
    idle = [axis for axis in changed if wrong and axis not in wrong] if len(changed) > 1 else []
    judged = [axis for axis in range(len(old)) if axis not in idle]
    bits = [
        AXES_APART * (len(changed) == 1 and len({*sizes}) > 1)
        + sum(of_input(size, step) for size in {sizes[axis] for axis in judged})
        for sizes in (old, new)
    ]
    halved = all(new[axis] == old[axis] or 2 * new[axis] == old[axis] for axis in range(len(old)))
    distance = 0 if halved else log2(max(abs(new[axis] - old[axis]) for axis in changed)) / 2
    apart = _ANOTHER_AXIS * (len(changed) - 1) + _IDLE_AXIS * len(idle) if len({*old}) > 1 else 0
    larger = too_small and prod(new) > prod(old)
    return cost_of("input", 0, round(bits[1] - bits[0] + distance + apart), TOO_SMALL * larger)


def other_sizes(sizes: tuple[int, ...], axes: Sequence[int], step: int) -> Iterator[tuple[int, ...]]:
    """Sizes that differ along some axes: a few pixels more or less, multiples, half and twice, usual ones."""

    def along(changed: Iterable[int]) -> tuple[int, ...]:
        found = iter(changed)
        return tuple(next(found) if axis in axes else size for axis, size in enumerate(sizes))

    own = [sizes[axis] for axis in axes]
    for delta in range(1, COSTS["input"].reach + 1):
        yield along(size + delta for size in own)
        yield along(size - delta for size in own)
    for multiple in dict.fromkeys((step, 32, 16, 8)):
        yield along(max(1, round(size / multiple)) * multiple for size in own)
        for more in (0, 1):
            yield along((size // multiple + more) * multiple for size in own)
    yield along(size // 2 for size in own)
    for times in (2, 4, 8):
        yield along(size * times for size in own)
    for size in sorted(KNOWN_SIZES):
        if min(own) <= 2 * size and size <= _FARTHER * max(own):
            yield along(size for _ in own)


def _times_smaller(node: Node) -> Fraction:
    """How many times a layer makes the first axis of a map smaller, its borders apart."""
    layer, x, out = node.layer, node.inputs[0].output if node.inputs else None, node.output
    if layer is None or x is None or out is None or not x.rank or out.rank != x.rank:
        return Fraction(1)
    if layer.has_windows and not layer.is_transposed:
        return Fraction(layer.stride_along(0))
    if layer.enlarges and x[1] and out[1] > x[1]:
        return Fraction(1, round(out[1] / x[1]))
    return Fraction(1)
