"""The JSON Schema: in step with the language, right about the zoo, and as exact as an editor needs."""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cnn_shapes import schema
from cnn_shapes.checking import check_source
from cnn_shapes.discovery import shipped as zoo
from cnn_shapes.language.reading import blocks as read_blocks
from cnn_shapes.language.reading import common, document
from cnn_shapes.layers import KINDS
from cnn_shapes.layers.structure import STRUCTURES
from cnn_shapes.rules import RULES
from cnn_shapes.source import Map, Scalar, Sequence, Source, Span, TreeNode, read_yaml
from tests.golden import ROOT
from tests.specs import check

FILE = ROOT / "specs" / schema.FILE_NAME
SCHEMA = schema.schema()
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)
EXAMPLES = sorted((ROOT / "tests" / "examples").glob("*.yaml"))


def test_the_file_is_in_step(update: bool) -> None:
    if update:
        FILE.write_text(schema.text(), encoding="utf-8")
    assert FILE.read_text(encoding="utf-8") == schema.text()


def test_it_is_draft_07() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    assert json.loads(schema.text()) == SCHEMA


def test_nothing_that_ruins_completion() -> None:
    assert {"oneOf", "anyOf", "allOf", "not"}.isdisjoint(key for key, _ in entries(SCHEMA))


def test_every_reference_leads_somewhere() -> None:
    for key, value in entries(SCHEMA):
        if key == "$ref":
            found: Any = SCHEMA
            for step in value.removeprefix("#/").split("/"):
                found = found[step]
            assert isinstance(found, dict)


def test_every_key_of_the_language() -> None:
    assert list(SCHEMA["properties"]) == list(document.KEYS)
    for kind in (*KINDS, *STRUCTURES, "call"):
        assert set(common.COMMON) <= set(SCHEMA["definitions"][kind]["properties"])
    assert list(SCHEMA["definitions"]["block"]["properties"]) == read_blocks._KEYS
    assert set(SCHEMA["definitions"]["layer"]["properties"]) == {*KINDS, *STRUCTURES}


def test_every_kind_and_field_has_its_documentation() -> None:
    for kind in (*KINDS, *STRUCTURES):
        body = SCHEMA["definitions"][kind]
        assert len(body["description"]) > 10, kind
        for name, field in body["properties"].items():
            assert "$ref" in field or len(field["description"]) > 8, name


@pytest.mark.parametrize("name", zoo.names())
def test_a_shipped_spec_is_valid_and_says_so_to_editors(name: str) -> None:
    text = zoo.text(name)
    assert text.splitlines()[0] == schema.MODELINE
    assert list(VALIDATOR.iter_errors(plain(read(text)))) == []


@pytest.mark.parametrize("file", EXAMPLES, ids=[file.stem for file in EXAMPLES])
def test_an_example_is_valid(file: Path) -> None:
    assert list(VALIDATOR.iter_errors(plain(read(file.read_text(encoding="utf-8"))))) == []


@pytest.mark.parametrize("name", [name for name in RULES if RULES[name].good])
def test_what_a_rule_calls_good_is_valid(name: str) -> None:
    assert list(VALIDATOR.iter_errors(plain(read(RULES[name].good)))) == []


# Whatever is written in more than one way is valid in each of them.
VALID = [
    "conv: {out_channels: 8, kernel_size: [3, 3], strides: 2, padding: [[1, 0], [1, 0]], use_bias: false}",
    "Conv2d: {filters: 8, ceil_mode: false}",
    "conv: 4*c",
    "conv: {filters: 8, norm: ~, activation: none, if: i == 0, name: 합성곱1}",
    "conv: {filters: 8, from: [prev], expect: [~, 3, 8]}",
    "conv:",
    "conv",
    "relu: {name: r, from: x}",
    "relu:",
    "Linear: 10",
    "fc: {units: 10}",
    "pool: 2",
    "add: [a, b]",
    "concat: {from: [a, b]}",
    "split: [a, b]",
    "split: {into: {a: 3, b: 4}}",
    "adaptive_avgpool: {output_size: [1, ~]}",
    "upsample: {scale: 1.5, mode: bilinear}",
    "upsample: {size: 3}",
    "reshape: [-1, 4]",
    "dropout: 0.5",
    "residual: [relu]",
    "residual: {layers: [relu], shortcut: [], add_if: false, activation: relu}",
    "parallel: {branches: {a: [relu], b: []}, merge: add}",
    "parallel: {branches: [[relu], []]}",
    "gate: [relu]",
    "repeat: {times: 3, layers: [relu], collect: concat}",
    "Anything: {c: 3, name: x}",
    "Anything",
]


@pytest.mark.parametrize("layer", VALID)
def test_a_layer_is_valid(layer: str) -> None:
    assert list(VALIDATOR.iter_errors(plain(read(f"input: 8x8x3\nlayers:\n  - {layer}\n")))) == []


