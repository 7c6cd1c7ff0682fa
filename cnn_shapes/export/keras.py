"""Keras 3: a functional model, with the output's shape beside each layer.

Tensors are channels last, as Keras has them by default, whatever the layout of the spec.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnn_shapes.diagnostics import CHANNELS_LAST, format_shape
from cnn_shapes.export.bodies import statements, tree
from cnn_shapes.export.code import Unexportable, docstring, literal, render, slots, wrapped
from cnn_shapes.export.keras_layers import TABLE, last
from cnn_shapes.export.naming import identifier, printable, title_of
from cnn_shapes.export.variables import Variables

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult

_INSIDE = " " * 4
_MAIN = """

if __name__ == "__main__":
    model = build()
    outputs = model({zeros})
    print(f"{{model.count_params():,}} parameters, with running statistics")
    for output in outputs if isinstance(outputs, (list, tuple)) else [outputs]:
        print(tuple(output.shape))
"""


def write(report: CheckResult) -> str:
    """The file as text. Raises Unexportable where Keras has no such layer."""
    traced = report.trace
    assert traced is not None
    network = traced.network
    title = printable(title_of(report))
    body = statements(tree(network, ()), TABLE.write)
    named = [identifier(node.name) for node in network.inputs] if len(network.inputs) > 1 else ["inputs"]
    variables = Variables(body, network.inputs, network.outputs, named)
    lines = []
    for statement in body:
        if statement.shares is not None:
            name = statement.targets[0].name
            raise Unexportable(f"{name}: the Keras export writes no shared weights")
        texts = [None if slot.is_default else literal(slot.value) for slot in slots(statement.called)]
        sources = [variables[source] for source in statement.sources]
        called = render(statement.called, iter(texts), sources, "")
        targets = ", ".join(variables[target] for target in statement.targets)
        comment = dict.fromkeys(format_shape(target.output, CHANNELS_LAST) for target in statement.targets)
        lines.append(wrapped(f"{_INSIDE}{targets} = {called}", ", ".join(comment)))
    shapes = [format_shape(node.output, CHANNELS_LAST) for node in (*network.inputs, *network.outputs)]
    count = len(network.inputs)
    what = f"{' and '.join(shapes[:count])} to {' and '.join(shapes[count:])}"
    sizes = [last(node.output or ()) for node in network.inputs]
    given = [variables[node] for node in network.inputs]
    taken = f"[{', '.join(given)}]" if count > 1 else given[0]
    returned = ", ".join(variables[node] for node in network.outputs)
    results = f"[{returned}]" if len(network.outputs) > 1 else returned
    text = [
        docstring(f"{title}: {what}. Written by cnn-shapes."),
        "",
        "import keras",
        f"from keras import layers{', ops' if any('ops.' in line for line in lines) else ''}",
        "",
        "",
        "def build():",
        *(f"{_INSIDE}{name} = keras.Input({literal(size)})" for name, size in zip(given, sizes, strict=True)),
        *lines,
        wrapped(f"{_INSIDE}return keras.Model({taken}, {results})"),
        "",
    ]
    zeros = [f"keras.ops.zeros({literal((1, *size))})" for size in sizes]
    return "\n".join(text) + _MAIN.format(zeros=f"[{', '.join(zeros)}]" if count > 1 else zeros[0])
