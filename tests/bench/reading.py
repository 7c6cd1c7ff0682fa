"""Many specs, and large ones: against PyYAML's C loader, and against the number of layers."""

import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import product

import yaml

from cnn_shapes.checking import check_source
from cnn_shapes.language.building import LayerPool
from cnn_shapes.source import Source
from tests.bench.measuring import Row, compared, interleaved
from tests.golden import ROOT

LAYERS = 60


def spec_text(seed: int, layers: int = LAYERS) -> str:
    """A sound chain of about `layers` layers as people write them: convolution, norm, activation, a pool."""
    chance = random.Random(seed)
    defaults = "  conv: {padding: half, bias: false}"
    lines = ["input: [224, 224, 3]", "rounding: floor", "defaults:", defaults, "layers:"]
    while len(lines) < layers:
        filters, kernel_size = chance.choice([16, 32, 64, 128]), chance.choice([1, 3, 5])
        lines.append(f"  - conv: {{filters: {filters}, kernel_size: {kernel_size}}}")
        lines.append("  - batchnorm")
        lines.append(f"  - {chance.choice(['relu', 'silu', 'leaky_relu'])}")
        if len(lines) % 20 < 3:
            lines.append("  - maxpool: {kernel_size: 3, stride: 2, padding: 1}")
    return "\n".join([*lines, "  - global_avgpool", "  - dropout: 0.2", "  - dense: 1000"]) + "\n"


def full_text(seed: int) -> str:
    """A sound network of about `LAYERS` entries with most of their fields, in block and in flow style."""
    chance = random.Random(seed)
    filters, size, channels = chance.choice([8, 16, 32]), 64, 3
    lines = ["input: [64, 64, 3]", "layers:"]
    for place in range(LAYERS - 3):
        kind = chance.random()
        kernel_size = chance.choice([1, 3, 5])
        if size > 4 and kind < 0.08:
            size //= 2
            filters += 8
            lines.append(f"  - maxpool: {{kernel_size: 2, stride: 2, name: pool{place}}}")
        elif kind < 0.4:
            lines += ["  - conv:", f"      filters: {filters}", f"      kernel_size: {kernel_size}"]
            lines += [f"      {field}" for field in ("padding: half", "bias: false", "norm: batch")]
            lines.append("      activation: relu")
            channels = filters
        elif kind < 0.7:
            lines.append(
                f"  - conv: {{filters: {filters}, kernel_size: {kernel_size}, stride: 1, "
                f"padding: {kernel_size // 2}, activation: relu, name: conv{place}}}"
            )
            channels = filters
        elif kind < 0.8:
            lines.append(f"  - dropout: {{rate: 0.{chance.randint(1, 5)}}}")
        elif kind < 0.9:
            lines.append(f"  - residual: [conv: {{filters: {channels}, kernel_size: 3, padding: half}}]")
        else:
            lines.append("  - depthwise_conv: {kernel_size: 3, padding: half, bias: false, norm: batch}")
    return "\n".join(
        [*lines, "  - global_avgpool", "  - dense: {units: 100, activation: relu}", "  - dense: 10\n"]
    )


STYLES: dict[str, Callable[[int], str]] = {"with most fields": full_text, "of few words": spec_text}


def many(counts: tuple[int, ...]) -> Iterator[Row]:
    """Checking N specs against composing the same texts."""
    for (style, text_of), count in product(STYLES.items(), counts):
        texts = [text_of(seed) for seed in range(count)]
        taken = interleaved(
            5 if count <= 1000 else 1,
            ours=lambda texts=texts: _check_all(texts),  # type: ignore[misc]
            compose=lambda texts=texts: each(_compose, texts),  # type: ignore[misc]
        )
        name = "PyYAML's C compose"
        what = f"check {count:,} specs of {LAYERS} layers {style}"
        yield compared("many specs", what, taken["ours"], name, taken["compose"])


def each(do: Callable[[str], object], texts: list[str]) -> None:
    """One after the other, as the command does: no result is kept while the next is made."""
    for text in texts:
        do(text)


def _check_all(texts: list[str]) -> None:
    """With one pool for all, as the command does it."""
    pool = LayerPool()
    each(lambda text: check_source(Source("spec.yaml", text), pool=pool), texts)


def _compose(text: str) -> object:
    return yaml.compose(text, Loader=yaml.CSafeLoader)


_GROWTH = """
import gc, sys, time
from cnn_shapes.checking import check_source
from cnn_shapes.language.building import LayerPool
from cnn_shapes.source import Source
count = int(sys.argv[1])
lines = ["  - conv: {filters: 8, kernel_size: 3, padding: 1}\\n", "  - relu\\n"]
text = "input: [32, 32, 3]\\nlayers:\\n" + "".join(lines[place % 2] for place in range(count))
gc.disable()  # as the command does
start = time.process_time()
report = check_source(Source("spec.yaml", text))
assert report.ok and len(report.trace.steps) == count
seconds = time.process_time() - start
with open("/proc/self/status") as status:  # rusage would count what the parent had when it forked
    peak = next(line.split()[1] for line in status if line.startswith("VmHWM"))
print(seconds, peak)
"""


def growth(counts: tuple[int, ...]) -> Iterator[Row]:
    """Time and memory by the number of layers, each in its own process; the ratio is of time a layer."""
    first = None
    for count in counts:
        result = subprocess.run(
            [sys.executable, "-c", _GROWTH, str(count)], cwd=ROOT, capture_output=True, text=True, check=True
        )
        seconds, kilobytes = map(float, result.stdout.split())
        each = seconds / count
        first = first or each
        yield Row(
            "growth",
            f"check a chain of {count:,} layers",
            f"{seconds:.2f} s",
            f"{each * 1e6:.0f} us a layer, {kilobytes / 1024:.0f} MB at the peak",
            each / first,
        )
