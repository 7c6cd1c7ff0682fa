"""Spec text out of a framework's model: what its run calls, recorded in a process of its own, as layers."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.language.building import LayerPool
    from cnn_shapes.language.spec import Overrides
    from cnn_shapes.settings import Settings

_NAME = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
_TARGET = rf"(?:{_NAME}|.+\.py):{_NAME}"


def is_model(path: str) -> bool:
    """Whether a path means a model, `package.module:Name` or `file.py:Name`: a file of that name wins."""
    return ":" in path and re.fullmatch(_TARGET, path) is not None and not os.path.lexists(path)


def check_file(
    path: str,
    overrides: Overrides | None = None,
    settings: Settings | None = None,
    pool: LayerPool | None = None,
) -> CheckResult:
    """Check a file of any kind: most are texts, an ONNX file is bytes that a library reads.

    One that cannot be opened gives a report with the one finding about it.
    """
    from cnn_shapes.checking import NO_OVERRIDES, check_path, unreadable
    from cnn_shapes.language.dialects import is_graph
    from cnn_shapes.settings import DEFAULTS

    overrides, settings = overrides or NO_OVERRIDES, settings or DEFAULTS
    if not is_graph(path):
        return check_path(path, overrides, settings, pool)
    from cnn_shapes.importing.onnx.file_check import check_onnx
    from cnn_shapes.importing.onnx.stored.without_weights import model_bytes
    from cnn_shapes.source import read_file, reason_of

    try:
        data = model_bytes(path) if os.path.isfile(path) else read_file(path)
    except (OSError, ValueError) as error:
        return unreadable(path, reason_of(error), settings)
    return check_onnx(path, data, overrides, settings)
