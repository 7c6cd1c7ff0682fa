"""Clues about numbers: one that is unlike all others of its kind, or that no network is likely to have."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from cnn_shapes.diagnostics import Note
from cnn_shapes.language.entry import OWN, Item
from cnn_shapes.language.spec import Spec
from cnn_shapes.layers import KINDS
from cnn_shapes.repair.changes.numbers import find_sites
from cnn_shapes.repair.clues.case import Case
from cnn_shapes.shapes import WINDOW_TOO_LARGE
from cnn_shapes.source import Edit, Span
from cnn_shapes.words import either

_SMALL = 11  # the largest window of the networks that people know
_TWO = 2  # of a value, which are enough to leave one out
_MOST = 60  # texts read for each of these clues
_MOST_ENTRIES = 40  # whose numbers are tried, the nearest first
_WINDOWS = ("kernel_size", "pool size")
_PADDINGS = ("padding", "pool padding")
_CHANNELS = ("filters", "units", "groups")
# the numbers that networks mostly have there, the likeliest first
_USUAL: dict[str, tuple[int, ...]] = {
    "kernel_size": (3, 5, 7, 1),
    "pool size": (2, 3),
    "transposed": (2, 4),  # the kernel_size of a transposed convolution: twice the stride, or as much
    "stride": (2, 1),
    "dilation": (1, 2),
    "scale": (2, 4),
    "factor": (2,),
    "output_padding": (1, 0),
}


class _StatedNumber(NamedTuple):
    """A number that is written down: where, for what, and what others of its kind have there.

    `owner` is what has it, as a reader knows it, `role` the field that it flows into, "" for another.
    `is_even_window`: of a convolution, which mostly is odd; a transposed one tiles as well. `is_usual`: a
    network may have windows of this size beside others. `half`: the padding that would keep a size,
    where the entry has a window and padding. `is_told`: the error points at it. `alike`: what the nearest
    entry of the kind with the same fields has there, and its line.
    """

    span: Span
    owner: str
    name: str
    own: int
    role: str
    stated: Sequence[int]
    is_even_window: bool = False
    is_usual: bool = False
    half: int | None = None
    is_told: bool = False
    alike: tuple[int, int] | None = None

    @property
    def is_alone(self) -> bool:
        """Whether others of its kind have numbers there, and none has this one."""
        return len(self.stated) > 1 and self.own not in self.stated


def even_window(case: Case) -> list[Note]:
    """An even window of a convolution, and odd ones near it with which the network has no error."""
    case.at_most(_MOST)
    return _proved(
        case, [one for one in _numbers(case) if _is_even(one) and one.own not in one.stated], _near
    )


def unlike(case: Case) -> list[Note]:
    """A number that no other of the kind has, and those near it with which the network has no error."""
    case.at_most(_MOST)
    found = [one for one in _numbers(case) if one.is_even_window or (one.is_alone and not one.is_usual)]
    # how often something is repeated may hide a window or a stride
    found.sort(key=lambda one: (not _is_even(one), one.own in _USUAL.get(one.role, ()), not one.role))
    return _proved(case, found, _near)


def unusual(case: Case) -> list[Note]:
    """A number that a network is unlikely to have there, and a usual one with which it has no error."""
    case.at_most(_MOST)
    found = [one for one in _likely_wrong(case) if one.own not in one.stated]
    return _proved(case, found, _likely, most=1)


def _likely_wrong(case: Case) -> list[_StatedNumber]:
    """The numbers on the way, without those of a window that is too large: the map may be too small."""
    failed = case.failed
    if case.rule != WINDOW_TOO_LARGE or failed is None or failed.group is not None:
        return list(_numbers(case))
    position = case.spec.source.position
    line = position(failed.place.span.start)[0]
    return [one for one in _numbers(case) if position(one.span.start)[0] != line]


def unlike_one(case: Case) -> list[Note]:
    """A window that no other of the kind has, and the window of another with which there is no error."""
    case.at_most(_MOST)
    found = [one for one in _likely_wrong(case) if one.role in _WINDOWS and one.own not in one.stated]
    return _proved(case, found, lambda one: list(dict.fromkeys(one.stated)), most=1)


def _proved(
    case: Case,
    numbers: Sequence[_StatedNumber],
    values: Callable[[_StatedNumber], Sequence[int]],
    most: int = 2,
) -> list[Note]:
    for one in numbers:
        good = []
        for value in values(one):
            if case.mends([Edit(one.span, str(value))]):
                good.append(value)
            if len(good) == most:
                break
        if good:
            facts = {"line": case.spec.source.position(one.span.start)[0], "kind": one.owner}
            facts |= {"name": one.name, "own": one.own, "values": either(map(str, good))}
            start = "line {line}: the {kind} has {name} {own}"
            if one.is_even_window and all(value % 2 for value in good):
                start = "line {line}: the {kind} has an even {name} {own}"
            elif one.is_alone:
                start = "line {line}: no other {kind} has {name} {own}"
            if one.alike is not None and good == [one.alike[0]]:
                template = f"{start}; with {{values}}, as on line {{like}}, the network has no error"
                return [Note(template, {**facts, "like": one.alike[1]})]
            return [Note(f"{start}; with {{values}} the network has no error", facts)]
    return []


def _is_even(one: _StatedNumber) -> bool:
    """Whether it is an even window, be it one that a call of a block hands in."""
    return one.role == "kernel_size" and one.own % 2 == 0 and not one.is_usual


def _near(one: _StatedNumber) -> list[int]:
    """What others have there, and the next numbers, the nearest first."""
    if one.own > _SMALL:
        return []
    values = {value for value in (*one.stated, one.own - 1, one.own + 1) if 0 < value <= _SMALL} - {one.own}
    return sorted(values, key=lambda value: (abs(value - one.own), value not in one.stated, -value))


def _likely(one: _StatedNumber) -> Sequence[int]:
    """What a number may have been that is not a usual one; none for one that is."""
    own = one.own
    if one.role in _CHANNELS:
        near = [own - 1, own + 1] if own > _SMALL and own % 2 else []
        return [one.alike[0], *near] if near and one.alike is not None else near
    if one.role in _PADDINGS:
        return [one.half] if one.half is not None and one.half != own else []
    if one.role in (*_WINDOWS, "stride") and own > _SMALL:
        power = 1 << (own.bit_length() - 1)
        return sorted(
            {own - own % 10, own + -own % 10, power, 2 * power} - {own}, key=lambda near: abs(near - own)
        )
    if one.role == "kernel_size" and (own % 2 or one.is_usual):
        return []
    usual = tuple(one.stated) if one.stated and one.role in _WINDOWS else _USUAL.get(one.role, ())
    if one.role == "stride" and own == 1 and one.is_told:
        return [2]
    if own in usual and one.role not in _WINDOWS:
        return []
    if own in usual:  # a window of 2 is not padded
        usual = tuple(value for value in usual if value in one.stated or (one.half and value > own))
    return [value for value in dict.fromkeys(usual) if value != own]


def _numbers(case: Case) -> Sequence[_StatedNumber]:
    """The numbers on the way to the layer that fails: its own first, the nearest first."""
    found: Sequence[_StatedNumber] = case.once(_listed)
    return found


def _listed(case: Case) -> list[_StatedNumber]:
    return list(_found(case))


def _found(case: Case) -> Iterator[_StatedNumber]:
    spec = case.spec
    roles = {(site.node.start, site.start): site.role for site in find_sites(spec)}
    entries = case.upstream[:_MOST_ENTRIES]
    told = [one for one in entries if any(one.node.start <= place < one.node.end for place in case.places)]
    for item in dict.fromkeys([*sorted(told, key=lambda one: -one.node.start), *entries]):
        layer = item.layer
        for name, setting in item.settings.items():
            own, node = setting.value.raw, setting.value.node
            if setting.origin != OWN or type(own) is not int or own < 1:
                continue
            role = roles.get((node.start, 0), "")
            if layer is not None:
                role = layer.fields[name].role if name in layer.fields else ""
            is_window = layer is not None and name == "kernel_size" and not layer.is_pool
            is_even = is_window and own % 2 == 0 and layer is not None and not layer.is_transposed
            stated = [value for value, one in case.once(_stated, item.kind, name) if one is not item]
            written = setting.alias or name
            usual = is_window and not is_even
            is_told = node.start in case.places
            yield _StatedNumber(
                node.span,
                item.text,
                written,
                own,
                role,
                stated,
                is_even,
                usual,
                _half(item),
                is_told,
                _alike(case, item, name),
            )
    for kind, settings in spec.defaults.items():
        fields = KINDS[kind].fields
        for name, setting in settings.items():
            own, node = setting.value.raw, setting.value.node
            role = fields[name].role if name in fields else ""
            if KINDS[kind].is_transposed and name == "kernel_size":
                role = "transposed"
            if type(own) is int and own > 0 and role not in ("", *_WINDOWS):
                yield _StatedNumber(node.span, kind, setting.alias or name, own, role, ())
    for block in spec.blocks.values():
        for name, default in block.params.items():
            own, node = default.raw, default.node
            if type(own) is int and own > 0:
                given = [value for value, one in case.once(_stated, block.name, name) if name in one.settings]
                yield _StatedNumber(node.span, block.name, name, own, roles.get((node.start, 0), ""), given)


def _alike(case: Case, item: Item, name: str) -> tuple[int, int] | None:
    """What the nearest call of the same block with the same params has under a name, and its line."""
    others: list[Item] = [] if item.layer is not None else [*case.kinds.get(item.kind, ())]
    others = [one for one in others if one is not item and one.settings.keys() == item.settings.keys()]
    numbers = [(one, one.settings[name].value.raw) for one in others]
    known = [(one, raw) for one, raw in numbers if type(raw) is int and raw != item.settings[name].value.raw]
    if not known:
        return None
    one, raw = min(known, key=lambda pair: (abs(case.line(pair[0]) - case.line(item)), pair[0].node.start))
    return raw, case.line(one)


def _half(item: Item) -> int | None:
    """Half the window of an entry that has padding of its own, rounded down; None for another."""
    window = item.settings.get("kernel_size")
    raw = window.value.raw if window is not None and "padding" in item.settings else None
    return raw // 2 if type(raw) is int else None


def _stated(case: Case, kind: str, name: str) -> list[tuple[int, Item]]:
    """The different numbers that entries of a kind have under a name, each with two of them at most."""
    found: dict[int, list[Item]] = {}
    for one in case.kinds.get(kind, ()):
        value = _number(case.spec, one, name)
        if value is not None and len(found.setdefault(value, [])) < _TWO:
            found[value].append(one)
    return [(value, one) for value, items in found.items() for one in items]


def _number(spec: Spec, item: Item, name: str) -> int | None:
    """The number that an entry has, be it the default of the param; None where it is not a plain one."""
    setting = item.settings.get(name)
    raw = setting.value.raw if setting is not None and setting.value.constant else None
    if setting is None and item.kind in spec.blocks:
        default = spec.blocks[item.kind].params.get(name)
        raw = None if default is None else default.raw
    return raw if type(raw) is int else None
