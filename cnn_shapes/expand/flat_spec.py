"""The flat spec: one layer a line, after blocks, repeats, branches, defaults, aliases and expressions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cnn_shapes.diagnostics import CHANNELS_LAST, in_layout
from cnn_shapes.expand.flat_layers import FlatLayer, flat_layers
from cnn_shapes.language.reading.common import RESERVED
from cnn_shapes.language.reading.wording import WRONG_INPUTS
from cnn_shapes.rules import READING, RULES
from cnn_shapes.shapes import EXACT
from cnn_shapes.source import shown_path
from cnn_shapes.source.flow_style import listed, quoted, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnn_shapes.checking import CheckResult
    from cnn_shapes.network import Group, Node

_UNWRITABLE = re.compile(r"[^\w-]+")


class Unexpandable(ValueError):
    """The spec cannot be read: its report says why; or, where its errors are silenced, the message."""


def expand(report: CheckResult) -> str:
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
    lines = flat_layers(network, spec.layout, rounding, spec.waives)
    results = {line.node: line.result for line in lines}
    for line in lines:
        line.shared = None if line.shares is None else results.get(line.shares, line.shares)
    last = lines[-1].result if lines else network.input
    outputs = [] if network.outputs == [last] else network.outputs
    names = _names(network.inputs, lines, outputs)
    head = [_comment(report)]
    if spec.name is not None:
        head.append(f"name: {quoted(spec.name)}")
    sizes = [listed(map(str, in_layout(node.output or (), spec.layout))) for node in network.inputs]
    if spec.inputs:
        named = [f"{word(node.name)}: {size}" for node, size in zip(network.inputs, sizes, strict=True)]
        sizes = [f"{{{', '.join(named)}}}"]
    head.append(f"input: {sizes[0]}")
    if spec.layout != CHANNELS_LAST:
        head.append(f"layout: {spec.layout}")
    if rounding != EXACT:
        head.append(f"rounding: {rounding}")
    if spec.budget is not None:
        limits = [f"{limit.name}: {limit.most}" for limit in spec.budget.limits]
        head.append(f"budget: {{{', '.join([*limits, f'dtype: {spec.budget.dtype}'])}}}")
    body = _body(lines, names, network.input, spec.layout)
    tail = [f"outputs: {listed(word(names[output]) for output in outputs)}"] if outputs else []
    return "\n".join([*head, "layers:", *(f"  - {line}" for line in body), *tail, ""])


def _comment(report: CheckResult) -> str:
    path = shown_path(report.source.path)
    tried = []
    if report.overrides.input is not None:
        tried.append(f"input {'x'.join(map(str, report.overrides.input))}")
    tried += [f"input {name} {'x'.join(map(str, sizes))}" for name, sizes in report.overrides.inputs]
    tried += [f"{name}={value}" for name, value in report.overrides.params]
    text = f"unfolded from {path}{' with ' if tried else ''}{', '.join(tried)}: one layer a line"
    return "# " + "".join(sign if sign.isprintable() else "?" for sign in text)


def _body(lines: list[FlatLayer], names: dict[Node, str], start: Node, layout: str) -> list[str]:
    body = []
    if start in names:
        # an entry whose `if` is false adds no layer, and its name means what is before it: the input
        body.append(f"identity: {{name: {word(names[start])}, if: false}}")
    elif not lines:
        body.append("identity: {if: false}")  # no layer at all is left, but a spec needs an entry
    last = start
    for line in lines:
        sources = [_source(source, last, start, names) for source in line.sources]
        if line.joined:  # inside of a residual or gate, `prev` is what goes in
            entering, joined = line.joined
            sources = [_source(entering, last, start, names), _source(joined, None, start, names)]
        name = names.get(line.result) if not line.parts else None
        others = [
            "" if other is None else _source(other, None, start, names) for other in (line.like, line.shared)
        ]
        parts = {part: word(names[part]) for part in line.parts}
        body.append(line.text(sources, name, parts, layout, others))
        last = line.result
    return body


def _source(source: Node, last: Node | None, start: Node, names: dict[Node, str]) -> str:
    if source is last:
        return "prev"
    return "input" if source is start else word(names[source])


def _names(inputs: Sequence[Node], lines: list[FlatLayer], outputs: list[Node]) -> dict[Node, str]:
    """A name for every node that is read from beyond the next line, is an output, or a part of a split.

    `start` gets one where it is an output: an output is named, and `input` is not a name.
    """
    needed = set(outputs)
    last = start = inputs[0]
    asked = start in needed
    for line in lines:
        inside = line.joined[1] if line.joined else None
        needed.update(source for source in line.sources if source is not last or source is inside)
        needed.update(line.parts)
        needed.update(other for other in (line.like, line.shared) if other is not None)
        last = line.result
    if not asked:
        needed.discard(start)
    names: dict[Node, str] = {node: node.name for node in inputs[1:]}
    needed.difference_update(names)
    taken = {*RESERVED, *_generated(lines, needed)}
    if names:
        taken |= {node.name for node in inputs}
    ends = _ends(lines)
    for node in (start, *(node for line in lines for node in (line.parts or [line.result]))):
        if node not in needed:
            continue
        wanted = name = _UNWRITABLE.sub("-", _path(node, ends)) or "-"
        count = 1
        while name in taken:
            count += 1
            name = f"{wanted}-{count}"
        taken.add(name)
        names[node] = name
    return names


def _generated(lines: list[FlatLayer], needed: set[Node]) -> set[str]:
    """The names that a report will make up for the lines that get none."""
    counts: dict[str, int] = {}
    made = set()
    for line in lines:
        kind = line.form if line.joined else line.kind
        counts[kind] = counts.get(kind, 0) + 1
        if line.result not in needed:
            made.add(f"{kind}{counts[kind]}")
    return made


def _ends(lines: list[FlatLayer]) -> dict[Group, Node]:
    """The last node of each group: it may be called what the group is called."""
    ends: dict[Group, Node] = {}
    for line in lines:
        group = line.result.group
        while group is not None:
            ends[group] = line.result
            group = group.parent
    return ends


def _path(node: Node, ends: dict[Group, Node]) -> str:
    """`stage2.repeat1.0.conv1`; of the last layer of a block the block's name, of a split's part its own."""
    group = node.group
    if group is not None and group.is_split:
        part = node.name.rpartition(".")[2]
        return f"{group.parent.name}.{part}" if group.parent else part
    name = (node.owner or node).name
    while group is not None and ends[group] is node:
        name, group = group.name, group.parent
    return name
