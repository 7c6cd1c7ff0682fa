"""Memory by its rules: figures by hand, lifetimes by brute force, and what PyTorch keeps for training."""

import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_shapes.discovery import shipped as zoo
from cnn_shapes.formats.json import file_entry
from cnn_shapes.memory import DTYPES, Memory, memory_of, sizes_of
from cnn_shapes.network import Network, Node
from tests.specs import check, spec


def memory(text: str, dtype: str = "float32", batch: int = 1) -> Memory:
    trace = check(text).trace
    assert trace is not None
    return memory_of(trace, dtype, batch)


MAP = "[4, 4, 2]"  # 32 elements

# what is alive at the deployed peak, by hand from the published architectures
PEAKS: list[tuple[str, str, int, str]] = [
    # stage 1, whose shortcut is computed last: its input 56*56*64, the branch and the shortcut 56*56*256
    ("resnet50", "float32", 4 * 56 * 56 * (64 + 256 + 256), "shortcut.conv1"),
    # the first strided block: 112*112*96 goes into its depthwise convolution, 56*56*96 comes out
    ("mobilenet_v2", "int8", 112 * 112 * 96 + 56 * 56 * 96, "depthwise_conv1"),
    # 24*24*32 into the first pool, 12*12*32 out of it
    ("mnist", "float32", 4 * (24 * 24 * 32 + 12 * 12 * 32), "maxpool1"),
    # the second convolution at full size: 224*224*64 goes in and comes out
    ("vgg16", "float16", 2 * 2 * 224 * 224 * 64, "conv1"),
    # the image and what the first convolution makes of it
    ("alexnet", "float32", 4 * (224 * 224 * 3 + 55 * 55 * 64), "conv1"),
]


@pytest.mark.parametrize(("name", "dtype", "peak", "layer"), PEAKS, ids=[row[0] for row in PEAKS])
def test_the_peak_by_hand(name: str, dtype: str, peak: int, layer: str) -> None:
    found = memory(zoo.text(name), dtype).peak
    assert (found.size, found.node is not None and found.node.name.endswith(layer)) == (peak, True)


# elements alive at the peak, by hand: maps of 32, which a pool to one place makes 2
SHARED: list[tuple[str, str, int]] = [
    ("relu", "relu", 32),
    ("batchnorm\nrelu\ndropout: 0.5", "the norm, the activation and the dropout write into their input", 32),
    ("conv: {filters: 2, kernel_size: 1}", "a convolution has a buffer of its own", 64),
    ("softmax\nflatten\nreshape: [4, 4, 2]\ndense: 1", "views", 33),
    ("relu: {name: a}\nadd: [input, a]", "what the addition reads too is not written over: in, and relu", 64),
    (
        "conv: {filters: 2, kernel_size: 1, name: a}\nconv: {filters: 2, kernel_size: 1, from: a, name: b}\n"
        "add: [a, b]",
        "input and a, a and b, of which the addition takes one",
        64,
    ),
    (
        "conv: {filters: 2, kernel_size: 1, name: a}\nconv: {filters: 2, kernel_size: 1, from: a, name: b}\n"
        "multiply: [a, b]",
        "a product has a buffer of its own",
        96,
    ),
    (
        "conv: {filters: 2, kernel_size: 1, name: a}\nadd: [a, input]\nconcat: [prev, a]",
        "neither is free when the addition is computed: the sum beside a, then both and 64 that come out",
        128,
    ),
    (
        "flatten: {name: v}\ndense: {units: 32, name: d}\nrelu: {from: v, name: r}\nadd: [d, r]",
        "the view is read by two, so that relu has a buffer of its own",
        96,
    ),
    (
        "global_avgpool: {keepdims: true, name: g}\nadd: [input, g]",
        "of two operands the one that is as large as the sum",
        34,
    ),
]


@pytest.mark.parametrize(("layers", "why", "elements"), SHARED, ids=[row[1] for row in SHARED])
def test_who_shares_a_buffer(layers: str, why: str, elements: int) -> None:
    assert memory(spec(layers, MAP), "int8").peak.size == elements


def test_an_output_of_the_network_is_not_written_over() -> None:
    text = spec("conv: {filters: 2, kernel_size: 1, name: a}\nrelu: {name: b}", MAP, "outputs: [a, b]\n")
    assert memory(text, "int8").peak.size == 64
    assert memory(text.replace("outputs: [a, b]\n", ""), "int8").peak.size == 64  # the input beside a


# what PyTorch 2.13 keeps for the backward pass of a batch of 2, as torch.autograd.graph.saved_tensors_hooks
# gets it, less places of maxima, statistics by channel and the masks of dropouts (`tests/oracle` compares)
KEPT = [
    ("resnet18", 41_148_416),
    ("resnet50", 168_607_744),
    ("densenet121", 257_511_424),
    ("mobilenet_v2", 156_419_072 - 4 * 2 * 1280),
    ("vgg16", 122_224_640 - 2 * 4 * 2 * 4096),
    ("squeezenet1_0", 62_685_248 - 4 * 2 * 512 * 13 * 13),
]


