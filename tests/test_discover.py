"""Which files are checked: what is named, and what is found in folders."""

import os
import random
from pathlib import Path

import pytest

from cnn_shapes.discovery.specs import Finder, FoundSpecs
from cnn_shapes.settings import Configuration
from tests.golden import run, run_process
from tests.test_is_spec import OTHER, SPEC
from tests.test_patterns import LINES, git


def tree(folder: Path, *names: str, **texts: str) -> None:
    """Make files, each a spec; one whose name begins with `other` is YAML of another kind."""
    for name in names:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(OTHER if file.name.startswith("other") else SPEC, encoding="utf-8")


def find(folder: Path, *paths: str, force_exclude: bool = False) -> FoundSpecs:
    before = Path.cwd()
    os.chdir(folder)
    try:
        return Finder(Configuration(), force_exclude).find(paths or ["."])
    finally:
        os.chdir(before)


def specs(folder: Path, *paths: str, force_exclude: bool = False) -> list[str]:
    return [path.replace(os.sep, "/") for path in find(folder, *paths, force_exclude=force_exclude).specs]


def test_a_folder(tmp_path: Path) -> None:
    tree(
        tmp_path,
        "b.yaml",
        "a.yml",
        "z/c.YAML",
        "a/d.yaml",
        "a/other.yaml",
        ".git/e.yaml",
        ".x/f.yaml",
        "g.json",
    )
    tree(tmp_path, "a/other.cnn.yaml")
    found = find(tmp_path)
    names = ["./a.yml", "./b.yaml", "./a/d.yaml", "./a/other.cnn.yaml", "./z/c.YAML"]
    assert [path.replace(os.sep, "/") for path in found.specs] == names
    assert [path.replace(os.sep, "/") for path in found.skipped] == ["./a/other.yaml"]


def test_what_is_named_is_taken_once_and_in_order(tmp_path: Path) -> None:
    tree(tmp_path, "b.yaml", "a.yaml", "other.yaml", "net.txt", "x/c.yaml")
    assert specs(tmp_path, "x", "b.yaml", "other.yaml", "net.txt", "no.yaml", "-", "x", "b.yaml") == [
        *("x/c.yaml", "b.yaml", "other.yaml", "net.txt", "no.yaml", "-"),
    ]


