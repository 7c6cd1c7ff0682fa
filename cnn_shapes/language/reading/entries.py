"""Reads the entries of a list of layers out of the YAML tree: what each is, then what is under it."""

from __future__ import annotations

from collections.abc import Mapping

from cnn_shapes.diagnostics import Findings
from cnn_shapes.language.block import Block
from cnn_shapes.language.entry import BLOCK, LAYER, STRUCTURE, UNKNOWN_KIND, Item, Setting
from cnn_shapes.language.reading.common import COMMON, read_common
from cnn_shapes.language.reading.layers import read_layer
from cnn_shapes.language.reading.structures import read_call, read_structure
from cnn_shapes.language.reading.wording import (
    BAD_VALUE,
    DUPLICATE_NAME,
    head,
    kind_of,
    must_be,
)
from cnn_shapes.layers import ALIASES, KINDS, VARIANTS
from cnn_shapes.layers.structure import STRUCTURES
from cnn_shapes.source import Map, Scalar, Sequence, Source, TreeNode

_KEYS_OF_KINDS = ("type", "kind", "layer", "class", "class_name", "op")  # what other tools call it


class EntryReader:
    """Reads lists of layers; a list that several aliases refer to is read once."""

    def __init__(
        self,
        source: Source,
        findings: Findings,
        blocks: Mapping[str, Block] | None = None,
        defaults: Mapping[str, Mapping[str, Setting]] | None = None,
    ) -> None:
        self.source, self.findings = source, findings
        self.blocks: dict[str, Block] = dict(blocks or {})
        self.defaults: dict[str, Mapping[str, Setting]] = dict(defaults or {})
        self.broken_blocks: list[str] = []  # names of blocks that could not be read, which is reported
        self.broken_defaults: set[str] = set()  # kinds of which a field could not be read, which is reported
        self.items: list[Item] = []
        # calls of blocks with what they do not give, and with keys that are not of their params
        self.incomplete: list[tuple[Item, list[str]]] = []
        self.strangers: list[tuple[Item, Scalar, TreeNode]] = []
        self._lists: dict[int, list[Item]] = {}
        self._words: dict[str, Item] = {}

    def entries(self, node: TreeNode, what: str) -> list[Item]:
        """The entries of a list of layers; `what` names the list in messages."""
        if id(node) in self._lists:
            return self._lists[id(node)]
        if not isinstance(node, Sequence):
            must_be(self.findings, what, "a list of layers, each with its own dash", node)
            return []
        items: list[Item] = []
        self._lists[id(node)] = items
        for entry in node.items:
            item = self._entry(entry)
            if item is not None:
                items.append(item)
        if "*" in self.source.text:
            _mark_aliases(node, items)
        self._check_names(items)
        return items

    def _entry(self, node: TreeNode) -> Item | None:
        if isinstance(node, Scalar) and isinstance(node.value, str):
            return self._word(node)
        if isinstance(node, Map) and (kind := _kind_under_a_key(node)) is not None:
            others = [key.text for key, value in node.pairs if value is not kind]
            template = "a layer is written under its kind, as in {kind}: {{{field}: ...}}"
            facts = {"kind": kind.text, "field": others[0] if others else ""}
            if not others:
                template = "a layer is written by its kind alone, as in - {kind}"
            self.findings.tell(BAD_VALUE, template, node.pairs[0][0].span, **facts)
            return None
        if isinstance(node, Map) and len(node.pairs) == 1:
            key, body = node.pairs[0]
            empty = isinstance(body, Scalar) and body.value is None
            return self._item(node, key, None if empty else body)
        if isinstance(node, Map) and node.pairs:
            first, second = node.pairs[0][0], node.pairs[1][0]
            self.findings.tell(
                BAD_VALUE,
                "a layer is a mapping with one key, its kind, found {count} keys: put {second} under "
                "{first}, as in {first}: {{{second}: ...}}",
                second.span,
                count=len(node.pairs),
                first=first.text,
                second=second.text,
            )
            return None
        self.findings.tell(
            BAD_VALUE,
            "a layer is a word such as relu or a mapping such as conv: {{filters: 32, kernel_size: 3}}, "
            "found {found}",
            head(node),
            found=kind_of(node),
        )
        return None

    def _word(self, node: Scalar) -> Item:
        """A bare word, which says the same wherever it is."""
        known = self._words.get(node.text)
        if known is not None:
            item = known.again(node)
            self.items.append(item)
            return item
        item = self._item(node, node, None)
        if item.form == LAYER and not item.broken:
            self._words[node.text] = item
        return item

    def _item(self, node: TreeNode, key: Scalar, body: TreeNode | None) -> Item:
        item = self._identified(node, key)
        item.body = body
        self.items.append(item)
        if item.form == LAYER:
            item.layer = VARIANTS[key.text] if key.text in VARIANTS else KINDS[item.kind]
            read_layer(self, item, body)
        elif item.form == STRUCTURE:
            read_structure(self, item, body)
        elif item.form == BLOCK:
            read_call(self, item, body)
        else:
            self.findings.excuse(body)
        if item.form == UNKNOWN_KIND and isinstance(body, Map):
            for name, value in body.pairs:
                if name.text in COMMON:
                    read_common(item, name, value, self.findings)
        if item.settings:
            item.settle()
        return item

    def _identified(self, node: TreeNode, key: Scalar) -> Item:
        """The entry with its kind, and nothing yet of what is under it."""
        word = key.text
        if word in self.blocks:
            return Item(node, key, word, BLOCK)
        if word in KINDS:
            return Item(node, key, word, LAYER)
        if word in STRUCTURES:
            return Item(node, key, word, STRUCTURE)
        if word in ALIASES:
            kind, rank = ALIASES[word]
            item = Item(node, key, kind, LAYER)
            item.rank = rank
            return item
        item = Item(node, key, word, UNKNOWN_KIND)
        item.broken = True
        from cnn_shapes.language.reading.unknown_kinds import tell_unknown_kind  # most specs have none

        tell_unknown_kind(key, node is key, self.blocks, self.broken_blocks, self.findings)
        return item

    def _check_names(self, items: list[Item]) -> None:
        """Report a name that is given twice in one list, unless an `if` decides between the two."""
        seen: dict[str, Scalar] = {}
        for item in items:
            if item.name_node is None or item.condition is not None:
                continue
            first = seen.setdefault(item.name_node.text, item.name_node)
            if first is not item.name_node:
                item.twice = True
                self.findings.tell(
                    DUPLICATE_NAME,
                    "the name {name} is taken: line {line} has it already",
                    item.name_node.span,
                    name=first.text,
                    line=self.source.position(first.start)[0],
                )


def _kind_under_a_key(node: Map) -> Scalar | None:
    """The kind of a layer that is written as other tools have it: `{type: conv, filters: 3}`."""
    for key, value in node.pairs:
        if key.text in _KEYS_OF_KINDS and isinstance(value, Scalar) and value.text in (*KINDS, *ALIASES):
            return value
    return None


def _mark_aliases(node: Sequence, items: list[Item]) -> None:
    """Note which entries of a list are written elsewhere: an anchor is always before its aliases."""
    place = node.start
    for item in items:
        item.is_alias = item.node.start < place
        place = max(place, item.node.end)
