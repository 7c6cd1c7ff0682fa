"""The totals of two networks beside one another, and whether one has grown by more than it may."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from cnn_shapes.diagnostics import closest
from cnn_shapes.language.quantities import COUNTED, IN_BYTES, amount
from cnn_shapes.memory import FIGURES, FLOAT32, LAYERS, memory_of
from cnn_shapes.network import UNREACHED

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.trace import Step, Trace

_MOST_DIGITS = 6
_PERCENT = re.compile(r"\d{1,9}(\.\d{1,9})?")


class FigureBeside(NamedTuple):
    """A figure of both networks; None where it is not known."""

    before: int | None
    after: int | None

    @property
    def difference(self) -> int | None:
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def percent(self) -> Fraction | None:
        """By how much it has grown, in percent; None where it grew from nothing."""
        difference = self.difference
        if difference is None or (difference and not self.before):
            return None
        return Fraction(100 * difference, self.before or 1)


class GrowthLimit(NamedTuple):
    """By how much a figure may grow: a share of what it was, in percent, or an amount; `text` says which."""

    figure: str
    text: str
    percent: Fraction | None
    amount: int

    def is_exceeded(self, beside: FigureBeside) -> bool:
        """Whether a figure has grown by more; one that is not known has not."""
        difference = beside.difference
        if difference is None or difference <= 0:
            return False
        if self.percent is None:
            return difference > self.amount
        percent = beside.percent
        return percent is None or percent > self.percent


def growth_limit(text: str) -> GrowthLimit:
    """What `macs=5%` or `peak=64KiB` means. Raises ValueError with what is wrong."""
    name, equals, written = (part.strip() for part in text.partition("="))
    if not (equals and name and written):
        raise ValueError(f"expected a figure and by how much it may grow, as in macs=5%, found {text}")
    if name not in FIGURES:
        near = closest(name, FIGURES)
        advice = f"did you mean {near}?" if near else f"choose from {', '.join(FIGURES)}"
        raise ValueError(f"there is no figure {name}: {advice}")
    if written.endswith("%"):
        share = written[:-1].strip()
        if not _PERCENT.fullmatch(share):
            raise ValueError(f"{name} may grow by a number of percent as in 5%, found {written}")
        return GrowthLimit(name, written, Fraction(Decimal(share)), 0)
    in_bytes = FIGURES[name].in_bytes
    most = amount(written, in_bytes)
    if most is None:
        raise ValueError(
            f"{name} may grow by percent as in 5%, or by {IN_BYTES if in_bytes else COUNTED}, found {written}"
        )
    return GrowthLimit(name, written, None, most)


def totals_beside(
    before: CheckResult, after: CheckResult, dtype: str = FLOAT32, batch: int = 1
) -> dict[str, FigureBeside]:
    """The totals by the names that they have in JSON; bytes of memory are of `dtype` and `batch` samples."""
    columns = [_totals(report.trace, dtype, batch) for report in (before, after)]
    names = dict.fromkeys(name for column in columns for name in column)
    return {name: FigureBeside(*(column.get(name) for column in columns)) for name in names}


def _totals(trace: Trace | None, dtype: str, batch: int) -> dict[str, int]:
    if trace is None:
        return {}
    memory = memory_of(trace, dtype, batch)
    return {
        LAYERS: len(trace.network.layers),
        **trace.totals._asdict(),
        **{name: figure.size for name, figure in memory.figures().items()},
    }


def last_map(trace: Trace | None) -> Step | None:
    """The last feature map that has more than one place, or sees less than the whole input."""
    for step in reversed(trace.steps if trace is not None else ()):
        output = step.node.output
        if step.node.stage == UNREACHED:
            return None
        if output is None or not output.known:
            continue
        if max(output.sizes, default=1) > 1 or (step.views is not None and None not in step.views):
            return step
    return None


def receptive_field(trace: Trace | None) -> tuple[int, ...] | None:
    """What a unit of the last feature map sees; None where there is no such map."""
    step = last_map(trace)
    return None if step is None or trace is None else trace.receptive_field(step)


def signed(number: int, text: Any) -> str:
    """A difference with its sign, the number itself as `text` shows it: `+18,496`, `0`."""
    return f"{'+' if number > 0 else '-' if number < 0 else ''}{text(abs(number))}"


def percent_text(percent: Fraction) -> str:
    """`+5.9%`, with more digits where one would round it to nothing: `+0.004%`; `0%`."""
    if not percent:
        return "0%"
    size, digits = abs(percent), 1
    while size * 10**digits < Fraction(1, 2) and digits < _MOST_DIGITS:
        digits += 1
    scaled = int(size * 10**digits + Fraction(1, 2))
    whole, rest = divmod(scaled, 10**digits)
    return f"{'+' if percent > 0 else '-'}{whole:,}.{rest:0{digits}d}%"
