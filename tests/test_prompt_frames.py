"""Sessions in a real terminal, key by key: every frame is compared with a file, at three widths.

A file holds after each key the lines of the screen that it changed, so that it holds every frame whole.
`pytest --update` records; a replay waits until the frame is the expected one. The terminals of a
session are played at the same time: most of a replay is waiting, a second a line where no cursor is reported.
"""

import re
import shutil
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import product
from pathlib import Path

import pytest

from tests.golden import HANGS, ROOT
from tests.prompt_screen import Screen

FOLDER = ROOT / "tests" / "prompt" / "frames"
# what is between blanks is typed at once, what is in [...] key by key
SESSIONS = {
    "student": [
        *("input 28x28x1<enter>", "[conv 32 4 relu]", "<enter>", "[pool 2]", "<enter>", "fix 1<enter>"),
        *("[co]", "<tab>", "<tab>", "<ctrl-c>", "[conv 64 5 pad]", "<tab>", "[sa]", "<ctrl-c>"),
        *("undo<enter>", "<up>", "<up>", "<ctrl-c>", "save mnist<enter>", "quit<enter>"),
    ],
    "engineer": [
        *("load broken.yaml<enter>", "fix 1<enter>", "edit 1<enter>", "<back>", "<ctrl-c>"),
        *(
            "[edit 1 conv 64 7 s2 p2]",
            "<ctrl-c>",
            "[edit 2 pool 2]",
            "<ctrl-c>",
            "[delete 5]",
            "<ctrl-c>",
            "save<enter>",
            "<ctrl-d>",
        ),
    ],
    "typist": [
        *("input 28x28x1<enter>", "[채ㅜㅍ 8 5]", "<enter>", "[Conv2D(8, 3)]", "<enter>", "<ctrl-r>", "[채]"),
        *("<enter>", "<ctrl-c>", "[conv 8 3 -> 2]", "<enter>", "[conv 5 32]", "<ctrl-c>", "sh<enter>"),
        *("save a.yaml<enter>", "<ctrl-d>"),
    ],
    "learner": [
        *(
            "learn<enter>",
            "input 28x28x1<enter>",
            "[conv 32 4]",
            "<back>",
            "[5]",
            "<enter>",
            "[pool 5]",
            "<back>",
        ),
        *(
            "2<enter>",
            "conv 64 5<enter>",
            "pool 2<enter>",
            "flatten<enter>",
            "dense 10<enter>",
            "learn<enter>",
        ),
        *("edit 1 conv 32 4<enter>", "why<enter>", "learn stop<enter>"),
    ],
    "blog": [
        *(
            "28x28x1 -> conv 5x5x32 -> pool 2 -> conv 64 5 -> pool 2 -> flatten -> dense 10<enter>",
            "clear<enter>",
        ),
        *(
            "28x28x1 -> conv 32 4 -> pool 2 -> flatten<enter>",
            "why<enter>",
            "fix 1<enter>",
            "<enter>",
        ),
    ],
}
# those that begin as the first one of somebody: what was typed before, they have not
FIRST = ("learner",)


def keys_of(name: str) -> list[str]:
    """The keys of a session, one step each."""
    keys: list[str] = []
    for step in SESSIONS[name]:
        keys += list(step[1:-1]) if step.startswith("[") else [step]
    return keys


@pytest.mark.parametrize("name", SESSIONS)
def test_frames(name: str, tmp_path: Path, update: bool) -> None:
    terminals = list(product((100, 60, 40), (True, False)))
    if update:  # one after the other: a frame is recorded when it is still
        for terminal in terminals:
            with open_screen(tmp_path, *terminal, first=name in FIRST) as screen:
                file_of(name, *terminal).write_text(record(screen, name), encoding="utf-8")
        return
    with ExitStack() as stack, ThreadPoolExecutor(len(terminals)) as pool:
        first = name in FIRST
        screens = [stack.enter_context(open_screen(tmp_path, *one, first=first)) for one in terminals]
        files = [file_of(name, *terminal).read_text(encoding="utf-8") for terminal in terminals]
        list(pool.map(replay, screens, files))  # raises what a replay raises


def file_of(name: str, columns: int, reports: bool) -> Path:
    return FOLDER / f"{name}_{columns}{'' if reports else '_no_reports'}.out"


def open_screen(folder: Path, columns: int, reports: bool, first: bool = False) -> Screen:
    """A terminal with a folder of its own, in which a broken spec lies; the prompt has run before, or not."""
    own = folder / f"{columns}_{reports}"
    (own / "state" / "cnn-shapes").mkdir(parents=True)
    if not first:
        (own / "state" / "cnn-shapes" / "history").touch()
    shutil.copy(ROOT / "tests" / "prompt" / "broken.yaml", own)
    return Screen(own, columns=columns, lines=18, reports=reports)


