"""A layer that was typed: its kind and fields, as one line of YAML and back in the short form."""

from __future__ import annotations

from typing import NamedTuple

from cnn_shapes.layers import KINDS
from cnn_shapes.layers.fields import ACTIVATIONS, NORMS
from cnn_shapes.prompt.language.vocabulary import COMMON, kind_of

_LETTERS = {"stride": "s", "padding": "p", "dilation": "d", "groups": "g"}


class Typed(NamedTuple):
    """A layer as it was typed. `fields` hold YAML texts under the spec's own names.

    `verbatim` is the line of a spec that was pasted whole; `input` are the sizes that came with a pasted
    first layer (Keras' `input_shape`).
    """

    kind: str
    fields: tuple[tuple[str, str], ...] = ()
    verbatim: str = ""
    input: str = ""

    @property
    def yaml(self) -> str:
        """The entry of a list of layers, without its dash."""
        if self.verbatim:
            return self.verbatim
        if not self.fields:
            return self.kind
        named = kind_of(self.kind)
        shorthand = KINDS[named[0]].shorthand if named else None
        if len(self.fields) == 1 and self.fields[0][0] == shorthand:
            return f"{self.kind}: {self.fields[0][1]}"
        ordered = sorted(self.fields, key=lambda field: _place(field[0], shorthand))
        return f"{self.kind}: {{{', '.join(f'{name}: {value}' for name, value in ordered)}}}"

    @property
    def short(self) -> str:
        """The layer in the short form, as it would be typed again."""
        if self.verbatim:
            return self.verbatim
        given = dict(self.fields)
        parts = [self.kind]
        layer = KINDS.get(self.kind)
        if layer is not None and layer.shorthand not in (None, "from", "into", "shape", "order"):
            positional = [layer.shorthand]
            if layer.shorthand == "filters":
                positional.append("kernel_size")
            for name in positional:
                value = given.get(name)
                if value is None or not _positional(value):
                    break
                parts.append(_sizes(given.pop(name)))
        for name, value in given.items():
            letter = _LETTERS.get(name)
            if letter and value.isdigit():
                parts.append(f"{letter}{value}")
            elif (name == "activation" and value in ACTIVATIONS) or (name == "norm" and value in NORMS[:-1]):
                parts.append(value)
            else:
                parts.append(f"{name}={_sizes(value)}")
        return " ".join(parts)


def _place(name: str, shorthand: str | None) -> int:
    """What a layer is comes first, what stands behind it and its name last; the rest as it was typed."""
    if name in (shorthand, "kernel_size"):
        return 0 if name == shorthand else 1
    return 4 if name in COMMON else 3 if name in ("norm", "activation") else 2


def _positional(value: str) -> bool:
    return value.replace(".", "", 1).isdigit() or _sizes(value) != value


def _sizes(value: str) -> str:
    """`[3, 5]` as `3x5`; anything else as it is."""
    inner = value[1:-1].split(",") if value[:1] == "[" and value[-1:] == "]" else []
    numbers = [part.strip() for part in inner]
    if len(numbers) > 1 and all(number.isdigit() for number in numbers):
        return "x".join(numbers)
    return value
