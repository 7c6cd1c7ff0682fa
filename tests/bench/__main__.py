"""The benchmark as one table: `python -m tests.bench [--quick] [--json FILE] [SECTION ...]`.

Sections: startup, engine, importing, reading, files, lint, growth, repair, prompt, sweep. Times are processor
time of interleaved runs; of the prompt and of processes, what a person waits.
"""

import argparse
import json
import platform
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version

from tests.bench import engine, importing, lint, prompting, reading, repairing, startup, sweeping, translating
from tests.bench.measuring import Row, compared, table

PACKAGES = ("cnn-shapes", "typer", "rich", "pyyaml", "yamllint", "onnx", "torch", "torchinfo", "keras")


def _startup(quick: bool) -> Iterator[Row]:
    for ours, mine, yardstick, theirs in startup.ratios(5 if quick else 25):
        yield compared("start-up, whole process", f"check specs/mnist.yaml, {ours}", mine, yardstick, theirs)


SECTIONS: dict[str, Callable[[bool], Iterator[Row]]] = {
    "startup": _startup,
    "engine": lambda quick: engine.rows(),
    "importing": lambda quick: importing.rows(),
    "reading": lambda quick: reading.many((100,) if quick else (100, 1000, 10_000)),
    "files": lambda quick: translating.rows(100 if quick else 1000),
    "lint": lambda quick: lint.rows(100 if quick else 1000),
    "growth": lambda quick: reading.growth((10, 100, 1000) if quick else (10, 100, 1000, 10_000, 100_000)),
    "repair": lambda quick: repairing.rows(),
    "prompt": lambda quick: prompting.rows(),
    "sweep": sweeping.rows,
}


def _versions() -> str:
    found = []
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return f"Python {platform.python_version()}, {platform.machine()}, {', '.join(found)}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--quick", action="store_true", help="fewer and smaller runs")
    parser.add_argument("--json", metavar="FILE", help="write the rows there too")
    options = parser.parse_args()
    unknown = [name for name in options.sections if name not in SECTIONS]
    if unknown:
        parser.error(f"no section {unknown[0]}: choose from {', '.join(SECTIONS)}")
    rows = [row for name in options.sections or SECTIONS for row in SECTIONS[name](options.quick)]
    print(f"{_versions()}\nours, ratio to the yardstick, yardstick\n\n{table(rows)}")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"versions": _versions(), "rows": [row._asdict() for row in rows]}, file, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
