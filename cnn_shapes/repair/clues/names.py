"""Clues about names: one that nothing reads, one that was meant, one that an entry has lost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from cnn_shapes.diagnosis.labels import outermost_call
from cnn_shapes.diagnostics import Note
from cnn_shapes.edit.placing import add_fields
from cnn_shapes.language.entry import Item
from cnn_shapes.layers import KINDS
from cnn_shapes.repair.changes.spec_changes import names_before
from cnn_shapes.repair.clues.case import Case, names_of, places_of
from cnn_shapes.repair.clues.lost import (
    Gap,
    gaps_after,
    gaps_before,
    inserted,
    line_of,
    lost_name,
    unread_names,
    words,
)
from cnn_shapes.repair.clues.series import is_known
from cnn_shapes.shapes import listed
from cnn_shapes.source import Edit, Scalar
from cnn_shapes.words import either

_FEW = 3  # of a kind, from which nothing can be concluded
_MOST = 40  # texts read for each of these clues
_MOST_SOURCES = 100  # names in a from that are looked at
_SHOWN = 2  # names that fit


def meant(case: Case, unread: bool = False, alike: bool = False) -> list[Note]:
    """Another name in a `from`, with which the network has no error.

    `unread`: one that nothing reads. `alike`: one that is more like the others there than what is written.
    """
    case.at_most(_MOST)
    idle = unread_names(case)
    for reader, source in islice(_sources(case), _MOST_SOURCES):
        if case.left == 0:
            break
        taken = {other.text: None for other in reader.sources or ()}
        names = [name for name in names_before(case.spec, reader) if name not in taken]
        names = [name for name in names if (name in idle or not unread) and name != "prev"]
        others = [one for one in taken if one != source.text]
        if alike:
            names = [name for name in names if _likeness(name, others) > _likeness(source.text, others)]
        names.sort(key=lambda name: -_likeness(name, others))
        good: list[str] = []
        for name in names:
            if good and (
                unread or len(good) == _SHOWN or _likeness(name, others) < _likeness(good[0], others)
            ):
                break
            if case.mends([Edit(source.span, name)]):
                good.append(name)
        if good:
            facts: dict[str, Any] = {"other": source.text, "reader": case.line(reader)}
            if unread:
                named = next(one for one in case.spec.entries if good[0] in names_of(one))
                facts |= {"name": good[0], "line": case.line(named)}
                template = "no from reads {name} (line {line}), which would fit in place of {other} "
                return [Note(template + "on line {reader}", facts)]
            facts["names"] = either(good)
            template = "with {names} in place of {other} on line {reader} the network has no error"
            return [Note(template, facts)]
    return []


def _sources(case: Case) -> Iterator[tuple[Item, Scalar]]:
    """The names in a `from` that may be wrong: the unknown one, those of the failing join and its calls."""
    for item in case.spec.entries:
        for source in item.sources or ():
            if source.span == case.first.span:
                yield item, source
                return
    failed = case.failed
    if failed is None or failed.layer is None or not failed.layer.joins:
        return
    for place in places_of(failed):
        for source in place.sources or ():
            if source.text != "prev":
                yield place, source


def _likeness(name: str, others: Sequence[str]) -> int:
    """How many letters a name has in common with the beginnings of others."""
    return max((_common(name, other) for other in others), default=0)


def _common(name: str, other: str) -> int:
    same = 0
    for one, two in zip(name, other, strict=False):
        if one != two:
            break
        same += 1
    return same


def unread_elsewhere(case: Case) -> list[Note]:
    """A name that nothing reads, and that would fit in place of another one anywhere in its list."""
    failed = case.failed
    idle = unread_names(case)
    if failed is None or failed.layer is None or (not failed.layer.joins and len(idle) > _SHOWN):
        return []  # else names may be for the reader
    case.at_most(_MOST)
    places = [outermost_call(failed), *places_of(failed)]
    for items in case.lists:
        if not any(place in items for place in places):
            continue
        for one in items:
            if one.name not in idle:
                continue
            for reader in items:
                for source in reader.sources or ():
                    if reader.node.start < one.node.start or source.text in ("prev", "input"):
                        continue
                    if case.mends([Edit(source.span, one.name)]):
                        facts = {"name": one.name, "line": case.line(one), "other": source.text}
                        facts["reader"] = case.line(reader)
                        template = "no from reads {name} (line {line}), which would fit in place of {other} "
                        return [Note(template + "on line {reader}", facts)]
    return []


def lost_join(case: Case) -> list[Note]:
    """A join that read a name which nothing reads any more."""
    case.at_most(_MOST)
    idle = unread_names(case)
    if len(idle) > _SHOWN:
        return []
    for items in case.lists:
        for name, named in [(name, item) for item in items for name in names_of(item) if name in idle]:
            gaps = gaps_after(items, named)
            before = [other for one in items for other in names_of(one) if one.node.start < named.node.start]
            joins = [(gap, f"{kind}: [{name}, prev]") for gap in gaps for kind in ("concat", "add")]
            for gap, text in [*joins, *((gaps[-1], f"concat: [{name}, {other}]") for other in before[::-1])]:
                if case.mends(inserted(case, gap, text)):
                    facts = {"name": name, "named": case.line(named), "text": text, **line_of(case, gap)}
                    start = "no from reads {name} (line {named}): "
                    return [Note(f"{start}with {{text}} {words(gap)} the network has no error", facts)]
    return []


def from_like_others(case: Case) -> list[Note]:
    """An entry on the way that reads what is before it, where the others of its kind in its list name it."""
    case.at_most(_MOST)
    for item in case.upstream:
        items = case.list_of(item)
        alike = [one for one in items if one.kind == item.kind and one is not item]
        if item.sources is not None or not alike or not all(one.sources for one in alike):
            continue
        taken = [source.text for one in alike for source in one.sources or ()]
        place = next(number for number, one in enumerate(items) if one is item)
        beside = [source.text for one in items[place + 1 : place + 2] for source in one.sources or ()]
        names = [name for one in items[:place] for name in names_of(one) if name not in taken]
        names.sort(key=lambda name: (name not in beside, -_likeness(name, taken)))
        shorthand = KINDS[item.kind].shorthand if item.kind in KINDS else None
        good: list[str] = []
        for name in names:
            if len(good) == _SHOWN or (good and good[0] in beside):
                break
            if case.mends(add_fields(case.spec.source, item, [f"from: {name}"], shorthand)):
                good.append(name)
        if good:
            facts = {"kind": item.text, "line": case.line(item), "names": either(good)}
            template = "the {kind} on line {line} has no from, as others have: with from: {names} there "
            return [Note(template + "the network has no error", facts)]
    return []


def lost_sources(case: Case) -> list[Note]:
    """The inputs of a join that has lost its `from`: names that nothing reads, as another join has them."""
    case.at_most(_MOST)
    item = next((one for one in case.spec.entries if one.key.span == case.first.span), None)
    if item is None or item.layer is None or not item.layer.joins or case.first.facts.get("name") != "from":
        return []
    idle = [name for name in names_before(case.spec, item) if name in unread_names(case)]
    joins = [one for one in case.in_block.get(case.block_of(item), ()) if one is not item and one.sources]
    joins.sort(key=lambda one: abs(one.node.start - item.node.start))
    others = [[source.text for source in one.sources or ()] for one in joins if one.layer and one.layer.joins]
    lists = [
        [*names[:place], name, *names[place + 1 :]]
        for names in others
        for place in range(len(names))[::-1]
        for name in idle
        if name not in names
    ]
    lists += [[name, "prev"] for name in idle] + others
    for names in lists:
        written = f"from: [{', '.join(names)}]"
        if case.mends(add_fields(case.spec.source, item, [written], None)):
            return [Note("with {text} the network has no error", {"text": written})]
    return []


def lost_from(case: Case) -> list[Note]:
    """An entry without a `from` that may have read a name which nothing reads."""
    case.at_most(_MOST)
    idle = unread_names(case)
    if len(idle) > _SHOWN:
        return []  # here names are for the reader
    for items in case.lists:
        for name, named in [(name, item) for item in items for name in names_of(item) if name in idle]:
            later = [one for one in items if one.node.start > named.node.start and one.sources is None]
            for one in later:
                shorthand = KINDS[one.kind].shorthand if one.kind in KINDS else None
                if case.mends(add_fields(case.spec.source, one, [f"from: {name}"], shorthand)):
                    facts = {"name": name, "line": case.line(named), "kind": one.text}
                    facts["other"] = case.line(one)
                    template = "no from reads {name} (line {line}): with from: {name} in the {kind} "
                    return [Note(template + "on line {other} the network has no error", facts)]
    return []


def numbered(case: Case, proved: bool = False) -> list[Note]:
    """Where a layer would be whose name nothing has: beside those with the numbers before and after.

    `proved`: only where a line is known with which the network has no error.
    """
    name = case.unknown
    digits = re.search(r"\d+$", name)
    if digits is None or any(item.name == name for item in case.spec.entries):
        return []  # one that has it is elsewhere
    number, prefix = int(digits[0][-9:]), name[: digits.start()]
    pattern = re.compile(re.escape(prefix) + r"(\d{1,9})")
    for items in case.lists:
        known = [
            (int(match[1]), place)
            for place, item in enumerate(items)
            if item.name is not None and (match := pattern.fullmatch(item.name))
        ]
        below = max((one for one in known if one[0] < number), default=None)
        above = min((one for one in known if one[0] > number), default=None)
        ends = sorted(end[1] for end in (below, above) if end is not None)
        if ends:
            return _beside(case, items, ends, _falls(known), proved)
    return []


def _falls(known: Sequence[tuple[int, int]]) -> bool:
    """Whether names count down in the order of the text."""
    return sorted(known, key=lambda one: one[1]) == sorted(known, reverse=True) and len(known) > 1


def _beside(case: Case, items: Sequence[Item], ends: Sequence[int], falls: bool, proved: bool) -> list[Note]:
    """The note about the place of a name between, before or after those that are numbered alike."""
    name = case.unknown
    siblings = [items[place] for place in ends]
    if len(ends) == 2:
        first, last = ends[0] + 1, ends[1]
        facts: dict[str, Any] = {"name": name, "start": siblings[0].name, "end": siblings[1].name}
        facts |= {"from": case.line(siblings[0]), "to": case.line(siblings[1])}
        where = "between {start} (line {from}) and {end} (line {to})"
    else:
        sibling = siblings[0]
        lower = _number_of(sibling) < _number_of_name(name)
        after = lower != falls
        reader = next((place for place, item in enumerate(items) if _reads(item, name)), len(items))
        if ends[0] >= reader:
            facts = {"name": name, "start": sibling.name, "from": case.line(sibling)}
            template = "{name} would be before {start} (line {from}): a line may be missing there"
            return [] if proved else [Note(template, facts)]
        first, last = (ends[0] + 1, max(reader, ends[0] + 1)) if after else (0, ends[0])
        facts = {"name": name, "start": sibling.name, "from": case.line(sibling)}
        where = "after {start} (line {from})" if after else "before {start} (line {from})"
    kinds = {one.kind for one in siblings}
    nameless = [one for one in items[first:last] if one.kind in kinds and one.name is None]
    one = next((one for one in nameless if _fits_as(case, one)), None)
    if one is not None:
        facts |= {"kind": one.text, "line": case.line(one)}
        start = f"the {{kind}} on line {{line}}, {where}, has no name: "
        return [Note(start + "with name: {name} the network has no error", facts)]
    places = [
        Gap(items[place - 1] if place else None, items[place] if place < len(items) else None)
        for place in range(first, last + 1)
    ]
    found = lost_name(case, places, siblings)
    if found is None:
        unread = [one for one in unread_names(case) if one not in case.spec.inputs]
        template = f"{{name}} would be {where}: a line may be missing there"
        if 0 < len(unread) <= _FEW:
            facts["unread"] = listed(unread)
            template += ", and nothing reads {unread}"
        return [] if proved else [Note(template, facts)]
    gap, text = found
    start = f"{{name}} would be {where}: a line may be missing there; "
    side = "" if len(ends) == 2 or is_known(case, siblings[0], name) else "for example "
    side += f"with {{text}} {words(gap)} the network has no error"
    return [Note(start + side, {**facts, "text": text, **line_of(case, gap)})]


def _number_of(item: Item) -> int:
    return _number_of_name(item.name or "")


def _number_of_name(name: str) -> int:
    digits = re.search(r"\d+$", name)
    return int(digits[0][-9:]) if digits else 0


def _reads(item: Item, name: str) -> bool:
    return any(source.text == name for source in item.sources or ())


def _fits_as(case: Case, item: Item) -> bool:
    """Whether the network has no error where an entry has the unknown name."""
    case.at_most(_MOST)
    shorthand = KINDS[item.kind].shorthand if item.kind in KINDS else None
    return case.mends(add_fields(case.spec.source, item, [f"name: {case.unknown}"], shorthand))


def lost_line_of_a_name(case: Case) -> list[Note]:
    """A line like another one with a name, which with the unknown name would leave no error."""
    if not case.unknown or any(item.name == case.unknown for item in case.spec.entries):
        return []
    gaps = gaps_before(case)
    if not gaps:
        return []
    items = case.list_of(gaps[0].before or gaps[0].after)  # type: ignore[arg-type]
    named = [item for item in items if item.name is not None]
    named += [item for one in case.lists for item in one if item.name is not None and item not in named]
    named.sort(key=lambda item: -_common(item.name or "", case.unknown))
    found = lost_name(case, gaps, named[:_FEW])
    if found is None:
        return []
    gap, text = found
    template = f"a line may be missing {words(gap)}: with {{text}} there the network has no error"
    return [Note(template, {"text": text, **line_of(case, gap)})]


def without_name(case: Case) -> list[Note]:
    """An entry without a name that would fit as the unknown one, where others of its kind have names."""
    if not case.unknown or any(item.name == case.unknown for item in case.spec.entries):
        return []
    named = [item for item in case.spec.entries if item.name is not None]
    most = max((_common(item.name or "", case.unknown) for item in named), default=0)
    kinds = {item.kind for item in named if _common(item.name or "", case.unknown) == most}
    good = []
    for gap in gaps_before(case):
        item = gap.before
        if item is not None and item.name is None and item.kind in kinds and _fits_as(case, item):
            good.append(item)
    if not 0 < len(good) <= _SHOWN:
        return []
    facts = {"kind": good[0].text, "line": case.line(good[0]), "name": case.unknown}
    template = "the {kind} on line {line} has no name: with name: {name} there the network has no error"
    return [Note(template, facts)]


def without_from(case: Case) -> list[Note]:
    """The one call or layer of its kind that reads what is before it, where all others name their input."""
    for kind, items in case.kinds.items():
        nameless = [item for item in items if item.sources is None]
        # the first may well read what is before it
        if len(nameless) == 1 and len(items) > _FEW and nameless[0] is not items[0]:
            facts = {"kind": kind, "line": case.line(nameless[0])}
            return [Note("the {kind} on line {line} has no from, where all others have one", facts)]
    return []


def same_twice(case: Case) -> list[Note]:
    """A join that takes one tensor twice."""
    failed = case.failed
    for item in case.spec.entries:
        names = [source.text for source in item.sources or ()]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None and (failed is None or failed.place is item or item.layer is not None):
            facts = {"kind": item.text, "line": case.line(item), "name": twice}
            return [Note("{kind} on line {line} takes {name} twice", facts)]
    return []
