"""The commands that look and change nothing: show, explain, sizes, help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnn_shapes.diagnostics import closest
from cnn_shapes.formats.parts.terminal_text import clean
from cnn_shapes.prompt.language.grammar import Misread
from cnn_shapes.prompt.session.state import Answer, Line, Reply, Session, refused
from cnn_shapes.prompt.terminal.keyboard import keys_of
from cnn_shapes.prompt.view.help import help_text
from cnn_shapes.prompt.view.showing import show_lines
from cnn_shapes.prompt.view.wording import by_layers

if TYPE_CHECKING:
    from cnn_shapes.explain import Topic


def explain(session: Session, rest: str) -> Answer:
    from cnn_shapes import explain as explanations

    if not rest:
        raise Misread("explain needs the number or name of a layer, as in explain 1", incomplete=True)
    report = session.report
    if report.trace is None:
        raise Misread("there is no network to explain yet")
    name = keys_of(rest) if keys_of(rest).isdigit() else rest
    try:
        found = explanations.layers.of(report, name, report.source.path)
        text = explanations.text(found)
    except explanations.Unknown as error:
        if rest.isdigit():
            raise Misread(f"there is no layer {rest}") from None
        try:
            text = explanations.explain(rest, _TOPICS) if ":" not in rest and "/" not in rest else ""
        except explanations.Unknown:
            text = ""
        if not text:
            raise Misread(str(error)) from None
    return session, Reply(
        tuple(Line(by_layers(clean(line), report)) for line in text.rstrip("\n").split("\n"))
    )


def _costs() -> Topic:
    from cnn_shapes.repair.changes import costs

    return costs


_TOPICS = {"repair": _costs}


def sizes(session: Session, rest: str) -> Answer:
    if rest:
        raise Misread(f"sizes takes nothing, found {clean(rest)}")
    from cnn_shapes.input_sizes import sizes as working
    from cnn_shapes.input_sizes import text

    found = working(session.report)
    if found is None:
        return session, refused(
            "sizes needs a network over feature maps that can be read: show tells the problems"
        )
    written = text(found, session.report).rstrip("\n").split("\n")
    return session, Reply(tuple(Line(by_layers(clean(line), session.report)) for line in written))


def get_help(session: Session, rest: str) -> Answer:
    text = help_text(rest, session.options.width)
    if text is None:
        from cnn_shapes.layers import ALIASES, KINDS
        from cnn_shapes.layers.structure import STRUCTURES
        from cnn_shapes.prompt.language.vocabulary import COMMANDS as names
        from cnn_shapes.prompt.language.vocabulary import structure

        if rest in STRUCTURES:
            raise structure(rest)
        near = closest(keys_of(rest), [*KINDS, *names, *ALIASES])
        advice = f"did you mean {near}?" if near else "help layers and help commands list what there is"
        raise Misread(f"there is no help for {clean(rest)}: {advice}")
    return session, Reply(tuple(Line(line) for line in text))


def show(session: Session, rest: str) -> Answer:
    return session, Reply(tuple(show_lines(session, rest)))
