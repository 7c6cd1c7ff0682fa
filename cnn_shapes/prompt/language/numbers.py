"""Which field a bare number is meant for: one reading, or a question."""

from __future__ import annotations

from typing import NamedTuple

from cnn_shapes.layers import KINDS
from cnn_shapes.layers.axes import SeveralAxes
from cnn_shapes.layers.fields import Count
from cnn_shapes.prompt.language.grammar import Misread
from cnn_shapes.prompt.language.typed_layer import is_decimal, yaml_value
from cnn_shapes.prompt.language.vocabulary import LISTS, is_per_axis
from cnn_shapes.words import say

_LARGE_KERNEL = 11  # AlexNet's, the largest in common networks


class TypedNumbers(NamedTuple):
    """Numbers as they were typed, `5x5x32`; `field` where the writing says what they are (`32@5`)."""

    text: str
    sizes: list[int] | None
    field: str = ""

    @property
    def is_single(self) -> bool:
        """Whether it is one number, be it one that no size can be: -1, 32.5."""
        return len(self.sizes) == 1 if self.sizes is not None else is_decimal(self.text)


def place_numbers(
    kind: str, numbers: list[TypedNumbers], fields: dict[str, str], rank: int, typed: str
) -> None:
    """Put bare numbers into their fields. Raises Misread, with both readings where there are two.

    `typed` is the whole statement: a question shows the part of it before the number.
    """
    if not numbers:
        return
    shorthand = KINDS[kind].shorthand
    if shorthand is None:
        raise Misread(say("{kind} takes no number, found {text}", kind=kind, text=numbers[0].text))
    if shorthand == "filters":
        _filters_and_kernel(kind, numbers, fields, rank, typed)
    elif shorthand == "kernel_size":
        _window(kind, numbers, fields, rank)
    elif shorthand in LISTS:
        _list(kind, shorthand, numbers, fields)
    else:
        _single(kind, shorthand, numbers, fields, rank)


def _filters_and_kernel(
    kind: str, numbers: list[TypedNumbers], fields: dict[str, str], rank: int, typed: str
) -> None:
    """`conv 32 5`, `conv 5x5x32`, `conv 5x5 32`, `conv 32@5`."""
    marked = {one.field: one for one in reversed(numbers) if one.field}
    rest = [one for one in numbers if not one.field]
    whole = next((one for one in rest if one.sizes is not None and len(one.sizes) == rank + 1), None)
    if whole is not None and not marked:
        if len(rest) > 1:
            raise Misread(_too_many(kind, rest[1], f"{kind} {whole.text}"))
        _kernel_with_filters(kind, whole, fields, rank)
        return
    placed = dict(marked)
    for one in rest:
        wanted = ("filters", "kernel_size") if one.is_single else ("kernel_size",)
        name = next((name for name in wanted if name not in placed and name not in fields), None)
        if name is None:
            raise _one_of_two(one.text, typed[: typed.rfind(one.text)].strip(" ,"), fields)
        placed[name] = one
    if len(placed) == 2 and not marked:
        _notice_swap(kind, placed["filters"], placed["kernel_size"])
    for name in sorted(placed):  # the filters, then the kernel
        _put(fields, name, placed[name].text)


def _kernel_with_filters(kind: str, whole: TypedNumbers, fields: dict[str, str], rank: int) -> None:
    """`5x5x32`: the kernel with the filters after it; a question where they may be before it."""
    sizes = whole.sizes or []
    kernel, filters, first, others = sizes[:-1], sizes[-1], sizes[0], sizes[1:]
    if len(set(others)) == 1 and rank > 1 and first > others[0] > 1:
        last_reading = "x".join(map(str, [*others, first]))
        raise Misread(
            say(
                "{text} may be a kernel with filters after it or before it: write {kind} "
                "{last_reading} for {first} filters, or f={filters} k={text2}",
                text=whole.text,
                kind=kind,
                last_reading=last_reading,
                first=first,
                filters=filters,
                text2="x".join(map(str, kernel)),
            )
        )
    _put(fields, "filters", str(filters))
    _put(fields, "kernel_size", "x".join(map(str, kernel)))


def _notice_swap(kind: str, filters: TypedNumbers, kernel: TypedNumbers) -> None:
    """Raise Misread where a person has most likely typed the kernel before the filters."""
    if filters.sizes is None or kernel.sizes is None or len(kernel.sizes) > 1:
        return
    few, size = filters.sizes[0], kernel.sizes[0]
    if size > few and (size > _LARGE_KERNEL or (size % 2 == 0 and size > 4)):
        raise Misread(
            say(
                "{kind} {few} {size} would be {few} filters of {size}x{size}, and filters come "
                "first: write {kind} {size} {few} for {size} filters of {few}x{few}, or "
                "f={few} k={size} if it is meant",
                kind=kind,
                few=few,
                size=size,
            )
        )


