"""The configuration: where it is found, what it does, and how each mistake in it is reported."""

import json
import os
import re
import tomllib
from pathlib import Path

import jsonschema
import pytest

from cnn_shapes.checking import check_path, check_source
from cnn_shapes.settings import DEFAULTS, BadSettings, Configuration, Settings, shown
from cnn_shapes.settings.toml import read, schema
from cnn_shapes.source import Limits, Source
from tests.golden import ROOT, run

SCHEMA = schema()
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)

DROPS = "rounding: floor\ninput: [27, 27, 8]\nlayers:\n  - maxpool: 2\n"
BIAS = DROPS + "  - conv: {filters: 8, kernel_size: 1, norm: batch, activation: relu}\n"
BROKEN = "input: [27, 27, 8]\nlayers: [maxpool: 2]\n"


def settings_of(folder: Path, text: str, name: str = "cnn-shapes.toml") -> Settings:
    (folder / name).write_text(text, encoding="utf-8")
    return read(str(folder / name), str(folder))


def found(text: str, settings: Settings, path: str = "net.yaml") -> list[str]:
    return [
        f"{one.severity}[{one.rule}]"
        for one in check_source(Source(path, text), settings=settings).diagnostics
    ]


BOTH = ["warning[pixels-dropped]", "info[bias-before-norm]"]


@pytest.mark.parametrize(
    ("toml", "text", "expected"),
    [
        ("", BIAS, BOTH),
        ('ignore = ["bias-before-norm"]', BIAS, BOTH[:1]),
        ('select = ["bias-before-norm"]', BIAS, BOTH[1:]),
        ("select = []", BIAS, []),
        ("select = []", BROKEN, ["error[pool-not-divisible]"]),
        ('ignore = ["pool-not-divisible"]', BROKEN, []),
        ('severity = {pixels-dropped = "error"}', BIAS, ["error[pixels-dropped]", BOTH[1]]),
        ('severity.pixels-dropped = "info"', BIAS, ["info[pixels-dropped]", BOTH[1]]),
        ('[severity]\npool-not-divisible = "warning"', BROKEN, ["warning[pool-not-divisible]"]),
        ('[per-file-ignores]\n"net.yaml" = ["pixels-dropped"]', BIAS, BOTH[1:]),
        ('[per-file-ignores]\n"*.yaml" = ["pixels-dropped"]\n"n*" = ["bias-before-norm"]', BIAS, []),
        ('[per-file-ignores]\n"old/" = ["pixels-dropped"]', BIAS, BOTH),
    ],
)
def test_what_is_reported(toml: str, text: str, expected: list[str], tmp_path: Path) -> None:
    assert found(text, settings_of(tmp_path, toml), str(tmp_path / "net.yaml")) == expected


def test_patterns_count_from_the_configuration(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, '[per-file-ignores]\n"/old/" = ["pixels-dropped"]')
    assert found(DROPS, settings, str(tmp_path / "old" / "a" / "net.yaml")) == []
    assert found(DROPS, settings, str(tmp_path / "new" / "old" / "net.yaml")) == BOTH[:1]


def test_a_hidden_finding_gives_its_place_to_others(tmp_path: Path) -> None:
    many = BIAS + "  - relu\n" * 200  # each after the first is a finding
    settings = settings_of(tmp_path, 'ignore = ["repeated-activation"]')
    assert found(many, settings, str(tmp_path / "net.yaml")) == BOTH


def test_a_suppression_of_what_is_not_reported_is_not_unused(tmp_path: Path) -> None:
    text = DROPS.replace("maxpool: 2", "maxpool: 2  # cnn-shapes: ignore[pixels-dropped]")
    assert found(text, settings_of(tmp_path, 'ignore = ["pixels-dropped"]')) == []


def test_limits(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, "[limits]\nlayers = 2\nproblems = 1\n")
    assert settings.limits == Limits(layers=2, problems=1)
    text = "input: [8, 8, 8]\nlayers: [relu, con, con, con]\n"
    report = check_source(Source("net.yaml", text), settings=settings)
    assert (len(report.diagnostics), report.omitted > 0) == (1, True)


