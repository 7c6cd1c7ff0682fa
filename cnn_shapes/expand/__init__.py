"""The flat spec: one layer a line, after blocks, repeats, branches, defaults, aliases and expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnn_shapes.diagnostics import CHANNELS_LAST, in_layout
from cnn_shapes.expand.line import Line
from cnn_shapes.expand.lines import lines_of
from cnn_shapes.expand.names import names_for
from cnn_shapes.expand.values import flow, listed, quoted, word
from cnn_shapes.language.reading.wording import WRONG_INPUTS
from cnn_shapes.rules import READING, RULES
from cnn_shapes.shapes import EXACT
from cnn_shapes.source import shown_path

if TYPE_CHECKING:
    from cnn_shapes.checking import Report
    from cnn_shapes.network import Node


class Unexpandable(ValueError):
    """The spec cannot be read: its report says why; or, where its errors are silenced, the message."""


def expand(report: Report) -> str:
    """The flat spec of a checked one, itself a valid spec with the same layers in the same order.

    Every layer keeps its output shape, parameters, MACs and receptive field; a spec with errors of shape
    keeps those too. Raises `Unexpandable` where the spec has errors of reading, or a silenced wrong number
    of inputs.
    """
    reading = RULES.of(READING)
    spec, trace = report.spec, report.trace
    if spec is None or trace is None or any(found.rule in reading for found in report.errors):
        raise Unexpandable(report.source.path)
    for one in report.silenced:
        if report.ok and one.rule == WRONG_INPUTS:  # no flat layer can have what is wrong about it
            raise Unexpandable(str(one))
    network = trace.network
    rounding = report.overrides.rounding or spec.rounding
    lines = lines_of(network, spec.layout, rounding, spec.waives)
    last = lines[-1].result if lines else network.input
    outputs = [] if network.outputs == [last] else network.outputs
    names = names_for(network.input, lines, outputs)
    head = [_comment(report)]
    if spec.name is not None:
        head.append(f"name: {quoted(spec.name)}")
    head.append(f"input: {listed(map(str, in_layout(network.input.output or (), spec.layout)))}")
    if spec.layout != CHANNELS_LAST:
        head.append(f"layout: {spec.layout}")
    if rounding != EXACT:
        head.append(f"rounding: {rounding}")
    body = _body(lines, names, network.input, spec.layout)
    tail = [f"outputs: {listed(word(names[output]) for output in outputs)}"] if outputs else []
    return "\n".join([*head, "layers:", *(f"  - {line}" for line in body), *tail, ""])


def _comment(report: Report) -> str:
    path = shown_path(report.source.path)
    tried = []
    if report.overrides.input is not None:
        tried.append(f"input {'x'.join(map(str, report.overrides.input))}")
    tried += [f"{name}={value}" for name, value in report.overrides.params]
    text = f"unfolded from {path}{' with ' if tried else ''}{', '.join(tried)}: one layer a line"
    return "# " + "".join(sign if sign.isprintable() else "?" for sign in text)


def _body(lines: list[Line], names: dict[Node, str], start: Node, layout: str) -> list[str]:
    body = []
    if start in names:
        # an entry whose `if` is false adds no layer, and its name means what stands before it: the input
        body.append(f"identity: {{name: {word(names[start])}, if: false}}")
    elif not lines:
        body.append("identity: {if: false}")  # no layer at all is left, but a spec needs an entry
    last = start
    for line in lines:
        sources = [_source(source, last, start, names) for source in line.sources]
        if line.ways:  # inside of a residual or gate, `prev` is what goes in
            entering, joined = line.ways
            sources = [_source(entering, last, start, names), _source(joined, None, start, names)]
        name = names.get(line.result) if not line.parts else None
        body.append(flow(line, sources, name, {part: word(names[part]) for part in line.parts}, layout))
        last = line.result
    return body


def _source(source: Node, last: Node | None, start: Node, names: dict[Node, str]) -> str:
    if source is last:
        return "prev"
    return "input" if source is start else word(names[source])
