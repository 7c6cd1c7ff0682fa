"""Names and values that expressions may use: lists, params of params, what comes in, branches left out."""

from __future__ import annotations

import pytest

from cnn_shapes.language.spec import Overrides
from tests.test_language import check, errors, layers


def test_a_skipped_layer_stands_for_its_own_input() -> None:
    text = (
        "input: [8, 8, 4]\nlayers:\n  - relu: {name: pre}\n  - conv: 6\n"
        "  - avgpool: {kernel_size: 2, from: pre, if: false, name: side}\n  - conv: 5\n  - add: [side, pre]\n"
    )
    # by hand: side is pre, of 4 channels, and so is what conv2 reads
    assert layers(text) == {"pre": "8x8x4", "conv1": "8x8x6", "conv2": "8x8x5", "add1": "8x8x4"}
    report = check(text)
    assert report.trace is not None
    assert [step.params for step in report.trace.steps] == [0, 4 * 6 + 6, 4 * 5 + 5, 0]


def test_a_skipped_layer_reads_names_that_exist() -> None:
    assert errors("input: [8, 8, 4]\nlayers: [relu: {from: elsewhere, if: false}]\n") == [
        "unknown-name: no layer is called elsewhere: write name: elsewhere on the one that is meant, or put "
        "back the line that had it; the names before it are prev, input"
    ]


PARAMS = """\
input: [h, h, 3]
params: {w: 4, wide: 2*w, same: w, all: [tanh, 2, true], n: len(all), h: wide**2, word: relu}
blocks:
  B:
    params: {g: required, first: g, c: c_in, last: first + c, tall: h_in}
    layers: [conv: g*1000 + last + tall]
layers:
  - conv: wide + same + n
  - B: {g: 2}
  - B: {g: 2, first: 5}
  - B: {g: 2, c: 1}
  - conv: {filters: h_in + c_in, activation: word}
"""


def test_params_of_params() -> None:
    # by hand: wide 8, same 4, n 3, h 64; B: 2000 + (2 + 15) + 64, 2000 + (5 + 2081) + 64, 2000 + (2 + 1) + 64
    assert layers(PARAMS) == {
        "conv1": "64x64x15",
        "b1.conv1": "64x64x2081",
        "b2.conv1": "64x64x4150",
        "b3.conv1": "64x64x2067",
        "conv2": "64x64x67",
        "conv2.activation": "64x64x67",
    }
    # with w 2: wide 4, same 2, n 3, h 16
    assert layers(PARAMS, Overrides(params=(("w", 2),)))["conv1"] == "16x16x9"
    # a param that is given is not worked out
    assert layers(PARAMS, Overrides(params=(("wide", 3),)))["conv1"] == "9x9x10"
    assert layers(PARAMS, Overrides(params=(("all", [1, 2]),)))["conv1"] == "64x64x14"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "params: {a: b + 1, b: 2}",
            "unknown-name: unknown name b: the value of a param may use the params above it, "
            "and there are none",
        ),
        (
            "params: {b: 2, a: 2*c}",
            "unknown-name: unknown name c: the value of a param may use the params above it, which are b",
        ),
        ("params: {b: 0, a: 2//b}", "bad-expression: cannot divide by b: it is 0 here"),
        (
            "params: {a: 2*h_in}",
            "unknown-name: unknown name h_in: the value of a param may use the params above it, "
            "and there are none",
        ),
    ],
)
def test_a_param_without_a_value(text: str, message: str) -> None:
    """What uses it is not told again."""
    assert errors(f"input: [8, 8, 4]\n{text}\nlayers: [conv: a]\n") == [message]


@pytest.mark.parametrize(
    ("sizes", "layer", "came"),
    [
        ("[8, 6, 4]", "conv: {filters: h_in*100 + w_in*10 + c_in}", "8x6x864"),
        ("[7, 4]", "conv: {filters: l_in*10 + c_in}", "7x74"),
        ("[9, 8, 6, 4]", "conv: {filters: d_in*100 + h_in}", "9x8x6x908"),
        ("[5]", "dense: c_in*3", "15"),
    ],
)
def test_what_comes_in(sizes: str, layer: str, came: str) -> None:
    """At the top level all of them are of the file's input."""
    text = f"input: {sizes}\nlayers:\n  - {layer}\n  - {layer}\n"
    assert [*layers(text).values()] == [came, came]


