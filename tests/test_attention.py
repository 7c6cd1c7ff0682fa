"""Attention and matrix products: shapes and counts by hand, and what is said of inputs that do not fit."""

from pathlib import Path

import pytest

from cnn_shapes.input_sizes import sizes
from tests.golden import run
from tests.specs import check

INPUTS = """
  - conv: {{filters: {q}, name: q}}
  - maxpool: {{kernel_size: 2, from: input, name: small}}
  - conv: {{filters: {k}, name: k}}
  - conv: {{filters: {v}, from: small, name: v}}
"""

# Vaswani et al. 2017, section 3.2.1: the scores are a product of [N, d_k] and [d_k, N] in each head, the
# output one of [N, N] and [N, d_v]; torch.nn.MultiheadAttention: 3*E*E + 3*E, then E*E + E
ROWS = [
    ("[7, 7, 96]", "attention: 8", "7x7x32", 0, 49 * 49 * 8 * (4 + 4)),
    ("[7, 7, 96]", "attention", "7x7x32", 0, 49 * 49 * (32 + 32)),
    # YOLO11's: keys half as long as values
    ("[20, 20, 256]", "attention: {heads: 2, key_size: 32}", "20x20x128", 0, 400 * 400 * 2 * (32 + 64)),
    ("[9, 24]", "attention: {heads: 2, value_size: 6}", "9x12", 0, 9 * 9 * 2 * (3 + 6)),
    ("[2, 3, 4, 6]", "attention: {heads: 2, key_size: 1, value_size: 1}", "2x3x4x2", 0, 24 * 24 * 2 * 2),
    # ViT-B/16's: 196 patches of 768 features and 12 heads of 64
    ("[14, 14, 768]", "multihead_attention: 12", "14x14x768", 4 * 768 * 768 + 4 * 768,
     196 * 4 * 768 * 768 + 2 * 196 * 196 * 768),
    ("[5, 12]", "MultiheadAttention: {embed_dim: 12, num_heads: 3, bias: false}", "5x12", 4 * 144,
     5 * 4 * 144 + 2 * 25 * 12),
    # Keras: MultiHeadAttention(3, 2, value_dim=5, output_shape=7): 12*3*2 twice, 12*3*5, 3*5*7, and biases
    ("[5, 12]", "MultiHeadAttention: {num_heads: 3, key_dim: 2, value_dim: 5, output_shape: 7}", "5x7",
     72 + 72 + 180 + 105 + 6 + 6 + 15 + 7, 5 * (72 + 72 + 180 + 105) + 25 * 3 * (2 + 5)),
    ("[4, 6, 5]", "matmul: {from: [prev, input], transpose: b}", "4x6x6", 0, 4 * 6 * 5 * 6),
    ("[4, 6, 5]", "matmul: {from: [prev, input], transpose: a}", "4x5x5", 0, 4 * 5 * 6 * 5),
    ("[6, 6]", "matmul: [prev, input]", "6x6", 0, 6 * 6 * 6),
]  # fmt: skip


@pytest.mark.parametrize(("size", "layer", "output", "params", "macs"), ROWS)
def test_counts(size: str, layer: str, output: str, params: int, macs: int) -> None:
    report = check(f"input: {size}\nlayers:\n  - {layer}\n")
    assert report.errors == []
    assert report.trace is not None
    step = report.trace.steps[-1]
    assert step.node.output is not None
    assert "x".join(map(str, (*step.node.output.sizes, step.node.output[0]))) == output
    assert (step.params, step.macs) == (params, macs)
    assert step.views is None  # it sees the whole input


def test_three_inputs() -> None:
    """The query's 64 places look at the 16 of key and value: 64*16*2*(4 + 3)."""
    layers = INPUTS.format(q=8, k=8, v=6)
    report = check(f"input: [8, 8, 5]\nlayers:{layers}  - attention: {{heads: 2, from: [q, k, v]}}\n")
    assert report.errors == []
    assert report.trace is not None
    step = report.trace.steps[-1]
    assert (step.node.output, step.macs) == ((6, 8, 8), 64 * 16 * 2 * (4 + 3))


