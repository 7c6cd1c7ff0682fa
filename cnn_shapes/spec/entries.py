"""Reads the entries of a list of layers out of the YAML tree: kinds, fields, structures, block calls."""

from __future__ import annotations

import re
from typing import Any

from cnn_shapes.diagnostics import Findings, Fix, closest
from cnn_shapes.layers import ALIASES, KINDS, NO_SHAPE, REFUSED
from cnn_shapes.layers.fields import ACTIVATIONS, Field, Word
from cnn_shapes.layers.structure import MERGES, STRUCTURES, Structure
from cnn_shapes.source import Edit, Map, Node, Scalar, Sequence, Source, Span
from cnn_shapes.spec.blocks import Block
from cnn_shapes.spec.items import BLOCK, DEFAULTS, LAYER, MERGED, OWN, STRUCTURE, UNKNOWN_KIND, Item, Setting
from cnn_shapes.spec.values import read_value

COMMON = ("name", "from", "if", "expect")
RESERVED = ("prev", "input")
_NAME = re.compile(r"[\w-]+")
_STRUCTURE_WORDS = {"activation": Word("", (*ACTIVATIONS, "none"), "none")}
_VERBATIM = {"merge": MERGES, "collect": ("concat",)}


class EntryReader:
    """Reads lists of layers; a list that stands behind several aliases is read once."""

    def __init__(self, source: Source, findings: Findings, blocks: dict[str, Block]) -> None:
        self.source, self.findings, self.blocks = source, findings, blocks
        self.defaults: dict[str, dict[str, Setting]] = {}
        self.items: list[Item] = []
        self._lists: dict[int, list[Item]] = {}

    def entries(self, node: Node, what: str) -> list[Item]:
        """The entries of a list of layers; `what` names the list in messages."""
        if id(node) in self._lists:
            return self._lists[id(node)]
        if not isinstance(node, Sequence):
            self.findings.tell(
                "bad-value",
                "{what} must be a list of layers, each behind its own dash, found {found}",
                _head(node),
                what=what,
                found=kind_of(node),
            )
            return []
        items: list[Item] = []
        self._lists[id(node)] = items
        for entry in node.items:
            item = self._entry(entry)
            if item is not None:
                items.append(item)
        self._check_names(items)
        return items

    def _entry(self, node: Node) -> Item | None:
        if isinstance(node, Scalar) and isinstance(node.value, str):
            return self._item(node, node, None)
        if isinstance(node, Map) and len(node.pairs) == 1:
            key, body = node.pairs[0]
            empty = isinstance(body, Scalar) and body.value is None
            return self._item(node, key, None if empty else body)
        if isinstance(node, Map) and node.pairs:
            first, second = node.pairs[0][0], node.pairs[1][0]
            self.findings.tell(
                "bad-value",
                "a layer is a mapping with one key, its kind, found {count} keys: put {second} under {first}, as in "
                "{first}: {{{second}: ...}}",
                second.span,
                count=len(node.pairs),
                first=first.text,
                second=second.text,
            )
            return None
        self.findings.tell(
            "bad-value",
            "a layer is a word such as relu or a mapping such as conv: {{filters: 32, kernel_size: 3}}, found {found}",
            _head(node),
            found=kind_of(node),
        )
        return None

    def _item(self, node: Node, key: Scalar, body: Node | None) -> Item:
        word = key.text
        if word in self.blocks:
            item = Item(node, key, word, BLOCK)
        elif word in KINDS:
            item = Item(node, key, word, LAYER)
        elif word in STRUCTURES:
            item = Item(node, key, word, STRUCTURE)
        elif word in ALIASES:
            kind, item_rank = ALIASES[word]
            item = Item(node, key, kind, LAYER)
            item.rank = item_rank
        else:
            item = Item(node, key, word, UNKNOWN_KIND)
            item.broken = True
            self._unknown_kind(key)
        item.fields = body
        self.items.append(item)
        if item.form == LAYER:
            item.layer = KINDS[item.kind]
            self._read_layer(item, body)
        elif item.form == STRUCTURE:
            self._read_structure(item, body, STRUCTURES[item.kind])
        elif item.form == BLOCK:
            self._read_call(item, body, self.blocks[item.kind])
        elif isinstance(body, Map):
            for name, value in body.pairs:
                if name.text in COMMON:
                    self._common(item, name, value)
        item.dynamic = [
            (name, setting.value) for name, setting in item.settings.items() if not setting.value.constant
        ]
        return item

    def _unknown_kind(self, key: Scalar) -> None:
        word = key.text
        if word in REFUSED:
            self.findings.tell(
                "unknown-layer",
                "{word} is no layer here: {remedy}",
                key.span,
                word=word,
                remedy=REFUSED[word],
            )
            return
        near = closest(word, [*KINDS, *STRUCTURES, *ALIASES, *self.blocks])
        if near:
            self.findings.suggest(
                "unknown-layer",
                "unknown layer {word}: did you mean {near}?",
                key.span,
                rename(key, near),
                word=word,
                near=near,
            )
        elif word[:1].isupper():
            self.findings.tell(
                "unknown-layer",
                "{word} is neither a layer nor a block of this file: declare it under blocks",
                key.span,
                word=word,
            )
        else:
            self.findings.tell(
                "unknown-layer",
                "unknown layer {word}: `cnn-shapes explain layers` lists the kinds",
                key.span,
                word=word,
            )

    def _read_layer(self, item: Item, body: Node | None) -> None:
        assert item.layer is not None
        fields = item.layer.fields
        if isinstance(body, Map):
            for key, value in self.pairs(body):
                if key.text not in COMMON:
                    self._set_field(item, fields, key, value, _origin(body, key))
                else:
                    self._common(item, key, value)
        elif body is not None:
            self._read_shorthand(item, body)
        for name, setting in self.defaults.get(item.kind, {}).items():
            item.settings.setdefault(name, setting)
        for name, field in fields.items():
            if field.required and name not in item.settings and not item.broken:
                item.broken = True
                self.findings.tell(
                    "missing-field",
                    "{kind} needs {name}: {doc}",
                    item.key.span,
                    kind=item.text,
                    name=name,
                    doc=field.doc,
                )
        if item.layer.joins and not item.sources:
            item.broken = True
            self.findings.tell(
                "missing-field",
                "{kind} needs from: a list of the names of its inputs, as in {kind}: [a, prev]",
                item.key.span,
                kind=item.text,
            )
        if item.kind == "upsample" and not ("scale" in item.settings) != ("size" in item.settings):
            item.broken = True
            found = "both" if "scale" in item.settings else "neither"
            self.findings.tell(
                "missing-field",
                "upsample needs scale or size, one of them, found {found}",
                item.key.span,
                found=found,
            )

    def _read_shorthand(self, item: Item, body: Node) -> None:
        assert item.layer is not None
        shorthand = item.layer.shorthand
        if shorthand == "from":
            self._sources(item, body)
        elif shorthand is None:
            item.broken = True
            self.findings.tell(
                "bad-value",
                "{kind} takes no value, found {found}",
                _head(body),
                kind=item.text,
                found=kind_of(body),
            )
        else:
            self._read_setting(item, shorthand, item.layer.fields[shorthand], None, body, OWN)

    def _set_field(
        self, item: Item, fields: dict[str, Field[Any]], key: Scalar, node: Node, origin: str
    ) -> None:
        word = key.text
        name = word if word in fields else field_of(fields, word)
        if name is None:
            self._unknown_field(item, fields, key)
            return
        if name in item.settings:
            first = item.settings[name].key
            self.findings.tell(
                "duplicate-key",
                "{word} is given twice: {first} on line {line} means the same, keep one",
                key.span,
                word=word,
                first=first.text if first else name,
                line=self.source.position(first.start)[0] if first else "?",
            )
            return
        self._read_setting(item, name, fields[name], key, node, origin)

    def _read_setting(
        self, item: Item, name: str, field: Field[Any], key: Scalar | None, node: Node, origin: str
    ) -> None:
        verbatim = field.verbatim or (name == "into" and isinstance(node, Sequence))
        value = read_value(node, self.findings, field.words, verbatim)
        item.broken = item.broken or value.broken
        item.settings[name] = Setting(value, key, origin, key.text if key else name)

    def _unknown_field(self, item: Item, fields: dict[str, Field[Any]], key: Scalar) -> None:
        word = key.text
        if word in NO_SHAPE:
            self.findings.tell("unknown-key", "{word} changes no shape: leave it out", key.span, word=word)
            return
        known = [*fields, *(alias for field in fields.values() for alias in field.aliases)]
        self.unknown_key(key, [*known, *COMMON], item.text, [*fields, *COMMON])

    def unknown_key(self, key: Scalar, candidates: list[str], owner: str, shown: list[str]) -> None:
        near = closest(key.text, candidates)
        if near:
            self.findings.suggest(
                "unknown-key",
                "{owner} has no {word}: did you mean {near}?",
                key.span,
                rename(key, near),
                owner=owner,
                word=key.text,
                near=near,
            )
        else:
            self.findings.tell(
                "unknown-key",
                "{owner} has no {word}: it takes {allowed}",
                key.span,
                owner=owner,
                word=key.text,
                allowed=", ".join(shown),
            )

    def pairs(self, body: Map) -> list[tuple[Scalar, Node]]:
        """The pairs of a mapping; where YAML has split an expression at a comma, the broken pieces are left out."""
        if not body.flow or "(" not in self.source.text[body.start : body.end]:
            return body.pairs
        kept = []
        skip_to = -1
        for key, value in body.pairs:
            if key.start < skip_to:
                continue
            if isinstance(value, Scalar) and value.plain and value.text.count("(") > value.text.count(")"):
                end = _closing(self.source.text, value.start)
                if end is not None and end > value.end:
                    skip_to = end
                    self._comma_trap(Span(value.start, end))
                    continue
            kept.append((key, value))
        return kept

    def _comma_trap(self, span: Span) -> None:
        text = self.source.text[span.start : span.end]
        self.findings.suggest(
            "bad-expression",
            "unbalanced parenthesis: quote the expression, because YAML splits {text} at its comma",
            span,
            Fix(f'"{text}"', (Edit(span, f'"{text}"'),), safe=True),
            text=text,
        )

    def _common(self, item: Item, key: Scalar, node: Node) -> None:
        if key.text == "name":
            if isinstance(node, Scalar) and self.is_name(node):
                item.name, item.name_node = node.text, node
        elif key.text == "from":
            self._sources(item, node)
        elif key.text == "if":
            item.condition = read_value(node, self.findings)
            if item.condition.broken:
                item.condition = None
        else:
            item.expect = read_value(node, self.findings)
            if item.expect.broken:
                item.expect = None

    def is_name(self, node: Scalar) -> bool:
        """Whether a scalar can name a tensor; if not, it is reported."""
        if node.text in RESERVED:
            self.findings.tell(
                "bad-value",
                "{name} is reserved: it means what stands before; choose another name",
                node.span,
                name=node.text,
            )
            return False
        if _NAME.fullmatch(node.text):
            return True
        self.findings.tell(
            "bad-value",
            "a name has letters, digits, _ and - only, found {name}",
            node.span,
            name=node.text or "nothing",
        )
        return False

    def _sources(self, item: Item, node: Node) -> None:
        nodes = node.items if isinstance(node, Sequence) else [node]
        sources = [source for source in nodes if isinstance(source, Scalar) and source.value is not None]
        if len(sources) != len(nodes) or not sources:
            self.findings.tell(
                "bad-value",
                "from must be a name or a list of names, found {found}",
                _head(node),
                found=kind_of(node),
            )
            item.broken = True
            return
        item.sources = sources
        joins = item.layer is not None and item.layer.joins
        if joins and len(sources) < 2:
            item.broken = True
            self.findings.tell(
                "wrong-inputs",
                "{kind} joins at least two inputs, found 1: list them, as in from: [{name}, prev]",
                sources[0].span,
                kind=item.text,
                name=sources[0].text,
            )
        elif not joins and item.form in (LAYER, STRUCTURE) and len(sources) > 1:
            item.broken = True
            self.findings.tell(
                "wrong-inputs",
                "{kind} takes one input, found {count}: join them first with add or concat",
                Span(sources[0].start, sources[-1].end),
                kind=item.text,
                count=len(sources),
            )

    def _read_structure(self, item: Item, body: Node | None, structure: type[Structure]) -> None:
        if isinstance(body, Sequence) and structure.shorthand:
            item.lists[structure.shorthand] = self.entries(body, structure.kind)
            return
        if not isinstance(body, Map):
            item.broken = True
            self.findings.tell(
                "missing-field",
                "{kind} needs {required}",
                item.key.span,
                kind=structure.kind,
                required=" and ".join(structure.required),
            )
            return
        known = [*structure.lists, *structure.values, *COMMON]
        for key, node in self.pairs(body):
            word = key.text
            if word in COMMON:
                self._common(item, key, node)
            elif word == "branches" and word in structure.lists:
                self._read_branches(item, node)
            elif word in structure.lists:
                item.lists[word] = self.entries(node, word)
            elif word in structure.values:
                self._read_structure_value(item, key, node)
            else:
                self.unknown_key(key, known, structure.kind, known)
        for name in structure.required:
            if body.get(name) is None:
                item.broken = True
                self.findings.tell(
                    "missing-field", "{kind} needs {name}", item.key.span, kind=structure.kind, name=name
                )

    def _read_structure_value(self, item: Item, key: Scalar, node: Node) -> None:
        words = _VERBATIM.get(key.text)
        if words and not (isinstance(node, Scalar) and node.text in words):
            self.findings.tell(
                "bad-value",
                "{key} must be {words}, found {found}",
                _head(node),
                key=key.text,
                words=" or ".join(words),
                found=kind_of(node),
            )
            return
        field = _STRUCTURE_WORDS.get(key.text)
        value = read_value(node, self.findings, field.words if field else (), verbatim=bool(words))
        item.broken = item.broken or value.broken
        item.settings[key.text] = Setting(value, key)

    def _read_branches(self, item: Item, node: Node) -> None:
        if isinstance(node, Map):
            branches = [(key.text, branch) for key, branch in node.pairs]
        elif isinstance(node, Sequence):
            branches = [(str(place), branch) for place, branch in enumerate(node.items)]
        else:
            branches = []
        if not branches:
            item.broken = True
            self.findings.tell(
                "bad-value",
                "branches must be a mapping from label to layers, or a list of lists",
                _head(node),
            )
        for label, branch in branches:
            item.lists[label] = self.entries(branch, f"branch {label}")

    def _read_call(self, item: Item, body: Node | None, block: Block) -> None:
        if body is not None and not isinstance(body, Map):
            item.broken = True
            self.findings.tell(
                "bad-value",
                "the arguments of a block are a mapping: {block}: {{{example}}}",
                _head(body),
                block=block.name,
                example=", ".join(f"{name}: ..." for name in block.params) or "",
            )
            return
        allowed = [*block.params, *COMMON]
        for key, node in self.pairs(body) if body is not None else []:
            if key.text in COMMON:
                self._common(item, key, node)
            elif key.text in block.params:
                value = read_value(node, self.findings)
                item.broken = item.broken or value.broken
                item.settings[key.text] = Setting(value, key)
            else:
                self.unknown_key(key, allowed, block.name, allowed)
        missing = [name for name in block.required if name not in item.settings]
        if missing and not item.broken:
            item.broken = True
            self.findings.tell(
                "missing-field",
                "{block} needs {names}: its params say required",
                item.key.span,
                block=block.name,
                names=" and ".join(missing),
            )
        count = len(item.sources) if item.sources else 1
        if count != max(1, len(block.inputs)):
            item.broken = True
            self.findings.tell(
                "wrong-inputs",
                "{block} takes {expected} ({inputs}), found {count}: name them in from",
                item.at("from"),
                block=block.name,
                expected=f"{len(block.inputs)} inputs" if len(block.inputs) > 1 else "1 input",
                inputs=", ".join(block.inputs) or "prev",
                count=count,
            )

    def _check_names(self, items: list[Item]) -> None:
        """Report a name that is given twice in one list, unless an `if` decides between the two."""
        seen: dict[str, Scalar] = {}
        for item in items:
            if item.name_node is None or item.condition is not None:
                continue
            first = seen.setdefault(item.name_node.text, item.name_node)
            if first is not item.name_node:
                self.findings.tell(
                    "duplicate-name",
                    "the name {name} is taken: line {line} has it already",
                    item.name_node.span,
                    name=first.text,
                    line=self.source.position(first.start)[0],
                )

    def read_defaults(self, node: Node) -> None:
        """Read `defaults`: per kind, fields for every layer of that kind that does not set them."""
        if not isinstance(node, Map):
            self.findings.tell(
                "bad-value",
                "defaults must be a mapping from kind to fields, found {found}",
                _head(node),
                found=kind_of(node),
            )
            return
        for key, body in node.pairs:
            kind = ALIASES[key.text][0] if key.text in ALIASES else key.text
            if kind not in KINDS:
                self.unknown_key(
                    key, [*KINDS, *ALIASES], "defaults", ["the kinds of layers, not structures or blocks"]
                )
            elif isinstance(body, Map):
                item = Item(body, key, kind, LAYER)
                for name, value in self.pairs(body):
                    if name.text in COMMON:
                        self.findings.tell(
                            "unknown-key",
                            "defaults hold layer fields only, not {name}: write it on the layer",
                            name.span,
                            name=name.text,
                        )
                    else:
                        self._set_field(item, KINDS[kind].fields, name, value, DEFAULTS)
                self.defaults[kind] = {**self.defaults.get(kind, {}), **item.settings}
            else:
                self.findings.tell(
                    "bad-value",
                    "defaults of {kind} must be a mapping from field to value, found {found}",
                    _head(body),
                    kind=key.text,
                    found=kind_of(body),
                )


