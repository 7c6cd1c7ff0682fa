"""Finding specs: a file that is named is taken; in a folder, the YAML files that look like specs."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator

STDIN = "-"
_SUFFIXES = (".yaml", ".yml")
_KEYS = (b"input", b"layers")
_IN_BLOCK = rb"(?m)^(?:\xef\xbb\xbf)?[\"']?%s[\"']?[ \t]*:"
_IN_FLOW = rb"[{,]\s*[\"']?%s[\"']?\s*:"


def find(paths: Iterable[str]) -> list[str]:
    """The specs that `paths` mean, each once. Those of a folder come sorted, the folder joined in front.

    A path that does not exist is returned too: to open it is what tells the user why it cannot be read.
    """
    found: dict[str, None] = {}
    for path in paths:
        if path != STDIN and os.path.isdir(path):
            found.update(dict.fromkeys(_walk(path)))
        else:
            found[path] = None
    return list(found)


def _walk(folder: str) -> Iterator[str]:
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = os.path.join(parent, name)
            if name.lower().endswith(_SUFFIXES) and os.path.isfile(path) and _is_spec(path):
                yield path


def _is_spec(path: str) -> bool:
    """Whether the keys `input` and `layers` stand at the top of a file, without parsing it."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError:
        return True  # checking it says why it cannot be read
    pattern = _IN_FLOW if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") else _IN_BLOCK
    return all(re.search(pattern % key, data) for key in _KEYS)
