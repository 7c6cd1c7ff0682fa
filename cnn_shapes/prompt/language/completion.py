"""Completion as a pure function of the session, the text and the cursor."""

from __future__ import annotations

import re
from typing import NamedTuple

from cnn_shapes.formats.parts.terminal_text import clean
from cnn_shapes.layers import KINDS
from cnn_shapes.layers.base import Weighted, short
from cnn_shapes.layers.fields import ACTIVATIONS, NORMS, Flag
from cnn_shapes.prompt.language.grammar import Misread, statements, words
from cnn_shapes.prompt.language.vocabulary import COMMANDS, COMMON, SHORT, command_of, key_of, kind_of
from cnn_shapes.prompt.session.places import Layers, Unwritable
from cnn_shapes.prompt.session.state import Session
from cnn_shapes.prompt.terminal.keyboard import keys_of
from cnn_shapes.prompt.view.help import summary

_MOST = 200
_TAKES_LAYER = ("edit", "insert")
_TAKES_NUMBER = ("edit", "insert", "delete", "move", "explain")


class Completion(NamedTuple):
    """`text` takes the place of what stands from `start` to the cursor; `meta` says what it is."""

    text: str
    start: int
    meta: str = ""


def complete(session: Session, text: str, cursor: int) -> list[Completion]:
    """What may stand at the cursor: kinds and commands first, then fields, then values."""
    before = text[:cursor]
    found = statements(before)
    statement = found[-1].text if found and found[-1].end >= len(before.rstrip()) else ""
    start = found[-1].start if statement else cursor
    if re.search(r"[;\n]\s*$", before) or not before.strip():
        return _first(session, "", cursor)
    typed = words(statement)
    if not typed:
        return []
    if before[-1].isspace():
        return _after(session, [word.text for word in typed], "", cursor)
    *done, last = typed
    place = start + last.start
    if not done:
        return _first(session, last.text, place)
    return _after(session, [word.text for word in done], last.text, place)


def _first(session: Session, beginning: str, start: int) -> list[Completion]:
    """Kinds in the order of the guide, then commands, then the blocks of the file."""
    lower = keys_of(beginning).lower()
    names = [kind for kind in _by_use() if kind.startswith(lower)]
    found = [Completion(kind, start, summary(kind)) for kind in names]
    found += [
        Completion(word, start, summary(kind))
        for word, kind in SHORT.items()
        if word.startswith(lower) and lower and kind not in names
    ]
    if "pool".startswith(lower) and lower:
        found.insert(0, Completion("pool", start, summary("maxpool")))
    found += [Completion(name, start, summary(name)) for name in COMMANDS if name.startswith(lower)]
    blocks = session.report.spec.blocks if session.report.spec else ()
    found += [
        Completion(name, start, "a block of this file") for name in blocks if name.startswith(beginning)
    ]
    return found[:_MOST]


def _by_use() -> list[str]:
    """The kinds, activations behind the layers that have sizes."""
    return sorted(KINDS, key=lambda kind: KINDS[kind].family == "activations")


def _after(session: Session, done: list[str], beginning: str, start: int) -> list[Completion]:
    kind = kind_of(done[0])
    if kind is not None:
        return _fields(kind[0], done[1:], beginning, start)
    try:
        command = command_of(done[0])
    except Misread:
        return []
    if command is None:
        return []
    if command in _TAKES_LAYER and len(done) > 1:
        if len(done) == 2:
            return _first(session, beginning, start)
        return _after(session, done[2:], beginning, start)
    if command == "rounding" and len(done) == 1:
        return _words(("exact", "floor"), beginning, start)
    if command == "show" and len(done) == 1:
        return _words(("yaml",), beginning, start)
    if command == "help" and len(done) == 1:
        return _words((*COMMANDS, *KINDS, "layers", "commands"), beginning, start)
    if command in _TAKES_NUMBER and (len(done) == 1 or command == "move"):
        return _numbers(session, beginning, start)
    return []


def _words(choices: tuple[str, ...], beginning: str, start: int) -> list[Completion]:
    return [
        Completion(word, start, summary(word) if word in KINDS or word in COMMANDS else "")
        for word in choices
        if word.startswith(keys_of(beginning).lower())
    ]


def _numbers(session: Session, beginning: str, start: int) -> list[Completion]:
    try:
        layers = Layers(session.source)
        numbers = range(1, len(layers.chunks) + 1)
        return [
            Completion(str(number), start, clean(layers.line(number))[:60])
            for number in numbers
            if str(number).startswith(beginning)
        ][:_MOST]
    except Unwritable:
        return []


def _fields(kind: str, done: list[str], beginning: str, start: int) -> list[Completion]:
    """Fields that are not given yet, and the bare words of a kind; behind `key=`, what the key takes."""
    layer = KINDS[kind]
    if "=" in beginning:
        key, _, value = beginning.partition("=")
        return _values(kind, key, value, start + len(key) + 1)
    given = {_name(kind, word.partition("=")[0]) for word in done if "=" in word}
    found = []
    for name, field in layer.fields.items():
        if name in given or not name.startswith(beginning.lower()):
            continue
        initial = None if field.required else field.initial(2)
        default = "" if initial is None else f" ({short(initial)})"
        found.append(Completion(f"{name}=", start, f"{field.doc}{default}"))
    bare: list[str] = []
    if issubclass(layer, Weighted):
        bare += [word for word in (*ACTIVATIONS, *NORMS[:-1]) if not {"activation", "norm"} & given]
    bare += [
        word
        for name, field in layer.fields.items()
        for word in field.words
        if name not in ("activation", "norm") and name not in given
    ]
    found += [
        Completion(word, start, "")
        for word in dict.fromkeys(bare)
        if beginning and word.startswith(beginning)
    ]
    found += [Completion(f"{name}=", start, _COMMON[name]) for name in COMMON if name.startswith(beginning)]
    return found


_COMMON = {
    "name": "a name, for from",
    "from": "the layer whose output goes in",
    "expect": "the sizes that must come out",
    "if": "a condition",
}


def _name(kind: str, key: str) -> str:
    try:
        return key_of(kind, key)
    except Misread:
        return key


def _values(kind: str, key: str, beginning: str, start: int) -> list[Completion]:
    field = KINDS[kind].fields.get(_name(kind, key))
    if field is None:
        return []
    words_of = ("true", "false") if isinstance(field, Flag) else field.words
    return [Completion(word, start, "") for word in words_of if word.startswith(beginning)]
