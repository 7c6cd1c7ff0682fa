"""The explanation of one layer of a spec: its sizes drawn out, and where every figure comes from."""

from __future__ import annotations

from typing import Any

from cnn_shapes.checking import UNREADABLE_FILE, Report, check_path
from cnn_shapes.diagnostics import closest, format_shape, format_sizes, render
from cnn_shapes.discovery import shipped as zoo
from cnn_shapes.explain import arithmetic, windows
from cnn_shapes.explain.unknown import Unknown
from cnn_shapes.layers.conv import ConvTranspose
from cnn_shapes.layers.window import Sliding
from cnn_shapes.network import Node
from cnn_shapes.receptive_field import PIXEL
from cnn_shapes.shapes import AXIS_NAMES, Shape
from cnn_shapes.trace import Step, Trace


def data(path: str, name: str) -> dict[str, Any]:
    """The explanation of the layer, group or top-level entry `name` of the spec at `path` (or of the zoo)."""
    report = check_path(zoo.path(path) if path in zoo.names() else path)
    if report.trace is None:
        problem = report.diagnostics[0]
        message = problem.message(report.layout)
        raise Unknown(message if problem.rule == UNREADABLE_FILE else f"cannot read {path}: {message}")
    return of(report, name, path)


def of(report: Report, name: str, path: str) -> dict[str, Any]:
    """The explanation of a layer, group or top-level entry of a report that has a trace; `path` is shown."""
    assert report.trace is not None
    steps = _find(report.trace, name)
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


def _find(trace: Trace, name: str) -> list[Step]:
    """The steps that a name means: a layer with its norm and activation, a group, an entry, or all."""
    steps = trace.steps
    if not name:
        return steps
    found = [
        step
        for step in steps
        if step.node.name == name or (step.node.owner is not None and step.node.owner.name == name)
    ]
    found = found or [step for step in steps if step.node.name.startswith(f"{name}.")]
    if not found and name.isdigit():
        found = [step for step in steps if step.node.entry == int(name)]
    if found:
        return found
    near = closest(name, [step.node.name for step in steps])
    known = ", ".join(dict.fromkeys(step.node.name.partition(".")[0] for step in steps[:200]))
    raise Unknown(f"no layer is called {name}: " + (f"did you mean {near}?" if near else f"it has {known}"))


def _row(report: Report, step: Step) -> dict[str, Any]:
    node = step.node
    return {
        "name": node.name,
        "layer": node.layer.describe() if node.layer else node.kind,
        "output": format_shape(node.output, report.layout),
        "params": step.params,
    }


def _layer(report: Report, step: Step) -> dict[str, Any]:
    trace = report.trace
    assert trace is not None
    node = step.node
    found: dict[str, Any] = {
        "line": report.source.position(node.place.span.start)[0],
        "inputs": [
            {"name": source.name, "shape": format_shape(source.output, report.layout)}
            for source in node.inputs
        ],
        **_row(report, step),
        "kind": node.kind,
        "formula": "",
        "axes": [],
        "params_formula": "",
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
    inputs = [shape for shape in node.input_shapes if shape is not None and shape.known]
    if node.layer is None or len(inputs) < len(node.inputs):
        return found
    if node.error is None or node.error.floored is not None:
        found["formula"] = node.layer.formula(tuple(inputs), node.output)
        found["axes"] = _axes(node, inputs[0])
    elif node.error is not None:
        found["formula"] = render(str(node.error.facts.get("formula", "")), {})
    if step.params is not None:
        found["params_formula"] = arithmetic.parameters(node.layer, inputs[0])
    if step.macs and node.output is not None:
        found["macs_formula"] = arithmetic.macs(node.layer, inputs[0], node.output)
    if step.views is not None and node.error is None:
        source = node.inputs[0]
        before = trace.steps[source.index - 1].views if source.index else (PIXEL,) * inputs[0].rank
        found["receptive_field"] = list(trace.receptive_field(step))
        found["receptive_field_formula"] = arithmetic.receptive_field(node.layer, inputs[0], before)
    return found


def _axes(node: Node, x: Shape) -> list[dict[str, Any]]:
    """Each axis with its windows drawn; axes that are alike stand together."""
    layer, output = node.layer, node.output
    if not isinstance(layer, Sliding) or output is None or x.rank != output.rank:
        return []
    axes: dict[tuple[int, tuple[int, ...]], dict[str, Any]] = {}
    for name, size, out, window in zip(
        AXIS_NAMES[x.rank], x.sizes, output.sizes, layer.windows(x), strict=True
    ):
        key = (size, (window.kernel_size, window.stride, window.before, window.after, window.dilation))
        if key in axes:
            axes[key]["names"].append(name)
        elif isinstance(layer, ConvTranspose):
            axes[key] = {"names": [name], "reach": windows.reach(size, window, out), "outputs": out}
        else:
            drawing = windows.draw(size, window, out)
            axes[key] = {"names": [name], "drawing": drawing, "legend": windows.legend(drawing)}
    return list(axes.values())


def text(found: dict[str, Any]) -> str:
    """The explanation as text."""
    if found["type"] == "group":
        head = f"{found['name'] or found['path']}: {len(found['layers'])} layers"
        return f"{head}\n" + _rows(found["layers"])
    inputs = ", ".join(f"{source['shape']} from {source['name']}" for source in found["inputs"])
    lines = [
        f"{found['name']}: {found['layer']}  ({found['path']}, line {found['line']})",
        "",
        f"  input   {inputs}",
        f"  output  {found['output']}",
    ]
    lines += _size_lines(found)
    if found["params"] is not None:
        lines += ["", "parameters", f"  {_sum(found['params_formula'], found['params'])}"]
    if found["macs"]:
        lines += ["", "MACs (multiply-accumulates)", f"  {_sum(found['macs_formula'], found['macs'])}"]
    if found["receptive_field"]:
        field = found["receptive_field"]
        shown = f"{format_sizes(field)} input pixels"
        if found["receptive_field_formula"]:
            shown = f"{found['receptive_field_formula']} = {field[0]}: an output sees {shown}"
        lines += ["", "receptive field", f"  {shown}"]
    for problem in found["problems"]:
        lines += ["", f"{problem['severity']}[{problem['rule']}]: {problem['message']}"]
    if found["then"]:
        lines += ["", "then, written on the same layer", _rows(found["then"]).rstrip("\n")]
    return "\n".join(lines) + "\n"


def _size_lines(found: dict[str, Any]) -> list[str]:
    lines = ["", "size", f"  {found['formula']}"] if found["formula"] else []
    for axis in found["axes"]:
        lines += ["", f"windows along {' and '.join(axis['names'])}"]
        if "drawing" in axis:
            lines += [f"  {line}".rstrip() for line in axis["drawing"]]
            if axis["legend"]:
                lines.append(f"  ({axis['legend']})")
        else:
            more = " ..." if axis["outputs"] > len(axis["reach"]) else ""
            lines.append(f"  inputs that reach each output: {' '.join(map(str, axis['reach']))}{more}")
    return lines


def _sum(formula: str, total: int) -> str:
    return f"{formula} = {total:,}" if formula else f"{total:,}"


def _rows(rows: list[dict[str, Any]]) -> str:
    cells = [
        (row["name"], row["layer"], row["output"], "" if row["params"] is None else f"{row['params']:,}")
        for row in rows
    ]
    widths = [max(len(row[column]) for row in cells) for column in range(4)]
    return "".join(
        f"  {name.ljust(widths[0])}  {layer.ljust(widths[1])}  {output.ljust(widths[2])}  "
        f"{params.rjust(widths[3])}\n"
        for name, layer, output, params in cells
    )
