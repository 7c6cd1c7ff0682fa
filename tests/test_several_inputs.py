"""Networks with several inputs, each of which has a name."""

from __future__ import annotations

import json

import pytest

import cnn_shapes
from cnn_shapes.expand import expand
from cnn_shapes.export import export
from cnn_shapes.formats.json import file_entry
from cnn_shapes.input_sizes import sizes
from cnn_shapes.language.spec import Overrides
from cnn_shapes.prompt.session.state import Session
from cnn_shapes.source import Source
from tests.golden import run
from tests.prompt_steps import answered
from tests.test_language import check, errors, layers

TWO = """\
input: {rgb: [16, 16, 3], depth: [16, 16, 1], size: [2]}
layers:
  - conv: {filters: 8, kernel_size: 3, padding: half, activation: relu, name: a}
  - conv: {filters: 8, kernel_size: 3, padding: half, activation: relu, from: depth, name: b}
  - add: [a, b]
  - maxpool: 2
  - global_avgpool: {name: pooled}
  - dense: {units: 4, from: size, activation: relu}
  - concat: [pooled, prev]
  - dense: 10
"""


def test_each_is_read_by_its_name() -> None:
    report = check(TWO)
    assert report.errors == []
    assert report.inputs_text() == "rgb 16x16x3, depth 16x16x1, size 2"
    assert report.trace is not None
    # by hand: 3*3*3*8 + 8, 3*3*1*8 + 8, 2*4 + 4, 12*10 + 10
    assert report.trace.totals.params == 224 + 80 + 12 + 130
    # the two maps of 16x16x8 beside depth, the vector and what rgb made; then their sum
    assert report.trace.totals.activation_bytes == 4 * (5 * 2048 + 512 + 8 + 4 + 4 + 12 + 10)


@pytest.mark.parametrize(
    "input", ["{v: [16], a: [8, 8, 3], b: [6, 4, 1]}", "{a: [8, 8, 3], b: [6, 4, 1], v: [16]}"]
)
def test_a_layer_sees_the_input_that_it_reads(input: str) -> None:
    text = (
        f"input: {input}\nlayers:\n"
        "  - dense: {units: 8, from: v, name: d}\n"
        "  - global_avgpool: {from: a, name: seen}\n"
        "  - conv: {filters: 8, kernel_size: 3, from: b}\n"
        "  - flatten\n"
        "  - concat: [d, seen]\n"
        "  - concat: [d, prev]\n"
    )
    trace = check(text).trace
    assert trace is not None
    assert [trace.receptive_field(step) for step in trace.steps] == [
        (),
        (8, 8),
        (3, 3),
        (6, 4),
        (8, 8),
        (8, 8),
    ]


@pytest.mark.parametrize(
    ("input", "entry", "came"),
    [
        ("{x: [4, 4, 2], y: [4, 4, 3]}", "conv: c_in", "4x4x2"),  # the first is what comes in
        ("{x: [4, 4, 2], y: [4, 4, 3]}", "concat: [input, y]", "4x4x5"),
        ("{x: [4, 4, 2], y: [4, 4, 3]}", "concat: [prev, x]", "4x4x4"),
        ("{x: [4, 4, 2]}", "relu", "4x4x2"),
        ("{x: 4x4x2, y: n}", "dense: {units: 3, from: y}", "3"),
        ("{x: 4x4x2, y: [n, 3]}", "conv: {filters: 1, from: y}", "5x1"),
    ],
)
def test_names(input: str, entry: str, came: str) -> None:
    text = f"input: {input}\nparams: {{n: 5}}\nlayers:\n  - {entry}\n"
    assert [*layers(text).values()][-1] == came


@pytest.mark.parametrize(
    ("input", "messages"),
    [
        (
            "{}",
            [
                "bad-value: input must be sizes from 1 (height, width, channels), or a name for each of "
                "several, "
                "found an empty mapping"
            ],
        ),
        (
            "{x: [4, 4, 2], prev: [3]}",
            ["bad-value: prev is reserved: it means what comes before; choose another name"],
        ),
        (
            "{x: [4, 0, 2], y: [3]}",
            ["bad-value: input must be sizes from 1 (height, width, channels), found 0"],
        ),
        (
            "{x: [4, 4, 2], y: {z: 3}}",
            [
                "bad-value: the sizes of an input are a list in the order height, width, "
                "channels, as in input: [28, 28, 1]"
            ],
        ),
        (
            "{height: 28, width: 28, channels: 1}",
            [
                "bad-value: the sizes of an input are a list in the order height, "
                "width, channels, as in input: [28, 28, 1]"
            ],
        ),
    ],
)
def test_bad_inputs(input: str, messages: list[str]) -> None:
    assert errors(f"input: {input}\nlayers:\n  - relu: {{name: first}}\n  - add: [first, y]\n") == messages


