"""Modules of PyTorch that do not run: each error with the user's line, its cause, and a fix.

The first fix, or what it is about, is what the question's answer says where people asked.
"""

import contextlib
from io import StringIO
from pathlib import Path

import pytest

from cnn_shapes import formats
from cnn_shapes.formats import full
from cnn_shapes.formats.json import file_entry
from cnn_shapes.formats.parts.streams import Output
from cnn_shapes.formats.parts.terminal_text import DisplayOptions
from cnn_shapes.importing.model_check import check_model
from cnn_shapes.importing.model_fixes import advised
from cnn_shapes.importing.recording import read_answer
from tests.recorded_models import BROKEN, BrokenModel, broken_models

MODELS = {model.file.stem: model for model in broken_models()}

# of each error the line, and words of a fix among its first three; the numbers are those by hand
FIXES = {
    "adaptive_pool_is_missing": [(16, "in_features: 50176 of head")],  # 256*14*14
    "attention_heads": [(12, "embed_dim: 96 of attention")],
    "batchnorm2d_after_flatten": [(14, "BatchNorm2d -> BatchNorm1d")],
    "cat_one_row_short": [(24, "F.interpolate the output of up2"), (26, "")],  # 24 -> 25
    "channels_last_by_mistake": [(10, "--input 3x64x48, or permute(0, 3, 1, 2)")],
    "conv1d_on_an_image": [
        (13, "Conv1d -> Conv2d"),
        (13, "MaxPool1d -> MaxPool2d"),
        (10, "in_features: 2304 of head"),  # 16*12*12
    ],
    "functional_call": [(18, "padding: 2 of conv")],
    "gate_of_another_width": [(15, "out_channels: 64 of gate-expand")],
    "groups_do_not_divide": [(10, "out_channels: 32 of stem"), (11, "")],
    "inside_a_loop": [(12, "in_channels: 32 of stages-2-0")],
    "lstm_after_conv": [(18, "input_size: 512 of lstm")],  # 64*8
    "mat1_and_mat2": [(19, "in_features: 2048 of hidden")],  # 32*8*8
    "missing_flatten": [(16, "insert nn.Flatten() before line 12")],
    "output_too_small": [(13, "padding: 2 of conv3")],
    "permute_without_batch": [(15, "")],
    "raises_after_an_error": [(11, "in_channels: 8 of second"), (16, "")],
    "residual_without_stride": [(20, "stride: 2 of block-shortcut on line 15")],
    "submodule_used_twice": [(12, "out_channels: 64 of stem")],
    "three_at_once": [
        (12, "in_channels: 32 of c3 on line 12"),
        (20, "no slice on line 20"),
        (13, "in_features: 2880 of fc1 on line 13"),  # 96*5*6
    ],
    "transposed_off_by_one": [(19, "output_padding: 1 of up1")],
    "view_of_another_size": [(20, "view(-1, 576) on line 20 and in_features: 576 of fc1 on line 13")],
    "wrong_in_channels": [(11, "in_channels: 64 of conv3")],
}


def entry_of(model: BrokenModel) -> tuple[str, list[tuple[int, list[str]]]]:
    """What the command says, and the line and fixes of each error."""
    with contextlib.chdir(BROKEN):
        report = advised(check_model(model.target, read_answer(model.answer())))
        text = StringIO()
        full.write([report], Output(text), DisplayOptions())
        found = [one for one in file_entry(report)["diagnostics"] if one["severity"] == "error"]
    assert all(one["source"]["path"] == model.file.name for one in found)
    return text.getvalue(), [
        (one["source"]["line"], [fix["title"] for fix in one["fixes"][:3]]) for one in found
    ]


@pytest.mark.parametrize("name", MODELS)
def test_what_is_said(name: str, update: bool) -> None:
    text, _ = entry_of(MODELS[name])
    golden: Path = MODELS[name].file.with_suffix(".out")
    if update:
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", MODELS)
def test_each_error_is_told_with_its_line_and_a_fix(name: str) -> None:
    _, errors = entry_of(MODELS[name])
    assert [line for line, _ in errors] == [line for line, _ in FIXES[name]]
    for (line, fixes), (_, wanted) in zip(errors, FIXES[name], strict=True):
        assert any(wanted in fix for fix in fixes) or not wanted, (line, fixes)


@pytest.mark.parametrize(
    ("format", "place"),
    [
        ("concise", "three_at_once.py:12:19: error[expect-mismatch]"),
        ("github", "file=three_at_once.py,line=12,col=19,endColumn=50"),
        ("gitlab", '"path": "three_at_once.py", "positions": {"begin": {"line": 12, "column": 19}'),
        ("junit", 'file="three_at_once.py" line="12"'),
        ("sarif", '"startLine": 12'),
        ("json", '"source": {"path": "three_at_once.py", "line": 12}'),
    ],
)
def test_every_format_points_into_the_code_and_edits_nothing(format: str, place: str) -> None:
    model = MODELS["three_at_once"]
    text = StringIO()
    with contextlib.chdir(BROKEN):
        report = advised(check_model(model.target, read_answer(model.answer())))
        formats.load(format).write([report], Output(text), DisplayOptions())
    assert place in text.getvalue()
    assert '"replacements"' not in text.getvalue()
    assert '"edits": [{' not in text.getvalue()