def field_of(fields: dict[str, Field[Any]], word: str) -> str | None:
    """The field that `word` is an alias of."""
    for name, field in fields.items():
        if word in field.aliases:
            return name
    return None


def rename(key: Scalar, name: str) -> Fix:
    return Fix(f"{key.text} -> {name}", (Edit(key.span, name),), safe=True)


def kind_of(node: Node) -> str:
    """What a node is, in the user's words."""
    if isinstance(node, Map):
        return "a mapping" if node.pairs else "an empty mapping"
    if isinstance(node, Sequence):
        return "a list" if node.items else "an empty list"
    return node.text if node.text else "nothing"


def _head(node: Node) -> Span:
    """The span to underline: the whole of a short value, the first key or item of a long one."""
    if isinstance(node, Map) and node.pairs and not node.flow:
        return node.pairs[0][0].span
    if isinstance(node, Sequence) and node.items and not node.flow:
        return Span(node.start, min(node.end, node.start + 1))
    return node.span


def _origin(body: Map, key: Scalar) -> str:
    return MERGED if body.merged and key.text in body.merged else OWN


def _closing(text: str, start: int) -> int | None:
    """The offset behind the parenthesis that closes the first one at or after `start`, on the same line."""
    depth = 0
    for offset in range(start, min(len(text), start + 1000)):
        if text[offset] == "(":
            depth += 1
        elif text[offset] == ")":
            depth -= 1
            if depth == 0:
                return offset + 1
        elif text[offset] in "\r\n":
            return None
    return None
