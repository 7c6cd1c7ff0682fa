"""Pins: where they are written, how they are renewed, and that they stay where they are."""

from pathlib import Path

import pytest

from cnn_shapes.checking import CheckResult, check_source
from cnn_shapes.discovery import shipped as zoo
from cnn_shapes.repair.pins import SHARED, Pinned, pin
from cnn_shapes.source import Source
from tests.golden import run


def report(text: str) -> CheckResult:
    return check_source(Source("net.yaml", text))


def pinned(text: str) -> Pinned:
    found = pin(report(text))
    assert found is not None
    return found


def text_of(found: Pinned) -> str:
    return found.report.source.text


SIZES = "input: [8, 8, 4]\nrounding: floor\nlayers:\n"
NET = """# a small network
input: [32, 32, 3]   # CIFAR
rounding: floor
layers:
  - conv: {filters: 8, kernel_size: 3, padding: 1}  # the stem
  - relu
  - maxpool: 2       # halves
  - residual:
      - conv: {filters: 8, kernel_size: 3, padding: 1}
  - conv:
      filters: 16
      kernel_size: 3
      padding: 1
      activation: relu
      stride: 2   # halves
  - flatten
  - dense: 10
"""
PINNED = """# a small network
input: [32, 32, 3]   # CIFAR
rounding: floor
layers:
  - conv: {filters: 8, kernel_size: 3, padding: 1}  # the stem
  - relu: {expect: [32, 32, 8]}
  - maxpool: 2       # halves
  - residual:
      expect: [16, 16, 8]
      layers:
      - conv: {filters: 8, kernel_size: 3, padding: 1}
  - conv:
      filters: 16
      kernel_size: 3
      padding: 1
      activation: relu
      stride: 2   # halves
      expect: [8, 8, 16]
  - flatten
  - dense: {units: 10, expect: [10]}
"""


def test_the_end_of_every_stage_and_the_output() -> None:
    found = pinned(NET)
    assert text_of(found) == PINNED
    assert (found.added, found.renewed) == (4, 0)


def test_line_ends_stay() -> None:
    assert text_of(pinned(NET.replace("\n", "\r\n"))) == PINNED.replace("\n", "\r\n")


PINNED_ALREADY = {"two_stream"}  # its one output


@pytest.mark.parametrize("name", zoo.names())
def test_every_spec_of_the_zoo_can_be_pinned(name: str) -> None:
    found = pinned(zoo.text(name))
    assert found.added >= (name not in PINNED_ALREADY) * 3
    assert found.report.errors == []
    again = pin(found.report)
    assert again is not None
    assert (text_of(again), again.added, again.renewed) == (text_of(found), 0, 0)


def test_pins_are_renewed() -> None:
    found = pinned(
        PINNED.replace("stride: 2 ", "stride: 1 ").replace("dense: {units: 10", "dense: {units: 12")
    )
    assert (found.added, found.renewed) == (0, 2)
    assert "expect: [16, 16, 16]" in text_of(found)
    assert "dense: {units: 12, expect: [12]}" in text_of(found)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("expect: [null, null, 9]", "expect: [null, null, 8]"),
        ("expect: [~, 32, 8]", "expect: [~, 32, 8]"),
        ("expect: [2*16, 4*8, 8]", "expect: [2*16, 4*8, 8]"),
        ("expect: [2*16, 4*9, 8]", "expect: [32, 32, 8]"),
        ("expect: 1024", "expect: [32, 32, 8]"),
    ],
)
def test_what_is_written_is_renewed_in_its_own_manner(before: str, after: str) -> None:
    text = f"input: [32, 32, 8]\nlayers:\n  - relu: {{{before}}}  # any size\n  - maxpool: 2\n"
    assert text_of(pinned(text)).splitlines()[2] == f"  - relu: {{{after}}}  # any size"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("add: [a, b]", "add: {from: [a, b], expect: [8, 8, 4]}"),
        ("concat: {from: [a, b]}", "concat: {from: [a, b], expect: [8, 8, 8]}"),
        ("gate: [global_avgpool, dense: 4]", "gate: {layers: [global_avgpool, dense: 4], expect: [8, 8, 4]}"),
        (
            "parallel: {branches: [[relu], []], merge: add}",
            "parallel: {branches: [[relu], []], merge: add, expect: [8, 8, 4]}",
        ),
        ("B", "B: {expect: [8, 8, 4]}"),
        ("B: {name: x}", "B: {name: x, expect: [8, 8, 4]}"),
        ("conv: 4*1", "conv: {filters: 4*1, expect: [8, 8, 4]}"),
        ("upsample: {scale: 1.5}", "upsample: {scale: 1.5, expect: [12, 12, 4]}"),
    ],
)
def test_every_way_to_write_an_entry(before: str, after: str) -> None:
    top = (
        "input: [8, 8, 4]\nblocks: {B: {layers: [relu]}}\nlayers:\n  - relu: {name: a}\n  - gelu: {name: b}\n"
    )
    assert text_of(pinned(f"{top}  - {before}  # last\n")).splitlines()[-1] == f"  - {after}  # last"


def test_a_bare_number_that_holds_stays() -> None:
    text = "input: [2, 2, 3]\nlayers:\n  - flatten: {expect: 12}\n  - dense: {units: 3, expect: 3}\n"
    found = pinned(text)
    assert (found.added, found.renewed, text_of(found)) == (0, 0, text)


def test_channels_first() -> None:
    text = "input: [4, 8, 6]\nlayout: channels_first\nlayers:\n  - conv: 5\n"
    assert text_of(pinned(text)).splitlines()[-1] == "  - conv: {filters: 5, expect: [5, 8, 6]}"


