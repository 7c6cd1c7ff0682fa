"""The code that `export` writes, word for word, and that Python can read all of it.

What it computes is compared with the frameworks themselves in `tests/oracle`.
"""

import ast
import re
from pathlib import Path

import pytest

from cnn_shapes.checking import check_path
from cnn_shapes.export import Unexportable, export, names
from tests import golden
from tests.networks import SPECS
from tests.specs import check

FOLDER = golden.ROOT / "tests" / "export"
CASES = sorted(file.stem for file in FOLDER.glob("*.yaml"))
FRAMEWORKS = ("keras", "pytorch")
ZOO = sorted(SPECS.glob("*.yaml"))
VALID = "input: [28, 28, 1]\nlayers: [conv: {filters: 32, kernel_size: 5}, lppool: 2]"


@pytest.mark.parametrize("case", CASES)
def test_output(case: str, update: bool) -> None:
    commands = [f"cnn-shapes export {framework} {case}.yaml" for framework in FRAMEWORKS]
    golden.check(FOLDER / f"{case}.out", commands, update=update)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_suppressed_error_is_not_a_network(framework: str) -> None:
    text = VALID.replace("kernel_size: 5", "kernel_size: 50")
    report = check(f"# cnn-shapes: ignore-file[window-too-large]\n{text}")
    assert report.ok
    with pytest.raises(Unexportable, match=r"conv1 has a silenced window-too-large"):
        export(report, framework)


def test_the_folder_lists_the_frameworks() -> None:
    assert tuple(names()) == FRAMEWORKS


# networks with a layer that the framework lacks
NOT_IN = {
    ("crnn", "keras"): "lstm1: Keras has no lstm with biases: 2, where it has 1",
    ("retinanet_resnet50_fpn", "keras"): "scores4.repeat1.0.conv1: the Keras export writes no shared weights",
    ("two_stream", "keras"): "seen.lrn1: Keras has no lrn (local response normalisation)",
}


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("file", ZOO, ids=lambda file: file.stem)
def test_the_zoo_is_python_that_needs_nothing_of_ours(file: Path, framework: str) -> None:
    report = check_path(str(file))
    if why := NOT_IN.get((file.stem, framework)):
        with pytest.raises(Unexportable, match=re.escape(why)):
            export(report, framework)
        return
    code = export(report, framework)
    module = ast.parse(code)
    imported = {
        alias.name if isinstance(node, ast.Import) else node.module
        for node in ast.walk(module)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert imported <= {"torch", "torch.nn.functional", "keras"}
    assert max(map(len, code.splitlines())) <= 110
    assert code.endswith("\n")
    assert not code.endswith("\n\n")


@pytest.mark.parametrize(
    ("fields", "arguments"),
    [
        ("{}", ""),
        ("{scale: false}", "scale=False"),
        ("{center: false}", "center=False"),
        ("{scale: false, center: false}", "center=False, scale=False"),
    ],
)
def test_the_first_argument_has_no_comma_before_it(fields: str, arguments: str) -> None:
    code = export(check(f"input: [8, 8, 8]\nlayers: [batchnorm: {fields}]\n"), "keras")
    assert f"layers.BatchNormalization({arguments})(inputs)" in code


def test_an_unpooling_finds_the_places_of_its_pool() -> None:
    code = export(
        check("input: [8, 8, 4]\nlayers: [maxpool: {kernel_size: 2, name: p}, max_unpool: p]\n"), "pytorch"
    )
    indices = "F.max_pool2d(x,2,return_indices=True)[1]"
    assert f"F.max_unpool2d(out,{indices},2,output_size=x.shape[2:]" in "".join(code.split())


def test_blocks_stay_classes() -> None:
    """ResNet-50 has two bottlenecks, with and without a projection, one stage, and itself."""
    code = export(check_path(str(SPECS / "resnet50.yaml")), "pytorch")
    classes = [node.name for node in ast.parse(code).body if isinstance(node, ast.ClassDef)]
    assert classes == ["Bottleneck", "Bottleneck2", "Stage", "Resnet50"]


@pytest.mark.parametrize(
    ("text", "framework", "message"),
    [
        (
            "input: [28, 28, 1]\nlayers: [conv: {filters: 32, kernel_size: 4}, maxpool: 2]",
            "pytorch",
            "<text> has 1 error: code is made from a valid spec only",
        ),
        (
            "input: [28]\nlayers: [conv: 3]",
            "keras",
            "<text> has 1 error: code is made from a valid spec only",
        ),
        ("input: 3\nlayer: {}", "keras", "<text> has 1 error: code is made from a valid spec only"),
        (VALID, "keras", "lppool1: Keras has no lppool"),
        (
            "input: [8, 8, 4]\nlayers: [adaptive_maxpool: {output_size: 2, name: p}, max_unpool: p]",
            "pytorch",
            "max_unpool1: the export writes no indices of the adaptive_maxpool p, which has no windows, "
            "or a padding that PyTorch does not have",
        ),
        (
            "input: [8, 8, 4]\nlayers: [upsample: {scale: 2, mode: bicubic}]",
            "keras",
            "upsample1: Keras has no upsample with PyTorch's bicubic",
        ),
        (
            "input: [8, 8, 4]\nlayers: [global_avgpool, instancenorm]",
            "pytorch",
            "instancenorm1: PyTorch has no instancenorm of a vector",
        ),
    ],
)
def test_what_has_no_code(text: str, framework: str, message: str) -> None:
    with pytest.raises(Unexportable) as caught:
        export(check(text), framework)
    assert str(caught.value) == message


def test_a_framework_that_does_not_exist() -> None:
    with pytest.raises(KeyError):
        export(check(VALID), "code")
    result = golden.run("export", "pytroch", "specs/mnist.yaml")
    assert result.code == 2
    assert "there is no framework pytroch: did you mean pytorch?" in result.err


def test_to_a_file(tmp_path: Path) -> None:
    written = golden.run("export", "pytorch", "specs/mnist.yaml", "-o", str(tmp_path / "net.py"))
    assert written == (0, "", "")
    printed = golden.run("export", "pytorch", "specs/mnist.yaml")
    assert (tmp_path / "net.py").read_text(encoding="utf-8") == printed.out
    failed = golden.run("export", "keras", "specs/mnist.yaml", "-o", str(tmp_path / "no" / "net.py"))
    assert failed.code == 2
    assert failed.err.startswith("cnn-shapes: cannot write ")


@pytest.mark.parametrize(("framework", "shape"), [("pytorch", "4x8x8"), ("keras", "8x8x4")])
def test_what_has_no_name_is_a_network(framework: str, shape: str) -> None:
    """Shapes are in the order in which the framework prints them."""
    result = golden.run("export", framework, "-", stdin="input: [8, 8, 4]\nlayers: [flatten]\n")
    assert result.code == 0
    assert f'"""network: {shape} to 256. Written by cnn-shapes."""' in result.out
    assert "-:" not in result.out


def test_another_input_and_other_params() -> None:
    wide = golden.run("export", "pytorch", "specs/resnet18.yaml", "--set", "classes=7", "--input", "64x64x3")
    assert wide.code == 0
    assert "torch.zeros(1, 3, 64, 64)" in wide.out
    assert "nn.Linear(512, 7)" in wide.out
