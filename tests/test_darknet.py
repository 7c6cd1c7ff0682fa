"""Darknet's cfg files: each layer's output and weights are what Darknet itself prints of the same layers."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from cnn_shapes.checking import check_source
from cnn_shapes.repair import repairs
from cnn_shapes.source import Source
from tests.golden import run

_WORDS = {
    "conv": "batch_normalize=1\nfilters={}\nsize={}\nstride={}\npad=1\nactivation=leaky",
    "depthwise": "batch_normalize=1\nfilters={0}\ngroups={0}\nsize=3\nstride={1}\npad=1\nactivation=leaky",
    "bare": "filters={}\nsize=1\nstride=1\npad=1\nactivation=linear",
    "maxpool": "size={}\nstride={}",
    "route": "layers={}",
    "shortcut": "from={}\nactivation=linear",
    "upsample": "stride={}",
    "yolo": "mask=0,1,2\nanchors=10,14, 23,27, 37,58\nclasses={}\nnum=3",
}
_SECTIONS = {"conv": "convolutional", "depthwise": "convolutional", "bare": "convolutional"}


class Made(NamedTuple):
    """What Darknet prints of a layer: its height, width and channels, and its weights without the norm."""

    words: str
    output: tuple[int, int, int]
    weights: int = 0


# darknet's print of the network (AlexeyAB, batch 1): yolov3-tiny whole, the others as far as is written here
NETWORKS: dict[str, tuple[tuple[int, int], list[Made]]] = {
    "yolov3-tiny": (
        (416, 416),
        [
            Made("conv 16 3 1", (416, 416, 16), 432),
            Made("maxpool 2 2", (208, 208, 16)),
            Made("conv 32 3 1", (208, 208, 32), 4608),
            Made("maxpool 2 2", (104, 104, 32)),
            Made("conv 64 3 1", (104, 104, 64), 18432),
            Made("maxpool 2 2", (52, 52, 64)),
            Made("conv 128 3 1", (52, 52, 128), 73728),
            Made("maxpool 2 2", (26, 26, 128)),
            Made("conv 256 3 1", (26, 26, 256), 294912),
            Made("maxpool 2 2", (13, 13, 256)),
            Made("conv 512 3 1", (13, 13, 512), 1179648),
            Made("maxpool 2 1", (13, 13, 512)),
            Made("conv 1024 3 1", (13, 13, 1024), 4718592),
            Made("conv 256 1 1", (13, 13, 256), 262144),
            Made("conv 512 3 1", (13, 13, 512), 1179648),
            Made("bare 255", (13, 13, 255), 130560),
            Made("yolo 80", (13, 13, 255)),
            Made("route -4", (13, 13, 256)),
            Made("conv 128 1 1", (13, 13, 128), 32768),
            Made("upsample 2", (26, 26, 128)),
            Made("route -1,8", (26, 26, 384)),
            Made("conv 256 3 1", (26, 26, 256), 884736),
            Made("bare 255", (26, 26, 255), 65280),
            Made("yolo 80", (26, 26, 255)),
        ],
    ),
    "yolov4": (
        (608, 608),
        [
            Made("conv 32 3 1", (608, 608, 32), 864),
            Made("conv 64 3 2", (304, 304, 64), 18432),
            Made("conv 64 1 1", (304, 304, 64), 4096),
            Made("route -2", (304, 304, 64)),
            Made("conv 64 1 1", (304, 304, 64), 4096),
            Made("conv 32 1 1", (304, 304, 32), 2048),
            Made("conv 64 3 1", (304, 304, 64), 18432),
            Made("shortcut -3", (304, 304, 64)),
            Made("conv 64 1 1", (304, 304, 64), 4096),
            Made("route -1,-7", (304, 304, 128)),
            Made("conv 64 1 1", (304, 304, 64), 8192),
            Made("conv 128 3 2", (152, 152, 128), 73728),
        ],
    ),
    "yoloface-500k": (
        (288, 352),
        [
            Made("conv 8 3 2", (144, 176, 8), 216),
            Made("depthwise 8 1", (144, 176, 8), 72),
            Made("conv 4 1 1", (144, 176, 4), 32),
            Made("conv 18 1 1", (144, 176, 18), 72),
            Made("depthwise 18 2", (72, 88, 18), 162),
            Made("conv 6 1 1", (72, 88, 6), 108),
            Made("conv 36 1 1", (72, 88, 36), 216),
            Made("depthwise 36 1", (72, 88, 36), 324),
            Made("conv 6 1 1", (72, 88, 6), 216),
            Made("shortcut -4", (72, 88, 6)),
            Made("conv 18 1 1", (72, 88, 18), 108),
        ],
    ),
}


def cfg_of(name: str) -> str:
    """The cfg of a network of NETWORKS."""
    (height, width), layers = NETWORKS[name]
    text = f"[net]\nheight={height}\nwidth={width}\nchannels=3\n"
    for layer in layers:
        word, *numbers = layer.words.split()
        text += f"\n[{_SECTIONS.get(word, word)}]\n{_WORDS[word].format(*numbers)}\n"
    return text


@pytest.mark.parametrize("name", NETWORKS)
def test_layers_are_as_darknet_prints_them(name: str) -> None:
    report = check_source(Source("net.cfg", cfg_of(name)))
    assert report.ok
    assert report.trace is not None
    found: dict[int, Made] = {}
    for step in report.trace.steps:
        place = re.fullmatch(r"[a-z]+_(\d+)(\.\w+)?", step.node.name)
        assert place is not None
        assert step.node.output is not None
        channels, height, width = step.node.output
        index = int(place[1])
        is_conv = step.node.owner is None and "conv" in step.node.name
        norms = 0 if is_conv and NETWORKS[name][1][index].words.split()[0] != "bare" else channels
        weights = step.params - norms if is_conv and step.params is not None else None
        before = found.get(index)
        found[index] = Made(
            NETWORKS[name][1][index].words,
            (height, width, channels),
            weights if weights is not None else before.weights if before else 0,
        )
    assert [found[index] for index in sorted(found)] == NETWORKS[name][1]


_OF_20 = "[net]\nheight=20\nwidth=20\nchannels=3\n[convolutional]\nfilters=4\n"


def test_the_size_of_a_dilated_window_knows_no_dilation() -> None:
    # convolutional_out_height of convolutional_layer.c: (h + 2*pad - size)/stride + 1, whatever the dilation
    text = (
        "[net]\nheight=20\nwidth=20\nchannels=3\n[convolutional]\nfilters=4\nsize=3\ndilation=4\npadding=2\n"
    )
    report = check_source(Source("net.cfg", f"{text}activation=linear\n"))
    assert report.trace is not None
    assert report.trace.network.outputs[0].output == (4, 22, 22)  # 20 + 2*2 - 3 + 1


def test_an_even_size_is_padded_by_its_half_on_both_sides() -> None:
    # parse_convolutional of parser.c: padding = size/2
    text = (
        "[net]\nheight=20\nwidth=20\nchannels=3\n[convolutional]\nfilters=4\nsize=4\npad=1\nactivation=relu\n"
    )
    report = check_source(Source("net.cfg", text))
    assert report.trace is not None
    assert report.trace.network.outputs[0].output == (4, 21, 21)  # 20 + 2*2 - 4 + 1


def test_unequal_channels_are_added_as_far_as_both_have_them() -> None:
    # shortcut_cpu of blas.c: min(c1, c2) channels are added, the rest of what comes in stays
    head = "[net]\nheight=8\nwidth=8\nchannels=3\n"
    convs = "".join(f"[convolutional]\nfilters={n}\nactivation=linear\n" for n in (4, 6))
    for source, channels in ((convs, 6), (convs.replace("4", "9"), 6)):
        report = check_source(Source("net.cfg", f"{head}{source}[shortcut]\nfrom=-2\nactivation=linear\n"))
        assert report.ok
        assert report.trace is not None
        assert report.trace.network.outputs[0].output == (channels, 8, 8)


def _outputs(text: str) -> list[tuple[int, ...]]:
    report = check_source(Source("net.cfg", text))
    assert report.ok, [one.message() for one in report.errors]
    assert report.trace is not None
    return [tuple(node.output or ()) for node in report.trace.network.outputs]


def test_a_local_layer_loses_a_row_less_than_its_padding() -> None:
    # local_out_height of local_layer.c: ((pad ? h - 1 : h - size))/stride + 1
    local = "[local]\nfilters=4\nsize={}\nstride={}\npad={}\nactivation=linear\n"
    head = "[net]\nheight=32\nwidth=32\nchannels=3\n"
    assert _outputs(head + local.format(4, 2, 1)) == [(4, 16, 16)]  # 31/2 + 1
    assert _outputs(head + local.format(4, 2, 0)) == [(4, 15, 15)]  # 28/2 + 1
    report = check_source(Source("net.cfg", head + local.format(4, 2, 1)))
    assert report.trace is not None
    assert report.trace.totals.params == 16 * 16 * (4 * 4 * 3 * 4 + 4)  # weights of each place, and biases


def test_a_route_takes_the_same_part_of_each_of_its_layers() -> None:
    # forward_route_layer of route_layer.c: part_input_size = input_size / groups, from each input
    convs = "".join(f"[convolutional]\nfilters={n}\nactivation=linear\n" for n in (4, 6))
    route = "[route]\nlayers=-1,-2\ngroups=2\ngroup_id=1\n"
    text = f"[network]\nbatch=8\nheight=8\nwidth=8\nchannels=3\n{convs}{route}"
    assert _outputs(text) == [(5, 8, 8)]  # 6/2 + 4/2
    odd = check_source(Source("net.cfg", text.replace("filters=4", "filters=5")))
    assert [one.rule for one in odd.errors] == ["groups-not-divisible"]


@pytest.mark.parametrize(
    ("head", "filters"),
    [  # make_yolo_layer of yolo_layer.c: n*(classes + 4 + 1), n those of mask, all of num without one
        ("mask=0,1", 2 * (7 + 5)),
        ("", 3 * (7 + 5)),
    ],
)
def test_the_anchors_of_a_head(head: str, filters: int) -> None:
    conv = f"[convolutional]\nfilters={filters}\nactivation=linear\n"
    text = f"[net]\nheight=8\nwidth=8\nchannels=3\n{conv}[yolo]\nclasses=7\nnum=3\n{head}\n"
    assert _outputs(text) == [(filters, 8, 8)]


WRONG = [
    ("[yolo]\nmask=0,3\nnum=3\nclasses=1\n", "mask names anchor 3, and there are those from 0 to num - 1, 2"),
    (
        "layers=-1\n",
        "unknown key layers in [convolutional]: it is one of [route], whose line may be missing above it",
    ),
    (
        "filters=8\n",
        "filters is already given on line 6, and Darknet takes that: remove one of the two, or write the "
        "[section] that is missing between them",
    ),
]


@pytest.mark.parametrize(("more", "message"), WRONG)
def test_what_is_wrong_is_told(more: str, message: str) -> None:
    (found, *_) = check_source(Source("net.cfg", f"{_OF_20}{more}")).errors
    assert found.message() == message


def test_a_list_is_not_offered_where_there_is_none() -> None:
    """A cfg has one padding for both axes: no fix says `padding=[2, 1]`."""
    text = "[net]\nheight=7\nwidth=8\nchannels=3\n[convolutional]\nfilters=4\n[maxpool]\nsize=2\nstride=2\n"
    up = "[upsample]\nstride=2\n[route]\nlayers=-1,-3\n"
    best = repairs(check_source(Source("net.cfg", f"{text}{up}")))
    assert best.found[0].title == "stride=2 on line 5"
    assert not [one.title for one in (*best.found, *best.by_hand, *best.partial) if "[" in one.title]


def test_a_transposed_window_is_padded_by_its_half() -> None:
    # parser.c: padding = size/2; deconvolutional_layer.c: (h - 1)*stride + size - 2*pad
    layer = "[deconvolutional]\nfilters=4\nsize=5\nstride=2\npad=1\nactivation=linear\n"
    assert _outputs(f"[net]\nheight=20\nwidth=20\nchannels=3\n{layer}") == [(4, 39, 39)]  # 19*2 + 5 - 2*2


def test_a_missing_activation_is_logistic() -> None:
    # parse_convolutional of parser.c: option_find_str(options, "activation", "logistic")
    report = check_source(Source("net.cfg", _OF_20))
    assert report.trace is not None
    assert [node.kind for node in report.trace.network.layers] == ["conv", "sigmoid"]


def test_an_import_keeps_the_layout_and_folds_even_windows(tmp_path: Path) -> None:
    """A residual and a convolution of an even size, whose padding pad=1 makes 4/2."""
    conv = "[convolutional]\nfilters=16\nsize={}\nstride={}\npad=1\nactivation=relu\n"
    shortcut = "[shortcut]\nfrom=-2\nactivation=linear\n"
    text = f"[net]\nheight=64\nwidth=48\nchannels=3\n{conv.format(4, 2)}{conv.format(3, 1)}{shortcut}"
    (tmp_path / "net.cfg").write_text(text, encoding="utf-8")
    assert run("import", "net.cfg", folder=tmp_path).out == (
        "# Imported from net.cfg.\n"
        "name: net\n"
        "input: [64, 48, 3]\n"
        "layout: channels_last\n"
        "rounding: floor\n"
        "defaults:\n"
        "  conv: {activation: relu}\n"
        "layers:\n"
        "  - conv: {filters: 16, kernel_size: 4, stride: 2, padding: 2}\n"
        "  - residual:\n"
        "      - conv: {filters: 16, kernel_size: 3, padding: half}\n"
    )
