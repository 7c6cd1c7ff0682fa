"""Blocks and structures: what a list of layers sees, what comes out, and how its layers are called."""

import pytest

from tests.test_language import check, errors, last, layers

NESTED = """\
input: [32, 32, 3]
blocks:
  Bottleneck:
    params: {c: required}
    layers:
      - residual:
          layers:
            - conv: {filters: c, norm: batch, activation: relu}
            - conv: {filters: 4*c, name: expand}
            - conv: 4*c
          shortcut: [conv: 4*c]
          activation: relu
  Stage:
    params: {c: required, n: 1}
    layers: [repeat: {times: n, layers: [Bottleneck: {c: c}]}]
layers:
  - Stage: {c: 2, n: 2, name: first}
  - Stage: {c: 2}
  - parallel: {branches: {left: [conv: 1, relu], right: [split: [a, b]]}}
  - parallel: {branches: [[conv: 1], [conv: 1]], merge: add}
  - gate: [global_avgpool, dense: 1]
  - repeat: {times: 1, layers: [conv: 1], collect: concat}
  - conv: {filters: 2, name: mine}
  - conv: 2
"""


# language.md, "Scope": the path of scopes; a count among all of the kind, named ones included
def test_generated_names() -> None:
    inside = [
        *("conv1", "conv1.norm", "conv1.activation", "expand", "conv3"),
        *("shortcut.conv1", "add", "activation"),
    ]
    passes = ("first.repeat1.0", "first.repeat1.1", "stage2.repeat1.0")
    assert list(layers(NESTED)) == [
        *(f"{path}.bottleneck1.residual1.{name}" for path in passes for name in inside),
        *("parallel1.left.conv1", "parallel1.left.relu1"),
        *("parallel1.right.split1.a", "parallel1.right.split1.b", "parallel1.concat"),
        *("parallel2.0.conv1", "parallel2.1.conv1", "parallel2.add"),
        *("gate1.global_avgpool1", "gate1.dense1", "gate1.multiply"),
        *("repeat1.0.conv1", "repeat1.concat"),
        *("mine", "conv2"),
    ]


def spec(body: str, top: str = "", size: str = "[8, 8, 4]") -> str:
    """A spec with these layers, an entry a line."""
    return f"input: {size}\n{top}layers:\n" + "".join(f"  - {line}\n" for line in body.splitlines())


# what comes out of each structure, by hand
@pytest.mark.parametrize(
    ("body", "output"),
    [
        ("residual: [conv: 4, relu]", "8x8x4"),
        ("residual: {layers: [conv: 6], shortcut: [conv: 6]}", "8x8x6"),
        ("residual: {layers: [conv: 6], add_if: false}", "8x8x6"),
        ("residual: {layers: [conv: 6], shortcut: [conv: 4], add_if: 1 > 2, activation: relu}", "8x8x6"),
        ("residual: []", "8x8x4"),
        ("parallel: {branches: {a: [conv: 3], b: [conv: 5]}}", "8x8x8"),
        ("parallel: {branches: [[conv: 3], [conv: 3]], merge: add}", "8x8x3"),
        ("parallel: {branches: [[global_avgpool: {keepdims: true}], []], merge: multiply}", "8x8x4"),
        ("parallel: {branches: [[conv: 3]]}", "8x8x3"),
        ("gate: [global_avgpool, dense: 2, dense: 4]", "8x8x4"),  # [C] counts as [1, 1, C]
        ("gate: [global_avgpool: {keepdims: true}, conv: 4]", "8x8x4"),  # as [1, 1, C] does
        ("gate: [conv: 1]", "8x8x4"),  # spatial attention: 1 on the axis of the channels
        ("repeat: {times: 0, layers: [conv: 9]}\nrelu", "8x8x4"),
        ("repeat: {times: 3, layers: [maxpool: 2]}", "1x1x4"),
        ("repeat: {times: 2, layers: [conv: 3 + i]}", "8x8x4"),
        ("repeat: {times: 2, layers: [conv: 3 + i], collect: concat}", "8x8x11"),  # 4 + 3 + 4
        ("repeat: {times: 0, layers: [conv: 3], collect: concat}\nrelu", "8x8x4"),
        ("repeat: {times: 2, layers: [repeat: {times: 2, layers: [conv: 1 + i]}]}", "8x8x2"),
        ("repeat: {times: 3, layers: [conv: {filters: 9, if: i == 1}]}", "8x8x9"),
        # `input` is the file's input in every structure, `prev` at the start of a list the structure's
        ("conv: 2\nresidual: [conv: {filters: 2, from: input}]", "8x8x2"),
        (
            "conv: 2\nparallel: {branches: [[concat: [prev, input]], [conv: {filters: 1, from: prev}]]}",
            "8x8x7",
        ),
        ("conv: {filters: 2, name: a}\nconv: 3\nrepeat: {times: 2, layers: [concat: [prev, a]]}", "8x8x7"),
        ("conv: {filters: 2, name: a}\nconv: 3\ngate: {layers: [conv: 1], from: a}", "8x8x2"),
        ("residual: {layers: [conv: 4], name: r}\nconv: 1\nconcat: [r, prev]", "8x8x5"),
        ("split: [a, b]\nconcat: [prev, a, a]", "8x8x6"),  # prev is the last part
        ("split: {into: {a: 1, b: 3}, name: s}\nconv: {filters: 1, from: a}\nconcat: [prev, s]", "8x8x4"),
    ],
)
def test_structure(body: str, output: str) -> None:
    assert last(spec(body)) == output


