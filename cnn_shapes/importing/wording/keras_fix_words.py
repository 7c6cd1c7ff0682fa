"""A fix of the flat spec in words of Keras, whose padding is a word: what one can write in a model's code."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cnn_shapes.importing.traced_model import TracedLayer
from cnn_shapes.importing.wording.fix_words import change, once, with_parts
from cnn_shapes.layers import KINDS
from cnn_shapes.source import Edit

_INSERTED = {
    "insert flatten before": "insert Flatten() before",
    "insert global_avgpool before": "insert GlobalAveragePooling{rank}D() before",
    "insert global_maxpool before": "insert GlobalMaxPooling{rank}D() before",
}
_SAME = "same"
_HALF = "half"
_NO_FIELDS = ("rounding",)
_NUMBER = re.compile(r"(?<=padding: )(?:\d+|half)|^(?:\d+|half)$")


def in_keras(title: str, layers: Mapping[str, TracedLayer], rank: int) -> str | None:
    """A title in the framework's words; None where Keras has no argument for it.

    `layers` are by their names; `rank` is how many spatial axes the input has.
    """
    for ours, theirs in _INSERTED.items():
        title = title.replace(ours, theirs.format(rank=rank))
    said = with_parts(title, layers, _part)
    return None if said is None else once(said)


def edit_in_keras(edit: Edit, text: str) -> Edit:
    """An edit of the spec `text` that writes a padding in a number, with the word that Keras has for it."""
    if "padding: " in edit.text or text[: edit.span.start].endswith("padding: "):
        return edit._replace(text=_NUMBER.sub(_SAME, edit.text))
    return edit


def _part(field: str, value: str, name: str, line: str, layers: Mapping[str, TracedLayer]) -> str | None:
    """One change of a field; None where there is no such argument or value."""
    layer = layers.get(name)
    if field in _NO_FIELDS:
        return None
    if field == "padding" and (value.startswith("[") or value == _HALF or value.isdigit()):
        if layer is None or not _is_same(layer, value):
            return None
        value = _SAME
    word = layer.written.get(field, field) if layer is not None else field
    return change(word, value, name, line, layer)


def _is_same(layer: TracedLayer, value: str) -> bool:
    """Whether a padding is that of `same`: half of an odd kernel where each place has a window."""
    kernel = layer.fields.get("kernel_size", 1)
    plain = isinstance(kernel, int) and kernel % 2 and not {"stride", "dilation"} & {*layer.fields}
    return bool(plain) and value in (str(kernel // 2), _HALF) and not KINDS[layer.kind].is_transposed
