"""Shared weights: `share` on a layer or a call."""

from __future__ import annotations

import pytest

from cnn_shapes.expand import expand
from cnn_shapes.explain.layers import of
from cnn_shapes.explain.layers import text as text_of
from cnn_shapes.export import Unexportable, export
from cnn_shapes.repair import advise
from tests.test_language import check, errors

HEAD = """\
input: [16, 16, 4]
blocks:
  Head:
    params: {n: 8, k: 3, s: 1}
    layers:
      - conv: {filters: n, kernel_size: k, stride: s, padding: same, norm: batch, activation: relu}
      - repeat: {times: 2, layers: [conv: {filters: 4, kernel_size: 3, padding: half}]}
layers:
  - conv: {filters: 4, kernel_size: 3, padding: half, name: a}
  - Head: {name: h}
"""
# by hand: 3*3*4*4 + 4; 3*3*4*8 + 8, 16 of the norm, 3*3*8*4 + 4, 3*3*4*4 + 4
A, H = 148, (296, 16, 292, 148)


def counts(text: str) -> list[int | None]:
    report = check(text)
    assert report.errors == []
    assert report.trace is not None
    return [step.params for step in report.trace.steps if step.node.layer and step.node.layer.has_weights]


@pytest.mark.parametrize(
    ("entries", "counted"),
    [
        ("", []),
        ("  - conv: {filters: 4, kernel_size: 3, share: a}\n", [0]),
        (
            "  - conv: {filters: 4, kernel_size: 3, stride: 2, dilation: 2, padding: 2, rounding: floor, "
            "share: a}\n",
            [0],
        ),
        ("  - Head: {share: h}\n", [0, 0, 0, 0]),
        ("  - Head: {s: 2, share: h, name: g}\n  - Head: {share: g}\n", [0] * 8),
        # nothing is shared with what is left out
        (
            "  - conv: {filters: 4, kernel_size: 3, if: false, name: b}\n"
            "  - conv: {filters: 4, kernel_size: 3, share: b}\n",
            [148],
        ),
        # inside a scope the name of one outside is seen
        ("  - residual: [conv: {filters: 4, kernel_size: 3, padding: half, share: a}]\n", [0]),
    ],
)
def test_they_are_counted_once(entries: str, counted: list[int]) -> None:
    assert counts(HEAD + entries) == [A, *H, *counted]


def test_an_embedding_is_for_sequences_of_any_length() -> None:
    text = "input: {q: [20], d: [50]}\nlayers:\n  - embedding: {count: 1000, units: 8, from: q, name: e}\n"
    text += "  - embedding: {count: 1000, units: 8, from: d, share: e}\n"
    assert counts(text) == [8000, 0]
    assert errors(text.replace("units: 8, from: d", "units: 4, from: d")) == [
        "share-mismatch: embedding2 shares the weights of e, but units is 4 here, and 8 there: it must be "
        "the same"
    ]


@pytest.mark.parametrize(
    ("layer", "macs"),
    [
        # by hand: four projections of 10 tokens, 8*8 each; 10*10 products of 4 + 4 features for 2 heads
        ("multihead_attention: {heads: 2", 4 * 64 * 10 + 100 * 2 * 8),
        # at 10 steps, 4 gates of 8 units that read 8 inputs and 8 units
        ("lstm: {units: 8", 10 * 4 * 8 * 16),
    ],
)
def test_what_has_more_products_than_weights_counts_them_once_a_layer(layer: str, macs: int) -> None:
    report = check(f"input: [10, 8]\nlayers:\n  - {layer}, name: a}}\n  - {layer}, share: a}}\n")
    assert report.trace is not None
    assert [step.macs for step in report.trace.steps] == [macs, macs]
    assert report.trace.steps[1].params == 0


def test_the_macs_are_counted_each_time_and_the_statistics_once() -> None:
    report = check(HEAD + "  - maxpool: 2\n  - Head: {share: h}\n")
    assert report.trace is not None
    # a 16x16, h at 16x16 and again at 8x8; without biases
    head = 288 + 288 + 144
    assert report.trace.totals.macs == 144 * 256 + head * 256 + head * 64
    assert report.trace.totals.non_trainable_params == 2 * 8


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            "conv: {filters: 6, kernel_size: 3, share: a}",
            "share-mismatch: conv2 shares the weights of a, but filters is 6 here, and 4 there: it must be "
            "the "
            "same",
        ),
        (
            "conv: {filters: 4, kernel_size: [3, 1], share: a}",
            "share-mismatch: conv2 shares the weights of a, but kernel_size is 3x1 here, and 3 there: it "
            "must "
            "be the same",
        ),
        (
            "conv: {filters: 4, kernel_size: 3, bias: false, share: a}",
            "share-mismatch: conv2 shares the weights of a, but bias is false here, and true there: it "
            "must be "
            "the same",
        ),
        (
            "conv: {filters: 4, kernel_size: 3, norm: batch, share: a}",
            "share-mismatch: 2 layers with weights cannot share those of a, which has 1 layer: both must be "
            "built alike",
        ),
        (
            "separable_conv: {filters: 4, kernel_size: 3, share: a}",
            "share-mismatch: separable_conv1 shares the weights of a, but the kind is separable_conv here, "
            "and "
            "conv there: it must be the same",
        ),
        (
            "Head: {share: h, n: 6}",
            "share-mismatch: head2.conv1 shares the weights of h.conv1, but filters is 6 here, and 8 "
            "there: it "
            "must be the same",
        ),
        (
            "Head: {share: a}",
            "share-mismatch: head2.conv1 shares the weights of a, but filters is 8 here, and 4 there: it "
            "must be "
            "the same",
        ),
        ("relu: {share: a}", "share-mismatch: there are no weights here to share with a: leave share out"),
        (
            "conv: {filters: 4, share: zz}",
            "unknown-name: no layer is called zz: write name: zz on the one that is meant, or put back the "
            "line "
            "that had it; the names before it are a, h",
        ),
        (
            "conv: {filters: 4, name: b, share: b}",
            "unknown-name: share needs the name of an earlier layer or call, and b is this layer itself",
        ),
        (
            "conv: {filters: 4, share: prev}",
            "unknown-name: share needs the name of an earlier layer or call, and prev is none: write name "
            "on the "
            "layer before",
        ),
        (
            "conv: {filters: 4, share: input}",
            "unknown-name: share needs the name of an earlier layer or call, and input has no weights",
        ),
        (
            "conv: {filters: 4, share: [a]}",
            "bad-value: share must be the name of a layer or a call before it, found a list",
        ),
        (
            "residual: {share: a, layers: [relu]}",
            "unknown-key: residual has no share: it takes layers, shortcut, add_if, activation, name, "
            "from, if, "
            "expect",
        ),
    ],
)
def test_what_does_not_fit(entry: str, message: str) -> None:
    assert errors(f"{HEAD}  - {entry}\n")[:1] == [message]


