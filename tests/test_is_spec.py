"""Which YAML files are specs, by the keys of their root."""

import random
from functools import partial
from pathlib import Path

import pytest

from cnn_shapes.discovery import specs as discover
from cnn_shapes.discovery.specs import is_spec
from tests.counting import steps
from tests.golden import run_process

SPEC = "input: [8, 8, 1]\nlayers: [flatten]\n"
OTHER = "services: {input: 1, layers: 2}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SPEC, True),
        ("\ufeff" + SPEC, True),
        ("# x\n\"input\": 3\n'layers' : [relu]\n", True),
        ("{input: 3, layers: [relu]}", True),
        (" {\n  input: 3,\n layers: [relu]}", True),
        (SPEC.replace("\n", "\r\n"), True),
        (OTHER, False),
        ("input: 3\n", False),
        ("layers: [relu]\n", False),
        ("a:\n  input: 3\n  layers: [relu]\n", False),
        ("inputs: 3\nlayers: [relu]\n", False),
        ("", False),
        ("# a net\n{input: 3, layers: [relu]}", True),
        ("%YAML 1.2\n--- # a net\n{input: 3, layers: [relu]}", True),
        ("---\n  input: 3\n  layers: [relu]\n", True),
        ("? input\n: 3\n? layers\n: [relu]\n", True),
        ("{a: {input: 1}, b: {layers: 2}}", False),
        ("{a: [input, layers], input: layers}", False),
        ("a: [\n  {input: 1},\n  {layers: 2}]\n", False),
        ("- {input: 1, layers: 2}\n", False),
        ("input: 3\n---\nlayers: [relu]\n", True),  # two documents, which is an error to report
        ("name: x\n---\n" + SPEC, False),
        ("---\nname: x\n...\n---\n" + SPEC, False),
        ("--- # a net\n" + SPEC, True),
        ("--- |\n" + SPEC, False),
        ('text: "\ninput: b\nlayers: c"\n', False),
        ("text: 'it''s\ninput: b\nlayers: c'\n", False),
        ("input: b\ntext: '\n\nlayers: c'\n", False),
        ("a: 'b'\ntext: ['c', 'd\ninput: b\nlayers: c']\n", False),
        ('text: "\\"\ninput: b\nlayers: c"\n', False),
        ('text: [\'"\', "\ninput: b\nlayers: c"]\n', False),
        ("text: 'a # b\ninput: b\nlayers: c'\n", False),
        ("text: {a: b, # }\ninput: b,\nlayers: c}\n", False),
        ("text: {a: b,\ninput: b,\nlayers: c}\n", False),
        ('# it\'s a net\nname: "a"\n' + SPEC, True),
        ("name: 'net\n" + SPEC, True),  # broken, as far as can be seen a spec
        ("{input: 3}\n---\n{layers: [relu]}\n", False),
        ("name: [input\nlayers", False),
        ("input: [3\nlayers: [relu]\n", True),  # broken, as far as can be seen a spec
        ("# x\n{input: 3, layers: [relu}", True),
        ("a: {input: 3, layers: [relu}", False),
        ("input layers", False),
        (SPEC.replace("\n", "\r"), True),
        ("input: [3]\nblocks:\n  # c\n  Stem:\n    layers: [relu]\nlayers:\n  - Stem\n  - Stem: {}\n", True),
        ("input: [3]\nother:\n  Stem:\n    layers: [relu]\nlayers:\n  - Stem\n  - Stem: {}\n", False),
        ("input: [3]\nblocks:\n    X:\n      Stem: 1\nlayers:\n  - Stem\n  - Stem: {}\n", False),
        ("input: [3]\nname: \x07\nlayers: [relu]\n", True),
    ],
)
def test_a_spec_has_input_and_layers_at_its_top(text: str, expected: bool, tmp_path: Path) -> None:
    file = tmp_path / "net.yaml"
    file.write_bytes(text.encode())
    assert is_spec(str(file)) is expected
    (tmp_path / "net.cnn.yaml").write_bytes(text.encode())
    assert is_spec(str(tmp_path / "net.cnn.yaml"))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp949", "latin-1"])
