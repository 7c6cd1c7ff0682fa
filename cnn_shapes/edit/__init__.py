"""The one way to change a text: patches of its tree, the edits that write them, proof that all else stays.

A patch says where (a node of the tree, or an entry of a list of layers) and what is done there; `edits_of`
turns patches into edits of the text, and `apply` makes them, proved to change nothing else. The same
patches are an overlay for `language.overlay`, which tries them without a text.
"""

from __future__ import annotations

from cnn_shapes.edit.patches import (
    AddFields,
    InsertBefore,
    LeaveOut,
    Patch,
    Replace,
    ReplaceAlias,
    Rewrite,
    SetTop,
    apply,
    edits_of,
)
from cnn_shapes.edit.placing import Entry
from cnn_shapes.edit.proof import Unsafe, proved, rebased

__all__ = [
    "AddFields",
    "Entry",
    "InsertBefore",
    "LeaveOut",
    "Patch",
    "Replace",
    "ReplaceAlias",
    "Rewrite",
    "SetTop",
    "Unsafe",
    "apply",
    "edits_of",
    "proved",
    "rebased",
]
