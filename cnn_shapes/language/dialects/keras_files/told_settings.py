"""The settings of a Keras layer as values of a spec that know their place, and can be written there."""

from __future__ import annotations

import json
import re
from typing import Any

from cnn_shapes.language.dialects.keras.call import shown
from cnn_shapes.language.dialects.keras_files.json_text import JsonValue
from cnn_shapes.language.dialects.writing import Given, Told, Write
from cnn_shapes.source import Edit, Span
from cnn_shapes.source.flow_style import quoted

_NUMBERS_OF = (
    *("filters", "units", "groups", "depth_multiplier", "num_heads", "key_dim", "value_dim", "input_dim"),
    *("output_dim", "n", "height", "width", "block_size"),
)
_OF_AXES = (
    *("kernel_size", "pool_size", "strides", "dilation_rate", "size", "output_padding", "padding"),
    *("cropping", "output_size"),
)
_FLAGS = ("use_bias", "center", "return_sequences", "return_state", "go_backwards", "keepdims")
_NUMBER = re.compile(r"-?[0-9]+")
_NUMBERS = re.compile(r"[\[\], 0-9-]+")
_WORD = re.compile(r"\w+")


class ToldSettings:
    """The `config` of a layer in the file's text."""

    def __init__(self, text: str, config: JsonValue | None) -> None:
        self.text, self.config = text, config

    def at(self, word: str) -> JsonValue | None:
        return None if self.config is None else self.config.get(word)

    def told(self, value: Any, word: str | None) -> Given:
        """A field's value, which the setting `word` says where that is given."""
        found = None if word is None else self.at(word)
        if found is None:
            return Told(in_flow_style(value))
        return Told(in_flow_style(value), found.place, self._writer(value, found))

    def _writer(self, value: Any, found: JsonValue) -> Write | None:
        """What writes another value at the place: only where the value is what stands there."""
        if isinstance(found.value, list):
            return lambda new: self._list(found, new)
        if isinstance(value, bool) or value != found.value:
            return _boolean if isinstance(found.value, bool) and value == found.value else None
        if isinstance(value, str):
            return lambda new: json.dumps(new) if _WORD.fullmatch(new) else None
        return lambda new: new if _NUMBER.fullmatch(new) else None

    def _list(self, found: JsonValue, new: str) -> str | None:
        """The list with other numbers, written as it is: one number for all, or one for each."""
        if not _NUMBERS.fullmatch(new):
            return None
        try:
            value = json.loads(new)
        except ValueError:
            return None
        edits = _in_list(found, value)
        if edits is None:
            return json.dumps(value) if isinstance(value, list) else None
        text, start = self.text[found.start : found.end], found.start
        for (begin, end), number in reversed(edits):
            text = text[: begin - start] + number + text[end - start :]
        return text

    def added(self, word: str | None, new: str) -> Edit | None:
        """The edit that gives the layer a setting which its entry of the spec does not have."""
        if word is None or self.config is None or not isinstance(self.config.value, dict):
            return None
        found = self.at(word)
        if found is not None:
            if isinstance(found.value, list):
                written = self._list(found, new)
            elif isinstance(found.value, str):
                written = json.dumps(new) if _WORD.fullmatch(new) else None
            elif isinstance(found.value, bool):
                written = _boolean(new)
            else:
                written = new if _NUMBERS.fullmatch(new) else None
            return None if written is None else Edit(found.place, written)
        if not _NUMBERS.fullmatch(new) and _boolean(new) is None:
            new = json.dumps(new) if _WORD.fullmatch(new) else ""
        return self._inserted(word, new) if new else None

    def _inserted(self, word: str, new: str) -> Edit | None:
        """A key after the last one, on a line of its own where that one is."""
        assert self.config is not None
        values = list(self.config.value.values())
        if not values:
            return Edit(Span(self.config.start + 1, self.config.start + 1), f'"{word}": {new}')
        end = values[-1].end
        line = self.text[self.text.rfind("\n", 0, end) + 1 : end]
        indent = line[: len(line) - len(line.lstrip())]
        alone = "\n" in self.text[self.config.start : end] and line.lstrip()[:1] in '"]}'
        line_end = "\r\n" if "\r\n" in self.text else "\n"
        between = f",{line_end}{indent}" if alone else ", "
        return Edit(Span(end, end), f'{between}"{word}": {new}')


class Misfit(Exception):
    """A setting of the wrong form: which, what it must be, and what it is."""

    def __init__(self, word: str, expected: str, found: str) -> None:
        super().__init__(word)
        self.word, self.expected, self.found = word, expected, found


def need_form(config: JsonValue | None, class_rank: int) -> None:
    """Raise Misfit for what is not of the form it must have: a number, one of each axis, true or false."""
    for word in (*_NUMBERS_OF, *_OF_AXES):
        value = None if config is None else config.get(word)
        if value is None or value.value is None:
            continue
        if word == "padding" and isinstance(value.value, str):
            continue
        numbers = value.items if word in _OF_AXES else []
        if word in _OF_AXES and isinstance(value.value, list) and class_rank and len(numbers) != class_rank:
            expected = f"a number or a list of {class_rank}"
            raise Misfit(word, expected, f"a list of {len(numbers)}")
        for one in numbers or [value]:
            if type(one.value) is not int and not (word in _OF_AXES and isinstance(one.value, list)):
                raise Misfit(word, "a whole number", _found(one))
    for word in _FLAGS:
        value = None if config is None else config.get(word)
        if value is not None and not isinstance(value.value, bool):
            raise Misfit(word, "true or false", _found(value))


def _found(value: JsonValue) -> str:
    return f'the text "{shown(value.value)}"' if isinstance(value.value, str) else shown(value.plain)


def _in_list(found: JsonValue, value: Any) -> list[tuple[Span, str]] | None:
    """The edits that put numbers into a list; None where it has another form than they."""
    if not isinstance(found.value, list):
        return [(found.place, str(value))] if type(value) is int and type(found.value) is int else None
    values = value if isinstance(value, list) else [value] * len(found.value)
    if len(values) != len(found.value):
        return None
    edits: list[tuple[Span, str]] = []
    for one, new in zip(found.value, values, strict=True):
        inner = _in_list(one, new)
        if inner is None:
            return None
        edits += inner
    return edits


def _boolean(new: str) -> str | None:
    return new if new in ("true", "false") else None


def in_flow_style(value: Any) -> str:
    """A value as YAML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(in_flow_style, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{quoted(str(key))}: {in_flow_style(one)}' for key, one in value.items())}}}"
    return "null" if value is None else str(value)
