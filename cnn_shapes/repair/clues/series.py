"""A line of a series: names that count, and numbers that double from one to the next."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from math import gcd

from cnn_shapes.language.entry import OWN, Item
from cnn_shapes.repair.clues.case import Case, names_of

_RATIOS = ((1, 1), (2, 1), (1, 2), (4, 1), (1, 4))  # of a number to the one before it
_MOST_BETWEEN = 24  # numbers between two others that are tried
_DIGITS = re.compile(r"\d{1,9}$")


def continued(case: Case, item: Item, text: str, name: str) -> Iterator[str]:
    """The texts that an entry would have with another name, as the series that its own name is in has it.

    `text` is what it says, with that name. Names in its `from` count as the names do. The likeliest is
    first; none where the names are of no series.
    """
    number, own = _number(name), _number(item.name or "")
    if number is None or own is None or _stem(name) != _stem(item.name or ""):
        return
    names = {one.name for one in case.spec.entries}
    for source in item.sources or ():
        place = _number(source.text)
        shifted = f"{_stem(source.text)}{place + number - own}" if place is not None else ""
        if shifted in names:
            text = re.sub(rf"(?<=[\[\s]){re.escape(source.text)}(?=[\],}}])", f"<{shifted}>", text)
    text = re.sub(r"<(\w+)>", r"\1", text)
    open_fields = []
    for field, setting in item.settings.items():
        if setting.origin != OWN or type(setting.value.raw) is not int or setting.key is None:
            continue
        key = setting.alias or field
        values = _values(case, item, field)
        value = _next(values, number)
        if value is None:
            open_fields.append((key, setting.value.raw, values))
        else:
            text = _with(text, key, setting.value.raw, value)
    yield text
    if len(open_fields) == 1:
        key, raw, values = open_fields[0]
        for value in _between(values, number):
            yield _with(text, key, raw, value)


def is_known(case: Case, item: Item, name: str) -> bool:
    """Whether the series that an entry is in says all its numbers for another name."""
    number = _number(name)
    fields = [one for one, setting in item.settings.items() if setting.origin == OWN]
    numbers = [one for one in fields if type(item.settings[one].value.raw) is int]
    return number is not None and all(_next(_values(case, item, one), number) is not None for one in numbers)


def _values(case: Case, item: Item, name: str) -> Mapping[int, int]:
    """The numbers that the entries of a series have in a field, by those in their names."""
    found = {}
    for one in case.list_of(item):
        setting, number = one.settings.get(name), _number(one.name or "")
        if one.kind != item.kind or number is None or _stem(one.name or "") != _stem(item.name or ""):
            continue
        if setting is not None and type(setting.value.raw) is int:
            found[number] = setting.value.raw
    return found


def _next(values: Mapping[int, int], number: int) -> int | None:
    """The number that a series has at a place; None where it does not stay, double or halve there."""
    below, above = values.get(number - 1), values.get(number + 1)
    if below is not None and above is not None:
        if max(below, above) == 4 * min(below, above):
            return 2 * min(below, above)
        return below if below == above else None
    for step in (1, -1):
        near, far = values.get(number + step), values.get(number + 2 * step)
        for times, parts in _RATIOS if near is not None and far is not None else ():
            if near is not None and far is not None and near * parts == far * times:
                return near * times // parts if near * times % parts == 0 else None
    return None


def _between(values: Mapping[int, int], number: int) -> Iterator[int]:
    """The numbers between those of the neighbours, in the steps that all of the series have in common."""
    below, above = values.get(number - 1), values.get(number + 1)
    step = gcd(*values.values())
    if below is None or above is None or abs(above - below) // step > _MOST_BETWEEN:
        return
    yield from range(min(below, above) + step, max(below, above), step)


def _with(text: str, key: str, own: int, value: int) -> str:
    return re.sub(rf"\b{re.escape(key)}: {own}\b", f"{key}: {value}", text)


def _number(name: str) -> int | None:
    digits = _DIGITS.search(name)
    return int(digits[0]) if digits else None


def _stem(name: str) -> str:
    return _DIGITS.sub("", name)


def following(item: Item, others: Iterable[Item]) -> str:
    """The name that would follow an entry's own, where one of its kind has that before it; else empty."""
    name = item.name or ""
    number = _number(name)
    names = {one.name: one.kind for one in others}
    if number is None or names.get(f"{_stem(name)}{number - 1}") != item.kind:
        return ""
    after = f"{_stem(name)}{number + 1}"
    return after if after not in names else ""


def shifted(case: Case, item: Item) -> Iterator[str]:
    """An entry on one line, with the names in its `from` of which the numbers are one less, or one more."""
    names = {name for one in case.list_of(item) for name in names_of(one)}
    text = case.text(item)
    for step in (-1, 1):
        new = text
        for source in item.sources or ():
            number = _number(source.text)
            name = f"{_stem(source.text)}{number + step}" if number is not None else ""
            if name in names:
                new = re.sub(rf"(?<=[\[\s]){re.escape(source.text)}(?=[\],}}])", f"<{name}>", new)
        if new != text and "\n" not in text:
            yield re.sub(r"<(\w+)>", r"\1", new)


def counts_up(before: Item, after: Item, items: Iterable[Item]) -> bool:
    """Whether the names of two entries count up, as all of that series in their list do."""
    stem = _stem(before.name or "")
    if before.name is None or _stem(after.name or "") != stem:
        return False
    numbers = [_number(one.name) for one in items if one.name is not None and _stem(one.name) == stem]
    return None not in numbers and numbers == sorted(number for number in numbers if number is not None)
