"""All operations that the language can say, by the names of torch's functions.

What is not here is refused by its name.
"""

from __future__ import annotations

from cnn_shapes.importing.operations import (
    attention,
    axes,
    dense,
    joins,
    norms,
    pointwise,
    reductions,
    sizes,
    windows,
)
from cnn_shapes.importing.operations.operation import TorchOperation

OPERATIONS: dict[str, TorchOperation] = {
    name: row
    for family in (windows, dense, norms, pointwise, joins, axes, sizes, reductions, attention)
    for name, row in family.OPERATIONS.items()
}


def find(name: str) -> TorchOperation | None:
    """The row of a function: `add` of `add`, of `add_` in place, and of the operator `__add__`."""
    bare = name.strip("_")
    return OPERATIONS.get(name) or OPERATIONS.get(bare)
