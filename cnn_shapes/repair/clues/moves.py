"""Changes of a text that undo no slip of the hand: what people do about such an error, each to be proved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cnn_shapes.diagnosis.culprit import ancestors
from cnn_shapes.diagnostics import CHANNELS_FIRST, CHANNELS_LAST
from cnn_shapes.edit.patches import LeaveOut, SetTop
from cnn_shapes.edit.placing import line_end, line_start
from cnn_shapes.language.entry import Item
from cnn_shapes.layers import KINDS
from cnn_shapes.network import Node
from cnn_shapes.repair.changes.change import Wording
from cnn_shapes.repair.changes.prices import item_of
from cnn_shapes.repair.clues.case import Case
from cnn_shapes.shapes import CHANNELS, SHAPE_MISMATCH, SIZES, WINDOW_TOO_LARGE
from cnn_shapes.source import Edit, Map, Span
from cnn_shapes.source import Sequence as Listed
from cnn_shapes.words import say

LIKELY_LAYOUT = "likely-layout"
_LAYOUT, _TURNED = 6, 8  # bits, as the costs of the other changes
_LIKE, _LIKE_ALL = 17, 23
_GLOBAL = 17
_TAKEN_OUT = 18
_MOST_POOLS = 4  # before a layer that fails, the nearest first


class Move(NamedTuple):
    """The edits that are a change, what it is called, and what it costs as a repair."""

    edits: Sequence[Edit]
    wording: Wording
    cost: int


def moves(case: Case) -> Iterator[Move]:
    """The changes that people make about the first error of a report, none of them proved."""
    yield from _layouts(case)
    if case.failed is None or case.failed.error is None:
        return
    yield from _likes(case, case.failed)
    yield from _globals(case, case.failed)
    yield from _without_margins(case, case.failed)


def _layouts(case: Case) -> Iterator[Move]:
    """The other layout, and the input turned into the one that is."""
    spec, source = case.spec, case.spec.source
    found = next((one for one in case.report.diagnostics if one.rule == LIKELY_LAYOUT), None)
    node = spec.input_node
    if found is None or not isinstance(spec.root, Map):
        return
    other = CHANNELS_LAST if spec.layout == CHANNELS_FIRST else CHANNELS_FIRST
    edits = SetTop("layout", other).edits(source, spec.root)
    yield Move(edits, Wording(f"layout: {other}"), _LAYOUT)
    if isinstance(node, Listed) and len(node.items) > 2:
        texts = [source.text[item.start : item.end] for item in node.items]
        first = spec.layout == CHANNELS_FIRST
        turned = [texts[-1], *texts[:-1]] if first else [*texts[1:], texts[0]]
        line = source.position(node.start)[0]
        pairs = zip(node.items, turned, strict=True)
        yield Move(
            [Edit(item.span, text) for item, text in pairs],
            Wording(f"input: [{', '.join(turned)}]", place=say(" on line {line}", line=line)),
            _TURNED,
        )


def _likes(case: Case, failed: Node) -> Iterator[Move]:
    """An upsample to the sizes of the layer that it is joined with, here or wherever there is such a join."""
    if case.rule != SHAPE_MISMATCH or failed.error is None or SIZES not in failed.error.about:
        return
    here = _like(case, failed)
    if here is None:
        return
    yield Move(*here, _LIKE)
    layers = case.report.trace.network.layers if case.report.trace is not None else []
    joins = [node for node in layers if node.layer is not None and node.layer.joins and node.group is None]
    every = [found for node in joins if (found := _like(case, node)) is not None]
    if len(every) > 1:
        together = {edit.span: edit for edits, _ in every for edit in edits}
        what = Wording("like", say(" on all {count} upsample layers before a join", count=len(every)))
        yield Move([*together.values()], what, _LIKE_ALL)


def _like(case: Case, join: Node) -> tuple[list[Edit], Wording] | None:
    """The edits that make the upsample on one way of a join `like` the layer on the other."""
    place = join.place
    if not isinstance(place, Item) or place.sources is None or len(place.sources) != 2:
        return None
    for position, source in enumerate(join.inputs):
        item = _upsample(source)
        other = place.sources[1 - position].text
        if item is None or other == "prev" or "scale" not in item.settings or item.is_alias:
            continue
        named = next((one for one in case.spec.entries if one.name == other), None)
        if named is None or named.node.start > item.node.start:
            continue
        setting = item.settings["scale"]
        text = case.spec.source.text
        line = case.line(item)
        scale = text[setting.value.node.start : setting.value.node.end]
        if setting.value.node is item.body:
            edits = [Edit(setting.value.node.span, f"{{like: {other}}}")]
        elif setting.key is not None:
            edits = [Edit(Span(setting.key.start, setting.value.node.end), f"like: {other}")]
        else:
            continue
        what = say("{new} instead of {old}", new=f"like: {other}", old=f"scale: {scale}")
        return edits, Wording(what, place=say(" on line {line}", line=line))
    return None


def _upsample(node: Node) -> Item | None:
    """The upsample that a way comes from, with nothing between that changes its size."""
    while node.layer is not None and len(node.inputs) == 1:
        item = item_of(node)
        if item is not None and "like" in node.layer.fields:
            return item
        before, after = node.inputs[0].output, node.output
        if before is None or after is None or before.sizes != after.sizes:
            return None
        node = node.inputs[0]
    return None


def _globals(case: Case, failed: Node) -> Iterator[Move]:
    """A pool over the whole map instead of one of a fixed size: what follows fits then for any input."""
    error = failed.error
    too_large = error is not None and error.rule == WINDOW_TOO_LARGE
    pools = [failed] if too_large and failed.layer is not None and failed.layer.is_pool else []
    if error is not None and CHANNELS in error.about and error.field == "in_features":
        pools += [one for one in reversed(ancestors(failed)) if one.layer is not None and one.layer.is_pool][
            :_MOST_POOLS
        ]
    for node in pools:
        item = item_of(node)
        kind = f"global_{node.kind}"
        if item is None or kind not in KINDS or item.is_alias:
            continue
        edits = LeaveOut(frozenset(item.settings)).edits(case.spec.source, item) if item.settings else []
        if isinstance(item.body, Map):
            if edits is None:
                continue
            edits = [Edit(item.key.span, kind), *edits]
        else:
            edits = [Edit(item.node.span, kind)]
        what = Wording(
            say("{new} instead of {old}", new=kind, old=node.kind),
            place=say(" on line {line}", line=case.line(item)),
        )
        yield Move(edits, what, _GLOBAL)


def _without_margins(case: Case, failed: Node) -> Iterator[Move]:
    """A crop or pad that is no longer needed, taken out."""
    source = case.spec.source
    for node in reversed(ancestors(failed)):
        item = item_of(node)
        if (
            node.layer is None
            or item is None
            or not node.layer.adds_margins
            or item.name is not None
            or item.is_alias
        ):
            continue
        start, end = line_start(source.text, item.node.start), line_end(source.text, item.node.end)
        if source.text[start : item.node.start].strip(" -"):
            continue
        end += source.text[end : end + 1] == "\n"
        what = Wording(
            say("take out the {kind}", kind=item.kind), place=say(" on line {line}", line=case.line(item))
        )
        yield Move([Edit(Span(start, end), "")], what, _TAKEN_OUT)
