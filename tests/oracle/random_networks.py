"""Random networks: chains, graphs, blocks and repeats of every layer kind, as the text of a spec.

As a script it exports each to PyTorch, runs it, and compares every layer's shape and the parameters:
`python -m tests.oracle.random_networks [HOW_MANY [FIRST_SEED]]`; 10,000 take some minutes. A network is made of
its seed alone, so that a failure can be run again.
"""

import sys
from collections.abc import Callable
from random import Random

from cnn_shapes.check import Report, check_source
from cnn_shapes.network import Node
from cnn_shapes.source import Source

PLAIN = ("relu", "gelu", "batchnorm", "layernorm", "dropout", "identity", "prelu", "lrn", "softmax", "hardswish")
# what a gradient of positive weights can be followed through without one way cancelling another
LINEAR = ("conv", "depthwise_conv", "conv_transpose", "avgpool", "pad", "upsample", "space_to_depth", "pixel_shuffle")


def draw(seed: int, kinds: tuple[str, ...] | None = None, rank: int | None = None, size: int = 0) -> Report:
    """The checked spec of a random network without an error; of all kinds, or of `kinds` and joins alone."""
    return Drawing(seed, kinds, rank, size).report()


class Drawing:
    """Adds random entries one at a time, and keeps those with which the spec stays valid."""

    def __init__(self, seed: int, kinds: tuple[str, ...] | None, rank: int | None, size: int) -> None:
        self.random = Random(seed)
        self.kinds = kinds
        self.rank = rank or self.random.choice((1, 2, 2, 2, 3))
        most = {1: 40, 2: 24, 3: 12}[self.rank]
        self.sizes = [size or self.random.randint(4, most) for _ in range(self.rank)]
        self.channels = self.random.choice((1, 2, 3, 4, 6, 8))
        self.layout = "channels_last" if kinds else self.random.choice(("channels_last", "channels_first"))
        self.entries: list[str] = []
        self.names: list[str] = []
        self.end: Node | None = None
        self.block = self.block_text() if self.random.random() < 0.5 else ""

    def text(self, extra: tuple[str, ...] = ()) -> str:
        shape = [*self.sizes, self.channels]
        if self.layout == "channels_first":
            shape = [self.channels, *self.sizes]
        layers = "".join(f"  - {entry}\n" for entry in (*self.entries, *extra))
        top = f"input: {shape}\nlayout: {self.layout}\nrounding: floor\n{self.block}layers:\n{layers}"
        outputs = [name for name in self.names if self.names.index(name) % 5 == 4]
        return top + (f"outputs: [{', '.join(outputs)}]\n" if outputs and not extra else "")

    def check(self, extra: tuple[str, ...] = ()) -> Report:
        return check_source(Source("random.yaml", self.text(extra)), rules=False)

    def report(self) -> Report:
        for _ in range(self.random.randint(2, 14)):
            name = f"n{len(self.names)}"
            entry = self.entry(name)
            report = self.check((entry,))
            if report.ok and report.trace is not None and small(report):
                self.end = report.trace.network.outputs[0]
                self.entries.append(entry)
                self.names.append(name)
        if not self.entries:
            self.entries.append("identity")
        return self.check()

    def entry(self, name: str) -> str:
        """A random entry of the list of layers that is called `name`."""
        last = self.last()
        choice = self.random.random()
        source = ""
        if self.names and self.random.random() < 0.3:
            source = f", from: {self.random.choice([*self.names, 'input'])}"
        if choice < 0.12 and self.names:
            kind = self.random.choice(("add", "concat") if self.kinds else ("add", "concat", "multiply"))
            others = self.random.choices([*self.names, "input"], k=self.random.randint(1, 2))
            return f"{kind}: {{from: [prev, {', '.join(others)}], name: {name}}}"
        if choice < 0.2:
            shortcut = f"[{self.layer(last)}]"
            inner = ", ".join(self.keeping(last) for _ in range(self.random.randint(1, 3)))
            if self.random.random() < 0.5 or self.kinds:
                shortcut = "[]"
            activation = "none" if self.kinds else self.random.choice(("relu", "none"))
            fields = f"layers: [{inner}], shortcut: {shortcut}, activation: {activation}"
            return f"residual: {{{fields}, name: {name}}}"
        if choice < 0.27:
            branches = ", ".join(f"[{self.keeping(last)}]" for _ in range(self.random.randint(1, 3)))
            merge = self.random.choice(("concat", "add"))
            return f"parallel: {{branches: [{branches}], merge: {merge}, name: {name}}}"
        if choice < 0.34:
            collect = self.random.choice(("", ", collect: concat"))
            times = self.random.randint(0, 3)
            return f"repeat: {{times: {times}, layers: [{self.keeping(last)}]{collect}, name: {name}{source}}}"
        if choice < 0.46 and self.block:
            c, k = self.random.choice((2, 4, 8)), self.random.choice((1, 3, 5))
            s = self.random.choice((1, 1, 2))
            return f"Unit: {{c: {c}, k: {k}, s: {s}, times: {self.random.randint(1, 3)}, name: {name}{source}}}"
        if choice < 0.5 and not self.kinds:
            return f"gate: {{layers: [global_avgpool, dense: {last[0]}, sigmoid], name: {name}}}"
        if choice < 0.55 and not self.kinds and last[0] % 2 == 0:
            return f"split: {{into: [{name}, {name}b]{source}}}"
        layer = self.layer(last)
        kind, colon, fields = layer.partition(": ")
        if not colon:
            return f"{kind}: {{name: {name}{source}}}"
        return f"{kind}: {fields[:-1]}, name: {name}{source}}}"

    def last(self) -> tuple[int, ...]:
        """The shape that `prev` has, channels first."""
        return tuple(self.end.output or ()) if self.end is not None else (self.channels, *self.sizes)

    def block_text(self) -> str:
        """A block of random layers in which the arguments of its calls make a difference."""
        conv = "conv: {filters: c, kernel_size: k, stride: s, padding: half}"
        rest = self.random.choice(
            (
                "residual: [conv: {filters: c, kernel_size: 3, padding: half, if: k > 1}, depthwise_conv: "
                "{kernel_size: k, padding: half}]",
                "repeat: {times: times, collect: concat, layers: [conv: {filters: c, kernel_size: k, padding: same}]}",
                "repeat: {times: times, layers: [conv: {filters: c * (i + 1), kernel_size: 3, padding: half}]}",
                "parallel: {branches: {a: [conv: c], b: [avgpool: {kernel_size: 3, stride: 1, padding: half}]}}",
            )
        )
        params = "{c: required, k: 3, s: 1, times: 1}"
        return f"blocks:\n  Unit:\n    params: {params}\n    layers:\n      - {conv}\n      - {rest}\n"

    def keeping(self, shape: tuple[int, ...]) -> str:
        """A layer in flow style that gives its input's shape, as joins want it."""
        c = shape[0]
        if len(shape) == 1:
            return f"dense: {{units: {c}}}"
        k, d = self.random.choice((1, 3, 5)), self.random.choice((1, 2))
        choices = [
            f"conv: {{filters: {c}, kernel_size: {k}, padding: half, dilation: {d}}}",
            f"depthwise_conv: {{kernel_size: {k}, padding: same, dilation: {d}}}",
            f"avgpool: {{kernel_size: {k}, stride: 1, padding: half}}",
            f"conv_transpose: {{filters: {c}, kernel_size: 3, padding: 1}}",
        ]
        if not self.kinds:
            choices += [
                f"maxpool: {{kernel_size: {k}, stride: 1, padding: half}}",
                f"conv: {{filters: {c}, kernel_size: {k}, padding: same, norm: batch, activation: relu}}",
                "relu",
            ]
        return self.random.choice(choices)

    def layer(self, shape: tuple[int, ...]) -> str:
        """A layer in flow style; nothing says that it fits."""
        random = self.random
        if len(shape) == 1:
            kinds: tuple[str, ...] = ("dense", "dense", "relu", "batchnorm", "layernorm", "softmax", "reshape")
        else:
            kinds = self.kinds or (*WINDOWED, *WINDOWED, *OTHERS, *PLAIN)
        kind = random.choice(kinds)
        writer = _WRITERS.get(kind)
        return writer(random, shape) if writer is not None else kind


