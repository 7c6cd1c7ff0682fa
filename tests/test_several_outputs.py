"""Blocks with several outputs, and repeats that carry several tensors."""

from __future__ import annotations

import pytest

from cnn_shapes.expand import expand
from cnn_shapes.export import export
from cnn_shapes.language.spec import Overrides
from tests.test_language import check, errors, layers

BLOCK = """\
blocks:
  Two:
    params: {n: 3}
    inputs: [a, b]
    layers:
      - conv: {filters: n, from: a, name: x}
      - conv: {filters: n + 1, from: b, name: y}
    outputs: [x, y]
"""
HEAD = "input: [8, 8, 2]\nparams: {on: true, n: 2}\n" + BLOCK + "layers:\n"


def test_each_output_has_a_name() -> None:
    text = HEAD + (
        "  - maxpool: {kernel_size: 2, name: small}\n"
        "  - Two: {from: [small, input], into: [p, q], name: both}\n"
        "  - relu\n  - relu: {from: both}\n  - relu: {from: p}\n  - relu: {from: q}\n"
    )
    assert layers(text) == {
        "small": "4x4x2",
        "both.x": "4x4x3",
        "both.y": "8x8x4",
        "relu1": "4x4x3",  # prev is the first
        "relu2": "4x4x3",  # and so is the call's own name
        "relu3": "4x4x3",
        "relu4": "8x8x4",
    }


REPEAT = HEAD + (
    "  - maxpool: {kernel_size: 2, name: small}\n"
    "  - repeat:\n      times: n\n      from: [small, input]\n      inputs: [u, v]\n"
    "      layers:\n        - Two: {n: 5 + i, from: [u, v], into: [u2, v2]}\n"
    "      outputs: [v2, u2]\n      into: [r, s]\n"
    "  - relu: {from: r}\n  - relu: {from: s}\n"
)


@pytest.mark.parametrize(
    ("times", "came"),
    [
        # by hand: a pass hands on its second output first, so that the sizes change places
        (0, ["4x4x2", "8x8x2"]),
        (1, ["8x8x6", "4x4x5"]),
        (2, ["4x4x7", "8x8x6"]),
        (3, ["8x8x8", "4x4x7"]),
    ],
)
def test_a_repeat_carries_several(times: int, came: list[str]) -> None:
    found = layers(REPEAT, Overrides(params=(("n", times),)))
    assert [*found.values()][-2:] == came


def test_the_flat_spec_and_the_code_are_of_the_same_network() -> None:
    report = check(REPEAT)
    flat = check(expand(report))
    assert report.trace is not None
    assert flat.trace is not None
    assert flat.errors == []
    assert flat.trace.totals == report.trace.totals
    code = export(report, "pytorch")
    assert "a2, x2 = self.two2(a, b)" in code or "return" in code
    assert code.count("class Two(nn.Module):") == 1


def test_a_call_that_is_left_out_hands_on_what_it_gets() -> None:
    text = HEAD + (
        "  - maxpool: {kernel_size: 2, name: small}\n"
        "  - Two: {from: [small, input], into: [p, q], if: not on, name: both}\n"
        "  - relu: {from: p}\n  - relu: {from: q}\n  - relu: {from: both}\n"
    )
    assert layers(text) == {
        "small": "4x4x2",
        "relu1": "4x4x2",
        "relu2": "8x8x2",
        "relu3": "4x4x2",
    }
    # one of two calls is there, and both give the same names
    text = HEAD + (
        "  - Two: {from: [input, input], into: [p, q], if: on}\n"
        "  - Two: {n: 7, from: [input, input], into: [p, q], if: not on}\n  - relu: {from: q}\n"
    )
    assert [*layers(text).values()][-1] == "8x8x4"


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            "Two: {from: [input, prev], into: [p]}",
            "wrong-inputs: Two gives 2 outputs (x, y), and into has 1 name: name each of them",
        ),
        (
            "Two: {from: [input, prev], into: [p, q, r]}",
            "wrong-inputs: Two gives 2 outputs (x, y), and into has 3 names: name each of them",
        ),
        (
            "Two: {from: [input, prev], into: [p, p]}",
            "duplicate-name: into has p twice: give each of what comes out a name of its own",
        ),
        (
            "Two: {from: [input, prev], into: [p, prev]}",
            "bad-value: prev is reserved: it means what comes before; choose another name",
        ),
        ("relu: {into: p}", "unknown-key: relu has no into: it takes name, from, if, expect"),
        (
            "One: {into: [p, q], if: false}",
            "wrong-inputs: One is left out here and hands on what it gets, 1 tensor, but into has 2 names: "
            "write if on what reads them instead",
        ),
        (
            "repeat: {times: 2, from: [input, prev], layers: [relu]}",
            "wrong-inputs: repeat takes one input, found 2: to carry them from pass to pass, name them in "
            "inputs and outputs",
        ),
        (
            "repeat: {times: 2, from: [input, prev], inputs: [a, b], layers: [relu]}",
            "wrong-inputs: a pass takes 2 and hands on 1: outputs has a name for each that inputs has",
        ),
        (
            "repeat: {times: 2, from: [input, prev], inputs: [a, b], outputs: [a, b], into: p, layers: []}",
            "wrong-inputs: 2 come out, and into has 1: name each of them",
        ),
        (
            "repeat: {times: 2, from: [input, prev], inputs: [a, b], outputs: [a, b], collect: concat, "
            "layers: [relu]}",
            "wrong-inputs: collect joins what each pass makes of one tensor, and here 2 go through: "
            "leave it out",
        ),
        (
            "repeat: {times: 2, from: [input, prev], inputs: [a, b], outputs: [a, c], layers: [relu]}",
            "unknown-name: no layer is called c here: the names are a, b, start",
        ),
        (
            "residual: {from: [input, prev], layers: [relu]}",
            "wrong-inputs: residual takes one input, found 2: join them first with add or concat",
        ),
    ],
)
def test_what_does_not_fit(entry: str, message: str) -> None:
    one = "  One: {layers: [relu: {name: z}], outputs: [z, input]}\n"
    text = HEAD.replace("layers:\n", "", 0).replace("blocks:\n", f"blocks:\n{one}")
    found = errors(f"{text}  - relu: {{name: start}}\n  - {entry}\n")
    assert found == [message]


def test_a_thousand_outputs_are_read_at_once() -> None:
    names = [f"n{number}" for number in range(1000)]
    inside = "".join(f"      - relu: {{from: input, name: {name}}}\n" for name in names)
    text = (
        f"input: [8, 8, 2]\nblocks:\n  Many:\n    layers:\n{inside}    outputs: [{', '.join(names)}]\n"
        f"layers:\n  - Many: {{into: [{', '.join(names)}]}}\n  - add: [n0, n999]\n"
    )
    assert [*layers(text).values()][-1] == "8x8x2"


def test_a_param_called_into_is_a_param() -> None:
    text = (
        "input: [8, 8, 2]\nblocks: {B: {params: {into: 1}, layers: [conv: into]}}\nlayers: [B: {into: 5}]\n"
    )
    assert layers(text) == {"b1.conv1": "8x8x5"}
