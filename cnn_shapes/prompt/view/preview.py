"""The live preview: a pure function of the session and the line being typed.

Grey while a line is incomplete, red with the reason where it is complete and wrong. Of several forms the
longest that fits is shown; the shape is what stays to the last.
"""

from __future__ import annotations

import re
from functools import lru_cache

from cnn_shapes.diagnostics import Diagnostic, format_shape, from_layout
from cnn_shapes.formats.parts.rows import formula
from cnn_shapes.formats.parts.terminal_text import clean, plural
from cnn_shapes.layers import KINDS
from cnn_shapes.network import UNREACHED, Node
from cnn_shapes.prompt.language.completion import complete
from cnn_shapes.prompt.language.grammar import Misread, Statement, statements, words
from cnn_shapes.prompt.language.pasted import is_frame
from cnn_shapes.prompt.language.typed import Typed
from cnn_shapes.prompt.language.values import sizes_of
from cnn_shapes.prompt.language.vocabulary import begins_word, kind_of, names_beginning
from cnn_shapes.prompt.session.adding import NO_INPUT
from cnn_shapes.prompt.session.ahead import Glimpse, ahead, with_input
from cnn_shapes.prompt.session.places import how_many
from cnn_shapes.prompt.session.state import Session
from cnn_shapes.prompt.session.step import split_command, typed_layer
from cnn_shapes.prompt.view.forms import GOOD, GREY, RED, Preview, choices
from cnn_shapes.prompt.view.help import summary, usage
from cnn_shapes.prompt.view.wording import arithmetic_of, described
from cnn_shapes.shapes import NOT_WHOLE, Shape

_UNREADABLE = ("missing-field", "bad-value")


def fragments(session: Session, text: str, cursor: int, width: int) -> list[tuple[str, str]]:
    """The preview of a line as styled text of at most `width` cells: grey, good or red."""
    shown = preview(session, text, cursor)
    return [(shown.style, shown.fitting(width))]


@lru_cache(maxsize=4)
def preview(session: Session, text: str, cursor: int) -> Preview:
    """What the statement at the cursor would do."""
    found = [statement for statement in statements(text) if not is_frame(statement.text)]
    at = [place for place, statement in enumerate(found) if statement.start <= cursor]
    if not at:
        return _standing(session)
    place = at[-1]
    try:
        return _statement(session, found[: place + 1])
    except Misread as error:
        return _closed(session, found[: place + 1]) or _misread(session, found[place].text, error)


def _closed(session: Session, found: list[Statement]) -> Preview | None:
    """A line whose brackets are still open, as if they were closed: grey, since it is not complete."""
    last = found[-1]
    begun = last.text.rstrip(" ,=([{")
    opened = [sign for sign in begun if sign in "([{"]
    closed = sum(begun.count(sign) for sign in ")]}")
    closing = "".join(")]}"["([{".index(sign)] for sign in reversed(opened[closed:]))
    if not begun or (not closing and begun == last.text):
        return None
    try:
        shown = _statement(session, [*found[:-1], Statement(begun + closing, last.start)])
    except Misread:
        return None
    return shown._replace(style=GREY)


def _standing(session: Session) -> Preview:
    """What is shown beside an empty line: where the network stands."""
    report = session.report
    if session.editing:
        return Preview((f"layer {session.editing} stays as it is", ""))
    if report.trace is None or report.input is None:
        return Preview(("input 28x28x1 says what goes in",) if not session.text.strip() else ("",))
    source = format_shape(report.input, report.layout)
    count = len(report.spec.items) if report.spec else 0
    if not count:
        return Preview((f"{source}   no layers yet", source))
    if report.errors:
        return Preview((f"{plural(len(report.errors), 'problem')}: fix lists what would mend it", "fix"))
    output = ", ".join(format_shape(node.output, report.layout) for node in report.trace.network.outputs)
    shapes = f"{source} -> {output}"
    params = plural(report.trace.totals.params, "parameter")
    layers = plural(count, "layer")
    return Preview((f"{shapes}   {layers}   {params}", f"{shapes}   {layers}", shapes, output))


def _statement(session: Session, found: list[Statement]) -> Preview:
    typed: list[Typed] = []
    *before, last = found
    for statement in before:
        if split_command(statement.text, session)[0] is None:
            typed.append(typed_layer(statement.text, session))
    command, rest = split_command(last.text, session)
    count = len(session.report.spec.items) if session.report.spec else 0
    if command is None:
        layer = typed_layer(last.text, session)
        if session.editing:
            return _layers(session, [layer], session.editing, session.editing)
        return _layers(session, [*typed, layer], count + 1, count)
    if command == "input":
        return _input(session, rest)
    if command in ("edit", "insert", "delete"):
        shown = _numbered(session, command, rest, count)
        if shown is not None:
            return shown
    return _usage(command)


def _usage(name: str) -> Preview:
    call = usage(name)
    return Preview((f"{call}   {summary(name)}", call, name))


def _numbered(session: Session, command: str, rest: str, count: int) -> Preview | None:
    """`edit N LAYER`, `insert N LAYER`, `delete N`."""
    match = re.match(r"(\d{1,18})(?:\s+(.*)|$)", rest)
    if match is None:
        return None
    number, layer = int(match[1]), match[2]
    if not 1 <= number <= count + (command == "insert"):
        return Preview((f"there is no layer {number}: {how_many(count)}", f"no layer {number}"), RED)
    if command == "delete":
        return _layers(session, [], number, number)
    if not layer:
        return None
    try:
        typed = typed_layer(layer, session)
    except Misread as error:
        return _misread(session, layer, error)
    return _layers(session, [typed], number, number if command == "edit" else number - 1)


