"""ONNX files: every shape is ONNX's own, parameters are the initializers'; what each command does.

The nine models of onnx's backend tests come with its package; torchvision's are exported here, which needs
no other package than torch.
"""

# mypy: disable-error-code="misc"

import io
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from cnn_shapes.importing.onnx.file_check import check_onnx
from cnn_shapes.importing.onnx.stored.without_weights import model_bytes
from tests.golden import ROOT, run
from tests.oracle import onnx_files, vision
from tests.oracle.onnx_models import IMAGE, ROWS, Row, made, node

pytestmark = pytest.mark.oracle
LIGHT = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"
SPECS = ROOT / "tests" / "data" / "onnx_specs.txt"
# published: Caffe's model zoo, the papers; the rest are the sums of the initializers
LIGHT_MODELS = {
    "bvlc_alexnet": 60_965_224,  # Caffe's model zoo
    "densenet121": 8_062_504,  # Caffe's scale beside each norm
    "inception_v1": 6_998_552,  # Caffe's model zoo, GoogLeNet
    "inception_v2": 11_214_888,
    "resnet50": 25_557_032,  # torchvision's
    "shufflenet": 1_393_320,
    "squeezenet": 1_235_496,  # torchvision's 1.1
    "vgg19": 143_667_240,  # torchvision's
    "zfnet512": 87_250_536,
}
TORCHVISION = (
    "alexnet", "convnext_tiny", "densenet121", "efficientnet_b0", "efficientnet_v2_s", "googlenet",
    "inception_v3", "mnasnet0_5", "mnasnet1_0", "mobilenet_v2", "mobilenet_v3_large", "mobilenet_v3_small",
    "regnet_x_400mf", "regnet_y_400mf", "resnet18", "resnet50", "resnext50_32x4d", "shufflenet_v2_x1_0",
    "squeezenet1_1", "wide_resnet50_2",
)  # fmt: skip
INCEPTIONS = ("googlenet", "inception_v3")  # which warn of how long they take to be made
# of which ONNX's inference leaves the shape open
OPEN = {
    "groupnorm": (1, 6, 12, 20),
    "quotient-computed": (1, 3, 12, 20),
    "ends-computed": (1, 6, 12, 20),
}


def exported(model: nn.Module, input: torch.Tensor, opset: int, **more: Any) -> bytes:
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(model.eval(), (input,), file, opset_version=opset, dynamo=False, **more)
    return file.getvalue()


@pytest.mark.parametrize("name", LIGHT_MODELS)
def test_a_model_of_the_backend_tests(name: str) -> None:
    reading = onnx_files.read((LIGHT / f"light_{name}.onnx").read_bytes())
    assert onnx_files.differences(reading) == []
    assert len(reading.ours.keys() & reading.theirs.keys()) >= len(reading.ours) - 1  # not the input
    trace = reading.report.trace
    assert trace is not None
    assert trace.totals.params == LIGHT_MODELS[name]


@pytest.mark.parametrize("opset", [11, 17])
@pytest.mark.parametrize("name", TORCHVISION)
def test_a_model_of_torchvision(name: str, opset: int) -> None:
    """An exporter puts norms into the convolutions before them, which have a bias then."""
    model = getattr(vision, name)(weights=None, **({"init_weights": False} if name in INCEPTIONS else {}))
    for parameter in model.parameters():  # equal ones would be stored once
        parameter.data.uniform_(0.1, 1)
    size = 299 if name == "inception_v3" else 224
    data = exported(model, torch.zeros(1, 3, size, size), opset)
    reading = onnx_files.read(data)
    assert onnx_files.differences(reading) == []
    trace = reading.report.trace
    assert trace is not None
    assert trace.totals.params == sum(one.numel() for one in model.parameters()) - _folded(model, data)


