"""The modules that do not run are recorded as in the tests that do without PyTorch."""

import pytest

from cnn_shapes.importing.recording import read_answer
from tests.golden import run
from tests.recorded_models import BROKEN, BrokenModel, broken_models
from tests.tools.record_models import answer_of

pytestmark = pytest.mark.oracle
MODELS = broken_models()


@pytest.mark.parametrize("model", MODELS, ids=[model.file.stem for model in MODELS])
def test_the_recording_is_that_of_the_tests(model: BrokenModel) -> None:
    assert read_answer(answer_of(model)) == read_answer(model.answer())


def test_the_command_says_the_same() -> None:
    model = next(one for one in MODELS if one.file.stem == "three_at_once")
    result = run("check", *model.arguments, folder=BROKEN)
    assert (result.code, result.err) == (1, "")
    assert result.out == model.file.with_suffix(".out").read_text(encoding="utf-8")
