"""A spec as it is read, before it unfolds into a network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from cnn_shapes.language.block import Block
from cnn_shapes.language.entry import Item, Setting
from cnn_shapes.language.values import Value
from cnn_shapes.shapes import Shape
from cnn_shapes.source import Map, Scalar, Source, Span, TreeNode

Waives = Callable[[str, Span], str | None]


class Overrides(NamedTuple):
    """What the command line tries instead of the file's own values; inputs are in the file's layout.

    `input` is the first, or the only one, `inputs` are those that are called by their names.
    """

    input: tuple[int, ...] | None = None
    params: tuple[tuple[str, Any], ...] = ()
    rounding: str | None = None
    inputs: tuple[tuple[str, tuple[int, ...]], ...] = ()

    @property
    def any(self) -> bool:
        return self != Overrides()


class NamedInput(NamedTuple):
    """One of several inputs: its shape, and where that is written."""

    shape: Shape
    node: TreeNode

    @property
    def span(self) -> Span:
        return self.node.span

    def at(self, field: str) -> Span:
        """Where it is written, whatever the field."""
        return self.span


class BudgetLimit(NamedTuple):
    """The most that a network may have of a figure, and where that is written."""

    name: str
    most: int
    span: Span


class Budget(NamedTuple):
    """The limits in the order of the text, and the number type whose bytes count."""

    limits: tuple[BudgetLimit, ...]
    dtype: str


class Spec(NamedTuple):
    """What a text says, with the places where it says it. Nothing changes it: try a change in an Overlay.

    `items` are the entries of `layers`, `entries` all that there are at any depth. `shape` is the input,
    None where it cannot be known; `inputs` are all that there are, where the file gives them names, the first
    of which it is. `derived` are the params that follow from those above them. `waives` gives,
    for a rule and the place where it is broken, the reason for which the user has silenced it there, None
    where it is not silenced: a size that is not whole is then rounded down, and what comes after it is judged
    by that.
    """

    source: Source
    root: Map
    name: str | None
    layout: str
    rounding: str
    params: Mapping[str, Any]
    param_nodes: Mapping[str, tuple[Scalar, TreeNode]]
    defaults: Mapping[str, Mapping[str, Setting]]
    blocks: Mapping[str, Block]
    input_node: TreeNode | None
    shape: Shape | None
    items: Sequence[Item]
    outputs: Sequence[Scalar]
    entries: Sequence[Item]
    derived: Mapping[str, Value]
    inputs: Mapping[str, NamedInput] = {}
    waives: Waives | None = None
    budget: Budget | None = None

    @property
    def span(self) -> Span:
        return self.input_node.span if self.input_node else Span(0, 0)

    def at(self, field: str) -> Span:
        """Where the input is written, whatever the field: a spec is the place of the network's input."""
        return self.span
