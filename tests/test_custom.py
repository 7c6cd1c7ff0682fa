"""A layer that is stated: its output and its costs are counted as they are said, and never repaired."""

from pathlib import Path

import pytest

from cnn_shapes.export import Unexportable, export
from cnn_shapes.input_sizes import as_json, sizes, undecided
from tests.golden import run
from tests.specs import check, found


def last(size: str, layer: str, top: str = "") -> tuple[tuple[int, ...], int | None, int | None]:
    """The output in the file's layout, the parameters and the MACs of the last layer."""
    report = check(f"input: {size}\n{top}layers:\n  - {layer}\n")
    assert report.errors == []
    assert report.trace is not None
    step = report.trace.steps[-1]
    assert step.node.output is not None
    shape = step.node.output if "first" in top else (*step.node.output[1:], step.node.output[0])
    return tuple(shape), step.params, step.macs


# each output, count and product by hand from the input's sizes
@pytest.mark.parametrize(
    ("size", "layer", "expected"),
    [
        ("[28, 28, 8]", "custom", ((28, 28, 8), 0, 0)),
        ("[28, 28, 8]", "custom: [14, 14, 16]", ((14, 14, 16), 0, 0)),
        ("[28, 24, 8]", "custom: {output: [h_in / 2, w_in / 2, 2*c_in], params: 9*c_in*2*c_in}",
         ((14, 12, 16), 9 * 8 * 16, 0)),
        ("[28, 24, 8]", "custom: {macs: h_in*w_in*c_in, params: 5}", ((28, 24, 8), 5, 28 * 24 * 8)),
        ("[50, 8]", "custom: {output: [l_in, 3], params: 24}", ((50, 3), 24, 0)),
        ("[4, 6, 5, 8]", "custom: {output: [d_in + h_in + w_in]}", ((15,), 0, 0)),
        ("[64]", "custom: {output: [c_in // 3], macs: 9000000000}", ((21,), 0, 9_000_000_000)),
    ],
)  # fmt: skip
def test_as_stated(size: str, layer: str, expected: tuple[object, ...]) -> None:
    assert last(size, layer) == expected


def test_the_layout_of_the_file() -> None:
    top = "layout: channels_first\n"
    assert last("[8, 28, 24]", "custom: {output: [c_in, h_in, 1]}", top) == ((8, 28, 1), 0, 0)


def test_names_are_of_its_own_input() -> None:
    """Not of the block's, nor of the file's; but a param of the file wins."""
    report = check(
        "input: [28, 28, 8]\nparams: {w_in: 5}\nblocks:\n  Half:\n    params: {c: 4}\n    layers:\n"
        "      - conv: {filters: c, kernel_size: 2, stride: 2}\n"
        "      - custom: {output: [h_in / 2, w_in, c_in + c]}\n"
        "layers:\n  - Half: {c: 6, expect: [7, 5, 12]}\n"
    )
    assert report.errors == []


@pytest.mark.parametrize(("sees", "width"), [("same", 3), ("whole", 28)])  # a convolution of 3 before it
def test_what_it_sees(sees: str, width: int) -> None:
    report = check(
        "input: [28, 28, 8]\nlayers:\n  - conv: {filters: 4, kernel_size: 3}\n"
        f"  - custom: {{sees: {sees}}}\n"
    )
    assert report.trace is not None
    assert report.trace.receptive_field(report.trace.steps[-1]) == (width, width)


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (
            "custom: [h_in / 2, l_in, 3]",
            "l_in is the length that comes in, and a map with 2 spatial axes has none: it has h_in and w_in",
        ),
        (
            "custom: [h_in / 2, w_in, 3]",
            "the value of custom, its output, must be a whole number from 1, found 13.5",
        ),
        ("custom: [3, -1]", "the value of custom, its output, must be a whole number from 1, found -1"),
        ("custom: {macs: -1}", "macs must be a whole number from 0, found -1"),
        ("custom: {params: 1.5}", "params must be a whole number from 0, found 1.5"),
        ("custom: {params: 9223372036854775808}",
         "params must be a whole number from 0 up to 2**63-1, found a number beyond 2**31-1"),
        ("custom: {sees: nothing}", "sees must be one of same, whole, found nothing"),
        ("custom: {output: [hin, 3, 3]}", "unknown name hin: did you mean h_in?"),
    ],
)  # fmt: skip
def test_messages(layer: str, message: str) -> None:
    report = check(f"input: [27, 28, 8]\nlayers:\n  - {layer}\n")
    assert [problem.message() for problem in report.errors] == [message]


