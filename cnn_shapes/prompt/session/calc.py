"""`calc`: one input and some layers in the short form, computed at once."""

from __future__ import annotations

import re
import sys
from itertools import zip_longest

from cnn_shapes.formats.parts.terminal_text import cells
from cnn_shapes.prompt.language.grammar import Misread, statements
from cnn_shapes.prompt.language.typed import Typed
from cnn_shapes.prompt.language.values import sizes_of
from cnn_shapes.prompt.language.vocabulary import kind_of
from cnn_shapes.prompt.session.places import Unwritable, insert, set_input
from cnn_shapes.prompt.session.state import Line, Session
from cnn_shapes.prompt.session.step import split_command, typed_layer
from cnn_shapes.prompt.view.wording import fix_lines, fixes_of, layer_lines, new_warnings, problem_lines
from cnn_shapes.source import Source

NAME = "<calc>"


class Wrong(Exception):
    """The input or a layer cannot be read: wrong usage."""


def network(sizes: str, layers: str) -> tuple[Session, bool]:
    """The session of an input and layers, wrong ones included, and whether the channels were left out.

    A single number is one axis, `28`: the channels are then left out, of the layers too. Raises Wrong.
    """
    numbers = sizes_of(sizes.strip().strip("()[]").replace(" ", "").replace(",", "x"))
    if not numbers or len(numbers) > 4 or not all(numbers):
        raise Wrong(f"expected an input such as 28x28x1 or 28, found {sizes}")
    bare = len(numbers) == 1
    session = Session(source=Source(NAME, ""))
    session = session._replace(source=set_input(session.source, tuple([*numbers, 1] if bare else numbers)))
    found = statements(layers)
    if not found:
        raise Wrong("expected layers in the short form, as in conv 32 5; pool 2")
    for number, statement in enumerate(found, 1):
        try:
            command, _ = split_command(statement.text, session)
            if command is not None:
                raise Wrong(f"calc takes layers only: {command} is a command of cnn-shapes interactive")
            typed = typed_layer(statement.text, session)
            typed = _with_filters(typed) if bare else typed
            session = session._replace(source=insert(session.source, number, typed.yaml))
        except (Misread, Unwritable) as error:
            raise Wrong(str(error)) from None
    return session, bare


def joined(arguments: list[str]) -> str:
    """The layers of a command line; a word alone belongs to what stands before it: `conv 32 5 pool 2`."""
    text = ""
    for argument in arguments:
        begins = " " in argument or re.match(r"[^\W\d]\w*\(", argument) or kind_of(argument)
        text += ("; " if begins else " ") + argument if text else argument
    return text


def _with_filters(typed: Typed) -> Typed:
    """A layer of one axis whose channels are left out: its one number is the kernel."""
    fields = dict(typed.fields)
    if typed.kind in ("conv", "separable_conv", "conv_transpose"):
        if "filters" in fields and "kernel_size" not in fields:
            fields["kernel_size"] = fields.pop("filters")
        fields.setdefault("filters", "1")
    return typed._replace(fields=tuple(fields.items()))


def run(sizes: str, layers: str, as_json: bool) -> int:
    """Print the sizes after each layer; the exit code is 1 where one does not work out. Raises Wrong."""
    from cnn_shapes import formats
    from cnn_shapes.formats.parts import streams

    session, bare = network(sizes, layers)
    report = session.report
    with streams.opened(None, "auto") as (out, options):
        if as_json:
            formats.load("json").write([report], out, options)
        else:
            session = session._replace(options=options)
            for line in _lines(session, bare):
                from cnn_shapes.prompt.session.running import written

                out.write(written(line, options))
    sys.stdout.flush()
    return 0 if report.ok else 1


def _lines(session: Session, bare: bool) -> list[Line]:
    report = session.report
    lines: list[Line] = []
    for number in range(1, len(report.spec.items if report.spec else ()) + 1):
        lines += _axis(session, number) if bare else layer_lines(session, number)
    lines = _aligned(lines)
    lines += new_warnings(session, None)
    if report.errors:
        advised, fixes = fixes_of(report)
        for found in advised.errors:
            lines += problem_lines(session, advised, found)
        lines += fix_lines(report, fixes, 3)
    return lines


def _aligned(lines: list[Line]) -> list[Line]:
    """The parts of the lines, which three blanks separate, in columns."""
    parts = [line.text.split("   ") for line in lines]
    widths = [max(map(cells, column)) for column in zip_longest(*parts, fillvalue="")]
    return [
        Line(
            "   ".join(
                part + " " * (width - cells(part)) for part, width in zip(row, widths, strict=False)
            ).rstrip()
        )
        for row in parts
    ]


def _axis(session: Session, number: int) -> list[Line]:
    """A layer along one axis: `28 -> 24   (28 + 2*0 - 5)/1 + 1 = 24`."""
    from cnn_shapes.formats.parts.rows import formula
    from cnn_shapes.prompt.view.wording import steps_of

    steps = steps_of(session.report, number)
    if not steps:
        return []
    node = steps[0].node
    sizes = []
    for shape in (node.inputs[0].output, None if node.error else steps[-1].node.output):
        sizes.append("?" if shape is None else "x".join(str(size or "?") for size in shape.sizes or shape))
    text = formula(node)
    return [Line(f"{number:>3}  {node.kind}   {' -> '.join(sizes)}   {text}".rstrip())]
