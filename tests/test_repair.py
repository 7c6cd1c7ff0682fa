"""The repair is valid, and as cheap as brute force over every set of up to three changes finds it."""

from typing import Any

import pytest
import yaml
from hypothesis import Phase, assume, example, given, settings
from hypothesis import strategies as st

from cnn_shapes.checking import CheckResult, check_source
from cnn_shapes.repair import Options, repairs
from cnn_shapes.repair.changes import costs
from cnn_shapes.source import Source
from tests.brute_force import LEFT_OUT, Chain, cheapest, is_valid, loses_pixels

DEAREST = 60  # sets that cost more are not enumerated
TO_THE_END = Options(
    keep=LEFT_OUT, bound=3_000_000
)  # what a person waits for ends sooner, and says so where it did


def text_of(chain: Chain) -> str:
    lines = [f"input: {[*chain.sizes, 1]}", "layers:"]
    written: dict[str, Any]
    for place, (kind, fields) in enumerate(chain.layers):
        written = {"filters": 2} if kind.startswith("conv") else {}
        written |= {name: value for name, value in fields.items() if value is not None and name != "paired"}
        if chain.expect is not None and place == len(chain.layers) - 1:
            written["expect"] = [*chain.expect, None]
        body = ", ".join(f"{name}: {flow(name, value)}" for name, value in written.items())
        lines.append(f"  - {kind}: {{{body}}}")
    return "\n".join(lines) + "\n"


def flow(name: str, value: Any) -> str:
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        even = all(begin == end for begin, end in value)
        value = [begin for begin, _ in value] if even else [list(pair) for pair in value]
    if isinstance(value, tuple | list) and name != "expect":
        items = list(value)
        value = items[0] if all(item == items[0] and not isinstance(item, list) for item in items) else items
    return str(value).replace("None", "null")


def chain_of(text: str) -> Chain:
    """A text back as a chain, read by PyYAML alone."""
    root = yaml.safe_load(text)
    sizes = tuple(root["input"][:-1])
    rank = len(sizes)
    layers, expect = [], None
    for entry in root["layers"]:
        ((kind, body),) = entry.items()
        expect = tuple(body.pop("expect")[:-1]) if "expect" in body else None
        body.pop("filters", None)
        if "rounding" in body or "rounding" in root:
            return Chain((), (), None)
        fields: dict[str, Any] = {
            name: ((0, 0),) * rank
            if name in ("padding", "amount")
            else (int(name != "output_padding"),) * rank
            for name in FIELDS[kind]
        }
        if kind.endswith("pool"):
            fields["stride"] = None
        for name, value in body.items():
            parts = value if isinstance(value, list) else [value] * rank
            if name in ("padding", "amount") and value not in ("half", "same"):
                if any(isinstance(part, list) for part in parts):
                    fields["paired"] = True
                parts = [tuple(part) if isinstance(part, list) else (part, part) for part in parts]
            fields[name] = value if isinstance(value, str) else tuple(parts)
        layers.append((kind, fields))
    return Chain(sizes, tuple(layers), expect)


FIELDS = {
    "conv": ("kernel_size", "stride", "padding", "dilation"),
    "maxpool": ("kernel_size", "stride", "padding", "dilation"),
    "avgpool": ("kernel_size", "stride", "padding"),
    "conv_transpose": ("kernel_size", "stride", "padding", "output_padding", "dilation"),
    "upsample": ("scale",),
    "pad": ("amount",),
    "crop": ("amount",),
}

ONE: dict[str, Any] = dict.fromkeys(("kernel_size", "stride", "dilation"), (1, 1))


@st.composite
def chains(draw: st.DrawFn) -> Chain:
    """One to four layers with small fields, the axes alike more often than not."""
    rank = draw(st.sampled_from([1, 2, 2]))
    square = rank == 1 or draw(st.booleans())

    def per_axis(values: st.SearchStrategy[Any]) -> tuple[Any, ...]:
        if square or draw(st.integers(0, 3)):
            return (draw(values),) * rank
        return tuple(draw(values) for _ in range(rank))

    def field(name: str, kind: str) -> Any:
        if name == "padding" and kind == "conv" and draw(st.integers(0, 5)) == 0:
            return draw(st.sampled_from(["half", "same"]))
        if name == "stride" and kind.endswith("pool") and draw(st.booleans()):
            return None
        pair = st.sampled_from([(0, 0), (0, 0), (1, 1), (2, 2), (1, 0), (0, 1)])
        numbers = {
            "kernel_size": st.integers(1, 5),
            "stride": st.sampled_from([1, 1, 2, 2, 3]),
            "dilation": st.sampled_from([1, 1, 1, 2]),
            "scale": st.integers(1, 3),
            "output_padding": st.integers(0, 1),
        }
        return per_axis(numbers.get(name, pair))

    sizes = per_axis(st.integers(4, 20))
    layers = []
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(["conv", "conv", "conv", "maxpool", "maxpool", "avgpool", *FIELDS]))
        fields = {name: field(name, kind) for name in FIELDS[kind]}
        layers.append((kind, fields))
    expect = per_axis(st.integers(1, 12)) if draw(st.integers(0, 7)) == 0 else None
    return Chain(sizes, tuple(layers), expect)


