"""Files and lines of a session: saving, loading, what is kept, and how wide an answer is."""

import os
import re
from io import StringIO
from pathlib import Path

import pytest

from cnn_shapes.formats import DisplayOptions
from cnn_shapes.formats.parts.streams import Output
from cnn_shapes.prompt.language.completion import complete
from cnn_shapes.prompt.session.commands import context_of
from cnn_shapes.prompt.session.state import UNTITLED, Session
from cnn_shapes.prompt.session.step import step
from cnn_shapes.prompt.terminal import files
from cnn_shapes.prompt.terminal.lines import Leave, run_line
from cnn_shapes.prompt.view.preview import preview
from cnn_shapes.prompt.view.wording import show, worded
from cnn_shapes.source import Source
from tests.prompt_steps import answered


def test_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    asked: list[str] = []

    def ask(question: str, answer: bool = False) -> bool:
        asked.append(question)
        return answer

    session, _ = run_line(Session(), "input 8x8x1; relu; save net; flatten; save; bn", ask)
    assert Path("net.yaml").read_text() == "input: [8, 8, 1]\nlayers:\n  - relu\n  - flatten\n"
    assert session.is_unsaved
    assert asked == []
    Path("net.yaml").write_text("other")
    session, replies = run_line(session, "save", ask)
    assert asked == ["net.yaml was changed by something else since it was read. Overwrite it?"]
    assert replies[-1].wrong
    assert Path("net.yaml").read_text() == "other"
    session, _ = run_line(session, "save", lambda question: True)
    assert Path("net.yaml").read_text() == session.text
    Path("else.yaml").write_text("mine")
    _, replies = run_line(session, "save else.yaml", ask)
    assert (replies[-1].wrong, Path("else.yaml").read_text()) == (True, "mine")
    Path("folder").mkdir()
    _, replies = run_line(session, "save folder/x/y.yaml", ask)
    assert replies[-1].lines[0].text == "cannot write folder/x/y.yaml: no such file or directory"
    _, replies = run_line(session, "save .", ask)
    assert replies[-1].lines[0].text == "cannot write .: is a directory"
    _, replies = run_line(session, "save folder", ask)
    assert replies[-1].lines[0].text == "cannot write folder: is a directory"
    assert not Path("folder.yaml").exists()
    with pytest.raises(Leave):
        run_line(session, "quit", ask)


def test_a_problem_outside_the_layers_is_at_its_line(tmp_path: Path) -> None:
    file = tmp_path / "net.yaml"
    file.write_text("# mine\ninput: [8, 8, 1]\nparams: 3\nlayers:\n  - relu\n")
    _, replies = run_line(Session(), f"load {file}", lambda question: False)
    assert replies[-1].lines[2].text.startswith("  line 3: params must be a mapping")


def test_what_a_fix_leaves_is_reported_by_layers() -> None:
    layers = "  - maxpool: 2\n  - maxpool: 2\n  - conv: {filters: 1, stride: 3, size: 2}\n"
    session = Session(source=Source("net.yaml", f"input: [29, 29, 1]\nlayers:\n{layers}"))
    _, reply = answered(session, "fix")
    assert "    leaves unknown-key in layer 3    1 problem remains\n" in reply.text


def test_two_lines_are_two_layers() -> None:
    layers = (
        "  - conv: {filters: 4, kernel_size: 3, share: b}\n  - conv: {filters: 4, kernel_size: 3, name: b}\n"
    )
    session = Session(source=Source("net.yaml", f"input: [8, 8, 4]\nlayers:\n{layers}"))
    _, reply = answered(session, "fix")
    assert "layers 1 and 2 look swapped" in reply.text
    assert "no layer is called b here: it is further down, in layer 2, and share sees only" in reply.text
    assert " line" not in reply.text


@pytest.mark.parametrize(
    "layers",
    [
        "[conv: {filters: 2, kernel_size: 4}, maxpool: 2, flatten]",
        "\n  - conv: {filters: 2, kernel_size: 4}\n  - maxpool: 2\n  - flatten",
    ],
)
def test_layers_on_one_line_are_distinguished(layers: str) -> None:
    session = Session(source=Source("net.yaml", f"input: [28, 28, 1]\nlayers: {layers}\n"))
    _, reply = answered(session, "fix")
    lines = reply.text.splitlines()
    assert lines[0] == "  layer 2: a 25x25 feature map is not a multiple of the 2x2 pool"
    assert " in layer 1 " in next(line for line in lines if line.startswith("  fix 1: "))


