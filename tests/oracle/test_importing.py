"""Modules of PyTorch, recorded and written as flat specs: sizes, parameters and MACs are PyTorch's."""

import inspect
from pathlib import Path

import pytest
from torch import nn

from cnn_shapes.checking import check_source
from cnn_shapes.importing.flat_spec import flat_spec
from cnn_shapes.importing.layers_of import layers_of
from cnn_shapes.importing.recording import Recording, RunFailure
from cnn_shapes.importing.running import record, record_module
from cnn_shapes.source import Source
from tests.oracle.models_to_import import BROKEN, WORKING
from tests.tools.trace_timm import WITHOUT_HOOKS, hooked_macs

pytestmark = pytest.mark.oracle
GOLDEN = Path(__file__).parent.parent / "data" / "importing"
MODELS = Path(__file__).with_name("models_to_import.py")


def recorded(model: type[nn.Module], sizes: tuple[int, ...]) -> Recording:
    read = record_module(model(), [sizes])
    assert isinstance(read, Recording)
    return read


@pytest.mark.parametrize("made", WORKING)
def test_a_model_that_runs(made: type[nn.Module], update: bool) -> None:
    sizes = WORKING[made]
    recording = recorded(made, sizes)
    read = layers_of(recording)
    spec = flat_spec(read)
    report = check_source(Source("<text>", spec.text))
    assert read.unsupported == ()
    assert report.errors == []
    assert report.trace is not None
    trace = report.trace
    shapes = {node.name.rpartition(".")[2]: node.output for node in trace.network.layers}
    for layer in read.layers:
        for name, shape in zip(layer.outputs, layer.shapes, strict=True):
            assert shapes[name] == shape, name
    unreached = sum(one.count for one in recording.unreached)
    counted = sum(one.numel() for one in made().parameters())
    assert trace.totals.params + unreached == recording.params == counted
    if made.__name__ != "Sequence":  # an LSTM is no layer with hooks
        unhooked = sum(step.macs or 0 for step in trace.steps if step.node.kind in WITHOUT_HOOKS)
        assert trace.totals.macs - unhooked == hooked_macs(made().to("meta").eval(), sizes)
    compare(GOLDEN / f"{made.__name__}.yaml", spec.text, update)


@pytest.mark.parametrize("made", BROKEN)
def test_a_model_that_does_not(made: type[nn.Module], update: bool) -> None:
    """Each error with the place of the call and what PyTorch says; the spec states what its layers expect."""
    recording = recorded(made, BROKEN[made])
    begin = inspect.getsourcelines(made)[1] - 1
    errors = [
        f"# line {call.place.line - begin}, {call.operation}: {call.error}\n"
        for call in recording.errors
        if call.place is not None and Path(call.place.path) == MODELS
    ]
    assert len(errors) == len(recording.errors)
    compare(GOLDEN / f"{made.__name__}.yaml", "".join(errors) + flat_spec(layers_of(recording)).text, update)


def compare(file: Path, found: str, update: bool) -> None:
    if update:
        file.parent.mkdir(exist_ok=True)
        file.write_text(found, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == found


def test_the_module_stays_as_it_is() -> None:
    module = next(iter(WORKING))().train()
    before = (nn.Module.__init__, nn.Module.__call__)
    record_module(module, [(3, 64, 64)])
    assert module.training
    assert not any(one.is_meta for one in module.parameters())
    assert (nn.Module.__init__, nn.Module.__call__) == before


HOSTILE = """
import os, sys, time
import torch
from torch import nn

class Plain(nn.Module):
    def __init__(self, width):
        super().__init__()
        print("noise", flush=True)
        os.write(1, b"more noise")
        if os.fork() == 0:
            time.sleep(600)
        self.conv = nn.Conv2d(3, width, 3)
    def forward(self, image):
        return self.conv(image)

class Raises(nn.Module):
    def __init__(self):
        raise KeyError("gone")

class Exits(nn.Module):
    def __init__(self):
        sys.exit("enough")

class Endless(nn.Module):
    def forward(self, x):
        while True:
            pass

class Item(nn.Module):
    def forward(self, x):
        return x if x.sum().item() > 0 else -x

class Complex(nn.Module):
    def forward(self, x):
        return torch.fft.fft2(x)

class Two(nn.Module):
    def forward(self, left, right):
        return left + right

number = 3
"""
FAILURES = [
    ("Nothing", {}, "cannot-import no-such-name None: user.py has no Nothing"),
    (
        "number",
        {},
        "cannot-import not-a-module None: it is neither a torch.nn.Module nor makes one, but: int",
    ),
    ("Plain", {}, "cannot-construct needs-arguments None: it needs width"),
    ("Plain", {"width": 3, "depth": 4}, "cannot-construct unknown-argument None: it takes no argument depth"),
    ("Raises", {}, "cannot-construct raised 19: 'gone'"),
    ("Exits", {}, "cannot-construct exits 23: enough"),
    ("Endless", {}, "cannot-run timeout 27: it did not finish within 20 seconds"),
    ("Item", {}, "cannot-run data-dependent 32: what comes next depends on values, which item reads"),
    ("Complex", {}, "cannot-run complex-numbers 36: fft_fft2 gives complex numbers"),
    ("Two", {}, "cannot-run needs-inputs None: forward needs right"),
]


@pytest.mark.parametrize(("name", "arguments", "expected"), FAILURES)
def test_a_model_that_gives_no_recording(
    tmp_path: Path, name: str, arguments: dict[str, int], expected: str
) -> None:
    (tmp_path / "user.py").write_text(HOSTILE)
    failure = record(f"user.py:{name}", arguments, [(3, 8, 8)], folder=tmp_path, timeout=20)
    assert isinstance(failure, RunFailure)
    line = failure.place and failure.place.line
    assert f"{failure.stage} {failure.reason} {line}: {failure.message}" == expected


def test_a_model_that_prints_and_forks(tmp_path: Path) -> None:
    (tmp_path / "user.py").write_text(HOSTILE)
    recording = record("user:Plain", {"width": 4}, {"image": (3, 8, 8)}, folder=tmp_path)
    assert isinstance(recording, Recording)
    assert [layer.kind for layer in layers_of(recording).layers] == ["conv"]
