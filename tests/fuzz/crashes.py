"""Keeps the smallest input of each fault as a file, which a test replays from then on."""

import hashlib
import re
from pathlib import Path

from tests.fuzz.judge import Fault

FOLDER = Path(__file__).parent / "crashes"


def sort_of(fault: Fault) -> str:
    """Faults that say the same, but for numbers and quoted words, are one."""
    return re.sub(r"\d+|'[^']*'|: .*", "#", f"{fault.command} {fault.symptom}")


class Crashes:
    """The faults of a run, by their sort, each with its shortest input."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.folder = folder
        self.known: dict[str, bytes] = {}

    def add(self, fault: Fault, spec: bytes) -> None:
        """Keep an input, where its fault is new or it is shorter than the one that is kept."""
        sort = sort_of(fault)
        before = self.known.get(sort)
        if before is not None and len(before) <= len(spec):
            return
        self.folder.mkdir(exist_ok=True)
        if before is None:
            print(f"{fault.command}: {fault.symptom}", flush=True)
        else:
            self.file(fault, before).unlink(missing_ok=True)
        self.known[sort] = spec
        self.file(fault, spec).write_bytes(spec)

    def file(self, fault: Fault, spec: bytes) -> Path:
        what = f"{fault.command}-slow" if fault.symptom.startswith("over ") else fault.command
        return self.folder / f"{what}-{hashlib.sha256(spec).hexdigest()[:8]}.yaml"
