"""Patterns mean what git means by them: git itself is asked."""

import random
import subprocess
from pathlib import Path

import pytest

from cnn_shapes.settings.gitignore import Patterns
from tests.counting import steps

PATHS = [
    *("a", "b.yaml", "a/b.yaml", "a/b/c.yaml", "a/b/c/d.yaml", "x/a/b.yaml", "x/y/a", "build/net.yaml"),
    *("net 1.yaml", "[a].yaml", "a*b.yaml", "#x.yaml", "!x.yaml", "ab.yaml", "a-b.yaml", "A.yaml", "7.yaml"),
    *("x/build/y/net.yaml", "foo/bar", "foo/x/bar", "foo/x/y/bar", "a\\b.yaml"),
]
LINES = [
    *(
        "a",
        "/a",
        "a/",
        "*.yaml",
        "/*.yaml",
        "**/a",
        "a/**",
        "a/**/d.yaml",
        "**/b/**",
        "foo/**/bar",
        "foo/*/bar",
    ),
    *("a/b", "/a/b/", "b.*", "?.yaml", "[ab].yaml", "[!ab].yaml", "[^ab].yaml", "[a-z]*.yaml", "[]a].yaml"),
    *("[[:digit:]].yaml", "[[:upper:]].yaml", "[a", "\\#x.yaml", "#x.yaml", "\\!x.yaml", "!b.yaml", "build"),
    *(
        "net 1.yaml",
        "*1.yaml   ",
        "a\\*b.yaml",
        "\\[a\\].yaml",
        "x/**",
        "**",
        "*",
        "!*/",
        "!a/b.yaml",
        "a**b.yaml",
    ),
    *(
        "**b.yaml",
        "a/**b.yaml",
        "[z-a].yaml",
        "[a-]b.yaml",
        "a[/]b.yaml",
        "x\\",
        "/",
        "**/",
        "/**",
    ),
    *(
        "a\\\\b.yaml",
        "[[:nope:]].yaml",
        "[\\a]b.yaml",
        "a/*",
        "/**/b.yaml",
        "a/**/**/d.yaml",
        "  a",
    ),
]


def git(folder: Path, *arguments: str, stdin: str = "") -> str:
    """What git says; without anything that the user has set up."""
    environment = {"HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1", "PATH": "/usr/bin:/bin:/usr/local/bin"}
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=environment,
        input=stdin.encode(),
        capture_output=True,
        check=False,
    )
    return done.stdout.decode()


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("repository")
    git(folder, "init", "--quiet")
    return folder


def ignored(folder: Path, lines: list[str]) -> set[str]:
    """The paths that git ignores with these lines; none of the files needs to exist."""
    (folder / ".gitignore").write_text("\n".join(lines) + "\n", encoding="utf-8")
    said = git(folder, "check-ignore", "--no-index", "--stdin", "-z", stdin="\0".join(PATHS))
    return set(filter(None, said.split("\0")))


def held(lines: list[str]) -> set[str]:
    patterns = Patterns(lines)
    return {path for path in PATHS if patterns.hold(path)}


@pytest.mark.parametrize("line", LINES)
def test_a_line_means_what_git_means(line: str, repository: Path) -> None:
    assert held([line]) == ignored(repository, [line])


def test_lines_together_mean_what_git_means(repository: Path) -> None:
    choose = random.Random(7)
    for _ in range(150):
        lines = choose.sample(LINES, choose.randint(2, 5))
        lines += ["!" + line for line in choose.sample(LINES, 1) if not line.startswith(("!", "#"))]
        assert held(lines) == ignored(repository, lines), lines


def test_a_long_pattern_takes_no_long_time() -> None:
    patterns = Patterns(["*a" * 30 + "b", "**/" * 30 + "x"])
    assert not patterns.hold("a" * 60 + "/" + "a" * 60)


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("**/a/" * 12 + "x/", "a/" * 200 + "b"),
        ("**/a/" * 12 + "x", "a/" * 200 + "b"),
        ("a/**/" * 30 + "x", "a/" * 300 + "b"),
        ("*a" * 40 + "b", "a" * 250),
        ("**/" + "*a" * 40 + "b", "/".join(["a" * 250] * 15)),
    ],
)
def test_no_pattern_tries_everything(line: str, path: str) -> None:
    patterns = Patterns([line])
    assert steps(lambda: patterns.hold(path)) < 2_000_000
    assert not patterns.hold(path)


def test_a_character_is_one_where_git_counts_bytes() -> None:
    assert Patterns(["?.yaml"]).hold("합.yaml")
    assert Patterns(["[가-힣].yaml"]).hold("합.yaml")
