"""Keras' activations: their names in configs, as functions and as operations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cnn_shapes.language.dialects.keras.call import Unsayable, meant, shown
from cnn_shapes.layers.fields import ACTIVATIONS

# what Keras calls otherwise than the language, without `_`
_OTHERWISE = {
    "swish": "silu",
    "hardsilu": "hardswish",
    "leakyrelu": "leaky_relu",
    "logsoftmax": "log_softmax",
    "sparseplus": "sparse_plus",
    "sparsesigmoid": "sparse_sigmoid",
    "softshrink": "softshrink",
}
_KINDS = {name.replace("_", ""): name for name in ACTIVATIONS} | _OTHERWISE
_ALONE = {"threshold": "threshold", "glu": "glu"}  # layers that no field can write
_NAMES = ("linear", *ACTIVATIONS, *(name for name in _OTHERWISE if name not in ACTIVATIONS))
_OF_RELU = {"max_value": None, "negative_slope": 0, "threshold": 0}


def activation_named(word: str) -> str | None:
    """The kind of an activation as a config or an operation names it; None for another word."""
    bare = word.replace("_", "").lower()
    return _KINDS.get(bare) or _ALONE.get(bare)


def activation_of(value: Any) -> str | None:
    """The kind of a setting that is an activation; None where it is linear. Raises Unsayable."""
    if value is None or value == "linear":
        return None
    if isinstance(value, Mapping):
        return _serialised(value)
    found = activation_named(value) if isinstance(value, str) else None
    if found is None:
        raise Unsayable(f"its activation is {meant(value, _NAMES)}")
    return found


def _serialised(value: Mapping[str, Any]) -> str | None:
    """A function or layer that is written as an object of its own."""
    name, config = value.get("class_name"), value.get("config")
    if name == "function" and isinstance(config, str):
        return activation_of(config)
    if name == "Activation" and isinstance(config, Mapping):
        return activation_of(config.get("activation"))
    if name == "ReLU" and isinstance(config, Mapping):
        return relu_of(config)
    found = activation_named(str(name)) if re.fullmatch(r"\w+", str(name)) else None
    if found is None or found in ("prelu", "softmax"):
        raise Unsayable(f"its activation is {shown(value)}")
    return found


def relu_of(config: Mapping[str, Any]) -> str:
    """The kind of a rectifier by its settings."""
    if config.get("max_value") == 6 and not config.get("negative_slope"):
        return "relu6"
    if config.get("max_value") is None and config.get("negative_slope"):
        return "leaky_relu"
    return "relu"
