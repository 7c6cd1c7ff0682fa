"""Values of a spec: params, expressions in every place, expectations, layouts, YAML's merging and traps."""

import pytest

from cnn_shapes.checking import check_source
from cnn_shapes.language.spec import Overrides
from tests.test_language import check, errors, last, layers
from tests.test_scopes import spec

TOP = "params: {n: 8, half_n: 4.0, deep: true, pad: half}\n"


@pytest.mark.parametrize(
    ("body", "output"),
    [
        ("conv: 4*n", "8x8x32"),
        ('conv: "4*n"', "8x8x32"),
        ("conv: {filters: n - 1, kernel_size: n//2 - 1}", "6x6x7"),
        ("conv: {filters: 1, kernel_size: [n//4, 1 + n/8]}", "7x7x1"),
        ("conv: {filters: 1, kernel_size: 3, padding: [[n - 7, 0], [0, n % 7]]}", "7x7x1"),
        ("conv: {filters: 1, kernel_size: 3, padding: pad}", "8x8x1"),
        ("conv: {filters: 1, kernel_size: 3, padding: half if deep else valid}", "8x8x1"),
        ("conv: {filters: 1, kernel_size: 3, padding: valid if n == 8 and deep else half}", "6x6x1"),
        ("conv: {filters: half_n}", "8x8x4"),
        ("conv: {filters: 'max(3, n)'}", "8x8x8"),
        ("conv: {filters: ceil(n*0.3)}", "8x8x3"),
        ("conv: {filters: divisible(35)}", "8x8x32"),
        ("conv: {filters: ceil_to(33)}", "8x8x40"),
        ("conv: {filters: 1, bias: not deep}", "8x8x1"),
        ("maxpool: n/4", "4x4x4"),
        ("maxpool: {kernel_size: 3, stride: 2, rounding: ceil if deep else floor}", "4x4x4"),
        ("upsample: n/4", "16x16x4"),
        ("upsample: [2, n/4]", "16x16x4"),
        ("adaptive_avgpool: [n//2, null]", "4x8x4"),
        ("split: {into: {a: n//8, b: 3}}", "8x8x3"),
        ("reshape: [2*n, -1]", "16x16"),
        ("permute: [n - 7, 0, 2]", "8x8x4"),
        ("crop: [[n//8, 1], [0, 0]]", "6x8x4"),
        ("dropout: 1/n", "8x8x4"),
        ("flatten\ndense: n*n", "64"),
        ("relu: {if: n > 9}\nconv: n", "8x8x8"),
        ("relu: {expect: [n, n, n//2]}", "8x8x4"),
        ("repeat: {times: n//4, layers: [conv: i + n]}", "8x8x9"),
        ("residual: {layers: [conv: n], add_if: n < 8}", "8x8x8"),
        ("conv: {filters: 8, stride: 1 if n else 2}", "8x8x8"),
    ],
)
def test_an_expression_may_be_anywhere(body: str, output: str) -> None:
    assert last(spec(body, TOP)) == output


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            "conv: n/3",
            "bad-value: the value of conv, its filters, must be a whole number from 1, "
            "found 2.6666666666666665",
        ),
        (
            "conv: n > 3",
            "bad-value: the value of conv, its filters, must be a whole number from 1, found true",
        ),
        (
            "conv: deep",
            "bad-value: the value of conv, its filters, must be a whole number from 1, found true",
        ),
        ("conv: pad", "bad-value: the value of conv, its filters, must be a whole number from 1, found half"),
        (
            "conv: relu",
            "bad-value: the value of conv, its filters, must be a whole number from 1, found relu",
        ),
        (
            "conv: n*10**9",
            "bad-expression: the result of * is too large: integers end at 2,147,483,647",
        ),
        (
            "conv: 2147483647 + n",
            "bad-expression: the result of + is too large: integers end at 2,147,483,647",
        ),
        (
            "conv: 2147483648",
            "bad-value: the value of conv, its filters, must be a whole number from 1 up to 2**31-1, "
            "found 2147483648",
        ),
        (
            "conv: {filters: 1, stride: n - n}",
            "bad-value: stride must be a whole number from 1, or a list of 2, one per axis, found 0",
        ),
        ("conv: 9//0", "bad-expression: cannot divide by 0"),
        ("conv: 9//(n - 8)", "bad-expression: cannot divide by (n - 8): it is 0 here"),
        ("conv: 1 if", "bad-expression: a value is missing after if"),
        ("conv: n.x", "bad-expression: no attributes: a name has no dots"),
        ("relu: {if: n}", "bad-value: a condition must be true or false, found 8"),
        ("relu: {if: null}", "bad-value: a condition must be true or false, found nothing"),
        (
            "relu: {expect: n/3}",
            "bad-value: expect must be the sizes that come out, null for any, found 2.6666666666666665",
        ),
        (
            "relu: {expect: [8, 8, 0]}",
            "bad-value: expect must be the sizes that come out, null for any, found [8, 8, 0]",
        ),
        ("relu: {name: n*2}", "bad-value: a name has letters, digits, _ and - only, found n*2"),
        (
            "upsample: {scale: 2, mode: pad}",
            "bad-value: mode must be one of nearest, linear, bicubic, bilinear, trilinear, found pad",
        ),
        (
            "conv: {filters: 1, activation: n}",
            "bad-value: activation must be one of relu, relu6, leaky_relu, prelu, elu, selu, gelu, silu, "
            "mish, sigmoid, hardsigmoid, hardswish, tanh, softmax, softplus, none, or another activation of "
            "`cnn-shapes explain layers`, found 8",
        ),
        (
            "conv: {filters: 1, padding: full}",
            "bad-value: padding must be a whole number from 0, a list of 2, or 2 pairs [begin, end], or "
            "one of valid, half, same, found full",
        ),
        ("conv: {filters: 1, padding: hlf}", "unknown-name: unknown name hlf: did you mean half?"),
    ],
)
def test_bad_value(body: str, message: str) -> None:
    assert errors(spec(body, TOP)) == [message]


