"""`calc`: one input and some layers in the short form, as lines that show their sizes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import zip_longest

from cnn_shapes.edit.entry_list import Unwritable
from cnn_shapes.formats.parts.terminal_text import cells
from cnn_shapes.layers import KINDS
from cnn_shapes.outline import formula
from cnn_shapes.prompt.language.grammar import Misread, statements
from cnn_shapes.prompt.language.reading import read_layer, split_command
from cnn_shapes.prompt.language.typed_layer import TypedLayer, sizes_of
from cnn_shapes.prompt.language.vocabulary import kind_of
from cnn_shapes.prompt.session.commands import context_of
from cnn_shapes.prompt.session.replies import (
    Fact,
    FixesOffered,
    LayerGiven,
    NewWarnings,
    ProblemFound,
    ReplyLine,
)
from cnn_shapes.prompt.session.state import Session, count_of, fixes_of, steps_of
from cnn_shapes.prompt.session.text_edits import insert, set_input
from cnn_shapes.prompt.view.wording import lines_of
from cnn_shapes.source import Source

NAME = "<calc>"
_MOST_FIXES = 3


class WrongUsage(Exception):
    """The input or a layer cannot be read."""


def joined(arguments: Iterable[str]) -> str:
    """The layers of a command line; a word alone belongs to what is before it: `conv 32 5 pool 2`."""
    text = ""
    for argument in arguments:
        begins = " " in argument or re.match(r"[^\W\d]\w*\(", argument) or kind_of(argument)
        text += ("; " if begins else " ") + argument if text else argument
    return text


def network(sizes: str, layers: str) -> tuple[Session, bool]:
    """The session of an input and layers, wrong ones included, and whether the channels were left out.

    A single number is one axis, `28`: the channels are then left out, of the layers too. Raises WrongUsage.
    """
    numbers = sizes_of(sizes.strip().strip("()[]").replace(" ", "").replace(",", "x"))
    if not numbers or len(numbers) > 4 or not all(numbers):
        raise WrongUsage(f"expected an input such as 28x28x1 or 28, found {sizes}")
    is_axis = len(numbers) == 1
    session = Session(source=Source(NAME, ""))
    session = session._replace(source=set_input(session.source, tuple([*numbers, 1] if is_axis else numbers)))
    found = statements(layers)
    if not found:
        raise WrongUsage("expected layers in the short form, as in conv 32 5; pool 2")
    for number, statement in enumerate(found, 1):
        context = context_of(session)
        try:
            command, _ = split_command(statement.text, context)
            if command is not None:
                raise WrongUsage(f"calc takes layers only: {command} is a command of cnn-shapes interactive")
            typed = read_layer(statement.text, context)
            typed = _with_filters(typed) if is_axis else typed
            session = session._replace(source=insert(session.source, number, typed.yaml))
        except (Misread, Unwritable) as error:
            raise WrongUsage(str(error)) from None
    return session, is_axis


def _with_filters(typed: TypedLayer) -> TypedLayer:
    """A layer of one axis whose channels are left out: its one number is the kernel."""
    if typed.kind not in KINDS or KINDS[typed.kind].shorthand != "filters":
        return typed
    fields = dict(typed.fields)
    if "filters" in fields and "kernel_size" not in fields:
        fields["kernel_size"] = fields.pop("filters")
    fields.setdefault("filters", "1")
    return typed._replace(fields=tuple(fields.items()))


def calculation(session: Session, is_axis: bool) -> list[ReplyLine]:
    """What each layer gives (along its one axis), the warnings, the problems and their repairs."""
    report = session.report
    numbers = range(1, count_of(report) + 1)
    if is_axis:
        lines = [line for number in numbers for line in _axis(session, number)]
    else:
        lines = [line for number in numbers for line in lines_of(LayerGiven(session, number))]
    facts: list[Fact] = [*_aligned(lines), NewWarnings(session, None)]
    if report.errors:
        advised, fixes = fixes_of(report)
        facts += [ProblemFound(session, advised, found) for found in advised.errors]
        facts.append(FixesOffered(report, tuple(fixes), _MOST_FIXES))
    return [line for fact in facts for line in lines_of(fact)]


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
