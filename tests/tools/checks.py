"""All checks in one command: `python -m tests.tools.checks`; with `--no-tests`, all but the tests."""

import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
CHECKS = ("ruff check", "ruff format --check", "mypy --strict")
TESTS = "pytest -n auto -m 'not (oracle or browser)'"


def main(arguments: list[str]) -> int:
    """Run every check, also after one that fails, and say which failed. The exit code is 1 if any did."""
    if arguments not in ([], ["--no-tests"]):
        print(__doc__, file=sys.stderr)
        return 2
    commands = CHECKS if arguments else (*CHECKS, TESTS)
    failed = [command for command in commands if not passes(command)]
    print("\nall checks hold" if not failed else f"\nto mend: {', '.join(failed)}")
    return 1 if failed else 0


def passes(command: str) -> bool:
    """Run a tool of this environment from the repository root, and show what it says."""
    print(f"\n$ {command}", flush=True)
    tool = [sys.executable, "-m", *shlex.split(command)]
    return subprocess.run(tool, cwd=ROOT, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
