"""The explanation of a key, name or word of the language that no layer kind has: `expect`, `prev`, `half`."""

from __future__ import annotations

from typing import Any

from cnn_shapes.language.expressions.functions import FUNCTIONS, INCOMING
from cnn_shapes.language.reading.common import RESERVED
from cnn_shapes.layers.structure import STRUCTURES
from cnn_shapes.schema import BLOCK_KEYS, CALL_KEYS, ENTRY_KEYS, SHARE_KEY, TOP_KEYS
from cnn_shapes.shapes import CEIL, EXACT, FLOOR

WORDS = {
    "padding": {
        "valid": "no padding",
        "half": "(extent - 1)//2 at both ends: with an odd extent and stride 1 a size stays as it is",
        "same": "TensorFlow's: the output is ceil(size/stride), the odd pixel of padding at the end",
    },
    "rounding": {
        EXACT: "a size that does not come out whole is an error",
        FLOOR: "a size is rounded down, as PyTorch and Keras do",
        CEIL: "a size is rounded up, as PyTorch's ceil_mode does; for pools and upsample",
    },
}
# words that a field takes at some places only
_WORDS_OF_SOME = {
    "padding of [length, channels]": {
        "causal": "extent - 1 at the beginning: nothing that comes after is seen; ceil(size/stride) comes out"
    },
    "norm": {
        "group": "a groupnorm after the layer, of norm_groups groups",
        "rms": "an rmsnorm after the layer",
    },
    "activation": {"linear": "none, as Keras calls it"},
    "mode of pad": {
        "zeros": "zeros around the feature map",
        "reflect": "its own values mirrored, without the outermost; less than its size",
        "replicate": "its outermost values again and again",
        "circular": "its values from the other end; at most its size",
    },
}


def key(name: str) -> dict[str, Any] | None:
    """What a name means at each place where it may be; None where it may be nowhere."""
    places = [{"of": place, "text": texts[name]} for place, texts in _places().items() if name in texts]
    return {"type": "key", "name": name, "places": places} if places else None


def names() -> list[str]:
    return [name for texts in _places().values() for name in texts]


def _places() -> dict[str, dict[str, str]]:
    """By where keys may be, what each means."""
    return {
        "every layer, structure and block call": ENTRY_KEYS,
        "a layer that has weights, and a block call": SHARE_KEY,
        "a block call": CALL_KEYS,
        "the top of a spec": TOP_KEYS,
        "a block": BLOCK_KEYS,
        **{kind: {**declared.lists, **declared.values} for kind, declared in STRUCTURES.items()},
        "from": RESERVED,
        **WORDS,
        **_WORDS_OF_SOME,
        "an expression in a block": {
            name: f"the {axis} of the block's first input" for name, axis in INCOMING.items()
        },
        "an expression outside of blocks": {
            name: f"the {axis} of the file's input" for name, axis in INCOMING.items()
        },
        "an expression in a custom layer": {
            name: f"the {axis} that comes into it" for name, axis in INCOMING.items()
        },
        "an expression in a repeat": {"i": "the number of the pass, from 0"},
        "an expression": {name: function.doc for name, function in FUNCTIONS.items()},
    }


def text(found: dict[str, Any]) -> str:
    return "\n".join(f"{found['name']}: {place['text']}\n  of: {place['of']}\n" for place in found["places"])
