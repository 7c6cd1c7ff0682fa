"""torchvision's CNNs, recorded: parameters, MACs and the shape of every layer are those of PyTorch."""

import pytest

from tests.tools.trace_torchvision import compare, names

pytestmark = pytest.mark.oracle


@pytest.mark.parametrize("name", names())
def test_a_model_is_equal(name: str) -> None:
    row = compare(name)
    assert row["equal"], row
