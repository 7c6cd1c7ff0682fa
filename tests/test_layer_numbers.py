"""A layer is meant by its number in the table, and by its name, long or as messages shorten it."""

import pytest

from cnn_shapes import outline
from cnn_shapes.checking import check_path, check_source
from cnn_shapes.diagnostics import short_path
from cnn_shapes.discovery import shipped as zoo
from cnn_shapes.explain import Unknown, layers
from cnn_shapes.network import numbered
from cnn_shapes.prompt.session.state import Session
from cnn_shapes.repair.report.options import BadOption, options_for
from cnn_shapes.source import Source
from tests.prompt_steps import answered

# entry 2 holds two passes of a block with a convolution (and its norm) and a pool; 1 and 3 are one layer each
SPEC = """input: [32, 32, 3]
blocks:
  Down:
    layers:
      - conv: {filters: 8, norm: batch}
      - maxpool: 2
layers:
  - conv: {filters: 4, activation: relu}
  - repeat: {times: 2, layers: [Down]}
  - flatten
"""
REPORT = check_source(Source("net.yaml", SPEC))


@pytest.mark.parametrize(
    ("number", "names"),
    [
        ("1", ["conv1", "conv1.activation"]),
        ("2.1", ["repeat1.0.down1.conv1", "repeat1.0.down1.conv1.norm"]),
        ("2.2", ["repeat1.0.down1.maxpool1"]),
        ("2.4", ["repeat1.1.down1.maxpool1"]),
        ("2.2-3", ["repeat1.0.down1.maxpool1", "repeat1.1.down1.conv1", "repeat1.1.down1.conv1.norm"]),
        ("2.4-9", ["repeat1.1.down1.maxpool1"]),
        ("3", ["flatten1"]),
    ],
)
def test_explain_knows_the_numbers(number: str, names: list[str]) -> None:
    assert REPORT.trace is not None
    assert [step.node.name for step in layers.steps_of(REPORT.trace, number)] == names


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("2.5", "there is no layer 2.5: layer 2 has 2.1 to 2.4"),
        ("1.1", "there is no layer 1.1: layer 1 is one layer"),
        ("4.1", "there is no layer 4.1: the last is 3"),
        ("2.3-2", "there is no layer 2.3-2: layer 2 has 2.1 to 2.4"),
        ("repeat1...conv9", "no layer is called repeat1...conv9: did you mean repeat1.1.down1.conv1?"),
    ],
)
def test_a_number_that_is_not_there(name: str, said: str) -> None:
    with pytest.raises(Unknown) as raised:
        layers.of(REPORT, name, "net.yaml")
    assert str(raised.value) == said


@pytest.mark.parametrize("name", zoo.names())
def test_every_number_of_a_table_is_known(name: str) -> None:
    """And means what is in its row."""
    report = check_path(zoo.path(name))
    assert report.trace is not None
    root = outline.tree(report.trace)
    for row in outline.rows(report.trace, root, outline.deepest(root), report.layout):
        found = layers.steps_of(report.trace, row.index)
        assert sum(step.params or 0 for step in found) == (row.params or 0)
    listed = [layer.index for layer in root.layers()]
    assert listed == [*numbered(report.trace.network.layers)]


@pytest.mark.parametrize(
    ("target", "name"), [("2.3=16x16", "repeat1.1.down1.conv1.norm"), ("1=32x32", "conv1.activation")]
)
def test_a_target_by_its_number(target: str, name: str) -> None:
    options = options_for(REPORT, target=target)
    assert options.target is not None
    assert options.target[0] == name


def test_a_target_that_is_not_there() -> None:
    with pytest.raises(BadOption, match=r"^there is no layer 2\.9: "):
        options_for(REPORT, target="2.9=16x16")


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [("show 2.2", ["#", "2.2"]), ("show 2", ["#", "2", "2.1-2", "2.1", "2.2", "2.3-4", "2.3", "2.4"])],
)
def test_the_prompt_shows_rows(typed: str, numbers: list[str]) -> None:
    _, reply = answered(Session(source=Source("net.yaml", SPEC)), typed)
    assert [line.split()[0] for line in reply.text.splitlines()] == numbers
    _, reply = answered(Session(source=Source("net.yaml", SPEC), linear=True), typed)
    assert reply.text.startswith(f"layer {numbers[1]}: ")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("show 2.9", "there is no layer 2.9: the last is 3"),
        (
            "show x",
            "show takes nothing, the number of a layer, yaml for the text, markdown, or --depth 2 for so "
            "many levels of groups, found x",
        ),
    ],
)
def test_the_prompt_has_no_such_row(typed: str, said: str) -> None:
    _, reply = answered(Session(source=Source("net.yaml", SPEC)), typed)
    assert (reply.text, reply.wrong) == (f"{said}\n", True)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("conv1", "conv1"),
        ("repeat1.0.down1.conv1", "repeat1.0.down1.conv1"),
        ("stage1.repeat1.0.basic1.residual1.conv1", "stage1.repeat1.0...residual1.conv1"),
        ("stage1.repeat1.0.basic1.residual1.conv1.activation", "stage1.repeat1.0...conv1.activation"),
        (
            "stage2.repeat1.0.basic1.residual1.shortcut.conv1",
            "stage2.repeat1.0...shortcut.conv1",
        ),
        ("a" * 40, "a" * 40),
        ("a_file_of_a_long_name.with.some/dots.yaml", "a_file_of_a_long_name.with.some/dots.yaml"),
    ],
)
def test_long_names_lose_their_middle(name: str, shown: str) -> None:
    assert short_path(name) == shown


def test_a_shortened_name_is_understood() -> None:
    report = check_path(zoo.path("resnet18"))
    assert report.trace is not None
    found = layers.steps_of(report.trace, short_path("stage1.repeat1.0.basic1.residual1.conv1"))
    assert [step.node.name for step in found] == ["stage1.repeat1.0.basic1.residual1.conv1"]
