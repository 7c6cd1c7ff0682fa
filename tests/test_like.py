"""Sizes that follow from another layer: `like`."""

from __future__ import annotations

import pytest

from cnn_shapes.expand import expand
from cnn_shapes.explain.layers import of
from cnn_shapes.explain.layers import text as text_of
from cnn_shapes.formats.json import file_entry
from cnn_shapes.input_sizes import sizes
from cnn_shapes.language.spec import Overrides
from tests.test_language import check, errors, layers

NETWORK = """\
input: [30, 31, 4]
layers:
  - conv: {filters: 4, kernel_size: 3, stride: 2, padding: same, activation: relu, name: down}
  - upsample: {like: input, mode: bilinear}
  - add: [input, prev]
  - conv: {filters: 4, kernel_size: 3, activation: relu, name: small}
  - crop: {like: small, from: input}
  - add: [prev, small]
  - pad: {like: input}
  - crop: {like: down, offset: 0}
  - adaptive_avgpool: {like: small}
  - adaptive_maxpool: {like: down, from: prev}
  - maxpool: {kernel_size: 2, stride: 1, name: pooled}
  - max_unpool: pooled
"""


def test_sizes_come_from_the_other() -> None:
    """By hand: same gives ceil(30/2) x ceil(31/2), a valid 3x3 takes 2 away."""
    found = {name: shape for name, shape in layers(NETWORK).items() if "activation" not in name}
    assert found == {
        "down": "15x16x4",
        "upsample1": "30x31x4",
        "add1": "30x31x4",
        "small": "28x29x4",
        "crop1": "28x29x4",
        "add2": "28x29x4",
        "pad1": "30x31x4",
        "crop2": "15x16x4",
        "adaptive_avgpool1": "28x29x4",
        "adaptive_maxpool1": "15x16x4",
        "pooled": "14x15x4",
        "max_unpool1": "15x16x4",
    }


def test_a_crop_begins_in_the_middle_or_at_its_offset() -> None:
    report = check(NETWORK)
    assert report.trace is not None
    # 30 - 28 and 31 - 29 leave one at each end; from 0 all is cut at the end
    amounts = [
        node.layer.margins(node.input_shapes[0])  # type: ignore[arg-type]
        for node in report.trace.network.layers
        if node.layer is not None and node.kind == "crop"
    ]
    assert amounts == [((-1, -1), (-1, -1)), ((0, -15), (0, -15))]


@pytest.mark.parametrize(
    ("layer", "margins"),
    [
        # 28x27 to 31x31: 3 = 1 + 2 and 4 = 2 + 2: the odd pixel is at the end
        ("pad: {like: whole, from: small}", ((1, 2), (2, 2))),
        ("crop: {like: small, from: whole}", ((-1, -2), (-2, -2))),
    ],
)
def test_an_odd_pixel_is_at_the_end(layer: str, margins: object) -> None:
    report = check(
        "input: [31, 31, 1]\nlayers:\n  - relu: {name: whole}\n"
        f"  - conv: {{filters: 1, kernel_size: [4, 5], name: small}}\n  - {layer}\n"
    )
    assert report.trace is not None
    node = report.trace.network.layers[-1]
    assert node.layer is not None
    assert node.layer.margins(node.input_shapes[0]) == margins  # type: ignore[arg-type]


def test_the_flat_spec_is_the_same() -> None:
    report, flat = check(NETWORK), check(expand(check(NETWORK)))
    assert flat.errors == []
    assert report.trace is not None
    assert flat.trace is not None
    assert [step[1:4] for step in flat.trace.steps] == [step[1:4] for step in report.trace.steps]
    assert flat.trace.totals == report.trace.totals


