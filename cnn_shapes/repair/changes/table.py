"""`explain repair`: what each change costs, and how surprising the values are that result."""

from __future__ import annotations

from math import log2
from typing import Any

from cnn_shapes.repair.changes.costs import ADJUSTMENTS, COSTS, LEAST
from cnn_shapes.repair.changes.prior import (
    AXES_APART,
    END_LARGER,
    KNOWN_SIZE,
    NOT_A_MULTIPLE,
    OFF_STEP,
    START_LARGER,
    WHOLE_MAP,
    AxisWindow,
    WindowFamily,
    families,
    of_channels,
    of_groups,
    of_input,
    surveyed,
)

_SHOWN = 6  # windows of a family
_RULES = (
    f"other layers of the file have half of the weight and more; axes apart {AXES_APART:+d}",
    f"padding larger at its end {END_LARGER:+d}, at its beginning {START_LARGER:+d}",
    f"a window that reads the whole map: at most {WHOLE_MAP}",
    f"a transposed convolution that does not enlarge a map as often as its stride {NOT_A_MULTIPLE:+d}",
    f"channels: a power of two {of_channels(64):g}, another multiple of 32 {of_channels(96):g}, of 8 "
    f"{of_channels(24):g}, an odd number {of_channels(513):g}",
    f"groups: one {of_groups(1):g}, a power of two {of_groups(4):g}, another number {of_groups(3):g}",
    f"an input: a multiple of 32 {of_input(352, 1):g}, of 16 {of_input(336, 1):g}, of 8 {of_input(328, 1):g}",
    f"an input of odd size {of_input(333, 1):g}; off the network's own step {OFF_STEP:+d}; of a size that "
    f"networks are published for, as 224, {-KNOWN_SIZE:+d}",
)


def data() -> dict[str, Any]:
    """The table, what is added to a cost or taken from it, and the windows of networks, for programs."""
    return {
        "costs": [{"change": name, **row._asdict()} for name, row in COSTS.items()],
        "adjustments": [{"when": when, "cost": cost} for cost, when in ADJUSTMENTS],
        "least": LEAST,
        "windows": {
            name: [{"window": _text(axes), "networks": count} for axes, count in family.windows.items()]
            for name, family in families().items()
            if family.windows
        },
    }


def describe() -> str:
    """The table, what is added to it and the commonest windows, as `explain repair` prints them."""
    width = max(map(len, COSTS))
    lines = [
        "repair: what each change costs, in bits: how unlikely the slip is that it undoes, and how",
        "surprising the layer is that results, less how surprising it was. The cheapest set is fix 1.",
        "",
        f"  {'change'.ljust(width)}  cost",
    ]
    for name, row in COSTS.items():
        price = (
            " + ".join(filter(None, [str(row.flat or ""), f"{row.step} a step" if row.step else ""])) or "0"
        )
        reach = f"up to {row.reach} step{'s' if row.reach > 1 else ''}" if row.reach else ""
        lines.append(f"  {name.ljust(width)}  {', '.join(filter(None, [price, reach, row.extra]))}")
    lines += ["", *(f"  {cost:+d}  {when}" for cost, when in ADJUSTMENTS), ""]
    lines += [
        f"How surprising a window is (kernel_size/stride/padding), of those in {surveyed()} networks:",
        "",
    ]
    shown = {name: family for name, family in families().items() if family.windows}
    width = max(map(len, shown))
    lines += [f"  {name.ljust(width)}  {_commonest(family)}" for name, family in sorted(shown.items())]
    lines += ["", *(f"  {rule}" for rule in _RULES), ""]
    lines += [
        f"No change costs less than {LEAST}. What many layers share, and both axes alike, count once.",
        "Of repairs of one cost: the size nearest to the old one first, then the smaller, then this order.",
    ]
    return "\n".join(lines) + "\n"


def _commonest(family: WindowFamily) -> str:
    ordered = sorted(family.windows.items(), key=lambda row: -row[1])[:_SHOWN]
    return ", ".join(f"{_text(axes)} {-log2(family.share(axes)):.1f}" for axes, _ in ordered)


def _text(axes: tuple[AxisWindow, ...]) -> str:
    columns = [
        [one.kernel_size for one in axes],
        [one.stride for one in axes],
        [one.padding[0] for one in axes],
    ]
    return "/".join("x".join(map(str, column if len({*column}) > 1 else column[:1])) for column in columns)