def test_gitignore(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    tree(tmp_path, "a.yaml", "build/b.yaml", "x/build/c.yaml", "x/d.yaml", "x/e.yaml", "x/y/d.yaml")
    (tmp_path / ".gitignore").write_text("build/\nd.yaml\n")
    (tmp_path / "x" / ".gitignore").write_text("!/d.yaml\ne.yaml\n")
    assert specs(tmp_path) == ["./a.yaml", "./x/d.yaml"]
    assert specs(tmp_path, "x") == ["x/d.yaml"]
    assert specs(tmp_path, "build", "x/e.yaml") == ["build/b.yaml", "x/e.yaml"]  # they are named
    (tmp_path / ".git" / "info" / "exclude").write_text("a.yaml\n")
    assert specs(tmp_path) == ["./x/d.yaml"]


def test_what_lies_above_the_repository_does_not_count(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.yaml\n")
    tree(tmp_path, "inside/a.yaml", "outside/b.yaml")
    git(tmp_path / "inside", "init", "--quiet")
    assert specs(tmp_path, "inside") == ["inside/a.yaml"]
    assert specs(tmp_path, "outside") == ["outside/b.yaml"]  # there is no repository
    assert specs(tmp_path) == []


def test_it_finds_what_git_lists(tmp_path: Path) -> None:
    """Random trees with random .gitignore files, against `git ls-files`."""
    choose = random.Random(3)
    names = ["a", "b", "build", "foo", "x"]
    for number in range(25):
        folder = tmp_path / str(number)
        folder.mkdir()
        git(folder, "init", "--quiet")
        for _ in range(20):
            depth = choose.randint(0, 3)
            tree(
                folder,
                "/".join(
                    [*choose.choices(names, k=depth), choose.choice(["b.yaml", "net 1.yaml", "A.yaml"])]
                ),
            )
        inside = [path for path in folder.rglob("*") if path.is_dir() and ".git" not in path.parts]
        for place in [folder, *choose.sample(inside, min(3, len(inside)))]:
            lines = choose.sample(LINES, choose.randint(1, 3))
            (place / ".gitignore").write_text(
                "\n".join([*lines, "!" + choose.choice(LINES)]), encoding="utf-8"
            )
        listed = git(folder, "ls-files", "--others", "--exclude-standard", "-z").split("\0")
        expected = sorted(f"./{name}" for name in listed if name.endswith(".yaml"))
        assert sorted(specs(folder)) == expected
        everything = [path.relative_to(folder).as_posix() for path in folder.rglob("*.yaml")]
        assert sorted(specs(folder, *everything, force_exclude=True)) == [name[2:] for name in expected]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ('exclude = ["old"]', ["./a.yaml", "./x/b.yaml"]),
        ('exclude = ["/old/", "x/b.yaml"]', ["./a.yaml", "./x/old/c.yaml"]),
        ('exclude = ["*.yaml", "!a.yaml"]', ["./a.yaml"]),
        ('include = ["x/**"]', ["./x/b.yaml", "./x/old/c.yaml"]),
        ('include = ["x/"]\nexclude = ["c.*"]', ["./x/b.yaml"]),
        ('include = ["*.spec"]', ["./n.spec"]),
    ],
)
def test_include_and_exclude(settings: str, expected: list[str], tmp_path: Path) -> None:
    tree(tmp_path, "a.yaml", "old/d.yaml", "x/b.yaml", "x/old/c.yaml", "n.spec", "x/other.yaml")
    (tmp_path / "cnn-shapes.toml").write_text(settings)
    assert specs(tmp_path) == expected
    everything = ["a.yaml", "n.spec", "old/d.yaml", "x/b.yaml", "x/old/c.yaml"]
    assert specs(tmp_path, *everything) == everything
    assert [f"./{name}" for name in specs(tmp_path, *everything, force_exclude=True)] == sorted(expected)


def test_force_exclude_leaves_out_what_is_not_a_spec(tmp_path: Path) -> None:
    tree(tmp_path, "a.yaml", "other.yaml", "net.txt")
    found = find(tmp_path, "a.yaml", "other.yaml", "net.txt", "no.yaml", "-", force_exclude=True)
    assert (found.specs, found.skipped) == (["a.yaml", "no.yaml", "-"], ["other.yaml"])


def test_a_file_is_taken_once_however_it_is_spelt(tmp_path: Path) -> None:
    tree(tmp_path, "a.yaml", "x/b.yaml")
    assert specs(tmp_path, "x/../a.yaml", "a.yaml", "./a.yaml", str(tmp_path / "a.yaml")) == ["x/../a.yaml"]
    assert specs(tmp_path, "./x/b.yaml", ".", "x") == ["./x/b.yaml", "./a.yaml"]


@pytest.mark.parametrize("repository", [False, True])
def test_force_exclude_leaves_out_what_a_walk_does(repository: bool, tmp_path: Path) -> None:
    """Files and folders that are named, against a walk of the whole."""
    if repository:
        git(tmp_path, "init", "--quiet")
    (tmp_path / ".gitignore").write_text("\ufeffbuild/\n", encoding="utf-8")
    tree(tmp_path, "a.yaml", ".b.yaml", ".x/c.yaml", "x/.y/d.yaml", "x/e.yaml", "build/f.yaml")
    tree(tmp_path, "old/g.yaml", "x/old/z/h.yaml", "x/old/z/other.yaml", "n.spec")
    (tmp_path / "cnn-shapes.toml").write_text('\ufeffexclude = ["old"]\n', encoding="utf-8")
    (tmp_path / "old" / "cnn-shapes.toml").write_text("")
    (tmp_path / "x" / "old" / "z" / "cnn-shapes.toml").write_text("exclude = []")
    walked = specs(tmp_path)
    assert walked == ["./.b.yaml", "./a.yaml", "./x/e.yaml"]
    files = [f"./{file.relative_to(tmp_path).as_posix()}" for file in tmp_path.rglob("*.yaml")]
    assert sorted(specs(tmp_path, *files, force_exclude=True)) == walked
    folders = [f"./{file.relative_to(tmp_path).as_posix()}" for file in tmp_path.rglob("*") if file.is_dir()]
    inside = [path for path in walked if path.count("/") > 1]
    assert sorted(specs(tmp_path, *folders, force_exclude=True)) == inside
    assert sorted(specs(tmp_path, ".", force_exclude=True)) == walked
    assert specs(tmp_path / "x", ".", force_exclude=True) == ["./e.yaml"]
    assert specs(tmp_path / "x", "../build/f.yaml", force_exclude=True) == (
        [] if repository else ["../build/f.yaml"]  # outside of the working folder, where no walk begins
    )
    assert specs(tmp_path / "x" / "old" / "z", ".", force_exclude=True) == []
    assert specs(tmp_path, "old", ".x/c.yaml") == ["old/g.yaml", ".x/c.yaml"]  # they are named


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_what_is_not_a_file_is_not_read_to_look_at_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    assert find(tmp_path)._replace(folders={}) == FoundSpecs([], [], [], {}, set(), {})
    assert specs(tmp_path, "pipe.yaml", force_exclude=True) == ["pipe.yaml"]


