"""Reads JSON so that every value knows its place: without recursion, and of a depth that is bounded."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from cnn_shapes.source import Source, Span

_DEEPEST = 100
_DIGITS = 19  # a number of more is beyond every bound
_HUGE = 10**40
_TOKEN = re.compile(
    r"[ \t\r\n]*(?:"
    r'("[^"\\\n]*(?:\\.[^"\\\n]*)*")'
    r"|([\[\]{},:])"
    r"|(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null|NaN|-?Infinity)(?![\w.])"
    r")"
)
_WITH_SIGN = re.compile(rf"{_TOKEN.pattern}(?:[ \t\r\n]*([:,]))?")  # what comes after most tokens
_BLANKS = re.compile(r"[ \t\r\n]*")
_WORDS: Mapping[str, Any] = {
    "true": True,
    "false": False,
    "null": None,
    "NaN": float("nan"),
    "Infinity": float("inf"),
    "-Infinity": float("-inf"),
}
_CLOSES = {"}": dict, "]": list}
# what may come next
_VALUE, _FIRST_VALUE, _KEY, _FIRST_KEY, _COLON, _AFTER, _NOTHING = range(7)
_CLOSING, _OF_KEYS = (_AFTER, _FIRST_KEY, _FIRST_VALUE), (_KEY, _FIRST_KEY)
_WANTED = {
    _VALUE: "a value",
    _FIRST_VALUE: "a value or ]",
    _KEY: 'a key, as in "name": 1',
    _FIRST_KEY: "a key or }",
    _COLON: "a colon",
    _AFTER: "a comma or the end of what is open",
    _NOTHING: "nothing more",
}


class BadJson(Exception):
    """A text that is not JSON: a template and its facts, and the place."""

    def __init__(self, template: str, place: Span, /, **facts: Any) -> None:
        super().__init__(template)
        self.template, self.place, self.facts = template, place, facts


class JsonValue:
    """A value and its place, which of a text includes the quotes.

    `value` is a dictionary or a list of such values, or a text, number, boolean or None.
    """

    __slots__ = ("_plain", "end", "start", "value")

    def __init__(self, value: Any, start: int, end: int) -> None:
        self.value, self.start, self.end = value, start, end
        self._plain: Any = self  # not worked out yet

    @property
    def place(self) -> Span:
        return Span(self.start, self.end)

    def key_in(self, text: str, key: str) -> Span:
        """The place of the key that this is the value of, without quotes; its own where it is not there."""
        start = text.rfind(f'"{key}"', 0, self.start)
        return self.place if start < 0 else Span(start + 1, start + 1 + len(key))

    @property
    def plain(self) -> Any:
        """The value without places."""
        if self._plain is self:
            value = self.value
            if isinstance(value, dict):
                self._plain = {key: one.plain for key, one in value.items()}
            else:
                self._plain = [one.plain for one in value] if isinstance(value, list) else value
        return self._plain

    @property
    def items(self) -> list[JsonValue]:
        """The entries of a list; none of anything else."""
        return self.value if isinstance(self.value, list) else []

    @property
    def text(self) -> str | None:
        """The text that it is; None where it is something else."""
        return self.value if isinstance(self.value, str) else None

    def get(self, key: str) -> JsonValue | None:
        """The value of a key; None where there is none."""
        return self.value.get(key) if isinstance(self.value, dict) else None

    def text_of(self, key: str) -> str | None:
        """The text of a key; None where it has none."""
        found = self.get(key)
        return None if found is None else found.text


def read_json(source: Source) -> tuple[JsonValue, list[tuple[str, Span]]]:
    """The value that a text is, and the keys that an object has again with another value. Raises BadJson."""
    text, match = source.text, _WITH_SIGN.match
    position, state = 0, _VALUE
    open_values: list[JsonValue] = []
    keys: list[Any] = []  # of each open value the key that waits
    again: list[tuple[str, JsonValue, JsonValue]] = []
    container: Any = None
    key: Any = None
    root = JsonValue(None, 0, 0)
    while (found := match(text, position)) is not None:
        quoted, sign, word, after = found.groups()
        position = found.end()
        if quoted is not None:
            start, end = found.span(1)
            inner: Any = quoted[1:-1]
            if "\\" in inner:
                inner = _unescaped(text, start, end)
        elif word is not None:
            start, end = found.span(3)
            inner = _number_or_word(word)
        else:
            start, end = found.span(2)
            inner = {} if sign == "{" else []
        if sign is not None and sign not in "[{":
            if sign in _CLOSES and type(container) is _CLOSES[sign] and state in _CLOSING:
                open_values.pop().end = end
                key = keys.pop()
                container = open_values[-1].value if open_values else None
                state = _AFTER if open_values else _NOTHING
            elif sign == "," and state == _AFTER:
                state = _KEY if type(container) is dict else _VALUE
            elif sign == ":" and state == _COLON:
                state = _VALUE
            else:
                raise _unexpected(text, start, state)
        elif quoted is not None and state in _OF_KEYS:
            key, state = inner, _COLON
        elif state > _FIRST_VALUE:
            raise _unexpected(text, start, state)
        else:
            value = JsonValue(inner, start, end)
            if container is None:
                root = value
            elif type(container) is dict:
                if key in container:
                    again.append((key, container[key], value))
                container[key] = value
            else:
                container.append(value)
            if sign is not None:
                if len(open_values) >= _DEEPEST:
                    raise BadJson("more than {limit} levels, the limit", Span(start, end), limit=_DEEPEST)
                open_values.append(value)
                keys.append(key)
                container = inner
                state = _FIRST_KEY if sign == "{" else _FIRST_VALUE
            else:
                state = _AFTER if open_values else _NOTHING
        if after is None:
            continue
        if after == "," and state == _AFTER:
            state = _KEY if type(container) is dict else _VALUE
        elif after == ":" and state == _COLON:
            state = _VALUE
        else:
            raise _unexpected(text, position - 1, state)
    _need_end(text, position, state, open_values)
    other = [(word, new.key_in(text, word)) for word, old, new in again if old.plain != new.plain]
    return root, other


def _need_end(text: str, position: int, state: int, open_values: list[JsonValue]) -> None:
    blanks = _BLANKS.match(text, position)
    position = blanks.end() if blanks is not None else position
    if position < len(text):
        raise _unexpected(text, position, state)
    if state == _NOTHING:
        return
    if not open_values:
        raise BadJson("there is no JSON in it", Span(0, 0))
    last = open_values[-1]
    sign = text[last.start]
    line = text.count("\n", 0, last.start) + 1
    raise BadJson(
        "the JSON ends before the {sign} of line {line} is closed: the file is cut short",
        Span(max(0, len(text.rstrip()) - 1), len(text.rstrip())),
        sign=sign,
        line=line,
    )


def _unexpected(text: str, start: int, state: int) -> BadJson:
    end = start + 1
    if text[start] == '"':
        line_end = text.find("\n", start)
        if line_end < 0 and not _TOKEN.match(text, start):
            return BadJson(
                "the JSON ends inside of a text: the file is cut short",
                Span(start, min(len(text), start + 40)),
            )
        found = "a text that is not closed" if not _TOKEN.match(text, start) else "a text"
        end = len(text) if line_end < 0 else line_end
        return BadJson(
            "this is not JSON: {wanted} is expected, found {found}",
            Span(start, min(end, start + 40)),
            wanted=_WANTED[state],
            found=found,
        )
    word = re.compile(r"[\w.+-]*").match(text, start)
    if word is not None and word[0]:
        end = min(word.end(), start + 40)
    return BadJson(
        "this is not JSON: {wanted} is expected, found {found}",
        Span(start, end),
        wanted=_WANTED[state],
        found=text[start:end],
    )


def _unescaped(text: str, start: int, end: int) -> str:
    try:
        word: str = json.loads(text[start:end], strict=False)
    except ValueError:
        raise BadJson("a backslash in this text begins nothing that JSON knows", Span(start, end)) from None
    return word


def _number_or_word(word: str) -> Any:
    if word in _WORDS:
        return _WORDS[word]
    if word.lstrip("-").isdigit():
        if len(word) > _DIGITS:
            return -_HUGE if word[0] == "-" else _HUGE
        return int(word)
    return float(word)


def keys_at_top(text: str) -> Iterator[str]:
    """The keys of the outermost object, one after the other, as far as the text is JSON."""
    depth = position = 0
    last: str | None = None
    while (found := _TOKEN.match(text, position)) is not None:
        position = found.end()
        word = found[found.lastindex or 0]
        if word in ("{", "["):
            depth += 1
        elif word in ("}", "]"):
            depth -= 1
        elif word == ":" and depth == 1 and last is not None:
            yield last
        last = word[1:-1] if found.lastindex == 1 else None
