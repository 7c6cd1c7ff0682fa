"""A network that is made again only in part is the one that `check` makes anew."""

import pytest

from cnn_shapes.checking import check_source
from cnn_shapes.source import Source
from cnn_shapes.sweeps.job import Job
from cnn_shapes.sweeps.made import users_of
from cnn_shapes.sweeps.running import rows
from cnn_shapes.sweeps.space import space_of
from tests.sweep_rows import differs_from_check

# what is varied, how many entries of the spec are made again for the last of it, None for all, and the layers
CASES: list[tuple[str, list[str], int | None, str]] = [
    ("a field", ["a=1:4"], 1, "[conv: {filters: a, kernel_size: 3}, flatten, dense: 10]"),
    ("a size that fails", ["a=1:9"], 1, "[conv: {filters: 4, kernel_size: a}, maxpool: 2, flatten]"),
    ("two of them", ["b=1:3", "a=1:3"], 2, "[conv: {filters: a, kernel_size: b}, conv: a]"),
    ("one in a list", ["a=1:3"], 1, "[conv: {filters: 4, kernel_size: [a, 3]}]"),
    ("with an activation", ["a=1:3"], 1, "[conv: {filters: a, norm: batch, activation: relu}]"),
    ("what another param follows from", ["a=1:3"], 2, "[conv: c, conv: a, dropout: 0.5]"),
    ("groups", ["a=1:4"], 2, "[conv: 2*a, conv: {filters: 12, groups: a}]"),
    ("groups of a norm", ["a=1:4"], None, "[conv: {filters: 12, norm: group, norm_groups: a}]"),
    ("an assertion", ["a=2:4"], 1, "[conv: 3, conv: {filters: 4, in_channels: a}]"),
    ("a bias", ["a=1,true,0,false"], 1, "[conv: {filters: 4, bias: a}]"),
    ("a word", ["a=same,valid,3"], 1, "[conv: {filters: 4, kernel_size: 3, padding: a}]"),
    ("an activation", ["a=relu,none"], None, "[conv: {filters: 4, activation: a}]"),
    ("a shape", ["a=9,36,3"], 1, "[conv: 4, {reshape: [a, -1]}]"),
    ("a rank", ["a=[576],[24, 24],[4, 12, 12]"], 1, "[conv: 4, {reshape: a}, relu]"),
    ("a condition", ["a=1:3"], None, "[conv: 4, conv: {filters: 5, if: a > 1}, flatten]"),
    ("what is expected", ["a=3:5"], None, "[conv: {filters: 4, expect: [12, 12, a]}]"),
    ("a repeat", ["a=0:2"], None, "[repeat: {times: a, layers: [conv: 4]}]"),
    ("within a repeat", ["a=1:3"], None, "[repeat: {times: 2, layers: [conv: a]}]"),
    ("beside what follows from channels", ["a=1:3"], None, "[conv: a, conv: 2*c_in]"),
    ("beside what follows from sizes", ["a=1:3"], None, "[conv: {filters: 4, kernel_size: a}, conv: h_in]"),
    ("a block", ["a=1:3"], None, "[Two: {k: a}, conv: a]"),
    ("what a block uses", ["b=1:3"], None, "[Two: {k: 4}, conv: b]"),
    ("beside a block", ["a=1:3"], 1, "[conv: a, Two: {k: 4}]"),
    ("a split", ["a=1:3"], None, "[conv: 4, split: {into: {x: a, y: 4 - a}}, concat: {from: [x, y]}]"),
    ("before a split", ["a=2,4,5"], 1, "[conv: a, split: [x, y], add: {from: [x, y]}]"),
    (
        "beside shared weights",
        ["a=1:3"],
        1,
        "[conv: {filters: 3, name: x}, conv: a, conv: {filters: 3, share: x}]",
    ),
    ("before a shortcut", ["a=2:4"], 1, "[conv: a, residual: [conv: 3]]"),
    ("with its input", ["a=1:3"], 1, "[conv: {filters: a, kernel_size: 3}, flatten, dense: 3]"),
    ("no layer", ["a=1:3"], 0, "[conv: 4]"),
]


def text_of(layers: str) -> str:
    return f"""\
input: [12, 12, 3]
params: {{a: 2, b: 3, c: 2*a + 1}}
defaults: {{conv: {{kernel_size: 1}}}}
blocks:
  Two: {{params: {{k: 4}}, layers: [conv: k, conv: {{filters: b, kernel_size: 3}}]}}
layers: {layers}
"""


@pytest.mark.parametrize(
    ("settings", "count", "layers"), [row[1:] for row in CASES], ids=[row[0] for row in CASES]
)
def test_each_row_is_what_check_says(settings: list[str], count: int | None, layers: str) -> None:
    source = Source("net.yaml", text_of(layers))
    for inputs in ([], ["12,13"], ["12x12x3,12x12x4"]):
        # twice, so that each value follows each other
        space = space_of(settings, inputs)
        numbers = [*space.numbers(), *reversed(space.numbers()), *space.numbers()[::2]]
        found = list(rows(Job(source, space), numbers))
        assert len(found) == len(numbers)
        assert [said for row in found if (said := differs_from_check(source, space, row))] == []


@pytest.mark.parametrize(
    ("settings", "count", "layers"), [row[1:] for row in CASES], ids=[row[0] for row in CASES]
)
def test_what_is_made_again(settings: list[str], count: int | None, layers: str) -> None:
    spec = check_source(Source("net.yaml", text_of(layers))).spec
    assert spec is not None
    users = users_of(spec, settings[-1].partition("=")[0])
    assert (None if users is None else len(users)) == count