@pytest.mark.parametrize("width", [120, 100, 80, 60])
def test_colours_take_no_room(width: int) -> None:
    """A painted table has the lines of a plain one, whose widest fits."""
    session, _ = step(Session(), "input 28x28x1; conv 32 5 relu; pool 2; flatten; dense 10")
    shown = []
    for color in (False, True):
        options = DisplayOptions(color=color, width=width)
        _, reply = answered(session._replace(options=options), "show")
        text = StringIO()
        show(reply.lines, Output(text, options))
        shown.append(text.getvalue())
    plain, painted = shown
    assert "\x1b[" in painted
    bare = re.sub(r"\x1b\[[\d;]*m", "", painted)
    assert [line.rstrip() for line in bare.split("\n")] == [line.rstrip() for line in plain.split("\n")]
    assert max(map(len, plain.split("\n"))) <= width


def test_unsaved_work_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    session, _ = step(Session(), "input 8x8x1; relu")
    reply = worded(files.recover(session))
    kept = tmp_path / "cnn-shapes" / "unsaved-1.yaml"
    assert kept.read_text() == session.text
    assert str(kept) in reply.text
    other, _ = step(session, "bn")
    files.recover(other)
    assert (tmp_path / "cnn-shapes" / "unsaved-2.yaml").read_text() == other.text
    assert worded(files.recover(session)) == reply  # the same text is kept once
    assert files.recover(Session()).facts == ()


def unsaved(name: str = UNTITLED) -> Session:
    session, _ = step(Session(), "input 8x8x1; relu")
    return session._replace(source=Source(name, session.text))


@pytest.mark.parametrize(
    "name",
    [
        "untitled.yaml",
        "x" * 250 + ".yaml",
        "합" * 80 + ".yaml",
        "a\nb.yaml",
        "\udcff.yaml",
        "é" * 126,
        "-o.yaml",
    ],
)
def test_unsaved_work_is_kept_under_every_name(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    session = unsaved(name)
    reply = files.recover(session)
    assert not reply.wrong
    (kept,) = (tmp_path / "cnn-shapes").iterdir()
    assert kept.read_text() == session.text


def test_unsaved_work_is_kept_whatever_is_in_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    folder = tmp_path / "cnn-shapes"
    folder.mkdir()
    (folder / "unsaved-1.yaml").symlink_to("nowhere")
    os.mkfifo(folder / "unsaved-2.yaml")
    (folder / "unsaved-3.yaml").mkdir()
    (folder / "unsaved-4.yaml").symlink_to("/dev/zero")
    (folder / "unsaved-5.yaml").symlink_to("unsaved-5.yaml")
    session = unsaved()
    assert not files.recover(session).wrong
    assert (folder / "unsaved-6.yaml").read_text() == session.text
    for number in range(7, 1000):
        (folder / f"unsaved-{number}.yaml").write_text("older")
    assert not files.recover(session).wrong  # it is there already
    other, _ = step(session, "bn")
    assert not files.recover(other).wrong
    (kept,) = [file for file in folder.iterdir() if file.is_file() and file.read_text() == other.text]
    assert len(kept.stem) == len("unsaved-") + 16


def test_work_that_can_be_kept_nowhere_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    reply = files.recover(unsaved())
    assert reply.wrong
    assert worded(reply).text == (
        "what was not saved could not be kept either: not a directory. It is:\n"
        "input: [8, 8, 1]\nlayers:\n  - relu\n"
    )


@pytest.mark.parametrize("command", ["load", "save"])
def test_a_path_with_a_nul(command: str) -> None:
    session, reply = run_line(unsaved(), f"{command} a\0b", lambda question: True)
    assert reply[-1].wrong
    assert "cannot" in reply[-1].text
    assert session.text == unsaved().text


def test_saving_tells_of_other_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    session, _ = run_line(Session(), "input 8x8x1; relu; save net", lambda question: True)
    os.link("net.yaml", "second.yaml")
    _, replies = run_line(session, "bn; save", lambda question: True)
    assert replies[-1].text.endswith("  a file under another name (hard link) keeps the old text\n")


@pytest.mark.parametrize(
    "line", ["=", ",", "# ", "- # =x", "edit 1 ,", "edit 1 =", "insert 1 ,", "(", '"', ";", ""]
)
def test_signs_alone_break_nothing(line: str) -> None:
    session, _ = step(Session(), "input 8x8x1; relu")
    for cursor in range(len(line) + 1):
        assert preview(session, line, cursor).forms
        assert isinstance(complete(line, cursor, context_of(session)), list)
    after, _ = step(session, line)
    assert after.text == session.text


def test_a_folder_is_not_a_file_and_home_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    session, _ = step(Session(), "input 8x8x1; relu")
    _, reply = answered(session, "save new/")
    assert reply.text == "save needs a file, found the folder new/\n"
    run_line(session, "save ~/net", lambda question: False)
    assert (tmp_path / "net.yaml").read_text() == session.text
