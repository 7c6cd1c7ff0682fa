"""Puts replies into words: what a layer and the network give, the table, and lines with their style."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from cnn_shapes import outline
from cnn_shapes.checking import CheckResult
from cnn_shapes.diagnostics import format_shape
from cnn_shapes.explain import arithmetic
from cnn_shapes.formats.parts.streams import Output
from cnn_shapes.formats.parts.terminal_text import cells, clean, plain, plural
from cnn_shapes.network import Node
from cnn_shapes.prompt.session.replies import (
    DIM,
    FIX,
    GOOD,
    WARN,
    WRONG,
    ChainGiven,
    CodeText,
    ExplanationText,
    Fact,
    FixesOffered,
    FixMade,
    HelpPage,
    InputGiven,
    LaterLayers,
    LayerGiven,
    MarkdownTable,
    NetworkGiven,
    NetworkTable,
    NewWarnings,
    ProblemFound,
    Reply,
    ReplyLine,
    RoundedDown,
    SpecText,
    TableRows,
)
from cnn_shapes.prompt.session.state import Session, count_of
from cnn_shapes.prompt.view import problems
from cnn_shapes.prompt.view.chain import chain
from cnn_shapes.prompt.view.help import help_lines
from cnn_shapes.prompt.view.problems import by_layers
from cnn_shapes.shapes import AXIS_NAMES, Shape
from cnn_shapes.words import ENGLISH, say, speaking, told

_MOST_PROBLEMS = 5
_STYLES = {WRONG: "error", WARN: "warning", FIX: "fix", GOOD: "fix", DIM: "dim"}


class WordedReply(NamedTuple):
    """A reply in words. `wrong` marks a line that failed; `prefill` begins the next line."""

    lines: tuple[ReplyLine, ...]
    wrong: bool = False
    prefill: str = ""

    @property
    def text(self) -> str:
        return "".join(f"{line.text}\n" for line in self.lines)


def worded(reply: Reply, language: str = ENGLISH) -> WordedReply:
    """The words for a reply, in a person's language."""
    with speaking(language):
        lines = tuple([line for fact in reply.facts for line in lines_of(fact)])
    return WordedReply(lines, reply.wrong, reply.prefill)


def lines_of(fact: Fact) -> Iterable[ReplyLine]:
    """The words for a fact."""
    return _WORDS[type(fact)](fact)


def show(lines: Iterable[ReplyLine], out: Output) -> None:
    """Write lines in their styles, folded where the terminal is too narrow."""
    for line in lines:
        if line.pieces:
            out.line(*line.pieces)
        else:
            out.paragraph(line.text, _STYLES.get(line.style, ""))


def described(shape: Shape, layout: str) -> str:
    """`input 28x28x1: height 28, width 28, 1 channel`."""
    names = AXIS_NAMES.get(shape.rank, ())
    parts = [
        say("{axis} {size}", axis=say(name), size=size) for name, size in zip(names, shape.sizes, strict=True)
    ]
    parts.append(plural(shape.channels, "channel" if parts else "feature"))
    return say("input {shape}: {axes}", shape=format_shape(shape, layout), axes=", ".join(parts))


def outputs_of(report: CheckResult) -> str:
    """The shapes that come out of a network that has been traced."""
    nodes = report.trace.network.outputs if report.trace is not None else ()
    return ", ".join(format_shape(node.output, report.layout) for node in nodes)


def arithmetic_of(nodes: Sequence[Node]) -> str:
    """The parameters of a layer with what is written after it, before it is part of a trace."""
    total = 0
    own = None
    for node in nodes:
        shapes = tuple([shape for shape in node.input_shapes if shape is not None and shape.known])
        if node.layer is not None and len(shapes) == len(node.inputs):
            weights = sum(node.layer.weights(shapes))
            total += weights
            own = node if weights == total and own is None else own if not weights else None
    return _parameters(own, total)


def _parameters(node: Node | None, total: int | None) -> str:
    """`5*5*1*32 + 32 = 832 parameters`; without the sum where it is not one layer, `node`, that has them."""
    if not total:
        return ""
    text = ""
    if node is not None and node.inputs and node.layer is not None:
        shapes = tuple([shape for shape in node.input_shapes if shape is not None and shape.known])
        if len(shapes) == len(node.inputs):
            text = arithmetic.parameters(node.layer, shapes)
    noun = plural(total, "parameter")
    return f"{text} = {noun}" if text and text != str(total) else noun


def _input(fact: InputGiven) -> Iterator[ReplyLine]:
    yield ReplyLine(f"  {described(fact.shape, fact.layout)}")


