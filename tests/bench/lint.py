"""`check` on a folder of specs in one process, from finding to writing, against PyYAML composing them."""

import gc
import io
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import yaml

from cnn_shapes import cli_options
from cnn_shapes.discover import Finder
from cnn_shapes.formats import Options, concise
from cnn_shapes.settings import Configuration
from cnn_shapes.spec.document import Overrides
from tests.bench.measuring import Row, compared
from tests.bench.reading import LAYERS, spec_text


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


def rows(count: int) -> Iterator[Row]:
    """Specs with most fields written out, and specs of few words a layer, which are little work for YAML."""
    yield from folders("with most fields", full_text, count)
    yield from folders("of few words", spec_text, count)


def folders(style: str, text_of: Callable[[int], str], count: int, rounds: int = 5) -> Iterator[Row]:
    """Checking a folder of `count` specs, and one of twice as many. The best of interleaved rounds counts."""
    with TemporaryDirectory() as once, TemporaryDirectory() as twice:
        for number in range(2 * count):
            text = text_of(number)
            for folder in (once, twice) if number < count else (twice,):
                (Path(folder) / f"net{number:05}.yaml").write_text(text, encoding="utf-8")
        texts = [file.read_text(encoding="utf-8") for file in sorted(Path(once).iterdir())]
        checking(once)  # imports
        ours, theirs, double = [], [], []
        for _ in range(rounds):
            ours.append(seconds(lambda: checking(once)))
            theirs.append(seconds(lambda: composing(texts)))
            double.append(seconds(lambda: checking(twice)))
    section = "linting a folder"
    what = f"check a folder of {count:,} specs of {LAYERS} layers {style}"
    yield compared(section, what, min(ours), "PyYAML's C compose", min(theirs))
    yield compared(section, f"check a folder of {2 * count:,}", min(double), f"of {count:,}", min(ours))


def checking(folder: str) -> str:
    """What `cnn-shapes check FOLDER --format concise` does, without the start of a process."""
    gc.disable()  # as the command does
    try:
        configuration = Configuration()
        found = Finder(configuration).find([folder])
        reports = cli_options.checked(found.specs, Overrides(), configuration)
        out = io.StringIO()
        concise.write(cli_options.Tally().counted(reports), out, Options(several=True))
    finally:
        gc.enable()
    return out.getvalue()


def composing(texts: list[str]) -> None:
    for text in texts:  # no result is kept, by us neither
        yaml.compose(text, Loader=yaml.CLoader)


def seconds(work: object) -> float:
    gc.collect()
    start = process_time()
    work()  # type: ignore[operator]
    return process_time() - start
