"""A file is written whole or not at all, in the place of what was read and of nothing else."""

import os
import threading
from pathlib import Path

import pytest

from cnn_shapes.edit import files
from cnn_shapes.edit.files import FileChanged, FileThere, write_atomically, write_new

OLD, NEW = "olé\r\n".encode(), b"neu\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "net.yaml"
    file.write_bytes(OLD)
    return file


@pytest.mark.parametrize("expected", [None, OLD])
def test_replaces(file: Path, expected: bytes | None) -> None:
    file.chmod(0o640)
    write_atomically(str(file), NEW, expected)
    assert file.read_bytes() == NEW
    assert file.stat().st_mode & 0o777 == 0o640
    assert os.listdir(file.parent) == ["net.yaml"]


def test_a_new_file_has_the_mode_of_any_other(tmp_path: Path) -> None:
    write_atomically(str(tmp_path / "a"), NEW)
    write_new(str(tmp_path / "b"), NEW)
    (tmp_path / "c").write_bytes(NEW)
    assert len({(file.read_bytes(), file.stat().st_mode) for file in tmp_path.iterdir()}) == 1
    assert len(os.listdir(tmp_path)) == 3


@pytest.mark.parametrize("found", [NEW, b"", None])
def test_refuses_what_has_changed(file: Path, found: bytes | None) -> None:
    if found is None:
        file.unlink()
    else:
        file.write_bytes(found)
    with pytest.raises(FileChanged, match=r"net\.yaml has changed since it was read"):
        write_atomically(str(file), b"lost", OLD)
    assert [file.read_bytes() for file in file.parent.iterdir()] == ([] if found is None else [found])


def test_refuses_a_file_that_is_not_to_be_written(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)  # root may write anything
    with pytest.raises(PermissionError):
        write_atomically(str(file), NEW)
    assert file.read_bytes() == OLD
    assert os.listdir(file.parent) == ["net.yaml"]


def test_a_link_stays_a_link(file: Path) -> None:
    link = file.parent / "link.yaml"
    link.symlink_to("net.yaml")
    write_atomically(str(link), NEW, OLD)
    assert link.is_symlink()
    assert file.read_bytes() == NEW


def test_a_crash_leaves_the_old_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    for function in ("fsync", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(os, function, fail)
            with pytest.raises(OSError, match="No space left"):
                write_atomically(str(file), NEW)
        assert file.read_bytes() == OLD
        assert os.listdir(file.parent) == ["net.yaml"]


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        write_atomically(str(tmp_path), NEW)
    with pytest.raises(FileNotFoundError):
        write_atomically(str(tmp_path / "no" / "net.yaml"), NEW)
    assert os.listdir(tmp_path) == []


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_atomically(str(pipe), NEW)
    assert os.read(reader, 100) == NEW
    os.close(reader)


@pytest.mark.parametrize("link", [False, True])
def test_an_open_file_is_written_to_where_it_is(file: Path, link: bool) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_APPEND)
    path = f"/dev/fd/{handle}"
    if link:
        (file.parent / "link").symlink_to(path)
        path = str(file.parent / "link")
    write_atomically(path, NEW)
    os.write(handle, NEW)  # it is still open, and still this file
    os.close(handle)
    assert file.read_bytes() == OLD + NEW + NEW
    assert link == os.path.lexists(file.parent / "link")


def test_a_pipe_without_a_name_is_written_to() -> None:
    reader, writer = os.pipe()
    write_atomically(f"/dev/fd/{writer}", NEW)
    os.close(writer)
    assert os.read(reader, 100) == NEW
    os.close(reader)


def test_links_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(OSError, match=r"symbolic links|exists"):
        write_atomically(str(tmp_path / "a"), NEW)


def test_new_does_not_take_the_place_of_anything(file: Path) -> None:
    (file.parent / "dangling").symlink_to("nowhere")
    for name in ("net.yaml", "dangling", "."):
        with pytest.raises(FileThere, match="exists already"):
            write_new(str(file.parent / name), NEW)
    assert sorted(os.listdir(file.parent)) == ["dangling", "net.yaml"]
    assert file.read_bytes() == OLD
    write_new(str(file.parent / "other.yaml"), NEW)
    assert (file.parent / "other.yaml").read_bytes() == NEW


def test_new_loses_a_race(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody makes the file between the look and the write."""
    monkeypatch.setattr(os.path, "lexists", lambda path: False)
    with pytest.raises(FileThere):
        write_new(str(file), NEW)
    assert file.read_bytes() == OLD
    assert os.listdir(file.parent) == ["net.yaml"]


def test_nobody_loses_what_another_writes_at_the_same_time(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each adds to what it has read, again and again; a pause makes every race one that is lost."""
    read = files._read

    def slowly(path: str) -> bytes | None:
        found = read(path)
        threading.Event().wait(0.002)
        return found

    monkeypatch.setattr(files, "_read", slowly)
    file.write_bytes(b"")
    refused = []

    def add(letter: bytes) -> None:
        for _ in range(5):
            while True:
                before = file.read_bytes()
                try:
                    write_atomically(str(file), before + letter, before)
                    break
                except FileChanged as error:
                    refused.append(str(error))

    writers = [threading.Thread(target=add, args=(letter,)) for letter in (b"a", b"b", b"c", b"d")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(file.read_bytes()) == sorted(b"abcd" * 5)
    assert refused
    assert os.listdir(file.parent) == ["net.yaml"]


def test_a_lock_that_is_never_given_back(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    monkeypatch.setattr(files, "_PATIENCE", 0.0)
    with file.open() as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(FileChanged, match=r"net\.yaml is being changed by something else"):
            write_atomically(str(file), NEW, OLD)
    assert file.read_bytes() == OLD
    write_atomically(str(file), NEW, OLD)
    assert file.read_bytes() == NEW


def test_a_draft_is_as_secret_as_its_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    modes = []
    fsync = os.fsync

    def look(handle: int) -> None:
        modes.append(os.fstat(handle).st_mode & 0o777)
        fsync(handle)

    monkeypatch.setattr(os, "fsync", look)
    file.chmod(0o600)
    write_atomically(str(file), NEW)
    assert modes[0] == 0o600
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_group_that_cannot_be_kept_gets_no_rights(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    os.chown(file, -1, os.getgid() + 1) if os.geteuid() == 0 else None
    expected = 0o600 if os.geteuid() == 0 else 0o660
    file.chmod(0o660)
    monkeypatch.setattr(os, "chown", refuse)
    write_atomically(str(file), NEW)
    assert file.stat().st_mode & 0o777 == expected


def test_other_names_are_counted(file: Path) -> None:
    assert write_atomically(str(file), OLD) == 0
    os.link(file, file.parent / "second")
    os.link(file, file.parent / "third")
    assert write_atomically(str(file), NEW) == 2
    assert (file.parent / "second").read_bytes() == OLD


@pytest.mark.parametrize("name", ["pipe", "link"])
def test_what_cannot_be_written_again_is_not(name: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/dev/null")
    with pytest.raises(OSError, match="not a file that can be written again"):
        write_atomically(str(tmp_path / name), NEW, OLD)


@pytest.mark.parametrize("name", ["x" * 250 + ".yaml", "합" * 80 + ".yaml", "é" * 125 + ".yaml"])
def test_the_longest_names_have_drafts(name: str, tmp_path: Path) -> None:
    write_new(str(tmp_path / name), OLD)
    write_atomically(str(tmp_path / name), NEW, OLD)
    assert os.listdir(tmp_path) == [name]