def test_outputs_are_pinned_wherever_they_are() -> None:
    text = "input: [8, 8, 4]\nlayers:\n  - relu: {name: a}\n  - gelu: {name: b}\noutputs: [a, b]\n"
    assert text_of(pinned(text)).splitlines()[2:4] == [
        "  - relu: {name: a, expect: [8, 8, 4]}",
        "  - gelu: {name: b, expect: [8, 8, 4]}",
    ]


@pytest.mark.parametrize("options", [[], ["--fail-on", "info"]])
def test_design_rules_do_not_refuse_however_severe(options: list[str], tmp_path: Path) -> None:
    (tmp_path / "cnn-shapes.toml").write_text('[severity]\npixels-dropped = "error"\n')
    (tmp_path / "net.yaml").write_text(SIZES.replace("8, 8", "9, 9") + "  - maxpool: 2\n")
    result = run("check", "net.yaml", "--pin", "--format", "concise", *options, folder=tmp_path)
    assert (result.code, result.err) == (1, "net.yaml: 1 pin added\n")
    assert "error[pixels-dropped]" in result.out


@pytest.mark.parametrize(("options", "code"), [([], 1), (["--exit-zero"], 0)])
def test_the_command_names_what_it_could_not_pin(options: list[str], code: int, tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(f"{SIZES}  - &x {{maxpool: 2}}\n  - *x\n  - relu\n")
    result = run("check", "net.yaml", "--pin", "--quiet", *options, folder=tmp_path)
    unpinned = f"net.yaml:4: maxpool1 is not pinned: {SHARED}\n"
    assert (result.code, result.err) == (code, f"net.yaml: 1 pin added, 1 missing\n{unpinned}")
    result = run("check", "net.yaml", "--pin", "--quiet", *options, folder=tmp_path)
    assert (result.code, result.err) == (code, f"net.yaml: 1 pin missing\n{unpinned}")


@pytest.mark.parametrize(
    "text",
    [
        "input: [9, 9, 3]\nlayers: [maxpool: 2]\n",
        "input: [8, 8, 3]\nlayers: [con: 2]\n",
        "layers: [relu]\n",
        "",
        "- x",
        # an assertion inside of a block is not a pin
        "input: [8, 8, 3]\nblocks: {B: {layers: [relu: {expect: [7, 7, 3]}]}}\nlayers: [B]\n",
    ],
)
def test_a_spec_with_errors_is_not_pinned(text: str) -> None:
    assert pin(report(text)) is None


INSERTED = [number for number, line in enumerate(PINNED.splitlines()) if line.lstrip().startswith("- ")]


@pytest.mark.parametrize("number", INSERTED)
def test_a_layer_that_is_put_in_moves_no_pin(number: int) -> None:
    lines = PINNED.splitlines(keepends=True)
    indent = lines[number][: len(lines[number]) - len(lines[number].lstrip())]
    lines.insert(number, f"{indent}- identity\n")
    text = "".join(lines)
    assert report(text).errors == []
    found = pinned(text)
    assert found.renewed == 0
    assert set(PINNED.splitlines()) <= set(text_of(found).splitlines())


def test_the_command(tmp_path: Path) -> None:
    file = tmp_path / "net.yaml"
    file.write_text(NET)
    result = run("check", "net.yaml", "--pin", "--quiet", folder=tmp_path)
    assert (result.code, result.out, result.err) == (0, "", "net.yaml: 4 pins added\n")
    assert file.read_text() == PINNED
    result = run("check", "net.yaml", "--pin", "--quiet", folder=tmp_path)
    assert (result.code, result.out, result.err) == (0, "", "net.yaml: all pins hold\n")
    file.write_text(PINNED.replace("units: 10", "units: 12").replace("relu: {expect: [32, 32, 8]}", "relu"))
    result = run("check", "net.yaml", "--format", "concise", folder=tmp_path)
    assert result.code == 1
    assert "error[expect-mismatch] expect says 10, but 12 comes out\n" in result.out
    result = run("check", "net.yaml", "--pin", "--quiet", folder=tmp_path)
    assert (result.code, result.err) == (0, "net.yaml: 1 pin added, 1 renewed\n")


def test_the_command_leaves_a_file_with_errors(tmp_path: Path) -> None:
    text = "input: [9, 9, 3]\nlayers: [maxpool: 2]\n"
    (tmp_path / "net.yaml").write_text(text)
    result = run("check", "net.yaml", "--pin", "--format", "concise", folder=tmp_path)
    assert (result.code, result.err) == (1, "net.yaml: not pinned, since it has errors\n")
    assert "pool-not-divisible" in result.out
    assert (tmp_path / "net.yaml").read_text() == text


@pytest.mark.parametrize(
    ("option", "text"), [("--pin", NET), ("--fix", NET.replace("kernel_size", "kernel-size"))]
)
def test_a_file_that_cannot_be_written(
    option: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "net.yaml").write_text(text)

    def refuse(*names: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.replace", refuse)
    result = run("check", "net.yaml", option, folder=tmp_path)
    assert (result.code, result.err) == (2, "")
    assert result.out == "error[unreadable-file]: cannot write net.yaml: permission denied\n"
    assert [file.name for file in tmp_path.iterdir()] == ["net.yaml"]
    assert (tmp_path / "net.yaml").read_text() == text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("- --pin", "check --pin writes into files, and standard input is not one"),
        (
            "net.yaml --pin --input 8x8x3",
            "--pin writes what comes out of the file's own values: leave out --input",
        ),
        ("net.yaml --pin --set c=3", "--pin writes what comes out of the file's own values: leave out --set"),
    ],
)
def test_wrong_usage(arguments: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(NET)
    result = run("check", *arguments.split(), folder=tmp_path, stdin=NET)
    assert result.code == 2
    assert said in result.err
    assert (tmp_path / "net.yaml").read_text() == NET
