"""`explain memory`: what each figure of memory counts."""

from __future__ import annotations

from textwrap import wrap
from typing import Any

from cnn_shapes.memory import DEFINITIONS, DTYPES, LOWER_BOUNDS, PEAK

_WIDTH = 96
_TITLES = {PEAK: "deployed peak"}


def data() -> dict[str, Any]:
    """What is counted, and the bytes of each number type, for programs."""
    return {"figures": DEFINITIONS, "dtypes": DTYPES, "note": LOWER_BOUNDS}


def describe() -> str:
    """The same as `explain memory` prints it."""
    lines = [
        "memory: what a network takes, in bytes: check --dtype and --batch show it, a budget limits it",
        "",
    ]
    for name, meaning in DEFINITIONS.items():
        lines += [
            _TITLES.get(name, name),
            *wrap(f"{meaning}.", _WIDTH, initial_indent="  ", subsequent_indent="  "),
            "",
        ]
    sizes = [f"{name} {size}" for name, size in DTYPES.items()]
    lines += ["bytes of a number", f"  {', '.join(sizes)}", "", LOWER_BOUNDS]
    return "\n".join(lines)
