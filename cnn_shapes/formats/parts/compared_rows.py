"""The rows that people see of a comparison: its changes with what follows, and its totals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from cnn_shapes.comparing import words
from cnn_shapes.comparing.figures import FigureBeside, GrowthLimit, percent_text, receptive_field, signed
from cnn_shapes.diagnostics import format_shape, format_sizes
from cnn_shapes.shapes import listed
from cnn_shapes.shown_text import plural, short_number, size_in_memory

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.comparing import Comparison
    from cnn_shapes.comparing.effects import Effect

MOST_CHANGES = 50  # that are shown one by one
MOST_NAMES = 5
_MOST_TOGETHER = 3
UNKNOWN_FIGURE = "?"
CHANGE, DETAIL = "change", "detail"
# what a figure is called, in this order; bytes are shown as such
_LABELS = {
    "layers": "layers",
    "params": "parameters",
    "non_trainable_params": "not trained",
    "macs": "MACs",
    "weights": "weights",
    "activations": "activations",
    "training": "training",
    "peak": "deployed peak",
}
_IN_BYTES = ("weights", "activations", "training", "peak")


class Judged(NamedTuple):
    """A limit of growth, and the figure that it is about."""

    limit: GrowthLimit
    beside: FigureBeside

    @property
    def is_exceeded(self) -> bool:
        return self.limit.is_exceeded(self.beside)


class ShownComparison(NamedTuple):
    """A comparison and how it is shown: the names of both sides, their totals, and limits of growth.

    `dtype` and `batch` are those of the memory among the totals; `all_layers`: those too that only follow.
    """

    comparison: Comparison
    names: tuple[str, str]
    totals: dict[str, FigureBeside]
    limits: tuple[Judged, ...]
    dtype: str
    batch: int
    all_layers: bool = False


class ChangeRow(NamedTuple):
    """A change, or a detail under one; without figures where it has none of its own."""

    kind: str
    number: str
    where: str
    text: str
    params: int | None = None
    macs: int | None = None


class TotalRow(NamedTuple):
    """A figure of both networks; `difference` and `percent` are empty where it is the same in both."""

    label: str
    before: str
    after: str
    difference: str = ""
    percent: str = ""


def change_rows(comparison: Comparison, all_layers: bool) -> Iterator[ChangeRow]:
    """The changes, each with the layers after it that only follow from it."""
    if comparison.has_little_in_common and not all_layers:
        counts = " and ".join(f"{len(comparison.network(side).layers):,}" for side in (0, 1))
        text = (
            f"little in common, {comparison.alike:,} of {counts} layers: --all lists the changes all the same"
        )
        yield ChangeRow(CHANGE, "", "", text)
        return
    shown = comparison.changes[: None if all_layers else MOST_CHANGES]
    for number, change in enumerate(shown, 1):
        own = change.layers
        title = ", ".join(filter(None, (words.title(comparison, change), words.extent(comparison, change))))
        has_layers = bool(own.places)
        yield ChangeRow(
            CHANGE,
            str(number),
            words.where(comparison, change),
            title,
            own.params if has_layers else None,
            own.macs if has_layers else None,
        )
        if sizes := words.shapes(comparison, change):
            yield ChangeRow(DETAIL, "", "", sizes)
        yield from _following(comparison, change.follow, own.seen, "after it", all_layers)
    if len(comparison.changes) > len(shown):
        rest = comparison.changes[len(shown) :]
        yield ChangeRow(
            CHANGE,
            "",
            "",
            f"and {plural(len(rest), 'more change')}: --all shows each",
            sum(one.layers.params + one.follow.params for one in rest),
            sum(one.layers.macs + one.follow.macs for one in rest),
        )
    yield from _together(comparison, all_layers)


def _together(comparison: Comparison, all_layers: bool) -> Iterator[ChangeRow]:
    """What several changes make together."""
    groups = [(numbers, effect) for numbers, effect in comparison.together.items() if effect.places]
    for numbers, effect in groups[: None if all_layers else _MOST_TOGETHER]:
        few = [str(number) for number in numbers[:MOST_NAMES]]
        more = [f"{len(numbers) - MOST_NAMES:,} more"] if len(numbers) > MOST_NAMES else []
        several = "because of several" if comparison.changes else "besides"
        because = f"because of {listed([*few, *more])}" if numbers else several
        yield from _following(comparison, effect, 0, because, all_layers)
    rest = groups[None if all_layers else _MOST_TOGETHER :]
    if rest and not all_layers:
        count = sum(words.count_layers(comparison, effect.places) for _, effect in rest)
        yield ChangeRow(
            DETAIL,
            "",
            "",
            f"{plural(count, 'layer')} because of several others",
            sum(effect.params for _, effect in rest),
            sum(effect.macs for _, effect in rest),
        )


def _following(
    comparison: Comparison, effect: Effect, seen: int, how: str, all_layers: bool
) -> Iterator[ChangeRow]:
    places, seen = effect.places, effect.seen + seen
    if places:
        count = words.count_layers(comparison, places)
        text = f"{plural(count, 'layer')} {how}: {words.range_of(comparison, places)}"
        yield ChangeRow(DETAIL, "", "", text, effect.params, effect.macs)
        if all_layers:
            yield from _layers(comparison, places)
    if seen:
        yield ChangeRow(DETAIL, "", "", f"receptive field of {plural(seen, 'layer')} {how}")


def _layers(comparison: Comparison, places: list[int]) -> Iterator[ChangeRow]:
    """Layers that only follow, each with the norm and activation that are written on it."""
    rows: dict[object, ChangeRow] = {}
    for place in places:
        node = comparison.pairs[place].after or comparison.pairs[place].before
        assert node is not None
        row = _layer(comparison, place)
        on = rows.get(node.owner) if node.owner is not None else None
        if on is None:
            rows[node] = row
        else:
            params, macs = (on.params or 0) + (row.params or 0), (on.macs or 0) + (row.macs or 0)
            rows[node.owner] = on._replace(params=params, macs=macs)
    yield from rows.values()


def _layer(comparison: Comparison, place: int) -> ChangeRow:
    params, macs = comparison.grown(place)
    text = f"  {words.range_of(comparison, [place])}"
    pair = comparison.pairs[place]
    if pair.before is not None and pair.after is not None and pair.before.output != pair.after.output:
        sizes = (
            format_shape(node.output, report.layout)
            for node, report in zip((pair.before, pair.after), comparison.reports, strict=True)
        )
        text += f"  {' -> '.join(sizes)}"
    return ChangeRow(DETAIL, "", "", text, params, macs)


def failed(comparison: Comparison) -> list[CheckResult]:
    """The reports with errors; of two that say the same of one file one."""
    before, after = comparison.reports
    found = [report for report in (before, after) if report.errors]
    is_one = before.source.path == after.source.path and before.diagnostics == after.diagnostics
    return found[:1] if is_one else found


def renamed_text(comparison: Comparison) -> str:
    """`conv1 -> stem and 3 more`: the names that are others; empty where none is."""
    pairs = list(dict.fromkeys(f"{one.before} -> {one.after}" for one in comparison.renamed))
    if not pairs or comparison.has_little_in_common:
        return ""
    more = len(pairs) - MOST_NAMES
    return listed([*pairs[:MOST_NAMES], *([f"{more:,} more"] if more > 0 else [])])


def total_rows(
    comparison: Comparison, totals: dict[str, FigureBeside], compact: bool = False
) -> list[TotalRow]:
    """The totals of both, the receptive field of the last feature map, and what comes out."""
    rows = [
        _figure(name, label, totals[name], compact)
        for name, label in _LABELS.items()
        if name in totals and (name != "non_trainable_params" or any(totals[name]))
    ]
    fields = [
        None if (field := receptive_field(report.trace)) is None else format_sizes(field)
        for report in comparison.reports
    ]
    if any(fields):
        rows.append(TotalRow("receptive field", *(field or "-" for field in fields)))
    rows.append(TotalRow("output", *map(_outputs, comparison.reports)))
    return rows


def _figure(name: str, label: str, beside: FigureBeside, compact: bool) -> TotalRow:
    def text(number: int) -> str:
        if name in _IN_BYTES:
            return size_in_memory(number)
        return short_number(number) if compact or name == "macs" else f"{number:,}"

    before, after = (UNKNOWN_FIGURE if number is None else text(number) for number in beside)
    difference, percent = beside.difference, beside.percent
    if not difference:
        return TotalRow(label, before, after)
    return TotalRow(
        label, before, after, signed(difference, text), "" if percent is None else percent_text(percent)
    )


def _outputs(report: CheckResult) -> str:
    nodes = report.trace.network.outputs if report.trace is not None else []
    shown = [format_shape(node.output, report.layout) for node in nodes[:MOST_NAMES]]
    more = len(nodes) - MOST_NAMES
    return ", ".join([*shown, *([f"{more:,} more"] if more > 0 else [])]) or UNKNOWN_FIGURE


def growth_text(name: str, beside: FigureBeside, limit: str) -> str:
    """`macs grew by +5.9%, from 3.87M to 4.10M: --fail-on-growth allows 5%`."""
    label = _LABELS[name]
    row = _figure(name, label, beside, compact=False)
    by = f"{row.difference} ({row.percent})" if row.percent else row.difference
    return f"{label} grew by {by.lstrip('+')}, from {row.before} to {row.after}, and may grow by {limit}"