@pytest.mark.parametrize(
    ("sizes", "layer", "message"),
    [
        (
            "[8, 4]",
            "conv: h_in",
            "bad-expression: h_in is the height that comes in, and a map with 1 spatial axis has none: "
            "it has l_in",
        ),
        (
            "[4]",
            "dense: h_in",
            "bad-expression: h_in is the height that comes in, and a vector has none: c_in is the number of "
            "its features",
        ),
        (
            "[8, 8, 4]",
            "upsample: {size: h}",
            "unknown-name: unknown name h: h_in is the height that comes in",
        ),
        (
            "[8, 8, 4]",
            "upsample: {size: width}",
            "unknown-name: unknown name width: w_in is the width that comes in",
        ),
        ("[8, 8, 4]", "conv: 2*h_n", "unknown-name: unknown name h_n: did you mean h_in?"),
    ],
)
def test_what_does_not_come_in(sizes: str, layer: str, message: str) -> None:
    assert errors(f"input: {sizes}\nlayers:\n  - {layer}\n") == [message]


def test_what_comes_in_after_an_error_is_not_told() -> None:
    text = (
        "input: [8, 8, 4]\nblocks: {B: {layers: [conv: h_in]}}\n"
        "layers:\n  - maxpool: 9\n  - B\n  - repeat: {times: 2, layers: [B]}\n"
    )
    assert (
        errors(text) == ["window-too-large: this maxpool's 9x9 window does not fit into the 8x8 feature map"]
        or len(errors(text)) == 1
    )


def test_own_names_win() -> None:
    """A file of before: its params are called as what was added since."""
    text = (
        "input: [8, 8, 4]\nparams: {h_in: 3, len: 2, log2: 5}\n"
        "blocks: {B: {params: {w_in: 7}, layers: [conv: h_in + w_in + len + log2]}}\nlayers: [B]\n"
    )
    assert layers(text) == {"b1.conv1": "8x8x17"}


BRANCHES = """\
input: [8, 8, 4]
params: {deep: true, side: true}
layers:
  - parallel:
      branches:
        a: {if: side, layers: [conv: 2]}
        b: {if: deep, layers: [conv: 3]}
        c: {layers: [conv: {filters: 5, if: deep}]}
"""


@pytest.mark.parametrize(
    ("deep", "side", "came"),
    [(True, True, "8x8x10"), (True, False, "8x8x8"), (False, True, "8x8x6"), (False, False, "8x8x4")],
)
def test_branches_left_out(deep: bool, side: bool, came: str) -> None:
    report = check(BRANCHES, Overrides(params=(("deep", deep), ("side", side))))
    assert report.errors == []
    assert report.trace is not None
    last = report.trace.network.outputs[0].output
    assert last is not None
    assert "x".join(map(str, (*last.sizes, last.channels))) == came


@pytest.mark.parametrize(
    ("branches", "message"),
    [
        (
            "[{if: false, layers: [relu]}, {if: 1 > 2, layers: [relu]}]",
            "missing-field: no branch is left: the if of each is false here; write if on the whole parallel "
            "instead",
        ),
        (
            "[{if: true}, [relu]]",
            "missing-field: branch 0 needs layers, as in {if: deep, layers: [conv: 32]}",
        ),
        (
            "{a: {iff: true, layers: [relu]}, b: [relu]}",
            "unknown-key: branch a has no iff: did you mean if?",
        ),
        (
            "[{if: 3, layers: [relu]}, [relu]]",
            "bad-value: a condition must be true or false, found 3",
        ),
    ],
)
def test_bad_branches(branches: str, message: str) -> None:
    assert errors(f"input: [8, 8, 4]\nlayers: [parallel: {{branches: {branches}}}]\n") == [message]


def test_a_list_in_braces_wants_quotes() -> None:
    text = "input: [8, 8, 4]\nparams: {w: [1, 2]}\nlayers:\n  - conv: {filters: 2*w[1] + 1, kernel_size: 3}\n"
    report = check(text)
    assert [found.message() for found in report.errors] == [
        "in braces YAML takes `[` for a list: write 2*w[1] + 1 in quotes"
    ]
    edits = report.errors[0].fixes[0].edits
    assert [text[edit.span.start : edit.span.end] for edit in edits] == ["2*w[1] + 1"]


