"""The text of a `.keras` file: a zip archive, in which config.json is the model, and the rest its weights."""

from __future__ import annotations

import errno
import os
import struct
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

_MODEL = "config.json"
_LARGEST = 2**24  # bytes of the text: the largest models of Keras have a tenth of it
_END, _END_SIZE, _LONGEST_COMMENT = b"PK\x05\x06", 22, 2**16
_MOST_FILES, _LONGEST_LIST = 10_000, 2**22
_ENCRYPTED = 1


def model_text(path: str) -> bytes:
    """The model in an archive. Raises OSError, and ValueError where it is none or asks for too much.

    Only the list of its files and the model are read, however large the archive is or says to be.
    """
    if os.path.exists(path) and not os.path.isfile(path):
        number = errno.EISDIR if os.path.isdir(path) else errno.EINVAL
        raise OSError(number, os.strerror(number), path)
    with open(path, "rb") as file:
        _need_short_list(file)
        try:
            with ZipFile(file) as archive:
                return _model_in(archive)
        except BadZipFile:
            raise ValueError("it is not a whole zip archive, which a .keras file is") from None
        except (EOFError, NotImplementedError, RuntimeError, struct.error, UnicodeError) as error:
            raise ValueError("its zip archive is damaged") from error
        except Exception as error:  # zlib.error has no name of its own where zlib is not there
            if type(error).__module__ != "zlib":
                raise
            raise ValueError("its zip archive is damaged") from error


def _model_in(archive: ZipFile) -> bytes:
    try:
        info = archive.getinfo(_MODEL)
    except KeyError:
        raise ValueError(f"its zip archive has no {_MODEL}, which a .keras file has") from None
    if info.flag_bits & _ENCRYPTED:
        raise ValueError(f"its {_MODEL} is encrypted")
    if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise ValueError(f"its {_MODEL} is compressed in a way that Keras does not use")
    if info.file_size > _LARGEST:
        raise ValueError(f"its {_MODEL} has more than {_LARGEST >> 20} MiB, the limit")
    with archive.open(info) as member:
        data = member.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise ValueError(f"its {_MODEL} has more than {_LARGEST >> 20} MiB, the limit")
    return data


def _need_short_list(file: IO[bytes]) -> None:
    """Raise ValueError where the list of files is longer than that of any model: it is read as a whole."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _END_SIZE - _LONGEST_COMMENT))
    end = file.read(_END_SIZE + _LONGEST_COMMENT)
    place = end.rfind(_END)
    if place < 0 or len(end) - place < _END_SIZE:
        raise ValueError("it is not a whole zip archive, which a .keras file is")
    _, count, length = struct.unpack("<HHL", end[place + 8 : place + 16])
    if count > _MOST_FILES or length > _LONGEST_LIST:
        raise ValueError(f"its zip archive lists more than {_MOST_FILES:,} files, the limit")
    file.seek(0)
