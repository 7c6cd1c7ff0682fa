"""Budgets: what the network may have at most, told at the limit with the layers that have most of it."""

import json

import pytest
from typer.testing import CliRunner

from cnn_shapes import fix, sizes
from cnn_shapes.cli import app
from cnn_shapes.expand import expand
from cnn_shapes.formats import names as formats
from cnn_shapes.language.quantities import amount, without_units
from cnn_shapes.language.spec import Overrides
from cnn_shapes.source import Source
from tests.golden import ROOT
from tests.specs import check, found, spec

LAYERS = (
    "conv: {filters: 32, kernel_size: 5, activation: relu}\nmaxpool: 2\n"
    "conv: {filters: 64, kernel_size: 5, activation: relu}\nmaxpool: 2\nflatten\ndense: 10"
)
IMAGE = "[28, 28, 1]"

# by hand, of the network above: 25*32 + 32, 25*32*64 + 64 and 1024*10 + 10 parameters; a multiply-add for
# each weight and place of 24x24 and 8x8; 24*24*32 and half of each axis at the peak
MESSAGES: list[tuple[str, list[str]]] = [
    (
        "{params: 62345}",
        [
            "the network has 62,346 parameters, and its budget is 62,345: most are in conv2 (51,264), "
            "dense1 (10,250) and conv1 (832)"
        ],
    ),
    ("{params: 62346, macs: 3747840}", []),
    (
        "{macs: 3.7M}",
        [
            "the network has 3,747,840 multiply-adds, and its budget is 3,700,000: most are in "
            "conv2 (3,276,800), conv1 (460,800) and dense1 (10,240)"
        ],
    ),
    (
        "{peak: 64KiB}",
        [
            "the network has 92,160 bytes alive at the deployed peak, and its budget is 65,536: alive at "
            "once are conv1.activation (73,728) and maxpool1 (18,432)"
        ],
    ),
    ("{peak: 64KiB, dtype: int8}", []),
    (
        "{weights: 60K, dtype: int8}",
        [
            "the network has 62,346 bytes of weights in int8, and its budget is 60,000: most are in "
            "conv2 (51,264), dense1 (10,250) and conv1 (832)"
        ],
    ),
    (
        "{layers: 7}",
        ["the network has 8 layers, and its budget is 7: most are in conv1 (2), conv2 (2) and maxpool1 (1)"],
    ),
    ("null", []),
    ("{}", []),
]


def with_budget(budget: str) -> str:
    return spec(LAYERS, IMAGE, f"budget: {budget}\n")


@pytest.mark.parametrize(("budget", "messages"), MESSAGES, ids=[row[0] for row in MESSAGES])
def test_message(budget: str, messages: list[str]) -> None:
    assert found(check(with_budget(budget)), "over-budget") == messages


def test_each_limit_is_told_at_its_own_line(capsys: pytest.CaptureFixture[str], update: bool) -> None:
    file = ROOT / "tests" / "data" / "budget.yaml"
    result = CliRunner().invoke(app, ["check", "--quiet", file.as_posix()])
    golden = file.with_suffix(".out")
    said = result.output.replace(file.as_posix(), "budget.yaml")
    if update:
        golden.write_text(said, encoding="utf-8")
    assert (result.exit_code, said) == (1, golden.read_text(encoding="utf-8"))


@pytest.mark.parametrize("format", formats())
def test_every_format_names_the_layers(format: str) -> None:
    text = with_budget("{params: 1K}")
    result = CliRunner().invoke(app, ["check", "--format", format, "-"], input=text)
    assert result.exit_code == 1
    for name in ("conv2 (51,264)", "dense1 (10,250)", "conv1 (832)"):
        assert name in result.output


def test_it_is_judged_for_what_is_tried() -> None:
    text = "params: {width: 32}\n" + with_budget("{params: 62346}").replace("filters: 32", "filters: width")
    assert found(check(text), "over-budget") == []
    for changed, messages in ((33, 1), (31, 0)):
        overrides = Overrides(params=(("width", changed),))
        from cnn_shapes.checking import check_source

        report = check_source(Source("<text>", text), overrides)
        assert len(found(report, "over-budget")) == messages


def test_sizes_do_not_look_at_it() -> None:
    over = sizes(with_budget("{params: 1}"))
    assert over is not None
    assert over == sizes(with_budget("null"))


def test_no_repair_is_looked_for_and_none_breaks_it() -> None:
    assert fix(with_budget("{params: 1}")) == []
    broken = with_budget("{macs: 3747840}").replace("kernel_size: 5", "kernel_size: 4", 1)
    assert [one.valid for one in fix(broken)][:1] == [True]
    assert all(check(one.text).ok for one in fix(broken) if one.valid)
    tight = broken.replace("3747840", "1")
    assert not any(one.valid for one in fix(tight))


def test_an_error_comes_before_it() -> None:
    broken = with_budget("{params: 1}").replace("kernel_size: 5", "kernel_size: 4", 1)
    assert [one.rule for one in check(broken).errors] == ["pool-not-divisible"]


def test_a_comment_silences_it() -> None:
    text = with_budget("{params: 1}  # cnn-shapes: ignore[over-budget] until it is pruned")
    assert check(text).diagnostics == []


def test_the_flat_spec_keeps_it() -> None:
    flat = expand(check(with_budget("{params: 62346, peak: 64KiB, dtype: int8}")))
    assert "budget: {params: 62346, peak: 65536, dtype: int8}" in flat
    assert check(flat).ok


def test_the_schema_knows_its_keys() -> None:
    schema = json.loads((ROOT / "specs" / "cnn-shapes.schema.json").read_text(encoding="utf-8"))
    assert list(schema["properties"]["budget"]["properties"]) == [
        *("params", "macs", "layers", "weights", "activations", "training", "peak", "dtype")
    ]


# powers of ten, and of two for KiB (IEC 80000-13)
AMOUNTS: list[tuple[str, bool, int | None]] = [
    ("300000", False, 300_000),
    ("300K", False, 300_000),
    ("300k", False, 300_000),
    ("1.5M", False, 1_500_000),
    ("2G", False, 2_000_000_000),
    ("1_000", False, 1_000),
    ("0.5", False, None),
    ("1.0005K", False, None),
    ("1KiB", False, None),
    ("256KiB", True, 262_144),
    ("0.5MiB", True, 524_288),
    ("1MB", True, 1_000_000),
    ("1 GiB", True, 1_073_741_824),
    ("", True, None),
    ("M", True, None),
    ("1e6", False, None),
    ("-1", False, None),
    ("1" * 5_000, False, None),
]


@pytest.mark.parametrize(("text", "in_bytes", "number"), AMOUNTS, ids=[row[0][:10] for row in AMOUNTS])
def test_amount(text: str, in_bytes: bool, number: int | None) -> None:
    assert amount(text, in_bytes) == number


def test_amounts_in_an_expression() -> None:
    assert (
        without_units("macs < 300M and peak <= 256KiB or w1M == 1.5K and x.5M")
        == "macs < 300000000 and peak <= 262144 or w1M == 1500 and x.5M"
    )