def _window(kind: str, numbers: list[TypedNumbers], fields: dict[str, str], rank: int) -> None:
    """`pool 2`, `pool 3x2`; `pool 2 2` is the same in both of its readings."""
    first, *rest = numbers
    _put(fields, "kernel_size", first.text)
    if not rest:
        return
    second = rest[0]
    if len(rest) > 1 or second.text != first.text:
        if len(rest) == 1 and rank > 1 and KINDS[kind].is_pool:
            raise Misread(
                say(
                    "{text} may be the stride or the second side of the pool: write {kind} {text2} "
                    "s{text} or {kind} {text2}x{text}",
                    text=second.text,
                    kind=kind,
                    text2=first.text,
                )
            )
        raise _one_of_two(second.text, f"{kind} {first.text}", fields)
    if not KINDS[kind].is_pool:
        raise Misread(_too_many(kind, second, f"{kind} {first.text}"))


def _one_of_two(number: str, before: str, fields: dict[str, str]) -> Misread:
    """The question what a number is, as far as its answers are not given yet."""
    open_ = [name for name in ("stride", "padding") if name not in fields]
    if not open_:
        return Misread(say("{number} is one number too many: keep what is named", number=number))
    meant = " or ".join(f"the {name}" for name in open_)
    written = " or ".join(f"{before} {name[0]}{number}" for name in open_)
    return Misread(
        say("{number} may be {meant}: write {written}", number=number, meant=meant, written=written)
    )


def given_twice(kind: str, name: str, values: list[str]) -> Misread:
    """What to say of a field that has several values: of one that holds a list these may be it."""
    if name in LISTS or isinstance(KINDS[kind].fields.get(name), SeveralAxes):
        return Misread(
            say(
                "{name} is given twice: keep one, or write a list, {name}=[{text}]",
                name=name,
                text=", ".join(values),
            )
        )
    return Misread(say("{name} is given twice: keep one", name=name))


def _list(kind: str, shorthand: str, numbers: list[TypedNumbers], fields: dict[str, str]) -> None:
    """`reshape 7 7 64`, `reshape 7x7x64`, `permute 2 0 1`, `concat a b`."""
    parts: list[str] = []
    for one in numbers:
        parts += map(str, one.sizes) if one.sizes is not None else [one.text]
    if shorthand in fields:
        raise given_twice(kind, shorthand, [fields[shorthand], *parts])
    if len(parts) == 1:
        text = yaml_value(parts[0], False)
        single = shorthand == "from" or text[0] in "[{"
        _put(fields, shorthand, text if single else f"[{text}]")
    else:
        _put(fields, shorthand, "[" + ", ".join(yaml_value(part, False) for part in parts) + "]")


def _single(
    kind: str, shorthand: str, numbers: list[TypedNumbers], fields: dict[str, str], rank: int
) -> None:
    """`dense 10`, `dropout 0.5`, `pad 1 2`, `embedding 9 4`: one number, or one each."""
    first, *rest = numbers
    required = KINDS[kind].required
    if rest and len(numbers) == len(required):
        for name, one in zip(required, numbers, strict=True):
            _put(fields, name, one.text)
        return
    if len(rest) == 1 and "in_features" in KINDS[kind].fields:
        raise Misread(
            say(
                "{kind} takes one number, its {shorthand}: the input's features follow from "
                "the layer before. write {kind} {text}, or {kind} {text} in_features={text2} "
                "to have them checked",
                kind=kind,
                shorthand=shorthand,
                text=rest[0].text,
                text2=first.text,
            )
        )
    if rest and len(numbers) == rank and is_per_axis(KINDS[kind], shorthand):
        _put(fields, shorthand, "x".join(one.text for one in numbers))
        return
    if rest:
        raise Misread(_too_many(kind, rest[0], f"{kind} {first.text}"))
    _put(fields, shorthand, first.text)


def _put(fields: dict[str, str], name: str, text: str) -> None:
    if name in fields:
        raise Misread(say("{name} is given twice: keep one", name=name))
    collapses = name not in LISTS
    fields[name] = text if text[:1] in "[{" and not collapses else yaml_value(text, collapses)


def _too_many(kind: str, extra: TypedNumbers, before: str) -> str:
    fields = KINDS[kind].fields
    text = "{kind} takes no further number after {before}: leave it out"
    example = ""
    counts = [name for name in fields if name not in before and isinstance(fields[name], Count)]
    if "stride" in fields or counts:
        text = "{kind} takes no further number after {before}: {number} needs its name, as in {example}"
        example = f"s{extra.text}" if "stride" in fields else f"{counts[0]}={extra.text}"
    return say(text, kind=kind, before=before, number=extra.text, example=example)