def test_it_is_taken_on_trust() -> None:
    """Once for an entry, however often it is unfolded."""
    report = check(
        "input: [28, 28, 8]\nlayers:\n  - custom: {params: 1200}\n"
        "  - repeat: {times: 3, layers: [custom: {output: [h_in, w_in, c_in], macs: 5}]}\n"
    )
    assert found(report) == [
        "info[taken-on-trust] custom1 is taken on trust: 1,200 parameters and 0 MACs, as stated",
        "info[taken-on-trust] repeat1.0.custom1 is taken on trust: its output, 0 parameters and 5 MACs, "
        "as stated",
    ]
    assert report.trace is not None
    assert (report.trace.totals.params, report.trace.totals.macs) == (1200, 15)


def test_what_it_shares_is_counted_once() -> None:
    report = check(
        "input: [28, 28, 8]\nlayers:\n  - custom: {params: 5, name: c}\n  - custom: {params: 5, share: c}\n"
    )
    assert found(report) == [
        "info[taken-on-trust] c is taken on trust: 5 parameters and 0 MACs, as stated",
        "info[taken-on-trust] custom2 is taken on trust: 0 MACs, as stated; its parameters are those of c, "
        "counted there",
    ]


def test_what_follows_is_reached_and_an_error_before_it_waits() -> None:
    report = check(
        "input: [28, 28, 8]\nlayers:\n  - conv: {filters: 4, kernel_size: 40}\n"
        "  - custom: {output: [h_in / 2, w_in, c_in]}\n  - maxpool: 2\n"
    )
    assert [problem.rule for problem in report.errors] == ["window-too-large"]


def test_it_is_never_repaired(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(
        "input: [28, 28, 8]\nlayers:\n  - custom: [13, 13, 16]\n  - maxpool: 2\n"
    )
    answer = run("fix", "net.yaml", folder=tmp_path)
    assert "maxpool" in answer.out
    assert "custom" not in answer.out


@pytest.mark.parametrize("framework", ["pytorch", "keras"])
def test_it_has_no_code(framework: str) -> None:
    name = {"pytorch": "PyTorch", "keras": "Keras"}[framework]
    with pytest.raises(Unexportable) as caught:
        export(check("input: [28, 28, 8]\nlayers: [custom]\n"), framework)
    said = f"custom1: {name} has no custom layer: the spec states its shape, not what it computes"
    assert str(caught.value) == said


def test_sizes_follow_from_what_comes_in() -> None:
    spec = "input: [28, 28, 8]\nlayers:\n  - custom: {{output: [{}], params: h_in*w_in}}\n  - maxpool: 3\n"
    report = check(spec.format("h_in - 1, w_in - 1, c_in"))
    answer = sizes(report)
    assert answer is not None
    data = as_json(answer, report)
    assert (data["smallest"], data["below"]) == ({"height": 4, "width": 4}, [25, 25])
    for size in range(1, 30):
        other = check(spec.format("h_in - 1, w_in - 1, c_in").replace("28, 28", f"{size}, {size}"))
        assert other.ok == (size > 1 and size % 3 == 1)


def test_without_an_output_sizes_are_decided_to_infinity() -> None:
    report = check("input: [28, 28, 8]\nlayers:\n  - custom: {macs: h_in*w_in}\n  - maxpool: 2\n")
    answer = sizes(report)
    assert answer is not None
    assert answer.proved


def test_a_stated_output_says_nothing_of_other_sizes(tmp_path: Path) -> None:
    text = "input: [28, 28, 8]\nlayers:\n  - custom: [14, 14, 16]\n  - maxpool: 2\n"
    report = check(text)
    assert sizes(report) is None
    assert undecided(report) == "the output of custom1 is stated for one input: state it with h_in, w_in, ..."
    (tmp_path / "net.yaml").write_text(text)
    answer = run("sizes", "net.yaml", folder=tmp_path)
    assert (answer.code, answer.err) == (1, f"cnn-shapes: no sizes for net.yaml: {undecided(report)}\n")


def test_a_block_or_param_of_that_name() -> None:
    """Neither can be called like a kind in small letters, but a layer and a param can."""
    report = check("input: 8\nparams: {custom: 3}\nlayers:\n  - dense: {units: custom, name: custom}\n")
    assert report.diagnostics == []
