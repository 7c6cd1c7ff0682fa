"""tests/README.md names every script, and nothing that is not there; and no test watches the clock."""

import ast
import re

from tests.golden import ROOT

TEXT = (ROOT / "tests" / "README.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"python -m (tests[\w.]*)", TEXT))


def test_every_script_is_named() -> None:
    """A script says in its docstring how it is run."""
    files = list((ROOT / "tests").rglob("*.py"))
    names = {
        file: file.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".").removesuffix(".__main__")
        for file in files
    }
    scripts = {name for file, name in names.items() if f"python -m {name}" in file.read_text("utf-8")}
    assert scripts == NAMED


def test_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)]+)\)", TEXT)
    assert [link for link in links if not (ROOT / "tests" / link).exists()] == []
    assert len(links) > 3


def test_no_test_watches_the_clock() -> None:
    """On a busy machine it would fail: tests/counting.py counts work. Two wait: for a terminal, a browser."""
    clocks = {"datetime", "resource", "time", "timeit"}
    watching = {
        file.name
        for file in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Import) and clocks & {name.name for name in node.names})
        or (isinstance(node, ast.ImportFrom) and node.module in clocks)
    }
    assert watching == {"test_prompt_frames.py", "test_page.py"}
