"""Sweeps: each row is what `check` says of its configuration, and whatever ends a sweep, rows are whole."""

import csv
import json
import random
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from cnn_shapes import check as check_text
from cnn_shapes import sweep
from cnn_shapes.checking import check_source
from cnn_shapes.cli import app
from cnn_shapes.discovery import shipped as zoo
from cnn_shapes.settings import Settings
from cnn_shapes.source import Source
from cnn_shapes.sweeps.job import Job, SweepRow, Variants
from cnn_shapes.sweeps.picking import Picked, aims
from cnn_shapes.sweeps.running import rows
from cnn_shapes.sweeps.space import BadSpace, Space, VariedAxis, checked_size, space_of
from cnn_shapes.sweeps.writing import csv_lines
from tests.golden import ROOT
from tests.sweep_rows import SMALL, differs_from_check, job, run

# five specs, and what is varied in each: at random over all that these give
SPECS: list[tuple[str, str, list[str], list[str]]] = [
    ("small", SMALL, ["wide=1:40", "deep=0:6"], ["8:40"]),
    ("resnet50", "", [], ["64:320"]),
    ("mobilenet_v2", "", [], ["65x64x3,96x97x3", "128:192:7"]),
    ("unet", "", [], ["30:300"]),
    ("yolov8", "", ["w=0.25:1:0.25", "d=0.33,0.67,1"], ["320:640:16"]),
]


@pytest.mark.parametrize(("name", "text", "settings", "inputs"), SPECS, ids=[row[0] for row in SPECS])
def test_each_row_is_what_check_says(name: str, text: str, settings: list[str], inputs: list[str]) -> None:
    source = Source(name, text or zoo.text(name))
    known = check_source(source).spec
    assert known is not None
    settings = [one for one in settings if one.partition("=")[0] in known.param_nodes]
    count = 400 if name == "small" else 150
    seed = random.Random(name).randrange(1000)
    space = space_of(settings, inputs[:1])
    found = list(rows(Job(source, space), space.numbers(count, seed)))
    assert len(found) == min(count, space.size)
    assert [said for row in found if (said := differs_from_check(source, space, row))] == []


def test_the_rows_by_hand() -> None:
    # conv 1->4 and 4->wide, in the repeat wide->2*wide, in the cell ->16, all 3x3; dense from 14*14*16
    found = list(rows(job(["wide=2,3", "deep=0,1"])))
    assert [row.values for row in found] == [(2, 0), (2, 1), (3, 0), (3, 1)]
    dense = 14 * 14 * 16 * 10 + 10
    stem = 9 * 4 + 4
    assert [row.figures["params"] for row in found] == [
        stem + 9 * 4 * 2 + 2 + 9 * 2 * 16 + 16 + dense,
        stem + 9 * 4 * 2 + 2 + 9 * 2 * 4 + 4 + 9 * 4 * 16 + 16 + dense,
        stem + 9 * 4 * 3 + 3 + 9 * 3 * 16 + 16 + dense,
        stem + 9 * 4 * 3 + 3 + 9 * 3 * 6 + 6 + 9 * 6 * 16 + 16 + dense,
    ]
    assert [row.figures["depth"] for row in found] == [4, 5, 4, 5]


# a path, a value for it, and the edit of the text that means the same
PATHS: list[tuple[str, str, str, str]] = [
    ("layers.1.conv.filters", "6", "- conv: 4\n", "- conv: 6\n"),
    ("layers.2.conv.bias", "false", "- conv:\n", "- conv: {bias: false}\n"),
    ("layers.3.repeat.times", "3", "times: deep", "times: 3"),
    ("layers.3.repeat.layers.1.conv.activation", "gelu", "activation: relu", "activation: gelu"),
    ("layers.4.maxpool.kernel_size", "4", "maxpool: 2", "maxpool: 4"),
    ("layers.5.Cell.c", "20", "{c: 16}", "{c: 20}"),
    ("layers.5.Cell.k", "5", "{c: 16}", "{c: 16, k: 5}"),
    ("defaults.conv.kernel_size", "5", "{kernel_size: 3,", "{kernel_size: 5,"),
    ("blocks.Cell.params.k", "1", "k: 3}", "k: 1}"),
    ("blocks.Cell.layers.1.conv.filters", "7", "{filters: c,", "{filters: 7,"),
    ("layers.1.Conv2d.out_channels", "6", "- Conv2d: {out_channels: 4, kernel_size: 3}\n", ""),
]