def small(report: Report) -> bool:
    """Few enough values to be quick, and none that a normalisation refuses (PyTorch wants more than one)."""
    assert report.trace is not None
    nodes = report.trace.network.layers
    return len(nodes) < 60 and all(node.output is not None and node.output.elements < 20_000 for node in nodes)


def axis(random: Random, rank: int, least: int, most: int) -> str:
    """One number, or one per axis."""
    if random.random() < 0.6:
        return str(random.randint(least, most))
    return str([random.randint(least, most) for _ in range(rank)])


def window(random: Random, rank: int, pool: bool = False) -> str:
    fields = f"kernel_size: {axis(random, rank, 1, 5)}"
    if random.random() < 0.6:
        fields += f", stride: {axis(random, rank, 1, 3)}"
    form = random.random()
    if form < 0.2:
        fields += f", padding: {axis(random, rank, 0, 2)}"
    elif form < 0.4:
        pairs = [[random.randint(0, 2), random.randint(0, 2)] for _ in range(rank)]
        fields += f", padding: {pairs}"
    elif form < 0.8:
        fields += f", padding: {random.choice(('half', 'same', 'valid'))}"
    if pool and random.random() < 0.4:
        fields += f", rounding: {random.choice(('ceil', 'floor'))}"
    return fields


def conv(random: Random, shape: tuple[int, ...]) -> str:
    fields = window(random, len(shape) - 1)
    groups = random.choice([g for g in (1, 1, 2, 3, 4) if shape[0] % g == 0])
    if random.random() < 0.4:
        fields += f", dilation: {axis(random, len(shape) - 1, 1, 3)}"
    bias = random.choice(("true", "false"))
    return f"conv: {{filters: {groups * random.randint(1, 4)}, {fields}, groups: {groups}, bias: {bias}}}"


