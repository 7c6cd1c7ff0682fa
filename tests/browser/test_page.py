"""The built page, as a person uses it. No test watches the clock more closely than in seconds."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import monotonic

import pytest
from playwright.sync_api import Browser, sync_playwright

from cnn_shapes import check
from cnn_shapes.discovery import shipped
from tests import golden
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.reader import Reader

pytestmark = pytest.mark.browser

BUDGET = 8_000_000  # bytes of all that a reader loads, gzipped; it was 7.5 million when this was written
BROKEN = """\
input: [28, 28, 1]
layers:
  - conv: {filters: 8, kernel_size: 4}
  - maxpool: 2
  - flatten
  - dense: 10
"""
HOSTILE = """\
input: [28, 28, 1]
layers:
  - conv: {filters: 4, kernel_size: 3, name: "<img src=x onerror=document.title=1>"}
  - maxpool: {kernel_size: 5, name: "</text></svg><script>document.title=1</script>"}
  - "<img src=x onerror=document.title=1>": 3
  - conv: {filters: 4, kernel_size: 3, name: ok}
"""
LONG = """\
input: [28, 28, 1]
layers:
  - repeat: {times: 4500, layers: [conv: {filters: 8, kernel_size: 3, padding: 1}, relu]}
  - maxpool: 3
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield launched
        launched.close()


@pytest.fixture
def reader(browser: Browser, address: str) -> Iterator[Reader]:
    """A reader of the page, to whom nothing foreign and no error may have come in the end."""
    made = Reader(browser, address).open()
    yield made
    made.close()
    assert made.trouble == []


def test_the_page_is_small(site: Path) -> None:
    sizes = [len(gzip.compress(path.read_bytes(), 9)) for path in site.rglob("*") if path.is_file()]
    assert sum(sizes) <= BUDGET


def test_the_page_answers_within_fifteen_seconds(browser: Browser, address: str) -> None:
    started = monotonic()
    first = Reader(browser, address).open()
    assert monotonic() - started < 15
    assert first.verdict == "The sizes work out: 28x28x1 → 10"
    first.close()


def test_the_policy_names_no_other_host_and_holds_in_the_worker_too(reader: Reader) -> None:
    policy = reader.page.get_attribute("meta[http-equiv=Content-Security-Policy]", "content") or ""
    sources = {source for part in policy.split(";") for source in part.split()[1:]}
    assert sources == {"'none'", "'self'", "'wasm-unsafe-eval'", "blob:", "data:"}
    (worker,) = reader.page.workers
    refused = worker.evaluate(
        """() => new Promise((told) => {
          addEventListener("securitypolicyviolation", (event) => told(event.effectiveDirective));
          fetch("https://example.org/").catch(() => setTimeout(() => told("nothing"), 1000));
        })"""
    )
    assert refused == "connect-src"
    reader.trouble.clear()  # the browser says so too


def test_every_spec_is_printed_as_the_command_prints_it(reader: Reader, tmp_path: Path) -> None:
    found = {}
    for name in shipped.names():
        reader.example(name)
        found[name] = reader.printed
    expected = {}
    for name in shipped.names():
        (tmp_path / "net.yaml").write_text(shipped.text(name, names_schema=False), encoding="utf-8")
        expected[name] = golden.run("check", "--isolated", "net.yaml", folder=tmp_path).out
    assert found == expected


def test_the_table_is_the_one_that_is_printed(reader: Reader) -> None:
    rows = reader.page.locator("#table tbody tr").all()
    found = [" ".join(row.locator("td, th").all_inner_texts()).split() for row in rows]
    printed = [line.split() for line in reader.printed.splitlines()[3:10]]
    assert found == printed


def test_a_broken_kernel_has_one_squiggle_and_three_fixes(reader: Reader) -> None:
    reader.write(BROKEN)
    assert reader.verdict == "1 error, 3 ways to mend it"
    assert reader.squiggles == ["2"]
    assert reader.page.locator(".cm-cause").all_inner_texts() == ["4"]
    titles = reader.fixes
    assert titles == [
        "kernel_size: 5 on line 3",
        "kernel_size: 3 on line 3",
        "padding: [[1, 2], [1, 2]] on line 3",
    ]
    for place, title in enumerate(titles):
        reader.page.locator("button.fix").nth(place).click()
        reader.settled()
        assert reader.verdict.startswith("The sizes work out")
        assert reader.squiggles == []
        assert check(reader.text).ok, title
        reader.page.click("#undo-fix")
        reader.settled()
        assert reader.text == BROKEN