def report_of(chain: Chain) -> CheckResult:
    return check_source(Source("chain.yaml", text_of(chain)))


@settings(max_examples=100, phases=[Phase.explicit, Phase.generate])
@example(
    Chain((4, 4), (("conv", ONE | {"padding": "half"}),), (2, 7))
)  # padding that follows, on one axis alone
@given(chains())
def test_the_repair_is_valid_and_as_cheap_as_brute_force_finds(chain: Chain) -> None:
    report = report_of(chain)
    assert report.ok == is_valid(chain), text_of(chain)
    assume(not report.ok)
    compare(chain, report)


def compare(chain: Chain, report: CheckResult) -> None:
    best = repairs(report, TO_THE_END)
    free = costs.COSTS["harmless rounding"].flat
    every = (*best.found, *best.rest)
    found = [repair for repair in every if repair.cost - repair.for_outcome > free]
    found.sort(key=lambda repair: repair.cost - repair.for_outcome)
    if len(found) < len(best.found) + len(
        best.rest
    ):  # where no pixel is lost, rounding goes first at no cost
        assert not loses_pixels(chain)
        if not found:
            return
    least = found[0].cost - found[0].for_outcome if found else DEAREST
    limit = min(least, DEAREST) if found else DEAREST
    cost, tried = cheapest(chain, limit)
    for repair in best.found:
        assert repair.after.ok
        after = chain_of(repair.after.source.text)
        assert is_valid(after) or not after.layers, repair.title
    if cost is not None:
        assert found, f"nothing found, brute force finds {cost}: {text_of(chain)}"
    if found and least <= DEAREST and best.exact:
        if found[0].changes <= 3 and tried == least:
            assert cost == least, f"{found[0].title}: {text_of(chain)}"
        else:
            assert cost is None or cost >= least
    assert best.exact or not found or cost is None or least >= cost


@pytest.mark.parametrize(
    ("lines", "title", "cost"),
    [
        # each by hand: the arithmetic of the size, the costs from the table of `explain repair`
        # (28 - 5)/1 + 1 = 24 = 12*2, which can be halved three times: 18 + 1; 5/1/0 is 1.3 bits less usual
        ("28x28x1; conv: {filters: 2, kernel_size: 4}; maxpool: 2", "kernel_size: 5 on line 3", 19),
        # 28 = 14*2: 19; 2/2/0 is 1.4 bits, 3/3/0 is 7.0; it can be halved twice
        (
            "28x28x1; conv: {filters: 2, kernel_size: 3, padding: half}; maxpool: 3",
            "kernel_size: 2 on line 4",
            15,
        ),
        # (27 + 2*1 - 3)/2 + 1 = 14: 17 + 1 + 1; 14 can be halved once, 3 bits; 3/2/1 1.4, 3/2/0 3.8
        ("27x27x1; maxpool: {kernel_size: 3, stride: 2}; maxpool: 2", "padding: 1 on line 3", 20),
        # a window that is as large as its map: 18 + 3, less what 12x12 costs more than such a one
        ("9x9x2; conv: {filters: 2, kernel_size: 12}", "kernel_size: 9 on line 3", 11),
        # 20, one step, one group 1, two 2: 20 + 0 + 1 - 2
        ("9x9x3; conv: {filters: 4, kernel_size: 3, groups: 2}", "groups: 1 on line 3", 19),
        ("9x9x3; conv: {filters: 4, in_channels: 2}", "in_channels: 3 on line 3", 12),
        ("9x9x3; PReLU: {num_parameters: 4}", "num_parameters: 3 on line 3", 12),
        # 9 = 2*4 + 1: one pixel less, as high as it is wide; 22 and (9: 5 and 3 off the step) less (8: 2)
        ("9x8x3; split: {into: [a, b], axis: height}; concat: [a, b]", "input: 8x8x3 on line 1", 14),
        # a layer that is put in after another error: 12 and 22, and 3 for the further edit
        (
            "28x28x1; conv: {filters: 2, kernel_size: 5, in_channels: 3}; dense: 10",
            "in_channels: 1 on line 3 and insert flatten before line 4",
            37,
        ),
        # 5*5*4 = 100 features come out of a flatten that is put in: 22 + 12 + 3
        (
            "5x5x4; dense: {units: 10, in_features: 90}",
            "insert flatten before line 3 and in_features: 100 on line 3",
            37,
        ),
        # a projection beside another change, 28 - 3 + 1 = 26
        (
            "28x28x8; residual: {layers: [conv: {filters: 16, kernel_size: 3, padding: 1}], "
            "expect: [28, 28, 16]}; conv: {filters: 4, kernel_size: 4}; maxpool: 2",
            "shortcut: [conv: {filters: 16}] on line 3 and kernel_size: 3 on line 4",
            42,
        ),
        # 7*7*1 = 49, an odd number, 7, for 50, 4: 19 + 0 + 7 - 4
        ("99; dense: 50; reshape: [7, 7, 1]", "units: 49 on line 3", 22),
        # 4*4*3 = 48 = 8*6
        (
            "4x4x1; conv: {filters: 3, kernel_size: 1}; flatten; reshape: [8, 10, 1]",
            "shape: [8, 6, 1] on line 5",
            20,
        ),
        # floor((28 + 2*1 - 3)/2) + 1 = 14 leaves out no pixel: 1 + 12 + 3, and 2 for 28, halved twice
        (
            "28x28x1; conv: {filters: 4, kernel_size: 3, stride: 2, padding: 1}; "
            "conv: {filters: 2, kernel_size: 3, in_channels: 9}",
            "rounding: floor for the whole file and in_channels: 4 on line 4",
            18,
        ),
        # the rounding of the file reaches a layer that is put in: 1 + 22 + 3
        (
            "32x32x16; residual: [conv: {filters: 32, kernel_size: 3, stride: 2, padding: 1}]; relu",
            "rounding: floor for the whole file and shortcut: [conv: {filters: 32, stride: 2}] on line 3",
            26,
        ),
        # one flatten for all branches: 22
        ("9x9x2; parallel: {branches: {a: [dense: 3], b: [dense: 4]}}", "insert flatten before line 3", 22),
    ],
)
def test_a_row(lines: str, title: str, cost: int) -> None:
    sizes, *layers = lines.split("; ")
    text = "\n".join([f"input: {sizes}", "layers:", *(f"  - {layer}" for layer in layers)]) + "\n"
    best = repairs(check_source(Source("row.yaml", text))).found[0]
    assert (best.title, best.cost) == (title, cost)