def depthwise(random: Random, shape: tuple[int, ...]) -> str:
    fields = f"{window(random, len(shape) - 1)}, multiplier: {random.randint(1, 2)}"
    return f"depthwise_conv: {{{fields}, dilation: {random.randint(1, 2)}}}"


def separable(random: Random, shape: tuple[int, ...]) -> str:
    fields = f"{window(random, len(shape) - 1)}, multiplier: {random.randint(1, 2)}"
    return f"separable_conv: {{filters: {random.randint(1, 8)}, {fields}, norm: batch, activation: relu6}}"


def transposed(random: Random, shape: tuple[int, ...]) -> str:
    rank = len(shape) - 1
    fields = f"kernel_size: {axis(random, rank, 1, 5)}, stride: {axis(random, rank, 1, 3)}"
    fields += f", dilation: {axis(random, rank, 1, 2)}, output_padding: {axis(random, rank, 0, 2)}"
    pairs = str([[random.randint(0, 2), random.randint(0, 2)] for _ in range(rank)])
    fields += f", padding: {random.choice((axis(random, rank, 0, 2), pairs))}"
    groups = random.choice([g for g in (1, 1, 2) if shape[0] % g == 0])
    return f"conv_transpose: {{filters: {groups * random.randint(1, 3)}, {fields}, groups: {groups}}}"


def maxpool(random: Random, shape: tuple[int, ...]) -> str:
    return f"maxpool: {{{window(random, len(shape) - 1, pool=True)}, dilation: {random.randint(1, 2)}}}"


def avgpool(random: Random, shape: tuple[int, ...]) -> str:
    return f"avgpool: {{{window(random, len(shape) - 1, pool=True)}}}"


def lppool(random: Random, shape: tuple[int, ...]) -> str:
    rank = len(shape) - 1
    fields = f"kernel_size: {axis(random, rank, 1, 4)}, stride: {axis(random, rank, 1, 3)}"
    return f"lppool: {{{fields}, rounding: {random.choice(('ceil', 'floor'))}}}"