def test_a_layer_cannot_have_the_name_of_an_input() -> None:
    assert errors("input: {x: [4, 4, 2], y: [4, 4, 2]}\nlayers:\n  - relu: {name: y}\n  - add: [y, x]\n") == [
        "duplicate-name: the name y is taken: an input of this file has it, choose another"
    ]


def test_an_input_that_nothing_reads() -> None:
    report = check("input: {x: [4, 4, 2], y: [3]}\nlayers: [relu]\n")
    assert [(found.rule, found.message()) for found in report.diagnostics] == [
        ("unused-layer", "nothing reads the input y: read it in a from, or leave it out")
    ]


def test_the_flat_spec_is_the_same() -> None:
    report, flat = check(TWO), check(expand(check(TWO)))
    assert flat.errors == []
    assert report.trace is not None
    assert flat.trace is not None
    assert flat.trace.totals == report.trace.totals
    assert [*flat.spec.inputs] == ["rgb", "depth", "size"]  # type: ignore[union-attr]


def test_json_has_all_of_them() -> None:
    entry = json.loads(json.dumps(file_entry(check(TWO))))
    assert entry["input"] == [16, 16, 3]
    assert entry["inputs"] == [
        {"name": "rgb", "shape": [16, 16, 3]},
        {"name": "depth", "shape": [16, 16, 1]},
        {"name": "size", "shape": [2]},
    ]
    assert entry["layers"][2]["inputs"] == ["depth"]


def works(text: str, first: tuple[int, ...], named: tuple[tuple[str, tuple[int, ...]], ...] = ()) -> bool:
    return check(text, Overrides(input=first, inputs=named)).ok


def test_sizes_vary_together() -> None:
    """Those of the same size; the vector stays as it is."""
    found = sizes(check(TWO))
    assert found is not None
    assert found.proved
    for size in range(1, 40):
        assert any(size in run for run in found.axes["height"]) == works(
            TWO, (size, 16, 3), (("depth", (size, 16, 1)),)
        )


MIXED = (
    "input: {meta: [10], rgb: [32, 32, 3], depth: [32, 32, 1], small: [16, 16, 1]}\nlayers:\n"
    "  - concat: [rgb, depth]\n  - maxpool: {kernel_size: 2, name: half}\n  - concat: [half, small]\n"
)


@pytest.mark.parametrize(
    ("text", "arguments", "said"),
    [
        (
            MIXED,
            [],
            "<stdin>: meta is a vector of 10 features, it has no size to vary; "
            "--vary takes rgb, depth or small\n",
        ),
        (
            MIXED,
            ["--vary", "rgb"],
            "  note: rgb and depth vary together; meta and small stay as given: "
            "--vary small asks for small\n",
        ),
        (
            MIXED,
            ["--vary", "small"],
            "  note: small varies; meta, rgb and depth stay as given: --vary rgb asks for rgb\n",
        ),
        (
            "input: {a: [8, 8, 3], b: [8, 8, 1]}\nlayers: [concat: [a, b]]\n",
            [],
            "  note: a and b vary together\n",
        ),
        (
            "input: {a: [8, 8, 3], b: [4]}\nlayers: [global_avgpool: {from: a}, concat: [prev, b]]\n",
            [],
            "  note: a varies; b stays as given\n",
        ),
    ],
)
def test_which_inputs_vary(text: str, arguments: list[str], said: str) -> None:
    ran = run("sizes", "-", *arguments, stdin=text)
    assert (ran.out.splitlines(keepends=True)[-1], ran.code) == (said, 0)
    answer = json.loads(run("sizes", "-", *arguments, "--json", stdin=text).out)
    assert [name for name in answer.get("inputs", ()) if name not in said] == []


