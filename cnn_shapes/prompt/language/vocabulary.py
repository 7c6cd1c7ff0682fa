"""The words of the short form: kinds under all their names, keys and the letters that stand for them."""

from __future__ import annotations

import re
from typing import Any

from cnn_shapes.diagnostics import closest
from cnn_shapes.layers import ALIASES, FROM_INPUT, KINDS, NO_SHAPE, REFUSED
from cnn_shapes.layers.fields import Field
from cnn_shapes.layers.structure import STRUCTURES
from cnn_shapes.layers.synonyms import synonym
from cnn_shapes.prompt.language.grammar import Misread
from cnn_shapes.prompt.terminal.keyboard import keys_of

# the synonyms that may be typed for a kind, beside its name and its class names
SHORT = {
    word: synonym(word) or ""
    for word in (
        *("bn", "ln", "gn", "gap", "gmp", "avg", "max", "dwconv", "sepconv", "deconv", "drop", "up"),
        "convolution",
    )
}
COMMANDS = (
    *("input", "show", "undo", "redo", "edit", "insert", "delete", "move", "fix", "explain"),
    *("sizes", "rounding", "save", "load", "help", "quit"),
)
OTHER_COMMANDS = {"exit": "quit", "q": "quit", "?": "help"}
COMMON = ("name", "from", "expect", "if")
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
LOWER = {name.lower(): name for name in ALIASES}
_GLUED = re.compile(r"([A-Za-z_]+)(-?\d+(?:[xX×]\d+)*)")


def kind_of(word: str) -> tuple[str, int | None] | None:
    """The kind that a word names and the spatial rank in the name; None where it names none."""
    if word in KINDS:
        return word, None
    if word in ALIASES:
        return ALIASES[word]
    lower = keys_of(word).lower()
    if lower in SHORT:
        return SHORT[lower], None
    return (lower, None) if lower in KINDS else ALIASES.get(LOWER.get(lower, ""))


def class_name(word: str) -> str:
    """A class name as it is spelled, for one typed in any case."""
    return word if word in ALIASES else LOWER.get(keys_of(word).lower(), word)


def command_of(word: str) -> str | None:
    """The command that a word names or begins. Raises Misread where it begins several."""
    lower = keys_of(word).lower()
    if lower in OTHER_COMMANDS:
        return OTHER_COMMANDS[lower]
    found = [command for command in COMMANDS if command.startswith(lower)]
    if lower in COMMANDS:
        return lower
    if len(found) > 1 and lower:
        raise Misread(f"{word} may be {' or '.join(found)}: type one letter more", incomplete=True)
    return found[0] if found and lower else None


def begins_word(word: str, blocks: Any = ()) -> bool:
    """Whether a kind or command begins like this: then more typing may make one of it."""
    lower = keys_of(word).lower()
    return any(name.lower().startswith(lower) for name in (*KINDS, *ALIASES, *SHORT, *COMMANDS, *blocks))


def names_beginning(word: str) -> list[str]:
    """The kinds and commands that begin like this, for a person to choose from."""
    lower = keys_of(word).lower()
    kinds = [kind for kind in KINDS if kind.startswith(lower)]
    kinds += [kind for short, kind in SHORT.items() if short.startswith(lower) and kind not in kinds]
    aliased = [ALIASES[name][0] for low, name in LOWER.items() if low.startswith(lower)]
    commands = [command for command in COMMANDS if command.startswith(lower)]
    return list(dict.fromkeys([*kinds, *commands, *aliased]))


def unknown(word: str, blocks: Any = ()) -> Misread:
    """What to say of a first word that is neither a layer nor a command."""
    if word in REFUSED:
        return Misread(f"{word} is no layer here: {REFUSED[word]}")
    if word in STRUCTURES:
        return structure(word)
    if re.fullmatch(r"[\d×@.(\[].*", word):
        return Misread(
            f"a line begins with a layer or a command, found {word}: as in conv 32 5, pool 2, help"
        )
    near = synonym(word) or closest(
        keys_of(word), [*KINDS, *ALIASES, *SHORT, *STRUCTURES, *COMMANDS, *blocks]
    )
    advice = f"did you mean {near}?" if near else "help lists the layers and the commands"
    return Misread(f"there is no layer or command {word}: {advice}", incomplete=begins_word(word, blocks))


def structure(word: str) -> Misread:
    """What to say of a structure that was typed like a layer."""
    return Misread(f"{word} holds layers of its own: write it as in a spec, {STRUCTURES[word].form}")


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
        raise Misread(f"{word} may be {' or '.join(begun)}", incomplete=True)
    if lower in FROM_INPUT:
        raise Misread(f"{word} follows from the input: leave it out")
    if lower in NO_SHAPE:
        raise Misread(f"{word} changes no shape: leave it out")
    if word[:1].isdigit():
        raise Misread(f"{word} needs its name, as in {KINDS[kind].shorthand or 'kernel_size'}={word}")
    begun_value = _value_beginning(kind, lower)
    near = begun_value or closest(
        lower, [*fields, *(alias for field in fields.values() for alias in field.aliases), *COMMON]
    )
    told = f"did you mean {near}?" if near else f"it takes {', '.join(fields) or 'no fields'}"
    raise Misread(f"{kind} has no {word}: {told}", incomplete=begun_value is not None or word in ("-", "="))


def _value_beginning(kind: str, beginning: str) -> str | None:
    """The bare word, such as relu or same, that more typing may make of a beginning."""
    values = [word for field in KINDS[kind].fields.values() for word in field.words]
    return next((value for value in [*values, "nobias", "bilinear"] if value.startswith(beginning)), None)


def _exact_key(fields: dict[str, Field[Any]], word: str) -> str | None:
    if word in fields or word in COMMON:
        return word
    for name, field in fields.items():
        if word in field.aliases:
            return name
    if word == "k" and "kernel_size" not in fields:
        return None
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