# YAML splits `{filters: max(8, c)}` at its comma: the fix quotes the expression, and the rest is untouched
@pytest.mark.parametrize(
    ("body", "message", "mended"),
    [
        (
            "conv: {filters: max(8, 4), kernel_size: 1}",
            "max(8, 4)",
            'conv: {filters: "max(8, 4)", kernel_size: 1}',
        ),
        ("conv: {filters: min(2, max(3, n)) + 1}", "min(2, max(3, n))", None),
        (
            "conv: {kernel_size: 1, filters: min(9, n)}",
            "min(9, n)",
            'conv: {kernel_size: 1, filters: "min(9, n)"}',
        ),
    ],
)
def test_comma_trap(body: str, message: str, mended: str | None) -> None:
    report = check(spec(body, TOP))
    (found,) = report.errors
    assert found.rule == "bad-expression"
    said = f"unbalanced parenthesis: quote the expression, because YAML splits {message} at its comma"
    assert found.message() == said
    if mended is not None:
        (fix,) = found.fixes
        assert fix.safe
        after = report.source.edited(fix.edits)
        assert after.text == spec(mended, TOP)
        assert check_source(after).errors == []


@pytest.mark.parametrize(
    ("params", "message"),
    [
        *(
            (f"{{{name}: 3}}", f"a param cannot be called {name}: it has a meaning already")
            for name in ("name", "from", "if", "expect", "c_in", "and", "min")
        ),
        ("{x: [[1]]}", "the param x must be a list of numbers, true, false and words, found a list"),
        ("{x: [2*3]}", "the param x must be a list of numbers, true, false and words, found 2*3"),
        (
            "{x: {a: 1}}",
            "the param x must be a number, true, false, a word or a list of these, found a mapping",
        ),
        ("{x: null}", "the param x must be a number, true, false, a word or a list of these, found null"),
        (
            "{x: 3000000000}",
            "the param x must be a number, true, false, a word or a list of these, found 3000000000",
        ),
        ("{x: .inf}", "the param x must be a number, true, false, a word or a list of these, found .inf"),
        ("{x-y: 1}", "a name in params or let has letters, digits and _ only, found x-y"),
        ("[x]", "params must be a mapping from name to value, found a list"),
    ],
)
def test_bad_params(params: str, message: str) -> None:
    assert errors(spec("relu", f"params: {params}\n")) == [f"bad-value: {message}"]


