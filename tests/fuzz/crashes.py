"""Keeps the smallest input of each fault as a file, which a test replays from then on."""

import hashlib
import re
from pathlib import Path

from tests.fuzz.judge import Fault

FOLDER = Path(__file__).parent / "crashes"


class Crashes:
    """The faults of a run. Faults that tell the same, but for numbers and quoted words, are one."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.folder = folder
        self.known: dict[str, bytes] = {}

    def add(self, fault: Fault, spec: bytes) -> bool:
        """Keep an input, where its fault is new or it is shorter than the one that is kept. Tells which."""
        sort = re.sub(r"\d+|'[^']*'|: .*", "#", f"{fault.command} {fault.told}")
        before = self.known.get(sort)
        if before is not None and len(before) <= len(spec):
            return False
        self.folder.mkdir(exist_ok=True)
        if before is not None:
            self.file(fault, before).unlink(missing_ok=True)
        else:
            print(f"{fault.command}: {fault.told}", flush=True)
        self.known[sort] = spec
        self.file(fault, spec).write_bytes(spec)
        return before is None

    def file(self, fault: Fault, spec: bytes) -> Path:
        return self.folder / f"{fault.command}-{hashlib.sha256(spec).hexdigest()[:8]}.yaml"
