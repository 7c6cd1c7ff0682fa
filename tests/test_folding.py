"""A recorded model folded into blocks, repeats and residuals: the same network in fewer words."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cnn_shapes.checking import CheckResult, check_source
from cnn_shapes.importing.flat_spec import flat_spec
from cnn_shapes.importing.folding.folded_spec import folded_spec
from cnn_shapes.importing.folding.proof import difference
from cnn_shapes.importing.layers_of import layers_of
from cnn_shapes.importing.traced_model import TracedModel
from cnn_shapes.source import Source
from tests.tools.fold_models import LONGEST, kept
from tests.traced import Traced

DATA = Path(__file__).parent / "data" / "importing"
RECORDINGS = sorted((DATA / "recordings").glob("*.json.gz"))
# parameters and MACs as torchvision's documentation has them, at the sizes of the recordings
PUBLISHED = {
    "torchvision-resnet50": (25_557_032, 4_089_184_256),
    "torchvision-densenet121": (7_978_856, 2_834_161_664),
    "torchvision-mobilenet_v2": (3_504_872, 300_774_272),
    "torchvision-googlenet": (6_624_904, 1_498_376_192),
    "torchvision-efficientnet_b0": (5_288_548, 385_814_752),
}
MOST_LINES = {"torchvision-resnet50": 40, "torchvision-densenet121": 60}


def checked(text: str) -> CheckResult:
    return check_source(Source("<text>", text))


def compare(file: Path, found: str, update: bool) -> None:
    if update:
        file.parent.mkdir(exist_ok=True)
        file.write_text(found, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == found


@pytest.mark.parametrize("file", RECORDINGS, ids=lambda file: file.name.removesuffix(".json.gz"))
def test_a_stored_recording(file: Path, update: bool) -> None:
    name = file.name.removesuffix(".json.gz")
    model = layers_of(kept(file))
    made = folded_spec(model)
    flat = checked(flat_spec(model).text)
    report = checked(made.text)
    assert made.unfolded == ""
    assert report.ok
    assert flat.trace is not None
    assert report.trace is not None
    assert report.trace.totals.params == flat.trace.totals.params
    assert report.trace.totals.macs == flat.trace.totals.macs
    totals = (report.trace.totals.params, report.trace.totals.macs)
    assert totals == PUBLISHED.get(name, totals)
    lines = made.text.count("\n")
    assert lines <= MOST_LINES.get(name, lines)
    compare(DATA / "folded" / f"{name}.yaml", made.text, update)


def test_most_are_much_shorter() -> None:
    ratios = []
    for file in RECORDINGS:
        model = layers_of(kept(file))
        ratios.append(folded_spec(model).text.count("\n") / flat_spec(model).text.count("\n"))
    assert sorted(ratios)[len(ratios) // 2] <= LONGEST


def norm_and_activation(net: Traced) -> None:
    """Both become fields; but not of a layer that something else reads too."""
    net.add("conv", filters=8, kernel_size=3, padding=1, bias=False)
    net.add("batchnorm")
    net.add("relu")
    x = net.add("conv", filters=8, kernel_size=3, padding=1)
    net.add("relu")
    net.add("conv", filters=4, kernel_size=1)
    net.add("concat", x, "v6")


def depthwise(net: Traced) -> None:
    net.add("conv", filters=8, kernel_size=3, padding=[1, 0])
    net.add("conv", filters=8, kernel_size=3, padding=1, groups=8)
    net.add("conv", filters=16, kernel_size=5, padding=2, groups=8)
    net.add("conv_transpose", filters=4, kernel_size=2, stride=2)
    net.add("pad", amount=[[0, 1], [0, 1]])
    net.add("conv", filters=4, kernel_size=3, stride=2)
    net.add("global_avgpool", keepdims=True)
    net.add("flatten")
    net.add("dense", units=3)


def structures(net: Traced) -> None:
    """A residual, one with a shortcut, one whose shortcut comes first, a gate, branches."""
    x = net.add("conv", filters=8, kernel_size=3, padding=1)
    net.add("conv", filters=8, kernel_size=3, padding=1)
    x = net.add("add", x, "v2")
    net.add("relu")
    x = net.add("conv", "v4", filters=8, kernel_size=3, stride=2, padding=1)
    side = net.add("conv", "v4", filters=8, stride=2)
    x = net.add("add", x, side)
    side = net.add("conv", x, filters=4)
    net.add("conv", x, filters=4)
    y = net.add("conv", filters=4, kernel_size=3, padding=1)
    x = net.add("add", y, side)
    net.add("global_avgpool", keepdims=True)
    y = net.add("conv", filters=4, kernel_size=1)
    x = net.add("multiply", x, y)
    a = net.add("conv", x, filters=2)
    b = net.add("maxpool", x, kernel_size=3, stride=1, padding=1)
    net.add("concat", a, x, b)


def encoder_and_decoder(net: Traced) -> None:
    """What is read across scales keeps its name: nested branches would hide it."""
    a = net.add("conv", filters=8, kernel_size=3, padding=1)
    net.add("maxpool", kernel_size=2)
    b = net.add("conv", filters=16, kernel_size=3, padding=1)
    net.add("maxpool", kernel_size=2)
    net.add("conv", filters=32, kernel_size=3, padding=1)
    net.add("conv_transpose", filters=16, kernel_size=2, stride=2)
    net.add("concat", b, "v6")
    net.add("conv", filters=16, kernel_size=3, padding=1)
    net.add("conv_transpose", filters=8, kernel_size=2, stride=2)
    net.add("concat", a, "v9")
    net.add("conv", filters=2, kernel_size=1)


def blocks(net: Traced) -> None:
    """Strides and channels become params, a shortcut that some have gets its condition."""
    net.add("conv", filters=8, kernel_size=3, padding=1, within="stem:Conv2d")
    channels = 8
    for place, (filters, stride) in enumerate([(8, 1), (8, 1), (16, 2), (16, 1), (32, 2), (32, 1)]):
        x = net.layers[-1].name
        here = f"blocks:Sequential/blocks.{place}:_Block"
        net.add("conv", filters=filters, kernel_size=3, stride=stride, padding=1, within=here)
        net.add("relu", within=here)
        y = net.add("conv", filters=filters, kernel_size=3, padding=1, within=here)
        if stride > 1 or filters != channels:
            within = f"{here}/blocks.{place}.downsample:Sequential"
            x = net.add("conv", x, filters=filters, stride=stride, within=within)
        net.add("add", x, y, within=here)
        channels = filters


def dense_layers(net: Traced) -> None:
    """The lists of a DenseNet grow by one a layer."""
    made = [net.add("conv", filters=8, kernel_size=3, padding=1)]
    for place in range(4):
        here = f"block:DenseBlock/block.{place}:DenseLayer"
        if place:
            net.add("concat", *made, within=here)
        net.add("conv", filters=16, kernel_size=1, within=here)
        net.add("relu", within=here)
        made.append(net.add("conv", filters=4, kernel_size=3, padding=1, within=here))
    net.add("concat", *made, within="block:DenseBlock")
    net.add("conv", filters=2)


def two_of_each(net: Traced) -> None:
    """Blocks that take two tensors and give two."""
    a, b = net.add("split", parts=2, into=["v1-0", "v1-1"])
    for place in range(3):
        here = f"blocks.{place}:Exchange"
        c = net.add("conv", a, filters=4, kernel_size=3, padding=1, within=here)
        d = net.add("conv", b, filters=4, kernel_size=3, padding=1, within=here)
        e = net.add("add", c, d, within=here)
        net.add("relu", within=here)
        f = net.add("multiply", d, c, within=here)
        net.add("relu", e, within=here)
        a, b = net.layers[-1].name, f
    net.add("concat", a, b)


def two_inputs(net: Traced) -> None:
    a = net.add("conv", "image", filters=4, kernel_size=3, padding=1)
    b = net.add("conv", "depth", filters=4, kernel_size=3, padding=1)
    net.add("add", a, b)


def shared_head(net: Traced) -> None:
    """Weights that several layers have are told by name."""
    x = net.add("conv", filters=8, kernel_size=3, padding=1)
    a = net.add("conv", filters=4, kernel_size=3, padding=1, within="head:Head")
    net.add("relu", within="head:Head")
    net.add("maxpool", x, kernel_size=2)
    net.add("conv", filters=4, kernel_size=3, padding=1, share=a, within="head:Head*2")
    net.add("relu", within="head:Head*2")


def siamese(net: Traced) -> None:
    """A module that is called twice is a block whose second call has the weights of the first."""
    first: list[str | None] = []
    ends = []
    for number, x in enumerate(("left", "right"), 1):
        for place in range(3):
            here = f"body:Body*{number}/body.{place}:Block*{number}"
            shares = first[2 * place : 2 * place + 2] if number > 1 else [None, None]
            a = net.add("conv", x, filters=4, kernel_size=3, padding=1, within=here, share=shares[0])
            net.add("relu", within=here)
            b = net.add("conv", filters=4, kernel_size=3, padding=1, within=here, share=shares[1])
            first += [a, b] if number == 1 else []
            x = net.add("add", b, x, within=here)
        ends.append(x)
    net.add("subtract", *ends)


CASES: list[tuple[Callable[[Traced], None], tuple[str, ...], dict[str, tuple[int, ...]]]] = [
    (norm_and_activation, (), {}),
    (depthwise, (), {}),
    (structures, (), {}),
    (encoder_and_decoder, (), {}),
    (blocks, (), {}),
    (dense_layers, (), {}),
    (two_of_each, (), {}),
    (two_inputs, (), {"image": (3, 16, 16), "depth": (1, 16, 16)}),
    (shared_head, ("v3", "v6"), {}),
    (siamese, (), {"left": (4, 16, 16), "right": (4, 16, 16)}),
]


@pytest.mark.parametrize(("make", "outputs", "inputs"), CASES, ids=lambda one: getattr(one, "__name__", ""))
def test_a_model_made_by_hand(
    make: Callable[[Traced], None],
    outputs: tuple[str, ...],
    inputs: dict[str, tuple[int, ...]],
    update: bool,
) -> None:
    net = Traced(**(inputs or {"x": (4, 16, 16)}))
    make(net)
    made = folded_spec(net.model(*outputs))
    assert made.unfolded == ""
    compare(
        DATA / "folded" / f"{make.__name__}.yaml", f"# {make.__doc__ or make.__name__}\n{made.text}", update
    )


def test_names_do_no_harm() -> None:
    """Classes and modules may be called anything: what is written is YAML, and silences no rule."""
    net = Traced(x=(4, 16, 16))
    evil = "a\n- b: {c#}\x1b[31m"
    long = "{a, " * 60
    for place in range(3):
        here = f"{evil}.{place}:Conv2d\n: [evil"
        net.add("conv", filters=4, kernel_size=3, padding=1, within=here)
        net.add("relu", within=here)
        net.add("conv", filters=4, kernel_size=3, padding=1, within=here)
        net.add("sigmoid", within=here)
    net.add("add", "v1", "v12")
    comment = ["x # cnn-shapes: ignore-file[bad-value]\n\x1b[2J", "y\u2028z"]
    assert folded_spec(net.model(name=long), [long]).unfolded == ""
    made = folded_spec(net.model(name=evil), comment)
    assert made.unfolded == ""
    assert made.text.isascii()
    assert all(sign.isprintable() or sign == "\n" for sign in made.text)
    assert made.text.splitlines()[:3] == [
        "# x  cnn-shapes: ignore-file[bad-value]??[2J",
        "# y?z",
        'name: "a\\n- b: {c#}\\u001b[31m"',
    ]
    assert checked(made.text).diagnostics == checked(made.text.split("\n", 2)[2]).diagnostics[:0]


def test_what_has_errors_stays_flat() -> None:
    """Its errors are the model's: what its layers say of their inputs is written too."""
    net = Traced(x=(4, 16, 16))
    net.add("conv", filters=8, kernel_size=3)
    model = net.model()
    broken = TracedModel(
        model.name,
        (("x", (4, 2, 2)),),
        model.layers,
        model.outputs,
    )
    made = folded_spec(broken)
    assert made.unfolded == "it has errors"
    assert made.text == flat_spec(broken).text


