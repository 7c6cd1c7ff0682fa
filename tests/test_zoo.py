"""The shipped specs are found, whole, by name, and by nothing but a name."""

import tomllib

import pytest

from cnn_shapes.discovery import shipped as zoo
from tests.golden import ROOT

SPECS = sorted((ROOT / "specs").glob("*.yaml"))


def test_every_spec_of_the_repository_has_its_name() -> None:
    assert zoo.names() == [file.stem for file in SPECS]


@pytest.mark.parametrize("name", [file.stem for file in SPECS])
def test_a_spec_is_its_file(name: str) -> None:
    assert zoo.text(name).encode() == (ROOT / "specs" / f"{name}.yaml").read_bytes()


@pytest.mark.parametrize(
    "name", ["", "mnist.yaml", "MNIST", "../specs/mnist", "../pyproject", "no-such-network"]
)
def test_a_name_that_is_not_a_spec(name: str) -> None:
    with pytest.raises(KeyError):
        zoo.path(name)


def test_the_wheel_carries_the_specs() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    assert build["targets"]["wheel"]["force-include"] == {"specs": "cnn_shapes/zoo"}