def _folded(model: nn.Module, data: bytes) -> int:
    """How many numbers are fewer: a norm's two per channel become the bias of its convolution.

    torchvision has no convolution with a bias before a norm; branches that are for training alone are not
    exported.
    """
    norms = sum(one.num_features for one in model.modules() if isinstance(one, nn.BatchNorm2d))
    graph = onnx.load_from_string(data).graph
    shapes = {tensor.name: tensor.dims[0] for tensor in graph.initializer if tensor.dims}
    kept = sum(shapes[one.input[1]] for one in graph.node if one.op_type == "BatchNormalization")
    training = [one for name, one in model.named_children() if name.lower().startswith("aux")]
    unused = sum(parameter.numel() for one in training for parameter in one.parameters())
    own = sum(
        norm.num_features for one in training for norm in one.modules() if isinstance(norm, nn.BatchNorm2d)
    )
    return int(norms - own - kept + unused)


@pytest.mark.parametrize("name", ROWS)
def test_an_operation(name: str) -> None:
    reading = onnx_files.read(_bytes(name))
    assert onnx_files.differences(reading) == []
    assert reading.ours["y"] == OPEN.get(name, reading.theirs.get("y"))


def _bytes(name: str) -> bytes:
    return made(ROWS[name], {"x": "INT64"} if name == "embedding" else None)


def test_the_specs_of_operations() -> None:
    """What each is in our language, in full."""
    assert "\n".join(_specs()) == SPECS.read_text(encoding="utf-8").rstrip("\n")


def _specs() -> Iterator[str]:
    for name in ROWS:
        _, sizes, _, _, _, *layers = (
            check_onnx("model.onnx", _bytes(name)).source.text.rstrip("\n").split("\n")
        )
        yield from (f"== {name}", sizes, *layers)


# ------------------------------------------------------------------------------------------- the commands


class Branches(nn.Module):
    """A net whose sizes are computed where its input may have any."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.down = nn.Conv2d(8, 8, 3, stride=2, padding=1)
        self.head = nn.Linear(8, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.stem(x)
        up = nn.functional.interpolate(self.down(x), size=x.shape[2:])
        x = (x + up).mean((2, 3))
        return self.head(x.view(x.shape[0], -1))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    axes = {"x": {0: "N", 2: "height", 3: "width"}}
    data = exported(Branches(), torch.zeros(2, 3, 64, 64), 17, input_names=["x"], dynamic_axes=axes)
    (tmp_path / "net.onnx").write_bytes(data)
    return tmp_path


def test_a_size_that_the_file_leaves_open(folder: Path) -> None:
    result = run("check", "net.onnx", folder=folder)
    assert (result.code, result.err) == (1, "")
    assert result.out == (
        "error[missing-field]: the file leaves height and width of the input x open: give --input 3x224x224\n"
        "  --> net.onnx:1:8\n"
        "   |\n"
        " 1 | input: [3, null, null]\n"
        "   |        ^^^^^^^^^^^^^^^\n"
    )


def test_import_and_verify(folder: Path) -> None:
    """The upsample takes the size of another layer; the sizes that are computed are none of the spec's."""
    result = run("import", "net.onnx", "--input", "3x64x64", "-o", "net.yaml", folder=folder)
    assert (result.code, result.out) == (0, "")
    assert result.err == "wrote net.yaml: cnn-shapes check net.yaml shows its sizes\n"
    assert (folder / "net.yaml").read_text(encoding="utf-8") == (
        "# Imported from net.onnx with --input 3x64x64.\n"
        "name: net\n"
        "input: [3, 64, 64]\n"
        "layout: channels_first\n"
        "rounding: floor\n"
        "defaults:\n"
        "  conv: {kernel_size: 3, stride: 2, padding: half}\n"
        "layers:\n"
        "  - conv: {filters: 8, name: stem}\n"
        "  - residual:\n"
        "      - conv: 8\n"
        "      - upsample: {like: stem}\n"
        "  - global_avgpool\n"
        "  - dense: 10\n"
    )
    result = run("verify", "net.yaml", "net.onnx", "--input", "3x64x64", folder=folder)
    assert (result.code, result.out) == (
        0,
        "net.yaml is net.onnx: 6 layers and 898 parameters are the same\n",
    )
    assert run("verify", "net.yaml", "net.onnx", folder=folder) == result


