"""The changes that can mend an error about channels: groups, filters, units, parts, what a join adds up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from math import gcd, prod
from typing import Any, NamedTuple

from cnn_shapes.diagnosis.culprit import ancestors, channel_source
from cnn_shapes.language.entry import at_any_depth
from cnn_shapes.layers.base import ASSERTIONS, Layer
from cnn_shapes.layers.list_fields import REST
from cnn_shapes.network import Node
from cnn_shapes.repair.changes.change import Change, FieldChange
from cnn_shapes.repair.changes.costs import (
    COSTS,
    FAMILIAR,
    IN_SERIES,
    OUT_OF_ORDER,
    SPATIAL_ROLES,
    cost_of,
)
from cnn_shapes.repair.changes.field_changes import FieldChanges
from cnn_shapes.repair.changes.neighbours import Neighbour, nearest_divisors, nearest_multiples
from cnn_shapes.repair.changes.numbers import Site
from cnn_shapes.repair.changes.prices import item_of
from cnn_shapes.repair.changes.prior import of_channels, of_groups
from cnn_shapes.repair.changes.spec_changes import InputChannels, NumberChange
from cnn_shapes.repair.trial import Outcome
from cnn_shapes.shapes import EXPECT_MISMATCH, GROUPS_NOT_DIVISIBLE, SHARE_MISMATCH, Shape, ShapeError

_MOST_FACTOR = 8
_MOST_UP = 2  # layers before one, whose filters its own may follow from
_MOST_CALLS = 4  # of a block, whose numbers are tried
_MOST_WAYS = 24  # of a join that are looked at


class _ChannelFailure(NamedTuple):
    """A layer that fails, with all its inputs known."""

    fields: FieldChanges
    outcome: Outcome
    node: Node
    layer: Layer
    error: ShapeError
    inputs: list[Shape]

    @property
    def channels(self) -> int:
        return self.inputs[0].channels

    def own(self, field: str, values: list[Any]) -> Iterator[Change]:
        """Other values for a field of the layer itself, or of the one on which it is a word."""
        return _own(self.fields, self.node.owner or self.node, field, values)

    def producing(self, source: Node, wanted: int) -> Iterator[Change]:
        """Changes of whatever decides the channels of `source` so that it puts out `wanted`."""
        return _producing(self.fields, source, wanted, self.outcome)


def channel_changes(fields: FieldChanges, outcome: Outcome, node: Node) -> list[Change]:
    """Every change of channels that may mend the error of a node."""
    layer, error = node.layer, outcome.error
    inputs = [x for source in node.inputs if (x := outcome.shape(source)) is not None]
    if layer is None or error is None or len(inputs) < len(node.inputs):
        return []
    failure = _ChannelFailure(fields, outcome, node, layer, error, inputs)
    for applies, changes in _CAUSES:
        if applies(failure):
            return [*changes(failure)]
    return []


def _of_division(failure: _ChannelFailure) -> Iterator[Change]:
    """Another divisor, or other numbers that it divides: the layer's own, and what comes in."""
    layer, channels = failure.layer, failure.channels
    divisions = layer.divides(failure.inputs[0])
    own = divisions[0]
    if own.power > 1:
        powers = range(1, _MOST_FACTOR + 1)
        yield from failure.own(own.field, [factor for factor in powers if channels % factor**own.power == 0])
    elif own.power == 1:
        numbers = [division.number for division in divisions]
        nearest = failure.own(own.field, nearest_divisors(own.divisor, *numbers))
        for distance, change in enumerate(nearest):
            change.cost += distance
            yield change
    for division in divisions:
        if division.shared in layer.fields and division.number % division.divisor:
            yield from failure.own(division.shared, nearest_multiples(division.number, division.divisor))
    pairs = zip(failure.node.inputs, failure.inputs, strict=True)
    uneven = [(source, x.channels) for source, x in pairs if x.channels % own.divisor]
    source, channels = uneven[0] if uneven else (failure.node.inputs[0], channels)
    others = [x.channels for x in failure.inputs if x.channels % own.divisor == 0]
    multiples = nearest_multiples(channels, own.divisor)
    for number in dict.fromkeys([*others, *multiples, *_powers_beside(channels, own.divisor)]):
        yield from failure.producing(source, number)


def _powers_beside(number: int, divisor: int) -> list[int]:
    """The powers of two below and above a number that a divisor divides."""
    below = 1 << (number.bit_length() - 1)
    return [power for power in (below, 2 * below) if power % divisor == 0 and power != number]


