"""Clues about what is missing: a line between two others, a key that others of its kind have."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from collections.abc import Sequence as SequenceOf
from itertools import pairwise
from typing import Any, NamedTuple

from cnn_shapes.diagnostics import Note
from cnn_shapes.edit.placing import add_fields, insert_before, is_inline, line_end, newline_of
from cnn_shapes.language.block import REQUIRED, Block
from cnn_shapes.language.entry import LAYER, OWN, Item
from cnn_shapes.layers import KINDS
from cnn_shapes.repair.clues.case import Case, names_of
from cnn_shapes.repair.clues.series import continued
from cnn_shapes.shapes import CHANNELS, EXPECT_MISMATCH, SHAPE_MISMATCH, SIZES, WINDOW_TOO_LARGE
from cnn_shapes.source import Edit, Map, Scalar, Span

_MOST = 60  # texts read for each of these clues
_MOST_LINES = 8  # that are tried at each place
# what a param of one letter is mostly for
LETTERS = {"c": "filters", "k": "kernel_size", "s": "stride", "p": "padding", "stride": "stride"}
_APART = 1.5  # times, that sizes are at least apart where a stride is missing
_MOST_UNREAD = 3  # names that a line may have read
_MOST_ENTRIES = 24  # that are given a key, the nearest first


class Gap(NamedTuple):
    """A place between two entries of a list: `before` is None at its start, `after` at its end."""

    before: Item | None
    after: Item | None


def lost_between(case: Case) -> list[Note]:
    """Between which lines one is missing: elsewhere one is between such two, and here it would fit."""
    case.at_most(_MOST)
    between: dict[tuple[str, str], list[Item]] = {}
    for items in case.lists:
        for before, middle, after in zip(items, items[1:], items[2:], strict=False):
            between.setdefault((before.kind, after.kind), []).append(middle)
    return _lost(case, lambda before, after: between.get((before.kind, after.kind), []))


def lost_after(case: Case) -> list[Note]:
    """The same where no such line is between two such, but follows the one and comes before the other."""
    case.at_most(_MOST)
    follow: dict[str, list[Item]] = {}  # after entries of a kind
    for items in case.lists:
        for before, middle in pairwise(items):
            follow.setdefault(before.kind, []).append(middle)

    def known(before: Item, after: Item) -> list[Item]:
        kinds = (before.kind, after.kind)
        return [
            one
            for one in follow.get(before.kind, ())
            if case.orders[one.kind, after.kind] and one.kind not in kinds
        ]

    return _lost(case, known)


def _lost(case: Case, known: Any) -> list[Note]:
    for before, after in case.near:
        if case.orders[before.kind, after.kind] > 1:
            continue  # nothing has to be between them
        for middle in {one.kind: one for one in known(before, after)}.values():
            if middle in (before, after):
                continue  # it is here that the file has that order
            text = bare(case, middle, case.unknown)
            if text and case.mends(inserted(case, Gap(before, after), text)):
                facts = {"line": case.line(before), "kind": middle.text, "other": case.line(middle)}
                facts |= {"before": before.text, "after": after.text}
                template = (
                    "a line seems to be missing after line {line}: elsewhere {kind} comes between {before} "
                )
                template += "and {after}, as on line {other}"
                if case.unknown:
                    facts["name"] = case.unknown
                    template += ", here with the name {name}"
                return [Note(template, facts)]
    return []


def lost_anywhere(case: Case) -> list[Note]:
    """A line like another one, or a convolution of so many channels, with which all fits."""
    case.at_most(2 * _MOST)
    for gap in _gaps(case):
        for text, like in _lines(case, gap):
            if case.mends(inserted(case, gap, text)):
                facts: dict[str, Any] = {"text": text, **line_of(case, gap)}
                template = f"a line may be missing {words(gap)}: with {{text}} there the network has no error"
                if like is not None:
                    facts["like"] = case.line(like)
                    template = template.replace("{text} there", "{text} there, as on line {like},")
                return [Note(template, facts)]
    return []


def lost_name(case: Case, places: SequenceOf[Gap], like: SequenceOf[Item]) -> tuple[Gap, str] | None:
    """A line that has the name which is unknown, and is like another one, and where: the first that fits."""
    case.at_most(_MOST)
    unread = unread_names(case)
    for item in like:
        unread = [*_idle_inputs(case, case.block_of(item)), *unread]
        text = bare(case, item, case.unknown, named=True)
        sources = [source.text for source in item.sources or ()]
        others = unread[:_MOST_UNREAD] if len(sources) == 1 else []
        texts = [text.replace(f"from: {sources[0]}", f"from: {name}") for name in others]
        near = sorted(places, key=lambda gap: item not in gap)
        for written in dict.fromkeys([*continued(case, item, text, case.unknown), *texts, text]):
            for gap in near:
                if written and case.mends(inserted(case, gap, written)):
                    return gap, written
    return None


def lost_split(case: Case) -> list[Note]:
    """A split that would have the name which is unknown."""
    case.at_most(_MOST)
    if not case.unknown or any(item.layer is not None and item.layer.splits for item in case.spec.entries):
        return []
    for gap in gaps_before(case):
        text = f"split: [{case.unknown}, worked]"
        if case.mends(inserted(case, gap, text)):
            facts = {"text": text, **line_of(case, gap)}
            return [
                Note(
                    f"a split may be missing {words(gap)}: with {{text}} there the network has no error",
                    facts,
                )
            ]
    return []


def lost_key(case: Case) -> list[Note]:
    """A key that others of its kind have, or the block elsewhere, and with which the network has no error."""
    case.at_most(_MOST)
    for item in case.upstream[:_MOST_ENTRIES]:
        for key, written in _keys(case, item):
            if case.mends(_with_key(case, item, f"{key}: {written}")):
                facts = {"line": case.line(item), "kind": item.text, "name": key, "value": written}
                template = (
                    "line {line}: the {kind} has no {name}; with {name}: {value} the network has no error"
                )
                return [Note(template, facts)]
    return []


def stride_too_many(case: Case) -> list[Note]:
    """A stride on a way that is made smaller more often than the others are."""
    if "goal" not in case.first.facts:
        return []
    case.at_most(_MOST)
    for item in case.upstream:
        pairs = item.body.pairs if isinstance(item.body, Map) and item.body.flow else []
        told = any(item.node.start <= place < item.node.end for place in case.places)
        for before, (key, value) in pairwise(pairs) if told else ():
            if key.text == "stride" and case.mends([Edit(Span(before[1].end, value.end), "")]):
                written = case.spec.source.text[value.start : value.end]
                facts = {"line": case.line(item), "value": written}
                return [Note("line {line}: without stride: {value} the network has no error", facts)]
    return []


def _with_key(case: Case, item: Item, field: str) -> list[Edit] | None:
    shorthand = KINDS[item.kind].shorthand if item.kind in KINDS else None
    return add_fields(case.spec.source, item, [field], shorthand)


def _keys(case: Case, item: Item) -> Iterator[tuple[str, str]]:
    """The keys that an entry lacks, each as others of its kind give it, the most usual value first."""
    if item.form != LAYER and item.kind not in case.spec.blocks:
        return
    has = {setting.alias or name for name, setting in item.settings.items() if setting.origin == OWN}
    window = item.settings.get("kernel_size")
    if item.layer is not None and (window is None or window.value.raw == 1):
        has.add("padding")  # there is nothing to pad for a window of one pixel
    if case.rule == WINDOW_TOO_LARGE and case.failed is not None and case.failed.place is item:
        has.add("padding")  # the map is too small: its padding is no slip
    given = [pair for pair, _ in case.once(_given, item.kind).most_common() if pair[0] not in has]
    strides = case.once(_strides, case.block_of(item))
    if item.layer is not None and "stride" in item.layer.fields and "stride" not in has:
        yield from (("stride", written) for written in strides)
    known = [("stride", written) for written in strides]
    yield from (pair for pair in given[:_MOST_LINES] if pair not in known)
    if item.condition is None and item.layer is not None and item.layer.has_windows:
        yield from (("if", f"{written} > 1") for written in strides)


def lost_padding(case: Case) -> list[Note]:
    """A window that the error speaks of and that has no padding, which with half of it keeps its size."""
    if case.rule != SHAPE_MISMATCH:
        return []
    case.at_most(_MOST)
    for item in case.upstream:
        window = item.settings.get("kernel_size")
        told = any(item.node.start <= place < item.node.end for place in case.places)
        if item.layer is None or "padding" not in item.layer.fields or "padding" in item.settings or not told:
            continue
        if (
            window is not None
            and window.value.raw != 1
            and case.mends(_with_key(case, item, "padding: half"))
        ):
            facts = {"line": case.line(item), "kind": item.text}
            template = "line {line}: the {kind} has no padding; with padding: half the network has no error"
            return [Note(template, facts)]
    return []


def _given(case: Case, kind: str) -> Counter[tuple[str, str]]:
    """How often the entries of a kind give each key with each text."""
    given: Counter[tuple[str, str]] = Counter()
    for one in case.kinds.get(kind, ()):
        for name, setting in one.settings.items():
            if setting.origin == OWN and setting.key is not None:
                node = setting.value.node
                given[setting.alias or name, case.spec.source.text[node.start : node.end]] += 1
    return given


def _strides(case: Case, block: Block | None) -> list[str]:
    """The names that layers of a block have as their stride."""
    found = []
    for one in case.in_block.get(block, ()):
        for name, setting in one.settings.items():
            node = setting.value.node
            if name in ("stride", "s") and isinstance(node, Scalar) and node.text.isidentifier():
                found.append(node.text)
    return list(dict.fromkeys(found))


def _gaps(case: Case) -> Iterator[Gap]:
    """The places near the error where a line may be missing, the nearest first."""
    seen: set[tuple[int, int]] = set()
    first = case.first.span.start

    def distance(items: SequenceOf[Item]) -> tuple[bool, int]:
        """How far a list is from the error: the innermost that it is in is the nearest."""
        inside = bool(items) and items[0].node.start <= first < items[-1].node.end
        size = items[-1].node.end - items[0].node.start if items else 0
        return not inside, size if inside else -_last_place(case, items)

    for items in sorted(case.lists, key=distance):
        if _last_place(case, items) < 0:
            continue
        end = max(item.node.start for item in items if item.node.start <= _last_place(case, items))
        upto = [gap for gap in gaps_of(items) if gap.before is None or gap.before.node.start <= end]
        for gap in reversed(upto):
            places = (gap.before or gap.after, gap.after or gap.before)
            known = tuple(0 if one is None else one.node.start for one in places)
            if known not in seen and len(seen) < 2 * _MOST_ENTRIES:
                seen.add((known[0], known[1]))
                yield gap


def _last_place(case: Case, items: SequenceOf[Item]) -> int:
    """The last place of the error that is in a list, at whatever depth; -1 where none is."""
    if not items:
        return -1
    start, end = items[0].node.start, items[-1].node.end
    return max((place for place in case.places if start <= place < end), default=-1)


def gaps_of(items: SequenceOf[Item]) -> list[Gap]:
    """The places of a list, in its order."""
    return [Gap(before, after) for before, after in zip([None, *items], [*items, None], strict=True)]


def gaps_after(items: SequenceOf[Item], item: Item) -> list[Gap]:
    """The places of a list after an entry, the last first."""
    return [gap for gap in gaps_of(items) if gap.before and gap.before.node.start >= item.node.start][::-1]


def gaps_before(case: Case) -> list[Gap]:
    """The places in the list of the entry which reads the unknown name, up to it, the nearest first."""
    for items in case.lists:
        for place, item in enumerate(items):
            if any(source.span == case.first.span for source in item.sources or ()):
                return gaps_of(items)[: place + 1][::-1]
    return []


def _lines(case: Case, gap: Gap) -> Iterator[tuple[str, Item | None]]:
    """Lines that may be missing at a place, each with the entry that it is like."""
    item = gap.before or gap.after
    assert item is not None
    block = case.block_of(item)
    known = {text: one for text, one in case.once(_bare_lines, block) if one not in gap}
    if block is not None and _differ_in_channels(case):
        yield from ((f"conv: {{filters: {text}}}", None) for text in _filters(case, block))
    elif differ_in_scale(case):
        yield from ((text, None) for text in case.once(_of_idle_params, block))
        yield from ((text, None) for text in case.once(_of_defaults, block))
        yield from list(known.items())[:_MOST_LINES]


def _of_idle_params(case: Case, block: Block | None) -> list[str]:
    """A convolution with the params that nothing in a block uses, where one of them is its stride."""
    idle = [name for name in idle_params(case, block) if block is not None and name in block.params]
    fields = {LETTERS[name]: name for name in idle if name in LETTERS}
    if "stride" not in fields:
        return []
    written = {"filters": "c", "kernel_size": "3", **fields}
    return [f"conv: {{{', '.join(f'{field}: {value}' for field, value in written.items())}}}"]


def _of_defaults(case: Case, block: Block | None) -> list[str]:
    """Layers that the defaults are for and that a block has none of, which change the size of its input."""
    items = case.in_block.get(block, ())
    has = {item.kind for item in items}
    lines = []
    for kind in case.spec.defaults:
        layer = KINDS[kind]
        if block is None or kind in has or not (layer.enlarges or layer.is_pool):
            continue
        fields = [[f"from: {name}"] for name in _idle_inputs(case, block)] or [[]]
        filters = [name for name, value in block.params.items() if value.raw is REQUIRED]
        for start in [[f"filters: {name}"] for name in filters] if "filters" in layer.fields else [[]]:
            lines += [f"{kind}: {{{', '.join([*start, *more])}}}" for more in fields if start or more]
    return lines


def _differ_in_channels(case: Case) -> bool:
    """Whether it is the channels that do not fit, or grow without end."""
    error = case.failed.error if case.failed is not None else None
    if error is None or (case.rule == SHAPE_MISMATCH and not {SIZES, CHANNELS} & {*error.about}):
        return True  # it cannot be reshaped, or grows without end
    return CHANNELS in error.about and not differ_in_scale(case)


def differ_in_scale(case: Case) -> bool:
    """Whether sizes are so far apart that one layer with a stride would bring them together."""
    failed = case.failed
    if case.rule == EXPECT_MISMATCH:
        return True
    if failed is None or failed.layer is None or failed.layer.is_gate or case.rule != SHAPE_MISMATCH:
        return False
    shapes = [shape.sizes for shape in failed.input_shapes if shape is not None and shape.known]
    columns = list(zip(*shapes, strict=False))
    return any(max(column) >= _APART * min(column) for column in columns)


def _bare_lines(case: Case, block: Block | None) -> list[tuple[str, Item]]:
    """The different lines of a block, or of the file's own layers, with a layer that may change sizes."""
    known: dict[str, Item] = {}
    for one in case.in_block.get(block, ()):
        layer = one.layer
        if layer is not None and (layer.has_windows or layer.enlarges) and (text := bare(case, one, "")):
            known.setdefault(text, one)
    return list(known.items())


