"""The fix that takes keys out of the mapping of a layer, and with the last of them the mapping."""

from __future__ import annotations

from collections.abc import Callable

from cnn_shapes.diagnostics import Fix
from cnn_shapes.language.entry import Item
from cnn_shapes.shapes import listed
from cnn_shapes.source import Edit, Map, Node, Scalar, Source, Span

_MOST = 20  # keys; nobody writes more, and each of them asks for the fix of all


def leave_out(source: Source, item: Item, is_idle: Callable[[str], bool]) -> Fix | None:
    """A fix without all keys of a layer that are `is_idle`; None where the text has no good place for it."""
    body = item.fields
    if not isinstance(body, Map) or body.merged is not None or body.start < item.key.end:
        return None  # what is written elsewhere may be needed elsewhere
    idle = [is_idle(key.text) for key, _ in body.pairs]
    if sum(idle) > _MOST or any(value.start < key.end for key, value in body.pairs):
        return None
    title = f"leave out {listed([key.text for key, _ in body.pairs if is_idle(key.text)])}"
    if all(idle):
        spans = (
            [Span(item.key.end, _end(body.pairs[-1]))] if not body.flow else [Span(item.key.end, body.end)]
        )
    elif body.flow:
        spans = _in_flow(body, idle)
    else:
        spans = [_line(source, *pair) for pair, out in zip(body.pairs, idle, strict=True) if out]
        if any(
            source.text[source.text.rfind("\n", 0, span.start) + 1 : span.start].strip() for span in spans
        ):
            return None
    if any(sign in source.text[span.start : span.end] for span in spans for sign in "#&"):
        return None  # a comment is the user's, and of an anchor others may speak
    return Fix(title, tuple(Edit(span, "") for span in spans))


def _in_flow(body: Map, idle: list[bool]) -> list[Span]:
    """Each key with its value up to the next key; the last ones with the comma before them."""
    last = max(place for place, out in enumerate(idle) if not out)
    spans = [
        Span(body.pairs[place][0].start, body.pairs[place + 1][0].start)
        for place in range(last)
        if idle[place]
    ]
    if last + 1 < len(idle):
        spans.append(Span(_end(body.pairs[last]), _end(body.pairs[-1])))
    return spans


def _line(source: Source, key: Scalar, value: Node) -> Span:
    """A key and its value with the lines that they take."""
    text = source.text
    start = text.rfind("\n", 0, key.start) + 1
    end = text.find("\n", _end((key, value)))
    if text[start : key.start].strip():
        start = key.start
    return Span(start, end + 1 if end >= 0 else len(text))


def _end(pair: tuple[Scalar, Node]) -> int:
    key, value = pair
    return max(key.end, value.end)
