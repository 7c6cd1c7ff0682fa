"""Breaks one number at a time in files of other tools, and counts how often `fix` finds what it was.

Run by hand: `python -m tests.tools.break_files [--seed 1] [--each 8] [--verbose] FILE...`; without files it
takes Ultralytics' own YAMLs, where `ultralytics` is installed. What is broken: kernels, strides, paddings,
channels, enlargements, numbers of layers. What is not an error is not counted; the file itself must come
back, to the byte.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from cnn_shapes.checking import check_source
from cnn_shapes.language.dialects import dialect_of
from cnn_shapes.language.spec import Overrides
from cnn_shapes.repair import repairs
from cnn_shapes.source import Source
from tests.ultralytics_models import SIZE, folder

OWN = [
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
STEPS = {
    "kernel": (-2, -1, 1, 2),
    "stride": (-1, 1, 2),
    "from": (-3, -2, -1, 1, 2, 3),
    "channels": (8, -8, 64),
}
INPUTS = {"ultralytics": (3, SIZE, SIZE)}
Found = Iterator[tuple[str, int, int]]  # of each number its role, where it begins and ends

_ENTRY = re.compile(r"^ *- \[(\[[^\]]*\]|-?\d+), *\d+, *([\w.]+), *\[(.*?)\]\]", re.MULTILINE)
_OF_MODULES = {"nn.MaxPool2d": ("kernel", "stride", "padding"), "nn.Upsample": ("enlargement",)}
_DARKNET = {
    "size": "kernel",
    "stride": "stride",
    "padding": "padding",
    "filters": "channels",
    "layers": "from",
    "from": "from",
    "groups": "groups",
}
_CAFFE = {
    "kernel_size": "kernel",
    "kernel_h": "kernel",
    "kernel_w": "kernel",
    "stride": "stride",
    "pad": "padding",
    "num_output": "channels",
    "group": "groups",
    "slice_point": "channels",
}
_KERAS = {
    "kernel_size": "kernel",
    "pool_size": "kernel",
    "strides": "stride",
    "padding": "padding",
    "cropping": "padding",
    "filters": "channels",
    "units": "channels",
    "groups": "groups",
    "size": "enlargement",
    "target_shape": "shape",
}


def _of_ultralytics(text: str) -> Found:
    for entry in _ENTRY.finditer(text):
        for one in re.finditer(r"(?<![-\d])\d+", entry[1]):
            yield "from", entry.start(1) + one.start(), entry.start(1) + one.end()
        roles = _OF_MODULES.get(entry[2], ("channels", "kernel", "stride", "padding"))
        of_windows = entry[2] in _OF_MODULES or entry[2].endswith(("Conv", "ConvTranspose2d"))
        places = [*re.finditer(r"(?<![\w.])\d+(?![\w.])", entry[3])] if of_windows else []
        for role, one in zip(roles, places, strict=False):
            yield role, entry.start(3) + one.start(), entry.start(3) + one.end()


def _keyed(pattern: str, roles: dict[str, str]) -> Callable[[str], Found]:
    """The numbers after keys: `pattern` has the key and what it says."""

    def numbers(text: str) -> Found:
        for found in re.finditer(pattern, text, re.MULTILINE):
            for one in re.finditer(r"\d+", found[2] if found[1] in roles else ""):
                yield roles[found[1]], found.start(2) + one.start(), found.start(2) + one.end()

    return numbers


NUMBERS: dict[str, Callable[[str], Found]] = {
    "ultralytics": _of_ultralytics,
    "darknet": _keyed(r"^(\w+) *= *([-\d, ]+)$", _DARKNET),
    "caffe": _keyed(r"\b(\w+) *: *(\d+)", _CAFFE),
    "keras_files": _keyed(r'"(\w+)": *(\[[\d\s,\[\]]*\]|\d+)', _KERAS),
}


def broken(path: str, text: str, each: int, draw: random.Random) -> Iterator[tuple[str, str, int, float]]:
    """Of each breakage its role, what it is, the rank of the file as it was (0: none), and seconds."""
    dialect = dialect_of(path, text)
    assert dialect is not None, f"{path} is a spec: tests.tools.break_networks"
    overrides = Overrides(input=INPUTS.get(dialect))
    if not check_source(Source(path, text), overrides, rules=False).ok:
        overrides = Overrides(input=(3, 227, 227))  # of a net whose sizes are in its data
    if not check_source(Source(path, text), overrides, rules=False).ok:
        print(f"{path} has errors as it is")
        return
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for role, start, end in NUMBERS[dialect](text):
        places[role].append((start, end))
    counted = 0
    for _ in range(12 * each if places else 0):
        role = draw.choice(sorted(places))
        start, end = draw.choice(places[role])
        is_back = text[start - 1 : start] == "-"  # what nobody writes, as -0, is no mistake
        least = 0 if role in ("padding", "from") and not is_back else 1
        new = max(least, int(text[start:end]) + draw.choice(STEPS.get(role, (-1, 1))))
        began = time.perf_counter()
        report = check_source(Source(path, f"{text[:start]}{new}{text[end:]}"), overrides, rules=False)
        if report.ok or counted == each:
            continue
        counted += 1
        found = [one.after.source.user_text.text for one in repairs(report).found]
        what = f"line {text.count(chr(10), 0, start) + 1}: {text[start:end]} -> {new}"
        yield role, what, found.index(text) + 1 if text in found else 0, time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="*")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each", type=int, default=8)
    parser.add_argument("--verbose", action="store_true")
    asked = parser.parse_args()
    files = asked.files or [str(next(folder().rglob(name))) for name in OWN]
    draw, ranks = random.Random(asked.seed), Counter[tuple[str, int]]()
    for file in files:
        text = Path(file).read_text(encoding="utf-8")
        for role, what, rank, seconds in broken(file, text, asked.each, draw):
            ranks[role, rank] += 1
            if asked.verbose:
                print(f"{rank}  {seconds:5.1f} s  {role:11}  {file.rpartition('/')[2]}  {what}", flush=True)
    whole = ranks.total()
    first = sum(count for (_, rank), count in ranks.items() if rank == 1)
    three = sum(count for (_, rank), count in ranks.items() if rank)
    print(f"{whole} broken: {first / whole:.0%} first, {three / whole:.0%} among three")
    for role in sorted({role for role, _ in ranks}):
        print(f"{role:12}", {rank: ranks[role, rank] for rank in range(4)})


if __name__ == "__main__":
    main()
