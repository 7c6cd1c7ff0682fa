"""What a step replies: facts about the session, which `view` puts into words, and an action to carry out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from cnn_shapes.checking import CheckResult
from cnn_shapes.diagnostics import Diagnostic, Fix
from cnn_shapes.formats.parts.terminal_text import Line
from cnn_shapes.prompt.session.growing import Grown
from cnn_shapes.prompt.session.state import Session
from cnn_shapes.shapes import Shape
from cnn_shapes.source import Source

# the styles of lines
PLAIN, GOOD, WRONG, WARN, FIX, DIM = "", "good", "wrong", "warn", "fix", "dim"


class ReplyLine(NamedTuple):
    """A line that is in words already; `style` is one of the styles above.

    `pieces` are those of a line that is laid out already, such as a row of a table.
    """

    text: str
    style: str = PLAIN
    pieces: Line = ()


class InputGiven(NamedTuple):
    """What goes into the network now, axis by axis."""

    shape: Shape
    layout: str


class RoundedDown(NamedTuple):
    """That sizes are rounded down from now on, since pasted code is judged as its framework rounds."""

    framework: str


class LayerGiven(NamedTuple):
    """What a layer gives: its shapes, arithmetic and parameters. `grown` is at hand for one at the end."""

    session: Session
    number: int
    grown: Grown | None = None


class ChainGiven(NamedTuple):
    """A chain of layers that was typed on one line. `source` is what goes into its first layer.

    `links` are the layers as they were typed, each with its number; 0 of one that is not there, being wrong.
    Along one axis the channels are left out.
    """

    session: Session
    source: str
    links: tuple[tuple[str, int], ...]
    is_axis: bool = False


class NetworkGiven(NamedTuple):
    """What the network as a whole gives, or how many problems it has and the first."""

    session: Session


class LaterLayers(NamedTuple):
    """That the layers after a change work; their output."""

    report: CheckResult


class NewWarnings(NamedTuple):
    """The warnings that the text before (None: no text) did not have; `grown` has them already."""

    session: Session
    before: Source | None
    grown: Grown | None = None


class ProblemFound(NamedTuple):
    """A problem with its reasons; `report` is that of the text it is in. `heads` a reply of its own."""

    session: Session
    report: CheckResult
    problem: Diagnostic
    heads: bool = False


class FixesOffered(NamedTuple):
    """The repairs of a report, the best first, of which so many are shown."""

    report: CheckResult
    fixes: tuple[Fix, ...]
    most: int = 9


class FixMade(NamedTuple):
    """The repair of a report that was made."""

    report: CheckResult
    fix: Fix


class NetworkTable(NamedTuple):
    """All layers with their sizes, and the problems."""

    session: Session


class TableRows(NamedTuple):
    """The rows of the table with this number: a layer, or all that is in an entry."""

    session: Session
    number: str


class SpecText(NamedTuple):
    """The text that would be saved."""

    session: Session


class CodeText(NamedTuple):
    """Code of a framework, to be copied."""

    text: str


class MarkdownTable(NamedTuple):
    """The table and the problems as Markdown, to be copied."""

    session: Session


class ExplanationText(NamedTuple):
    """A text of another part of the program, which speaks of lines of the file."""

    report: CheckResult
    text: str


class HelpPage(NamedTuple):
    """Help on a topic that there is help on; on everything where it is empty."""

    topic: str
    width: int | None


Fact = (
    ReplyLine
    | InputGiven
    | RoundedDown
    | LayerGiven
    | ChainGiven
    | NetworkGiven
    | LaterLayers
    | NewWarnings
    | ProblemFound
    | FixesOffered
    | FixMade
    | NetworkTable
    | TableRows
    | SpecText
    | CodeText
    | MarkdownTable
    | ExplanationText
    | HelpPage
)


class Save(NamedTuple):
    """Asks the shell to write the session's text to a file; `path` is empty for the file it came from."""

    path: str


class Load(NamedTuple):
    """Asks the shell to read a file into the session."""

    path: str


class Quit(NamedTuple):
    """Asks the shell to end the session."""


Action = Save | Load | Quit


class Reply(NamedTuple):
    """What a step replies.

    `wrong` marks a line that failed: its first wrong fact is the error. `action` is for the shell to carry
    out, after which `rest` is the part of the line that is still to be done. `prefill` begins the next line.
    Of a chain that failed, `kept` are the links before the wrong one and `left` those from it on.
    """

    facts: tuple[Fact, ...] = ()
    wrong: bool = False
    action: Action | None = None
    rest: str = ""
    prefill: str = ""
    kept: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    def with_fact(self, fact: Fact) -> Reply:
        return self._replace(facts=(*self.facts, fact))


Transition = tuple[Session, Reply]


def replied(*facts: Fact) -> Reply:
    """The reply to a line that was carried out."""
    return Reply(facts)


def refused(message: str, *more: str) -> Reply:
    """The reply to a line that failed and changed nothing, with what there is to say besides."""
    return Reply((ReplyLine(message, WRONG), *map(ReplyLine, more)), wrong=True)


def joined(replies: Iterable[Reply]) -> Reply:
    """The replies to the statements of one line; the last one decides what happens next."""
    facts: list[Fact] = []
    last = Reply()
    for last in replies:
        facts += last.facts
    return last._replace(facts=tuple(facts))