def test_a_fix_is_made_at_the_squiggle_too(reader: Reader) -> None:
    reader.write(BROKEN)
    reader.page.locator(".cm-lintRange-error").hover()
    reader.page.locator(".cm-diagnosticAction").first.click()
    reader.settled()
    assert reader.text == BROKEN.replace("kernel_size: 4", "kernel_size: 5")
    assert reader.page.inner_text("#applied > span") == "Done: kernel_size: 5 on line 3."
    reader.write(BROKEN)  # after another change it is not the fix that undo would take back
    assert not reader.page.is_visible("#applied")


@pytest.mark.parametrize(
    "before", ["# 😀 한국어 é\n", "# \U0001f468\u200d\U0001f469\u200d\U0001f467\n\n", "\ufeff"]
)
def test_a_fix_after_other_scripts(before: str, reader: Reader) -> None:
    reader.write(before + BROKEN.replace("}", "}  # 😀 conv 합성곱"))
    assert reader.squiggles == ["2"]
    reader.page.locator("button.fix").first.click()
    reader.settled()
    assert reader.text == before + BROKEN.replace("}", "}  # 😀 conv 합성곱").replace("size: 4", "size: 5")


def test_undo_and_redo_are_buttons(reader: Reader) -> None:
    first = reader.text
    reader.write(BROKEN)
    reader.page.click("#undo")
    reader.settled()
    assert reader.text == first
    reader.page.click("#redo")
    reader.settled()
    assert reader.text == BROKEN


def test_a_link_holds_the_text(browser: Browser, reader: Reader, address: str) -> None:
    text = BROKEN + "# 😀 합성곱\n"
    reader.write(text)
    reader.page.click("#share")
    reader.page.wait_for_selector("#toast:not([hidden])")
    link = reader.page.evaluate("() => navigator.clipboard.readText()")
    assert link == reader.page.url
    other = Reader(browser, address).open(link.removeprefix(address))
    assert other.text == text
    other.close()
    assert other.trouble == []
    reader.page.keyboard.press("Control+Home")
    reader.write(BROKEN)
    assert "#" not in reader.page.url  # the link was of another text


@pytest.mark.parametrize("fragment", ["#spec=%%%", "#spec=abc", "#spec=", "#other"])
def test_a_damaged_link_gives_the_first_example(fragment: str, browser: Browser, address: str) -> None:
    other = Reader(browser, address).open(fragment)
    assert other.verdict == "The sizes work out: 28x28x1 → 10"
    other.close()
    assert other.trouble == []


def test_the_draft_is_there_after_a_reload(reader: Reader) -> None:
    reader.write(BROKEN)
    reader.page.reload()
    reader.page.wait_for_selector("html[data-shown]", state="attached")
    assert reader.text == BROKEN


def test_hostile_names_stay_text(reader: Reader) -> None:
    reader.write(HOSTILE)
    assert "error" in reader.verdict
    reader.page.locator(".cm-line").nth(3).click()
    reader.settled()
    assert reader.page.locator("main img:not(.cm-widgetBuffer), main script, main foreignObject").count() == 0
    assert reader.page.title() == "cnn-shapes: will this network fit together?"


def test_too_long_a_spec_and_then_a_small_one_are_answered(reader: Reader) -> None:
    reader.write(LONG)
    assert "limit" in reader.page.inner_text("#problem-list")
    reader.write(BROKEN)
    assert reader.fixes[0] == "kernel_size: 5 on line 3"


def test_as_long_a_spec_as_may_be_is_answered(reader: Reader) -> None:
    reader.write(LONG.replace("4500", "749"))
    assert "1 error" in reader.verdict
    reader.write(BROKEN)
    assert reader.fixes[0] == "kernel_size: 5 on line 3"


