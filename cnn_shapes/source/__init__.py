"""The floor: a spec's text with places and edits, and its YAML as a tree. Nothing above knows yaml."""

from __future__ import annotations

from cnn_shapes.source.derived import CodePlace, DerivedSource, Origin
from cnn_shapes.source.files import read_file, read_own_file
from cnn_shapes.source.peek import has_keys
from cnn_shapes.source.reader import read_yaml
from cnn_shapes.source.text import (
    BOM,
    DEEPEST,
    DUPLICATE_KEY,
    LIMIT_EXCEEDED,
    YAML_SYNTAX,
    Edit,
    Limits,
    Problem,
    Source,
    Span,
    Unreadable,
    on_one_line,
    reason_of,
    shown_path,
)
from cnn_shapes.source.tree import Document, Map, Scalar, Sequence, TreeNode, resolve

__all__ = [
    "BOM",
    "DEEPEST",
    "DUPLICATE_KEY",
    "LIMIT_EXCEEDED",
    "YAML_SYNTAX",
    "CodePlace",
    "DerivedSource",
    "Document",
    "Edit",
    "Limits",
    "Map",
    "Origin",
    "Problem",
    "Scalar",
    "Sequence",
    "Source",
    "Span",
    "TreeNode",
    "Unreadable",
    "has_keys",
    "on_one_line",
    "read_file",
    "read_own_file",
    "read_yaml",
    "reason_of",
    "resolve",
    "shown_path",
]
