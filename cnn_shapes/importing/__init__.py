"""Spec text out of a framework's model: what its run calls, recorded in a process of its own, as layers."""

from __future__ import annotations

import os
import re

_NAME = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
_TARGET = rf"(?:{_NAME}|.+\.py):{_NAME}"


def is_model(path: str) -> bool:
    """Whether a path means a model, `package.module:Name` or `file.py:Name`: a file of that name wins."""
    return ":" in path and re.fullmatch(_TARGET, path) is not None and not os.path.lexists(path)
