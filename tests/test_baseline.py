"""`check --add-ignore`: comments that ignore what is found, and nothing else in the file is another."""

import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_shapes.checking import CheckResult, check_source
from cnn_shapes.repair.baseline import baseline, can_be_ignored
from cnn_shapes.rules import RULES
from cnn_shapes.source import Source, Unreadable
from tests.fuzz.specs import specs
from tests.golden import ROOT, run

DROPS = "maxpool: {kernel_size: 2, rounding: floor}"  # 27 / 2: the last row and column are never read
# the comments that are written where there are none: at the end of a line, or on a line of their own
OURS = re.compile(
    r"^[ \t]*# cnn-shapes: ignore\[[^\]]*\](?:\r\n|\n|\r)|  # cnn-shapes: ignore\[[^\]]*\]", re.M
)


def report(text: str) -> CheckResult:
    return check_source(Source("net.yaml", text))


def spec(layers: str) -> str:
    return f"input: [27, 27, 8]\nlayers:\n{layers}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (spec(f"  - {DROPS}\n"), f"  - {DROPS}  # cnn-shapes: ignore[pixels-dropped]\n"),
        # what is there stays: a comment, blanks at the end, the lack of a line end
        (spec(f"  - {DROPS}  # 13\n"), f"  - {DROPS}  # 13  # cnn-shapes: ignore[pixels-dropped]\n"),
        (spec(f"  - {DROPS}  \n"), f"  - {DROPS}  # cnn-shapes: ignore[pixels-dropped]  \n"),
        (spec(f"  - {DROPS}"), f"  - {DROPS}  # cnn-shapes: ignore[pixels-dropped]"),
        # into a comment of ours that means the place, wherever that is
        (
            spec(f"  - {DROPS}  # cnn-shapes: ignore[uneven-same-padding] as published\n"),
            f"  - {DROPS}  # cnn-shapes: ignore[uneven-same-padding, pixels-dropped] as published\n",
        ),
        (
            spec(f"  # cnn-shapes: ignore[ even-kernel ] 합성곱\n\n  - {DROPS}\n"),
            f"  # cnn-shapes: ignore[ even-kernel, pixels-dropped ] 합성곱\n\n  - {DROPS}\n",
        ),
        # two rules of a line share a comment; an error that is ignored brings up what comes after it
        (
            spec("  - conv: {filters: 8, kernel_size: 2, stride: 2, norm: batch}\n  - maxpool: 2\n"),
            "  - conv: {filters: 8, kernel_size: 2, stride: 2, norm: batch}"
            "  # cnn-shapes: ignore[size-not-whole, bias-before-norm]\n"
            "  - maxpool: 2  # cnn-shapes: ignore[pool-not-divisible]\n",
        ),
        # fields on lines of their own
        (
            spec("  - maxpool:\n      kernel_size: 2\n      rounding: floor  # as PyTorch\n"),
            "  - maxpool:\n      kernel_size: 2  # cnn-shapes: ignore[pixels-dropped]\n"
            "      rounding: floor  # as PyTorch\n",
        ),
        # a text over several lines has no room for a comment: above it there is
        (
            spec("  - maxpool: {kernel_size: 2, rounding: 'fl\\\n      oor'}\n".replace("'", '"')),
            "  # cnn-shapes: ignore[pixels-dropped]\n"
            '  - maxpool: {kernel_size: 2, rounding: "fl\\\n      oor"}\n',
        ),
    ],
)
def test_where_it_is_written(text: str, expected: str) -> None:
    head = spec("")
    for end in ("\n", "\r\n", "\r"):
        made = baseline(report(text.replace("\n", end)))
        assert made.report.source.text == (head + expected).replace("\n", end)
        assert [found.rule for found in made.report.diagnostics if can_be_ignored(found.rule)] == []


def test_a_byte_order_mark_stays() -> None:
    data = b"\xef\xbb\xbf" + spec(f"  - {DROPS}\n").encode()
    made = baseline(check_source(Source.decode("net.yaml", data)))
    assert made.ignored == 1
    assert made.report.source.encode().startswith(b"\xef\xbb\xbfinput: ")


@pytest.mark.parametrize("name", [name for name in RULES if RULES[name].bad])
def test_every_rule_that_can_be_ignored_is(name: str) -> None:
    before = report(RULES[name].bad)
    made = baseline(before)
    assert made.ignored == len([found for found in before.diagnostics if can_be_ignored(found.rule)])
    assert [found.rule for found in made.report.diagnostics if can_be_ignored(found.rule)] == []
    assert (made.ignored > 0) == can_be_ignored(name)


FILES = [
    file
    for folder in ("cases", "causes", "fix", "fixes", "joins", "reports", "rules", "expand")
    for file in sorted((ROOT / "tests" / folder).rglob("*.yaml"))
]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_specs_with_anything_wrong(end: str) -> None:
    assert len(FILES) > 200
    for file in FILES:
        holds(Source(file.name, file.read_text(encoding="utf-8-sig").replace("\n", end)), str(file))


