"""Repositories of git for tests: in a folder, with what is in it committed."""

import subprocess
from pathlib import Path

_AUTHOR = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *_AUTHOR, *arguments], cwd=folder, check=True, capture_output=True)


def committed(folder: Path, branch: str = "") -> None:
    """Commit all that is in a folder, and call that `branch` of a remote too."""
    if not (folder / ".git").exists():
        git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=x")
    if branch:
        git(folder, "update-ref", f"refs/remotes/{branch}", "HEAD")
