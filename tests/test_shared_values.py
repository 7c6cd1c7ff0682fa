"""One place in the text that is the value of several fields: a change of it is one of all of them."""

import pytest

from cnn_shapes.checking import check_source
from cnn_shapes.repair import advise, repairs
from cnn_shapes.source import Source

ANCHORS = [
    "maxpool: &a 2",
    "repeat: {times: &a 2, layers: [relu]}",
    "conv: {filters: 4, kernel_size: &a 2}",
]
ALIASES = [
    "conv: {filters: *a, kernel_size: 1}",
    "conv: {filters: 4, kernel_size: *a}",
    "conv: {filters: 4, kernel_size: 3, groups: *a}",
    "repeat: {times: *a, layers: [relu]}",
    "maxpool: *a",
    "upsample: *a",
    "pad: *a",
    "pixel_shuffle: *a",
    "adaptive_avgpool: *a",
    "reshape: [*a, -1]",
    "split: {into: {x: *a, y: 2}}",
]
ERRORS = ["maxpool: 7", "pixel_shuffle: 5", "relu: {expect: [3, 3, 3]}"]


@pytest.mark.parametrize("anchor", ANCHORS)
@pytest.mark.parametrize("alias", ALIASES)
def test_every_fix_holds(anchor: str, alias: str) -> None:
    for error in ERRORS:
        text = f"input: [24, 24, 4]\nlayers:\n  - {anchor}\n  - {alias}\n  - {error}\n"
        report = advise(check_source(Source("net.yaml", text)))
        for fix in (fix for found in report.diagnostics for fix in found.fixes if fix.edits):
            after = check_source(report.source.edited(fix.edits))
            assert after.ok is fix.valid, (text, fix)


def test_a_shared_number_is_changed_for_all() -> None:
    # 24 is not a multiple of 5, but of 6: the filters become 6 with the pool, and 24 / 6 = 4
    text = "input: [24, 24, 4]\nlayers:\n  - maxpool: &a 5\n  - conv: {filters: *a, kernel_size: 1}\n"
    report = check_source(Source("net.yaml", text))
    (changed,) = [
        one.after
        for one in (*repairs(report).found, *repairs(report).rest)
        if one.title == "kernel_size: 6 on line 3"
    ]
    assert "maxpool: &a 6\n  - conv: {filters: *a, " in changed.source.text
    assert changed.trace is not None
    assert [tuple(node.output or ()) for node in changed.trace.network.layers] == [(4, 4, 4), (6, 4, 4)]
