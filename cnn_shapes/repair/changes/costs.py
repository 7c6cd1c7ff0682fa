"""What each kind of edit costs: the one table that decides which repair is the smallest.

A cost is in bits: how unlikely it is that a person has slipped in this way, and how surprising the value is
that results, less how surprising it was (`prior`). A repair costs the sum of its edits, and FURTHER_EDIT for
each edit beyond the first. Both axes alike count once, and so does an edit that a block or an anchor shares
out to many layers.

Tried are the neighbours of the user's own value, never of another try:

- a number (kernel_size, stride, dilation, output_padding, scale, factor, output_size) up to `reach` steps up
  or down, not below `least`, with which a layer would do nothing or not be a layer; a step costs the same on
  all axes, which move by it together, or on one;
- padding and amount by 1 to 2*`reach` pixels in all, shared out to both ends as evenly as can be, the odd one
  at the end (at the beginning where that has more); the steps are the larger change of the two ends. `half`
  counts as the numbers it means, `same` stays;
- the input by up to `reach` pixels, and the next multiples of the network's own step and of 32, on all axes
  together or on one;
- one axis by itself only where height and width are not alike all through the network;
- channels (filters, units, groups, into, shape) by what the error asks for;
- `rounding: floor` on the layer whose size is not whole, or for the file.

Each field of a layer, on each axis, changes once. The value that comes out is the only thing that counts:
whether the network then works, the engine says.
"""

from __future__ import annotations

from typing import NamedTuple

FURTHER_EDIT = 3
POLICY = 3  # a word such as `half` gives way to a bare number
NAMED = 10  # a name, or another expression, gives way to a bare number
OVERRIDE = 3  # a field added to one layer over a default, instead of the default itself
FAMILIAR = -2  # a number of channels that others have which are given for the same thing
ALONE = 8  # a window that looked at its neighbours and looks at single pixels
REDUNDANT = 4  # a field that states what the default is, or a default that layers state themselves
LESS_STRIDE = 3  # a layer that no longer makes a map as much smaller
UNREAD = -6  # a name in `from` that nothing reads yet
FOR_UNKNOWN = -3  # a name in `from` in the place of one that nothing is called
IN_EXPRESSION = 3  # a number inside an expression
ALIKE = -8  # a name in `from` that is spelled nearly as the one that was there
BEFORE_ERROR = (
    6  # a name in `from` of a layer before the one that fails: most wrong names fail where they are
)
FOR_PREV = 3  # a name in `from` in the place of `prev`, which cannot be misspelt for another
LEFT_UNREAD = 3  # another name in `from`, so that nothing reads the one that was there
IN_SERIES = (
    -2
)  # a number of channels that is as the one before or after it in the file, or twice or half that
OUT_OF_ORDER = 2  # a number of channels that is the only one in the file to be less than the one before it
TOO_SMALL = -5  # a larger input, where a window does not fit into its map
LEAST = 1  # no other value costs less


class Cost(NamedTuple):
    """`flat` once, and `step` for each step away from the user's value; at most `reach` steps are tried.

    No value below `least` is tried.
    """

    flat: int
    step: int
    reach: int
    extra: str = ""
    least: int = 1


