"""Rows of a sweep as CSV, JSON and as lines of a table."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from cnn_shapes.memory import FIGURES
from cnn_shapes.shown_text import csv_line, short_number, size_in_memory
from cnn_shapes.sweeps.job import COLUMNS, SweepRow
from cnn_shapes.sweeps.space import VariedAxis

ERROR = "error"
_OF_NETWORK = "network "  # before a figure that is called as something that is varied


class RowsFile:
    """A file that takes rows: of a write that fails nothing stays, so that what is in it are whole rows."""

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
        self._whole = 0

    def __enter__(self) -> RowsFile:
        return self

    def __exit__(self, *raised: object) -> None:
        os.close(self._file)

    def write(self, lines: str) -> None:
        """Add whole lines. Raises OSError."""
        data = lines.encode()
        left = memoryview(data)
        try:
            while left:
                left = left[os.write(self._file, left) :]
        except BaseException:  # an interrupt, too
            with suppress(OSError):
                os.ftruncate(self._file, self._whole)
            raise
        self._whole += len(data)


def headers(axes: Sequence[VariedAxis]) -> list[str]:
    """The columns of a row: what is varied, the figures, and the rule of its error."""
    own = [axis.column for axis in axes]
    return [*own, *((_OF_NETWORK if name in own else "") + name for name in (*COLUMNS, ERROR))]


def cells(row: SweepRow) -> list[Any]:
    """The values of a row in the order of its columns; None where it has none."""
    figures = [row.figures.get(name) for name in COLUMNS]
    return [*map(shown_value, row.values), *map(shown_value, figures), row.rule or None]


def shown_value(value: Any) -> Any:
    """A value as a cell has it: sizes with x between, a list in brackets, words and numbers as they are."""
    if type(value) is int or value is None:
        return value
    if isinstance(value, tuple):
        return "x".join(map(str, value))
    if isinstance(value, list):
        return f"[{', '.join(map(str, value))}]"
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else value


def csv_header(axes: Sequence[VariedAxis]) -> str:
    return csv_line(headers(axes))


def csv_lines(rows: Sequence[SweepRow]) -> str:
    """A line for each row."""
    return "".join([csv_line(cells(row)) for row in rows])


def as_json(axes: Sequence[VariedAxis], rows: Sequence[SweepRow], left_out: int) -> str:
    """All rows as one document, version 1; sizes are lists."""
    names = [axis.column for axis in axes]
    listed = [
        json.dumps(
            {
                "values": dict(zip(names, row.values, strict=True)),
                **{name: row.figures.get(name) for name in COLUMNS},
                ERROR: row.rule or None,
            }
        )
        for row in rows
    ]
    body = ",\n  ".join(listed)
    return f'{{"version": 1, "left_out": {left_out},\n "rows": [\n  {body}]}}\n'


def table(axes: Sequence[VariedAxis], rows: Sequence[SweepRow]) -> Iterator[str]:
    """The rows in aligned columns, for people."""
    names = headers(axes)
    lines = [names]
    for row in rows:
        line = []
        for place, value in enumerate(cells(row)):
            figure = COLUMNS[place - len(axes)] if 0 <= place - len(axes) < len(COLUMNS) else ""
            if value is None:
                line.append("")
            elif figure in FIGURES and FIGURES[figure].in_bytes:
                line.append(size_in_memory(value))
            elif figure == "macs":
                line.append(short_number(value))
            elif type(value) is int and figure:
                line.append(f"{value:,}")
            else:
                line.append(f"{value:g}" if isinstance(value, float) else str(value))
        lines.append(line)
    if not any(line[-1] for line in lines[1:]):
        lines = [line[:-1] for line in lines]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    right = [*(not axis.is_input for axis in axes), True, True, True, True, False, False, True, False]
    for line in lines:
        padded = [
            text.rjust(width) if is_right else text.ljust(width)
            for text, width, is_right in zip(line, widths, right, strict=False)
        ]
        yield "  ".join(padded).rstrip()
