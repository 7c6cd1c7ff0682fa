"""What the page asks of the tool, without a browser: each question is a function of the text."""

import json
from pathlib import Path
from typing import Any

import pytest

from cnn_shapes.discovery import shipped
from cnn_shapes.source import Source
from cnn_shapes.web.bridge import QUESTIONS, ask
from cnn_shapes.web.places import Places
from tests import golden
from tests.golden import ROOT

BROKEN = """\
input: [28, 28, 1]
layers:
  - conv: {filters: 8, kernel_size: 4}
  - maxpool: 2
  - flatten
"""
BLOCK = """\
input: [32, 32, 3]
blocks:
  Twice:
    params: {c: required}
    layers:
      - conv: {filters: c, kernel_size: 3, padding: 1}
      - conv: {filters: c, kernel_size: 3, padding: 1}
layers:
  - Twice: {c: 8}
  - maxpool: 2
  - Twice: {c: 16}
"""


# a `.fixed` beside such a file is its text after the first fix
OF_OTHER_TOOLS = [
    file
    for file in sorted((ROOT / "tests" / "dialects").glob("*/*"))
    if file.suffix not in (".out", ".fixed") and file.with_suffix(".fixed").exists()
]


def answer(question: str, *arguments: Any) -> Any:
    return json.loads(ask(question, *arguments))


def edited(text: str, edits: list[dict[str, Any]]) -> str:
    """The text as a browser edits it: in units of UTF-16."""
    units = text.encode("utf-16-le")
    for edit in sorted(edits, key=lambda edit: -edit["from"]):
        units = units[: 2 * edit["from"]] + edit["insert"].encode("utf-16-le") + units[2 * edit["to"] :]
    return units.decode("utf-16-le")


def test_a_broken_spec() -> None:
    found = answer("check", BROKEN)
    assert found["isFinal"] is False
    assert [problem["fixes"] for problem in found["problems"]] == [[]]  # none is proved yet
    assert found["shapes"] == [
        {"line": 3, "text": "25x25x8", "state": "ok"},
        {"line": 4, "text": "12x12x8", "state": "error"},
        {"line": 5, "text": "1152", "state": "assumed"},
    ]
    (problem,) = answer("advice", BROKEN)["problems"]
    assert (problem["rule"], problem["severity"], problem["line"], problem["column"]) == (
        "pool-not-divisible",
        "error",
        4,
        14,
    )
    assert problem["message"] == "a 25x25 feature map is not a multiple of the 2x2 pool"
    assert BROKEN[problem["from"] : problem["to"]] == "2"
    (label,) = problem["labels"]
    assert (label["line"], BROKEN[label["from"] : label["to"]]) == (3, "4")
    assert [fix["title"] for fix in problem["fixes"]] == [
        "kernel_size: 5 on line 3",
        "kernel_size: 3 on line 3",
        "padding: [[1, 2], [1, 2]] on line 3",
    ]


@pytest.mark.parametrize("before", ["", "# 😀 합성곱 é\n", "\ufeff", "\ufeff# 👩‍👩‍👧\n"])
def test_each_fix_of_the_page_makes_the_text_valid(before: str) -> None:
    text = before + BROKEN.replace("}", "}  # 😀")
    (problem,) = answer("advice", text)["problems"]
    for fix in problem["fixes"]:
        assert answer("check", edited(text, fix["edits"]))["problems"] == [], fix["title"]


@pytest.mark.parametrize("file", OF_OTHER_TOOLS, ids=lambda file: file.stem)
def test_a_text_of_another_tool_is_mended_where_it_is_written(file: Path) -> None:
    """Its places and edits are those of what was written, not of the spec that it is."""
    text = file.read_text(encoding="utf-8")
    found = answer("check", text)
    assert (Path(found["name"]).suffix, found["isFinal"]) == (file.suffix, False)
    fixes = [fix for problem in answer("advice", text)["problems"] for fix in problem["fixes"]]
    first = next(fix for fix in fixes if fix["isValid"] and fix["edits"])
    assert edited(text, first["edits"]) == file.with_suffix(".fixed").read_text(encoding="utf-8")


def test_a_valid_spec_is_answered_at_once() -> None:
    found = answer("check", shipped.text("mnist"))
    assert (found["isFinal"], found["problems"], found["others"]) == (True, [], "")
    assert found["table"]["input"] == "28x28x1"
    assert found["table"]["rows"][0] == {
        "index": "1",
        "depth": 0,
        "layer": "conv 5x5, 32",
        "output": "24x24x32",
        "how": "(28 + 2*0 - 5)/1 + 1 = 24",
        "params": "832",
        "macs": "460.8k",
        "receptiveField": "5x5",
        "state": "ok",
        "line": 6,
    }
    assert found["table"]["totals"][0] == ["parameters", "184,586"]


@pytest.mark.parametrize("name", shipped.names())
def test_rows_are_those_of_the_printed_table_and_know_their_lines(name: str) -> None:
    text = answer("example", name)["text"]
    network = text.splitlines().index("layers:")
    rows = answer("check", text)["table"]["rows"]
    printed = answer("printed", text)["text"]
    for row in rows:
        assert f"  {row['index']} " in printed
        assert row["depth"] or row["line"] > network, row


