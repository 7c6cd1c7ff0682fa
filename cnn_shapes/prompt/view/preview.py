"""The live preview: a pure function of the session and the line being typed.

Grey while a line is incomplete, red with the reason where it is complete and wrong. Of several forms the
longest that fits is shown; the shape is what stays to the last.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple

from cnn_shapes.diagnostics import Diagnostic, format_shape, format_sizes, from_layout
from cnn_shapes.edit.entry_list import Unwritable, how_many
from cnn_shapes.formats.parts.terminal_text import cells, clean, plural
from cnn_shapes.layers import KINDS
from cnn_shapes.network import UNREACHED, Node
from cnn_shapes.outline import formula
from cnn_shapes.prompt.language.chain import parted
from cnn_shapes.prompt.language.completion import complete
from cnn_shapes.prompt.language.grammar import Misread, TypedStatement, words
from cnn_shapes.prompt.language.pasted import is_frame
from cnn_shapes.prompt.language.reading import read_layer, split_command
from cnn_shapes.prompt.language.typed_layer import TypedLayer, input_sizes
from cnn_shapes.prompt.language.vocabulary import begins_word, kind_of, names_beginning
from cnn_shapes.prompt.session.commands import COMMANDS, context_of
from cnn_shapes.prompt.session.look_ahead import Glimpse, LookAhead, look_ahead, with_input
from cnn_shapes.prompt.session.nearest import nearest
from cnn_shapes.prompt.session.placing_layers import NO_INPUT, rounded_down
from cnn_shapes.prompt.session.state import Session, count_of
from cnn_shapes.prompt.view.help import summary, usage
from cnn_shapes.prompt.view.wording import arithmetic_of, described, outputs_of
from cnn_shapes.shapes import NOT_WHOLE, Shape
from cnn_shapes.words import say, speaking

GREY, GOOD, RED = "grey", "good", "red"
_CUT = "..."
_UNREADABLE = ("missing-field", "bad-value")


class Preview(NamedTuple):
    """`forms` say the same at less and less length."""

    forms: tuple[str, ...]
    style: str = GREY

    def fitting(self, width: int) -> str:
        """The longest form that fits; of the shortest as much as fits."""
        for form in self.forms:
            if cells(form) <= width:
                return form
        text = self.forms[-1] if self.forms else ""
        if width <= len(_CUT):
            return ""
        while text and cells(text) > width - len(_CUT):
            text = text[:-1]
        return text.rstrip() + _CUT if text else ""


class _ListChange(NamedTuple):
    """What a command does to the list of layers at a number."""

    takes_out: int
    puts_in: int


# the commands whose effect is shown; of the others, how they are typed
_CHANGES = {"edit": _ListChange(1, 1), "insert": _ListChange(0, 1), "delete": _ListChange(1, 0)}


def fragments(session: Session, text: str, cursor: int, width: int) -> list[tuple[str, str]]:
    """The preview of a line as styled text of at most `width` cells: grey, good or red."""
    shown = preview(session, text, cursor)
    return [(shown.style, shown.fitting(width))]


@lru_cache(maxsize=4)
def preview(session: Session, text: str, cursor: int) -> Preview:
    """What the statement at the cursor would do."""
    with speaking(session.options.language):
        return _preview(session, text, cursor)


def _preview(session: Session, text: str, cursor: int) -> Preview:
    found = [one for one in parted(text, context_of(session)) if not is_frame(one.text)]
    found = [statement for statement in found if statement.start <= cursor]
    if not found:
        return _of_nothing(session)
    try:
        return _of_statement(session, found)
    except Misread as error:
        return _closed(session, found) or _misread(session, found[-1].text, error)


def _closed(session: Session, found: list[TypedStatement]) -> Preview | None:
    """A line whose brackets are still open, as if they were closed: grey, since it is not complete."""
    last = found[-1]
    begun = last.text.rstrip(" ,=([{")
    opened = [sign for sign in begun if sign in "([{"]
    closed = sum(begun.count(sign) for sign in ")]}")
    closing = "".join(")]}"["([{".index(sign)] for sign in reversed(opened[closed:]))
    if not begun or (not closing and begun == last.text):
        return None
    try:
        shown = _of_statement(session, [*found[:-1], TypedStatement(begun + closing, last.start)])
    except Misread:
        return None
    return shown._replace(style=GREY)


def _of_nothing(session: Session) -> Preview:
    """What is shown beside an empty line: what the network gives so far."""
    report = session.report
    if session.editing:
        return Preview((say("layer {number} stays as it is", number=session.editing), ""))
    if report.trace is None or report.input is None:
        return Preview((say("input 28x28x1 says what goes in"),) if not session.text.strip() else ("",))
    source = format_shape(report.input, report.layout)
    count = count_of(report)
    if not count:
        return Preview((f"{source}   {say('no layers yet')}", source))
    if report.errors:
        problems = plural(len(report.errors), "problem")
        return Preview((say("{problems}: fix lists what would mend it", problems=problems), "fix"))
    output = outputs_of(report)
    shapes = f"{source} -> {output}"
    layers = plural(count, "layer")
    parameters = plural(report.trace.totals.params, "parameter")
    return Preview((f"{shapes}   {layers}   {parameters}", f"{shapes}   {layers}", shapes, output))


def _of_statement(session: Session, found: list[TypedStatement]) -> Preview:
    """What the last statement would do after those before it. Raises Misread."""
    context = context_of(session)
    *before, last = found
    if before and not session.text.strip():
        first, sizes = split_command(before[0].text, context)
        if first == "input":  # of a chain, or of a program
            with suppress(Unwritable):
                session, _ = COMMANDS[first].carry_out(session, sizes)
            context = context_of(session)
    earlier = [
        read_layer(statement.text, context)
        for statement in before
        if split_command(statement.text, context)[0] is None
    ]
    command, rest = split_command(last.text, context)
    if command == "input":
        return _of_input(session, rest)
    if command is not None:
        change = _CHANGES.get(command)
        shown = _of_change(session, change, rest) if change is not None else None
        return shown or _usage(command)
    layer = read_layer(last.text, context)
    if session.editing:
        return _of_layers(session, (layer,), session.editing, session.editing)
    count = count_of(session.report)
    return _of_layers(session, (*earlier, layer), count + 1, count)


def _usage(name: str) -> Preview:
    call = usage(name)
    return Preview((f"{call}   {summary(name)}", call, name))


def _of_change(session: Session, change: _ListChange, rest: str) -> Preview | None:
    """`edit N LAYER`, `insert N LAYER`, `delete N`; None where something of it is missing."""
    match = re.match(r"(\d{1,18})(?:\s+(.*)|$)", rest)
    if match is None:
        return None
    number, layer = int(match[1]), match[2]
    count = count_of(session.report)
    if not 1 <= number <= count + 1 - change.takes_out:
        return Preview(
            (
                say("there is no layer {number}: {text}", number=number, text=how_many(count)),
                say("no layer {number}", number=number),
            ),
            RED,
        )
    if not change.puts_in:
        return _of_layers(session, (), number, number)
    if not layer:
        return None
    try:
        typed = read_layer(layer, context_of(session))
    except Misread as error:
        return _misread(session, layer, error)
    return _of_layers(session, (typed,), number, number - 1 + change.takes_out)


def _of_input(session: Session, rest: str) -> Preview:
    name, equals, given = rest.rpartition("=")
    sizes = input_sizes(given.strip()) if name.strip() or not equals else None
    report = session.report
    named = report.spec.inputs if report.spec is not None else {}
    if not sizes or len(sizes) > 4 or not all(sizes) or (name.strip() not in named if named else name):
        return _usage("input")
    shape = Shape(from_layout(tuple(sizes), report.layout))
    if named:
        return Preview((f"input {clean(name.strip())}={format_shape(shape, report.layout)}",), GOOD)
    text = f"input {format_shape(shape, report.layout)}"
    if not count_of(report):
        return Preview((described(shape, report.layout), text), GOOD if shape.rank else GREY)
    if report.input is not None and len(shape) < len(report.input):
        return _usage("input")
    found = with_input(session.source, shape)
    if found is None:
        return Preview((text,), GOOD)
    later, fails = _later(session, found.later)
    return Preview((f"{text}   {later}", later, text), RED if fails else GOOD)


@lru_cache(maxsize=4)  # a blank or a comment after a layer changes nothing
def _of_layers(session: Session, typed: tuple[TypedLayer, ...], number: int, replaced: int) -> Preview:
    """New layers from `number` on, in the place of those up to `replaced`."""
    prepared = look_ahead(session.source, number)
    if prepared is None:
        inputs = [layer.input for layer in typed if layer.input]
        return Preview(
            (say("with input {input}", input=inputs[0]),) if inputs else (say(NO_INPUT.partition(":")[0]),),
            GREY,
        )
    found = prepared.glimpse(typed, prepared.spec.items[replaced:])
    if found.findings and (rounded := rounded_down(session, typed)) is not None:
        return _of_layers(rounded, typed, number, replaced)
    if found.findings:
        return _wrong(session, prepared, typed, found)
    later, fails = _later(session, found.later)
    if not found.nodes:
        text = say("without layer {number}", number=number)
        later = later or _output(format_shape(prepared.last.output, session.report.layout))
        return Preview((f"{text}: {later}", later) if later else (text,), RED if fails else GOOD)
    own = [node for node in found.nodes if node.entry == found.nodes[-1].entry]
    return _of_nodes(session, own, later, fails)


def _of_nodes(session: Session, nodes: list[Node], later: str, fails: bool) -> Preview:
    """What a layer gives, and how those after it fare."""
    layout = session.report.layout
    first, last = nodes[0], nodes[-1]
    if last.state == UNREACHED:
        return Preview((say("not reached: a layer before it is wrong"), say("not reached")))
    output = format_shape(last.output, layout)
    single = len(first.inputs) == 1
    shapes = f"{format_shape(first.inputs[0].output, layout)} -> {output}" if single else f"-> {output}"
    text = formula(first)
    kept = (
        (shapes, text, arithmetic_of(nodes), later),
        (shapes, text, later),
        (shapes, text),
        (shapes, later),
        (shapes,),
        (f"-> {output}",),
        (output,),
    )
    forms = ["   ".join(part for part in parts if part) for parts in kept]
    if fails:  # that something after it fails is more than how this size comes about
        forms = [form for form in forms if later in form] + [f"-> {output}   {later}", later]
    return Preview(tuple(dict.fromkeys(forms)), RED if fails else GOOD)


def _later(session: Session, nodes: tuple[Node, ...]) -> tuple[str, bool]:
    """How the layers after a change fare, and whether one of them fails."""
    failed = next((node for node in nodes if node.error is not None), None)
    if failed is not None and failed.error is not None:
        text = formula(failed) or failed.error.rule.replace("-", " ")
        return say("then layer {number} fails: {text}", number=failed.entry, text=text), True
    if not nodes:
        return "", False
    return _output(format_shape(nodes[-1].output, session.report.layout)), False


def _output(shape: str) -> str:
    return say("output {shape}", shape=shape)


def _wrong(session: Session, prepared: LookAhead, layers: tuple[TypedLayer, ...], found: Glimpse) -> Preview:
    """The reason why a layer is wrong with the nearest value that works, or what it still needs."""
    typed, problem = layers[-1], found.findings[-1]
    message = clean(problem.message(session.report.layout))
    if problem.rule == "missing-field":
        kind = kind_of(typed.kind)
        call = usage(kind[0]) if kind is not None else typed.kind
        return Preview((f"{call}   {message}", call))
    if problem.rule in _UNREADABLE:
        begun = _words_beginning(typed)
        return Preview((", ".join(begun),)) if begun else Preview((message,), RED)
    node = next((node for node in found.nodes if node.name == problem.layer), None)
    forms = _with_formula(session, problem, message, node) if node is not None else ()
    forms = forms or (message, *_shorter(problem))
    works = nearest(prepared, layers, problem.rule)
    if works is not None:
        sizes = works.output.sizes or works.output
        size = str(sizes[0]) if len(set(sizes)) == 1 else format_sizes(sizes)
        remedy = say("{field} {value} gives {size}", field=works.field, value=works.value, size=size)
        forms = (*(f"{form}; {remedy}" for form in forms), remedy, forms[-1])
    return Preview(forms, RED)


def _with_formula(session: Session, problem: Diagnostic, message: str, node: Node) -> tuple[str, ...]:
    """The reason as the arithmetic of the size that is wrong; nothing where it is not about a size."""
    layout = session.report.layout
    text = formula(node)
    if text and problem.rule in NOT_WHOLE:
        source = format_shape(node.inputs[0].output, layout)
        wrong = next((part for part in text.split(", ") if not part.rpartition(" ")[2].isdigit()), text)
        size = wrong.rpartition("= ")[2]
        short = say("= {size}, not a natural number", size=size)
        whole = say("{formula}, not a natural number", formula=text)
        return f"{source} -> ?   {whole}", whole, short, size
    if text and problem.rule == "expect-mismatch":
        output = format_shape(node.output, layout)
        return f"{message}: {text}", message, say("{output} comes out", output=output), output
    return ()


def _words_beginning(typed: TypedLayer) -> list[str]:
    """The words that a value which is not one yet may become, as in padding=s."""
    kind = kind_of(typed.kind)
    if kind is None:
        return []
    fields = KINDS[kind[0]].fields
    return [
        word
        for name, value in typed.fields
        for word in (fields[name].words if name in fields else ())
        if value not in fields[name].words and word.startswith(value)
    ]


def _shorter(problem: Diagnostic) -> tuple[str, ...]:
    """The part of a message before its remedy, and the name of its rule."""
    message = clean(problem.message())
    return message.partition(": ")[0], problem.rule.replace("-", " ")


def _misread(session: Session, text: str, error: Misread) -> Preview:
    """A line that means nothing yet is grey, with what it may become; one that cannot is red."""
    found = words(text)
    if not found:
        return Preview((error.message,), GREY)
    context = context_of(session)
    first, *more = found
    if not more and not text.endswith(" ") and begins_word(first.text, context.commands):
        names = names_beginning(first.text, context)
        return _usage(names[0]) if len(names) == 1 else _choices(names)
    if error.incomplete and kind_of(first.text) is not None:
        completions = complete(text, len(text), context)
        if len(completions) == 1:
            only = completions[0]
            return Preview((f"{only.text}   {only.meta}".rstrip(), only.text))
        if completions:
            return _choices([one.text for one in completions])
    message = clean(error.message)
    return Preview((message, message.partition(": ")[0]), GREY if error.incomplete else RED)


def _choices(names: list[str]) -> Preview:
    """Words to choose from, as many as there is room for."""
    shown = [", ".join(names[:most]) + (", ..." if len(names) > most else "") for most in (12, 8, 5, 3)]
    return Preview(tuple(dict.fromkeys(shown)))