def resized(random: Random, shape: tuple[int, ...]) -> str:
    mode = random.choice(("nearest", "linear"))
    if random.random() < 0.3:
        return f"upsample: {{size: {axis(random, len(shape) - 1, 2, 20)}, mode: {mode}}}"
    scale = random.choice(("2", "3", "1.5", "0.5", "1.4", "0.7", "2.5"))
    return f"upsample: {{scale: {scale}, mode: {mode}, rounding: {random.choice(('ceil', 'floor'))}}}"


def ends(kind: str) -> Callable[[Random, tuple[int, ...]], str]:
    def write(random: Random, shape: tuple[int, ...]) -> str:
        pairs = [[random.randint(0, 3), random.randint(0, 3)] for _ in shape[1:]]
        return f"{kind}: {{amount: {random.choice((str(random.randint(0, 2)), str(pairs)))}}}"

    return write


def of_factor(kind: str) -> Callable[[Random, tuple[int, ...]], str]:
    return lambda random, shape: f"{kind}: {{factor: {random.randint(1, 3)}}}"


def reshape(random: Random, shape: tuple[int, ...]) -> str:
    return f"reshape: {{shape: [-1, {random.choice((1, 2, 3, 4))}]}}"


def permute(random: Random, shape: tuple[int, ...]) -> str:
    return f"permute: {{order: {random.sample(range(len(shape)), len(shape))}}}"


def adaptive(kind: str) -> Callable[[Random, tuple[int, ...]], str]:
    def write(random: Random, shape: tuple[int, ...]) -> str:
        sizes = [random.choice(("null", "1", "3", "7")) for _ in shape[1:]]
        return f"{kind}: {{output_size: [{', '.join(sizes)}]}}"

    return write


_WRITERS: dict[str, Callable[[Random, tuple[int, ...]], str]] = {
    "conv": conv,
    "depthwise_conv": depthwise,
    "separable_conv": separable,
    "conv_transpose": transposed,
    "maxpool": maxpool,
    "avgpool": avgpool,
    "lppool": lppool,
    "upsample": resized,
    "pad": ends("pad"),
    "crop": ends("crop"),
    "pixel_shuffle": of_factor("pixel_shuffle"),
    "space_to_depth": of_factor("space_to_depth"),
    "reshape": reshape,
    "permute": permute,
    "adaptive_avgpool": adaptive("adaptive_avgpool"),
    "adaptive_maxpool": adaptive("adaptive_maxpool"),
    "channel_shuffle": lambda random, shape: f"channel_shuffle: {{groups: {random.randint(1, 4)}}}",
    "groupnorm": lambda random, shape: f"groupnorm: {{groups: {random.randint(1, 4)}}}",
    "dense": lambda random, shape: f"dense: {{units: {random.randint(1, 12)}, activation: silu}}",
    "dropout": lambda random, shape: "dropout: {rate: 0.3}",
    "global_avgpool": lambda random, shape: f"global_avgpool: {{keepdims: {random.choice(('true', 'false'))}}}",
}
WINDOWED = ("conv", "conv", "depthwise_conv", "separable_conv", "conv_transpose", "maxpool", "avgpool", "lppool")
OTHERS = tuple(kind for kind in _WRITERS if kind not in (*WINDOWED, "dense")) + ("global_maxpool", "flatten")


def main(arguments: list[str]) -> int:
    import torch

    from tests.oracle.running import differences

    torch.set_num_threads(1)  # the networks are small
    count = int(arguments[0]) if arguments else 10_000
    first = int(arguments[1]) if len(arguments) > 1 else 0
    failed = layers = 0
    for seed in range(first, first + count):
        report = draw(seed)
        assert report.trace is not None
        layers += len(report.trace.steps)
        try:
            wrong = differences(report)
        except Exception as error:
            wrong = [f"{type(error).__name__}: {error}"]
        if wrong:
            failed += 1
            print(f"seed {seed}: {wrong[:3]}\n{report.source.text}", flush=True)
    print(f"{count:,} random networks with {layers:,} layers: {failed:,} differ from PyTorch")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