@pytest.mark.parametrize(("path", "value", "old", "new"), PATHS, ids=[row[0] for row in PATHS])
def test_a_field_by_its_path(path: str, value: str, old: str, new: str) -> None:
    text = SMALL
    if "Conv2d" in path:
        text, new = SMALL.replace("- conv: 4\n", old), old.replace("out_channels: 4", "out_channels: 6")
    assert text.count(old) == 1
    (row,) = rows(job([f"{path}={value}"], text=text))
    edited = check_source(Source("net.yaml", text.replace(old, new)))
    assert edited.trace is not None
    assert (row.rule, row.figures["params"]) == ("", edited.trace.totals.params)


# what is asked for, and why it is refused, word for word
REFUSED: list[tuple[list[str], str]] = [
    (["--set", "width=0:1:0"], "the step of width is 0, with which 0:1:0 never gets to its end"),
    (["--set", "wide=5:1"], "5:1 has no values: from 5 to 1 wide goes downwards"),
    (["--set", "wide=1:"], "the range of wide must be first:last:step, as in 0.25:2:0.25, found 1:"),
    (
        ["--set", "wide=1,,2"],
        "a value of wide must be a number, true, false, a word or a list of these, found nothing",
    ),
    (["--set", "wide=1,2,1"], "wide has the value 1 twice"),
    (["--set", "wide=1", "--set", "wide=2"], "wide is given twice: list its values in one"),
    (["--set", "wide"], "expected name=values, as in width=0.5,1 or width=0.25:2:0.25, found wide"),
    (["--set", "wid=1,2"], "there is no param wid: did you mean wide?"),
    (["--set", "layers.9.conv.filters=1"], "layers has no 9: it has 1 to 7"),
    (["--set", "layers.1.maxpool.stride=1"], "layers.1 has no maxpool: it has conv"),
    (["--set", "layers.1.conv.filtres=1"], "layers.1.conv has no filtres: did you mean filters?"),
    (
        ["--set", "layers.1.conv=1"],
        "layers.1.conv is not a field yet: it has filters, kernel_size, stride, "
        "padding, dilation, groups, bias, norm, ...",
    ),
    (["--set", "layers.1.conv.filters.x=1"], "layers.1.conv.filters is a field: nothing is in it, found x"),
    (["--set", "layer.1.conv.filters=1"], "layer leads nowhere: a path begins with layers, blocks, defaults"),
    (["--set", "blocks.Sell.params.k=1"], "blocks has no Sell: it has Cell"),
    ([], "nothing is varied: give --set name=values or --input sizes, as in --input 160,192"),
    (["--input", "0"], "expected sizes from 1, as in 160,192 or 160x160x3,192x192x3, found 0"),
    (["--input", "28x28"], "28x28 has 2 sizes, the input has 3"),
    (["--input", "rgb=28"], "there is no input rgb: its input has no name"),
    (["--input", "0.5:2:0.5"], "an input must be sizes from 1, found 0.5:2:0.5"),
    (
        ["--set", "wide=1:1000000", "--input", "1:1000000"],
        "there are 1,000,000,000,000 configurations, at most 10,000,000,000 are swept: --sample N draws some",
    ),
    (["--set", "wide=1:9000000"], "wide has 9,000,000 values, at most 1,000,000 are tried"),
    (
        ["--set", "wide=1,2", "--where", "maks < 3"],
        "nothing is called maks in a condition: did you mean macs?",
    ),
    (["--set", "wide=1,2", "--where", "macs <"], "a value is missing after <"),
    (["--set", "wide=1,2", "--where", "macs"], "a condition is true or false, and this is"),
    (["--set", "wide=1,2", "--sort", "mac"], "rows have no column mac: did you mean macs?"),
    (
        ["--set", "wide=1,2", "--pareto", "params,speed"],
        "rows have no column speed: they have wide, params, macs",
    ),
    (["--set", "wide=1,2", "--picture", "x.svg"], "a picture needs two columns, as in --pareto params,macs"),
    (
        ["--set", "wide=1,2", "-j", "2", "--scheduler", "tcp://x:1"],
        "--jobs and --scheduler both say where it runs: leave one of the two out",
    ),
]


