"""The Keras models that do not run are recorded as in the tests that do without Keras."""

from pathlib import Path

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


@pytest.mark.parametrize(
    ("written", "mended"),
    [
        ("strides=2)(x)", "strides=2, output_padding=1)(x)"),
        ("add([x, ", "add([layers.Resizing(25, 25)(x), "),
        ("Conv2DTranspose(16, 2", "Conv2DTranspose(16, 3"),
    ],
)
def test_the_fixes_of_a_decoder_are_of_keras(tmp_path: Path, written: str, mended: str) -> None:
    """Each line of `decoder_of_an_odd_input.out` that is a fix, in the code."""
    text = (BROKEN_KERAS / "decoder_of_an_odd_input.py").read_text(encoding="utf-8")
    assert text.count(written) == 1
    (tmp_path / "user.py").write_text(text.replace(written, mended), encoding="utf-8")
    said = run("check", "user.py:Decoder", "--format", "concise", folder=tmp_path)
    assert (said.code, said.err) == (0, "")