def _rounded_down(fact: RoundedDown) -> Iterator[ReplyLine]:
    text = "  rounding floor: sizes are rounded down, as {name} does; rounding exact asks for whole ones"
    if " and " in fact.framework:
        text = "  rounding floor: sizes are rounded down, as {name} do; rounding exact asks for whole ones"
    yield ReplyLine(say(text, name=fact.framework))


def _layer(fact: LayerGiven) -> Iterator[ReplyLine]:
    """What a layer gives: its shapes, the arithmetic with its numbers, its parameters."""
    session, number, grown = fact
    options = session.options
    traced = grown.trace if grown is not None else session.report.trace
    layout = grown.layout if grown is not None else session.report.layout
    steps = [step for step in traced.steps if step.node.entry == number] if traced is not None else []
    if traced is None or not steps:
        return
    inputs = steps[0].node.inputs
    root = outline.tree(traced)
    root.children = [child for child in root.children if child.entry == number]
    for row in outline.rows(traced, root, 0, layout):
        text = clean(told(row.text), options.encoding)
        output = "?" if row.state == "error" else row.output
        source = f"{format_shape(inputs[0].output, layout)} " if len(inputs) == 1 else ""
        alone = steps[0].node if steps[0].params == row.params else None
        parts = (f"{source}-> {told(output)}", told(row.why), _parameters(alone, row.params))
        if session.linear:
            yield ReplyLine(_sentence(row.index, text, *parts))
        else:
            yield from _fitted(f"{row.index:>3}  {text}", [part for part in parts if part], options.width)


def _sentence(index: str, text: str, shapes: str, why: str, parameters: str) -> str:
    words = [say("layer {index}: {text}", index=index, text=text)]
    words.append(say("shape: {shapes}", shapes=shapes.replace("->", say("to"))))
    words += [say("size: {why}", why=why)] if why else []
    return ". ".join(words + ([parameters] if parameters else [])) + "."


