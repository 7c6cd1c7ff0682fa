"""Modules of PyTorch, folded: parameters and layers are PyTorch's, and the command writes what was proved."""

from pathlib import Path

import pytest
from torch import nn

from cnn_shapes.checking import check_source
from cnn_shapes.importing.flat_spec import flat_spec
from cnn_shapes.importing.folding.folded_spec import folded_spec
from cnn_shapes.importing.layers_of import layers_of
from cnn_shapes.importing.recording import Recording
from cnn_shapes.importing.running import record_module
from cnn_shapes.source import Source
from tests.golden import run
from tests.oracle.models_to_fold import MODELS
from tests.oracle.models_to_import import WORKING

pytestmark = pytest.mark.oracle
GOLDEN = Path(__file__).parent.parent / "data" / "importing" / "folded"
CODE = Path(__file__).with_name("models_to_fold.py")


def folded(made: type[nn.Module], sizes: tuple[int, ...]) -> str:
    """The folded spec of a module, which is not the flat one and has its parameters."""
    module = made()
    recording = record_module(module, [sizes])
    assert isinstance(recording, Recording)
    model = layers_of(recording)
    spec = folded_spec(model)
    assert spec.unfolded == ""
    report = check_source(Source("<text>", spec.text))
    assert report.ok
    assert report.trace is not None
    unreached = sum(one.count for one in recording.unreached)
    assert report.trace.totals.params + unreached == sum(one.numel() for one in module.parameters())
    return spec.text


@pytest.mark.parametrize(("made", "sizes", "most"), MODELS, ids=lambda one: getattr(one, "__name__", ""))
def test_a_model_of_blocks(made: type[nn.Module], sizes: tuple[int, ...], most: int, update: bool) -> None:
    text = folded(made, sizes)
    assert text.count("\n") <= most
    file = GOLDEN / f"torch-{made.__name__ if made.__name__.isidentifier() else 'Hostile'}.yaml"
    if update:
        file.write_text(text, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("made", WORKING)
def test_a_model_of_layers(made: type[nn.Module]) -> None:
    assert folded(made, WORKING[made])


def test_the_command(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_bytes(CODE.read_bytes())
    given = ("net.py:Net", "--input", "3x64x64", "--arg", "classes=7")
    result = run("import", *given, "-o", "net.yaml", folder=tmp_path)
    said = "wrote net.yaml: cnn-shapes check net.yaml shows its sizes\n"
    assert result == (0, "", said)
    text = (tmp_path / "net.yaml").read_text(encoding="utf-8")
    golden = (GOLDEN / "torch-Net.yaml").read_text(encoding="utf-8")
    assert text.partition("\n")[2] == golden.replace("dense: 10", "dense: 7")
    assert run("check", "net.yaml", folder=tmp_path).code == 0
    flat = run("import", *given, "--flat", folder=tmp_path)
    assert flat.code == 0
    assert flat.out.count("\n") > 2 * text.count("\n")


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("net.py:Nut", "cannot import net.py:Nut: there is no model Nut: choose from ConvNormAct"),
        ("net.py:BasicBlock", "cannot construct net.py:BasicBlock: it needs channels, filters and stride"),
        ("nothing.py:Net", "cannot import nothing.py:Net"),
    ],
)
def test_what_does_not_run(target: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "net.py").write_bytes(CODE.read_bytes())
    result = run("import", target, "--input", "3x64x64", "-o", "net.yaml", folder=tmp_path)
    assert (result.code, result.out) == (2, "")
    assert said in result.err
    assert not (tmp_path / "net.yaml").exists()


def test_flat_and_folded_are_one_network() -> None:
    made, sizes, _ = MODELS[0]
    recording = record_module(made(), [sizes])
    assert isinstance(recording, Recording)
    model = layers_of(recording)
    totals = []
    for text in (flat_spec(model).text, folded_spec(model).text):
        trace = check_source(Source("<text>", text)).trace
        assert trace is not None
        totals.append((trace.totals.params, trace.totals.macs))
    assert totals[0] == totals[1]
