"""Runs a command on the bytes of a spec, and says which of its promises it breaks.

Whatever the bytes are: no traceback, no internal fault, exit code 0 or 1 (2 is for wrong usage, which this
is not), each format well-formed, nothing that a terminal would obey, within 2 seconds and 200 MB.

A fuzzer watches the clock; the test that replays what it found counts calls instead.
"""

import csv
import gc
import io
import json
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from typing import Any, NamedTuple
from unittest import mock

from markdown_it import MarkdownIt

from cnn_shapes import explain
from cnn_shapes.checking import CheckResult, check_bytes
from cnn_shapes.formats.csv import HEADERS
from cnn_shapes.formats.parts import columns
from cnn_shapes.source import Edit, Source, Span
from tests.golden import HANGS, ROOT, Result, run

SECONDS, CALLS, MEGABYTES = 2, 4_000_000, 200  # so many calls take about half a second
CLEAN, FOUND = 0, 1

_CONTROLS = re.compile("[\0-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_IN_TABLES = ("table", "thead", "tbody", "tr", "th", "td")
_DRAWN = ("svg", "title", "style", "rect", "g", "path", "text", "tspan", "circle")
_LARGEST_PICTURE = 25_000  # bytes
_FINDING = re.compile(r"<stdin>:\d+:\d+: (error|warning|info)\[[a-z0-9-]+\] \S")
# prints, after all else, the calls that were counted and its peak of memory in MB
# (getrusage would count the process that started it, too)
_ALONE = """\
import atexit, sys
from cnn_shapes.cli import main
called = 0
@atexit.register
def tell():
    with open("/proc/self/status") as status:
        peak = next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM"))
    print(called, peak, file=sys.stderr)
sys.argv[0] = "cnn-shapes"
"""
_TIMED = f"""\
import resource
resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS + 1}))
{_ALONE}
main()
"""
_COUNTED = f"""\
{_ALONE}
from tests.counting import calls
def command():
    global code
    try:
        main()
    except SystemExit as stop:
        code = stop.code
called = calls(command)
sys.exit(code)
"""


class Broken(Exception):
    """A promise that was not kept."""


class Fault(NamedTuple):
    """A broken promise; `symptom` names its place in the code if it has one, so that like ones are one."""

    command: str
    symptom: str


def nothing_else(result: Result, spec: bytes) -> None:
    """For texts that only need to be harmless."""


def concise(result: Result, spec: bytes) -> None:
    for line in result.out.splitlines():
        if not _FINDING.match(line) and not re.match(r"<stdin>: and \d", line):
            raise Broken(f"no finding: {line[:60]}")


def as_json(result: Result, spec: bytes) -> None:
    """The contract of interface.md; and a fix that is said to make the network valid does so."""
    (file,) = json.loads(result.out, parse_constant=_no_number)["files"]
    found = file["diagnostics"]
    errors = any(one["severity"] == "error" for one in found)
    expect(errors == (result.code == FOUND), "the exit code does not say what the problems say")
    for one in found:
        expect(1 <= one["line"] <= one["end_line"], "a problem ends before it begins")
        for fix in one["fixes"]:
            edits = [Edit(Span(edit["start"], edit["end"]), edit["text"]) for edit in fix["edits"]]
            changed = Source.decode("-", spec).edited(edits)
            if fix["valid"]:
                clean(changed.encode(), f"not mended by {fix['title']}")


def sarif(result: Result, spec: bytes) -> None:
    (only,) = json.loads(result.out, parse_constant=_no_number)["runs"]
    for one in only["results"]:
        expect(only["tool"]["driver"]["rules"][one["ruleIndex"]]["id"] == one["ruleId"], "another rule")


def gitlab(result: Result, spec: bytes) -> None:
    found = json.loads(result.out, parse_constant=_no_number)
    expect(len({one["fingerprint"] for one in found}) == len(found), "two findings are one to GitLab")


def junit(result: Result, spec: bytes) -> None:
    ElementTree.fromstring(result.out)


def csv_rows(result: Result, spec: bytes) -> None:
    """Rows of one length, and no cell of text that a spreadsheet would compute."""
    rows = list(csv.reader(io.StringIO(result.out, newline=""), strict=True))
    expect({len(row) for row in rows} == {len(HEADERS)}, "a row of another length")
    expect(not any(cell[:1] in tuple("=+-@") for row in rows for cell in row), "a formula")


def markdown(result: Result, spec: bytes) -> None:
    """Headings, tables and blocks of code; what a file says is code."""
    found = MarkdownIt("commonmark").enable("table").parse(result.out)
    inside = [token for one in found for token in one.children or ()]
    expect({token.type for token in inside} <= {"text", "code_inline", "softbreak"}, "markup of a spec")
    kinds = {token.type.rpartition("_")[0] or token.type for token in found}
    expect(kinds <= {"heading", "paragraph", "inline", "fence", *_IN_TABLES}, f"markup: {kinds}")
    expect(not any("@" in token.content for token in inside if token.type == "text"), "somebody is told")


def counts(result: Result, spec: bytes) -> None:
    found = json.loads(result.out, parse_constant=_no_number)
    listed = [one["findings"] for one in found["statistics"]]
    expect(listed == sorted(listed, reverse=True), "not by their number")


def svg(result: Result, spec: bytes) -> None:
    """A picture where there is a network, of elements that do nothing; of a bounded size."""
    if result.out:
        names = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(result.out).iter()}
        expect(names <= {*_DRAWN}, f"a picture with {names - {*_DRAWN}}")
        expect(len(result.out.encode()) < _LARGEST_PICTURE, "a picture that is too large")


