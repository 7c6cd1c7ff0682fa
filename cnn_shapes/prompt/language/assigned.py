"""The numbers that a pasted program gives a name: `num_classes = 10` is known to the layers below it."""

from __future__ import annotations

import re

from cnn_shapes.prompt.language.grammar import TypedStatement

_ASSIGNED = re.compile(r"([A-Za-z_]\w*)\s*=\s*(\d+|\d*\.\d+|[(\[][\d\s,]+[)\]])")


def with_values(found: list[TypedStatement]) -> list[TypedStatement]:
    """The statements of a paste with values for such names, without the lines that gave them."""
    if len(found) < 2:
        return found
    values: dict[str, str] = {}
    read: list[TypedStatement] = []
    for statement in found:
        given = _ASSIGNED.fullmatch(statement.text)
        if given is not None:
            values[given[1]] = given[2]
        else:
            read.append(statement._replace(text=_put_in(statement.text, values)))
    return read or found


def _put_in(text: str, values: dict[str, str]) -> str:
    """The text of a call with values for names; a name before = is that of an argument."""
    if not values or "(" not in text:
        return text
    names = "|".join(map(re.escape, values))
    return re.sub(rf"(?<![\w.\"'])({names})(?![\w\"']|\s*=)", lambda name: values[name[1]], text)
