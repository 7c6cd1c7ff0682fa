"""Measures start-up as whole processes, interleaved: `python -m tests.bench.startup [ROUNDS]`.

The yardsticks are hello-worlds with Typer that import what the command cannot do without: yaml, and for the
table rich as well. Processor time is compared, which other work on the machine disturbs little; the median of
all rounds counts.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from resource import RUSAGE_CHILDREN, getrusage
from shutil import copyfile
from statistics import median
from tempfile import TemporaryDirectory

from tests.golden import ROOT

HELLO = """
import typer
import yaml
{more}
app = typer.Typer()

@app.command()
def hello(name: str) -> None:
    {say}

app()
"""
CONCISE = HELLO.format(more="", say="print('hello', name)")
TABLE = HELLO.format(
    more="from rich.console import Console\nfrom rich.table import Table",
    say="table = Table('hello'); table.add_row(name); Console().print(table)",
)
SCRIPT = "from cnn_shapes.cli import main; main()"  # what an installed command is
SPEC = "mnist.yaml"  # in a folder of its own: few projects configure us, and TOML costs a start its part
COMMANDS = {
    "concise": ["-c", SCRIPT, "check", SPEC, "--format", "concise"],
    "hello with yaml": ["-c", CONCISE, "world"],
    "table": ["-c", SCRIPT, "check", SPEC],
    "hello with yaml and rich": ["-c", TABLE, "world"],
}


def seconds(arguments: list[str], folder: str) -> float:
    """The processor time of one process. Byte code is kept in `folder`, as an installation keeps it."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = getrusage(RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment | {"PYTHONPYCACHEPREFIX": folder},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ratios(rounds: int) -> Iterator[tuple[str, float, str, float]]:
    """Our command, its seconds, its yardstick and that one's seconds."""
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    with TemporaryDirectory() as folder:
        copyfile(ROOT / "specs" / SPEC, os.path.join(folder, SPEC))
        for _ in range(rounds + 1):  # the first round fills the cache
            for name, arguments in COMMANDS.items():
                taken[name].append(seconds(arguments, folder))
    for ours, yardstick in (("concise", "hello with yaml"), ("table", "hello with yaml and rich")):
        yield ours, median(taken[ours][1:]), yardstick, median(taken[yardstick][1:])


def main(rounds: int) -> None:
    for ours, mine, yardstick, theirs in ratios(rounds):
        print(f"{ours}: {mine * 1000:.0f} ms, {yardstick}: {theirs * 1000:.0f} ms, ratio {mine / theirs:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
