"""Verifies an answer of `sizes --json` by brute force, through `check` alone.

cnn-shapes sizes SPEC --json | python -m tests.tools.verify_sizes SPEC [BOUND]
"""

import itertools
import json
import sys
from pathlib import Path
from typing import Any

from cnn_shapes.checking import check_source
from cnn_shapes.diagnostics import CHANNELS_FIRST
from cnn_shapes.language.spec import Overrides
from cnn_shapes.source import Source


def holds(runs: list[dict[str, Any]], size: int) -> bool:
    return any(
        (size - run["first"]) % run["step"] == 0 and run["first"] <= size <= (run["last"] or size)
        for run in runs
    )


def disagreements(text: str, answer: dict[str, Any], bound: int) -> list[tuple[int, ...]]:
    """The input sizes up to `bound` where `check` disagrees: along each axis, and on a coarse grid."""
    report = check_source(Source("spec", text))
    assert report.input is not None
    channels, *own = report.input

    def works(sizes: tuple[int, ...]) -> bool:
        given = (channels, *sizes) if report.layout == CHANNELS_FIRST else (*sizes, channels)
        return check_source(report.source, Overrides(given, rounding=answer["rounding"])).ok

    runs = answer["progressions"]
    if isinstance(runs, list):
        squares = [(size,) * len(own) for size in range(1, bound + 1)]
        return [sizes for sizes in squares if works(sizes) != holds(runs, sizes[0])]
    axes, good = list(runs.values()), tuple((answer["smallest"] or dict.fromkeys(runs, 1)).values())
    tried = [(*good[:axis], n, *good[axis + 1 :]) for axis in range(len(own)) for n in range(1, bound + 1)]
    tried += itertools.product(range(1, bound + 1, max(1, bound // 6)), repeat=len(own))
    return [sizes for sizes in tried if works(sizes) != all(map(holds, axes, sizes))]


if __name__ == "__main__":
    spec, up_to = sys.argv[1], int((*sys.argv, "10000")[2])
    wrong = disagreements(Path(spec).read_text(encoding="utf-8"), json.load(sys.stdin), up_to)
    print(wrong or f"{spec}: check agrees up to {up_to}")
    sys.exit(bool(wrong))
