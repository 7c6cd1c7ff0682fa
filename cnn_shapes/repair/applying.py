"""Applying edits to a text so that nothing else changes: what was not meant to change is compared after reading anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cnn_shapes.source import Edit, Map, Node, Scalar, Sequence, Source, read_yaml

Leaf = tuple[tuple[str, ...], str, int]


class Unsafe(Exception):
    """The edits would change more than they mean to: nothing is written."""


def apply(source: Source, edits: Iterable[Edit]) -> Source:
    """The edited text, proved to differ in the edited places alone. Raises Unsafe."""
    ordered = sorted(edits, key=lambda edit: edit.span)
    try:
        changed = source.edited(ordered)
    except ValueError as error:
        raise Unsafe(str(error)) from None
    before, after = read_yaml(source).root, read_yaml(changed).root
    if before is None or after is None:
        if before is None and after is not None:
            return changed  # the edit mends what could not be read
        raise Unsafe("the edited text is no longer a spec")
    kept = [(path, text, _moved(offset, ordered)) for path, text, offset in _leaves(before)]
    old = [leaf for leaf in kept if leaf[2] is not None]
    new_by_place = {offset: (path, text) for path, text, offset in _leaves(after)}
    for path, text, offset in old:
        if offset not in new_by_place:
            raise Unsafe(f"the edit would lose {text}")
        found_path, found_text = new_by_place[offset]
        if found_text != text or not _extends(found_path, path):
            raise Unsafe(f"the edit would change {text}")
    return changed


def _leaves(node: Node, path: tuple[str, ...] = ()) -> Iterator[Leaf]:
    """Every scalar with the keys that lead to it; positions in lists do not count, since an edit may insert."""
    if isinstance(node, Scalar):
        yield path, node.text, node.start
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _leaves(item, path)
    elif isinstance(node, Map):
        for key, value in node.pairs:
            if node.merged and key.text in node.merged:
                continue
            yield path, key.text, key.start
            yield from _leaves(value, (*path, key.text))


def _moved(offset: int, edits: list[Edit]) -> int | None:
    """Where a character stands after the edits; None where an edit has replaced it."""
    shift = 0
    for edit in edits:
        start, end = edit.span
        if offset < start:
            break
        if start <= offset < end:
            return None
        shift += len(edit.text) - (end - start)
    return offset + shift


def _extends(new: tuple[str, ...], old: tuple[str, ...]) -> bool:
    """Whether a path is the old one, perhaps with a key put in between (a shorthand that became a mapping)."""
    rest = iter(new)
    return all(key in rest for key in old)
