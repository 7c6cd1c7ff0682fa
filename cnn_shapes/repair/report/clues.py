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
_MOST_CHECKS = 24
_MOST_WORK = 10_000  # entries read and layers unfolded in them
_SIZES = (*NOT_WHOLE, WINDOW_TOO_LARGE, GROUPS_NOT_DIVISIBLE)
_RANKS = (NEEDS_FLATTEN, WRONG_RANK)
_Pairs = Sequence[tuple[Item, Item]]
_LIKELY_LAYOUT = "likely-layout"  # a better reason than another order
_NEAR = 6  # entries before the one that fails


def clues(report: CheckResult, first: Diagnostic, failed: Node | None) -> list[Note]:
    """What in the text may have led to the first error of a report."""
    spec = report.spec
    if spec is None:
        return []
    lines = _doubled(report, spec)
    if not lines and all(found.rule != _LIKELY_LAYOUT for found in report.diagnostics):
        near = _near(spec, first, failed)
        lines = (
            _input(report, spec)
            or _padded(report, spec, failed)
            or _unread(report, spec, failed)
            or (
                _unlike(report, spec, first, failed) if failed is not None and _is_about_sizes(failed) else []
            )
            or _swapped(report, spec, near, failed)
            or _unlike(report, spec, first, failed)
            or _numbered(spec, first)
            or _lost(report, spec, near, first)
        )
    return lines or _same_twice(spec, failed)


def _doubled(report: CheckResult, spec: Spec) -> list[Note]:
    pairs = [
        (before, after)
        for items in _lists(spec)
        for before, after in pairwise(items)
        if not after.is_alias and _text(spec, before) == _text(spec, after)
    ]
    for before, after in pairs[: _tries(report)]:
        if _mends(report, [Edit(Span(before.node.end, after.node.end), "")]):
            facts = {"line": _line(spec, after), "other": _line(spec, before)}
            return [Note("line {line} repeats line {other}: without it the network has no error", facts)]
    return []


def _swapped(report: CheckResult, spec: Spec, near: _Pairs, failed: Node | None) -> list[Note]:
    of_rank = failed is not None and failed.error is not None and failed.error.rule in _RANKS
    about_sizes = failed is not None and failed.error is not None and _is_about_sizes(failed)
    tries = _tries(report)
    # the sort is stable: of those that are as unusual the nearest
    for before, after in sorted(near, key=lambda pair: -_unusual(spec, *pair)):
        if before.is_alias or after.is_alias:
            continue
        gain = _unusual(spec, before, after)
        # of two alike, or where a size is wrong, a number would be as likely a slip as the order
        numbers = gain <= 0 and not _order_matters(before, after, about_sizes)
        if before.kind == after.kind:
            numbers = _are_alike(before, after)
        if numbers and failed is not None and not of_rank:
            continue
        if tries == 0:
            break
        tries -= 1
        texts = _text(spec, before), _text(spec, after)
        if _mends(report, [Edit(before.node.span, texts[1]), Edit(after.node.span, texts[0])]):
            facts = {"line": _line(spec, before), "other": _line(spec, after)}
            template = "lines {line} and {other} look swapped: the other way round the network has no error"
            return [Note(template, facts)]
    return []


def _is_about_sizes(node: Node) -> bool:
    """Whether another number would be as likely a slip as another order."""
    return node.error is not None and node.error.rule in _SIZES


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


def _near(spec: Spec, first: Diagnostic, failed: Node | None) -> _Pairs:
    """Neighbours of which one holds a place of the error, or is shortly before it; the nearest first."""
    places = _places(first, failed)
    found: list[tuple[Item, Item]] = []
    for items in _lists(spec):
        at = [
            position
            for position, item in enumerate(items)
            if any(item.node.start <= place < item.node.end for place in places)
        ]
        if at:
            start, end = max(0, min(at) - _NEAR), min(len(items), max(at) + 2)
            found += reversed(list(pairwise(items[start:end])))
    return found


def _unlike(report: CheckResult, spec: Spec, first: Diagnostic, failed: Node | None) -> list[Note]:
    """A small number that no other of the kind has, and those near it with which the network has no error."""
    if failed is None:
        return []
    tries = _tries(report)
    places = _places(first, failed)
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
                tries -= 1
                if tries >= 0 and _mends(report, [Edit(setting.value.node.span, str(value))]):
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
        raw = spec.blocks[item.kind].params.get(name)
    return raw if type(raw) is int else None


