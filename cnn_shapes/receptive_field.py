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
    """What unit t sees along one axis: lows[t % period] + advance*(t // period) and likewise for highs."""

    __slots__ = ("advance", "highs", "lows")

    def __init__(self, advance: int, lows: tuple[int, ...], highs: tuple[int, ...]):
        self.advance, self.lows, self.highs = advance, lows, highs

    @property
    def width(self) -> int:
        """The greatest number of pixels that any unit sees."""
        return max(map(int.__sub__, self.highs, self.lows)) + 1

    @property
    def jump(self) -> int | str:
        """Input pixels from one unit to the next: a number, or `1/2` after upsampling."""
        period = len(self.lows)
        common = gcd(self.advance, period)
        whole, parts = self.advance // common, period // common
        return whole if parts == 1 else f"{whole}/{parts}"

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


def through_window(view: View, window: Window) -> View:
    """The view of the units after a window: unit t reads units stride*t - before .. + extent - 1."""
    stride, before, extent = window.stride, window.before, window.extent
    if extent == 1 and stride == 1 and not before:
        return view
    period = len(view.lows)
    if period == 1:
        jump = view.advance
        return View(
            jump * stride, (view.lows[0] - before * jump,), (view.highs[0] + (extent - 1 - before) * jump,)
        )
    phases = period // gcd(period, stride)
    starts = [stride * phase - before for phase in range(phases)]
    return View(
        view.advance * stride * phases // period,
        tuple(view.low(start) for start in starts),
        tuple(view.high(start + extent - 1) for start in starts),
    )


def through_transposed(view: View, window: Window) -> View:
    """After a transposed window with p taken away before the output.

    Unit t reads units ceil((t + p - extent + 1)/stride) .. floor((t + p)/stride).
    """
    stride, padding = window.stride, window.before
    phases = range(len(view.lows) * stride)
    if len(phases) > MOST_PHASES:
        return WHOLE
    return View(
        view.advance,
        tuple(view.low(-((window.extent - 1 - padding - phase) // stride)) for phase in phases),
        tuple(view.high((phase + padding) // stride) for phase in phases),
    )


def through_upsampling(view: View, numerator: int, denominator: int, linear: bool) -> View:
    """After an upsampling by the scale numerator/denominator.

    Nearest reads unit floor(t/scale), linear the two around (2t + 1)/(2*scale) - 1/2.
    """
    period = len(view.lows)
    turns = period // gcd(period, denominator)
    phases = range(numerator * turns)
    if len(phases) > MOST_PHASES:
        return WHOLE
    if linear:
        centres = [(2 * phase + 1) * denominator - numerator for phase in phases]
        firsts = [centre // (2 * numerator) for centre in centres]
        lasts = [-(-centre // (2 * numerator)) for centre in centres]
    else:
        firsts = lasts = [phase * denominator // numerator for phase in phases]
    return View(
        view.advance * denominator * turns // period,
        tuple(map(view.low, firsts)),
        tuple(map(view.high, lasts)),
    )


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
            if len(view.lows) > 1:
                break
            begin, end = view.lows[0], view.highs[0]
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
    aligned = len({view.advance * (period // len(view.lows)) for view in views}) == 1 and all(
        view.low(unit) + view.high(unit) == first.low(unit) + first.high(unit)
        for view in views
        for unit in units
    )
    return View(
        first.advance * (period // len(first.lows)),
        tuple(min(view.low(unit) for view in views) for unit in units),
        tuple(max(view.high(unit) for view in views) for unit in units),
    ), aligned
