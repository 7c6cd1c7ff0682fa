"""What a rule, a layer kind, a field or one layer of a spec means: as text, and as data that goes into JSON.

`explain(name)` gives the text and `data(name)` the data that it is written from. Both raise `Unknown`, whose
message names what comes nearest, where the name means nothing. `topics` are what else has an explanation.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from cnn_shapes.checking import CheckResult, check_path
from cnn_shapes.discovery import shipped as zoo
from cnn_shapes.explain import concepts, keys, kinds, layers, rules
from cnn_shapes.explain.layers import Unknown
from cnn_shapes.layers import ALIASES, KINDS, VARIANTS
from cnn_shapes.layers.class_answers import answer
from cnn_shapes.layers.framework_classes import misspelt
from cnn_shapes.layers.structure import STRUCTURES
from cnn_shapes.layers.synonyms import synonym
from cnn_shapes.rules import RULES

__all__ = ["Unknown", "data", "everything", "explain"]
LAYERS, ALL_RULES, ALL_CONCEPTS = "layers", "rules", "concepts"
_OF_LANGUAGE = ("kind", "structure", "field", "key")  # what may be a concept as well


class Topic(Protocol):
    """What only a floor above can explain: the table of what a repair costs."""

    def data(self) -> dict[str, Any]: ...
    def describe(self) -> str: ...


Topics = Mapping[str, Callable[[], Topic]]
NO_TOPICS: Topics = {}


def explain(name: str, topics: Topics = NO_TOPICS) -> str:
    """The explanation of a name as text: a rule, kind, class name, field, key, layers, SPEC:LAYER, topic."""
    return text(data(name, topics), topics)


def data(
    name: str, topics: Topics = NO_TOPICS, check: Callable[[str], CheckResult] = check_path
) -> dict[str, Any]:
    """The explanation of a name as data. `check` makes the report of a file.

    Its `type` is rule, rules, kind, kinds, structure, field, key, concept, refused, layer, group or a topic's
    name. What is a concept beside has it under `concept`.
    """
    concept = concepts.data(name)
    try:
        found = _data(name, topics, check)
    except Unknown:
        if concept is None:
            raise
        return concept
    return found if concept is None or found["type"] not in _OF_LANGUAGE else {**found, "concept": concept}


def _data(name: str, topics: Topics, check: Callable[[str], CheckResult]) -> dict[str, Any]:
    kind = ALIASES[name][0] if name in ALIASES else name
    if name in VARIANTS:
        return kinds.kind(name)
    if name in RULES:
        return rules.data(name)
    if name == LAYERS:
        return kinds.families()
    if name == ALL_RULES:
        return rules.groups()
    if name == ALL_CONCEPTS:
        return concepts.every()
    if name in topics:
        return {"type": name, "name": name, **topics[name]().data()}
    if kind in KINDS:
        return kinds.kind(kind)
    if name in STRUCTURES:
        return kinds.structure(name)
    if said := answer(name):
        return {"type": "refused", "name": name, "answer": said}
    if ":" in name or os.path.exists(name) or name in zoo.names():
        path, _, layer = name.rpartition(":") if ":" in name else (name, "", "")
        return layers.data(path, layer, check)
    fields, elsewhere = kinds.field(name), keys.key(name)
    if fields is not None and elsewhere is not None:  # a field of layers, and a key of other things
        return {**fields, "places": elsewhere["places"]}
    found = fields or elsewhere
    if found is None:
        raise Unknown(f"nothing is called {name}: {_advice(name, topics)}")
    return found


def _advice(name: str, topics: Topics) -> str:
    known = [*KINDS, *STRUCTURES, *RULES, *ALIASES, LAYERS, ALL_RULES, ALL_CONCEPTS, *topics, *keys.names()]
    known += concepts.names()
    near = synonym(name) or misspelt(name, known)
    if near:
        return f"did you mean {near}?"
    return (
        "it takes a rule, a layer kind, a field, a word of the language, a concept (concepts lists them), "
        "layers, rules, repair, or SPEC:LAYER"
    )


def text(found: dict[str, Any], topics: Topics = NO_TOPICS) -> str:
    """The text of an explanation."""
    kind = found["type"]
    if kind in topics:
        return topics[kind]().describe()
    own = _TEXTS.get(kind, kinds.text)(found)
    return f"{concepts.text(found['concept'])}\n\n{own}" if "concept" in found else own


def _field_text(found: dict[str, Any]) -> str:
    return kinds.text(found) + (f"\n{keys.text(found)}" if "places" in found else "")


def _refused_text(found: dict[str, Any]) -> str:
    return f"{found['answer']}\n"


_TEXTS: dict[str, Callable[[dict[str, Any]], str]] = {
    "refused": _refused_text,
    "concept": concepts.text,
    "concepts": concepts.every_text,
    "field": _field_text,
    "key": keys.text,
    "rule": rules.text,
    "rules": rules.groups_text,
    "layer": layers.text,
    "group": layers.text,
}


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
