"""One cause, one problem: what comes after a failed layer is not reported again, and does not crash."""

import pytest

from tests.specs import check

# every kind that wants a feature map; by PyTorch and Keras each of them refuses a vector
KINDS = [
    "conv: 4",
    "depthwise_conv: 1",
    "separable_conv: 4",
    "conv_transpose: {filters: 4, kernel_size: 2}",
    "maxpool: 2",
    "avgpool: 2",
    "upsample: 2",
    "pixel_shuffle: 2",
    "space_to_depth: 2",
    "adaptive_avgpool: 3",
    "crop: 1",
    "pad: 1",
]


@pytest.mark.parametrize("shape", ["[8, 8, 4]", "[10]"])
@pytest.mark.parametrize("second", KINDS)
@pytest.mark.parametrize("first", KINDS)
def test_a_vector_where_a_feature_map_is_wanted(first: str, second: str, shape: str) -> None:
    report = check(f"input: {shape}\nlayers:\n  - flatten\n  - {first}\n  - {second}\n  - relu\n")
    assert [found.rule for found in report.errors] == ["wrong-rank"]
    assert report.trace is not None
    assert [step.node.name for step in report.trace.steps if step.node.error] == [report.errors[0].layer]


@pytest.mark.parametrize("second", [*KINDS, "upsample: {size: [null, 5]}", "reshape: [-1, 3]"])
@pytest.mark.parametrize("merge", ["add", "concat", "multiply"])
def test_a_join_after_a_floored_size_has_no_size_to_go_on_with(merge: str, second: str) -> None:
    branches = f"{{merge: {merge}, branches: {{a: [space_to_depth: 2], b: [identity]}}}}"
    report = check(f"input: [3, 2, 4]\nrounding: exact\nlayers:\n  - parallel: {branches}\n  - {second}\n")
    assert [found.rule for found in report.errors] == ["size-not-whole"]