def test_a_key_that_is_not_a_word_is_reported_once() -> None:
    found = errors(spec("relu", "params: {3: 4}\n"))
    assert found == ["yaml-syntax: a key must be a word, but `3` is a number: put it in quotes"]


# command line: other values without an edit; expectations are skipped then
@pytest.mark.parametrize(
    ("overrides", "output"),
    [
        (Overrides(), "8x8x8"),
        (Overrides(params=(("n", 3),)), "8x8x3"),
        (Overrides(params=(("fresh", 3),)), "8x8x8"),
        (Overrides(input=(6, 7, 4)), "6x7x8"),
        (Overrides(input=(6, 7, 4), params=(("n", 2),)), "6x7x2"),
    ],
)
def test_overrides(overrides: Overrides, output: str) -> None:
    text = spec("conv: {filters: n, expect: [8, 8, 8]}", TOP)
    assert list(layers(text, overrides).values()) == [output]


def test_rounding_of_the_command_line() -> None:
    assert list(layers(spec("maxpool: 3"), Overrides(rounding="floor")).values()) == ["2x2x4"]


@pytest.mark.parametrize(
    ("expect", "said"),
    [
        ("[8, 8, 5]", None),
        ("[8, null, 5]", None),
        ("[null, null, null]", None),
        ("[8, 8, 6]", "8x8x6"),
        ("[8, null, 6]", "8x?x6"),
        ("[8, 8]", "8x8"),
        ("5", "5"),
    ],
)
def test_expect(expect: str, said: str | None) -> None:
    wanted = [] if said is None else [f"expect-mismatch: expect says {said}, but 8x8x5 comes out"]
    assert errors(spec(f"conv: {{filters: 5, norm: batch, expect: {expect}}}")) == wanted


def test_expect_of_what_is_not_a_layer() -> None:
    top = "blocks: {B: {layers: [conv: 3]}}\n"
    for body in (
        "B: {expect: 9}",
        "residual: {layers: [conv: 3], add_if: false, expect: 9}",
        "split: {into: {a: 1, b: 3}, expect: 9}",
    ):
        assert errors(spec(body, top)) == ["expect-mismatch: expect says 9, but 8x8x3 comes out"]


def test_expect_is_not_judged_after_a_floored_size() -> None:
    assert errors(spec("maxpool: 3\nrelu: {expect: [8, 8, 4]}"))[0].startswith("pool-not-divisible")
    assert len(errors(spec("maxpool: 3\nrelu: {expect: [8, 8, 4]}"))) == 1


@pytest.mark.parametrize(("stated", "wrong"), [("in_channels: 4", False), ("in_channels: 5", True)])
def test_in_channels_is_an_assertion(stated: str, wrong: bool) -> None:
    said = "expect-mismatch: in_channels says 5, but the input 8x8x4 has 4: write 4 or leave in_channels out"
    assert errors(spec(f"conv: {{filters: 5, {stated}}}")) == [said] * wrong


# channels_first touches input, expect, reshape, permute and reports; windows are always in the order H, W
@pytest.mark.parametrize(
    ("size", "body", "output"),
    [
        ("[3, 6, 8]", "relu: {expect: [3, 6, 8]}", "3x6x8"),
        ("3x6x8", "conv: {filters: 4, kernel_size: [1, 5]}", "4x6x4"),
        ("[3, 6, 8]", "conv: {filters: 4, padding: [[0, 1], [2, 0]]}", "4x7x10"),
        ("[3, 6, 8]", "reshape: [4, 36]", "4x36"),
        ("[3, 6, 8]", "permute: [2, 0, 1]", "8x3x6"),
        ("[3, 6, 8]", "concat: [prev, input]", "6x6x8"),
        ("[3, 4, 6, 8]", "maxpool: [1, 2, 4]", "3x4x3x2"),
        ("[3, 6]", "conv: 5", "5x6"),
        ("[3]", "dense: 5", "5"),
    ],
)
def test_channels_first(size: str, body: str, output: str) -> None:
    assert last(f"layout: channels_first\n{spec(body, size=size)}") == output


