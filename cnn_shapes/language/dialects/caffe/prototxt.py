"""The text format of protobuf, as much of it as Caffe's files have: messages in messages, with their places.

Source: the text format language specification of Protocol Buffers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from cnn_shapes.source import Source, Span

_TOKEN = re.compile(
    r"""[ \t\r\n]*(?:\#[^\n]*[ \t\r\n]*)*
    (?:(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?P<sign>[{}<>\[\]:;,])|(?P<word>[^\s{}<>\[\]:;,\#"']+))?""",
    re.VERBOSE,
)
_INTEGER = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]{1,15}|\d{1,18})")
_DEEPEST = 100
_PAIRS = {"{": "}", "<": ">"}


class Malformed(Exception):
    """A text that is not in this format; `template` and `facts` say why, `place` where."""

    def __init__(self, template: str, place: Span, **facts: object) -> None:
        super().__init__(template)
        self.template, self.place, self.facts = template, place, facts


class Literal(NamedTuple):
    """A number, word or text; `place` is that of what it says, without quotes."""

    text: str
    place: Span
    quoted: bool = False

    @property
    def shown(self) -> str:
        """What it is in a message: a text in quotes is no number."""
        return f'the text "{self.text[:60]}"' if self.quoted else self.text[:60]

    @property
    def number(self) -> int | None:
        """The whole number that it is, None where it is something else."""
        return int(self.text, 0) if not self.quoted and _INTEGER.fullmatch(_decimal(self.text)) else None


class Message:
    """The fields of a message in written order, each with the place of its name.

    `place` is the whole of it, `inside` what is between its brackets.
    """

    def __init__(self, start: int) -> None:
        self.start = self.end = self.inside_end = start
        self.fields: list[tuple[str, Span, Literal | Message]] = []

    @property
    def place(self) -> Span:
        return Span(self.start, self.end)

    def all(self, name: str) -> list[Literal | Message]:
        return [value for word, _, value in self.fields if word == name]

    def literals(self, name: str) -> list[Literal]:
        return [value for value in self.all(name) if isinstance(value, Literal)]

    def literal(self, name: str) -> Literal | None:
        """The last value of a field, which is the one that protobuf takes."""
        found = self.literals(name)
        return found[-1] if found else None

    def messages(self, name: str) -> list[Message]:
        return [value for value in self.all(name) if isinstance(value, Message)]

    def message(self, name: str) -> Message | None:
        found = self.messages(name)
        return found[-1] if found else None

    def text(self, name: str, default: str = "") -> str:
        found = self.literal(name)
        return default if found is None else found.text


class _Lexeme(NamedTuple):
    kind: str
    text: str
    place: Span


def parsed(source: Source) -> Message:
    """The message that a text is. Raises Malformed."""
    root = Message(0)
    root.end = root.inside_end = len(source.text)
    open_messages: list[tuple[Message, str]] = [(root, "")]
    tokens = _Tokens(source.text)
    while (token := tokens.next()) is not None:
        message, closing = open_messages[-1]
        if token.kind == "sign":
            if token.text in ",;":
                continue
            if token.text != closing:
                closes = token.text in "}>"
                template = "`{found}` closes nothing" if closes else "a field is expected, found `{found}`"
                raise Malformed(template, token.place, found=token.text)
            message.inside_end, message.end = token.place.start, token.place.end
            open_messages.pop()
            continue
        if token.kind == "text":
            raise Malformed("a field is expected, found a text", token.place)
        name = token
        value = tokens.next()
        if value is not None and value.text == ":" and value.kind == "sign":
            value = tokens.next()
        if value is None:
            raise Malformed("{name} has no value", name.place, name=name.text)
        if value.kind == "sign" and value.text in _PAIRS:
            inner = Message(value.place.start)
            message.fields.append((name.text, name.place, inner))
            open_messages.append((inner, _PAIRS[value.text]))
            if len(open_messages) > _DEEPEST + 1:  # the text itself is one
                template = "messages in messages, more than {limit} deep, the limit"
                raise Malformed(template, value.place, limit=_DEEPEST)
        elif value.kind == "sign" and value.text == "[":
            for literal in tokens.listed(value):
                message.fields.append((name.text, name.place, literal))
        elif value.kind == "sign":
            raise Malformed("{name} has no value", name.place, name=name.text)
        else:
            message.fields.append((name.text, name.place, tokens.literal(value)))
    if len(open_messages) > 1:
        opened = open_messages[-1][0].start
        raise Malformed("this bracket is never closed", Span(opened, opened + 1))
    return root


class _Tokens:
    """The tokens of a text, one after the other."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def next(self) -> _Lexeme | None:
        found = _TOKEN.match(self.text, self.at)
        assert found is not None
        kind = found.lastgroup
        if kind is None:
            rest = found.end()
            if rest < len(self.text):
                raise Malformed("a text in quotes ends on the line where it begins", Span(rest, rest + 1))
            return None
        self.at = found.end()
        return _Lexeme(kind, found[kind], Span(*found.span(kind)))

    def literal(self, token: _Lexeme) -> Literal:
        """A value; texts beside each other are one, whose place is that of the first."""
        if token.kind != "text":
            return Literal(token.text, token.place)
        place = Span(token.place.start + 1, token.place.end - 1)
        text = token.text[1:-1]
        while True:
            before = self.at
            more = self.next()
            if more is None or more.kind != "text":
                self.at = before
                return Literal(text, place, quoted=True)
            text += more.text[1:-1]

    def listed(self, begin: _Lexeme) -> Iterator[Literal]:
        """The values of a list `[1, 2]`."""
        while (token := self.next()) is not None:
            if token.kind == "sign":
                if token.text == "]":
                    return
                if token.text != ",":
                    raise Malformed("a list holds numbers, words and texts, found `{found}`", token.place,
                                    found=token.text)  # fmt: skip
                continue
            yield self.literal(token)
        raise Malformed("this bracket is never closed", begin.place)


def _decimal(text: str) -> str:
    """A number without the zeros before it, which Python refuses."""
    sign = text[:1] if text[:1] in "+-" else ""
    digits = text[len(sign) :]
    return sign + (digits.lstrip("0") or "0") if digits.isdecimal() else text
