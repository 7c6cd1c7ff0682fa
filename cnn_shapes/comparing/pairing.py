"""Which layers of two networks are the same one: by what is written, by what they are, by where they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from cnn_shapes.comparing.facts import Facts
from cnn_shapes.comparing.sequences import Pairs, aligned, best_pairs, between
from cnn_shapes.language.entry import LAYER, Item

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.network import Group, Network, Node
    from cnn_shapes.source import Source

_ROOT = 0
_NEAR = 6  # places that a layer without weights moves at most
_HALF = 0.5
_FEW_ALIKE = 2  # of so many layers one is the same, at least, where a call of another block is still the same


class LayerPair(NamedTuple):
    """A layer before and after; one of them is None where it is added or removed.

    `is_moved`: it is the same layer at another place among the others.
    """

    before: Node | None
    after: Node | None
    is_moved: bool = False


class WrittenNodes:
    """A layer as it is written: its node, and those of the norm and activation that are written on it.

    `path` and `text` are numbers that are the same where it is written at the same place of the structure,
    and in the same words; `calls` where all calls around it are in the same words; `facts` where it does the
    same. `home` is the path without its own name.
    """

    __slots__ = ("calls", "facts", "home", "kind", "name", "nodes", "path", "text", "weighs")

    def __init__(self, node: Node) -> None:
        self.nodes = [node]
        self.kind, self.name = node.kind, ""
        self.path = self.home = self.text = self.calls = self.facts = _ROOT
        self.weighs = node.layer is not None and node.layer.has_weights


class Paths:
    """Numbers for places of two networks' structures and for words; generated names count nothing."""

    def __init__(self) -> None:
        self._numbers: dict[Any, int] = {}
        self._groups: dict[Group, tuple[int, int]] = {}
        self._texts: dict[Item, int] = {}

    def number(self, key: Any) -> int:
        return self._numbers.setdefault(key, len(self._numbers) + 1)

    def of_group(self, group: Group | None, source: Source) -> tuple[int, int]:
        """The number of a group's place, and that of the words of all calls around and itself."""
        chain = []
        while group is not None and group not in self._groups:
            chain.append(group)
            group = group.parent
        path, calls = (_ROOT, _ROOT) if group is None else self._groups[group]
        for one in reversed(chain):
            path = self.number((path, label_of(one), one.kind))
            if one.values is not None and isinstance(one.place, Item):
                calls = self.number((calls, self.of_text(one.place, source), "calls"))
            self._groups[one] = path, calls
        return path, calls

    def of_text(self, item: Item, source: Source) -> int:
        """The number of an entry's words."""
        number = self._texts.get(item)
        if number is None:
            number = self._texts[item] = self.number(source.text[item.node.start : item.node.end])
        return number


def label_of(group: Group) -> str:
    """The label of a group that a user wrote, or the index of a pass; empty where it was generated."""
    return group.label if group.kind in ("pass", "branch") or is_named(group) else ""


def is_named(one: Group | Node) -> bool:
    """Whether a user wrote the name."""
    return bool(written_name(one))


def written_name(one: Group | Node) -> str:
    """The name that a user wrote on a layer or a call; empty where there is none."""
    name = getattr(one.place, "name", None)
    return name if name and f".{one.name}".endswith(f".{name}") else ""


def written_nodes(report: CheckResult, paths: Paths, facts: Facts) -> list[WrittenNodes]:
    """The layers of a network as they are written, in the order of computing."""
    assert report.trace is not None
    source = report.source
    found: list[WrittenNodes] = []
    for node in report.trace.network.layers:
        if found and node.owner is not None and node.owner is found[-1].nodes[0]:
            found[-1].nodes.append(node)
            continue
        one = WrittenNodes(node)
        found.append(one)
        one.home, one.calls = paths.of_group(node.group, source)
        one.name = written_name(node)
        role = node.name.rpartition(".")[2] if node.layer is not None and node.layer.is_part else ""
        one.path = paths.number((one.home, one.name or role or node.kind, "layer"))
        item = node.place
        if isinstance(item, Item) and item.form == LAYER:
            one.text = paths.of_text(item, source)
    for one in found:
        keys = tuple([facts.key(node) for node in one.nodes])
        one.facts = keys[0] if len(keys) == 1 else -paths.number(("facts", keys))
    return found


def pairs_of(before: CheckResult, after: CheckResult, facts: Facts) -> list[LayerPair]:
    """The layers of two networks that have a trace, in the order of the second, what is gone where it was."""
    assert before.trace is not None
    assert after.trace is not None
    mine, others = before.trace.network, after.trace.network
    if _compute_the_same(mine, others, facts):
        return list(map(LayerPair, mine.layers, others.layers))
    paths = Paths()
    ours, theirs = (written_nodes(report, paths, facts) for report in (before, after))
    found = _without_replaced(_matched(ours, theirs, facts), ours, theirs)
    nodes = _extended(_nodes_of(found, ours, theirs), mine.layers, others.layers, facts)
    return _with_moved(list(_merged(nodes, mine.layers, others.layers)), before, after, facts)


