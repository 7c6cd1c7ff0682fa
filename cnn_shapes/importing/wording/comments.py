"""Comments of a model's code that silence a rule, as in a spec: on the line of a layer or above it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from cnn_shapes.diagnostics import MARK
from cnn_shapes.rules import READING
from cnn_shapes.source import CodePlace, Source

_COMMENT = re.compile(rf"#[ \t]*{MARK}[ \t]*([^\r\n]*)")
_RULES = re.compile(r"\bignore\[([^\]]*)\]")


def comments_at(places: Iterable[CodePlace | None], files: Mapping[str, Source]) -> str:
    """The comments that mean what is on these lines, as one text after a line of a spec."""
    found = [comment for place in places if place is not None for comment in _at(place, files)]
    return "".join(f"  {comment}" for comment in dict.fromkeys(found))


def of_files(files: Mapping[str, Source]) -> Iterator[str]:
    """The comments that mean a whole file."""
    for file in files.values():
        if MARK in file.text:
            for found in _COMMENT.finditer(file.text):
                if found[1].startswith("ignore-file"):
                    yield f"# {MARK} {found[1]}"


def silences(line: str, rule: str) -> bool:
    """Whether a line of a spec has a comment that silences a rule; what cannot be read is never silenced."""
    named = [name for found in _RULES.finditer(line) for name in re.split(r"[\s,]+", found[1])]
    return rule in named and rule not in READING


def _at(place: CodePlace, files: Mapping[str, Source]) -> Iterator[str]:
    file = files.get(place.path)
    if file is None or MARK not in file.text or not 1 <= place.line <= file.line_count:
        return
    lines = [file.line_text(place.line)]
    above = file.line_text(place.line - 1).strip() if place.line > 1 else ""
    if above.startswith("#"):
        lines.append(above)
    for line in lines:
        found = _COMMENT.search(line)
        if found is not None and not found[1].startswith("ignore-file"):
            yield f"# {MARK} {found[1]}"
