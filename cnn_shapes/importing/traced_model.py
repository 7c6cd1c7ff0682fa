"""The layers of a recorded model in the words of the language, one after the other, before they are text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cnn_shapes.diagnostics import CHANNELS_FIRST
from cnn_shapes.importing.recording import ModuleCall, UnregisteredModule
from cnn_shapes.source import CodePlace

LayerShape = tuple[int, ...]  # channels first, without the batch


class Fault(NamedTuple):
    """What is wrong with a call, in words of PyTorch, and what to write instead: each of `fixes` is enough.

    In both `{x}` is the tensor that the call takes, as the user names it; `{of_x}` is the same with its dot,
    or nothing where it has no name.
    """

    message: str
    fixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TracedLayer:
    """One layer. `inputs` are names of layers, of parts of a split, or of the model's inputs.

    `fields` and `beliefs` are in the language's words, their values plain: numbers, booleans, words, lists,
    mappings. `beliefs` are what the framework's layer says of its input (`in_channels`, or an `expect`).
    `written` says which argument of the user's a field or a belief comes from: `{"filters":
    "out_channels"}`; of a view it has the whole call, `view`. `outputs` is the layer's own name, of a split
    the names of its parts; `shapes` are those that the framework made of each, none where it made none.
    `call` is its number in the recording; `error` is what the framework said where its input does not fit,
    `fault` the same in words of ours: the layer is then as it is meant.
    """

    kind: str
    name: str
    fields: Mapping[str, Any]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    shapes: tuple[LayerShape, ...]
    beliefs: Mapping[str, Any] = field(default_factory=dict)
    written: Mapping[str, str] = field(default_factory=dict)
    call: int = 0
    modules: tuple[ModuleCall, ...] = ()
    called: CodePlace | None = None
    error: str | None = None
    fault: Fault | None = None

    @property
    def constructed(self) -> CodePlace | None:
        """Where the user's code constructs the innermost module that makes it."""
        return self.modules[-1].constructed if self.modules else None

    @property
    def is_module(self) -> bool:
        """Whether it is a module of the framework, whose arguments are where it is constructed."""
        return bool(self.modules) and self.modules[-1].of_torch

    @property
    def view(self) -> str | None:
        """A view as the user writes its call, with {} for the sizes after the batch; None of all else."""
        asked = self.written.get("shape", "") if self.kind == "reshape" else ""
        return asked if "{}" in asked else None


@dataclass(frozen=True, slots=True)
class UnsupportedCall:
    """A call that the language cannot say: the name of its operation, and why."""

    operation: str
    why: str
    call: int
    modules: tuple[ModuleCall, ...] = ()
    called: CodePlace | None = None


@dataclass(frozen=True, slots=True)
class TracedModel:
    """A model's inputs, its layers in the order of computing, and the names of its outputs.

    `unsupported` are the first calls that the language cannot say; `not_reached` counts those that depend on
    them. `left_out` are operations without a kind of their own that keep shape and counts (`exp`), each once.
    `layout` is that of its spec: sizes that are fields are in it.
    """

    name: str
    inputs: tuple[tuple[str, LayerShape], ...]
    layers: tuple[TracedLayer, ...]
    outputs: tuple[str, ...]
    unsupported: tuple[UnsupportedCall, ...] = ()
    not_reached: int = 0
    left_out: tuple[str, ...] = ()
    unregistered: tuple[UnregisteredModule, ...] = ()
    layout: str = CHANNELS_FIRST
    framework: str = "PyTorch"
