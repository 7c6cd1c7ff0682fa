"""The templates of the package: each English text that is filled with facts, found in the code as it is read.

A template is followed to the constants that it is made of: through names, additions, both branches of an `if`
and functions of the module. Where it can be several, each is one.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, product
from pathlib import Path
from typing import NamedTuple

from tests.golden import ROOT

PACKAGE = ROOT / "cnn_shapes"
# the functions and classes that take a template, and at which place
TAKES = {
    "say": 0,
    "say_as_is": 0,
    "Note": 0,
    "Label": 1,
    "tell": 1,
    "suggest": 1,
    "Diagnostic": 2,
    "ShapeError": 1,
    "RuleFinding": 1,
    "error_at": 1,
    "ExpressionError": 1,
    "Problem": 1,
    "must_be": 2,
    "NamedProblem": 1,
    "Explanation": 0,
    "Culprit": 2,
}
KEYWORDS = ("template", "pointer", "title")
_MOST = 64
Function = ast.FunctionDef | ast.Module


class Template(NamedTuple):
    """A template, and the module that has it."""

    text: str
    module: str


def templates() -> list[Template]:
    """All that are found, in the order of the modules."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        module = path.relative_to(PACKAGE).as_posix()
        if not module.startswith("korean/"):
            found += [Template(text, module) for text in of_text(path.read_text(encoding="utf-8"))]
    return found


def of_text(text: str) -> list[str]:
    """The templates in the text of a module, each once."""
    tree = ast.parse(text)
    reader = _Reader(tree)
    found: dict[str, None] = {}
    for function, call in reader.calls:
        for argument in _arguments(call):
            found.update(dict.fromkeys(reader.values(argument, function, 0)))
    return list(found)


def _arguments(call: ast.Call) -> Iterator[ast.expr]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    place = TAKES.get(name)
    if name == "say_count" or name == "plural":
        if len(call.args) > 1:
            noun = call.args[1]
            yield ast.JoinedStr([ast.Constant("{count:,} "), ast.FormattedValue(noun, -1), ast.Constant("s")])
    elif place is not None and len(call.args) > place:
        yield call.args[place]
    if place is not None:
        yield from (one.value for one in call.keywords if one.arg in KEYWORDS)


class _Reader:
    """What names and functions of a module may be."""

    def __init__(self, tree: ast.Module) -> None:
        self.calls: list[tuple[Function, ast.Call]] = []
        self.assigned: dict[tuple[int, str], list[ast.expr]] = {}
        self.added: dict[tuple[int, str], list[ast.expr]] = {}
        self.functions: dict[str, ast.FunctionDef] = {}
        self.tree = tree
        self._walk(tree, tree)

    def _walk(self, node: ast.AST, function: Function) -> None:
        for child in ast.iter_child_nodes(node):
            inner = child if isinstance(child, ast.FunctionDef) else function
            if isinstance(child, ast.FunctionDef):
                self.functions.setdefault(child.name, child)
            elif isinstance(child, ast.Call):
                self.calls.append((function, child))
            elif isinstance(child, ast.Assign):
                for target in child.targets:
                    self._assign(target, child.value, function)
            elif isinstance(child, ast.AnnAssign) and child.value is not None:
                self._assign(child.target, child.value, function)
            elif isinstance(child, ast.AugAssign) and isinstance(child.target, ast.Name):
                self.added.setdefault((id(function), child.target.id), []).append(child.value)
            self._walk(child, inner)

    def _assign(self, target: ast.expr, value: ast.expr, function: Function) -> None:
        if isinstance(target, ast.Name):
            self.assigned.setdefault((id(function), target.id), []).append(value)
        elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, other in zip(target.elts, value.elts, strict=False):
                self._assign(one, other, function)

    def values(self, node: ast.expr | None, function: Function, depth: int) -> list[str]:
        """The texts that an expression may be; none where that cannot be read."""
        if node is None or depth > 8:
            return []
        inner = depth + 1
        match node:
            case ast.Constant(value=str(text)):
                return [text]
            case ast.IfExp(body=body, orelse=other):
                return self.values(body, function, inner) + self.values(other, function, inner)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return _joined([self.values(left, function, inner), self.values(right, function, inner)])
            case ast.JoinedStr(values=parts):
                return _joined([self.values(part, function, inner) for part in parts])
            case ast.FormattedValue(value=value):
                return self.values(value, function, inner)
            case ast.Name(id=name):
                return self._of_name(name, function, inner)
            case ast.Call(func=ast.Name(id=name)) if name in self.functions:
                called = self.functions[name]
                returns = [one for one in ast.walk(called) if isinstance(one, ast.Return)]
                return [text for one in returns for text in self.values(one.value, called, inner)]
            case ast.Call(func=ast.Name(id="ending")):
                return ["", "s"]
            case ast.Subscript(value=ast.Name(id=name)):
                return self._of_name(name, function, inner)
            case ast.Dict(values=values):
                return [text for value in values for text in self.values(value, function, inner)]
            case _:
                return []

    def _of_name(self, name: str, function: Function, depth: int) -> list[str]:
        home = function if (id(function), name) in self.assigned else self.tree
        key = (id(home), name)
        if isinstance(function, ast.FunctionDef) and name in [one.arg for one in function.args.args]:
            return self._of_parameter(name, function, depth)
        texts = [text for one in self.assigned.get(key, ()) for text in self.values(one, home, depth)]
        for more in self.added.get(key, ()):
            texts += _joined([texts, self.values(more, home, depth)])
        return list(dict.fromkeys(texts))

    def _of_parameter(self, name: str, function: ast.FunctionDef, depth: int) -> list[str]:
        """What the calls of a function in its module give it."""
        place = [one.arg for one in function.args.args].index(name)
        method = bool(function.args.args) and function.args.args[0].arg == "self"
        texts: list[str] = []
        for around, call in self.calls:
            called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if called == function.name:
                given = call.args[place - method : place - method + 1]
                given += [one.value for one in call.keywords if one.arg == name]
                texts += [text for one in given for text in self.values(one, around, depth)]
        return texts


def _joined(parts: Iterable[list[str]]) -> list[str]:
    return ["".join(texts) for texts in islice(product(*parts), _MOST)]


def by_area(found: Iterable[Template], areas: Mapping[str, str]) -> dict[str, list[Template]]:
    """The templates of each area, by the beginning of the module's path; the longest that fits."""
    ordered = sorted(areas, key=len, reverse=True)
    parted: dict[str, list[Template]] = {}
    for one in found:
        start = next(start for start in ordered if one.module.startswith(start))
        parted.setdefault(areas[start], []).append(one)
    return parted


def placeholders(text: str) -> set[str]:
    """The names of the facts of a template."""
    from string import Formatter

    return {name for _, name, _, _ in Formatter().parse(text) if name}


def source(path: str) -> str:
    return Path(PACKAGE / path).read_text(encoding="utf-8")