def record(screen: Screen, name: str) -> str:
    """Play a session and write down what each key changes."""
    screen.wait_for("\n>")
    screen.settle(0.5)
    before: list[str] = []
    parts = []
    for key in ["", *keys_of(name)]:
        screen.type(key)
        screen.settle(1.4 if "<enter>" in key else 0.4)
        frame = screen.frame().split("\n")
        parts.append(f"=== {key}\n{changes(before, frame)}")
        before = frame
    return "".join(parts)


def changes(before: list[str], after: list[str]) -> str:
    lines = []
    for row in range(max(len(before), len(after))):
        old = before[row] if row < len(before) else ""
        new = after[row] if row < len(after) else ""
        if old != new:
            lines.append(f"{row:2}|{new}\n")
    return "".join(lines)


def replay(screen: Screen, text: str) -> None:
    """Press each key of a file, and compare the whole frame that it leads to."""
    screen.wait_for("\n>")
    rows: dict[int, str] = {}
    for part in re.split(r"^=== ", text, flags=re.M)[1:]:
        key, _, body = part.partition("\n")
        for line in body.splitlines():
            row, _, shown = line.partition("|")
            rows[int(row)] = shown
        expected = "\n".join(rows.get(row, "") for row in range(screen.screen.lines)).rstrip("\n")
        screen.type(key)
        found = wait(screen, expected)
        where = f"{screen.screen.columns} columns, cursor reports: {screen.reports}"
        assert found == expected, f"{where}, after {key!r}:\n{found}\n--- expected:\n{expected}"


def wait(screen: Screen, expected: str) -> str:
    """The frame once it is the expected one, or at last; looked at whenever something was drawn."""
    end = time.monotonic() + HANGS
    found = screen.frame()
    while found != expected and time.monotonic() < end:
        if screen.read():
            found = screen.frame()
    return found


def test_colours_say_what_is_incomplete_and_what_is_wrong(tmp_path: Path) -> None:
    with Screen(tmp_path) as screen:
        screen.wait_for("\n>")
        screen.type("input 28x28x1<enter>conv 32 4<enter>poo")
        screen.wait_for("maxpool SIZE")
        assert screen.color_of("maxpool SIZE") == ("brightblack", False)
        screen.type("l 2")
        screen.wait_for("not a natural number")
        assert screen.color_of("25 / 2") == ("red", True)
        screen.type("<back>5")
        screen.wait_for("25 / 5 = 5")
        assert screen.color_of("25 / 5") == ("green", False)


def test_no_color(tmp_path: Path) -> None:
    with Screen(tmp_path, environment={"NO_COLOR": "1"}) as screen:
        screen.wait_for("\n>")
        screen.type("input 28x28x1<enter>conv 32 4<enter>pool 2")
        screen.wait_for("not a natural number")
        assert screen.color_of("25 / 2")[0] == "default"
        screen.type("<enter>")
        screen.wait_for("not added")
        assert screen.color_of("a 25x25 feature map")[0] == "default"


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [(("--plain",), {}), ((), {"ACCESSIBLE": "1"}), ((), {"TERM": "dumb"})],
    ids=["plain", "accessible", "dumb"],
)
def test_plain_lines(arguments: tuple[str, ...], environment: dict[str, str], tmp_path: Path) -> None:
    with Screen(tmp_path, *arguments, environment=environment) as screen:
        screen.wait_for("\n>")
        screen.type("input 28x28x1<enter>")
        screen.wait_for("1 channel")
        screen.type("conv 32 5<enter>")
        screen.wait_for("832 parameters")
        dumb = environment.get("TERM") == "dumb"
        assert ("layer 1: conv 5x5, 32. shape: 28x28x1 to 24x24x32." in screen.frame()) is not dumb


def test_leaving_keeps_what_is_not_saved(tmp_path: Path) -> None:
    with Screen(tmp_path) as screen:
        screen.wait_for("\n>")
        screen.type("input 28x28x1<enter>conv 32 5<enter>")
        screen.wait_for("832 parameters")
        screen.type("<ctrl-d>")
        screen.wait_for("unsaved-1.yaml")
    kept = tmp_path / "state" / "cnn-shapes" / "unsaved-1.yaml"
    assert kept.read_text() == "input: [28, 28, 1]\nlayers:\n  - conv: {filters: 32, kernel_size: 5}\n"


@pytest.mark.parametrize("plain", [(), ("--plain",)], ids=["terminal", "plain"])
def test_a_kill_keeps_what_is_not_saved(plain: tuple[str, ...], tmp_path: Path) -> None:
    with Screen(tmp_path, *plain) as screen:
        screen.wait_for("\n>")
        screen.type("input 28x28x1<enter>")
        screen.wait_for("1 channel")
        screen.child.kill(signal.SIGTERM)
        screen.wait_for("unsaved-1.yaml")
    assert (tmp_path / "state" / "cnn-shapes" / "unsaved-1.yaml").read_text().startswith("input: [28, 28, 1]")