def page(result: Result, spec: bytes) -> None:
    expect(
        not re.search(r"<script|<img|<link|<iframe|\shref=|\ssrc=|\son\w+=", result.out), "a page that acts"
    )
    expect(result.out.endswith("</html>\n"), "a page without its end")


def github(result: Result, spec: bytes) -> None:
    for line in result.out.splitlines():
        expect(re.match(r"::(error|warning|notice) [^:]+::\S", line), f"no workflow command: {line[:60]}")


def sizes_json(result: Result, spec: bytes) -> None:
    found = json.loads(result.out, parse_constant=_no_number)
    expect(found["version"] == 1, "no version")


def flat(result: Result, spec: bytes) -> None:
    """What expand writes of a valid spec is one itself."""
    if result.code == CLEAN:
        clean(result.out, "the flat spec has errors")


def fixed(result: Result, spec: bytes) -> None:
    """From standard input, `fix` writes the fixed text, the text itself where it found no fix."""
    if result.code == CLEAN:
        clean(result.out, "what fix wrote has errors")
    elif "no fix was found" in result.err:
        expect(result.out.encode() == spec, "fix changed what it cannot mend")


def python(result: Result, spec: bytes) -> None:
    expect((result.code == CLEAN) == bool(result.out), "code that is not code")
    compile(result.out, "-", "exec")


class Command(NamedTuple):
    """The arguments after `cnn-shapes`, and what must hold for what it writes."""

    arguments: tuple[str, ...]
    check: Callable[[Result, bytes], None] = nothing_else
    echoes: bool = False  # writes the user's own text, with whatever is in it


COMMANDS = {
    "concise": Command(("check", "-", "--isolated", "--format", "concise"), concise),
    "full": Command(("check", "-", "--isolated", "--format", "full", "--depth", "9")),
    "html": Command(("check", "-", "--isolated", "--format", "html"), page),
    "json": Command(("check", "-", "--isolated", "--format", "json"), as_json),
    "github": Command(("check", "-", "--isolated", "--format", "github"), github),
    "gitlab": Command(("check", "-", "--isolated", "--format", "gitlab"), gitlab),
    "sarif": Command(("check", "-", "--isolated", "--format", "sarif"), sarif),
    "junit": Command(("check", "-", "--isolated", "--format", "junit"), junit),
    "csv": Command(("check", "-", "--isolated", "--format", "csv"), csv_rows),
    "markdown": Command(("check", "-", "--isolated", "--format", "markdown", "--depth", "9"), markdown),
    "top": Command(("check", "-", "--isolated", "--top", "9", "--columns", ",".join(columns.NAMES))),
    "statistics": Command(("check", "-", "--isolated", "--statistics", "--format", "json"), counts),
    "fix": Command(("fix", "-"), fixed, echoes=True),
    "diff": Command(("fix", "-", "--diff"), echoes=True),
    "sizes": Command(("sizes", "-")),
    "sizes-json": Command(("sizes", "-", "--json"), sizes_json),
    "expand": Command(("expand", "-"), flat, echoes=True),
    "pytorch": Command(("export", "pytorch", "-"), python),
    "keras": Command(("export", "keras", "-"), python),
    "draw": Command(("draw", "-"), svg),
}


