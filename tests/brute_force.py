"""Repairs found the dull way: every set of up to three changes of a chain, in the order of their cost.

Shares nothing with the repair but its table of costs. Sizes are computed here once more, axis by axis: the
axes of a chain never meet.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any, NamedTuple

from cnn_shapes.repair.changes import costs

Pair = tuple[int, int]
MOST_SETS = 20_000


class Edit(NamedTuple):
    """Another value for a field of a layer, or of the input (layer -1), on some axes; rounding has none."""

    layer: int
    field: str
    axes: tuple[int, ...]
    values: tuple[Any, ...]
    cost: int


HARMLESS = Edit(-1, "rounding", (), (), costs.COSTS["harmless rounding"].flat)


class Chain(NamedTuple):
    """An input and layers: each a kind, and fields with a value per axis. `padding` is "half" or pairs."""

    sizes: tuple[int, ...]
    layers: tuple[tuple[str, dict[str, Any]], ...]
    expect: tuple[int, ...] | None = None

    @property
    def rank(self) -> int:
        return len(self.sizes)


def output(chain: Chain, axis: int, floored: frozenset[int]) -> int | None:
    """The size that comes out along one axis; None where a layer fails. `floored` layers round down."""
    size = chain.sizes[axis]
    for place, (kind, fields) in enumerate(chain.layers):
        stride = fields["stride"][axis] if fields.get("stride") else fields.get("kernel_size", (1,) * 3)[axis]
        if kind in ("conv", "maxpool", "avgpool"):
            extent = fields.get("dilation", (1,) * 3)[axis] * (fields["kernel_size"][axis] - 1) + 1
            begin, end = ends(fields, axis)
            if fields["padding"] == "same":
                size = -(-size // stride)
                continue
            if kind != "conv" and max(begin, end) > pool_limit(fields, extent, axis):
                return None
            steps, rest = divmod(size + begin + end - extent, stride)
            if steps < 0 or (rest and place not in floored):
                return None
            size = steps + 1
        elif kind == "conv_transpose":
            begin, end = fields["padding"][axis]
            dilation, extra = fields["dilation"][axis], fields["output_padding"][axis]
            if extra >= max(stride, dilation):
                return None
            size = (
                (size - 1) * stride - begin - end + dilation * (fields["kernel_size"][axis] - 1) + 1 + extra
            )
        elif kind == "upsample":
            size *= fields["scale"][axis]
        elif kind == "pad":
            size += sum(fields["amount"][axis])
        elif kind == "crop":
            size -= sum(fields["amount"][axis])
        if size < 1:
            return None
    return size


def ends(fields: dict[str, Any], axis: int) -> Pair:
    if fields["padding"] in ("half", "same"):
        half = fields.get("dilation", (1,) * 3)[axis] * (fields["kernel_size"][axis] - 1) // 2
        return (half, half) if fields["padding"] == "half" else (0, 0)
    pair: Pair = fields["padding"][axis]
    return pair


def pool_limit(fields: dict[str, Any], extent: int, axis: int) -> int:
    """The most padding of a pool: less than its window where it is written in pairs, else half its kernel."""
    padding = fields["padding"]
    paired = padding != "half" and (fields.get("paired") or any(begin != end for begin, end in padding))
    limit: int = extent - 1 if paired else fields["kernel_size"][axis] // 2
    return limit


def left_over(chain: Chain, place: int, axis: int) -> tuple[int, bool]:
    """What a window leaves over where all round down, and whether a longer input would have had it read."""
    kind, fields = chain.layers[place]
    size = output(chain._replace(layers=chain.layers[:place]), axis, frozenset(range(place)))
    through = chain._replace(layers=chain.layers[: place + 1], expect=None)
    if kind not in ("conv", "maxpool", "avgpool") or fields["padding"] == "same" or size is None:
        return 0, False
    if not is_valid(through, frozenset(range(place + 1))):
        return 0, False
    extent = fields.get("dilation", (1,) * 3)[axis] * (fields["kernel_size"][axis] - 1) + 1
    stride = (fields["stride"] or fields["kernel_size"])[axis]
    begin, end = ends(fields, axis)
    rest = (size + begin + end - extent) % stride
    return rest, rest > end and extent >= stride


def loses_pixels(chain: Chain) -> bool:
    """Whether rounding down everywhere leaves out input pixels that a longer input would have read."""
    places = range(len(chain.layers))
    return any(left_over(chain, place, axis)[1] for axis in range(chain.rank) for place in places)


def only_rounds(chain: Chain) -> bool:
    """Whether sizes are not whole, none leaves out a pixel rounded down, and something else is wrong."""
    places = range(len(chain.layers))
    rests = [left_over(chain, place, axis)[0] for axis in range(chain.rank) for place in places]
    return any(rests) and not loses_pixels(chain) and not is_valid(chain, frozenset(places))


def is_valid(chain: Chain, floored: frozenset[int] = frozenset()) -> bool:
    sizes = tuple(output(chain, axis, floored) for axis in range(chain.rank))
    return None not in sizes and (chain.expect is None or sizes == chain.expect)


def changed(chain: Chain, edits: tuple[Edit, ...]) -> tuple[Chain, frozenset[int]]:
    """The chain with the edits, and the layers that round down."""
    sizes = list(chain.sizes)
    layers = [(kind, dict(fields)) for kind, fields in chain.layers]
    floored: set[int] = set()
    for edit in edits:
        if edit.field == "rounding":
            floored |= {edit.layer} if edit.layer >= 0 else set(range(len(layers)))
        elif edit.layer < 0:
            for axis in edit.axes:
                sizes[axis] = edit.values[axis]
        else:
            fields = layers[edit.layer][1]
            old = fields[edit.field] or chain.layers[edit.layer][1]["kernel_size"]
            if old == "half":
                old = tuple(ends(chain.layers[edit.layer][1], axis) for axis in range(chain.rank))
            fields[edit.field] = tuple(
                edit.values[axis] if axis in edit.axes else part for axis, part in enumerate(old)
            )
            if edit.field == "padding":
                fields["paired"] = False
    return Chain(tuple(sizes), tuple(layers), chain.expect), frozenset(floored)


def cheapest(chain: Chain, limit: int) -> tuple[int | None, int]:
    """The cost of the cheapest valid set of up to three edits, if at most `limit`; where trying ended."""
    by_cost: dict[int, list[Edit]] = {}
    for edit in all_edits(chain):
        by_cost.setdefault(edit.cost, []).append(edit)
    tried = 0
    for cost in range(1, limit + 1):
        for edits in sets_of(by_cost, cost):
            tried += 1
            if tried > MOST_SETS:
                return None, cost - 1
            after, floored = changed(chain, edits)
            if is_valid(after, floored) and not (HARMLESS in edits and loses_pixels(after)):
                return cost, cost
    return None, limit


def sets_of(by_cost: dict[int, list[Edit]], cost: int) -> Iterator[tuple[Edit, ...]]:
    """Every set of one, two or three edits that costs this much."""
    for count in (1, 2, 3):
        rest = cost - costs.FURTHER_EDIT * (count - 1)
        for prices in sums(sorted(by_cost), rest, count):
            yield from (edits for edits in picks(by_cost, prices) if can_stand_together(edits))


def sums(prices: list[int], total: int, count: int) -> Iterator[tuple[int, ...]]:
    if count == 1:
        if total in prices:
            yield (total,)
        return
    for price in prices:
        if price * count > total:
            break
        for rest in sums([other for other in prices if other >= price], total - price, count - 1):
            yield (price, *rest)


def picks(by_cost: dict[int, list[Edit]], prices: tuple[int, ...]) -> Iterator[tuple[Edit, ...]]:
    if not prices:
        yield ()
        return
    same = prices.count(prices[0])
    for some in combinations(by_cost[prices[0]], same):
        for rest in picks(by_cost, prices[same:]):
            yield (*some, *rest)


def can_stand_together(edits: tuple[Edit, ...]) -> bool:
    """No field of a layer changes twice along one axis."""
    slots = [(edit.layer, edit.field, axis) for edit in edits for axis in edit.axes or (0,)]
    if len({*slots}) < len(slots):
        return False
    rounding = [edit.layer for edit in edits if edit.field == "rounding"]
    return len(rounding) < 2 or -1 not in rounding


def all_edits(chain: Chain) -> Iterator[Edit]:
    """Every neighbour that `costs` declares, on all axes together and on each alone."""
    together = tuple(range(chain.rank))
    choices = [together, *((axis,) for axis in together if chain.rank > 1)]
    for axes in choices:
        for delta in around(costs.COSTS["input"].reach):
            sizes = tuple(size + delta if axis in axes else size for axis, size in enumerate(chain.sizes))
            if min(sizes) > 0:
                alike = len({*chain.sizes}) > 1 and len({*sizes}) == 1
                flat = costs.INPUT_ALIKE if alike else costs.COSTS["input"].flat
                yield Edit(-1, "input", axes, sizes, flat + abs(delta))
    yield Edit(-1, "rounding", (), (), costs.COSTS["file rounding"].flat)
    if only_rounds(chain):
        yield HARMLESS
    for place, (kind, fields) in enumerate(chain.layers):
        if kind in ("conv", "maxpool", "avgpool"):
            yield Edit(place, "rounding", (), (), costs.COSTS["rounding"].flat)
        for field in fields:
            if field != "paired":
                for axes in choices:
                    yield from field_edits(chain, place, kind, field, axes)


def field_edits(chain: Chain, place: int, kind: str, field: str, axes: tuple[int, ...]) -> Iterator[Edit]:
    fields = chain.layers[place][1]
    row, written = field, fields[field]
    if kind.endswith("pool") and field == "kernel_size":
        row = "pool size"
    if kind == "conv_transpose" and field == "padding":
        row = "taken away"
    if written == "same":
        return
    old: tuple[Any, ...] = written or fields["kernel_size"]
    if field in ("padding", "amount"):
        old = tuple(ends(fields, axis) for axis in range(chain.rank)) if field == "padding" else written
    price = costs.COSTS[row]
    reach = 2 * price.reach if field in ("padding", "amount") else price.reach
    new: tuple[Any, ...]
    for delta in around(reach):
        if field in ("padding", "amount"):
            new = tuple(shared_out(pair, delta) if axis in axes else pair for axis, pair in enumerate(old))
            if any(min(new[axis]) < 0 for axis in axes):
                continue
            steps = max(abs(new[a][end] - old[a][end]) for a in axes for end in (0, 1))
            if steps > price.reach:
                continue
            extra = costs.UNEVEN_ENDS * any(new[axis][0] != new[axis][1] for axis in axes)
        else:
            new = tuple(part + delta if axis in axes else part for axis, part in enumerate(old))
            if any(new[axis] < price.least for axis in axes):
                continue
            steps = abs(delta)
            odd = row == "kernel_size" and any(old[axis] % 2 and new[axis] % 2 == 0 for axis in axes)
            extra = costs.BECOMES_EVEN * odd
        cost = max(costs.LEAST, price.flat + price.step * steps)
        cost += extra + costs.AXES_APART * (len({*old}) == 1 and len({*new}) > 1)
        cost += costs.POLICY * (written == "half") + costs.FAMILIAR * is_familiar(
            chain, place, field, old, new
        )
        yield Edit(place, field, axes, new, max(costs.LEAST, cost))


def is_familiar(chain: Chain, place: int, field: str, old: Any, new: Any) -> bool:
    """Whether more of the other layers of this kind state the new value than state the user's."""
    kind, own = chain.layers[place]
    written = own[field] if own[field] == "half" else old
    others = [
        fields[field]
        for other, (name, fields) in enumerate(chain.layers)
        if other != place and name == kind and fields.get(field) is not None
    ]
    return others.count(new) > others.count(written)


def shared_out(pair: Pair, delta: int) -> Pair:
    """So many pixels more, as evenly as can be; the odd one at the beginning, or where there was more."""
    total = sum(pair) + delta
    less, more = total // 2, total - total // 2
    return (less, more) if pair[1] > pair[0] else (more, less)


def around(reach: int) -> list[int]:
    return [delta for step in range(1, reach + 1) for delta in (step, -step)]
