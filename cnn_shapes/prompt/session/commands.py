"""The commands of the prompt, one row each: how it is typed, what it does, help on it.

A command is a function of the session and of what is typed after its name; it raises Misread or Unwritable
where it cannot be done. Parsing, help, completion and the README follow from the table.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from cnn_shapes.diagnostics import CHANNELS_LAST, Fix, from_layout
from cnn_shapes.formats.parts.terminal_text import clean, plural
from cnn_shapes.layers import ALIASES, KINDS
from cnn_shapes.layers.fields import LARGEST
from cnn_shapes.layers.framework_classes import misspelt
from cnn_shapes.layers.structure import STRUCTURES
from cnn_shapes.network import numbered
from cnn_shapes.prompt.language.grammar import Misread
from cnn_shapes.prompt.language.keyboard import keys_of
from cnn_shapes.prompt.language.reading import read_layer
from cnn_shapes.prompt.language.typed_layer import input_sizes
from cnn_shapes.prompt.language.vocabulary import LineContext, command_of, kind_of, structure
from cnn_shapes.prompt.session import elsewhere, lessons, placing_layers, text_edits, why
from cnn_shapes.prompt.session.growing import shape_before, spec_of
from cnn_shapes.prompt.session.placing_layers import NO_INPUT
from cnn_shapes.prompt.session.replies import (
    DIM,
    ExplanationText,
    Fact,
    FixesOffered,
    FixMade,
    HelpPage,
    InputGiven,
    LayerGiven,
    MarkdownTable,
    NetworkGiven,
    NetworkTable,
    NewWarnings,
    ProblemFound,
    Quit,
    Reply,
    ReplyLine,
    SpecText,
    TableRows,
    Transition,
    refused,
    replied,
)
from cnn_shapes.prompt.session.state import UNTITLED, Pending, Session, count_of, fixes_of, report_of
from cnn_shapes.prompt.session.text_edits import entry_list
from cnn_shapes.shapes import Shape
from cnn_shapes.source import Source
from cnn_shapes.words import say, speaking

if TYPE_CHECKING:
    from cnn_shapes.explain import Topic

_ROUNDINGS = {
    "exact": "every size must come out whole",
    "floor": "sizes are rounded down, as PyTorch and Keras do",
}


class Command(NamedTuple):
    """A command. `arguments` is their shape.

    In it N and M are numbers of layers, LAYER is a layer, NAME is what there is help on, small letters are
    words themselves; what is in brackets may be left out. Completion follows from it.
    """

    name: str
    arguments: str
    run: Callable[[Session, str], Transition]
    summary: str
    example: str
    other_names: tuple[str, ...] = ()
    is_whole: bool = False  # typed in full

    @property
    def usage(self) -> str:
        return f"{self.name} {self.arguments}".rstrip()

    def carry_out(self, session: Session, rest: str) -> Transition:
        """What the command makes of a session, `rest` being typed after its name."""
        if rest and not self.arguments:
            raise Misread(say("{name} takes nothing, found {rest}", name=self.name, rest=clean(rest)))
        return self.run(session, rest)


def context_of(session: Session, number: int = 0) -> LineContext:
    """What a line of the session is read with, as layer `number`: that which is edited, or one at the end."""
    spec = spec_of(session.source)
    shape = spec.shape if spec is not None else None
    rank = shape.rank if shape is not None and 1 <= shape.rank <= 3 else 2
    blocks = tuple(spec.blocks) if spec is not None else ()
    layout = spec.layout if spec is not None else CHANNELS_LAST
    numbered = partial(text_edits.numbered_lines, session.source)
    given = [name.text for item in spec.items for name in item.names_given()] if spec is not None else []
    names = frozenset(("input", *given, *(spec.inputs if spec is not None else ())))
    has_layers = spec is not None and bool(spec.items)
    into = partial(shape_before, session.source, number or session.editing)
    return LineContext(rank, layout, blocks, COMMANDS, numbered, names, has_layers, into)


def _input(session: Session, rest: str) -> Transition:
    name, named, given = rest.rpartition("=")
    sizes = input_sizes(given.strip())
    if named and not name.strip():
        raise Misread(say("the name of the input is missing before =, found {rest}", rest=clean(rest)))
    if not sizes or len(sizes) > 4 or not all(1 <= size <= LARGEST for size in sizes):
        found = say(", found {rest}", rest=clean(rest)) if rest else ""
        if sizes and max(sizes) > LARGEST:
            raise Misread(say("a size is at most {largest:,}{found}", largest=LARGEST, found=found))
        raise Misread(
            say(
                "input takes 1 to 4 sizes from 1 without the batch, as in input 28x28x1 "
                "(height, width, channels){found}",
                found=found,
            ),
            incomplete=re.fullmatch(r"[\dx ,]*", rest) is not None,
        )
    before = session.source if session.text.strip() else None
    session = session.changed(text_edits.set_input(session.source, tuple(sizes), name.strip()))
    report = session.report
    shape = Shape(from_layout(tuple(sizes), report.layout))
    network = [NetworkGiven(session)] if count_of(report) else []
    return session, replied(InputGiven(shape, report.layout), *network, NewWarnings(session, before))


def _undo(session: Session, rest: str) -> Transition:
    if not session.done:
        return session._replace(pending=None), refused(say("there is nothing to undo"))
    *done, last = session.done
    undone = (*session.undone, session.source)
    session = session._replace(source=last, done=tuple(done), undone=undone, pending=None, editing=0)
    return session, replied(NetworkGiven(session))


def _redo(session: Session, rest: str) -> Transition:
    if not session.undone:
        return session, refused(say("there is nothing to redo"))
    *undone, following = session.undone
    done = (*session.done, session.source)
    session = session._replace(source=following, done=done, undone=tuple(undone), pending=None, editing=0)
    return session, replied(NetworkGiven(session))


def _edit(session: Session, rest: str) -> Transition:
    number, layer = _number(rest, "edit")
    entry_list(session.source).need(number)
    if layer:
        return placing_layers.replace(session, number, read_layer(layer, context_of(session, number)))
    text = short_form(session, number)
    session = session._replace(editing=number, pending=None)
    asked = ReplyLine(
        say("  layer {number} is {text}: type what is to replace it", number=number, text=text), DIM
    )
    # what a terminal would obey cannot be edited on its line
    return session, Reply((asked,), prefill=text if clean(text) == text else "")


def short_form(session: Session, number: int) -> str:
    """A layer of the text as it would be typed."""
    written = entry_list(session.source).flow(number)
    try:
        return read_layer(written, context_of(session)).short
    except Misread:
        return written


def _insert(session: Session, rest: str) -> Transition:
    number, layer = _number(rest, "insert")
    if not layer:
        raise Misread(
            say("insert {number} needs a layer, as in insert {number} pool 2", number=number), incomplete=True
        )
    if not session.text.strip():
        raise Misread(say(NO_INPUT))
    return placing_layers.add(session, read_layer(layer, context_of(session, number)), number)


def _delete(session: Session, rest: str) -> Transition:
    number, more = _number(rest, "delete")
    if more:
        raise Misread(say("delete takes one number, found {more} after it", more=clean(more)))
    gone = ReplyLine(say("  deleted {text}", text=clean(entry_list(session.source).line(number))))
    before = session.source
    session = session.changed(text_edits.delete(session.source, number))
    return session, replied(gone, NetworkGiven(session), NewWarnings(session, before))


def _move(session: Session, rest: str) -> Transition:
    number, after = _number(rest, "move")
    to, more = _number(after, f"move {number}")
    if more:
        raise Misread(say("move takes two numbers, found {more} after them", more=clean(more)))
    before = session.source
    session = session.changed(text_edits.move(session.source, number, to))
    return session, replied(NetworkGiven(session), NewWarnings(session, before))


def _fix(session: Session, rest: str) -> Transition:
    pending = session.pending
    target = pending.source if pending is not None else session.source
    report = report_of(target)
    if report.ok or not target.text.strip():
        return session, replied(ReplyLine(say("  nothing to fix: there is no problem"), DIM))
    advised, fixes = fixes_of(report)
    session = session._replace(knows_fix=True)
    if not rest:
        next_ = say("  fix 1 takes the first") if fixes else say("  no small change was found that mends it")
        problem = ProblemFound(session, advised, advised.errors[0])
        return session, replied(problem, FixesOffered(report, tuple(fixes)), ReplyLine(next_, DIM))
    chosen = _chosen_fix(rest, fixes)
    session = session.changed(text_edits.edited(target, chosen.edits, "this fix"))
    facts: list[Fact] = [FixMade(report, chosen)]
    if pending is not None:
        facts.append(LayerGiven(session, _pending_number(session, pending)))
    return session, replied(*facts, NetworkGiven(session))


def _chosen_fix(rest: str, fixes: list[Fix]) -> Fix:
    number, more = _number(rest, "fix")
    if not more and 1 <= number <= len(fixes):
        return fixes[number - 1]
    if not fixes:
        raise Misread(say("there is no fix to take: no small change was found that mends it"))
    count = say("there are {fixes}", fixes=len(fixes)) if len(fixes) > 1 else say("there is one")
    raise Misread(say("there is no fix {rest}: {count}", rest=clean(rest), count=count))


def _pending_number(session: Session, pending: Pending) -> int:
    """The number of the layer that a fix added; another layer may have come in before it."""
    more = len(entry_list(session.source).spans) - len(entry_list(pending.source).spans)
    return pending.number + max(more, 0)


def _show(session: Session, rest: str) -> Transition:
    word = keys_of(rest).lower()
    if re.fullmatch(r"\d{1,7}(\.\d{1,7})?", word):
        return session, replied(_rows(session, word))
    depth = re.fullmatch(r"(?:--)?depth[\s=]+(\d{1,3})", word)
    if depth is not None:
        options = session.options._replace(depth=int(depth[1]))
        return session, replied(NetworkTable(session._replace(options=options)))
    form = next((form for name, form in _FORMS.items() if name.startswith(word)), None)
    if form is None:
        raise Misread(
            say(
                "show takes nothing, the number of a layer, yaml for the text, markdown, or "
                "--depth 2 for so many levels of groups, found {rest}",
                rest=clean(rest),
            )
        )
    return session, replied(form(session))


# what is shown in other forms than as a table, by the word for it; the table where there is none
_FORMS: dict[str, Callable[[Session], Fact]] = {
    "": NetworkTable,
    "yaml": SpecText,
    "text": SpecText,
    "markdown": MarkdownTable,
}


def _rows(session: Session, number: str) -> TableRows:
    """The rows of a layer, or of all that an entry holds. Raises Misread where the table has none."""
    trace = session.report.trace
    numbers = numbered(trace.network.layers) if trace is not None else {}
    if number not in numbers and not any(known.startswith(f"{number}.") for known in numbers):
        known = say("the last is {text}", text=[*numbers][-1]) if numbers else say("there is none yet")
        raise Misread(say("there is no layer {number}: {known}", number=number, known=known))
    return TableRows(session, number)


def _explain(session: Session, rest: str) -> Transition:
    from cnn_shapes import explain as explanations

    if not rest:
        raise Misread(say("explain needs the number or name of a layer, as in explain 1"), incomplete=True)
    report = session.report
    if report.trace is None:
        text = _meaning(session, rest)
        if not text:
            raise Misread(say("there is no network to explain yet"))
        return session, replied(ExplanationText(report, text))
    name = keys_of(rest) if keys_of(rest).isdigit() else rest
    try:
        with speaking(session.options.language):
            text = explanations.text(explanations.layers.of(report, name, report.source.path))
    except explanations.Unknown as error:
        if rest.isdigit():
            raise Misread(say("there is no layer {rest}", rest=rest)) from None
        text = _meaning(session, rest)
        if not text:
            raise Misread(str(error)) from None
    return session, replied(ExplanationText(report, text))


def _meaning(session: Session, name: str) -> str:
    """What is to be said of a rule, a kind, a field or a concept; empty where a name is none of these."""
    from cnn_shapes import explain as explanations

    if ":" in name or "/" in name:  # a file: its layers are not those of the session
        return ""
    for word in dict.fromkeys((name, keys_of(name).lower())):
        with suppress(explanations.Unknown), speaking(session.options.language):
            return explanations.explain(word, _TOPICS)
    return ""


def _costs() -> Topic:
    from cnn_shapes.repair.changes import table

    return table


_TOPICS = {"repair": _costs}  # what `explain` is given by the modules above it


def _sizes(session: Session, rest: str) -> Transition:
    from cnn_shapes.input_sizes import sizes, text

    found = sizes(session.report)
    if found is None:
        return session, refused(
            say("sizes needs a network over feature maps that can be read: show lists the problems")
        )
    with speaking(session.options.language):
        return session, replied(ExplanationText(session.report, text(found, session.report)))


def _help(session: Session, rest: str) -> Transition:
    topic = help_topic(rest)
    if topic is not None:
        return session, replied(HelpPage(topic, session.options.width))
    if rest in STRUCTURES:
        raise structure(rest)
    text = _meaning(session, rest)
    if text:
        return session, replied(ExplanationText(session.report, text))
    fields = [name for layer in KINDS.values() for name in layer.fields]
    near = misspelt(keys_of(rest), [*KINDS, *COMMANDS, *fields, *ALIASES])
    advice = (
        say("did you mean {near}?", near=near)
        if near
        else say("help layers and help commands list what there is")
    )
    raise Misread(say("there is no help for {rest}: {advice}", rest=clean(rest), advice=advice))


def help_topic(name: str) -> str | None:
    """The kind or command that there is help on, `layers` or `commands`; None where a name means nothing."""
    word = name.strip()
    if word in ("", "layers", "commands"):
        return word
    if word in ("layer", "kinds"):
        return "layers"
    kind = kind_of(word)
    try:
        return kind[0] if kind is not None else command_of(word, COMMANDS)
    except Misread:
        return None


def _rounding(session: Session, rest: str) -> Transition:
    word = keys_of(rest).lower()
    matches = [one for one in _ROUNDINGS if one.startswith(word)] if word else []
    if len(matches) != 1:
        now = session.report.spec.rounding if session.report.spec else "exact"
        found = say(", found {rest}", rest=clean(rest)) if rest else say("; it is {now} now", now=now)
        raise Misread(say("rounding takes exact or floor{found}", found=found), incomplete=not rest)
    if not session.text.strip():
        raise Misread(say(NO_INPUT))
    before = session.source
    session = session.changed(text_edits.set_rounding(session.source, matches[0]))
    meaning = ReplyLine(say("  rounding {text}: {text2}", text=matches[0], text2=say(_ROUNDINGS[matches[0]])))
    return session, replied(meaning, NetworkGiven(session), NewWarnings(session, before))


def _clear(session: Session, rest: str) -> Transition:
    if not session.text.strip():
        return session, replied(ReplyLine(say("  there is nothing to clear"), DIM))
    count = count_of(session.report)
    gone = plural(count, "layer") if count else say("the input")
    session = session.changed(Source(UNTITLED, ""))._replace(saved=None)
    return session, replied(ReplyLine(say("  cleared {gone}: undo brings back what was here", gone=gone)))


def _quit(session: Session, rest: str) -> Transition:
    return session, Reply(action=Quit())


def _number(rest: str, command: str) -> tuple[int, str]:
    """The number that a command begins with, and what is after it."""
    if (match := re.match(r"(\d{1,18})(?:\s+|$)(.*)", rest, re.DOTALL)) is None:
        found = say(", found {rest}", rest=clean(rest)) if rest else ""
        raise Misread(
            say(
                "{command} needs the number of a layer, as in {command} 2{found}",
                command=command,
                found=found,
            ),
            incomplete=not rest,
        )
    return int(match[1]), match[2].strip()


_TABLE = (
    Command(
        "input",
        "SIZES",
        _input,
        "what goes in, without the batch: height, width, channels",
        "input 28x28x1",
    ),
    Command(
        "show",
        "[N|yaml|markdown]",
        _show,
        "the table with the problems, a row, the text, or Markdown",
        "show",
    ),
    Command("undo", "", _undo, "takes back the last change, whatever it was", "undo"),
    Command("redo", "", _redo, "makes again what undo took back", "redo"),
    Command(
        "edit",
        "N [LAYER]",
        _edit,
        "changes layer N: fills in the line, or takes LAYER",
        "edit 2 conv 32 3",
    ),
    Command(
        "insert",
        "N LAYER",
        _insert,
        "puts a layer in before layer N, so that it gets that number",
        "insert 2 relu",
    ),
    Command("delete", "N", _delete, "takes layer N out", "delete 3"),
    Command("move", "N M", _move, "moves layer N so that it becomes layer M", "move 3 1"),
    Command("fix", "[K]", _fix, "lists what would mend the network, best first; fix K does it", "fix 1"),
    Command(
        "explain",
        "N",
        _explain,
        "draws the arithmetic of layer N; explains a rule, a concept",
        "explain 1",
    ),
    Command(
        "why",
        "[N]",
        why.tell,
        "explains the last error; why 4608 explains a number",
        "why",
        ("why?",),
    ),
    Command("sizes", "", _sizes, "which input sizes this network works with, to infinity", "sizes"),
    Command(
        "rounding",
        "|".join(_ROUNDINGS),
        _rounding,
        "sizes must be whole, or are rounded down as PyTorch does",
        "rounding floor",
    ),
    Command(
        "clear",
        "",
        _clear,
        "begins anew with nothing; undo brings back what was here",
        "clear",
        is_whole=True,
    ),
    Command(
        "save",
        "[FILE]",
        elsewhere.save,
        "writes the spec; asks before another file is lost",
        "save mnist.yaml",
    ),
    Command(
        "load", "FILE", elsewhere.load, "reads a spec; undo brings back what was here", "load mnist.yaml"
    ),
    Command(
        "export",
        "pytorch|keras",
        elsewhere.export,
        "prints the network as code of a framework",
        "export keras",
    ),
    Command("learn", "[N|stop]", lessons.learn, "five exercises of two minutes, one after another", "learn"),
    Command("help", "[NAME]", _help, "explains everything, a layer or a command", "help conv", ("?",)),
    Command("quit", "", _quit, "leaves; what is not saved goes to a recovery file", "quit", ("exit", "q")),
)
COMMANDS = {command.name: command for command in _TABLE}
