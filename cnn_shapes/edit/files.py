"""Writing a file so that it is there whole, or as it was before."""

from __future__ import annotations

import errno
import os
import re
from contextlib import suppress

_NEW_FILE = 0o666  # before the umask
_STREAMS = {"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2}
_DESCRIPTOR = r"/(?:dev|proc/self)/fd/(\d{1,9})"
_LINKS = 40  # as many as Linux follows


class FileChanged(OSError):
    """The file is not what it was when it was read: writing would lose what somebody else wrote."""


class FileThere(FileExistsError):
    """There is a file already where a new one was to be."""


def write_atomically(path: str, data: bytes, expected: bytes | None = None) -> None:
    """Give the file at `path` these bytes, at once: a crash leaves the old file or the new one, never a half.

    A link stays a link to the file that is written; the file keeps its mode. With `expected`, the file must
    still hold these bytes: `FileChanged` where it does not. Other failures raise OSError, and leave no
    draft. A device or a pipe is simply written to, and so is an open file that /dev/stdout or /dev/fd names:
    after what its owner has written, under the same name.
    """
    descriptor = _descriptor(path)
    if descriptor is not None:
        with os.fdopen(os.dup(descriptor), "wb") as file:
            file.write(data)
        return
    if os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path):
        with open(path, "wb") as file:
            file.write(data)
        return
    target = os.path.realpath(path)
    draft = _draft(target, data)
    try:
        with suppress(FileNotFoundError):
            os.chmod(draft, os.stat(target).st_mode & 0o7777)
            if not os.access(target, os.W_OK):  # a rename would not mind
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        if expected is not None and _read(target) != expected:
            raise FileChanged(f"{path} has changed since it was read")
        os.replace(draft, target)
    except BaseException:
        os.unlink(draft)
        raise
    _settle_folder(target)


def write_new(path: str, data: bytes) -> None:
    """Make a new file with these bytes, at once. Raises `FileThere` where there is one, and leaves it."""
    if os.path.lexists(path):
        raise FileThere(f"{path} exists already")
    target = os.path.realpath(path)
    draft = _draft(target, data)
    try:
        try:
            os.link(draft, target)  # unlike a rename, it never takes the place of a file
        except FileExistsError:
            raise FileThere(f"{path} exists already") from None
        except OSError:  # a file system without links
            if os.path.lexists(target):
                raise FileThere(f"{path} exists already") from None
            os.replace(draft, target)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(draft)
    _settle_folder(target)


def _descriptor(path: str) -> int | None:
    """The open file that a path names, itself or by links: what it leads to must not be replaced."""
    for _ in range(_LINKS):
        path = os.path.abspath(path)
        if path in _STREAMS:
            return _STREAMS[path]
        found = re.compile(_DESCRIPTOR).fullmatch(path)
        if found:
            return int(found[1])
        try:
            path = os.path.join(os.path.dirname(path), os.readlink(path))
        except (OSError, ValueError):
            break
    return None


def _draft(target: str, data: bytes) -> str:
    """A file of its own beside the target, with the data on the disk."""
    folder, name = os.path.split(target)
    draft = os.path.join(folder, f".{name[:100]}.{os.getpid()}.{os.urandom(4).hex()}.part")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), _NEW_FILE)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        os.unlink(draft)
        raise
    return draft


def _read(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def _settle_folder(target: str) -> None:
    """Have the folder's entry on the disk too, where the system can do that."""
    with suppress(OSError):
        handle = os.open(os.path.dirname(target), os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
