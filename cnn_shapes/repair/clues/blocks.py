"""Clues about a block that has lost a line: its params are idle, it calls nothing, one of two is left."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from cnn_shapes.diagnostics import Note
from cnn_shapes.language.block import REQUIRED, Block
from cnn_shapes.language.entry import LAYER, Item
from cnn_shapes.repair.clues.case import Case
from cnn_shapes.repair.clues.lost import (
    LETTERS,
    Gap,
    bare,
    differ_in_scale,
    gaps_before,
    gaps_of,
    inserted,
    line_of,
    words,
)
from cnn_shapes.repair.clues.series import continued, following, shifted
from cnn_shapes.shapes import listed

_MOST = 40  # texts read for each of these clues
_IDLE = 2  # params that nothing uses, which are no accident


def idle_params(case: Case) -> list[Note]:
    """A block on the way that uses several of its params nowhere: the line that had them is lost."""
    case.at_most(_MOST)
    for block in _blocks(case):
        idle = [name for name in block.params if name not in block.names()]
        if len(idle) < _IDLE:
            continue
        facts: dict[str, Any] = {"block": block.name, "names": listed(idle)}
        start = (
            f"{{block}} declares {{names}} and uses {'neither' if len(idle) == _IDLE else 'none'} of them: "
        )
        fields = {LETTERS[name]: name for name in idle if name in LETTERS}
        text = f"conv: {{{', '.join(f'{field}: {name}' for field, name in fields.items())}}}"
        for gap in gaps_of(block.items) if "filters" in fields and "kernel_size" in fields else ():
            if case.mends(inserted(case, gap, text)):
                facts |= {"text": text, **line_of(case, gap)}
                return [Note(f"{start}with {{text}} {words(gap)} the network has no error", facts)]
        if "stride" not in fields:  # a clue of its own tries that with a usual window
            return [Note(f"{start}a line that uses them seems to be missing", facts)]
    return []


def idle_channels(case: Case) -> list[Note]:
    """A block with a required param that no layer has, and a convolution to so many at the end of a list."""
    case.at_most(_MOST)
    for block in case.spec.blocks.values():
        items = case.in_block.get(block, ())
        used = {name for item in items if item.form == LAYER for one in item.values() for name in one.names}
        passed = {name for item in items if item.kind in case.spec.blocks for name in _given(item)}
        let = {name for value in block.let.values() for name in value.names}
        for name, default in block.params.items():
            if default.raw is not REQUIRED or LETTERS.get(name) != "filters" or name in used | passed | let:
                continue
            for ends in sorted(case.lists, key=len):
                gap = Gap(ends[-1], None) if ends and ends[-1] in items else None
                text = f"conv: {{filters: {name}}}"
                if gap is not None and case.mends(inserted(case, gap, text)):
                    facts = {"block": block.name, "name": name, "text": text, **line_of(case, gap)}
                    template = "no layer of {block} has {name}: with {text} after line {line} "
                    return [Note(template + "the network has no error", facts)]
    return []


def lost_call(case: Case) -> list[Note]:
    """A block that the one with the error calls nowhere, with the params that both have by the same names."""
    case.at_most(_MOST)
    for block in _blocks(case):
        called = {item.kind for item in case.in_block.get(block, ())}
        for other in case.spec.blocks.values():
            given = [name for name in other.required if name in block.params]
            if other is block or other.name in called or len(given) < len(other.required) or other.inputs:
                continue
            text = (
                f"{other.name}: {{{', '.join(f'{name}: {name}' for name in given)}}}" if given else other.name
            )
            for gap in reversed(gaps_of(block.items)):
                if case.mends(inserted(case, gap, text)):
                    facts = {"block": block.name, "other": other.name, "text": text, **line_of(case, gap)}
                    template = (
                        f"{{block}} has no {{other}}: with {{text}} {words(gap)} the network has no error"
                    )
                    return [Note(template, facts)]
    return []


def lost_next(case: Case) -> list[Note]:
    """One more call of a block after those that are numbered, where what follows reads no name."""
    if not differ_in_scale(case):
        return []
    case.at_most(_MOST)
    for item in case.upstream:
        items = case.list_of(item)
        name = following(item, items) if item.kind in case.spec.blocks and item.sources is None else ""
        if not name:
            continue
        place = next(number for number, one in enumerate(items) if one is item)
        gap = Gap(item, items[place + 1] if place + 1 < len(items) else None)
        for text in continued(case, item, bare(case, item, name), name):
            if case.mends(inserted(case, gap, text)):
                facts = {"text": text, "name": item.name, **line_of(case, gap)}
                template = "after {name} (line {line}) one more may be missing: for example with {text} "
                return [Note(template + "there the network has no error", facts)]
    return []


def lost_neighbour(case: Case) -> list[Note]:
    """A line like another one of its list, its names one less or more, between two of the same kinds."""
    case.at_most(_MOST)
    for item in case.upstream:
        items = case.list_of(item)
        place = next((number for number, one in enumerate(items) if one is item), 0)
        if not 0 < place < len(items) - 1 or not item.sources or item.name is not None or item.name_node:
            continue
        kinds = (items[place - 1].kind, items[place + 1].kind)
        texts = {case.text(one) for one in items}
        for text in shifted(case, item):
            for before, after in pairwise(items) if text not in texts else ():
                if (before.kind, after.kind) != kinds or not case.mends(
                    inserted(case, Gap(before, after), text)
                ):
                    continue
                facts = {"text": text, "line": case.line(before), "like": case.line(item)}
                template = "a line may be missing after line {line}: with {text} there, like line {like}, "
                return [Note(template + "the network has no error", facts)]
    return []


def lost_twin(case: Case) -> list[Note]:
    """A layer of a block that may have been there twice, one after the other."""
    case.at_most(_MOST)
    for item in case.upstream:
        text = bare(case, item, "") if item.name is None else ""
        if not text or item.layer is None or not item.layer.has_windows or case.block_of(item) is None:
            continue
        items = case.list_of(item)
        place = next(number for number, one in enumerate(items) if one is item)
        after = items[place + 1] if place + 1 < len(items) else None
        if case.mends(inserted(case, Gap(item, after), text)):
            facts = {"text": text, "line": case.line(item)}
            return [Note("with a second {text} after line {line} the network has no error", facts)]
    return []


def lost_as_elsewhere(case: Case) -> list[Note]:
    """A line that has the unknown name in another list, and that may have been in this one too."""
    case.at_most(_MOST)
    gaps = gaps_before(case)
    for item in case.spec.entries:
        text = bare(case, item, case.unknown) if item.name == case.unknown else ""
        if not text:
            continue
        items = case.list_of(item)
        place = next((number for number, one in enumerate(items) if one is item), -1)
        beside = (
            items[place - 1].name if place > 0 else None,
            *(one.name for one in items[place + 1 : place + 2]),
        )
        for gap in sorted(gaps, key=lambda gap: not _is_between(gap, beside)):
            if case.mends(inserted(case, gap, text)):
                facts = {"text": text, "like": case.line(item), **line_of(case, gap)}
                template = f"a line may be missing {words(gap)}: with {{text}} there, as on line {{like}}, "
                return [Note(template + "the network has no error", facts)]
    return []


def _is_between(gap: Gap, names: tuple[str | None, ...]) -> bool:
    """Whether one of the neighbours of a place has one of the names."""
    return any(one is not None and one.name is not None and one.name in names for one in gap)


def _given(item: Item) -> Iterator[str]:
    """The names in what a call of a block is given, but for its `if`."""
    for setting in item.settings.values():
        yield from setting.value.names


def _blocks(case: Case) -> list[Block]:
    """The blocks that the layer which fails is in, then those that what is before it is in."""
    found = [case.block_of(item) for item in case.upstream]
    return [block for block in dict.fromkeys(found) if block is not None]