# what an `add` would broadcast; semantics.md: a residual needs equal shapes
@pytest.mark.parametrize("branch", ["conv: 1", "global_avgpool: {keepdims: true}"])
def test_a_residual_broadcasts_nothing(branch: str) -> None:
    (message,) = errors(spec(f"residual: [{branch}]"))
    assert message.startswith("shape-mismatch: cannot add ")
    assert errors(spec(f"{branch}\nadd: [input, prev]")) == []


BLOCKS = """\
params: {w: 2}
blocks:
  One: {params: {c: 1, s: 1}, let: {wide: c*w, wider: wide + 1}, layers: [conv: {filters: wider, stride: s}]}
  In: {layers: [conv: {filters: 2, name: a}, concat: [a, input, prev]]}
  Pair: {inputs: [x, y], layers: [concat: [x, y, prev, input]]}
  Twice: {inputs: [x, y], layers: [conv: 2*c_in]}
  Grow: {params: {by: required}, let: {out: c_in + by}, layers: [conv: out]}
  Two: {layers: [Grow: {by: 1}, Grow: {by: c_in}]}
  Words:
    params: {act: relu, pad: valid, norm: none, on: true}
    layers: [conv: {filters: 2, kernel_size: 3, padding: pad, activation: act, norm: norm, bias: on}]
"""


@pytest.mark.parametrize(
    ("body", "output"),
    [
        ("One", "8x8x3"),
        ("One: {c: 4, s: 7}", "2x2x9"),
        ("repeat: {times: 2, layers: [One: {c: i + 5}]}", "8x8x13"),
        ("conv: 3\nIn", "8x8x7"),  # in a block, input is the block's
        (
            "conv: {filters: 3, name: a}\nconv: 1\nPair: {from: [a, input]}",
            "8x8x13",
        ),  # prev and input: the first
        (
            "conv: {filters: 3, name: a}\nTwice: {from: [a, input]}",
            "8x8x6",
        ),  # c_in: of the first of two inputs
        ("Grow: {by: 3}", "8x8x7"),
        ("conv: 1\nGrow: {by: 3}", "8x8x4"),
        ("Two", "8x8x9"),  # 4 + 1, then 5 + c_in of Two: its own first input has 4
        ("flatten\ndense: 3", "3"),
        ("Words", "6x6x2"),
        ("Words: {act: none, pad: half, norm: batch, on: false}", "8x8x2"),
        ("Words: {pad: 2}", "10x10x2"),
        ("One: {name: b}\nconv: 1\nconcat: [b, prev]", "8x8x4"),
    ],
)
def test_block(body: str, output: str) -> None:
    assert last(spec(body, BLOCKS)) == output


def test_words_as_arguments_make_layers() -> None:
    assert list(layers(spec("Words: {act: gelu, norm: batch}", BLOCKS))) == [
        "words1.conv1",
        "words1.conv1.norm",
        "words1.conv1.activation",
    ]


# a false `if`: as if the layer were not written; its name then means what prev was
@pytest.mark.parametrize(
    ("body", "names", "output"),
    [
        ("conv: 3\nconv: {filters: 5, if: false}", ["conv1"], "8x8x3"),
        ("conv: {filters: 5, if: false}\nconv: 3", ["conv1"], "8x8x3"),
        (
            "conv: 3\nconv: {filters: 5, if: 1 > 2, name: a}\nconv: 1\nconcat: [a, prev]",
            ["conv1", "conv2", "concat1"],
            "8x8x4",
        ),
        (
            "conv: {filters: 5, if: w == 1, name: a}\nconv: {filters: 3, if: w == 2, name: a}\nrelu: "
            "{from: a}",
            ["a", "relu1"],
            "8x8x3",
        ),
        (
            "conv: {filters: 5, if: w == 2, name: a}\nconv: {filters: 3, if: w == 1, name: a}\nrelu: "
            "{from: a}",
            ["a", "relu1"],
            "8x8x5",
        ),
        ("residual: {layers: [conv: 7], if: not true}", [], ""),
        ("Grow: {by: 1, if: w != 2}\nrelu", ["relu1"], "8x8x4"),
    ],
)
def test_if(body: str, names: list[str], output: str) -> None:
    found = layers(spec(body, BLOCKS))
    assert list(found) == names
    assert list(found.values())[-1:] == ([output] if output else [])


def test_names_and_values_never_meet() -> None:
    top = "params: {a: 3}\n"
    assert last(spec("conv: {filters: a, name: a}\nconv: {filters: a + 1, from: a}", top)) == "8x8x4"
    assert errors(spec("conv: {filters: a, name: b}\nconv: b", top)) == [
        "unknown-name: unknown name b: here are a"
    ]


def test_one_list_under_two_aliases() -> None:
    text = "input: [8, 8, 4]\nlayers:\n  - residual: &l [conv: {filters: 4, name: x}]\n  - residual: *l\n"
    assert list(layers(text)) == ["residual1.x", "residual1.add", "residual2.x", "residual2.add"]


def test_a_mistake_in_a_block_is_reported_once() -> None:
    report = check(
        spec(
            "repeat: {times: 3, layers: [Bad: {}]}",
            "blocks:\n  Bad: {layers: [conv: {filters: 4, kernel_size: 9}]}\n",
        )
    )
    assert [found.rule for found in report.errors] == ["window-too-large"]
