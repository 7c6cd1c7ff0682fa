"""The layers of a framework as a total table: what it does not know is refused by name, never guessed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from cnn_shapes.export.code import LayerCode, Unexportable

if TYPE_CHECKING:
    from cnn_shapes.network import Node
    from cnn_shapes.shapes import Shape

KindWriter = Callable[["Node", Any, "Shape", "Shape"], LayerCode]
# what no code needs to say, and why
SILENT = {
    "norm": "it is a layer of its own",
    "norm_groups": "it is said by the norm",
    "activation": "it is a layer of its own",
    "in_channels": "it is an assertion, and holds",
    "in_features": "it is an assertion, and holds",
    "num_parameters": "it is an assertion, and holds",
}


# why no framework has a custom layer
STATED = "layer: the spec states its shape, not what it computes"


class LayerRow(NamedTuple):
    """How one kind is written: out of the node, its layer, its first input's shape and its output's.

    `fields` are those of the kind that the code says. `silent` are those that it need not say beside SILENT,
    each with the reason.
    """

    write: KindWriter
    fields: tuple[str, ...] = ()
    silent: Mapping[str, str] = {}


def turns(shape: Shape) -> bool:
    """Whether the elements of a shape have another order with the channels first than with them last."""
    return shape.channels > 1 and shape.elements > shape.channels


def refused(framework: str, node: Node, why: str = "") -> Unexportable:
    """The framework lacks what a layer needs."""
    return Unexportable(f"{node.name}: {framework} has no {node.kind}{why and ' '}{why}")


class LayerTable:
    """Every kind of layer in one framework; `refused` are those that it lacks, each with what to add."""

    def __init__(self, framework: str, rows: Mapping[str, LayerRow], refused: Mapping[str, str] = {}) -> None:
        self.framework, self.rows, self.refused = framework, rows, refused

    def refusal(self, node: Node, why: str = "") -> Unexportable:
        """The framework lacks what a layer needs."""
        return refused(self.framework, node, why)

    def write(self, node: Node) -> LayerCode:
        """The code of one layer. Raises Unexportable where the framework or the table has no such layer."""
        layer: Any = node.layer
        if node.kind in self.refused:
            raise self.refusal(node, self.refused[node.kind])
        row = self.rows.get(node.kind)
        if row is None:
            raise Unexportable(f"{node.name}: the {self.framework} export does not know the kind {node.kind}")
        declared = layer.split.fields if layer.is_part else layer.fields
        for name in declared:
            if name not in row.fields and name not in row.silent and name not in SILENT:
                raise Unexportable(
                    f"{node.name}: the {self.framework} export does not know the field {name} of {node.kind}"
                )
        shapes = [shape for shape in node.input_shapes if shape is not None]
        assert node.output is not None
        return row.write(node, layer, shapes[0], node.output)
