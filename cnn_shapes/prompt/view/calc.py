"""`calc`: one input and some layers in the short form, as lines that show their sizes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from cnn_shapes.edit.entry_list import Unwritable
from cnn_shapes.formats.parts.table import network_table
from cnn_shapes.formats.parts.terminal_text import DisplayOptions, cells, plain
from cnn_shapes.layers import KINDS
from cnn_shapes.outline import formula
from cnn_shapes.prompt.language.chain import parted
from cnn_shapes.prompt.language.grammar import Misread, statements
from cnn_shapes.prompt.language.reading import read_layer, split_command
from cnn_shapes.prompt.language.typed_layer import TypedLayer, input_sizes
from cnn_shapes.prompt.language.vocabulary import kind_in_words, kind_of
from cnn_shapes.prompt.session.commands import context_of
from cnn_shapes.prompt.session.replies import (
    ChainGiven,
    FixesOffered,
    NewWarnings,
    ProblemFound,
    ReplyLine,
)
from cnn_shapes.prompt.session.state import Session, count_of, fixes_of, steps_of
from cnn_shapes.prompt.session.text_edits import insert, set_input, set_rounding
from cnn_shapes.prompt.view.wording import lines_of
from cnn_shapes.source import Source

NAME = "<calc>"
_MOST_FIXES = 3
_SEPARATED = re.compile(r"(?:>|[→⇒⟶⟹➔➜➝➞↦]|[|,])\s*$")


class WrongUsage(Exception):
    """The input or a layer cannot be read."""


class LayersMissing(WrongUsage):
    """Nothing is said but what goes in."""


class Calculated(NamedTuple):
    """The network that was typed, wrong layers included.

    `links` are the layers as they were typed where that was a chain, else empty. Along one axis the channels
    are left out.
    """

    session: Session
    source: str
    links: tuple[str, ...]
    is_axis: bool


def joined(arguments: Iterable[str]) -> str:
    """The layers of a command line; a word alone belongs to what is before it: `conv 32 5 pool 2`."""
    text = last = ""
    for argument in arguments:
        begins = " " in argument or re.match(r"[^\W\d]\w*\(", argument) or kind_of(argument)
        goes_on = _SEPARATED.search(text) or (kind_of(last) and kind_in_words((last, argument)))
        text += ("; " if begins and not goes_on else " ") + argument if text else argument
        last = argument
    return text


def calculated(arguments: Sequence[str], rounding: str | None = None) -> Calculated:
    """The network of an input and layers, in one argument or several. Raises WrongUsage.

    A single number is one axis, `28`: the channels are then left out, of the layers too.
    """
    if any(argument in ("-", "=") for argument in arguments):
        raise WrongUsage(
            "the shell takes > for the file that it writes to: put the line in quotes, as in "
            'calc "28x28x1 -> conv 32 5 -> pool 2"'
        )
    first, *others = arguments
    line = f"{first}; {joined(others)}" if others else first
    found = statements(line)
    parts = parted(line, context_of(Session(source=Source(NAME, ""))))
    typed = parts[0].text.strip(" ,|").removeprefix("input ") if parts else ""
    numbers = input_sizes(typed)
    if not numbers or len(numbers) > 4 or not all(numbers):
        raise WrongUsage(f"expected an input such as 28x28x1 or 28, found {typed or first}")
    if len(parts) == 1:
        said = "expected layers in the short form, as in conv 32 5; pool 2"
        raise WrongUsage(said) if others else LayersMissing(said)
    is_axis = len(numbers) == 1
    source = set_input(Source(NAME, ""), tuple([*numbers, 1] if is_axis else numbers))
    session = Session(source=set_rounding(source, rounding) if rounding is not None else source)
    for number, part in enumerate(parts[1:], 1):
        session = _with_layer(session, number, part.text, is_axis)
    links = tuple([part.text for part in parts[1:]]) if len(parts) > len(found) else ()
    return Calculated(session, typed, links, is_axis)


def _with_layer(session: Session, number: int, text: str, is_axis: bool) -> Session:
    context = context_of(session)
    try:
        command, _ = split_command(text, context)
        if command is not None:
            raise WrongUsage(f"calc takes layers only: {command} is a command of cnn-shapes interactive")
        typed = read_layer(text, context)
        typed = _with_filters(typed) if is_axis else typed
        return session._replace(source=insert(session.source, number, typed.yaml))
    except (Misread, Unwritable) as error:
        raise WrongUsage(str(error)) from None


def _with_filters(typed: TypedLayer) -> TypedLayer:
    """A layer of one axis whose channels are left out: its one number is the kernel."""
    if typed.kind not in KINDS or KINDS[typed.kind].shorthand != "filters":
        return typed
    fields = dict(typed.fields)
    if "filters" in fields and "kernel_size" not in fields:
        fields["kernel_size"] = fields.pop("filters")
    fields.setdefault("filters", "1")
    return typed._replace(fields=tuple(fields.items()))


def lines_for(found: Calculated, options: DisplayOptions) -> Iterator[ReplyLine]:
    """The chain, the table (of one axis its lines), the warnings, the problems and their repairs."""
    session = found.session._replace(options=options)
    report = session.report
    if found.links:
        numbered = tuple([(text, number) for number, text in enumerate(found.links, 1)])
        yield from lines_of(ChainGiven(session, found.source, numbered, found.is_axis))
        yield ReplyLine("")
    yield from _axes(session) if found.is_axis else _table(session)
    if report.warnings or report.errors:
        yield ReplyLine("")
    yield from lines_of(NewWarnings(session, None))
    if report.errors:
        advised, fixes = fixes_of(report)
        for problem in advised.errors:
            yield from lines_of(ProblemFound(session, advised, problem))
        yield from lines_of(FixesOffered(report, tuple(fixes), _MOST_FIXES))


def _table(session: Session) -> Iterator[ReplyLine]:
    """The rows and the totals; what goes in was typed, and there is no file to name above them."""
    report = session.report
    if report.trace is not None and report.trace.steps:
        _, _, *lines = network_table(report, report.trace, session.options)
        for line in lines:
            yield ReplyLine(plain(line), pieces=line)


def _axes(session: Session) -> list[ReplyLine]:
    numbers = range(1, count_of(session.report) + 1)
    return _aligned([line for number in numbers for line in _axis(session, number)])


def _aligned(lines: list[ReplyLine]) -> list[ReplyLine]:
    """The parts of the lines, which three blanks separate, in columns."""
    parts = [line.text.split("   ") for line in lines]
    widths = [max(map(cells, column)) for column in zip_longest(*parts, fillvalue="")]
    padded = [
        [part + " " * (width - cells(part)) for part, width in zip(row, widths, strict=False)]
        for row in parts
    ]
    return [ReplyLine("   ".join(row).rstrip()) for row in padded]


def _axis(session: Session, number: int) -> list[ReplyLine]:
    """A layer along one axis: `28 -> 24   (28 + 2*0 - 5)/1 + 1 = 24`."""
    steps = steps_of(session.report, number)
    if not steps:
        return []
    node = steps[0].node
    shapes = (node.inputs[0].output, None if node.error else steps[-1].node.output)
    sizes = [
        "?" if shape is None else "x".join(str(size or "?") for size in shape.sizes or shape)
        for shape in shapes
    ]
    return [ReplyLine(f"{number:>3}  {node.kind}   {' -> '.join(sizes)}   {formula(node)}".rstrip())]
