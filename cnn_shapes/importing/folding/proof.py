"""Whether two specs are one network: the same layers in the same order, each reading the same ones."""

from __future__ import annotations

from typing import Any

from cnn_shapes.checking import CheckResult
from cnn_shapes.network import Node
from cnn_shapes.shapes import CHANNELS, Window
from cnn_shapes.trace import Step


def difference(one: CheckResult, other: CheckResult) -> str:
    """The first layer in which the networks differ, in words; empty where they are the same.

    A convolution of each channel by itself is one of as many groups; the mean of a map and its flattening
    are one step; concats of concats are one concat.
    """
    if other.trace is None or not other.ok:
        error = next(iter(other.errors), None)
        return f"the folded spec has an error: {error}"
    assert one.trace is not None
    mine, its = _Layers(one), _Layers(other)
    for a, b in zip(mine.rows, its.rows, strict=False):
        if a != b:
            name = mine.names[mine.rows.index(a)]
            return f"{name} is {_shown(a, b)}, folded {_shown(b, a)}"
    if len(mine.rows) != len(its.rows):
        return f"it has {len(mine.rows):,} layers, folded {len(its.rows):,}"
    if mine.outputs != its.outputs:
        return "its outputs are others"
    return ""


def _shown(row: tuple[Any, ...], other: tuple[Any, ...]) -> str:
    return ", ".join(str(a) for a, b in zip(row, other, strict=True) if a != b)


class _Layers:
    """Each layer of a network in a form in which equal networks are equal."""

    def __init__(self, report: CheckResult) -> None:
        trace = report.trace
        assert trace is not None
        self.number: dict[int, int] = {}
        self.parts: dict[int, tuple[int, ...]] = {}  # what a concat of channels joins
        self.rows: list[tuple[Any, ...]] = []
        self.names: list[str] = []
        for node in trace.network.inputs:
            self.number[id(node)] = -1 - len(self.number)
        steps = trace.steps
        flattened = _flattened(steps)
        self.padded = _padded(steps)
        for step in steps:
            node = step.node
            if node.kind == "identity" or id(node) in flattened or id(node) in self.padded:
                self.number[id(node)] = self.of(node.inputs[0])
                continue
            self.number[id(node)] = len(self.rows)
            self.rows.append(self.row(step, {*flattened.values()}))
            self.names.append(node.name)
        self.outputs = [self.of(node) for node in trace.network.outputs]

    def of(self, node: Node) -> int:
        return self.number[id(node)]

    def row(self, step: Step, pooled: set[int]) -> tuple[Any, ...]:
        node = step.node
        shape = tuple(node.output or ())
        if id(node) in pooled:
            shape = shape[:1]
        read = [self.of(source) for source in node.inputs]
        if node.kind == "concat" and getattr(node.layer, "axis", CHANNELS) == CHANNELS:
            parts = tuple(part for one in read for part in self.parts.get(one, (one,)))
            self.parts[self.of(node)] = parts
            read = list(parts)
        elif node.kind in ("add", "multiply"):
            read.sort()
        kind = "conv" if node.kind == "depthwise_conv" else node.kind
        others = [None if other is None else self.of(other) for other in (node.like, node.shares)]
        came = node.input_shapes[0] if node.input_shapes else None
        windows = [] if node.layer is None or came is None else [*node.layer.windows(came)]
        if self.padded.get(id(node.inputs[0])) == id(node) and came is not None:
            inner = node.inputs[0]
            around = _margins(inner)
            windows = [
                Window(one.kernel_size, one.stride, *pair, one.dilation)
                for one, pair in zip(windows, around, strict=True)
            ]
            margins = around
        else:
            margins = _margins(node)
        costs = (step.params, step.macs, step.non_trainable_params)
        return (kind, shape, *costs, tuple(read), *others, [*map(_window, windows)], margins)


def _window(window: Window) -> tuple[int, ...]:
    return window.kernel_size, window.stride, window.before, window.after, window.dilation


def _margins(node: Node) -> list[tuple[int, int]]:
    came = node.input_shapes[0]
    return [] if node.layer is None or came is None else [*node.layer.margins(came)]


def _padded(steps: list[Step]) -> dict[int, int]:
    """Zeros around a map that one convolution reads, which has no padding of its own; with that one."""
    readers: dict[int, list[Node]] = {}
    for step in steps:
        for source in step.node.inputs:
            readers.setdefault(id(source), []).append(step.node)
    found = {}
    for step in steps:
        node, read = step.node, readers.get(id(step.node), [])
        if node.kind != "pad" or getattr(node.layer, "mode", "") != "zeros" or len(read) != 1:
            continue
        layer, came = read[0].layer, read[0].input_shapes[0]
        if layer is None or came is None or not layer.is_convolution or layer.is_transposed:
            continue
        if all((one.before, one.after) == (0, 0) for one in layer.windows(came)):
            found[id(node)] = id(read[0])
    return found


def _flattened(steps: list[Step]) -> dict[int, int]:
    """The flattenings of what a mean or maximum of a whole map gives, and what each of them flattens."""
    readers: dict[int, int] = {}
    for step in steps:
        for source in step.node.inputs:
            readers[id(source)] = readers.get(id(source), 0) + 1
    return {
        id(step.node): id(step.node.inputs[0])
        for step in steps
        if step.node.kind == "flatten"
        and step.node.inputs[0].kind in ("global_avgpool", "global_maxpool")
        and readers[id(step.node.inputs[0])] == 1
    }