@pytest.mark.parametrize("depth", [60, 99, 190, 5000])
def test_layers_in_layers_in_layers_are_answered(depth: int, reader: Reader) -> None:
    inside = "residual: {layers: [" * depth + "relu" + "]}" * depth
    reader.write(f"input: [28, 28, 1]\nlayers: [{inside}]\n")
    assert reader.verdict
    reader.write(BROKEN)
    assert reader.fixes[0] == "kernel_size: 5 on line 3"


def test_the_layer_of_the_cursor_is_drawn_step_by_step(reader: Reader) -> None:
    reader.page.locator(".cm-line").nth(4).click()
    reader.page.wait_for_function(
        "() => document.getElementById('layer-heading').textContent === 'Layer: conv1'"
    )
    whole = reader.page.inner_html("#window")
    reader.page.locator("#step").focus()
    reader.page.keyboard.press("ArrowRight")
    reader.page.wait_for_function("() => document.getElementById('step-said').textContent === '2 of 576'")
    assert reader.page.inner_html("#window") != whole
    assert "(28 + 2*0 - 5)/1 + 1 = 24" in reader.page.inner_text("#arithmetic")
    reader.page.locator(".cm-line").nth(5).click()
    reader.page.wait_for_function("() => document.getElementById('step-said').textContent === '1 of 144'")


def test_a_line_of_a_block_has_a_layer_for_each_call(reader: Reader) -> None:
    reader.example("unet")
    text = reader.text.splitlines()
    line = next(
        number for number, one in enumerate(text) if "conv" in one and "layers" not in one and "{" not in one
    )
    reader.page.locator(".cm-line").nth(line).click()
    reader.page.wait_for_selector("#calls:not([hidden])")
    first = reader.page.inner_text("#arithmetic")
    reader.page.select_option("#call", "1")
    reader.page.wait_for_function(
        "(before) => document.getElementById('arithmetic').textContent !== before", arg=first
    )
    assert reader.page.inner_text("#arithmetic") != first


def test_shapes_are_after_their_lines(reader: Reader) -> None:
    found = {
        line.inner_text().partition("→")[0].strip(): line.locator(".cm-shape").all_inner_texts()
        for line in reader.page.locator(".cm-line").all()
    }
    assert found["- maxpool: 2"] == ["→\u00a04x4x64"]
    assert found["- dense: 10"] == ["→\u00a010"]
    assert found["layers:"] == []


def test_completion_offers_what_may_be_there(reader: Reader) -> None:
    reader.write("input: [28, 28, 1]\nlayers:\n  - conv: {filters: 8, kernel_size: 3}\n  - ")
    reader.page.keyboard.press("Control+End")
    reader.page.keyboard.type("max", delay=30)
    reader.page.wait_for_selector(".cm-completionLabel")
    assert reader.page.locator(".cm-completionLabel").first.inner_text() == "maxpool"
    reader.page.wait_for_timeout(150)  # the editor takes no Enter as quick as that
    reader.page.keyboard.press("Enter")
    reader.page.keyboard.type("2")
    reader.settled()
    assert reader.text.endswith("\n  - maxpool: 2")
    assert reader.verdict == "The sizes work out: 28x28x1 → 13x13x8"


def test_a_large_picture_is_as_small_as_the_page_or_in_full_size(reader: Reader) -> None:
    reader.example("unet")

    def width() -> float:
        box = reader.page.locator("#picture > svg").bounding_box()
        assert box is not None
        return box["width"]

    small = width()
    reader.page.click("#full-size")
    natural = float(reader.page.get_attribute("#picture > svg", "width") or 0)
    assert small < natural - 1 < width() < natural + 1


@pytest.mark.parametrize("what", ["network", "layer"])
def test_pictures_are_saved_as_they_are(what: str, reader: Reader) -> None:
    reader.page.locator(".cm-line").nth(4).click()
    reader.page.wait_for_selector("#window svg")
    saved = reader.saved(what)
    assert saved.startswith("<svg xmlns=")
    assert "<style>" in saved


@pytest.mark.parametrize(("framework", "expected"), [("pytorch", "import torch"), ("keras", "import keras")])
def test_code_is_saved(framework: str, expected: str, reader: Reader) -> None:
    assert expected in reader.saved(framework)