def _filters(case: Case, block: Block) -> Iterable[str]:
    """The required params of a block that no layer uses any more, and the filters of the layers in it."""
    items = case.in_block.get(block, ())
    used = {name for item in items if item.form == LAYER for value in item.values() for name in value.names}
    found = [name for name, value in block.params.items() if value.raw is REQUIRED and name not in used]
    required = [name for name, value in block.params.items() if value.raw is REQUIRED]
    for name in idle_params(case, block):
        found += [name, *(f"{other}*{name}" for other in required if other != name)]
    for item in items:
        setting = item.settings.get("filters")
        if setting is not None and setting.origin == OWN:
            found.append(case.spec.source.text[setting.value.node.start : setting.value.node.end])
    # a plain number would be as likely a slip
    return [text for text in dict.fromkeys([*found, *required]) if "\n" not in text and not text.isdigit()]


def bare(case: Case, item: Item, name: str, named: bool = False) -> str:
    """An entry on one line, with another name, or without one and what it expects; empty for one that is not.

    `named`: an entry without a name is given one.
    """
    text = case.text(item)
    if item.is_alias or "\n" in text:
        return ""
    for key in ("expect", "name"):
        text = re.sub(rf",\s*{key}: (\[[^\]]*\]|[^\s,{{}}\[\]]+)", "", text)
        text = re.sub(rf"\{{{key}: (\[[^\]]*\]|[^\s,{{}}\[\]]+),\s*", "{", text)
    if item.name is not None and re.search(r"\bname:", text):
        return ""
    if item.sources and not name:
        return ""
    if not name or (item.name is None and not named):
        return text
    if text.endswith("}"):
        return f"{text[:-1]}, name: {name}}}"
    return f"{text}: {{name: {name}}}" if text == item.key.text else ""


