"""Keys that say nothing here: the message says why, and its fix takes all of a layer's out, no more."""

import pytest

from cnn_shapes.checking import check_source
from cnn_shapes.layers import FROM_INPUT
from cnn_shapes.source import Source

TOP = "input: [8, 8, 4]\nlayers:\n"


@pytest.mark.parametrize("argument", sorted(FROM_INPUT))
def test_an_argument_that_follows_from_the_input(argument: str) -> None:
    (problem,) = check_source(Source("x.yaml", f"{TOP}  - batchnorm: {{{argument}: 4}}\n")).errors
    assert (problem.rule, problem.message()) == (
        "unknown-key",
        f"{argument} follows from the input: leave it out",
    )


@pytest.mark.parametrize(
    ("layer", "title", "after"),
    [
        ("BatchNorm2d: {num_features: 4}", "leave out num_features", "BatchNorm2d"),
        ("ReLU: { inplace: true }  # as there", "leave out inplace", "ReLU  # as there"),
        (
            "BatchNorm2d: {num_features: 4, affine: true, eps: 1e-5, momentum: 0.1}",
            "leave out num_features, eps and momentum",
            "BatchNorm2d: {affine: true}",
        ),
        (
            "Conv2d: {out_channels: 8, dtype: half, kernel_size: 3}",
            "leave out dtype",
            "Conv2d: {out_channels: 8, kernel_size: 3}",
        ),
        ("Conv2d: {dtype: half, out_channels: 8}", "leave out dtype", "Conv2d: {out_channels: 8}"),
        (
            "BatchNorm2d:\n      num_features: 4\n      eps: 1.0",
            "leave out num_features and eps",
            "BatchNorm2d",
        ),
        (
            "Conv2d:\r\n      dtype: half\r\n      out_channels: 8  # eight\r\n      device: cpu",
            "leave out dtype and device",
            "Conv2d:\r\n      out_channels: 8  # eight\r\n",
        ),
        ("repeat: {times: 1, layers: [ReLU: {inplace: true}, Tanh]}", "leave out inplace", ""),
    ],
)
def test_the_fix_leaves_them_out(layer: str, title: str, after: str) -> None:
    source = Source("x.yaml", f"{TOP}  - {layer}")
    after = after or layer.replace(": {inplace: true}", "")
    for problem in check_source(source).errors:
        (fix,) = problem.fixes
        assert (fix.title, fix.safe) == (title, False)
        changed = source.edited(fix.edits)
        assert changed.text == f"{TOP}  - {after}"
        assert check_source(changed).ok


@pytest.mark.parametrize(
    "layers",
    [
        "  - relu: &empty {inplace: true}\n  - relu: *empty\n",
        "  - relu: {<<: {inplace: true}}\n",
        "  - ReLU:  # a comment\n      inplace: true\n",
    ],
)
def test_there_is_no_fix_where_it_would_take_more(layers: str) -> None:
    fixes = [
        source.edited(fix.edits).text
        for source in [Source("x.yaml", TOP + layers)]
        for problem in check_source(source).errors
        for fix in problem.fixes
    ]
    assert fixes == []


def test_letters_are_not_arguments() -> None:
    (problem,) = check_source(Source("x.yaml", f"{TOP}  - conv: {{filters: 8, s: 2}}\n")).errors
    assert problem.message().startswith("conv has no s")
