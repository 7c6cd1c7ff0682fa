"""The structures that group layers: declared here, unfolded in `spec`."""

from __future__ import annotations

from typing import ClassVar


class Structure:
    """A group of layers: `lists` names its lists of layers, `values` its other fields, `shorthand` a list."""

    kind: ClassVar[str] = ""
    shorthand: ClassVar[str | None] = None
    lists: ClassVar[dict[str, str]] = {}
    values: ClassVar[dict[str, str]] = {}
    required: ClassVar[tuple[str, ...]] = ()


class Residual(Structure):
    """Adds a shortcut to what its layers make: input -> layers, plus input -> shortcut."""

    kind = "residual"
    shorthand = "layers"
    lists: ClassVar = {"layers": "the main way", "shortcut": "the way around; identity where it is not given"}
    values: ClassVar = {
        "add_if": "an expression; false: no shortcut and no addition",
        "activation": "an activation behind the addition",
    }
    required = ("layers",)


class Parallel(Structure):
    """Runs branches side by side on one input and merges what comes out."""

    kind = "parallel"
    lists: ClassVar = {"branches": "a mapping from label to layers, or a list of lists"}
    values: ClassVar = {"merge": "concat, add or multiply"}
    required = ("branches",)


class Gate(Structure):
    """Multiplies its input with what its layers make of it (squeeze-and-excitation)."""

    kind = "gate"
    shorthand = "layers"
    lists: ClassVar = {"layers": "the branch"}
    required = ("layers",)


class Repeat(Structure):
    """Repeats its layers, `i` being the index of the pass; `collect` joins the input and every pass."""

    kind = "repeat"
    lists: ClassVar = {"layers": "what is repeated"}
    values: ClassVar = {
        "times": "how often",
        "collect": "concat: join the input and what every pass makes",
    }
    required = ("times", "layers")


STRUCTURES: dict[str, type[Structure]] = {cls.kind: cls for cls in (Residual, Parallel, Gate, Repeat)}
MERGES = ("concat", "add", "multiply")
