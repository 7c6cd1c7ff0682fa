"""What a layer kind says of itself holds: its terms, what it divides, what it takes and gives."""

import re
from fractions import Fraction

import pytest

from cnn_shapes.layers import KINDS, arguments_of
from cnn_shapes.layers.base import ASSERTIONS, Layer
from cnn_shapes.layers.list_fields import WrittenPairs
from cnn_shapes.layers.terms import CostTerm
from cnn_shapes.network import Node
from cnn_shapes.shapes import CHANNELS, NOT_WHOLE, SIZES, Shape, ShapeError
from tests.specs import check
from tests.tools.random_networks import draw

MAP, VECTOR = Shape((8, 6, 6)), Shape((8,))


def node_of(entry: str, input: str = "[28, 28, 8]") -> Node:
    """The first layer of its kind in a spec of these entries."""
    text = f"input: {input}\nlayers:\n" + "".join(f"  {line}\n" for line in entry.splitlines())
    report = check(text)
    assert report.trace is not None
    kind = re.findall(r"^- (\w+)", entry, re.MULTILINE)[-1]
    return next(node for node in report.trace.network.layers if node.kind == kind)


def layer_of(entry: str, input: str = "[28, 28, 8]") -> Layer:
    layer = node_of(entry, input).layer
    assert layer is not None
    return layer


def example(kind: str) -> Node:
    found = KINDS[kind]
    report = check(f"input: {found.example_input}\nlayers: [{{repeat: {{times: 0, layers: []}}}}]\n")
    assert report.ok
    text = "".join(f"  {line}\n" for line in found.example.splitlines())
    report = check(f"input: {found.example_input}\nlayers:\n{text}")
    assert report.trace is not None
    return next(node for node in report.trace.network.layers if node.kind == kind)


@pytest.mark.parametrize("seed", range(60))
def test_the_terms_are_the_counts_and_their_texts_say_how(seed: int) -> None:
    report = draw(seed)
    assert report.trace is not None
    for step in report.trace.steps:
        layer, output = step.node.layer, step.node.output
        inputs = tuple(x for x in step.node.input_shapes if x is not None)
        assert layer is not None
        assert output is not None
        weights, macs = layer.weight_terms(inputs), layer.mac_terms(inputs, output)
        assert sum(weights.values()) == step.params
        assert sum(macs.values()) == step.macs
        assert [*macs] == [*weights][: len(macs)]
        for term in (*weights.values(), *macs.values()):
            assert eval(term.text) == int(term)


@pytest.mark.parametrize(
    ("entry", "weights", "macs"),
    [
        (
            "- conv: {filters: 32, kernel_size: 5}",
            {"weights": "5*5*8*32", "bias": "32"},
            {"weights": "5*5*8*32 * 24*24"},
        ),
        (
            "- conv: {filters: 32, groups: 4, bias: false}",
            {"weights": "1*1*(8/4)*32"},
            {"weights": "1*1*(8/4)*32 * 28*28"},
        ),
        (
            "- conv_transpose: {filters: 16, kernel_size: 2, stride: 2, groups: 2}",
            {"weights": "2*2*8*(16/2)", "bias": "16"},
            {"weights": "2*2*8*(16/2) * 28*28"},
        ),
        (
            "- depthwise_conv: {kernel_size: 3, multiplier: 2}",
            {"weights": "3*3*8*2", "bias": "8*2"},
            {"weights": "3*3*8*2 * 26*26"},
        ),
        (
            "- separable_conv: {filters: 4, kernel_size: 3}",
            {"depthwise weights": "3*3*8*1", "pointwise weights": "8*1*4", "bias": "4"},
            {"depthwise weights": "3*3*8*1 * 26*26", "pointwise weights": "8*1*4 * 26*26"},
        ),
        ("- batchnorm", {"scale and shift": "2*8"}, {}),
        ("- batchnorm: {affine: false}", {}, {}),
        ("- prelu", {"slope": "1"}, {}),
        ("- relu", {}, {}),
    ],
)
def test_terms_by_hand(entry: str, weights: dict[str, str], macs: dict[str, str]) -> None:
    node = node_of(entry)
    assert node.layer is not None
    assert node.output is not None
    x = Shape((8, 28, 28))
    assert {name: term.text for name, term in node.layer.weight_terms((x,)).items()} == weights
    assert {name: term.text for name, term in node.layer.mac_terms((x,), node.output).items()} == macs


