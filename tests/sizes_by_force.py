"""Holds every claim of `sizes --json` against `check`, on all sizes of a grid: coupled axes too."""

from functools import cache
from itertools import product
from typing import Any

from cnn_shapes.checking import check_source
from cnn_shapes.diagnostics import in_layout
from cnn_shapes.language.spec import Overrides
from cnn_shapes.source import Source
from tests.tools.verify_sizes import holds

Size = tuple[int, ...]


def false_claims(
    text: str, answer: dict[str, Any], square: bool, bound: int, tried: int | None = None
) -> list[str]:
    """What is wrong, in words. Sizes beyond the bound are looked at only where they are named.

    `tried`: that none works is said of axes after the first up to this only.
    """
    report = check_source(Source("spec", text))
    assert report.input is not None
    channels, *sizes = report.input
    own, rank = tuple(sizes), len(sizes)

    @cache
    def works(size: Size) -> bool:
        given = in_layout((channels, *size), report.layout)
        return check_source(report.source, Overrides(given, rounding=answer["rounding"]), rules=False).ok

    wrong = []
    smallest = answer["smallest"]
    named = [*answer.get("others", ()), answer["below"], answer["above"], smallest]
    for size in named:
        size = size.values() if isinstance(size, dict) else size
        if size is not None and not works(tuple(size)):
            wrong.append(f"{size} should work, but does not")
    wrong += [
        f"{one['size']} should fail, but works" for one in answer["failing"] if works(tuple(one["size"]))
    ]
    runs = answer["progressions"]
    grid = list(product(range(1, bound + 1), repeat=rank))
    squares = [size for size in grid if len(set(size)) == 1]
    if isinstance(runs, dict):
        wrong += [f"{n}" for n in grid if works(n) != all(map(holds, runs.values(), n))]
    else:
        wrong += [f"{n}" for n in squares if works(n) != holds(runs, n[0])]
    for place, one in enumerate(answer.get("varied", ())):
        for n in range(1, bound + 1):
            size = (*own[:place], n, *own[place + 1 :])
            wrong += [f"{size} with held ones"] * (works(size) != holds(one["progressions"], n))
    if smallest is None:
        some = grid if tried is None else [size for size in grid if max(size[1:], default=0) <= tried]
        some = squares if square else [own, *squares, *some]
        wrong += [f"none should work, but {n} does" for n in some if works(n)]
    elif isinstance(smallest, list) and runs:
        wrong += [f"{n} is smaller" for n in squares if n[0] < smallest[0] and works(n)]
    return wrong
