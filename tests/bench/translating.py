"""Files of other tools, of a thousand lines each, against a spec of as many lines, each a convolution."""

import json
from collections.abc import Callable, Iterator
from functools import partial

from cnn_shapes.checking import check_source
from cnn_shapes.source import Source
from tests.bench.measuring import Row, compared, interleaved

SECTION = "files of other tools"
_LINES = 1_000


def rows(lines: int = _LINES) -> Iterator[Row]:
    spec = Source("net.yaml", _spec(lines))
    for name, path, text in _files(lines):
        source = Source(path, text)
        assert not check_source(source).errors, f"{name} is a sound network"
        taken = interleaved(3, ours=partial(check_source, source), spec=partial(check_source, spec))
        count = len(text.splitlines())
        yield compared(SECTION, f"{name}, {count:,} lines", taken["ours"], "a spec of convs", taken["spec"])


def _files(lines: int) -> Iterator[tuple[str, str, str]]:
    yield "Darknet", "net.cfg", _darknet(lines // 8)
    yield "Caffe", "net.prototxt", _caffe(lines // 10)
    yield "Keras' JSON", "net.json", _keras(lines)
    yield "Ultralytics, each a Conv", "conv.yaml", _ultralytics("Conv", "[64, 3, 1]", lines)
    yield "Ultralytics, each a C2f, which is 17 layers", "c2f.yaml", _ultralytics("C2f", "[64, True]", lines)


def _repeated(head: str, count: int, line: Callable[[int], str]) -> str:
    return head + "".join(map(line, range(count)))


def _spec(count: int) -> str:
    head = "input: [64, 64, 3]\nlayers:\n"
    return _repeated(head, count, lambda _: "  - conv: {filters: 64, kernel_size: 3, padding: half}\n")


def _darknet(count: int) -> str:
    section = "\n[convolutional]\nbatch_normalize=1\nfilters=64\nsize=3\nstride=1\npad=1\nactivation=leaky\n"
    return _repeated("[net]\nwidth=64\nheight=64\nchannels=3\n", count, lambda _: section)


def _caffe(count: int) -> str:
    head = 'input: "c0"\ninput_dim: 1\ninput_dim: 3\ninput_dim: 64\ninput_dim: 64\n'
    return _repeated(
        head,
        count,
        lambda number: (
            f'layer {{\n  name: "c{number + 1}"\n  type: "Convolution"\n  bottom: "c{number}"\n'
            f'  top: "c{number + 1}"\n  convolution_param {{\n    num_output: 64\n    kernel_size: 3\n'
            "    pad: 1\n  }\n}\n"
        ),
    )


def _keras(lines: int) -> str:
    config = {"filters": 64, "kernel_size": [3, 3], "padding": "same"}
    first = {"class_name": "InputLayer", "config": {"batch_shape": [None, 64, 64, 3], "name": "input"}}
    convs = [
        {"class_name": "Conv2D", "config": {"name": f"conv{number}", **config}}
        for number in range(lines // 12)
    ]
    network = {"class_name": "Sequential", "config": {"name": "net", "layers": [first, *convs]}}
    return json.dumps(network, indent=1)


def _ultralytics(module: str, arguments: str, count: int) -> str:
    head = "nc: 80\nscales:\n  n: [1.0, 1.0, 1024]\nbackbone:\n"
    stem = "  - [-1, 1, Conv, [64, 3, 2]]\n"
    return _repeated(head + stem, count, lambda _: f"  - [-1, 1, {module}, {arguments}]\n") + "head: []\n"
