"""`check` on a folder of specs: in one process against PyYAML composing them, from finding to writing; the
whole command in two processes against one, and against yamllint where it is installed.
"""

import gc
import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import yaml

from cnn_shapes.commands.parts import shared
from cnn_shapes.discovery.specs import Finder
from cnn_shapes.formats import DisplayOptions, show
from cnn_shapes.formats.parts.streams import Output
from cnn_shapes.language.spec import Overrides
from cnn_shapes.settings import Configuration
from tests.bench.measuring import Row, compared
from tests.bench.reading import LAYERS, STYLES
from tests.golden import ROOT

_SECTION = "linting a folder"


def rows(count: int) -> Iterator[Row]:
    """Specs with most fields written out, and specs of few words a layer, which are little work for YAML."""
    for style, text_of in STYLES.items():
        yield from folders(style, text_of, count)
    for style, text_of in STYLES.items():
        yield from commands(style, text_of, 2 * count)


def folders(style: str, text_of: Callable[[int], str], count: int, rounds: int = 5) -> Iterator[Row]:
    """Checking a folder of `count` specs, and one of twice as many. The best of interleaved rounds counts."""
    with TemporaryDirectory() as once, TemporaryDirectory() as twice:
        for number in range(2 * count):
            text = text_of(number)
            for folder in (once, twice) if number < count else (twice,):
                (Path(folder) / f"net{number:05}.yaml").write_text(text, encoding="utf-8")
        texts = [file.read_text(encoding="utf-8") for file in sorted(Path(once).iterdir())]
        checking(once)  # imports
        ours, theirs, double = [], [], []
        for _ in range(rounds):
            ours.append(seconds(lambda: checking(once)))
            theirs.append(seconds(lambda: composing(texts)))
            double.append(seconds(lambda: checking(twice)))
    what = f"check a folder of {count:,} specs of {LAYERS} layers {style}"
    yield compared(_SECTION, what, min(ours), "PyYAML's C compose", min(theirs))
    yield compared(_SECTION, f"check a folder of {2 * count:,}", min(double), f"of {count:,}", min(ours))


def commands(style: str, text_of: Callable[[int], str], count: int, rounds: int = 5) -> Iterator[Row]:
    """The command, from its start to its end, by the clock: a ratio that others on the machine spoil.

    The best of interleaved rounds counts; of yamllint, which takes its time, one run between two of ours.
    """
    with TemporaryDirectory() as folder:
        for number in range(count):
            (Path(folder) / f"net{number:05}.yaml").write_text(text_of(number), encoding="utf-8")
        one, two = [], []
        for _ in range(rounds):
            one.append(command("cnn_shapes", "check", folder, "--format", "concise"))
            two.append(command("cnn_shapes", "check", folder, "--format", "concise", "--jobs", "2"))
        what = f"the command, {count:,} specs {style}"
        yield compared(_SECTION, f"{what}, --jobs 2", min(two), "one process", min(one))
        if find_spec("yamllint") is not None:
            theirs = command("yamllint", "-d", "relaxed", folder)
            one.append(command("cnn_shapes", "check", folder, "--format", "concise"))
            yield compared(_SECTION, what, min(one[-2:]), "yamllint", theirs)


def command(module: str, *arguments: str) -> float:
    """The seconds that a command takes, its modules compiled before."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = perf_counter()
    subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        check=False,
    )
    return perf_counter() - start


def checking(folder: str) -> str:
    """What `cnn-shapes check FOLDER --format concise` does, without the start of a process."""
    configuration = Configuration()
    found = Finder(configuration).find([folder])
    reports = shared.checked(found.specs, Overrides(), configuration)
    text = io.StringIO()
    show("concise", shared.Tally().counted(reports), Output(text), DisplayOptions(several=True))
    return text.getvalue()


def composing(texts: list[str]) -> None:
    for text in texts:  # no result is kept, nor is it by us
        yaml.compose(text, Loader=yaml.CLoader)


def seconds(work: object) -> float:
    gc.collect()
    gc.disable()  # the command does, and gains more by it than PyYAML alone would: it is done for both
    gc.freeze()
    try:
        start = process_time()
        work()  # type: ignore[operator]
        return process_time() - start
    finally:
        gc.unfreeze()
        gc.enable()
