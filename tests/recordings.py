"""Recordings made by hand, for tests that run without PyTorch. Shapes are those that PyTorch gives."""

from __future__ import annotations

from typing import Any

from cnn_shapes.importing.recording import (
    INPUT,
    ModuleCall,
    RecordedCall,
    Recording,
    ResultOf,
    Weights,
)
from cnn_shapes.source import CodePlace

BATCH = 2
Sizes = tuple[int, ...]


def weight(name: str, *shape: int, learned: bool = True) -> Weights:
    return Weights((name,), shape, learned)


class Calls:
    """Calls one after the other; each one gives back its results. Shapes are without the batch."""

    def __init__(self, **inputs: Sizes) -> None:
        self.calls: list[RecordedCall] = []
        for name, shape in inputs.items():
            self.add(INPUT, name, shape=shape)

    def add(
        self,
        operation: str,
        *arguments: Any,
        shape: Sizes | list[Sizes],
        module: tuple[str, str] | None = None,
        error: str | None = None,
        **named: Any,
    ) -> ResultOf:
        index = len(self.calls)
        shapes = shape if isinstance(shape, list) else [shape]
        modules = () if module is None else (ModuleCall(*module, True, 1, CodePlace("/net.py", 1 + index)),)
        self.calls.append(
            RecordedCall(
                index,
                operation,
                arguments,
                named,
                tuple((BATCH, *one) for one in shapes),
                modules,
                CodePlace("/net.py", 100 + index),
                error,
            )
        )
        return ResultOf(index)

    def recording(self, *outputs: ResultOf) -> Recording:
        last = ResultOf(len(self.calls) - 1)
        named = tuple((str(place), one) for place, one in enumerate(outputs or (last,)))
        return Recording("2.13.0", "Net", BATCH, tuple(self.calls), named)