def test_a_spec_in_another_encoding_is_found_and_reported(encoding: str, tmp_path: Path) -> None:
    text = "name: 합성곱\n" + SPEC if encoding == "cp949" else "name: é\n" + SPEC
    file = tmp_path / "net.yaml"
    file.write_bytes(text.encode(encoding))
    assert is_spec(str(file))
    file.write_bytes(OTHER.encode(encoding))
    assert not is_spec(str(file))


def test_no_file_keeps_the_walk_waiting(tmp_path: Path) -> None:
    """Helm's templates are not YAML, comments make banners, and data may be large and deep."""
    texts = (
        "#" * 80 + "\n# input, layers\nname: {{ .Values.name }}\nlist: [\n",
        "# input, layers\n" + "# # # # " * 20_000 + "\n---\n" * 1000 + "]",
        "# input, layers\n" + "{a: " * 30_000,
        "steps:\n" + "  - {input: a, layers: [1, 2]}\n" * 100_000,
    )
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.yaml").write_text(text, encoding="utf-8")
    result = run_process("check", ".", folder=tmp_path)  # a regular expression may hang: that has a time-out
    assert result.code == 2
    assert "no spec found" in result.err
    for file in tmp_path.iterdir():
        assert steps(partial(is_spec, str(file))) < 20_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SPEC + "# 합\n" * 30, True),
        ("{input: 3, layers: [" + "relu, " * 30, True),
        ("# 합\n" * 30 + SPEC, False),
    ],
)
def test_of_a_huge_file_only_the_beginning_is_read(
    text: str, expected: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discover, "_MOST", 60)
    file = tmp_path / "net.yaml"
    file.write_text(text, encoding="utf-8")
    assert is_spec(str(file)) is expected


def test_what_is_known_without_parsing_is_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Random texts, against the tree of every one."""
    befores = [
        "",
        "",
        "# c\n",
        "---\n",
        "--- ",
        "\ufeff",
        "%YAML 1.2\n---\n",
        "a: 1\n",
        "{",
        "|\n",
        "'",
        "- ",
    ]
    indents = ["", "", "", "  ", "? ", "&a ", "!!str ", "\ufeff", "- "]
    words = ["input", "layers", "input", "layers", "'input'", '"layers"', "x", "합"]
    values = [
        ": 1",
        ":",
        ": [2]",
        ": [2, 3] # c",
        ": [relu]",
        ":\n  - relu\n  - conv: 8",
        ":\n- pool: 2",
        ": |",
    ]
    values += [
        ":\n  - conv:\n    - relu",
        ":\n  - conv: 3\n    units: 2",
        ":\n  - a: 3\n  - relu",
        "",
        ": {a: 1",
    ]
    choose = random.Random(5)
    file = tmp_path / "net.yaml"
    found, quickly = [], 0
    for _ in range(6000):
        ending = choose.choice(["\n", "\n", "\n", "\r\n", "\r", "\x85", "\u2028", ", "])
        lines = ["".join(map(choose.choice, (indents, words, values))) for _ in range(choose.randint(2, 4))]
        text = choose.choice(befores) + ending.join(lines) + choose.choice(["", "\n", "}"])
        if choose.random() < 0.4:  # or else a spec would hardly ever come
            text = f"input{choose.choice(values)}\nlayers{choose.choice(values)}\n" + text
        file.write_bytes(text.encode())
        known = discover._known_from_bytes(text.encode())
        with monkeypatch.context() as patched:
            patched.setattr(discover, "_known_from_bytes", lambda data: None)
            parsed = is_spec(str(file))
        assert known in (None, parsed), text
        found.append(parsed)
        quickly += known is True
    assert 200 < sum(found) < 5800
    assert quickly > 20
