"""Comments that silence rules: what they mean, what they do not, and what is wrong with them."""

import pytest

from cnn_shapes.checking import check_source
from cnn_shapes.discovery import shipped as zoo
from cnn_shapes.language.spec import Overrides
from cnn_shapes.source import Source
from tests.counting import steps
from tests.specs import check, found

DROPS = "maxpool: {kernel_size: 2, rounding: floor}"  # 27 / 2: the last row and column are never read
IGNORE = "# cnn-shapes: ignore[pixels-dropped]"
BLOCK = """  - maxpool:
      kernel_size: 2
      rounding: floor
"""
UNUSED = "no pixels-dropped is found here: the comment hides nothing"


def spec(layers: str, top: str = "") -> str:
    return f"{top}input: [27, 27, 8]\nlayers:\n{layers}"


def rules(text: str) -> list[str]:
    return [problem.rule for problem in check(text).diagnostics]


@pytest.mark.parametrize(
    "text",
    [
        spec(f"  - {DROPS}  {IGNORE}\n"),
        spec(f"  - {DROPS}  {IGNORE} as the paper does\n"),
        spec(f"  - {DROPS}\t#cnn-shapes:ignore[ pixels-dropped ]because\n"),
        spec(f"  - {DROPS}  # 13x13 {IGNORE}\n"),
        spec(f"  - {DROPS}  {IGNORE}\n").replace("\n", "\r\n"),
        spec(f"  - {DROPS}  {IGNORE}"),
        spec(f"  {IGNORE}\n  - {DROPS}\n"),
        spec(f"{IGNORE}\n  # 13x13\n\n  - {DROPS}\n").replace("\n\n", "\n"),
        spec(f"  # the second stage {IGNORE}\n  - {DROPS}\n"),
        spec(f"  {IGNORE} as published\n\n  - {DROPS}\n"),
        # two comments on a line, each with its reason
        "input: [27, 27, 8]\nrounding: floor\nlayers:\n  - conv: {filters: 8, kernel_size: 2, stride: 2, "
        f"norm: batch}}  # cnn-shapes: ignore[bias-before-norm] as published {IGNORE} as well\n",
        spec(f"  {IGNORE}\n  -\n    {DROPS}\n"),
        spec(f"  - # 13x13 {IGNORE}\n    # more\n    {DROPS}\n"),
        spec(BLOCK.replace("maxpool:", f"maxpool:  {IGNORE}")),
        spec(BLOCK.replace("size: 2", f"size: 2  {IGNORE}")),
        spec(BLOCK.replace("floor", f"floor  {IGNORE}")),
        spec(BLOCK.replace("      rounding", f"      {IGNORE}\n      rounding")),
        spec(f"  {IGNORE}\n{BLOCK}"),
        spec(BLOCK.replace("- maxpool", f"- {IGNORE}\n    maxpool")),
        spec("  - maxpool: {kernel_size: 2,\n      rounding: floor}  " + IGNORE + "\n"),
        spec(f"  - repeat:\n      times: 1\n      layers:\n        - {DROPS}  {IGNORE}\n"),
        spec(f"  - {DROPS}\n", top="# cnn-shapes: ignore-file[pixels-dropped] all of it\n"),
        spec(f"  - {DROPS}\n# cnn-shapes: ignore-file[pixels-dropped]\n"),
        f"input: [27, 27, 8]\nlayers: [{DROPS}]  {IGNORE}\n",
        spec(f"  - relu\n  - sigmoid  # cnn-shapes: ignore[repeated-activation]\n  - {DROPS}  {IGNORE}\n"),
        # both rules find something in this layer
        "input: [27, 27, 8]\nrounding: floor\nlayers:\n"
        "  - conv:  # cnn-shapes: ignore[bias-before-norm, pixels-dropped]\n"
        "      filters: 8\n      kernel_size: 2\n      stride: 2\n      norm: batch\n",
    ],
)
def test_it_hides(text: str) -> None:
    assert rules(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # another layer, the structure around, a quoted text
        (spec(f"  - relu  {IGNORE}\n  - {DROPS}\n"), ["unused-suppression", "pixels-dropped"]),
        (spec(f"  - {DROPS}\n  - relu  {IGNORE}\n"), ["pixels-dropped", "unused-suppression"]),
        (
            spec(f"  - repeat:  {IGNORE}\n      times: 1\n      layers:\n        - {DROPS}\n"),
            ["unused-suppression", "pixels-dropped"],
        ),
        (
            spec(f"  - residual:\n      - relu  {IGNORE}\n  - {DROPS}\n"),
            ["unused-suppression", "pixels-dropped"],
        ),
        (spec(f"  - {DROPS}\n", top=f'name: "x {IGNORE}"\n'), ["pixels-dropped"]),
        (spec(f"  - {DROPS}\n", top=f"name: |\n  {IGNORE}\n  # cnn-shapes: x\n"), ["pixels-dropped"]),
        (spec(f"  - {DROPS}\n", top=f"name: 'a\n  {IGNORE}'\n"), ["pixels-dropped"]),
        (spec(f"  - {DROPS}  # see cnn-shapes: ignore[pixels-dropped]\n"), ["pixels-dropped"]),
        (
            spec(f"  - {DROPS}  # cnn-shapes: ignore[bias-before-norm]\n"),
            ["pixels-dropped", "unused-suppression"],
        ),
    ],
)
def test_it_does_not_hide(text: str, expected: list[str]) -> None:
    assert rules(text) == expected


