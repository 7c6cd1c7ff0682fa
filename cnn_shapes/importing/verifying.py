"""Whether a spec is a model: both as compared_layers in one order, and the first in which they differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from cnn_shapes.diagnostics import CHANNELS_FIRST, format_shape
from cnn_shapes.network import Network, Node
from cnn_shapes.trace import Step, Trace

# layers that compute nothing: a shape that they make is that of the next one
_PASSING = frozenset(
    ("identity", "dropout", "stochastic_depth", "flatten", "reshape", "permute", "split", "channel_shuffle")
)
_MOST_COMPARED = 200  # layers that are aligned, where one of the two has more of them
# what one of the two calls otherwise
_SAME = {
    "depthwise_conv": "conv",
    "global_avgpool": "average of the map",
    "adaptive_avgpool": "average of the map",
    "global_maxpool": "maximum of the map",
    "adaptive_maxpool": "maximum of the map",
    "dense": "conv",  # at one place
    "hardtanh": "relu6",
}


class ComparedLayer(NamedTuple):
    """One layer of a network with what is compared, `facts` by name, in the order in which they are told."""

    step: Step
    facts: dict[str, Any]

    @property
    def node(self) -> Node:
        return self.step.node


class Difference(NamedTuple):
    """The first compared_layers that differ, None where one of the two has no more; what is `told` of them.

    `place` counts the compared_layers from 1.
    """

    place: int
    spec: ComparedLayer | None
    model: ComparedLayer | None
    told: tuple[str, ...]


def compared_layers(trace: Trace) -> list[ComparedLayer]:
    """What a network computes, in an order that does not depend on how it is written.

    A layer comes after all that it reads, and of what a join reads the longest way first.
    """
    steps = {step.node.index: step for step in trace.steps}
    return [
        ComparedLayer(steps[node.index], _facts(steps[node.index]))
        for node in _in_order(trace.network)
        if node.kind not in _PASSING and node.index in steps and not _is_idle(node)
    ]


def first_difference(spec: Sequence[ComparedLayer], model: Sequence[ComparedLayer]) -> Difference | None:
    """Where the two are first not the same. A layer that one has alone is told as such."""
    place = next(
        (
            place
            for place, (ours, theirs) in enumerate(zip(spec, model, strict=False))
            if ours.facts != theirs.facts
        ),
        min(len(spec), len(model)),
    )
    if place == len(spec) == len(model):
        return None
    ours = spec[place] if place < len(spec) else None
    theirs = model[place] if place < len(model) else None
    alone = _alone(spec[place:], model[place:]) if len(spec) != len(model) else ""
    if alone == "spec" or theirs is None:
        return Difference(place + 1, ours, None, ("the model has no such layer here",))
    if alone == "model" or ours is None:
        return Difference(place + 1, None, theirs, ("the spec has no such layer here",))
    told = tuple(
        f"{name}: {_shown(ours.facts.get(name))} in the spec, {_shown(theirs.facts.get(name))} in the model"
        for name in {**ours.facts, **theirs.facts}
        if ours.facts.get(name) != theirs.facts.get(name)
    )
    return Difference(place + 1, ours, theirs, told)


def _alone(spec: Sequence[ComparedLayer], model: Sequence[ComparedLayer]) -> str:
    """Which of the two has its first operation alone, where the rest of both is alike after it."""
    ours, theirs = ([str(one.facts) for one in some[:_MOST_COMPARED]] for some in (spec, model))
    if not ours or not theirs:
        return ""
    for tag, start, end, begin, stop in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if start == 0 and begin == 0 and tag in ("delete", "insert"):
            return "spec" if tag == "delete" else "model"
        if tag != "equal" or end or stop:
            break
    return ""


def _in_order(network: Network) -> Iterator[Node]:
    depths: dict[int, int] = {}
    for node in network.nodes:
        depths[node.index] = 1 + max((depths[source.index] for source in node.inputs), default=0)
    done: set[int] = set()
    for output in (*network.outputs, *network.layers):
        waiting = [output]
        while waiting:
            node = waiting[-1]
            left = [source for source in node.inputs if source.index not in done]
            if left:
                waiting.append(max(left, key=lambda source: depths[source.index]))
                continue
            waiting.pop()
            if node.index not in done:
                done.add(node.index)
                yield node


def _is_idle(node: Node) -> bool:
    """Whether a layer gives what it gets: a pool of one pixel, a concat of one."""
    return node.layer is not None and node.layer.joins and len(node.inputs) == 1


def _facts(step: Step) -> dict[str, Any]:
    node, layer = step.node, step.node.layer
    assert layer is not None
    facts: dict[str, Any] = {"kind": _SAME.get(node.kind, node.kind)}
    x = node.input_shapes[0]
    slides = layer.has_windows and (node.kind not in _SAME or node.kind == "depthwise_conv")
    if slides and x is not None:
        windows = layer.windows(x)
        facts["kernel_size"] = tuple(one.kernel_size for one in windows)
        facts["stride"] = tuple(one.stride for one in windows)
        facts["padding"] = tuple((one.before, one.after) for one in windows)
        facts["dilation"] = tuple(one.dilation for one in windows)
    if layer.has_weights:
        facts["groups"] = _groups(node)
        facts["bias"] = getattr(layer, "bias", None)
    facts["output"] = _without_ones(node)
    facts["parameters"] = step.params
    return {name: value for name, value in facts.items() if value is not None}


def _groups(node: Node) -> int | None:
    layer, x = node.layer, node.input_shapes[0]
    groups = getattr(layer, "groups", None)
    if node.kind == "depthwise_conv" and x is not None:
        return int(x.channels)
    return groups if isinstance(groups, int) else None


def _without_ones(node: Node) -> str:
    """The shape that comes out; one value a channel is a vector, whichever way it is kept."""
    shape = node.output
    if shape is not None and shape.known and all(size == 1 for size in shape.sizes):
        return str(shape.channels)
    return format_shape(shape, CHANNELS_FIRST)


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        both = all(before == after for before, after in value)
        value = tuple(before if both else f"{before}+{after}" for before, after in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, tuple):
        return str(value[0]) if len({*value}) == 1 else "x".join(map(str, value))
    return str(value)
