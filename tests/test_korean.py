"""What is said to a person is said in Korean too: every template, and all that is shown of every case."""

import ast
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from zlib import crc32

import pytest

from cnn_shapes.explain import concepts
from cnn_shapes.korean import rule_texts, translated
from cnn_shapes.korean.catalogue import AREAS, CATALOGUE
from cnn_shapes.korean.texts.prompt_help import LESSONS
from cnn_shapes.layers import KINDS, VARIANTS
from cnn_shapes.layers.structure import STRUCTURES
from cnn_shapes.prompt.session.lessons import lessons
from cnn_shapes.rules import RULES
from cnn_shapes.source import Source
from cnn_shapes.words import KOREAN, Said, concept_texts, say, speaking, told, wanted
from tests.golden import ROOT
from tests.korean import english_left, shown
from tests.templates import Template, of_text, placeholders, templates

# How many templates of a part of the package have no Korean yet. A number may only get smaller.
UNTRANSLATED = {
    "cli": 1,
    "commands": 3,
    "comparing": 1,
    "draw": 1,
    "formats": 1,
    "importing": 18,
    "language/dialects": 100,
}
# facts for a verb or a plural of English, which Korean has no word for
OF_ENGLISH = {"are", "axes", "own", "lines"}
# what the finder puts together and the code does not, or what is no text
NOT_SAID = re.compile(
    r" $|must be$|must be: |trust: (its output, )?, as stated|erroron line|between {before} , here"
    r"|^(unknown-name|bad-expression)$"
)
FOUND = templates()
FOLDERS = ("cases", "causes", "fixes", "joins", "reports", "waived")
CASES = sorted(path for folder in FOLDERS for path in (ROOT / "tests" / folder).glob("*.yaml"))


def area_of(module: str) -> str:
    """The longest row of UNTRANSLATED that a module is in, else its folder."""
    rows = [name for name in UNTRANSLATED if module.startswith(name)]
    return max(rows, key=len, default=module.partition("/")[0])


def missing() -> dict[str, list[Template]]:
    """The templates without Korean, by area, each once."""
    found: dict[str, dict[str, Template]] = {}
    for one in FOUND:
        if translated(one.text) is None and not NOT_SAID.search(one.text):
            found.setdefault(area_of(one.module), {}).setdefault(one.text, one)
    return {area: [*texts.values()] for area, texts in found.items()}


def test_every_template_has_a_korean_one() -> None:
    left = missing()
    counts = {area: len(texts) for area, texts in left.items()}
    expected = {area: count for area, count in UNTRANSLATED.items() if count}
    news = [
        f"{one.module}: {one.text}"
        for area, texts in left.items()
        if counts[area] > UNTRANSLATED.get(area, 0)
        for one in texts
    ]
    assert (news, counts) == ([], expected)


@pytest.mark.parametrize("area", AREAS)
def test_a_translation_has_the_same_placeholders(area: str) -> None:
    other = {text: (said, placeholders(text) - placeholders(said)) for text, said in AREAS[area].items()}
    assert [row for row in other.items() if placeholders(row[1][0]) - placeholders(row[0])] == []
    idle = {text: lost for text, (_, lost) in other.items() if lost - OF_ENGLISH}
    assert idle == {}


OF_ENGLISH = {
    "are",
    "axes",
    "count",
    "does",
    "text",
    "default",
}  # a verb, or a plural, that Korean has no word for


def test_nothing_is_said_twice() -> None:
    counted = Counter(text for area in AREAS.values() for text in area)
    differing = [text for text, count in counted.items() if count > 1]
    assert differing == []


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_no_english_is_left_in_a_case(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert english_left(shown(Source("net.yaml", text)), text) == []


@pytest.mark.parametrize("rule", [name for name in RULES if RULES[name].bad])
def test_no_english_is_left_in_what_a_rule_finds(rule: str) -> None:
    text = RULES[rule].bad
    assert english_left(shown(Source("net.yaml", text)), text) == []


@pytest.mark.parametrize(
    ("environment", "encoding", "language"),
    [
        ({}, "utf-8", "en"),
        ({"LANG": "ko_KR.UTF-8"}, "utf-8", "ko"),
        ({"LANG": "ko"}, "utf-8", "ko"),
        ({"LANG": "kok_IN"}, "utf-8", "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "ko_KR.UTF-8"}, "utf-8", "ko"),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": "C"}, "utf-8", "en"),
        ({"LANG": "ko_KR.UTF-8", "CNN_SHAPES_LANG": "en"}, "utf-8", "en"),
        ({"CNN_SHAPES_LANG": "ko"}, "utf-8", "ko"),
        ({"CNN_SHAPES_LANG": "ko"}, "euc-kr", "ko"),
        ({"CNN_SHAPES_LANG": "ko"}, "ascii", "en"),
        ({"CNN_SHAPES_LANG": "fr"}, "utf-8", "en"),
    ],
)
def test_the_language_of_a_person(environment: dict[str, str], encoding: str, language: str) -> None:
    assert wanted(environment, encoding) == language