def test_the_channels_that_come_in_count() -> None:
    text = "input: [8, 8, 4]\nlayers:\n  - conv: {filters: 6, name: a}\n  - conv: {filters: 6, share: a}\n"
    assert errors(text) == [
        "share-mismatch: conv2 shares the weights of a, but the number of channels that comes in is 6 "
        "here, and "
        "4 there: it must be the same"
    ]


def test_a_sequence_cannot_have_the_weights_of_a_map() -> None:
    """And no repair gives a kernel of two axes to a layer of one."""
    text = (
        "input: [8, 8, 4]\nlayers:\n  - conv: {filters: 4, kernel_size: 3, name: a}\n  - reshape: [-1, 4]\n"
        "  - conv: {filters: 4, kernel_size: 3, share: a}\n"
    )
    assert errors(text) == [
        "share-mismatch: conv2 shares the weights of a, but the number of spatial axes is 1 here, and 2 "
        "there: "
        "it must be the same"
    ]
    assert advise(check(text)).errors[0].rule == "share-mismatch"


def test_the_flat_spec_counts_the_same() -> None:
    report = check(HEAD + "  - Head: {share: h}\n  - Head: {share: h}\n")
    flat = check(expand(report))
    assert flat.errors == []
    assert report.trace is not None
    assert flat.trace is not None
    assert flat.trace.totals == report.trace.totals


def test_the_code_calls_one_module_twice() -> None:
    code = export(check(HEAD + "  - maxpool: 2\n  - Head: {share: h}\n"), "pytorch")
    assert code.count("self.h = Head()") == 1
    assert code.count("self.h(x)") == 2
    with pytest.raises(Unexportable, match="with other fields or in another block"):
        export(check(HEAD + "  - Head: {s: 2, share: h}\n"), "pytorch")
    with pytest.raises(Unexportable, match="writes no shared weights"):
        export(check(HEAD + "  - Head: {share: h}\n"), "keras")


def test_a_param_called_share_is_a_param() -> None:
    text = "input: [8, 8, 2]\nblocks: {B: {params: {share: 1}, layers: [conv: share]}}\n"
    text += "layers: [B: {share: 5}]\n"
    report = check(text)
    assert report.errors == []
    assert report.trace is not None
    assert report.trace.steps[0].params == 2 * 5 + 5


def test_explain_says_whose_weights_they_are() -> None:
    told = text_of(of(check(HEAD + "  - conv: {filters: 4, kernel_size: 3, share: a, name: b}\n"), "b", "x"))
    assert "parameters\n  those of a, counted there\n" in told


def test_what_a_block_shares_within_itself_is_one_attribute_of_its_class() -> None:
    text = (
        "input: [16, 16, 4]\nblocks:\n  Twice:\n    layers:\n"
        "      - conv: {filters: 4, kernel_size: 3, padding: half, name: c}\n"
        "      - conv: {filters: 4, kernel_size: 3, padding: half, share: c}\n"
        "      - maxpool: 2\nlayers:\n  - Twice: {name: a}\n  - Twice: {share: a}\n"
    )
    code = export(check(text), "pytorch")
    assert code.count("nn.Conv2d(") == 1
    assert code.count(" = self.c(x)") == 2
    assert code.count(" = self.a(x)") == 2


def test_a_call_of_a_block_without_layers_is_told_at_the_block() -> None:
    layers = "layers:\n  - Empty: {name: a}\n  - Empty: {share: a}\n"
    text = f"input: [8, 8, 3]\nblocks:\n  Empty:\n    layers:\n{layers}"
    assert [error.rule for error in check(text).errors] == ["bad-value"]
    none = "input: [8, 8, 3]\nlayers:\n  - repeat: {times: 0, name: a, layers: [conv: 4]}\n"
    assert check(f"{none}  - relu\n").errors == []
