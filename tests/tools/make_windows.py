"""Makes the table of windows that the repair prefers, from a survey of networks.

    python -m tests.tools.make_windows windows.tsv > cnn_shapes/repair/changes/windows.tsv

The survey has a row for each kind of layer and window, with the number of networks that hold one. In the
table the pools are one family, whatever they make of a window, and so are convolutions of any number of axes.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

FAMILIES = {"maxpool": "pool", "avgpool": "pool"}
HEADER = ("family", "kernel_size", "stride", "padding", "dilation", "networks")


def table(survey: str) -> str:
    """The rows of the table, the families in order and the commonest windows first."""
    counts: Counter[tuple[str, ...]] = Counter()
    surveyed = ""
    for line in survey.splitlines():
        cells = line.split("\t")
        if cells[0] == "# networks":
            surveyed = cells[1]
        elif cells[0] != "kind":
            kind, *window, networks, _ = cells
            kind = kind.partition("/")[0]
            counts[FAMILIES.get(kind, kind), *window] += int(networks)
    rows = sorted(counts.items(), key=lambda row: (row[0][0], -row[1], row[0]))
    lines = [f"# windows in {surveyed} networks", "\t".join(HEADER)]
    return "\n".join([*lines, *("\t".join([*key, str(count)]) for key, count in rows)]) + "\n"


if __name__ == "__main__":
    print(table(Path(sys.argv[1]).read_text(encoding="utf-8")), end="")
