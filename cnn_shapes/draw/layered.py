"""A layered layout of a directed graph without circles, from left to right.

Layers by the longest way (Sugiyama, Tagawa, Toda 1981), few crossings by medians and exchanges (Gansner et
al., "A technique for drawing directed graphs", 1993), heights by aligned blocks (Brandes, Köpf 2001), so that
a long edge and a chain are straight.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

_ROUNDS = 24
_GAP, _DUMMY_GAP = 20.0, 13.0  # between two vertices of a layer, and beside an edge that goes through it


class Vertex:
    """What has a place: `x` and `y` are its middle. A dummy is where an edge goes through a layer."""

    def __init__(self, width: float, height: float, is_dummy: bool = False) -> None:
        self.width, self.height, self.is_dummy = width, height, is_dummy
        self.x = self.y = self.layer_width = 0.0
        self.layer = self.place = 0
        self.before: list[Vertex] = []
        self.after: list[Vertex] = []


Edge = tuple[Vertex, Vertex]
Layers = list[list[Vertex]]


class Layout:
    """The layers of a graph, each from top to bottom, and for each edge the dummies it goes through."""

    def __init__(self, vertices: Sequence[Vertex], edges: Sequence[Edge], gap: float = 36.0) -> None:
        """`vertices` are in an order in which every edge leads on."""
        _set_layers(vertices, edges)
        self.layers: Layers = [[] for _ in range(max(vertex.layer for vertex in vertices) + 1)]
        for vertex in vertices:
            self.layers[vertex.layer].append(vertex)
        self.ways = {edge: self._through(*edge) for edge in edges}
        self.layers = _with_few_crossings(self.layers)
        self.crossings = _crossings(self.layers)
        _set_heights(self.layers)
        x = 0.0
        for layer in self.layers:
            wide = max(vertex.width for vertex in layer)
            for vertex in layer:
                vertex.x, vertex.layer_width = x + wide / 2, wide
            x += wide + gap

    def _through(self, source: Vertex, target: Vertex) -> list[Vertex]:
        way, last = [], source
        for number in range(source.layer + 1, target.layer):
            dummy = Vertex(0, 4, is_dummy=True)
            dummy.layer = number
            self.layers[number].append(dummy)
            way.append(dummy)
            _join(last, dummy)
            last = dummy
        _join(last, target)
        return way


def _join(source: Vertex, target: Vertex) -> None:
    source.after.append(target)
    target.before.append(source)


def _set_layers(vertices: Sequence[Vertex], edges: Sequence[Edge]) -> None:
    """The longest way to each vertex; what nothing leads to stands just before what it leads to."""
    leads: dict[int, list[Vertex]] = {}
    comes: dict[int, list[Vertex]] = {}
    for source, target in edges:
        leads.setdefault(id(source), []).append(target)
        comes.setdefault(id(target), []).append(source)
    for vertex in vertices:
        vertex.layer = max((source.layer + 1 for source in comes.get(id(vertex), ())), default=0)
    for vertex in reversed(vertices):
        if id(vertex) not in comes and id(vertex) in leads:
            vertex.layer = min(target.layer for target in leads[id(vertex)]) - 1


def _with_few_crossings(layers: Layers) -> Layers:
    """The best order of several starts: as computed, and turned around."""
    best: tuple[int, Layers] | None = None
    starts: Iterable[Layers] = (
        [list(layer) for layer in layers],
        [list(reversed(layer)) for layer in layers],
        _by_depth(layers, forward=True),
        _by_depth(layers, forward=False),
    )
    for start in starts:
        for by_median in (True, False):
            found = _swept([list(layer) for layer in start], by_median)
            if best is None or found[0] < best[0]:
                best = found
    assert best is not None
    _number(best[1])
    return best[1]


def _by_depth(layers: Layers, forward: bool) -> Layers:
    """Each layer in the order in which a walk first comes to its vertices."""
    seen: dict[int, int] = {}
    starts = [vertex for layer in (layers if forward else reversed(layers)) for vertex in layer]
    for start in starts:
        waiting = [start]
        while waiting:
            vertex = waiting.pop()
            if id(vertex) not in seen:
                seen[id(vertex)] = len(seen)
                waiting += reversed(vertex.after if forward else vertex.before)
    return [sorted(layer, key=lambda vertex: seen[id(vertex)]) for layer in layers]


def _swept(layers: Layers, by_median: bool) -> tuple[int, Layers]:
    _number(layers)
    best = (_crossings(layers), [list(layer) for layer in layers])
    for turn in range(_ROUNDS):
        forward = turn % 2 == 0
        for layer in layers[1:] if forward else layers[-2::-1]:
            _order(layer, forward, by_median)
        _exchange(layers)
        count = _crossings(layers)
        if count < best[0]:
            best = (count, [list(layer) for layer in layers])
        if not count:
            break
    return best


def _number(layers: Layers) -> None:
    for layer in layers:
        for place, vertex in enumerate(layer):
            vertex.place = place


def _order(layer: list[Vertex], forward: bool, by_median: bool) -> None:
    """Sort a layer by where its neighbours in the layer before are; what has none keeps its place."""

    def wanted(vertex: Vertex) -> float:
        places = sorted(other.place for other in (vertex.before if forward else vertex.after))
        if not places:
            return float(vertex.place)
        if not by_median:
            return sum(places) / len(places)
        middle = len(places) // 2
        return (places[middle] + places[~middle]) / 2

    layer.sort(key=wanted)
    for place, vertex in enumerate(layer):
        vertex.place = place


def _exchange(layers: Layers) -> None:
    """Exchange neighbours in a layer as long as that saves crossings."""
    better = True
    while better:
        better = False
        for layer in layers:
            for place in range(len(layer) - 1):
                upper, lower = layer[place], layer[place + 1]
                if _between(upper, lower) > _between(lower, upper):
                    layer[place], layer[place + 1] = lower, upper
                    upper.place, lower.place = lower.place, upper.place
                    better = True


def _between(upper: Vertex, lower: Vertex) -> int:
    """The crossings of the edges of two neighbours, in this order."""
    return sum(
        one.place > other.place for side in (_before, _after) for one in side(upper) for other in side(lower)
    )


def _before(vertex: Vertex) -> list[Vertex]:
    return vertex.before


def _after(vertex: Vertex) -> list[Vertex]:
    return vertex.after


def _crossings(layers: Layers) -> int:
    count = 0
    for layer in layers:
        edges = sorted((vertex.place, target.place) for vertex in layer for target in vertex.after)
        for number, (start, end) in enumerate(edges):
            count += sum(other < start and target > end for other, target in edges[:number])
    return count


def _set_heights(layers: Layers) -> None:
    """The mean of the middle two of four: aligned with what is before or after, from above or below."""
    crossed = _crossed_by_long(layers)
    found = []
    for side in (_before, _after):
        for upward in (False, True):
            found.append(_aligned(layers, side, upward, crossed))
    narrow = min(found, key=lambda heights: max(heights.values()) - min(heights.values()))
    low, high = min(narrow.values()), max(narrow.values())
    for number, heights in enumerate(found):
        upward = number % 2 == 1
        shift = high - max(heights.values()) if upward else low - min(heights.values())
        found[number] = {vertex: height + shift for vertex, height in heights.items()}
    for layer in layers:
        for vertex in layer:
            four = sorted(heights[id(vertex)] for heights in found)
            vertex.y = (four[1] + four[2]) / 2


def _crossed_by_long(layers: Layers) -> set[tuple[int, int]]:
    """Edges that cross one which goes through both layers: that one shall be straight."""
    marked = set()
    for layer in layers[:-1]:
        edges = [(vertex, target) for vertex in layer for target in vertex.after]
        long = [edge for edge in edges if edge[0].is_dummy and edge[1].is_dummy]
        for source, target in edges:
            if source.is_dummy and target.is_dummy:
                continue
            if any((source.place - one.place) * (target.place - other.place) < 0 for one, other in long):
                marked |= {(id(source), id(target)), (id(target), id(source))}
    return marked


def _aligned(
    layers: Layers,
    side: Callable[[Vertex], list[Vertex]],
    upward: bool,
    crossed: set[tuple[int, int]],
) -> dict[int, float]:
    """Heights where vertices lie level with the median of what they read, or of what reads them."""
    root: dict[int, int] = {id(vertex): id(vertex) for layer in layers for vertex in layer}
    taken: set[int] = set()
    for layer in layers if side is _before else layers[::-1]:
        limit: int | None = None
        for vertex in layer[::-1] if upward else layer:
            near = sorted(side(vertex), key=lambda other: other.place, reverse=upward)
            middle = (len(near) - 1) / 2
            for place in dict.fromkeys((int(middle), -int(-middle // 1))) if near else ():
                other = near[place]
                is_clear = limit is None or (other.place < limit if upward else other.place > limit)
                if is_clear and id(other) not in taken and (id(other), id(vertex)) not in crossed:
                    root[id(vertex)] = root[id(other)]
                    taken.add(id(other))
                    limit = other.place
                    break
    return _compacted(layers, root)


def _compacted(layers: Layers, root: dict[int, int]) -> dict[int, float]:
    """The heights of aligned blocks: as far up as may be, then as far down as costs nothing."""
    below: dict[int, dict[int, float]] = {block: {} for block in root.values()}
    above: dict[int, dict[int, float]] = {block: {} for block in root.values()}
    for layer in layers:
        for upper, lower in pairwise(layer):
            room = (upper.height + lower.height) / 2 + (
                _DUMMY_GAP if upper.is_dummy or lower.is_dummy else _GAP
            )
            first, second = root[id(upper)], root[id(lower)]
            below[first][second] = above[second][first] = max(room, below[first].get(second, 0))
    order = _in_order(below, above)
    heights: dict[int, float] = {}
    for block in order:
        heights[block] = max((heights[one] + room for one, room in above[block].items()), default=0.0)
    for block in reversed(order):
        if below[block]:
            limit = min(heights[one] - room for one, room in below[block].items())
            if above[block]:
                heights[block] = max(heights[block], limit)
            else:
                heights[block] = limit
    return {vertex: heights[block] for vertex, block in root.items()}


def _in_order(below: dict[int, dict[int, float]], above: dict[int, dict[int, float]]) -> list[int]:
    missing = {block: len(others) for block, others in above.items()}
    ready = [block for block, count in missing.items() if not count]
    order = []
    while ready:
        block = ready.pop(0)
        order.append(block)
        for other in below[block]:
            missing[other] -= 1
            if not missing[other]:
                ready.append(other)
    return order
