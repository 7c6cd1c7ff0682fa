"""Which field a bare number is meant for: one reading, or a question."""

from __future__ import annotations

from typing import NamedTuple

from cnn_shapes.layers import KINDS
from cnn_shapes.prompt.language.grammar import Misread
from cnn_shapes.prompt.language.values import yaml_value

_LARGE_KERNEL = 11  # AlexNet's, the largest in common networks


class Numbers(NamedTuple):
    """Numbers as they were typed, `5x5x32`; `field` where the writing says what they are (`32@5`)."""

    text: str
    sizes: list[int] | None
    field: str = ""


def place_numbers(kind: str, numbers: list[Numbers], fields: dict[str, str], rank: int, typed: str) -> None:
    """Put bare numbers into their fields. Raises Misread, with both readings where there are two."""
    if not numbers:
        return
    shorthand = KINDS[kind].shorthand
    if shorthand is None:
        raise Misread(f"{kind} takes no number, found {numbers[0].text}")
    if shorthand == "filters":
        _convolution(kind, numbers, fields, rank, typed)
    elif shorthand == "kernel_size":
        _pool(kind, numbers, fields, rank)
    elif shorthand in ("shape", "order", "from", "into"):
        _list(shorthand, numbers, fields)
    else:
        _single(kind, shorthand, numbers, fields, rank)


def _convolution(kind: str, numbers: list[Numbers], fields: dict[str, str], rank: int, typed: str) -> None:
    """`conv 32 5`, `conv 5x5x32`, `conv 5x5 32`, `conv 32@5`."""
    filters = next((one for one in numbers if one.field == "filters"), None)
    kernel = next((one for one in numbers if one.field == "kernel_size"), None)
    rest = [one for one in numbers if not one.field]
    whole = next((one for one in rest if one.sizes is not None and len(one.sizes) == rank + 1 > 1), None)
    if whole is not None and whole.sizes and filters is None and kernel is None:
        if len(rest) > 1:
            raise Misread(_too_many(kind, rest[1], f"{kind} {whole.text}"))
        _whole_kernel(kind, whole.text, whole.sizes, fields, rank)
        return
    for one in rest:
        several = one.sizes is None or len(one.sizes) > 1
        if several and kernel is None and "kernel_size" not in fields:
            kernel = one
        elif not several and filters is None and "filters" not in fields:
            filters = one
        elif kernel is None and "kernel_size" not in fields:
            kernel = one
        else:
            number = one.text
            raise _one_of_two(number, typed[: typed.rfind(number)].strip(" ,"), fields)
    if filters is not None and kernel is not None and not (filters.field or kernel.field):
        _notice_swap(kind, filters, kernel)
    if filters is not None:
        _put(fields, "filters", filters.text)
    if kernel is not None:
        _put(fields, "kernel_size", kernel.text)


def _whole_kernel(kind: str, text: str, sizes: list[int], fields: dict[str, str], rank: int) -> None:
    *kernel, filters = sizes
    first, *others = sizes
    if len(set(others)) == 1 and rank > 1 and first > others[0] > 1:
        last_reading = "x".join(map(str, [*others, first]))
        raise Misread(
            f"{text} may be a kernel with filters behind it or before it: write {kind} {last_reading} for "
            f"{first} filters, or f={filters} k={'x'.join(map(str, kernel))}"
        )
    _put(fields, "filters", str(filters))
    _put(fields, "kernel_size", "x".join(map(str, kernel)))


def _notice_swap(kind: str, filters: Numbers, kernel: Numbers) -> None:
    if filters.sizes is None or kernel.sizes is None or len(kernel.sizes) > 1:
        return
    few, size = filters.sizes[0], kernel.sizes[0]
    if size > few and (size > _LARGE_KERNEL or (size % 2 == 0 and size > 4)):
        raise Misread(
            f"{kind} {few} {size} would be {few} filters of {size}x{size}, and filters come first: write "
            f"{kind} {size} {few} for {size} filters of {few}x{few}, or f={few} k={size} if it is meant"
        )


def _pool(kind: str, numbers: list[Numbers], fields: dict[str, str], rank: int) -> None:
    """`pool 2`, `pool 3x2`; `pool 2 2` is the same in both of its readings."""
    first, *rest = numbers
    _put(fields, "kernel_size", first.text)
    if not rest:
        return
    second = rest[0]
    if len(rest) > 1 or second.text != first.text:
        if len(rest) == 1 and rank > 1 and kind != "depthwise_conv":
            raise Misread(
                f"{second.text} may be the stride or the second side of the pool: write {kind} {first.text} "
                f"s{second.text} or {kind} {first.text}x{second.text}"
            )
        raise _one_of_two(second.text, f"{kind} {first.text}", fields)
    if kind == "depthwise_conv":
        raise Misread(_too_many(kind, second, f"{kind} {first.text}"))


def _one_of_two(number: str, before: str, fields: dict[str, str]) -> Misread:
    """The question what a number is, as far as its answers are not given yet."""
    open_ = [name for name in ("stride", "padding") if name not in fields]
    if not open_:
        return Misread(f"{number} is one number too many: keep what is named")
    meant = " or ".join(f"the {name}" for name in open_)
    written = " or ".join(f"{before} {name[0]}{number}" for name in open_)
    return Misread(f"{number} may be {meant}: write {written}")


def _list(shorthand: str, numbers: list[Numbers], fields: dict[str, str]) -> None:
    """`reshape 7 7 64`, `reshape 7x7x64`, `permute 2 0 1`, `concat a b`."""
    parts: list[str] = []
    for one in numbers:
        parts += map(str, one.sizes) if one.sizes is not None else [one.text]
    if len(parts) == 1:
        text = yaml_value(parts[0], False)
        single = shorthand == "from" or text[0] in "[{"
        _put(fields, shorthand, text if single else f"[{text}]")
    else:
        _put(fields, shorthand, "[" + ", ".join(yaml_value(part, False) for part in parts) + "]")


def _single(kind: str, shorthand: str, numbers: list[Numbers], fields: dict[str, str], rank: int) -> None:
    first, *rest = numbers
    if rest and kind == "dense" and len(rest) == 1:
        raise Misread(
            f"dense takes one number, its units: the input's features follow from the layer before. write "
            f"dense {rest[0].text}, or dense {rest[0].text} in_features={first.text} to have them checked"
        )
    if rest and len(numbers) == rank and shorthand in ("output_size", "amount", "scale"):
        _put(fields, shorthand, "x".join(one.text for one in numbers))
        return
    if rest:
        raise Misread(_too_many(kind, rest[0], f"{kind} {first.text}"))
    _put(fields, shorthand, first.text)


def _put(fields: dict[str, str], name: str, text: str) -> None:
    if name in fields:
        raise Misread(f"{name} is given twice: keep one")
    collapses = name not in ("shape", "order", "from", "into")
    fields[name] = text if text[:1] in "[{" and not collapses else yaml_value(text, collapses)


def _too_many(kind: str, extra: Numbers, before: str) -> str:
    return f"{kind} takes no further number behind {before}: {extra.text} needs its name, as in s{extra.text}"
