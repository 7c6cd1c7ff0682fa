"""Repairs that change the structure: an inserted layer, another `from`. Each is tried as a text."""

from __future__ import annotations

from collections.abc import Iterator

from cnn_shapes.check import Report
from cnn_shapes.diagnostics import closest
from cnn_shapes.layers.merge import Join, ShortcutAdd
from cnn_shapes.network import Node
from cnn_shapes.repair.costs import COSTS
from cnn_shapes.repair.names import names_before
from cnn_shapes.repair.replay import Outcome
from cnn_shapes.source import Edit
from cnn_shapes.spec.items import Item
from cnn_shapes.writing import insert_before, set_list, text_of

_MOST_NAMES = 40


class Change:
    """A change of the structure: what it is called, its edits, its cost."""

    __slots__ = ("cost", "edits", "row", "title")

    def __init__(self, title: str, edits: list[Edit], row: str, extra: int = 0) -> None:
        self.title, self.edits, self.row = title, edits, row
        self.cost = COSTS[row].flat + extra


def structural_changes(report: Report, base: Outcome) -> Iterator[Change]:
    """Each change of the structure that may mend the first error."""
    node, error = base.node, base.error
    if node is None or error is None or not isinstance(node.place, Item):
        return
    if error.rule == "needs-flatten":
        yield from _insert(report, node.place, "flatten", 0)
        yield from _insert(report, node.place, "global_avgpool", 1)
    elif error.rule == "shape-mismatch" and isinstance(node.layer, Join) and report.trace is not None:
        if isinstance(node.layer, ShortcutAdd):
            yield from _projection(report, node, node.place)
        else:
            yield from _resized(report, node, node.place)


def _insert(report: Report, item: Item, layer: str, extra: int) -> Iterator[Change]:
    edit = insert_before(report.source, item, layer)
    if edit is not None:
        line = report.source.position(item.key.start)[0]
        yield Change(f"insert {layer} before line {line}", [edit], "layer", extra)


def _projection(report: Report, node: Node, item: Item) -> Iterator[Change]:
    """A 1x1 convolution on an identity shortcut, with the stride and the filters of the main way."""
    main, side = node.inputs[0].output, node.inputs[1].output
    if item.lists.get("shortcut") or main is None or side is None or main.rank != side.rank:
        return
    strides = [-(-old // new) for old, new in zip(side.sizes, main.sizes, strict=True)]
    fields = [f"filters: {main.channels}"]
    if any(stride > 1 for stride in strides):
        fields.append(f"stride: {strides[0] if len(set(strides)) == 1 else text_of(strides)}")
    written = f"[conv: {{{', '.join(fields)}}}]"
    edit = set_list(report.source, item, "shortcut", written)
    if edit is not None:
        line = report.source.position(item.key.start)[0]
        yield Change(f"shortcut: {written} on line {line}", [edit], "layer")


def _resized(report: Report, node: Node, item: Item) -> Iterator[Change]:
    """A pad or crop before the join, where `prev` is one of its inputs."""
    sources = [source.text for source in item.sources or ()]
    if "prev" not in sources:
        return
    place = sources.index("prev")
    have = node.inputs[place].output
    others = [x for p, source in enumerate(node.inputs) if p != place and (x := source.output) is not None]
    if have is None or not have.rank or any(x.rank != have.rank for x in others) or not others:
        return
    gaps = [new - old for old, new in zip(have.sizes, others[0].sizes, strict=True)]
    kind = "pad" if max(gaps) > 0 else "crop"
    if any(gap * (1 if kind == "pad" else -1) < 0 for gap in gaps):
        return
    amounts = [abs(gap) for gap in gaps]
    pairs = [[amount // 2, amount - amount // 2] for amount in amounts]
    alike = all(begin == end for begin, end in pairs) and len({begin for begin, _ in pairs}) == 1
    written = str(pairs[0][0]) if alike else text_of(pairs)
    yield from _insert(report, item, f"{kind}: {written}", 0)


def renames(report: Report) -> list[Change]:
    """Other names for one that `from` does not find: those in scope, the nearest in spelling first."""
    spec = report.spec
    found = next((found for found in report.errors if found.rule == "unknown-name"), None)
    if spec is None or found is None:
        return []
    for item in spec.reader.items:
        for source in item.sources or ():
            if source.span == found.span:
                taken = [other.text for other in item.sources or ()]
                names = [name for name in names_before(spec, item) if name not in taken]
                near = closest(source.text, names)
                names.sort(key=lambda name: name != near)
                line = report.source.position(source.start)[0]
                return [
                    Change(
                        f"{name} instead of {source.text} on line {line}", [Edit(source.span, name)], "from"
                    )
                    for name in names[:_MOST_NAMES]
                ]
    return []
