"""How the prompt says what a layer gives, what is wrong and what would mend it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from cnn_shapes.checking import Report
from cnn_shapes.diagnostics import ERROR, WARNING, Diagnostic, Fix, format_shape, render
from cnn_shapes.explain import arithmetic
from cnn_shapes.formats.parts import rows
from cnn_shapes.formats.parts.terminal_text import cells, clean, plural
from cnn_shapes.network import Node
from cnn_shapes.prompt.session.state import DIM, FIX, WARN, WRONG, Answer, Line, Reply, Session
from cnn_shapes.prompt.view.hints import hints
from cnn_shapes.shapes import AXIS_NAMES, Shape
from cnn_shapes.source import Source
from cnn_shapes.trace import Step

_PLACE = re.compile(r"( ?)\b(on |before )?line (\d+)\b")


def entry_at(report: Report, place: int) -> int:
    """The number of the layer that a place of the text belongs to; 0 where it stands before all."""
    starts = [item.key.start for item in report.spec.items] if report.spec else []
    return sum(start <= place for start in starts)


def _entries_on(report: Report, line: int) -> list[int]:
    """The numbers of the layers that begin on a line; where none does, of the one around it."""
    lines = [report.source.position(item.key.start)[0] for item in report.spec.items] if report.spec else []
    begun = [number for number, own in enumerate(lines, 1) if own == line]
    return begun or [sum(own < line for own in lines)]


def by_layers(text: str, report: Report, places: Iterable[int] = ()) -> str:
    """A message whose lines of a file are layers of the session instead.

    `places` are where it changes the text: they tell which of several layers on one line is meant.
    """
    changed = {entry_at(report, place) for place in places}

    def layer(match: re.Match[str]) -> str:
        found = _entries_on(report, int(match[3]))
        if len(found) > 1 and len(changed & {*found}) == 1:
            found = [*changed & {*found}]
        if found == [0]:
            return "" if match[2] == "on " else match[0]
        if len(found) > 1:
            return match[0]
        return f"{match[1]}{(match[2] or '').replace('on', 'in')}layer {found[0]}"

    return _PLACE.sub(layer, text)


def described(shape: Shape, layout: str) -> str:
    """`input 28x28x1: height 28, width 28, 1 channel`."""
    names = AXIS_NAMES.get(shape.rank, ())
    parts = [f"{name} {size}" for name, size in zip(names, shape.sizes, strict=True)]
    parts.append(plural(shape.channels, "channel" if parts else "feature"))
    return f"input {format_shape(shape, layout)}: {', '.join(parts)}"


def steps_of(report: Report, number: int) -> list[Step]:
    """The steps of an entry of the list of layers."""
    return [step for step in report.trace.steps if step.node.entry == number] if report.trace else []


def layer_lines(session: Session, number: int) -> list[Line]:
    """What a layer gives: its shapes, the arithmetic with its numbers, its parameters."""
    report, options = session.report, session.options
    traced = report.trace
    steps = steps_of(report, number)
    if traced is None or not steps:
        return []
    lines = []
    root = rows.tree(traced)
    root.children = [child for child in root.children if child.entry == number]
    for row in rows.rows(traced, root, 0, report.layout):
        text = clean(row.text, options.encoding)
        source = format_shape(steps[0].node.inputs[0].output, report.layout)
        output = "?" if row.state == "error" else row.output
        shapes = f"{source} -> {output}" if len(steps[0].node.inputs) == 1 else f"-> {output}"
        parts = [shapes, row.why, parameters(steps, row.params)]
        if session.linear:
            lines.append(Line(_sentence(row.index, text, parts)))
        else:
            lines += _fitted(f"{row.index:>3}  {text}", [part for part in parts if part], options.width)
    return lines


def parameters(steps: list[Step], total: int | None) -> str:
    """`5*5*1*32 + 32 = 832 parameters`; without the sum where several layers have some."""
    alone = steps[0].node if steps[0].params == total else None
    return _parameters(alone, total)


def _parameters(node: Node | None, total: int | None) -> str:
    if not total:
        return ""
    x = node.input_shapes[0] if node is not None and node.inputs else None
    text = ""
    if x is not None and x.known and node is not None and node.layer is not None:
        text = arithmetic.parameters(node.layer, x)
    noun = plural(total, "parameter")
    return f"{text} = {noun}" if text and text != str(total) else noun


def arithmetic_of(nodes: Sequence[Node]) -> str:
    """The parameters of a layer with what is written behind it, before it is part of a trace."""
    total = 0
    own = None
    for node in nodes:
        shapes = tuple([shape for shape in node.input_shapes if shape is not None and shape.known])
        if node.layer is not None and len(shapes) == len(node.inputs):
            weights = sum(node.layer.weights(shapes))
            total += weights
            own = node if weights == total and own is None else own if not weights else None
    return _parameters(own, total)


def _sentence(index: str, text: str, parts: list[str]) -> str:
    shapes, why, params = parts
    words = [f"layer {index}: {text}", f"shape: {shapes.replace('->', 'to')}"]
    words += [f"size: {why}"] if why else []
    return ". ".join(words + ([params] if params else [])) + "."


def _fitted(head: str, parts: list[str], width: int | None) -> list[Line]:
    """One line, or the parts on lines of their own where a narrow terminal has no room."""
    whole = "   ".join([head, *parts])
    if width is None or cells(whole) <= width:
        return [Line(whole)]
    indent = " " * 5
    lines = [head]
    for part in parts:
        longer = f"{lines[-1]}   {part}"
        if cells(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(indent + part)
    return [Line(line) for line in lines]


def standing(session: Session) -> list[Line]:
    """Where the network stands: its shapes and parameters, or how many problems it has and the first."""
    report = session.report
    traced = report.trace
    count = len(report.spec.items) if report.spec else 0
    layers = plural(count, "layer")
    if not session.text.strip():
        return [Line("  nothing yet: input 28x28x1 says what goes in", DIM)]
    if not count and report.input is not None:
        return [Line(f"  input {format_shape(report.input, report.layout)}, no layers yet", DIM)]
    if report.errors:
        problems = plural(len(report.errors), "problem")
        return [Line(f"  {layers}, {problems}", WRONG), *problem_lines(session, report, report.errors[0])]
    assert traced is not None
    outputs = ", ".join(format_shape(node.output, report.layout) for node in traced.network.outputs)
    shapes = f"{format_shape(report.input, report.layout)} -> {outputs}"
    return [Line(f"  {layers}   {shapes}   {plural(traced.totals.params, 'parameter')}", DIM)]


def problem_lines(session: Session, report: Report, found: Diagnostic, bare: bool = False) -> list[Line]:
    """A problem: its message, where the size came from, the notes. `bare`: as the head of an answer."""
    encoding = session.options.encoding

    def user(text: str) -> str:
        return clean(by_layers(text, report), encoding)

    message = user(found.message(report.layout))
    if not bare:
        line = report.source.position(found.span.start)[0]
        number = entry_at(report, found.span.start)
        if number and _is_inside(report, found):
            message = f"layer {number}: {message}"
        elif session.saved is not None:  # a file, whose lines the user can look at
            message = f"line {line}: {message}"
        message = f"  {message}"
    lines = [Line(message, WRONG if found.severity == ERROR else WARN)]
    pointer = user(render(found.pointer, found.facts, report.layout))
    lines += [Line(f"  {pointer}")] if pointer and pointer not in message else []
    for label in found.labels:
        said = user(render(label.template, label.facts, report.layout))
        number = entry_at(report, label.span.start)
        lines.append(Line(f"  layer {number} {said}" if number and said.startswith("gives") else f"  {said}"))
    lines += [Line(f"  {user(render(note.template, note.facts, report.layout))}") for note in found.notes]
    lines += [Line(f"  {hint}") for hint in hints(report, found)]
    return lines


def _is_inside(report: Report, found: Diagnostic) -> bool:
    root = report.spec.root if report.spec else None
    node = root.get("layers") if root is not None else None
    return node is not None and node.start <= found.span.start <= node.end


def offered(session: Session, reply: Reply) -> Answer:
    """An answer that leaves the text broken, with the offer of `fix` the first time."""
    if session.knows_fix or not session.report.errors or not session.report.input or session.pending:
        return session, reply
    if session.report.spec is None or not session.report.spec.items:
        return session, reply
    offer = Line("  type fix to see what would mend it", DIM)
    return session._replace(knows_fix=True), reply._replace(lines=(*reply.lines, offer))


def fixes_of(report: Report) -> tuple[Report, list[Fix]]:
    """The report with its proved repairs, and these: what makes the whole network valid comes first."""
    from cnn_shapes.repair import advise

    advised = advise(report)
    found: dict[tuple[str, tuple[object, ...]], Fix] = {}
    for problem in advised.diagnostics:
        if problem.severity == ERROR:
            for fix in problem.fixes:
                found.setdefault((fix.title, fix.edits), fix)
    return advised, sorted(found.values(), key=lambda fix: (not fix.valid, fix.remaining))


def fix_lines(report: Report, fixes: list[Fix], most: int = 9) -> Iterator[Line]:
    """The repairs with the sizes that follow from each."""
    for number, fix in enumerate(fixes[:most], 1):
        places = [edit.span.start for edit in fix.edits]
        parts = [by_layers(fix.title, report, places), by_layers(fix.outcome, report)]
        if not fix.valid:
            verb = "remains" if fix.remaining == 1 else "remain"
            parts.append(f"{plural(fix.remaining, 'problem')} {verb}")
        yield Line(f"  fix {number}: {'    '.join(part for part in parts if part)}", FIX)


def new_warnings(session: Session, before: Source | None) -> list[Line]:
    """Warnings that the last change brought."""
    from cnn_shapes.prompt.session.state import report_of

    known = {(one.rule, one.layer) for one in report_of(before).warnings} if before is not None else set()
    report = session.report
    fresh = [one for one in report.warnings if (one.rule, one.layer) not in known]
    lines = []
    for one in fresh[:2]:
        message = clean(by_layers(one.message(report.layout), report), session.options.encoding)
        lines.append(Line(f"  {WARNING}: {message}", WARN))
    return lines
