"""What `verify` says of specs and modules, and what the tracer answers of these.

`models/verified` has all of them; `verify.txt` is the transcript, and `answers.jsonl` what was asked of the
tracer and its answer, in which HERE is the folder.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cnn_shapes.importing.recording import Recording, RunFailure, read_answer

VERIFIED = Path(__file__).parent / "models" / "verified"
TRANSCRIPT, ANSWERS = VERIFIED / "verify.txt", VERIFIED / "answers.jsonl"
_HERE = "HERE/"

COMMANDS = [
    f"cnn-shapes verify {arguments}"
    for arguments in (
        "same.yaml net.py:Net",
        "stride.yaml net.py:Net",
        "filters.yaml net.py:Net",
        "norelu.yaml net.py:Net",
        "norm.yaml net.py:Net",
        "more.yaml net.py:Net",
        "same.yaml net.py:Net --arg width=8",
        "same.yaml net.py:Net --input 3x64x64",
        "same.yaml net.py:Net --input 64x64x3",
        "same.yaml net.py:Net --input 3x64x64 --input 3x64x64",
        "two.yaml net.py:Two",
        "two.yaml net.py:Two --input depth=1x64x64 --input image=3x64x64",
        "two.yaml net.py:Two --input 3x64x64",
        "two.yaml net.py:Two --input picture=3x64x64",
        "two.yaml net.py:Swapped",
        "two.yaml net.py:Both",
        "other.yaml net.py:Two",
        "two.yaml net.py:Net",
        "same.yaml net.py:Two",
        "same.yaml net.py:Broken",
        "same.yaml net.py:Unsaid",
        "same.yaml net.py:Net --arg depth=8",
        "same.yaml net.py:None",
        "same.yaml nothing.py:Net",
        "same.yaml net.py",
        "nothing.yaml net.py:Net",
        "misspelt.yaml net.py:Net",
        "same.yaml net.py:Net --set width=3",
    )
]


def question(target: str, arguments: Mapping[str, Any] | None, inputs: Any) -> str:
    return json.dumps([target, arguments, inputs])


def stored() -> dict[str, str]:
    """By question the answer as text."""
    lines = ANSWERS.read_text(encoding="utf-8").splitlines()
    return dict(zip(lines[::2], lines[1::2], strict=True))


def keep(answers: Mapping[str, Any]) -> None:
    texts = {
        asked: json.dumps(answer).replace(f"{VERIFIED.as_posix()}/", _HERE)
        for asked, answer in answers.items()
    }
    ANSWERS.write_text("".join(f"{asked}\n{text}\n" for asked, text in texts.items()), encoding="utf-8")


def recorded(
    target: str, arguments: Mapping[str, Any] | None = None, inputs: Any = (), **others: Any
) -> Recording | RunFailure:
    """What `running.record` gives, as the tracer once answered."""
    text = stored()[question(target, arguments, inputs)]
    return read_answer(json.loads(text.replace(_HERE, f"{VERIFIED.as_posix()}/")))
