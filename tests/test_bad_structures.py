"""What is wrong with names, blocks and structures, and how it is said."""

import pytest

from cnn_shapes.checking import check_source
from cnn_shapes.source import Source
from tests.test_language import errors
from tests.test_scopes import BLOCKS, spec

INSIDE = (
    "no layer is called a here: it is inside a block or branch, and what is inside is not seen from outside"
)


RESIDUAL = "residual: [conv: {filters: 32, kernel_size: 3, padding: 1}]"
PARALLEL = "parallel: {branches: [[conv: 32], [maxpool: 2]]}"
REPEAT = "repeat: {times: 2, layers: [conv: 32]}"


# nothing inside is seen outside or in a sibling; a block sees only its own
@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("residual: [conv: {filters: 4, name: a}]\nconv: {filters: 1, from: a}", INSIDE),
        ("parallel: {branches: [[conv: {filters: 1, name: a}], [conv: {filters: 1, from: a}]]}", INSIDE),
        (
            "residual: {layers: [conv: {filters: 4, name: a}], shortcut: [conv: {filters: 4, from: a}]}",
            INSIDE,
        ),
        (
            "repeat: {times: 2, layers: [conv: {filters: 4, from: a, if: i == 1}, relu: {name: a}]}",
            "no layer is called a here: it is further down, on line 17, and from sees only what is before it",
        ),
        ("In\nconv: {filters: 1, from: a}", INSIDE),
        (
            "conv: {filters: 1, from: a}\nconv: {filters: 1, name: a}",
            "no layer is called a here: it is further down, on line 18, and from sees only what is before it",
        ),
        (
            "conv: {filters: 1, name: x}\nconv: 1\nPeek",
            "no layer is called x here: it is outside this block: hand it in, with inputs and from",
        ),
        (
            "conv: 1\nconv: {filters: 1, from: conv1}",
            "no layer is called conv1 here: that name is generated, write name: conv1 on the layer to use it",
        ),
        (
            "residual: [relu]\nconv: {filters: 1, from: residual1.relu1}",
            "no layer is called residual1.relu1 here: what is inside a block or branch is not seen from "
            "outside: name the whole",
        ),
        (
            "conv: {filters: 1, name: stem}\nconv: {filters: 1, from: stm}",
            "no layer is called stm here, and nothing reads stem (line 17): one of the two is misspelt",
        ),
        (
            "conv: {filters: 1, name: stem}\nconv: {filters: 1, from: z}",
            "no layer is called z: write name: z on the one that is meant, or put back the line that had it; "
            "the names before it are stem, prev, input",
        ),
        ("conv: c", "unknown name c: c_in is the number of channels that comes in"),
        ("conv: i", "unknown name i: here are w"),
        ("repeat: {times: 1, layers: [Index]}", "unknown name i: here are w, c_in"),
        ("One: {c: wide}", "unknown name wide: here are w"),
        ("Early", "unknown name zz: here are w, c_in"),
    ],
)
def test_not_seen(body: str, message: str) -> None:
    more = (
        "  Peek: {layers: [conv: {filters: 1, from: x}]}\n"
        "  Index: {layers: [conv: i]}\n"
        "  Early: {let: {first: zz, zz: 3}, layers: [conv: first]}\n"
    )
    assert errors(spec(body, BLOCKS + more)) == [f"unknown-name: {message}"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("Grow", "missing-field: Grow needs by, which this call does not give"),
        ("Grow: {by: 1, bye: 2}", "unknown-key: Grow has no bye, and by is there already: leave bye out"),
        ("Grow: {bye: 2}", "unknown-key: Grow has no bye: did you mean by?"),
        ("residual: {layer: [relu]}", "unknown-key: residual has no layer: did you mean layers?"),
        (
            "Grow: {by: 1, zzz: 2}",
            "unknown-key: Grow has no zzz: it takes by, name, from, if, expect, into, share",
        ),
        ("Grow: 3", "bad-value: the arguments of a block are a mapping: Grow: {by: ...}"),
        (
            "Grow: {by: [[1]]}",
            "bad-value: by must be a number, true, false, a word or a list of these, found [[1]]",
        ),
        (
            "Grow: {by: 0.5}",
            "bad-value: the value of conv, its filters, must be a whole number from 1, found 4.5",
        ),
        (
            "Grow: {by: -4}",
            "bad-value: the value of conv, its filters, must be a whole number from 1, found 0",
        ),
        ("Pair", "wrong-inputs: Pair takes 2 inputs (x, y), found 1: name them in from"),
        (
            "Pair: {from: [input, prev, prev]}",
            "wrong-inputs: Pair takes 2 inputs (x, y), found 3: name them in from",
        ),
        ("In: {from: [input, prev]}", "wrong-inputs: In takes 1 input (prev), found 2: name them in from"),
        (
            "residual: {shortcut: [relu]}",
            f"missing-field: residual needs layers: the main way, as in {RESIDUAL}",
        ),
        ("residual: 3", f"missing-field: residual needs layers, found 3: write it as in {RESIDUAL}"),
        (
            "residual: {layers: [relu], activation: silly}",
            "bad-value: activation must be one of relu, relu6, leaky_relu, prelu, elu, selu, gelu, silu, "
            "mish, sigmoid, hardsigmoid, hardswish, tanh, softmax, softplus, none, or another activation of "
            "`cnn-shapes explain layers`, found silly",
        ),
        ("residual: {layers: [relu], add_if: 3}", "bad-value: a condition must be true or false, found 3"),
        (
            "parallel: [[relu], [relu]]",
            f"missing-field: parallel needs branches, found a list: write it as in {PARALLEL}",
        ),
        (
            "parallel: {a: [relu], b: [relu]}",
            "missing-field: parallel needs branches: a mapping from label to layers, or a list of lists; one "
            f"may be left out: {{if: deep, layers: [...]}}, as in {PARALLEL}",
        ),
        (
            "parallel: {brances: [[relu], [relu]]}",
            "unknown-key: parallel has no brances: did you mean branches?",
        ),
        (
            "parallel: {branches: [[relu], [relu]], merge: sum}",
            "bad-value: merge must be concat or add or multiply, found sum",
        ),
        (
            "parallel: {branches: 3}",
            "bad-value: branches must be a mapping from label to layers, or a list of lists, found 3",
        ),
        (
            "parallel: {branches: {}}",
            "bad-value: branches must be a mapping from label to layers, or a list of lists, found an "
            "empty mapping",
        ),
        (
            "gate: {branch: [relu]}",
            "missing-field: gate needs layers: the branch, as in gate: [global_avgpool, dense: 32]"
            "|unknown-key: gate has no branch: it takes layers, name, "
            "from, if, expect",
        ),
        (
            "repeat: [relu]",
            f"missing-field: repeat needs times and layers, found a list: write it as in {REPEAT}",
        ),
        ("repeat: {layers: [relu]}", f"missing-field: repeat needs times: how often, as in {REPEAT}"),
        ("repeat: {times: -1, layers: [relu]}", "bad-value: times must be a whole number from 0, found -1"),
        ("repeat: {times: 1.5, layers: [relu]}", "bad-value: times must be a whole number from 0, found 1.5"),
        (
            "repeat: {times: true, layers: [relu]}",
            "bad-value: times must be a whole number from 0, found true",
        ),
        ("repeat: {times: 2, layers: [relu], collect: add}", "bad-value: collect must be concat, found add"),
        ("relu: {name: a}\nrelu: {name: a}", "duplicate-name: the name a is taken: line 14 has it already"),
        (
            "relu: {name: a, if: true}\nrelu: {name: a}",
            "duplicate-name: the name a is taken: line 14 has it already",
        ),
        ("split: [a, a]", "duplicate-name: the name a is taken in this list already"),
    ],
)
def test_bad(body: str, message: str) -> None:
    assert "|".join(errors(spec(body, BLOCKS))) == message


@pytest.mark.parametrize(
    ("written", "mended"),
    [
        ("  - parallel: [[relu], [tanh]]  # two\n", "  - parallel: {branches: [[relu], [tanh]]}  # two\n"),
        (
            "  - parallel:\n      - - relu\n      - - tanh\n",
            "  - parallel:\n      branches:\n      - - relu\n      - - tanh\n",
        ),
    ],
)
def test_branches_without_their_key(written: str, mended: str) -> None:
    source = Source("x.yaml", f"input: [4, 4, 8]\nlayers:\n{written}")
    (found,) = check_source(source).errors
    (fix,) = found.fixes
    assert (fix.title, fix.safe) == ("write them under branches", False)
    changed = source.edited(fix.edits)
    assert changed.text == f"input: [4, 4, 8]\nlayers:\n{mended}"
    assert check_source(changed).ok
