"""Clues that lie in the text of a spec: a line that is doubled, lines that changed places, a name unused.

A clue about lines is told only where the text without the slip has no error: it is proved like a repair.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from cnn_shapes.checking import CheckResult, check_source
from cnn_shapes.diagnosis.chain import way_to
from cnn_shapes.diagnosis.labels import outermost_call
from cnn_shapes.diagnostics import Diagnostic, Note, in_layout
from cnn_shapes.language.entry import OWN, Item
from cnn_shapes.language.expressions.error import UNKNOWN_NAME
from cnn_shapes.language.reading.common import RESERVED
from cnn_shapes.language.spec import Spec
from cnn_shapes.layers import KINDS
from cnn_shapes.network import Node
from cnn_shapes.shapes import GROUPS_NOT_DIVISIBLE, NEEDS_FLATTEN, NOT_WHOLE, WINDOW_TOO_LARGE, WRONG_RANK
from cnn_shapes.source import Edit, Span
from cnn_shapes.source import Sequence as SequenceNode

_SMALL = 11  # the largest window of the networks that people know
_MOST_CHECKS = 40
_MOST_WORK = 10_000  # entries read and layers unfolded in them
_SIZES = (*NOT_WHOLE, WINDOW_TOO_LARGE, GROUPS_NOT_DIVISIBLE)
_RANKS = (NEEDS_FLATTEN, WRONG_RANK)
_Pairs = Sequence[tuple[Item, Item]]
_LIKELY_LAYOUT = "likely-layout"  # a better reason than another order
_FEW = 3  # of a kind, from which nothing can be concluded
_NEAR = 6  # entries before the one that fails


class _Case:
    """A report with its first error, the layer that fails, and how many texts may be read to prove a clue."""

    def __init__(self, report: CheckResult, spec: Spec, first: Diagnostic, failed: Node | None) -> None:
        self.report, self.spec, self.first, self.failed = report, spec, first, failed
        error = failed.error if failed is not None else None
        self.rule = error.rule if error is not None else ""
        layers = len(report.trace.network.nodes) if report.trace is not None else 1
        self.left = min(_MOST_CHECKS, _MOST_WORK // (layers + len(spec.entries)))

    def mends(self, edits: list[Edit]) -> bool:
        """Whether the text has no error with these edits; no, too, where no more texts may be read."""
        if self.left <= 0:
            return False
        self.left -= 1
        try:
            source = self.report.source.edited(edits)
        except ValueError:  # one entry is inside the other, as an alias may be
            return False
        after = check_source(source, self.report.overrides, self.report.settings, rules=False)
        # a join of a tensor with itself always fits, and is never what was meant
        return after.ok and _joined_with_itself(after) <= _joined_with_itself(self.report)


def clues(report: CheckResult, first: Diagnostic, failed: Node | None) -> list[Note]:
    """What in the text may have led to the first error of a report."""
    if report.spec is None:
        return []
    case = _Case(report, report.spec, first, failed)
    lines = _doubled(case)
    if not lines and all(found.rule != _LIKELY_LAYOUT for found in report.diagnostics):
        near = _near(case)
        lines = (
            _input(case)
            or _defaults(case)
            or _unread(case)
            or (_unlike(case) if case.rule in _SIZES else [])
            or _swapped(case, near)
            or _unlike(case)
            or _numbered(case)
            or _lost(case, near)
        )
    return lines or _same_twice(case) or _without_from(case)


def _doubled(case: _Case) -> list[Note]:
    spec = case.spec
    pairs = [
        (before, after)
        for items in _lists(spec)
        for before, after in pairwise(items)
        if not after.is_alias and _text(spec, before) == _text(spec, after)
    ]
    for before, after in pairs[: case.left]:
        if case.mends([Edit(Span(before.node.end, after.node.end), "")]):
            facts = {"line": _line(spec, after), "other": _line(spec, before)}
            return [Note("line {line} repeats line {other}: without it the network has no error", facts)]
    return []


def _swapped(case: _Case, near: _Pairs) -> list[Note]:
    spec = case.spec
    # the sort is stable: of those that are as unusual the nearest
    for before, after in sorted(near, key=lambda pair: -_unusual(spec, *pair)):
        if before.is_alias or after.is_alias:
            continue
        gain = _unusual(spec, before, after)
        # of two alike, or where a size is wrong, a number would be as likely a slip as the order
        numbers = gain <= 0 and not _order_matters(before, after, case.rule in _SIZES)
        if before.kind == after.kind:
            numbers = _are_alike(before, after)
        if numbers and case.failed is not None and case.rule not in _RANKS:
            continue
        texts = _text(spec, before), _text(spec, after)
        if case.mends([Edit(before.node.span, texts[1]), Edit(after.node.span, texts[0])]):
            facts = {"line": _line(spec, before), "other": _line(spec, after)}
            template = "lines {line} and {other} look swapped: the other way round the network has no error"
            return [Note(template, facts)]
    return []


def _order_matters(before: Item, after: Item, about_sizes: bool) -> bool:
    """Whether another order of two entries is a slip of the hand rather than a number: one joins or cuts."""
    layers = [item.layer for item in (before, after) if item.layer is not None]
    if any(layer.adds_margins for layer in layers):
        return True
    return not about_sizes and any(layer.joins or layer.splits or layer.flattens for layer in layers)


def _unusual(spec: Spec, before: Item, after: Item) -> int:
    """How many more kinds that follow one another would do so elsewhere too, were these two swapped."""
    lists = [[item.kind for item in items] for items in _lists(spec)]
    orders = Counter(pair for kinds in lists for pair in pairwise(kinds))
    for items in _lists(spec):
        if before not in items:
            continue
        place = items.index(before)
        kinds = [item.kind for item in items[max(0, place - 1) : place + 3]]
        here = place - max(0, place - 1)
        swapped = [*kinds[:here], after.kind, before.kind, *kinds[here + 2 :]]
        now, then = Counter(pairwise(kinds)), Counter(pairwise(swapped))
        elsewhere = orders - now
        return sum(pair in elsewhere for pair in then) - sum(pair in elsewhere for pair in now)
    return 0


def _are_alike(before: Item, after: Item) -> bool:
    """Whether two entries of a kind differ in numbers alone, and have no names that count up."""
    if before.settings.keys() != after.settings.keys() or (before.sources is None) != (after.sources is None):
        return False
    return before.name is None or after.name is None or before.name < after.name


def _places(first: Diagnostic, failed: Node | None) -> list[int]:
    """The places in the text that the error speaks of, and the steps of the way to the layer that fails."""
    places = [first.span.start, *(label.span.start for label in first.labels)]
    if failed is not None:
        places += [step.place.span.start for step in way_to(failed)[1][-_NEAR:]]
        places.append(failed.place.span.start)
    return places


def _near(case: _Case) -> _Pairs:
    """Neighbours of which one holds a place of the error, or is shortly before it; the nearest first."""
    places = _places(case.first, case.failed)
    found: list[tuple[Item, Item]] = []
    for items in _lists(case.spec):
        at = [
            position
            for position, item in enumerate(items)
            if any(item.node.start <= place < item.node.end for place in places)
        ]
        if at:
            start, end = max(0, min(at) - _NEAR), min(len(items), max(at) + 2)
            found += reversed(list(pairwise(items[start:end])))
    return found


def _unlike(case: _Case) -> list[Note]:
    """A small number that no other of the kind has, and those near it with which the network has no error."""
    spec = case.spec
    if case.failed is None:
        return []
    places = _places(case.first, case.failed)
    at = [one for one in spec.entries if any(one.node.start <= place < one.node.end for place in places)]
    for item in sorted(at, key=lambda one: -one.node.start):
        others = [one for one in spec.entries if one.kind == item.kind and one is not item]
        for name, setting in item.settings.items():
            own = setting.value.raw
            if setting.origin != OWN or not _is_small(own) or own == 0 or _is_usual_window(item, name, own):
                continue
            stated = [value for one in others if (value := _number(spec, one, name)) is not None]
            is_window = _is_window(item, name)
            if not is_window and (len(stated) < 2 or own in stated):
                continue
            values = {value for value in (*stated, own - 1, own + 1) if _is_small(value) and value > 0} - {
                own
            }
            good = []
            for value in sorted(values, key=lambda value: (abs(value - own), value not in stated, -value)):
                if case.mends([Edit(setting.value.node.span, str(value))]):
                    good.append(value)
            if good:
                facts = {"line": _line(spec, item), "kind": item.text, "name": setting.alias or name}
                facts |= {"own": own, "values": " or ".join(map(str, good[:2]))}
                odd = "the {kind} has an even {name}" if is_window else "no other {kind} has {name}"
                return [
                    Note(f"line {{line}}: {odd} {{own}}; with {{values}} the network has no error", facts)
                ]
    return []


def _is_small(raw: object) -> bool:
    """Whether a value is a number of windows and steps rather than of channels."""
    return type(raw) is int and 0 <= raw <= _SMALL


def _is_window(item: Item, name: str) -> bool:
    """Whether a field is the window of a convolution, which mostly is odd; a transposed one tiles as well."""
    layer = item.layer
    return layer is not None and layer.is_convolution and not layer.is_transposed and name == "kernel_size"


def _is_usual_window(item: Item, name: str, raw: int) -> bool:
    """Whether a network may have windows of this size beside others."""
    is_window = item.layer is not None and item.layer.is_convolution and name == "kernel_size"
    return is_window and (raw % 2 == 1 or not _is_window(item, name))


def _number(spec: Spec, item: Item, name: str) -> int | None:
    """The number that an entry has, be it the default of the param; None where it is not a plain one."""
    setting = item.settings.get(name)
    raw = setting.value.raw if setting is not None and setting.value.constant else None
    if setting is None and item.kind in spec.blocks:
        default = spec.blocks[item.kind].params.get(name)
        raw = None if default is None else default.raw
    return raw if type(raw) is int else None


def _input(case: _Case) -> list[Note]:
    """An input whose sizes differ, or a length beside a rounder one, where with that there is no error."""
    spec = case.spec
    node, shape = spec.input_node, spec.shape
    if not isinstance(node, SequenceNode) or shape is None or not shape.rank or case.report.overrides.any:
        return []
    wanted = set(shape.sizes) if len(set(shape.sizes)) == 2 else set()
    if shape.rank == 1:
        near = (shape[1] + sign * step for step in (1, 2, 4, 8) for sign in (1, -1))
        wanted = {size for size in near if size > 0 and _roundness(size) > _roundness(shape[1])}
    for size in sorted(wanted, key=_roundness, reverse=True):
        written = in_layout((None, *shape.sizes), spec.layout)
        pairs = zip(node.items, written, strict=True)
        if case.mends([Edit(item.span, str(size)) for item, own in pairs if own not in (None, size)]):
            facts = {"sizes": shape.sizes, "size": (size,) * shape.rank}
            return [Note("the input is {sizes}: with {size} the network has no error", facts)]
    return []


def _roundness(size: int) -> int:
    """How often a size can be halved, or divided by ten."""
    halved = (size & -size).bit_length()
    tenths = 0
    while size % 10 ** (tenths + 1) == 0:
        tenths += 1
    return max(halved, 2 * tenths)


def _defaults(case: _Case) -> list[Note]:
    """Defaults of a convolution that lack what most have, or have an even window, where that is all."""
    spec = case.spec
    for kind, settings in spec.defaults.items() if case.failed is not None else ():
        keys = [setting.key for setting in settings.values() if setting.key is not None]
        if not KINDS[kind].is_convolution or KINDS[kind].is_transposed or not keys:
            continue
        first = min(keys, key=lambda key: key.start)
        line = spec.source.position(first.start)[0]
        facts: dict[str, Any] = {"kind": kind, "line": line}
        text = spec.source.line_text(line)
        indent = text[: len(text) - len(text.lstrip())]
        end = f"\n{indent}" if text.lstrip().startswith(first.text) else ", "
        for name, written in (("padding", "half"), ("kernel_size", "3")):
            new = Edit(Span(first.start, first.start), f"{name}: {written}{end}")
            if name not in settings and case.mends([new]):
                template = (
                    "the defaults of {kind} on line {line} give no {name}: with {name}: {value} in them "
                )
                facts |= {"name": name, "value": written}
                return [Note(template + "the network has no error", facts)]
        window = settings.get("kernel_size")
        own = window.value.raw if window is not None else None
        if window is None or type(own) is not int or own % 2:
            continue
        for value in (own + 1, own - 1):
            if case.mends([Edit(window.value.node.span, str(value))]):
                facts |= {
                    "line": spec.source.position(window.value.node.start)[0],
                    "own": own,
                    "value": value,
                }
                template = "line {line}: the defaults of {kind} have an even kernel_size {own}; with {value} "
                return [Note(template + "the network has no error", facts)]
    return []


def _lost(case: _Case, near: _Pairs) -> list[Note]:
    """Between which lines one is missing: elsewhere one is between such two, and here it would fit."""
    spec, first = case.spec, case.first
    between: dict[tuple[str, str], list[Item]] = {}
    orders: Counter[tuple[str, str]] = Counter()
    follow: dict[str, list[Item]] = {}  # after entries of a kind
    for items in _lists(spec):
        orders.update((a.kind, b.kind) for a, b in pairwise(items))
        for before, middle in pairwise(items):
            follow.setdefault(before.kind, []).append(middle)
        for before, middle, after in zip(items, items[1:], items[2:], strict=False):
            between.setdefault((before.kind, after.kind), []).append(middle)
    name = str(first.facts.get("name", "")) if first.rule == UNKNOWN_NAME else ""
    for before, after in near:
        kinds = (before.kind, after.kind)
        if orders[kinds] > 1:
            continue  # nothing has to be between them
        known = between.get(kinds) or [
            one for one in follow[before.kind] if orders[one.kind, after.kind] and one.kind not in kinds
        ]
        for middle in {one.kind: one for one in known}.values():
            text = _text(spec, middle)
            if middle in (before, after):
                continue  # it is here that the file has that order
            if middle.name is not None:
                text = text.replace(middle.name, name) if name else ""
            if not text or "\n" in text:
                continue
            line = spec.source.line_text(_line(spec, before))
            dash = line[: len(line) - len(line.lstrip(" -"))]
            if case.mends([Edit(Span(before.node.end, before.node.end), f"\n{dash}{text}")]):
                facts = {"line": _line(spec, before), "kind": middle.text, "other": _line(spec, middle)}
                facts |= {"before": before.text, "after": after.text}
                template = "a line seems to be missing after line {line}: elsewhere a {before} and a {after} "
                return [Note(template + "have a {kind} between them, as on line {other}", facts)]
    return []


def _numbered(case: _Case) -> list[Note]:
    """Where a layer would be whose name nothing has: between those with the numbers before and after."""
    spec, first = case.spec, case.first
    name = str(first.facts.get("name", "")) if first.rule == UNKNOWN_NAME else ""
    digits = re.search(r"\d+$", name)
    if digits is None or any(item.name == name for item in spec.entries):
        return []  # one that has it is elsewhere
    number, prefix = int(digits[0][-9:]), name[: digits.start()]
    for items in _lists(spec):
        places = {item.name: place for place, item in enumerate(items) if item.name is not None}
        ends = [places.get(f"{prefix}{one}") for one in (number - 1, number + 1)]
        known = sorted(place for place in ends if place is not None)
        if len(known) < 2:
            continue
        start, end = (items[place] for place in known)
        facts: dict[str, Any] = {"name": name, "start": start.name, "end": end.name}
        facts |= {"from": _line(spec, start), "to": _line(spec, end)}
        where = "between {start} (line {from}) and {end} (line {to})"
        inside = items[known[0] + 1 : known[1]]
        nameless = [one for one in inside if one.kind == start.kind and one.name is None]
        if nameless:
            facts |= {"kind": start.text, "line": _line(spec, nameless[0])}
            return [Note(f"the {{kind}} on line {{line}}, {where}, has no name: it may be {{name}}", facts)]
        return [Note(f"{{name}} would be {where}: a line may be missing there", facts)]
    return []


def _without_from(case: _Case) -> list[Note]:
    """The one call or layer of its kind that reads what is before it, where all others name their input."""
    kinds: dict[str, list[Item]] = {}
    for item in case.spec.entries:
        kinds.setdefault(item.kind, []).append(item)
    for kind, items in kinds.items():
        nameless = [item for item in items if item.sources is None]
        first = min(items, key=lambda item: item.node.start)  # it may well read what is before it
        if len(nameless) == 1 and len(items) > _FEW and nameless[0] is not first:
            facts = {"kind": kind, "line": _line(case.spec, nameless[0])}
            return [Note("the {kind} on line {line} has no from, where all others have one", facts)]
    return []


def _same_twice(case: _Case) -> list[Note]:
    """A join that takes one tensor twice."""
    spec, failed = case.spec, case.failed
    for item in spec.entries:
        names = [source.text for source in item.sources or ()]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None and (failed is None or failed.place is item or item.layer is not None):
            facts = {"kind": item.text, "line": _line(spec, item), "name": twice}
            return [Note("{kind} on line {line} takes {name} twice", facts)]
    return []


def _unread(case: _Case) -> list[Note]:
    """A name that no `from` reads, and that would fit in place of one that the failing join takes."""
    spec, failed = case.spec, case.failed
    if failed is None or failed.layer is None or not failed.layer.joins or not isinstance(failed.place, Item):
        return []
    outer = outermost_call(failed) or failed.place
    for items in _lists(spec):
        if failed.place not in items and outer not in items:
            continue
        readers = [one for one in items if one.sources]
        read = {source.text for one in readers for source in one.sources or ()}
        read |= {node.text for node in spec.outputs} | {source.name for source in failed.inputs}
        for one in items:
            if one.name is None or one.name in read:
                continue
            for reader in readers:
                for source in reader.sources or ():
                    if reader.node.start < one.node.start or source.text in RESERVED:
                        continue
                    if case.mends([Edit(source.span, one.name)]):
                        facts = {"name": one.name, "line": _line(spec, one), "other": source.text}
                        facts["reader"] = _line(spec, reader)
                        template = "no from reads {name} (line {line}), which would fit in place of {other} "
                        return [Note(template + "on line {reader}", facts)]
    return []


def _joined_with_itself(report: CheckResult) -> int:
    nodes = report.trace.network.layers if report.trace is not None else []
    return sum(len({*node.inputs}) < len(node.inputs) for node in nodes)


def _lists(spec: Spec) -> Iterator[Sequence[Item]]:
    """Every list of entries, at any depth."""
    waiting = [spec.items, *(block.items for block in spec.blocks.values())]
    while waiting:
        items = waiting.pop()
        yield items
        waiting += [inner for item in items for inner in item.lists.values()]


def _text(spec: Spec, item: Item) -> str:
    return spec.source.text[item.node.start : item.node.end]


def _line(spec: Spec, item: Item) -> int:
    return spec.source.position(item.node.start)[0]
