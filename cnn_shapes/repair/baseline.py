"""A baseline: comments that ignore what is found today, so that only what comes new is told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cnn_shapes.checking import CheckResult, check_source
from cnn_shapes.diagnosis.nesting import Nested, nodes_of
from cnn_shapes.diagnosis.suppressions import BAD_SUPPRESSION, LINE, UNUSED_SUPPRESSION, Suppressions
from cnn_shapes.diagnostics import MARK, Diagnostic
from cnn_shapes.edit.proof import moved, written_by
from cnn_shapes.rules import READING, RULES, SUPPRESSION
from cnn_shapes.source import Edit, Map, Scalar, Sequence, Source, Span, TreeNode, read_yaml

_ALL = 2**31 - 1  # problems: in a baseline none is left out
_ROUNDS = 1000  # an error that is ignored may bring up others after it


class Baseline(NamedTuple):
    """The report of the text with its comments, and how many findings these ignore."""

    report: CheckResult
    ignored: int


class _Spot(NamedTuple):
    """Where the names of rules may go, and what is written `before` and `after` them."""

    offset: int
    before: str
    after: str


class _Wanted(NamedTuple):
    """A finding that is to be ignored, and the places where its rule may be named, best first."""

    found: Diagnostic
    places: list[_Spot]


class _Commented(NamedTuple):
    """The report of a text with comments, the edits that put them there, what these ignore and cannot."""

    report: CheckResult
    edits: list[Edit]
    ignored: list[_Wanted]
    failed: list[_Wanted]


def can_be_ignored(rule: str) -> bool:
    """Whether a comment may silence it: what is wrong with a text or with a comment has to be mended."""
    return RULES.stage(rule) not in (READING, SUPPRESSION)


def baseline(report: CheckResult) -> Baseline:
    """Ignore all that is found, each finding where it is. What no comment there can hide is left."""
    now = _checked(report, report.source)
    count = 0
    failed: set[tuple[str, int]] = set()  # rules and their offsets in the text of now
    for _ in range(_ROUNDS):
        wanted = [one for one in _wanted(now) if (one.found.rule, one.found.span.start) not in failed]
        if not wanted:
            break
        written = _tried(now, wanted)
        failed |= {(one.found.rule, one.found.span.start) for one in written.failed}
        failed = {
            (rule, place) for rule, offset in failed if (place := moved(offset, written.edits)) is not None
        }
        now, count = written.report, count + len(written.ignored)
    if not count:
        return Baseline(report, 0)
    return Baseline(check_source(now.source, report.overrides, report.settings), count)


def _checked(report: CheckResult, source: Source) -> CheckResult:
    """All that is found in a text with the settings of a report."""
    settings = report.settings
    return check_source(
        source, report.overrides, settings._replace(limits=settings.limits._replace(problems=_ALL))
    )


def _wanted(report: CheckResult) -> list[_Wanted]:
    found = [one for one in report.diagnostics if can_be_ignored(one.rule)]
    root = read_yaml(report.source, report.settings.limits).root
    if not found or root is None:
        return []
    layout = _CommentPlaces(report.source, root)
    return [_Wanted(one, list(layout.places(one.span.start))) for one in found]


class _CommentPlaces:
    """Where a text has comments, values and entries."""

    def __init__(self, source: Source, root: TreeNode) -> None:
        self.source = source
        nodes = list(nodes_of(root))
        self._values = Nested([node.span for node, _ in nodes if isinstance(node, Scalar)])
        self._entries = Nested([node.span for node, is_entry in nodes if is_entry])
        self._lists: dict[int, int] = {}  # by a line, the end of the last name in a comment that means it
        if MARK in source.text:
            for comment in Suppressions(source, root).found:
                if comment.line and comment.rules:
                    self._lists[comment.line] = comment.rules[-1][1].end

    def places(self, offset: int) -> Iterator[_Spot]:
        """In a comment that is there, on the line of an offset, above it; then as its entry begins."""
        lines = [self.source.position(offset)[0]]
        entry = self._entries.around(offset)
        if entry is not None:
            lines.append(self.source.position(entry.start)[0])
        for line in dict.fromkeys(lines):
            if line in self._lists:
                yield _Spot(self._lists[line], ", ", "")
            text = self.source.line_text(line)
            start = self.source.offset(line, 1)
            end = start + len(text.rstrip())
            if not self._is_in_value(end):
                yield _Spot(end, f"  # {MARK} {LINE}[", "]")
            if not self._is_in_value(start):
                indent = text[: len(text) - len(text.lstrip())]
                yield _Spot(start, f"{indent}# {MARK} {LINE}[", f"]{self._line_end(line)}")

    def _is_in_value(self, offset: int) -> bool:
        """Whether what is written at an offset becomes a part of a text."""
        value = self._values.around(offset)
        return value is not None and value.start < offset

    def _line_end(self, line: int) -> str:
        end = self.source.offset(line, 1) + len(self.source.line_text(line))
        rest = self.source.text[end : end + 2]
        return rest if rest == "\r\n" else rest[:1] or "\n"


def _tried(now: CheckResult, wanted: list[_Wanted]) -> _Commented:
    """Write comments for all that is wanted at once; where they do harm together, for the first that can."""
    written = _with_comments(now, wanted)
    if written is not None:
        return written
    failed: list[_Wanted] = []
    for one in wanted:
        written = _with_comments(now, [one])
        if written is not None and written.ignored:
            return written._replace(failed=failed)
        failed.append(one)
    return _Commented(now, [], [], failed)


def _with_comments(now: CheckResult, wanted: list[_Wanted]) -> _Commented | None:
    """Name each rule at the first of its places where that hides the finding; None where several do harm."""
    chosen = {number: 0 for number, one in enumerate(wanted) if one.places}
    while chosen:
        named = [(wanted[number].found.rule, wanted[number].places[at]) for number, at in chosen.items()]
        edits = _edits(named)
        after = _unharmed(now, edits)
        if after is None and len(chosen) > 1:
            return None
        still = None if after is None else {(one.rule, one.span.start) for one in after.diagnostics}
        shown = [
            number for number in chosen if still is None or _moved_key(wanted[number].found, edits) in still
        ]
        if after is not None and not shown:
            failed = [one for number, one in enumerate(wanted) if number not in chosen]
            return _Commented(after, edits, [wanted[number] for number in chosen], failed)
        for number in shown:
            chosen[number] += 1
            if chosen[number] == len(wanted[number].places):
                del chosen[number]
    return _Commented(now, [], [], wanted)


def _unharmed(now: CheckResult, edits: list[Edit]) -> CheckResult | None:
    """The report of a text with comments; None where they say anything else, or are wrong themselves."""
    source, limits = now.source.edited(edits), now.settings.limits
    if _flat(read_yaml(now.source, limits).root) != _flat(read_yaml(source, limits).root):
        return None
    after = _checked(now, source)
    if _count_bad(after) > _count_bad(now):
        return None
    ours = written_by(edits)
    idle = [found.span for found in after.diagnostics if found.rule == UNUSED_SUPPRESSION]
    if any(span.start < end and start < span.end for span in idle for start, end in ours):
        return None
    return after


def _moved_key(found: Diagnostic, edits: list[Edit]) -> tuple[str, int | None]:
    return found.rule, moved(found.span.start, edits)


def _edits(named: list[tuple[str, _Spot]]) -> list[Edit]:
    """The edits that name rules at their places, those of one place together."""
    rules: dict[_Spot, dict[str, None]] = {}
    for rule, place in named:
        rules.setdefault(place, {})[rule] = None
    return [
        Edit(Span(place.offset, place.offset), f"{place.before}{', '.join(names)}{place.after}")
        for place, names in sorted(rules.items())
    ]


def _count_bad(report: CheckResult) -> int:
    return sum(found.rule == BAD_SUPPRESSION for found in report.diagnostics)


def _flat(root: TreeNode | None) -> list[object]:
    """A tree as a list: the same for the same tree, wherever it is in a text."""
    found: list[object] = []
    waiting = [root]
    numbers: dict[int, int] = {}
    while waiting:
        node = waiting.pop()
        if id(node) in numbers:  # an alias
            found.append(numbers[id(node)])
            continue
        numbers[id(node)] = len(numbers)
        if isinstance(node, Scalar):
            found.append((node.text, node.plain))
        elif isinstance(node, Sequence):
            found.append(("[", len(node.items)))
            waiting += node.items
        elif isinstance(node, Map):
            found.append(("{", len(node.pairs)))
            waiting += [part for pair in node.pairs for part in pair]
    return found
