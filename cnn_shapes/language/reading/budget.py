"""Reads the `budget` of a spec: the most that the network may have of each figure."""

from __future__ import annotations

from cnn_shapes.diagnostics import Findings
from cnn_shapes.language.quantities import COUNTED, IN_BYTES, amount
from cnn_shapes.language.reading.wording import must_be, unknown_key
from cnn_shapes.language.spec import Budget, BudgetLimit
from cnn_shapes.memory import DTYPES, FIGURES, FLOAT32
from cnn_shapes.shapes import listed
from cnn_shapes.source import Map, Scalar, TreeNode
from cnn_shapes.words import say

DTYPE = "dtype"
KEYS = (*FIGURES, DTYPE)


def read_budget(node: TreeNode, findings: Findings) -> Budget | None:
    """The budget of a spec; what is wrong in it is reported, and left out. None where it is no mapping."""
    if not isinstance(node, Map):
        must_be(findings, "budget", "a mapping such as {{params: 1M, peak: 256KiB}}", node)
        return None
    limits: list[BudgetLimit] = []
    dtype = FLOAT32
    for key, value in node.pairs:
        if key.text == DTYPE:
            dtype = _read_dtype(value, findings)
        elif key.text in FIGURES:
            most = _read_amount(key.text, value, findings)
            if most is not None:
                limits.append(BudgetLimit(key.text, most, value.span))
        else:
            unknown_key(
                findings, key, say("a budget"), [*KEYS], [*KEYS], _SYNONYMS.get(key.text), value, node
            )
    return Budget(tuple(limits), dtype)


_SYNONYMS = {
    "parameters": "params",
    "flops": "macs",
    "multiply_adds": "macs",
    "memory": "peak",
    "ram": "peak",
    "flash": "weights",
    "depth": "layers",
}


def _read_dtype(node: TreeNode, findings: Findings) -> str:
    if isinstance(node, Scalar) and node.text in DTYPES:
        return node.text
    must_be(findings, DTYPE, listed([*DTYPES], "or"), node)
    return FLOAT32


def _read_amount(name: str, node: TreeNode, findings: Findings) -> int | None:
    in_bytes = FIGURES[name].in_bytes
    number: int | None = None
    if isinstance(node, Scalar) and not isinstance(node.value, bool):
        number = amount(node.text, in_bytes)
        if number is None and isinstance(node.value, int | float) and node.value == node.value // 1 >= 0:
            number = int(node.value)  # as 1e6
    if number is None:
        must_be(findings, name, IN_BYTES if in_bytes else COUNTED, node)
    return number
