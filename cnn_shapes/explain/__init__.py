"""What a rule, a layer kind, a field or one layer of a spec means: as text, and as data that goes into JSON.

`explain(name)` gives the text and `data(name)` the data that it is written from. Both raise `Unknown`, whose
message names what comes nearest, where the name means nothing.
"""

from __future__ import annotations

import os
from typing import Any

from cnn_shapes.diagnostics import closest
from cnn_shapes.discovery import shipped as zoo
from cnn_shapes.explain import keys, kinds, layers, rules
from cnn_shapes.explain.unknown import Unknown
from cnn_shapes.layers import ALIASES, KINDS, REFUSED
from cnn_shapes.layers.structure import STRUCTURES
from cnn_shapes.layers.synonyms import synonym
from cnn_shapes.rules import RULES

__all__ = ["Unknown", "data", "everything", "explain"]
LAYERS, REPAIR = "layers", "repair"


def explain(name: str) -> str:
    """The explanation of a name as text: a rule, kind, class name, field, key, layers, repair,
    SPEC:LAYER."""
    return text(data(name))


def data(name: str) -> dict[str, Any]:
    """The explanation of a name as data.

    Its `type` is rule, kind, structure, field, key, kinds, repair, refused, layer or group.
    """
    if name in RULES:
        return rules.data(name)
    if name == LAYERS:
        return kinds.families()
    if name == REPAIR:
        from cnn_shapes.repair.changes.costs import data as costs

        return {"type": "repair", "name": REPAIR, **costs()}
    kind = ALIASES[name][0] if name in ALIASES else name
    if kind in KINDS:
        return kinds.kind(kind)
    if name in STRUCTURES:
        return kinds.structure(name)
    if name in REFUSED:
        return {"type": "refused", "name": name, "remedy": REFUSED[name]}
    if ":" in name or os.path.exists(name) or name in zoo.names():
        path, _, layer = name.rpartition(":") if ":" in name else (name, "", "")
        return layers.data(path, layer)
    fields = kinds.field(name)
    if fields is not None:
        return fields
    key = keys.key(name)
    if key is not None:
        return key
    near = synonym(name) or closest(
        name, [*KINDS, *STRUCTURES, *RULES, *ALIASES, LAYERS, REPAIR, *keys.names()]
    )
    advice = (
        f"did you mean {near}?"
        if near
        else "it takes a rule, a layer kind, a field, a word of the language, layers, repair, or SPEC:LAYER"
    )
    raise Unknown(f"nothing is called {name}: {advice}")


def text(found: dict[str, Any]) -> str:
    """The text of an explanation."""
    if found["type"] == "refused":
        return f"{found['name']} is no layer here: {found['remedy']}\n"
    if found["type"] == "repair":
        from cnn_shapes.repair.changes.costs import describe

        return describe()
    if found["type"] == "key":
        return keys.text(found)
    if found["type"] == "rule":
        return rules.text(found)
    if found["type"] in ("layer", "group"):
        return layers.text(found)
    return kinds.text(found)


def everything() -> list[dict[str, Any]]:
    """The data of every rule, kind and structure: what `explain --all` shows."""
    return [
        *(rules.data(name) for name in RULES),
        *(kinds.kind(name) for name in KINDS),
        *(kinds.structure(name) for name in STRUCTURES),
    ]


def explain_all() -> str:
    """The text of every rule, kind and structure."""
    return "\n\n".join(text(found) for found in everything())
