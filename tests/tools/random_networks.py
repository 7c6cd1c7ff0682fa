"""Random networks: chains, graphs, blocks and repeats of every layer kind, as the text of a spec.

As a script it exports each to PyTorch, runs it, and compares every layer's shape and the parameters:
`python -m tests.tools.random_networks [HOW_MANY [FIRST_SEED]]`; 10,000 take some minutes. A network is made
of its seed alone, so that a failure can be run again.
"""

import sys
from multiprocessing import get_context
from random import Random

from cnn_shapes.checking import CheckResult, check_source
from cnn_shapes.network import Node
from cnn_shapes.source import Source
from tests.oracle.random_layers import OTHERS, PLAIN, WINDOWED, WRITERS

PART = 500  # networks that one process compares


JOINS = ("multiply", "subtract", "average", "maximum", "minimum")


def draw(
    seed: int, kinds: tuple[str, ...] | None = None, rank: int | None = None, size: int = 0
) -> CheckResult:
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

    def check(self, extra: tuple[str, ...] = ()) -> CheckResult:
        return check_source(Source("random.yaml", self.text(extra)), rules=False)

    def report(self) -> CheckResult:
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
            kind = self.random.choice(("add", "concat") if self.kinds else ("add", "concat", *JOINS))
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
            return (
                f"repeat: {{times: {times}, layers: [{self.keeping(last)}]{collect}, name: {name}{source}}}"
            )
        if choice < 0.46 and self.block:
            c, k = self.random.choice((2, 4, 8)), self.random.choice((1, 3, 5))
            s = self.random.choice((1, 1, 2))
            return (
                f"Unit: {{c: {c}, k: {k}, s: {s}, times: {self.random.randint(1, 3)}, name: {name}{source}}}"
            )
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
        conv3 = "conv: {filters: c, kernel_size: 3, padding: half}"
        rest = self.random.choice(
            (
                f"residual: [{conv3}, depthwise_conv: {{kernel_size: k, padding: half}}]",
                "repeat: {times: times, collect: concat, layers: [conv: {filters: c, padding: same}]}",
                f"repeat: {{times: times, layers: [{conv3.replace('c,', 'c * (i + 1),')}]}}",
                "parallel: {branches: {a: [conv: c], b: [avgpool: {kernel_size: 1, stride: 1}]}}",
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
            kinds: tuple[str, ...] = (
                "dense",
                "dense",
                "relu",
                "batchnorm",
                "layernorm",
                "softmax",
                "reshape",
            )
        else:
            kinds = self.kinds or (*WINDOWED, *WINDOWED, *OTHERS, *PLAIN)
        kind = random.choice(kinds)
        writer = WRITERS.get(kind)
        return writer(random, shape) if writer is not None else kind


def small(report: CheckResult) -> bool:
    """Few enough values to be quick, and none that a normalisation refuses (PyTorch wants more than one)."""
    assert report.trace is not None
    nodes = report.trace.network.layers
    return len(nodes) < 60 and all(
        node.output is not None and node.output.elements < 20_000 for node in nodes
    )


def compare(seeds: range) -> tuple[int, int]:
    """The layers of the networks of some seeds, and how many networks differ; each of these is shown."""
    import warnings

    import torch

    from tests.oracle.running import differences

    torch.set_num_threads(1)  # the networks are small
    warnings.simplefilter("ignore")  # of PyTorch, on padding that it copies
    layers = failed = 0
    for seed in seeds:
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
    return layers, failed


def main(arguments: list[str]) -> int:
    count = int(arguments[0]) if arguments else 10_000
    first = int(arguments[1]) if len(arguments) > 1 else 0
    parts = [range(at, min(at + PART, first + count)) for at in range(first, first + count, PART)]
    # a new process for each part: PyTorch keeps memory of every module it ever ran
    with get_context("spawn").Pool(maxtasksperchild=1) as pool:
        results = pool.map(compare, parts, chunksize=1)
    failed = sum(wrong for _, wrong in results)
    layers = sum(number for number, _ in results)
    print(f"{count:,} random networks with {layers:,} layers: {failed:,} differ from PyTorch")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
