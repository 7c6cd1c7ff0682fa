"""What a product sees of the input: as much as its ways of full size; what is stretched onto them scales."""

import pytest

from tests.specs import check

WAYS = """
input: [32, 32, 4]
layers:
  - conv: {filters: 4, kernel_size: 3, padding: 1, name: three}
  - conv: {filters: 4, kernel_size: 5, padding: 2, name: seven}
  - conv: {filters: 1, name: map}
  - global_avgpool: {from: three, name: vector}
  - global_avgpool: {from: three, keepdims: true, name: pixel}
  - multiply: [%s]
"""


# by hand: after kernels 3 and 5 an output unit sees 3 + (5 - 1) = 7 pixels
@pytest.mark.parametrize(
    ("inputs", "width"),
    [
        ("three, vector", 3),
        ("vector, three", 3),
        ("three, pixel", 3),
        ("three, map", 3),  # one channel, stretched over four
        ("seven, vector, pixel", 7),
        ("three, seven", 7),  # both of full size: as in any join
        ("three, map, seven", 7),
        ("vector, vector", 32),  # nothing but the whole input
        ("pixel, map", 32),  # each is stretched
    ],
)
def test_receptive_field(inputs: str, width: int) -> None:
    trace = check(WAYS % inputs).trace
    assert trace is not None
    assert set(trace.receptive_field(trace.steps[-1])) == {width}


@pytest.mark.parametrize("factor", ["vector", "pixel", "map"])
def test_as_in_a_gate(factor: str) -> None:
    product = WAYS % f"three, {factor}"
    gate = product.replace(
        f"multiply: [three, {factor}]", f"gate: {{from: three, layers: [identity: {{from: {factor}}}]}}"
    )
    assert gate != product
    traces = [check(text).trace for text in (product, gate)]
    assert [trace and trace.receptive_field(trace.steps[-1]) for trace in traces] == [(3, 3), (3, 3)]
