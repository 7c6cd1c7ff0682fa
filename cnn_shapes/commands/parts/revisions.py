"""Files as they are at a revision of git: `origin/main:net.yaml`."""

import os
import re
import subprocess
from typing import NamedTuple

# a colon may be in braces, as in HEAD^{/fix: width}
_REVISION = re.compile(r"((?:[^:{]|\{[^}]*\})*):(.+)", re.DOTALL)
_PATIENCE = 60  # seconds: git may have to fetch what a partial clone lacks
_QUIETLY = {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}


class NoSuchRevision(Exception):
    """What is named is not there: the message says which part of it."""


class FileAtRevision(NamedTuple):
    """A file of the repository that the working folder is in, as git has it. No revision is the index."""

    revision: str
    path: str

    def read(self) -> bytes:
        """What is in the file there. Raises NoSuchRevision.

        No argument can be taken for an option, and no filter or program that a repository names is run.
        """
        name = f"{self.revision}:{self.path}"
        if self.revision.startswith("-") or "\0" in name:
            raise NoSuchRevision(f"there is no file {name}, and no revision begins with -")
        prefix, top = self._folders(name)
        if self.revision and _git("rev-parse", "--verify", "--quiet", f"{self.revision}^{{commit}}") is None:
            raise NoSuchRevision(f"there is no file {name}, and git knows no revision {self.revision}")
        for path in self._paths(prefix, top):
            data = _git("cat-file", "blob", f"{self.revision}:{path}")
            if data is not None:
                return data
        where = f"at the revision {self.revision}" if self.revision else "in the index of git"
        raise NoSuchRevision(f"there is no file {self.path} {where}")

    def _folders(self, name: str) -> tuple[str, str]:
        """The working folder, seen from the top of the repository, and the top."""
        found = _git("rev-parse", "--show-prefix", "--show-toplevel")
        if found is None:
            raise NoSuchRevision(
                f"there is no file {name}, and the working folder is in no git repository that can be read"
            )
        prefix, top, *_ = [*os.fsdecode(found).split("\n"), ""]
        return prefix, top

    def _paths(self, prefix: str, top: str) -> list[str]:
        """The file from the top of the repository: from the working folder on, else as git takes it."""
        if os.path.isabs(self.path):
            return [os.path.relpath(os.path.realpath(self.path), os.path.realpath(top)).replace(os.sep, "/")]
        own = os.path.normpath(os.path.join(prefix, self.path)).replace(os.sep, "/")
        return list(dict.fromkeys((own, self.path)))


def at_revision(name: str) -> FileAtRevision | None:
    """The file at a revision that a name means; None where it is a file's own name, which wins."""
    found = None if name == "-" or os.path.lexists(name) else _REVISION.fullmatch(name)
    return None if found is None else FileAtRevision(found[1], found[2])


def _git(*arguments: str) -> bytes | None:
    """What git writes; None where it fails. Raises NoSuchRevision where there is no git."""
    try:
        return subprocess.check_output(
            ["git", *arguments],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_PATIENCE,
            env=os.environ | _QUIETLY,
        )
    except FileNotFoundError:
        raise NoSuchRevision("a revision needs git, which is not installed") from None
    except subprocess.TimeoutExpired:
        raise NoSuchRevision(f"git did not answer within {_PATIENCE} seconds") from None
    except (subprocess.CalledProcessError, OSError, ValueError):
        return None
