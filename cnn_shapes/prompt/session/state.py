"""What a session is and what it answers: plain values, so that every step is a pure function."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from cnn_shapes.checking import Report, check_source
from cnn_shapes.formats import DisplayOptions
from cnn_shapes.source import Source

UNTITLED = "untitled"
# the styles of lines
PLAIN, GOOD, WRONG, WARN, FIX, DIM = "", "good", "wrong", "warn", "fix", "dim"


class Line(NamedTuple):
    """A line of an answer; `style` is one of the styles above."""

    text: str
    style: str = PLAIN


class Save(NamedTuple):
    """Asks the shell to write the session's text to a file; `path` is empty for the file it came from."""

    path: str


class Load(NamedTuple):
    path: str


class Quit(NamedTuple):
    pass


Action = Save | Load | Quit


class Reply(NamedTuple):
    """What a step answers.

    `wrong` marks a line that failed: its first text is the error. `action` is for the shell to carry out,
    after which `rest` is the part of the line that is still to be done. `prefill` begins the next line.
    """

    lines: tuple[Line, ...] = ()
    wrong: bool = False
    action: Action | None = None
    rest: str = ""
    prefill: str = ""

    @property
    def text(self) -> str:
        return "".join(f"{line.text}\n" for line in self.lines)


class Pending(NamedTuple):
    """A wrong layer that was not added: the text with it, its number, and whether it would change one."""

    source: Source
    number: int
    verb: str


class Session(NamedTuple):
    """A spec's text with the texts before and after it.

    `saved` is the text of the file at `source.path` as it was last read or written; None where there is none.
    `editing` is the layer that the next line replaces. `options` say how to show; `linear` wants sentences.
    """

    source: Source = Source(UNTITLED, "")
    saved: str | None = None
    done: tuple[Source, ...] = ()
    undone: tuple[Source, ...] = ()
    pending: Pending | None = None
    editing: int = 0
    knows_fix: bool = False
    options: DisplayOptions = DisplayOptions()
    linear: bool = False

    @property
    def text(self) -> str:
        return self.source.text

    @property
    def is_unsaved(self) -> bool:
        """Whether leaving would lose something."""
        return bool(self.text.strip()) and self.text != self.saved

    @property
    def report(self) -> Report:
        return report_of(self.source)

    def changed(self, source: Source) -> Session:
        """The session with another text, which undo takes back."""
        if source.text == self.text and source.path == self.source.path:
            return self._replace(pending=None, editing=0)
        return self._replace(
            source=source, done=(*self.done, self.source), undone=(), pending=None, editing=0
        )


Answer = tuple[Session, Reply]


@lru_cache(maxsize=16)
def report_of(source: Source) -> Report:
    """The report of a text; a step asks for the same one several times."""
    return check_source(source)


def said(*texts: str, style: str = PLAIN) -> Reply:
    return Reply(tuple([Line(text, style) for text in texts]))


def refused(message: str, *more: Line) -> Reply:
    """The answer to a line that failed and changed nothing."""
    return Reply((Line(message, WRONG), *more), wrong=True)


def joined(replies: Iterable[Reply]) -> Reply:
    """The answers to the statements of one line; the last one decides what happens next."""
    lines: list[Line] = []
    last = Reply()
    for last in replies:
        lines += last.lines
    return last._replace(lines=tuple(lines))