@pytest.mark.parametrize(
    ("layers", "name", "title", "cost"),
    [
        # 24 = 12*2: 19, and a pool of 2 is 11 bits less rare than one of 5
        ("[conv: {filters: 4, kernel_size: 5}, maxpool: p]", "p", "p: 2 on line 2", 8),
        ("[conv: {filters: 4, kernel_size: 5}, maxpool: p]", "kernel_size", "p: 2 on line 2", 8),
    ],
)
def test_a_number_that_is_written_elsewhere(layers: str, name: str, title: str, cost: int) -> None:
    text = f"input: 28x28x1\nparams: {{p: 5}}\nlayers: {layers}\n"
    found = repairs(check_source(Source("row.yaml", text)), Options(only=frozenset({name}))).found
    assert (found[0].title, found[0].cost) == (title, cost)


def test_answers_that_are_the_same_network_are_one() -> None:
    text = "input: 28x28x1\nparams: {p: 0}\nlayers:\n  - conv: {filters: 4, kernel_size: 4, padding: p}\n"
    text += "  - maxpool: 3\n"  # 28 + 2*1 - 4 + 1 = 27
    best = repairs(check_source(Source("row.yaml", text)))
    titles = [repair.title for repair in (*best.found, *best.rest)]
    assert "p: 1 on line 2" in titles
    assert "padding: 1 on line 4" not in titles


BLOCK = """input: [56, 56, 64]
rounding: floor
blocks:
  B:
    params: {c: required, s: 1}
    layers:
      - residual:
          - conv: {filters: c, kernel_size: 3, stride: s, padding: 1}
          - conv: {filters: c, kernel_size: 3, padding: 1}
layers:
  - B: {c: 128, s: 2}
  - B: {c: 256, s: 2}
"""


def test_a_shortcut_in_a_block_has_the_names_of_the_block() -> None:
    best = repairs(check_source(Source("block.yaml", BLOCK))).found[0]
    assert (best.title, best.cost) == ("shortcut: [conv: {filters: c, stride: s}] on line 7", 22)
    assert best.outcome.startswith("in 2 layers")


def test_no_join_gets_one_tensor_twice() -> None:
    text = "input: 32x32x3\nlayers:\n  - conv: {filters: 16, kernel_size: 3, padding: 1, name: a}\n"
    text += "  - conv: {filters: 32, kernel_size: 3, padding: 1, name: b}\n  - add: [a, b]\n"
    titles = [repair.title for repair in repairs(check_source(Source("twice.yaml", text))).found]
    assert titles
    assert not [title for title in titles if "prev" in title]


def test_the_axes_of_the_input_change_each_for_itself() -> None:
    text = "input: [16, 18, 1]\nlayers:\n  - conv: {filters: 8, kernel_size: 3, stride: 2}\n"
    text += "  - maxpool: 2\n"  # (17 - 3)/2 + 1 = 8 = 4*2
    found = repairs(check_source(Source("axes.yaml", text)), Options(only=frozenset({"input"}))).found
    assert found[0].title == "input: 17x17x1 on line 1"
