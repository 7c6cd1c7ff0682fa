"""Ultralytics' modules as blocks of the language: `modules.yaml`, cut into its blocks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

_BLOCK = re.compile(r"^  (\w+):(?:.*\n)(?:(?: {4,}.*)?\n)*", re.MULTILINE)
_CALL = re.compile(r"[-\[,] *([A-Z]\w*)\b")
_COMMENT = re.compile(r"^ *#.*\n|\n(?=\n)| +# .*$", re.MULTILINE)


class BlockText(NamedTuple):
    """The text of a block, and the names of the blocks that it calls."""

    text: str
    calls: tuple[str, ...]


@lru_cache(1)
def blocks() -> dict[str, BlockText]:
    """All blocks by their names."""
    text = _COMMENT.sub("", Path(__file__).with_name("modules.yaml").read_text(encoding="utf-8"))
    found = {one[1]: one[0] for one in _BLOCK.finditer(text)}
    return {
        name: BlockText(block, tuple(word for word in dict.fromkeys(_CALL.findall(block)) if word in found))
        for name, block in found.items()
    }


def text_of(names: Iterable[str]) -> str:
    """The blocks of these names and all that they call, in the order of the library."""
    known, wanted, waiting = blocks(), set(), list(names)
    while waiting:
        name = waiting.pop()
        if name not in wanted:
            wanted.add(name)
            waiting += known[name].calls
    return "".join(block.text for name, block in known.items() if name in wanted)
