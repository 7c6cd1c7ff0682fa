"""Reads one layer of the short form."""

from __future__ import annotations

import re
from typing import NamedTuple

from cnn_shapes.diagnostics import CHANNELS_FIRST, CHANNELS_LAST
from cnn_shapes.layers import KINDS
from cnn_shapes.layers.base import Weighted
from cnn_shapes.layers.fields import ACTIVATIONS, LARGEST, NORMS, Flag
from cnn_shapes.layers.fields import Word as WordField
from cnn_shapes.layers.list_fields import AxisSizes, Ends, Padding, PerAxis, Scale
from cnn_shapes.prompt.language.grammar import Misread, Word, words
from cnn_shapes.prompt.language.numbers import Numbers, place_numbers
from cnn_shapes.prompt.language.typed import Typed
from cnn_shapes.prompt.language.values import sizes_of, yaml_value
from cnn_shapes.prompt.language.vocabulary import (
    COMMON,
    begins_word,
    class_name,
    glued,
    key_of,
    kind_of,
    unknown,
)
from cnn_shapes.prompt.terminal.keyboard import has_hangul, keys_of

_SAME_ON_ALL_AXES = (PerAxis, Ends, Padding, Scale, AxisSizes)
_VECTORS = ("flatten", "dense", "global_avgpool", "global_maxpool")
_PRODUCT = re.compile(r"\d+(?:\*\d+)+")
_NAMES = ("name", "from", "into")


class Context(NamedTuple):
    """What the session knows where a layer is typed: spatial axes, layout, the blocks of the file."""

    rank: int = 2
    layout: str = CHANNELS_LAST
    blocks: tuple[str, ...] = ()


def read_layer(text: str, context: Context) -> Typed:
    """The layer that a statement of the short form means. Raises Misread."""
    found = words(text)
    if not found:
        raise Misread("a layer is missing, as in conv 32 5", incomplete=True)
    first = found[0].text
    if first in context.blocks:
        return _call(first, found[1:])
    kind, rank = kind_of(first) or (None, None)
    if kind is None and "=" not in first:
        kind = _split_first(found)
    if kind is None:
        raise unknown(first, context.blocks)
    fields: dict[str, str] = {}
    numbers: list[Numbers] = []
    rest = found[1:]
    arrow = next((place for place, word in enumerate(rest) if word.text == "->"), None)
    if arrow is not None:
        fields["expect"] = _expected(kind, rest[arrow + 1 :], context)
        rest = rest[:arrow]
    place = 0
    while place < len(rest):
        place += _read_word(kind, rest, place, fields, numbers)
    place_numbers(kind, numbers, fields, context.rank, text)
    expect = fields.pop("expect", None)
    if expect is not None:
        fields["expect"] = expect
    if KINDS[kind].shorthand == "from":
        _sources(kind, fields)
    # a class name with another rank stays as it is: the check then says what is wrong with it
    name = class_name(first) if rank is not None and rank != context.rank else kind
    return Typed(name, tuple(fields.items()))


def _split_first(found: list[Word]) -> str | None:
    """`conv5x5x32`, `pool2`: a kind that its number is glued to; the number becomes a word of its own."""
    first = found[0]
    letters = keys_of(first.text).rstrip("0123456789xX×@")
    named = kind_of(letters) if letters and letters != first.text else None
    if named is None or len(keys_of(first.text)) == len(letters) or begins_word(first.text):
        return None  # conv2 may yet become conv2d
    number = keys_of(first.text)[len(letters) :]
    found.insert(1, Word(number, first.end - len(number)))
    return named[0]


def _read_word(
    kind: str, rest: list[Word], place: int, fields: dict[str, str], numbers: list[Numbers]
) -> int:
    """Read the word at `place` into `fields` or `numbers`; returns how many words it took."""
    text = rest[place].text
    layer = KINDS[kind]
    key, equals, value = text.partition("=")
    if equals and key and not key[0].isdigit() and key[0] not in "([\"'":
        name = key_of(kind, key)
        _give(kind, fields, name, value, key)
        return 1
    if "@" in text:
        numbers += _filters_at(kind, text)
        return 1
    plain = keys_of(text)
    if _PRODUCT.fullmatch(text):  # 5*5*32 is meant as 5x5x32
        text = text.replace("*", "x")
    if sizes_of(text) is not None or text[0] in "([" or _is_decimal(text):
        numbers.append(Numbers(text, sizes_of(text)))
        return 1
    if layer.shorthand in ("from", "into"):
        numbers.append(Numbers(text, None))
        return 1
    if plain.isdigit():
        raise Misread(f"a number is at most {LARGEST:,}, found {text}")
    word = _word_field(kind, plain)
    if word is not None:
        _give(kind, fields, *word, text)
        return 1
    pair = glued(kind, text)
    if pair is not None:
        _give(kind, fields, *pair, text)
        return 1
    name = key_of(kind, text.rstrip(":"))
    field = layer.fields.get(name)
    if isinstance(field, Flag) and (place + 1 == len(rest) or rest[place + 1].text not in ("true", "false")):
        _give(kind, fields, name, "true", text)
        return 1
    if place + 1 == len(rest):
        raise Misread(f"{text} needs a value, as in {name}={_example(kind, name)}", incomplete=True)
    _give(kind, fields, name, rest[place + 1].text, text)
    return 2