def _fitted(head: str, parts: list[str], width: int | None) -> list[ReplyLine]:
    """One line, or the parts on lines of their own where a narrow terminal has no room."""
    whole = "   ".join([head, *parts])
    if width is None or cells(whole) <= width:
        return [ReplyLine(whole)]
    indent = " " * 5
    lines = [head]
    for part in parts:
        longer = f"{lines[-1]}   {part}"
        if cells(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(indent + part)
    return [ReplyLine(line) for line in lines]


def _network(fact: NetworkGiven) -> Iterator[ReplyLine]:
    """The network as a whole: its shapes and parameters, or how many problems it has and the first."""
    session = fact.session
    report = session.report
    count = count_of(report)
    layers = plural(count, "layer")
    if not session.text.strip():
        yield ReplyLine(f"  {say('nothing yet: input 28x28x1 says what goes in')}", DIM)
    elif not count and report.input is not None:
        shape = format_shape(report.input, report.layout)
        yield ReplyLine(f"  {say('input {shape}, no layers yet', shape=shape)}", DIM)
    elif report.errors:
        yield ReplyLine(f"  {layers}, {plural(len(report.errors), 'problem')}", WRONG)
        yield from problems.problem(ProblemFound(session, report, report.errors[0]))
    else:
        assert report.trace is not None
        shapes = f"{format_shape(report.input, report.layout)} -> {outputs_of(report)}"
        parameters = plural(report.trace.totals.params, "parameter")
        yield ReplyLine(f"  {layers}   {shapes}   {parameters}", DIM)


def _later_layers(fact: LaterLayers) -> Iterator[ReplyLine]:
    text = say("the layers after it work: output {shape}", shape=outputs_of(fact.report))
    yield ReplyLine(f"  {text}", DIM)


def _table(fact: NetworkTable) -> Iterator[ReplyLine]:
    """The table of the network and its problems."""
    session = fact.session
    report = session.report
    is_bare = report.spec is not None and not report.spec.items and report.input is not None
    if report.trace is not None and report.trace.steps:
        yield from _sentences(session) if session.linear else _columns(session)
    elif is_bare or not report.errors or not session.text.strip():
        yield from _network(NetworkGiven(session))
    if not is_bare:
        yield from _all_problems(session)


def _columns(session: Session) -> Iterator[ReplyLine]:
    from cnn_shapes.formats.parts.table import network_table

    report = session.report
    assert report.trace is not None
    for line in network_table(report, report.trace, session.options):
        yield ReplyLine(plain(line), pieces=line)


def _table_rows(fact: TableRows) -> Iterator[ReplyLine]:
    from cnn_shapes.formats.parts.table import draw

    session, number = fact
    report = session.report
    assert report.trace is not None
    root = outline.tree(report.trace)
    root.children = [child for child in root.children if str(child.entry) == number.partition(".")[0]]
    shown = outline.rows(report.trace, root, outline.fitting_depth(root, outline.MOST), report.layout)
    kept = [row for row in shown if "." not in number or row.index == number]
    if session.linear:
        yield from map(_sentence_of, kept)
        return
    for line in draw(kept, session.options):
        yield ReplyLine(plain((line,)), pieces=("  ", line))


def _sentences(session: Session) -> Iterator[ReplyLine]:
    """The table for a screen reader: a sentence a layer, every figure with its name."""
    report, wanted = session.report, session.options.depth
    assert report.trace is not None
    yield ReplyLine(say("input: {shape}.", shape=format_shape(report.input, report.layout)))
    root = outline.tree(report.trace)
    fitting = outline.fitting_depth(root, outline.READABLE if wanted is None else outline.MOST)
    depth = fitting if wanted is None else min(wanted, fitting)
    shown = outline.rows(report.trace, root, depth, report.layout)
    yield from map(_sentence_of, shown)
    total = report.trace.totals
    parameters = plural(total.params, "parameter")
    yield ReplyLine(
        say("in all: {parameters}, {macs:,} multiply-adds.", parameters=parameters, macs=total.macs)
    )


def _sentence_of(row: outline.TableRow) -> ReplyLine:
    text = clean(told(row.text))
    words = [say("layer {index}: {text}", index=row.index, text=text) if row.index else text]
    words.append(say("output: {shape}", shape=told(row.output)))
    words += [say("size: {why}", why=clean(told(row.why)))] if row.why else []
    words += [plural(row.params, "parameter")] if row.params else []
    words += [say("wrong")] if row.state == "error" else []
    return ReplyLine(". ".join(words) + ".")


def _all_problems(session: Session) -> Iterator[ReplyLine]:
    """The first errors and warnings of a session, below its table."""
    report = session.report
    for found in report.errors[:_MOST_PROBLEMS]:
        yield ReplyLine("")
        yield from problems.problem(ProblemFound(session, report, found))
    more = len(report.errors) - _MOST_PROBLEMS
    if more > 0:
        yield ReplyLine(f"  {say('and {problems}', problems=plural(more, 'more problem'))}", WRONG)
    if report.errors and session.knows_fix:
        yield ReplyLine(f"  {say('fix lists what would mend it')}", DIM)
    for found in report.warnings[:_MOST_PROBLEMS]:
        message = clean(found.message(report.layout), session.options.encoding)
        yield ReplyLine(f"  {say('warning')}: {message}", WARN)


def _spec_text(fact: SpecText) -> Iterator[ReplyLine]:
    for line in fact.session.text.splitlines():
        yield ReplyLine(clean(line, fact.session.options.encoding))


def _code(fact: CodeText) -> Iterator[ReplyLine]:
    return (ReplyLine(clean(line)) for line in fact.text.splitlines())


def _markdown(fact: MarkdownTable) -> Iterator[ReplyLine]:
    from cnn_shapes.formats import markdown

    options = fact.session.options._replace(tables=True)
    for line in markdown.fragment(fact.session.report, options).lines:
        # in one piece, however narrow the terminal is: it is to be copied
        yield ReplyLine(line, pieces=(line,))


def _explanation(fact: ExplanationText) -> Iterator[ReplyLine]:
    for line in fact.text.rstrip("\n").split("\n"):
        yield ReplyLine(by_layers(clean(line), fact.report))


def _help(fact: HelpPage) -> Iterator[ReplyLine]:
    return map(ReplyLine, help_lines(fact.topic, fact.width))


_WORDS: dict[type, Callable[[Any], Iterable[ReplyLine]]] = {
    ReplyLine: lambda line: (line._replace(text=told(line.text)),),
    InputGiven: _input,
    RoundedDown: _rounded_down,
    LayerGiven: _layer,
    ChainGiven: chain,
    NetworkGiven: _network,
    LaterLayers: _later_layers,
    NewWarnings: problems.new_warnings,
    ProblemFound: problems.problem,
    FixesOffered: problems.fixes,
    FixMade: problems.fix_made,
    NetworkTable: _table,
    TableRows: _table_rows,
    SpecText: _spec_text,
    CodeText: _code,
    MarkdownTable: _markdown,
    ExplanationText: _explanation,
    HelpPage: _help,
}
