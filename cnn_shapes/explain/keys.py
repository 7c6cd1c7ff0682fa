"""The explanation of a key or name of the language that no layer kind has: `expect`, `blocks`, `prev`."""

from __future__ import annotations

from typing import Any

from cnn_shapes.layers.structure import STRUCTURES
from cnn_shapes.schema import BLOCK_KEYS, ENTRY_KEYS, TOP_KEYS
from cnn_shapes.spec.common import RESERVED


def key(name: str) -> dict[str, Any] | None:
    """What a name means at each place where it may stand; None where it may stand nowhere."""
    places = [{"of": place, "text": texts[name]} for place, texts in _places().items() if name in texts]
    return {"type": "key", "name": name, "places": places} if places else None


def names() -> list[str]:
    return [name for texts in _places().values() for name in texts]


def _places() -> dict[str, dict[str, str]]:
    """By where keys may stand, what each means."""
    return {
        "every layer, structure and block call": ENTRY_KEYS,
        "the top of a spec": TOP_KEYS,
        "a block": BLOCK_KEYS,
        **{kind: {**declared.lists, **declared.values} for kind, declared in STRUCTURES.items()},
        "from": RESERVED,
    }


def text(found: dict[str, Any]) -> str:
    return "\n".join(f"{found['name']}: {place['text']}\n  of: {place['of']}\n" for place in found["places"])