# in the order that decides between repairs of one cost
COSTS: dict[str, Cost] = {
    "in_channels": Cost(12, 0, 0, "set to what the input has"),
    "in_features": Cost(12, 0, 0, "set to what the input has"),
    "num_parameters": Cost(12, 0, 0, "set to what the input has"),
    "class name": Cost(4, 0, 0, "Conv2d to Conv1d, where the rank is another"),
    "padding": Cost(17, 1, 3, least=0),
    "pool padding": Cost(
        18, 1, 3, "after that of a convolution: frameworks pad pools on both ends alike", least=0
    ),
    "taken away": Cost(18, 1, 3, "the padding of a conv_transpose", least=0),
    "kernel_size": Cost(18, 1, 4),
    "output_padding": Cost(18, 1, 3, least=0),
    "amount": Cost(19, 1, 6, "of pad and crop", least=0),
    "dilation": Cost(20, 0, 2),
    "groups": Cost(20, 1, 0, "to a divisor of the channels"),
    "norm_groups": Cost(20, 1, 0, "to a divisor of the channels"),
    "stride": Cost(18, 1, 3),
    "pool size": Cost(19, 0, 3, "the kernel_size of a pool", least=2),
    "scale": Cost(19, 0, 3, least=2),
    "factor": Cost(19, 0, 3, least=2),
    "output_size": Cost(19, 0, 3),
    "filters": Cost(19, 1, 0, "to what a join or the groups ask for"),
    "units": Cost(19, 1, 0, "to what a join asks for"),
    "multiplier": Cost(20, 0, 3),
    "into": Cost(20, 0, 0, "to what the input has"),
    "shape": Cost(20, 0, 0, "of reshape: to what the input has"),
    "from": Cost(21, 1, 0, "to another name before it; a step a layer where names are numbers"),
    "layer": Cost(22, 0, 0, "an inserted flatten, pad, crop or 1x1 projection"),
    "layer of many": Cost(24, 0, 0, "a flatten that makes more than 16,384 features"),
    "inserted pooling": Cost(23, 0, 0, "a global_avgpool where a flatten would do"),
    "input": Cost(22, 0, 32, "and to the next multiples"),
    "padding of all": Cost(20, 0, 0, "half or same, on all convolutions or in their defaults"),
    "several alike": Cost(20, 0, 0, "a value of all transposed convolutions with the same window"),
    "input channels": Cost(18, 0, 0, "to what a layer says that it wants"),
    "rounding back": Cost(13, 0, 0, "a rounding that a pool states itself: ceil to floor, floor to ceil"),
    "harmless rounding": Cost(1, 0, 0, "for the whole file, where no pixel is lost by it"),
    "rounding": Cost(40, 0, 0, "on one layer"),
    "file rounding": Cost(46, 0, 0, "for the whole file"),
}
ORDER = {name: place for place, name in enumerate(COSTS)}

ADJUSTMENTS = (
    (FURTHER_EDIT, "for each change beyond the first"),
    (POLICY, "where a word such as half gives way to a number"),
    (NAMED, "where a name, or another expression, gives way to a number"),
    (OVERRIDE, "where one layer overrides what holds for several"),
    (FAMILIAR, "for a number of channels that others have which are given for the same thing"),
    (ALONE, "for a window that looked at its neighbours and looks at single pixels"),
    (TOO_SMALL, "for a larger input, where a window does not fit into its map"),
    (REDUNDANT, "for a field that states what the default is, or a default that layers state themselves"),
    (LESS_STRIDE, "for a layer that no longer makes a map as much smaller"),
    (UNREAD, "for a name in from that nothing reads yet"),
    (FOR_UNKNOWN, "for a name in from in the place of one that nothing is called"),
    (IN_EXPRESSION, "for a number inside an expression"),
    (ALIKE, "for a name in from that is spelled nearly as the one that was there"),
    (BEFORE_ERROR, "for a name in from of a layer before the one that fails"),
    (FOR_PREV, "for a name in from in the place of prev"),
    (LEFT_UNREAD, "where nothing is left that reads the name which was in from"),
    (
        OUT_OF_ORDER,
        "for a number of channels that is the only one in the file to be less than the one before it",
    ),
    (
        IN_SERIES,
        "for a number of channels as those before and after it in the file have it, twice or half it",
    ),
)


def cost_of(name: str, steps: int, *adjustments: int) -> int:
    """The cost of moving a value by so many steps, with the adjustments above that apply."""
    row = COSTS[name]
    return max(LEAST, row.flat + row.step * steps + sum(adjustments))


# what a number may be for, the closest to a size first, and the field that is: decides its cost and reach
SPATIAL_ROLES = {
    "kernel_size": "kernel_size",
    "pool size": "kernel_size",
    "padding": "padding",
    "pool padding": "padding",
    "taken away": "padding",
    "stride": "stride",
    "dilation": "dilation",
    "output_padding": "output_padding",
    "amount": "amount",
    "scale": "scale",
    "factor": "factor",
    "output_size": "output_size",
}
ROLES = {**SPATIAL_ROLES, **{name: name for name in ("filters", "units", "groups", "multiplier")}}
