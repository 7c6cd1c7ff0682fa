"""The columns that a table of layers may have, and which layers are its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from cnn_shapes import outline
from cnn_shapes.formats.parts.terminal_text import DisplayOptions, plural, size_in_memory
from cnn_shapes.memory import DTYPES, FLOAT32
from cnn_shapes.outline import MOST, READABLE, TableRow
from cnn_shapes.words import say, told

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.trace import Totals, Trace

TEXT, COUNT, BYTES, SHARE = "text", "count", "bytes", "share"


class TableColumn(NamedTuple):
    """A column: its name, what its cells are, and the value of a row, None where that is not known.

    Of BYTES the value is that of elements; a SHARE is that of a value of the network's `total`.
    """

    name: str
    holds: str
    value: Callable[[TableRow], str | int | None]
    total: Callable[[Totals], int] | None = None

    @property
    def is_right(self) -> bool:
        """Whether its cells end in one line, as figures do."""
        return self.holds != TEXT or self.name == "RF"


COLUMNS = {
    column.name: column
    for column in (
        TableColumn("#", TEXT, lambda row: row.index),
        TableColumn("layer", TEXT, lambda row: row.text),
        TableColumn("input", TEXT, lambda row: row.input),
        TableColumn("output", TEXT, lambda row: row.output),
        TableColumn("how", TEXT, lambda row: row.why),
        TableColumn("params", COUNT, lambda row: row.params),
        TableColumn("params%", SHARE, lambda row: row.params, lambda total: total.params),
        TableColumn("MACs", COUNT, lambda row: row.macs),
        TableColumn("MACs%", SHARE, lambda row: row.macs, lambda total: total.macs),
        TableColumn("memory", BYTES, lambda row: row.elements),
        TableColumn("memory%", SHARE, lambda row: row.elements, lambda total: total.elements),
        TableColumn("RF", TEXT, lambda row: row.receptive_field),
    )
}
NAMES = tuple(COLUMNS)
DEFAULT = ("#", "layer", "output", "how", "params", "MACs", "RF")
# what layers cost, by the word for it on the command line
SORTS = {"macs": COLUMNS["MACs"], "params": COLUMNS["params"], "memory": COLUMNS["memory"]}
BY_DEFAULT = "macs"


def named(word: str) -> str | None:
    """The column that a word means, however it is capitalised; None where there is none."""
    return next((name for name in NAMES if name.lower() == word.lower()), None)


def chosen(options: DisplayOptions) -> list[TableColumn]:
    return [COLUMNS[name] for name in options.columns or DEFAULT]


def text_of(
    column: TableColumn,
    row: TableRow,
    totals: Totals | None,
    options: DisplayOptions,
    count: Callable[[int], str],
) -> str:
    """What is in a cell; `count` writes parameters and MACs. User text in it is not yet harmless."""
    value = column.value(row)
    if value is None:
        return ""
    if isinstance(value, str):
        return told(value)
    if column.total is not None:
        return share(value, column.total(totals)) if totals is not None else ""
    return size_in_memory(value * element_size(options)) if column.holds == BYTES else count(value)


def element_size(options: DisplayOptions) -> int:
    """The bytes that a value of a layer takes, in all samples."""
    return DTYPES[options.dtype or FLOAT32] * (options.batch or 1)


def share(part: int, whole: int) -> str:
    """`12.5%`; empty of nothing."""
    if not part or not whole:
        return "0%" if whole else ""
    tenths = (part * 2000 + whole) // (2 * whole)
    return f"{tenths // 10}.{tenths % 10}%"


def shown_rows(report: CheckResult, traced: Trace, options: DisplayOptions) -> tuple[list[TableRow], str]:
    """The rows of a table, and what to say of the others, empty where these are all."""
    root = outline.tree(traced)
    if options.sort or options.top is not None:
        return _costliest(outline.flat_rows(traced, root, report.layout), traced.totals, options)
    depth, remark = _depth(root, options.depth)
    rows = list(islice(outline.rows(traced, root, depth, report.layout), MOST))
    left_out = outline.count_rows(root, depth) - len(rows)
    return rows, _too_many(left_out) if left_out else remark


def _too_many(left_out: int) -> str:
    return say("and {rows}: a table has {most:,} at most", rows=plural(left_out, "more row"), most=MOST)


def _costliest(
    rows: Iterable[TableRow], totals: Totals, options: DisplayOptions
) -> tuple[list[TableRow], str]:
    """The layers that cost most, in the order of the network where they cost the same."""
    column = SORTS[options.sort or BY_DEFAULT]
    total = COLUMNS[f"{column.name}%"].total
    assert total is not None

    def cost(row: TableRow) -> int:
        value = column.value(row)
        return value if isinstance(value, int) else -1  # what is not known comes last

    ordered = sorted(rows, key=cost, reverse=True)
    kept = ordered[: MOST if options.top is None else min(options.top, MOST)]
    if options.top is None or len(kept) < min(options.top, len(ordered)):
        left_out = len(ordered) - len(kept)
        return kept, _too_many(left_out) if left_out else ""
    if len(kept) == len(ordered):
        return kept, ""
    part = share(sum(max(cost(row), 0) for row in kept), total(totals))
    text = "{kept:,} of {layers}, {part} of all {column}" if part else "{kept:,} of {layers}"
    layers = plural(len(ordered), "layer")
    return kept, say(text, kept=len(kept), layers=layers, part=part, column=say(column.name))


def _depth(root: outline.TableGroup, wanted: int | None) -> tuple[int, str]:
    """How many levels of groups to open, and what to say where that is not all."""
    deepest = outline.deepest(root)
    if wanted is None:
        depth = outline.fitting_depth(root, READABLE)
        return depth, "" if depth == deepest else say("folded: --depth {depth} shows more", depth=depth + 1)
    wanted = min(wanted, deepest)
    depth = min(wanted, outline.fitting_depth(root, MOST))
    if depth == wanted:
        return depth, ""
    count = outline.count_rows(root, wanted)
    text = "folded at depth {depth}: depth {wanted} has {count:,} rows, more than {most:,}"
    return depth, say(text, depth=depth, wanted=wanted, count=count, most=MOST)
