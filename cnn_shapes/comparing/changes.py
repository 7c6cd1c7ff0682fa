"""What changed between two networks, layer by layer, each change with what is written otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from cnn_shapes.comparing.facts import KIND, Facts, FieldDifference
from cnn_shapes.comparing.pairing import LayerPair, label_of, written_name
from cnn_shapes.comparing.sequences import aligned, between
from cnn_shapes.comparing.written import (
    ADDED,
    FIELD,
    INPUT,
    MOVED,
    OUTPUTS,
    REMOVED,
    RENAMED,
    REPLACED,
    Found,
    Texts,
    WrittenChange,
)
from cnn_shapes.diagnostics import format_shape
from cnn_shapes.language.entry import STRUCTURE, Item

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.network import Group, Network, Node
    from cnn_shapes.source import Span

BEFORE, AFTER = 0, 1
_WAYS = ("branch", "shortcut")  # the groups of a structure that are beside one another


class Partners:
    """What of one network is what of the other: nodes, and the groups that they are in."""

    def __init__(self, pairs: Iterable[LayerPair], networks: tuple[Network, Network]) -> None:
        self.of: tuple[dict[Node, Node], dict[Node, Node]] = ({}, {})
        self.groups: tuple[dict[Group, Group], dict[Group, Group]] = ({}, {})
        self.inputs = _inputs(networks)
        for one, other in self.inputs:
            if one is not None and other is not None:
                self._are(one, other)
        for before, after, is_moved in pairs:
            if before is None or after is None:
                continue
            self._are(before, after)
            if not is_moved:
                self._pair_groups(before.group, after.group)
        self._pair_left(networks)

    def _are(self, before: Node, after: Node) -> None:
        self.of[BEFORE][before] = after
        self.of[AFTER][after] = before

    def _pair_groups(self, before: Group | None, after: Group | None) -> None:
        """Pair the groups around two layers, from the outermost on, as long as they are of a kind."""
        mine, others = self.groups
        if before is None or after is None or before in mine:
            return
        for one, other in zip(_chain(before), _chain(after), strict=False):
            same = one.kind == other.kind or (one.values is not None and other.values is not None)
            if not same or mine.get(one, other) is not other or others.get(other, one) is not one:
                return
            mine[one], others[other] = other, one

    def _pair_left(self, networks: tuple[Network, Network]) -> None:
        """Pair the groups that have no layer in common, but are at one place of what they are in."""
        inside = [_children(network) for network in networks]
        waiting: list[tuple[Group | None, Group | None]] = [(None, None)]
        while waiting:
            outer = waiting.pop()
            lists = [children.get(group, []) for children, group in zip(inside, outer, strict=True)]
            numbers = {group: number for number, group in enumerate(lists[AFTER])}
            mine = self.groups[BEFORE]
            known = [
                (number, numbers[mine[group]])
                for number, group in enumerate(lists[BEFORE])
                if mine.get(group) in numbers
            ]
            rising = all(one[1] < other[1] for one, other in pairwise(known))
            for first, second in list(between(known, *map(len, lists))) if rising else ():
                some = [[(lists[side][at].kind, label_of(lists[side][at])) for at in gap] for side, gap in enumerate((first, second))]
                for place, other in aligned(*some):
                    self._pair(lists[BEFORE][first[place]], lists[AFTER][second[other]])
            waiting += [(group, mine[group]) for group in lists[BEFORE] if group in mine]

    def _pair(self, before: Group, after: Group) -> None:
        self.groups[BEFORE][before] = after
        self.groups[AFTER][after] = before


def _children(network: Network) -> dict[Group | None, list[Group]]:
    """The groups in each group, None for the network, in the order of computing."""
    found: dict[Group | None, list[Group]] = {}
    known: set[Group] = set()
    for node in network.layers:
        group = node.group
        while group is not None and group not in known:
            known.add(group)
            found.setdefault(group.parent, []).append(group)
            group = group.parent
    return found


def _chain(group: Group | None) -> list[Group]:
    """The groups around, the outermost first, the innermost last."""
    found = []
    while group is not None:
        found.append(group)
        group = group.parent
    return found[::-1]


def _inputs(networks: tuple[Network, Network]) -> list[tuple[Node | None, Node | None]]:
    """The inputs that belong together: those of one name, and the others by their places."""
    mine, others = (list(network.inputs) for network in networks)
    named = {node.name: node for node in others}
    found: list[tuple[Node | None, Node | None]] = []
    left = []
    for node in mine:
        if node.name in named:
            found.append((node, named.pop(node.name)))
        else:
            left.append(node)
    rest: list[Node | None] = [*named.values()]
    for place in range(max(len(left), len(rest))):
        found.append(
            (left[place] if place < len(left) else None, rest[place] if place < len(rest) else None)
        )
    return found


class Changes:
    """What changed, by the place of the layer in `pairs`: changes of itself, and of its name alone.

    `follows` are the places of layers with fields that follow from what comes into them. `of_inputs` are the
    changes of the network's inputs, by the node after; `general` those that no layer has.
    """

    def __init__(self, before: CheckResult, after: CheckResult, pairs: list[LayerPair], facts: Facts) -> None:
        assert before.trace is not None
        assert after.trace is not None
        self.reports = before, after
        self.networks = before.trace.network, after.trace.network
        self.pairs, self.texts = pairs, Texts(before, after)
        self.partners = Partners(pairs, self.networks)
        self.own: dict[int, frozenset[WrittenChange]] = {}
        self.renamed: dict[WrittenChange, list[int]] = {}
        self.follows: set[int] = set()
        self.of_inputs: dict[Node, WrittenChange] = {}
        self.general: list[WrittenChange] = []
        self._twins: dict[int, list[Item]] = {}
        self._moved = {node for pair in pairs if pair.is_moved for node in pair[:2]}
        self._compare_inputs()
        for place, pair in enumerate(pairs):
            self._compare(place, pair, facts)
        self._compare_outputs()
        self._join_replaced()

    def _compare_inputs(self) -> None:
        layouts = [report.layout for report in self.reports]
        for one, other in self.partners.inputs:
            nodes = one, other
            shapes = [None if node is None else node.output for node in nodes]
            words = [
                "" if node is None else format_shape(node.output, layout)
                for node, layout in zip(nodes, layouts, strict=True)
            ]
            named = one if other is None else other
            assert named is not None
            name = "" if named.name == "input" else named.name
            spans = [None if node is None else node.at("input") for node in nodes]
            change = WrittenChange(INPUT, "", name, words[0], words[1], spans[0], spans[1])
            if shapes[0] != shapes[1]:
                if other is not None:
                    self.of_inputs[other] = change
                if one is None or other is None:
                    self.general.append(change)
            elif one is not None and other is not None and one.name != other.name:
                renamed = change._replace(what=RENAMED, name="input", before=one.name, after=other.name)
                self.renamed.setdefault(renamed, [])

    def _compare(self, place: int, pair: LayerPair, facts: Facts) -> None:
        before, after, is_moved = pair
        if before is None or after is None:
            side = AFTER if before is None else BEFORE
            node = before or after
            assert node is not None
            found = self._of_one(node, side)
            self.own[place] = found.changes
            if not found.changes:
                self.follows.add(place)
            return
        found = Found()
        if is_moved:
            found |= Found(frozenset((self._of_move(before, after),)))
        for difference in facts.differences(before, after):
            found |= self._of_field(difference, before, after)
        if not is_moved and not self._reads_the_same(before, after):
            found |= self._of_sources(before, after)
        if before.shares is not None or after.shares is not None:
            found |= self._of_sharing(before, after)
        if before.like is not None and after.like is not None:
            if self.partners.of[BEFORE].get(before.like) is not after.like:
                found |= self._of_reference(before, after)
        if found.changes:
            self.own[place] = found.changes
        if found.follows:
            self.follows.add(place)
        self._compare_names(place, before, after)

    def _of_move(self, before: Node, after: Node) -> WrittenChange:
        """The move of a layer, or of the outermost call or structure that is moved with it."""
        items = _entry(before), _entry(after)
        for one, other in zip(_chain(before.group), _chain(after.group), strict=False):
            places = one.place, other.place
            if one not in self.partners.groups[BEFORE] and other not in self.partners.groups[AFTER]:
                if isinstance(places[0], Item) and isinstance(places[1], Item):
                    items = places[0], places[1]
                break
        return WrittenChange(MOVED, "", "", "", "", *_spans(*items) * 2)

    def _of_field(self, difference: FieldDifference, before: Node, after: Node) -> Found:
        if difference.name == KIND:
            owners = before.owner, after.owner
            if owners[0] is not None and owners[1] is not None:
                role = after.name.rpartition(".")[2]
                values = _word(before), _word(after)
                return self.texts.setting(role, owners, (before.group, after.group), values)
            items = before.place, after.place
            if all(isinstance(item, Item) and item.form == STRUCTURE for item in items):
                role = "activation" if after.name.endswith(".activation") else "merge"
                return self.texts.setting(
                    role, (before, after), (before.group, after.group), (before.kind, after.kind)
                )
            return Found(frozenset((_replaced(before, after),)))
        return self.texts.field(difference, before, after)

    # what a layer reads

    def _reads_the_same(self, before: Node, after: Node) -> bool:
        """Whether two layers read the same, but for what was put in or taken out between."""
        partner = self.partners.of[BEFORE]
        if len(before.inputs) == len(after.inputs):
            for one, other in zip(before.inputs, after.inputs, strict=True):
                if partner.get(one) is not other:
                    break
            else:
                return True
        mine, others = self.partners.of
        first = [partner[node] for node in before.inputs if node in mine]
        second = [node for node in after.inputs if node in others]
        if first == second and len(before.inputs) != len(after.inputs):
            return True
        first = [self._back(node, BEFORE) for node in before.inputs]
        second = [self._back(node, AFTER) for node in after.inputs]
        return first == second

    def _back(self, node: Node, side: int) -> Node | None:
        """The node, after, that a node comes from, over what the other network has not."""
        partners = self.partners.of[side]
        while node not in partners and node.inputs:
            node = node.inputs[0]
        if node not in partners:
            return None
        return node if side == AFTER else partners[node]

    def _of_sources(self, before: Node, after: Node) -> Found:
        items = _entry(before), _entry(after)
        words = [_sources(item) for item in items]
        outer = [*_chain(before.group)][::-1], [*_chain(after.group)][::-1]
        for one, other in zip(*outer, strict=False):  # what goes into a call, its layers read
            if words[0] != words[1]:
                break
            places = one.place, other.place
            around = [place if isinstance(place, Item) else None for place in places]
            said = [_sources(item) for item in around]
            if said[0] != said[1]:
                items, words = (around[0], around[1]), said
        if words[0] == words[1]:
            moved = not self._moved.isdisjoint((*before.inputs, *after.inputs))
            if moved and words[0] == "prev":
                return Found()
            words = [", ".join(node.name for node in one.inputs) for one in (before, after)]
        spans = [None if item is None else item.at("from") for item in items]
        change = WrittenChange(FIELD, "", "from", words[0], words[1], spans[0], spans[1], *_spans(*items))
        return Found(frozenset((change,)))

    def _of_sharing(self, before: Node, after: Node) -> Found:
        of = None if before.shares is None else self.partners.of[BEFORE].get(before.shares)
        if (of is after.shares and of is not None) or (before.shares is None) == (after.shares is None) is True:
            return Found()
        items = _entry(before), _entry(after)
        words = ["" if node.shares is None else node.shares.name for node in (before, after)]
        spans = [None if node.shares is None else node.at("share") for node in (before, after)]
        change = WrittenChange(FIELD, "", "share", words[0], words[1], spans[0], spans[1], *_spans(*items))
        return Found(frozenset((change,)))

    def _of_reference(self, before: Node, after: Node) -> Found:
        assert after.layer is not None
        assert before.like is not None
        assert after.like is not None
        if self._back(before.like, BEFORE) is self._back(after.like, AFTER):
            return Found()
        return self.texts.setting(
            after.layer.reference, (before, after), (before.group, after.group), (before.like.name, after.like.name)
        )

    # what is there in one of them alone

    def _of_one(self, node: Node, side: int) -> Found:
        """Why only one of the networks has a layer."""
        paired = self.partners.groups[side]
        parent: Group | None = None
        other: Group | None = None
        for group in _chain(node.group):
            if group not in paired:
                if group.kind not in _WAYS or other is None or parent is None:
                    return self._of_group(group, parent, other, side)
                found = self._of_way(group, parent, other, side)
                if found is not None:
                    return found
            parent, other = group, paired.get(group, other)
        if node.owner is not None and node.owner in self.partners.of[side]:
            owners = self._sides(node.owner, self.partners.of[side][node.owner], side)
            if owners[0].kind != owners[1].kind:
                return Found(frozenset((_replaced(*owners),)))
            role = node.name.rpartition(".")[2]
            values = self._sides(_word(node), "none", side)
            return self.texts.setting(role, owners, (owners[0].group, owners[1].group), values)
        item = node.place
        if not isinstance(item, Item):
            return Found()
        if parent is not None and item.form == STRUCTURE and item is parent.place:
            return self._of_join(node, parent, side)
        if parent is not None and other is not None and parent.is_split:
            return self._of_setting("into", parent, other, side, "")
        return self._of_entry(item, parent, other, side)

    def _of_group(self, group: Group, parent: Group | None, other: Group | None, side: int) -> Found:
        item = group.place
        if group.kind == "pass" and other is not None and parent is not None:
            return self._of_setting("times", parent, other, side, "")
        return self._of_entry(item, parent, other, side) if isinstance(item, Item) else Found()

    def _of_setting(self, name: str, own: Group, other: Group, side: int, default: str) -> Found:
        groups = self._sides(own, other, side)
        return self.texts.setting(name, groups, (groups[0].parent, groups[1].parent), (default, default))

    def _of_way(self, group: Group, parent: Group, other: Group, side: int) -> Found | None:
        """A branch, or a shortcut, that only one of two structures has; None where both have it."""
        there, here = other.place, parent.place
        assert isinstance(there, Item)
        assert isinstance(here, Item)
        if there.lists.get(group.label):
            if group.kind == "shortcut":
                found = self._of_setting("add_if", parent, other, side, "true")
            else:
                items = self._sides(here, there, side)
                conditions = tuple(item.branch_conditions.get(group.label) for item in items)
                groups = self._sides(parent.parent, other.parent, side)
                found = self.texts.value("if", conditions, groups, items, "true")  # type: ignore[arg-type]
            return found if found.changes or found.follows else None
        words = self._sides(f"{group.kind} {group.label}" if group.kind == "branch" else group.kind, "", side)
        spans = self._sides(here.lists[group.label][0].span if here.lists.get(group.label) else here.span, None, side)
        what = self._sides(REMOVED, ADDED, side)[0] if side == BEFORE else ADDED
        change = WrittenChange(what, "", words[side], "", "", spans[0], spans[1], *spans)
        return Found(frozenset((change,)))

    def _of_join(self, node: Node, group: Group, side: int) -> Found:
        """The addition, the activation or the concatenation of a structure that both have."""
        other = self.partners.groups[side][group]
        role = node.name.rpartition(".")[2]
        here, there = group.place, other.place
        assert isinstance(here, Item)
        assert isinstance(there, Item)
        if role == "activation":
            return self._of_setting(role, group, other, side, "none")
        if here.kind == "repeat":
            return self._of_setting("collect", group, other, side, "none")
        if "add_if" in here.settings or "add_if" in there.settings:
            return self._of_setting("add_if", group, other, side, "true")
        if here.kind == "parallel" and here.lists.keys() != there.lists.keys():
            return Found()  # a branch more makes the join, and is told
        return self._of_setting("merge", group, other, side, role)

    def _of_entry(self, item: Item, parent: Group | None, other: Group | None, side: int) -> Found:
        """An entry that only one of them has, or that an `if` leaves out of the other."""
        twin = self._twin(item, side)
        if twin is not None:
            items = self._sides(item, twin, side)
            conditions = items[0].condition, items[1].condition
            found = self.texts.value("if", conditions, self._sides(parent, other, side), items, "true")
            if found.changes or found.follows:
                return found
        spans = self._sides(item.key.span, None, side)
        what = REMOVED if side == BEFORE else ADDED
        return Found(frozenset((WrittenChange(what, "", "", "", "", *spans, *spans),)))

    def _twin(self, item: Item, side: int) -> Item | None:
        """The same entry in the other text, where one of the two has an `if`."""
        other = 1 - side
        if other not in self._twins:
            self._twins[other] = [one for one in self.texts.specs[other].entries if one.condition is not None]
        candidates = self._twins[other]
        if item.condition is not None:
            candidates = [one for one in self.texts.specs[other].entries if one.kind == item.kind]
        own = self._meaning(item, side)
        return next((one for one in candidates if one.kind == item.kind and self._meaning(one, other) == own), None)

    def _meaning(self, item: Item, side: int) -> Any:
        """What an entry says beside its `if`."""
        text = self.reports[side].source.text
        settings = sorted(
            (name, text[setting.value.node.start : setting.value.node.end])
            for name, setting in item.settings.items()
        )
        inside = {
            name: [self._meaning(one, side) for one in items] for name, items in item.lists.items()
        }
        return (item.kind, item.name, settings, inside, _sources(item))

    # names, outputs, and what takes another's place

    def _compare_names(self, place: int, before: Node, after: Node) -> None:
        for one, other in ((before, after), *zip(_chain(before.group), _chain(after.group), strict=False)):
            if one is not before and self.partners.groups[BEFORE].get(one) is not other:  # type: ignore[call-overload]
                continue
            names = [written_name(each) for each in (one, other)]
            if names[0] == names[1] or (one is before and before.owner is not None):
                continue
            items = one.place, other.place
            spans = _spans(*(item if isinstance(item, Item) else None for item in items))
            shown = [name or each.name.rpartition(".")[2] for name, each in zip(names, (one, other), strict=True)]
            change = WrittenChange(RENAMED, "", "name", shown[0], shown[1], *spans, *spans)
            self.renamed.setdefault(change, []).append(place)

    def _compare_outputs(self) -> None:
        first, second = (network.outputs for network in self.networks)
        mine, others = self.partners.of
        if [mine.get(node) for node in first] == list(second):
            return
        if [self._back(node, BEFORE) for node in first] == [self._back(node, AFTER) for node in second]:
            return
        words = [", ".join(node.name for node in nodes) for nodes in (first, second)]
        written = [spec.outputs for spec in self.texts.specs]
        if not any(written):
            return  # the last layer is another one, which is told
        spans: list[Span | None] = [names[0].span if names else None for names in written]
        self.general.append(WrittenChange(OUTPUTS, "", "outputs", words[0], words[1], spans[0], spans[1]))

    def _join_replaced(self) -> None:
        """Of an entry that is gone and one that is new at its place, make one change."""
        together: dict[tuple[WrittenChange, WrittenChange], list[int]] = {}
        apart: set[WrittenChange] = set()
        for run in self._runs():
            changes = {change for place in run for change in self.own[place]}
            whats = sorted(change.what for change in changes)
            if whats == [ADDED, REMOVED]:
                new, old = sorted(changes, key=lambda change: change.what)
                together.setdefault((old, new), []).extend(run)
            else:
                apart |= changes
        counts: dict[WrittenChange, int] = {}
        for pair in together:
            for change in pair:
                counts[change] = counts.get(change, 0) + 1
        for (old, new), places in together.items():
            if counts[old] == counts[new] == 1 and not {old, new} & apart:
                spans = old.span_before, new.span_after
                change = WrittenChange(REPLACED, "", KIND, "", "", *spans, *spans)
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

    def _sides(self, own: Any, other: Any, side: int) -> Any:
        """Both, that of the network before first."""
        return (own, other) if side == BEFORE else (other, own)


def _replaced(before: Node, after: Node) -> WrittenChange:
    """The change of one entry into another one."""
    spans = _spans(_entry(before), _entry(after))
    return WrittenChange(REPLACED, "", KIND, before.kind, after.kind, *spans, *spans)


def _word(node: Node) -> str:
    """What `norm` or `activation` says of a layer that is written on another."""
    return node.kind.removesuffix("norm")


def _entry(node: Node) -> Item | None:
    return node.place if isinstance(node.place, Item) else None


def _spans(before: Item | None, after: Item | None) -> tuple[Span | None, Span | None]:
    return (None if before is None else before.key.span, None if after is None else after.key.span)


def _sources(item: Item | None) -> str:
    """What `from` says, `prev` where it is not written."""
    if item is None or not item.sources:
        return "prev"
    names = [source.text for source in item.sources]
    return names[0] if len(names) == 1 else f"[{', '.join(names)}]"