WRONG = [
    ("ignor = []", "1: there is no setting ignor: did you mean ignore?"),
    (
        "\n\nselect = []\nperfileignores = {}",
        "4: there is no setting perfileignores: did you mean per-file-ignores?",
    ),
    (
        "colour = true",
        "1: there is no setting colour: choose from select, ignore, severity, per-file-ignores, fail-on, "
        "limits, include, exclude, models",
    ),
    (
        'rounding = "floor"',
        "1: rounding is not a setting: write it into the spec, so that it means the same everywhere",
    ),
    ('ignore = ["pixel-dropped"]', "1: there is no rule pixel-dropped: did you mean pixels-dropped?"),
    ('\ufeffignore = ["pixel-dropped"]', "1: there is no rule pixel-dropped: did you mean pixels-dropped?"),
    (
        'select = ["yaml-syntax"]',
        "1: yaml-syntax is always reported, as every error of reading is: leave it out of select",
    ),
    ('select = ["E501"]', "1: there is no rule E501: `cnn-shapes explain rules` lists them"),
    (
        'ignore = ["yaml-syntax"]',
        "1: yaml-syntax cannot be turned off or down: what it finds leaves the network unknown",
    ),
    ('ignore = "pixels-dropped"', "1: ignore must be a list of strings, found pixels-dropped"),
    ('exclude = ["./old/"]', "1: exclude has ./old/, which matches nothing: write /old/, as in .gitignore"),
    (
        'include = ["!./a/./b"]',
        "1: include has !./a/./b, which matches nothing: write !/a/b, as in .gitignore",
    ),
    ('exclude = ["."]', "1: exclude has ., which matches nothing: write /**, as in .gitignore"),
    (
        'exclude = ["../old"]',
        "1: exclude has ../old, which matches nothing: it can only name what is below here",
    ),
    (
        'per-file-ignores = {"./a.yaml" = ["pixels-dropped"]}',
        "1: per-file-ignores has ./a.yaml, which matches nothing: write /a.yaml, as in .gitignore",
    ),
    ("exclude = [1]", "1: exclude must be a list of strings, found [1]"),
    ('severity = ["x"]', "1: severity must be a table, found ['x']"),
    (
        '[severity]\npixels-dropped = "off"',
        "1: severity of pixels-dropped must be one of error, warning, info, found off",
    ),
    (
        '[severity]\nunknown-key = "info"',
        "1: unknown-key cannot be turned off or down: what it finds leaves the network unknown",
    ),
    ('fail-on = "errors"', "1: fail-on must be one of error, warning, info, never, found errors"),
    ("fail-on = true", "1: fail-on must be one of error, warning, info, never, found true"),
    ("limits = {deepness = 3}", "1: there is no limit deepness: choose from depth, nodes, layers, problems"),
    ("limits = {depths = 3}", "1: there is no limit depths: did you mean depth?"),
    ("limits.nodes = 0", "1: the limit nodes must be a whole number from 1, found 0"),
    ("limits.depth = 0", "1: the limit depth must be a whole number from 1 to 200, found 0"),
    ("limits.depth = 201", "1: the limit depth must be a whole number from 1 to 200, found 201"),
    ("limits.depth = true", "1: the limit depth must be a whole number from 1 to 200, found true"),
    (
        '# pasted\n[tool.cnn-shapes]\nfail-on = "info"',
        "2: leave the head of the table out here: it is for pyproject.toml",
    ),
    ("[cnn-shapes]", "1: leave the head of the table out here: it is for pyproject.toml"),
    (
        '[per-file-ignores]\n"*.yaml" = "x"',
        "1: per-file-ignores of *.yaml must be a list of strings, found x",
    ),
]


