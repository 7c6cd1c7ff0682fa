"""What README.md shows is what happens: its outputs (`--update` renews them), commands, code and links."""

import re
import shlex
from pathlib import Path

import pytest

from cnn_shapes import commands, formats
from tests import golden

README = golden.ROOT / "README.md"
LINK = re.compile(r"\]\((?!https?://)([^)#]+)")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README.read_text(encoding="utf-8"), re.S | re.M)


def shown_commands() -> list[str]:
    """Those whose output the README shows: `<!-- output of: COMMAND -->` before a text block."""
    return re.findall(r"^<!-- output of: (.+) -->$", README.read_text(encoding="utf-8"), re.M)


@pytest.mark.parametrize("command", shown_commands())
def test_output_is_real(command: str, update: bool) -> None:
    text = README.read_text(encoding="utf-8")
    block = re.compile(rf"(<!-- output of: {re.escape(command)} -->\n```text\n)(.*?)(?=^```$)", re.S | re.M)
    shown = block.search(text)
    assert shown, f"after the comment comes a text block with the output of: {command}"
    program, *arguments = shlex.split(command)
    assert program == golden.COMMAND
    output = golden.run(*arguments).out
    if update and output != shown[2]:
        README.write_text(block.sub(lambda _: shown[1] + output, text), encoding="utf-8")
    else:
        assert shown[2] == output


def test_the_broken_model_is_told_as_in_its_test() -> None:
    """No torch is needed here: `tests/models/broken` has what the command says of it."""
    text = README.read_text(encoding="utf-8")
    (target, shown) = re.findall(
        r"<!-- model: cnn-shapes check (\w+)\.py:\w+ --input \S+ -->\n```text\n(.*?)^```$", text, re.S | re.M
    )[0]
    said = (golden.ROOT / "tests" / "models" / "broken" / f"{target}.out").read_text(encoding="utf-8")
    assert said.endswith(shown)
    assert shown.count("error[") == said.count("error[") == 3


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_picture_is_what_draw_makes(theme: str, update: bool) -> None:
    file = golden.ROOT / ".github" / f"mnist-{theme}.svg"
    assert f".github/{file.name}" in README.read_text(encoding="utf-8")
    drawn = golden.run("draw", "specs/mnist.yaml", "--theme", theme).out
    if update:
        file.write_text(drawn, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == drawn


def test_two_commands_are_all_it_takes() -> None:
    """`.ci/run` runs these two lines as they are."""
    lines = blocks("sh")[0].splitlines()
    assert len(lines) == 2
    assert "cnn-shapes check specs/mnist.yaml" in lines[0]
    assert 'pytest -n auto -m "not (oracle or recipes or browser)"' in lines[1]


def test_every_command_has_its_row() -> None:
    rows = re.findall(r"^\| `cnn-shapes (\w+)[ `]", README.read_text(encoding="utf-8"), re.M)
    assert sorted(rows) == commands.names()


@pytest.mark.parametrize("command", commands.names())
def test_the_guide_names_every_command(command: str) -> None:
    guide = (golden.ROOT / "specs" / "README.md").read_text(encoding="utf-8")
    assert re.search(rf"`cnn-shapes\s{command}\b", guide)


def test_every_format_has_its_place() -> None:
    rows = re.findall(r"^\| `--format ([^`]+)`", README.read_text(encoding="utf-8"), re.M)
    assert sorted("\\|".join(rows).split("\\|")) == formats.names()


def test_the_contents_of_the_code_cover_every_folder() -> None:
    code = README.read_text(encoding="utf-8").partition("\n## The code\n")[2]
    folders = {face.parent.name for face in (golden.ROOT / "cnn_shapes").glob("*/__init__.py")}
    assert {*re.findall(r"\]\(cnn_shapes/(\w+)\)", code)} == folders


@pytest.mark.parametrize("file", [".github/CONTRIBUTING.md", "README.md", "CHANGELOG.md", "specs/README.md"])
def test_links_lead_somewhere(file: str) -> None:
    folder = (golden.ROOT / file).parent
    links = LINK.findall((golden.ROOT / file).read_text(encoding="utf-8"))
    assert [link for link in links if not Path(folder, link).exists()] == []


@pytest.mark.parametrize("spec", blocks("yaml"))
def test_a_spec_is_clean(spec: str) -> None:
    result = golden.run("check", "-", stdin=spec)
    assert (result.code, result.err) == (0, "")


@pytest.mark.parametrize("code", blocks("python"))
def test_code_runs(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(golden.ROOT)
    names: dict[str, object] = {}
    exec(code, names)
    assert "report" in names
