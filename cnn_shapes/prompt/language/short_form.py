"""Reads one layer of the short form: `conv 32 5 s2 p1 relu -> 24`."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from cnn_shapes.diagnostics import CHANNELS_FIRST
from cnn_shapes.language.expressions.functions import INCOMING
from cnn_shapes.layers import ALIASES, KINDS, VARIANTS
from cnn_shapes.layers.base import Layer
from cnn_shapes.layers.fields import LARGEST, Flag, Rate
from cnn_shapes.layers.fields import Word as WordField
from cnn_shapes.prompt.language.grammar import Misread, TypedWord, words
from cnn_shapes.prompt.language.keyboard import has_hangul, keys_of
from cnn_shapes.prompt.language.numbers import TypedNumbers, given_twice, place_numbers
from cnn_shapes.prompt.language.typed_layer import (
    TypedLayer,
    check_limited,
    is_decimal,
    share_of,
    sizes_of,
    yaml_value,
)
from cnn_shapes.prompt.language.vocabulary import (
    BARE_WORDS,
    COMMON,
    LineContext,
    begins_word,
    check_rank,
    class_name,
    glued,
    is_key,
    is_per_axis,
    key_of,
    kind_in_words,
    kind_of,
    unknown,
)
from cnn_shapes.words import say

_PRODUCT = re.compile(r"\d+(?:\*\d+)+")
_INCOMING = re.compile(rf"(?:{'|'.join(INCOMING)})\b")
_OPERATOR = re.compile(r"[-+*/%]+")
_NAMES = ("name", "from", "into", "share", "like")
# what a message shows as the value of a field; a flag shows false, a word its first one, any other field 2
_EXAMPLES = {
    "expect": "24x24x32",
    "name": "conv_a",
    "from": "input",
    "share": "conv_a",
    "if": "true",
    "rate": "0.5",
    "padding": "1",
    "output_padding": "1",
}


def read_short_form(text: str, context: LineContext) -> TypedLayer:
    """The layer that a statement of the short form means. Raises Misread."""
    found = words(text)
    if not found:
        raise Misread(say("a layer is missing, as in conv 32 5"), incomplete=True)
    if found[0].text in context.blocks:
        return _block_call(found[0].text, found[1:])
    first, *rest = _kind_in_words(found)
    kind, rank = kind_of(first.text) or (None, None)
    if kind is None and "=" not in first.text:
        kind, rest = _number_apart(first, rest, context)
    if kind is None:
        raise unknown(first.text, context)
    check_rank(class_name(first.text), kind, rank, context)
    variant = VARIANTS.get(class_name(first.text)) if keys_of(first.text) not in KINDS else None
    if variant is not None:
        return _variant(class_name(first.text), kind, variant, rest)
    whose = class_name(first.text) if _differs(first.text, kind) else ""
    layer = _LayerReader(kind, context.names, whose)
    fields = layer.fields
    arrow = next((place for place, word in enumerate(rest) if word.text == "->"), len(rest))
    if arrow < len(rest):
        fields["expect"] = _expected(kind, rest[arrow + 1 :], context)
    layer.read(rest[:arrow])
    layer.take_parts()
    if whose and (layer.numbers or not layer.says_whose()):
        raise _whose(whose, layer.numbers)
    place_numbers(kind, layer.numbers, fields, context.rank, text)
    if "expect" in fields:  # goes last
        fields["expect"] = fields.pop("expect")
    if KINDS[kind].shorthand == "from" and fields.get("from", "[")[0] != "[":
        fields["from"] = f"[{fields['from']}, prev]"  # `add a` joins `a` with what is before it
    # a class name with another rank stays as it is: the check then says what is wrong with it
    name = whose or (class_name(first.text) if rank is not None and rank != context.rank else kind)
    return TypedLayer(name, tuple((layer.keys.get(its, its), value) for its, value in fields.items()))


def _kind_in_words(found: Sequence[TypedWord]) -> Sequence[TypedWord]:
    """`max pool 2`, `global average pooling`: a kind that is written in several words becomes one."""
    for count in (3, 2):
        texts = [word.text for word in found[:count]]
        if len(texts) < count or not all(text.isalpha() for text in texts) or _is_own(*texts[:2]):
            continue
        kind = kind_in_words(texts)
        if kind is not None:
            return [TypedWord(kind, found[0].start), *found[count:]]
    return found


def _is_own(first: str, word: str) -> bool:
    """Whether a word after a kind is already a key or a value of it."""
    named = kind_of(first)
    if named is None:
        return False
    fields = KINDS[named[0]].fields
    return is_key(named[0], word) or any(word in field.words for field in fields.values())


def _differs(word: str, kind: str) -> bool:
    """Whether a word is a class whose fields are not those of the kind: it stays as it is, as in a file."""
    return bool(KINDS[kind].meanings) and (word in ALIASES or keys_of(word).lower() != kind)


def _whose(name: str, numbers: list[TypedNumbers]) -> Misread:
    """What to say of a class whose framework no word says, although the layers of frameworks differ."""
    layer = KINDS[ALIASES[name][0]]
    owners = [names.framework for names in layer.class_names if name in names.names]
    value = numbers[0].text if numbers else "64"
    forms = " or ".join(f"{name} {layer.meanings[owner][0]}={value}" for owner in owners)
    said = (
        say("is a class of PyTorch and of Keras, and they differ")
        if len(owners) > 1
        else say("needs its units")
    )
    if numbers and len(owners) == 1:
        said = say("takes no number alone")
    return Misread(
        say("{name} {said}: write {forms}", name=name, said=said, forms=forms), incomplete=not numbers
    )


def _variant(name: str, kind: str, layer: type[Layer], rest: list[TypedWord]) -> TypedLayer:
    """A class that takes other arguments than its kind: these are typed by name. Raises Misread."""
    known = {*COMMON, *layer.fields, *(alias for field in layer.fields.values() for alias in field.aliases)}
    pairs = [word.text.partition("=") for word in rest]
    if pairs and all(key in known and value for key, _, value in pairs):
        return TypedLayer(name, tuple((key, yaml_value(value, False)) for key, _, value in pairs))
    if rest:
        example = layer.example.strip().removeprefix("- ")
        raise Misread(
            say(
                "{name} takes other arguments than {kind}, and has no short form: type {kind}, "
                "or all of it as in {example}",
                name=name,
                kind=kind,
                example=example,
            )
        )
    return TypedLayer(name)


def _number_apart(
    first: TypedWord, rest: list[TypedWord], context: LineContext
) -> tuple[str | None, list[TypedWord]]:
    """`conv5x5x32`, `pool2`: a kind that its number is glued to; the number becomes a word of its own."""
    keys = keys_of(first.text)
    letters = keys.rstrip("0123456789xX×@")
    named = kind_of(letters) if letters and letters != first.text else None
    if named is None or len(keys) == len(letters) or begins_word(first.text, context.commands):
        return None, rest  # conv2 may yet become conv2d
    number = keys[len(letters) :]
    return named[0], [TypedWord(number, first.end - len(number)), *rest]


class _LayerReader:
    """A layer while it is read: the fields that are given so far, and the bare numbers, to be placed last."""

    def __init__(self, kind: str, names: Collection[str], whose: str = "") -> None:
        self.kind, self.names, self.whose = kind, names, whose
        self.layer = KINDS[kind]
        self.fields: dict[str, str] = {}
        self.keys: dict[str, str] = {}  # the words under which fields are written, where that says more
        self.numbers: list[TypedNumbers] = []
        self.parts: dict[str, str] = {}  # of a split, each with its size

    def read(self, found: list[TypedWord]) -> None:
        """Read the words after the kind. Raises Misread."""
        texts = [word.text for word in found]
        while texts:
            for reading in self._READINGS:
                taken = reading(self, texts)  # how many words: none where it does not apply
                if taken:
                    del texts[:taken]
                    break

    def _key_with_value(self, texts: list[str]) -> int:
        key, equals, value = texts[0].partition("=")
        if not equals or not key or key[0].isdigit() or key[0] in "([\"'":
            return 0
        if self._is_limited(key):
            check_limited(self.kind, key, value, self.layer.limited[key])
        elif self._names_parts and not is_key(self.kind, key) and value:
            self.parts[key] = value
        else:
            self._give(key_of(self.kind, key), value, key)
        return 1

    def _filters_at_kernel(self, texts: list[str]) -> int:
        """`32@5`."""
        text = texts[0]
        if "@" not in text:
            return 0
        if self.layer.shorthand != "filters":
            raise Misread(
                say("{text} means filters@kernel, but {kind} has no filters", text=text, kind=self.kind)
            )
        filters, _, kernel = text.partition("@")
        first, second = sizes_of(filters), sizes_of(kernel)
        if first is None or second is None or len(first) > 1:
            raise Misread(
                say("expected filters@kernel as in 32@5, found {text}", text=text), incomplete=not kernel
            )
        self.numbers.append(TypedNumbers(filters, first, "filters"))
        self.numbers.append(TypedNumbers(kernel, second, "kernel_size"))
        return 1

    def _number(self, texts: list[str]) -> int:
        """`5`, `5x5`, `5*5*32`, `(5, 5)`, `0.5`; where a kind takes names for numbers, any word."""
        text = texts[0]
        if _PRODUCT.fullmatch(text):
            text = text.replace("*", "x")
        sizes = sizes_of(text)
        is_number = sizes is not None or text[0] in "([" or is_decimal(text)
        takes_words = self.layer.shorthand in ("from", "into")
        if not is_number and (not takes_words or (len(texts) > 1 and is_key(self.kind, text))):
            return 0
        self.numbers.append(TypedNumbers(text, sizes))
        return 1

    def _percentage(self, texts: list[str]) -> int:
        """`50%`, `50 %`, where a kind takes a share."""
        text, sign = texts[0], texts[1:2] == ["%"]
        share = share_of(f"{text}%" if sign else text)
        if share is None or not isinstance(self.layer.fields.get(self.layer.shorthand or ""), Rate):
            return 0
        self.numbers.append(TypedNumbers(share, None))
        return 1 + sign

    def _number_too_large(self, texts: list[str]) -> int:
        if keys_of(texts[0]).isdigit():
            raise Misread(
                say("a number is at most {largest:,}, found {text}", largest=LARGEST, text=texts[0])
            )
        return 0

    def _bare_word(self, texts: list[str]) -> int:
        """`relu`, `same`, `bn`, `floor`, `nobias`, `bilinear`: a value that says its field."""
        word = keys_of(texts[0])
        fields = self.layer.fields
        meant = next((name for name, field in fields.items() if word in field.words and word != "none"), "")
        name, value = (meant, word) if meant else BARE_WORDS.get(word, ("", ""))
        if name not in fields:
            return 0
        self._give(name, value, texts[0])
        return 1

    def _key_glued_to_number(self, texts: list[str]) -> int:
        """`s2`, `kernel5`."""
        pair = glued(self.kind, texts[0])
        if pair is None:
            return 0
        self._give(*pair, texts[0])
        return 1

    def _name_of_another(self, texts: list[str]) -> int:
        """`max_unpool p`, `upsample a`: of a kind that takes sizes from another layer, the name of that."""
        reference, text = self.layer.reference, texts[0]
        if not reference or reference in self.fields or (is_key(self.kind, text) and len(texts) > 1):
            return 0
        if text not in self.names and self.layer.shorthand != reference:
            return 0
        self._give(reference, text, text)
        return 1

    def _key_before_value(self, texts: list[str]) -> int:
        """`k 5`, `stride 2`; a flag needs no value."""
        text, *after = texts
        if self._is_limited(text) and after:
            check_limited(self.kind, text, after[0], self.layer.limited[text])
            return 2
        self._notice_expression(texts)
        name = key_of(self.kind, text.rstrip(":"))
        if isinstance(self.layer.fields.get(name), Flag) and after[:1] not in (["true"], ["false"]):
            self._give(name, "true", text)
            return 1
        self._give(name, after[0] if after else "", text)
        return 2

    @property
    def _names_parts(self) -> bool:
        field = self.layer.fields.get(self.layer.shorthand or "")
        return field is not None and field.names_tensors

    def _is_limited(self, key: str) -> bool:
        return key in self.layer.limited and not is_key(self.kind, key)

    def _notice_expression(self, texts: list[str]) -> None:
        """Raise Misread for an expression without the name of its field: `conv c_in // 2`, `conv 8 2**2`."""
        text = texts[0]
        if not text[0].isdigit() and not _INCOMING.match(text):
            return
        count = 1
        while count + 1 < len(texts) and _OPERATOR.fullmatch(texts[count]):
            count += 2
        order = [self.layer.shorthand, *(name for name in ("kernel_size",) if name in self.layer.fields)]
        open_ = [name for name in order if name and name not in self.fields][len(self.numbers) :]
        name, expression = next(iter(open_), "kernel_size"), "".join(texts[:count])
        raise Misread(
            say("{expression} needs its name, as in {name}={expression}", expression=expression, name=name)
        )

    def take_parts(self) -> None:
        """Put the parts that were typed with their sizes, `a=4 b=-1`, into their field. Raises Misread."""
        if not self.parts:
            return
        if self.numbers:
            sizes = " ".join(f"{name}={size}" for name, size in self.parts.items())
            first = self.numbers[0].text
            raise Misread(
                say(
                    "{first} has no size beside {sizes}: write {first}=-1 for the rest, or a number",
                    first=first,
                    sizes=sizes,
                )
            )
        sizes = ", ".join(f"{name}: {yaml_value(size, False)}" for name, size in self.parts.items())
        self._give(self.layer.shorthand or "", f"{{{sizes}}}", "into")

    _READINGS = (
        _key_with_value,
        _filters_at_kernel,
        _percentage,
        _number,
        _number_too_large,
        _bare_word,
        _key_glued_to_number,
        _name_of_another,
        _key_before_value,
    )

    def _give(self, name: str, value: str, key: str) -> None:
        if not value:
            raise Misread(
                say("{key} needs a value, as in {name}={text}", key=key, name=name, text=self._example(name)),
                incomplete=True,
            )
        if name in self.fields:
            raise given_twice(self.kind, name, [self.fields[name], value])
        if name not in _NAMES and has_hangul(value):
            value = keys_of(value)
        field = self.layer.fields.get(name)
        if field is not None and key in field.aliases:
            said = key in field.other_values or any(key == word for word, _ in self.layer.meanings.values())
            if said or self.whose:
                self.keys[name] = key
            elif value in ("True", "true", "False", "false"):
                value = str(field.translate(key, value in ("True", "true")))
        if isinstance(field, Rate):
            value = share_of(value) or value
        self.fields[name] = yaml_value(value, is_per_axis(self.layer, name))

    def says_whose(self) -> bool:
        """Whether a word that only one framework has says whose the class is."""
        words = {self.keys.get(name, name) for name in self.fields}
        return any(word in words for word, _ in self.layer.meanings.values())

    def _example(self, name: str) -> str:
        field = self.layer.fields.get(name)
        if isinstance(field, WordField):
            return field.words[0]
        return "false" if isinstance(field, Flag) else _EXAMPLES.get(name, "2")


def _expected(kind: str, rest: list[TypedWord], context: LineContext) -> str:
    """What is after `->`: a whole shape, or sizes whose channels are left open."""
    if not rest:
        raise Misread(say("-> needs the sizes that you expect, as in -> 24x24x32"), incomplete=True)
    sizes: list[int] = []
    for word in rest:
        part = sizes_of(word.text.strip("()[]").replace(",", "x").replace(" ", ""))
        if part is None:
            raise Misread(
                say("expected sizes after ->, as in -> 24x24x32, found {text}", text=word.text),
                incomplete=True,
            )
        sizes += part
    given: list[str] = list(map(str, sizes))
    if KINDS[kind].keeps_axes and len(sizes) <= context.rank:
        given = given * context.rank if len(given) == 1 else given
        if len(given) == context.rank:
            given = ["null", *given] if context.layout == CHANNELS_FIRST else [*given, "null"]
    return f"[{', '.join(given)}]"


def _block_call(block: str, rest: Sequence[TypedWord]) -> TypedLayer:
    """The call of a block of the file: `Bottleneck c=64 s=2`."""
    fields: dict[str, str] = {}
    for word in rest:
        key, equals, value = word.text.partition("=")
        if not equals:
            raise Misread(
                say(
                    "{block} is a block of this file: give its params by name, as in {block} c=64",
                    block=block,
                )
            )
        if not value:
            raise Misread(say("{key} needs a value", key=key), incomplete=True)
        fields[key] = yaml_value(value, False)
    return TypedLayer(block, tuple(fields.items()))