@pytest.mark.parametrize(("toml", "said"), WRONG)
def test_a_mistake_is_reported_with_its_line(toml: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(BadSettings) as raised:
        settings_of(tmp_path, toml)
    assert str(raised.value) == f"{tmp_path / 'cnn-shapes.toml'}:{said}"


@pytest.mark.parametrize(("toml", "said"), WRONG)
def test_editors_mark_what_is_wrong(toml: str, said: str) -> None:
    """Only of patterns the schema takes more than is meant: any text is one."""
    is_pattern = "which matches nothing" in said
    assert VALIDATOR.is_valid(tomllib.loads(toml.removeprefix("\ufeff"))) == is_pattern


def test_editors_take_what_is_right() -> None:
    shown_settings = tomllib.loads("\n".join(shown(DEFAULTS)))
    VALIDATOR.validate(shown_settings)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```toml\n(.*?)^```$", readme, re.S | re.M)
    VALIDATOR.validate(tomllib.loads(example))
    initial = {key: value["default"] for key, value in SCHEMA["properties"].items() if "default" in value}
    assert initial == {key: shown_settings[key] for key in initial}
    assert {*SCHEMA["properties"]} == {*shown_settings, "select"}


def test_the_schema_of_the_settings() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    printed = run("schema", "--settings")
    assert (json.loads(printed.out), printed.err, printed.code) == (SCHEMA, "", 0)
    assert all(value["description"] for value in SCHEMA["properties"].values())


def test_the_line_in_a_pyproject_is_that_of_the_table(tmp_path: Path) -> None:
    text = "[tool.other]\nignor = 1\n\n[tool.cnn-shapes]\nselect = []\nignor = 2\n"
    with pytest.raises(BadSettings) as raised:
        settings_of(tmp_path, text, "pyproject.toml")
    assert str(raised.value).startswith(f"{tmp_path / 'pyproject.toml'}:6: there is no setting ignor")
    with pytest.raises(BadSettings) as raised:
        settings_of(tmp_path, "[tool.cnn-shapes.limit]\nx = 1\n", "pyproject.toml")
    assert "pyproject.toml:1: there is no setting limit: did you mean limits?" in str(raised.value)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"ignore = [", "is not TOML: "),
        (b'ignore = ["\xff"]', "is not UTF-8: save it as UTF-8"),
        (b"limits = {layers = " + b"9" * 5_000 + b"}", "is not TOML: exceeds the limit"),
        (b"x = " + b"[" * 5_000 + b"]" * 5_000, "is not TOML that can be read: it is nested too deeply"),
        (b"limits = {layers = 0x" + b"f" * 5_000 + b"}", "found a number of thousands of digits"),
        (b"ignore = [0x" + b"f" * 5_000 + b"]", "found a list"),
        (b'fail-on = "' + b"x" * 5_000 + b'"', "x..."),
    ],
)
def test_a_file_that_is_not_toml(data: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "cnn-shapes.toml").write_bytes(data)
    with pytest.raises(BadSettings, match=said):
        Configuration().of(str(tmp_path))


def test_the_nearest_wins_and_is_not_mixed(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text('[tool.cnn-shapes]\nignore = ["pixels-dropped"]\n')
    (tmp_path / "a" / "cnn-shapes.toml").write_text('fail-on = "info"\n')
    (inner / "pyproject.toml").write_text('[project]\nname = "cnn-shapes-models"\n')  # none of our settings
    configuration = Configuration()
    top, below = configuration.of(str(tmp_path)), configuration.of(str(inner))
    assert (top.ignore, top.fail_on, top.root) == (("pixels-dropped",), "error", str(tmp_path))
    assert (below.ignore, below.fail_on, below.root) == ((), "info", str(tmp_path / "a"))
    assert configuration.of_file(str(inner / "net.yaml")) is below


def test_the_own_file_beats_the_projects_in_one_folder(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.cnn-shapes]\nfail-on = "info"\n')
    (tmp_path / "cnn-shapes.toml").write_text('fail-on = "never"\n')
    assert Configuration().of(str(tmp_path)).fail_on == "never"


def test_each_folder_is_read_once(tmp_path: Path) -> None:
    configuration = Configuration()
    first = configuration.of(str(tmp_path))
    (tmp_path / "cnn-shapes.toml").write_text('fail-on = "never"\n')
    assert configuration.of(str(tmp_path)) is first


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "net.yaml").write_text(BIAS, encoding="utf-8")
    (tmp_path / "cnn-shapes.toml").write_text('ignore = ["bias-before-norm"]\nfail-on = "warning"\n')
    (tmp_path / "other.toml").write_text('fail-on = "never"\n')
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "code", "rules"),
    [
        ("", 1, ["pixels-dropped"]),
        ("--isolated", 0, ["pixels-dropped", "bias-before-norm"]),
        ("--config other.toml", 0, ["pixels-dropped", "bias-before-norm"]),
        ("--fail-on error", 0, ["pixels-dropped"]),
        ("--exit-zero", 0, ["pixels-dropped"]),
        ("--ignore pixels-dropped", 0, []),
        ("--isolated --ignore pixels-dropped,bias-before-norm", 0, []),
        ("--isolated --select bias-before-norm --fail-on info", 1, ["bias-before-norm"]),
    ],
)
def test_options_beat_files(arguments: str, code: int, rules: list[str], project: Path) -> None:
    result = run("check", "net.yaml", "--format", "concise", *arguments.split(), folder=project)
    assert [line.partition("[")[2].partition("]")[0] for line in result.out.splitlines()] == rules
    assert (result.code, result.err) == (code, "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("--config no.toml", "cnn-shapes: cannot open no.toml: no such file or directory\n"),
        ("--config pyproject.toml", "cnn-shapes: pyproject.toml has no [tool.cnn-shapes]\n"),
        ("--ignore nope", "cnn-shapes: there is no rule nope: `cnn-shapes explain rules` lists them\n"),
        ("--isolated --config other.toml", "--isolated takes no configuration: leave one of the two out"),
    ],
)
def test_wrong_usage(arguments: str, said: str, project: Path) -> None:
    result = run("check", "net.yaml", *arguments.split(), folder=project)
    assert (result.code, result.out) == (2, "")
    assert said in result.err