def test_links(tmp_path: Path) -> None:
    tree(tmp_path, "x/a.yaml")
    (tmp_path / "x" / "round").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "b.yaml").symlink_to(tmp_path / "x" / "a.yaml")
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere")
    (tmp_path / "folder.yaml").mkdir()
    assert specs(tmp_path) == ["./b.yaml", "./x/a.yaml"]


def test_a_folder_that_cannot_be_read_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path, "a.yaml", "x/b.yaml")
    scandir = os.scandir

    def refuse(path: str) -> object:
        if path.endswith("x"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert find(tmp_path).unreadable == {os.path.join(".", "x"): "permission denied"}
    result = run("check", ".", "--format", "concise", folder=tmp_path)
    assert result.out == "./x:1:1: error[unreadable-file] cannot open ./x: permission denied\n"
    assert result.code == 2


NOTHING = (
    "cnn-shapes: no spec found in x: "
    "a spec is a .yaml or .yml file with sizes under input and a list of layers under layers\n"
)


@pytest.mark.parametrize(
    ("arguments", "code", "err"),
    [
        (
            "x",
            2,
            NOTHING,
        ),
        ("x --allow-empty", 0, ""),
        (
            "x -v",
            2,
            "cnn-shapes: skipped 2 YAML files that are not specs:\n  x/other.yaml\n  x/other2.yaml\n"
            + NOTHING,
        ),
        (
            "a.yaml a.txt x --force-exclude",
            0,
            "",
        ),
        (
            "old --force-exclude",
            2,
            "cnn-shapes: no spec found in old: "
            "old is left out (hidden, or by include, exclude or .gitignore)\n",
        ),
        (
            "old/b.yaml a.txt --force-exclude",
            2,
            "cnn-shapes: no spec found in old/b.yaml, a.txt: "
            "old/b.yaml and 1 more are left out (hidden, or by include, exclude or .gitignore)\n",
        ),
        (
            "old/b.yaml x --force-exclude",
            2,
            f"{NOTHING[:-1].replace('in x', 'in old/b.yaml, x')}; "
            "old/b.yaml is left out (hidden, or by include, exclude or .gitignore)\n",
        ),
        ("a.yaml", 0, ""),
        (
            ". -v --format concise",
            0,
            "cnn-shapes: skipped 2 YAML files that are not specs:\n  ./x/other.yaml\n  ./x/other2.yaml\n"
            "cnn-shapes: left out 1 path (hidden, or by include, exclude or .gitignore):\n  ./old\n",
        ),
        ("x/other.yaml --force-exclude --allow-empty", 0, ""),
        (
            "x/other.yaml --force-exclude --allow-empty -v",
            0,
            "cnn-shapes: skipped 1 YAML file that is not a spec:\n  x/other.yaml\n",
        ),
    ],
)
def test_the_command(arguments: str, code: int, err: str, tmp_path: Path) -> None:
    tree(tmp_path, "a.yaml", "a.txt", "x/other.yaml", "x/other2.yaml", "old/b.yaml")
    (tmp_path / "cnn-shapes.toml").write_text('exclude = ["old"]')
    result = run("check", *arguments.split(), folder=tmp_path)
    assert (result.code, result.err) == (code, err)


@pytest.mark.parametrize("format", ["json", "github", "gitlab", "sarif", "junit", "concise", "full"])
def test_nothing_to_check_is_a_whole_answer_too(format: str, tmp_path: Path) -> None:
    result = run("check", ".", "--allow-empty", "--format", format, folder=tmp_path)
    assert (result.code, result.err) == (0, "")
    assert ('"results": []' in result.out) == (format == "sarif")


def test_what_a_walk_meets_is_told(tmp_path: Path) -> None:
    """Links that lead to themselves, and what is no file where one is looked for."""
    tree(tmp_path, "a.yaml", "x/b.yaml")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    (tmp_path / "one.yaml").symlink_to("two.yaml")
    (tmp_path / "two.yaml").symlink_to("one.yaml")
    (tmp_path / "zero.yaml").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / ".gitignore").symlink_to("/dev/zero")
    (tmp_path / "pyproject.toml").symlink_to("/dev/null")  # which is how a file is hidden
    os.mkfifo(tmp_path / "x" / ".gitignore")
    result = run("check", ".", "--format", "concise", folder=tmp_path)
    loops = [
        f"cannot open ./{name}.yaml: too many levels of symbolic links" for name in ("loop", "one", "two")
    ]
    assert [line.split("] ")[1] for line in result.out.splitlines()] == loops
    assert (result.code, result.err) == (2, "")
    assert "5 specs checked, 3 with errors" in run_process("check", ".", folder=tmp_path).out


