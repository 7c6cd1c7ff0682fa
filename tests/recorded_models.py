"""Models that do not run, with what the tracer answers of each, so that no test needs a framework.

Each is a file in `models/broken`, of PyTorch, or in `models/broken_keras`: its first line is the command
that a user gives. Beside it `.json` is the answer, in which HERE is the folder, and `.out` all that is said.
"""

import json
import shlex
from pathlib import Path
from typing import Any, NamedTuple

BROKEN = Path(__file__).parent / "models" / "broken"
BROKEN_KERAS = Path(__file__).parent / "models" / "broken_keras"
_HERE = "HERE/"


class BrokenModel(NamedTuple):
    """`arguments` are those of `cnn-shapes check`: the model and its inputs."""

    file: Path
    arguments: tuple[str, ...]

    @property
    def target(self) -> str:
        return self.arguments[0]

    @property
    def inputs(self) -> list[list[int]]:
        places = [place for place, word in enumerate(self.arguments) if word == "--input"]
        return [[int(size) for size in self.arguments[place + 1].split("x")] for place in places]

    def answer(self) -> Any:
        """What the tracer answered, as if it had run here."""
        text = self.file.with_suffix(".json").read_text(encoding="utf-8")
        return json.loads(text.replace(_HERE, f"{self.file.parent.as_posix()}/"))

    def keep(self, answer: Any) -> None:
        """Write an answer beside the file, one line a call."""
        text = json.dumps(answer).replace(f"{self.file.parent.as_posix()}/", _HERE)
        text = text.replace('}, {"operation"', '},\n{"operation"')
        self.file.with_suffix(".json").write_text(text + "\n", encoding="utf-8")


def broken_models(folder: Path = BROKEN) -> list[BrokenModel]:
    found = []
    for file in sorted(folder.glob("*.py")):
        first = file.read_text(encoding="utf-8").partition("\n")[0]
        words = shlex.split(first.removeprefix("# "))
        assert words[:2] == ["cnn-shapes", "check"], file
        found.append(BrokenModel(file, tuple(words[2:])))
    return found
