"""Compares `sizes` with numbers put through the whole zoo: all sizes up to 10,000, and pairs drawn at random.

    python -m tests.tools.sweep_sizes [BOUND]

It puts plain numbers through the layers, which takes minutes for the zoo. `verify_sizes.py` trusts less and
takes hours: it asks `check` alone.
"""

import random
import sys

from cnn_shapes.checking import check_path
from cnn_shapes.input_sizes import sizes
from cnn_shapes.input_sizes.answer import SQUARE
from cnn_shapes.input_sizes.progressions import Progression
from cnn_shapes.input_sizes.propagation import Propagation
from tests.networks import SPECS

PAIRS = 2_000


def wrong(name: str, bound: int) -> list[tuple[int, ...]]:
    """The input sizes of a spec on which the answer and the numbers disagree."""
    report = check_path(str(SPECS / f"{name}.yaml"))
    found, squares = sizes(report), sizes(report, square=True)
    assert report.spec is not None
    assert report.trace is not None
    assert found is not None
    assert squares is not None
    propagation = Propagation(report.spec, report.trace.network)
    rank = len(found.question.own)
    draw = random.Random(name).randint
    good = found.nearest.smallest or found.question.own
    tried = [(*good[:axis], n, *good[axis + 1 :]) for axis in range(rank) for n in range(1, bound + 1)]
    tried += [tuple(draw(1, bound) for _ in range(rank)) for _ in range(PAIRS)]
    axes = [_members(runs, bound) for runs in found.axes.values()]
    (alike,) = [_members(runs, bound) for runs in squares.axes.values()]
    differ = []
    if SQUARE not in found.axes:
        differ = [
            one
            for one in tried
            if (propagation.first_failure(one) is None)
            != all(n in axis for n, axis in zip(one, axes, strict=True))
        ]
    every = [(n,) * rank for n in range(1, bound + 1)]
    return differ + [one for one in every if (propagation.first_failure(one) is None) != (one[0] in alike)]


def _members(runs: list[Progression], bound: int) -> set[int]:
    bound = max(bound, 20_000)
    return {n for run in runs for n in range(run.first, min(bound, run.last or bound) + 1, run.step)}


if __name__ == "__main__":
    up_to = int((*sys.argv, "10000")[1])
    bad = 0
    for spec in sorted(file.stem for file in SPECS.glob("*.yaml")):
        differing = wrong(spec, up_to)
        bad += len(differing)
        print(f"{spec}: {differing[:10] or 'agrees'}", flush=True)
    sys.exit(bool(bad))
