"""What a silenced size that is not whole means: it is rounded down, and what comes after is judged by it."""

import pytest

from cnn_shapes.checking import check_source
from cnn_shapes.expand import expand
from cnn_shapes.input_sizes import sizes
from cnn_shapes.language.spec import Overrides
from cnn_shapes.network import OK
from cnn_shapes.repair import repairs
from cnn_shapes.settings import Settings
from cnn_shapes.source import Source
from tests import golden
from tests.specs import check

WAIVED = """input: [27, 27, 8]
layers:
  - maxpool: 2  # cnn-shapes: ignore[pool-not-divisible] the border is empty
  - conv: {filters: 4, kernel_size: 4, name: c}
  - maxpool: 3
"""


def test_after_a_size_that_is_silenced_all_is_judged() -> None:
    # 27/2 is 13 rounded down; 13 - 4 + 1 = 10 is not a multiple of 3
    report = check(WAIVED)
    assert [one.rule for one in report.diagnostics] == ["pool-not-divisible"]
    assert report.errors[0].facts["size"] == (10, 10)
    assert report.trace is not None
    assert [node.state for node in report.trace.network.layers] == [OK, OK, OK]
    # with 9 as expected the pool would fit: that it does not follows
    drifted = check(WAIVED.replace("name: c", "expect: [9, 9, 4]"))
    assert [one.rule for one in drifted.diagnostics] == ["expect-mismatch"]


@pytest.mark.parametrize(
    "settings",
    [Settings(ignore=("pool-not-divisible",)), Settings(severity=(("pool-not-divisible", "info"),))],
)
def test_after_a_size_that_the_settings_silence_all_is_judged(settings: Settings) -> None:
    text = WAIVED.replace("kernel_size: 4", "kernel_size: 14")
    bare = "\n".join(line.partition("  # ")[0] for line in text.splitlines())
    report = check_source(Source("net.yaml", bare), settings=settings)
    assert [one.rule for one in report.errors] == ["window-too-large"]


def test_of_many_sizes_only_that_is_silenced_whose_line_says_so() -> None:
    # two strides lose no pixel of 28 with padding 1: together they are one finding
    layer = "conv: {filters: 8, kernel_size: 3, stride: 2, padding: 1}"
    both = f"input: [28, 28, 8]\nlayers:\n  - {layer}\n  - {layer}\n"
    assert [one.message() for one in check(both).errors] == [
        "2 sizes are not whole, none loses a pixel: the first is (28 + 2*1 - 3)/2 + 1 = 14.5"
    ]
    first = both.replace(f"{layer}\n", f"{layer}  # cnn-shapes: ignore[size-not-whole]\n", 1)
    assert [one.facts["size"] for one in check(first).errors] == [(14, 14)]


def test_what_is_silenced_is_in_the_flat_spec() -> None:
    text = WAIVED.replace("maxpool: 3", "maxpool: 2")
    flat = expand(check(text))
    assert "- maxpool: {kernel_size: 2, rounding: floor}" in flat
    assert check(flat).ok
    assert repairs(check(WAIVED)).found[0].after.ok


SILENCED_ERRORS = golden.ROOT / "tests" / "waived"
NO_SIZE = SILENCED_ERRORS / "no-size.yaml"


def test_every_command_says_that_an_error_without_a_size_is_silenced(update: bool) -> None:
    commands = ("check", "expand", "fix", "sizes", "export pytorch")
    typed = [f"{golden.COMMAND} {command} {NO_SIZE.name}" for command in commands]
    golden.check(NO_SIZE.with_suffix(".out"), typed, update=update)


def test_every_command_says_that_a_number_of_inputs_is_silenced(update: bool) -> None:
    commands = ("check", "expand", "fix", "sizes", "sizes --json", "export pytorch", "export keras")
    typed = [f"{golden.COMMAND} {command} wrong-inputs.yaml" for command in commands]
    typed.append(f"{golden.COMMAND} sizes wrong-call.yaml")
    golden.check(SILENCED_ERRORS / "wrong-inputs.out", typed, update=update)


def test_the_flat_spec_gives_the_reasons(update: bool) -> None:
    commands = ("check --format concise", "expand", "export pytorch", "export keras")
    typed = [f"{golden.COMMAND} {command} reasons.yaml" for command in commands]
    golden.check(SILENCED_ERRORS / "reasons.out", typed, update=update)
    flat = expand(check((SILENCED_ERRORS / "reasons.yaml").read_text(encoding="utf-8")))
    assert check(flat).ok
    assert expand(check(flat)) == flat


def test_the_reason_for_a_whole_file_is_where_it_holds() -> None:
    text = "# cnn-shapes: ignore-file[needs-flatten] a draft\ninput: [8, 8, 4]\nlayers:\n  - dense: 4\n"
    assert "  - dense: 4  # cnn-shapes: ignore[needs-flatten] a draft\n" in expand(check(text))


@pytest.mark.parametrize(
    "text",
    [
        NO_SIZE.read_text(encoding="utf-8"),
        "input: [8, 8, 4]\nlayers:\n  - relu: {expect: [9, 9, 4]}  # cnn-shapes: ignore[expect-mismatch]\n",
    ],
)
def test_what_is_silenced_without_a_size_is_so_in_the_flat_spec_too(text: str) -> None:
    report = check(text)
    assert report.ok
    assert check(expand(report)).ok


@pytest.mark.parametrize("size", range(5, 28))
@pytest.mark.parametrize("own", [24, 25])
def test_sizes_says_what_check_says(own: int, size: int) -> None:
    """Whether the layer fails at the file's own input or not."""
    layers = (
        "  - maxpool: 2  # cnn-shapes: ignore[pool-not-divisible]\n  - conv: {filters: 8, kernel_size: 3}\n"
    )
    source = Source("net.yaml", f"input: [{own}, {own}, 8]\nlayers:\n{layers}")
    answer = sizes(check_source(source))
    assert answer is not None
    works = [size in range(one.first, (one.last or 99) + 1, one.step) for one in answer.axes["height"]]
    assert any(works) is check_source(source, Overrides(input=(size, size, 8))).ok
