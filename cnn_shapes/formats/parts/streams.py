"""Where a format writes to: standard output or a file, with what a terminal can show; the progress bar."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, TextIO

from cnn_shapes.formats.parts.terminal_text import DisplayOptions, clean, folded, symbol

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult

ALWAYS, AUTO, NEVER = "always", "auto", "never"
_PATIENCE = 1.0  # seconds without a progress bar
_PACE = 0.1  # seconds between two of its pictures
_BAR = 24  # cells


@contextmanager
def opened(file: str | None, color: str) -> Iterator[tuple[TextIO, DisplayOptions]]:
    """The stream to write to, and what it can show.

    A file appears whole, or not at all where writing fails: that raises OSError. Where the reader of standard
    output has gone, as `head` does, the rest goes nowhere.
    """
    if file is not None:
        from io import StringIO

        text = StringIO()
        yield text, DisplayOptions(color=color == ALWAYS)
        for stream in (sys.stdout, sys.stderr):  # the file may be the same, as /dev/stdout
            if stream is not None:
                stream.flush()
        from cnn_shapes.edit.files import write_atomically  # standard output does without

        write_atomically(file, text.getvalue().encode(errors="backslashreplace"))
        return
    out = sys.stdout
    reconfigure = getattr(out, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")
    terminal = out.isatty()
    width = _terminal_width() if terminal else None
    try:
        yield out, DisplayOptions(has_color(color, terminal, os.environ), width, out.encoding or "utf-8")
        out.flush()
    except BrokenPipeError:
        # the interpreter flushes once more at its end, and would complain
        os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())


def say(text: str, stream: TextIO) -> None:
    """Write lines for a person: on a terminal as wide as it is, and nothing that it would obey."""
    width = _terminal_width() if stream.isatty() else None
    for line in text.splitlines():
        for part in folded(clean(line, stream.encoding or "utf-8"), width):
            stream.write(f"{part}\n")


def has_color(wanted: str, terminal: bool, environment: Mapping[str, str]) -> bool:
    """`--color`, then NO_COLOR (no-color.org) and FORCE_COLOR, then whether it is a terminal that can."""
    if wanted != AUTO:
        return wanted == ALWAYS
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return environment["FORCE_COLOR"] != "0"
    return terminal and environment.get("TERM") != "dumb"


def _terminal_width() -> int:
    from shutil import get_terminal_size

    return get_terminal_size().columns


def with_progress(reports: Iterable[CheckResult], count: int) -> Iterator[CheckResult]:
    """The reports, with a bar on a terminal's standard error as soon as they take longer than a second."""
    err = sys.stderr
    if not err.isatty():
        yield from reports
        return
    full = symbol("█", err.encoding or "ascii")
    started = drawn = monotonic()
    visible = False
    for done, report in enumerate(reports, 1):
        now = monotonic()
        if visible and report.diagnostics:  # the problems go where the bar is
            err.write("\r\x1b[K")
            err.flush()
            visible = False
        yield report
        if now - started >= _PATIENCE and now - drawn >= _PACE:
            drawn = now
            visible = True
            filled = _BAR * done // count
            err.write(f"\r\x1b[K{full * filled}{' ' * (_BAR - filled)} {done:,} of {count:,} specs")
            err.flush()
    if visible:
        err.write("\r\x1b[K")
        err.flush()
