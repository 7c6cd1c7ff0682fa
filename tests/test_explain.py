"""`explain` says what a rule, a kind, a field or a layer of a spec is, in figures that are checked."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnn_shapes.discovery import shipped as zoo
from cnn_shapes.explain import Unknown, data, everything, explain, explain_all
from cnn_shapes.explain.arithmetic import macs, parameters
from cnn_shapes.explain.keys import WORDS, names
from cnn_shapes.explain.windows import draw, legend, reach
from cnn_shapes.layers import ALIASES, KINDS
from cnn_shapes.layers.class_answers import answers
from cnn_shapes.layers.structure import STRUCTURES
from cnn_shapes.repair.changes import table
from cnn_shapes.rules import RULES
from cnn_shapes.shapes import CEIL, FLOOR, Window
from tests.golden import ROOT
from tests.specs import check

FOLDER = ROOT / "tests" / "explain"
SPEC = FOLDER / "small.yaml"
# what is asked, and the file that holds the whole answer
GOLDEN = {
    "pool-not-divisible": "rule.txt",
    "conv": "kind.txt",
    "residual": "structure.txt",
    "padding": "field.txt",
    "expect": "key.txt",
    "shortcut": "structure_key.txt",
    "floor": "word.txt",
    "c_in": "word_in_block.txt",
    "layers": "layers.txt",
    "repair": "repair.txt",
    "small.yaml:conv1": "conv.txt",
    "small.yaml:maxpool1": "pool.txt",
    "small.yaml:up": "transposed.txt",
    "small.yaml:5": "entry.txt",
    "resnet50:conv1": "large.txt",
}


@pytest.mark.parametrize(("name", "file"), GOLDEN.items())
def test_text(name: str, file: str, update: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    golden, text = FOLDER / file, explain(name, {"repair": lambda: table})
    if update:
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name", [*RULES, *KINDS, *STRUCTURES, *ALIASES, *answers(), *names(), "layers", "mnist", "mnist:dense1"]
)
def test_every_name_has_text_and_data(name: str) -> None:
    text = explain(name)
    assert name.rpartition(":")[2] in text or name in ALIASES
    assert text.isascii()
    assert text.endswith("\n")
    assert json.loads(json.dumps(data(name))) == data(name)


@pytest.mark.parametrize("field", WORDS)
def test_every_word_of_a_field_is_explained(field: str) -> None:
    takes = [owner["takes"] for owner in data(field)["owners"]]
    taken = {words.rpartition("one of ")[2] for words in takes if "one of " in words}
    assert max(taken, key=len) == ", ".join(WORDS[field])


def test_a_key_is_explained_at_each_place() -> None:
    places = [place["of"] for place in data("into")["places"]]
    assert [owner["kind"] for owner in data("into")["owners"]] == ["split"]
    assert places == ["a block call", "repeat"]
    assert all(f"  of: {place}\n" in explain("into") for place in ("split", *places))


def test_an_axis_may_be_any() -> None:
    takes = {owner["takes"].partition(", or")[0] for owner in data("axis")["owners"]}
    assert takes == {"one of channels, length, height, width, depth"}


def test_all_is_every_rule_and_kind() -> None:
    names = [found["name"] for found in everything()]
    assert names == [*RULES, *KINDS, *STRUCTURES]
    assert all(f"\n{name} (" in f"\n{explain_all()}" for name in names)


@pytest.mark.parametrize("kind", [*KINDS, *STRUCTURES])
def test_the_example_of_a_kind_is_clean_and_has_it(kind: str) -> None:
    example = data(kind)["example"]
    report = check(example)
    assert {problem.rule for problem in report.diagnostics} <= {"small-receptive-field", "taken-on-trust"}
    assert report.trace is not None
    kinds = {step.node.kind for step in report.trace.steps}
    groups = {step.node.group.kind for step in report.trace.steps if step.node.group}
    assert kind in kinds | groups or kind == "repeat"


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_a_kind_is_explained(kind: str) -> None:
    fields = {field["name"]: field for field in data(kind)["fields"]}
    assert set(fields) == set(KINDS[kind].fields)
    assert all(field["text"] for field in fields.values())


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("convv", "nothing is called convv: did you mean conv?"),
        ("pool-not-divisble", "nothing is called pool-not-divisble: did you mean pool-not-divisible?"),
        (
            "",
            "nothing is called : it takes a rule, a layer kind, a field, a word of the language, a concept "
            "(concepts lists them), layers, rules, repair, or SPEC:LAYER",
        ),
        ("mnist:conv9", "no layer is called conv9: did you mean conv2?"),
        (
            "mnist:zzz",
            "no layer is called zzz: it has conv1, maxpool1, conv2, maxpool2, flatten1, dense1, dense2",
        ),
        ("no.yaml:conv1", "cannot open no.yaml: no such file or directory"),
    ],
)
def test_what_means_nothing(name: str, message: str) -> None:
    with pytest.raises(Unknown) as error:
        explain(name)
    assert str(error.value) == message


def test_a_layer_that_fails_says_why(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text("input: [4, 4, 1]\nlayers:\n  - conv: {filters: 8, kernel_size: 5}\n  - relu\n", "utf-8")
    assert "error[window-too-large]: a 5x5 window does not fit" in explain(f"{file}:conv1")
    assert "output  ?x?x8" in explain(f"{file}:relu1")


# numbers are pixels from 1, dots are padding
DRAWN = [
    # size, window, rounding, lines; the first two are the arithmetic of the course: 7 = 2*3 + 1, 12 = 6*2
    (7, Window(3, 3), FLOOR, ["[1 2 3][4 5 6] 7  <- 1 pixel left over"]),
    (12, Window(2, 2), FLOOR, ["[1 2][3 4][5 6] ... [11 12]"]),
    (5, Window(2, 3), FLOOR, ["[1 2] 3 [4 5]"]),
    (9, Window(1, 4), FLOOR, ["[1] 2 3 4 [5] 6 7 8 [9]"]),
    (7, Window(3, 3), CEIL, ["[1 2 3][4 5 6][7 _ _]"]),
    (5, Window(3, 1), FLOOR, ["[1 2 3]", "  [2 3 4]", "    [3 4 5]"]),
    # vdumoulin/conv_arithmetic, padding_strides: 5 pixels, kernel 3, stride 2, padding 1 give 3
    (5, Window(3, 2, 1, 1), FLOOR, ["[. 1 2]", "    [2 3 4]", "        [4 5 .]"]),
    # padding_strides_odd: 6 pixels give 3 too, and what is left over is padding
    (
        6,
        Window(3, 2, 1, 1),
        FLOOR,
        ["[. 1 2]", "    [2 3 4]", "        [4 5 6]", "               .  <- 1 of padding left over"],
    ),
    # dilation: 7 pixels, kernel 3, dilation 2 give 3
    (7, Window(3, 1, dilation=2), FLOOR, ["[1 - 3 - 5]", "  [2 - 4 - 6]", "    [3 - 5 - 7]"]),
    # the first layer of ResNet: 224 pixels, kernel 7, stride 2, padding 3 give 112
    (
        224,
        Window(7, 2, 3, 3),
        FLOOR,
        [
            "window 1    [. . . 1 2 3 4]",
            "window 2    [. 1 2 3 4 5 6]",
            "...",
            "window 112  [220 221 222 223 224 . .]",
            "then         .  <- 1 of padding left over",
        ],
    ),
    # AlexNet: (227 - 11)/4 + 1 = 55
    (
        227,
        Window(11, 4),
        FLOOR,
        [
            "window 1   [1 2 3 ... 11]",
            "window 2   [5 6 7 ... 15]",
            "...",
            "window 55  [217 218 219 ... 227]",
        ],
    ),
    (10_000, Window(3, 3), FLOOR, ["[1 2 3][4 5 6][7 8 9] ... [9997 9998 9999] 10000  <- 1 pixel left over"]),
]  # fmt: skip


@pytest.mark.parametrize(("size", "window", "rounding", "lines"), DRAWN)
def test_drawing(size: int, window: Window, rounding: str, lines: list[str]) -> None:
    assert draw(size, window, window.output(size, rounding)) == lines


@given(
    st.integers(1, 60),
    st.integers(1, 20),
    st.integers(1, 25),
    st.integers(0, 8),
    st.integers(0, 8),
    st.integers(1, 3),
    st.sampled_from([FLOOR, CEIL]),
)
def test_a_drawing_fits_its_numbers(
    size: int, kernel: int, stride: int, before: int, after: int, dilation: int, rounding: str
) -> None:
    """Windows are whole, no pixel is beyond the last, and what is left over is the rest of the division."""
    window = Window(kernel, stride, before, after, dilation)
    outputs = window.output(size, rounding)
    assume(outputs > 0)
    lines = draw(size, window, outputs)
    text = "\n".join(lines)
    assert text.count("[") == text.count("]")
    assert text.count("[") in (outputs, 3, 4)
    drawn = [int(number) for number in re.findall(r"\d+", re.sub("window [0-9]+|<-.*", "", text))]
    assert all(1 <= number <= size for number in drawn)
    if rounding == FLOOR:
        assert sum(map(int, re.findall(r"\d+", text.partition("<-")[2]))) == window.rest(size)


def test_signs_are_explained_where_they_are_drawn() -> None:
    assert legend(draw(5, Window(3, 2, 1, 1), 3)) == ". is padding"
    assert legend(draw(7, Window(3, 1, dilation=2), 3)) == "- is stepped over by dilation"
    assert legend(draw(227, Window(11, 4), 55)) == ""


def test_what_reaches_an_output_of_a_transposed_convolution() -> None:
    """Odena 2016, figure of kernel 3 and stride 2: every second output is the sum of two inputs."""
    assert reach(4, Window(3, 2), 9) == [1, 1, 2, 1, 2, 1, 2, 1, 1]
    assert reach(3, Window(2, 2), 6) == [1] * 6


@pytest.mark.parametrize("name", zoo.names())
def test_the_arithmetic_gives_the_figures(name: str) -> None:
    """The sums that are shown are those that the engine has: two ways to one number."""
    report = check(zoo.text(name))
    assert report.trace is not None
    for step in report.trace.steps:
        layer, output = step.node.layer, step.node.output
        inputs = tuple(x for x in step.node.input_shapes if x is not None)
        assert layer is not None
        assert output is not None
        if step.node.shares is None:  # else they are counted there
            assert eval(parameters(layer, inputs) or "0") == step.params
        assert eval(macs(layer, inputs, output) or "0") == step.macs