def test_sizes_are_decided_to_infinity() -> None:
    found = sizes(check(NETWORK))
    assert found is not None
    assert found.proved
    for size in range(1, 60):
        report = check(NETWORK, Overrides(input=(size, 31, 4)))
        assert any(size in run for run in found.axes["height"]) == report.ok


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (
            "crop: {like: large}",
            "window-too-large: height 8 cannot be cropped to the 10 of large: it is smaller",
        ),
        (
            "crop: {like: small, offset: 3}",
            "window-too-large: height 8 cannot be cropped to the 6 of small, from 3 on",
        ),
        (
            "pad: {like: small}",
            "window-too-large: height 8 cannot be padded to the 6 of small: it is larger already",
        ),
        (
            "upsample: {like: vector}",
            "shape-mismatch: vector is 4, with no spatial axis, but the input 8x8x4 has 2 spatial axes: like "
            "needs a layer with as many axes",
        ),
        (
            "upsample: {like: smal}",
            "unknown-name: no layer is called smal here, and nothing reads small (line 3): one of the two "
            "is misspelt",
        ),
        (
            "upsample: {like: [small]}",
            "bad-value: like must be the name of a layer before it, or input, found [small]",
        ),
        (
            "upsample: {like: small, scale: 2}",
            "missing-field: upsample needs scale, size or like, one of them, found scale and like",
        ),
        ("crop", "missing-field: crop needs amount or like, one of them, found none"),
        (
            "crop: {amount: 1, offset: 2}",
            "missing-field: offset of crop needs like beside it: without, leave offset out",
        ),
        (
            "max_unpool: large",
            "bad-value: max_unpool undoes a maxpool, found large, of the kind pad: write the name of the "
            "maxpool",
        ),
        (
            "max_unpool: input",
            "bad-value: max_unpool undoes a maxpool, found input, of the kind input: write the name of the "
            "maxpool",
        ),
        (
            "max_unpool: active",
            "bad-value: max_unpool undoes a maxpool, found active, of the kind conv: write the name of the "
            "maxpool",
        ),
        (
            "max_unpool: {like: whole, from: active}",
            "bad-value: max_unpool undoes a maxpool, found whole, of the kind residual: write the name of "
            "the maxpool",
        ),
        # 8 / 2 = 4, but 8x8 comes in
        (
            "max_unpool: {like: halved, from: input}",
            "shape-mismatch: max_unpool needs 4x4x4, what came out of halved, for each value goes back to "
            "its "
            "place, found 8x8x4",
        ),
        # 8 + 2*1 - 2 + 1 = 9
        (
            "max_unpool: {like: grown, from: grown}",
            "shape-mismatch: max_unpool cannot make height 9 smaller: 8 went into grown",
        ),
    ],
)
def test_what_cannot_be(layer: str, message: str) -> None:
    text = (
        "input: [8, 8, 4]\nlayers:\n  - conv: {filters: 4, kernel_size: 3, name: small}\n"
        "  - pad: {amount: 2, name: large}\n  - global_avgpool: {name: vector}\n"
        "  - maxpool: {kernel_size: 2, name: halved, from: input}\n"
        "  - maxpool: {kernel_size: 2, stride: 1, padding: 1, name: grown, from: input}\n"
        "  - conv: {filters: 4, norm: batch, activation: relu, from: input, name: active}\n"
        "  - residual: {layers: [conv: 4], activation: relu, name: whole}\n"
        f"  - identity: {{from: input}}\n  - {layer}\n"
    )
    assert errors(text) == [message]


@pytest.mark.parametrize(
    ("layers_of_it", "message"),
    [
        # 8 / 2 = 4, and back to 8
        (
            "maxpool: {kernel_size: 2, name: p}, max_unpool: {like: p, expect: [8, 9, 3]}",
            "expect-mismatch: expect says 8x9x3, but 8x8x3 comes out",
        ),
        (
            "maxpool: {kernel_size: 2, name: p}, max_unpool: p, relu: {expect: [8, 9, 3]}",
            "expect-mismatch: expect says 8x9x3, but 8x8x3 comes out",
        ),
        # 8 = 2*3 + 2: after a rounded size no amount leads back
        (
            "maxpool: 3, crop: {like: input}",
            "pool-not-divisible: an 8x8 feature map is not a multiple of the 3x3 pool",
        ),
        (
            "maxpool: {kernel_size: 3, name: p}, pad: {like: p, from: input}",
            "pool-not-divisible: an 8x8 feature map is not a multiple of the 3x3 pool",
        ),
    ],
)
def test_every_report_has_what_fails(layers_of_it: str, message: str) -> None:
    text = f"input: [8, 8, 3]\nlayers: [{layers_of_it}]\n"
    assert errors(text) == [message]
    report = check(text)
    rules = [found["rule"] for found in file_entry(report)["diagnostics"]]
    assert rules[0] == message.partition(":")[0]
    assert report.trace is not None
    for node in report.trace.network.layers:
        assert text_of(of(report, node.name, "net.yaml")).startswith(node.name)


def test_it_is_a_use_but_keeps_nothing_alive() -> None:
    text = "input: [8, 8, 4]\nlayers:\n  - conv: {filters: 9, kernel_size: 3, name: side}\n"
    text += "  - relu: {from: input}\n  - relu\n  - crop: {like: side}\n"
    report = check(text)
    assert "unused-layer" not in [found.rule for found in report.diagnostics]
    assert report.trace is not None
    # the input of 8*8*4 and what side makes of it, 6*6*9, in 4 bytes each: no later layer keeps side
    assert report.trace.totals.peak_activation_bytes == 4 * (256 + 324)