def test_a_term_is_a_number() -> None:
    term = CostTerm(25, "5*5") * 32
    assert (term, term.text, (3 * term).text) == (800, "5*5*32", "3*5*5*32")
    assert ((term // 4).text, term // 1) == ("(5*5*32/4)", term)


@pytest.mark.parametrize(
    ("entry", "input", "channels"),
    [
        ("- conv: {filters: 12, groups: 3}", "[8, 8, 6]", range(1, 20)),
        ("- conv: {filters: 10, groups: 3}", "[8, 8, 6]", range(1, 20)),
        ("- conv_transpose: {filters: 12, groups: 3}", "[8, 8, 6]", range(1, 20)),
        ("- groupnorm: 4", "[8, 8, 8]", range(1, 20)),
        ("- channel_shuffle: 4", "[8, 8, 8]", range(1, 20)),
        ("- pixel_shuffle: 2", "[8, 8, 8]", range(1, 20)),
        ("- split: [a, b, c]", "[8, 8, 6]", range(1, 20)),
    ],
)
def test_what_does_not_divide_fails_and_nothing_else(entry: str, input: str, channels: range) -> None:
    layer = layer_of(entry, input)
    for count in channels:
        x = Shape((count, 8, 8))
        divides = layer.divides(x)
        assert divides
        for division in divides:
            if division.power:
                assert getattr(layer, division.field) ** division.power == division.divisor
            if division.shared != "channels":
                assert getattr(layer, division.shared) == division.number
        wrong = [division for division in divides if division.number % division.divisor]
        if not wrong:
            assert layer.shape(x)
            continue
        with pytest.raises(ShapeError) as caught:
            layer.shape(x)
        assert caught.value.rule == "groups-not-divisible"
        assert caught.value.field == wrong[0].field
        assert caught.value.about == (CHANNELS,)


@pytest.mark.parametrize(
    ("entry", "times"),
    [
        ("- conv: {filters: 2, kernel_size: 4, stride: 4}", "4"),
        ("- maxpool: [2, 7]", "2 7"),
        ("- conv_transpose: {filters: 2, kernel_size: 2, stride: 2}", "1/2"),
        ("- space_to_depth: 2", "2"),
        ("- pixel_shuffle: 2", "1/2"),
        ("- upsample: 1.5", "2/3"),
        ("- upsample: {size: [14, 56]}", "2 1/2"),
        ("- batchnorm", "1"),
    ],
)
def test_how_many_times_smaller_is_what_comes_out(entry: str, times: str) -> None:
    node = node_of(entry)
    x, output = Shape((8, 28, 28)), node.output
    assert node.layer is not None
    assert output is not None
    wanted = [Fraction(word) for word in times.split()] * (2 if " " not in times else 1)
    assert [node.layer.downsampling(axis, x) for axis in range(2)] == wanted
    assert [Fraction(a, b) for a, b in zip(x.sizes, output.sizes, strict=True)] == wanted


def taken(layer: Layer, x: Shape) -> str:
    """The rule that a layer breaks with an input; empty where it takes it."""
    try:
        layer.shape(*([x] * (2 if layer.joins or layer.reference else layer.takes[0])))
    except ShapeError as error:
        return error.rule
    return ""


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_kind_takes_and_gives(kind: str) -> None:
    node = example(kind)
    layer, output = node.layer, node.output
    assert layer is not None
    assert output is not None
    assert layer.needs_feature_map == (taken(layer, VECTOR) == "wrong-rank" and kind != "permute")
    assert layer.needs_vector == (taken(layer, MAP) == "needs-flatten")
    inputs = tuple(x for x in node.input_shapes if x is not None)
    if layer.keeps_axes:
        assert output.rank == inputs[0].rank
    assert layer.has_windows == bool(layer.windows(inputs[0]))
    if layer.in_place:
        assert output.elements == inputs[0].elements
    if layer.margins(inputs[0]) and not layer.has_windows:
        sizes = [size + sum(pair) for size, pair in zip(MAP.sizes, layer.margins(MAP), strict=True)]
        assert list(layer.shape(MAP).sizes) == sizes
    if layer.flattens:
        assert output == (inputs[0].elements,)


def test_a_kind_that_is_an_activation_a_norm_a_convolution_a_pool_says_so() -> None:
    families = {
        "activations": "is_activation",
        "normalisations": "is_norm",
        "convolutions": "is_convolution",
    }
    for layer in KINDS.values():
        for family, trait in families.items():
            assert getattr(layer, trait) == (layer.family == family)
        assert (layer.is_pool or layer.is_adaptive) == (layer.family == "pools")
        assert layer.joins == bool(layer.verb)


@pytest.mark.parametrize("kind", KINDS)
def test_arguments_are_fields(kind: str) -> None:
    layer = KINDS[kind]
    known = {"", *layer.fields, *(alias for field in layer.fields.values() for alias in field.aliases)}
    known |= {*layer.limited}
    for names in layer.class_names:
        assert known.issuperset(names.arguments)
        assert names.names


@pytest.mark.parametrize("kind", KINDS)
def test_the_neighbours_of_a_value_are_values_of_the_field(kind: str) -> None:
    layer = example(kind).layer
    assert layer is not None
    for name, field in layer.fields.items():
        value = getattr(layer, field.attribute)
        value = layer.ends() if name == "padding" and value != "same" else value  # type: ignore[attr-defined]
        if name in ASSERTIONS:
            continue
        moved = field.moved(value, (0,), 1)
        if moved is not None:
            assert layer.altered(**{name: moved}).describe()


def test_what_moves_along_which_axes() -> None:
    pad = KINDS["pad"].fields["amount"]
    assert pad.moved(((1, 1), (2, 2)), (0,), 1) == ((1, 2), (2, 2))
    assert isinstance(pad.moved(((1, 1), (2, 2)), (0,), 1), WrittenPairs)
    assert pad.moved(((1, 2), (2, 2)), (0, 1), 2) == ((2, 3), (3, 3))
    assert KINDS["conv"].fields["kernel_size"].moved((3, 3), (1,), 2) == (3, 5)
    assert KINDS["conv"].fields["padding"].moved(((1, 1),), (0,), -2) == ((0, 0),)
    assert KINDS["adaptive_avgpool"].fields["output_size"].moved((7, None), (0,), 1) is None
    assert KINDS["upsample"].fields["scale"].moved((Fraction(3, 2),), (0,), 1) == (Fraction(2),)
    assert KINDS["conv"].fields["bias"].moved(True, (0,), 1) is None


def test_roles() -> None:
    roles = {
        ("conv", "kernel_size"): "kernel_size",
        ("maxpool", "kernel_size"): "pool size",
        ("avgpool", "padding"): "pool padding",
        ("conv", "padding"): "padding",
        ("conv_transpose", "padding"): "taken away",
        ("upsample", "size"): "size",
        ("upsample", "scale"): "scale",
        ("reshape", "shape"): "shape",
    }
    assert {key: KINDS[key[0]].fields[key[1]].role for key in roles} == roles


@pytest.mark.parametrize(
    ("layers", "about", "axes"),
    [
        ("[maxpool: [2, 3]]", (SIZES,), (1,)),
        ("[conv: {filters: 2, kernel_size: [4, 3], stride: 2}]", (SIZES,), (1,)),
        ("[conv: {filters: 2, kernel_size: [9, 30]}]", (SIZES,), (1,)),
        ("[maxpool: {kernel_size: 2, padding: 2}]", (SIZES,), ()),
        ("[crop: [[20, 20], [0, 0]]]", (SIZES,), (0,)),
        ("[groupnorm: 3]", (CHANNELS,), ()),
        ("[conv: {filters: 2, in_channels: 3}]", (CHANNELS,), ()),
        ("[reshape: [7, 7]]", (SIZES, CHANNELS), ()),
        ("[split: {into: {a: 1, b: 2}}]", (CHANNELS,), ()),
        ("[conv: {filters: 4, kernel_size: [1, 3], name: a}, concat: [input, a]]", (SIZES, CHANNELS), (1,)),
        ("[conv: {filters: 4, name: a}, add: [input, a]]", (CHANNELS,), ()),
        ("[conv: {filters: 8, kernel_size: 3, name: a}, add: [input, a]]", (SIZES,), (0, 1)),
        ("[flatten: {name: a}, add: [input, a]]", (SIZES, CHANNELS), ()),
        ("[conv: {filters: 4, expect: [28, 27, 4]}]", (SIZES,), (1,)),
        ("[conv: {filters: 4, expect: [null, null, 3]}]", (SIZES, CHANNELS), ()),
        ("[conv: {filters: 4, expect: [28, 28, 3]}]", (CHANNELS,), ()),
        ("[dense: 3]", (), ()),
    ],
)
def test_an_error_says_what_it_is_about(layers: str, about: tuple[str, ...], axes: tuple[int, ...]) -> None:
    report = check(f"input: [28, 28, 8]\nlayers: {layers}\n")
    assert report.trace is not None
    errors = [node.error for node in report.trace.network.layers if node.error is not None]
    assert (errors[0].about, errors[0].axes) == (about, axes)
    assert errors[0].rule not in NOT_WHOLE or axes


def test_arguments_by_place() -> None:
    assert arguments_of("Linear") == ("in_features", "units", "bias")
    assert arguments_of("Conv1d")[:3] == ("in_channels", "filters", "kernel_size")
    assert arguments_of("Convolution2D")[:2] == ("filters", "kernel_size")
    assert arguments_of("conv2d") == arguments_of("ReLU") == ()


def test_what_follows_from_other_fields() -> None:
    pool, conv = layer_of("- maxpool: 3"), layer_of("- conv: {filters: 2, kernel_size: 3, padding: half}")
    assert (pool.default("stride"), pool.follows("stride"), pool.follows("padding")) == ((3, 3), True, False)
    assert (conv.default("stride"), conv.follows("stride"), conv.follows("padding")) == ((1, 1), False, True)
    assert not layer_of("- maxpool: {kernel_size: 3, stride: 3}").follows("stride")


@pytest.mark.parametrize(
    ("entry", "strides", "merges", "grouped", "whole"),
    [
        ("- conv: {filters: 2, stride: 3}", True, False, False, True),
        ("- conv: {filters: 2, groups: 2}", False, False, True, True),
        ("- conv: {filters: 2, stride: 2, padding: same}", True, False, False, False),
        ("- conv_transpose: {filters: 2, kernel_size: 2, stride: 2}", False, False, False, False),
        ("- depthwise_conv: 3", False, False, True, True),
        ("- maxpool: 2", True, True, False, True),
        ("- maxpool: {kernel_size: 1, stride: 2, rounding: floor}", True, False, False, False),
        ("- space_to_depth: 2", True, True, False, True),
        ("- upsample: {size: 56}", False, False, False, False),
        ("- upsample: 2", False, False, False, True),
        ("- relu", False, False, False, False),
    ],
)
def test_what_depends_on_the_values(
    entry: str, strides: bool, merges: bool, grouped: bool, whole: bool
) -> None:
    layer = layer_of(entry)
    found = (layer.strides, layer.merges_pixels, layer.is_grouped, layer.needs_whole_quotient)
    assert found == (strides, merges, grouped, whole)


@pytest.mark.parametrize("kind", KINDS)
def test_a_layer_that_sets_no_field_has_all_its_initial_values(kind: str) -> None:
    for layer in (KINDS[kind], *reversed(KINDS[kind].__subclasses__()), *KINDS[kind].__bases__, KINDS[kind]):
        if issubclass(layer, Layer):
            made = layer._initial(2)
            assert made == {field.attribute: field.initial(2) for field in layer.fields.values()}
