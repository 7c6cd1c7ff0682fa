"""`same` and `valid` in both layouts, parameters and stored values: as Keras 3 has them.

tests/tools/make_keras_rows.py says how the rows were made.
"""

import pytest

from cnn_shapes.checking import check_source
from cnn_shapes.source import Source
from tests.golden import ROOT

ROWS = (ROOT / "tests" / "data" / "keras_rows.txt").read_text(encoding="utf-8").splitlines()[1:]


def ours(layout: str, size: str, layer: str) -> list[str]:
    """The last columns of a row, by our own computing."""
    text = f"input: {size}\nlayout: {layout}\nrounding: floor\nlayers:\n  - {layer}\n"
    report = check_source(Source("x.yaml", text))
    if not report.ok:
        return [found.rule for found in report.errors]
    assert report.trace is not None
    step, totals = report.trace.steps[-1], report.trace.totals
    output = step.node.output
    assert output is not None
    shape = output if layout == "channels_first" else (*output[1:], output[0])
    return ["x".join(map(str, shape)), str(totals.params), str(totals.non_trainable_params)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row)
def test_as_in_keras(row: str) -> None:
    layout, size, layer, *expected = row.split(" | ")
    wanted = ["window-too-large"] if expected == ["error"] else expected
    assert ours(layout, size, layer) == wanted


def test_the_rows_hold_every_case() -> None:
    kinds = {row.split(" | ")[2].partition(":")[0] for row in ROWS}
    assert kinds >= {"conv", "depthwise_conv", "separable_conv", "conv_transpose", "maxpool", "avgpool"}
    assert {row.split(" | ")[0] for row in ROWS} == {"channels_last", "channels_first"}
    assert any(row.endswith("error") for row in ROWS)
    assert len(ROWS) > 800