def test_channels_first_in_messages() -> None:
    text = f"layout: channels_first\n{spec('relu: {expect: [3, 6, 9]}', size='[3, 6, 8]')}"
    assert errors(text) == ["expect-mismatch: expect says 3x6x9, but 3x6x8 comes out"]


@pytest.mark.parametrize(
    ("body", "output", "params"),
    [
        ("conv: &f {filters: 2, kernel_size: 3}\nconv: *f", "4x4x2", 74 + 38),
        ("&c {conv: {filters: 2}}\n*c", "8x8x2", 10 + 6),
        (
            "conv: &f {filters: 2, kernel_size: 3}\nconv: {<<: *f, filters: 5}",
            "4x4x5",
            74 + 95,
        ),  # own keys win
        ("conv: {<<: {filters: 2, kernel_size: 3}, kernel_size: 1}", "8x8x2", 10),
        ("conv: {<<: [{filters: 2}, {filters: 3, bias: false}]}", "8x8x2", 8),  # the earlier one wins
    ],
)
def test_anchors_and_merge_keys(body: str, output: str, params: int) -> None:
    assert last(spec(body)) == output
    trace = check(spec(body)).trace
    assert trace is not None
    assert trace.totals.params == params


def test_a_merged_field_may_be_written_under_an_alias() -> None:
    text = spec("conv: {<<: {filters: 2}, out_channels: 5}")
    assert errors(text) == []
    assert last(text) == "8x8x5"


# YAML 1.2 core schema
@pytest.mark.parametrize(
    ("value", "output"),
    [("010", "8x8x10"), ("1e1", "8x8x10"), ("0x10", "8x8x16"), ("0o10", "8x8x8"), ("16.0", "8x8x16")],
)
def test_numbers(value: str, output: str) -> None:
    assert last(spec(f"conv: {value}")) == output


@pytest.mark.parametrize(
    "size", ["28x28x1", "28X28X1", "28×28×1", "28 x 28 x 1", "[28, 28, 1]", "[n, 7*4, 1.0]"]
)
def test_input_forms(size: str) -> None:
    assert last(spec("relu", "params: {n: 28}\n", size)) == "28x28x1"


@pytest.mark.parametrize(
    ("size", "output"), [("7", "7"), ("[7]", "7"), ("9x2", "9x2"), ("[4, 5, 6, 2]", "4x5x6x2")]
)
def test_input_ranks(size: str, output: str) -> None:
    assert last(spec("relu", size=size)) == output


def test_outputs() -> None:
    top = "outputs: [a, b]\n"
    report = check(spec("conv: {filters: 2, name: a}\nconv: {filters: 3, name: b}\nrelu", top))
    assert report.errors == []
    assert report.trace is not None
    assert [node.name for node in report.trace.network.outputs] == ["a", "b"]
    assert errors(spec("relu", "outputs: [x]\n")) == [
        "unknown-name: no layer is called x here: no layer has a name"
    ]
    assert errors(spec("relu: {name: a}\nrelu: {name: bc}", "outputs: [zz]\n")) == [
        "unknown-name: no layer is called zz here: the names are a, bc"
    ]


def test_after_a_failed_expectation_all_is_judged() -> None:
    body = "relu: {expect: [8, 8, 3]}\nconv: {filters: 4, expect: [8, 8, 5]}\nresidual: [conv: 6]"
    assert [message.partition(":")[0] for message in errors(spec(body))] == [
        *("expect-mismatch", "expect-mismatch", "shape-mismatch")
    ]