def test_what_is_flat_has_the_lines_that_a_check_names(folder: Path) -> None:
    flat = run("import", "--flat", "net.onnx", "--input", "3x64x64", folder=folder).out.split("\n")
    source = check_onnx("net.onnx", (LIGHT / "light_squeezenet.onnx").read_bytes()).source
    assert flat[0] == "name: net  # Imported from net.onnx with --input 3x64x64."
    (folder / "squeeze.onnx").write_bytes((LIGHT / "light_squeezenet.onnx").read_bytes())
    flat = run("import", "--flat", "squeeze.onnx", folder=folder).out.split("\n")
    assert flat[1:] == source.text.split("\n")[1:]


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (["fix", "net.onnx"], "fix edits a text, and net.onnx is not one: cnn-shapes import writes its spec"),
        (["check", "--pin", "net.onnx"], "check --pin writes expect into specs, and net.onnx is not one"),
    ],
)
def test_what_edits_refuses(folder: Path, command: list[str], says: str) -> None:
    before = (folder / "net.onnx").read_bytes()
    result = run(*command, folder=folder)
    assert (result.code, result.out) == (2, "")
    assert says in result.err
    assert (folder / "net.onnx").read_bytes() == before


def test_a_fix_writes_nothing_into_it(folder: Path) -> None:
    before = (folder / "net.onnx").read_bytes()
    assert run("check", "--fix", "-q", "net.onnx", "--input", "3x64x64", folder=folder).code == 0
    assert (folder / "net.onnx").read_bytes() == before


def test_what_explains_and_exports(tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(_bytes("conv-stride-pads"))
    explained = run("explain", "net.onnx:Conv_0", folder=tmp_path)
    assert explained.code == 0
    assert explained.out.startswith("Conv_0: conv 3x3, 8, stride 2x3, padding ")
    assert "output  8x7x7\n" in explained.out
    assert "smallest" in run("sizes", "net.onnx", folder=tmp_path).out
    assert "nn.Conv2d(6, 8, 3, stride=(2, 3)" in run("export", "pytorch", "net.onnx", folder=tmp_path).out


def test_a_folder_with_what_is_included(tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(_bytes("conv"))
    assert "no spec found" in run("check", ".", folder=tmp_path).err
    (tmp_path / "pyproject.toml").write_text('[tool.cnn-shapes]\ninclude = ["*.onnx"]\n', encoding="utf-8")
    result = run("check", ".", "--format", "concise", folder=tmp_path)
    assert (result.code, result.out, result.err) == (0, "", "")


def test_what_cannot_be_said(tmp_path: Path) -> None:
    row = Row([node("Det", "x", "d"), node("Relu", "d", "r"), node("Relu", "r")], {"x": (1, 3, 8, 8)})
    (tmp_path / "net.onnx").write_bytes(made(row))
    result = run("check", "net.onnx", folder=tmp_path)
    assert result.code == 1
    assert result.out[result.out.index("error") :] == (
        "error[unsupported-layer]: Det Det_0 cannot be said in the language: it has no such layer\n"
        "  --> net.onnx:7:1\n"
        "   |\n"
        " 7 | # Det: it has no such layer\n"
        "   | ^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "   = note: 2 operations after it are not reached\n"
        "   = note: net.onnx is not a text: lines are those of the spec that "
        "cnn-shapes import --flat net.onnx writes\n"
    )


def _outside() -> bytes:
    """Weights that are stored in another file, which is not there."""
    model = onnx.load_from_string(made(Row([node("Conv", "x w")], IMAGE, {"w": (8, 6, 3, 3)})))
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/passwd")
    return bytes(model.SerializeToString())


def test_weights_in_another_file_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(_outside())
    result = run("check", "net.onnx", folder=tmp_path)
    assert result.code == 0
    assert "conv 3x3, 8" in result.out
    assert "432" in result.out  # 8*6*3*3


def test_a_shape_that_the_file_states_otherwise(tmp_path: Path) -> None:
    model = onnx.load_from_string(_bytes("conv"))
    model.graph.output[0].CopyFrom(helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 8, 10, 99]))
    (tmp_path / "net.onnx").write_bytes(model.SerializeToString())
    result = run("check", "net.onnx", "--format", "concise", folder=tmp_path)
    assert result.code == 1
    assert "it gives [N, 8, 10, 18], and the file says [N, 8, 10, 99]" in result.out


