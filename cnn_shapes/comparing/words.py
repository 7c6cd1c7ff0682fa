"""The changes of a comparison in words: what each is, where it is written, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from cnn_shapes.comparing.pairing import call_of, written_name
from cnn_shapes.comparing.partners import AFTER, BEFORE
from cnn_shapes.comparing.written import (
    ADDED,
    DEFAULT,
    FIELD,
    INPUT,
    LOCAL,
    MOVED,
    OUTPUTS,
    PARAM,
    REMOVED,
    REPLACED,
    WHOLE_ROUNDING,
    WrittenChange,
)
from cnn_shapes.diagnostics import format_shape, short_path
from cnn_shapes.language.entry import Item
from cnn_shapes.network import Group, Node
from cnn_shapes.shown_text import plural
from cnn_shapes.source.translated import TranslatedSource

if TYPE_CHECKING:
    from cnn_shapes.comparing.comparison import Comparison
    from cnn_shapes.comparing.effects import NetworkChange
    from cnn_shapes.source import Span

NOTHING = "none"


def title(comparison: Comparison, change: NetworkChange) -> str:
    """`conv2: filters 32 -> 64`: what is otherwise, without where that is."""
    first = change.written[0]
    return _TITLES[first.what](comparison, change, first)


def where(comparison: Comparison, change: NetworkChange) -> str:
    """`line 5`, `line 7, before line 5`, `--set`: where it is written; empty where that is nowhere."""
    first = change.written[0]
    given = _given(comparison, first)
    if given:
        return given
    before, after = lines(comparison, change)
    if after is None:
        return "" if before is None else f"line {before} before"
    if before is None or before == after:
        return f"line {after}"
    return f"line {after}, before line {before}"


def lines(comparison: Comparison, change: NetworkChange) -> tuple[int | str | None, int | str | None]:
    """The line of what is otherwise in the text before, and in that after, as these number their lines."""
    written = [one for one in change.written if None not in one.spans]
    first = written[0] if written else change.written[0]
    spans = first.spans
    if not written and any(first.entries):
        spans = first.entries  # what is not written on one side has no line there
    return _line(comparison, BEFORE, spans[BEFORE]), _line(comparison, AFTER, spans[AFTER])


def extent(comparison: Comparison, change: NetworkChange) -> str:
    """`in 16 layers`, `in 4 places`: how much one change is about; empty where that is one layer or entry."""
    if change.what in (ADDED, REMOVED, REPLACED):
        side = BEFORE if change.what == REMOVED else AFTER
        entry = change.written[0].entries[side]
        nodes = _nodes(comparison, change, side)
        found = {
            id(one) for node in nodes if entry is not None and (one := _entry_of(node, entry)) is not None
        }
        return f"in {plural(len(found), 'place')}" if len(found) > 1 else ""
    count = count_layers(comparison, change.places)
    return f"in {plural(count, 'layer')}" if count > 1 else ""


def count_layers(comparison: Comparison, places: Iterable[int]) -> int:
    """How many layers some pairs are, where a norm and an activation are no layers beside their own."""
    nodes = [pair.after or pair.before for place in places for pair in (comparison.pairs[place],)]
    among = {id(node) for node in nodes}
    return sum(node is not None and (node.owner is None or id(node.owner) not in among) for node in nodes)


def shapes(comparison: Comparison, change: NetworkChange) -> str:
    """`24x24x32 -> 24x24x64`: what comes out of the one layer that was changed; empty where it is none."""
    found = []
    for place in change.layers.places:
        pair = comparison.pairs[place]
        if place not in comparison.own or pair.before is None or pair.after is None:
            continue
        if pair.before.output != pair.after.output and pair.after.owner is None:
            found.append(pair)
    if len(found) != 1:
        return ""
    outputs = [
        format_shape(node.output, report.layout)
        for node, report in zip(found[0][:2], comparison.reports, strict=True)
        if node is not None
    ]
    return " -> ".join(outputs)


def range_of(comparison: Comparison, places: Sequence[int]) -> str:
    """`conv3 to dense1`: the first and the last of some layers, by their names after."""
    names = [
        short_path(shown_name(comparison, node, AFTER if pair.after is not None else BEFORE))
        for pair in (comparison.pairs[places[0]], comparison.pairs[places[-1]])
        if (node := pair.after or pair.before) is not None
    ]
    return names[0] if names[0] == names[-1] else " to ".join(names)


def shown_name(comparison: Comparison, node: Node, side: int) -> str:
    """What a user calls a layer: of one whose name the language cannot have, that of its file."""
    network = comparison.network(side)
    name = written_name(node)
    shown = network.shown.get(name) if name else None
    return node.name if shown is None else shown


def _given(comparison: Comparison, change: WrittenChange) -> str:
    overrides = comparison.after.overrides, comparison.before.overrides
    if change.what == PARAM and not change.owner:
        return "--set" if any(change.name in dict(one.params) for one in overrides) else ""
    if change.what == INPUT:
        return "--input" if any(one.input is not None or one.inputs for one in overrides) else ""
    return ""


def _line(comparison: Comparison, side: int, span: Span | None) -> int | str | None:
    if span is None:
        return None
    line = comparison.reports[side].source.line_of(span.start)
    return None if line == "?" else line


def _fields(comparison: Comparison, change: NetworkChange) -> str:
    """What the fields were and are, in the words of a file of another tool where both are such."""
    text = ", ".join(f"{one.name} {_quoted(one.before)} -> {_quoted(one.after)}" for one in change.written)
    sources = [report.source for report in comparison.reports]
    if all(isinstance(source, TranslatedSource) for source in sources):
        return str(sources[AFTER].words.spell(text))  # type: ignore[attr-defined]
    return text


def _quoted(text: str) -> str:
    """The words of a text; in quotes where one could not see where they end."""
    return f'"{text}"' if " " in text and not text.startswith("[") else text or NOTHING


def _of_field(comparison: Comparison, change: NetworkChange, first: WrittenChange) -> str:
    return f"{_subject(comparison, change, first)}: {_fields(comparison, change)}"


def _of_param(comparison: Comparison, change: NetworkChange, first: WrittenChange) -> str:
    of = f" of {first.owner}" if first.owner else ""
    return f"param {first.name}{of}: {first.before or NOTHING} -> {first.after or NOTHING}"


def _of_local(comparison: Comparison, change: NetworkChange, first: WrittenChange) -> str:
    return f"{first.name} of {first.owner}: {first.before or NOTHING} -> {first.after or NOTHING}"


def _of_defaults(comparison: Comparison, change: NetworkChange, first: WrittenChange) -> str:
    return f"defaults of {first.owner}: {_fields(comparison, change)}"


def _of_input(comparison: Comparison, change: NetworkChange, first: WrittenChange) -> str:
    name = f"input {first.name}" if first.name else "input"
    if not first.before or not first.after:
        return f"{name} {'added' if first.after else 'removed'}: {first.after or first.before}"
    return f"{name}: {first.before} -> {first.after}"


def _of_outputs(comparison: Comparison, change: NetworkChange, first: WrittenChange) -> str:
    return f"{first.name}: {first.before} -> {first.after}"


def _of_added(comparison: Comparison, change: NetworkChange, first: WrittenChange) -> str:
    side = AFTER if first.what == ADDED else BEFORE
    if first.name:
        return f"{first.name} of {_around(comparison, change, side)} {first.what}"
    return f"{_subject(comparison, change, first)} {first.what}: {_description(comparison, change, side)}"


def _of_moved(comparison: Comparison, change: NetworkChange, first: WrittenChange) -> str:
    return f"{_subject(comparison, change, first)} moved {_neighbours(comparison, change)}"


def _of_replaced(comparison: Comparison, change: NetworkChange, first: WrittenChange) -> str:
    words = [_description(comparison, change, side) for side in (BEFORE, AFTER)]
    return f"{_subject(comparison, change, first)}: {words[BEFORE]} -> {words[AFTER]}"


_TITLES = {
    FIELD: _of_field,
    PARAM: _of_param,
    LOCAL: _of_local,
    DEFAULT: _of_defaults,
    INPUT: _of_input,
    WHOLE_ROUNDING: _of_outputs,
    OUTPUTS: _of_outputs,
    ADDED: _of_added,
    REMOVED: _of_added,
    MOVED: _of_moved,
    REPLACED: _of_replaced,
}


def _subject(comparison: Comparison, change: NetworkChange, first: WrittenChange) -> str:
    """What the entry is called: a layer, a call or a structure, and the block that it is in."""
    for side in (AFTER, BEFORE):
        entry = first.entries[side]
        if entry is None:
            continue
        nodes = _nodes(comparison, change, side)
        for node in nodes:
            found = _entry_of(node, entry)
            if found is not None:
                return _name_in_block(comparison, found, side, several=_has_several(nodes, found))
    return "a layer"


def _nodes(comparison: Comparison, change: NetworkChange, side: int) -> list[Node]:
    pairs = [comparison.pairs[place] for place in change.places]
    found = [pair.before if side == BEFORE else pair.after for pair in pairs]
    return [node for node in found if node is not None]


def _entry_of(node: Node, entry: Span) -> Node | Group | None:
    """The layer, or the group around it, that was made by the entry at a place."""
    group = node.group
    # of a structure the outermost group is the whole; its branches and passes have the same place
    best: Group | None = None
    while group is not None:
        if isinstance(group.place, Item) and group.place.key.span == entry:
            best = group
        group = group.parent
    if best is not None:
        return best
    item = node.place
    return (node.owner or node) if isinstance(item, Item) and item.key.span == entry else None


def _has_several(nodes: Iterable[Node], first: Node | Group) -> bool:
    """Whether an entry made more than one layer, or group, in its block: in passes of a repeat."""
    entry = first.place.span
    return any((one := _entry_of(node, entry)) is not None and one is not first for node in nodes)


def _name_in_block(comparison: Comparison, found: Node | Group, side: int, several: bool = False) -> str:
    """`conv1`, or `residual1.conv1 of Bottleneck`; of `several` that passes made without their numbers."""
    shown = comparison.network(side).shown
    name = shown.get(written_name(found), found.name.rpartition(".")[2])
    around = _group_around(found)
    call = call_of(around)
    while around is not call and around is not None:
        if not (several and around.kind == "pass"):
            name = f"{around.label}.{name}"
        around = around.parent
    return short_path(name) if call is None else f"{short_path(name)} of {call.kind}"


def _group_around(found: Node | Group) -> Group | None:
    return found.group if isinstance(found, Node) else found.parent


def _around(comparison: Comparison, change: NetworkChange, side: int) -> str:
    """The structure that a branch or a shortcut is in."""
    for node in _nodes(comparison, change, side):
        group = node.group
        while group is not None:
            if group.kind in ("branch", "shortcut") and group.parent is not None:
                return _name_in_block(comparison, group.parent, side)
            group = group.parent
    return "a structure"


def _description(comparison: Comparison, change: NetworkChange, side: int) -> str:
    """What the entry is: `conv 3x3, 64 + relu`, or of a call or structure its kind and its layers."""
    first = change.written[0]
    entry = first.entries[side]
    nodes = _nodes(comparison, change, side)
    if entry is None or not nodes:
        return NOTHING
    found = next((one for node in nodes if (one := _entry_of(node, entry)) is not None), None)
    if found is None:
        return nodes[0].kind
    if isinstance(found, Node):
        return described(found, nodes)
    inside = [node for node in nodes if _is_in(node, found)]
    return f"{found.kind}, {plural(_count(inside), 'layer')}"


def described(node: Node, nodes: Iterable[Node]) -> str:
    """`conv 3x3, 64 + batch + relu`: a layer, with those of the nodes that are written on it."""
    if node.layer is None:
        return node.kind
    written = [one.kind.removesuffix("norm") for one in nodes if one.owner is node]
    return " + ".join([node.layer.describe(), *written])


def _is_in(node: Node, outer: Group) -> bool:
    group = node.group
    while group is not None and group is not outer:
        group = group.parent
    return group is outer


def _count(nodes: Sequence[Node]) -> int:
    return sum(node.owner is None for node in nodes) or len(nodes)


def _neighbours(comparison: Comparison, change: NetworkChange) -> str:
    """`from after conv1 to after conv2`: what an entry came after, and comes after now."""
    first = change.written[0]
    pair = comparison.pairs[change.places[0]]
    said = []
    for side, (node, entry) in enumerate(zip(pair[:2], first.entries, strict=True)):
        assert node is not None
        found = (None if entry is None else _entry_of(node, entry)) or node.owner or node
        around = _group_around(found)
        source = (node.owner or node).inputs[0]
        while not isinstance(found, Node) and source.inputs and _is_in(source, found):
            source = source.inputs[0]
        said.append(_name_beside(comparison, source, around, side))
    return f"from after {said[BEFORE]} to after {said[AFTER]}"


def _name_beside(comparison: Comparison, source: Node, around: Group | None, side: int) -> str:
    """What an entry in the same list is called that makes a node; `the input` where none does."""
    if around is not None and not _is_in(source, around):
        return "the input"
    if source.layer is None and not source.inputs:
        return "the input"
    group, outermost = source.group, None
    while group is not around and group is not None:
        outermost, group = group, group.parent
    if outermost is not None:
        return outermost.label
    return shown_name(comparison, source.owner or source, side).rpartition(".")[2]
