"""What `compare` says: formats, limits of growth, exit codes, large networks, as a library, hostile names."""

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from cnn_shapes import compare
from cnn_shapes.comparing import compared
from cnn_shapes.comparing.figures import FigureBeside, growth_limit, percent_text
from tests import golden
from tests.golden import run
from tests.specs import check
from tests.test_compare_changes import said
from tests.test_markdown import cells

FOLDER = golden.ROOT / "tests" / "compared"
BEFORE = FOLDER / "before.yaml"
SPEC = "input: [8, 8, 3]\nparams: {c: 4}\nlayers:\n  - conv: c\n  - flatten\n  - dense: 10\n"
WIDER = SPEC.replace("c: 4", "c: 6")
NAMED = "cnn-shapes compare"
# golden files, each with the commands that it is made of at first
TRANSCRIPTS = {
    "full": (f"{NAMED} before.yaml after.yaml", f"{NAMED} before.yaml before.yaml"),
    "all": (f"{NAMED} after.yaml --input 64x64x3 --batch 4 --dtype int8 --all",),
    "markdown": (
        f"{NAMED} before.yaml after.yaml --format markdown --fail-on-growth macs=5%",
        f"{NAMED} broken.yaml before.yaml --format markdown",
        f"{NAMED} before.yaml before.yaml --format markdown",
    ),
    "json": (f"{NAMED} small.yaml --set c=6 --format json --fail-on-growth peak=1KiB",),
    "errors": (
        f"{NAMED} before.yaml broken.yaml",
        f"{NAMED} before.yaml no-such.yaml",
        f"{NAMED} single_edits.txt before.yaml",
        f"{NAMED} . before.yaml",
    ),
    "growth": (
        f"{NAMED} before.yaml after.yaml --fail-on-growth macs=128.1% --fail-on-growth params=16292",
        f"{NAMED} before.yaml after.yaml --fail-on-growth macs=128% --fail-on-growth params=16291",
    ),
    "others": (f"{NAMED} before.yaml ../../specs/unet.yaml", f"{NAMED} before.yaml small.yaml --all"),
    "darknet": (f"{NAMED} tiny.cfg tiny-wider.cfg",),
}


@pytest.mark.parametrize("name", TRANSCRIPTS)
def test_what_it_says(name: str, update: bool) -> None:
    golden.check(FOLDER / f"{name}.out", list(TRANSCRIPTS[name]), update=update)


def test_the_figures_are_those_of_hand_arithmetic() -> None:
    """A convolution of k x k has k*k*c*f weights and f biases, each weight multiplied at every place."""
    before = {
        "params": 27 * 8 + 8 + 72 * 8 + 8 + 72 * 16 + 16 + 144 * 16 + 16 + 8 * 8 * 16 * 10 + 10,
        "macs": 1024 * (27 * 8 + 72 * 8) + 256 * (72 * 16 + 144 * 16) + 8 * 8 * 16 * 10,
    }
    after = {
        "params": 27 * 12
        + 12
        + 108 * 12
        + 12
        + 108 * 16
        + 16
        + 144 * 16
        + 16
        + 144 * 32
        + 32
        + 64 * 32 * 10
        + 10,
        "macs": 1024 * (27 * 12 + 108 * 12) + 256 * (108 * 16 + 144 * 16 + 144 * 32) + 64 * 32 * 10,
    }
    found = compare(BEFORE, FOLDER / "after.yaml")
    for name in ("params", "macs"):
        assert (found.totals[name]["before"], found.totals[name]["after"]) == (before[name], after[name])
    wider, added, gone = found.changes
    assert (wider["params"], wider["macs"]) == (
        27 * 4 + 4 + 108 * 12 - 72 * 8 + 4,
        1024 * (27 * 4 + 1296 - 576),
    )
    assert (wider["follow"]["params"], wider["follow"]["macs"]) == (36 * 16, 256 * 36 * 16)
    assert (added["params"], added["macs"]) == (144 * 32 + 32, 256 * 144 * 32)
    assert (added["follow"]["params"], added["follow"]["layers"]) == (64 * 16 * 10, 3)
    assert (gone["params"], gone["macs"], gone["line"]) == (0, 0, {"before": 14, "after": None})
    assert found.receptive_field == {"before": [16, 16], "after": [20, 20]}
    # PyTorch's count of torchvision's mobilenet_v2(width_mult=0.5)
    half = compare(golden.ROOT / "specs" / "mobilenet_v2.yaml", params={"width": 0.5})
    assert half.totals["params"]["after"] == 1_968_680