def _input(session: Session, rest: str) -> Preview:
    sizes = sizes_of(re.sub(r"\s*[,*×]\s*|\s+", "x", rest.strip("()[] ")))
    if not sizes or len(sizes) > 4 or not all(sizes):
        return _usage("input")
    report = session.report
    shape = Shape(from_layout(tuple(sizes), report.layout))
    text = f"input {format_shape(shape, report.layout)}"
    if report.spec is None or not report.spec.items:
        return Preview((described(shape, report.layout), text), GOOD if shape.rank else GREY)
    if report.input is not None and len(shape) < len(report.input):
        return _usage("input")
    found = with_input(session.source, shape)
    if found is None:
        return Preview((text,), GOOD)
    rest_text, wrong = _rest(session, found.behind)
    return Preview((f"{text}   {rest_text}", rest_text, text), RED if wrong else GOOD)


def _layers(session: Session, typed: list[Typed], number: int, replaced: int) -> Preview:
    """New layers from `number` on, in the place of those up to `replaced`."""
    prepared = ahead(session.source, number)
    if prepared is None:
        inputs = [layer.input for layer in typed if layer.input]
        return Preview((f"with input {inputs[0]}",) if inputs else (NO_INPUT.partition(":")[0],), GREY)
    items = session.report.spec.items if session.report.spec else []
    found = prepared.glimpse(typed, items[replaced:])
    if found.findings:
        return _wrong(session, typed[-1], found)
    rest, broken = _rest(session, found.behind)
    if not found.nodes:
        text = f"without layer {number}"
        rest = rest or f"output {format_shape(prepared.last.output, session.report.layout)}"
        return Preview((f"{text}: {rest}", rest) if rest else (text,), RED if broken else GOOD)
    own = [node for node in found.nodes if node.entry == found.nodes[-1].entry]
    return _shapes(session, own, rest, broken)


def _shapes(session: Session, nodes: list[Node], rest: str, broken: bool) -> Preview:
    layout = session.report.layout
    first, last = nodes[0], nodes[-1]
    if last.state == UNREACHED:
        return Preview(("not reached: a layer before it is wrong", "not reached"))
    output = format_shape(last.output, layout)
    single = len(first.inputs) == 1
    shapes = f"{format_shape(first.inputs[0].output, layout)} -> {output}" if single else f"-> {output}"
    text = formula(first)
    params = arithmetic_of(nodes)
    parts = [part for part in (shapes, text, params, rest) if part]
    forms = ["   ".join(parts)]
    for kept in (
        (shapes, text, rest),
        (shapes, text),
        (shapes, rest),
        (shapes,),
        (f"-> {output}",),
        (output,),
    ):
        forms.append("   ".join(part for part in kept if part))
    if broken:  # that something behind it fails is more than how this size comes about
        forms = [form for form in forms if rest in form] + [f"-> {output}   {rest}", rest]
    return Preview(tuple(dict.fromkeys(forms)), RED if broken else GOOD)


def _rest(session: Session, behind: tuple[Node, ...]) -> tuple[str, bool]:
    """How the layers behind a change fare, and whether one of them fails."""
    failed = next((node for node in behind if node.error is not None), None)
    if failed is not None and failed.error is not None:
        text = formula(failed) or failed.error.rule.replace("-", " ")
        return f"then layer {failed.entry} fails: {text}", True
    if not behind:
        return "", False
    return f"output {format_shape(behind[-1].output, session.report.layout)}", False


def _wrong(session: Session, typed: Typed, found: Glimpse) -> Preview:
    """The reason why a layer is wrong, or what it still needs."""
    problem = found.findings[-1]
    layout = session.report.layout
    message = clean(problem.message(layout))
    if problem.rule == "missing-field":
        kind = kind_of(typed.kind)
        call = usage(kind[0]) if kind is not None else typed.kind
        return Preview((f"{call}   {message}", call))
    if problem.rule in _UNREADABLE:
        words_of = _words_beginning(typed)
        return Preview((", ".join(words_of),)) if words_of else Preview((message,), RED)
    node = next((node for node in found.nodes if node.name == problem.layer), None)
    text = formula(node) if node is not None else ""
    if node is not None and text and problem.rule in NOT_WHOLE:
        source = format_shape(node.inputs[0].output, layout)
        short = f"= {text.rpartition('= ')[2]}, no natural number"
        return Preview(
            (f"{source} -> ?   {text}, no natural number", f"{text}, no natural number", short), RED
        )
    if node is not None and text and problem.rule == "expect-mismatch":
        output = format_shape(node.output, layout)
        return Preview((f"{message}: {text}", message, f"{output} comes out", output), RED)
    return Preview((message, *_shorter(problem)), RED)


def _words_beginning(typed: Typed) -> list[str]:
    """The words that a value which is none yet may become, as in padding=s."""
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
    found_words = words(text)
    if not found_words:
        return Preview((error.message,), GREY)
    first, *more = found_words
    if not more and not text.endswith(" ") and begins_word(first.text):
        names = names_beginning(first.text)
        if len(names) == 1:
            return _usage(names[0])
        return choices(names)
    message = clean(error.message)
    if error.incomplete and kind_of(first.text) is not None:
        found = complete(session, text, len(text))
        if len(found) == 1:
            only = found[0]
            return Preview((f"{only.text}   {only.meta}".rstrip(), only.text))
        if found:
            return choices([one.text for one in found])
    return Preview((message, message.partition(": ")[0]), GREY if error.incomplete else RED)
