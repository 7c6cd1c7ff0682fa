"""Reading files: those that a user names, and those that we look for by ourselves."""

from __future__ import annotations

import errno
import os
import stat

_ENDLESS = 2**26  # bytes: a device or a pipe that gives more than this may never end
_OWN = 2**24  # bytes of a file that nobody named
_CHUNK = 2**20


def read_file(path: str) -> bytes:
    """All bytes of a file that the user names, which may be a pipe. Raises OSError; ValueError for a NUL."""
    with open(path, "rb") as file:
        if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            return file.read()
        return _up_to(file.fileno(), _ENDLESS, path)


def read_own_file(path: str) -> bytes | None:
    """All bytes of a file that we look for by ourselves; None where there is no such file.

    What is not a regular file counts as none: a pipe would keep us waiting, a device might never end. Raises
    OSError for a file that cannot be read, or has more than 16 MiB.
    """
    try:
        # without waiting for whoever might write into a pipe; Windows has no such pipes
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        if os.path.isfile(path):
            raise
        return None  # something else, or in a folder where nobody may look for it
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return None
        return _up_to(handle, _OWN, path)
    finally:
        os.close(handle)


def _up_to(handle: int, most: int, path: str) -> bytes:
    parts, size = [], 0
    while part := os.read(handle, _CHUNK):
        parts.append(part)
        size += len(part)
        if size > most:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), path)
    return b"".join(parts)