KEY, LAYER, VALUE = "unknown-key", "unknown-layer", "bad-value"
INVALID = [
    (KEY, "input: [8, 8, 3]\nlayers: [relu]\nrouding: floor\n"),
    (KEY, "input: [8, 8, 3]\nlayers: [conv: {filters: 8, kernel-size: 5}]\n"),
    (KEY, "input: [8, 8, 3]\nlayers: [conv: {filters: 8, kernel_size: 1, eps: 5}]\n"),
    (KEY, "input: [8, 8, 3]\nlayers: [Conv2d: {filters: 8, kernel: 5}]\n"),
    (KEY, "input: [8, 8, 3]\nlayers: [relu: {inplace: true}]\n"),
    (KEY, "input: [8, 8, 3]\nlayers: [maxpool: {kernel_size: 2, filters: 5}]\n"),
    (KEY, "input: [8, 8, 3]\nlayers: [residual: {layer: [relu], layers: [relu]}]\n"),
    (KEY, "input: [8, 8, 3]\nlayers: [repeat: {times: 2, layers: [identity], count: 2}]\n"),
    (KEY, "input: [8, 8, 3]\ndefaults: {conv: {name: x}}\nlayers: [relu]\n"),
    (KEY, "input: [8, 8, 3]\ndefaults: {conv: {strid: 2}}\nlayers: [relu]\n"),
    (KEY, "input: [8, 8, 3]\ndefaults: {Conv2d: {strid: 2}}\nlayers: [relu]\n"),
    (KEY, "input: [8, 8, 3]\ndefaults: {konv: {stride: 2}}\nlayers: [relu]\n"),
    (KEY, "input: [8, 8, 3]\nblocks: {A: {param: {c: 1}, layers: [relu]}}\nlayers: [A]\n"),
    (LAYER, "input: [8, 8, 3]\nlayers: [cnov: {filters: 8}]\n"),
    (LAYER, "input: [8, 8, 3]\nlayers: [rleu]\n"),
    (LAYER, "input: [8, 8, 3]\nlayers: [residual: [{cnov: 8}]]\n"),
    (LAYER, "input: [8, 8, 3]\nlayers: [parallel: {branches: {a: [{cnov: 8}]}}]\n"),
    (LAYER, "input: [8, 8, 3]\nblocks: {A: {layers: [rleu]}}\nlayers: [A]\n"),
    (VALUE, "version: 2\ninput: [8, 8, 3]\nlayers: [relu]\n"),
    (VALUE, "input: [8, 0, 3]\nlayers: [relu]\n"),
    (VALUE, "input: [8, 8.5, 3]\nlayers: [relu]\n"),
    (VALUE, "input: [1, 2, 3, 4, 5]\nlayers: [relu]\n"),
    (VALUE, "input: [8, 8, 3]\nlayout: chanels_last\nlayers: [relu]\n"),
    (VALUE, "input: [8, 8, 3]\nrounding: ceil\nlayers: [relu]\n"),
    (VALUE, "input: [8, 8, 3]\nlayers: 5\n"),
    (VALUE, "input: [8, 8, 3]\nlayers: [5]\n"),
    (VALUE, "input: [8, 8, 3]\nlayers: [conv: 0]\n"),
    (VALUE, "input: [8, 8, 3]\nlayers: [conv: {filters: 0}]\n"),
    (VALUE, "input: [8, 8, 3]\nlayers: [conv: {filters: 3.5}]\n"),
    (VALUE, "input: [8, 8, 3]\nlayers: [conv: {filters: true}]\n"),
    (VALUE, "input: [8, 8, 3]\nlayers: [conv: {filters: 8, stride: -1}]\n"),
    (VALUE, "input: [8, 8, 3]\nlayers: [conv: {filters: 8, kernel_size: [3, 0]}]\n"),
    (VALUE, "input: [8, 8, 3]\nlayers: [conv: {filters: 8, padding: -1}]\n"),
    (VALUE, "input: [8, 8, 3]\nlayers: [conv: {filters: 8, padding: [[1, -1], 1]}]\n"),
    (VALUE, "input: [8, 8, 3]\nlayers: [conv: {filters: 8, padding: [[1, 1, 1], 1]}]\n"),
    (VALUE, "input: [8, 8, 3]\nlayers: [conv: {filters: 8, bias: 1}]\n"),
    (VALUE, "input: [8, 8, 3]\nlayers: [conv: {filters: 8, bias: ~}]\n"),
    (VALUE, "input: [8, 8, 3]\nlayers: [relu: 5]\n"),
    (VALUE, "input: [8, 8, 3]\nlayers: [relu: {name: prev}]\n"),
    (VALUE, "input: [8, 8, 3]\nlayers: [relu: {name: a.b}]\n"),
    (VALUE, "input: [8, 8, 3]\nlayers: [relu: {from: {a: b}}]\n"),
    (VALUE, "input: [8, 8, 3]\nlayers: [dropout: 1.5]\n"),
    (VALUE, "input: [8, 8, 3]\nlayers: [upsample: {scale: 2, mode: cubic}]\n"),
    (VALUE, "input: [8, 8, 3]\nlayers: [upsample: 0]\n"),
    (VALUE, "input: [8, 8, 3]\nlayers: [permute: {order: 0}]\n"),
    (VALUE, "input: [8, 8, 3]\nlayers: [parallel: {branches: [[relu]], merge: sum}]\n"),
    (VALUE, "input: [8, 8, 3]\nlayers: [repeat: {times: -1, layers: [relu]}]\n"),
    (VALUE, "input: [8, 8, 3]\nlayers: [A: 3]\nblocks: {A: {layers: [relu]}}\n"),
    (VALUE, "input: [8, 8, 3]\nlayers: [relu]\nblocks: {a: {layers: [relu]}}\n"),
    (VALUE, "input: [8, 8, 3]\nlayers: [relu]\nparams: {c: [[1]]}\n"),
]


