"""The slips that readers judge messages by: made alike from one seed, as many of each kind, without fixes."""

from collections import Counter
from pathlib import Path

from tests.tools.slips import judge, make

COUNT = 12


def contents(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text(encoding="utf-8") for file in sorted(folder.iterdir())}


def test_slips(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    make(first, COUNT, 1, None)
    make(second, COUNT, 1, None)
    files = contents(first)
    assert files == contents(second)
    rows = [line.split("\t") for line in files["slips.tsv"].splitlines()]
    assert set(Counter(kind for _, kind, *_ in rows).values()) == {COUNT // 6}
    for name, *_ in rows:
        assert "error[" in files[f"{name}.txt"]
        assert "= fix" not in files[f"{name}.txt"]


def test_judgement(tmp_path: Path) -> None:
    make(tmp_path, 6, 2, None)
    good = "input: [8, 8, 4]\nlayers: [conv: {filters: 8}]\n"
    for number in range(1, 6):
        (tmp_path / f"0{number}.mended").write_text(good, encoding="utf-8")
    (tmp_path / "06.mended").write_text(good.replace("8,", "x,"), encoding="utf-8")
    (tmp_path / "scores.txt").write_text("01 5\n02 4\n03 5\n04 5\n05 2\n06 3\n", encoding="utf-8")
    # (5 + 4 + 5 + 5 + 2 + 3)/6 = 4
    assert judge(tmp_path).splitlines()[-1].split() == ["all", "6", "5", "4.00", "2"]
