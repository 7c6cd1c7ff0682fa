"""What would crash, hang or fill the memory gives a clear error within 4 million calls and 200 MB."""

import subprocess
import sys
from pathlib import Path

import pytest

from cnn_shapes.checking import check_source
from cnn_shapes.settings import DEFAULTS
from cnn_shapes.source import DEEPEST, Limits, Source
from tests import golden
from tests.golden import ROOT

CALLS, MEGABYTES = 4_000_000, 200  # so many calls take about half a second
# prints the first error of each file, then how many functions were called and the peak of its memory in MB
PROGRAM = """\
import sys
from cnn_shapes.checking import check_path
from tests.counting import calls
reports = []
called = calls(lambda: reports.extend(map(check_path, sys.argv[1:])))
for report in reports:
    for found in report.errors[:1]:
        line, column = report.source.position(found.span.start)
        print(f"{line}:{column} {found.rule}: {found.message()}")
    print("clean" if report.ok else "", end="\\n" * report.ok)
with open("/proc/self/status") as status:  # getrusage also counts the process that started this one
    print(called, *(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM")))
"""

HEAD = "input: [28, 28, 1]\nlayers:\n"


def tower(levels: int, width: int) -> str:
    """Blocks that each call the next one `width` times: width**levels layers."""
    blocks = "".join(
        f"  L{level}: {{layers: [{', '.join([f'L{level + 1}'] * width)}]}}\n" for level in range(levels)
    )
    return f"input: 9\nblocks:\n{blocks}  L{levels}: {{layers: [relu]}}\nlayers: [L0]\n"


def repeats(levels: int, times: int) -> str:
    inner = "relu"
    for _ in range(levels):
        inner = f"repeat: {{times: {times}, layers: [{inner}]}}"
    return f"input: 9\nlayers:\n  - {inner}\n"


def bomb(levels: int, what: str = "relu") -> str:
    """Each anchor means ten of the one before."""
    rows = [f"  a0: &a0 [{', '.join([what] * 10)}]"]
    rows += [f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, levels)]
    return "input: 9\nparams:\n" + "\n".join(rows) + f"\nlayers: *a{levels - 1}\n"


def residual_bomb(levels: int) -> str:
    """Lists of layers that are aliases of each other: one text, 3**levels layers."""
    rows = ["  B0: {layers: &l0 [relu]}"]
    for n in range(1, levels):
        one = f"{{residual: *l{n - 1}}}"
        rows.append(f"  B{n}: {{layers: &l{n} [{one}, {one}, {one}]}}")
    return "input: 9\nblocks:\n" + "\n".join(rows) + f"\nlayers: [B{levels - 1}]\n"


LIMIT = "limit-exceeded"
NO_SPEC = "this is not a spec: a spec is a mapping with input and layers, found"
NESTED = f"{LIMIT}: nested deeper than 100 levels, the limit"
TOO_MANY = f"{LIMIT}: more than 1000000 values, the limit; an alias counts for all that it refers to"
SIZES = "bad-value: input must be sizes from 1 (height, width, channels), found"
HUGE = f"{SIZES.replace('1 (', '1 to 2**31-1 (')} a number beyond 2**31-1"

