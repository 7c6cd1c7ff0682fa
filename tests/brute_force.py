"""Repairs found the dull way: every set of up to three changes of a chain, in the order of their cost.

Shares nothing with the repair but its table of costs. Sizes are computed here once more, axis by axis: the
axes of a chain never meet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations
from typing import Any, NamedTuple

from cnn_shapes.repair.changes import costs
from cnn_shapes.repair.changes.input_changes import other_sizes, price_of_input
from cnn_shapes.repair.changes.prior import (
    AXES_APART,
    CONVOLUTION,
    END_LARGER,
    POOL,
    START_LARGER,
    TRANSPOSED,
    Axes,
    AxisWindow,
    OwnFile,
    collapsed,
    of_window,
)

Pair = tuple[int, int]
MOST_SETS = 20_000
WINDOWS = ("conv", "maxpool", "avgpool")
# changes that go through a whole file, or set a rounding back: not tried here
LEFT_OUT = frozenset(("padding of all", "several alike", "rounding back"))


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
    wrong, too_small = first_error(chain)
    step = deepest(chain)
    for axes in choices:
        for sizes in dict.fromkeys(other_sizes(chain.sizes, axes, step)):
            if min(sizes) > 0 and sizes != chain.sizes:
                cost = price_of_input(chain.sizes, sizes, step, wrong, too_small)
                yield Edit(-1, "input", axes, sizes, cost)
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


def deepest(chain: Chain) -> int:
    """How many times a chain makes its input smaller, at the layer where that is most."""
    size, most = Fraction(1), Fraction(1)
    rounded = frozenset(range(len(chain.layers)))
    for place, (kind, fields) in enumerate(chain.layers):
        if kind in ("conv", "maxpool", "avgpool"):
            size *= (fields["stride"] or fields["kernel_size"])[0]
        elif kind in ("conv_transpose", "upsample"):
            before, after = (
                output(chain._replace(layers=chain.layers[:end]), 0, rounded) for end in (place, place + 1)
            )
            if before and after and after > before:
                size /= round(after / before)
        most = max(most, size)
    return max(1, int(most))


def first_error(chain: Chain) -> tuple[tuple[int, ...], bool]:
    """The axes along which the first layer fails, and whether its window does not fit into the map."""
    for place in range(len(chain.layers)):
        through = chain._replace(layers=chain.layers[: place + 1], expect=None)
        before = frozenset(range(place))
        wrong = tuple(axis for axis in range(chain.rank) if output(through, axis, before) is None)
        if wrong:
            after = before | {place}
            too_small = any(
                output(through, axis, after) is None and not padded_too_much(chain, place, axis)
                for axis in wrong
            )
            return wrong, too_small
    return (), False


def padded_too_much(chain: Chain, place: int, axis: int) -> bool:
    """Whether a pool has more padding than it may, or the end of a transposed convolution."""
    kind, fields = chain.layers[place]
    if kind == "conv_transpose":
        return bool(fields["output_padding"][axis] >= max(fields["stride"][axis], fields["dilation"][axis]))
    if kind in ("conv", "crop") or fields["padding"] == "same":
        return False
    extent = fields.get("dilation", (1,) * 3)[axis] * (fields["kernel_size"][axis] - 1) + 1
    return max(ends(fields, axis)) > pool_limit(fields, extent, axis)


def windows_of(kind: str, fields: dict[str, Any]) -> Axes | None:
    """The windows of a layer along its axes, one where they are alike; None for one that has none."""
    if kind not in (*WINDOWS, "conv_transpose"):
        return None
    rank = len(fields["kernel_size"])
    axes = []
    for axis in range(rank):
        kernel = fields["kernel_size"][axis]
        stride = (fields["stride"] or fields["kernel_size"])[axis]
        dilation = fields.get("dilation", (1,) * rank)[axis]
        one = AxisWindow(kernel, stride, (0, 0), dilation, fields.get("output_padding", (0,) * rank)[axis])
        half = (one.extent - 1) // 2
        padding = (half, half) if fields["padding"] == "same" else ends(fields, axis)
        axes.append(one._replace(padding=padding))
    return collapsed(tuple(axes))


FAMILIES = {"maxpool": POOL, "avgpool": POOL, "conv": CONVOLUTION, "conv_transpose": TRANSPOSED}


def surprise(chain: Chain, place: int, field: str, value: Any) -> float:
    """Bits by which the window that results is more surprising than the user's, beside the others."""
    kind, fields = chain.layers[place]
    family = FAMILIES[kind]
    others = Counter(
        windows
        for number, (other, its) in enumerate(chain.layers)
        if number != place
        and FAMILIES.get(other) == family
        and (windows := windows_of(other, its)) is not None
    )
    own = OwnFile(others, others.total())
    rounded = frozenset(range(place))
    through = chain._replace(layers=chain.layers[:place], expect=None)
    sizes = [output(through, axis, rounded) for axis in range(chain.rank)]
    bits = []
    for its in ({**fields, field: value}, fields):
        windows = windows_of(kind, its)
        assert windows is not None
        each = windows * chain.rank if len(windows) == 1 else windows
        whole = [one.extent for one in each] == sizes and not any(sum(one.padding) for one in each)
        bits.append(of_window(family, windows, own, whole))
    return bits[0] - bits[1]


def field_edits(chain: Chain, place: int, kind: str, field: str, axes: tuple[int, ...]) -> Iterator[Edit]:
    fields = chain.layers[place][1]
    row, written = field, fields[field]
    if kind.endswith("pool") and field == "kernel_size":
        row = "pool size"
    if kind.endswith("pool") and field == "padding":
        row = "pool padding"
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
        extra: float = 0
        if field in ("padding", "amount"):
            new = tuple(shared_out(pair, delta) if axis in axes else pair for axis, pair in enumerate(old))
            if any(min(new[axis]) < 0 for axis in axes):
                continue
            steps = max(abs(new[a][end] - old[a][end]) for a in axes for end in (0, 1))
            if steps > price.reach:
                continue
        else:
            new = tuple(part + delta if axis in axes else part for axis, part in enumerate(old))
            if any(new[axis] < price.least for axis in axes):
                continue
            steps = abs(delta)
            along = [(old[axis], new[axis]) for axis in axes]
            alone = row == "kernel_size" and max(b for _, b in along) == 1 and max(a for a, _ in along) > 2
            less = row == "stride" and min(b for _, b in along) < min(a for a, _ in along)
            extra = costs.ALONE * alone + costs.LESS_STRIDE * less
        cost = max(costs.LEAST, price.flat + price.step * steps + extra)
        if kind in (*WINDOWS, "conv_transpose"):
            cost += surprise(chain, place, field, new)
            cost += costs.REDUNDANT * (row == "kernel_size" and kind == "conv" and {*new} == {1})
        else:
            if field == "amount":
                cost += max(uneven(*new[axis]) for axis in axes)
            cost += AXES_APART * (len({*old}) == 1 and len({*new}) > 1)
        cost += costs.POLICY * (written == "half")
        yield Edit(place, field, axes, new, max(costs.LEAST, round(cost)))


def uneven(begin: int, end: int) -> int:
    return END_LARGER if end > begin else START_LARGER if begin > end else 0


def shared_out(pair: Pair, delta: int) -> Pair:
    """So many pixels more, as evenly as can be; the odd one at the end, or where there was more."""
    total = sum(pair) + delta
    less, more = total // 2, total - total // 2
    return (more, less) if pair[0] > pair[1] else (less, more)


def around(reach: int) -> list[int]:
    return [delta for step in range(1, reach + 1) for delta in (step, -step)]
