"""The one door for text: all that the command says goes through an `Output`, which makes it harmless.

What is in a file, its name, a setting or a paste may hold anything. So nobody says what is safe: a line is
one line, a colour is a style, and each other control character and each command of a CI system is spelled
out. A test holds all other modules to it: none of them knows `print`, `sys.stdout` or `sys.stderr`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from io import StringIO
from time import monotonic
from typing import NewType, TextIO, TypeVar

from cnn_shapes.formats.parts.terminal_text import (
    DisplayOptions,
    Line,
    Styled,
    clean,
    clean_lines,
    disarmed,
    folded,
    paint,
    styled,
    symbol,
)
from cnn_shapes.words import wanted

File = TypeVar("File")
Ready = NewType("Ready", str)
ALWAYS, AUTO, NEVER = "always", "auto", "never"
_PATIENCE = 1.0  # seconds without a progress bar
_PACE = 0.1  # seconds between two of its pictures
_BAR = 24  # cells
_PLAIN = DisplayOptions()
_ERASED, _ERASED_SCREEN = "\r\x1b[K", "\x1b[2J\x1b[H"
# how a # is spelled out
IN_TEXT, IN_JSON, IN_XML = r"\x23", r"\u0023", "&#35;"


class AnswerLost(OSError):
    """Standard output cannot be written, as where the disk is full."""


class Output:
    """A terminal, a log or a file, and what it can show. Where the system gave no stream, it says nothing.

    `must_arrive`: what cannot be written raises AnswerLost, or BrokenPipeError where the reader has gone.
    Else it is dropped: of what goes to standard error, the exit code says the most.
    """

    def __init__(
        self, stream: TextIO | None, options: DisplayOptions = _PLAIN, must_arrive: bool = True
    ) -> None:
        self.stream, self.options, self.must_arrive = stream, options, must_arrive

    def line(self, *pieces: str | Styled, obeyed: bool = False) -> None:
        """Write one line, whatever is in its pieces. A CI system obeys it only where it is `obeyed`."""
        encoding, color = self.options.encoding, self.options.color
        text = "".join(
            [
                clean(piece, encoding)
                if isinstance(piece, str)
                else paint(disarmed(clean(piece.text, encoding)), piece.style, color)
                for piece in pieces
            ]
        )
        self._write(f"{text if obeyed else disarmed(text)}\n")

    def lines(self, lines: Iterable[Line]) -> None:
        """Write lines of pieces."""
        for line in lines:
            self.line(*line)

    def ready(self, text: Ready) -> None:
        """Write what `made_ready` made for what this output can show."""
        self._write(text)

    def paragraph(self, text: str, style: str = "") -> None:
        """Write one line, folded at its words where the terminal is too narrow."""
        for part in folded(clean(text, self.options.encoding), self.options.width):
            self.line(Styled(part, style))

    def paragraphs(self, lines: Iterable[str]) -> None:
        """Write lines for a person: folded, headings and problems in their styles."""
        for text, style in styled(lines):
            self.paragraph(text, style)

    def text(self, text: str, number_sign: str = IN_TEXT) -> None:
        """Write a text whose tabs and line ends are meant; `number_sign` is how it spells a #."""
        self._write(disarmed(clean_lines(text, self.options.encoding), number_sign))

    def data(self, data: bytes) -> None:
        """Write what is in a file: byte for byte for a program, harmless for a person at a terminal."""
        buffer = getattr(self.stream, "buffer", None)
        if self.stream is None or buffer is None or self.stream.isatty():
            self.text(data.decode(errors="replace"))
            return
        self.flush()
        with self._writing():
            buffer.write(data)
            buffer.flush()

    def redraw(self, text: str = "") -> None:
        """Show a text in the place of the line that the cursor is on, without a line end."""
        self._write(f"{_ERASED}{clean(text, self.options.encoding)}")
        self.flush()

    def clear(self) -> None:
        """Erase a terminal's screen; elsewhere an empty line parts what comes from what was."""
        if self.stream is not None and self.stream.isatty() and os.environ.get("TERM") != "dumb":
            self._write(_ERASED_SCREEN)
        else:
            self._write("\n")

    def flush(self) -> None:
        if self.stream is not None:
            with self._writing():
                self.stream.flush()

    def _write(self, text: str) -> None:
        if self.stream is not None:
            with self._writing():
                self.stream.write(text)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            _silence(self.stream)
            if self.must_arrive and isinstance(error, BrokenPipeError):
                raise
            if self.must_arrive:
                raise AnswerLost(error.errno, error.strerror) from None
            self.stream = None


def display(file: str | None, color: str) -> DisplayOptions:
    """What standard output, or a file, can show."""
    if file is None:
        return _output(sys.stdout, color).options
    return DisplayOptions(color=color == ALWAYS, language=wanted(os.environ))