@given(specs(), st.sampled_from(["\n", "\r\n"]))
def test_drawn_specs(data: bytes, end: str) -> None:
    try:
        source = Source.decode("net.yaml", data)
    except Unreadable:
        return
    holds(Source("net.yaml", re.sub("\r\n|\r|\n", lambda _: end, source.text)), "")


def holds(source: Source, name: str) -> None:
    """Nothing that can be ignored is left, the rest of the text is as it was; to do it again does nothing."""
    before = check_source(source)
    made = baseline(before)
    after = made.report
    left = [found.rule for found in after.diagnostics if can_be_ignored(found.rule)]
    assert left == [], name
    if "cnn-shapes:" not in source.text:
        assert OURS.sub("", after.source.text) == source.text, name
        assert [one.rule for one in after.diagnostics if one.rule.endswith("-suppression")] == [], name
    again = baseline(after)
    assert (again.ignored, again.report.source.text) == (0, after.source.text), name


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "net.yaml").write_text(spec(f"  - {DROPS}\n  - maxpool: 2\n  - con: 8\n"))
    return tmp_path


def test_the_command(folder: Path) -> None:
    (folder / "net.yaml").write_text(spec(f"  - {DROPS}\n  - maxpool: 2\n"))
    result = run("check", "net.yaml", "--add-ignore", "-q", folder=folder)
    assert result == (0, "", "net.yaml: 2 findings ignored by comments\n")
    result = run("check", "net.yaml", "--fail-on", "info", "-q", folder=folder)
    assert result == (0, "", "")
    assert run("check", "net.yaml", "--add-ignore", "-q", folder=folder) == (0, "", "")


def test_what_cannot_be_ignored_is_named(folder: Path) -> None:
    result = run("check", "net.yaml", "--add-ignore", "--format", "concise", folder=folder)
    assert result.err == (
        "net.yaml: 2 findings ignored by comments\nnet.yaml:5: unknown-layer cannot be ignored: mend it\n"
    )
    assert result.out == "net.yaml:5:5: error[unknown-layer] unknown layer con: did you mean conv?\n"
    assert result.code == 1


def test_only_what_is_reported_is_ignored(folder: Path) -> None:
    (folder / "cnn-shapes.toml").write_text('ignore = ["pixels-dropped"]\n')
    run("check", "net.yaml", "--add-ignore", folder=folder)
    text = (folder / "net.yaml").read_text()
    assert "ignore[pool-not-divisible]" in text
    assert "pixels-dropped" not in text


def test_spelling_is_set_right_before(folder: Path) -> None:
    (folder / "net.yaml").write_text(spec("  - maxpool: {kernel-size: 2}\n"))
    result = run("check", "net.yaml", "--add-ignore", "--fix", "-q", folder=folder)
    assert result.err.splitlines() == [
        "net.yaml: kernel-size -> kernel_size on line 3",
        "net.yaml: 1 finding ignored by comments",
    ]
    assert (folder / "net.yaml").read_text() == spec(
        "  - maxpool: {kernel_size: 2}  # cnn-shapes: ignore[pool-not-divisible]\n"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("- --add-ignore", "check --add-ignore writes into files, and standard input is not one"),
        ("net.yaml --add-ignore --input 9x9x8", "with the file's own values: leave out --input"),
        ("net.yaml --add-ignore --set c=1", "with the file's own values: leave out --set"),
        (
            "net.cfg --add-ignore",
            "check --add-ignore writes comments into specs, and net.cfg is not one: import writes its spec",
        ),
        ("net.py:Model --add-ignore", "--add-ignore writes into specs, not into a model's code"),
    ],
)
def test_wrong_usage(arguments: str, said: str, folder: Path) -> None:
    (folder / "net.cfg").write_text("[net]\nwidth=9\nheight=9\nchannels=3\n[maxpool]\nsize=2\nstride=20\n")
    before = {file: file.read_bytes() for file in folder.iterdir()}
    result = run("check", *arguments.split(), folder=folder, stdin=spec(""))
    assert result.code == 2
    assert said in result.err
    assert {file: file.read_bytes() for file in folder.iterdir()} == before


def test_a_link_that_leads_out_is_left_alone(folder: Path) -> None:
    (folder / "inside").mkdir()
    (folder / "inside" / "link.yaml").symlink_to(folder / "net.yaml")
    before = (folder / "net.yaml").read_bytes()
    result = run("check", "inside", "--add-ignore", "-q", folder=folder)
    path = os.path.join("inside", "link.yaml")
    assert result.err.startswith(f"{path}: not changed, for it is a link that leads out of the folder")
    assert (folder / "net.yaml").read_bytes() == before


def test_a_file_that_changed_meanwhile_is_left_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import cnn_shapes.repair.baseline as module

    def slowly(given: CheckResult) -> object:
        (folder / "net.yaml").write_text("# mine\n")
        return baseline(given)

    monkeypatch.setattr(module, "baseline", slowly)
    result = run("check", "net.yaml", "--add-ignore", folder=folder)
    assert result.code == 2
    assert result.out == (
        "error[unreadable-file]: cannot write net.yaml: net.yaml has changed since it was read\n"
    )
    assert (folder / "net.yaml").read_text() == "# mine\n"
