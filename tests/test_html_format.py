"""`check --format html`: one file with everything in it, which does nothing and asks for nothing."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from cnn_shapes import check
from tests.golden import run

_VOID = {"meta", "br"}
_REFERENCES = re.compile(r"\b(?:src|href|srcset|action|data|poster)\s*=|url\(|@import|\bon\w+\s*=", re.I)


class _Reader(HTMLParser):
    """The elements of a page in order, those that are left open, and the text in each kind."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.texts: dict[str, str] = {}
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts[self.open[-1]] = self.texts.get(self.open[-1], "") + data


def page_of(*arguments: str) -> str:
    return run("check", *arguments, "--format", "html").out


@pytest.mark.parametrize(
    "arguments",
    [
        ["specs/resnet50.yaml"],
        ["tests/cases/even-kernel.yaml"],
        ["tests/cases/korean-names.yaml"],
        ["specs", "--table"],
        ["tests/cases", "specs"],
        ["tests/dialects/darknet/filters_before_yolo.cfg"],
        ["missing.yaml"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_page_is_sound_and_asks_for_nothing(arguments: list[str]) -> None:
    page = page_of(*arguments)
    read = _Reader(page)
    assert (read.open, read.wrong) == ([], [])
    assert not {"script", "img", "link", "iframe", "object", "form", "base"} & {*read.tags}
    assert not _REFERENCES.search(page)
    assert set(re.findall(r"https?://[^\s\"'<]+", page)) <= {"http://www.w3.org/2000/svg"}
    assert "content=\"default-src 'none'; style-src 'unsafe-inline'\"" in page
    assert page_of(*arguments) == page


def test_a_page_has_all_that_the_command_says() -> None:
    read = _Reader(page_of("tests/cases/even-kernel.yaml"))
    said = run("check", "tests/cases/even-kernel.yaml").out
    problem = said[said.index("error[") :]
    assert problem.strip() in read.texts["pre"]
    for cell in ("conv 4x4, 32", "(28 + 2*0 - 4)/1 + 1 = 25", "46,090", "28x28"):
        assert cell in read.texts["td"]
    assert read.tags.count("svg") == 2  # the network, and the window of the pool that fails
    assert read.texts["h1"].strip() == "tests/cases/even-kernel.yaml"


def test_of_several_files_those_with_problems() -> None:
    page = _Reader(page_of("tests/cases/even-kernel.yaml", "specs/mnist.yaml", "specs/lenet5.yaml"))
    assert page.tags.count("h1") == 1
    assert page.texts["p"] == "3 specs checked, 1 with errors"
    page = _Reader(page_of("tests/cases/even-kernel.yaml", "specs/mnist.yaml", "--table"))
    assert page.tags.count("h1") == 2


def test_it_is_light_and_dark_and_prints() -> None:
    page = page_of("specs/mnist.yaml")
    assert "color-scheme:light dark" in page
    assert "@media(prefers-color-scheme:dark)" in page
    assert "@media print" in page


def test_it_is_written_whole(tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    result = run("check", "tests/cases/even-kernel.yaml", "--format", "html", "-o", str(target))
    assert (result.code, result.out) == (1, "")
    assert target.read_text(encoding="utf-8") == page_of("tests/cases/even-kernel.yaml")


def test_a_notebook_shows_picture_and_table() -> None:
    shown = check("specs/mnist.yaml")._repr_html_()
    assert shown.index("<svg") < shown.index("<table>")
    assert "<svg" not in check("layers: 3\n")._repr_html_()