@pytest.mark.parametrize(("rule", "text"), INVALID)
def test_it_marks_the_place_that_check_marks(rule: str, text: str) -> None:
    root = read(text)
    report = check(text)
    (problem,) = report.diagnostics
    assert problem.rule == rule
    assert {place for error in VALIDATOR.iter_errors(plain(root)) for place in places(root, error)} == {
        problem.span
    }


@pytest.mark.parametrize(
    "text",
    [
        "input: [8, 8, 3]\nlayers: [Convolution: {filters: 8}]\n",  # may be a block
        "input: [8, 8, 3]\nblocks: {A: {layers: [relu]}}\nlayers: [A: {c: 3}]\n",  # no such param
        "input: [8, 8, 3]\nlayers: [conv: {filters: lots}]\n",  # an expression
        "input: [8, 8, 3]\nlayers: [conv]\n",  # `defaults` may give the filters
    ],
)
def test_what_only_check_can_know(text: str) -> None:
    assert not check(text).ok
    assert list(VALIDATOR.iter_errors(plain(read(text)))) == []


def test_the_schema_reads_a_spec_as_check_does() -> None:
    text = "input: [8, 8, 1_0]\nlayers: [conv: 010]\n"
    assert plain(read(text)) == {"input": [8, 8, "1_0"], "layers": [{"conv": 10}]}
    assert check_source(Source("x", text)).errors