def _of_assertion(failure: _ChannelFailure) -> Iterator[Change]:
    """What `in_channels` or `in_features` says, or what comes in."""
    # after a flatten that is put in, those that the error found are not those of the map
    found, stated = failure.error.facts["channels"], failure.error.facts["stated"]
    yield from failure.own(failure.error.field, [found])
    source = channel_source(failure.node.inputs[0])
    x = failure.outcome.shape(source)
    spec = failure.fields.spec
    asked = failure.fields.overrides.input is not None or spec.input_node is None or len(spec.inputs) > 1
    if (
        not source.inputs
        and x is not None
        and spec.shape == x
        and failure.error.field == "in_channels"
        and not asked
    ):
        yield InputChannels(Shape((stated, *x.sizes)))
    if stated * failure.channels % found == 0:
        yield from failure.producing(failure.node.inputs[0], stated * failure.channels // found)


def _of_expectation(failure: _ChannelFailure) -> Iterator[Change]:
    expected = failure.error.facts["expected"][0]
    if expected:
        yield from failure.producing(failure.node, expected)


def _of_join(failure: _ChannelFailure) -> Iterator[Change]:
    """On each way the channels of the others, those first that most of them have."""
    counted = Counter(x.channels for x in failure.inputs).most_common(_MOST_WAYS)
    for source, x in zip(failure.node.inputs[:_MOST_WAYS], failure.inputs, strict=False):
        for channels, _ in counted:
            if channels != x.channels:
                yield from failure.producing(source, channels)


def _of_split(failure: _ChannelFailure) -> Iterator[Change]:
    """Another share for one part, so that all of them make up the channels; or as many channels as they."""
    parts: tuple[tuple[str, int | None], ...] = failure.layer.numbers("into")
    if any(count == REST for _, count in parts):  # the others leave nothing for it
        yield from failure.producing(failure.node.inputs[0], failure.error.facts["total"] + 1)
        return
    total = sum(count or 0 for _, count in parts)
    item = item_of(failure.node)
    for place, (_, count) in enumerate(parts):
        rest = (count or 0) + failure.channels - total
        if item is not None and count is not None and rest > 0:
            new = tuple((name, rest if p == place else c) for p, (name, c) in enumerate(parts))
            neighbour = Neighbour("into", new, (place,), COSTS["into"].flat, "into")
            if failure.fields.takes([item], neighbour):
                yield FieldChange([item], neighbour, failure.node, item.settings.get("into"), False)
    yield from failure.producing(failure.node.inputs[0], total)


def _of_reshape(failure: _ChannelFailure) -> Iterator[Change]:
    """Another size for one axis, so that all of them make up the elements; or channels that do."""
    target: tuple[int, ...] = failure.layer.numbers("shape")
    x, item = failure.inputs[0], item_of(failure.node)
    for axis in range(len(target)) if item is not None and -1 not in target else ():
        others = prod(size for place, size in enumerate(target) if place != axis)
        if x.elements % others == 0:
            new = tuple(x.elements // others if place == axis else size for place, size in enumerate(target))
            assert item is not None
            neighbour = Neighbour("shape", new, (axis,), COSTS["shape"].flat, "shape")
            yield from failure.fields.of(item, neighbour, failure.node)
    for number in _filling(target, x):
        yield from failure.producing(failure.node.inputs[0], number)


def _of_share(failure: _ChannelFailure) -> Iterator[Change]:
    """What differs between a layer and the one whose weights it has: in the one as in the other."""
    node, other = failure.node, failure.node.shares
    what = failure.error.facts.get("what")
    if other is None or other.layer is None or node.layer is None or node.layer.rank != other.layer.rank:
        return
    if what in node.layer.fields:
        yield from _own(failure.fields, node, what, [other.layer.numbers(what)])
        yield from _own(failure.fields, other, what, [node.layer.numbers(what)])
    elif len(other.inputs) == 1 and other.inputs[0].output is not None:
        yield from failure.producing(node.inputs[0], other.inputs[0].output.channels)
        yield from failure.producing(other.inputs[0], failure.channels)


def _of_wanted(failure: _ChannelFailure) -> Iterator[Change]:
    """As many channels as the layer says that it wants of one of its inputs."""
    facts = failure.error.facts
    yield from failure.producing(failure.node.inputs[facts["place"]], facts["wanted"])


# the first that applies says what the error is about
_CAUSES: tuple[
    tuple[Callable[[_ChannelFailure], bool], Callable[[_ChannelFailure], Iterator[Change]]], ...
] = (
    (lambda failure: failure.error.rule == GROUPS_NOT_DIVISIBLE, _of_division),
    (lambda failure: failure.error.field in ASSERTIONS, _of_assertion),
    (lambda failure: failure.error.rule == EXPECT_MISMATCH, _of_expectation),
    (lambda failure: failure.error.rule == SHARE_MISMATCH, _of_share),
    (lambda failure: "wanted" in failure.error.facts and "place" in failure.error.facts, _of_wanted),
    (lambda failure: failure.layer.is_elementwise, _of_join),
    (lambda failure: failure.layer.joins and failure.layer.treats_axes_apart, _of_join),
    (lambda failure: failure.layer.is_part, _of_split),
    (lambda failure: "shape" in failure.layer.fields, _of_reshape),
)


def _filling(target: tuple[int, ...], x: Shape) -> list[int]:
    """Numbers of channels with which the input has as many elements as a reshape makes of it."""
    others = x.elements // x.channels
    elements = prod(size for size in target if size != -1)
    if -1 in target:
        return nearest_multiples(x.channels, elements // gcd(elements, others))
    return [elements // others] if elements % others == 0 else []


def _own(fields: FieldChanges, node: Node, field: str, values: list[Any]) -> Iterator[Change]:
    row = field if field in COSTS else "units"
    own = node.layer.numbers(field) if node.layer is not None else None
    for value in values:
        steps, surprise = 0, 0.0
        if row in _COUNTS and type(own) is int and type(value) is int:
            of = of_groups if row in ("groups", "norm_groups") else of_channels
            steps, surprise = distance(own, value), of(value) - of(own)
            item = item_of(node)
            if of is of_channels and item is not None:
                series = fields.beside_item(item, field)
                surprise += IN_SERIES * (fits_in(series, value) - fits_in(series, own))
        yield from fields.own(node, field, [value], row, cost_of(row, steps, round(surprise)))


_COUNTS = ("filters", "units", "groups", "norm_groups")
_NEAR = 8


def distance(own: int, other: int) -> int:
    """Steps from a number of channels to another, as a hand slips: one off, halved or doubled, a few off."""
    if abs(own - other) == 1:
        return 0
    if own == 2 * other or other in (2 * own - 1, 2 * own - 2):
        return 1
    return 2 if other == 2 * own else 4 if abs(own - other) <= _NEAR else 6


def fits_in(series: Sequence[int], number: int) -> int:
    """With how many of its neighbours a number goes on: as many channels, or twice or half as many."""
    return sum(number == other or number == 2 * other or 2 * number == other for other in series)


def _producing(fields: FieldChanges, source: Node, wanted: int, outcome: Outcome) -> Iterator[Change]:
    have = outcome.shape(source)
    node = channel_source(source)
    if have is not None and node.layer is not None and node.layer.flattens:
        node = channel_source(node.inputs[0])
        made = outcome.shape(node)
        if made is None or wanted * made.channels % have.channels:
            return
        wanted, have = wanted * made.channels // have.channels, made
    if have is None or node.layer is None:
        return
    if node.layer.joins and not node.layer.is_elementwise:  # one of what it puts together has the difference
        for one in node.inputs[:_MOST_WAYS]:
            channels = outcome.shape(one)
            if channels is not None and one.layer is not None and not one.layer.joins:
                missing = channels.channels + wanted - have.channels
                if missing > 0:
                    yield from _plain_filters(fields, channel_source(one), missing)
    if node.layer.is_part:  # its share is what the other parts leave of what comes in
        x = outcome.shape(node.inputs[0])
        if x is not None and x.channels + wanted > have.channels:
            yield from _producing(fields, node.inputs[0], x.channels + wanted - have.channels, outcome)
        return
    if "multiplier" in node.layer.fields and "filters" not in node.layer.fields:
        x = outcome.shape(node.inputs[0])
        if x is not None and x.channels and wanted % x.channels == 0:
            yield from _own(fields, node, "multiplier", [wanted // x.channels])
    else:
        field = next((name for name in ("filters", "units") if name in node.layer.fields), None)
        if field is not None:
            yield from _own(fields, node, field, [wanted])
            yield from _further_up(fields, node, wanted, have.channels, outcome)
    for site in fields.sites():
        if site.role in SPATIAL_ROLES:
            continue
        for number in _numbers_for(fields, site, wanted, have.channels):
            yield _of_site(fields, site, number)


def _of_site(fields: FieldChanges, site: Site, number: int) -> Change:
    """Another number of channels, or of groups, at a site."""
    key = ("number", id(site), number)
    known = fields.seen.get(key)
    if known is not None:  # a search asks for the same at each of its states
        return known
    familiar = fields.is_common(site, number)
    series = fields.beside(site)
    of = of_groups if site.role in ("groups", "norm_groups") else of_channels
    surprise = round(of(max(1, number)) - of(max(1, site.number)))
    surprise += IN_SERIES * (fits_in(series, number) - fits_in(series, site.number))
    surprise += OUT_OF_ORDER * fields.is_out_of_order(site, number)
    cost = cost_of("filters", distance(site.number, number), FAMILIAR * familiar, surprise)
    change = NumberChange(site, number, cost, "filters", familiar)
    fields.seen[key] = change
    return change


def changes_of_conditions(fields: FieldChanges, node: Node) -> Iterator[Change]:
    """Numbers of channels that decide, by an `if` of the block, which layers there are.

    Where as many come in as go out, a block leaves out the projection of its shortcut, and its stride.
    """
    group = node.group
    while group is not None and group.values is None:
        group = group.parent
    block = fields.spec.blocks.get(group.kind) if group is not None else None
    if group is None or block is None:
        return
    conditions = [value for item in at_any_depth(block.items) for value in item.conditions()]
    asked = {name for value in conditions for name in value.names}
    if not asked & {"c_in", *block.params, *block.let}:
        return
    place = group.place.span.start
    sites = [
        site
        for site in fields.sites()
        if site.role not in SPATIAL_ROLES and site.family[0] == block.name and site.within is None
    ]
    defaults = [site for site in sites if site.is_default and site.name in asked]
    nearest = sorted(sites, key=lambda site: abs(site.node.start - place))[:_MOST_CALLS]
    for site in dict.fromkeys([*defaults, *nearest]):
        number = site.number
        tried = [number // 2, 2 * number, number - 1, number + 1, 2 * number - 2, *fields.beside(site)]
        tried = [0] if site in defaults else tried
        for other in dict.fromkeys(tried):
            if other != number and (other > 0 or site.is_default):
                yield _of_site(fields, site, other)


def _plain_filters(fields: FieldChanges, node: Node, wanted: int) -> Iterator[Change]:
    """So many filters for a layer that has filters of its own."""
    if node.layer is not None:
        for name in ("filters", "units"):
            if name in node.layer.fields:
                yield from _own(fields, node, name, [wanted])


def _further_up(
    fields: FieldChanges, node: Node, wanted: int, have: int, outcome: Outcome
) -> Iterator[Change]:
    """Filters of layers before one whose own are an expression, which may ask for theirs."""
    item = item_of(node)
    setting = item.settings.get("filters") if item is not None else None
    if setting is None or setting.value.constant:
        return
    found = 0
    for one in reversed(ancestors(node)):
        place = item_of(one)
        own = place.settings.get("filters") if place is not None else None
        number = own.value.raw if own is not None and own.value.constant else None
        if one.layer is None or type(number) is not int or outcome.shape(one) is None:
            continue
        values = [number * wanted // have] if number * wanted % have == 0 else []
        values += [number + 1, number - 1, *_powers_beside(number, 1)]
        yield from _own(fields, one, "filters", [value for value in dict.fromkeys(values) if value != number])
        found += 1
        if found == _MOST_UP:
            return


def _numbers_for(fields: FieldChanges, site: Site, wanted: int, have: int) -> list[int]:
    """Numbers worth trying at a site: in proportion, by the difference, and what its siblings have."""
    number = site.number
    tried = [wanted] if number == have else []
    if have and number * wanted % have == 0:
        tried.append(number * wanted // have)
    tried += fields.siblings(site)
    tried += [number + 1, number - 1, number + wanted - have]
    # no layer has an odd number: half of what was meant, and one; an even one may be twice that
    tried.append(2 * number - 2 if number % 2 else number // 2)
    for other in fields.beside(site):  # a series that doubles
        tried += [2 * other, other // 2]
    return [value for value in dict.fromkeys(tried) if value > 0 and value != number]