def made_ready(lines: Iterable[Line], options: DisplayOptions) -> Ready:
    """Lines as an output of these options writes them: harmless already, wherever that is done."""
    text = StringIO()
    Output(text, options).lines(lines)
    return Ready(text.getvalue())


@contextmanager
def opened(file: str | None, color: str) -> Iterator[Output]:
    """Standard output, or a file.

    A file appears whole, or not at all where writing fails: that raises OSError. Where the reader of standard
    output has gone, as `head` does, the rest goes nowhere.
    """
    if file is not None:
        text = StringIO()
        yield Output(text, display(file, color))
        for stream in (sys.stdout, sys.stderr):  # the file may be the same, as /dev/stdout
            if stream is not None:
                stream.flush()
        from cnn_shapes.edit.files import write_atomically  # standard output does without

        write_atomically(file, text.getvalue().encode(errors="backslashreplace"))
        return
    out = _output(sys.stdout, color)
    with suppress(BrokenPipeError):
        yield out
        out.flush()


class PipeReader:
    """Who reads standard output: a program at the other end of a pipe may leave."""

    def __init__(self) -> None:
        self._pipe: int | None = None
        with suppress(OSError, ValueError, AttributeError):  # there is no stream, or it has no descriptor
            self._pipe = os.dup(sys.stdout.fileno())

    def has_left(self) -> bool:
        """Whether nobody will ever read what is written, as far as the system tells."""
        if self._pipe is None:
            return sys.stdout is None
        import select

        if not hasattr(select, "poll"):
            return False
        poll = select.poll()
        poll.register(self._pipe, 0)
        return any(event & (select.POLLERR | select.POLLNVAL) for _, event in poll.poll(0))


def settled() -> str:
    """Write what is still held back; why standard output cannot be written, empty where it can."""
    messages().flush()
    try:
        _output(sys.stdout, NEVER).flush()
    except BrokenPipeError:
        return ""
    except AnswerLost as error:
        from cnn_shapes.source import reason_of

        return reason_of(error)
    return ""


def _silence(stream: TextIO | None) -> None:
    """Let what is still written to a stream go nowhere: the interpreter flushes once more at its end."""
    with suppress(OSError, ValueError, AttributeError):  # it has no descriptor
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # type: ignore[union-attr]


def messages(color: str = AUTO) -> Output:
    """Standard error: for all that is not the answer itself."""
    return _output(sys.stderr, color, must_arrive=False)


def say(message: str) -> None:
    """Write `cnn-shapes: message` to standard error, on one line."""
    messages().paragraph(f"cnn-shapes: {message}")


def ask(question: str) -> str:
    """Read a line from the person at the terminal. Raises EOFError and KeyboardInterrupt."""
    return input(clean(question, sys.stdout.encoding or "utf-8"))


def is_conversation() -> bool:
    """Whether a person is at both ends: standard input and output are terminals."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def _output(stream: TextIO | None, color: str, must_arrive: bool = True) -> Output:
    if stream is None or stream.closed:
        return Output(None)
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")
    terminal = stream.isatty()
    width = _terminal_width() if terminal else None
    has = has_color(color, terminal, os.environ)
    encoding = stream.encoding or "utf-8"
    options = DisplayOptions(has, width, encoding, language=wanted(os.environ, encoding))
    return Output(stream, options, must_arrive)


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


def with_progress(files: Iterable[File], count: int, speaks: Callable[[File], bool]) -> Iterator[File]:
    """The files, with a bar as soon as they take longer than a second.

    It makes room for a file that `speaks`: of which there is something to write.
    """
    with Progress(count, "specs") as progress:
        for done, file in enumerate(files, 1):
            if speaks(file):  # the problems go where the bar is
                progress.hide()
            yield file
            progress.at(done)


class Progress:
    """A bar on a terminal's standard error, for what takes longer than a second. Elsewhere there is none."""

    def __init__(self, count: int, what: str) -> None:
        self._count, self._what = count, what
        self._out = messages()
        self._exists = self._out.stream is not None and self._out.stream.isatty()
        self._started = self._drawn = monotonic()
        self._visible = False

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *raised: object) -> None:
        self.hide()

    def at(self, done: int) -> None:
        """Show that so many are done, unless it was drawn just now."""
        now = monotonic()
        if not self._exists or now - self._started < _PATIENCE or now - self._drawn < _PACE:
            return
        self._drawn, self._visible = now, True
        full = symbol("█", self._out.options.encoding)
        filled = _BAR * done // self._count
        bar = f"{full * filled}{' ' * (_BAR - filled)}"
        self._out.redraw(f"{bar} {done:,} of {self._count:,} {self._what}")

    def hide(self) -> None:
        """Take the bar away, where it is shown."""
        if self._visible:
            self._out.redraw()
            self._visible = False
