"""A sweep against what else computes a configuration: `check` of the library, and PyTorch without values.

Processes are timed by the clock: the machine should do nothing else.
"""

import resource
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from cnn_shapes import check
from cnn_shapes.discovery import shipped
from cnn_shapes.source import Source
from cnn_shapes.sweeps import Job, chunks, space_of
from tests.bench.measuring import Row, compared, interleaved, shown

SECTION = "sweeping a design space"
COURSE = """\
input: [28, 28, 1]
params: {first: 32, second: 64, units: 128}
layers:
  - conv: {filters: first, kernel_size: 5}
  - maxpool: 2
  - conv: {filters: second, kernel_size: 5}
  - maxpool: 2
  - flatten
  - dense: {units: units, activation: relu}
  - dense: 10
"""
_PIECE = 200  # configurations of one measured run, which reads the spec, too


def rows(quick: bool) -> Iterator[Row]:
    yield from _beside_check()
    if find_spec("torchvision") is not None:
        yield _beside_torch()
    yield from _processes(20_000 if quick else 200_000)
    yield _command(50_000 if quick else 1_000_000)


def _beside_check() -> Iterator[Row]:
    for name, text in (("ResNet-50", shipped.text("resnet50")), ("the course network", COURSE)):
        job = Job(Source("net.yaml", text), space_of([], ["32:1024:1"]))
        starts = cycle(range(0, 4 * _PIECE, _PIECE))
        sizes = cycle(range(32, 1024, 4))

        def swept(job: Job = job, starts: Iterator[int] = starts) -> None:
            start = next(starts)
            for _ in chunks(job, range(start, start + _PIECE)):
                pass

        def checked(text: str = text, sizes: Iterator[int] = sizes, grey: bool = text is COURSE) -> None:
            size = next(sizes)
            check(text, input=(size, size, 1 if grey else 3))

        taken = interleaved(5, swept=swept, checked=checked)
        what = f"a configuration of {name}"
        yield compared(SECTION, what, taken["swept"] / _PIECE, "check of the library", taken["checked"])


def _beside_torch() -> Row:
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    from tests.oracle.vision import models

    sizes = cycle(range(64, 512, 32))

    def counted() -> None:
        size = next(sizes)
        with torch.device("meta"):
            model = models.resnet50()
            with FlopCounterMode(display=False):
                model(torch.empty(1, 3, size, size))

    job = Job(Source("net.yaml", shipped.text("resnet50")), space_of([], ["32:1024:1"]))

    def swept() -> None:
        for _ in chunks(job, range(_PIECE)):
            pass

    taken = interleaved(3, swept=swept, counted=counted)
    yardstick = "PyTorch on meta, with its flop counter"
    return compared(
        SECTION, "a configuration of ResNet-50", taken["swept"] / _PIECE, yardstick, taken["counted"]
    )


def _processes(count: int) -> Iterator[Row]:
    from cnn_shapes.sweeps.processes import pool

    job = Job(Source("net.yaml", COURSE), space_of(["first=1:100", "second=1:100", "units=1:100"], []))

    def taken(workers: int) -> float:
        executor = None if workers == 1 else pool(workers)
        started = perf_counter()
        for _ in chunks(job, range(count), executor, workers, as_lines=True):
            pass
        return perf_counter() - started

    one, two = min(taken(1), taken(1)), min(taken(2), taken(2))
    yield compared(SECTION, f"{count:,} of the course network, 2 processes", two, "1 process", one)


def _command(count: int) -> Row:
    """The command itself, with what the largest of its processes took of memory."""
    with TemporaryDirectory() as folder:
        spec, out = Path(folder, "net.yaml"), Path(folder, "rows.csv")
        spec.write_text(COURSE, encoding="utf-8")
        last = count // 10_000
        varied = ["--set", "first=1:100", "--set", "second=1:100", "--set", f"units=1:{last}"]
        started = perf_counter()
        subprocess.run(
            [sys.executable, "-m", "cnn_shapes", "sweep", str(spec), *varied, "-j", "2", "-o", str(out)],
            check=True,
            stderr=subprocess.DEVNULL,
        )
        seconds = perf_counter() - started
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    what = f"sweep -j 2, {count:,} rows of the course network"
    return Row(SECTION, what, shown(seconds), f"the largest process has {most} MiB", None)
