"""The tree of a drawn spec: lists, and pairs so that a key may be there twice; a leaf is a scalar's text."""

from typing import Any, NamedTuple

Tree = Any  # str | list[Tree] | Pairs


class Pairs(NamedTuple):
    """A mapping as it is written."""

    pairs: tuple[tuple[str, Tree], ...]


def places(tree: Tree, path: tuple[int, ...] = ()) -> list[tuple[int, ...]]:
    """The way to each node: an index in a list, the number of a pair in a mapping."""
    inside = [value for _, value in tree.pairs] if isinstance(tree, Pairs) else tree
    found = [path]
    if not isinstance(tree, str):
        for number, value in enumerate(inside):
            found += places(value, (*path, number))
    return found


def child(tree: Tree, number: int) -> Tree:
    return tree.pairs[number][1] if isinstance(tree, Pairs) else tree[number]


def changed(tree: Tree, number: int, value: Tree) -> Tree:
    items = list(tree.pairs if isinstance(tree, Pairs) else tree)
    items[number] = (items[number][0], value) if isinstance(tree, Pairs) else value
    return Pairs(tuple(items)) if isinstance(tree, Pairs) else items


def flow(tree: Tree) -> str:
    if isinstance(tree, Pairs):
        return "{" + ", ".join(f"{key}: {flow(value)}" for key, value in tree.pairs) + "}"
    return tree if isinstance(tree, str) else "[" + ", ".join(map(flow, tree)) + "]"


def block(tree: Tree, indent: int = 0) -> str:
    """The outer levels in block style, each entry on a line of its own; what is deep inside in one line."""
    margin = " " * indent
    if indent > 8 or isinstance(tree, str) or not (tree.pairs if isinstance(tree, Pairs) else tree):
        return f" {flow(tree)}\n"
    if isinstance(tree, Pairs):
        return "\n" * bool(indent) + "".join(
            f"{margin}{key}:{block(value, indent + 2)}" for key, value in tree.pairs
        )
    return "\n" + "".join(f"{margin}- {flow(item)}\n" for item in tree)
