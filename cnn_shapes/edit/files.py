"""Writing a file so that it is there whole, or as it was before."""

from __future__ import annotations

import errno
import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from time import monotonic, sleep

_NEW_FILE, _OWN_FILE = 0o666, 0o600  # before the umask
_SHORT = 100  # bytes of a name that its draft has too
_PATIENCE, _PACE = 10.0, 0.01  # seconds that a lock is waited for, and between two attempts
_STREAMS = {"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2}
_DESCRIPTOR = r"/(?:dev|proc/self)/fd/(\d{1,9})"
_LINKS = 40  # as many as Linux follows


class FileChanged(OSError):
    """The file is not what it was when it was read: writing would lose what somebody else wrote."""


class FileThere(FileExistsError):
    """There is a file already where a new one was to be."""


def write_atomically(path: str, data: bytes, expected: bytes | None = None) -> int:
    """Give the file at `path` these bytes, at once: a crash leaves the old file or the new one, never a half.

    A link stays a link to the file that is written; the file keeps its mode and its owner. Returns how many
    other names of it (hard links) there are: they keep the old bytes, since no file can be replaced under all
    its names at once.

    With `expected`, the file must still hold these bytes: `FileChanged` where it does not, also where
    somebody else writes at the same time. Other failures raise OSError, and leave no draft. Without it, a
    device or a pipe is simply written to, and so is an open file that /dev/stdout or /dev/fd names: after
    what its owner has written, under the same name.
    """
    descriptor = _descriptor(path)
    is_stream = descriptor is not None or not (
        os.path.isfile(path) or os.path.isdir(path) or not os.path.exists(path)
    )
    if is_stream and expected is not None:
        raise OSError("it is not a file that can be written again")
    if is_stream:
        with open(path, "wb") if descriptor is None else os.fdopen(os.dup(descriptor), "wb") as file:
            file.write(data)
        return 0
    target = os.path.realpath(path)
    with _undisturbed(), _locked(target) if expected is not None else nullcontext():
        return _replace(path, target, data, expected)


def _replace(path: str, target: str, data: bytes, expected: bytes | None) -> int:
    found = None
    with suppress(FileNotFoundError):
        found = os.stat(target)
    draft = _draft(target, data, _NEW_FILE if found is None else _OWN_FILE)
    try:
        if found is not None:
            if not os.access(target, os.W_OK):  # a rename would not mind
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
            os.chmod(draft, _mode_as_of(draft, found))
        if expected is not None and _read(target) != expected:
            raise FileChanged(f"{path} has changed since it was read")
        os.replace(draft, target)
    except BaseException:
        os.unlink(draft)
        raise
    _settle_folder(target)
    return 0 if found is None else found.st_nlink - 1


def _mode_as_of(draft: str, found: os.stat_result) -> int:
    """The mode that a draft gets in the place of a file, whose owner and group it is given where we may.

    Another group has no more rights than all others.
    """
    mode = found.st_mode & 0o7777
    if not hasattr(os, "chown"):
        return mode
    try:
        os.chown(draft, found.st_uid, found.st_gid)
    except OSError:  # only root may give a file away
        if os.stat(draft).st_gid != found.st_gid:
            mode = mode & 0o707 | (mode & 0o007) << 3
    return mode


def write_new(path: str, data: bytes) -> None:
    """Make a new file with these bytes, at once. Raises `FileThere` where there is one, and leaves it."""
    if os.path.lexists(path):
        raise FileThere(f"{path} exists already")
    target = os.path.realpath(path)
    with _undisturbed():
        draft = _draft(target, data, _NEW_FILE)
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


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let a polite end wait until the file is whole and no draft is left; it comes right after."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGTERM, signal.SIGHUP))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _locked(target: str) -> Iterator[None]:
    """Let nobody else who asks for this lock change the file meanwhile.

    Replacing a file makes another one of its name: whoever has waited looks whether its lock is on that one.
    Where the system has no such locks, all goes on without.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    end = monotonic() + _PATIENCE
    while True:
        try:
            handle = os.open(target, os.O_RDONLY)
        except OSError:  # it is gone or cannot be read: comparing says so
            yield
            return
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(handle), os.stat(target)):
                    break
            os.close(handle)
        except BlockingIOError:
            os.close(handle)
            if monotonic() > end:
                raise FileChanged(f"{target} is being changed by something else") from None
            sleep(_PACE)
        except OSError:  # a file system without locks
            break
    try:
        yield
    finally:
        os.close(handle)


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


def _draft(target: str, data: bytes, mode: int) -> str:
    """A file of its own beside the target, with the data on the disk and no more rights than `mode`."""
    folder, name = os.path.split(target)
    short = os.fsdecode(os.fsencode(name)[:_SHORT])  # names are limited in bytes
    draft = os.path.join(folder, f".{short}.{os.getpid()}.{os.urandom(4).hex()}.part")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
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
