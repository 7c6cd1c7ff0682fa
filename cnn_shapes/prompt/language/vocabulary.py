"""The words of the short form: kinds and commands under all their names, keys and their letters, values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from cnn_shapes.diagnostics import CHANNELS_LAST, closest
from cnn_shapes.formats.parts.terminal_text import plural
from cnn_shapes.layers import ALIASES, FROM_INPUT, KINDS, NO_SHAPE, NORM_KINDS, VARIANTS
from cnn_shapes.layers.base import Layer
from cnn_shapes.layers.class_answers import answer
from cnn_shapes.layers.fields import ACTIVATIONS, NORMS, Field
from cnn_shapes.layers.framework_classes import misspelt
from cnn_shapes.layers.list_fields import AxisSizes, Ends, Padding, PerAxis, Scale
from cnn_shapes.layers.structure import STRUCTURES
from cnn_shapes.layers.synonyms import synonym
from cnn_shapes.prompt.language.grammar import Misread
from cnn_shapes.prompt.language.keyboard import keys_of
from cnn_shapes.shapes import Shape
from cnn_shapes.words import say

# the synonyms that may be typed for a kind, beside its name and its class names
SYNONYMS = {
    word: synonym(word) or ""
    for word in (
        *("bn", "ln", "gn", "gap", "gmp", "avg", "max", "dwconv", "sepconv", "deconv", "drop", "up"),
        "convolution",
    )
}
# what goes with every layer
COMMON = {
    "name": "a name, for from",
    "from": "the layer whose output goes in",
    "expect": "the sizes that must come out",
    "share": "an earlier layer, whose weights it has",
    "if": "a condition",
}
LETTERS = {
    "k": "kernel_size",
    "s": "stride",
    "p": "padding",
    "d": "dilation",
    "g": "groups",
    "f": "filters",
    "u": "units",
    "r": "rate",
    "op": "output_padding",
    "m": "multiplier",
}
# the fields whose values are layers of their own, and are written alone: `conv 32 5 relu`
FOLLOWERS = {"activation": ACTIVATIONS, "norm": NORMS[:-1]}
# the bare words that mean a field's value without being one
BARE_WORDS = {
    "nobias": ("bias", "false"),
    "no_bias": ("bias", "false"),
    "bn": ("norm", "batch"),
    **{kind: ("norm", norm) for norm, kind in NORM_KINDS.items()},
    "bilinear": ("mode", "bilinear"),
    "trilinear": ("mode", "trilinear"),
}
# the fields that hold one list, however many numbers are typed
LISTS = ("shape", "order", "from", "into", "output")
_LOWER = {name.lower(): name for name in ALIASES}
_GLUED = re.compile(r"([A-Za-z_]+)(-?\d+(?:[xX×]\d+)*)")
_CROSSED = re.compile(r"\d+(?:[xX×]\d+)+")
_SIZES_BEGUN = re.compile(r"\d+(?:[xX×]\d*)*")  # of what goes in
_NUMBER_FIRST = re.compile(r"[\d×@.(\[].*")
_PER_AXIS = (PerAxis, Ends, Padding, Scale, AxisSizes)


class CommandWords(Protocol):
    """What the language knows of a command: how it is called and typed, not what it does."""

    @property
    def name(self) -> str: ...

    @property
    def other_names(self) -> tuple[str, ...]: ...

    @property
    def arguments(self) -> str:
        """Their shape: `N [LAYER]`, `exact|floor`; in brackets what may be left out."""

    @property
    def summary(self) -> str: ...

    @property
    def is_whole(self) -> bool:
        """Whether it must be typed in full: where a slip of the finger would undo much."""


def _no_layers(beginning: str) -> Iterable[tuple[int, str]]:
    return ()


def _no_shape() -> Shape | None:
    return None


class LineContext(NamedTuple):
    """What a line is read with: the spatial axes and layout of the network, the blocks of the file, commands.

    `numbered` gives the layers whose number begins like this, each with its text, `names` are those that the
    layers have. Where it `has_layers`, sizes alone are no longer what goes in. `shape_before` gives what goes
    into the layer that is read, where that is known.
    """

    rank: int = 2
    layout: str = CHANNELS_LAST
    blocks: tuple[str, ...] = ()
    commands: Mapping[str, CommandWords] = {}
    numbered: Callable[[str], Iterable[tuple[int, str]]] = _no_layers
    names: frozenset[str] = frozenset()
    has_layers: bool = False
    shape_before: Callable[[], Shape | None] = _no_shape


def kind_of(word: str) -> tuple[str, int | None] | None:
    """The kind that a word names and the spatial rank in the name; None where it names none."""
    if word in KINDS:
        return word, None
    if word in ALIASES:
        return ALIASES[word]
    lower = keys_of(word).lower()
    if lower in SYNONYMS:
        return SYNONYMS[lower], None
    return (lower, None) if lower in KINDS else ALIASES.get(_LOWER.get(lower, ""))


def kind_in_words(texts: Sequence[str]) -> str | None:
    """The kind that several words together name, as `max pool`; None where they name none."""
    named = kind_of("".join(texts)) or kind_of("_".join(texts))
    if named is not None:
        return named[0]
    meant = synonym("".join(texts))
    return meant if meant in KINDS else None


def check_rank(name: str, kind: str, rank: int | None, context: LineContext) -> None:
    """Raise Misread for a norm of feature maps, as BatchNorm2d, after a vector.

    The language's own norms take both, so that the check of a text has nothing to say of it.
    """
    if rank is None or rank < 2 or not KINDS[kind].is_norm:
        return
    shape = context.shape_before()
    if shape is None or shape.rank:
        return
    flat = name.replace(f"{rank}d", "1d").replace(f"{rank}D", "1D")
    features = plural(shape.channels, "feature")
    raise Misread(
        say(
            "{name} needs a feature map with {rank} spatial axes, found a vector of "
            "{features}: write {flat}, or put it before flatten",
            name=name,
            rank=rank,
            features=features,
            flat=flat,
        )
    )


def class_name(word: str) -> str:
    """A class name as it is spelled, for one typed in any case."""
    return word if word in ALIASES else _LOWER.get(keys_of(word).lower(), word)


def kind_summary(kind: str) -> str:
    """What a kind of layer does, in one line."""
    return " ".join((KINDS[kind].__doc__ or "").strip().partition("\n")[0].split())


def is_per_axis(layer: type[Layer], name: str) -> bool:
    """Whether a field has a value for each axis, so that one number says it for all."""
    return isinstance(layer.fields.get(name), _PER_AXIS)


def command_of(word: str, commands: Mapping[str, CommandWords]) -> str | None:
    """The command that a word names or begins. Raises Misread where it begins several."""
    lower = keys_of(word).lower()
    for name, command in commands.items():
        if lower == name or lower in command.other_names:
            return name
    found = [name for name, one in commands.items() if lower and name.startswith(lower) and not one.is_whole]
    if len(found) > 1:
        raise Misread(
            say("{word} may be {text}: type one letter more", word=word, text=" or ".join(found)),
            incomplete=True,
        )
    return found[0] if found else None


def begins_word(word: str, others: Iterable[str]) -> bool:
    """Whether a kind or one of other names begins like this: then more typing may make one of it."""
    lower = keys_of(word).lower()
    return any(name.lower().startswith(lower) for name in (*KINDS, *ALIASES, *SYNONYMS, *others))


def names_beginning(word: str, context: LineContext) -> list[str]:
    """The kinds and commands that begin like this, for a person to choose from."""
    lower = keys_of(word).lower()
    kinds = [kind for kind in KINDS if kind.startswith(lower)]
    kinds += [kind for short, kind in SYNONYMS.items() if short.startswith(lower) and kind not in kinds]
    # a variant has no short form to go on with
    typed = ((low, name) for low, name in _LOWER.items() if name not in VARIANTS)
    aliased = [ALIASES[name][0] for low, name in typed if low.startswith(lower)]
    commands = [
        name
        for name, command in context.commands.items()
        if name.startswith(lower) and (len(lower) > 1 or not command.is_whole)
    ]
    return list(dict.fromkeys([*kinds, *commands, *aliased]))


def unknown(word: str, context: LineContext) -> Misread:
    """What to say of a first word that is neither a layer nor a command."""
    if said := answer(word):
        return Misread(said)
    if word in STRUCTURES:
        return structure(word)
    if context.has_layers and _CROSSED.fullmatch(word):
        return Misread(
            say(
                "{word} alone is not a layer: write conv {word}, or input {word} to change what goes in",
                word=word,
            )
        )
    if _NUMBER_FIRST.fullmatch(word):
        return Misread(
            say(
                "a line begins with a layer or a command, found {word}: as in conv 32 5, pool 2, help",
                word=word,
            ),
            incomplete=not context.has_layers and _SIZES_BEGUN.fullmatch(word) is not None,
        )
    others = (*context.commands, *context.blocks)
    near = synonym(word) or misspelt(keys_of(word), [*KINDS, *ALIASES, *SYNONYMS, *STRUCTURES, *others])
    advice = say("did you mean {near}?", near=near) if near else say("help lists the layers and the commands")
    return Misread(
        say("there is no layer or command {word}: {advice}", word=word, advice=advice),
        incomplete=begins_word(word, others),
    )


def structure(word: str) -> Misread:
    """What to say of a structure that was typed like a layer."""
    return Misread(
        say(
            "{word} holds layers of its own: write it as in a spec, {form}",
            word=word,
            form=STRUCTURES[word].form,
        )
    )


def key_of(kind: str, word: str) -> str:
    """The field of a kind that a key means: by name, alias, letter or unique beginning. Raises Misread."""
    fields = KINDS[kind].fields
    lower = keys_of(word)
    lower = lower if lower in NO_SHAPE else lower.lower()
    found = _exact_key(fields, lower)
    if found is not None:
        return found
    begun = [name for name in (*fields, *COMMON) if name.startswith(lower)]
    if len(begun) == 1:
        return begun[0]
    if len(begun) > 1:
        raise Misread(say("{word} may be {text}", word=word, text=" or ".join(begun)), incomplete=True)
    raise _unknown_key(kind, word, lower)


def _unknown_key(kind: str, word: str, lower: str) -> Misread:
    """What to say of a key that means no field of a kind."""
    if lower in FROM_INPUT:
        return Misread(say("{word} follows from the input: leave it out", word=word))
    if lower in NO_SHAPE:
        return Misread(say("{word} changes no shape: leave it out", word=word))
    layer = KINDS[kind]
    if lower in layer.answers:
        return Misread(layer.answers[lower].format(kind=kind))
    if lower in layer.follows_input:
        return Misread(
            say("{word} follows from {lower}: leave it out", word=word, lower=layer.follows_input[lower])
        )
    if word[:1].isdigit():
        return Misread(
            say(
                "{word} needs its name, as in {text}={word}", word=word, text=layer.shorthand or "kernel_size"
            )
        )
    values = [value for field in layer.fields.values() for value in field.words]
    # the bare word, such as relu or same, that more typing may make of it
    begun = next((value for value in [*values, "nobias", "bilinear"] if value.startswith(lower)), None)
    keys = [*layer.fields, *(alias for field in layer.fields.values() for alias in field.aliases), *COMMON]
    near = begun or closest(lower, keys)
    remedy = (
        say("did you mean {near}?", near=near)
        if near
        else say("it takes {text}", text=", ".join(layer.fields) or "no fields")
    )
    return Misread(
        say("{kind} has no {word}: {remedy}", kind=kind, word=word, remedy=remedy),
        incomplete=begun is not None or word in ("-", "="),
    )


def is_key(kind: str, word: str) -> bool:
    """Whether a word is a key of a kind by itself, not by its beginning."""
    return _exact_key(KINDS[kind].fields, word) is not None


def _exact_key(fields: dict[str, Field[Any]], word: str) -> str | None:
    if word in fields or word in COMMON:
        return word
    for name, field in fields.items():
        if word in field.aliases:
            return name
    letter = LETTERS.get(word)
    return letter if letter in fields else None


def glued(kind: str, word: str) -> tuple[str, str] | None:
    """`s2` as stride and 2, `kernel5` too; None where a word is nothing of the kind."""
    match = _GLUED.fullmatch(keys_of(word))
    if match is None:
        return None
    fields = KINDS[kind].fields
    name = _exact_key(fields, match[1].lower())
    if name is None or name in COMMON:
        begun = [field for field in fields if field.startswith(match[1].lower())]
        if len(match[1]) < 2 or len(begun) != 1:
            return None
        name = begun[0]
    return name, match[2]
