"""How others run us: pre-commit, a GitHub action, a GitLab job, a VS Code task, completion of the shell."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from cnn_shapes.settings import Configuration
from cnn_shapes.source import shown_path
from tests.findings import REPORTS, written
from tests.golden import ROOT, run_process
from tests.test_patterns import git

PROJECT = ("cnn_shapes", "specs", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")
GOOD = "input: [28, 28, 1]\nlayers: [conv: {filters: 8, kernel_size: 5}]\n"
TYPO = "input: [28, 28, 1]\nlayers: [conv: {filters: 8, kernel-size: 5}]\n"
BAD = "input: [9, 9, 1]\nlayers: [maxpool: 2]\n"
OTHER = "services: {web: {image: x}}\n"


def read(file: Path) -> Any:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def commit(folder: Path, *names: str) -> None:
    git(folder, "add", "--all", *names)
    git(folder, "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "--message", "x")


def test_pre_commit_runs_the_hooks(tmp_path: Path) -> None:
    hooks, models = tmp_path / "hooks", tmp_path / "models"
    hooks.mkdir()
    models.mkdir()
    for name in PROJECT:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, hooks / name)
    for folder in (hooks, models):
        git(folder, "init", "--quiet")
    commit(hooks)
    revision = git(hooks, "rev-parse", "HEAD").strip()
    (models / ".pre-commit-config.yaml").write_text(
        f"repos:\n  - repo: {hooks.as_uri()}\n    rev: {revision}\n"
        "    hooks: [id: cnn-shapes, id: cnn-shapes-fix]\n"
    )
    for name, text in (("good", GOOD), ("typo", TYPO), ("bad", BAD), ("other", OTHER)):
        (models / f"{name}.yaml").write_text(text)
    git(models, "add", "--all")

    def hook(name: str, *files: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [
                sys.executable,
                "-m",
                "pre_commit",
                "run",
                name,
                *(("--files", *files) if files else ["--all-files"]),
            ],
            cwd=models,
            env=os.environ | {"PRE_COMMIT_HOME": str(tmp_path / "home"), "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )

    done = hook("cnn-shapes", "good.yaml", "other.yaml")
    assert done.returncode == 0, done.stdout + done.stderr
    done = hook("cnn-shapes", "other.yaml")
    assert done.returncode == 0, done.stdout
    done = hook("cnn-shapes")
    assert done.returncode == 1
    assert "error[pool-not-divisible]" in done.stdout
    assert "error[unknown-key]" in done.stdout
    assert "other.yaml" not in done.stdout
    done = hook("cnn-shapes-fix", "typo.yaml")
    assert done.returncode == 1
    assert "files were modified by this hook" in done.stdout
    assert (models / "typo.yaml").read_text() == TYPO.replace("kernel-size", "kernel_size")
    assert hook("cnn-shapes-fix", "typo.yaml").returncode == 0


def test_every_hook_passes_over_what_is_not_a_spec() -> None:
    for hook in read(ROOT / ".pre-commit-hooks.yaml"):
        assert {"--force-exclude", "--allow-empty"} <= set(hook["entry"].split())
        assert (hook["language"], hook["types"]) == ("python", ["yaml"])
        assert hook["args"][-1] == "--"
    for document in (yaml.safe_load(block) for block in blocks("yml")):
        for repository in document.get("repos", ()):
            for hook in repository["hooks"]:
                assert hook.get("args", ["--"])[-1] == "--"


def test_no_name_of_a_file_is_an_option(tmp_path: Path) -> None:
    """As pre-commit calls a hook: the entry, its arguments, the names of the files."""
    names = ["-oprecious.yaml", "--config=c.yaml", "--fix", "-q.yaml"]
    for name in names:
        (tmp_path / name).write_text(GOOD)
    (tmp_path / "precious.yaml").write_text(BAD)
    for hook in read(ROOT / ".pre-commit-hooks.yaml"):
        command = [*hook["entry"].split()[1:], *hook["args"], *names, "-oprecious.yaml"]
        result = run_process(*command, folder=tmp_path)
        assert (result.code, result.err) == (0, "")
        assert (tmp_path / "precious.yaml").read_text() == BAD


ACTION = read(ROOT / "action.yml")
STEPS = ACTION["runs"]["steps"]


def test_inputs_reach_the_action_through_the_environment() -> None:
    used = set()
    for step in STEPS:
        assert "${{" not in step["run"]
        for value in step["env"].values():
            used.update(re.findall(r"inputs\.([\w-]+)", value))
    assert used == set(ACTION["inputs"])


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({}, ["check", "--format", "github", "--", "."]),
        ({"PATHS": "a b\n\nc*\n"}, ["check", "--format", "github", "--", "a b", "c*"]),
        (
            {"PATHS": '$(touch x)\n`touch y`\n"; touch z'},
            ["check", "--format", "github", "--", "$(touch x)", "`touch y`", '"; touch z'],
        ),
        (
            {
                "ARGUMENTS": "--fail-on=warning\n--config=my settings.toml",
                "FORMAT": "sarif",
                "OUTPUT": "r e.sarif",
            },
            [
                *("check", "--format", "sarif", "--output", "r e.sarif", "--fail-on=warning"),
                *("--config=my settings.toml", "--", "."),
            ],
        ),
        (
            {"SUMMARY": "true", "GITHUB_STEP_SUMMARY": "/a b/step"},
            ["check", "--format", "github", "--format", "markdown=/a b/step", "--", "."],
        ),
    ],
)
def test_the_action_passes_its_inputs_on(inputs: dict[str, str], expected: list[str], tmp_path: Path) -> None:
    """The script of the last step, with a command that says what it was given."""
    fake = tmp_path / "environment" / "bin" / "python"
    fake.parent.mkdir(parents=True)
    fake.write_text(f"#!{sys.executable}\nimport json, sys\nprint(json.dumps(sys.argv[1:]))\nsys.exit(1)\n")
    fake.chmod(0o755)
    defaults = {"PATHS": ".", "ARGUMENTS": "", "FORMAT": "github", "OUTPUT": "", "SUMMARY": "false"}
    environment = {"PATH": os.environ["PATH"], "ENVIRONMENT": str(tmp_path / "environment")}
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-c", STEPS[-1]["run"]],
        cwd=tmp_path,
        env=environment | defaults | inputs,
        capture_output=True,
        text=True,
        check=False,
    )
    assert json.loads(done.stdout) == ["-I", "-m", "cnn_shapes", *expected]
    assert done.returncode == 1  # that of the command
    assert [path.name for path in tmp_path.iterdir()] == ["environment"]


def test_the_action_runs_nothing_of_the_checked_repository(tmp_path: Path) -> None:
    """Both steps, with a wheel that needs nothing else, among modules that tell when they are run."""
    wheel = tmp_path / "cnn_shapes-1.0-py3-none-any.whl"
    about = "cnn_shapes-1.0.dist-info"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("cnn_shapes/__main__.py", "import json, sys\nprint(json.dumps(sys.argv[1:]))\n")
        file.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: cnn-shapes\nVersion: 1.0\n")
        file.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: a\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        file.writestr(f"{about}/RECORD", "")
    checked = tmp_path / "checked"
    checked.mkdir()
    for name in ("venv", "pip", "ensurepip", "logging", "json", "os", "site", "cnn_shapes", "sitecustomize"):
        (checked / f"{name}.py").write_text(f"open('{checked}/{name}.run', 'w').close()\n")
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": ".",
        "SOURCE": str(wheel),
        "ENVIRONMENT": str(tmp_path / "environment"),
        "PATHS": ".",
        "ARGUMENTS": "",
        "FORMAT": "github",
        "OUTPUT": "",
        "SUMMARY": "false",
    }
    for step in STEPS:
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-c", step["run"]],
            cwd=checked,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == ["check", "--format", "github", "--", "."]
    assert list(checked.glob("*.run")) == []


def blocks(language: str) -> list[str]:
    """The code blocks of the README in a language."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def test_the_task_of_vs_code_reads_every_problem() -> None:
    (task,) = [json.loads(block) for block in blocks("json") if "problemMatcher" in block]
    pattern = task["tasks"][0]["problemMatcher"]["pattern"]
    assert task["tasks"][0]["args"][:3] == ["check", "--format", "concise"]
    given = [report for report in REPORTS if "\n" not in report.source.path]
    lines = [line for line in written("concise", given).splitlines() if not line.endswith(" more")]
    expected = [
        (
            shown_path(source.path),
            *source.position(span.start),
            found.severity,
            found.rule,
        )
        for report in given
        for found in report.diagnostics
        for source, span in [report.source.written(found.span)]
    ]
    read_back = []
    for line in lines:
        match = re.match(pattern["regexp"], line)
        assert match is not None, line
        file, row, column, severity, code = (
            match[pattern[part]] for part in ("file", "line", "column", "severity", "code")
        )
        read_back.append((file, int(row), int(column), severity, code))
        assert match[pattern["message"]]
    assert read_back == expected


