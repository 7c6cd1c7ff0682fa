"""What the coverage-guided fuzzer of `bytes.py` begins with, and what it does with each input."""

import functools
import zlib
from pathlib import Path

from cnn_shapes.cli import Commands
from cnn_shapes.language.reading.common import COMMON
from cnn_shapes.language.reading.document import KEYS
from cnn_shapes.layers import ALIASES, KINDS, WORDS
from cnn_shapes.layers.structure import STRUCTURES
from tests.fuzz.crashes import Crashes
from tests.fuzz.judge import EVERY, timed
from tests.golden import ROOT

LONGEST = 2048
SEEDS = ("specs", "tests/cases", "tests/fuzz/crashes")
SYNTAX = (
    *(
        ": ",
        "{",
        "}",
        "[",
        "]",
        ", ",
        "- ",
        "\n  - ",
        "'",
        '"',
        "&a ",
        "*a",
        "<<: ",
        "#",
        "!!",
        "|\n",
        "---\n",
    ),
    *("null", "-1", "1.5", ".inf", ".nan", "1e9", "2147483647", "c_in", " if ", " else ", "//", "%", "*"),
    *("prev", "# cnn-shapes: ignore[", "required", "let", "inputs", "\ufeff", "합", "\u2028", "\\u0007"),
)


def words() -> list[str]:
    """What the language is made of, so that a change may put in a word and not only a byte."""
    fields = {name for kind in KINDS.values() for name in kind.fields}
    structure = {name for one in STRUCTURES.values() for name in (*one.lists, *one.values)}
    return sorted({*KINDS, *ALIASES, *WORDS, *STRUCTURES, *COMMON, *KEYS, *fields, *structure, *SYNTAX})


def write_words(file: Path) -> None:
    """The words as a dictionary of libFuzzer."""
    spelled = ("".join(f"\\x{byte:02X}" for byte in word.encode()) for word in words())
    file.write_text("".join(f'"{word}"\n' for word in spelled), encoding="ascii")


def write_seeds(folder: Path) -> None:
    folder.mkdir()
    for place in SEEDS:
        for number, file in enumerate(sorted((ROOT / place).glob("*.yaml"))):
            (folder / f"{place.replace('/', '-')}-{number}").write_bytes(file.read_bytes()[:LONGEST])


class Run:
    """Counts inputs, and keeps those that break something."""

    def __init__(self, crashes: Crashes) -> None:
        self.inputs, self.crashes = 0, crashes
        # to build a command costs as much as the check of a small spec
        Commands.get_command = functools.cache(Commands.get_command)  # type: ignore[method-assign]

    def __call__(self, spec: bytes) -> None:
        self.inputs += 1
        checksum = zlib.crc32(spec)
        second = [] if checksum % 3 else [EVERY[checksum // 3 % len(EVERY)]]
        for name in ("concise", *second):
            found = timed(name, spec)
            if found is not None:
                self.crashes.add(found, spec)

    def tell(self) -> None:
        print(f"{self.inputs:,} inputs, {len(self.crashes.known)} faults", flush=True)
