"""Breaks one number of Ultralytics' own YAMLs at a time, and counts how often `fix` finds what it was.

Run by hand, where `ultralytics` is installed: `python -m tests.tools.break_ultralytics [SEED]`. What is
broken: a kernel, a stride, a padding, an enlargement, a number in from, channels. What is not an error is
not counted.
"""

from __future__ import annotations

import random
import re
import sys
from collections import Counter, defaultdict

from cnn_shapes.repair import repairs
from tests.ultralytics_models import folder, read

FILES = [
    "yolov3.yaml",
    "yolov3-tiny.yaml",
    "yolov5.yaml",
    "yolov5-p6.yaml",
    "yolov6.yaml",
    "yolov8.yaml",
    "yolov8-seg.yaml",
    "yolov9c.yaml",
    "yolov10n.yaml",
    "yolo11.yaml",
    "yolo12.yaml",
    "yolo26.yaml",
]
EACH = 8  # breakages of a file
ENTRY = re.compile(r"^ *- \[(\[[^\]]*\]|-?\d+), *\d+, *([\w.]+), *\[(.*?)\]\]", re.MULTILINE)
ROLES = {"nn.MaxPool2d": ("kernel", "stride", "padding"), "nn.Upsample": ("enlargement",)}
STEPS = {
    "kernel": (-2, -1, 1, 2),
    "stride": (-1, 1, 2),
    "from": (-3, -2, -1, 1, 2, 3),
    "channels": (8, -8, 64),
}


def numbers(text: str) -> dict[str, list[tuple[int, int]]]:
    """Where the numbers of each role begin and end."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for entry in ENTRY.finditer(text):
        found["from"] += [
            (entry.start(1) + one.start(), entry.start(1) + one.end())
            for one in re.finditer(r"(?<![-\d])\d+", entry[1])
        ]
        roles = ROLES.get(entry[2], ("channels", "kernel", "stride", "padding"))
        of_windows = entry[2] in ROLES or entry[2].endswith(("Conv", "ConvTranspose2d"))
        places = [*re.finditer(r"(?<![\w.])\d+(?![\w.])", entry[3])] if of_windows else []
        for role, one in zip(roles, places, strict=False):
            found[role].append((entry.start(3) + one.start(), entry.start(3) + one.end()))
    return found


def main(seed: int) -> None:
    draw, ranks = random.Random(seed), Counter[tuple[str, int]]()
    for file in FILES:
        text = next(folder().rglob(file)).read_text(encoding="utf-8")
        places, counted = numbers(text), 0
        for _ in range(12 * EACH):
            role = draw.choice(sorted(places))
            start, end = draw.choice(places[role])
            new = int(text[start:end]) + draw.choice(STEPS.get(role, (-1, 1)))
            report = read(file, f"{text[:start]}{max(0, new)}{text[end:]}")
            if report.ok or counted == EACH:
                continue
            counted += 1
            found = [report.source.user_text.edited(one.edits).text for one in repairs(report).found]
            ranks[role, found.index(text) + 1 if text in found else 0] += 1
    whole = ranks.total()
    first = sum(count for (_, rank), count in ranks.items() if rank == 1)
    three = sum(count for (_, rank), count in ranks.items() if rank)
    print(f"{whole} broken: {first / whole:.0%} first, {three / whole:.0%} among three")
    for role in sorted({role for role, _ in ranks}):
        print(f"{role:12}", {rank: ranks[role, rank] for rank in range(4)})


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 1)