@pytest.mark.parametrize(("arguments", "why"), REFUSED, ids=[" ".join(row[0])[:50] for row in REFUSED])
def test_what_is_refused(arguments: list[str], why: str) -> None:
    result = run(*arguments)
    said = " ".join(result.output.replace("│", " ").split())
    assert (result.exit_code, why in said) == (2, True), said


def test_a_network_that_cannot_be_read_and_one_that_is_a_model() -> None:
    result = run("--input", "28", text="input: 5\nlayer: []\n")
    assert result.exit_code == 1
    assert "unknown-key" in result.output
    result = CliRunner().invoke(app, ["sweep", "no.yaml", "--input", "28"])
    assert (result.exit_code, "cannot open no.yaml" in result.output) == (2, True)
    result = CliRunner().invoke(app, ["sweep", "net.py:Net", "--input", "28"])
    assert (result.exit_code, "cnn-shapes import writes its spec" in result.output) == (2, True)


def test_the_outputs(update: bool) -> None:
    folder = ROOT / "tests" / "sweep"
    arguments = ["--set", "wide=4:8:2", "--input", "28,29x28x1"]
    for name, more in (
        ("rows.txt", ["--sort", "macs:max"]),
        ("rows.csv", ["--format", "csv"]),
        ("rows.json", ["--format", "json", "--top", "2"]),
        ("front.txt", ["--pareto", "params,peak", "--where", "macs < 2M", "--dtype", "int8"]),
    ):
        result = run(*arguments, *more)
        assert result.exit_code == 0
        if update:
            (folder / name).write_bytes(result.stdout_bytes)
        assert result.stdout_bytes == (folder / name).read_bytes()


def test_the_exit_code_says_whether_a_row_is_valid() -> None:
    assert run("--input", "29").exit_code == 1
    assert run("--input", "28,29").exit_code == 0


def test_a_budget_is_a_rule_of_a_row() -> None:
    text = SMALL.replace("params:", "budget: {params: 33.1K}\nparams:", 1)
    found = list(rows(job(["wide=4,8"], text=text)))
    assert [row.rule for row in found] == ["", "over-budget"]
    assert [row.figures["params"] for row in found] == [
        row.figures["params"] for row in rows(job(["wide=4,8"]))
    ]


def test_what_a_comment_silences_is_no_error() -> None:
    text = SMALL.replace("maxpool: 2", "maxpool: 2  # cnn-shapes: ignore[pool-not-divisible] cut on purpose")
    assert [row.rule for row in rows(job([], ["28,29"], text=text))] == ["", ""]


def test_what_the_settings_silence_is_no_error() -> None:
    silenced = job([], ["28,29"])._replace(settings=Settings(ignore=("pool-not-divisible",)))
    assert [row.rule for row in rows(silenced)] == ["", ""]


def test_as_many_processes_as_there_are_processors() -> None:
    one, auto = (run("--input", "20:40", "--format", "csv", "-j", count) for count in ("1", "auto"))
    assert (auto.exit_code, auto.stdout) == (one.exit_code, one.stdout)
    assert "from 1 to 1,000, or auto, found x" in " ".join(run("--input", "28", "-j", "x").output.split())


