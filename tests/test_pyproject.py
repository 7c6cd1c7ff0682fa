"""Which tables of a pyproject.toml are ours, which were meant to be, and which belong to others."""

from pathlib import Path

import pytest

from cnn_shapes.settings import BadSettings, Configuration


@pytest.mark.parametrize(
    "table",
    [
        "tool.cnn_shapes",
        "tool.cnn-shape",
        "tool.CNN-Shapes",
        'tool."cnnshapes"',
        "cnn-shapes",
        "tool.cnn-shpaes.limits",
    ],
)
def test_a_misspelt_table_of_a_pyproject(table: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.other]\n\n[{table}]\n")
    with pytest.raises(BadSettings) as raised:
        Configuration().of(str(tmp_path))
    name = table.replace('"', "").removesuffix(".limits")
    expected = f"{tmp_path / 'pyproject.toml'}:3: there is no table {name}: did you mean tool.cnn-shapes?"
    assert str(raised.value) == expected


@pytest.mark.parametrize(
    "table",
    [
        "tool.cnn-shapes-zoo",
        "tool.cnn-tools",
        "tool.shapes",
        "tool.nn-shapes",
        "tool.x.cnn_shapes",
        "project",
    ],
)
def test_the_tables_of_others(table: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[{table}]\nname = 'cnn-shapes'\n")
    assert Configuration().of(str(tmp_path)).file is None


@pytest.mark.parametrize("text", ["[tool.cnn-shapes]\nignore = [\n", "[tool.cnn_shapes]\nignore = [\n"])
def test_a_broken_pyproject_that_is_for_us(text: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(BadSettings, match=r"pyproject\.toml is not TOML: "):
        Configuration().of(str(tmp_path))


def test_a_broken_pyproject_of_others_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.other\n")
    assert Configuration().of(str(tmp_path)).file is None
