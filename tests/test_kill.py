"""Whenever the process is killed while it fixes a file, the file is whole: as it was, or fixed.

The process is a copy of this one (fork) that kills itself at its n-th event: a call into Python or C code, or
its return. So the moments lie before and after every open, write, fsync and replace, and in between.
"""

import contextlib
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest

import cnn_shapes.commands.fix as fix
from cnn_shapes.edit import files
from tests.golden import ROOT, run

OLD = (ROOT / "tests" / "fixes" / "comments.yaml").read_bytes()
NEW = (ROOT / "tests" / "fixes" / "comments.fixed").read_bytes()
NEVER = 1 << 60
MOMENTS = 200


def fixing(
    folder: Path,
    kill_at: int = NEVER,
    watched: Callable[[str, str], None] | None = None,
    end: signal.Signals = signal.SIGKILL,
) -> int:
    """Fix `net.yaml` in a copy of this process, ended at an event; how it ended (or -1 without a copy)."""
    events = 0

    def watch(frame: FrameType, event: str, argument: object) -> None:
        nonlocal events
        events += 1
        if watched is not None:
            name = getattr(argument, "__name__", "") if event.startswith("c_") else frame.f_code.co_name
            watched(event, name if frame.f_code.co_filename == files.__file__ else "")
        if events == kill_at:
            os.kill(os.getpid(), end)

    def work() -> None:
        sys.setprofile(watch)
        try:
            run("fix", "net.yaml", "--apply", "1", folder=folder)
        finally:
            sys.setprofile(None)

    if watched is not None:
        work()
        return -1
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            work()
        os._exit(0)
    return os.waitpid(child, 0)[1]


def moments(folder: Path) -> list[int]:
    """Every event in the writing, and others spread over the whole."""
    place = 0
    writing: list[int] = []

    def watched(event: str, name: str) -> None:
        nonlocal place
        place += 1
        if name:
            writing.append(place)
            seen.add((event, name))

    seen: set[tuple[str, str]] = set()
    fixing(folder, watched=watched)
    for name in ("fsync", "replace", "write"):
        assert {("c_call", name), ("c_return", name)} <= seen
    inside = writing[:MOMENTS]
    rest = MOMENTS - len(inside)
    return sorted({*inside, *(place * part // (rest + 1) for part in range(1, rest + 1))})


if hasattr(os, "fork"):

    @pytest.mark.parametrize("link", [False, True], ids=["file", "link"])
    def test_the_file_is_always_whole(link: bool, tmp_path: Path) -> None:
        file = tmp_path / ("real" if link else "net.yaml")
        if link:
            (tmp_path / "net.yaml").symlink_to("real")
        file.write_bytes(OLD)
        run("fix", "net.yaml", "--apply", "1", folder=tmp_path)  # imports what it needs
        file.write_bytes(OLD)
        kills = moments(tmp_path)
        assert file.read_bytes() == NEW
        assert len(kills) > MOMENTS * 0.9
        found = {OLD: 0, NEW: 0}
        for kill_at in kills[:: 1 if not link else 10]:
            file.write_bytes(OLD)
            file.chmod(0o640)
            assert fixing(tmp_path, kill_at) == signal.SIGKILL
            data = file.read_bytes()
            assert data in found, f"killed at event {kill_at}"
            found[data] += 1
            assert file.stat().st_mode & 0o777 == 0o640
            assert (tmp_path / "net.yaml").is_symlink() == link
        assert all(found.values())
        assert run("fix", "net.yaml", "--apply", "1", folder=tmp_path).code == 0
        assert file.read_bytes() == NEW

    def test_a_polite_end_leaves_no_draft(tmp_path: Path) -> None:
        file = tmp_path / "net.yaml"
        file.write_bytes(OLD)
        run("fix", "net.yaml", "--apply", "1", folder=tmp_path)  # imports what it needs
        file.write_bytes(OLD)
        found = {OLD: 0, NEW: 0}
        kills = moments(tmp_path)
        for end in (signal.SIGTERM, signal.SIGHUP):
            for kill_at in kills[::12]:
                file.write_bytes(OLD)
                assert fixing(tmp_path, kill_at, end=end) == end
                found[file.read_bytes()] += 1
                assert os.listdir(tmp_path) == ["net.yaml"], f"ended at event {kill_at}"
        assert all(found.values())

    def test_without_a_kill_it_ends_well(tmp_path: Path) -> None:
        (tmp_path / "net.yaml").write_bytes(OLD)
        assert fixing(tmp_path) == 0
        assert (tmp_path / "net.yaml").read_bytes() == NEW


def test_a_file_that_changed_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "net.yaml"
    file.write_bytes(OLD)
    write = fix._write

    def late(*arguments: object) -> None:
        file.write_bytes(OLD + b"# mine\n")
        write(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(fix, "_write", late)
    result = run("fix", "net.yaml", "--apply", "1", folder=tmp_path)
    assert result.code == 2
    said = "nothing is written to net.yaml: net.yaml has changed since it was read"
    assert result.err == f"cnn-shapes: {said}\n"
    assert file.read_bytes() == OLD + b"# mine\n"