def test_errors_of_shape_can_be_hidden_and_those_of_reading_cannot() -> None:
    assert rules(spec("  - maxpool: 2  # cnn-shapes: ignore[pool-not-divisible] a fixture\n")) == []
    text = spec("  - con: 2  # cnn-shapes: ignore[unknown-layer]\n")
    assert rules(text) == ["unknown-layer", "bad-suppression"]


def test_a_comment_on_a_line_of_its_own_goes_with_its_line() -> None:
    for text in (
        spec(f"  {IGNORE}\n  - relu\n"),
        spec(f"  - relu\n{IGNORE}"),
        spec(f"  {IGNORE}\r\n  - relu\n"),
    ):
        report = check(text)
        (problem,) = report.diagnostics
        assert report.source.edited(problem.fixes[0].edits).text == spec("  - relu\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # an error keeps the design rules from looking, and shape is not judged after what cannot be read
        (spec(f"  - relu  {IGNORE}\n  - maxpool: 2\n"), ["pool-not-divisible"]),
        (spec("  - relu  # cnn-shapes: ignore[wrong-rank]\n  - con: 2\n"), ["unknown-layer"]),
        # a hidden size that is rounded down keeps no rule from looking
        (
            spec(
                f"  - relu  {IGNORE}\n  - maxpool: 2  # cnn-shapes: ignore[pool-not-divisible]\n"
                "  - relu  # cnn-shapes: ignore[wrong-rank]\n"
            ),
            ["unused-suppression", "unused-suppression"],
        ),
        # another hidden error keeps design rules from looking, but not the rules of shape
        (
            spec(
                f"  - relu  {IGNORE}\n  - maxpool: 28  # cnn-shapes: ignore[window-too-large]\n"
                "  - relu  # cnn-shapes: ignore[wrong-rank]\n"
            ),
            ["unused-suppression"],
        ),
        ("input: [27, 27, 8]\nlayers: [relu]\n- x\n# cnn-shapes: ignore[x]\n", ["yaml-syntax"]),
    ],
)
def test_nothing_is_called_unused_that_could_not_be_judged(text: str, expected: list[str]) -> None:
    assert rules(text) == expected


def test_other_values_make_nothing_unused() -> None:
    source = Source("net.yaml", spec(f"  - {DROPS}  {IGNORE}\n"))
    assert check_source(source, Overrides((28, 28, 8))).diagnostics == []
    assert check_source(source, rules=False).diagnostics == []


def test_a_hidden_finding_in_a_block_is_hidden_in_every_copy() -> None:
    block = f"blocks:\n  B:\n    layers:\n      - {DROPS}  {IGNORE}\n"
    assert rules(spec("  - repeat: {times: 2, layers: [B]}\n", top=block)) == []


HIDDEN = f"""input: [27, 27, 8]
rounding: floor
layers:
  {IGNORE}
  - maxpool: 2
  - residual:
      - relu
      - sigmoid  # cnn-shapes: ignore[repeated-activation]
  - conv:
      filters: 8  # cnn-shapes: ignore[bias-before-norm]
      kernel_size: 1
      norm: batch
      activation: relu
  # cnn-shapes: ignore[pixels-dropped]
  # 13 / 2
  - maxpool: 2
"""


# between any two layers; a comment above a layer stays above it
BETWEEN = [
    number
    for number, line in enumerate(HIDDEN.splitlines())
    if line.lstrip().startswith(("-", "# cnn")) and "#" not in HIDDEN.splitlines()[number - 1].split("- ")[0]
]


@pytest.mark.parametrize("number", BETWEEN)
def test_a_layer_that_is_put_in_moves_no_suppression(number: int) -> None:
    lines = HIDDEN.splitlines(keepends=True)
    indent = lines[number][: len(lines[number]) - len(lines[number].lstrip())]
    lines.insert(number, f"{indent}- identity\n")
    assert found(check("".join(lines))) == found(check(HIDDEN)) == []


@pytest.mark.parametrize("name", ["squeezenet1_0", "vgg16_bn", "audio_m5"])
def test_the_zoo_can_be_silenced_by_file(name: str) -> None:
    text = zoo.text(name)
    names = sorted({problem.rule for problem in check(text).diagnostics})
    assert names
    assert rules(f"# cnn-shapes: ignore-file[{', '.join(names)}] as published\n{text}") == []


def test_many_comments_are_no_more_work_than_many_lines() -> None:
    def work(count: int) -> int:
        line = "  - relu\n  - sigmoid  # cnn-shapes: ignore[repeated-activation]\n"
        text = spec(line * count)
        return steps(lambda: check(text))

    work(10)  # loads what a check needs
    assert work(400) < 2.1 * work(200) < 2.1 * 250_000