def test_the_named_one_varies() -> None:
    text = "input: {x: [12, 12, 2], y: [6, 6, 2]}\nlayers:\n  - maxpool: {kernel_size: 2, from: y}\n"
    text += "  - upsample: 4\n  - add: [prev, x]\n"
    found = sizes(check(text), vary="y")
    assert found is not None
    for size in range(1, 20):
        assert any(size in run for run in found.axes["height"]) == works(
            text, (12, 12, 2), (("y", (size, 6, 2)),)
        )


def test_sizes_that_make_other_layers_are_tried_one_by_one() -> None:
    text = "input: {x: [12, 12, 2], y: [12, 12, 3]}\nlayers:\n  - avgpool: {kernel_size: h_in // 4}\n"
    text += "  - maxpool: {kernel_size: h_in // 4, from: y}\n  - concat: [prev, avg]\n"
    text = text.replace("kernel_size: h_in // 4}", "kernel_size: h_in // 4, name: avg}", 1)
    found = sizes(check(text))
    assert found is not None
    assert found.tested is not None
    for size in range(1, 60):
        assert any(size in run for run in found.axes["square"]) == works(
            text, (size, size, 2), (("y", (size, size, 3)),)
        )


def test_the_code_takes_several_arguments() -> None:
    assert "def forward(self, rgb, depth, size):" in export(check(TWO), "pytorch")
    assert "keras.Model([rgb, depth, size], x)" in export(check(TWO), "keras")


def test_the_library_takes_them_by_name() -> None:
    report = cnn_shapes.check(TWO, input={"rgb": (8, 8, 3), "depth": (8, 8, 1)})
    assert report.ok
    assert report.layers[2].output_shape == (8, 8, 8)
    with pytest.raises(ValueError, match="has no input dept: its inputs are rgb, depth, size"):
        cnn_shapes.check(TWO, input={"dept": (8, 8, 3)})
    with pytest.raises(ValueError, match="8x8 has 2 sizes, input depth in <text> has 3"):
        cnn_shapes.check(TWO, input={"depth": (8, 8)})


@pytest.mark.parametrize(
    ("join", "message"),
    [
        # 8 - 3 + 1 = 6
        ("add", "cannot add 6x6x3 (from conv1) and 7x8x3 (from b)"),
        ("maximum", "cannot take the maximum of 6x6x3 (from conv1) and 7x8x3 (from b)"),
        ("concat", "cannot concatenate 6x6x3 (from conv1) and 7x8x3 (from b)"),
    ],
)
def test_a_join_of_an_input_and_a_layer_of_another(join: str, message: str) -> None:
    text = "input: {a: [8, 8, 3], b: [7, 8, 3]}\nlayers:\n  - conv: {filters: 3, kernel_size: 3}\n"
    (found,) = errors(f"{text}  - {join}: [prev, b]\n")
    assert found.startswith(f"shape-mismatch: {message}")
    found_sizes = sizes(check(f"{text}  - {join}: [prev, b]\n".replace("7, 8", "8, 8")))
    assert found_sizes is not None


def test_inputs_that_do_not_fit_have_their_names() -> None:
    text = "input: {a: [8, 8, 3], b: [7, 8, 3]}\nlayers:\n  - add: [a, b]\n"
    (found,) = errors(text)
    assert "8x8x3 (from a) and 7x8x3 (from b)" in found


def test_the_prompt_changes_the_one_that_is_named() -> None:
    session = Session(source=Source("net.yaml", TWO))
    same, said = answered(session, "input 8x8x3")
    assert same.text == TWO
    assert said.lines[0].text == (
        "this network has inputs with names, rgb, depth and size: say which, as in input rgb=8x8x3"
    )
    same, said = answered(session, "input dept=8x8x3")
    assert same.text == TWO
    changed, _ = answered(session, "input depth = 16x16x4")
    assert changed.text == TWO.replace("depth: [16, 16, 1]", "depth: [16, 16, 4]")
    one = Session(source=Source("net.yaml", "input: 8x8x3\nlayers: [relu]\n"))
    same, said = answered(one, "input rgb=8x8x4")
    assert same is one or same.text == one.text
    assert said.lines[0].text == "the input has no name here: write input 8x8x4"
