"""A finding about the flat spec of a model in words of who wrote the model's code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from math import prod

from cnn_shapes.diagnostics import ERROR, Diagnostic, Note
from cnn_shapes.importing.findings.model_source import ModelSource
from cnn_shapes.shapes import EXPECT_MISMATCH, listed

_NOT_DIVIDED = ", which {groups} groups do not divide"
# what a message about a spec says, and what it says about a model's code
_IN_CODE = {
    " or leave {assertion} out": "",
    ", or say layout: {other}": ", or permute it before",
    "expect says {expected}": "the code says {expected}",
    "read it in a from, name it under outputs, or leave it out": "use it, return it, or leave it out",
    "read it in a from, or leave it out": "use it, or leave it out",
}
_IN_FRAMEWORK: Mapping[str, Mapping[str, str]] = {
    "PyTorch": _IN_CODE
    | {
        "say layout: {other} if its channels are meant": "its channels come first, permute it before",
        "dense wants a vector": "a Linear wants a vector",
        "put flatten or global_avgpool before it": "put nn.Flatten() before it, perhaps after a global pool",
        "padding: [{padding}] keeps it": "F.pad before it, by one more at one end, keeps it",
        "padding: half": "padding=kernel_size // 2",
        "activation: relu": "insert nn.ReLU() there",
    },
    "Keras": _IN_CODE
    | {
        "say layout: {other} if its channels are meant": "its channels come last, permute it before",
        "padding: [{padding}] keeps it": "ZeroPadding before it, by one more at one end, keeps it",
        "padding: half": 'padding="same"',
        "activation: relu": 'activation="relu"',
        ": PyTorch cannot train this with a batch of one": ": a batch of one trains nothing before it",
        ", and PyTorch refuses it": "",
    },
}


def in_code(found: Diagnostic, source: ModelSource) -> Diagnostic:
    """A finding in the words of who wrote the model's code, not of a spec."""
    facts, words = dict(found.facts), _IN_FRAMEWORK[source.model.framework]
    notes = tuple(
        note._replace(template=_in_words(note.template, words))
        for note in (*found.notes, *_other_calls(found, source))
    )
    fixes = tuple(fix._replace(title=_in_words(fix.title, words)) for fix in found.fixes)
    template, found = _in_words(found.template, words), found._replace(notes=notes, fixes=fixes)
    layer = next((one for one in source.model.layers if one.name == found.layer), None)
    for ours, theirs in layer.written.items() if layer is not None else ():
        template = re.sub(rf"\b{ours}: (?=true|false)", f"{theirs}: ", template)
    if layer is not None and "assertion" in facts:
        facts["assertion"] = layer.written.get(facts["assertion"], facts["assertion"])
        groups = layer.fields.get("groups", 1)
        if facts.get("channels", 0) % groups:
            facts["groups"] = groups
            template = template.replace(": write {channels}", _NOT_DIVIDED)
    elif layer is not None and layer.view is not None and "elements" in facts:
        asked = layer.view.format(", ".join(map(str, facts["target"])))
        facts["asked"] = asked
        changes = "changes the batch" if "(-1" in asked else "does not fit"
        template = "{asked} " + changes + ": a sample has {input} = {elements} values, not {wanted}"
        facts["wanted"] = prod(facts["target"])
        if layer.fault is not None:  # which of its numbers is wrong, nobody knows
            found = found._replace(
                notes=(*notes, Note("it fits with {right}", {"right": " or ".join(layer.fault.fixes)}))
            )
    elif layer is not None and found.rule == EXPECT_MISMATCH and "expect" in layer.written:
        # a norm says of how many channels it is, and gives as many as come
        template = "{assertion} says {stated}, but the input {found} has {channels}: write {channels}"
        facts |= {"assertion": layer.written["expect"], "stated": facts["expected"][0]}
        facts["channels"] = facts["found"][0]
        return found._replace(template=template, facts=facts, pointer="the input has {channels}")
    return found._replace(template=template, facts=facts)


def _in_words(template: str, words: Mapping[str, str]) -> str:
    for ours, theirs in words.items():
        template = template.replace(ours, theirs)
    return template


def _other_calls(found: Diagnostic, source: ModelSource) -> Iterable[Note]:
    """Where else the module of an error is called with an input that it does not take."""
    if found.severity == ERROR and found.layer is not None:
        lines = [
            source.line_of(source.line_span(source.lines[layer.name]).start)
            for layer in source.model.layers
            if layer.error is not None and layer.fields.get("share") == found.layer
        ]
        if lines:
            calls = "call" if len(lines) == 1 else "calls"
            where = listed([f"line {line}" for line in dict.fromkeys(lines)])
            yield Note(f"the same in the other {calls} on {{where}}", {"where": where})
