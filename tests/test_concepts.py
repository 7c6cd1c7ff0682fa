"""Concepts: each a screen, each number in it right, each rule about sizes with one."""

import re

import pytest

from cnn_shapes.explain import concepts, explain
from cnn_shapes.explain.windows import draw
from cnn_shapes.rules import RULES, SHAPE
from cnn_shapes.shapes import Window
from tests.golden import ROOT
from tests.specs import check

CONCEPTS = concepts.concepts()
_EQUATION = re.compile(r"(?<![\w*/+(.])([\d(](?: ?[\d.,*/()+-])*) = (\d[\d,]*(?:\.\d+)?)")


@pytest.mark.parametrize("concept", CONCEPTS, ids=[one.name for one in CONCEPTS])
def test_a_concept_is_a_screen(concept: concepts.Concept) -> None:
    lines = concepts.text(concepts.data(concept.name) or {}).split("\n")
    assert len(lines) <= 23
    assert max(map(len, lines)) <= 84
    assert concept.sentence.endswith(".")
    assert all(rule in RULES for rule in concept.rules)


@pytest.mark.parametrize("concept", CONCEPTS, ids=[one.name for one in CONCEPTS])
def test_each_sum_in_a_concept_is_right(concept: concepts.Concept) -> None:
    # plain arithmetic, done by Python itself
    sums = _EQUATION.findall(f"{concept.sentence}\n{concept.body}")
    wrong = []
    for left, right in sums:
        terms = left.replace(",", "")
        if abs(eval(terms, {"__builtins__": {}}) - float(right.replace(",", ""))) > 1e-9:
            wrong.append(f"{left} = {right}")
    assert wrong == []
    assert sums or concept.name in ("activation", "dropout", "expect", "layout")


def test_no_name_is_given_twice() -> None:
    names = [
        re.sub(r"[\s_-]+", " ", name.lower()) for one in CONCEPTS for name in {one.name, *one.other_names}
    ]
    assert sorted({name for name in names if names.count(name) > 1}) == []
    rules = [rule for one in CONCEPTS for rule in one.rules]
    assert len(rules) == len(set(rules))


def test_every_error_of_shape_has_a_concept() -> None:
    assert [rule for rule in RULES.of(SHAPE) if concepts.concept_of_rule(rule) is None] == []


# the drawings: size, kernel, stride, padding, dilation, windows; the lines in the text
DRAWN = [
    ("convolution", 6, Window(3, 1, 0, 0), 4),
    ("stride", 7, Window(3, 2, 0, 0), 3),
    ("padding", 4, Window(3, 1, 1, 1), 4),
    ("pooling", 6, Window(2, 2, 0, 0), 3),
]


@pytest.mark.parametrize(("name", "size", "window", "outputs"), DRAWN, ids=[row[0] for row in DRAWN])
def test_a_drawing_shows_the_windows(name: str, size: int, window: Window, outputs: int) -> None:
    concept = concepts.concept(name)
    assert concept is not None
    cells = [cell for line in draw(size, window, outputs) for cell in re.findall(r"\[([^]]*)\]", line)]
    drawn = re.findall(r"\[([^]]*)\]", concept.body)
    assert drawn[: len(cells)] == cells


# the figures that a concept tells of a whole network: by hand in tests/test_published_receptive_fields.py
def test_the_course_network_of_the_concepts() -> None:
    report = check((ROOT / "specs" / "mnist.yaml").read_text(encoding="utf-8"))
    assert report.trace is not None
    steps = report.trace.steps
    assert [step.params for step in steps[:3]] == [832, 0, 51_264]
    assert [step.macs for step in steps[:3]] == [460_800, 0, 3_276_800]
    assert [report.trace.receptive_field(step)[0] for step in steps[:4]] == [5, 6, 14, 16]


# what a student may type, and the concept that it finds
ASKED = [
    ("receptive field", "receptive field"),
    ("Receptive-Field", "receptive field"),
    ("receptive_field", "receptive field"),
    ("macs", "MACs"),
    ("FLOPs", "MACs"),
    ("same", "same"),
    ("floor", "exact and floor"),
    ("exact", "exact and floor"),
    ("jump", "jump"),
    ("params", "parameters"),
    ("skip connection", "joining"),
    ("bn", "batch normalisation"),
    ("batch", "batch"),
]


@pytest.mark.parametrize(("typed", "name"), ASKED, ids=[row[0] for row in ASKED])
def test_what_a_student_types(typed: str, name: str) -> None:
    assert explain(typed).split("\n")[0] == name


def test_the_list_has_every_sentence() -> None:
    text = explain("concepts")
    assert [one.name for one in CONCEPTS if f"  {one.sentence}\n" not in text] == []
