"""The texts of layers' fields, and those of them that are shorter said once, under `defaults`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from cnn_shapes.importing.folding.items import PatternNode
from cnn_shapes.importing.folding.leaves import HALF, INTO
from cnn_shapes.importing.folding.solving import literal
from cnn_shapes.layers import KINDS, WORDS
from cnn_shapes.layers.base import Layer

ANY = "*"  # a padding of one tap: there is none by whatever word
NONE_OR_HALF = "0|half"  # of two taps: none, and half of one zero rounded down
_SAID_ONCE = ("kernel_size", "stride", "padding", "bias", "norm", "activation", "rounding")
_WHERE_ALL = ("kernel_size", "stride", "rounding")  # these only where no layer lacks them
_POINT = "kernel_size"
_FLOOR = "floor"  # that of the file
_FEWEST = 2  # layers that have a value that is said once


def defaults_of(patterns: Iterable[list[PatternNode]]) -> dict[str, dict[str, str]]:
    """The fields of each kind that more of its layers have than lack, with their texts."""
    layers: dict[str, list[dict[str, str]]] = {}
    for nodes in patterns:
        for node in (one for top in nodes for one in top.everything()):
            kind = KINDS.get(node.kind)
            if kind is not None and (kind.is_pool or "norm" in kind.fields):
                layers.setdefault(node.kind, []).append(layer_texts(node))
    chosen: dict[str, dict[str, str]] = {}
    for name in KINDS:
        fields = _said_once(KINDS[name], layers.get(name, []))
        if KINDS[name].is_convolution and any(
            texts.get(_POINT, "1") == "1" for texts in layers.get(name, [])
        ):
            fields = {_POINT: "1", **fields}  # what is left to the language would be asked about
        if fields:
            chosen[name] = fields
    return chosen


def _said_once(kind: type[Layer], layers: list[dict[str, str]]) -> dict[str, str]:
    chosen = {}
    for field in _SAID_ONCE:
        if field not in kind.fields:
            continue
        plain = plain_text(kind, field)
        counts = Counter(texts.get(field, plain) for texts in layers)
        without = counts.pop(plain, 0)
        for either in (ANY, NONE_OR_HALF):
            counts.pop(either, 0)
        counts = Counter({text: count for text, count in counts.items() if _is_constant(text)})
        if not counts:
            continue
        text, count = counts.most_common(1)[0]
        if count >= _FEWEST and count > without and not (field in _WHERE_ALL and without):
            chosen[field] = text
    return chosen


def _is_constant(text: str) -> bool:
    return text in WORDS or re.fullmatch(r"[\d.]+|true|false|\[[\d, ]+\]", text) is not None


def plain_text(kind: type[Layer], field: str) -> str:
    """What a field says that is not written."""
    if field == "rounding":
        return _FLOOR
    if field in ("norm", "activation"):
        return "none"
    if field == "padding":
        return "0"
    default = kind.fields[field].default if field in kind.fields else None
    return literal(default) if default is not None else ""


def layer_texts(node: PatternNode) -> dict[str, str]:
    """The texts of a layer's fields; of a padding that may be called either way, which words it has."""
    texts = {name: text for name, text in node.texts.items() if not name.startswith(INTO)}
    texts |= {name: literal(value) for name, value in node.fixed.items()}
    if texts.get("padding") == HALF:
        texts["padding"] = _half(texts)
    return texts


def _half(texts: Mapping[str, str]) -> str:
    kernel = texts.get("kernel_size", "1")
    if kernel == "1":
        return ANY
    return NONE_OR_HALF if kernel == "2" and "dilation" not in texts else HALF
