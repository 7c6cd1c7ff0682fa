"""Every rule is documented, its examples hold, and it speaks and is silent where it should."""

import ast

import pytest

from cnn_shapes import rules
from cnn_shapes.checking import NO_VERDICT, UNREGISTERED_MODULE, UNSUPPORTED_LAYER, check_bytes, check_source
from cnn_shapes.diagnostics import Findings
from cnn_shapes.discovery import shipped as zoo
from cnn_shapes.rules import DESIGN, OVER_BUDGET, READING, RULES, SHAPE, SUPPRESSION
from cnn_shapes.source import Source
from tests.counting import steps
from tests.golden import ROOT
from tests.specs import check, found, spec

# no text can show that a file cannot be opened, what a model of PyTorch does, or that we fail
WITHOUT_YAML = (*NO_VERDICT, UNSUPPORTED_LAYER, UNREGISTERED_MODULE)
EXAMPLES = [name for name in RULES if name not in WITHOUT_YAML]


@pytest.mark.parametrize("name", EXAMPLES)
def test_bad_yaml_breaks_this_rule_and_no_other(name: str) -> None:
    report = check(RULES[name].bad)
    assert {problem.rule for problem in report.diagnostics} == {name}
    assert {problem.severity for problem in report.diagnostics} == {RULES[name].severity}


@pytest.mark.parametrize("name", EXAMPLES)
def test_good_yaml_breaks_none(name: str) -> None:
    assert found(check(RULES[name].good)) == []


@pytest.mark.parametrize("name", RULES)
def test_documentation_is_whole(name: str) -> None:
    rule = RULES[name]
    assert rule.name == name
    assert rule.summary.endswith(".")
    assert "\n" not in rule.summary
    assert rule.why.endswith((".", '".'))
    assert len(rule.source) > 20
    assert (rule.bad == "") == (rule.good == "") == (name in WITHOUT_YAML)


@pytest.mark.parametrize("name", RULES.of(DESIGN))
def test_design_rules_cite_what_they_would_have_caught(name: str) -> None:
    assert "https://" in RULES[name].source
    # what the user asserts is an error where it does not hold
    assert RULES[name].severity in (("error",) if name == OVER_BUDGET else ("warning", "info"))


def test_every_rule_without_a_check_of_its_own_is_a_constant_beside_the_code_that_raises_it() -> None:
    constants = set()
    for file in (ROOT / "cnn_shapes").rglob("*.py"):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign):
                values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
                constants |= {value.value for value in values if isinstance(value, ast.Constant)}
    assert {*RULES.of(READING), *RULES.of(SHAPE), *RULES.of(SUPPRESSION)} <= constants


def test_a_file_that_is_not_text_breaks_the_rule_of_its_docstring() -> None:
    report = check_bytes("x.yaml", "input: [28, 28, 1] # 입력".encode("cp949"))
    assert [problem.rule for problem in report.diagnostics] == ["yaml-syntax"]


def test_names_are_known_without_a_look_into_the_files() -> None:
    assert "pixels-dropped" in RULES
    assert "pixels_dropped" not in RULES
    with pytest.raises(KeyError):
        RULES["no-such-rule"]


FIXES = [
    (
        "conv: {filters: 16, kernel_size: 1, norm: batch}",
        "conv: {filters: 16, kernel_size: 1, norm: batch, bias: false}",
    ),
    (
        "conv: {kernel_size: 1, filters: 16, bias: true, norm: batch}",
        "conv: {kernel_size: 1, filters: 16, bias: false, norm: batch}",
    ),
    (
        "conv:\n      filters: 16 # wide\n      kernel_size: 1\n      norm: batch # Ioffe",
        "conv:\n      filters: 16 # wide\n      kernel_size: 1\n      norm: batch # Ioffe\n      bias: false",
    ),
]


@pytest.mark.parametrize(("before", "after"), FIXES)
def test_a_bias_is_taken_out(before: str, after: str) -> None:
    report = check(spec(before))
    (problem,) = report.diagnostics
    (fix,) = problem.fixes
    assert not fix.safe
    mended = check_source(report.source.edited(fix.edits))
    assert mended.source.text == spec(after)
    assert found(mended) == []


def test_an_activation_is_put_in() -> None:
    report = check(spec("dense: 16\ndense: 10", "[8]"))
    (problem,) = report.diagnostics
    mended = check_source(report.source.edited(problem.fixes[0].edits))
    assert (
        mended.source.text == "input: [8]\nlayers:\n  - dense: {units: 16, activation: relu}\n  - dense: 10\n"
    )
    assert found(mended) == []


@pytest.mark.parametrize(
    "layers",
    [
        "conv: {filters: 16, norm: n}",  # other copies of the line may have no norm
        "conv: 16\nbatchnorm",
    ],
)
def test_no_fix_where_more_than_one_line_would_have_to_change(layers: str) -> None:
    report = check(spec(layers, top="params: {n: batch}\n"))
    problems = [problem for problem in report.diagnostics if problem.rule == "bias-before-norm"]
    assert [problem.fixes for problem in problems] == [()]


def test_copies_of_a_block_are_one_finding() -> None:
    report = check(
        spec(
            "repeat: {times: 5, layers: [conv: {filters: 8, kernel_size: 1, norm: batch, activation: relu}]}"
        )
    )
    (problem,) = report.diagnostics
    assert problem.notes[-1].facts == {"copies": 4}


def test_design_is_not_judged_after_an_error() -> None:
    layers = "conv: {filters: 8, kernel_size: 2, stride: 3, activation: relu}\nmaxpool: 2\nrelu\nsigmoid"
    report = check(spec(layers))
    assert [problem.rule for problem in report.errors] == ["size-not-whole"]
    assert report.warnings == []


def test_what_fires_on_the_zoo(update: bool) -> None:
    golden = ROOT / "tests" / "rules" / "zoo.txt"
    lines = []
    for name in zoo.names():
        report = check_source(Source(f"{name}.yaml", zoo.text(name)))
        lines += [f"{name}: {message}\n" for message in found(report)]
    text = "".join(lines)
    if update:
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_work_grows_with_the_network_and_not_faster() -> None:
    def work(copies: int) -> int:
        line = (
            "[conv: {filters: 8, kernel_size: 3, padding: half, norm: batch, activation: relu}, dropout: 0.1]"
        )
        report = check(spec(f"repeat: {{times: {copies}, layers: {line}}}"))
        spec_read, trace = report.spec, report.trace
        assert spec_read is not None
        assert trace is not None
        return steps(lambda: rules.run(spec_read, trace, Findings()))

    work(10)  # loads the rules
    assert work(400) < 2.1 * work(200) < 2.1 * 100_000