def test_what_was_said_in_english_is_told_in_korean() -> None:
    title = say("{new} instead of {old}", new="a", old=say("the input"))
    assert title == "a instead of the input"
    with speaking(KOREAN):
        assert told(title) == "입력 대신 a"
        assert told("the input") == "the input"  # it may be a word of the user's
        assert say("line {line}", line=3) == "3행"
    assert isinstance(title, Said)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('say("a {b}", b=1)', ["a {b}"]),
        ('say("a" if x else "b")', ["a", "b"]),
        ('def f():\n    t = "a"\n    t += " b"\n    return Note(t)', ["a", "a b"]),
        ('def w():\n    return "x" if y else "z"\nNote(f"a {w()}")', ["a x", "a z"]),
        ('def f(t):\n    return Note(t)\nf("a")\nf("b")', ["a", "b"]),
        ('plural(n, "row")', ["{count:,} rows"]),
        ('Label(span, "a", {})', ["a"]),
    ],
)
def test_the_finder_sees(text: str, expected: list[str]) -> None:
    assert of_text(text) == expected


@pytest.mark.parametrize("rule", RULES)
def test_the_texts_of_a_rule_are_those_of_today(rule: str) -> None:
    english = " ".join(f"{RULES[rule].summary} {RULES[rule].why}".split())
    assert rule_texts()[rule][0] == f"{crc32(english.encode()):08x}", "say it in Korean again"
    assert set(rule_texts()) == set(RULES)


def documentation() -> list[str]:
    """What layers and structures say of themselves, and of their fields."""
    found = [field.doc for layer in KINDS.values() for field in layer.fields.values()]
    for declared in (*KINDS.values(), *VARIANTS.values(), *STRUCTURES.values()):
        found += [" ".join(part.split()) for part in (declared.__doc__ or "").strip().split("\n\n")]
    for structure in STRUCTURES.values():
        found += [*structure.lists.values(), *structure.values.values()]
    return [text.replace("{", "{{").replace("}", "}}") for text in found]


def test_all_documentation_has_a_korean_one() -> None:
    assert [text for text in documentation() if text not in CATALOGUE] == []
    written = {*AREAS["fields"], *AREAS["kinds"]}
    assert written - {*documentation()} == set()


def test_every_concept_has_a_korean_one() -> None:
    assert list(concept_texts()) == [one.name for one in concepts.concepts()]
    names = [name for names, _, _ in concept_texts().values() for name in names]
    assert [name for name in names if concepts.concept(name) is None] == []
    for one in concepts.concepts():
        said = concepts.concept(concept_texts()[one.name][0][0])
        assert said is one
        assert numbers(one.body) <= numbers(concept_texts()[one.name][2])


def lesson_lines() -> list[str]:
    """Each line that an exercise says."""
    tasks = [task for lesson in lessons() for task in lesson.tasks]
    lines = [line for task in tasks for line in (*task.text.split("\n"), task.hint)]
    return [*lines, *(text for lesson in lessons() for text in (lesson.title, lesson.done))]


def test_every_line_of_an_exercise_has_a_korean_one() -> None:
    assert [line for line in lesson_lines() if translated(line) is None] == []
    assert sorted({*LESSONS} - {*lesson_lines()}) == []


def numbers(text: str) -> set[str]:
    """The numbers in a screen, which are the same in every language."""
    return {*re.findall(r"\d[\d.,]*\d", text)}


def test_no_entry_is_an_orphan() -> None:
    """Each word of an English key is somewhere in the package: what nobody says any more goes."""
    said = {
        word.removesuffix("s")
        for path in (ROOT / "cnn_shapes").rglob("*.py")
        if "korean" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for word in re.findall("[A-Za-z]+", node.value)
    }
    said |= {word.removesuffix("s") for line in lesson_lines() for word in re.findall("[A-Za-z]+", line)}
    for area in AREAS.values():
        for key in area:
            plain = re.sub(r"\{\w*(:[^{}]*)?\}", "", key)
            lost = [word for word in re.findall("[A-Za-z]+", plain) if word.removesuffix("s") not in said]
            assert (key, lost) == (key, [])


def test_english_loads_no_catalogue() -> None:
    program = (
        "import sys; from cnn_shapes import check; str(check('specs/mnist.yaml')); "
        "print([name for name in sys.modules if name.startswith('cnn_shapes.korean')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, cwd=ROOT, check=True)
    assert done.stdout.decode().strip() == "[]"


@pytest.mark.parametrize(
    "format", ["concise", "json", "sarif", "github", "gitlab", "junit", "csv", "markdown"]
)
def test_machines_are_told_in_english(format: str, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "cnn_shapes", "check", "tests/cases/even-kernel.yaml", "--format"]
    texts = []
    for language in ("en", "ko"):
        command = [*words, format, "--format", f"full={tmp_path / 'full.txt'}", "--lang", language]
        texts.append(subprocess.run(command, capture_output=True, cwd=ROOT, check=False).stdout)
    assert texts[0] == texts[1]
    assert "특성 맵" in (tmp_path / "full.txt").read_text(encoding="utf-8")
