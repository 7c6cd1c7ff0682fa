"""What changed between two networks, layer by layer, each change with what is written otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cnn_shapes.comparing.facts import KIND, ROUNDING, WHOLE_ENTRY, Facts, FieldDifference, shown
from cnn_shapes.comparing.pairing import LayerPair, written_name
from cnn_shapes.comparing.partners import AFTER, BEFORE, Partners, around
from cnn_shapes.comparing.written import (
    ADDED,
    FOLLOWS,
    INPUT,
    MOVED,
    NOTHING,
    OUTPUTS,
    REMOVED,
    RENAMED,
    REPLACED,
    Groups,
    Items,
    Reasons,
    Spans,
    Texts,
    WrittenChange,
    entries_of,
)
from cnn_shapes.diagnostics import format_shape
from cnn_shapes.language.entry import STRUCTURE, Item

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.network import Group, Node

_LONGEST_ENTRY = 100  # characters that are shown
_WAYS = ("branch", "shortcut")  # the groups of a structure that are beside one another


class Changes:
    """What changed, by the place of the layer in `pairs`: changes of itself, and of its name alone.

    `follows` are the places of layers that are there, or have fields, because of what comes in. `of_inputs`
    are the changes of the network's inputs, by the node after; `general` those that no layer has.
    """

    def __init__(self, before: CheckResult, after: CheckResult, pairs: list[LayerPair], facts: Facts) -> None:
        assert before.trace is not None
        assert after.trace is not None
        self.reports = before, after
        self.networks = before.trace.network, after.trace.network
        self.pairs, self.texts = pairs, Texts(before, after)
        self.partners = Partners(pairs, self.networks)
        self.own: dict[int, frozenset[WrittenChange]] = {}
        self.renamed: dict[WrittenChange, None] = {}
        self.follows: set[int] = set()
        self.of_inputs: dict[Node, WrittenChange] = {}
        self.general: list[WrittenChange] = []
        self._conditional: dict[int, list[Item]] = {}
        self._moved = {node for pair in pairs if pair.is_moved for node in pair[:2]}
        self._compare_inputs()
        for place, pair in enumerate(pairs):
            found = self._of_pair(pair, facts)
            if found.changes:
                self.own[place] = found.changes
            if found.follows:
                self.follows.add(place)
        self._compare_outputs()
        self._join_replaced()

    def _of_pair(self, pair: LayerPair, facts: Facts) -> Reasons:
        """Where it comes from that a layer is another one; nothing where it is not."""
        before, after, is_moved = pair
        if before is None or after is None:
            node, side = (before, BEFORE) if after is None else (after, AFTER)
            assert node is not None
            found = self._of_one(node, side)
            return found if found.any else FOLLOWS
        found = self._of_move(before, after) if is_moved else NOTHING
        for difference in facts.differences(before, after):
            found = found.with_(self._of_field(difference, before, after))
        if not is_moved and not self.partners.read_the_same(before, after):
            found = found.with_(self._of_sources(before, after))
        found = found.with_(self._of_named(before, after))
        self._compare_names(before, after)
        return found

    # two layers that belong together

    def _of_move(self, before: Node, after: Node) -> Reasons:
        """The move of a layer, or of the outermost call or structure that is moved with it."""
        items = _items(before, after)
        mine, others = self.partners.groups
        for one, other in zip(around(before.group), around(after.group), strict=False):
            if one not in mine and other not in others:
                groups = _items(one, other)
                items = items if None in groups else groups
                break
        entries = entries_of(items)
        return Reasons.one(WrittenChange(MOVED, "", "", ("", ""), entries, entries))

    def _of_field(self, difference: FieldDifference, before: Node, after: Node) -> Reasons:
        """Where it comes from that a field has another value, or the layer another kind."""
        name, old, new = difference
        items, groups = _items(before, after), (before.group, after.group)
        if name == WHOLE_ENTRY:
            return self._of_entries(items, groups)
        if name != KIND:
            words = shown(old), shown(new)
            found = self.texts.setting(name, items, groups, words)
            if name == ROUNDING and all(item is None or name not in item.settings for item in items):
                found = self.texts.rounding()
            return found if found.any else self.texts.field(name, items, words, (None, None))
        role = after.name.rpartition(".")[2]
        if before.owner is not None and after.owner is not None:
            return self.texts.setting(role, items, groups, (_word(before), _word(after)))
        if all(item is not None and item.form == STRUCTURE for item in items):
            role = role if role == "activation" else "merge"
            return self.texts.setting(role, items, groups, (before.kind, after.kind))
        return _replaced(before, after)

    def _of_entries(self, items: Items, groups: Groups) -> Reasons:
        """What is written otherwise of a layer that is in error."""
        one, other = items
        if one is None or other is None:
            return NOTHING
        found = NOTHING
        for name in {**one.settings, **other.settings}:
            found = found.with_(self.texts.setting(name, items, groups, ("", "")))
        if found.changes:
            return found
        words = self.texts.text(BEFORE, one.node.span), self.texts.text(AFTER, other.node.span)
        if max(map(len, words)) > _LONGEST_ENTRY:
            words = "written", "written otherwise"
        return self.texts.field(WHOLE_ENTRY, items, words, (one.node.span, other.node.span))

    def _of_sources(self, before: Node, after: Node) -> Reasons:
        """What a layer reads is another one; where that goes into a call or structure around, its `from`."""
        items = _items(before, after)
        words = _sources(items)
        for one, other in zip(around(before.group)[::-1], around(after.group)[::-1], strict=False):
            if words[0] != words[1]:
                break
            outer = _items(one, other)
            said = _sources(outer)
            if said[0] != said[1]:
                items, words = outer, said
        if words[0] == words[1]:
            mine, others = self.partners.of
            alone = [node for node in before.inputs if node not in mine and node.inputs]
            alone += [node for node in after.inputs if node not in others and node.inputs]
            if alone or not self._moved.isdisjoint((*before.inputs, *after.inputs)):
                return NOTHING  # another one is before it, since one is gone, new or moved, which is told
            words = self._read(before, BEFORE), self._read(after, AFTER)
        return self.texts.field("from", items, words, _at("from", items))

    def _read(self, node: Node, side: int) -> str:
        """What a layer reads, by names and lines: a name may have gone to another layer."""
        source = self.reports[side].source
        known = self.partners.of[side]
        return ", ".join(
            f"{one.name} of line {source.line_of(one.place.span.start)}" if one in known else one.name
            for one in node.inputs
        )

    def _of_named(self, before: Node, after: Node) -> Reasons:
        """Other layers whose weights it shares, or whose sizes it takes."""
        found, items = NOTHING, _items(before, after)
        one, other = before.shares, after.shares
        if (one is None) != (other is None) or (one and self.partners.of[BEFORE].get(one) is not other):
            places = [items, *map(_items, around(before.group)[::-1], around(after.group)[::-1])]
            named = next((some for some in places if _shared(some[0]) != _shared(some[1])), items)
            words = _shared(named[0]), _shared(named[1])
            found = self.texts.field("share", named, words, _at("share", named))
        likes = [[] if node.like is None else [node.like] for node in (before, after)]
        if after.layer is not None and not self.partners.come_from_the_same(*likes):
            names = ["".join(node.name for node in some) for some in likes]
            groups, name = (before.group, after.group), after.layer.reference
            found = found.with_(self.texts.setting(name, items, groups, (names[0], names[1])))
        return found

    def _compare_names(self, before: Node, after: Node) -> None:
        """Note the names that a user has changed, of a layer and of what is around it."""
        known = self.partners.groups[BEFORE]
        named: list[tuple[Node | Group, Node | Group]] = [] if before.owner is not None else [(before, after)]
        named += [
            (one, other)
            for one, other in zip(around(before.group), around(after.group), strict=False)
            if known.get(one) is other
        ]
        for one, other in named:
            if written_name(one) != written_name(other) or _branch(one) != _branch(other):
                words = one.name.rpartition(".")[2], other.name.rpartition(".")[2]
                entries = entries_of(_items(one, other))
                if words[0] != words[1]:  # else it is written now what was generated
                    self.renamed[WrittenChange(RENAMED, "", "name", words, entries, entries)] = None

    # layers that only one of the networks has

    def _of_one(self, node: Node, side: int) -> Reasons:
        """Why only one of the networks has a layer; nothing where that is not known."""
        paired = self.partners.groups[side]
        parent: Group | None = None
        other: Group | None = None
        for group in around(node.group):
            if group not in paired:
                found = self._of_group(group, parent, other, side)
                if found is not None:
                    return found
            parent, other = group, paired.get(group, other)
        if node.owner is not None and node.owner in self.partners.of[side]:
            return self._of_owned(node, node.owner, side)
        item = _item(node)
        if item is None:
            return NOTHING
        if parent is not None and other is not None:
            if item.form == STRUCTURE and item is parent.place:
                return self._of_join(node, parent, other, side)
            if parent.is_split:
                return self._of_parts("into", parent, other, side)
        return self._of_entry(item, parent, other, side)

    def _of_owned(self, node: Node, owner: Node, side: int) -> Reasons:
        """A norm or activation that only one of two layers has."""
        before, after = _ordered(owner, self.partners.of[side][owner], side)
        if before.kind != after.kind:
            return _replaced(before, after)
        role = node.name.rpartition(".")[2]
        values = _ordered(_word(node), "none", side)
        return self.texts.setting(role, _items(before, after), (before.group, after.group), values)

    def _of_group(self, group: Group, parent: Group | None, other: Group | None, side: int) -> Reasons | None:
        """A call, structure, pass or branch that only one has; None where something in it is the reason."""
        item = _item(group)
        if item is None:
            return NOTHING
        if parent is not None and other is not None:
            if group.kind == "pass":
                return self._of_parts("times", parent, other, side)
            if group.kind in _WAYS:
                return self._of_way(group, parent, other, side)
        return self._of_entry(item, parent, other, side)

    def _of_setting(self, name: str, own: Group, other: Group, side: int, default: str) -> Reasons:
        before, after = _ordered(own, other, side)
        return self.texts.setting(
            name, _items(before, after), (before.parent, after.parent), (default, default)
        )

    def _of_parts(self, name: str, own: Group, other: Group, side: int) -> Reasons:
        """More or fewer passes or parts, by a setting; by another reason where one of the two is in error."""
        found = self._of_setting(name, own, other, side, "")
        if found.any:
            return found
        before, after = _ordered(own, other, side)
        found = self._of_entries(_items(before, after), (before.parent, after.parent))
        item = _item(own)
        return found if found.any or item is None else _alone(item, side)

    def _of_way(self, group: Group, parent: Group, other: Group, side: int) -> Reasons | None:
        """A branch, or a shortcut, that only one of two structures has; None where both have it."""
        here, there = _item(parent), _item(other)
        if here is None or there is None:
            return NOTHING
        if there.lists.get(group.label):
            if group.kind == "shortcut":
                found = self._of_setting("add_if", parent, other, side, "true")
            else:
                found = self._of_branch_condition(group.label, parent, other, side)
            return found if found.any else None
        return _way(group.label, here, side)

    def _of_branch_condition(self, label: str, own: Group, other: Group, side: int) -> Reasons:
        """Another `if` of a branch that two structures have."""
        before, after = _ordered(own, other, side)
        items = _items(before, after)
        conditions = [None if item is None else item.branch_conditions.get(label) for item in items]
        return self.texts.value(f"if of {label}", conditions, (before.parent, after.parent), items, "true")

    def _of_join(self, node: Node, parent: Group, other: Group, side: int) -> Reasons:
        """The addition, the activation or the concatenation of a structure that both have."""
        role = node.name.rpartition(".")[2]
        here, there = _item(parent), _item(other)
        if here is None or there is None:
            return NOTHING
        if role == "activation":
            return self._of_setting(role, parent, other, side, "none")
        if here.kind == "repeat":
            return self._of_setting("collect", parent, other, side, "none")
        if "add_if" in here.settings or "add_if" in there.settings:
            return self._of_setting("add_if", parent, other, side, "true")
        found = self._of_setting("merge", parent, other, side, role)
        for item, others, of in ((here, there, side), (there, here, 1 - side)):
            for label in item.lists.keys() - others.lists.keys():  # a branch more makes the join
                found = found.with_(_way(label, item, of))
        for label in here.branch_conditions.keys() | there.branch_conditions.keys():
            found = found.with_(self._of_branch_condition(label, parent, other, side))
        return found if found.any or here.kind == "parallel" else _alone(here, side)

    def _of_entry(self, item: Item, parent: Group | None, other: Group | None, side: int) -> Reasons:
        """An entry that only one of them has, or that an `if` leaves out of the other."""
        twin = self._twin(item, side)
        if twin is not None:
            items = _ordered(item, twin, side)
            conditions = [one.condition for one in items]
            found = self.texts.value("if", conditions, _ordered(parent, other, side), items, "true")
            if found.any:
                return found
        return _alone(item, side)

    def _twin(self, item: Item, side: int) -> Item | None:
        """The same entry in the other text, where one of the two has an `if`."""
        other = 1 - side
        entries = self.texts.specs[other].entries
        if item.condition is None:
            if other not in self._conditional:
                self._conditional[other] = [one for one in entries if one.condition is not None]
            entries = self._conditional[other]
        candidates = [one for one in entries if one.kind == item.kind and one.name == item.name]
        own = self._meaning(item, side) if candidates else None
        return next((one for one in candidates if self._meaning(one, other) == own), None)

    def _meaning(self, item: Item, side: int) -> Any:
        """What an entry says beside its `if`."""
        settings = {name: self.texts.text(side, one.value.node.span) for name, one in item.settings.items()}
        inside = {name: [self._meaning(one, side) for one in items] for name, items in item.lists.items()}
        return (item.kind, item.name, settings, inside, _read(item))

    # inputs, outputs, and what takes another's place

    def _compare_inputs(self) -> None:
        layouts = [report.layout for report in self.reports]
        for nodes in self.partners.inputs:
            one, other = nodes
            named = other or one
            assert named is not None
            words = [
                "" if node is None else format_shape(node.output, layout)
                for node, layout in zip(nodes, layouts, strict=True)
            ]
            spans = [None if node is None else node.at("input") for node in nodes]
            name = "" if named.name == "input" else named.name
            change = WrittenChange(INPUT, "", name, (words[0], words[1]), (spans[0], spans[1]))
            if one is None or other is None:
                self.general.append(change)
            if other is not None and (one is None or one.output != other.output):
                self.of_inputs[other] = change
            elif one is not None and other is not None and one.name != other.name:
                self.renamed[change._replace(what=RENAMED, name="input", words=(one.name, other.name))] = None

    def _compare_outputs(self) -> None:
        mine, others = self.partners.of
        first, second = (network.outputs for network in self.networks)
        if [mine[node] for node in first if node in mine] == [node for node in second if node in others]:
            return  # one that is gone or new is told
        if self.partners.come_from_the_same(first, second):
            return
        written = [spec.outputs for spec in self.texts.specs]
        if not any(written):
            return  # the last layer is another one, which is told
        words = [", ".join(node.name for node in nodes) for nodes in (first, second)]
        spans = [names[0].span if names else None for names in written]
        change = WrittenChange(OUTPUTS, "", "outputs", (words[0], words[1]), (spans[0], spans[1]))
        self.general.append(change)

    def _join_replaced(self) -> None:
        """Of an entry that is gone and one that is new at its place, make one change."""
        together: dict[tuple[WrittenChange, WrittenChange], list[int]] = {}
        apart: set[WrittenChange] = set()
        for run in self._runs():
            changes = {change for place in run for change in self.own.get(place, ())}
            old, new = ([one for one in changes if one.what == what] for what in (REMOVED, ADDED))
            if len(old) == len(new) == 1 and len(changes) == len((*old, *new)):
                together.setdefault((old[0], new[0]), []).extend(run)
            else:
                apart |= changes
        olds, news = ([pair[side] for pair in together] for side in (BEFORE, AFTER))
        for (gone, come), places in together.items():
            if olds.count(gone) == news.count(come) == 1 and apart.isdisjoint((gone, come)):
                change = _replacement((gone.entries[BEFORE], come.entries[AFTER]))
                for place in places:
                    self.own[place] = frozenset((change,))

    def _runs(self) -> Iterator[list[int]]:
        """The places of layers that are there in one network only, one after the other."""
        run: list[int] = []
        for place, (before, after, _) in enumerate(self.pairs):
            if before is None or after is None:
                run.append(place)
            elif run:
                yield run
                run = []
        if run:
            yield run


def _ordered(own: Any, other: Any, side: int) -> Any:
    """What is of the one side and what is of the other, that of the network before first."""
    return (own, other) if side == BEFORE else (other, own)


def _alone(item: Item, side: int) -> Reasons:
    """An entry that only the one network has."""
    spans = _ordered(item.key.span, None, side)
    return Reasons.one(WrittenChange(_ordered(REMOVED, ADDED, side)[0], "", "", ("", ""), spans, spans))


def _way(label: str, item: Item, side: int) -> Reasons:
    """A branch or a shortcut that only the one entry has."""
    first = next(iter(item.lists.get(label, [])), item)
    spans = _ordered(first.span, None, side)
    name = label if label == "shortcut" else f"branch {label}"
    return Reasons.one(WrittenChange(_ordered(REMOVED, ADDED, side)[0], "", name, ("", ""), spans, spans))


def _item(of: Node | Group) -> Item | None:
    return of.place if isinstance(of.place, Item) else None


def _items(before: Node | Group, after: Node | Group) -> Items:
    return _item(before), _item(after)


def _replaced(before: Node, after: Node) -> Reasons:
    """The change of one layer into one of another kind."""
    return Reasons.one(_replacement(entries_of(_items(before, after))))


def _replacement(entries: Spans) -> WrittenChange:
    return WrittenChange(REPLACED, "", "", ("", ""), entries, entries)


def _word(node: Node) -> str:
    """What `norm` or `activation` says of a layer that is written on another."""
    return node.kind.removesuffix("norm")


def _read(item: Item | None) -> str:
    """What `from` says, `prev` where it is not written."""
    names = [source.text for source in (item.sources or ())] if item is not None else []
    return f"[{', '.join(names)}]" if len(names) > 1 else "".join(names) or "prev"


def _branch(of: Node | Group) -> str:
    """The label of a branch; empty where it is none, or its number."""
    label = getattr(of, "label", "") if of.kind == "branch" else ""
    return "" if label.isdigit() else label


def _shared(item: Item | None) -> str:
    """What `share` says."""
    return "" if item is None or item.share is None else item.share.text


def _sources(items: Items) -> tuple[str, str]:
    return _read(items[0]), _read(items[1])


def _at(name: str, items: Items) -> Spans:
    """Where a field is, of an entry that does not have it where the entry is."""
    return (
        None if items[0] is None else items[0].at(name),
        None if items[1] is None else items[1].at(name),
    )
