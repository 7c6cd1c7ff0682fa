"""What the other calls of a block give for what one of them lacks: the most alike, else the nearest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cnn_shapes.diagnostics import Note
from cnn_shapes.language.block import Block
from cnn_shapes.language.entry import Item, at_any_depth
from cnn_shapes.shapes import listed
from cnn_shapes.source import Source
from cnn_shapes.words import say

_APART = ("name", "from", "into")  # what no two calls have alike


def block_of_each(blocks: Mapping[str, Block]) -> dict[int, str]:
    """The name of the block that an entry is written in, by the entry's id; none of the file's own layers."""
    return {id(item): block.name for block in blocks.values() for item in at_any_depth(block.items)}


def given_elsewhere(source: Source, item: Item, missing: Sequence[str], calls: Sequence[Item]) -> Note | None:
    """What other calls of its block give for the arguments that a call lacks.

    Between two numbers of which the one is four times the other, the one that is twice and half. Else what a
    call gives that is like this one in all other arguments, one before rather than one after; else what the
    nearest on either side give.
    """
    calls = [call for call in calls if call is not item and set(missing).issubset(call.settings)]
    before = max((one for one in calls if one.span.start < item.span.start), key=_start, default=None)
    after = min((one for one in calls if one.span.start > item.span.start), key=_start, default=None)
    around = [one for one in (before, after) if one is not None]
    if not around:
        return None

    def given(call: Item) -> str:
        return listed([f"{name}: {_written(source, call, name)}" for name in missing])

    def line(call: Item) -> int:
        return source.position(call.span.start)[0]

    if before is not None and after is not None and len(missing) == 1:
        middle = _doubled(*(one.settings[missing[0]].value.raw for one in around))
        if middle is not None:
            facts: dict[str, Any] = {"first": line(before), "last": line(after), "middle": middle}
            facts |= {"own": given(before), "next": given(after)}
            template = (
                "the calls around give {own} (line {first}) and {next} (line {last}): {middle} is between, "
            )
            return Note(template + "twice the one and half the other", facts)
    own = _others(source, item, missing)
    alike = [call for call in calls if _others(source, call, missing) == own] if own else []
    if alike:
        near = min(
            alike, key=lambda call: (call.span.start > item.span.start, abs(_start(call) - _start(item)))
        )
        facts = {"line": line(near), "given": given(near)}
        if len(calls) == 1:
            return Note("the call on line {line} gives {given}", facts)
        return Note("the call on line {line}, which is the same otherwise, gives {given}", facts)
    if len({given(call) for call in around}) == 1:
        near = min(around, key=lambda call: abs(_start(call) - _start(item)))
        return Note("the call on line {line} gives {given}", {"line": line(near), "given": given(near)})
    said = listed([say("{given} (line {line})", given=given(call), line=line(call)) for call in around])
    return Note("the calls around give {given}", {"given": said})


def _start(call: Item) -> int:
    return call.span.start


def _written(source: Source, call: Item, name: str) -> str:
    node = call.settings[name].value.node
    return source.text[node.start : node.end]


def _others(source: Source, call: Item, missing: Sequence[str]) -> dict[str, str]:
    """What a call gives beside, as it is written."""
    names = (name for name in call.settings if name not in missing and name not in _APART)
    return {name: _written(source, call, name) for name in names}


def _doubled(first: object, last: object) -> int | None:
    """The number between two of which one is four times the other; None for other two."""
    if type(first) is not int or type(last) is not int or first <= 0:
        return None
    return 2 * min(first, last) if max(first, last) == 4 * min(first, last) else None
