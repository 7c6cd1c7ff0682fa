"""Every argument of every class that is read is a field here, or has its own answer.

tests/tools/make_class_arguments.py makes the list of the arguments from the frameworks.
"""

import pytest

from cnn_shapes.checking import check_source
from cnn_shapes.language.reading.common import COMMON
from cnn_shapes.layers import ALIASES, FROM_INPUT, NO_SHAPE, layer_of
from cnn_shapes.layers.base import KERAS, TORCH, TORCHVISION
from cnn_shapes.source import Source
from tests.golden import ROOT

ROWS = [row.split() for row in (ROOT / "tests" / "data" / "class_arguments.txt").read_text().splitlines()]
FRAMEWORKS = (TORCH, TORCHVISION, KERAS)
IDLE, FOLLOWS = "{} changes no shape: leave it out", "{} follows from the input: leave it out"


def messages(layer: str, rank: int | None = 2) -> list[str]:
    size = {0: "[64]", 1: "[16, 64]", 2: "[16, 16, 64]", 3: "[16, 16, 16, 64]"}[2 if rank is None else rank]
    found = check_source(Source("net.yaml", f"input: {size}\nlayers:\n  - {layer}\n")).errors
    return [one.message() for one in found]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1])
def test_every_argument_is_read_or_answered(row: list[str]) -> None:
    _, name, *arguments = row
    layer = layer_of(name)
    fields = {*layer.fields, *(alias for field in layer.fields.values() for alias in field.aliases)}
    for argument in arguments:
        if argument in fields or argument in COMMON:
            continue
        said = messages(f"{name}: {{{argument}: odd}}", ALIASES[name][1])
        if argument in layer.limited:
            assert any(one.startswith(f"{argument} of {name} must be ") for one in said)
        elif argument in layer.follows_input:
            assert f"{argument} follows from {layer.follows_input[argument]}: leave it out" in said
        elif argument in FROM_INPUT:
            assert FOLLOWS.format(argument) in said
        else:
            assert argument in {*NO_SHAPE, *layer.without_effect}
            assert IDLE.format(argument) in said


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1])
def test_arguments_by_place_are_those_of_the_framework(row: list[str]) -> None:
    """As far as they are declared; where none is, none of the framework's says something."""
    module, name, *arguments = row
    layer = layer_of(name)
    fields = {alias: its for its, field in layer.fields.items() for alias in (its, *field.aliases)}
    meant = [fields.get(one, one if one in layer.limited else "") for one in arguments]
    (declared,) = [one for one in layer.class_names if one.framework == module and name in one.names]
    placed = [fields.get(one, one) for one in declared.arguments]
    assert placed == meant[: len(placed)]
    assert placed or not any(meant[:2])


def test_every_class_is_in_the_list() -> None:
    listed = {(module, name) for module, name, *_ in ROWS}
    layers = dict.fromkeys(map(layer_of, ALIASES))
    read = {(names.framework, name) for one in layers for names in one.class_names for name in names.names}
    assert listed == {row for row in read if row[0]}
    assert {module for module, _ in listed} == {*FRAMEWORKS}


# the entry, where its value says something, what is said of it
_WHOLE = "flatten puts all axes in one, write reshape for some of them"
_BOTH = "scale and shift are learned both, or with affine: false neither"
_CUSTOM = "state it with custom"
ALONE = [
    ("Flatten: {start_dim: 1, end_dim: -1}", ""),
    ("Resizing: {height: 3, width: 4, crop_to_aspect_ratio: false, pad_to_aspect_ratio: false}", ""),
    ("LayerNormalization: {axis: -1, center: true, scale: true}", ""),
    ("GLU: {dim: 1}", ""),
    ("LogSoftmax: {dim: 1}", ""),
    ("Softmin: {dim: 1}", ""),
    ("sparsemax: {axis: channels}", ""),
    ("BatchNormalization: {renorm: false}", ""),
    ("Flatten: {start_dim: 2}", f"start_dim of Flatten must be 1, found 2: {_WHOLE}"),
    ("Flatten: {end_dim: 1}", f"end_dim of Flatten must be -1, found 1: {_WHOLE}"),
    ("Flatten: {end_dim: [1]}", f"end_dim of Flatten must be -1, found a list: {_WHOLE}"),
    (
        "Resizing: {height: 3, width: 4, crop_to_aspect_ratio: true}",
        "crop_to_aspect_ratio of Resizing must be false, found true: write crop before it",
    ),
    (
        "Resizing: {height: 3, width: 4, pad_to_aspect_ratio: true}",
        "pad_to_aspect_ratio of Resizing must be false, found true: write pad before it",
    ),
    (
        "LayerNormalization: {center: false}",
        f"center of LayerNormalization must be true, found false: {_BOTH}",
    ),
    ("GroupNorm: {num_groups: 4, bias: false}", f"bias of GroupNorm must be true, found false: {_BOTH}"),
    (
        "BatchNormalization: {axis: 1}",
        "axis of BatchNormalization must be -1, found 1: it is of the channels in every layout, leave it out",
    ),
    (
        "BatchNormalization: {renorm: true}",
        "renorm of BatchNormalization must be false, found true: the language has no batch renormalisation",
    ),
    (
        "GLU: {dim: -1}",
        "dim must be 1 or -3, the channels as PyTorch counts, found -1: glu halves the channels alone",
    ),
    (
        "MultiheadAttention: {num_heads: 2, add_bias_kv: true}",
        "add_bias_kv of MultiheadAttention must be false, found true: the language counts no learned key "
        f"and value, {_CUSTOM}",
    ),
    (
        "MultiHeadAttention: {num_heads: 2, key_dim: 8, use_gate: true}",
        "use_gate of MultiHeadAttention must be false, found true: the language counts no weights of a "
        f"gate, {_CUSTOM}",
    ),
]


