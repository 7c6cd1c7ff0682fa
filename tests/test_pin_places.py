"""Where a pin is written: on the entry itself, whatever it shares with others and however it is spread."""

import pytest

from cnn_shapes.repair.pins import NO_PLACE, OPEN, PART, SHARED
from tests.test_pin import SIZES, pinned, text_of

ANCHOR = "&x {filters: 4, kernel_size: 3}"
A_AND_B = "  - relu: {name: a}\n  - gelu: {name: b}\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  - relu: null\n", "  - relu: {expect: [8, 8, 4]}\n"),
        ("  - flatten: ~  # all\n", "  - flatten: {expect: [256]}  # all\n"),
        ("  - relu:\n", "  - relu: {expect: [8, 8, 4]}\n"),
        ("  - {relu}\n", "  - {relu: {expect: [8, 8, 4]}}\n"),
        ("  - 'relu'\n", "  - 'relu': {expect: [8, 8, 4]}\n"),
        # what others merge gets the pin around it, not into it
        (
            f"  - conv: {ANCHOR}\n  - conv: {{<<: *x}}\n  - conv: *x\n",
            f"  - conv: {{<<: {ANCHOR}, expect: [6, 6, 4]}}\n"
            "  - conv: {<<: *x, expect: [4, 4, 4]}\n  - conv: {<<: *x, expect: [2, 2, 4]}\n",
        ),
        (
            "  - conv: &x  # base\n      filters: 4  # few\n\n      kernel_size: 3\n"
            "  - conv:\n      <<: *x\n      filters: 8\n",
            "  - conv:  # base\n      expect: [6, 6, 4]\n      <<: &x\n        filters: 4  # few\n\n"
            "        kernel_size: 3\n  - conv:\n      <<: *x\n      filters: 8\n      expect: [4, 4, 8]\n",
        ),
        ("  - conv: {<<: {filters: 4}}\n", "  - conv: {<<: {filters: 4}, expect: [8, 8, 4]}\n"),
        (
            "  - conv: {\n      <<: {filters: 4},  # four\n    }\n",
            "  - conv: {expect: [8, 8, 4],\n      <<: {filters: 4},  # four\n    }\n",
        ),
        (
            "  - maxpool: &n [2, 2]\n  - avgpool: *n\n",
            "  - maxpool: {kernel_size: &n [2, 2], expect: [4, 4, 4]}\n"
            "  - avgpool: {kernel_size: *n, expect: [2, 2, 4]}\n",
        ),
        (
            "  - residual: &n\n    - relu\n  - maxpool: 2\n  - residual: *n\n",
            "  - residual:\n      expect: [8, 8, 4]\n      layers: &n\n      - relu\n"
            "  - maxpool: 2\n  - residual: {layers: *n, expect: [4, 4, 4]}\n",
        ),
        # an own value in place of one that an alias or a merge brings in
        (
            "  - relu: {expect: &e [8, 8, 4]}\n  - maxpool: 2\n  - relu: {expect: *e}\n",
            "  - relu: {expect: &e [8, 8, 4]}\n  - maxpool: 2\n  - relu: {expect: [4, 4, 4]}\n",
        ),
        (
            "  - relu: {expect: &e [8, 8, 5]}\n  - gelu: {expect: *e}\n",
            "  - relu: {expect: &e [8, 8, 4]}\n  - gelu: {expect: [8, 8, 4]}\n",
        ),
        (
            "  - relu: &e {expect: [8, 8, 4]}\n  - maxpool: 2\n  - gelu: {<<: *e}\n",
            "  - relu: &e {expect: [8, 8, 4]}\n  - maxpool: 2\n  - gelu: {<<: *e, expect: [4, 4, 4]}\n",
        ),
        # lists in block style
        (
            "  - maxpool:\n    - 2\n    - 2  # wide\n",
            "  - maxpool:\n      expect: [4, 4, 4]\n      kernel_size:\n      - 2\n      - 2  # wide\n",
        ),
        (
            "  - maxpool:\n      - 2\n      - 2\n",
            "  - maxpool:\n      expect: [4, 4, 4]\n      kernel_size:\n      - 2\n      - 2\n",
        ),
        (
            f"{A_AND_B}  - concat:\n    - a\n    - b\n",
            f"{A_AND_B}  - concat:\n      expect: [8, 8, 8]\n      from:\n      - a\n      - b\n",
        ),
        (
            "  - split: [a, b]\noutputs: [a, b]\n",
            "  - split: {into: [a, b], expect: [8, 8, 2]}\noutputs: [a, b]\n",
        ),
    ],
)
def test_every_way_to_share_and_to_spread_an_entry(before: str, after: str) -> None:
    found = pinned(SIZES + before)
    assert (text_of(found), found.left, found.report.errors) == (SIZES + after, [], [])


@pytest.mark.parametrize(
    ("before", "after", "left"),
    [
        (
            "  - &x {maxpool: 2}\n  - *x\n  - relu\n",
            "  - &x {maxpool: 2}\n  - *x\n  - relu: {expect: [2, 2, 4]}\n",
            [("maxpool1", 4, SHARED)],
        ),
        (
            "  - &x relu\n  - maxpool: 2\n  - *x\n  - conv: 8\n",
            "  - &x relu\n  - maxpool: 2\n  - *x\n  - conv: {filters: 8, expect: [4, 4, 8]}\n",
            [("relu1", 4, SHARED)],
        ),
        ("  - ? relu\n", "  - ? relu\n", [("relu1", 4, NO_PLACE)]),
        (
            "  - split: {into: {a: 1, b: 3}}\noutputs: [a, b]\n",
            "  - split: {into: {a: 1, b: 3}, expect: [8, 8, 3]}\noutputs: [a, b]\n",
            [("split1.a", 4, PART)],
        ),
        (
            "  - maxpool: 9  # cnn-shapes: ignore[window-too-large]\n",
            "  - maxpool: 9  # cnn-shapes: ignore[window-too-large]\n",
            [("maxpool1", 4, OPEN)],
        ),
    ],
)
def test_layers_that_cannot_be_pinned_are_named(
    before: str, after: str, left: list[tuple[str, int, str]]
) -> None:
    found = pinned(SIZES + before)
    assert (text_of(found), found.left) == (SIZES + after, left)
