"""The command `fix` and `check --fix`: what they list and write, streams, exit codes, usage errors."""

from pathlib import Path

import pytest

from cnn_shapes.repair.report import listing
from cnn_shapes.source import Source
from tests import golden
from tests.golden import ROOT, run

BROKEN = """input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 4}
  - maxpool: 2
  - flatten
  - dense: 10
"""
GOOD = BROKEN.replace("kernel_size: 4", "kernel_size: 5")
HOPELESS = BROKEN.replace("kernel_size: 4", "kernel_size: 9999")
TYPO = GOOD.replace("filters", "filterz")
MIXED = BROKEN.replace("10", "{units: 10, colour: 3}")
STRICT = GOOD.replace("maxpool: 2", "maxpool: {kernel_size: 2, name: pool}")
TEXTS = {
    "broken": BROKEN,
    "good": GOOD,
    "hopeless": HOPELESS,
    "typo": TYPO,
    "mixed": MIXED,
    "strict": STRICT,
    "no_yaml": "input: [28, 28, 1\n",
}
TRANSCRIPTS = ROOT / "tests" / "fix"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in TEXTS.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("good.yaml", 0),
        ("good.yaml --apply 1", 0),
        ("good.yaml --diff", 0),
        ("good.yaml --keep-output", 0),
        ("good.yaml --target 12x12", 0),
        ("strict.yaml --target pool=12", 0),
        ("broken.yaml", 1),
        ("broken.yaml --diff", 1),
        ("broken.yaml --apply 1", 0),
        ("broken.yaml --apply 3", 0),
        ("broken.yaml --only padding --apply 1", 0),
        ("broken.yaml --only output_padding", 1),
        ("broken.yaml --only output_padding --apply 1", 1),
        ("broken.yaml --target 7x7 --apply 1", 0),
        ("hopeless.yaml", 1),
        ("hopeless.yaml --apply 1", 1),
        ("typo.yaml", 1),
        ("typo.yaml --apply 1", 0),
        ("mixed.yaml", 1),
        ("mixed.yaml --apply 1", 1),
        ("good.yaml --target 999", 1),
        ("no_yaml.yaml", 1),
        ("none.yaml", 2),
        ("broken.yaml --apply 40", 2),
        ("broken.yaml --apply 0", 2),
        ("broken.yaml --only paddng", 2),
        ("broken.yaml --keep ,", 2),
        ("broken.yaml --target 7x7x7", 2),
        ("broken.yaml --target seven", 2),
        ("strict.yaml --target pol=7x7", 2),
        ("broken.yaml --input 30x30x1", 2),
        ("broken.yaml --set a=1", 2),
    ],
)
def test_exit_code(arguments: str, code: int, folder: Path) -> None:
    result = run("fix", *arguments.split(), folder=folder)
    assert result.code == code, result
    assert "Traceback" not in result.err
    name = arguments.split()[0]
    if code or "--apply" not in arguments:  # nothing is written
        assert name == "none.yaml" or (folder / name).read_text() == TEXTS[name.removesuffix(".yaml")]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            "broken.yaml --only paddng",
            "--only: there is no field paddng: did you mean padding?",
        ),
        ("broken.yaml --apply 40", "--apply: there are 6 fixes, not 40"),
        ("broken.yaml --keep ,", "--keep: name fields, as in kernel_size,stride"),
        ("broken.yaml --target =7x7", "--target: expected 7x7 or NAME=7x7, found =7x7"),
        ("broken.yaml --target seven", "--target: expected 7x7 or NAME=7x7, found seven"),
        (
            "broken.yaml --target 7x7x7",
            "--target: maxpool1 has 2 spatial axes, 7x7x7 has 3",
        ),
        (
            "strict.yaml --target pol=7",
            "--target: there is no layer pol: did you mean pool?",
        ),
        (
            "mixed.yaml --apply 1",
            "cnn-shapes: nothing is changed in mixed.yaml: unknown-key on line 6 comes first, "
            "and is yours to mend: check shows it",
        ),
        (
            "none.yaml",
            "error[unreadable-file] cannot open none.yaml: no such file or directory",
        ),
    ],
)
def test_errors_of_usage(arguments: str, said: str, folder: Path) -> None:
    assert said in run("fix", *arguments.split(), folder=folder).err


