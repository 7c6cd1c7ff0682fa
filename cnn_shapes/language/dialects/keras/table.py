"""All of Keras that the language can say: its layers by class, and its operations by theirs.

What is not here is refused by its name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cnn_shapes.language.dialects.keras import operations, plain_layers, sequences, windows
from cnn_shapes.language.dialects.keras.call import MOST_AXES, KerasCall, SaidLayer, Unsayable, Variable
from cnn_shapes.language.dialects.keras.windows import Reader

LAYERS: Mapping[str, Reader] = {**windows.ROWS, **plain_layers.ROWS, **sequences.ROWS}
OPERATIONS: Mapping[str, Reader] = operations.ROWS


def said_layers(call: KerasCall, is_layer: bool) -> list[SaidLayer]:
    """The layers that a call is, one after the other; none where it gives its input. Raises Unsayable."""
    reader = (LAYERS if is_layer else OPERATIONS).get(call.class_name)
    if reader is None:
        raise Unsayable("it has no such layer")
    if not call.inputs:
        raise Unsayable("no tensor goes into it")
    if not is_layer and call.class_name not in operations.WITH_NUMBERS and any(_variables(call.arguments)):
        raise Unsayable("a variable or a constant goes into it")
    for sizes in call.inputs:
        if not sizes:
            raise Unsayable("a tensor of the batch alone")
        if len(sizes) > MOST_AXES:
            raise Unsayable(f"{len(sizes)} axes beside the batch: the language has {MOST_AXES}")
    try:
        return reader(call)
    except (KeyError, IndexError, ValueError, TypeError, AttributeError, ZeroDivisionError):
        raise Unsayable("its settings are of a form that is not known") from None


def _variables(value: Any) -> Iterator[bool]:
    """Whether each of the arguments is a variable or a constant."""
    if isinstance(value, Variable):
        yield True
    elif type(value) is tuple:
        for one in value:
            yield from _variables(one)