# each kind of scalar, each way to write it, and collections of one
SCALARS = (
    *("", "true", "True", "false", "1", "0", "-1", "1.5", "0.5", "1e3", "16.0", "2147483648", ".inf", "null"),
    *("~", "word", "prev", "no", "1x1", "_a", "-a", "é", "'true'", "'1'", "'null'", '"a b"', "2*2", "1:30"),
    *("[]", "{}", "[true]", "[1]", "[null]", "[1.5]", "{a: 1}", "[a, a]"),
)
NAMED = "relu: {name: 'true'}, relu: {name: '1'}, relu: {name: word}"
# every place of a spec that takes one, `@`
PLACES = [
    "version: @\nlayers: [relu]",
    "name: @\nlayers: [relu]",
    "layout: @\nlayers: [relu]",
    "rounding: @\nlayers: [relu]",
    "input: @\nlayers: [relu]",
    "input: [9, 9, @]\nlayers: [relu]",
    "params: {a: @}\nlayers: [relu]",
    "layers: [NAMED]\noutputs: @",
    "layers: [NAMED]\noutputs: [@]",
    "layers: [relu: {name: @}]",
    "layers: [NAMED, relu: {from: @}]",
    "layers: [NAMED, add: [prev, @]]",
    "layers: [relu: {if: @}]",
    "layers: [relu: {expect: @}]",
    "layers: [relu: {expect: [9, 9, @]}]",
    "layers: [conv: {filters: @}]",
    "layers: [conv: @]",
    "layers: [conv: {filters: 1, stride: @}]",
    "layers: [conv: {filters: 1, kernel_size: 3, padding: @}]",
    "layers: [conv: {filters: 1, bias: @}]",
    "layers: [conv: {filters: 1, norm: @}]",
    "layers: [conv: {filters: 1, activation: @}]",
    "layers: [conv: {filters: 1, rounding: @}]",
    "layers: [maxpool: {kernel_size: 3, ceil_mode: @}]",
    "layers: [dropout: @]",
    "layers: [upsample: @]",
    "layers: [upsample: {scale: 2, mode: @}]",
    "layers: [adaptive_avgpool: @]",
    "layers: [pad: @]",
    "layers: [crop: @]",
    "layers: [groupnorm: @]",
    "input: [4]\nlayers: [reshape: @]",
    "layers: [reshape: [9, 9, @]]",
    "layers: [permute: @]",
    "layers: [permute: [2, 0, @]]",
    "layers: [split: @]",
    "layers: [split: [a, @]]",
    "layers: [split: {a: 2, b: @}]",
    "layers: [global_avgpool: {keepdims: @}]",
    "layers: [batchnorm: {affine: @}]",
    "layers: [relu: @]",
    "layers: [residual: {layers: [relu], add_if: @}]",
    "layers: [residual: {layers: [relu], activation: @}]",
    "layers: [parallel: {branches: [[relu], [relu]], merge: @}]",
    "layers: [repeat: {times: 1, layers: [relu], collect: @}]",
    "layers: [repeat: {times: @, layers: [relu]}]",
    "layers: @",
    "layers: [@]",
    "layers: [residual: @]",
    "layers: [residual: {layers: @}]",
    "layers: [residual: {layers: [relu], shortcut: @}]",
    "layers: [parallel: [[relu], @]]",
    "blocks: @\nlayers: [relu]",
    "blocks: {B: {params: @, layers: [relu]}}\nlayers: [B]",
    "blocks: {B: {params: {a: @}, layers: [relu]}}\nlayers: [B: {a: 1}]",
    "blocks: {B: {params: {a: 1}, layers: [relu]}}\nlayers: [B: {a: @}]",
    "blocks: {B: {params: {a: 1}, layers: [relu]}}\nlayers: [B: @]",
    "blocks: {B: {let: {a: @}, layers: [relu]}}\nlayers: [B]",
    "blocks: {B: {let: @, layers: [relu]}}\nlayers: [B]",
    "blocks: {B: {inputs: @, layers: [relu]}}\nlayers: [B]",
    "blocks: {B: {inputs: [@], layers: [relu]}}\nlayers: [B]",
    "defaults: @\nlayers: [relu]",
    "defaults: {conv: @}\nlayers: [conv: 1]",
    "defaults: {conv: {bias: @}}\nlayers: [conv: 1]",
    "params: @\nlayers: [relu]",
]


def written(place: str, scalars: Iterable[str]) -> Iterator[str]:
    """The specs with each of these scalars at a place, where they are YAML."""
    head = "" if re.search("^input:", place, re.MULTILINE) else "input: [9, 9, 4]\n"
    tail = "" if re.search("^layers:", place, re.MULTILINE) else "\nlayers: [relu]"
    for scalar in scalars:
        text = f"{head}{place.replace('NAMED', NAMED)}{tail}\n".replace("@", scalar)
        if not read_yaml(Source("x", text)).problems:
            yield text


@pytest.mark.parametrize("place", PLACES)
def test_what_check_takes_the_schema_takes(place: str) -> None:
    for text in written(place, SCALARS):
        if check(text).ok:
            assert list(VALIDATOR.iter_errors(plain(read(text)))) == [], text


# of a text the schema knows less than check, as of a number that is too large, or 0 where -1 is none
@pytest.mark.parametrize("place", PLACES)
def test_what_check_refuses_for_its_kind_the_schema_refuses(place: str) -> None:
    for text in written(place, ["true", "false", "-1", "1.5", "null"]):
        if any(found.rule == "bad-value" for found in check(text).errors):
            assert list(VALIDATOR.iter_errors(plain(read(text)))), text


def entries(found: Any) -> Iterator[tuple[str, Any]]:
    """Every key of a document with its value."""
    if isinstance(found, list):
        for item in found:
            yield from entries(item)
    elif isinstance(found, dict):
        for key, value in found.items():
            yield key, value
            yield from entries(value)


def read(text: str) -> TreeNode:
    root = read_yaml(Source("spec.yaml", text)).root
    assert root is not None
    return root


def plain(node: TreeNode) -> Any:
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key.text: plain(value) for key, value in node.pairs}


def places(root: TreeNode, error: jsonschema.ValidationError) -> Iterator[Span]:
    """Where an editor marks an error: the key that is not allowed, else the value."""
    node = root
    for step in error.absolute_path:
        if isinstance(node, Map):
            node = {key.text: value for key, value in node.pairs}[str(step)]
        elif isinstance(node, Sequence):
            node = node.items[int(step)]
    if error.validator == "additionalProperties" and isinstance(node, Map):
        assert isinstance(error.schema, dict)
        known = error.schema.get("properties", {})
        patterns = error.schema.get("patternProperties", {})
        for key, _ in node.pairs:
            if key.text not in known and not any(re.search(pattern, key.text) for pattern in patterns):
                yield key.span
    else:
        yield node.span
