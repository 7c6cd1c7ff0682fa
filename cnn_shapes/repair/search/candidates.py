"""The changes that can mend the first error of a network: all that reach it, and no others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from cnn_shapes.diagnosis.culprit import ancestors
from cnn_shapes.language.entry import OWN, Item
from cnn_shapes.layers.base import Layer
from cnn_shapes.network import Network, Node
from cnn_shapes.repair.changes.change import Change
from cnn_shapes.repair.changes.channels import changes_of_conditions, channel_changes
from cnn_shapes.repair.changes.costs import COSTS, SPATIAL_ROLES, cost_of
from cnn_shapes.repair.changes.entry_changes import EntryChanges
from cnn_shapes.repair.changes.field_changes import FieldChanges
from cnn_shapes.repair.changes.file_changes import EveryField, file_changes
from cnn_shapes.repair.changes.input_changes import InputChanges
from cnn_shapes.repair.changes.neighbours import Neighbour, neighbours
from cnn_shapes.repair.changes.prices import item_of
from cnn_shapes.repair.changes.spec_changes import (
    NumberChange,
    RoundingChange,
    SourceChange,
    names_before,
    read_names,
)
from cnn_shapes.repair.search.workbench import Workbench
from cnn_shapes.repair.trial import Outcome
from cnn_shapes.shapes import (
    CEIL,
    CHANNELS,
    EXPECT_MISMATCH,
    FLOOR,
    GROUPS_NOT_DIVISIBLE,
    NEEDS_FLATTEN,
    NOT_WHOLE,
    SHAPE_MISMATCH,
    SHARE_MISMATCH,
    SIZES,
    WINDOW_TOO_LARGE,
    Shape,
)

# changes of the layers before an error, the nearest first: some 800 layers have so many
_MOST_LISTED = 12_000
_OTHER_KIND = 1  # steps
_NEARBY = 3  # layers before and after the one that is read
_OF_SOURCES = (
    NEEDS_FLATTEN,
    SHAPE_MISMATCH,
    WINDOW_TOO_LARGE,
    GROUPS_NOT_DIVISIBLE,
    EXPECT_MISMATCH,
    SHARE_MISMATCH,
)


class Candidates:
    """Lists the allowed changes for an outcome. What depends on the user's values alone is listed once.

    `cut` says whether there were too many to list them all.
    """

    def __init__(self, bench: Workbench, allowed: Callable[[Change], bool]) -> None:
        self.bench, self.spec, self.allowed = bench, bench.spec, allowed
        self.symmetric = is_symmetric(bench.network, bench.spec.shape)
        self.apart = bench.replayable and keeps_axes_apart(bench.network)
        self.fields = FieldChanges(bench.spec, bench.network, bench.overrides)
        self.cut = False
        self._spatial: dict[int, list[Change]] = {}
        self._neighbours: dict[tuple[object, ...], list[Neighbour]] = {}
        error = bench.base().error
        wrong = error.axes if self.apart and error is not None else ()
        too_small = error is not None and error.rule == WINDOW_TOO_LARGE
        self.inputs = InputChanges(bench.spec, bench.network, self.symmetric, wrong, too_small)
        self.entries = EntryChanges(bench.spec)
        self._files: list[Change] = [RoundingChange(None)]
        rounded = [
            error for node in bench.network.layers if (error := node.error) and error.rule in NOT_WHOLE
        ]
        # free where the user's own network loses nothing by it; a size that a change brings in is never free
        harmless = bool(rounded) and not any(error.loses_pixels for error in rounded)
        self._harmless = [RoundingChange(None, harmless=True), *self._files] if harmless else self._files
        self._rounding: dict[int, Change] = {}
        self._back: dict[tuple[int, str], Change] = {}
        self._numbers: list[Change] | None = None
        self._listed: dict[tuple[Any, ...], list[Change]] = {}
        self._sources: dict[str, list[Change]] = {}
        self._names: dict[int, list[SourceChange]] = {}
        self._before: dict[int, list[str]] = {}  # by entry, the names in scope there
        self._known: dict[Change, bool] = {}

    def of(self, outcome: Outcome) -> list[Change]:
        """Every change that may mend this outcome's error, the cheapest first."""
        node, error = outcome.node, outcome.error
        if node is None or error is None:
            return []
        sizes, channels = SIZES in error.about, CHANNELS in error.about
        axis = wrong_axis(outcome) if self.apart and not self.symmetric else None
        key = (node.index, error.rule in NOT_WHOLE, error.loses_pixels, axis)
        entries = [change for change in self.entries.of(outcome) if self._is_allowed(change)]
        lasting = not channels and outcome.network is None
        if lasting and key in self._listed:
            return sorted(self._listed[key] + entries, key=_dearness) if entries else self._listed[key]
        changes = self._of_sizes(node) if sizes else []
        if error.rule in NOT_WHOLE:
            changes += self._rounding_of(node, error.loses_pixels)
        if channels:
            changes += channel_changes(self.fields, outcome, node)
            if not sizes:
                changes += self._handed_in(node)
        if error.rule in _OF_SOURCES:
            changes += self._source_changes(node)
        unique = [change for change in dict.fromkeys(changes) if self._is_allowed(change)]
        if axis is not None:
            unique = [change for change in unique if not change.axes or axis in change.axes]
        unique.sort(key=_dearness)
        if lasting:
            self._listed[key] = unique
        return sorted(unique + entries, key=_dearness) if entries else unique

    def _of_sizes(self, node: Node) -> list[Change]:
        """The changes of sizes that reach a node: its own, those of the layers before it, the input's."""
        changes: list[Change] = []
        for source in [node, *reversed(ancestors(node))]:
            if len(changes) > _MOST_LISTED:
                self.cut = True
                break
            changes += self._spatial_of(source)
        reached = {id(place) for one in (node, *ancestors(node)) if (place := item_of(one)) is not None}
        changes += [change for change in self._of_file if any(id(item) in reached for item in change.items)]
        changes += self._rounded_back(node)
        if self.bench.overrides.input is None:  # else what the file says counts for nothing
            changes += self.inputs.all
        place = item_of(node)
        if (node.layer is not None and node.layer.joins) or (place is not None and place.condition):
            changes += changes_of_conditions(self.fields, node)
        return changes + self._number_changes()

    @cached_property
    def _of_file(self) -> list[EveryField]:
        return file_changes(self.spec, self.bench.network, self.fields.prices)

    def _rounded_back(self, node: Node) -> list[Change]:
        """The other rounding where a layer on the way states one itself."""
        changes: list[Change] = []
        for one in (node, *ancestors(node)):
            item = item_of(one)
            setting = item.settings.get("rounding") if item is not None else None
            if item is None or setting is None or setting.origin != OWN or one.layer is None:
                continue
            word = {CEIL: FLOOR, FLOOR: CEIL}.get(one.layer.numbers("rounding"), "")
            if word and one.layer.is_pool:
                if (id(item), word) not in self._back:
                    self._back[id(item), word] = RoundingChange(item, back=word)
                changes.append(self._back[id(item), word])
        return changes

    def _is_allowed(self, change: Change) -> bool:
        if change not in self._known:
            self._known[change] = self.allowed(change)
        return self._known[change]

    def _spatial_of(self, node: Node) -> list[Change]:
        item = item_of(node)
        if item is None or node.layer is None:
            return []
        key = id(item)
        if key not in self._spatial:
            if item.kind != node.kind:  # the join of a structure
                self._spatial[key] = []
            else:
                self._spatial[key] = [
                    change
                    for neighbour in self._neighbours_of(node.layer)
                    for change in self.fields.of(item, neighbour, node)
                ]
        return self._spatial[key]

    def _neighbours_of(self, layer: Layer) -> list[Neighbour]:
        """The neighbours of a layer; layers with the same values have the same."""
        key = (type(layer), layer.rank, *layer.given.items())
        if key not in self._neighbours:
            self._neighbours[key] = list(neighbours(layer, self.symmetric))
        return self._neighbours[key]

    def _rounding_of(self, node: Node, loses_pixels: bool) -> list[Change]:
        item = item_of(node)
        if node.layer is not None and "rounding" not in node.layer.fields:
            return []  # space_to_depth divides, whatever the rounding
        files = self._files if loses_pixels else self._harmless
        if item is None:
            return files
        if id(item) not in self._rounding:
            self._rounding[id(item)] = RoundingChange(item)
        return [self._rounding[id(item)], *files]

    def _number_changes(self) -> list[Change]:
        if self._numbers is None:
            self._numbers = []
            for site in self.fields.sites():
                if site.role not in SPATIAL_ROLES:
                    continue
                for steps in range(1, COSTS[site.role].reach + 1):
                    for number in (site.number + steps, site.number - steps):
                        if number < COSTS[site.role].least:
                            continue
                        cost = cost_of(site.role, steps, round(self.fields.price(site, number)))
                        self._numbers.append(NumberChange(site, number, cost, site.role))
        return self._numbers

    def _handed_in(self, node: Node) -> list[Change]:
        """Other numbers that the calls around a layer hand to windows: a block may ask for its stride."""
        calls = [item.node for item in _places_of(node)]
        return [
            change
            for change in self._number_changes()
            if isinstance(change, NumberChange)
            and any(call.start <= change.site.node.start < call.end for call in calls)
        ]

    def _source_changes(self, node: Node) -> list[Change]:
        """Another name in the `from` of a join, and of the block calls that it is in.

        Never one that is there already: to join a tensor with itself ruins the network. On the whole way to
        the node, names are tried that nothing reads, and those that the join itself reads.
        """
        if node.name not in self._sources:
            places = dict.fromkeys(_places_of(node))
            changes = [change for item in places for change in self._other_names(item)]
            before = dict.fromkeys(place for one in ancestors(node) for place in _places_of(one))
            # what the others of a join are made of is a name that a layer on the way may have missed
            wanted = self._unread | {source.text for item in places for source in item.sources or ()}
            numbered = self.spec.source.is_translated  # names are numbers of layers there, as -4
            for item in before if numbered or wanted - {"prev"} else ():
                if item not in places:
                    near = self._names_nearby(item) if numbered else set()
                    changes += self._names_on_the_way(item, wanted | near)
            self._sources[node.name] = [*dict.fromkeys(changes)]
        return self._sources[node.name]

    @cached_property
    def _read(self) -> Counter[str]:
        return read_names(self.spec)

    @cached_property
    def _unread(self) -> set[str]:
        """The names of entries that nothing reads."""
        if not self._read:
            return set()
        return {
            item.name for item in self.spec.entries if item.name is not None and not self._read[item.name]
        }

    def _other_names(self, item: Item) -> list[SourceChange]:
        """Each name before an entry in the place of each that its `from` has."""
        if id(item) not in self._names:
            self._names[id(item)] = [
                SourceChange(item, position, name, self._read, steps=self._steps(item, position, name))
                for name in self._untaken(item)
                for position in range(len(item.sources or ()))
            ]
        return self._names[id(item)]

    def _names_on_the_way(self, item: Item, wanted: set[str]) -> list[SourceChange]:
        """Likewise each of the names that are wanted, for an entry before the error."""
        return [
            SourceChange(item, position, name, self._read, True, self._steps(item, position, name))
            for name in self._untaken(item)
            if name in wanted and name != "prev"
            for position in range(len(item.sources or ()))
        ]

    def _steps(self, item: Item, position: int, name: str) -> int:
        """The layers between the one that is read and another, where names are numbers; else 0.

        One of another kind is further away.
        """
        if not self.spec.source.is_translated or item.sources is None:
            return 0
        names = self._names_before(item)
        own = item.sources[position].text
        kinds = {own.rpartition("_")[0], name.rpartition("_")[0]}
        far = abs(names.index(own) - names.index(name)) if own in names else _NEARBY
        return min(_NEARBY, far) + (_OTHER_KIND if len(kinds) > 1 else 0)

    def _names_before(self, item: Item) -> list[str]:
        if id(item) not in self._before:
            self._before[id(item)] = names_before(self.spec, item)
        return self._before[id(item)]

    def _names_nearby(self, item: Item) -> set[str]:
        """The names just before and after those that an entry reads: numbers that are nearly the same."""
        if not item.sources:
            return set()
        names = self._names_before(item)
        found: set[str] = set()
        for source in item.sources:
            if source.text in names:
                place = names.index(source.text)
                found |= {*names[max(0, place - _NEARBY) : place + _NEARBY + 1]}
        return found

    def _untaken(self, item: Item) -> list[str]:
        """The names before an entry that its `from` does not have; none where it has no `from`."""
        taken = [source.text for source in item.sources or ()]
        return [name for name in self._names_before(item) if name not in taken] if taken else []


