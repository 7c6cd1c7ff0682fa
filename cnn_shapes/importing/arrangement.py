"""How the axes of a framework's tensor are made of a layer's: in another order, put together or taken apart.

A reshape or permute of a tensor changes its arrangement alone, and no layer is written for it: only an
operation that needs the axes themselves asks for layers that put them in order. So channels last, tokens and
the heads of an attention cost nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from math import prod


class Factor:
    """A part of an axis, which is the product of its factors, the outermost first. None is of size 1.

    `follows`: the code says it as -1, so that it follows from the other sizes.
    """

    __slots__ = ("follows", "size")

    def __init__(self, size: int) -> None:
        self.size = size
        self.follows = False


Group = tuple[Factor, ...]
CHANNEL_AXIS = 0


def size_of(group: Group) -> int:
    return prod(factor.size for factor in group)


def joined(groups: Sequence[Group]) -> Group:
    return tuple(chain.from_iterable(groups))


def group_of(size: int) -> Group:
    return () if size == 1 else (Factor(size),)


@dataclass(frozen=True, slots=True)
class Arranged:
    """A tensor: the value of a layer (its number), the axes of that, and the tensor's own dimensions.

    `axes` are channels first, without the batch. `dims` are those that the framework sees: in both are the
    same factors, in `dims` the batch too.
    """

    value: int
    axes: tuple[Group, ...]
    dims: tuple[Group, ...]
    batch: Factor

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(map(size_of, self.axes))

    @property
    def order(self) -> tuple[int, ...] | None:
        """Which axis each dimension after the batch is; None where they are not the axes in some order."""
        if len(self.dims) != len(self.axes) + 1 or self.dims[0] != (self.batch,):
            return None
        named: list[int | None] = []
        left = list(range(len(self.axes)))
        for dim in self.dims[1:]:
            place = next((axis for axis in left if dim and self.axes[axis] == dim), None)
            if dim and place is None:
                return None
            if place is not None:
                left.remove(place)
            named.append(place)
        return tuple(left.pop(0) if axis is None else axis for axis in named)

    @property
    def is_plain(self) -> bool:
        """Whether the dimensions are the axes themselves, after the batch."""
        return self.dims[0] == (self.batch,) and self.dims[1:] == self.axes

    def axis_of(self, dim: int) -> int | None:
        """The axis that a dimension is, as a whole and nothing else."""
        order = self.order
        dim %= len(self.dims)
        if order is not None:
            return order[dim - 1] if dim else None
        group = self.dims[dim]
        return self.axes.index(group) if group and group in self.axes else None

    def reshaped(self, sizes: Sequence[int]) -> Arranged | None:
        """The same elements in the same order; None where a size is no product of factors."""
        waiting = list(reversed(joined(self.dims)))
        found = self
        dims = []
        for size in sizes:
            group: list[Factor] = []
            rest = size
            while rest > 1:
                if not waiting:
                    return None
                factor = waiting.pop()
                if rest % factor.size == 0:
                    group.append(factor)
                    rest //= factor.size
                elif factor.size % rest == 0 and factor is not self.batch:
                    parts = (Factor(rest), Factor(factor.size // rest))
                    found = found.with_split(factor, parts)
                    waiting.append(parts[1])
                    group.append(parts[0])
                    rest = 1
                else:
                    return None
            dims.append(tuple(group))
        if waiting:
            return None
        return Arranged(self.value, found.axes, tuple(dims), self.batch)

    def following(self, dims: Sequence[int]) -> Arranged:
        """The same, of which these dimensions are said to follow from the others."""
        for factor in chain.from_iterable(self.dims[dim] for dim in dims):
            factor.follows = True
        return self

    def with_split(self, factor: Factor, parts: Group) -> Arranged:
        """One factor as the product of several."""

        def changed(group: Group) -> Group:
            return tuple(chain.from_iterable(parts if one is factor else (one,) for one in group))

        return Arranged(
            self.value, tuple(map(changed, self.axes)), tuple(map(changed, self.dims)), self.batch
        )

    def permuted(self, order: Sequence[int]) -> Arranged:
        return Arranged(self.value, self.axes, tuple(self.dims[dim] for dim in order), self.batch)

    def without_dim(self, dim: int) -> Arranged:
        """A dimension of size 1 fewer."""
        return Arranged(self.value, self.axes, (*self.dims[:dim], *self.dims[dim + 1 :]), self.batch)

    def with_dims(self, dims: Sequence[Group]) -> Arranged:
        return Arranged(self.value, self.axes, tuple(dims), self.batch)

    def holding(self, value: int) -> Arranged:
        """The same arrangement of another value of the same shape."""
        return Arranged(value, self.axes, self.dims, self.batch)

    def resized(self, value: int, axis: int, dim: int, size: int) -> Arranged:
        """Another value, of which an axis, that is one dimension, has another size."""
        group = group_of(size)
        dim %= len(self.dims)
        return Arranged(
            value,
            (*self.axes[:axis], group, *self.axes[axis + 1 :]),
            (*self.dims[:dim], group, *self.dims[dim + 1 :]),
            self.batch,
        )


def plain(value: int, shape: Sequence[int], batch: Factor) -> Arranged:
    """A tensor whose dimensions are the axes of a value."""
    axes = tuple(map(group_of, shape))
    return Arranged(value, axes, ((batch,), *axes), batch)


def in_order(value: int, shape: Sequence[int], order: Sequence[int], batch: Factor) -> Arranged:
    """A tensor whose dimensions are the axes of a value in some order."""
    axes = tuple(map(group_of, shape))
    return Arranged(value, axes, ((batch,), *(axes[axis] for axis in order)), batch)


def runs_between(current: Group, wanted: Group) -> list[Group]:
    """The longest pieces that come one after the other in both, in the wanted order."""
    following = dict(pairwise(current))
    runs: list[list[Factor]] = []
    for factor in wanted:
        if runs and following.get(runs[-1][-1]) is factor:
            runs[-1].append(factor)
        else:
            runs.append([factor])
    return [tuple(run) for run in runs]
