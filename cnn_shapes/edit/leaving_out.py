"""Taking keys out of the mapping of an entry, and with the last of them the mapping."""

from __future__ import annotations

from collections.abc import Set

from cnn_shapes.edit.placing import Entry, line_end, line_start
from cnn_shapes.source import Edit, Map, Scalar, Source, Span, TreeNode

_MOST = 20  # keys; nobody writes more, and each of them asks for the edits of all


def without_keys(source: Source, entry: Entry, keys: Set[str]) -> list[Edit] | None:
    """The edits that take these keys out of an entry; None where the text has no good place for that."""
    body = entry.body
    if not isinstance(body, Map) or body.merged is not None or body.start < entry.key.end:
        return None  # what is written elsewhere may be needed elsewhere
    out = [key.text in keys for key, _ in body.pairs]
    if sum(out) > _MOST or any(value.start < key.end for key, value in body.pairs):
        return None
    if all(out):
        spans = [Span(entry.key.end, body.end if body.flow else _end(body.pairs[-1]))]
    elif body.flow:
        spans = _in_flow(body, out)
    else:
        spans = [_line(source, *pair) for pair, is_out in zip(body.pairs, out, strict=True) if is_out]
        if any(source.text[line_start(source.text, span.start) : span.start].strip() for span in spans):
            return None
    if any(sign in source.text[span.start : span.end] for span in spans for sign in "#&"):
        return None  # a comment is the user's, and of an anchor others may speak
    return [Edit(span, "") for span in spans]


def _in_flow(body: Map, out: list[bool]) -> list[Span]:
    """Each key with its value up to the next key; the last ones with the comma before them."""
    last = max(place for place, is_out in enumerate(out) if not is_out)
    spans = [
        Span(body.pairs[place][0].start, body.pairs[place + 1][0].start)
        for place in range(last)
        if out[place]
    ]
    if last + 1 < len(out):
        spans.append(Span(_end(body.pairs[last]), _end(body.pairs[-1])))
    return spans


def _line(source: Source, key: Scalar, value: TreeNode) -> Span:
    """A key and its value with the lines that they take, the last line break included."""
    text = source.text
    start = line_start(text, key.start)
    end = line_end(text, _end((key, value)))
    end += 2 if text.startswith("\r\n", end) else 1
    return Span(key.start if text[start : key.start].strip() else start, min(end, len(text)))


def _end(pair: tuple[Scalar, TreeNode]) -> int:
    key, value = pair
    return max(key.end, value.end)
