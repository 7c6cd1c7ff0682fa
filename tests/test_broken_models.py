"""Modules of PyTorch that do not run: each error with the user's line, its cause, and a fix.

The first fix, or what it is about, is what the question's answer says where people asked.
"""

import contextlib
from io import StringIO
from pathlib import Path

import pytest

from cnn_shapes import formats
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
    "attention_of_channels_first": [(15, "x.permute(0, 2, 1)")],
    "autoencoder_without_output_padding": [
        (19, "output_padding: 1 of d2 on line 13 and output_padding: 1 of d3")
    ],
    "batch_among_the_features": [
        (19, "x.view(x.size(0), -1)"),
        (20, "torch.flatten(x, 1)"),
        (21, "x.view(x.size(0), 3136)"),  # 16*14*14
    ],
    "batchnorm2d_after_flatten": [(14, "BatchNorm2d -> BatchNorm1d")],
    "cat_one_row_short": [(24, "F.interpolate the output of up2"), (26, "")],  # 24 -> 25
    "channels_last_by_mistake": [(10, "--input 3x64x48, or permute(0, 3, 1, 2)")],
    "conv1d_on_an_image": [
        (13, "Conv1d -> Conv2d"),
        (13, "MaxPool1d -> MaxPool2d"),
        (10, "in_features: 2304 of head"),  # 16*12*12
    ],
    "depthwise_of_another_width": [
        (10, "out_channels: 32 of stem"),
        (11, "in_channels: 64 of depth"),
        (17, "kernel_size: 3 of even"),
    ],
    "first_state_of_one_layer": [(14, "torch.zeros(2, x.size(0), 64)")],
    "frames_before_channels": [(11, "--input 3x16x112x112, or permute(0, 2, 1, 3, 4)"), (15, "")],
    "functional_call": [(18, "padding: 2 of conv")],
    "gate_of_another_width": [(15, "out_channels: 64 of gate-expand")],
    "groups_do_not_divide": [(10, "out_channels: 32 of stem"), (11, "")],
    "heads_that_do_not_divide": [(14, "")],
    "inside_a_loop": [(12, "in_channels: 32 of stages-2-0")],
    "layernorm_of_channels": [(13, "nn.GroupNorm(1, 64)")],
    "layers_in_a_list": [
        (11, "in_channels: 16 of convs-1"),
        (11, "self.convs = nn.ModuleList([...])"),
        (12, "self.norms = nn.ModuleDict({...})"),
        (17, "in __init__"),
    ],
    "lstm_after_conv": [(18, "input_size: 512 of lstm")],  # 64*8
    "lstm_into_conv1d": [(16, "x.permute(0, 2, 1)"), (17, "x.permute(0, 2, 1)")],
    "mat1_and_mat2": [(19, "in_features: 2048 of hidden")],  # 32*8*8
    "missing_flatten": [(16, "insert nn.Flatten() before line 12")],
    "noise_without_axes": [(23, "--input 100x1x1"), (38, "")],
    "norm_of_tokens": [(15, "nn.LayerNorm(128)"), (16, "x.permute(0, 2, 1)")],
    "output_too_small": [(13, "padding: 2 of conv3")],
    "permute_without_batch": [(15, "")],
    "pooled_to_several_places": [(10, "nn.AdaptiveAvgPool2d(1)")],
    "pools_until_nothing_is_left": [(17, "")],
    "raises_after_an_error": [(11, "in_channels: 8 of second"), (16, "")],
    "residual_without_stride": [(20, "stride: 2 of block-shortcut on line 15")],
    "separable_of_another_width": [(9, "out_channels: 32 of stem")],
    "shared_and_wrong": [(9, "in_channels: 8 of shared")],
    "siamese_of_two_inputs": [(22, "in_features: 9216 of embed")],
    "silenced_by_comments": [(14, "in_features: 48 of head")],
    "stack_and_expand": [(15, "padding: 1 of b"), (17, "mask.expand(-1, 8, 30, 30)")],
    "states_of_both_directions": [(10, "in_features: 128 of fc")],
    "submodule_used_twice": [(12, "out_channels: 64 of stem")],
    "three_at_once": [
        (12, "in_channels: 32 of c3 on line 12"),
        (20, "no slice on line 20"),
        (13, "in_features: 2880 of fc1 on line 13"),  # 96*5*6
    ],
    "transposed_off_by_one": [(19, "output_padding: 1 of up1")],
    "unet_of_an_odd_input": [(32, "F.interpolate the output of u3"), (33, ""), (34, "")],
    "vgg_of_a_smaller_input": [(16, "nn.AdaptiveAvgPool2d(7)")],
    "view_of_a_wrong_number": [(19, "view(-1, 400)")],
    "view_of_another_size": [(20, "view(-1, 576) on line 20 and in_features: 576 of fc1 on line 13")],
    "wrong_in_channels": [(11, "in_channels: 64 of conv3")],
}


def entry_of(model: BrokenModel) -> tuple[str, list[tuple[int, list[str]]]]:
    """What the command says, and the line and fixes of each error."""
    with contextlib.chdir(BROKEN):
        report = advised(check_model(model.target, read_answer(model.answer())))
        text = StringIO()
        formats.show("full", [report], Output(text), DisplayOptions())
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
        formats.show(format, [report], Output(text), DisplayOptions())
    assert place in text.getvalue()
    assert '"replacements"' not in text.getvalue()
    assert '"edits": [{' not in text.getvalue()
