"""Clues about what an entry needs and has not: an argument of a call, a field of a layer, a param."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from math import isqrt
from typing import Any

from cnn_shapes.checking import CheckResult
from cnn_shapes.diagnostics import Note
from cnn_shapes.edit.placing import add_fields, newline_of
from cnn_shapes.language.entry import OWN, Item
from cnn_shapes.language.expressions.error import UNKNOWN_NAME
from cnn_shapes.language.reading.wording import MISSING_FIELD
from cnn_shapes.layers import KINDS
from cnn_shapes.repair.changes.prior import AxisWindow, family_of_kind, of_window
from cnn_shapes.repair.clues.case import Case
from cnn_shapes.repair.clues.lost import idle_params
from cnn_shapes.source import Edit, Map, Scalar, Span
from cnn_shapes.words import either

_VALUES = 3  # of what is missing
_MOST = 40  # texts read for each of these clues
_WINDOWS = (3, 2, 5, 7, 1, 4)  # sizes of a window that are tried
_REQUIRED = "required"
_IN_PARAMS = ("filters", "units")


def lost_argument(case: Case) -> list[Note]:
    """What an entry lacks and needs, as those before and after it of its kind have it."""
    if case.first.rule != MISSING_FIELD:
        return []
    case.at_most(_MOST)
    item = next((one for one in case.spec.entries if one.key.span == case.first.span), None)
    if item is None:
        return []
    name = _lacking(case, item)
    if not name or name in ("layers", "from"):
        return []
    idle = idle_params(case, case.block_of(item)) if item.layer is not None else []
    found: list[str] = []
    first: tuple[CheckResult | None, Sequence[Edit]] = (None, ())
    for written in _values(case, item, name, idle):
        shorthand = KINDS[item.kind].shorthand if item.kind in KINDS else None
        if case.mends(add_fields(case.spec.source, item, [f"{name}: {written}"], shorthand)):
            if found:
                case.also.append(case.edits)
            else:
                first = (case.mended, case.edits)
            found.append(written)
        if len(found) == _VALUES or (found and found[0] in idle):
            break
    if not found:
        return []
    case.mended, case.edits = first
    facts: dict[str, Any] = {"name": name, "value": either(found)}
    like = next((one for one, written in _stated(case, item, name) if [written] == found), None)
    if like is not None:
        facts["line"] = case.line(like)
        return [Note("with {name}: {value}, as on line {line}, the network has no error", facts)]
    return [Note("with {name}: {value} the network has no error", facts)]


def _stated(case: Case, item: Item, name: str) -> list[tuple[Item, str]]:
    """The other entries of the kind, then of the block, that have a field, with what is written there."""
    text = case.spec.source.text
    block = case.block_of(item)
    beside = [] if block is None else sorted(case.in_block[block], key=lambda one: _away(one, item))
    entries = dict.fromkeys([*case.kinds.get(item.kind, ()), *beside])
    stated = [(one, one.settings[name]) for one in entries if one is not item and name in one.settings]
    return [
        (one, text[setting.value.node.start : setting.value.node.end])
        for one, setting in stated
        if setting.origin == OWN
    ]


def _away(one: Item, other: Item) -> int:
    return abs(one.node.start - other.node.start)


def _lacking(case: Case, item: Item) -> str:
    """The one name that an entry lacks; empty where it lacks more."""
    block = case.spec.blocks.get(item.kind)
    if block is None:
        return str(case.first.facts.get("name", ""))
    missing = [name for name in block.required if name not in item.settings]
    return missing[0] if len(missing) == 1 else ""


def _values(case: Case, item: Item, name: str, idle: Sequence[str]) -> Iterator[str]:
    """Values for a name that an entry lacks, the likeliest first."""
    stated = _stated(case, item, name)
    numbers = [
        (one.node.start, one.settings[name].value.raw)
        for one, _ in stated
        if one.kind == item.kind and type(one.settings[name].value.raw) is int
    ]
    before = next((number for start, number in reversed(numbers) if start < item.node.start), None)
    after = next((number for start, number in numbers if start > item.node.start), None)
    alike = [
        written
        for one, written in stated
        if one.kind == item.kind
        and one.settings.keys() - {name} == item.settings.keys()
        and all(one.settings[key].value.raw == item.settings[key].value.raw for key in item.settings)
    ]
    found = [*idle, *alike]
    is_count = name in _IN_PARAMS or (before is not None and after is not None and after > before)
    found += [str(number) for number in (_between(before, after) if is_count else (before, after)) if number]
    layer = item.layer
    if layer is not None and name == "kernel_size" and layer.has_windows:
        found += [str(number) for number in _windows(case, item)]
    found += [written for _, written in stated]
    yield from (text for text in dict.fromkeys(found) if "\n" not in text)


def _between(before: int | None, after: int | None) -> list[int]:
    """Numbers of channels that go on from one and lead to the next."""
    if before is None or after is None:
        return (
            [2 * before, before] if before is not None else [after // 2, after] if after is not None else []
        )
    middle = isqrt(before * after)
    tried = [middle] if middle * middle == before * after and middle not in (before, after) else []
    return [*tried, *([2 * before] if before < after else []), before, after]


def _windows(case: Case, item: Item) -> list[int]:
    """Sizes of a window, those first that go with the stride and padding which an entry has."""
    layer = item.layer
    assert layer is not None
    family, is_pool = family_of_kind(layer), layer.is_pool

    def number(name: str, otherwise: int) -> int:
        setting = item.settings.get(name)
        return setting.value.raw if setting is not None and type(setting.value.raw) is int else otherwise

    padding = number("padding", 0)

    def bits(kernel: int) -> float:
        window = AxisWindow(kernel, number("stride", kernel if is_pool else 1), (padding, padding))
        return of_window(family, (window,))

    return sorted(dict.fromkeys((*_WINDOWS, 2 * padding + 1)), key=bits)


def undeclared_param(case: Case) -> list[Note]:
    """A param that a block uses and its calls give, declared again, or spelled as it is used."""
    if case.first.rule != UNKNOWN_NAME or "block" not in case.first.facts:
        return []
    case.at_most(_MOST)
    name = str(case.first.facts.get("name", ""))
    block = case.spec.blocks.get(str(case.first.facts["block"]))
    if block is None or not name:
        return []
    near = case.first.facts.get("near")
    keys = _keys_of_params(case, block.name)
    found: list[tuple[CheckResult | None, Sequence[Edit]]] = []
    for edits in [*_spelled(keys, name, near), *_declared(case, keys, block.name, name)]:
        if case.mends(edits):
            found.append((case.mended, case.edits))
            if len(found) == _VALUES or _REQUIRED in edits[0].text:  # with any default it is the same then
                break
    if not found:
        return []
    case.also += [edits for _, edits in found[1:]]
    case.mended, case.edits = found[0]
    facts: dict[str, Any] = {"block": block.name, "name": name}
    return [Note("with {name} in the params of {block} the network has no error", facts)]


def _keys_of_params(case: Case, name: str) -> Sequence[Scalar]:
    """The keys under `params` of a block, in the order of the text."""
    node: Any = case.spec.root
    for word in ("blocks", name, "params"):
        node = (
            next((value for key, value in node.pairs if key.text == word), None)
            if isinstance(node, Map)
            else None
        )
    return [key for key, _ in node.pairs] if isinstance(node, Map) else []


def _spelled(keys: Sequence[Scalar], name: str, near: object) -> Sequence[list[Edit]]:
    """The param that is nearly called so, called so."""
    return [[Edit(key.span, name)] for key in keys if key.text == near]


def _declared(case: Case, keys: Sequence[Scalar], block: str, name: str) -> Iterator[list[Edit]]:
    """A name put before the params of a block: required where all calls give it, else with a default."""
    if not keys:
        return
    first = keys[0]
    text = case.spec.source.text
    line = text[text.rfind("\n", 0, first.start) + 1 : first.start]
    end = f"{newline_of(case.spec.source)}{line}" if not line.strip() else ", "
    for default in (_REQUIRED, *_usual_defaults(name, _given(case, block, name))):
        yield [Edit(Span(first.start, first.start), f"{name}: {default}{end}")]


def _given(case: Case, block: str, name: str) -> list[Any]:
    """What the calls of a block give for a name, the most frequent value first."""
    calls = [item for item in case.spec.entries if item.kind == block]
    settings = [item.settings[name] for item in calls if name in item.settings]
    raw = Counter(
        setting.value.raw for setting in settings if isinstance(setting.value.raw, bool | int | str)
    )
    return [value for value, _ in raw.most_common()]


def _usual_defaults(name: str, given: Sequence[Any]) -> list[str]:
    """Defaults of a param, by its name and the values that calls give: who gives one gives another."""
    if given and all(isinstance(value, bool) for value in given):
        usual = ["true", "false"] if given[0] is False else ["false", "true"]
    elif given and all(isinstance(value, str) for value in given):
        usual = ["none", "relu", *given]
    else:
        sizes = ["3", "5", "1", "7"] if "kernel" in name or name == "k" else ["1", "2", "3"]
        numbers = [str(value) for value in given]
        usual = [*(size for size in sizes if size not in numbers), *numbers, "false", "none"]
    return list(dict.fromkeys(usual))