def test_code_of_a_broken_spec_is_refused_in_words(reader: Reader) -> None:
    reader.write(BROKEN)
    reader.page.click("#save > summary")
    reader.page.click("[data-save=pytorch]")
    reader.page.wait_for_selector("#toast:not([hidden])")
    assert reader.page.inner_text("#toast") == (
        "no pytorch code: net.yaml has 1 error: code is made from a valid spec only"
    )


def test_the_keyboard_alone_mends_a_spec(reader: Reader) -> None:
    reader.write(BROKEN)
    reader.page.keyboard.press("Control+.")
    reader.page.keyboard.press("Enter")
    reader.settled()
    assert reader.verdict.startswith("The sizes work out")
    assert reader.page.evaluate("() => document.activeElement.id") == "problems-heading"
    reader.page.keyboard.press("Tab")
    reader.page.keyboard.press("Enter")  # Undo
    reader.settled()
    assert reader.text == BROKEN


def test_tab_leaves_the_editor(reader: Reader) -> None:
    reader.page.locator(".cm-content").focus()
    reader.page.keyboard.press("Tab")
    assert reader.page.evaluate("() => document.activeElement.id") != "editor"


def test_a_screen_reader_is_told_when_the_typing_pauses(reader: Reader) -> None:
    reader.write(BROKEN)
    said = "() => document.getElementById('live').textContent"
    reader.page.wait_for_function(f"{said}.includes('1 error')")
    assert reader.page.evaluate(said) == (
        "1 error, 3 ways to mend it. line 4: a 25x25 feature map is not a multiple of the 2x2 pool"
    )


def test_a_worker_that_hangs_is_replaced(reader: Reader) -> None:
    (worker,) = reader.page.workers
    worker.evaluate("() => void setTimeout(() => { for (;;); })")
    reader.write(BROKEN)
    assert reader.verdict.startswith("This took longer than 20 seconds, and was given up: ")
    reader.write(BROKEN + "\n")
    assert reader.fixes[0] == "kernel_size: 5 on line 3"


def test_a_worker_that_fails_is_replaced(reader: Reader) -> None:
    (worker,) = reader.page.workers
    with reader.page.expect_worker():
        worker.evaluate("() => postMessage({ id: 0, fault: 'RangeError: too deep' })")
    reader.write(BROKEN)
    assert reader.fixes[0] == "kernel_size: 5 on line 3"


def test_a_key_is_followed_by_the_table_at_once(reader: Reader) -> None:
    """Generously, as the machine may be busy: the goal is 100 ms, and the figure is printed."""
    reader.example("resnet50")
    reader.page.evaluate(
        """() => {
          window.delays = [];
          addEventListener("keydown", () => (window.pressed = performance.now()), true);
          new MutationObserver(() => window.delays.push(performance.now() - window.pressed))
            .observe(document.documentElement, { attributeFilter: ["data-table"] });
        }"""
    )
    reader.page.locator(".cm-content").focus()
    reader.page.keyboard.press("Control+End")
    for _ in range(15):
        reader.page.keyboard.press("#")
        reader.settled()
    delays = reader.page.evaluate("() => window.delays")
    print(f"from key to table on ResNet-50: median {median(delays):.0f} ms of {len(delays)}")
    assert median(delays) < 1000


@pytest.mark.parametrize("width", [360, 768, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_and_nothing_is_cut(
    width: int, scheme: str, browser: Browser, address: str
) -> None:
    other = Reader(browser, address, viewport={"width": width, "height": 900}, color_scheme=scheme).open()
    other.write(BROKEN)
    other.page.locator(".cm-line").nth(3).click()
    other.page.wait_for_selector("#window svg")
    axe = golden.ROOT / "cnn_shapes" / "web" / "page" / "node_modules" / "axe-core" / "axe.min.js"
    found = json.loads(
        # of the tool's own world, where the page's policy does not hold
        other.page.evaluate(f"async () => {{ {axe.read_text()}; return JSON.stringify(await axe.run()); }}")
    )
    grave = {
        violation["id"]: [node["html"] for node in violation["nodes"]]
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
    }
    assert grave == {}
    assert other.page.evaluate("() => document.documentElement.scrollWidth") <= width
    other.close()
    assert other.trouble == []