def _places_of(node: Node) -> Iterator[Item]:
    """The entry that a node is written as, and the calls and structures that it is in."""
    place, group = node.place, node.group
    if isinstance(place, Item):
        yield place
    while group is not None:
        if isinstance(group.place, Item):
            yield group.place
        group = group.parent


def _dearness(change: Change) -> tuple[int, int]:
    return change.cost, change.order


def wrong_axis(outcome: Outcome) -> int | None:
    """The first axis whose size is wrong, where the error says it: what mends it changes something there."""
    error = outcome.error
    return error.axes[0] if error is not None and error.axes else None


def keeps_axes_apart(network: Network) -> bool:
    """Whether the size of an axis never depends on another axis."""
    return not any(node.layer is not None and node.layer.mixes_axes for node in network.layers)


def is_symmetric(network: Network, shape: Shape | None) -> bool:
    """Whether all axes are alike everywhere: then no change of one axis alone can be the smaller one."""
    if shape is None or len(set(shape.sizes)) > 1:
        return False
    if any(node.expected is not None for node in network.layers):
        return False
    outputs = {node.output for node in network.layers}
    if any(output is not None and output.rank and len(set(output.sizes)) > 1 for output in outputs):
        return False
    # many nodes share a layer
    for layer, has_axes in {(node.layer, bool(node.output and node.output.rank)) for node in network.layers}:
        if layer is not None and ((layer.is_elementwise and not has_axes) or _treats_axes_apart(layer)):
            return False  # of a join without axes they meet in the number of features
    return True


def _treats_axes_apart(layer: Layer) -> bool:
    """Whether it mixes axes, or a field has another value along one than along another."""
    if layer.mixes_axes or layer.treats_axes_apart or getattr(layer, "in_features", None) is not None:
        return True
    for name in layer.fields:
        value = layer.numbers(name)
        if isinstance(value, tuple) and len(value) == layer.rank and len(set(value)) > 1:
            return True
    return False
