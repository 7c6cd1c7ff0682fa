"""Which input pixels an output unit sees, per axis, in integers.

Without upsampling, output unit t sees the pixels lo + jump*t .. hi + jump*t (Araujo, Norris and Sim,
"Computing Receptive Fields of Convolutional Neural Networks", Distill 2019). With upsampling the interval
depends on the phase of t, so a view keeps one interval a phase and the pixels that one whole period advances.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd, lcm

from cnn_shapes.shapes import Window


class View:
    """What unit t sees along one axis: lows[t % period] + advance*(t // period) and likewise for highs.

    `work` is how many units were looked at for it.
    """

    __slots__ = ("advance", "highs", "lows", "work")

    def __init__(self, advance: int, lows: tuple[int, ...], highs: tuple[int, ...], work: int = 0):
        self.advance, self.lows, self.highs, self.work = advance, lows, highs, work

    @property
    def width(self) -> int:
        """The greatest number of pixels that any unit sees."""
        return max(0, max(map(int.__sub__, self.highs, self.lows)) + 1)

    @property
    def has_gaps(self) -> bool:
        """Whether a unit sees nothing, or begins or ends before the one ahead of it does."""
        lows, highs, advance = self.lows, self.highs, self.advance
        return (
            any(map(int.__gt__, lows, highs))
            or any(map(int.__gt__, lows, (*lows[1:], lows[0] + advance)))
            or any(map(int.__gt__, highs, (*highs[1:], highs[0] + advance)))
        )

    def is_empty(self, unit: int) -> bool:
        """Whether a unit sees nothing of the input: it lies between what a transposed window spreads."""
        phase = unit % len(self.lows)
        return self.lows[phase] > self.highs[phase]

    @property
    def jump(self) -> int | str:
        """Input pixels from one unit to the next: a number, or `1/2` after upsampling."""
        period = len(self.lows)
        common = gcd(self.advance, period)
        whole, parts = self.advance // common, period // common
        return whole if parts == 1 else f"{whole}/{parts}"

    @property
    def is_whole(self) -> bool:
        """Whether it is the view of the whole input, or too wide to be told from it."""
        return not self.advance or self.advance > FARTHEST or self.highs[0] - self.lows[0] > FARTHEST

    def low(self, unit: int) -> int:
        turns, phase = divmod(unit, len(self.lows))
        return self.lows[phase] + self.advance * turns

    def high(self, unit: int) -> int:
        turns, phase = divmod(unit, len(self.highs))
        return self.highs[phase] + self.advance * turns


PIXEL = View(1, (0,), (0,))
# an axis that sees the whole input: whatever it goes through, units do not advance
WHOLE = View(0, (0,), (0,))
# Each upsampling multiplies the phases. Beyond this an axis counts as one that sees the whole input: no
# network enlarges so much, and a text of three lines must not fill the memory.
MOST_PHASES = 4096
MOST_LOOKED_AT = 65_536  # units, for one layer
MOST_WORK = 200_000  # units looked at for a whole network
# So does one that sees more pixels than any input has, 2**31 - 1, by far: its numbers would grow with every
# layer, to more digits than Python prints.
FARTHEST = 2**63


def through_window(view: View, window: Window) -> View:
    """The view of the units after a window.

    Unit t reads the units stride*t - before + dilation*tap for each tap of the kernel.
    """
    stride, before, extent = window.stride, window.before, window.extent
    if extent == 1 and stride == 1 and not before:
        return view
    period = len(view.lows)
    if period == 1 and view.lows[0] <= view.highs[0]:
        jump = view.advance
        return View(
            jump * stride, (view.lows[0] - before * jump,), (view.highs[0] + (extent - 1 - before) * jump,)
        )
    phases = period // gcd(period, stride)
    reads = [(stride * phase - before, window.dilation, window.kernel_size) for phase in range(phases)]
    return _over(view, reads, view.advance * stride * phases // period)


def through_transposed(view: View, window: Window) -> View:
    """After a transposed window with p taken away before the output.

    Unit t reads the units (t + p - dilation*tap)/stride, for each tap of the kernel where this is whole.
    """
    stride, padding, dilation = window.stride, window.before, window.dilation
    phases = len(view.lows) * stride
    if phases > MOST_PHASES:
        return WHOLE
    common = gcd(dilation, stride)
    turn = stride // common  # every so many taps it is whole
    inverse = pow(dilation // common, -1, turn)
    reads = []
    for end in range(padding, padding + phases):
        tap = end // common * inverse % turn  # the first that reads a unit
        count = 0 if end % common or tap >= window.kernel_size else (window.kernel_size - 1 - tap) // turn + 1
        last = (end - dilation * tap) // stride
        reads.append((last - dilation // common * (count - 1), dilation // common, count))
    return _over(view, reads, view.advance)


Reads = tuple[int, int, int]  # the first unit that is read, the step to the next, and how many are


def _over(view: View, reads: Sequence[Reads], advance: int) -> View:
    """The view of units that read these units of `view`, phase by phase.

    A unit that reads nothing has a low above its high. Where some units of `view` do, as after a transposed
    window shorter than its stride, or see less far than one before them, the ends of what is read are not
    the ends of what is seen: a few units at both ends are looked at, one for each phase.
    """
    if not view.has_gaps and all(count for _, _, count in reads):
        return View(
            advance,
            tuple([view.low(first) for first, _, _ in reads]),
            tuple([view.high(first + step * (count - 1)) for first, step, count in reads]),
            len(reads),
        )
    period = len(view.lows)
    cycles = [min(count, period // gcd(step, period)) for _, step, count in reads]
    if sum(cycles) > MOST_LOOKED_AT:
        return WHOLE
    ends = []
    for (first, step, count), cycle in zip(reads, cycles, strict=True):
        last = first + step * (count - 1)
        firsts = [unit for unit in range(first, first + step * cycle, step) if not view.is_empty(unit)]
        lasts = [unit for unit in range(last, last - step * cycle, -step) if not view.is_empty(unit)]
        low = min(map(view.low, firsts)) if firsts else view.low(first)
        ends.append((low, max(map(view.high, lasts)) if firsts else low - 1))
    work = len(reads) + sum(cycles)
    return View(advance, tuple([low for low, _ in ends]), tuple([high for _, high in ends]), work)


def through_upsampling(view: View, numerator: int, denominator: int, reach: int) -> View:
    """After an upsampling by the scale numerator/denominator.

    Nearest, of reach 0, reads unit floor(t/scale); linear, of reach 1, the two around
    (2t + 1)/(2*scale) - 1/2, and bicubic, of reach 2, the four.
    """
    period = len(view.lows)
    turns = period // gcd(period, denominator)
    phases = range(numerator * turns)
    if len(phases) > MOST_PHASES:
        return WHOLE
    if reach:
        centres = [(2 * phase + 1) * denominator - numerator for phase in phases]
        firsts = [centre // (2 * numerator) for centre in centres]
        reads = [
            (first, 1, 1) if centre % (2 * numerator) == 0 else (first + 1 - reach, 1, 2 * reach)
            for first, centre in zip(firsts, centres, strict=True)
        ]
    else:
        reads = [(phase * denominator // numerator, 1, 1) for phase in phases]
    return _over(view, reads, view.advance * denominator * turns // period)


def join(views: Sequence[View]) -> tuple[View | None, bool]:
    """The union of several views of one axis, and whether they are aligned: same jump, same centres.

    None where the union has too many phases to be kept.
    """
    first = views[0]
    if len(first.lows) == 1:
        low, high = first.lows[0], first.highs[0]
        centre = low + high
        aligned = True
        for view in views:
            begin, end = view.lows[0], view.highs[0]
            if len(view.lows) > 1 or begin > end:
                break
            if view.advance != first.advance or begin + end != centre:
                aligned = False
            if begin < low:
                low = begin
            if end > high:
                high = end
        else:
            return View(first.advance, (low,), (high,)), aligned
    period = lcm(*(len(view.lows) for view in views))
    if period > MOST_PHASES:
        return None, True
    units = range(period)
    aligned = len({view.advance * (period // len(view.lows)) for view in views}) == 1
    ends = []
    for unit in units:
        seen = [(view.low(unit), view.high(unit)) for view in views if not view.is_empty(unit)]
        aligned = aligned and len({low + high for low, high in seen}) < 2
        low = min([low for low, _ in seen], default=first.low(unit))
        ends.append((low, max([high for _, high in seen], default=low - 1)))
    return View(
        first.advance * (period // len(first.lows)),
        tuple([low for low, _ in ends]),
        tuple([high for _, high in ends]),
        period * len(views),
    ), aligned
