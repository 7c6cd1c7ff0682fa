"""Values of the short form as YAML writes them: `5x5`, `(5, 5)`, `True`, `4*c`."""

from __future__ import annotations

import re
from typing import Union

from cnn_shapes.prompt.language.grammar import Misread

_SIZES = re.compile(r"\d+(?:[xX×]\d+)+")
_TOKEN = re.compile(r"""\s+|[\[\](),]|"[^"]*"|'[^']*'|[^\s\[\](),"']+""")
_PLAIN = re.compile(r"[\w.+-][\w .+*/%<>=!()-]*|-?\.?\d[\w.]*")
_PYTHON = {"True": "true", "False": "false", "None": "null"}
Tree = Union[str, "list[Tree]"]


def sizes_of(text: str) -> list[int] | None:
    """`5x5x32` as its numbers; one number alone counts too. None where it is no such thing."""
    if text.isascii() and text.isdigit() and len(text) < 20:
        return [int(text)]
    if _SIZES.fullmatch(text) is None or len(text) > 80:
        return None
    return [int(part) for part in re.split("[xX×]", text)]


def yaml_value(text: str, collapses: bool) -> str:
    """A value in YAML's flow style. Where all numbers of a list are the same, `collapses` makes it one.

    Raises Misread where brackets do not match.
    """
    numbers = sizes_of(text)
    if numbers is not None:
        return _list([str(number) for number in numbers], collapses) if len(numbers) > 1 else text
    if text in _PYTHON:
        return _PYTHON[text]
    if text[:1] in "([":
        return _written(_tree(text), collapses)
    if text[:1] == "{":
        return text
    if text[:1] in "\"'" and len(text) > 1 and text[-1] == text[0]:
        return scalar(text[1:-1])
    return scalar(text)


def scalar(text: str) -> str:
    """A word, number or expression, in quotes where YAML would take it apart."""
    if _PLAIN.fullmatch(text) and not text.endswith(" ") and ": " not in text and " #" not in text:
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _tree(text: str) -> Tree:
    """A list in either kind of brackets as a tree of its items."""
    stack: list[list[Tree]] = [[]]
    place = 0
    for match in _TOKEN.finditer(text):
        if match.start() != place:
            break
        place = match.end()
        token = match[0]
        if token in ("(", "["):
            stack.append([])
        elif token in (")", "]"):
            if len(stack) == 1:
                raise Misread(f"a bracket too many in {text}")
            done = stack.pop()
            stack[-1].append(done)
        elif token.strip() and token != ",":
            stack[-1].append(token.strip("\"'"))
    if len(stack) > 1:
        raise Misread(f"a bracket of {text} is not closed", incomplete=True)
    if place != len(text) or len(stack[0]) != 1:
        raise Misread(f"expected a list such as (5, 5), found {text}")
    return stack[0][0]


def _written(tree: Tree, collapses: bool) -> str:
    if isinstance(tree, str):
        return _PYTHON.get(tree, scalar(tree))
    return _list([_written(item, False) for item in tree], collapses)


def _list(items: list[str], collapses: bool) -> str:
    if collapses and items and len(set(items)) == 1 and items[0].isdigit():
        return items[0]
    return f"[{', '.join(items)}]"
