"""What the tracer answers in the tests of `verify` is what it answers."""

import json
from typing import Any

import pytest

from cnn_shapes.importing import running
from cnn_shapes.importing.keras_models.recording import read_any_answer
from tests import golden
from tests.verified_models import COMMANDS, TRANSCRIPT, keep, question, recorded, stored

pytestmark = pytest.mark.oracle


def test_the_answers_are_those_of_the_tests(monkeypatch: pytest.MonkeyPatch, update: bool) -> None:
    asked: dict[str, Any] = {}

    def record(target: str, arguments: Any = None, inputs: Any = (), **others: Any) -> Any:
        def answer_of(answer: Any) -> Any:
            asked[question(target, arguments, inputs)] = answer
            return read_any_answer(answer)

        monkeypatch.setattr(running, "read_any_answer", answer_of)
        return record_now(target, arguments, inputs, **others)

    record_now = running.record
    monkeypatch.setattr(running, "record", record)
    golden.check(TRANSCRIPT, COMMANDS, update=update)
    if update:
        keep(asked)
    assert list(asked) == list(stored())
    for question_, answer in asked.items():
        assert read_any_answer(answer) == recorded(*json.loads(question_))
