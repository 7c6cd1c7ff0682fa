"""A sample of `python -m tests.tools.mutate_networks`: the tests of the zoo can fail."""

import pytest

from tests import networks
from tests.tools.mutate_networks import try_changes


@pytest.mark.parametrize("spec", sorted(file.stem for file in networks.SPECS.glob("*.yaml")))
def test_a_changed_spec_fails_its_test(spec: str) -> None:
    outcomes = try_changes(spec, each=6)
    assert any(outcome.alters for outcome in outcomes)
    assert [outcome.change for outcome in outcomes if outcome.survives] == []


@pytest.mark.parametrize(
    ("model", "other"), [("vgg16", "vgg11"), ("resnet34", "resnet18"), ("vgg16_bn", "vgg16")]
)
def test_one_network_is_not_another(model: str, other: str) -> None:
    found = networks.differences(model, networks.check(other))
    assert found[0].startswith("parameters: ")
