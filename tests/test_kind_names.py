"""Only the layers distinguish kinds: others ask a trait, so that a new kind needs no change elsewhere.

Found are comparisons with a kind's or structure's name, look-ups by it, and `isinstance` of a kind's class.
Families of kinds count as well, as a convolution or a pool. What has fields and methods of its own may be
asked for by its class: BASES are capabilities, not kinds.
"""

import ast
from collections.abc import Iterator
from importlib import import_module

import pytest

from cnn_shapes.layers import KINDS
from cnn_shapes.layers.base import Layer
from cnn_shapes.layers.structure import STRUCTURES
from cnn_shapes.registry import modules
from tests.golden import ROOT
from tests.test_architecture import MODULES, PACKAGE

# a norm and an activation may be written on it; it has windows; it has several inputs
BASES = {"Layer", "Weighted", "Sliding", "Join"}
# in Korean a verb of a join has a word of its own, and a name a reading that its particle follows
HOMES = ("layers/", "export/", "language/dialects/", "importing/", "korean/")
# kinds whose name is a field's too, or a key of JSON Schema: such a word need not mean the kind
_OTHER_MEANINGS = {"scale", "maximum", "minimum"}
NAMES = {*KINDS, *STRUCTURES} - _OTHER_MEANINGS
CLASSES = {
    name
    for module in modules([str(ROOT / PACKAGE / "layers")])
    for name, value in vars(import_module(f"{PACKAGE}.layers.{module}")).items()
    if isinstance(value, type) and issubclass(value, Layer) and name not in BASES
}
# by module, what it distinguishes, and why it must
ALLOWED: dict[str, tuple[set[str], str]] = {
    "web/completion.py": ({"conv"}, "any layer with padding has the words that padding takes"),
    "rules/design/dropout_before_batchnorm.py": ({"dropout"}, "a fact of its message has this name"),
}


@pytest.mark.parametrize("module", [module for module in MODULES if not module.startswith(HOMES)])
def test_kinds_are_not_distinguished(module: str) -> None:
    allowed, _ = ALLOWED.get(module, (set(), ""))
    assert set(distinguished((ROOT / PACKAGE / module).read_text(encoding="utf-8"))) == allowed


def test_the_lists_are_short_and_say_why() -> None:
    assert {*ALLOWED} <= {*MODULES}
    assert all(len(reason) > 20 for _, reason in ALLOWED.values())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kind == 'conv'", ["conv"]),
        ("'conv' != node.kind", ["conv"]),
        ("kind in ('conv', 'x')", ["conv"]),
        ("_VECTORS = ('flatten', 'dense')\nkind not in _VECTORS", ["dense", "flatten"]),
        ("_OF = {'flatten': 1}", ["flatten"]),
        ("KINDS['conv']", ["conv"]),
        ("found.get('conv')", ["conv"]),
        ("_MANY = frozenset({'conv'})\nkind in _MANY", ["conv"]),
        ("isinstance(layer, Pool)", ["Pool"]),
        ("isinstance(layer, Pad | merge.SplitPart)", ["Pad", "SplitPart"]),
        ("issubclass(layer, (Conv, Dense))", ["Conv", "Dense"]),
        ("type(layer) is Conv", ["Conv"]),
        ("match layer:\n    case Conv():\n        pass", ["Conv"]),
        ("match kind:\n    case 'conv':\n        pass", ["conv"]),
        ("isinstance(layer, Layer | Weighted | Sliding | Join)", []),
        ("print('conv')", []),
        ("kind == 'convolution'", []),
        ('"""conv"""', []),
    ],
)
def test_the_test_sees(text: str, expected: list[str]) -> None:
    assert sorted(set(distinguished(text))) == expected


def distinguished(text: str) -> Iterator[str]:
    """The names of kinds that a module compares or looks up, and the classes of kinds that it asks for."""
    tree = ast.parse(text)
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        for part in compared(node):
            value = constants.get(part.id, part) if isinstance(part, ast.Name) else part
            yield from (word for word in words(value) if word in NAMES)
        for part in asked(node):
            yield from (word for word in identifiers(part) if word in CLASSES)


def compared(node: ast.AST) -> Iterator[ast.AST]:
    """What values are compared with, or looked up by."""
    match node:
        case ast.Compare():
            yield from (node.left, *node.comparators)
        case ast.Subscript():
            yield node.slice
        case ast.Dict():
            yield from filter(None, node.keys)
        case ast.Call(func=ast.Attribute(attr="get" | "pop" | "setdefault"), args=[first, *_]):
            yield first
        case ast.MatchValue():
            yield node.value


def asked(node: ast.AST) -> Iterator[ast.AST]:
    """What classes a value is asked for."""
    match node:
        case ast.Call(func=ast.Name(id="isinstance" | "issubclass"), args=[_, classes]):
            yield classes
        case ast.Compare(left=ast.Call(func=ast.Name(id="type"))):
            yield from node.comparators
        case ast.MatchClass():
            yield node.cls


def words(node: ast.AST) -> Iterator[str]:
    """The strings of a constant or of a collection of constants; keys only, of a dictionary."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield node.value
    elif isinstance(node, ast.Tuple | ast.List | ast.Set):
        for element in node.elts:
            yield from words(element)
    elif isinstance(node, ast.Starred):
        yield from words(node.value)
    elif isinstance(node, ast.Dict):
        for key in filter(None, node.keys):
            yield from words(key)
    elif isinstance(node, ast.Call):
        for argument in node.args:
            yield from words(argument)


def identifiers(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            yield part.id
        elif isinstance(part, ast.Attribute):
            yield part.attr
