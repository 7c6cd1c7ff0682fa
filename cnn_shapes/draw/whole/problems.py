"""What is wrong, under the picture: each error with its number, and the fixes as `fix` numbers them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from cnn_shapes.diagnostics import render
from cnn_shapes.draw.kit.svg import Picture, number, shortened, text_width
from cnn_shapes.draw.whole import boxes

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.diagnostics import Diagnostic
    from cnn_shapes.draw.whole.boxes import Box

MOST_ERRORS, _MOST_FIXES, _MOST_LINES = 4, 3, 4
_WIDEST = 92  # characters of a line
_LONGEST_OUTCOME = 60
_MESSAGE, _SMALL = 12.0, 10.5
_EDGE, _STEP = 14.0, 22.0


class _ShownFix(NamedTuple):
    head: str
    title: str
    outcome: str


def numbered(report: CheckResult, drawn: Mapping[int, Box]) -> None:
    """Give the boxes that fail the numbers of their errors, where there are several."""
    if len(report.errors) < 2:
        return
    names = {
        node.name: box
        for box in {id(box): box for box in drawn.values()}.values()
        for item in box.items
        for node in item.nodes
    }
    for place, found in enumerate(report.errors[:MOST_ERRORS], 1):
        box = names.get(found.layer or "")
        if box is not None and not box.badge:
            box.badge = str(place)


def draw(picture: Picture, report: CheckResult, failed: Box | None) -> None:
    """A panel below all that is drawn, with a line to the box that fails where there is one error."""
    errors = report.errors[:MOST_ERRORS]
    several = len(report.errors) > 1
    rows = [(found, _lines(found, report)) for found in errors]
    fixes = next((_fixes(found) for found in errors if found.fixes), [])
    more = len(report.errors) + report.omitted - len(errors)
    wide = 2 * _EDGE + max(
        [text_width(text, size, classes) + 20 for _, lines in rows for text, classes, size in lines]
        + [_fix_width(fix) for fix in fixes]
    )
    top = picture.bottom + 16
    left = picture.left
    target = None if failed is None else failed.x + failed.front / 2
    if target is not None:
        left = max(left, min(target - wide / 2, picture.right - wide))
        left = min(left, target - 20)
    high = 16 + sum(_height(lines) for _, lines in rows) + len(fixes) * _STEP + (14 if more > 0 else 0)
    if failed is not None and target is not None and not several:
        picture.path(f"M{number(target)} {number(failed.bottom + 4)}V{number(top)}", "leader")
    picture.rectangle(left, top, wide, high, "call", 6)
    y = top + 4
    for place, (_, lines) in enumerate(rows, 1):
        if several:
            boxes.draw_badge(picture, left + _EDGE + 4, y + 13, str(place))
        else:
            picture.text(left + _EDGE, y + 16.5, "✗", "t errt b", _MESSAGE, "start")
        for text, classes, size in lines:
            y += 16
            picture.text(left + _EDGE + 18, y, text, classes, size, "start")
        y += 6
    y += 4
    for fix in fixes:
        _draw_fix(picture, fix, left + _EDGE, y, wide - 2 * _EDGE)
        y += _STEP
    if more > 0:
        picture.text(left + _EDGE, y + 8, f"and {more:,} more", "t d", _SMALL, "start")


def _lines(found: Diagnostic, report: CheckResult) -> list[tuple[str, str, float]]:
    message = _wrapped(found.message(report.layout))
    pointer = render(found.pointer, found.facts, report.layout)
    lines = [(line, "t errt b", _MESSAGE) for line in message]
    if pointer:
        lines += [(line, "m d", _SMALL) for line in _wrapped(pointer)[:2]]
    return lines


def _height(lines: list[tuple[str, str, float]]) -> float:
    return len(lines) * 16 + 6


def _fixes(found: Diagnostic) -> list[_ShownFix]:
    fixes, count = [], 0
    for fix in sorted(found.fixes, key=lambda fix: (not fix.valid, fix.by_hand))[:_MOST_FIXES]:
        is_numbered = fix.valid and not fix.by_hand
        count += is_numbered
        head = f"fix {count}" if is_numbered else "by hand" if fix.by_hand else "partly"
        outcome = fix.outcome if fix.valid else f"leaves {fix.remaining}"
        fixes.append(
            _ShownFix(head, shortened(fix.title, _WIDEST), shortened(outcome, 60).replace("->", "→"))
        )
    return fixes


def _fix_width(fix: _ShownFix) -> float:
    outcome = text_width(fix.outcome, _SMALL, "m")
    return 74 + text_width(fix.title, _SMALL, "m") + (24 + outcome if outcome else 0)


def _draw_fix(picture: Picture, fix: _ShownFix, x: float, y: float, wide: float) -> None:
    picture.rectangle(x, y, wide, 18, "fix", 4)
    picture.text(x + 9, y + 12.8, fix.head, "t okt b", _SMALL, "start")
    picture.text(x + 56, y + 12.8, fix.title, "m", _SMALL, "start")
    if fix.outcome:
        picture.text(x + wide - 9, y + 12.8, fix.outcome, "m okt", _SMALL, "end")


def _wrapped(text: str) -> list[str]:
    """The text in lines that are not too long, the last of which says where it goes on."""
    lines, line = [], ""
    for word in text.split(" "):
        word = shortened(word, _WIDEST)
        if line and len(line) + len(word) + 1 > _WIDEST:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    lines.append(line)
    return lines if len(lines) <= _MOST_LINES else [*lines[: _MOST_LINES - 1], f"{lines[_MOST_LINES - 1]} …"]
