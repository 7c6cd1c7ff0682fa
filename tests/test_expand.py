"""The flat spec is the same network: same layers in order, same figures, same errors; and flat already."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_shapes.checking import CheckResult, check_path, check_source
from cnn_shapes.expand import Unexpandable, expand
from cnn_shapes.language.spec import Overrides
from cnn_shapes.source import Map, Source, read_yaml
from cnn_shapes.source.flow_style import quoted
from tests.golden import ROOT

CASES = ROOT / "tests" / "expand"
SPECS = sorted(
    file.relative_to(ROOT).as_posix()
    for folder in ("specs", "tests/examples", "tests/receptive_field")
    for file in (ROOT / folder).glob("*.yaml")
)


def check(text: str) -> CheckResult:
    return check_source(Source("net.yaml", text))


def facts(report: CheckResult) -> dict[str, Any]:
    """All that a flat spec keeps of a network: everything but the names."""
    trace = report.trace
    assert trace is not None
    return {
        "input": report.input,
        "layout": report.layout,
        "layers": [
            (
                step.node.kind,
                step.node.output,
                step.node.state,
                step.node.error and step.node.error.rule,
                (step.node.error and step.node.error.facts.get("expected")) or step.node.expected,
                *step[1:4],
                trace.receptive_field(step),
                trace.jump(step),
                step.aligned,
            )
            for step in trace.steps
        ],
        "totals": trace.totals,
        "outputs": [node.index for node in trace.network.outputs],
    }


def layers(flat: str) -> str:
    """A flat spec without its comment."""
    comment, _, rest = flat.partition("\n")
    assert comment.startswith("# unfolded from ")
    return rest


def assert_same_network(report: CheckResult) -> None:
    flat = expand(report)
    again = check(flat)
    assert facts(again) == facts(report)
    assert {found.rule for found in again.errors} == {found.rule for found in report.errors}
    assert layers(expand(again)) == layers(flat)


@pytest.mark.parametrize("spec", SPECS)
def test_known_networks(spec: str) -> None:
    report = check_path(str(ROOT / spec))
    assert report.ok
    assert_same_network(report)
    flat = layers(expand(report))
    assert not any(
        f"{word}:" in flat for word in ("blocks", "params", "defaults", "repeat", "residual", "gate")
    )


@pytest.mark.parametrize("file", sorted(CASES.glob("*.yaml")), ids=lambda file: file.stem)
def test_cases(file: Path, update: bool) -> None:
    """A spec and its flat form, as text files beside each other."""
    report = check_source(Source(file.name, file.read_text(encoding="utf-8")))
    flat, expected = expand(report), file.with_suffix(".out")
    if update:
        expected.write_text(flat, encoding="utf-8")
    assert flat == expected.read_text(encoding="utf-8")
    if "is not unfolded" not in flat:
        assert_same_network(report)


@pytest.mark.parametrize(
    ("path", "overrides", "comment"),
    [
        ("a/net.yaml", Overrides(), "# unfolded from a/net.yaml: one layer a line"),
        ("-", Overrides(), "# unfolded from <stdin>: one layer a line"),
        ("a\nb: \x1b[0m", Overrides(), "# unfolded from a\\nb: ?[0m: one layer a line"),
        (
            "net.yaml",
            Overrides(input=(16, 16, 3), params=(("c", 2),)),
            "# unfolded from net.yaml with input 16x16x3, c=2: one layer a line",
        ),
    ],
)
def test_comment(path: str, overrides: Overrides, comment: str) -> None:
    text = "input: [8, 8, 3]\nparams: {c: 1}\nlayers: [conv: c]"
    assert expand(check_source(Source(path, text), overrides)).split("\n")[0] == comment


def test_other_values_are_written_down() -> None:
    overrides = Overrides(input=(9, 9, 3), params=(("c", 2),), rounding="floor")
    text = "input: [8, 8, 3]\nparams: {c: 1}\nlayers: [conv: {filters: c, stride: 2, expect: [4, 4, 1]}]"
    report = check_source(Source("net.yaml", text), overrides)
    assert layers(expand(report)) == (
        "input: [9, 9, 3]\nrounding: floor\nlayers:\n  - conv: {filters: 2, stride: 2}\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "layers: [relu]",
        "input: [8, 8, 3]\nlayers: [convv: 3]",
        "input: [8, 8, 3]\nlayers: [conv: 0]",
        "input: [8, 8, 3]\nblocks: {A: {layers: [conv: x]}}\nlayers: [relu]\nlayer: 1",
        "input: [8, 8, 3]\nlayers: [repeat: {times: 1000000000, layers: [relu]}]",
    ],
)
def test_what_cannot_be_read_is_not_unfolded(text: str) -> None:
    with pytest.raises(Unexpandable):
        expand(check(text))


# what YAML 1.2 leaves out of its printable characters (section 5.1), and what some take for the end of a line
AWKWARD = "\0\x08\x85\xa0\u2028\ufeff\ufffe\uffff-𐀀"


@given(st.one_of(st.text(), st.text(st.sampled_from(AWKWARD))))
def test_any_name_is_written_as_a_text_that_is_yaml(name: str) -> None:
    text = f"name: {quoted(name)}\n"
    assert not re.search("[^\t\n -~\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]", text)
    document = read_yaml(Source("net.yaml", text))
    assert document.problems == []
    assert isinstance(document.root, Map)
    assert getattr(document.root.get("name"), "value", None) == name
