"""Reads `defaults`: per kind, the fields of every layer of that kind that does not set them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnn_shapes.diagnostics import Findings
from cnn_shapes.language.entry import DEFAULTS, LAYER, Item, Setting
from cnn_shapes.language.reading.common import COMMON, SHARE
from cnn_shapes.language.reading.entries import EntryReader
from cnn_shapes.language.reading.layers import read_field
from cnn_shapes.language.reading.pairs import pairs_of
from cnn_shapes.language.reading.wording import UNKNOWN_KEY, must_be, unknown_key
from cnn_shapes.language.values import Unevaluated
from cnn_shapes.layers import ALIASES, KINDS, VARIANTS
from cnn_shapes.source import Map, Scalar, TreeNode
from cnn_shapes.words import say

_OF_ENTRIES = (*COMMON, SHARE, "into")  # what an entry says of itself alone


def read_defaults(reader: EntryReader, node: TreeNode, params: Mapping[str, Any]) -> None:
    """Fill `reader.defaults`. Their expressions see the file's params and nothing else."""
    findings = reader.findings
    if not isinstance(node, Map):
        must_be(findings, "defaults", "a mapping from kind to fields", node)
        return
    for key, body in node.pairs:
        kind = ALIASES[key.text][0] if key.text in ALIASES else key.text
        if kind not in KINDS:
            from cnn_shapes.layers.framework_classes import is_class  # most defaults are of kinds
            from cnn_shapes.layers.synonyms import synonym

            candidates = [] if is_class(key.text) else [*KINDS, *ALIASES]
            shown = ["kinds of layers only"]
            if unknown_key(findings, key, "defaults", candidates, shown, synonym(key.text)) is not None:
                findings.misread = True
        elif key.text in VARIANTS:
            findings.tell(
                UNKNOWN_KEY,
                "defaults are of kinds, and {word} takes other arguments than its kind: write {kind}",
                key.span,
                word=key.text,
                kind=kind,
            )
        elif isinstance(body, Map):
            settings = _read_kind(reader, kind, key, body)
            reader.defaults[kind] = {**reader.defaults.get(kind, {}), **settings}
        else:
            must_be(findings, say("defaults of {name}", name=key.text), "a mapping from field to value", body)
    for kind, written in reader.defaults.items():
        reader.defaults[kind] = _settled(written, params, findings)


def _read_kind(reader: EntryReader, kind: str, key: Scalar, body: Map) -> dict[str, Setting]:
    item = Item(body, key, kind, LAYER)
    for name, value in pairs_of(body, reader.source, reader.findings):
        field = KINDS[kind].fields.get(name.text)
        if name.text in _OF_ENTRIES if field is None else field.names_tensors:
            reader.findings.tell(
                UNKNOWN_KEY,
                "defaults hold layer fields only, not {name}: write it on the layer",
                name.span,
                name=name.text,
            )
        elif value is not None:
            read_field(reader, item, KINDS[kind].fields, name, value, DEFAULTS)
    if item.broken:
        reader.broken_defaults.add(kind)
    reader.findings.misread = reader.findings.misread or item.misread
    return item.settings


def _settled(
    settings: Mapping[str, Setting], params: Mapping[str, Any], findings: Findings
) -> dict[str, Setting]:
    """Settings whose expressions are evaluated once; one that has no value is reported and left out."""
    settled = {}
    for name, setting in settings.items():
        try:
            value = setting.value if setting.value.constant else setting.value.settled(params)
        except Unevaluated as error:
            error.report(findings)
            findings.misread = True
            continue
        settled[name] = setting._replace(value=value)
    return settled