def test_the_files_that_we_look_for_are_told_where_they_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree(tmp_path, "a.yaml")
    for name in (".gitignore", "pyproject.toml"):
        (tmp_path / name).write_text("")
    opened = os.open

    def refuse(path: object, *arguments: int) -> int:
        if str(path).endswith(refused):
            raise PermissionError(13, "Permission denied", path)
        return opened(path, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", refuse)
    refused = ".gitignore"
    result = run("check", ".", "--format", "concise", folder=tmp_path)
    assert result.out == (
        ".gitignore:1:1: error[unreadable-file] cannot open .gitignore: permission denied\n"
    )
    assert result.code == 2
    refused = "pyproject.toml"
    result = run("check", ".", folder=tmp_path)
    said = "permission denied (--isolated looks for no configuration)"
    assert result.err == f"cnn-shapes: cannot open {tmp_path / 'pyproject.toml'}: {said}\n"
    assert result.code == 2
    assert run("check", ".", "--isolated", folder=tmp_path).code == 0


def test_a_gigantic_file_that_nobody_named(tmp_path: Path) -> None:
    tree(tmp_path, "a.yaml")
    for name in (".gitignore", "pyproject.toml"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(2**33)
        result = run("check", ".", folder=tmp_path)
        assert result.code == 2
        assert "file too large" in result.out + result.err
        (tmp_path / name).unlink()


@pytest.mark.parametrize("option", ["--fix", "--pin"])
def test_no_link_leads_a_change_out_of_the_folder(option: str, tmp_path: Path) -> None:
    slip = "input: [8, 8, 1]\nlayers: [maxpool: {kernel-size: 2}, {relu: {name: a}}]\n"
    text = slip if option == "--fix" else slip.replace("-size", "_size")
    (tmp_path / "x").mkdir()
    for name in ("out.yaml", "x/in.yaml"):
        (tmp_path / name).write_text(text)
    (tmp_path / "x" / "out.yaml").symlink_to("../out.yaml")
    (tmp_path / "x" / "link.yaml").symlink_to("in.yaml")
    result = run("check", "x", option, folder=tmp_path)
    said = "x/out.yaml: not changed, for it is a link that leads out of the folder: name it to do so\n"
    assert said in result.err
    assert (tmp_path / "out.yaml").read_text() == text
    assert (tmp_path / "x" / "in.yaml").read_text() != text
    assert result.code == 1
    run("check", "x/out.yaml", option, folder=tmp_path)
    assert (tmp_path / "out.yaml").read_text() != text
    assert (tmp_path / "x" / "out.yaml").is_symlink()
