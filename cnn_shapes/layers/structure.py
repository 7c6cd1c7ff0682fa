"""The structures that group layers: declared here, unfolded in `spec`."""

from __future__ import annotations

from typing import ClassVar


class Structure:
    """A group of layers: `lists` names its lists of layers, `values` its other fields, `shorthand` a list.

    `nested` are those of `lists` that are lists of lists, `named` those of `values` that are names of
    tensors. `branches` says whether some of its layers are beside one another. `form` is how one is written
    on one line, `example` entries that show it in use.
    """

    kind: ClassVar[str] = ""
    branches: ClassVar[bool] = True
    shorthand: ClassVar[str | None] = None
    lists: ClassVar[dict[str, str]] = {}
    values: ClassVar[dict[str, str]] = {}
    required: ClassVar[tuple[str, ...]] = ()
    nested: ClassVar[tuple[str, ...]] = ()
    named: ClassVar[tuple[str, ...]] = ()
    form: ClassVar[str] = ""
    example: ClassVar[str] = ""
    example_input: ClassVar[str] = "[28, 28, 8]"


class Residual(Structure):
    """Adds a shortcut to what its layers make: input -> layers, plus input -> shortcut."""

    kind = "residual"
    shorthand = "layers"
    lists: ClassVar = {"layers": "the main way", "shortcut": "the way around; identity where it is not given"}
    values: ClassVar = {
        "add_if": "an expression; false: no shortcut and no addition",
        "activation": "an activation after the addition",
    }
    required = ("layers",)
    form = "residual: [conv: {filters: 32, kernel_size: 3, padding: 1}]"
    example = (
        "- residual:\n"
        "    layers:\n"
        "      - conv: {filters: 8, kernel_size: 3, padding: half, activation: relu}\n"
        "      - conv: {filters: 8, kernel_size: 3, padding: half}\n"
        "    activation: relu\n"
    )


class Parallel(Structure):
    """Runs branches side by side on one input and merges what comes out."""

    kind = "parallel"
    lists: ClassVar = {
        "branches": "a mapping from label to layers, or a list of lists; "
        "one may be left out: {if: deep, layers: [...]}"
    }
    values: ClassVar = {"merge": "concat, add or multiply"}
    required = ("branches",)
    nested = ("branches",)
    form = "parallel: {branches: [[conv: 32], [maxpool: 2]]}"
    example = (
        "- parallel:\n"
        "    branches:\n"
        "      narrow: [conv: {filters: 8, kernel_size: 1, activation: relu}]\n"
        "      wide: [conv: {filters: 8, kernel_size: 3, padding: half, activation: relu}]\n"
        "    merge: concat\n"
    )


class Gate(Structure):
    """Multiplies its input with what its layers make of it (squeeze-and-excitation)."""

    kind = "gate"
    shorthand = "layers"
    lists: ClassVar = {"layers": "the branch"}
    required = ("layers",)
    form = "gate: [global_avgpool, dense: 32]"
    example = (
        "- gate:\n"
        "    - global_avgpool\n"
        "    - dense: {units: 2, activation: relu}\n"
        "    - dense: {units: 8, activation: sigmoid}\n"
    )


class Repeat(Structure):
    """Repeats its layers, `i` being the index of the pass; `collect` joins the input and every pass."""

    kind = "repeat"
    branches = False
    lists: ClassVar = {"layers": "what is repeated"}
    values: ClassVar = {
        "times": "how often",
        "collect": "concat: join the input and what every pass makes",
        "inputs": "names for several tensors that go from pass to pass, filled by from",
        "outputs": "what a pass hands to the next one as its inputs, and the last one hands out",
        "into": "names for what comes out, in the order of outputs",
    }
    named = ("inputs", "outputs", "into")
    required = ("times", "layers")
    form = "repeat: {times: 2, layers: [conv: 32]}"
    example = (
        "- repeat:\n"
        "    times: 3\n"
        "    layers: [conv: {filters: 8 * (i + 1), kernel_size: 3, padding: half, activation: relu}]\n"
    )


STRUCTURES: dict[str, type[Structure]] = {cls.kind: cls for cls in (Residual, Parallel, Gate, Repeat)}
MERGES = ("concat", "add", "multiply")  # of what branches make
COLLECTS = ("concat",)  # of what passes make