# growth


@pytest.mark.parametrize(
    ("limit", "before", "after", "exceeded"),
    [
        ("macs=5%", 100, 105, False),
        ("macs=5%", 100, 106, True),
        ("macs=5%", 3, 3, False),
        ("macs=5%", 100, 50, False),
        ("macs=0%", 10**12, 10**12 + 1, True),
        ("macs=0.1%", 10**12, 10**12 + 10**9, False),
        ("macs=0.1%", 10**12, 10**12 + 10**9 + 1, True),
        ("macs=5%", 0, 1, True),
        ("macs=5%", 0, 0, False),
        ("macs=5%", None, 7, False),
        ("params=0", 100, 100, False),
        ("params=0", 100, 101, True),
        ("params=1.5K", 0, 1500, False),
        ("params=1.5K", 0, 1501, True),
        ("peak=64KiB", 0, 65536, False),
        ("peak=64KiB", 0, 65537, True),
        ("weights=1MB", 0, 10**6 + 1, True),
        (" macs = 5 % ", 100, 106, True),
    ],
)
def test_growth(limit: str, before: int | None, after: int, exceeded: bool) -> None:
    assert growth_limit(limit).is_exceeded(FigureBeside(before, after)) is exceeded


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (100, 105, "+5.0%"),
        (3, 4, "+33.3%"),
        (3, 2, "-33.3%"),
        (2, 2469, "+123,350.0%"),
        (10**6, 10**6 + 1, "+0.0001%"),
        (10**12, 10**12 + 1, "+0.000000%"),
    ],
)
def test_percentages(before: int, after: int, text: str) -> None:
    percent = FigureBeside(before, after).percent
    assert percent is not None
    assert percent_text(percent) == text


def test_exit_codes_are_those_of_every_format(tmp_path: Path) -> None:
    for name, text in (("net", SPEC), ("wider", WIDER), ("broken", SPEC.replace("flatten", "maxpool: 3"))):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    rows = [
        (["net.yaml", "wider.yaml"], 0),
        (["net.yaml", "wider.yaml", "--fail-on-growth", "macs=1%"], 1),
        (["wider.yaml", "net.yaml", "--fail-on-growth", "macs=1%"], 0),
        (["net.yaml", "broken.yaml"], 1),
        (["broken.yaml", "net.yaml"], 1),
        (["no.yaml", "net.yaml"], 2),
        ([".", "net.yaml"], 2),
    ]
    for arguments, expected in rows:
        for format in ("full", "json", "markdown"):
            result = run("compare", *arguments, "--format", format, folder=tmp_path)
            assert (arguments, result.code) == (arguments, expected)
            assert result.out


# what programs and pull requests get


def test_json_of_what_cannot_be_read() -> None:
    found = json.loads(run("compare", "no.yaml", str(BEFORE), "--format", "json").out)
    assert found["before"]["diagnostics"][0]["rule"] == "unreadable-file"
    assert (found["same"], found["layers"], found["changes"]) == (False, [], [])
    assert found["totals"]["params"] == {"before": None, "after": 14546, "difference": None, "percent": None}


