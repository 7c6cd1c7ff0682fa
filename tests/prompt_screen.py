"""A terminal of our own around the command: pexpect runs it, pyte draws it and says where the cursor is."""

import os
import re
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import pexpect
import pyte

from tests.golden import HANGS, ROOT

_ASKED = re.compile(rb"\x1b\[6n")
_QUIET = 0.12  # seconds without output after which a frame is done
KEYS = {
    "<enter>": "\r",
    "<tab>": "\t",
    "<up>": "\x1b[A",
    "<left>": "\x1b[D",
    "<right>": "\x1b[C",
    "<ctrl-c>": "\x03",
    "<ctrl-d>": "\x04",
    "<ctrl-r>": "\x12",
    "<back>": "\x7f",
}


class Screen:
    """The command in a terminal of `columns`; `reports` answers where the cursor is, as terminals do."""

    def __init__(
        self,
        folder: Path,
        *arguments: str,
        columns: int = 100,
        lines: int = 30,
        reports: bool = True,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.screen = pyte.Screen(columns, lines)
        self.stream = pyte.ByteStream(self.screen)
        self.reports = reports
        kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
        wanted = {
            "TERM": "xterm-256color",
            "HOME": str(folder),
            "XDG_STATE_HOME": str(folder / "state"),
            "PYTHONPATH": str(ROOT),
            "PYTHONUTF8": "1",
            "LANG": "C.UTF-8",
        }
        self.child: Any = pexpect.spawn(
            sys.executable,
            ["-m", "cnn_shapes", "interactive", *arguments],
            cwd=str(folder),
            env=kept | wanted | dict(environment or {}),
            dimensions=(lines, columns),
            timeout=HANGS,
        )
        self.child.delaybeforesend = None

    def __enter__(self) -> "Screen":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.child.close(force=True)

    def settle(self, quiet: float = _QUIET) -> None:
        """Draw what comes until nothing more does."""
        last = time.monotonic()
        end = last + HANGS
        while time.monotonic() - last < quiet and time.monotonic() < end:
            if self.read():
                last = time.monotonic()

    def read(self) -> bool:
        """Draw what has come; False where that is nothing."""
        try:
            data = self.child.read_nonblocking(65536, timeout=0.02)
        except (pexpect.TIMEOUT, pexpect.EOF):
            return False
        *before, last = _ASKED.split(data)
        for part in before:
            self.stream.feed(part)
            if self.reports:
                self.child.send(f"\x1b[{self.screen.cursor.y + 1};{self.screen.cursor.x + 1}R")
        self.stream.feed(last)
        return True

    def wait_for(self, text: str) -> None:
        """Draw until a text is on the screen."""
        end = time.monotonic() + HANGS
        while text not in self.frame() and time.monotonic() < end:
            self.settle(0.05)
        assert text in self.frame(), f"{text} never came:\n{self.frame()}"

    def type(self, keys: str) -> None:
        """Press keys: characters, and names such as <tab>."""
        for part in re.findall(r"<[a-z-]+>|[^<]|<", keys):
            self.child.send(KEYS.get(part, part))

    def frame(self) -> str:
        """What is on the screen, without blanks at the ends."""
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip("\n")

    def line(self) -> str:
        """The line that the cursor is on: much cheaper than the whole frame."""
        cells = self.screen.buffer[self.screen.cursor.y]
        return "".join(cells[column].data for column in range(self.screen.columns)).rstrip()

    def color_of(self, text: str) -> tuple[str, bool]:
        """The colour and boldness of a text on the screen."""
        for row, line in enumerate(self.screen.display):
            if text in line:
                cell = self.screen.buffer[row][line.index(text)]
                return cell.fg, cell.bold
        raise AssertionError(f"{text} is not on the screen:\n{self.frame()}")
