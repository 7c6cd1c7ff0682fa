"""What a session answers, line by line: pairs of files, what is typed and what is then on the screen."""

import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnn_shapes.formats import DisplayOptions
from cnn_shapes.formats.parts.streams import Output
from cnn_shapes.prompt.session.state import Session
from cnn_shapes.prompt.terminal.lines import run_plain
from cnn_shapes.prompt.terminal.shell import greeting
from cnn_shapes.prompt.view.wording import show
from cnn_shapes.words import speaking
from tests.golden import ROOT, run
from tests.korean import names

FOLDER = ROOT / "tests" / "prompt"
CONVERSATIONS = (
    "first",
    "student",
    "engineer",
    "linear",
    "pasted",
    "blog",
    "words",
    "why",
    "learn",
    "mistakes",
)
NARROW = (80, 60, 40)  # columns


def conversation(typed: list[str], session: Session, first: bool) -> str:
    """All that is on the screen, the typed lines after their prompt."""
    text = io.StringIO()
    out = Output(text, session.options)
    lines: Iterator[str] = iter(typed)

    def read(prompt: str) -> str:
        line = next(lines, None)
        if line is None:
            raise EOFError
        text.write(f"{prompt}{line}\n")
        return line

    with speaking(session.options.language):
        show(greeting(first), out)
    kept = [session]
    run_plain(session, read, out, kept.append)
    return f"{text.getvalue()}=== the text\n{kept[-1].text}"


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_conversation(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, update: bool) -> None:
    shutil.copy(FOLDER / "broken.yaml", tmp_path)
    shutil.copy(FOLDER / "broken.yaml", tmp_path / "other.yaml")
    monkeypatch.chdir(tmp_path)
    session = Session(options=DisplayOptions(width=100), linear=name == "linear")
    typed = (FOLDER / f"{name}.in").read_text(encoding="utf-8").splitlines()
    compare(FOLDER / f"{name}.out", conversation(typed, session, name == "first"), update)


@pytest.mark.parametrize("width", NARROW)
def test_a_chain_on_a_narrow_terminal(width: int, update: bool) -> None:
    session = Session(options=DisplayOptions(width=width))
    typed = (FOLDER / "blog.in").read_text(encoding="utf-8").splitlines()[:1]
    found = conversation(typed, session, False)
    answer = found.partition(f"{typed[0]}\n")[2].partition("===")[0]
    assert max(map(len, answer.splitlines())) <= width
    compare(FOLDER / f"blog_{width}.out", found, update)


# those of a beginner, in Korean; and what else stays as it is: code, and the reasons of the system
KOREAN = ("learn", "why", "mistakes", "blog")
AS_IT_IS = re.compile(
    r"^(import |from |def |class |    |#|if |>|\[|-|\"\"\"|===|input:|layers:|rounding:|params:|blocks:)"
)


def korean_of(name: str, folder: Path) -> str:
    """A conversation in Korean."""
    shutil.copy(FOLDER / "broken.yaml", folder)
    shutil.copy(FOLDER / "broken.yaml", folder / "other.yaml")
    session = Session(options=DisplayOptions(width=100, language="ko"))
    typed = (FOLDER / f"{name}.in").read_text(encoding="utf-8").splitlines()
    return conversation(typed, session, name == "learn")


@pytest.mark.parametrize("name", KOREAN)
def test_in_korean(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, update: bool) -> None:
    monkeypatch.chdir(tmp_path)
    compare(FOLDER / f"{name}.ko.out", korean_of(name, tmp_path), update)


# names of files and layers of these conversations
OWN = {"untitled", "broken", "stem", "halves", "again", "homework", "how", "text", "cov"}
NOT_YET = ("engineer", "pasted")  # the question whether to overwrite, and what is said of some classes


@pytest.mark.parametrize("name", [name for name in CONVERSATIONS if name not in NOT_YET])
def test_no_english_sentence_is_left(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that a person reads has Hangul, or is names and numbers."""
    monkeypatch.chdir(tmp_path)
    lines = [line for line in korean_of(name, tmp_path).splitlines() if not AS_IT_IS.match(line)]
    sentences = [line for line in lines if not re.search("[가-힣]", line)]
    known = names() | OWN
    left = [
        line for line in sentences if [word for word in re.findall("[a-z]{3,}", line) if word not in known]
    ]
    assert left == []


@pytest.mark.parametrize("options", [(), ("--keep-going",)], ids=["stops", "keep_going"])
def test_script(options: tuple[str, ...], update: bool) -> None:
    typed = (FOLDER / "script.in").read_text(encoding="utf-8")
    result = run("interactive", *options, stdin=typed)
    found = f"=== stdout\n{result.out}=== stderr\n{result.err}=== exit {result.code}\n"
    compare(FOLDER / f"script{'_keep_going' if options else ''}.out", found, update)


def compare(file: Path, found: str, update: bool) -> None:
    if update:
        file.write_bytes(found.encode())
    assert file.exists(), f"{file.name} is missing: pytest --update writes it"
    assert found == file.read_bytes().decode()
