"""Reading files: those that a user names, and those that we look for by ourselves."""

from __future__ import annotations

import errno
import os
import stat

_ENDLESS = 2**26  # bytes: a device or a pipe that gives more than this may never end
_OWN = 2**24  # bytes of a file that nobody named
_CHUNK = 2**20
_PATIENCE = 1_000  # milliseconds for a writer to come, as in `mkfifo p; generate > p & cnn-shapes check p`
# without waiting for whoever might write into a pipe; Windows has no such pipes
_AT_ONCE = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read_file(path: str) -> bytes:
    """All bytes of a file that the user names, which may be a pipe. Raises OSError; ValueError for a NUL.

    A pipe with a name that nobody writes into would keep us waiting for ever: it cannot be read.
    """
    handle = os.open(path, _AT_ONCE)
    try:
        mode = os.fstat(handle).st_mode
        if stat.S_ISDIR(mode):
            raise _refused(errno.EISDIR, path)
        if stat.S_ISREG(mode):
            with os.fdopen(handle, "rb", closefd=False) as file:
                return file.read()
        # a pipe without a name, as of <(...), has or had its writer
        named = stat.S_ISFIFO(mode) and os.path.exists(os.path.realpath(path))
        first = _first_of_pipe(handle) if named else b""
        if hasattr(os, "set_blocking"):
            os.set_blocking(handle, True)
        return first + _up_to(handle, _ENDLESS, path)
    finally:
        os.close(handle)


def read_own_file(path: str, must_be_file: bool = False) -> bytes | None:
    """All bytes of a file that we look for by ourselves; None where there is no such file.

    A pipe would keep us waiting, a device might never end: what is not a regular file counts as none, or
    raises OSError where it `must_be_file`. So does a file that cannot be read, or has more than 16 MiB.
    """
    try:
        handle = os.open(path, _AT_ONCE)
    except OSError:
        if os.path.isfile(path) or (must_be_file and os.path.lexists(path)):
            raise
        return None  # nothing, something else, or in a folder where nobody may look for it
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            if must_be_file and not os.path.samestat(found, os.stat(os.devnull)):  # that hides a file
                if stat.S_ISDIR(found.st_mode):
                    raise _refused(errno.EISDIR, path)
                raise OSError("it is not a regular file")
            return None
        return _up_to(handle, _OWN, path)
    finally:
        os.close(handle)


def _first_of_pipe(handle: int) -> bytes:
    """What is in a pipe already; empty where its writer still waits. Raises OSError where it has none."""
    from select import poll

    pipe = poll()
    pipe.register(handle)
    came = pipe.poll(_PATIENCE)
    try:
        first = os.read(handle, _CHUNK)
    except BlockingIOError:
        return b""
    if not first and not came:
        raise OSError("it is a pipe that nobody writes into")
    return first


def _up_to(handle: int, most: int, path: str) -> bytes:
    parts, size = [], 0
    while part := os.read(handle, _CHUNK):
        parts.append(part)
        size += len(part)
        if size > most:
            raise _refused(errno.EFBIG, path)
    return b"".join(parts)


def _refused(number: int, path: str) -> OSError:
    return OSError(number, os.strerror(number), path)
