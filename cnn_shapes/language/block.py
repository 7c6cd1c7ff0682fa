"""Blocks: named groups of layers with params, local names and inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cnn_shapes.language.entry import BLOCK, Item, at_any_depth
from cnn_shapes.language.values import Value
from cnn_shapes.source import Scalar, TreeNode

REQUIRED: Any = object()


class Block:
    """A block as it is declared. `params` maps a name to its default, or to a value that is REQUIRED."""

    __slots__ = (
        *("broken", "inputs", "items", "key", "layers", "let", "name", "outputs", "params"),
        "uses_channels",
    )

    def __init__(self, key: Scalar) -> None:
        self.key, self.name = key, key.text
        self.params: dict[str, Value] = {}
        self.let: dict[str, Value] = {}
        self.inputs: list[str] = []
        self.outputs: Sequence[Scalar] = ()
        self.layers: TreeNode | None = None
        self.items: list[Item] = []
        self.uses_channels = False
        self.broken = False  # a declaration in it failed, which is reported

    def changed(self, params: dict[str, Value], let: dict[str, Value]) -> Block:
        """The block with other defaults of its params and other local names, all else the same."""
        block = Block(self.key)
        for name in self.__slots__:
            setattr(block, name, getattr(self, name))
        block.params, block.let = params, let
        return block

    @property
    def required(self) -> list[str]:
        return [name for name, default in self.params.items() if default.raw is REQUIRED]

    def names(self) -> frozenset[str]:
        """The names that the expressions in this block use."""
        used = frozenset().union(*(value.names for value in (*self.params.values(), *self.let.values())))
        return used.union(*(item.names() for item in self.items))

    def names_from_outside(self) -> frozenset[str]:
        """Those of its names that its own params and local names do not give a value."""
        own = frozenset((*self.params, *self.let))
        used = frozenset().union(*(value.names for value in (*self.params.values(), *self.let.values())))
        return used.union(*(item.names() - own for item in self.items))

    def calls(self) -> list[Item]:
        """The block calls in this block, at any depth."""
        return [item for item in at_any_depth(self.items) if item.form == BLOCK]