@pytest.mark.parametrize(
    ("arguments", "written"),
    [
        ("", "kernel_size: 5"),
        ("--keep kernel_size", "padding: [[1, 2], [1, 2]]"),
        ("--keep kernel_size,padding", "dilation: 2"),
        ("--keep kernel_size,padding,dilation,stride", "input: [27, 27, 1]"),
        ("--only rounding", "rounding: floor"),
        ("--only dilation", "dilation: 2"),
        ("--only strides", "stride: 1"),
        ("--target 14x14", "padding: [[1, 2], [1, 2]]"),
        ("--target conv1=24", "kernel_size: 5"),
    ],
)
def test_what_is_asked_for(arguments: str, written: str, folder: Path) -> None:
    result = run("fix", "broken.yaml", "--apply", "1", *arguments.split(), folder=folder)
    assert (result.code, result.err) == (0, "")
    text = (folder / "broken.yaml").read_text()
    assert written in text
    assert run("check", "broken.yaml", folder=folder).code == 0


def test_the_output_is_kept(folder: Path) -> None:
    text = "input: [28, 28, 1]\nlayers:\n  - maxpool: 3\n  - conv: {filters: 4, kernel_size: 1, name: head}\n"
    for name, options in (("free", []), ("kept", ["--keep-output"])):
        (folder / f"{name}.yaml").write_text(text)
        assert run("fix", f"{name}.yaml", "--apply", "1", *options, folder=folder).code == 0
    assert "14x14x4" in run("check", "free.yaml", folder=folder).out  # 28 = 14*2
    assert "9x9x4" in run("check", "kept.yaml", folder=folder).out  # 27 = 9*3


def test_the_hint_finds_the_same_repairs_again(tmp_path: Path) -> None:
    (tmp_path / "my net.yaml").write_text(BROKEN)
    listed = run("fix", "my net.yaml", "--keep", "stride", "--target", "maxpool1=13x13", folder=tmp_path).out
    hint = "cnn-shapes fix 'my net.yaml' --keep stride --target maxpool1=13x13 --apply 1 writes the first"
    assert listed.splitlines()[-1] == f"{hint}, --diff shows it"


def test_an_output_that_was_unknown_keeps_no_shape(tmp_path: Path) -> None:
    # 9 - 9 + 1 = 1: a window as large as the map, where nothing fitted before
    (tmp_path / "net.yaml").write_text("input: [9, 9, 1]\nlayers: [conv: {filters: 4, kernel_size: 12}]\n")
    assert "output      1x1x4\n" in run("fix", "net.yaml", folder=tmp_path).out


def test_standard_input_becomes_the_fixed_text() -> None:
    result = run("fix", "-", stdin=BROKEN)
    assert (result.code, result.out) == (0, GOOD)
    assert result.err.startswith("<stdin>: a 25x25 feature map is not a multiple of the 2x2 pool (line 4)\n")
    assert run("fix", "-", "--apply", "3", stdin=BROKEN).out == BROKEN.replace(
        "kernel_size: 4", "kernel_size: 4, padding: [[1, 2], [1, 2]]"
    )


@pytest.mark.parametrize(("text", "code"), [(GOOD, 0), (HOPELESS, 1)])
def test_standard_input_without_a_fix_stays_as_it_is(text: str, code: int) -> None:
    result = run("fix", "-", stdin=text)
    assert (result.code, result.out) == (code, text)


def test_line_ends_and_the_byte_order_mark_go_through_a_pipe() -> None:
    data = b"\xef\xbb\xbf" + BROKEN.replace("\n", "\r\n").encode()
    assert run("fix", "-", stdin=data).out.encode() == data.replace(b"kernel_size: 4", b"kernel_size: 5")


def test_the_difference_is_one_for_patch(folder: Path) -> None:
    difference = run("fix", "broken.yaml", "--diff", folder=folder).out
    assert difference == (
        "--- broken.yaml\n+++ broken.yaml\n@@ -1,6 +1,6 @@\n input: [28, 28, 1]\n layers:\n"
        "-  - conv: {filters: 32, kernel_size: 4}\n+  - conv: {filters: 32, kernel_size: 5}\n"
        "   - maxpool: 2\n   - flatten\n   - dense: 10\n"
    )


