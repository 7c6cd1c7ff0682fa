"""What comes out of each line of a spec, worked out by hand."""

import pytest

from cnn_shapes.checking import check_source
from cnn_shapes.explain.line_shapes import line_shapes
from cnn_shapes.source import Source

BLOCK = """\
input: [32, 32, 3]
blocks:
  Half:
    params: {c: required}
    layers:
      - conv: {filters: c, kernel_size: 3, padding: 1, norm: batch}
      - maxpool: 2
layers:
  - Half: {c: 8}
  - Half: {c: 16}
  - repeat:
      times: 3
      layers: [Half: {c: 4 * (i + 1)}]
  - residual: [conv: {filters: 12, kernel_size: 1}, relu]
  - flatten
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("input: 8\n", []),
        ("input: 8\nlayers: [dense: 4, dense: 2, relu]\n", [(2, ("4", "2"), False, "ok")]),
        (
            "input: [9, 9, 1]\nlayers:\n  - maxpool: 2\n  - flatten\n  - conv: 3\n  - relu\n",
            [
                (3, ("4x4x1",), False, "error"),
                (4, ("16",), False, "assumed"),
                (5, ("?x?x3",), False, "error"),  # its channels are known
                (6, ("?x?x3",), False, "unreached"),
            ],
        ),
        (
            BLOCK,
            [
                # 32, then 16, then 8, 4, 2: five calls
                (6, ("32x32x8", "16x16x16", "8x8x4"), True, "ok"),
                (7, ("16x16x8", "8x8x16", "4x4x4"), True, "ok"),
                (9, ("16x16x8",), False, "ok"),
                (10, ("8x8x16",), False, "ok"),
                (11, ("1x1x12",), False, "ok"),
                (13, ("4x4x4", "2x2x8", "1x1x12"), False, "ok"),
                (14, ("1x1x12",), False, "ok"),
                (15, ("12",), False, "ok"),
            ],
        ),
    ],
)
def test_shapes_of_lines(text: str, expected: list[tuple[int, tuple[str, ...], bool, str]]) -> None:
    found = line_shapes(check_source(Source("net.yaml", text)))
    assert [(one.line, one.shapes, one.is_more, one.state) for one in found] == expected


def test_a_line_has_the_names_of_what_is_written_on_it() -> None:
    found = {one.line: one.names for one in line_shapes(check_source(Source("net.yaml", BLOCK)))}
    assert found[6] == tuple(
        f"{name}.conv1" for name in ("half1", "half2", *(f"repeat1.{i}.half1" for i in range(3)))
    )
    assert found[9] == ("half1",)
    assert found[11] == ("repeat1",)
    assert found[15] == ("flatten1",)
