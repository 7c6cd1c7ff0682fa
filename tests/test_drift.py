"""Pins hold a network: drift is an error that names where it begins."""

import random
from collections.abc import Iterator

from cnn_shapes.checking import CheckResult, check_source
from cnn_shapes.discovery import shipped as zoo
from cnn_shapes.layers import KINDS
from cnn_shapes.source import Edit, Map, Scalar, Sequence, Source, TreeNode, read_yaml
from tests.specs import check
from tests.test_pin import PINNED, pinned, report, text_of

FLOOR = ["alexnet", "densenet121", "googlenet", "resnet18", "shufflenet_v2", "squeezenet1_0", "squeezenet1_1"]
EACH = 20  # changes of a spec
FIELDS = ("kernel_size", "stride", "padding")
POOLS = ("maxpool", "avgpool", "lppool", "pool")


def changes(text: str) -> Iterator[Edit]:
    """Every change of a number of a kernel, stride, padding or pool by up to three or to its double."""
    root = read_yaml(Source("net.yaml", text)).root
    assert root is not None
    for key, node in numbers(root):
        if isinstance(node.value, int):
            values = [str(node.value + step) for step in (-1, 1, 2, 3)] + [str(2 * node.value)]
            lowest = 0 if key == "padding" else 1
            yield from (Edit(node.span, value) for value in values if int(value) >= lowest)
        elif key == "padding":
            yield Edit(node.span, "valid")


def numbers(node: TreeNode, key: str = "") -> Iterator[tuple[str, Scalar]]:
    if isinstance(node, Map):
        for name, value in node.pairs:
            yield from numbers(value, name.text)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from numbers(item, key if key in FIELDS else "")
    elif key in FIELDS or key in POOLS or (key in KINDS and "Pool" in key):
        yield key, node


def shapes(found: CheckResult) -> list[object]:
    assert found.trace is not None
    return [step.node.output for step in found.trace.steps]


def altering(name: str) -> list[Edit]:
    """Changes that alter the shape of some layer, drawn once for all."""
    text = zoo.text(name)
    before = shapes(report(text))
    every = list(dict.fromkeys(changes(text)))
    random.Random(name).shuffle(every)
    chosen = []
    for edit in every:
        after = check_source(Source("net.yaml", text).edited([edit]))
        if after.trace is not None and shapes(after) != before:
            chosen.append(edit)
        if len(chosen) == EACH:
            break
    return chosen


def test_single_changes_are_flagged_where_a_network_is_pinned() -> None:
    """At least 95 of 100, where without pins a `floor` network accepts most."""
    tried = flagged = unpinned = 0
    for name in FLOOR:
        text = zoo.text(name)
        held = text_of(pinned(text))
        keys = [edit.span for edit in changes(text)]
        places = dict(zip(keys, [edit.span for edit in changes(held)], strict=True))
        for edit in altering(name):
            tried += 1
            unpinned += not check_source(Source("net.yaml", text).edited([edit])).ok
            flagged += not check_source(
                Source("net.yaml", held).edited([edit._replace(span=places[edit.span])])
            ).ok
    print(f"{flagged} of {tried} changes are flagged with pins, {unpinned} without")
    assert tried == EACH * len(FLOOR)
    assert flagged >= 0.95 * tried
    assert unpinned <= 0.5 * tried


def test_the_first_layer_that_differs_is_reported_alone() -> None:
    found = check(PINNED.replace("padding: 1}  # the", "padding: 3}  # the"))
    (problem,) = found.errors
    assert problem.layer == "relu1"
    assert problem.message() == (
        "expect says 32x32x8, but 36x36x8 comes out: conv1 makes 36x36 of 32x32, where 32x32 is needed: "
        "the first of 3 layers that differ from their expect"
    )


def test_layers_that_do_not_follow_from_each_other_are_reported_apart() -> None:
    text = """input: [8, 8, 4]
layers:
  - conv: {filters: 4, name: a, expect: [8, 8, 5]}
  - conv: {filters: 4, name: b, from: input, expect: [8, 8, 6]}
  - concat: {from: [a, b], expect: [8, 8, 11]}
"""
    assert [(problem.layer, problem.message()) for problem in check(text).diagnostics] == [
        ("a", "expect says 8x8x5, but 8x8x4 comes out: the first of 2 layers that differ from their expect"),
        ("b", "expect says 8x8x6, but 8x8x4 comes out"),
    ]


def test_what_would_differ_in_any_case_is_reported_too() -> None:
    text = """input: [8, 8, 4]
rounding: floor
layers:
  - conv: {filters: 4, kernel_size: 3, expect: [8, 8, 4]}
  - conv: {filters: 4, expect: [8, 8, 5]}
  - maxpool: {kernel_size: 2, expect: [4, 4, 5]}
  - maxpool: {kernel_size: 3, expect: [3, 3, 5]}
"""
    assert [problem.message() for problem in check(text).errors] == [
        "expect says 8x8x4, but 6x6x4 comes out",
        "expect says 8x8x5, but 6x6x4 comes out: conv1 makes 6x6 of 8x8, where 8x8 is needed: "
        "the first of 2 layers that differ from their expect",
        "expect says 3x3x5, but 1x1x4 comes out",
    ]


def test_an_expect_of_another_rank_is_reported_and_what_follows_is_not_judged_by_it() -> None:
    text = """input: [16, 3]
layers:
  - conv: {filters: 6, kernel_size: 3, expect: [14, 14, 6]}
  - avgpool: 2
"""
    assert [found.rule for found in check(text).errors] == ["expect-mismatch"]
