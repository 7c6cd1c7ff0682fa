"""What is written otherwise: from a layer that differs to the line, param or default that makes it differ.

A field whose expression is the same in both texts differs because a name in it means something else: the
way leads on to the argument, the param or the local name, up to the words that are not the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from cnn_shapes.comparing.pairing import call_of
from cnn_shapes.language.block import REQUIRED
from cnn_shapes.language.entry import DEFAULTS, Item, Setting
from cnn_shapes.language.expressions.functions import INCOMING
from cnn_shapes.layers.fields import Field

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.language.block import Block
    from cnn_shapes.language.spec import Spec
    from cnn_shapes.language.values import Value
    from cnn_shapes.network import Group
    from cnn_shapes.source import Span

# what a change is of: a field or an argument of an entry, a param of the file or of a block, a local name of
# a block, the defaults of a kind, an entry as a whole, or the file
FIELD, PARAM, LOCAL, DEFAULT = "field", "param", "let", "defaults"
ADDED, REMOVED, MOVED, REPLACED, RENAMED = "added", "removed", "moved", "replaced", "renamed"
INPUT, OUTPUTS, WHOLE_ROUNDING = "input", "outputs", "rounding"
_LONGEST = 60  # characters of a value as it is written
# the same of both texts, that before first
Groups = tuple["Group | None", "Group | None"]
Items = tuple[Item | None, Item | None]
Spans = tuple["Span | None", "Span | None"]
Words = tuple[str, str]
_NO_SPANS: Spans = (None, None)


class WrittenChange(NamedTuple):
    """One thing that is written otherwise: what it is, whose (a block, a kind) and its name.

    `words` are what both texts say, empty where it is not there; `spans` are where, None likewise. `entries`
    are where the entries are that it is of.
    """

    what: str
    owner: str
    name: str
    words: Words
    spans: Spans = _NO_SPANS
    entries: Spans = _NO_SPANS

    @property
    def before(self) -> str:
        return self.words[0]

    @property
    def after(self) -> str:
        return self.words[1]


class Reasons(NamedTuple):
    """The changes that a difference comes from; `follows`: it comes from what comes in."""

    changes: frozenset[WrittenChange] = frozenset()
    follows: bool = False

    @classmethod
    def one(cls, change: WrittenChange) -> Reasons:
        return cls(frozenset((change,)))

    @property
    def any(self) -> bool:
        return bool(self.changes) or self.follows

    def with_(self, other: Reasons) -> Reasons:
        """Both together."""
        return Reasons(self.changes | other.changes, self.follows or other.follows)


NOTHING, FOLLOWS = Reasons(), Reasons(follows=True)


def entries_of(items: Items) -> Spans:
    """Where the kinds of two entries are written."""
    return (
        None if items[0] is None else items[0].key.span,
        None if items[1] is None else items[1].key.span,
    )


class Texts:
    """The two texts, and where it is written what makes two layers differ."""

    def __init__(self, before: CheckResult, after: CheckResult) -> None:
        assert before.spec is not None
        assert after.spec is not None
        self.reports = before, after
        self.specs: tuple[Spec, Spec] = before.spec, after.spec

    def setting(self, name: str, items: Items, groups: Groups, values: Words) -> Reasons:
        """Where it comes from that two entries, in these groups, have other values in a setting.

        `values` are these, which are told where they are not written.
        """
        settings = tuple(None if item is None else item.settings.get(name) for item in items)
        one, other = settings
        if one is not None and other is not None and self._same_words(one.value, other.value):
            names = _origin(one.value).names | _origin(other.value).names
            inside = (
                None if one.origin == DEFAULTS else groups[0],
                None if other.origin == DEFAULTS else groups[1],
            )
            found = self._names(names, inside)
            if found.any:
                return found
        words = self._words(name, settings, values, items)
        spans = _spans_of([None if setting is None else setting.value for setting in settings])
        if words[0] == words[1]:
            return NOTHING
        if all(setting is None or setting.origin == DEFAULTS for setting in settings) and any(settings):
            kind = next(item.kind for item in items if item is not None)
            return Reasons.one(WrittenChange(DEFAULT, kind, name, words, spans))
        return self.field(name, items, words, spans)

    def field(self, name: str, items: Items, words: Words, spans: Spans) -> Reasons:
        """Another value of a field; nothing where it is the same."""
        if words[0] == words[1]:
            return NOTHING
        return Reasons.one(WrittenChange(FIELD, "", name, words, spans, entries_of(items)))

    def value(
        self, name: str, values: Sequence[Value | None], groups: Groups, items: Items, default: str
    ) -> Reasons:
        """The same of a value that is no setting, as an `if`: `default` is what it is where it is missing."""
        one, other = values
        if one is not None and other is not None and self._same_words(one, other):
            return self._names(one.names | other.names, groups)
        words = tuple(
            default if value is None else self.text(side, value.node.span)
            for side, value in enumerate(values)
        )
        return self.field(name, items, (words[0], words[1]), _spans_of(values))

    def rounding(self) -> Reasons:
        """Another rounding of the file; nothing where it is the same."""
        words = [
            report.overrides.rounding or spec.rounding
            for report, spec in zip(self.reports, self.specs, strict=True)
        ]
        if words[0] == words[1]:
            return NOTHING
        spans = [None if (node := spec.root.get("rounding")) is None else node.span for spec in self.specs]
        change = WrittenChange(WHOLE_ROUNDING, "", "rounding", (words[0], words[1]), (spans[0], spans[1]))
        return Reasons.one(change)

    def text(self, side: int, span: Span) -> str:
        """What is written at a place, on one line."""
        return " ".join(self.reports[side].source.text[span.start : span.end].split())

    def _names(self, names: Iterable[str], groups: Groups) -> Reasons:
        found = NOTHING
        for name in sorted(names):
            found = found.with_(self._name(name, groups))
        return found

    def _name(self, name: str, groups: Groups) -> Reasons:
        """Where it comes from that a name of expressions means something else in two groups."""
        one, other = (call_of(group) for group in groups)
        if name == "i":
            passes = _pass(groups[0]), _pass(groups[1])
            if None not in passes:
                return NOTHING if passes[0] == passes[1] else FOLLOWS
        if one is None or other is None:
            return self._param(name) if one is other else NOTHING
        blocks = [spec.blocks[call.kind] for spec, call in zip(self.specs, (one, other), strict=True)]
        meant = tuple(None if call.values is None else call.values.get(name) for call in (one, other))
        if meant[0] == meant[1]:  # but for its channels, what comes in is not among them
            is_declared = any(name in (*block.let, *block.params) for block in blocks)
            asks = meant[0] is None and name in INCOMING and not is_declared
            return FOLLOWS if asks and name not in self.specs[0].params else NOTHING
        if any(name in block.let for block in blocks):
            return self._of_block(LOCAL, name, [block.let.get(name) for block in blocks], groups, blocks)
        if any(name in block.params for block in blocks):
            items = _item(one), _item(other)
            if any(item is not None and name in item.settings for item in items):
                return self.setting(
                    name, items, (one.parent, other.parent), (_said(meant[0]), _said(meant[1]))
                )
            values = [block.params.get(name) for block in blocks]
            return self._of_block(PARAM, name, values, (one, other), blocks)
        if name in INCOMING and name not in self.specs[0].params:
            return FOLLOWS
        return self._param(name)

    def _of_block(
        self, what: str, name: str, values: Sequence[Value | None], groups: Groups, blocks: Sequence[Block]
    ) -> Reasons:
        """Another default of a param of a block, or another local name."""
        one, other = values
        if one is not None and other is not None and self._same_words(one, other):
            return self._names(one.names | other.names, groups)
        words = [
            "" if value is None else self.text(side, value.node.span) for side, value in enumerate(values)
        ]
        change = WrittenChange(what, blocks[1].name, name, (words[0], words[1]), _spans_of(values))
        return Reasons.one(change)

    def _param(self, name: str) -> Reasons:
        """Where it comes from that a param of the file has another value."""
        one, other = (spec.params.get(name) for spec in self.specs)
        if one == other and type(one) is type(other):
            return NOTHING
        first, second = (spec.derived.get(name) for spec in self.specs)
        if first is not None and second is not None and self._same_words(first, second):
            found = NOTHING
            for inner in sorted(first.names | second.names):
                found = found.with_(self._param(inner))
            if found.any:
                return found
        spans = [
            None if (nodes := spec.param_nodes.get(name)) is None else nodes[1].span for spec in self.specs
        ]
        return Reasons.one(WrittenChange(PARAM, "", name, (_said(one), _said(other)), (spans[0], spans[1])))

    def _words(self, name: str, settings: Sequence[Setting | None], values: Words, items: Items) -> Words:
        """What both say: as it is written, or the value where that is not written, or means another one."""
        words = []
        for side, (setting, value, item) in enumerate(zip(settings, values, items, strict=True)):
            is_plain = setting is not None and not _is_translated(item, name, setting)
            text = self.text(side, setting.value.node.span) if setting is not None and is_plain else ""
            words.append(text if text and len(text) <= _LONGEST else value)
        return (
            values if words[0] == words[1] else (words[0], words[1])
        )  # the same words may mean another value

    def _same_words(self, one: Value, other: Value) -> bool:
        return self.text(0, one.node.span) == self.text(1, other.node.span)


def _origin(value: Value) -> Value:
    """The value with its expressions, where they were evaluated once and for all."""
    return value.origin or value


def _spans_of(values: Sequence[Value | None]) -> Spans:
    spans = [None if value is None else value.node.span for value in values]
    return spans[0], spans[1]


def _item(group: Group) -> Item | None:
    return group.place if isinstance(group.place, Item) else None


def _is_translated(item: Item | None, name: str, setting: Setting) -> bool:
    """Whether a value means another one, because of the word that the field has there."""
    field = None if item is None or item.layer is None else item.layer.fields.get(name)
    if field is None or setting.alias not in field.aliases:
        return False
    return type(field).translate is not Field.translate


def _pass(group: Group | None) -> str | None:
    """The index of the innermost pass around, in the same block."""
    while group is not None and group.values is None:
        if group.kind == "pass":
            return group.label
        group = group.parent
    return None


def _said(value: Any) -> str:
    """A value of a param in words."""
    if value is None or value is REQUIRED:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(map(_said, value))}]"
    return str(value)
