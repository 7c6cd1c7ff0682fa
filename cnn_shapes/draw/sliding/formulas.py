"""The arithmetic of a window in the colours of its drawing: each number by what it is."""

from __future__ import annotations

import re

Span = tuple[str, str]  # a text and its class

_PADDING = r"(?:2\*(?P<padding>\d+)|(?P<before>\d+) \+ (?P<after>\d+))"
_EXTENT = r"(?:\(\d+\*\((?P<kernel>\d+) - 1\) \+ 1\)|(?P<extent>\d+))"
_RESULT = r"= (?P<result>[\d.]+)$"
# as `Window.formula`, and the layers that say it in another way, write it
_FORMS = [
    re.compile(rf"(?:\w+\()?\((?P<size>\d+) \+ {_PADDING} - {_EXTENT}\)/(?P<stride>\d+).*{_RESULT}"),
    re.compile(rf"(?:\w+\()?(?P<size>\d+) ?/ ?(?P<stride>\d+)\)? {_RESULT}"),
    re.compile(rf"\((?P<size>\d+) - 1\)\*(?P<stride>\d+) - {_PADDING} \+ {_EXTENT}.*{_RESULT}"),
]
_CLASSES = {
    "size": "of-size",
    "kernel": "of-kernel",
    "extent": "of-kernel",
    "stride": "of-stride",
    "padding": "of-padding",
    "before": "of-padding",
    "after": "of-padding",
    "result": "of-result",
}
_SIGNS = str.maketrans({"*": "·", "-": "−"})


def coloured(formula: str, is_wrong: bool) -> list[Span]:
    """The formula in pieces, with the signs of a printed one; a result that is wrong is red."""
    found = next((match for form in _FORMS if (match := form.fullmatch(formula))), None)
    if found is None:
        return [(formula.translate(_SIGNS), "")]
    places = sorted((found.span(name), name) for name in found.re.groupindex if found.span(name) != (-1, -1))
    spans, at = [], 0
    for (start, end), name in places:
        if start > at:
            spans.append((formula[at:start].translate(_SIGNS), ""))
        own = "of-rest" if name == "result" and is_wrong else _CLASSES[name]
        spans.append((formula[start:end], own))
        at = end
    return spans