def explained(report: CheckResult) -> None:
    """Every layer has an explanation."""
    if report.trace is not None:
        for node in report.trace.network.layers[:20]:
            expect(explain.text(explain.layers.of(report, node.name, "-")), "nothing is said")


FUNCTIONS: dict[str, Callable[[CheckResult], None]] = {"explain": explained}
# the commands that read no spec, or more than one, with what they read and which tests draw it
NOT_JUDGED = {
    "calc": "lines of the prompt, which test_prompt_reading.py draws",
    "interactive": "lines of the prompt, which test_prompt_session.py draws",
    "import": "a model, whose code test_import_command.py stands for",
    "compare": "two specs, whose reports are those of check: test_compare_changes.py draws their differences",
    "sweep": "a spec and a space, each row of which test_sweep.py compares with check",
    "help": "one name of those of the folder commands",
    "new": "one name of those of the folder specs",
    "schema": "nothing",
    "verify": "a model too, whose code test_models_command.py stands for",
}
EVERY = (*COMMANDS, *FUNCTIONS)


def fault(name: str, spec: bytes) -> Fault | None:
    """What `name`, one of EVERY, does wrong with these bytes; time and memory are for `heavy`."""
    gc.enable()
    try:
        with mock.patch.object(gc, "freeze"):  # a command counts on its process ending soon
            if name in FUNCTIONS:
                FUNCTIONS[name](check_bytes("-", spec))
            else:
                _judge(COMMANDS[name], spec)
    except Broken as broken:
        return Fault(name, str(broken))
    except Exception as error:
        return Fault(name, f"{type(error).__name__} in {_place(error)}: {error}"[:300])
    return None


def timed(name: str, spec: bytes) -> Fault | None:
    """The same, and whether it takes too long."""
    begun = time.process_time()
    found = fault(name, spec)
    if found is None and name in COMMANDS and time.process_time() - begun > SECONDS:
        found = heavy(name, spec)
    return found


def heavy(name: str, spec: bytes) -> Fault | None:
    """What a process of its own does wrong, whose time and memory are its own.

    A machine that is busy is slower: too slow three times is too slow.
    """
    for _ in range(3):
        found = _alone(_TIMED, COMMANDS[name], spec)
        if not found:
            return None
    return Fault(name, found)


def laborious(name: str, spec: bytes, most: int = CALLS) -> Fault | None:
    """The same, where work is counted and not timed: on every machine, busy or not, it finds the same."""
    found = _alone(_COUNTED, COMMANDS[name], spec, most)
    return Fault(name, found) if found else None


def _judge(command: Command, spec: bytes) -> None:
    result = run(*command.arguments, stdin=spec)
    _sound(result)
    if not command.echoes:
        obeyed = _CONTROLS.search(result.out.replace("\r\n", "\n"))
        expect(not obeyed, f"a terminal would obey {obeyed and obeyed[0]!r}")
    command.check(result, spec)


def _sound(result: Result) -> None:
    expect("internal fault" not in result.err, result.err.strip()[-300:])
    expect(result.code in (CLEAN, FOUND), f"exit code {result.code}: {result.err.strip()[-200:]}")


def _alone(program: str, command: Command, spec: bytes, most: int = CALLS) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program, *command.arguments],
        cwd=ROOT,
        input=spec,
        capture_output=True,
        timeout=HANGS,
        check=False,
    )
    if done.returncode < 0:
        return f"over {SECONDS} s"
    *said, costs = done.stderr.decode(errors="replace").splitlines()
    called, peak = map(int, costs.split())
    if called > most:
        return f"over {most:,} calls"
    if peak > MEGABYTES:
        return f"over {MEGABYTES} MB"
    if done.returncode not in (CLEAN, FOUND):
        return f"exit code {done.returncode}: {said[-1:]}"
    return ""


def expect(holds: Any, otherwise: str) -> None:
    if not holds:
        raise Broken(otherwise)


def clean(spec: str | bytes, otherwise: str) -> None:
    left = run("check", "-", "--isolated", "--format", "concise", stdin=spec)
    expect(left.code == CLEAN, f"{otherwise}: {left.out[:80]}")


def _no_number(word: str) -> None:
    raise Broken(f"JSON has no {word}")


def _place(error: BaseException) -> str:
    where = error.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    if where is None:
        return "nowhere"
    return f"{where.tb_frame.f_code.co_filename.rpartition('/')[2]}:{where.tb_lineno}"
