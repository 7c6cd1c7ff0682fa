"""Files of other tools: what is said of each in `tests/dialects`, and what the first fix makes of it.

Every NAME.out is a transcript of commands on the file NAME beside it (see golden.py); NAME.fixed is the file
after `fix --apply 1`, byte by byte. The numbers in them stand in rows too: see the test of each dialect.
"""

import shutil
from pathlib import Path

import pytest

from cnn_shapes.checking import check_path
from tests import golden

DIALECTS = golden.ROOT / "tests" / "dialects"
OUTPUTS = (".out", ".fixed")
FILES = sorted(file for file in DIALECTS.rglob("*") if file.is_file() and file.suffix not in OUTPUTS)


def _named(files: list[Path]) -> list[object]:
    return [pytest.param(file, id=str(file.relative_to(DIALECTS))) for file in files]


@pytest.mark.parametrize("file", _named(FILES))
def test_what_is_said_of_a_file(file: Path, update: bool) -> None:
    golden.check(file.with_suffix(".out"), [f"{golden.COMMAND} check {file.name}"], update=update)


@pytest.mark.parametrize("file", _named([file for file in FILES if file.with_suffix(".fixed").exists()]))
def test_a_fix_changes_nothing_else(file: Path, tmp_path: Path, update: bool) -> None:
    copy = tmp_path / file.name
    shutil.copy(file, copy)
    result = golden.run("fix", file.name, "--apply", "1", folder=tmp_path)
    assert (result.code, result.err) == (0, "")
    assert check_path(str(copy)).ok
    fixed = file.with_suffix(".fixed")
    if update:
        shutil.copy(copy, fixed)
    assert copy.read_bytes() == fixed.read_bytes()
