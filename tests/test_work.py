"""No small file means long work: each command, with what was once slow, within few calls and little memory.

`laborious` runs a command in a process of its own and counts calls. What a search for repairs may cost
at most is among them; what is slow by a square needs many more. And no check leaves garbage.
"""

import gc
from pathlib import Path

import pytest

from cnn_shapes.checking import check_path
from tests.fuzz.judge import laborious
from tests.golden import ROOT


def spec(*layers: str, size: str = "[33, 33, 8]", head: str = "") -> str:
    return f"input: {size}\n{head}layers:\n" + "".join(f"  - {layer}\n" for layer in layers)


CHAIN = ["conv: 8"] * 2_500
THREE = "{filters: 8, kernel_size: 3"
SILENT = "cnn-shapes: ignore[pixels-dropped]"
BIG = "[8, 8, 1073741823]"
# by name: the text, and the commands that took long or more memory
CASES: dict[str, tuple[str, tuple[str, ...]]] = {
    # every change of every layer before an error was tried, and each answer remembered the network
    "a pool after 2,500 layers": (spec(*CHAIN, "maxpool: 2"), ("json", "fix")),
    "a pool after 1,500 named layers": (
        spec(*[f"conv: {{filters: 8, name: c{number}}}" for number in range(1_500)], "maxpool: 2"),
        ("json",),
    ),
    # divisors were counted up, to the root they are tried
    "the divisors of a large number": (spec("channel_shuffle: 2147483646", size=BIG), ("full",)),
    "of the groups of a norm": (spec("groupnorm: 2147483646", size=BIG), ("full",)),
    "of a convolution": (spec("conv: {filters: 2147483646, groups: 1073741822}", size=BIG), ("fix",)),
    # each part of a split went through all of them
    "splits into a thousand parts": (
        spec(
            *[
                f"split: {{from: input, into: [{', '.join(f'c{number}_{part}' for part in range(1000))}]}}"
                for number in range(8)
            ],
            size="[8, 8, 1000]",
        ),
        ("json", "sizes"),
    ),
    # the phases of a receptive field, layer by layer
    "many phases through many layers": (
        spec(
            *["upsample: 2"] * 12, *["conv: {filters: 8, kernel_size: 3, padding: 1}"] * 800, size="[2, 2, 8]"
        ),
        ("json",),
    ),
    "many units that read nothing": (
        spec(
            *["conv_transpose: {filters: 8, kernel_size: 1, stride: 2}"] * 12,
            *["conv: {filters: 8, kernel_size: [3, 5], padding: half, dilation: 5}"] * 500,
            size="[2, 2, 8]",
        ),
        ("json",),
    ),
    # a receptive field of more digits than Python prints
    "strides without end": (
        spec(
            *["conv: {filters: 8, kernel_size: 3, stride: 2147483647, padding: half, rounding: floor}"] * 600
        ),
        ("full", "json"),
    ),
    # every symbolic size took as much as all of them may
    "upsampling by fractions": (
        spec(*["upsample: {scale: 1.7, rounding: floor}", "maxpool: 3"] * 7),
        ("sizes",),
    ),
    # each comment looked for the entry that it is above, over all the comments between
    "comments above each other": (spec(*["conv: 8"] * 3) + f"# {SILENT}\n" * 2_000, ("json",)),
    # names, each compared with all others
    "names that are unknown": (
        spec(
            *[f"conv: q{n}" for n in range(1_500)],
            head=f"params: {{{', '.join(f'p{n}: 1' for n in range(1_500))}}}\n",
        ),
        ("json",),
    ),
    "names of rules that are unknown": (
        spec("relu") + f"# cnn-shapes: ignore[{', '.join(f'missing-activatio{n}' for n in range(1_500))}]\n",
        ("json",),
    ),
    "layers that are unknown": (spec(*[f"Con{n}d: 8" for n in range(250)]), ("json",)),  # each fix was proved
    # each input of a join with the channels of each other
    "a join of a thousand": (
        spec(
            *[f"conv: {{filters: {n + 1}, name: n{n}}}" for n in range(1_000)],
            f"add: [{', '.join(f'n{n}' for n in range(1_000))}]",
        ),
        ("fix",),
    ),
    # a name that is made of one that is made of one ...: beyond Python's depth
    "a chain of local names": (
        spec(
            *["B"] * 20,
            "maxpool: 2",
            head="blocks:\n  B:\n    let:\n      a0: 8\n"
            + "".join(f"      a{n + 1}: a{n}\n" for n in range(2_000))
            + "    layers: [conv: a2000]\n",
        ),
        ("fix",),
    ),
}


CALLS = 10_000_000
ROWS = [(name, command) for name, (_, commands) in CASES.items() for command in commands]


@pytest.mark.parametrize(("name", "command"), ROWS)
def test_a_small_file_is_soon_answered(name: str, command: str) -> None:
    text = CASES[name][0].encode()
    assert len(text) < 100_000
    assert laborious(command, text, CALLS) is None


def garbage(file: Path) -> int:
    """The objects of a check that refer to each other in a circle, once its result is dropped."""
    check_path(str(file))
    return gc.collect()


@pytest.mark.parametrize("folder", ["specs", "tests/cases", "tests/fix", "tests/joins"])
def test_what_a_check_made_goes_with_its_result(folder: str) -> None:
    """The command looks for no garbage: of what is left of each file, a thousand would fill the memory."""
    files = sorted((ROOT / folder).glob("*.yaml"))
    assert files
    gc.collect()
    gc.freeze()  # what others made is not gone through for each file
    try:
        assert {file.name: count for file in files if (count := garbage(file))} == {}
    finally:
        gc.unfreeze()