# all of them in one process
SMALL: list[tuple[str | bytes, str]] = [
    ("", f"1:1 missing-field: {NO_SPEC} nothing"),
    (bytes(range(256)) * 40, "1:1 yaml-syntax: this is not a text file"),
    (HEAD + "  - relu\0\n", "1:1 yaml-syntax: this is not a text file"),
    (
        f"name: 합성곱\n{HEAD}".encode("cp949"),
        "1:7 yaml-syntax: this file looks like CP949: save it as UTF-8",
    ),
    ("input: 9\nlayers:\n\t- relu\n", "3:1 yaml-syntax: a tab cannot indent in YAML: use spaces"),
    ("[" * 100_000, f"1:101 {NESTED}"),
    ("{a: " * 100_000, f"1:401 {NESTED}"),
    ("- " * 100_000, f"1:201 {NESTED}"),
    (HEAD + "  - conv: " + "[" * 100_000 + "]" * 100_000, f"3:108 {NESTED}"),
    (repeats(60, 1), f"3:928 {NESTED}"),
    ("input: [0, 28, 1]\nlayers: [relu]", f"1:9 {SIZES} 0"),
    ("input: [28, -1, 1]\nlayers: [relu]", f"1:13 {SIZES} -1"),
    (f"input: [{10**30}, 28, 1]\nlayers: [relu]", f"1:9 {HUGE}"),
    (f"input: [{'9' * 1_000_000}, 28, 1]\nlayers: [relu]", f"1:9 {HUGE}"),
    (
        "input: [wide, 28, 1]\nlayers: [relu]",
        "1:9 unknown-name: unknown name wide: no param or let declares it",
    ),
    (
        "input: 9\nlayers: {}",
        "2:9 bad-value: layers must be a list of layers, each with its own dash, found an empty mapping",
    ),
    (
        "input: 9\nblocks: {A: {layers: [A]}}\nlayers: [A]",
        "2:23 recursive-block: A calls itself without end: A -> A",
    ),
    (
        "input: 9\nlayers: [repeat: {times: 1000000000, layers: [relu]}]",
        f"2:26 {LIMIT}: this repeats too often: the limit is 100,000",
    ),
    (
        HEAD + f"  - conv: {'1+' * 50_000}1\n",
        f"3:1011 {LIMIT}: this expression has 100,001 characters, at most 1,000 are allowed: use let for "
        "its parts",
    ),
    (
        HEAD + f"  - conv: {'(' * 400}1{')' * 400}\n",
        f"3:111 {LIMIT}: this expression nests deeper than 100 levels: use let for its parts",
    ),
    (HEAD + "  - conv: 9//0\n", "3:14 bad-expression: cannot divide by 0"),
    (HEAD + "  - conv: 1 if\n", "3:13 bad-expression: a value is missing after if"),
    (
        HEAD + "  - conv: 9**9**9**9\n",
        "3:15 bad-expression: the result of ** is too large: integers end at 2,147,483,647",
    ),
    (
        HEAD + f"  - conv: {'9999*' * 190}1\n",
        "3:20 bad-expression: the result of * is too large: integers end at 2,147,483,647",
    ),
    (bomb(12), f"8:47 {TOO_MANY}"),
    (bomb(9, "a" * 100), f"8:47 {TOO_MANY}"),
    (residual_bomb(40), f"14:52 {TOO_MANY}"),
    # sizes without end, and receptive fields whose phases multiply
    (
        HEAD + "  - upsample: 1000\n" * 50,
        f"5:5 {LIMIT}: 28000000000x28000000000x1 would come out: sizes end at 2**31-1, as in every framework",
    ),
    (HEAD + "  - upsample: 7\n  - maxpool: {kernel_size: 6, rounding: floor}\n" * 50, "clean"),
    (
        "x" * 5_000_000,
        f"1:1 missing-field: {NO_SPEC} {'x' * 297}...",
    ),
]
# each in a process of its own
LARGE = {
    "blocks that call ten blocks": (
        tower(12, 10),
        f"15:18 {LIMIT}: this unfolds into too many layers: the limit is 100,000",
    ),
    "blocks of nothing": (
        tower(12, 10).replace("[relu]", "[]"),
        f"14:33 {LIMIT}: unfolding this spec visits too many places of its text: the limit is 1,000,000",
    ),
    "repeats of repeats": (
        repeats(12, 10),
        f"3:353 {LIMIT}: this unfolds into too many layers: the limit is 100,000",
    ),
    "repeats of nothing": (
        "input: 9\nlayers:\n  - repeat: {times: 100000, layers: [repeat: {times: 100000, layers: []}]}",
        f"3:38 {LIMIT}: unfolding this spec visits too many places of its text: the limit is 1,000,000",
    ),
    "layers of nothing": (
        HEAD + "  -\n" * 30_000,
        "3:4 bad-value: a layer is a word such as relu or a mapping such as conv: {filters: 32, "
        "kernel_size: 3}, found nothing",
    ),
    "unknown layers": (
        HEAD + "".join(f"  - layer{n}\n" for n in range(5_000)),
        "3:5 unknown-layer: unknown layer layer0: `cnn-shapes explain layers` lists the kinds",
    ),
    "unknown names": (
        HEAD + "  - relu\n" * 5_000 + "".join(f"  - relu: {{from: n{n}}}\n" for n in range(5_000)),
        "5003:18 unknown-name: no layer is called n0: write name: n0 on the one that is meant, "
        "or put back the line that had it; "
        "the names before it are prev, input",
    ),
    "unknown keys": (
        HEAD + "  - relu\n" + "".join(f"k{n}: 1\n" for n in range(20_000)),
        "4:1 unknown-key: a spec has no k0: it takes version, name, input, layout, rounding, params, "
        "defaults, blocks, layers, outputs, budget",
    ),
    "many layers": (HEAD + "  - conv: 3\n" * 20_000, "clean"),
}