@pytest.mark.parametrize(("layer", "expected"), ALONE)
def test_an_argument_with_one_value_alone(layer: str, expected: str) -> None:
    assert messages(layer) == ([expected] if expected else [])


# a class with its arguments and the kind that says the same
SAME = [
    ("[64]", "BatchNorm1d: {bias: false}", "batchnorm: {center: false}"),
    ("[8, 8, 64]", "BatchNormalization: {scale: false}", "batchnorm: {scale: false}"),
    ("[8, 8, 64]", "SyncBatchNorm", "batchnorm"),
    ("[8, 8, 64]", "GroupNorm: {num_groups: 4}", "groupnorm: 4"),
    ("[8, 8, 64]", "GroupNormalization", "groupnorm: 32"),
    ("[8, 8, 64]", "GroupNormalization: 16", "groupnorm: 16"),
    ("[8, 8, 64]", "Upsample: {scale_factor: 1.5}", "upsample: 1.5"),
    ("[8, 8, 64]", "UpsamplingNearest2d: {scale_factor: 2}", "upsample: 2"),
    ("[8, 8, 64]", "UpsamplingNearest2d: {size: [9, 11]}", "upsample: {size: [9, 11]}"),
    ("[8, 8, 64]", "UpsamplingBilinear2d: {scale_factor: 2}", "upsample: {scale: 2, mode: bilinear}"),
    ("[8, 8, 64]", "UpSampling2D", "upsample: 2"),
    ("[8, 8, 64]", "UpSampling2D: 3", "upsample: 3"),
    ("[8, 8, 64]", "UpSampling2D: {size: [2, 3], interpolation: nearest}", "upsample: [2, 3]"),
    ("[8, 64]", "UpSampling1D: {size: 3}", "upsample: 3"),
    ("[4, 8, 8, 64]", "UpSampling3D: {size: 3}", "upsample: 3"),
    ("[8, 8, 64]", "Resizing: {height: 12, width: 5}", "upsample: {size: [12, 5], mode: bilinear}"),
    ("[8, 8, 64]", "Resizing: {height: 12, width: 5, interpolation: nearest}", "upsample: {size: [12, 5]}"),
    ("[8, 8, 64]", "Rescaling", "identity"),
    ("[8, 8, 64]", "PixelShuffle: {upscale_factor: 2}", "pixel_shuffle: 2"),
    ("[8, 8, 64]", "PixelUnshuffle: {downscale_factor: 2}", "space_to_depth: 2"),
    ("[8, 8, 64]", "Dropout2d: {p: 0.2}", "dropout: 0.2"),
    ("[8, 8, 64]", "SpatialDropout2D: {rate: 0.2}", "dropout: 0.2"),
    ("[8, 8, 64]", "ZeroPadding2D: {padding: [[1, 2], [3, 4]]}", "pad: [[1, 2], [3, 4]]"),
    ("[8, 8, 64]", "Cropping2D: {cropping: [1, 2]}", "crop: [1, 2]"),
    ("[64]", "GLU", "glu"),  # PyTorch's default is dim=-1, of a vector the channels
    ("[64]", "GLU: {dim: -1}", "glu"),
    ("[8, 8, 64]", "GLU: {dim: 1}", "glu"),
    ("[8, 8, 64]", "GLU: {dim: -3}", "glu"),
    ("[12, 64]", "ZeroPadding1D: {padding: [1, 2]}", "pad: [[1, 2]]"),  # begin and end: 12 + 1 + 2 = 15
    ("[12, 64]", "Cropping1D: {cropping: [1, 2]}", "crop: [[1, 2]]"),  # 12 - 1 - 2 = 9
    ("[8, 8, 64]", "Upsample: {scale_factor: 2, mode: bicubic}", "upsample: {scale: 2, mode: bicubic}"),
    ("[8, 8, 64]", "UpSampling2D: {interpolation: bicubic}", "upsample: {scale: 2, mode: bicubic}"),
    ("[8, 8, 64]", "GlobalAveragePooling2D", "global_avgpool"),
    ("[8, 8, 64]", "GlobalMaxPooling2D: {keepdims: true}", "global_maxpool: {keepdims: true}"),
    # Keras: 8*2 with same, of two pixels too many one at each end; else (8 - 1)*2 + 5, (8 - 1)*3 + max(2, 3)
    (
        "[8, 8, 64]",
        "Conv2DTranspose: {filters: 3, kernel_size: 4, strides: 2, padding: same}",
        "conv_transpose: {filters: 3, kernel_size: 4, stride: 2, padding: 1}",
    ),
    (
        "[8, 8, 64]",
        "Conv2DTranspose: {filters: 3, kernel_size: 3, strides: 2, padding: same}",
        "conv_transpose: {filters: 3, kernel_size: 3, stride: 2, padding: [[0, 1], [0, 1]]}",
    ),
    (
        "[8, 8, 64]",
        "Conv2DTranspose: {filters: 3, kernel_size: 5, strides: 2}",
        "conv_transpose: {filters: 3, kernel_size: 5, stride: 2}",
    ),
    (
        "[8, 8, 64]",
        "Conv2DTranspose: {filters: 3, kernel_size: 2, strides: 3, padding: valid}",
        "conv_transpose: {filters: 3, kernel_size: 2, stride: 3, output_padding: 1}",
    ),
    (
        "[8, 64]",
        "Conv1DTranspose: {filters: 3, kernel_size: 2, strides: 4, padding: same}",
        "conv_transpose: {filters: 3, kernel_size: 2, stride: 4, output_padding: 2}",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("size", "layer", "plain"), SAME)
def test_a_class_means_its_kind(size: str, layer: str, plain: str) -> None:
    ours, wanted = (
        check_source(Source("net.yaml", f"input: {size}\nrounding: floor\nlayers:\n  - {one}\n")).trace
        for one in (layer, plain)
    )
    assert ours is not None
    assert wanted is not None
    mine, other = ours.steps[-1], wanted.steps[-1]
    assert mine.node.output == other.node.output
    assert mine.node.layer is not None
    assert other.node.layer is not None
    assert mine.node.layer.signature() == other.node.layer.signature()
    assert ours.totals == wanted.totals


def test_a_frozen_norm_learns_nothing_and_takes_no_bias_away() -> None:
    """torchvision.ops.FrozenBatchNorm2d has buffers alone, no parameters."""
    layers = "  - conv: {filters: 4, kernel_size: 3}\n  - FrozenBatchNorm2d\n"
    report = check_source(Source("net.yaml", f"input: [8, 8, 4]\nlayers:\n{layers}"))
    assert report.diagnostics == []
    assert report.trace is not None
    assert report.trace.totals.params == 3 * 3 * 4 * 4 + 4


def test_defaults_are_of_kinds() -> None:
    text = "input: [8, 8, 4]\ndefaults: {UpSampling2D: {size: 3}}\nlayers: [relu]\n"
    found = check_source(Source("net.yaml", text)).errors
    assert [one.message() for one in found] == [
        "defaults are of kinds, and UpSampling2D takes other arguments than its kind: write upsample"
    ]


def test_a_default_of_the_kind_holds_for_what_a_class_has_of_it() -> None:
    head = "input: [8, 8, 4]\ndefaults: {conv_transpose: {kernel_size: 4, padding: 1}}\nlayers:\n"
    report = check_source(Source("net.yaml", f"{head}  - Conv2DTranspose: {{filters: 3, strides: 2}}\n"))
    assert report.trace is not None
    output = report.trace.steps[-1].node.output
    assert output is not None
    assert output.sizes == (18, 18)  # (8 - 1)*2 + 4: the padding is Keras', which is valid