def test_check_fix_sets_spelling_right_and_no_number(folder: Path) -> None:
    result = run("check", "typo.yaml", "broken.yaml", "--fix", folder=folder)
    assert result.code == 1
    assert result.err == "typo.yaml: filterz -> filters on line 3\n"
    assert (folder / "typo.yaml").read_text() == GOOD
    assert (folder / "broken.yaml").read_text() == BROKEN
    assert "typo.yaml" not in result.out
    assert run("check", "-", "--fix", stdin=TYPO).code == 2


@pytest.mark.parametrize("name", ["list", "partial"])
def test_transcript(name: str, update: bool) -> None:
    golden.check(TRANSCRIPTS / f"{name}.out", [f"cnn-shapes fix {name}.yaml"], update=update)


def test_a_file_that_may_not_be_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*arguments: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("cnn_shapes.edit.files.write_atomically", refused)
    result = run("fix", "broken.yaml", "--apply", "1", folder=folder)
    assert (result.out, result.code) == ("", 2)
    assert result.err == "cnn-shapes: nothing is written to broken.yaml: permission denied\n"


@pytest.mark.parametrize("option", ["--apply 1", "--diff"])
def test_a_file_without_errors_is_said_to_have_none(option: str, folder: Path) -> None:
    result = run("fix", "good.yaml", *option.split(), folder=folder)
    assert (result.code, result.out) == (0, "")
    assert result.err == "cnn-shapes: nothing is changed in good.yaml: it has no errors\n"


def test_a_difference_has_lines_only_where_patch_has() -> None:
    before, after = (Source("a.yaml", f"input: 8x8x1\r# {word}\u2028\x0c\n") for word in ("one", "two"))
    lines = listing.difference(before, after).split("\n")
    assert lines == [
        "--- a.yaml",
        "+++ a.yaml",
        "@@ -1 +1 @@",
        "-input: 8x8x1\r# one\u2028\x0c",
        "+input: 8x8x1\r# two\u2028\x0c",
        "",
    ]


TRADES = "left alone, for it would bring another error: "


@pytest.mark.parametrize(
    ("text", "fixed", "said"),
    [
        # a fix that would put one error in the place of another, alone and beside one that holds
        ("input: [8, 8, 1]\nlayers: [relu]\noutput: 10\n", "", f"{TRADES}output -> outputs on line 3"),
        (
            "input: [8, 8, 1]\nlayers: [maxpool: {kernel-size: 2}]\noutput: 10\n",
            "input: [8, 8, 1]\nlayers: [maxpool: {kernel_size: 2}]\noutput: 10\n",
            f"{TRADES}output -> outputs on line 3",
        ),
        ("input: [None, 8, 8, 1]\nlayers: [relu]\n", "", ""),
        ("input: [8, 8, 1]\nlayers:\n  - conv: 32, 5\n", "", ""),
        ("input: [8, 8, 1]\nlayers: [maxpool: {kernel_size: None}]\n", "", None),
        # a key that is there already withholds nothing else
        (
            "input: [8, 8, 1]\nlayers: [conv: {filter: 3, filters: 4}, maxpool: {kernel-size: 2}]\n",
            "input: [8, 8, 1]\nlayers: [conv: {filter: 3, filters: 4}, maxpool: {kernel_size: 2}]\n",
            "kernel-size -> kernel_size on line 2",
        ),
        # a slip that only shows when the kind is set right
        (
            "input: [8, 8, 1]\nlayers: [maxpol: {kernel-size: 2}]\n",
            "input: [8, 8, 1]\nlayers: [maxpool: {kernel_size: 2}]\n",
            "maxpol -> maxpool on line 2, kernel-size -> kernel_size on line 2",
        ),
    ],
)
def test_a_safe_fix_leaves_fewer_errors(text: str, fixed: str, said: str | None, tmp_path: Path) -> None:
    file = tmp_path / "net.yaml"
    file.write_text(text, encoding="utf-8")
    result = run("check", "net.yaml", "--fix", folder=tmp_path)
    assert file.read_text(encoding="utf-8") == (fixed or text)
    if said is not None:
        assert result.err.startswith(f"net.yaml: {said}" if said else "")
        assert bool(result.err) == bool(said)
