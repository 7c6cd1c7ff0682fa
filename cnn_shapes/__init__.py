"""cnn-shapes: tells, before a single weight exists, whether a convolutional network's sizes work out."""

from __future__ import annotations

import gc

# Nothing that an import makes is garbage, and to look for some would take a twentieth of every start. So it
# is handed to the oldest generation unseen; what a host has frozen stays frozen.
_collecting = gc.isenabled() and not gc.get_freeze_count()
if _collecting:
    gc.disable()
from cnn_shapes.checking import Report, check  # noqa: E402

if _collecting:
    gc.freeze()
    gc.unfreeze()
    gc.enable()

__all__ = ["Report", "check"]


def _as_html(report: Report) -> str:
    from cnn_shapes.formats.parts.notebook import report_as_html

    return report_as_html(report)


Report.as_html = staticmethod(_as_html)
