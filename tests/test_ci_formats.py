"""The formats for CI systems: nothing gets lost, and each is read back as its reader would read it."""

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from cnn_shapes import formats
from cnn_shapes.checking import check_source
from cnn_shapes.formats.github import command
from cnn_shapes.rules import RULES
from cnn_shapes.settings import DEFAULTS
from cnn_shapes.source import Source
from tests.findings import COUNT, ESCAPE, NASTY, REPORTS, SPEC, written
from tests.golden import ROOT, run

WARNS = "input: [9, 9, 3]\nlayers:\n  - maxpool: {kernel_size: 2, rounding: floor}\n"


def test_the_reports_hold_a_finding_of_every_rule() -> None:
    assert {found.rule for report in REPORTS for found in report.diagnostics} == set(RULES)


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("full", r"^(?:error|warning|info)\[([a-z0-9-]+)\]: "),
        ("concise", r"^\S.*:\d+:\d+: \w+\[([a-z0-9-]+)\] "),
        ("json", r'"rule": "([a-z0-9-]+)"'),
        ("github", r"^::\w+ title=cnn-shapes \(([a-z0-9-]+)\),file="),
        ("gitlab", r'"check_name": "((?!cnn-shapes")[a-z0-9-]+)"'),
        ("sarif", r'"ruleId": "([a-z0-9-]+)"'),
        ("junit", r'<(?:failure|error) type="([a-z0-9-]+)"'),
        ("markdown", r"^(?:error|warning|info)\[([a-z0-9-]+)\]: "),
    ],
)
def test_every_finding_goes_through_every_format(name: str, pattern: str) -> None:
    for report in REPORTS:  # what does not fail the run is not a failure in JUnit's eyes
        report.settings = DEFAULTS._replace(fail_on="info")
    text = written(name, REPORTS)
    for report in REPORTS:
        report.settings = DEFAULTS
    expected = sorted(found.rule for report in REPORTS for found in report.diagnostics)
    assert sorted(re.findall(pattern, text, re.MULTILINE)) == expected
    assert "\x1b" not in text


@pytest.mark.parametrize(
    "name", [name for name in formats.names() if name not in ("full", "html", "markdown")]
)
def test_what_a_machine_reads_is_written_without_rich(name: str) -> None:
    script = (
        "import sys; from cnn_shapes.cli import main\n"
        "sys.argv[1:] = ['check', '-', '--format', sys.argv[1]]\n"
        "try: main()\nfinally: assert not any(part in sys.modules for part in ('rich', 'prompt_toolkit'))"
    )
    command = [sys.executable, "-c", script, name]
    done = subprocess.run(command, cwd=ROOT, input=SPEC.encode(), capture_output=True, check=False)
    # a table of layers has no place for problems
    assert (done.returncode, done.stderr.count(b" error[")) == (1, 2 * (name == "csv"))
    assert b"Traceback" not in done.stderr


