"""What of one network is what of the other: layers, inputs, and the blocks and structures around them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise, zip_longest
from typing import TYPE_CHECKING

from cnn_shapes.comparing.pairing import LayerPair, label_of
from cnn_shapes.comparing.sequences import aligned, between

if TYPE_CHECKING:
    from cnn_shapes.network import Group, Network, Node

BEFORE, AFTER = 0, 1


class Partners:
    """The nodes and groups that belong together, from each of the networks to the other.

    `inputs` are those of the networks; one that only one of them has is beside None.
    """

    def __init__(self, pairs: Iterable[LayerPair], networks: tuple[Network, Network]) -> None:
        self.of: tuple[dict[Node, Node], dict[Node, Node]] = ({}, {})
        self.groups: tuple[dict[Group, Group], dict[Group, Group]] = ({}, {})
        self.inputs = _inputs(*networks)
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

    def read_the_same(self, before: Node, after: Node) -> bool:
        """Whether two layers read the same, but for what was put in or taken out between."""
        mine, others = self.of
        if len(before.inputs) == len(after.inputs) and all(
            mine.get(one) is other for one, other in zip(before.inputs, after.inputs, strict=True)
        ):
            return True
        if len(before.inputs) != len(after.inputs):  # a join with an input more, or less
            known = [mine[node] for node in before.inputs if node in mine]
            if known == [node for node in after.inputs if node in others]:
                return True
        return self.come_from_the_same(before.inputs, after.inputs)

    def come_from_the_same(self, before: Sequence[Node], after: Sequence[Node]) -> bool:
        """Whether nodes come from the same, one by one, over what only one of the networks has."""
        return len(before) == len(after) and all(map(self._come_from_one, before, after))

    def _come_from_one(self, before: Node, after: Node) -> bool:
        mine, others = self._origins(before, BEFORE), self._origins(after, AFTER)
        return not mine.isdisjoint(others) or (not mine and not others)  # what no layer has made

    def _origins(self, node: Node, side: int) -> set[Node]:
        """What a node comes from, as nodes of the network after: of a join that is new all that it joins."""
        partners = self.of[side]
        found: set[Node] = set()
        known = {node}
        waiting = [node]
        while waiting:
            one = waiting.pop()
            if one in partners:
                found.add(one if side == AFTER else partners[one])
            else:
                waiting += [source for source in one.inputs if source not in known]
                known.update(one.inputs)
        return found

    def _are(self, before: Node, after: Node) -> None:
        self.of[BEFORE][before] = after
        self.of[AFTER][after] = before

    def _pair(self, before: Group, after: Group) -> None:
        self.groups[BEFORE][before] = after
        self.groups[AFTER][after] = before

    def _pair_groups(self, before: Group | None, after: Group | None) -> None:
        """Pair the groups around two layers, from the outermost on, as long as they are of a kind."""
        mine, others = self.groups
        if before is None or after is None or before in mine:
            return
        for one, other in zip(around(before), around(after), strict=False):
            same = one.kind == other.kind or (one.values is not None and other.values is not None)
            if not same or mine.get(one, other) is not other or others.get(other, one) is not one:
                return
            self._pair(one, other)

    def _pair_left(self, networks: tuple[Network, Network]) -> None:
        """Pair the groups that have no layer in common, but are at one place of what they are in."""
        inside = [_groups_in(network) for network in networks]
        mine = self.groups[BEFORE]
        waiting: list[tuple[Group | None, Group | None]] = [(None, None)]
        while waiting:
            outer = waiting.pop()
            ours, theirs = (groups.get(one, []) for groups, one in zip(inside, outer, strict=True))
            numbers = {group: number for number, group in enumerate(theirs)}
            known = [
                (number, numbers[mine[one]]) for number, one in enumerate(ours) if mine.get(one) in numbers
            ]
            if all(one[1] < other[1] for one, other in pairwise(known)):
                for some, others in list(between(known, len(ours), len(theirs))):
                    keys = [(ours[at].kind, label_of(ours[at])) for at in some]
                    for place, other in aligned(
                        keys, [(theirs[at].kind, label_of(theirs[at])) for at in others]
                    ):
                        self._pair(ours[some[place]], theirs[others[other]])
            waiting += [(group, mine[group]) for group in ours if group in mine]


def around(group: Group | None) -> list[Group]:
    """The groups around a layer, the outermost first; the innermost, which is `group`, last."""
    found = []
    while group is not None:
        found.append(group)
        group = group.parent
    return found[::-1]


def _groups_in(network: Network) -> dict[Group | None, list[Group]]:
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


def _inputs(before: Network, after: Network) -> list[tuple[Node | None, Node | None]]:
    """The inputs that belong together: those of one name, and the others by their places."""
    named = {node.name: node for node in after.inputs}
    found: list[tuple[Node | None, Node | None]] = []
    left: list[Node] = []
    for node in before.inputs:
        if node.name in named:
            found.append((node, named.pop(node.name)))
        else:
            left.append(node)
    return [*found, *zip_longest(left, named.values())]
