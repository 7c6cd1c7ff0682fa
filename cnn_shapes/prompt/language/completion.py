"""Completion as a pure function of the text, the cursor and what a line is read with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from cnn_shapes.layers import KINDS
from cnn_shapes.layers.fields import Flag
from cnn_shapes.layers.short_text import short
from cnn_shapes.prompt.language.chain import parted
from cnn_shapes.prompt.language.grammar import Misread, words
from cnn_shapes.prompt.language.keyboard import keys_of
from cnn_shapes.prompt.language.vocabulary import (
    COMMON,
    FOLLOWERS,
    SYNONYMS,
    LineContext,
    command_of,
    key_of,
    kind_of,
    kind_summary,
)

_MOST = 200
_NEW_STATEMENT = re.compile(r"(?:[;\n|]\s*|(?:→|[-=]>)\s+)$")


class Completion(NamedTuple):
    """`text` takes the place of what is between `start` and the cursor; `meta` says what it is."""

    text: str
    start: int
    meta: str = ""


def complete(text: str, cursor: int, context: LineContext) -> list[Completion]:
    """What may be at the cursor: kinds and commands first, then fields, then values."""
    before = text[:cursor]
    found = parted(before, context)
    statement = found[-1].text if found and found[-1].end >= len(before.rstrip()) else ""
    if _NEW_STATEMENT.search(before) or not before.strip():
        return _first_words("", cursor, context)
    typed = words(statement)
    if not typed:
        return []
    if before[-1].isspace():
        return _later_words([word.text for word in typed], "", cursor, context)
    *done, last = typed
    start = found[-1].start + last.start
    if not done:
        return _first_words(last.text, start, context)
    return _later_words([word.text for word in done], last.text, start, context)


def _first_words(beginning: str, start: int, context: LineContext) -> list[Completion]:
    """Kinds in the order of the guide, then commands, then the blocks of the file."""
    lower = keys_of(beginning).lower()
    kinds = [kind for kind in _kinds_by_use() if kind.startswith(lower)]
    found = [Completion(kind, start, kind_summary(kind)) for kind in kinds]
    if lower:
        others = {
            word: kind for word, kind in SYNONYMS.items() if word.startswith(lower) and kind not in kinds
        }
        found += [Completion(word, start, kind_summary(kind)) for word, kind in others.items()]
        pool = kind_of("pool")
        if "pool".startswith(lower) and pool is not None:  # what most call it
            found.insert(0, Completion("pool", start, kind_summary(pool[0])))
    found += [
        Completion(name, start, command.summary)
        for name, command in context.commands.items()
        if name.startswith(lower)
    ]
    found += [
        Completion(name, start, "a block of this file")
        for name in context.blocks
        if name.startswith(beginning)
    ]
    return found[:_MOST]


def _kinds_by_use() -> list[str]:
    """The kinds, convolutions first, activations after the layers that have sizes."""
    return sorted(KINDS, key=lambda kind: (KINDS[kind].is_activation, not KINDS[kind].is_convolution))


def _later_words(done: list[str], beginning: str, start: int, context: LineContext) -> list[Completion]:
    """What may come after the first words of a statement."""
    kind = kind_of(done[0])
    if kind is not None:
        return _fields(kind[0], done[1:], beginning, start)
    try:
        command = command_of(done[0], context.commands)
    except Misread:
        return []
    if command is None:
        return []
    arguments = [name.strip("[]") for name in context.commands[command].arguments.split()]
    place = len(done) - 1
    if "LAYER" in arguments[:place]:
        return _later_words(done[arguments.index("LAYER") + 1 :], beginning, start, context)
    if place >= len(arguments):
        return []
    found: list[Completion] = []
    for choice in arguments[place].split("|"):
        found += _ARGUMENTS.get(choice, _word)(choice, beginning, start, context)
    return found


def _layers(argument: str, beginning: str, start: int, context: LineContext) -> Iterable[Completion]:
    return _first_words(beginning, start, context)


def _numbers(argument: str, beginning: str, start: int, context: LineContext) -> Iterable[Completion]:
    """The numbers of the layers, each with its layer."""
    numbered = context.numbered(beginning)
    return [Completion(str(number), start, line[:60]) for number, line in numbered][:_MOST]


def _names(argument: str, beginning: str, start: int, context: LineContext) -> Iterable[Completion]:
    """All that there is help on."""
    lower = keys_of(beginning).lower()
    summaries = {name: command.summary for name, command in context.commands.items()}
    summaries |= {kind: kind_summary(kind) for kind in KINDS} | {"layers": "", "commands": ""}
    return [Completion(name, start, text) for name, text in summaries.items() if name.startswith(lower)]


def _word(argument: str, beginning: str, start: int, context: LineContext) -> Iterable[Completion]:
    """An argument in small letters, which is the word itself: `exact`."""
    begins = argument.islower() and argument.startswith(keys_of(beginning).lower())
    return [Completion(argument, start)] if begins else []


# what the arguments of a command take, where they are not the words themselves
_ARGUMENTS: dict[str, Callable[[str, str, int, LineContext], Iterable[Completion]]] = {
    "N": _numbers,
    "M": _numbers,
    "LAYER": _layers,
    "NAME": _names,
}


def _fields(kind: str, done: list[str], beginning: str, start: int) -> list[Completion]:
    """Fields that are not given yet, and the bare words of a kind; after `key=`, what the key takes."""
    fields = KINDS[kind].fields
    if "=" in beginning:
        key, _, value = beginning.partition("=")
        return _values(kind, key, value, start + len(key) + 1)
    given = {_name(kind, word.partition("=")[0]) for word in done if "=" in word}
    found = []
    for name, field in fields.items():
        if name not in given and name.startswith(beginning.lower()):
            initial = None if field.required else field.initial(2)
            default = "" if initial is None else f" ({short(initial)})"
            found.append(Completion(f"{name}=", start, f"{field.doc}{default}"))
    if beginning:
        found += [Completion(word, start) for word in _bare_words(kind, given) if word.startswith(beginning)]
    return found + [
        Completion(f"{name}=", start, text) for name, text in COMMON.items() if name.startswith(beginning)
    ]


def _bare_words(kind: str, given: set[str]) -> list[str]:
    """The values that may be typed without their field, of the fields that are not given."""
    fields = KINDS[kind].fields
    found: list[str] = []
    if not given.intersection(FOLLOWERS):
        found += [word for name, words_of in FOLLOWERS.items() if name in fields for word in words_of]
    for name, field in fields.items():
        found += field.words if name not in FOLLOWERS and name not in given else ()
    return list(dict.fromkeys(found))


def _name(kind: str, key: str) -> str:
    try:
        return key_of(kind, key)
    except Misread:
        return key


def _values(kind: str, key: str, beginning: str, start: int) -> list[Completion]:
    field = KINDS[kind].fields.get(_name(kind, key))
    if field is None:
        return []
    choices = ("true", "false") if isinstance(field, Flag) else field.words
    return [Completion(word, start) for word in choices if word.startswith(beginning)]