def test_operations_in_another_order(tmp_path: Path) -> None:
    model = onnx.load_from_string(_bytes("gelu-written-out"))
    nodes = list(reversed(model.graph.node))
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    report = check_onnx("model.onnx", model.SerializeToString())
    assert report.source.text == check_onnx("model.onnx", _bytes("gelu-written-out")).source.text


def test_sparse_and_typed_values_are_sizes_too() -> None:
    """Sizes are read where they are stored in other types than whole numbers of 64 bits."""
    model = onnx.load_from_string(_bytes("resize-sizes"))
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        tensor.CopyFrom(helper.make_tensor(tensor.name, TensorProto.INT64, values.shape, values.tolist()))
    report = check_onnx("model.onnx", model.SerializeToString())
    assert "upsample: {size: [30, 31]" in report.source.text


@pytest.mark.parametrize(
    ("scale", "params"),
    [
        ([1.0, 1.0, 1.0, 1.0], 16),  # untrained norms are alike, and a file may store equal vectors once
        ([0.5, 1.0, 2.0, 4.0], 8),  # one norm that is called twice
    ],
)
def test_norms_that_share_their_weights(scale: list[float], params: int) -> None:
    norms = [
        helper.make_node("BatchNormalization", [x, "scale", "shift", "mean", "spread"], [y])
        for x, y in (("x", "a"), ("b", "c"))
    ]
    vectors = [numpy_helper.from_array(np.array(scale, np.float32), name) for name in ("scale", "shift")]
    vectors += [numpy_helper.from_array(np.ones(4, np.float32), name) for name in ("mean", "spread")]
    shape = helper.make_tensor_value_info
    graph = helper.make_graph(
        [norms[0], helper.make_node("Relu", ["a"], ["b"]), norms[1]],
        "net",
        [shape("x", TensorProto.FLOAT, [1, 4, 8, 8])],
        [shape("c", TensorProto.FLOAT, [1, 4, 8, 8])],
        vectors,
    )
    trace = check_onnx("net.onnx", helper.make_model(graph).SerializeToString()).trace
    assert trace is not None
    assert trace.totals.params == params


def test_what_a_slice_leaves_out_is_no_layer_that_nothing_reads() -> None:
    row = Row(
        [node("Slice", "x start end axis", "part"), node("Relu", "part")],
        {"x": (1, 6, 8, 8)},
        {"start": np.array([0]), "end": np.array([4]), "axis": np.array([1])},
    )
    report = check_onnx("net.onnx", made(row))
    assert report.ok
    assert [one.rule for one in report.diagnostics if one.rule == "unused-layer"] == []


def test_a_large_file_is_the_same_without_its_weights(tmp_path: Path) -> None:
    """Two dense layers with 6,300,000 weights, 25 MB of them: what is asked for is their sizes."""
    weights = [numpy_helper.from_array(np.zeros(size, np.float32), name) for size, name in
               (((3000, 2000), "w"), ((100, 3000), "v"))]  # fmt: skip
    dense = [
        helper.make_node("Gemm", [x, w], [y], transB=1) for x, w, y in (("x", "w", "y"), ("y", "v", "z"))
    ]
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 2000])]
    outputs = [helper.make_tensor_value_info("z", TensorProto.FLOAT, [1, 100])]
    path = tmp_path / "net.onnx"
    path.write_bytes(
        helper.make_model(helper.make_graph(dense, "net", inputs, outputs, weights)).SerializeToString()
    )
    data = model_bytes(str(path))
    assert len(data) < 1000
    assert len(path.read_bytes()) > 25_000_000
    found = check_onnx("net.onnx", data)
    whole = check_onnx("net.onnx", path.read_bytes())
    assert found.source.text == whole.source.text
    assert found.trace is not None
    assert found.trace.totals.params == 6_300_000