def test_a_join_that_is_left_out_stands_for_what_is_before_it() -> None:
    """Of two joins one is there: Res2Net's block, of which the first is unlike the others."""
    text = (
        "input: [8, 8, 4]\nparams: {first: true}\nlayers:\n  - relu: {name: a}\n  - conv: {filters: 4, "
        "name: b}\n"
        "  - concat: {from: [a, b], if: first}\n  - add: {from: [a, b], if: not first}\n  - conv: 5\n"
    )
    # by hand: of 8 or of 4 channels
    for first, params in ((True, 8 * 5 + 5), (False, 4 * 5 + 5)):
        report = check(text, Overrides(params=(("first", first),)))
        assert report.errors == []
        assert report.trace is not None
        assert report.trace.steps[-1].params == params


OWN_NAMES = """\
input: [8, 8, 4]
params: {h_in: 3, len: 2, log2: 5, causal: 1, group: 2}
blocks:
  Attention: {params: {heads: 2}, layers: [conv: heads]}
  GLU: {layers: [conv: c_in]}
  LSTM: {params: {units: 3}, layers: [conv: units]}
  MLP: {layers: [conv: 4]}
  Average: {inputs: [a, b], layers: [add: [a, b]]}
layers:
  - Attention: {heads: h_in + len}
  - GLU
  - LSTM: {units: log2 + causal + group, name: lstm}
  - split: {into: {rest: 3, other: 5}}
  - MLP: {from: rest, name: custom}
  - Average: {from: [custom, prev], name: attention}
  - conv: {filters: h_in, from: attention, name: scale}
"""


def test_a_file_of_before_means_what_it_meant() -> None:
    """Its blocks, params, names and parts are called as kinds, classes and functions that came later."""
    assert layers(OWN_NAMES) == {
        "attention1.conv1": "8x8x5",
        "glu1.conv1": "8x8x5",
        "lstm.conv1": "8x8x8",
        "split1.rest": "8x8x3",
        "split1.other": "8x8x5",
        "custom.conv1": "8x8x4",
        "attention.add1": "8x8x4",
        "scale": "8x8x3",
    }


@pytest.mark.parametrize("kind", ["list", "power", "outputs"])
def test_what_is_too_much_is_an_error_at_its_place(kind: str) -> None:
    text, message = {
        "list": (
            f"input: [8, 8, 4]\nparams: {{w: [{', '.join(['1'] * 200_000)}]}}\nlayers: [conv: len(w)]\n",
            "limit-exceeded: a list of more than 100000 entries, the limit",
        ),
        "power": (
            'input: [8, 8, 4]\nparams: {w: "2**(2**30)"}\nlayers: [conv: w]\n',
            "bad-expression: the result of ** is too large: integers end at 2,147,483,647",
        ),
        "outputs": (
            "input: [8, 8, 4]\nblocks: {B: {layers: ["
            + ", ".join(f"tanh: {{name: a{number}}}" for number in range(1000))
            + "], outputs: ["
            + ", ".join(f"a{number}" for number in range(1000))
            + "]}}\nlayers: [B: {into: [x]}]\n",
            "wrong-inputs: B gives 1000 outputs",
        ),
    }[kind]
    assert [found[: len(message)] for found in errors(text)] == [message]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("conv: {filters: 1.5, name: res}", "bad-value: filters must be a whole number from 1, found 1.5"),
        ("conv: {filters: zz, name: res}", "unknown-name: unknown name zz: no param or let declares it"),
        ("B: {n: zz, into: [res, other]}", "unknown-name: unknown name zz: no param or let declares it"),
        (
            "repeat: {times: 1.5, inputs: x, outputs: x, layers: [relu], into: res}",
            "bad-value: times must be a whole number from 0, found 1.5",
        ),
        (
            "split: {into: {res: 0, other: 4}}",
            "bad-value: into must be a size for each name, from 1, or -1 for the rest, found 0",
        ),
    ],
)
def test_the_names_of_a_wrong_entry_are_known(entry: str, message: str) -> None:
    """No second error says that no layer is called res."""
    block = "blocks: {B: {params: {n: 1}, layers: [conv: {filters: n, name: a}], outputs: [a, input]}}\n"
    found = errors(f"input: [8, 8, 4]\n{block}layers:\n  - {entry}\n  - add: [res, input]\n")
    assert len(found) == 1
    assert found[0].startswith(message[:40])
