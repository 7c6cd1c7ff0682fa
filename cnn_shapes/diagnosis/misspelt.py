"""An unknown name beside one that is declared and that nothing uses: which of the two is misspelt is open."""

from __future__ import annotations

import re

from cnn_shapes.diagnostics import Diagnostic, Fix, Label
from cnn_shapes.language.expressions.error import UNKNOWN_NAME
from cnn_shapes.language.reading.wording import UNKNOWN_LAYER
from cnn_shapes.language.spec import Spec
from cnn_shapes.source import Edit, Scalar, Sequence, Span

_QUESTION = ": did you mean {near}?"
_COMMENT = re.compile(r"(?:^|(?<=\s))#[^\n]*", re.MULTILINE)


def with_declarations(found: list[Diagnostic], spec: Spec) -> list[Diagnostic]:
    """The findings, those about a name that is like an unused one with the place of that.

    Where the unknown name is used more than once, it is the other that is misspelt: that is told once.
    """
    source, declared = spec.source, _declared(spec)
    told: list[Diagnostic] = []
    text, misspelt = "", set()
    for one in found:
        if one.rule not in (UNKNOWN_NAME, UNKNOWN_LAYER) or not one.template.endswith(_QUESTION):
            told.append(one)
            continue
        name, near = str(one.facts.get("name") or one.facts["word"]), str(one.facts["near"])
        if (name, near) in misspelt:
            continue
        text = text or _COMMENT.sub(lambda comment: " " * len(comment[0]), source.text)
        places = _places(near, text)
        if len(places) != 1 or near not in declared:
            told.append(one)
            continue
        line = source.line_of(places[0].start)
        verb = "calls" if one.rule == UNKNOWN_LAYER else "reads" if "layer" in one.template else "uses"
        start = one.template.removesuffix(_QUESTION) + f", and nothing {verb} {{near}} (line {{line}}): "
        facts = {**one.facts, "line": line, "name": name}
        labels = (*one.labels, Label(places[0], f"nothing {verb} {{near}}", {"near": near}))
        one = one._replace(template=start + "one of the two is misspelt", facts=facts, labels=labels)
        uses = len(_places(name, text))
        if uses > 1:
            misspelt.add((name, near))
            fix = Fix(f"{near} -> {name}", (Edit(places[0], name),), safe=all(fix.safe for fix in one.fixes))
            facts = {**facts, "count": uses}
            template = start + "did you mean {name} there, which is used {count} times?"
            one = one._replace(template=template, facts=facts, fixes=(fix,))
        told.append(one)
    return told


def _places(name: str, text: str) -> list[Span]:
    return [Span(*match.span()) for match in re.finditer(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)]


def _declared(spec: Spec) -> set[str]:
    """The names that the text gives to values and layers."""
    names = {*spec.blocks, *spec.param_nodes, *spec.derived, *spec.inputs}
    for block in spec.blocks.values():
        names |= {*block.params, *block.let, *block.inputs}
    for item in spec.entries:
        parts = item.body.items if isinstance(item.body, Sequence) and not item.lists else []
        named = (item.name_node, *item.into, *parts)
        names |= {one.text for one in named if isinstance(one, Scalar)}
    return names