@pytest.mark.parametrize("command", ["check", "fix", "sizes", "expand"])
def test_a_mistake_in_the_configuration_stops_every_command(command: str, project: Path) -> None:
    (project / "cnn-shapes.toml").write_text("ignor = []\n")
    result = run(command, "net.yaml", folder=project)
    assert (result.code, result.out) == (2, "")
    assert result.err.endswith("cnn-shapes.toml:1: there is no setting ignor: did you mean ignore?\n")


@pytest.mark.parametrize("name", ["cnn-shapes.toml", "pyproject.toml"])
@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("folder", "is a directory"),
        ("pipe", "it is not a regular file"),
        ("/dev/zero", "it is not a regular file"),
        ("itself", "too many levels of symbolic links"),
        ("nowhere", "no such file or directory"),
    ],
)
def test_settings_that_cannot_be_read_are_told(kind: str, reason: str, name: str, tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(BIAS, encoding="utf-8")
    file = tmp_path / name
    if kind == "folder":
        file.mkdir()
    elif kind == "pipe":
        os.mkfifo(file)
    else:
        file.symlink_to(name if kind == "itself" else kind)
    for command in ("check net.yaml", "check .", "fix net.yaml", "sizes net.yaml"):
        result = run(*command.split(), folder=tmp_path)
        said = f"cnn-shapes: cannot open {file}: {reason} (--isolated looks for no configuration)\n"
        assert (result.code, result.out, result.err) == (2, "", said)
    assert run("check", "net.yaml", "--isolated", folder=tmp_path).code == 0


def test_show_settings(project: Path) -> None:
    result = run("check", "--show-settings", folder=project)
    assert result.code == 0
    assert result.out.splitlines()[:3] == [
        "# .",
        f"# from {project / 'cnn-shapes.toml'}",
        "# select: all rules",
    ]
    assert tomllib.loads(result.out)["fail-on"] == "warning"
    result = run("check", "net.yaml", "--show-settings", "--isolated", folder=project)
    assert result.out.splitlines()[1] == "# nothing is configured"


def test_what_is_shown_can_be_read_again(tmp_path: Path) -> None:
    text = """
select = ["pixels-dropped"]
ignore = ["even-kernel", "likely-image"]
fail-on = "never"
include = ["합/*.yaml"]
exclude = ["a\\"b"]
models = ["net.py:Net --input 3x8x8"]
severity = {even-kernel = "error"}
limits = {depth = 5}
per-file-ignores = {"x y/*" = ["heavy-flatten"], "z" = []}
"""
    settings = settings_of(tmp_path, text)
    assert settings_of(tmp_path, "\n".join(shown(settings))) == settings
    assert settings_of(tmp_path, "\n".join(shown(DEFAULTS)))._replace(root=".", file=None) == DEFAULTS


def test_the_library_reads_no_configuration(project: Path) -> None:
    assert [one.rule for one in check_path(str(project / "net.yaml")).diagnostics] == [
        "pixels-dropped",
        "bias-before-norm",
    ]
