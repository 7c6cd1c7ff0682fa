"""`check` on a folder of specs in one process, from finding to writing, against PyYAML composing them."""

import gc
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import yaml

from cnn_shapes.commands.parts import shared
from cnn_shapes.discovery.specs import Finder
from cnn_shapes.formats import DisplayOptions, show
from cnn_shapes.formats.parts.streams import Output
from cnn_shapes.language.spec import Overrides
from cnn_shapes.settings import Configuration
from tests.bench.measuring import Row, compared
from tests.bench.reading import LAYERS, STYLES


def rows(count: int) -> Iterator[Row]:
    """Specs with most fields written out, and specs of few words a layer, which are little work for YAML."""
    for style, text_of in STYLES.items():
        yield from folders(style, text_of, count)


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
    section = "linting a folder"
    what = f"check a folder of {count:,} specs of {LAYERS} layers {style}"
    yield compared(section, what, min(ours), "PyYAML's C compose", min(theirs))
    yield compared(section, f"check a folder of {2 * count:,}", min(double), f"of {count:,}", min(ours))


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
