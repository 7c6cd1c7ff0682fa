"""Reads a statement: a command with its arguments, or a layer in the short form or pasted."""

from __future__ import annotations

import re

from cnn_shapes.prompt.language.grammar import words
from cnn_shapes.prompt.language.pasted import input_of, read_pasted
from cnn_shapes.prompt.language.short_form import read_short_form
from cnn_shapes.prompt.language.typed_layer import TypedLayer, is_network_input
from cnn_shapes.prompt.language.vocabulary import LineContext, command_of, kind_of

_TOP_LEVEL = re.compile(r"(input|rounding):\s+(.*)")
_COMMAND = re.compile(r"[^\W\d]+\??|\?")


def read_layer(text: str, context: LineContext) -> TypedLayer:
    """The layer that a statement means. Raises Misread."""
    return read_pasted(text, context) or read_short_form(text, context)


def split_command(text: str, context: LineContext) -> tuple[str | None, str]:
    """The command of a statement and what is after it; None for a layer. Raises Misread."""
    top = _TOP_LEVEL.fullmatch(text)
    if top is not None:
        return top[1], top[2]
    if is_network_input(text) and not context.has_layers:
        return "input", text
    shape = input_of(text)
    if shape is not None:
        return "input", shape
    found = words(text)
    if not found:
        return None, ""
    first = found[0]
    rest = text[first.end :].strip()
    is_layer = first.text in context.blocks or kind_of(first.text) is not None
    if is_layer or not _COMMAND.fullmatch(first.text):
        return None, rest
    return command_of(first.text, context.commands), rest
