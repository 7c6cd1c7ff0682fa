"""The two ways to find out which sizes work: walk the layers with symbols, or unfold the spec for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cnn_shapes.language.spec import Overrides, Spec
from cnn_shapes.shapes import Shape
from cnn_shapes.sizes.search import Found, search, try_all
from cnn_shapes.sizes.walk import Failure, Walker, failure_by_unfolding

_SIZES_BY_UNFOLDING = 20_000  # layers unfolded before trying stops: about a second


class Way(Protocol):
    def along(self, pattern: Sequence[object]) -> Found:
        """Which sizes work for all axes that are None in the pattern; the others stay as they are there."""

    def first_failure(self, sizes: Sequence[int]) -> Failure | None:
        """The first layer that fails at these sizes."""


class Walking:
    """Exact, for all sizes at once."""

    def __init__(self, walker: Walker) -> None:
        self.walker = walker

    def along(self, pattern: Sequence[object]) -> Found:
        return search(self.walker, pattern)

    def first_failure(self, sizes: Sequence[int]) -> Failure | None:
        return self.walker.first_failure(sizes)


class Unfolding:
    """Size by size, where the layers themselves follow from the input's size."""

    def __init__(self, spec: Spec, channels: int, overrides: Overrides, nodes: int) -> None:
        self.spec, self.channels, self.overrides = spec, channels, overrides
        self.bound = max(100, _SIZES_BY_UNFOLDING // nodes)

    def along(self, pattern: Sequence[object]) -> Found:
        def works(size: int) -> bool:
            sizes = [one if isinstance(one, int) else size for one in pattern]
            return self.first_failure(sizes) is None

        return try_all(works, self.bound)

    def first_failure(self, sizes: Sequence[int]) -> Failure | None:
        return failure_by_unfolding(self.spec, Shape((self.channels, *sizes)), self.overrides)