def _compute_the_same(before: Network, after: Network, facts: Facts) -> bool:
    """Whether two networks do the same in the same order, however they are written."""
    if len(before.nodes) != len(after.nodes) or len(before.inputs) != len(after.inputs):
        return False
    return all(
        facts.key(one) == facts.key(other)
        and [node.index for node in one.reads] == [node.index for node in other.reads]
        for one, other in zip(before.layers, after.layers, strict=True)
    )


_Key = Callable[[WrittenNodes], Any]
# from what is surely the same layer to what may be; a key of None is nobody's
_LEVELS: tuple[_Key, ...] = (
    lambda one: (one.path, one.calls, one.text),
    lambda one: (one.path, one.text, one.facts),
    lambda one: (one.path, one.text) if one.text else None,
    lambda one: (one.path, one.facts),
    lambda one: one.facts if one.weighs else None,
    lambda one: (one.path, one.kind),
)


def _matched(ours: list[WrittenNodes], theirs: list[WrittenNodes], facts: Facts) -> Pairs:
    found: Pairs = []
    for key in _LEVELS:
        first, second = list(map(key, ours)), list(map(key, theirs))
        for mine, others in list(between(found, len(ours), len(theirs))):
            some = aligned(first[mine.start : mine.stop], second[others.start : others.stop])
            found += [(place + mine.start, other + others.start) for place, other in some]
        found.sort()
    for mine, others in list(between(found, len(ours), len(theirs))):
        found += best_pairs(mine, others, lambda place, other: _likeness(ours[place], theirs[other], facts))
    found.sort()
    for mine, others in list(between(found, len(ours), len(theirs))):
        if len(mine) == len(others) == 1 and _may_replace(ours[mine[0]], theirs[others[0]]):
            found.append((mine[0], others[0]))
    return sorted(found)


def _likeness(before: WrittenNodes, after: WrittenNodes, facts: Facts) -> int:
    """How likely it is that one layer was changed into the other; 0 where it is not."""
    at_home = before.home == after.home
    if before.kind != after.kind:
        family = _family(before)
        return 2 * bool(at_home and family and family == _family(after))
    alike = _alike(before, after, facts)
    named = bool(before.name and before.name == after.name)
    if not (at_home or named) and alike < _HALF:
        return 0
    return 10 + 5 * at_home + 5 * named + round(4 * alike)


def _alike(before: WrittenNodes, after: WrittenNodes, facts: Facts) -> float:
    """The part of the fields that two layers of a kind have in common."""
    one, other = before.nodes[0].layer, after.nodes[0].layer
    if one is None or other is None:
        return 0.0
    first, second = facts.of(one), facts.of(other)
    same = sum(name in second and second[name] == value for name, value in first.items())
    return float(same / max(len(first), len(second), 1))


def _family(one: WrittenNodes) -> str:
    layer = one.nodes[0].layer
    return "" if layer is None else layer.family


def _may_replace(before: WrittenNodes, after: WrittenNodes) -> bool:
    """Whether a layer that is alone between two that stayed may be what came instead of another."""
    parts = (one.nodes[0].layer is not None and one.nodes[0].layer.is_part for one in (before, after))
    return before.home == after.home and not any(parts)


def _without_replaced(pairs: Pairs, ours: list[WrittenNodes], theirs: list[WrittenNodes]) -> Pairs:
    """The pairs without those in calls of two blocks that have little in common: one replaces the other."""
    calls: dict[tuple[int, int], list[tuple[int, int]]] = {}
    same: Counter[tuple[int, int]] = Counter()
    sizes = _sizes_of_calls(ours), _sizes_of_calls(theirs)
    for place, other in pairs:
        first, second = (call_of(one.nodes[0].group) for one in (ours[place], theirs[other]))
        if first is not None and second is not None and first.kind != second.kind:
            key = id(first), id(second)
            calls.setdefault(key, []).append((place, other))
            same[key] += ours[place].facts == theirs[other].facts
    apart = {
        pair
        for key, some in calls.items()
        if same[key] * _FEW_ALIKE < max(sizes[0][key[0]], sizes[1][key[1]])
        for pair in some
    }
    return [pair for pair in pairs if pair not in apart]


def _sizes_of_calls(written: Iterable[WrittenNodes]) -> Counter[int]:
    return Counter(id(call) for one in written if (call := call_of(one.nodes[0].group)) is not None)


def call_of(group: Group | None) -> Group | None:
    """The innermost call of a block around."""
    while group is not None and group.values is None:
        group = group.parent
    return group


