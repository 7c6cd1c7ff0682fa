"""From a key to the screen on a spec of 150 layers: within 20 ms at the median.

Each key is typed into a real terminal, and the time is taken until the preview that it leads to is drawn; the
same is then measured without the terminal, for the preview alone.
"""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from cnn_shapes.prompt.session.state import Session
from cnn_shapes.prompt.session.step import step
from cnn_shapes.prompt.view.preview import preview
from cnn_shapes.source import Source
from tests.bench.measuring import Row, shown
from tests.prompt_screen import Screen

BOUND = 0.020  # seconds
LAYERS = 150
TYPED = "conv 32 3 p1 relu"


def rows() -> Iterator[Row]:
    """The median of each kind of key against the bound: wall time, which is what a person waits for."""
    for what, times in (
        ("key to screen", of_terminal()),
        ("preview of a new layer", of_preview(TYPED)),
        (f"preview of edit 2, {LAYERS - 2} layers after it", of_preview(f"edit 2 {TYPED}")),
    ):
        middle = median(times)
        bound = f"bound {shown(BOUND)}; slowest of {len(times)} keys {shown(max(times))}"
        yield Row(f"prompt, {LAYERS} layers", what, shown(middle), bound, middle / BOUND)


def spec(layers: int) -> str:
    """A spec of so many layers, one a line."""
    kinds = ("conv: {filters: 16, kernel_size: 3, padding: half}", "batchnorm", "relu")
    lines = [f"  - {kinds[place % 3]}\n" for place in range(layers)]
    return f"input: [224, 224, 3]\nlayers:\n{''.join(lines)}"


def of_preview(line: str) -> list[float]:
    """Seconds for the preview at each key of a line."""
    session = Session(source=Source("deep.yaml", spec(LAYERS)))
    if line.startswith("edit"):
        session, _ = step(session, "edit 2")
        line = line.partition(" ")[2].partition(" ")[2]
    times = []
    for end in range(len(line) + 1):
        started = time.perf_counter()
        preview(session, line[:end], end)
        times.append(time.perf_counter() - started)
    return times[1:]  # the first one computes what is before the line


def of_terminal() -> list[float]:
    """Seconds from each key to the screen on which it is with its preview."""
    times = []
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "deep.yaml").write_text(spec(LAYERS), encoding="utf-8")
        with Screen(Path(folder), "deep.yaml") as screen:
            screen.wait_for("\n>")
            screen.settle(0.5)
            for end in range(1, len(TYPED) + 1):
                started = time.perf_counter()
                screen.type(TYPED[end - 1])
                while screen.line() != f"> {TYPED[:end]}".rstrip() and time.perf_counter() - started < 5:
                    screen.read()
                times.append(time.perf_counter() - started)
                screen.settle(0.1)
    return times