def _give(kind: str, fields: dict[str, str], name: str, value: str, key: str) -> None:
    if not value:
        raise Misread(f"{key} needs a value, as in {name}={_example(kind, name)}", incomplete=True)
    if name in fields:
        raise Misread(f"{name} is given twice: keep one")
    field = KINDS[kind].fields.get(name)
    if name not in _NAMES and has_hangul(value):
        value = keys_of(value)
    if field is not None and name == "rounding" and key in ("ceil_mode",):
        value = "ceil" if value in ("True", "true") else "floor"
    fields[name] = yaml_value(value, isinstance(field, _SAME_ON_ALL_AXES))


def _example(kind: str, name: str) -> str:
    field = KINDS[kind].fields.get(name)
    if name == "expect":
        return "24x24x32"
    if name in COMMON:
        return {"name": "conv_a", "from": "input", "if": "true"}[name]
    if isinstance(field, Flag):
        return "false"
    if isinstance(field, WordField):
        return field.words[0]
    return "0.5" if name == "rate" else "1" if name in ("padding", "output_padding") else "2"


def _word_field(kind: str, word: str) -> tuple[str, str] | None:
    """The field that a bare word is a value of: `relu`, `same`, `bn`, `floor`, `nobias`, `bilinear`."""
    layer = KINDS[kind]
    fields = layer.fields
    if word in ("nobias", "no_bias") and "bias" in fields:
        return "bias", "false"
    if issubclass(layer, Weighted):
        if word in ACTIVATIONS:
            return "activation", word
        norm = {"bn": "batch", "batchnorm": "batch", "layernorm": "layer", "instancenorm": "instance"}
        if word in NORMS[:-1] or word in norm:
            return "norm", norm.get(word, word)
    for name, field in fields.items():
        if word in field.words and name not in ("activation", "norm"):
            return name, word
    if kind == "upsample" and word in ("bilinear", "trilinear"):
        return "mode", word
    return None


def _filters_at(kind: str, text: str) -> list[Numbers]:
    """`32@5`: filters at a kernel."""
    filters, _, kernel = text.partition("@")
    if KINDS[kind].shorthand != "filters":
        raise Misread(f"{text} means filters@kernel, but {kind} has no filters")
    first, second = sizes_of(filters), sizes_of(kernel)
    if first is None or second is None or len(first) > 1:
        raise Misread(f"expected filters@kernel as in 32@5, found {text}", incomplete=not kernel)
    return [Numbers(filters, first, "filters"), Numbers(kernel, second, "kernel_size")]


def _is_decimal(text: str) -> bool:
    whole, point, part = text.partition(".")
    return (bool(point) and (whole + part).isdigit()) or (text[0] == "-" and text[1:].isdigit())


def _expected(kind: str, rest: list[Word], context: Context) -> str:
    """What stands behind `->`: a whole shape, or a size whose channels are left open."""
    if not rest:
        raise Misread("-> needs the sizes that you expect, as in -> 24x24x32", incomplete=True)
    sizes: list[int] = []
    for word in rest:
        part = sizes_of(word.text.strip("()[]").replace(",", "x").replace(" ", ""))
        if part is None:
            raise Misread(f"expected sizes behind ->, as in -> 24x24x32, found {word.text}", incomplete=True)
        sizes += part
    given: list[str] = list(map(str, sizes))
    if kind not in _VECTORS and kind not in ("reshape",) and len(sizes) <= context.rank:
        given = given * context.rank if len(given) == 1 else given
        if len(given) == context.rank:
            given = ["null", *given] if context.layout == CHANNELS_FIRST else [*given, "null"]
    return f"[{', '.join(given)}]"


def _sources(kind: str, fields: dict[str, str]) -> None:
    """`add a` joins `a` with what stands before it."""
    names = fields.get("from", "")
    if names and not names.startswith("["):
        fields["from"] = f"[{names}, prev]"


def _call(block: str, rest: list[Word]) -> Typed:
    """The call of a block of the file: `Bottleneck c=64 s=2`."""
    fields: dict[str, str] = {}
    for word in rest:
        key, equals, value = word.text.partition("=")
        if not equals:
            raise Misread(f"{block} is a block of this file: give its params by name, as in {block} c=64")
        if not value:
            raise Misread(f"{key} needs a value", incomplete=True)
        fields[key] = yaml_value(value, False)
    return Typed(block, tuple(fields.items()))
