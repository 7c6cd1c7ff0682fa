"""`cnn-shapes draw`: what it draws, where it writes, and what it says where it cannot."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from cnn_shapes.checking import check_path
from cnn_shapes.draw import block, landscape, window
from tests import drawings, golden
from tests.golden import run

GOOD = (
    "input: [28, 28, 1]\nblocks:\n  Two:\n    layers: [conv: {filters: 8, kernel_size: 5}, relu]\n"
    "layers: [Two, Two]\n"
)
BAD = "input: [9, 9, 1]\nlayers: [maxpool: 2, flatten, dense: 10]\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "good.yaml").write_text(GOOD)
    (tmp_path / "bad.yaml").write_text(BAD)
    (tmp_path / "none.yaml").write_text("layers: 3\n")
    return tmp_path


def test_each_thing_has_its_picture(folder: Path) -> None:
    report = check_path(str(folder / "good.yaml"))
    assert run("draw", "good.yaml", folder=folder).out.replace(
        "good.yaml", str(folder / "good.yaml")
    ) == landscape(report)
    assert run("draw", "good.yaml:two1", folder=folder).out == block(report, "two1")
    assert run("draw", "good.yaml:Two", folder=folder).out == block(report, "two1")
    assert run("draw", "good.yaml:two1.conv1", folder=folder).out == window(report, "two1.conv1")
    assert run("draw", "good.yaml:two1.conv1", "--step", "26", folder=folder).out == window(
        report, "two1.conv1", 26
    )
    assert run("draw", "-", stdin=GOOD).out.count("cs-filters-front") == run(
        "draw", "good.yaml", folder=folder
    ).out.count("cs-filters-front")


def test_another_input_is_another_picture(folder: Path) -> None:
    shown = drawings.texts(run("draw", "good.yaml", "--input", "14x14x1", folder=folder).out)
    assert shown[0] == "14×14×1"
    assert "6×6×8" in shown


def test_a_network_of_the_zoo_needs_no_path(folder: Path) -> None:
    assert "7×7×2048" in drawings.texts(run("draw", "resnet50", folder=folder).out)
    assert "Stage, repeat 3x" in drawings.texts(run("draw", "resnet50:stage1", folder=folder).out)


@pytest.mark.parametrize(
    "path",
    sorted((golden.ROOT / "tests" / "dialects").glob("*/*.*")),
    ids=lambda path: f"{path.parent.name}-{path.name}",
)
def test_networks_in_other_languages_are_drawn(path: Path) -> None:
    if path.suffix in (".out", ".md", ".py", ".txt"):
        return
    result = run("draw", str(path))
    assert result.code in (0, 1)
    if result.out:
        drawings.parsed(result.out)


@pytest.mark.parametrize(
    ("path", "code"),
    [("good.yaml", 0), ("bad.yaml", 1), ("none.yaml", 1), ("missing.yaml", 2), ("good.yaml:two1.relu1", 2)],
)
def test_exit_codes_are_those_of_check(path: str, code: int, folder: Path) -> None:
    result = run("draw", path, folder=folder)
    assert result.code == code
    assert bool(result.out) == (path in ("good.yaml", "bad.yaml"))


OTHERS = "a picture is .svg, .html or .mmd; of an SVG, rsvg-convert and browsers make other files\n"
SAID = [
    (["draw", "good.yaml:nothing"], "cnn-shapes: no layer is called nothing: it has two1, two2\n"),
    (
        ["draw", "good.yaml:two1.relu1"],
        "cnn-shapes: two1.relu1 is a relu: it has no window, and no layers inside\n",
    ),
    (
        ["draw", "good.yaml", "-o", "net.png"],
        f"cnn-shapes: --output net.png ends in .png: {OTHERS}",
    ),
    (
        ["draw", "good.yaml", "-o", "net"],
        f"cnn-shapes: --output net has no ending: {OTHERS}",
    ),
    (
        ["draw", "good.yaml:two1.conv1", "-o", "net.mmd"],
        "cnn-shapes: Mermaid draws graphs, and two1.conv1 is one layer: write .svg or .html\n",
    ),
    (
        ["draw", "net.py:Net"],
        "cnn-shapes: draw takes a spec, and net.py:Net is a model: cnn-shapes import writes its spec\n",
    ),
    (
        ["draw", "good.yaml", "-o", "good.yaml"],
        "cnn-shapes: --output good.yaml ends in .yaml: a picture is .svg",
    ),
    (
        ["draw", "good.yaml", "-o", "no/net.svg"],
        "cnn-shapes: cannot write no/net.svg: no such file or directory\n",
    ),
    (
        ["draw", "missing.yaml"],
        "error[unreadable-file]: cannot open missing.yaml: no such file or directory\n",
    ),
]


@pytest.mark.parametrize(("arguments", "said"), SAID)
def test_what_cannot_be_drawn_is_said(arguments: list[str], said: str, folder: Path) -> None:
    result = run(*arguments, folder=folder)
    assert result.err.startswith(said)
    assert (result.code, result.out) == (2, "")
    assert sorted(one.name for one in folder.iterdir()) == ["bad.yaml", "good.yaml", "none.yaml"]


@pytest.mark.parametrize(
    ("step", "path", "said"),
    [
        ("577", "good.yaml:two1.conv1", "there is no step 577: the window of two1.conv1 makes 576 steps"),
        ("0", "good.yaml:two1.conv1", "0 is not in the range x>=1"),
        ("1", "good.yaml", "a step is one of the window of a layer: SPEC:LAYER"),
        ("1", "good.yaml:two1", "a step is one of the window of a layer: SPEC:LAYER"),
    ],
)
def test_a_step_that_is_not_there(step: str, path: str, said: str, folder: Path) -> None:
    result = run("draw", path, "--step", step, folder=folder)
    assert (result.code, result.out) == (2, "")
    assert said in " ".join(result.err.split())


def test_the_ending_says_what_is_written(folder: Path) -> None:
    for ending in ("svg", "html", "mmd", "SVG"):
        result = run("draw", "good.yaml", "-o", f"net.{ending}", folder=folder)
        assert (result.code, result.out) == (0, "")
        assert result.err == f"good.yaml: drawn in net.{ending}\n"
    assert (folder / "net.svg").read_text() == run("draw", "good.yaml", folder=folder).out
    page = (folder / "net.html").read_text()
    assert page.startswith("<!doctype html>")
    assert (folder / "net.svg").read_text() in page
    assert (folder / "net.mmd").read_text() == (
        "flowchart LR\n"
        '  n0(["input<br/>28×28×1"])\n'
        '  n1["conv 5×5, 8<br/>+ relu<br/>24×24×8"]\n'
        '  n2["conv 5×5, 8<br/>+ relu<br/>20×20×8"]\n'
        "  n0 --> n1\n"
        "  n1 --> n2\n"
        "  classDef input fill:#e3e8ed,stroke:#57606a,color:#1f2328\n"
        "  classDef filters fill:#b9d3fa,stroke:#2b5fae,color:#1f2328\n"
        "  class n0 input\n"
        "  class n1,n2 filters\n"
    )


def test_mermaid_of_a_block_and_of_an_error(folder: Path) -> None:
    run("draw", "good.yaml:two1", "-o", "two.mmd", folder=folder)
    assert '  n1["conv 5×5, 8<br/>24×24×8"]\n' in (folder / "two.mmd").read_text()
    assert run("draw", "bad.yaml", "-o", "bad.mmd", folder=folder).code == 1
    assert "  class n1 wrong\n" in (folder / "bad.mmd").read_text()


def test_themes(folder: Path) -> None:
    light, dark, auto = (
        run("draw", "good.yaml", "--theme", theme, folder=folder).out for theme in ("light", "dark", "auto")
    )
    assert "prefers-color-scheme" not in light + dark
    assert ".cs-bg{fill:#ffffff}" in light
    assert ".cs-bg{fill:#0d1117}" in dark
    assert light.partition("</style>")[2] == dark.partition("</style>")[2] == auto.partition("</style>")[2]


HOSTILE = "\x1b]0;title\x07\u202e<script>&amp;\"'::error::##[error]"


def test_a_hostile_name_of_a_file_stays_text(tmp_path: Path) -> None:
    name = "a<script>&\u202e\x1b[31m.yaml"
    (tmp_path / name).write_text(BAD)
    result = run("draw", name, folder=tmp_path)
    ElementTree.fromstring(result.out)
    assert not {"\x1b", "\u202e"} & {*result.out, *result.err}
    page = run("check", name, "--format", "html", folder=tmp_path).out
    assert not {"\x1b", "\u202e"} & {*page}
    assert "<script" not in page
