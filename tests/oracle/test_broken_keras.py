"""The Keras models that do not run are recorded as in the tests that do without Keras."""

import pytest

from cnn_shapes.importing.keras_models.recording import read_any_answer
from tests.golden import run
from tests.recorded_models import BROKEN_KERAS, BrokenModel, broken_models
from tests.tools.record_models import answer_of

pytestmark = pytest.mark.oracle
MODELS = broken_models(BROKEN_KERAS)


@pytest.mark.parametrize("model", MODELS, ids=[model.file.stem for model in MODELS])
def test_the_recording_is_that_of_the_tests(model: BrokenModel) -> None:
    assert read_any_answer(answer_of(model)) == read_any_answer(model.answer())


@pytest.mark.parametrize(("name", "code"), [("skip_of_another_size", 1), ("raises_itself", 2)])
def test_the_command_says_the_same(name: str, code: int) -> None:
    model = next(one for one in MODELS if one.file.stem == name)
    result = run("check", *model.arguments, folder=BROKEN_KERAS)
    assert result.code == code
    assert result.out + result.err == model.file.with_suffix(".out").read_text(encoding="utf-8")
