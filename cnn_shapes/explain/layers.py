"""The explanation of one layer of a spec: its sizes drawn out, and where every figure comes from."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from cnn_shapes.checking import UNREADABLE_FILE, CheckResult, check_path
from cnn_shapes.diagnostics import closest, format_shape, format_sizes, render
from cnn_shapes.discovery import shipped as zoo
from cnn_shapes.explain import arithmetic, concepts, windows
from cnn_shapes.layers.base import Layer
from cnn_shapes.network import Node, numbered
from cnn_shapes.receptive_field import PIXEL
from cnn_shapes.shapes import AXIS_NAMES, Shape
from cnn_shapes.shown_text import cells, padded
from cnn_shapes.source import on_one_line
from cnn_shapes.trace import Step, Trace
from cnn_shapes.words import both, say, told

_NUMBER = re.compile(r"\d{1,7}\.\d{1,7}(-\d{1,7})?")


class Unknown(LookupError):
    """A name that means nothing, or a spec that cannot be read: `str` gives the message."""


def data(path: str, name: str, check: Callable[[str], CheckResult] = check_path) -> dict[str, Any]:
    """The explanation of the layer, group or top-level entry `name` of the spec at `path` (or of the zoo)."""
    report = check(zoo.path(path) if path in zoo.names() else path)
    if report.trace is None:
        problem = report.diagnostics[0]
        message = problem.message(report.layout)
        raise Unknown(message if problem.rule == UNREADABLE_FILE else f"cannot read {path}: {message}")
    return of(report, name, path)


def of(report: CheckResult, name: str, path: str) -> dict[str, Any]:
    """The explanation of a layer, group, top-level entry or input of a report that has a trace.

    A name is one that a report shows, or one that `from` takes. `path` is shown.
    """
    assert report.trace is not None
    network = report.trace.network
    named = network.input if name == "input" else network.names.get(name)
    if named is not None and named in network.inputs:
        return {"type": "layer", "path": path, **_layer(report, report.trace.step_of(named)), "then": []}
    steps = steps_of(report.trace, name)
    if len(steps) > 1 and any(step.node.owner is not steps[0].node for step in steps[1:]):
        return {
            "type": "group",
            "path": path,
            "name": name,
            "layers": [_row(report, step) for step in steps],
        }
    return {
        "type": "layer",
        "path": path,
        **_layer(report, steps[0]),
        "then": [_row(report, step) for step in steps[1:]],
    }


def steps_of(trace: Trace, name: str) -> list[Step]:
    """The steps that a name means: a layer with its norm and activation, a group, an entry, or all."""
    steps = trace.steps
    if not steps:
        raise Unknown("this network has no layer to explain")
    if not name:
        return steps
    found = [
        step
        for step in steps
        if step.node.name == name or (step.node.owner is not None and step.node.owner.name == name)
    ]
    found = found or [step for step in steps if step.node.name.startswith(f"{name}.")]
    found = found or [step for step in steps if str(step.node.entry) == name]
    if not found and _NUMBER.fullmatch(name):
        found = _of_numbers(trace, name)
    if not found and "..." in name:  # as messages shorten it
        head, _, tail = name.partition("...")
        found = [
            step for step in steps if step.node.name.startswith(head) and step.node.name.endswith(f".{tail}")
        ]
    if not found and name in trace.network.names:  # that of an `into`, or of a part
        named = trace.network.names[name]
        own = named.owner or named
        found = [step for step in steps if step.node is own or step.node.owner is own]
    if found:
        return found
    near = closest(name, [*trace.network.names, *(step.node.name for step in steps)])
    known = ", ".join(dict.fromkeys(step.node.name.partition(".")[0] for step in steps[:200]))
    raise Unknown(f"no layer is called {name}: " + (f"did you mean {near}?" if near else f"it has {known}"))


def _of_numbers(trace: Trace, name: str) -> list[Step]:
    """The layers that the table numbers so: `3.2`, or `3.2-5` for what is from 3.2 to 3.5. Raises Unknown."""
    numbers = numbered(trace.network.layers)
    first, _, end = name.partition("-")
    entry, _, place = first.partition(".")
    places = range(int(place), int(end or place) + 1)
    own = [number for number in numbers if number.partition(".")[0] == entry]
    wanted = [number for number in own if (at := number.partition(".")[2]) and int(at) in places]
    if not wanted:
        there = f"layer {entry} has {own[0]} to {own[-1]}" if len(own) > 1 else f"layer {entry} is one layer"
        raise Unknown(f"there is no layer {name}: " + (there if own else f"the last is {[*numbers][-1]}"))
    nodes = {node.index for number in wanted for node in numbers[number]}
    return [step for step in trace.steps if step.node.index in nodes]


def _row(report: CheckResult, step: Step) -> dict[str, Any]:
    node = step.node
    return {
        "name": node.name,
        "layer": node.layer.describe() if node.layer else node.kind,
        "output": format_shape(node.output, report.layout),
        "params": step.params,
    }


def _layer(report: CheckResult, step: Step) -> dict[str, Any]:
    node = step.node
    found = {
        "line": report.source.line_of(node.place.span.start),
        "inputs": [
            {"name": source.name, "shape": format_shape(source.output, report.layout)}
            for source in node.inputs
        ],
        **_row(report, step),
        "kind": node.kind,
        "formula": "",
        "axes": [],
        "params_formula": "",
        "shares": None if node.shares is None else node.shares.name,
        "macs": step.macs,
        "macs_formula": "",
        "receptive_field": None,
        "receptive_field_formula": "",
        "problems": [
            {"rule": problem.rule, "severity": problem.severity, "message": problem.message(report.layout)}
            for problem in report.diagnostics
            if problem.layer == node.name
        ],
    }
    inputs = tuple([shape for shape in node.input_shapes if shape is not None and shape.known])
    if node.layer is not None and len(inputs) == len(node.reads):
        found |= _sizes(node, node.layer, inputs)
        found |= _costs(step, node.layer, inputs)
        found |= _field(report, step, node.layer, inputs[0])
    return found


def _sizes(node: Node, layer: Layer, inputs: tuple[Shape, ...]) -> dict[str, Any]:
    """How the size comes about; of a layer that failed, what its error says of it."""
    if node.error is not None and node.error.floored is None:
        return {"formula": render(str(node.error.facts.get("formula", "")), {})}
    return {"formula": layer.formula(inputs, node.output), "axes": _axes(node, layer, inputs[0])}


def _costs(step: Step, layer: Layer, inputs: tuple[Shape, ...]) -> dict[str, str]:
    found = {}
    if step.params is not None and step.node.shares is None:
        found["params_formula"] = arithmetic.parameters(layer, inputs)
    if step.macs and step.node.output is not None:
        found["macs_formula"] = arithmetic.macs(layer, inputs, step.node.output)
    return found


def _field(report: CheckResult, step: Step, layer: Layer, x: Shape) -> dict[str, Any]:
    """The receptive field, and how it follows from that of the input."""
    trace, node = report.trace, step.node
    if trace is None or step.views is None or node.error is not None:
        return {}
    source = node.inputs[0]
    before = trace.views[source.index] if source.inputs else (PIXEL,) * x.rank
    return {
        "receptive_field": list(trace.receptive_field(step)),
        "receptive_field_formula": arithmetic.receptive_field(layer, x, before),
    }


def _axes(node: Node, layer: Layer, x: Shape) -> list[dict[str, Any]]:
    """Each axis with its windows drawn; axes that are alike are one."""
    output = node.output
    if not layer.has_windows or output is None or x.rank != output.rank:
        return []
    axes: dict[tuple[int, tuple[int, ...]], dict[str, Any]] = {}
    columns = zip(AXIS_NAMES[x.rank], x.sizes, output.sizes, layer.windows(x), strict=True)
    for name, size, out, window in columns:
        key = (size, (window.kernel_size, window.stride, window.before, window.after, window.dilation))
        if key in axes:
            axes[key]["names"].append(name)
        elif layer.is_transposed:
            axes[key] = {"names": [name], "reach": windows.reach(size, window, out), "outputs": out}
        else:
            drawing = windows.draw(size, window, out)
            axes[key] = {"names": [name], "drawing": drawing, "legend": windows.legend(drawing)}
    return list(axes.values())


def text(found: dict[str, Any]) -> str:
    """The explanation as text."""
    return "".join(f"{line}\n" for line in lines_of(found))


def lines_of(found: dict[str, Any]) -> list[str]:
    """The explanation line by line."""
    lines = _group_lines(found) if found["type"] == "group" else _layer_lines(found)
    return [on_one_line(line) for line in lines]


def _group_lines(found: dict[str, Any]) -> list[str]:
    head = say("{name}: {layers}", name=found["name"] or found["path"], layers=_count(len(found["layers"])))
    return [head, *_rows(found["layers"])]


def _count(layers: int) -> str:
    return say("{count} layers", count=layers)


def _layer_lines(found: dict[str, Any]) -> list[str]:
    lines = [*head_lines(found), *size_lines(found), *_cost_lines(found)]
    for problem in found["problems"]:
        lines += ["", f"{say(problem['severity'])}[{problem['rule']}]: {told(problem['message'])}"]
        concept = concepts.concept_of_rule(problem["rule"])
        lines += [f"  {line}" for line in concepts.lines_of(concept)] if concept is not None else []
    if found["then"]:
        lines += ["", say("then, written on the same layer"), *_rows(found["then"])]
    return lines


def head_lines(found: dict[str, Any]) -> list[str]:
    """What the layer is, what comes into it and what comes out."""
    inputs = ", ".join(
        say("{shape} from {name}", shape=source["shape"], name=source["name"]) for source in found["inputs"]
    )
    place = say("{path}, line {line}", path=found["path"], line=found["line"])
    width = max(cells(say("input")), cells(say("output")))
    return [
        f"{found['name']}: {told(found['layer'])}  ({place})",
        "",
        *([f"  {padded(say('input'), width)}  {inputs}"] if inputs else []),
        f"  {padded(say('output'), width)}  {found['output']}",
    ]


def size_lines(found: dict[str, Any]) -> list[str]:
    """The formula of the size with its numbers, and the windows along each axis."""
    lines = ["", say("size"), f"  {found['formula']}"] if found["formula"] else []
    for axis in found["axes"]:
        lines += ["", say("windows along {axes}", axes=both(say(name) for name in axis["names"]))]
        if "drawing" in axis:
            lines += [f"  {told(line)}".rstrip() for line in axis["drawing"]]
            if axis["legend"]:
                lines.append(f"  ({told(axis['legend'])})")
        else:
            more = " ..." if axis["outputs"] > len(axis["reach"]) else ""
            reach = f"{' '.join(map(str, axis['reach']))}{more}"
            lines.append(f"  {say('inputs that reach each output: {reach}', reach=reach)}")
    return lines


def _cost_lines(found: dict[str, Any]) -> list[str]:
    lines = []
    if found["shares"] is not None:
        those = say("those of {name}, counted there", name=found["shares"])
        lines += ["", say("parameters"), f"  {those}"]
    elif found["params"] is not None:
        lines += ["", say("parameters"), f"  {_sum(found['params_formula'], found['params'])}"]
    if found["macs"]:
        lines += ["", say("MACs (multiply-accumulates)"), f"  {_sum(found['macs_formula'], found['macs'])}"]
    if found["receptive_field"]:
        field = found["receptive_field"]
        text = "{field} input pixels"
        if found["receptive_field_formula"]:
            text = "{formula} = {first}: an output sees {field} input pixels"
        formula = found["receptive_field_formula"]
        seen = say(text, field=format_sizes(field), formula=formula, first=field[0])
        lines += ["", say("receptive field"), f"  {seen}"]
    return lines


def _sum(formula: str, total: int) -> str:
    return f"{formula} = {total:,}" if formula else f"{total:,}"


def _rows(rows: list[dict[str, Any]]) -> list[str]:
    texts = [
        (row["name"], row["layer"], row["output"], "" if row["params"] is None else f"{row['params']:,}")
        for row in rows
    ]
    widths = [max(len(row[column]) for row in texts) for column in range(4)]
    return [
        f"  {name.ljust(widths[0])}  {layer.ljust(widths[1])}  {output.ljust(widths[2])}  "
        f"{params.rjust(widths[3])}"
        for name, layer, output, params in texts
    ]
