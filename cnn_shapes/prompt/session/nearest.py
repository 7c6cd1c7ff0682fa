"""The nearest value of a number of a wrong layer with which it works: `kernel 6 gives 10`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from cnn_shapes.layers import KINDS
from cnn_shapes.prompt.language.typed_layer import TypedLayer
from cnn_shapes.prompt.language.vocabulary import kind_of
from cnn_shapes.prompt.session.look_ahead import LookAhead
from cnn_shapes.shapes import (
    BAD_PADDING,
    GROUPS_NOT_DIVISIBLE,
    POOL_NOT_DIVISIBLE,
    SIZE_NOT_WHOLE,
    WINDOW_TOO_LARGE,
    Shape,
)

# how far from the number that was typed; the others, up to twice that number
_FARTHEST = {"stride": 3, "padding": 8, "filters": 8}
_FARTHEST_POOL = 3
_MOST_TRIED = 128  # values of a field, at every key
# a kernel, pool or dilation of 1 is none
_LEAST = {"padding": 0, "stride": 1, "groups": 1, "filters": 1}


class WorkingValue(NamedTuple):
    """A field, as a person calls it, with a value that works, and what then comes out."""

    field: str
    value: int
    output: Shape


# by the rule that is broken, the fields that may mend it, the likeliest first, with what a person calls them
_FIELDS: dict[str, tuple[tuple[str, str], ...]] = {
    SIZE_NOT_WHOLE: (("kernel_size", "kernel"), ("stride", "stride"), ("padding", "padding")),
    POOL_NOT_DIVISIBLE: (("kernel_size", "pool"),),
    WINDOW_TOO_LARGE: (("dilation", "dilation"), ("kernel_size", "kernel")),
    GROUPS_NOT_DIVISIBLE: (("groups", "groups"), ("filters", "filters")),
    BAD_PADDING: (("padding", "padding"),),
}


def nearest(prepared: LookAhead, typed: Sequence[TypedLayer], rule: str) -> WorkingValue | None:
    """The nearest value that mends the last of the layers that were typed; None where no number does."""
    *before, last = typed
    for name, called in _FIELDS.get(rule, ()):
        for value in islice(_values(last, name, rule), _MOST_TRIED):
            fields = (*(field for field in last.fields if field[0] != name), (name, str(value)))
            found = prepared.glimpse((*before, last._replace(fields=fields)), ())
            if not found.findings and found.nodes and (output := found.nodes[-1].output) is not None:
                return WorkingValue(called, value, output)
    return None


def _values(layer: TypedLayer, name: str, rule: str) -> Iterator[int]:
    """Values from the one that was typed, or the default, upwards and downwards in turn."""
    kind = kind_of(layer.kind)
    field = KINDS[kind[0]].fields.get(name) if kind is not None and not layer.verbatim else None
    if field is None:
        return
    typed = dict(layer.fields).get(name)
    least = _LEAST.get(name, 2)
    default = None if field.required else field.initial(2)
    start = int(typed) if typed is not None and typed.isdigit() and len(typed) < 6 else default
    if type(start) is not int or (typed is not None and not typed.isdigit()):
        return
    farthest = _FARTHEST.get(name, start)
    if rule == POOL_NOT_DIVISIBLE:  # one far away pools another network
        farthest = _FARTHEST_POOL
    for distance in range(1, farthest + 1):
        yield start + distance
        if start - distance >= least:
            yield start - distance