def _nodes_of(pairs: Pairs, ours: list[WrittenNodes], theirs: list[WrittenNodes]) -> list[tuple[int, int]]:
    """The indices of nodes that belong together: layers, their norms and their activations."""
    found = []
    for place, other in pairs:
        (first, *mine), (second, *others) = ours[place].nodes, theirs[other].nodes
        found.append((first.index, second.index))
        roles = {node.name.rpartition(".")[2]: node for node in others}
        for node in mine:
            partner = roles.get(node.name.rpartition(".")[2])
            if partner is not None:
                found.append((node.index, partner.index))
    return found


def _extended(
    pairs: list[tuple[int, int]], ours: Sequence[Node], theirs: Sequence[Node], facts: Facts
) -> list[tuple[int, int]]:
    """The pairs, and of what is beside one and does the same in both, which is nobody's, a pair too."""
    mine = {node.index: node for node in ours}
    others = {node.index: node for node in theirs}
    known, taken = dict(pairs), {other for _, other in pairs}
    for step in (1, -1):
        waiting = sorted(known.items(), reverse=step > 0)
        while waiting:
            place, other = waiting.pop()
            place, other = place + step, other + step
            if place in known or other in taken or place not in mine or other not in others:
                continue
            if facts.key(mine[place]) == facts.key(others[other]):
                known[place] = other
                taken.add(other)
                waiting.append((place, other))
    return sorted(known.items())


def _merged(
    pairs: list[tuple[int, int]], ours: Sequence[Node], theirs: Sequence[Node]
) -> Iterator[LayerPair]:
    """All layers in one list, from pairs that rise in both."""
    mine, others = iter(ours), iter(theirs)
    node, other = next(mine, None), next(others, None)
    for place, partner in pairs:
        while node is not None and node.index < place:
            yield LayerPair(node, None)
            node = next(mine, None)
        while other is not None and other.index < partner:
            yield LayerPair(None, other)
            other = next(others, None)
        yield LayerPair(node, other)
        node, other = next(mine, None), next(others, None)
    while node is not None:
        yield LayerPair(node, None)
        node = next(mine, None)
    while other is not None:
        yield LayerPair(None, other)
        other = next(others, None)


def _with_moved(
    pairs: list[LayerPair], before: CheckResult, after: CheckResult, facts: Facts
) -> list[LayerPair]:
    """The pairs, of which what is gone here and the same one that is new there are one that is moved."""
    gone: dict[Any, list[int]] = {}
    new: list[int] = []
    for place, pair in enumerate(pairs):
        if pair.after is None and pair.before is not None:
            gone.setdefault(_moving_key(pair.before, before, facts), []).append(place)
        elif pair.before is None:
            new.append(place)
    origins: dict[int, int] = {}
    around: set[tuple[Group | None, Group | None]] = set()  # groups of which something is moved
    for is_sure in (True, False):
        for place in new:
            node = pairs[place].after
            assert node is not None
            places = gone.get(_moving_key(node, after, facts), [])
            if place in origins or not places or _is_known_again(node) < is_sure:
                continue
            origin = _origin_of(place, places, pairs, None if is_sure else around)
            if origin is None:
                continue
            places.remove(origin)
            origins[place] = origin
            one = pairs[origin].before
            assert one is not None
            around.update(zip(_outward(one.group), _outward(node.group), strict=False))
    left = set(origins.values())
    return [
        LayerPair(pairs[origins[place]].before, pair.after, is_moved=True) if place in origins else pair
        for place, pair in enumerate(pairs)
        if place not in left
    ]


def _origin_of(
    place: int,
    places: list[int],
    pairs: list[LayerPair],
    around: set[tuple[Group | None, Group | None]] | None,
) -> int | None:
    """Where a layer was before: it is near, or in a group that is moved; anywhere where that is not asked."""
    if around is None:
        return places[0]
    after = pairs[place].after
    for origin in places:
        before = pairs[origin].before
        if before is None or after is None:
            continue
        if (before.group is not None and (before.group, after.group) in around) or abs(
            place - origin
        ) <= _NEAR:
            return origin
    return None


def _outward(group: Group | None) -> Iterator[Group]:
    while group is not None:
        yield group
        group = group.parent


def _is_known_again(node: Node) -> bool:
    """Whether a layer is one that is not everywhere: another one elsewhere would not be taken for it."""
    owner = node.owner or node
    return bool(written_name(owner)) or (owner.layer is not None and owner.layer.has_weights)


def _moving_key(node: Node, report: CheckResult, facts: Facts) -> Any:
    """What a layer that is moved keeps: what it is, in which block it is written, and its words."""
    item, owner = node.place, node.owner or node
    text = ""
    if isinstance(item, Item) and item.form == LAYER:
        text = report.source.text[item.node.start : item.node.end]
    call = call_of(node.group)
    role = "" if node.owner is None else node.name.rpartition(".")[2]
    return (facts.key(node), facts.key(owner), role, text, call.kind if call else "", written_name(owner))
