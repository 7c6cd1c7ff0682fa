"""The grammar of the short form: a line into statements, a statement into words with their places.

    line      = statement { ";" statement } [ "#" comment ]        separators: newline, ;
    statement = layer | command | a layer as it is in a spec | a layer of torch.nn or keras.layers
    layer     = kind { value | key value | key=value } [ "->" sizes ]

What is in brackets or quotes separates nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from cnn_shapes.prompt.language.keyboard import narrow

LONGEST = 10_000  # characters of a line


class Misread(Exception):
    """A statement that means nothing yet, or more than one thing; `incomplete`: more typing may mend it."""

    def __init__(self, message: str, incomplete: bool = False) -> None:
        super().__init__(message)
        self.message, self.incomplete = message, incomplete


class TypedWord(NamedTuple):
    """A part of a statement. `start` counts from the beginning of the statement."""

    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


class TypedStatement(NamedTuple):
    """One layer or command, without its comment. `start` counts from the beginning of the line."""

    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


_QUOTED = r""""(?:[^"\\\n\r]|\\.)*"?|'[^'\n\r]*'?"""
_COMMENT = re.compile(rf"{_QUOTED}|(?<![^ \t;\n\r])#[^\n\r]*")
_SIGN = re.compile(rf"{_QUOTED}|[()\[\]{{}};\n\r]")
_OPENS_LIST = re.compile(r"Sequential\(\s*\[?\s*$|^\W*$")
_CLOSES = re.compile(r"\s*[)\]}]")
_ARROWS = ("->", "=>", "→")
_KEY = re.compile(r"[A-Za-z_]+")


def statements(line: str) -> list[TypedStatement]:
    """The statements of a line, empty ones left out. Full-width signs count as their ASCII."""
    written = narrow(line)
    text = _COMMENT.sub(_blank_comment, written)
    found: list[TypedStatement] = []
    start = depth = 0
    for match in _SIGN.finditer(text):
        sign, place = match[0], match.start()
        if sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth = max(depth - 1, 0)
        elif sign in "\n\r" and depth and _goes_on(text[start:place], written, place):
            text = f"{text[:place]} {text[place + 1 :]}"
        elif sign in "\n\r" or (sign == ";" and not depth):
            found += _statement(text, start, place)
            start, depth = place + 1, 0
    return found + _statement(text, start, len(text))


def _blank_comment(match: re.Match[str]) -> str:
    return " " * len(match[0]) if match[0].startswith("#") else match[0]


def _statement(text: str, start: int, end: int) -> list[TypedStatement]:
    """The statement between two separators; none where there are only blanks."""
    piece = text[start:end]
    content = piece.strip()
    return [TypedStatement(content, start + piece.index(content))] if content else []


def _goes_on(begun: str, text: str, end: int) -> bool:
    """Whether a call that has begun goes on after the line that ends here, as formatters part it."""
    begun = begun.rstrip()
    if _OPENS_LIST.search(begun):
        return False
    return begun.endswith((",", "(", "[", "{")) or _CLOSES.match(text, end) is not None


@lru_cache(maxsize=8)  # one key asks for the words of a statement up to three times
def words(text: str) -> tuple[TypedWord, ...]:
    """The words of a statement. Blanks and commas separate; `key = value` is one word, `-> 24` are two."""
    found: list[TypedWord] = []
    start, depth, quote = -1, 0, ""
    for place, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
            continue
        if sign in " \t," and not depth:
            if start >= 0:
                found.append(TypedWord(text[start:place], start))
                start = -1
            continue
        if start < 0:
            start = place
        if sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth = max(depth - 1, 0)
        elif sign in "\"'":
            quote = sign
    if start >= 0:
        found.append(TypedWord(text[start:], start))
    return tuple(_keys_with_values(_arrows_apart(found)))


def _arrows_apart(found: list[TypedWord]) -> list[TypedWord]:
    """An arrow is a word of its own, also where no blank is beside it."""
    parts: list[TypedWord] = []
    for word in found:
        arrow = next((arrow for arrow in _ARROWS if arrow in word.text), None)
        if arrow is None:
            parts.append(word)
            continue
        place = word.text.index(arrow)
        before, after = word.text[:place], word.text[place + len(arrow) :]
        parts += [TypedWord(before, word.start)] if before else []
        parts.append(TypedWord("->", word.start + place))
        parts += [TypedWord(after, word.start + place + len(arrow))] if after else []
    return parts


def _keys_with_values(found: list[TypedWord]) -> list[TypedWord]:
    """`k = 5`, `k= 5` and `k =5` as one word `k=5`; a sign without a key before it is the arrow."""
    parts: list[TypedWord] = []
    pending = False  # the last part ends in "=" and waits for its value
    for word in found:
        if pending and word.text != "->":
            parts[-1] = TypedWord(parts[-1].text + word.text, parts[-1].start)
            pending = False
            continue
        pending = False
        if word.text.startswith("=") and word.text != "==":
            value = word.text[1:]
            if len(parts) > 1 and _KEY.fullmatch(parts[-1].text):
                parts[-1] = TypedWord(parts[-1].text + word.text, parts[-1].start)
                pending = not value
            else:
                parts.append(TypedWord("->", word.start))
                parts += [TypedWord(value, word.start + 1)] if value else []
            continue
        parts.append(word)
        pending = word.text.endswith("=")
    return parts
