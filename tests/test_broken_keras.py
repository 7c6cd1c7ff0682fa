"""Keras models that raise while they are built: the error at the user's line, in our words, with a fix.

The answers of the tracer are recorded, so that no test here needs Keras.
"""

import contextlib
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from cnn_shapes import formats
from cnn_shapes.formats.json import file_entry
from cnn_shapes.formats.parts.streams import Output
from cnn_shapes.formats.parts.terminal_text import DisplayOptions
from cnn_shapes.importing.keras_models.recording import KerasRecording, read_any_answer
from cnn_shapes.importing.model_check import check_model
from cnn_shapes.importing.model_fixes import advised
from tests.recorded_models import BROKEN_KERAS, BrokenModel, broken_models

MODELS = {model.file.stem: model for model in broken_models(BROKEN_KERAS)}

# of each the rule, the line, and words of a fix among its first three; the numbers are those by hand
EXPECTED = {
    "channels_first_by_mistake": ("window-too-large", 10, "kernel_size: (2, 3) of conv2d"),
    "custom_layer_in_a_graph": ("shape-mismatch", 14, "units: 64 of expand"),
    "decoder_of_an_odd_input": (
        "shape-mismatch",
        14,
        "output_padding: 1 of conv2d_transpose",  # (12 - 1)*2 + 2 + 1 = 25
    ),
    "flatten_before_pool": ("wrong-rank", 11, ""),
    "groups_do_not_divide": ("groups-not-divisible", 10, "groups: 2 of conv2d_1"),
    "lstm_after_conv": ("wrong-rank", 11, ""),
    "no_channels": ("wrong-rank", 9, "Conv2D -> Conv1D"),
    "not_in_the_language": ("unsupported-layer", 10, ""),
    "operation_reshape": ("shape-mismatch", 10, "newshape: (16, 48) of reshape"),  # 4*4
    "pool_shrinks_to_nothing": ("window-too-large", 13, "padding: same of conv2d_3"),
    "raises_itself": ("unreadable-model", 14, ""),
    "reshape_of_another_size": ("shape-mismatch", 11, "units: 6272 of dense"),  # 7*7*128
    "residual_without_projection": ("shape-mismatch", 12, "strides: 1 of conv2d_3"),
    "sequential_add": ("window-too-large", 12, "padding: same of conv2d_1"),
    "sequential_pool": ("window-too-large", 10, "padding: same of conv2d_1"),
    "skip_of_another_size": ("shape-mismatch", 13, "insert Resizing(25, 25) for the output of up_sampling2d"),
    "subclass_adds_unequal": ("shape-mismatch", 14, "padding: same of block-second"),
}

JUNK: tuple[Any, ...] = (None, [], {}, "x", -1, [[1, 2], 3], 10**30)


def entry_of(model: BrokenModel) -> tuple[str, list[tuple[str, int, list[str]]]]:
    """What the command says, and the rule, line and fixes of each error."""
    with contextlib.chdir(BROKEN_KERAS):
        report = advised(check_model(model.target, read_any_answer(model.answer())))
        text = StringIO()
        formats.show("full", [report], Output(text), DisplayOptions())
        found = [one for one in file_entry(report)["diagnostics"] if one["severity"] == "error"]
    assert all(one["source"]["path"] == model.file.name for one in found)
    return text.getvalue(), [
        (one["rule"], one["source"]["line"], [fix["title"] for fix in one["fixes"][:3]]) for one in found
    ]


@pytest.mark.parametrize("name", MODELS)
def test_what_is_said(name: str, update: bool) -> None:
    text, _ = entry_of(MODELS[name])
    golden: Path = MODELS[name].file.with_suffix(".out")
    if update:
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", MODELS)
def test_the_error_stands_at_the_line_alone_and_has_a_fix(name: str) -> None:
    rule, line, wanted = EXPECTED[name]
    (found,) = entry_of(MODELS[name])[1]
    assert found[:2] == (rule, line)
    assert any(wanted in fix for fix in found[2]) or not wanted, found[2]


@pytest.mark.parametrize("name", MODELS)
def test_no_fix_has_what_keras_has_not(name: str) -> None:
    """Its padding is a word, its pools have no dilation."""
    for _, _, fixes in entry_of(MODELS[name])[1]:
        assert not [fix for fix in fixes if re.search(r"\bpadding: (?!same)", fix)]
        assert not [fix for fix in fixes if "dilation" in fix]


def test_junk_is_not_a_recording() -> None:
    answer = MODELS["sequential_add"].answer()
    changes = [
        {"calls": []},
        {"calls": 3},
        {"calls": [{"operation": 3}]},
        {"entries": [{}]},
        {"batch": None},
        {"outputs": [["", [0, 7]]]},
        {"layout": 5},
    ]
    assert isinstance(read_any_answer(answer), KerasRecording)
    for change in changes[1:]:
        with pytest.raises(ValueError, match=r"."):
            read_any_answer(answer | change)
    assert isinstance(read_any_answer(answer | changes[0]), KerasRecording)


@pytest.mark.parametrize("name", MODELS)
def test_settings_that_are_junk_are_refused_and_never_raise(name: str) -> None:
    """Each setting of each layer in turn becomes what it never is."""
    answer = MODELS[name].answer()
    if "calls" not in answer:
        return
    for call in answer["calls"]:
        for setting, value in list(call.get("config", {}).items()):
            for junk in JUNK:
                call["config"][setting] = junk
                check_model(MODELS[name].target, read_any_answer(answer))
            call["config"][setting] = value
    with contextlib.chdir(BROKEN_KERAS):
        report = check_model(MODELS[name].target, read_any_answer(answer))
    assert [one.rule for one in report.errors] == [EXPECTED[name][0]]