def annotations(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Workflow commands as the runner reads them (actions/runner, src/Runner.Common/ActionCommand.cs)."""
    found = []
    for line in text.splitlines():
        head, separator, data = line.removeprefix("::").partition("::")
        assert line.startswith("::")
        assert separator
        name, _, listed = head.partition(" ")
        properties = dict(part.split("=", 1) for part in listed.split(","))
        escapes = [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")]
        for escape, meant in escapes:
            properties = {key: value.replace(escape, meant) for key, value in properties.items()}
        for escape, meant in (("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
            data = data.replace(escape, meant)
        found.append((name, properties, data))
    return found


@pytest.mark.parametrize("text", ["", "%", "%25", "%0A", "a,b:c", "\r\n", "a::b::", "합 🙂", "100 %, 5:3"])
def test_github_escapes_what_the_runner_unescapes(text: str) -> None:
    line = command("error", {"file": text, "line": 3}, text)
    assert not line.count("\n")
    assert annotations(f"{line}\n") == [("error", {"file": text, "line": "3"}, text)]


def test_no_text_of_an_annotation_is_a_command_of_its_own() -> None:
    assert command("error", {}, "a\n ::error::b\n##[group]c") == (
        r"::error ::a%0A \x3a:error::b%0A\x23#[group]c"
    )


def test_github_annotations() -> None:
    pool, layer = annotations(written("github", [check_source(Source(NASTY, SPEC))]))
    assert pool == (
        "error",
        {
            "title": "cnn-shapes (pool-not-divisible)",
            "file": NASTY,
            "line": "3",
            "col": "14",
            "endColumn": "15",
            "endLine": "3",
        },
        "models/50%,a:b\\n\\r::error::x/ü 합.yaml:3:14: error[pool-not-divisible] "
        "a 9x9 feature map is not a multiple of the 2x2 pool\n"
        "9 = 4*2 + 1: one row and one column are left over\n"
        "line 1: the input is 9x9x3",
    )
    assert (layer[1]["file"], layer[1]["line"], layer[1]["col"]) == (NASTY, "4", "5")
    assert layer[2].endswith("unknown layer con: did you mean conv?\nfix: con -> conv")


def test_github_shows_errors_first() -> None:
    found = annotations(written("github", REPORTS))
    names = [name for name, _, _ in found]
    assert names == sorted(names, key=["error", "warning", "notice"].index)
    assert found[-1][2] == "many.yaml: and 30 more"
    assert len(found) == COUNT + 1


def test_gitlab() -> None:
    entries = json.loads(written("gitlab", REPORTS))
    assert len(entries) == len({entry["fingerprint"] for entry in entries}) == COUNT + 1
    assert [entry["location"]["path"] for entry in entries if entry["description"] == "and 30 more"] == [
        "many.yaml"
    ]
    for entry in entries:
        assert list(entry) == ["description", "content", "check_name", "fingerprint", "severity", "location"]
        assert entry["severity"] in ("major", "minor", "info")
        assert entry["location"]["positions"]["begin"]["line"] >= 1
    assert json.loads(written("gitlab", [REPORTS[-1]])) == []


@pytest.mark.parametrize("variable", ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"])
@pytest.mark.parametrize(
    ("name", "before"),
    [("github", ",file="), ("gitlab", '"path": "'), ("sarif", '"uri": "'), ("junit", '<testsuite name="')],
)
def test_paths_count_from_the_repository(
    variable: str, name: str, before: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def path(given: str) -> str:
        text = written(name, [check_source(Source(given, SPEC))])
        return re.split('[,"]', text.partition(before)[2])[0]

    (tmp_path / "repository" / "sub").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "repository")
    monkeypatch.chdir(tmp_path / "repository" / "sub")
    assert path("./net.yaml") == "net.yaml"
    assert path(str(tmp_path / "link" / "sub" / "net.yaml")) == "net.yaml"
    for root in ("repository", "link"):
        monkeypatch.setenv(variable, str(tmp_path / root))
        assert path("./net.yaml") == "sub/net.yaml"
        assert path("../net.yaml") == "net.yaml"
        for spelling in ("repository", "link"):
            assert path(str(tmp_path / spelling / "net.yaml")) == "net.yaml"
    monkeypatch.setenv(variable, str(tmp_path / "repository" / "su"))  # not the folder of the run
    assert path("net.yaml") == "net.yaml"
    for root in ("repository", "link"):  # a run outside of the repository
        monkeypatch.setenv(variable, str(tmp_path / root))
        monkeypatch.chdir(tmp_path)
        assert path("repository/sub/net.yaml") == "sub/net.yaml"
        assert path("link/sub/net.yaml") == "sub/net.yaml"
        assert path("net.yaml") == "net.yaml"
        monkeypatch.chdir("/")
        assert path(str(tmp_path / root / "net.yaml")) == "net.yaml"


@pytest.mark.parametrize("name", ["gitlab", "sarif"])
def test_a_fingerprint_outlives_edits_elsewhere(name: str) -> None:
    def fingerprints(text: str) -> list[str]:
        output = written(name, [check_source(Source("net.yaml", text))])
        return re.findall(r"[0-9a-f]{64}", output)

    before = fingerprints("input: [9, 9, 3]\nlayers:\n  - maxpool: 2\n  - con: 8\n  - con: 8\n")
    after = fingerprints(
        "# a comment\ninput: [9, 9, 3]\nlayers:\n  - identity\n  - maxpool: 2\n  - con:  8\n  - con: 8\n"
    )
    assert len(set(before)) == 3
    assert before == after


# What GitLab, Jenkins and Azure DevOps agree on: elements with the attributes they must have and may have.
JUNIT: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": ({"name", "tests", "failures", "errors"}, set(), {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors"}, set(), {"testcase", "system-out"}),
    "testcase": ({"name", "classname"}, {"file", "line"}, {"failure", "error"}),
    "failure": ({"type", "message"}, set(), set()),
    "error": ({"type", "message"}, set(), set()),
    "system-out": (set(), set(), set()),
}


def strictly(text: str) -> ElementTree.Element:
    """A JUnit report, refused where an element or attribute is unknown or a count is wrong."""
    root = ElementTree.fromstring(text)
    assert root.tag == "testsuites"
    for element in root.iter():
        must, may, children = JUNIT[element.tag]
        assert must <= set(element.attrib) <= must | may, element.tag
        assert {child.tag for child in element} <= children
        if element.tag == "testcase":
            assert len(element) <= 1
        if element.tag in ("testsuites", "testsuite"):
            for count, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
                assert int(element.attrib[count]) == len(list(element.iter(tag)))
    return root


def test_junit_is_strict() -> None:
    root = strictly(written("junit", REPORTS))
    assert len(root) == len(REPORTS)
    assert [suite.attrib["name"] for suite in root][-4:] == [NASTY, "<stdin>", "many.yaml", "clean.yaml"]
    assert [suite.attrib["errors"] for suite in root].count("1") == 3
    assert root[-2].findtext("system-out") == "and 30 more"


def test_junit_keeps_every_character_that_xml_can_hold() -> None:
    root = strictly(written("junit", [check_source(Source("\x01\ud800<&>\"'.yaml", ESCAPE))]))
    assert root[0].attrib["name"] == "\\x01\\ud800<&>\"'.yaml"
    (failure,) = root.iter("failure")
    assert "]]>&<\"'" in failure.attrib["message"]
    assert "\\x1b[31m%0A\\r" in failure.attrib["message"]


@pytest.mark.parametrize(("fail_on", "failures"), [("error", 0), ("warning", 1), ("info", 1), ("never", 0)])
def test_junit_fails_what_fails_the_run(fail_on: str, failures: int) -> None:
    report = check_source(Source("net.yaml", WARNS), settings=DEFAULTS._replace(fail_on=fail_on))
    root = strictly(written("junit", [report]))
    assert root.attrib["failures"] == str(failures)
    said = root[0].findtext("system-out") or ""
    assert said.startswith("net.yaml:3:28: warning[pixels-dropped] ") == (failures == 0)


@pytest.mark.parametrize("option", ["--fail-on=never", "--exit-zero", "--fail-on=error"])
def test_junit_has_an_error_where_the_command_cannot_open_a_file(option: str, tmp_path: Path) -> None:
    result = run("check", "no.yaml", "--format", "junit", option, folder=tmp_path)
    root = strictly(result.out)
    assert (result.code, root.attrib["errors"], root.attrib["failures"]) == (2, "1", "0")


@pytest.mark.parametrize("name", formats.names())
def test_standard_input_has_one_name_in_all_formats_but_json(name: str) -> None:
    text = written(name, [check_source(Source("-", SPEC))])
    expected = '"path": "-"' if name == "json" else "(?:<|&lt;|%3C)stdin(?:>|&gt;|%3E)"
    assert re.search(expected, text)
    assert not re.search(r"(?m)^-:", text)
