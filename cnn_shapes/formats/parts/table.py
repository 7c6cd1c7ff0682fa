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
from cnn_shapes.network import OK, UNREACHED
from cnn_shapes.outline import TableRow
from cnn_shapes.shapes import listed
from cnn_shapes.source import shown_path

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

    @property
    def width(self) -> int:
        return max(cells(self.header), *map(cells, self.texts), 0)


def network_table(report: CheckResult, traced: Trace, options: DisplayOptions) -> list[Line]:
    """The heading, the table and the totals of a report."""
    shown, remark = shown_rows(report, traced, options)
    heading = Styled(shown_path(report.source.path), "bold")
    lines: list[Line] = [(heading, f"   {report.inputs_text()}"), ()]
    columns, widths = _laid_out(shown, options, traced.totals)
    lines += (("  ", line) for line in _drawn(shown, columns, widths))
    if remark:
        lines.append((f"  {remark}",))
    missing = [column.header for column in columns if column.header not in widths]
    if missing and options.columns:
        said = f"no room for {listed(missing)}: a wider terminal shows more"
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
    lines = [Styled(line, "bold") for line in _row([column.header for column in kept], kept, widths)]
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
        texts = [clean(text_of(one, row, totals, count), options.encoding) for row in shown]
        if one.name == "layer":
            texts = ["  " * row.depth + text for row, text in zip(shown, texts, strict=True)]
        columns.append(Column(one.name, texts, one.is_right))
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
        params += f", and {total.non_trainable_params:,} not trained (running statistics)"
    lines.append(("parameters", params))
    macs = short_number(total.macs)
    of = "of conv and dense layers, without biases"
    multiply = [step.node.layer for step in traced.steps if step.macs]
    if not all([layer is None or layer.is_linear for layer in multiply]):  # noqa: C419 - a call less a layer
        of = "without biases, norms and activations"
    lines.append(("MACs", f"{macs} multiply-adds {of}"))
    activations = size_in_memory(total.activation_bytes)
    peak = size_in_memory(total.peak_activation_bytes)
    lines.append(("activations", f"{activations} for one sample in float32, at most {peak} alive at once"))
    lines += _receptive_field(traced)
    states = {row.state for row in shown}
    if "assumed" in states:
        lines.append(("~", "after a size that is not whole: computed with it rounded down"))
    if "unreached" in states or any(row.output == "?" for row in shown):
        lines.append(("", "the totals leave out what is not known"))
    if report.source.goes_on_as_declared and report.errors:
        lines.append(("", "the totals count what fails as the code declares it"))
    if count := _count_dependents(traced.network, [one.node for one in report.silenced]):
        were = "was" if count == 1 else "were"
        lines.append(("", f"{plural(count, 'layer')} after a silenced error {were} not judged"))
    margin = max(len(head) for head, _ in lines) + 3
    texts = []
    for head, text in lines:
        first, *more = wrapped(text, margin + 2, options.width, least=10)
        texts += [f"{head:<{margin}}{first}", *(f"{'':{margin}}{line}" for line in more)]
    return texts


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
    for step in reversed(traced.steps):
        views, output = step.views, step.node.output
        if step.node.stage == UNREACHED:
            return lines  # what was never reached sees nothing
        if output is None or not output.known:
            continue
        if views is None and max(output.sizes, default=1) > 1:
            lines.append(("receptive field", "the whole input, at the last feature map"))
            break
        if views is not None and None not in views:
            field, jump = traced.receptive_field(step), traced.jump(step) or ()
            pixels = "pixel" if field == (1,) else "pixels"
            text = f"{format_sizes(field)} {pixels}, a step of {'x'.join(map(str, jump))}"
            lines.append(("receptive field", f"{text}, at the last feature map"))
            break
    unaligned = [
        short_path(step.node.name) for step in traced.steps if not step.aligned and step.node.stage == OK
    ]
    if unaligned:
        others = len(unaligned) - 1
        who = f"{unaligned[0]} and {plural(others, 'other join')} join" if others else f"{unaligned[0]} joins"
        lines.append(("", f"{who} units that look at different places"))
    return lines
