"""The table of a network and the totals below it."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from cnn_shapes.diagnostics import format_sizes, short_path
from cnn_shapes.formats.parts.columns import chosen, shown_rows, text_of
from cnn_shapes.formats.parts.terminal_text import (
    DisplayOptions,
    Line,
    Styled,
    cells,
    clean,
    cut,
    plural,
    short_number,
    size_in_memory,
    symbol,
    wrapped,
)
from cnn_shapes.memory import FIGURES, FLOAT32, amount_of, memory_of
from cnn_shapes.network import OK, UNREACHED
from cnn_shapes.outline import TableRow
from cnn_shapes.shapes import listed
from cnn_shapes.source import shown_path
from cnn_shapes.words import say

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.network import Network, Node
    from cnn_shapes.trace import Totals, Trace

_GAP = 2
_LEAST_LAYER = 18  # cells
_KEPT = ("", "#", "layer", "output")  # the columns that are there however little room there is
MARKS = {"ok": "", "error": "✗", "assumed": "~", "unreached": "?"}
_STYLES = {"ok": "", "error": "error", "assumed": "assumed", "unreached": "dim"}


class Column(NamedTuple):
    header: str
    texts: list[str]
    is_right: bool = False
    is_compact: bool = False

    @property
    def title(self) -> str:
        """The header in a person's words; with little room, the column's own name if those would widen it."""
        title = say(self.header)
        is_wide = self.is_compact and cells(title) > max(map(cells, self.texts), default=0)
        return min(self.header, title, key=cells) if is_wide else title

    @property
    def width(self) -> int:
        return max(cells(self.title), *map(cells, self.texts), 0)


def network_table(report: CheckResult, traced: Trace, options: DisplayOptions) -> list[Line]:
    """The heading, the table and the totals of a report."""
    shown, remark = shown_rows(report, traced, options)
    heading = Styled(shown_path(report.source.path), "bold")
    lines: list[Line] = [(heading, f"   {report.inputs_text()}"), ()]
    columns, widths = _laid_out(shown, options, traced.totals)
    lines += (("  ", line) for line in _drawn(shown, columns, widths))
    if remark:
        lines.append((f"  {remark}",))
    missing = [column.title for column in columns if column.header not in widths]
    if missing and options.columns:
        said = say("no room for {columns}: a wider terminal shows more", columns=listed(missing))
        lines += ((f"  {line}",) for line in wrapped(said, 2, options.width, least=10))
    lines.append(())
    lines += ((f"  {line}",) for line in totals(report, traced, shown, options))
    return lines


def draw(shown: list[TableRow], options: DisplayOptions) -> list[Styled]:
    """The headers and the rows, each as wide as there is room."""
    return _drawn(shown, *_laid_out(shown, options))


def _laid_out(
    shown: list[TableRow], options: DisplayOptions, totals: Totals | None = None
) -> tuple[list[Column], dict[str, int]]:
    """The columns that say anything, and by their headers the widths of those for which there is room."""
    columns = _columns(shown, options, totals, compact=False)
    room = None if options.width is None else options.width - 2  # the margin
    if room is not None and _width(columns) > room:
        columns = _columns(shown, options, totals, compact=True)
    return columns, _fit(columns, room)


def _drawn(shown: list[TableRow], columns: list[Column], widths: dict[str, int]) -> list[Styled]:
    kept = [column for column in columns if column.header in widths]
    lines = [Styled(line, "bold") for line in _row([column.title for column in kept], kept, widths)]
    for place, row in enumerate(shown):
        texts = [column.texts[place] for column in kept]
        lines += (Styled(line, _STYLES[row.state]) for line in _row(texts, kept, widths))
    return lines


def _row(texts: list[str], columns: list[Column], widths: dict[str, int]) -> list[str]:
    """The lines of a row: each text in its column, on as many lines as it needs there."""
    wide = [widths[column.header] for column in columns]
    parts = (_hanging(text, width) for text, width in zip(texts, wide, strict=True))
    lines = []
    for line in zip_longest(*parts, fillvalue=""):
        padded = []
        for part, width, column in zip(line, wide, columns, strict=True):
            blanks = " " * (width - cells(part))
            padded.append(blanks + part if column.is_right else part + blanks)
        lines.append((" " * _GAP).join(padded).rstrip())
    return lines


def _hanging(text: str, width: int) -> list[str]:
    """The lines of a cell; those that go on below its first are indented as that is."""
    if cells(text) <= width:
        return [text]
    indent = len(text) - len(text.lstrip(" "))
    lines = [" " * indent + line for line in wrapped(text[indent:], indent, width, least=1)]
    return [part for line in lines for part in cut(line, width)]


def _columns(
    shown: list[TableRow], options: DisplayOptions, totals: Totals | None, compact: bool
) -> list[Column]:
    marks = {state: symbol(mark, options.encoding) for state, mark in MARKS.items()}
    columns = [Column("", [marks[row.state] for row in shown])]
    for one in chosen(options):
        count = short_number if compact or one.name == "MACs" else "{:,}".format
        texts = [clean(text_of(one, row, totals, options, count), options.encoding) for row in shown]
        if one.name == "layer":
            texts = ["  " * row.depth + text for row, text in zip(shown, texts, strict=True)]
        columns.append(Column(one.name, texts, one.is_right, compact))
    return [column for column in columns if any(column.texts)]


def _width(columns: list[Column]) -> int:
    return sum(column.width for column in columns) + _GAP * (len(columns) - 1)


def _fit(columns: list[Column], room: int | None) -> dict[str, int]:
    """The width of each column that is shown. What does not fit wraps; then `how` goes, then the right."""
    if room is None or _width(columns) <= room:
        return {column.header: column.width for column in columns}
    named = {column.header: column for column in columns}
    least_how = _least_width_of_formulas(named["how"].texts) if "how" in named else None
    leaving = [name for name in reversed(named) if name not in (*_KEPT, "how")]
    leaving = ["how", *leaving]
    attempts = [
        (0, least, how) for least in (_LEAST_LAYER // 3 * 2, _LEAST_LAYER) for how in (None, least_how)
    ]
    attempts += [(count, _LEAST_LAYER, None) for count in range(1, len(leaving) + 1)]
    widths: dict[str, int] = {}
    for dropped, least, how in attempts:
        widths = {name: column.width for name, column in named.items() if name not in leaving[:dropped]}
        if how is not None:
            widths["how"] = min(how, widths["how"])
        excess = sum(widths.values()) + _GAP * (len(widths) - 1) - room
        if "layer" in widths:
            narrower = max(min(least, widths["layer"]), widths["layer"] - max(excess, 0))
            excess -= widths["layer"] - narrower
            widths["layer"] = narrower
        if excess <= 0 and (dropped or _is_calm(named, widths)):
            return widths
    if "layer" in widths:
        widths["layer"] = max(8, widths["layer"] - excess)
    return widths


def _least_width_of_formulas(texts: list[str]) -> int:
    """A formula breaks between two axes only."""
    return max(cells(part) for text in texts for part in text.split(", ")) + 1


def _is_calm(columns: dict[str, Column], widths: dict[str, int]) -> bool:
    """Whether few enough rows are wrapped that the table still reads as rows."""
    rows = range(len(next(iter(columns.values())).texts))
    wide = sum(any(cells(columns[name].texts[row]) > width for name, width in widths.items()) for row in rows)
    return wide * 3 <= len(rows)


def totals(report: CheckResult, traced: Trace, shown: list[TableRow], options: DisplayOptions) -> list[str]:
    """What adds up, with the convention that each figure follows."""
    total = traced.totals
    lines: list[tuple[str, str]] = []
    params = f"{total.params:,}"
    if total.non_trainable_params:
        params = say(
            "{params:,}, and {fixed:,} not trained (running statistics)",
            params=total.params,
            fixed=total.non_trainable_params,
        )
    lines.append((say("parameters"), params))
    macs = short_number(total.macs)
    counted = "{macs} multiply-adds of conv and dense layers, without biases"
    multiply = [step.node.layer for step in traced.steps if step.macs]
    if not all([layer is None or layer.is_linear for layer in multiply]):  # noqa: C419 - a call less a layer
        counted = "{macs} multiply-adds without biases, norms and activations"
    lines.append(("MACs", say(counted, macs=macs)))
    if options.dtype is None and options.batch is None:
        activations = size_in_memory(total.activation_bytes)
        peak = size_in_memory(total.peak_activation_bytes)
        alive = "{activations} for one sample in float32, at most {peak} alive at once"
        lines.append((say("activations"), say(alive, activations=activations, peak=peak)))
    else:
        lines += _memory(traced, options)
    lines += _budget(report, traced)
    lines += _receptive_field(traced)
    states = {row.state for row in shown}
    if "assumed" in states:
        lines.append(("~", say("after a size that is not whole: computed with it rounded down")))
    if "unreached" in states or any(row.output == "?" for row in shown):
        lines.append(("", say("the totals leave out what is not known")))
    if report.source.goes_on_as_declared and report.errors:
        lines.append(("", say("the totals count what fails as the code declares it")))
    if count := _count_dependents(traced.network, [one.node for one in report.silenced]):
        judged = "{layers} after a silenced error were not judged"
        if count == 1:
            judged = "{layers} after a silenced error was not judged"
        lines.append(("", say(judged, layers=plural(count, "layer"))))
    margin = max(cells(head) for head, _ in lines) + 3
    texts = []
    for head, text in lines:
        first, *more = wrapped(text, margin + 2, options.width, least=10)
        texts += [f"{head}{'':{margin - cells(head)}}{first}", *(f"{'':{margin}}{line}" for line in more)]
    return texts


def _memory(traced: Trace, options: DisplayOptions) -> list[tuple[str, str]]:
    """What the network takes in memory, each figure with its layer."""
    found = memory_of(traced, options.dtype or FLOAT32, options.batch or 1)
    samples = say("one sample") if found.batch == 1 else say("a batch of {batch:,}", batch=found.batch)
    what = {
        "weights": "{size} in {dtype}",
        "activations": "{size} for {samples} in {dtype}",
        "training": "{size} of these kept for the backward pass",
        "peak": "{size}",
    }
    where = dict.fromkeys(what, "{text}, most in {layer}") | {"peak": "{text} alive at once, at {layer}"}
    lines = []
    for name, figure in found.figures().items():
        size = size_in_memory(figure.size)
        if figure.size >= 1024:
            size = say("{size} ({bytes:,} bytes)", size=size, bytes=figure.size)
        text = say(what[name], size=size, samples=samples, dtype=found.dtype)
        if figure.node is not None:
            text = say(where[name], text=text, layer=short_path(figure.node.name))
        lines.append((say("deployed peak" if name == "peak" else name), text))
    lines.append(("", say("lower bounds: explain memory says what is counted")))
    return lines


def _budget(report: CheckResult, traced: Trace) -> list[tuple[str, str]]:
    """How much of its budget a network takes up."""
    budget = report.spec.budget if report.spec is not None else None
    if budget is None or not budget.limits or not report.works_out:
        return []
    taken = []
    for limit in budget.limits:
        found = amount_of(traced, limit.name, budget.dtype)
        share = f"{found * 100 // limit.most} %" if limit.most else say("{found:,} of 0", found=found)
        taken.append(f"{limit.name} {share}")
    in_bytes = any(FIGURES[limit.name].in_bytes for limit in budget.limits)
    text = "{figures} taken up, in {dtype}" if in_bytes else "{figures} taken up"
    return [(say("budget"), say(text, figures=", ".join(taken), dtype=budget.dtype))]


def _count_dependents(network: Network, nodes: list[Node]) -> int:
    """How many layers depend on one of these nodes."""
    reached = {node.index for node in nodes}
    for node in network.layers:
        if any(source.index in reached for source in node.inputs):
            reached.add(node.index)
    return len(reached) - len(nodes)


def _receptive_field(traced: Trace) -> list[tuple[str, str]]:
    """Of the last feature map of more than one place; and the joins that are not aligned."""
    lines: list[tuple[str, str]] = []
    step = traced.last_map()
    if step is None and any(one.node.stage == UNREACHED for one in traced.steps):
        return lines  # what was never reached sees nothing
    if step is not None and step.views is None:
        lines.append((say("receptive field"), say("the whole input, at the last feature map")))
    elif step is not None:
        field, jump = traced.receptive_field(step), traced.jump(step) or ()
        text = "{field} pixels, a step of {jump}, at the last feature map"
        if field == (1,):
            text = "{field} pixel, a step of {jump}, at the last feature map"
        seen = say(text, field=format_sizes(field), jump="x".join(map(str, jump)))
        lines.append((say("receptive field"), seen))
    unaligned = [
        short_path(step.node.name) for step in traced.steps if not step.aligned and step.node.stage == OK
    ]
    if unaligned:
        others = len(unaligned) - 1
        text = "{join} joins units that look at different places"
        if others:
            text = "{join} and {others} join units that look at different places"
        lines.append(("", say(text, join=unaligned[0], others=plural(others, "other join"))))
    return lines