def test_json_has_every_layer_of_both() -> None:
    found = json.loads(run("compare", str(BEFORE), str(FOLDER / "after.yaml"), "--format", "json").out)
    status = [
        (row["status"], (row["after"] or row["before"])["name"], row["changes"]) for row in found["layers"]
    ]
    assert status == [
        ("changed", "pair1.conv1", [1]),
        ("follows", "pair1.conv1.activation", [1]),
        ("changed", "pair1.conv2", [1]),
        ("follows", "pair1.conv2.activation", [1]),
        ("follows", "maxpool1", [1]),
        ("follows", "pair2.conv1", [1]),
        ("same", "pair2.conv1.activation", []),
        ("same", "pair2.conv2", []),
        ("same", "pair2.conv2.activation", []),
        ("added", "conv1", [2]),
        ("added", "conv1.activation", [2]),
        ("follows", "end", [2]),
        ("follows", "flatten1", [2]),
        ("removed", "dropout1", [3]),
        ("follows", "dense1", [2]),
    ]
    checked = json.loads(run("check", str(FOLDER / "after.yaml"), "--format", "json").out)["files"][0]
    assert [row["after"] for row in found["layers"] if row["after"]] == checked["layers"]
    assert found["renamed"] == [{"before": "last", "after": "end"}]


def test_a_file_takes_the_place_of_standard_output(tmp_path: Path) -> None:
    shutil.copy(BEFORE, tmp_path / "net.yaml")
    arguments = ["compare", "net.yaml", "--input", "64x64x3", "--format", "markdown"]
    shown = run(*arguments, folder=tmp_path).out
    result = run(*arguments, "-o", "out.md", folder=tmp_path)
    assert (result.out, result.code) == ("", 0)
    assert (tmp_path / "out.md").read_text(encoding="utf-8") == shown


HOSTILE = """\
name: "n"
input: "data"
input_dim: 1 input_dim: 3 input_dim: 32 input_dim: 32
layer { name: "a|b<img src=x>\\033[31m @you #1 `x` | \\\\|" type: "Convolution" bottom: "data" top: "c"
  convolution_param { num_output: 8 kernel_size: 3 pad: 1 } }
layer { name: "ip" type: "InnerProduct" bottom: "c" top: "ip" inner_product_param { num_output: 10 } }
"""


def test_hostile_names(tmp_path: Path) -> None:
    name = "a|b\x1b[31m`<b>.prototxt"
    (tmp_path / "net.prototxt").write_text(HOSTILE, encoding="utf-8")
    (tmp_path / name).write_text(HOSTILE.replace("num_output: 8", "num_output: 16"), encoding="utf-8")
    for format in ("full", "markdown", "json"):
        result = run("compare", "net.prototxt", name, "--format", format, folder=tmp_path)
        assert result.code == 0
        assert result.out.replace("\n", "").isprintable()
        if format == "markdown":
            totals, changes = map(cells, re.findall(r"(?:^\|.*\n)+", result.out, re.M))
            assert ({len(row) for row in totals}, {len(row) for row in changes}) == ({4}, {5})
            assert changes[1][2].startswith("a|b<img src=x>\\033[31m @you #1 `x` | ")
        if format == "json":
            assert json.loads(result.out)["changes"][0]["line"] == {"before": 5, "after": 5}


@pytest.mark.parametrize(("columns", "widest"), [(120, 120), (80, 80), (50, 50), (30, 60)])
def test_it_fits_the_terminal(columns: int, widest: int) -> None:
    from io import StringIO

    from cnn_shapes.comparing.figures import totals_beside
    from cnn_shapes.formats.comparisons import ShownComparison, full
    from cnn_shapes.formats.parts.streams import Output
    from cnn_shapes.formats.parts.terminal_text import DisplayOptions

    texts = [(golden.ROOT / "specs" / "resnet50.yaml").read_text(encoding="utf-8")] * 2
    texts[1] = texts[1].replace("n3: 6", "n3: 8").replace("{c: 128, n", "{c: 160, n")
    before, after = map(check, texts)
    shown = ShownComparison(
        compared(before, after), ("a.yaml", "b.yaml"), totals_beside(before, after), (), "float32", 1
    )
    for color in (False, True):
        text, options = StringIO(), DisplayOptions(color=color, width=columns)
        full.write(shown, Output(text, options), options)
        lines = re.sub(r"\x1b\[\d*(;\d+)*m", "", text.getvalue()).splitlines()
        assert max(map(len, lines)) <= widest
        assert ("\x1b[" in text.getvalue()) is color
        assert "line 8: param n3: 6 -> 8, in 10 layers" in " ".join(" ".join(lines).split())


