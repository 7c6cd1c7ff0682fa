"""How long a repair takes: slips drawn at random in a 200-layer chain and in ResNet-152.

    python -m tests.tools.bench_repair [--count 40] [--seed 1]

Prints the processor time from the report to the proved repairs. The aim: one slip in 0.3 s, three in 2 s.
"""

from __future__ import annotations

import argparse
import gc
import random
import time
from collections.abc import Iterator
from typing import NamedTuple

from cnn_shapes.checking import check_source
from cnn_shapes.discovery import shipped as zoo
from cnn_shapes.repair import repairs
from cnn_shapes.source import Edit, Source
from tests.tools.break_networks import broken, places

AIMS = {1: 0.3, 3: 2.0}


class Measured(NamedTuple):
    """One broken text, the seconds its repair took, and how many repairs were found."""

    text: str
    seconds: float
    found: int


def chain() -> Source:
    """200 layers: convolutions that keep the size, with a pool after every fortieth."""
    keep = "  - conv: {filters: 8, kernel_size: 3, stride: 1, padding: 1}\n"
    lines = [
        "  - maxpool: {kernel_size: 2, stride: 2}\n" if place % 40 == 39 else keep for place in range(200)
    ]
    return Source("chain", "input: [224, 224, 3]\nlayers:\n" + "".join(lines))


def resnet_152() -> Source:
    text = zoo.text("resnet50")
    assert "n2: 4, n3: 6" in text
    return Source("resnet152", text.replace("n2: 4, n3: 6", "n2: 8, n3: 36"))


def slips(source: Source, count: int, chance: random.Random) -> Iterator[Source]:
    """Texts with `count` slips each that fail the check."""
    found = places(source)
    while True:
        chosen = chance.sample(found, count)
        changed = source.edited([Edit(place.span, broken(place, chance)) for place in chosen])
        if not check_source(changed, rules=False).ok:
            yield changed


def measured(source: Source, slip_count: int, count: int, seed: int) -> list[Measured]:
    texts = slips(source, slip_count, random.Random(seed))
    repairs(check_source(next(texts)))  # imports what it needs
    rows = []
    for _ in range(count):
        report = check_source(next(texts), rules=False)
        gc.collect()  # no repair pays for what the ones before it left, as none does in a process of its own
        started = time.process_time()
        found = len(repairs(report).found)
        rows.append(Measured(report.source.text, time.process_time() - started, found))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(f"{'network':<12} {'slips':>5} {'repaired':>9} {'median':>8} {'mean':>8} {'slowest':>8} {'aim':>5}")
    for source in (chain(), resnet_152()):
        for slip_count, aim in AIMS.items():
            rows = measured(source, slip_count, options.count, options.seed)
            seconds = sorted(row.seconds for row in rows)
            repaired = sum(bool(row.found) for row in rows)
            print(
                f"{source.path:<12} {slip_count:>5} {repaired:>6}/{len(rows)} {seconds[len(rows) // 2]:>8.3f}"
                f" {sum(seconds) / len(rows):>8.3f} {seconds[-1]:>8.3f} {aim:>5}"
            )


if __name__ == "__main__":
    main()