def inserted(case: Case, gap: Gap, text: str) -> list[Edit] | None:
    """The edits that put a line at a place; None where the text has no good place."""
    source = case.spec.source
    if gap.after is not None:
        edit = insert_before(source, gap.after, text)
        return [edit] if edit is not None else None
    assert gap.before is not None
    before = gap.before
    line = source.line_text(case.line(before))
    dash = line[: source.position(before.node.start)[1] - 1]
    end = len(source.text[: before.node.end].rstrip())
    if not dash.strip(" -"):
        end = line_end(source.text, end)
        return [Edit(Span(end, end), f"{newline_of(source)}{dash}{text}")]
    return [Edit(Span(end, end), f", {text}")] if is_inline(before.node) else None


def line_of(case: Case, gap: Gap) -> dict[str, Any]:
    """The fact that `words` names: the line that a place is after or before."""
    item = gap.before or gap.after
    assert item is not None
    return {"line": case.line(item)}


def words(gap: Gap) -> str:
    """Where a place is, as a template."""
    return "after line {line}" if gap.before is not None else "before line {line}"


def unread_names(case: Case) -> list[str]:
    """The names that no `from` reads and that are no output, in the order of the text."""
    outputs = [case.spec.outputs, *(block.outputs for block in case.spec.blocks.values())]
    sources = [source for one in case.spec.entries for source in one.sources or ()]
    read = {node.text.partition(".")[0] for nodes in (sources, *outputs) for node in nodes}
    entries = sorted(case.spec.entries, key=lambda one: one.node.start)
    return [name for one in entries for name in names_of(one) if name not in read]


def _idle_inputs(case: Case, block: Block | None) -> list[str]:
    """The inputs of a block that nothing in it reads."""
    items = case.in_block.get(block, ())
    read = {source.text for item in items for source in item.sources or ()}
    return [name for name in block.inputs if name not in read] if block is not None else []


def idle_params(case: Case, block: Block | None) -> list[str]:
    """The params of a block that nothing in it uses, and those of the file that nothing uses at all."""
    used = frozenset().union(*(one.names() for one in case.spec.blocks.values()))
    used = used.union(*(item.names() for item in case.spec.items))
    own = [name for name in block.params if name not in block.names()] if block is not None else []
    return own + [name for name in case.spec.params if name not in used]