def _input(report: CheckResult, spec: Spec) -> list[Note]:
    """An input whose sizes differ, or a length beside a rounder one, where with that there is no error."""
    node, shape = spec.input_node, spec.shape
    if not isinstance(node, SequenceNode) or shape is None or not shape.rank or report.overrides.any:
        return []
    wanted = set(shape.sizes) if len(set(shape.sizes)) == 2 else set()
    if shape.rank == 1:
        near = (shape[1] + sign * step for step in (1, 2, 4, 8) for sign in (1, -1))
        wanted = {size for size in near if size > 0 and _roundness(size) > _roundness(shape[1])}
    for size in sorted(wanted, key=_roundness, reverse=True)[: _tries(report)]:
        written = in_layout((None, *shape.sizes), spec.layout)
        pairs = zip(node.items, written, strict=True)
        if _mends(report, [Edit(item.span, str(size)) for item, own in pairs if own not in (None, size)]):
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


def _padded(report: CheckResult, spec: Spec, failed: Node | None) -> list[Note]:
    """Defaults of a convolution without padding, where with it the network has no error."""
    for kind, settings in spec.defaults.items() if failed is not None else ():
        keys = [setting.key for setting in settings.values() if setting.key is not None]
        if "padding" in settings or not KINDS[kind].is_convolution or not keys:
            continue
        first = min(keys, key=lambda key: key.start)
        text = spec.source.line_text(spec.source.position(first.start)[0])
        indent = text[: len(text) - len(text.lstrip())]
        new = "padding: half\n" + indent if text.lstrip().startswith(first.text) else "padding: half, "
        if _mends(report, [Edit(Span(first.start, first.start), new)]):
            facts = {"kind": kind, "line": spec.source.position(first.start)[0]}
            template = "the defaults of {kind} on line {line} give no padding: with padding: half in them "
            return [Note(template + "the network has no error", facts)]
    return []


def _lost(report: CheckResult, spec: Spec, near: _Pairs, first: Diagnostic) -> list[Note]:
    """Between which lines one is missing: elsewhere one is between such two, and here it would fit."""
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
    tries = _tries(report)
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
            if not text or "\n" in text or tries == 0:
                continue
            tries -= 1
            line = spec.source.line_text(_line(spec, before))
            dash = line[: len(line) - len(line.lstrip(" -"))]
            if _mends(report, [Edit(Span(before.node.end, before.node.end), f"\n{dash}{text}")]):
                facts = {"line": _line(spec, before), "kind": middle.text, "other": _line(spec, middle)}
                facts |= {"before": before.text, "after": after.text}
                template = "a line seems to be missing after line {line}: elsewhere a {before} and a {after} "
                return [Note(template + "have a {kind} between them, as on line {other}", facts)]
    return []


def _numbered(spec: Spec, first: Diagnostic) -> list[Note]:
    """Where a layer would be whose name nothing has: between those with the numbers before and after."""
    name = str(first.facts.get("name", "")) if first.rule == UNKNOWN_NAME else ""
    digits = re.search(r"\d+$", name)
    if digits is None:
        return []
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


def _same_twice(spec: Spec, failed: Node | None) -> list[Note]:
    """A join that takes one tensor twice."""
    for item in spec.entries:
        names = [source.text for source in item.sources or ()]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None and (failed is None or failed.place is item or item.layer is not None):
            facts = {"kind": item.text, "line": _line(spec, item), "name": twice}
            return [Note("{kind} on line {line} takes {name} twice", facts)]
    return []


def _unread(report: CheckResult, spec: Spec, failed: Node | None) -> list[Note]:
    """A name that no `from` reads, and that would fit in place of one that the failing join takes."""
    if failed is None or failed.layer is None or not failed.layer.joins or not isinstance(failed.place, Item):
        return []
    outer = outermost_call(failed) or failed.place
    tries = _tries(report)
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
                    if reader.node.start < one.node.start or source.text in RESERVED or tries == 0:
                        continue
                    tries -= 1
                    if _mends(report, [Edit(source.span, one.name)]):
                        facts = {"name": one.name, "line": _line(spec, one), "other": source.text}
                        facts["reader"] = _line(spec, reader)
                        template = "no from reads {name} (line {line}), which would fit in place of {other} "
                        return [Note(template + "on line {reader}", facts)]
    return []


def _mends(report: CheckResult, edits: list[Edit]) -> bool:
    try:
        source = report.source.edited(edits)
    except ValueError:  # one entry is inside the other, as an alias may be
        return False
    after = check_source(source, report.overrides, report.settings, rules=False)
    # a join of a tensor with itself always fits, and is never what was meant
    return after.ok and _joined_with_itself(after) <= _joined_with_itself(report)


def _joined_with_itself(report: CheckResult) -> int:
    nodes = report.trace.network.layers if report.trace is not None else []
    return sum(len({*node.inputs}) < len(node.inputs) for node in nodes)


def _tries(report: CheckResult) -> int:
    layers = len(report.trace.network.nodes) if report.trace is not None else 1
    entries = len(report.spec.entries) if report.spec is not None else 1
    return min(_MOST_CHECKS, _MOST_WORK // (layers + entries))


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
