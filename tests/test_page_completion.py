"""What the page offers where somebody types: `|` is the cursor, and what is offered is what may be there."""

import pytest

from cnn_shapes.layers import KINDS
from cnn_shapes.layers.structure import STRUCTURES
from cnn_shapes.schema import BLOCK_KEYS, ENTRY_KEYS, TOP_KEYS
from cnn_shapes.web.completion import complete

CONV = [*KINDS["conv"].fields, *ENTRY_KEYS, "share"]
LAYERS = [*KINDS, *STRUCTURES]


def offered(text: str) -> list[str]:
    before, cursor, after = text.partition("|")
    assert cursor
    _, options = complete(before + after, len(before))
    return [option.text.removesuffix(": ") for option in options]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("|", [*TOP_KEYS]),
        ("inp|", [*TOP_KEYS]),
        ("input: 3\n|", [key for key in TOP_KEYS if key != "input"]),
        ("input: 3\nlayers:\n  - relu\nrou|", [key for key in TOP_KEYS if key not in ("input", "layers")]),
        ("layout: |", ["channels_last", "channels_first"]),
        ("rounding: fl|", ["exact", "floor"]),
        ("layers:\n  - |", LAYERS),
        ("layers:\n- co|", LAYERS),
        ("layers:\n  - relu\n  - co|\n  - relu\n", LAYERS),
        ("layers: [co|", LAYERS),
        ("layers:\n  - residual:\n      layers:\n        - |", LAYERS),
        ("layers:\n  - residual: [|", LAYERS),
        ("layers:\n  - residual:\n      layers: [relu, |", LAYERS),
        ("layers:\n  - parallel:\n      branches:\n        a:\n          - |", LAYERS),
        ("layers:\n  - parallel: {branches: [[|", LAYERS),
        ("layers:\n  - repeat: {times: 2, layers: [|", LAYERS),
        ("layers:\n  - conv: {|", CONV),
        ("layers:\n  - conv: {filters: 3, |", [key for key in CONV if key != "filters"]),
        ("layers:\n  - conv:\n      filters: 3\n      ker|", [key for key in CONV if key != "filters"]),
        ("layers:\n  - residual: [conv: {|", CONV),
        ("layers:\n  - conv: {padding: |", ["valid", "half", "same", "causal"]),
        ("layers:\n  - conv:\n      padding: s|", ["valid", "half", "same", "causal"]),
        ("layers:\n  - conv: {bias: |", ["true", "false"]),
        ("layers:\n  - Conv2d: {padding: |", ["valid", "half", "same", "causal"]),
        (
            "layers:\n  - repeat:\n      |",
            [*STRUCTURES["repeat"].lists, *STRUCTURES["repeat"].values, *ENTRY_KEYS],
        ),
        ("layers:\n  - parallel: {merge: |", ["concat", "add", "multiply"]),
        ("defaults:\n  |", [*KINDS]),
        ("defaults:\n  conv: {|", [*KINDS["conv"].fields]),
        ("blocks:\n  A:\n    |", [*BLOCK_KEYS]),
        ("layers:\n  - conv: {filters: 8, name: a}\n  - concat: {from: [|", ["prev", "input", "a"]),
        ("layers:\n  - conv: {filters: 8, name: a}\n  - relu: {from: |", ["prev", "input", "a"]),
    ],
)
def test_what_is_offered(text: str, expected: list[str]) -> None:
    assert sorted(offered(text)) == sorted(expected)


def test_a_block_of_the_spec_is_a_layer_with_its_keys() -> None:
    text = "blocks:\n  Twice:\n    layers:\n      - relu\nlayers:\n  - "
    assert offered(f"{text}|")[-1] == "Twice"
    assert offered(f"{text}Twice: {{|") == [*ENTRY_KEYS, "into", "share"]


@pytest.mark.parametrize(
    "text",
    [
        "input: 3 # inp|",
        "# |",
        "layers:\n  - conv|",  # it is written: Enter is to end the line
        "layers:\n  - conv: |",
        "input: [|",
        "name: |",
        "layers:\n  - nothing: {|",
        "layers:\n  - conv: {filters: 3} |",
    ],
)
def test_where_nothing_is_offered(text: str) -> None:
    assert offered(text) == []


@pytest.mark.parametrize(
    ("text", "start"),
    [("layers:\n  - ma|", 12), ("layers:\n  - conv: {str|", 19), ("|", 0), ("input: 3\n|", 9)],
)
def test_where_what_is_begun_begins(text: str, start: int) -> None:
    before, _, after = text.partition("|")
    assert complete(before + after, len(before))[0] == start


def test_a_kind_that_needs_more_asks_for_it() -> None:
    _, options = complete("layers:\n  - ", 12)
    texts = [option.text for option in options]
    assert texts.index("conv: ") < texts.index("maxpool: ") < texts.index("relu") < texts.index("matmul")
    assert "conv: " in texts
    assert "flatten" in texts
    assert all(option.about for option in options)
