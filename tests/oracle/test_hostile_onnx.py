"""ONNX files that are broken, or made to do harm: a clear error at exit code 1 or 2, nothing printed raw."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import onnx
import pytest
from onnx import TensorProto, helper

from tests.golden import run
from tests.oracle.onnx_models import IMAGE, ROWS, Row, made, node

pytestmark = pytest.mark.oracle


def _chain(operation: str, count: int, first: str, last: str) -> list[onnx.NodeProto]:
    """Nodes one after the other, each of which takes what comes of the last one twice."""
    names = [first, *(f"t{number}" for number in range(1, count)), last]
    twice = {"Mul": 2, "Pow": 2, "Concat": 16}
    more = {"axis": 0} if operation == "Concat" else {}
    return [
        helper.make_node(operation, [one] * twice.get(operation, 1), [then], **more)
        for one, then in pairwise(names)
    ]


def _huge(shape: list[int]) -> bytes:
    """A convolution whose weights say that they are of these sizes."""
    weights = TensorProto(name="w", data_type=TensorProto.FLOAT)
    weights.dims.extend(shape)
    model = onnx.load_from_string(made(Row([node("Conv", "x w")])))
    model.graph.initializer.append(weights)
    return bytes(model.SerializeToString())


def _sizes_then(operation: str, count: int) -> bytes:
    nodes = [node("Shape", "x", "s"), *_chain(operation, count, "s", "to"), node("Reshape", "x to")]
    return made(Row(nodes))


def _loop() -> bytes:
    body = helper.make_graph([node("Relu", "a", "b")], "body", [], [])
    return made(Row([helper.make_node("Loop", ["x"], ["y"], body=body)]))


UNREADABLE = "unreadable-model"
CUT = f"1:1: error[{UNREADABLE}] net.onnx is not a whole ONNX file: it was cut short, or is something else"
NOT_SAID = "7:1: error[unsupported-layer]"
BAD: dict[str, tuple[Callable[[], bytes], int, str]] = {
    "empty": (
        lambda: b"",
        2,
        f"1:1: error[{UNREADABLE}] net.onnx is not an ONNX file: there is no operation",
    ),
    "cut-short": (lambda: made(ROWS["conv"])[:-40], 2, CUT),
    "zeros": (lambda: bytes(10**7), 2, CUT),
    "a-spec": (lambda: b"input: [3, 4, 4]\nlayers:\n  - relu\n", 2, CUT),
    "nested": (lambda: b"\x3a\xff\xff\x7f" * 20_000, 2, CUT),
    "circle": (
        lambda: made(Row([node("Add", "x b", "a"), node("Relu", "a", "b")])),
        2,
        f"1:1: error[{UNREADABLE}] the operations of net.onnx go in a circle: Add Add_0 waits for",
    ),
    "made-twice": (
        lambda: made(Row([node("Relu", "x"), node("Tanh", "x")])),
        2,
        f"1:1: error[{UNREADABLE}] y is made twice in net.onnx",
    ),
    "nothing-makes": (
        lambda: made(Row([node("Relu", "gone")])),
        1,
        f"{NOT_SAID} Relu Relu_0 cannot be said in",
    ),
    "loop": (_loop, 1, f"{NOT_SAID} Loop y cannot be said in the language: it has no such layer"),
    "many-operations": (
        lambda: made(Row(_chain("Relu", 30_000, "x", "y"))),
        2,
        f"1:1: error[{UNREADABLE}] net.onnx has 30000 operations: at most 20000 are read",
    ),
    "very-many": (
        lambda: made(Row(_chain("Relu", 300_000, "x", "y"))),
        2,
        f"1:1: error[{UNREADABLE}] net.onnx has more than 200000 entries: it is not read",
    ),
    "negative-input": (
        lambda: made(Row([node("Relu", "x")], {"x": (1, -3, 8, 8)})),
        1,
        "1:8: error[missing-field] the file leaves channels of the input x open: give --input 3x8x8",
    ),
    "negative-weights": (
        lambda: _huge([-4, 6, 3, 3]),
        2,
        f"1:1: error[{UNREADABLE}] the tensor w has the sizes [-4, 6, 3, 3]",
    ),
    "huge-weights": (
        lambda: _huge([2**62, 6, 3, 3]),
        1,
        "6:21: error[bad-value] filters must be a whole number",
    ),
    "huge-input": (
        lambda: made(Row([node("Relu", "x")], {"x": (1, 2**62, 2**62, 8)})),
        1,
        "2:9: error[bad-value] input must be sizes from 1 to 2**31-1",
    ),
    "huge-number": (
        lambda: _sizes_then("Pow", 9),
        1,
        f"{NOT_SAID} Pow t1 cannot be said in",
    ),
    "huge-product": (
        lambda: _sizes_then("Mul", 60),
        1,
        f"{NOT_SAID} Mul t2 cannot be said in",
    ),
    "huge-list": (lambda: _sizes_then("Concat", 30), 1, f"{NOT_SAID} Concat t"),
    "escape-codes": (
        lambda: made(Row([helper.make_node("\x1b[31m\n::error::Now", ["x"], ["y"], name="\x1b[0m\n")])),
        1,
        f"{NOT_SAID} ?[31m?::error::Now 0m cannot be said in the language: it has no such layer",
    ),
    "no-stride": (
        lambda: made(Row([node("Conv", "x w", strides=[0, 0])], IMAGE, {"w": (8, 6, 3, 3)})),
        1,
        f"{NOT_SAID} Conv Conv_0 cannot be said in the language: a stride or dilation below 1",
    ),
    "other-channels": (
        lambda: made(Row([node("Conv", "x w")], IMAGE, {"w": (8, 5, 3, 3)})),
        1,
        "6:66: error[expect-mismatch] in_channels says 5, but the input 6x12x20 has 6",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file(tmp_path: Path, name: str) -> None:
    make, code, says = BAD[name]
    (tmp_path / "net.onnx").write_bytes(make())
    result = run("check", "net.onnx", "--format", "concise", folder=tmp_path)
    assert (result.code, result.err) == (code, "")
    assert result.out.startswith(f"net.onnx:{says}")
    assert result.out.count("\n") == 1
    assert "\x1b" not in result.out
