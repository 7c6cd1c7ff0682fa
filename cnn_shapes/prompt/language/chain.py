"""A chain of layers on one line, as a blog writes it: `28x28x1 -> conv 5x5x32 -> pool 2`.

    chain = [ sizes separator ] layer { separator layer } [ separator ]      separators: -> => → | ,

An arrow before sizes says what is expected, as on a line of its own; a comma separates only where the layer
before it cannot take the word after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from cnn_shapes.layers import KINDS
from cnn_shapes.prompt.language.assigned import with_values
from cnn_shapes.prompt.language.block_style import flowed
from cnn_shapes.prompt.language.grammar import Misread, TypedStatement, statements, words
from cnn_shapes.prompt.language.keyboard import keys_of
from cnn_shapes.prompt.language.typed_layer import input_sizes, is_network_input
from cnn_shapes.prompt.language.vocabulary import BARE_WORDS, LineContext, command_of, key_of, kind_of

_SIGN = re.compile(
    r""""(?:[^"\\]|\\.)*"?|'[^']*'?|[()\[\]{}]|(?P<arrow>[-=]*[-=]>|[→⇒⟶⟹➔➜➝➞↦])|(?P<other>[|,])"""
)
_SEPARATOR = re.compile(r"[>|,→⇒⟶⟹➔➜➝➞↦]")  # one of its characters
_SPEC_LINE = re.compile(r"(?:-\s+)?[A-Za-z_][\w-]*:(?:\s|$)|-\s")
_FIRST_WORD = re.compile(r"(?:[\w.]+\s*=\s*)?(?:[a-z_]\w*\.)*([^\W\d]\w*)")
_SIZES = re.compile(r"[\d\sxX×*?,()\[\]]+")
_NUMBER_AFTER = re.compile(r"[\dxX×@]+$")


class _Between(NamedTuple):
    """What is between two separators; `sign` is the one before it, empty at the beginning.

    `written` is the piece as it goes on with the one before it: every arrow is written in one way.
    """

    sign: str
    text: str
    start: int
    written: str


def parted(line: str, context: LineContext) -> list[TypedStatement]:
    """The statements of a line, those of a chain one by one."""
    found = with_values(statements(flowed(line)))
    return [link for statement in found for link in links(statement, context)]


def links(statement: TypedStatement, context: LineContext) -> list[TypedStatement]:
    """The input and the layers of a chain, in their order; the statement alone where it is no chain."""
    if _SEPARATOR.search(statement.text) is None:
        return [statement]
    if _SPEC_LINE.match(statement.text) or _is_command(statement.text, context):
        return [statement]
    found: list[TypedStatement] = []
    is_open = False  # a separator is the last that was typed
    for piece in _pieces(statement):
        is_open = not piece.text
        if is_open:
            continue
        if found and not _begins(piece, found[-1].text, context):
            found[-1] = TypedStatement(f"{found[-1].text}{piece.written}", found[-1].start)
        else:
            found.append(TypedStatement(piece.text, piece.start))
    if len(found) > 1 and len(input_sizes(found[0].text) or ()) == 1:  # of a vector
        found[0] = found[0]._replace(text=f"input {found[0].text}")
    is_whole = len(found) > 1 or (found and (not is_open or is_network_input(found[0].text)))
    return found if is_whole else [statement]


def is_input(link: TypedStatement) -> bool:
    """Whether the first link of a chain is what goes in, as sizes or as `input` says them."""
    return bool(input_sizes(link.text)) or re.match(r"input\b", keys_of(link.text)) is not None


def _is_command(text: str, context: LineContext) -> bool:
    """Whether a statement is a command, whose arguments are its own; `input 28x28x1` may begin a chain."""
    first = words(text)[:1]
    if not first or first[0].text in context.blocks or kind_of(first[0].text) or not first[0].text.isalpha():
        return False
    try:
        command = command_of(first[0].text, context.commands)
    except Misread:
        return True
    return command is not None and command != "input"


def _pieces(statement: TypedStatement) -> Iterator[_Between]:
    """The parts of a statement between the separators that are outside brackets and quotes."""
    text = statement.text
    depth, start, sign = 0, 0, ""
    for match in _SIGN.finditer(text):
        if match["arrow"] is None and match["other"] is None:
            depth = max(depth + (match[0] in "([{") - (match[0] in ")]}"), 0)
        elif not depth:
            yield _between(sign, text[start : match.start()], statement.start + start)
            start, sign = match.end(), match["other"] or "->"
    yield _between(sign, text[start:], statement.start + start)


def _between(sign: str, part: str, start: int) -> _Between:
    text = part.strip()
    written = f" -> {text}" if sign == "->" else f"{sign}{part}".rstrip()
    return _Between(sign, text, start + len(part) - len(part.lstrip()), written)


def _begins(piece: _Between, before: str, context: LineContext) -> bool:
    """Whether a link begins with a piece, which otherwise goes on with the one before it."""
    if piece.sign == "|":
        return True
    if piece.sign == "->":
        return _SIZES.fullmatch(piece.text) is None
    named = _FIRST_WORD.match(piece.text)
    if named is None:
        return False
    word = named[1]
    is_layer = word in context.blocks or _kind(word) is not None
    is_call = piece.text[named.end() :].startswith("(")
    return is_layer and (is_call or not _takes(before, word, context))


def _takes(before: str, word: str, context: LineContext) -> bool:
    """Whether the layer `before` a comma takes the word after it: as a value, a key or a name."""
    first = _FIRST_WORD.match(before)
    kind = _kind(first[1]) if first is not None else None
    if kind is None:
        return False
    fields, word = KINDS[kind].fields, keys_of(word)
    if any(word in field.words for field in fields.values()):
        return True
    with suppress(Misread):
        return bool(key_of(kind, word))  # also by its beginning: pad
    if BARE_WORDS.get(word, ("",))[0] in fields:
        return True
    takes_names = KINDS[kind].shorthand in ("from", "into") or bool(KINDS[kind].reference)
    return takes_names and (word in context.names or KINDS[kind].shorthand == "into")


def _kind(word: str) -> str | None:
    """The kind that a word names, also with a number at its end: `pool2`."""
    named = kind_of(word) or kind_of(_NUMBER_AFTER.sub("", word))
    return named[0] if named is not None else None
