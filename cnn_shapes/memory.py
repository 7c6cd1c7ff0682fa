"""The memory of a network: weights, activations, what training keeps, and the peak of a deployed one.

All figures are bytes of one number type for a batch of inputs, exact for the rules in DEFINITIONS.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

from cnn_shapes.network import Network, Node
from cnn_shapes.trace import Trace

# bytes of a number
DTYPES = {"float32": 4, "float16": 2, "bfloat16": 2, "int8": 1}
FLOAT32 = "float32"
WEIGHTS, ACTIVATIONS, TRAINING, PEAK = "weights", "activations", "training", "peak"
DEFINITIONS = {
    WEIGHTS: "the parameters, each once; running statistics are not among them",
    ACTIVATIONS: "what every layer puts out, as if nothing were ever freed",
    TRAINING: "what the forward pass keeps for the backward pass, as PyTorch does it: the inputs of layers "
    "whose gradient depends on them (weights, norms, products, pools), and the outputs of activations whose "
    "slope follows from them, each tensor once. What no weight is before needs no gradient. Not counted are "
    "the places of maxima, the masks of dropouts, and what is within a layer (states of recurrent ones, "
    "weights of attention)",
    PEAK: "of a deployed network the largest sum of the buffers that are alive at once. A layer's inputs and "
    "its output are alive together, and the input of the network counts while it is alive. A norm, an "
    "activation or a dropout writes into its input's buffer if nothing else reads that, add into the buffer "
    "of an operand that dies there; flatten and reshape are views",
}
LOWER_BOUNDS = "All are lower bounds of what a program needs: its kernels take scratch space besides."


class Kind(NamedTuple):
    """What a figure of a network is called in a message, and whether it is bytes."""

    noun: str
    in_bytes: bool = False


# what a budget limits, and what a sweep asks for
PARAMS, MACS, LAYERS = "params", "macs", "layers"
FIGURES = {
    PARAMS: Kind("parameters"),
    MACS: Kind("multiply-adds"),
    LAYERS: Kind("layers"),
    WEIGHTS: Kind("bytes of weights", in_bytes=True),
    ACTIVATIONS: Kind("bytes of activations", in_bytes=True),
    TRAINING: Kind("bytes kept for training", in_bytes=True),
    PEAK: Kind("bytes alive at the deployed peak", in_bytes=True),
}


class Figure(NamedTuple):
    """Bytes, and the layer that has most of them, of a peak the one at which it is; None: there is none."""

    size: int
    node: Node | None


class Memory(NamedTuple):
    """What a network takes, in bytes, with numbers of `dtype` and inputs of `batch` samples."""

    dtype: str
    batch: int
    weights: Figure
    activations: Figure
    training: Figure
    peak: Figure

    def figures(self) -> dict[str, Figure]:
        """The figures by their names."""
        return {name: value for name, value in self._asdict().items() if isinstance(value, Figure)}


def memory_of(trace: Trace, dtype: str = FLOAT32, batch: int = 1) -> Memory:
    """The memory of a network. What is not known counts nothing."""
    sizes = sizes_of(trace.network)
    peak, at = peak_of(trace.network, sizes)
    return Memory(
        dtype,
        batch,
        _sum(parts_of(trace, WEIGHTS, dtype), 1),
        _sum(parts_of(trace, ACTIVATIONS, dtype), batch),
        _sum(parts_of(trace, TRAINING, dtype), batch),
        Figure(peak * DTYPES[dtype] * batch, at),
    )


def _sum(parts: Sequence[tuple[int, Node]], scale: int) -> Figure:
    most, node = max(parts, key=lambda part: part[0], default=(0, None))
    return Figure(sum(size for size, _ in parts) * scale, node if most else None)


def amount_of(trace: Trace, name: str, dtype: str = FLOAT32) -> int:
    """One of the FIGURES of a network, for one sample."""
    if name == PEAK:
        return peak_of(trace.network, sizes_of(trace.network))[0] * DTYPES[dtype]
    return sum(part for part, _ in parts_of(trace, name, dtype))


def parts_of(trace: Trace, name: str, dtype: str = FLOAT32) -> list[tuple[int, Node]]:
    """What each layer has of a figure, for one sample; of the peak, what is alive there.

    Of `layers` each layer is one.
    """
    network, number = trace.network, DTYPES[dtype]
    if name == LAYERS:
        return [(1, node) for node in network.layers]
    if name in (PARAMS, WEIGHTS):
        scale = number if name == WEIGHTS else 1
        return [((step.params or 0) * scale, step.node) for step in trace.steps]
    if name == MACS:
        return [(step.macs or 0, step.node) for step in trace.steps]
    sizes = sizes_of(network)
    if name == ACTIVATIONS:
        return [(sizes[node.index] * number, node) for node in network.layers]
    if name == TRAINING:
        return [(sizes[index] * number, network.nodes[index]) for index in kept_for_training(network)]
    return [(size * number, node) for size, node in alive_at_peak(network, sizes)]


def alive_at_peak(network: Network, sizes: Sequence[int]) -> list[tuple[int, Node]]:
    """The elements of each buffer that is alive at the peak, with the node that has written it last."""
    _, at = peak_of(network, sizes)
    if at is None:
        return []
    lives = lifetimes(network, sizes)
    alive = []
    for number, (first, last, size) in enumerate(zip(lives.first, lives.last, lives.elements, strict=True)):
        if first <= at.index <= last and size:
            writer = max(index for index, taken in enumerate(lives.buffer[: at.index + 1]) if taken == number)
            alive.append((size, network.nodes[writer]))
    return alive


def sizes_of(network: Network) -> list[int]:
    """The elements that each node puts out, the inputs first; 0 where that is not known."""
    return [prod(node.output) if node.output is not None else 0 for node in network.nodes]


def kept_for_training(network: Network) -> list[int]:
    """The nodes whose outputs the backward pass needs again, by index; a view is the tensor that it shows."""
    kept: dict[int, None] = {}
    shown: list[int] = []  # by node, the node whose tensor it shows
    learns: list[bool] = []  # by node, whether a weight is in it or before it
    for node in network.nodes:
        layer, sources = node.layer, node.inputs
        index = node.index
        shown.append(index)
        if layer is None:
            learns.append(False)
            continue
        learns.append(layer.has_weights or any(learns[source.index] for source in sources))
        if layer.is_view:
            shown[index] = shown[sources[0].index]
        if learns[index]:
            if layer.gradient_needs_input:
                kept |= dict.fromkeys([shown[source.index] for source in sources])
            if layer.gradient_needs_output:
                kept[shown[index]] = None
    return sorted(kept)


def peak_of(
    network: Network, sizes: Sequence[int], readers: Readers | None = None
) -> tuple[int, Node | None]:
    """The most elements that are alive at once, and the node at which they are."""
    lives = lifetimes(network, sizes, readers)
    count = len(network.nodes)
    begins, ends = [0] * count, [0] * (count + 1)
    for start, end, elements in zip(lives.first, lives.last, lives.elements, strict=True):
        begins[start] += elements
        ends[min(end, count)] += elements
    alive = peak = 0
    at: Node | None = None
    for node in network.nodes:
        alive += begins[node.index]
        if alive > peak:
            peak, at = alive, node
        alive -= ends[node.index]
    return peak, at


class Lifetimes(NamedTuple):
    """Of each buffer the first and last node that has it in use, and its elements; of each node its buffer.

    The outputs of the network are in use to its end: their last node is one after all.
    """

    first: list[int]
    last: list[int]
    elements: list[int]
    buffer: list[int]


class Readers(NamedTuple):
    """By node, how many others read what it puts out, and the index of the last of them; else its own.

    Who asks for the outputs of the network reads them after all nodes.
    """

    counts: list[int]
    last: list[int]


def readers_of(network: Network) -> Readers:
    counts, last = [0] * len(network.nodes), [*range(len(network.nodes))]

    def read(source: Node, by: int) -> None:
        if last[source.index] != by:  # a layer may read the same twice
            counts[source.index] += 1
            last[source.index] = by

    for node in network.nodes:
        for source in node.inputs:
            read(source, node.index)
    for node in network.outputs:
        read(node, len(network.nodes))
    return Readers(counts, last)


def lifetimes(network: Network, sizes: Sequence[int], readers: Readers | None = None) -> Lifetimes:
    """How long the outputs of the nodes live, where some are written into the buffer of an input.

    Who has the `readers` of the nodes hands them over.
    """
    nodes = network.nodes
    readers = readers_of(network) if readers is None else readers
    buffer: list[int] = []  # of each node
    first: list[int] = []
    last: list[int] = []
    elements: list[int] = []
    for node in nodes:
        index = node.index
        taken = _taken(node, sizes, readers, buffer, last)
        if taken is None:
            taken = len(first)
            first.append(index)
            last.append(index)
            elements.append(sizes[index])
        buffer.append(taken)
        if readers.last[index] > last[taken]:
            last[taken] = readers.last[index]
    return Lifetimes(first, last, elements, buffer)


def _taken(
    node: Node, sizes: Sequence[int], readers: Readers, buffer: Sequence[int], last: Sequence[int]
) -> int | None:
    """The buffer of an input that a node's output is in; None where it has one of its own."""
    layer, index = node.layer, node.index
    if layer is None or not (layer.is_view or layer.in_place):
        return None
    source = node.inputs[0]
    if layer.is_view:
        return buffer[source.index]
    if not layer.joins:
        alone = readers.counts[source.index] == 1 and last[buffer[source.index]] <= index
        return buffer[source.index] if alone else None
    for source in node.inputs:
        if sizes[source.index] == sizes[index] and last[buffer[source.index]] <= index:
            return buffer[source.index]
    return None
