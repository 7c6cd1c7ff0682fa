"""Every picture in Chromium: its texts apart from one another and inside; a report that asks for nothing.

xmllint and rsvg-convert, of Debian's libxml2-utils and librsvg2-bin, take each picture too.
"""

import subprocess
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cnn_shapes.checking import CheckResult, check_path, check_source
from cnn_shapes.draw import block, landscape, window, window_steps
from cnn_shapes.outline import TableGroup, tree
from cnn_shapes.repair import advise
from cnn_shapes.source import Source
from tests import golden
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.test_draw_windows import ROWS, windows_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
SPECS = [
    *sorted((golden.ROOT / "specs").glob("*.yaml")),
    *sorted((golden.ROOT / "tests" / "cases").glob("*.yaml")),
    *sorted((golden.ROOT / "tests" / "dialects").glob("*/*.cfg")),
]
MOST_WINDOWS = 8  # of a network
# A reader who has none of the fonts that a picture asks for sees it in the widest that is common.
FONTS = {"asked for": "", "wide": "'DejaVu Sans',sans-serif"}
ASKED_FOR = "Helvetica,Arial,'Liberation Sans',sans-serif"
TOUCH = 0.5  # pixels by which two boxes around texts may meet: of letters nothing is there
PLACES = """
() => {
  const svg = document.querySelector('svg');
  const view = svg.viewBox.baseVal;
  return {
    view: [view.x, view.y, view.width, view.height],
    texts: [...svg.querySelectorAll('text')].map(one => {
      const box = one.getBBox();
      return [one.textContent, box.x, box.y, box.width, box.height];
    }),
  };
}
"""


@pytest.fixture(scope="module")
def tab() -> "Iterator[Page]":
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        browser: Browser = started.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS])
        yield browser.new_page()
        browser.close()


def pictures_of(path: Path) -> Iterator[tuple[str, str]]:
    """The landscape of a network, the inside of each different block, and each different window."""
    report = check_path(str(path))
    if report.trace is None:
        return
    yield "", landscape(report if report.ok else advise(report))
    kinds: set[str] = set()
    waiting: list[Any] = [*tree(report.trace).children]
    while waiting:
        child = waiting.pop(0)
        if isinstance(child, TableGroup):
            waiting += child.children
            if child.groups[-1].kind not in kinds:
                kinds.add(child.groups[-1].kind)
                name = child.groups[0].name
                yield name, block(report, name)
    for name, found in windows_of(path)[:MOST_WINDOWS]:
        steps = window_steps(found, name)
        for step in sorted({1, max(steps // 2, 1), max(steps, 1)}) if steps else ():
            yield f"{name} at {step}", window(found, name, step)


@pytest.mark.parametrize("font", FONTS)
@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_texts_are_apart_and_inside(path: Path, font: str, tab: "Page") -> None:
    for name, svg in pictures_of(path):
        assert ASKED_FOR in svg
        shown = svg.replace(ASKED_FOR, FONTS[font]) if FONTS[font] else svg
        assert troubles(tab, shown) == [], f"{path.stem}:{name}"


@pytest.mark.parametrize(("layer", "shape", "step"), [row[:3] for row in ROWS])
def test_texts_of_windows_are_apart_and_inside(layer: str, shape: str, step: int, tab: "Page") -> None:
    report = check_source(Source("net.yaml", f"input: {shape}\nrounding: floor\nlayers:\n  - {layer}\n"))
    assert report.trace is not None
    assert troubles(tab, window(report, report.trace.network.layers[0].name, step)) == []


def troubles(tab: "Page", svg: str) -> list[str]:
    """Texts that meet another one, or that reach out of the picture."""
    tab.set_content(f"<body style='margin:0'>{svg}</body>")
    found = tab.evaluate(PLACES)
    left, top, width, height = found["view"]
    said = [
        f"{text} is not inside"
        for text, x, y, wide, high in found["texts"]
        if x < left or y < top or x + wide > left + width or y + high > top + height
    ]
    for (one, x, y, wide, high), (other, x2, y2, wide2, high2) in combinations(found["texts"], 2):
        across = min(x + wide, x2 + wide2) - max(x, x2)
        down = min(y + high, y2 + high2) - max(y, y2)
        # the box of a text has room above and below its letters
        if across > TOUCH and down > min(high, high2) * 0.2:
            said.append(f"{one} meets {other}")
    return said


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_other_readers_take_each_picture(path: Path, tmp_path: Path) -> None:
    for number, (_, svg) in enumerate(pictures_of(path)):
        file = tmp_path / f"{number}.svg"
        file.write_text(svg, encoding="utf-8")
    if written := sorted(map(str, tmp_path.glob("*.svg"))):
        subprocess.run(["xmllint", "--noout", *written], check=True)
    for name in written[:3]:
        subprocess.run(["rsvg-convert", name, "-o", f"{name}.png"], check=True)
        assert Path(f"{name}.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("spec", ["specs/resnet50.yaml", "specs/unet.yaml", "tests/cases/even-kernel.yaml"])
def test_a_report_asks_for_nothing_and_prints(spec: str, scheme: Any, tab: "Page", tmp_path: Path) -> None:
    """With the network off; on paper nothing is cut at the right."""
    file = tmp_path / "report.html"
    golden.run("check", spec, "--format", "html", "-o", str(file))
    asked: list[str] = []
    said: list[str] = []
    assert tab.context.browser is not None
    context = tab.context.browser.new_context(color_scheme=scheme, viewport={"width": 1017, "height": 700})
    context.set_offline(True)
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(file.as_uri())
    assert asked == [file.as_uri()]
    assert said == []
    colour = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert colour == {"light": "rgb(255, 255, 255)", "dark": "rgb(13, 17, 23)"}[scheme]
    page.emulate_media(media="print")
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    context.close()


def test_several_pictures_on_a_page_keep_their_colours(tab: "Page") -> None:
    """The styles of one must not reach the other: an error stays red, whatever is drawn after it."""
    report: CheckResult = advise(check_path(str(golden.ROOT / "tests" / "cases" / "even-kernel.yaml")))
    first, second = landscape(report), landscape(check_path(str(golden.ROOT / "specs" / "unet.yaml")))
    colours = []
    for pictures in (first, first + second, second + first):
        tab.set_content(pictures)
        colours.append(tab.evaluate("() => getComputedStyle(document.querySelector('.cs-errt')).fill"))
    assert colours == ["rgb(207, 34, 46)"] * 3
