"""Models on the command line: how they are named, what is refused and configured. No torch is needed."""

import sys
from pathlib import Path

import pytest

import cnn_shapes
from tests.golden import run

KERAS_NET = "import keras\nclass Block(keras.layers.Layer):\n    pass\nclass Net(keras.Model):\n    pass\n"
NET = "import torch\nclass Net(torch.nn.Module):\n    pass\nclass Other:\n    pass\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "net.py").write_text(NET)
    (tmp_path / "keras_net.py").write_text(KERAS_NET)
    (tmp_path / "net.yaml").write_text("input: [8, 8, 1]\nlayers: [conv: 2]\n")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("check net.py", "net.py is Python: name the model in it, as in net.py:Net (it has Net)"),
        (
            "check keras_net.py",
            "keras_net.py is Python: name the model in it, as in keras_net.py:Net (it has Net)",
        ),
        ("check net.py:Net --input 3x-1", "expected the sizes without the batch as in 3x224x224, found 3x-1"),
        ("check net.py:Net --input x=3x8x8 --input 4", "name all inputs, as in --input x=3x224x224, or none"),
        ("check net.py:Net --arg 10", "expected name=value as in classes=10, found 10"),
        (
            "check net.py:Net --set a=1",
            "--set is for the params of specs: give a model its arguments with --arg",
        ),
        ("check net.py:Net --fix", "--fix writes into specs, not into a model's code"),
        ("check net.py:Net --pin", "--pin writes into specs, not into a model's code"),
        (
            "check net.yaml net.py:Net --input 3x8x8",
            "a model's input is in its framework's order: check specs apart from models",
        ),
        ("verify net.yaml net.py", "a model is net.py:Model, package.module:Model or a file, found net.py"),
    ],
)
def test_what_is_refused(folder: Path, arguments: str, said: str) -> None:
    result = run(*arguments.split(), folder=folder)
    assert result.code == 2
    assert said in " ".join(result.err.replace("│", " ").split())


@pytest.mark.parametrize("command", ["check net.py:Net", "verify net.yaml net.py:Net"])
def test_an_interpreter_without_torch(folder: Path, command: str) -> None:
    """One that is not there, and one in which torch cannot be imported."""
    result = run(*command.split(), "--python", "no/such/python", folder=folder)
    assert (result.code, "--python must name an interpreter" in result.out + result.err) == (2, True)
    (folder / "torch.py").write_text("raise ModuleNotFoundError('No module named torch', name='torch')\n")
    result = run(*command.split(), "--python", sys.executable, folder=folder)
    assert result.code == 2
    assert "install torch there, or name the interpreter that has it with --python" in result.out + result.err


def test_a_file_of_that_name_is_a_file(folder: Path) -> None:
    (folder / "a:b").write_text("input: [8, 8, 1]\nlayers: [conv: 2]\n")
    result = run("check", "a:b", "--format", "concise", folder=folder)
    assert (result.code, result.out.partition(" ")[0]) == (0, "a:b:2:10:")


def test_models_of_the_configuration_run_only_when_asked_for(folder: Path) -> None:
    (folder / "cnn-shapes.toml").write_text('models = ["no.such:Net --input 3x8x8 --arg n=2"]\n')
    assert run("check", "-q", folder=folder).code == 0
    result = run("check", "--models", "--format", "concise", folder=folder)
    assert result.code == 2
    assert "no.such:Net:1:1: error[unreadable-model]" in result.out


@pytest.mark.parametrize(
    "written", ["net.yaml", "net.py:Net --inputs 3", "net.py:Net --input", "net.py:Net '"]
)
def test_a_model_that_is_configured_wrongly(folder: Path, written: str) -> None:
    (folder / "cnn-shapes.toml").write_text(f'models = ["{written}"]\n')
    result = run("check", "--models", folder=folder)
    assert result.code == 2
    assert f"models has {written}: write a model and its options" in " ".join(result.err.split())


@pytest.mark.parametrize(
    ("spec", "error", "said"),
    [
        (3, TypeError, "a spec is a path, a text, a module of PyTorch or a model of Keras, found int"),
        (["a"], TypeError, "a spec is a path, a text, a module of PyTorch or a model of Keras, found list"),
    ],
)
def test_the_library_refuses_what_is_no_module(spec: object, error: type[Exception], said: str) -> None:
    with pytest.raises(error) as raised:
        cnn_shapes.check(spec)
    assert str(raised.value) == said