def test_a_condition_over_params_and_figures() -> None:
    kept = list(rows(job(["wide=1:9"], where="wide > 3 and params < 34.1K and output[0] == 10")))
    assert [row.values[0] for row in kept] == [4, 5, 6]
    assert all(row.figures["params"] < 34_100 for row in kept)
    # the file's own param wins over a figure of its name
    text = SMALL.replace("deep", "depth")
    assert len(list(rows(job(["depth=1,2"], text=text, where="depth == 2")))) == 1
    with pytest.raises(BadSpace, match="cannot divide"):
        list(rows(job(["wide=1"], where="1/(wide - 1) > 0")))


def test_a_sample_is_drawn_once_and_in_order() -> None:
    space = space_of(["wide=1:1000000"], ["1:1000000"])
    drawn = space.numbers(500, 3)
    assert (space.size, len(drawn), len(set(drawn))) == (10**12, 500, 500)
    assert drawn == sorted(drawn) == space.numbers(500, 3)
    assert drawn != space.numbers(500, 4)
    assert list(space.configurations([0, 10**12 - 1])) == [(1, 1), (10**6, 10**6)]
    assert list(space_of(["wide=1,2"], []).numbers(5)) == [0, 1]
    with pytest.raises(BadSpace, match="at most 10,000,000 configurations are drawn"):
        checked_size(space, 10**9)


VALUES = st.lists(st.integers(0, 9), min_size=1, max_size=3, unique=True)


@given(st.lists(VALUES, min_size=1, max_size=3), st.integers(0, 5), st.integers(0, 30))
def test_the_last_axis_changes_first(values: list[list[int]], start: int, stop: int) -> None:
    from itertools import product

    space = Space(tuple(VariedAxis(str(place), one) for place, one in enumerate(values)))
    every = list(product(*values))
    assert space.size == len(every)
    assert list(space.configurations(space.numbers()[start:stop])) == every[start:stop]


POINTS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30)


@given(POINTS)
def test_the_front_by_brute_force(points: list[tuple[int, int]]) -> None:
    axes = space_of(["a=1", "b=1"], []).axes
    picked = Picked([], None, aims("a,b:max", axes, "--pareto"))
    picked.add(SweepRow(point, {}) for point in points)
    best = [(a, b) for a, b in points if not any((c, d) != (a, b) and c <= a and d >= b for c, d in points)]
    assert sorted(row.values for row in picked.rows()) == sorted(best)
    assert picked.left_out == len(points) - len(best)


@given(POINTS, st.integers(1, 5))
def test_the_first_of_a_sorted_sweep(points: list[tuple[int, int]], top: int) -> None:
    axes = space_of(["a=1", "b=1"], []).axes
    picked = Picked(aims("b:max,a", axes, "--sort"), top, [])
    picked.add(SweepRow(point, {}, "x" if point == (0, 0) else "") for point in points)
    ordered = sorted(points, key=lambda point: (point == (0, 0), -point[1], point[0]))
    assert [row.values for row in picked.rows()] == ordered[:top]
    assert picked.left_out == len(points[top:])


def test_csv_is_read_again() -> None:
    swept = job(["wide=4", "layers.4.maxpool.kernel_size=2,[2, 4]"], ["28"])
    found = list(csv.reader(StringIO(csv_lines(list(rows(swept))))))
    assert [line[:3] for line in found] == [["4", "2", "28"], ["4", "[2, 4]", "28"]]


def test_json_has_sizes_as_lists() -> None:
    result = run("--input", "28", "--format", "json")
    (row,) = json.loads(result.stdout)["rows"]
    assert (row["values"], row["output"], row["error"]) == ({"input": 28}, [10], None)