def test_the_snippets_of_the_readme_name_what_there_is() -> None:
    documents = [yaml.safe_load(block) for block in blocks("yml")]
    (hooks,) = [document["repos"] for document in documents if "repos" in document]
    declared = {hook["id"] for hook in read(ROOT / ".pre-commit-hooks.yaml")}
    assert {hook["id"] for hook in hooks[0]["hooks"]} <= declared
    (job,) = [document["cnn-shapes"] for document in documents if "cnn-shapes" in document]
    assert job["artifacts"]["reports"]["codequality"] in job["script"][-1]
    assert "--format gitlab" in job["script"][-1]


def test_the_settings_of_the_readme_are_settings(tmp_path: Path) -> None:
    (block,) = blocks("toml")
    (tmp_path / "cnn-shapes.toml").write_text(block)
    settings = Configuration().of(str(tmp_path))
    assert {key.replace("-", "_") for key in tomllib.loads(block)} | {"select", "include"} == {
        *settings._fields
    } - {"root", "file"}


_DENSE = ["dense1", "dense2"]


def completed(*words: str, folder: Path = ROOT) -> list[str]:
    """What bash offers after these words, the last of which is being typed; it parts them at colons."""
    words = tuple(part for word in words for part in re.findall(r":|[^:]+", word) or [""])
    environment = os.environ | {
        "_CNN_SHAPES_COMPLETE": "complete_bash",
        "COMP_WORDS": "\n".join(["cnn-shapes", *words]),
        "COMP_CWORD": str(len(words)),
    }
    script = "from cnn_shapes.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env=environment | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["ch"], ["check"]),
        (["check", "--fo"], ["--format", "--force-exclude"]),
        (["check", "--format", "j"], ["json", "junit"]),
        (["check", "--format", "c"], ["concise", "csv"]),
        (["check", "--columns", "layer,ma"], ["layer,macs", "layer,macs%"]),
        (["check", "--sort", ""], ["macs", "params", "memory"]),
        (["check", "-j", "a"], ["auto"]),
        (["check", "--fail-on", "e"], ["error"]),
        (["check", "--ignore", "likely"], ["likely-image", "likely-layout"]),
        (
            ["check", "--select", "pixels-dropped,pixels"],
            ["pixels-dropped,pixels-skipped"],
        ),
        (["explain", "pixels"], ["pixels-dropped", "pixels-skipped"]),
        (["explain", "depth"], ["depthwise_conv"]),
        (["explain", "exp"], ["expect-mismatch", "exponential", "expect"]),
        (["new", "resnet1"], ["resnet18"]),
        (["help", "ch"], ["check"]),
        (["export", "k"], ["keras"]),
        (["explain", "specs/mnist.yaml:"], ["conv1", "maxpool1", "conv2", "maxpool2", "flatten1", *_DENSE]),
        (["explain", "specs/mnist.yaml:den"], _DENSE),
        (["explain", "mnist:den"], _DENSE),
        (["explain", "specs/resnet18.yaml:st"], ["stage1", "stage2", "stage3", "stage4"]),
        (["explain", "specs/resnet18.yaml:stage2"], ["stage2", "stage2.repeat1"]),
        (["explain", "specs/none.yaml:a"], []),
        (["check", "specs/audio_m5.yaml", "--set", ""], ["c=32", "classes=35"]),
        (["expand", "specs/audio_m5.yaml", "--set", "cl"], ["classes=35"]),
        (["fix", "specs/mnist.yaml", "--only", "ker"], ["kernel_size"]),
        (["fix", "specs/mnist.yaml", "--keep", "stride,ker"], ["stride,kernel_size"]),
        (["fix", "specs/audio_m5.yaml", "--only", "cl"], ["classes"]),
    ],
)
def test_the_shell_completes(words: list[str], expected: list[str]) -> None:
    assert completed(*words) == expected


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_the_completion_can_be_shown(shell: str) -> None:
    result = run_process("--show-completion", shell)
    assert result.code == 0
    assert "CNN_SHAPES_COMPLETE" in result.out


def test_a_shell_is_offered_nothing_that_it_could_run(tmp_path: Path) -> None:
    """zsh evaluates what it is given."""
    (tmp_path / "net.yaml").write_text(
        "params: {width: 2, word: $(touch pwned)}\ninput: [9, 9, 3]\nlayers:\n"
        '  - parallel: {branches: {"$(touch pwned)": [relu], "a\'b": [relu], ok: [relu]}}\n',
        encoding="utf-8",
    )
    assert completed("explain", "net.yaml:parallel1.", folder=tmp_path) == [
        "parallel1.ok",
        "parallel1.concat",
    ]
    assert completed("check", "net.yaml", "--set", "w", folder=tmp_path) == ["width=2"]
