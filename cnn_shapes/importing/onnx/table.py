"""All operations of ONNX that the language can say. What is not here is refused by its name."""

from __future__ import annotations

from cnn_shapes.importing.onnx import axes, dense, joins, pointwise, sizes, windows
from cnn_shapes.importing.onnx.node_reader import NodeOperation

OPERATIONS: dict[str, NodeOperation] = {
    name: read
    for family in (windows, dense, pointwise, joins, axes, sizes)
    for name, read in family.OPERATIONS.items()
}
