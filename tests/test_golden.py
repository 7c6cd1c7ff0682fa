"""The command says of every spec in `tests/cases` what the transcript beside it says (see golden.py)."""

from pathlib import Path

import pytest

from tests import golden

CASES = golden.ROOT / "tests" / "cases"
FILES = sorted({file.with_suffix(".out") for file in CASES.rglob("*") if file.suffix in (".yaml", ".out")})


@pytest.mark.parametrize("file", [pytest.param(file, id=str(file.relative_to(CASES))) for file in FILES])
def test_output(file: Path, update: bool) -> None:
    golden.check(file, [f"{golden.COMMAND} check {file.with_suffix('.yaml').name}"], update=update)