def test_channels_first() -> None:
    """The last two axes are the height and the width: a product for each channel."""
    text = (
        "input: [3, 4, 5]\nlayout: channels_first\nlayers:\n  - matmul: {from: [prev, input], transpose: b}\n"
    )
    report = check(text)
    assert report.trace is not None
    assert (report.trace.steps[-1].node.output, report.trace.totals.macs) == ((3, 4, 4), 3 * 4 * 5 * 4)


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        (
            "  - attention: 5\n",
            "5 channels cannot be shared out into query, key and value of 5 heads: 5 = 15*0 + 5",
        ),
        (
            "  - conv: 24\n  - attention: 5\n",
            "8 channels cannot be shared out into 5 equal groups: 8 = 5*1 + 3",
        ),
        (
            "  - conv: 24\n  - attention: {heads: 2, key_size: 2, value_size: 3}\n",
            "2*(2*2 + 3) = 14 channels hold query, key and value, found 24",
        ),
        (
            "  - conv: 24\n  - attention: {heads: 2, key_size: 6}\n",
            "2*(2*6 + 1) = 26 channels hold query, key and value, found 24",
        ),
        (
            INPUTS.format(q=8, k=6, v=6) + "  - attention: {heads: 2, from: [q, k, v]}\n",
            "the key has 6 channels, but 2 heads of 4 are 8",
        ),
        (
            INPUTS.format(q=8, k=8, v=5) + "  - attention: {heads: 2, from: [q, k, v]}\n",
            "5 channels cannot be shared out into 2 equal groups: 5 = 2*2 + 1",
        ),
        (
            INPUTS.format(q=8, k=8, v=8) + "  - attention: {heads: 2, from: [q, k, q]}\n",
            "the key 4x4x8 and the value 8x8x8 must have the same places",
        ),
        (
            INPUTS.format(q=8, k=8, v=8) + "  - attention: {heads: 2, from: [q, k]}\n",
            "attention takes one input or three, found 2",
        ),
        ("  - matmul: input\n", "matmul takes two inputs, found 1"),
        ("  - matmul\n", "matmul needs from: a list of the names of its inputs, as in matmul: [a, prev]"),
        (
            "  - reshape: {shape: [64, 5], name: a}\n  - matmul: [a, input]\n",
            "cannot multiply 64x5 by 8x8x5: all but the last two axes must be equal",
        ),
        (
            "  - conv: {filters: 4, name: a}\n  - matmul: {from: [a, input], transpose: b}\n",
            "cannot multiply 8x8x4 by 8x8x5 with transpose: b: rows of 4 values need 4 rows, found 5",
        ),
        ("  - multihead_attention: 2\n", "5 channels cannot be shared out into 2 equal groups: 5 = 2*2 + 1"),
        (
            "  - MultiheadAttention: {num_heads: 1, embed_dim: 4}\n",
            "in_channels says 4, but the input 8x8x5 has 5: write 5 or leave in_channels out",
        ),
        (
            "  - flatten\n  - attention\n",
            "attention needs a feature map with 1 to 3 spatial axes, found a vector of 320 features: "
            "put it before flatten",
        ),
        (
            "  - flatten\n  - attention: {value_size: 9, from: [prev, prev, input]}\n",
            "attention needs a feature map with 1 to 3 spatial axes, found a vector of 320 features: "
            "put it before flatten",
        ),
        (
            "  - Attention\n",
            "Attention is not a layer here: write attention with from: [query, key, value], in this order: "
            "Keras' layer takes the value before the key, and does not divide by the root of the key's size",
        ),
        (
            "  - attention: {heads: 2147483647}\n",
            "5 channels cannot be shared out into query, key and value of 2147483647 heads: "
            "5 = 6442450941*0 + 5",
        ),
    ],
)
def test_messages(layers: str, message: str, tmp_path: Path) -> None:
    text = f"input: [8, 8, 5]\nlayers:\n{layers}"
    assert [found.message() for found in check(text).errors] == [message]
    (tmp_path / "net.yaml").write_text(text)
    assert run("check", "net.yaml", "--format", "json", folder=tmp_path).err == ""


@pytest.mark.parametrize("name", ["MultiheadAttention", "MultiHeadAttention", "Attention"])
def test_a_block_of_the_file_wins(name: str) -> None:
    report = check(
        f"input: [5, 8]\nblocks:\n  {name}: {{params: {{c: 4}}, "
        "layers: [conv: {filters: c, kernel_size: 1}]}\n"
        f"layers:\n  - {name}: {{c: 3, expect: [5, 3]}}\n  - {name}\n"
    )
    assert report.diagnostics == []


@pytest.mark.parametrize(
    ("layers", "working"),
    [
        (
            "  - conv: {filters: 12, kernel_size: 3, stride: 2}\n  - attention: 2\n",
            lambda h, w: h % 2 and w % 2,
        ),
        # [h, w, 5] by [h, 5, w]
        ("  - matmul: {from: [prev, input], transpose: b}\n", lambda h, w: True),
        # [h, w, 5] by [h, w, 5]: the width must be 5
        ("  - matmul: [prev, input]\n", lambda h, w: w == 5),
        ("  - permute: {order: [1, 0, 2], name: t}\n  - attention: {from: [t, input, input], heads: 5}\n",
         lambda h, w: True),
        ("  - permute: {order: [1, 0, 2], name: t}\n  - attention: {from: [t, input, t], heads: 5}\n",
         lambda h, w: h == w),
    ],
)  # fmt: skip
def test_input_sizes(layers: str, working: object) -> None:
    """`sizes` agrees with a check of each size."""
    assert callable(working)
    for height, width in [(5, 5), (7, 5), (5, 7), (8, 8), (3, 9)]:
        text = f"input: [{height}, {width}, 5]\nlayers:\n{layers}"
        good = height >= 3 and width >= 3 and bool(working(height, width))
        report = check(text)
        assert report.ok == good
        found = sizes(report)
        assert found is not None
        assert found.works == good