def test_plain_ascii_where_the_encoding_demands_it() -> None:
    environment = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-m", "cnn_shapes", "compare", "before.yaml", "after.yaml", "--format", "markdown"],
        cwd=FOLDER,
        env=environment | {"PYTHONPATH": str(golden.ROOT)},
        capture_output=True,
        check=True,
    )
    assert done.stdout.isascii()
    assert done.stderr == b""


# large networks, and the library


def _large(count: int, **fields: Any) -> str:
    written = ", ".join(f"{name}: {value}" for name, value in ({"filters": 4} | fields).items())
    return "input: [8, 8, 4]\nlayers:\n" + f"  - conv: {{{written}}}\n  - relu\n" * (count // 2)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (_large(10_000), _large(10_000), []),
        (_large(10_000), _large(9_000), 1_000),
        (_large(10_000), _large(10_000, filters=8), 5_000),
        (_large(10_000), _large(10_000).replace("relu", "gelu"), 5_000),
        (_large(10_000), "input: [8, 8, 4]\nlayers:\n" + "  - maxpool: 1\n" * 10_000, 20_000),
        (
            _large(10_000).replace("layers:\n", "layers:\n  - conv: 8\n"),
            _large(10_000),
            ["line 3 before: conv1 removed: conv 1x1, 8"],
        ),
        (
            "input: [8, 8, 4]\nlayers:\n  - repeat: {times: 5000, layers: [conv: 4, relu]}\n",
            "input: [8, 8, 4]\nlayers:\n  - repeat: {times: 4000, layers: [conv: 4, relu]}\n",
            ["line 3: repeat1: times 5000 -> 4000, in 2,000 layers"],
        ),
        (
            "input: [8, 8, 4]\nlayers:\n  - repeat: {times: 5000, layers: [conv: 4, relu]}\n",
            _large(10_000),
            [],
        ),
    ],
    ids=[
        "same",
        "shorter",
        "wider",
        "another-kind",
        "nothing-in-common",
        "one-more",
        "fewer-passes",
        "unrolled",
    ],
)
def test_ten_thousand_layers(before: str, after: str, expected: Any) -> None:
    comparison = compared(check(before), check(after))
    if isinstance(expected, int):
        assert len(comparison.changes) == expected
    else:
        assert said(comparison) == expected


def test_the_library_says_what_the_command_does() -> None:
    after = FOLDER / "after.yaml"
    found = compare(BEFORE, after)
    assert str(found) == run("compare", str(BEFORE), str(after)).out
    assert repr(found) == "<NetworkComparison: 3 changes>"
    assert repr(compare(BEFORE, BEFORE)) == "<NetworkComparison: the same>"
    answer = json.loads(run("compare", str(BEFORE), str(after), "--format", "json").out)
    assert vars(found).keys() - {"text"} == answer.keys()
    assert json.loads(json.dumps(found.totals)) == answer["totals"]
    assert compare(SPEC, WIDER).changes[0]["title"] == "param c: 4 -> 6"
    assert compare(SPEC, params={"c": 6}).totals == compare(SPEC, WIDER).totals


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "compare needs two specs, or input or params that are tried in one"),
        (
            {"after": WIDER, "dtype": "int4"},
            "dtype must be one of float32, float16, bfloat16, int8, found int4",
        ),
        ({"params": {"d": 1}}, "there is no param d: choose from c"),
    ],
)
def test_bad_questions(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        compare(SPEC, **arguments)