BEFORE = """input: [8, 8, 4]
rounding: floor
layers:
  - conv: {filters: 8, kernel_size: 3, stride: 2, padding: 1, name: a}
  - conv: {filters: 8, kernel_size: 3, padding: 1, name: b}
  - add: [a, b]
  - concat: {from: [a, b], name: c}
  - concat: [c, a]
  - global_avgpool: {keepdims: true}
  - flatten
  - dense: 4
"""


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("x", "x", ""),
        ("[c, a]", "[a, b, a]", ""),
        ("[a, b]\n  - concat", "[b, a]\n  - concat", ""),
        ("{keepdims: true}\n  - flatten", "{}", ""),
        ("filters: 8, kernel_size: 3, padding: 1", "filters: 8, kernel_size: 5, padding: 2", "b is 584"),
        ("stride: 2, padding: 1", "stride: 2, padding: [[0, 1], [0, 1]]", "a is [(3, 2, 1, 1, 1)"),
        ("[a, b], name: c", "[b, a], name: c", "c is (0, 1), folded (1, 0)"),
        ("[c, a]", "[a, c]", "concat2 is (0, 1, 0), folded (0, 0, 1)"),
        ("  - dense: 4\n", "", "it has 7 layers, folded 6"),
        ("dense: 4", "dense: 4.5", "the folded spec has an error: "),
        ("  - dense: 4\n", "  - dense: 4\noutputs: [c]\n", "its outputs are others"),
    ],
)
def test_two_specs_that_are_not_one_network(old: str, new: str, found: str) -> None:
    said = difference(checked(BEFORE), checked(BEFORE.replace(old, new, 1)))
    assert said.startswith(found) if found else said == ""