def test_a_network_of_another_tool_is_swept_over_its_input() -> None:
    text = "[net]\nwidth=32\nheight=32\nchannels=3\n\n[convolutional]\nfilters=8\nsize=3\nstride=1\npad=1\n"
    swept = Job(Source("net.cfg", text), space_of([], ["32,64"]))
    assert [row.figures["macs"] for row in rows(swept)] == [9 * 3 * 8 * 32 * 32, 9 * 3 * 8 * 64 * 64]
    with pytest.raises(BadSpace, match="there is no param"):
        Variants(Job(Source("net.cfg", text), space_of(["layers.1.conv.filters=3"], [])))


def test_the_picture_is_of_all_rows(tmp_path: Path) -> None:
    path = tmp_path / "front.svg"
    result = run("--set", "wide=1:30", "--pareto", "params,receptive_field:max", "--picture", str(path))
    assert result.exit_code == 0
    picture = path.read_text(encoding="utf-8")
    assert "30 configurations" in picture
    assert len(picture) < 25_000
    nothing = tmp_path / "nothing.svg"
    run("--input", "29", "--pareto", "params,macs", "--picture", str(nothing))
    assert "no configuration is valid" in nothing.read_text(encoding="utf-8")


def test_the_library_sweeps_too() -> None:
    space = {"wide": range(4, 9, 2), "layers.4.maxpool.kernel_size": "2,4", "input": [28, (28, 29, 1)]}
    found = list(sweep(SMALL, space, where="params < 1M"))
    assert len(found) == 6  # a condition holds for no row that has an error: 29 is not a multiple of 2
    assert found[0].values == {"wide": 4, "layers.4.maxpool.kernel_size": 2, "input": 28}
    report = check_text(SMALL, params={"wide": 4})
    assert report.totals is not None
    assert report.memory is not None
    assert (found[0].params, found[0].macs) == (report.totals.params, report.totals.macs)
    assert (found[0].peak, found[0].weights) == (report.memory["peak"], report.memory["weights"])
    assert (found[0].output, found[0].receptive_field, found[0].error) == ((10,), (12, 12), None)
    with ThreadPoolExecutor(2) as executor:
        assert list(sweep(SMALL, space, where="params < 1M", executor=executor)) == found
    assert [row.error for row in sweep(SMALL, {"input": [29]})] == ["pool-not-divisible"]
    bad: list[tuple[dict[str, Any], str]] = [
        ({"wid": [1]}, "there is no param wid"),
        ({"wide": []}, "found none"),
        ({"wide": [{}]}, "a value of wide must be"),
        ({"input": [0]}, "sizes from 1"),
        ({"input rgb": [28]}, "there is no input rgb"),
    ]
    for wrong, why in bad:
        with pytest.raises(ValueError, match=why):
            sweep(SMALL, wrong)
    with pytest.raises(ValueError, match="cannot be read as a network"):
        sweep("layers: [relu]\n", {"input": [28]})


@pytest.mark.parametrize("wide", [4, 6, 8])
def test_the_rows_of_the_outputs_by_hand(wide: int) -> None:
    # the convolutions are 3x3: 1 to 4 channels, to wide, to 2*wide, and on 14x14 to 16; then dense
    (row,) = rows(job([f"wide={wide}"]))
    places, pooled = 28 * 28, 14 * 14
    weights = [9 * 4, 9 * 4 * wide, 9 * wide * 2 * wide, 9 * 2 * wide * 16, pooled * 16 * 10]
    biases = 4 + wide + 2 * wide + 16 + 10
    assert row.figures == {
        "params": sum(weights) + biases,
        "macs": places * sum(weights[:3]) + pooled * weights[3] + weights[4],
        "weights": 4 * (sum(weights) + biases),
        "peak": 4 * places * 3 * wide,  # in and out of the repeat
        "receptive_field": (12, 12),  # 1 + 3*2, a pool of 2 makes 8, and 2*2 more on the pooled map
        "output": (10,),
        "depth": 5,
    }
