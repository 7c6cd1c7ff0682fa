"""How lists, names and texts are written in the flow style of YAML."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from cnn_shapes.source.tree import resolve
from cnn_shapes.source.wording import FORBIDDEN

_PLAIN_TEXT = re.compile(r"[^\W\d]([\w. -]*[\w.])?")
# what YAML allows in no text, lone surrogates among it, and what looks like a blank or the end of a line
_ESCAPED = re.compile(f"{FORBIDDEN}|[\x85\xa0\u2028\u2029]")


def listed(texts: Iterable[str]) -> str:
    return f"[{', '.join(texts)}]"


def word(name: str) -> str:
    """A name, in quotes where YAML would take it for something else."""
    return name if re.match(r"[^\W\d]", name) and isinstance(resolve(name), str) else quoted(name)


def quoted(text: str) -> str:
    """Any text as a YAML scalar."""
    if _PLAIN_TEXT.fullmatch(text) and isinstance(resolve(text), str):
        return text
    return _ESCAPED.sub(lambda sign: f"\\u{ord(sign[0]):04x}", json.dumps(text, ensure_ascii=False))
