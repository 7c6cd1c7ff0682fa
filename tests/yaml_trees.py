"""What a YAML text was read as: its values, its places, its problems."""

from __future__ import annotations

from typing import Any

from cnn_shapes.source import Limits, Map, Scalar, Sequence, Source, TreeNode, read_yaml


def plain(node: TreeNode | None) -> Any:
    """The values of a tree, without places."""
    if node is None:
        return None
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key.text: plain(value) for key, value in node.pairs}


def places(text: str, pure: bool = False) -> list[str]:
    """The text under every node, parents first."""
    found: list[str] = []
    root = read_yaml(Source("x.yaml", text), pure=pure).root

    def visit(node: TreeNode | None) -> None:
        if node is None:
            return
        found.append(text[node.start : node.end])
        if isinstance(node, Sequence):
            for item in node.items:
                visit(item)
        elif isinstance(node, Map):
            for key, value in node.pairs:
                visit(key)
                visit(value)

    visit(root)
    return found


def problems(text: str, pure: bool = False, limits: Limits = Limits()) -> list[tuple[str, str, str]]:  # noqa: B008
    """Rule, the text under the problem, and the message."""
    return [
        (problem.rule, text[slice(*problem.span)], problem.template.format_map(problem.facts))
        for problem in read_yaml(Source("x.yaml", text), limits, pure).problems
    ]