@pytest.mark.parametrize(("name", "kept"), KEPT)
def test_what_training_keeps(name: str, kept: int) -> None:
    assert memory(zoo.text(name), batch=2).training.size == kept


def test_the_sums_by_hand() -> None:
    text = spec("conv: {filters: 4, kernel_size: 3, activation: relu}\nflatten\ndense: 10", "[8, 8, 1]")
    found = memory(text, "float16", 3)
    assert {name: figure.size for name, figure in found.figures().items()} == {
        "weights": 2 * (9 * 4 + 4 + 144 * 10 + 10),
        "activations": 3 * 2 * (144 + 144 + 144 + 10),
        # the image for the weights of the convolution, and for the slope of relu what it gave, which the
        # flatten shows to the dense layer
        "training": 3 * 2 * (64 + 144),
        "peak": 3 * 2 * (64 + 144),
    }
    assert [figure.node and figure.node.name for figure in found.figures().values()] == [
        "dense1",
        "conv1",
        "conv1.activation",
        "conv1",
    ]


def test_json_has_the_memory_beside_the_totals() -> None:
    report = check(spec("conv: {filters: 4, kernel_size: 1}", MAP))
    entry = json.loads(json.dumps(file_entry(report, "int8", 2)))["memory"]
    assert entry == {
        "dtype": "int8",
        "batch": 2,
        "weights": 2 * 4 + 4,
        "activations": 2 * 64,
        "training": 2 * 32,
        "peak": 2 * (32 + 64),
        "layers": {"weights": "conv1", "activations": "conv1", "training": "input", "peak": "conv1"},
    }
    assert file_entry(check("layers: []"))["memory"] is None


# each layer reads some that were before it, by how far they are back
LAYERS = (
    "relu: {{from: {0}}}",
    "batchnorm: {{from: {0}}}",
    "dropout: {{from: {0}}}",
    "reshape: {{shape: [4, 4, 2], from: {0}}}",
    "conv: {{filters: 2, kernel_size: 1, from: {0}}}",
    "add: {{from: [{0}, {1}]}}",
    "multiply: {{from: [{0}, {1}]}}",
)
GRAPHS = st.lists(
    st.tuples(st.sampled_from(LAYERS), st.integers(1, 4), st.integers(1, 4)), min_size=1, max_size=12
)


@given(GRAPHS, st.sets(st.integers(0, 11)))
def test_lifetimes_by_brute_force(graph: list[tuple[str, int, int]], outputs: set[int]) -> None:
    lines = []
    for number, (layer, *back) in enumerate(graph):
        names = [f"n{number - far}" if number >= far else "input" for far in back]
        lines.append(layer.format(*names).replace("}", f", name: n{number}}}", 1))
    named = [f"n{number}" for number in sorted(outputs) if number < len(graph)]
    report = check(spec("\n".join(lines), MAP, f"outputs: [{', '.join(named)}]\n" if named else ""))
    assert report.trace is not None
    network = report.trace.network
    assert memory_of(report.trace, "int8").peak.size == peak_step_by_step(network, sizes_of(network))


def peak_step_by_step(network: Network, sizes: Sequence[int]) -> int:
    """The most elements alive at once: buffers are handed out and given back, a node at a time."""
    waiting: dict[Node, list[Node]] = {node: [] for node in network.nodes}  # for each node, who reads it yet
    for node in network.nodes:
        for source in dict.fromkeys(node.inputs):
            waiting[source].append(node)
    alone = {node for node, readers in waiting.items() if len(readers) == 1 and node not in network.outputs}
    buffers: list[set[Node]] = []

    def is_free(buffer: set[Node], but: Node) -> bool:
        return all(node not in network.outputs and set(waiting[node]) <= {but} for node in buffer)

    peak = 0
    for node in network.nodes:
        own = None
        layer = node.layer
        for source in node.inputs if layer is not None else ():
            buffer = next(one for one in buffers if source in one)
            assert layer is not None
            views = layer.kind in ("flatten", "reshape", "identity")
            over = layer.kind == "add" or source in alone
            writes = layer.kind in ("relu", "batchnorm", "dropout", "add") and over and is_free(buffer, node)
            if views or writes:
                own = buffer
                break
        if own is None:
            own = set()
            buffers.append(own)
        own.add(node)
        peak = max(peak, sum(max(sizes[one.index] for one in buffer) for buffer in buffers))
        for source in dict.fromkeys(node.inputs):
            waiting[source].remove(node)
        buffers = [buffer for buffer in buffers if not is_free(buffer, node)]
    return peak


def test_every_number_type_has_a_size() -> None:
    assert DTYPES == {"float32": 4, "float16": 2, "bfloat16": 2, "int8": 1}  # IEEE 754, and bytes
