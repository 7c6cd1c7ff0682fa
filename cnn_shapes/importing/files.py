"""The report of a file by its ending: most are texts, an ONNX file is bytes that a library reads."""

from __future__ import annotations

from cnn_shapes.checking import NO_OVERRIDES, CheckResult, check_path, unreadable
from cnn_shapes.language.building import LayerPool
from cnn_shapes.language.dialects import is_binary
from cnn_shapes.language.spec import Overrides
from cnn_shapes.settings import DEFAULTS, Settings
from cnn_shapes.source import read_file, reason_of


def check_file(
    path: str,
    overrides: Overrides = NO_OVERRIDES,
    settings: Settings = DEFAULTS,
    pool: LayerPool | None = None,
) -> CheckResult:
    """Check a file of any kind. One that cannot be opened gives a report with the one finding about it."""
    if not is_binary(path):
        return check_path(path, overrides, settings, pool)
    from cnn_shapes.importing.onnx.file_check import check_onnx  # few files are such

    try:
        data = read_file(path)
    except (OSError, ValueError) as error:
        return unreadable(path, reason_of(error), settings)
    return check_onnx(path, data, overrides, settings)
