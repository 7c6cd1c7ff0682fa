"""A file is written whole or not at all, in the place of what was read and of nothing else."""

import os
from pathlib import Path

import pytest

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