def test_what_is_held_back_is_said() -> None:
    """Beside an error a warning waits: one relu after the other changes nothing."""
    text = BROKEN.replace("  - maxpool", "  - relu\n  - relu\n  - maxpool")
    found = answer("advice", text)
    assert [one["severity"] for one in found["problems"]] == ["error"]
    assert found["others"] == "held back until the error is mended: 1 warning"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "input: [",
        "layers: []",
        "input: 3\nlayers: [x]",
        "\0",
        "\ufeff",
        "- 1\n- 2",
        "a: &a [*a]",
        "😀" * 100,
    ],
)
@pytest.mark.parametrize("question", ["check", "advice", "picture", "printed"])
def test_what_is_no_spec_is_answered(question: str, text: str) -> None:
    assert isinstance(answer(question, text), dict)


def test_a_text_without_layers_has_no_table_and_no_layer() -> None:
    assert answer("check", "input: 3\n")["table"] is None
    assert answer("layer", "input: 3\n", 1)["name"] == ""


def test_more_layers_than_a_browser_frees() -> None:
    layers = "repeat: {times: 1501, layers: [batchnorm]}"
    (problem,) = answer("check", f"input: [8, 8, 1]\nlayers: [{layers}]\n")["problems"]
    assert problem["rule"] == "limit-exceeded"
    assert (
        answer("check", f"input: [8, 8, 1]\nlayers: [{layers.replace('1501', '1499')}]\n")["problems"] == []
    )


@pytest.mark.parametrize("name", ["mnist", "resnet18", "two_stream"])
def test_it_prints_what_the_command_prints(name: str, tmp_path: Any) -> None:
    text = answer("example", name)["text"]
    (tmp_path / "net.yaml").write_text(text, encoding="utf-8")
    said = golden.run("check", "--isolated", "net.yaml", folder=tmp_path).out
    assert answer("printed", text) == {"text": said}


@pytest.mark.parametrize(
    ("line", "call", "step", "name", "steps", "begin"),
    [
        (3, 0, 1, "conv1", 625, "conv1: conv 4x4, 8"),  # 25 * 25 places
        (4, 0, 1, "maxpool1", 144, "maxpool1: maxpool 2"),  # 12 * 12
        (4, 9, 999, "maxpool1", 144, "maxpool1: maxpool 2"),
        (5, 0, 1, "flatten1", 0, "flatten1: flatten"),
        (1, 0, 1, "conv1", 625, "conv1: conv 4x4, 8"),  # the first layer, where none is before
        (99, 0, 0, "flatten1", 0, "flatten1: flatten"),
    ],
)
def test_the_layer_of_a_line(line: int, call: int, step: int, name: str, steps: int, begin: str) -> None:
    found = answer("layer", BROKEN, line, call, step)
    assert (found["name"], found["steps"]) == (name, steps)
    assert found["text"].startswith(begin)
    assert bool(found["svg"]) is bool(steps)


def test_a_line_of_a_block_has_a_layer_for_each_call() -> None:
    found = answer("layer", BLOCK, 6)
    assert found["calls"] == ["twice1.conv1", "twice2.conv1"]
    assert answer("layer", BLOCK, 6, 1)["name"] == "twice2.conv1"
    assert answer("layer", BLOCK, 9)["type"] == "group"


@pytest.mark.parametrize("framework", ["pytorch", "keras"])
def test_code(framework: str) -> None:
    found = answer("code", answer("example", "mnist")["text"], framework)
    assert found["problem"] == ""
    compile(found["code"], framework, "exec")
    assert answer("code", BROKEN, framework) == {
        "code": "",
        "problem": f"no {framework} code: net.yaml has 1 error: code is made from a valid spec only",
    }


def test_a_rule_is_explained_as_the_command_does() -> None:
    assert answer("rule", "bad-value")["text"] == golden.run("explain", "bad-value").out


def test_examples_are_the_specs() -> None:
    names = answer("examples")["names"]
    assert names[0] == "mnist"
    assert sorted(names) == shipped.names()
    assert answer("example", "unet")["text"] in (ROOT / "specs" / "unet.yaml").read_text(encoding="utf-8")


def test_completion_counts_in_units_too() -> None:
    text = "# 😀\ninput: [8, 8, 1]\nlayers:\n  - maxp"
    found = answer("completion", text, len(text) + 1)
    assert found["from"] == len(text) + 1 - 4
    assert "maxpool: " in [option["text"] for option in found["options"]]


@pytest.mark.parametrize(
    ("text", "unit", "offset"),
    [
        ("abc", 2, 2),
        ("a😀c", 1, 1),
        ("a😀c", 3, 2),
        ("a😀c", 4, 3),
        ("a😀c", 99, 3),
        ("abc", 99, 3),
        ("\ufeffa😀", 0, 0),
        ("\ufeffa😀", 2, 1),
        ("합성", 1, 1),
    ],
)
def test_places(text: str, unit: int, offset: int) -> None:
    places = Places(Source("net.yaml", text))
    assert places.offset(unit) == offset
    if unit < len(text) and not (unit == 0 and text.startswith("\ufeff")):
        assert places.unit(offset) == unit


def test_every_question_is_known() -> None:
    with pytest.raises(KeyError):
        ask("eval", "1")
    assert sorted(QUESTIONS) == [
        *(
            "advice",
            "check",
            "code",
            "completion",
            "example",
            "examples",
            "layer",
            "picture",
            "printed",
            "rule",
        )
    ]
