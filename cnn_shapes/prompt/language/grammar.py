"""The grammar of the short form: a line into statements, a statement into words with their places.

    line      = statement { ";" statement } [ "#" comment ]        separators: newline, ;
    statement = layer | command | a layer as it stands in a spec | a layer of torch.nn or keras.layers
    layer     = kind { value | key value | key=value } [ "->" sizes ]

A separator inside brackets or quotes is none.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from cnn_shapes.prompt.terminal.keyboard import narrow

LONGEST = 10_000  # characters of a line


class Misread(Exception):
    """A statement that means nothing yet, or more than one thing; `incomplete`: more typing may mend it."""

    def __init__(self, message: str, incomplete: bool = False) -> None:
        super().__init__(message)
        self.message, self.incomplete = message, incomplete


class Word(NamedTuple):
    """A part of a statement. `start` counts from the beginning of the statement."""

    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


class Statement(NamedTuple):
    """One layer or command, without its comment. `start` counts from the beginning of the line."""

    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


_PIECE = re.compile(r""""(?:[^"\\\n\r]|\\.)*"?|'[^'\n\r]*'?|[()\[\]{};\n\r#]|[^"'()\[\]{};\n\r#]+""")
_OPENS_LIST = re.compile(r"Sequential\(\s*\[?\s*$|^\W*$")
_CLOSES = re.compile(r"\s*[)\]}]")
_ARROWS = ("->", "=>", "→")
_KEY = re.compile(r"[A-Za-z_]+")


def statements(line: str) -> list[Statement]:
    """The statements of a line, empty ones left out. Full-width signs count as what they stand for."""
    text = narrow(line)
    found: list[Statement] = []
    start = depth = 0
    comment = False

    def finish(end: int) -> None:
        piece = text[start:end]
        if piece.strip():
            lead = len(piece) - len(piece.lstrip())
            found.append(Statement(piece.strip(), start + lead))

    for match in _PIECE.finditer(text):
        sign = match[0]
        if sign in "\n\r":
            comment = False
            if depth and _goes_on(text, start, match.start()):
                text = f"{text[: match.start()]} {text[match.end() :]}"
                continue
            finish(match.start())
            start, depth = match.end(), 0
        elif comment:
            continue
        elif sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth = max(depth - 1, 0)
        elif sign == ";" and not depth:
            finish(match.start())
            start = match.end()
        elif sign == "#" and (match.start() == 0 or text[match.start() - 1] in " \t;\n\r"):
            comment = True
            end = next(
                (place for place in range(match.start(), len(text)) if text[place] in "\n\r"), len(text)
            )
            text = text[: match.start()] + " " * (end - match.start()) + text[end:]
    finish(len(text))
    return found


def _goes_on(text: str, start: int, end: int) -> bool:
    """Whether a call that began at `start` goes on behind the line that ends here, as formatters part it."""
    begun = text[start:end].rstrip()
    if _OPENS_LIST.search(begun):
        return False
    return begun.endswith((",", "(", "[", "{")) or _CLOSES.match(text, end) is not None


def words(text: str) -> list[Word]:
    """The words of a statement. Blanks and commas separate; `key = value` is one word, `-> 24` are two."""
    found: list[Word] = []
    start, depth, quote = -1, 0, ""
    for place, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
            continue
        if sign in " \t," and not depth:
            if start >= 0:
                found.append(Word(text[start:place], start))
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
        found.append(Word(text[start:], start))
    return _joined(_parted(found))


def _parted(found: list[Word]) -> list[Word]:
    """An arrow is a word of its own, also where no blank stands beside it."""
    parts: list[Word] = []
    for word in found:
        arrow = next((arrow for arrow in _ARROWS if arrow in word.text), None)
        if arrow is None:
            parts.append(word)
            continue
        place = word.text.index(arrow)
        before, after = word.text[:place], word.text[place + len(arrow) :]
        parts += [Word(before, word.start)] if before else []
        parts.append(Word("->", word.start + place))
        parts += [Word(after, word.start + place + len(arrow))] if after else []
    return parts


def _joined(found: list[Word]) -> list[Word]:
    """`k = 5`, `k= 5` and `k =5` as one word `k=5`; a sign without a key before it is the arrow."""
    parts: list[Word] = []
    pending = False  # the last part ends in "=" and waits for its value
    for word in found:
        if pending and word.text != "->":
            parts[-1] = Word(parts[-1].text + word.text, parts[-1].start)
            pending = False
            continue
        pending = False
        if word.text.startswith("=") and word.text != "==":
            value = word.text[1:]
            if len(parts) > 1 and _KEY.fullmatch(parts[-1].text):
                parts[-1] = Word(parts[-1].text + word.text, parts[-1].start)
                pending = not value
            else:
                parts.append(Word("->", word.start))
                parts += [Word(value, word.start + 1)] if value else []
            continue
        parts.append(word)
        pending = word.text.endswith("=")
    return parts