def test_small(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.yaml" for number in range(len(SMALL))]
    for path, (content, _) in zip(paths, SMALL, strict=True):
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert run(*paths, tmp_path) == [
        *(said for _, said in SMALL),
        f"1:1 unreadable-file: cannot open {tmp_path}: is a directory",
    ]


@pytest.mark.parametrize("name", LARGE)
def test_large(name: str, tmp_path: Path) -> None:
    content, said = LARGE[name]
    path = tmp_path / "x.yaml"
    path.write_text(content, encoding="utf-8")
    assert run(path) == [said]


def run(*paths: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *map(str, paths)],
        cwd=ROOT,
        capture_output=True,
        timeout=golden.HANGS,
        check=False,
    )
    assert (done.returncode, done.stderr.decode()) == (0, "")
    *lines, costs = done.stdout.decode().splitlines()
    called, megabytes = map(int, costs.split())
    assert called <= CALLS
    assert megabytes <= MEGABYTES
    return lines


@pytest.mark.parametrize(
    "command", ["check", "check --fix", "fix", "sizes", "expand", "export pytorch", "check --format json"]
)
@pytest.mark.parametrize("last", ["relu", "maxpool: 2", "conv: {filters: 3, kernel: 4}"])
def test_the_greatest_depth_that_can_be_set_is_safe(command: str, last: str, tmp_path: Path) -> None:
    levels = (DEEPEST - 4) // 2  # each is a list and a mapping
    nested = "[residual: " * levels + f"[{last}]" + "]" * levels
    (tmp_path / "net.yaml").write_text(f"input: [9, 9, 1]\nlayers: {nested}\n")
    (tmp_path / "cnn-shapes.toml").write_text(f"limits = {{depth = {DEEPEST}}}\n")
    result = golden.run(*command.split(), "net.yaml", folder=tmp_path)
    assert result.code == (0 if last == "relu" else 1)
    assert "limit" not in result.out + result.err


def test_calls_in_calls_have_a_limit_of_their_own() -> None:
    blocks = "".join(f"  B{n}: {{layers: [B{n + 1}]}}\n" for n in range(100))
    text = f"input: 9\nblocks:\n{blocks}  B100: {{layers: [relu]}}\nlayers: [B0]\n"

    def reported(depth: int) -> list[str]:
        settings = DEFAULTS._replace(limits=Limits(depth=depth))
        return [found.message() for found in check_source(Source("net.yaml", text), settings=settings).errors]

    assert reported(100) == ["blocks and structures are nested too deep: the limit is 100"]
    assert reported(DEEPEST) == [
        "blocks and structures are nested too deep, which limits.depth does not change: the limit is 100"
    ]
