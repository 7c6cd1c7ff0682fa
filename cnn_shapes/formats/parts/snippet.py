"""One problem as rustc and ruff show theirs: the line, carets under the span, the cause, notes, fixes."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from cnn_shapes.checking import NO_VERDICT
from cnn_shapes.diagnostics import render
from cnn_shapes.formats.parts.terminal_text import (
    DisplayOptions,
    Line,
    Styled,
    cells,
    clean,
    fix_text,
    headed,
    wrapped,
)
from cnn_shapes.source import shown_path
from cnn_shapes.words import say, told

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.diagnostics import Diagnostic
    from cnn_shapes.source import Source, Span

_TAB = "    "
_CUT = "..."
_LONGEST = 160  # cells of a source line where no terminal says how many there are
_LEAST = 40


class Mark(NamedTuple):
    """What is under one line of the source, from character `start` to `end` of the line.

    The style of the problem's own mark is its severity, that of a label is `frame`.
    """

    line: int
    start: int
    end: int
    text: str
    style: str

    @property
    def primary(self) -> bool:
        return self.style != "frame"

    def said(self, text: str) -> Styled:
        return Styled(text, self.style)


def problem(report: CheckResult, found: Diagnostic, options: DisplayOptions) -> list[Line]:
    """The whole display of one diagnostic."""
    source, layout = report.source, report.layout

    def user(text: str) -> str:
        return clean(text, options.encoding)

    head = Styled(f"{say(found.severity)}[{found.rule}]", found.severity)
    lines = headed(head, f": {user(found.message(layout))}", "bold", options.width)
    pointer = user(render(found.pointer, found.facts, layout))
    said = [(source.written(found.span), pointer, found.severity)]
    if (other := source.beside(found.span)) is not None:
        said.append((other[:2], told(other[2]), "frame"))
    for label in found.labels:
        text = user(render(label.template, label.facts, layout))
        said.append((source.written(label.span), text, "frame"))
    excerpts: dict[str, tuple[Source, list[Mark]]] = {}
    for (written, span), text, style in said:
        excerpts.setdefault(written.path, (written, []))[1].extend(_marks(written, span, text, style))
    margin = len(str(max(mark.line for _, marks in excerpts.values() for mark in marks)))
    if found.rule not in NO_VERDICT or source.is_derived:
        for written, marks in excerpts.values():
            where = f" {user(shown_path(written.path))}:{marks[0].line}:{marks[0].start + 1}"
            lines.append((Styled(" " * (margin + 1) + "-->", "frame"), where))
            if written.text.strip() or (written.text and written is source):
                lines += _excerpt(written, marks, margin, options)
    for note in found.notes:
        lines += _remark(
            say("note"), "bold", user(render(note.template, note.facts, layout)), margin, options
        )
    number = 0
    for fix in sorted(found.fixes, key=lambda fix: (not fix.valid, fix.by_hand)):
        numbered = fix.valid and not fix.by_hand
        number += numbered
        what = (
            say("fix {number}", number=number) if numbered else say("fix by hand" if fix.by_hand else "fix")
        )
        lines += _remark(what, "fix", user(fix_text(fix)), margin, options)
    return lines


def _remark(head: str, style: str, text: str, margin: int, options: DisplayOptions) -> list[Line]:
    edge = " " * (margin + 2)
    indent = margin + 3 + cells(f" {head}: ")
    first, *more = wrapped(text, indent, options.width)
    return [
        (edge, Styled("=", "frame"), " ", Styled(head, style), f": {first}"),
        *((" " * indent + line,) for line in more),
    ]


def _marks(source: Source, span: Span, text: str, style: str) -> list[Mark]:
    """One mark, or two where a span goes over several lines: from its start on, and up to its end."""
    first, start = source.position(span.start)
    last, end = source.position(max(span.start, span.end))
    if last > first and end == 1:  # the line break belongs to the line that it ends
        last -= 1
        end = len(source.line_text(last)) + 1
    if first == last:
        return [Mark(first, start - 1, max(end - 1, start), text, style)]
    whole = len(source.line_text(first))
    inner = source.line_text(last)
    indent = len(inner) - len(inner.lstrip())
    return [
        Mark(first, start - 1, max(whole, start), "", style),
        Mark(last, min(indent, end - 1), max(end - 1, 1), text, style),
    ]


def _excerpt(source: Source, marks: list[Mark], margin: int, options: DisplayOptions) -> list[Line]:
    bar = Styled("|", "frame")
    blank = (" " * (margin + 2), bar)
    lines: list[Line] = [blank]
    before = 0
    room = max((options.width or _LONGEST + margin + 4) - margin - 4, _LEAST)
    for line in sorted({mark.line for mark in marks}):
        if before and line - before > 2:
            lines.append((Styled("...", "frame"),))
        before = line
        number = Styled(f" {line:>{margin}} ", "frame")
        text = source.line_text(line)
        for together in _parts(text, sorted(mark for mark in marks if mark.line == line), room):
            shown, under = _line(text, together, room, options)
            lines.append((number, bar, f" {shown}".rstrip()))
            lines += [(*blank, " ", *carets) for carets in under]
    return lines


def _parts(text: str, marks: list[Mark], room: int) -> list[list[Mark]]:
    """The marks of a line: together, or each with its own piece where a long line cannot show all of them."""
    reach = max(mark.end for mark in marks) - marks[0].start
    if _width(text) <= room or reach <= room - len(_CUT) * 2:
        return [marks]
    return [[mark] for mark in marks]


def _width(text: str) -> int:
    return cells(text) + (len(_TAB) - 1) * text.count("\t")


def _line(text: str, marks: list[Mark], room: int, options: DisplayOptions) -> tuple[str, list[Line]]:
    """A line of the source as it is shown, and the lines under it."""
    low, high = _window(text, marks, room)
    pieces = [
        _TAB if character == "\t" else clean(character, options.encoding) for character in text[low:high]
    ]
    head = _CUT if low else ""
    shown = head + "".join(pieces) + (_CUT if high < len(text) else "")

    def column(character: int) -> int:
        inside = min(max(character - low, 0), len(pieces))
        return cells(head + "".join(pieces[:inside]))

    placed = [(column(mark.start), max(column(mark.end), column(mark.start) + 1), mark) for mark in marks]
    placed.sort(key=lambda item: (item[0], item[1]))
    return shown, _underline(placed, room, options)


def _window(text: str, marks: list[Mark], room: int) -> tuple[int, int]:
    """Which characters of a long line to show: the marked ones, as far as there is room, and those around."""
    if len(text) <= room and _width(text) <= room:
        return 0, len(text)
    room -= len(_CUT) * 2
    low = marks[0].start
    high = min(max(mark.end for mark in marks), low + room, len(text))
    while high > low + 1 and _width(text[low:high]) > room:
        high -= 1
    # of the room that is left, a half goes before the marks, and what is not needed after them
    low = _reach(text, low, -1, (room - _width(text[low:high])) // 2)
    high = _reach(text, high, 1, room + len(_CUT) * (low == 0) - _width(text[low:high]))
    low = _reach(text, low, -1, room + len(_CUT) * (high == len(text)) - _width(text[low:high]))
    return low, high


def _reach(text: str, edge: int, step: int, room: int) -> int:
    """The edge of a piece of text, moved by as many characters as fit into `room` cells."""
    ahead = edge if step > 0 else edge - 1
    while 0 <= ahead < len(text) and (room := room - _width(text[ahead])) >= 0:
        ahead += step
    return ahead if step > 0 else ahead + 1


def _underline(placed: list[tuple[int, int, Mark]], room: int, options: DisplayOptions) -> list[Line]:
    """The carets and dashes, the last text beside them, the others below, each under its own start."""
    width = max(end for _, end, _ in placed)
    signs = [(" ", "")] * width
    for primary in (False, True):
        for start, end, mark in placed:
            if mark.primary is primary:
                signs[start:end] = [("^" if primary else "-", mark.style)] * (end - start)
    texts = [item for item in placed if item[2].text]
    under: list[str | Styled] = [
        Styled("".join(sign for sign, _ in run), style)
        for style, run in groupby(signs, key=lambda sign: sign[1])
    ]
    if not texts:
        return [tuple(under)]
    last = texts[-1]
    if last[1] == width and (options.width is None or width + 1 + cells(last[2].text) <= room):
        under += [" ", last[2].said(last[2].text)]
        texts.pop()
    lines: list[Line] = [tuple(under)]
    for start, _, mark in reversed(texts):
        begin = start if options.width is None else max(0, min(start, room - cells(mark.text)))
        lines += [
            (" " * begin, mark.said(part)) for part in wrapped(mark.text, begin, options.width and room)
        ]
    return lines
