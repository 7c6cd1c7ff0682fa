"""Where a layer's value is written, and the changes of it: on the layer, or where it holds for several."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from math import log2
from typing import Any

from cnn_shapes.edit.placing import alias_span, is_aliased
from cnn_shapes.edit.writing import raw_value
from cnn_shapes.language.entry import DEFAULTS, OWN, Item, Setting
from cnn_shapes.language.spec import Overrides, Spec
from cnn_shapes.network import Network, Node
from cnn_shapes.repair.changes.change import Change, FieldChange, written
from cnn_shapes.repair.changes.costs import REDUNDANT
from cnn_shapes.repair.changes.neighbours import Neighbour
from cnn_shapes.repair.changes.numbers import Site, find_sites
from cnn_shapes.repair.changes.prices import Prices, item_of
from cnn_shapes.repair.changes.prior import of_number
from cnn_shapes.repair.changes.uses import Uses


def _of_many(node: Node, neighbour: Neighbour) -> int:
    """Bits for each doubling of the layers that get a value: uneven padding, a window of one pixel."""
    old = node.layer.numbers(neighbour.field) if node.layer is not None else None
    if neighbour.row == "kernel_size" and max(neighbour.value) == 1 and old is not None and max(old) > 2:
        return 5
    ends = neighbour.value if neighbour.row == "padding" else ()
    return 2 if any(begin != end for begin, end in ends) else 0


NO_SIBLINGS: Counter[int] = Counter()


class FieldChanges:
    """Makes the changes of fields, each once, and knows which values a spec has in common."""

    def __init__(self, spec: Spec, network: Network, overrides: Overrides) -> None:
        self.spec, self.overrides = spec, overrides
        self.seen: dict[Any, Change] = {}
        self._sites: list[Site] | None = None
        self._families: dict[Any, Counter[int]] = {}
        self._in_order: dict[Any, list[Site]] = {}
        self._beside: dict[Any, dict[int, list[int]]] = {}
        self._holders: dict[int, list[tuple[Item, str]]] | None = None
        self._readers: dict[int, list[Item]] = {}  # the entries that one node of the tree is
        self._items = {id(item) for item in self.spec.entries}
        self._takes: dict[tuple[Any, ...], bool] = {}
        self._stated: dict[tuple[str, str], list[Any]] = {}
        self._ranks: dict[int, set[int]] = {}  # of the layers that an entry has become
        self.prices = Prices(network)
        self._network = network
        for node in network.layers:
            if node.layer is not None and (place := item_of(node)) is not None and place.kind == node.kind:
                self._ranks.setdefault(id(place), set()).add(node.layer.rank)
        for item in self.spec.entries:
            self._readers.setdefault(id(item.node), []).append(item)

    def of(self, item: Item, neighbour: Neighbour, node: Node) -> Iterator[Change]:
        """A neighbour written on the layer, and where its value holds for several layers."""
        if id(item) not in self._items:
            return  # an entry that another change puts in
        setting = item.settings.get(neighbour.field)
        places: list[tuple[list[Item], bool, bool]] = []  # entries; alone; others too
        if setting is None:
            places.append((self._reading(item, neighbour.field), True, False))
        else:
            holders = self._sharing(setting)
            alike = [other for other, field in holders if (other.kind, field) == (item.kind, neighbour.field)]
            places.append((alike, False, len(alike) < len(holders)))
            if setting.origin != OWN or (len(holders) > 1 and self._is_alias(item, setting)):
                places.append(([item], True, False))
        for items, override, mixed in places:
            if self.takes(items, neighbour):
                surprise = self.prices.surprise(items, neighbour, node)
                if len(items) > 1:
                    surprise += _of_many(node, neighbour) * log2(len(items))
                if setting is not None and setting.origin == DEFAULTS and not override:
                    surprise += REDUNDANT * self._is_stated(item.kind, neighbour)
                else:
                    surprise += REDUNDANT * self._is_default(item, neighbour)
                change = FieldChange(items, neighbour, node, setting, override, mixed, surprise)
                yield self._unique(items[0], change)

    def takes(self, items: list[Item], neighbour: Neighbour) -> bool:
        """Whether a value is in the bounds of its field, on each layer that it would be for."""
        for item in items:
            field = item.layer.fields.get(neighbour.field) if item.layer is not None else None
            for rank in self._ranks.get(id(item), ()):
                key = (field, neighbour.value, rank)
                if key not in self._takes:
                    raw = written(neighbour, self.spec.layout)
                    self._takes[key] = field is not None and field.takes(raw, rank, self.spec.layout)
                if not self._takes[key]:
                    return False
        return True

    def own(self, node: Node, field: str, values: list[Any], row: str, cost: int) -> Iterator[Change]:
        """The changes of a field that belongs to channels."""
        item = item_of(node)
        for value in values if item is not None else ():
            assert item is not None
            yield from self.of(item, Neighbour(field, value, (), cost, row), node)

    def _is_alias(self, item: Item, setting: Setting) -> bool:
        """Whether a layer only names a value that is elsewhere: it can have another one by itself."""
        return is_aliased(item) or alias_span(self.spec.source, setting.key) is not None

    def _is_stated(self, kind: str, neighbour: Neighbour) -> bool:
        """Whether a layer of a kind states a value itself: nobody does where it is the default."""
        key = (kind, neighbour.field)
        if key not in self._stated:
            stated = [
                one.settings[key[1]]
                for one in self.spec.entries
                if one.kind == kind and key[1] in one.settings
            ]
            self._stated[key] = [one.value.raw for one in stated if one.origin == OWN]
        return written(neighbour, self.spec.layout) in self._stated[key]

    def _is_default(self, item: Item, neighbour: Neighbour) -> bool:
        """Whether a layer would have a value without saying so."""
        if neighbour.field != "kernel_size":
            return False  # people write stride: 1 and padding: 0
        shared = self.spec.defaults.get(item.kind, {}).get(neighbour.field)
        if shared is not None:
            return bool(shared.value.raw == written(neighbour, self.spec.layout))
        layer = item.layer
        field = layer.fields.get(neighbour.field) if layer is not None else None
        return field is not None and raw_value(neighbour.value) == field.default

    def _unique(self, item: Item, change: FieldChange) -> Change:
        key = (id(item), change.neighbour.field, change.neighbour.value, change.override, len(change.items))
        return self.seen.setdefault(key, change)

    def _reading(self, item: Item, field: str) -> list[Item]:
        """The entries that get a field which is added to this one: those whose node it is too."""
        readers = [reader for reader in self._readers[id(item.node)] if field not in reader.settings]
        return [item, *(reader for reader in readers if reader is not item)]

    def _sharing(self, setting: Setting) -> list[tuple[Item, str]]:
        """Every entry, with its field, whose value is at the same place in the text.

        An anchor may be a kernel_size here and the filters there.
        """
        if self._holders is None:
            self._holders = {}
            for item in self.spec.entries:
                for field, other in item.settings.items():
                    self._holders.setdefault(id(other.value.node), []).append((item, field))
        return self._holders[id(setting.value.node)]

    @cached_property
    def uses(self) -> Uses:
        """The layers that numbers are handed to."""
        return Uses(self.spec, self._network)

    def sites(self) -> list[Site]:
        """Every number that is not a plain field of a layer."""
        if self._sites is None:
            given = {name for name, _ in self.overrides.params}
            self._sites = [
                site for site in find_sites(self.spec) if site.family not in {(None, n) for n in given}
            ]
        return self._sites

    def price(self, site: Site, number: int) -> float:
        """Bits by which another number at a site is more surprising than the user's, as a window's part."""
        for node, field in self.uses.of(site.node):
            bits = self.prices.of_call(node, field, number)
            if bits is not None:
                return bits + REDUNDANT * self._is_given_elsewhere(site, number)
        siblings = self._numbers(site) - Counter([site.number])
        others = {
            other.number for other in self._in_order[site.family] if other.is_default and other is not site
        }
        given = REDUNDANT * (number in others)
        if site.is_default:
            given = REDUNDANT * (siblings[number] > 0)
            return (
                given
                + of_number(site.role, number, NO_SIBLINGS)
                - of_number(site.role, site.number, NO_SIBLINGS)
            )
        return given + of_number(site.role, number, siblings) - of_number(site.role, site.number, siblings)

    def _is_given_elsewhere(self, site: Site, number: int) -> bool:
        """Whether a call gives what the default is, or the default becomes what a call gives."""
        self._numbers(site)
        others = [one for one in self._in_order[site.family] if one is not site]
        return any(one.number == number and (one.is_default or site.is_default) for one in others)

    def is_common(self, site: Site, number: int) -> bool:
        """Whether more of the siblings of a number have the new value than the user's."""
        counts = self._numbers(site)
        return counts[number] - (number == site.number) > counts[site.number] - 1

    def siblings(self, site: Site) -> list[int]:
        """The numbers that are given for the same thing elsewhere, each once."""
        counts = self._numbers(site)
        return [number for number in counts if number != site.number or counts[number] > 1]

    def _numbers(self, site: Site) -> Counter[int]:
        """How often each number is given for the same thing, in the order of the text."""
        if not self._families:
            for other in self.sites():
                self._families.setdefault(other.family, Counter())[other.number] += 1
                self._in_order.setdefault(other.family, []).append(other)
        return self._families[site.family]

    def beside(self, site: Site) -> list[int]:
        """The numbers that are given for the same thing just before and after, in the order of the text."""
        self._numbers(site)
        if site.family not in self._beside:
            self._beside[site.family] = _beside([(one, one.number) for one in self._in_order[site.family]])
        return self._beside[site.family].get(id(site), [])

    def is_out_of_order(self, site: Site, number: int) -> bool:
        """Whether all other numbers for the same thing never become less, and this one would break that."""
        self._numbers(site)
        others = [one for one in self._in_order[site.family] if one is not site and not one.is_default]
        if any(one.number > two.number for one, two in pairwise(others)):
            return False
        before, after = self._around(site)
        return (before is not None and number < before) or (after is not None and number > after)

    def _around(self, site: Site) -> tuple[int | None, int | None]:
        """The numbers that calls before and after one give for the same thing."""
        given = [one for one in self._in_order[site.family] if not one.is_default or one is site]
        place = given.index(site)
        before = given[place - 1].number if place else None
        return before, given[place + 1].number if place + 1 < len(given) else None

    def beside_item(self, item: Item, field: str) -> list[int]:
        """The numbers that the entries of the kind before and after one state for a field."""
        key = (item.kind, field)
        if key not in self._beside:
            stated = [
                (one, one.settings[field].value.raw)
                for one in self.spec.entries
                if one.kind == item.kind and field in one.settings and one.settings[field].origin == OWN
            ]
            numbers = [(one, raw) for one, raw in stated if type(raw) is int]
            self._beside[key] = _beside(sorted(numbers, key=lambda pair: pair[0].node.start))
        return self._beside[key].get(id(item), [])


def _beside(series: Sequence[tuple[Any, int]]) -> dict[int, list[int]]:
    """By what has a number in a series, those before and after it."""
    return {
        id(one): [
            number for _, number in (*series[max(0, place - 1) : place], *series[place + 1 : place + 2])
        ]
        for place, (one, _) in enumerate(series)
    }
