"""What is written otherwise: from a layer that differs to the line, param or default that makes it differ.

A field whose expression is the same in both texts differs because a name in it means something else: the
way leads on to the argument, the param or the local name, up to the words that are not the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from cnn_shapes.comparing.facts import KIND, ROUNDING, FieldDifference, shown
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
    from cnn_shapes.network import Group, Node
    from cnn_shapes.source import Span

# what a change is of: an entry's field or argument, a param of the file or of a block, a local name of a block,
# the defaults of a kind, an entry as a whole, or the file
FIELD, PARAM, LOCAL, DEFAULT = "field", "param", "let", "defaults"
ADDED, REMOVED, MOVED, REPLACED, RENAMED = "added", "removed", "moved", "replaced", "renamed"
INPUT, OUTPUTS, WHOLE_ROUNDING = "input", "outputs", "rounding"
_LONGEST = 60  # characters of a value as it is written


class WrittenChange(NamedTuple):
    """One thing that is written otherwise: what it is, whose (a block, a kind) and its name.

    `before` and `after` are its words, empty where it is not there; the spans are where it is, None likewise.
    """

    what: str
    owner: str
    name: str
    before: str
    after: str
    span_before: Span | None
    span_after: Span | None
    entry_before: Span | None = None
    entry_after: Span | None = None


class Found(NamedTuple):
    """The changes that a difference comes from; `follows`: it comes from sizes or channels before it."""

    changes: frozenset[WrittenChange] = frozenset()
    follows: bool = False

    def __or__(self, other: Found) -> Found:  # type: ignore[override]
        return Found(self.changes | other.changes, self.follows or other.follows)


_NOTHING, _FOLLOWS = Found(), Found(follows=True)
_Place = tuple["Value | None", "Group | None"]


class Texts:
    """The two texts, and what is written otherwise in them."""

    def __init__(self, before: CheckResult, after: CheckResult) -> None:
        assert before.spec is not None
        assert after.spec is not None
        self.reports = before, after
        self.specs: tuple[Spec, Spec] = before.spec, after.spec

    def field(self, difference: FieldDifference, before: Node, after: Node) -> Found:
        """Where it comes from that two layers have other values in a field."""
        name, old, new = difference
        items = before.place, after.place
        settings = [item.settings.get(name) if isinstance(item, Item) else None for item in items]
        if name == ROUNDING and settings == [None, None]:
            return Found(frozenset((self.rounding(),)))
        if name == KIND:
            return self._direct(name, (old, new), (None, None), items)
        return self.setting(name, (before, after), (before.group, after.group), (shown(old), shown(new)))

    def setting(
        self, name: str, nodes: tuple[Any, Any], groups: tuple[Group | None, Group | None], values: tuple[str, str]
    ) -> Found:
        """Where it comes from that two entries have other values in a setting; `nodes` have them as places."""
        items = tuple(node.place if hasattr(node, "place") else node for node in nodes)
        settings: list[Setting | None] = [
            item.settings.get(name) if isinstance(item, Item) else None for item in items
        ]
        one, other = settings
        if one is not None and other is not None and self._same_words(one.value, other.value):
            both = tuple(_origin(setting.value) for setting in (one, other))
            inside: Any = tuple(
                None if setting.origin == DEFAULTS else group
                for setting, group in zip((one, other), groups, strict=True)
            )
            found = self._names(both[0].names | both[1].names, inside)
            if found != _NOTHING:
                return found
        if one is not None and other is not None and one.origin == other.origin == DEFAULTS:
            kind = items[0].kind
            words = self._words(name, (one, other), values, items)
            spans = one.value.node.span, other.value.node.span
            return _one(DEFAULT, kind, name, words, spans)
        defaults = [
            setting if setting is not None and setting.origin == DEFAULTS else None for setting in settings
        ]
        if (one is None or other is None) and any(defaults):
            spans_ = [None if setting is None else setting.value.node.span for setting in settings]
            return _one(DEFAULT, items[0].kind, name, self._words(name, settings, values, items), spans_)
        words = self._words(name, settings, values, items)
        if words[0] == words[1]:
            return _NOTHING
        return self._direct(name, words, settings, items)

    def value(
        self, name: str, values: tuple[Value | None, Value | None], groups: Any, items: Any, default: str
    ) -> Found:
        """The same of a value that is no setting, as an `if`."""
        one, other = values
        if one is not None and other is not None and self._same_words(one, other):
            return self._names(one.names | other.names, groups)
        words = tuple(
            default if value is None else self._text(side, value.node.span)
            for side, value in enumerate(values)
        )
        spans = [None if value is None else value.node.span for value in values]
        return _one(FIELD, "", name, words, spans, _entries(items))

    def rounding(self) -> WrittenChange:
        """The rounding of the file."""
        words = [report.overrides.rounding or spec.rounding for report, spec in self._sides()]
        spans = [None if (node := spec.root.get("rounding")) is None else node.span for spec in self.specs]
        return WrittenChange(WHOLE_ROUNDING, "", "rounding", words[0], words[1], spans[0], spans[1])

    def _sides(self) -> Iterable[tuple[CheckResult, Spec]]:
        return zip(self.reports, self.specs, strict=True)

    def _names(self, names: Iterable[str], groups: tuple[Group | None, Group | None]) -> Found:
        found = _NOTHING
        for name in sorted(names):
            found |= self._name(name, groups)
        return found

    def _name(self, name: str, groups: tuple[Group | None, Group | None]) -> Found:
        """Where it comes from that a name of expressions means something else in two groups."""
        calls = call_of(groups[0]), call_of(groups[1])
        if name == "i" and None not in (passes := [_pass(group) for group in groups]):
            return _NOTHING if passes[0] == passes[1] else _FOLLOWS
        one, other = calls
        if one is None or other is None:
            return self._param(name) if one is other else _NOTHING
        blocks = [spec.blocks[call.kind] for spec, call in zip(self.specs, (one, other), strict=True)]
        meant = [_meant(name, call) for call in (one, other)]
        if meant[0] == meant[1]:
            return _NOTHING
        lets = [block.let.get(name) for block in blocks]
        if any(lets):
            found = self._same_name(LOCAL, name, lets, groups, blocks)
            return found
        if any(name in block.params for block in blocks):
            return self._of_call(name, (one, other), blocks, meant)
        if name in INCOMING and name not in self.specs[0].params:
            return _FOLLOWS
        return self._param(name)

    def _of_call(self, name: str, calls: tuple[Group, Group], blocks: list[Block], meant: list[Any]) -> Found:
        items = [call.place for call in calls]
        given = [isinstance(item, Item) and name in item.settings for item in items]
        outer = calls[0].parent, calls[1].parent
        if any(given):
            return self.setting(name, (items[0], items[1]), outer, (_said(meant[0]), _said(meant[1])))
        return self._same_name(PARAM, name, [block.params.get(name) for block in blocks], calls, blocks)

    def _same_name(
        self, what: str, name: str, values: list[Value | None], groups: Any, blocks: list[Block]
    ) -> Found:
        one, other = values
        if one is not None and other is not None and self._same_words(one, other):
            found = self._names(one.names | other.names, groups)
            if found != _NOTHING:
                return found
        words = ["" if value is None else self._text(side, value.node.span) for side, value in enumerate(values)]
        spans = [None if value is None else value.node.span for value in values]
        return _one(what, blocks[1].name, name, words, spans)

    def _param(self, name: str) -> Found:
        """Where it comes from that a param of the file has another value."""
        one, other = (spec.params.get(name) for spec in self.specs)
        if one == other and type(one) is type(other):
            return _NOTHING
        derived = [spec.derived.get(name) for spec in self.specs]
        if derived[0] is not None and derived[1] is not None and self._same_words(*derived):
            found = _NOTHING
            for inner in sorted(derived[0].names | derived[1].names):
                found |= self._param(inner)
            if found != _NOTHING:
                return found
        spans = [
            None if (nodes := spec.param_nodes.get(name)) is None else nodes[1].span for spec in self.specs
        ]
        return _one(PARAM, "", name, (_said(one), _said(other)), spans)

    def _direct(self, name: str, words: Any, settings: Any, items: Any) -> Found:
        spans = [None if setting is None else setting.value.node.span for setting in settings]
        return _one(FIELD, "", name, words, spans, _entries(items))

    def _words(self, name: str, settings: Any, values: tuple[str, str], items: Any) -> tuple[str, str]:
        """What both say: as it is written, or the value where that is not written, or means another one."""
        words = []
        for side, (setting, value, item) in enumerate(zip(settings, values, items, strict=True)):
            is_plain = setting is not None and not _is_translated(item, name, setting)
            text = self._text(side, setting.value.node.span) if is_plain else ""
            words.append(text if text and len(text) <= _LONGEST else value)
        if words[0] == words[1]:  # the same words mean something else
            return values
        return words[0], words[1]

    def _text(self, side: int, span: Span) -> str:
        return " ".join(self.reports[side].source.text[span.start : span.end].split())

    def _same_words(self, one: Value, other: Value) -> bool:
        return self._text(0, one.node.span) == self._text(1, other.node.span)


def _origin(value: Value) -> Value:
    """The value with its expressions, where they were evaluated once and for all."""
    return value.origin or value


def _is_translated(item: Any, name: str, setting: Setting) -> bool:
    """Whether a value means another one, because of the word that the field has there."""
    layer = item.layer if isinstance(item, Item) else None
    field = None if layer is None else layer.fields.get(name)
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


def _meant(name: str, call: Group) -> Any:
    values: Mapping[str, Any] = call.values or {}
    return values.get(name)


def _said(value: Any) -> str:
    """A value of a param in words."""
    if value is None or value is REQUIRED:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(map(_said, value))}]"
    return str(value)


def _entries(items: Any) -> list[Span | None]:
    return [item.key.span if isinstance(item, Item) else None for item in items]


def _one(
    what: str, owner: str, name: str, words: Any, spans: Any, entries: Any = (None, None)
) -> Found:
    change = WrittenChange(what, owner, name, words[0], words[1], spans[0], spans[1], *entries)
    return Found(frozenset((change,)))
