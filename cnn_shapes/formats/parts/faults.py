"""A fault of ours over one file is a finding of that file; what is said of the others stays whole."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult

Rendered = TypeVar("Rendered")


def rendered(report: CheckResult, render: Callable[[CheckResult], Rendered]) -> Rendered:
    """What a format makes of one report; where it fails, what it makes of the fault."""
    try:
        return render(report)
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        report.give_up(error)
        return render(report)
