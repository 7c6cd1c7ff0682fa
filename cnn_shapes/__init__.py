"""cnn-shapes: tells, before a single weight exists, whether a convolutional network's sizes work out."""

from __future__ import annotations

from cnn_shapes.check import Report, check

__all__ = ["Report", "check"]


def _as_html(report: Report) -> str:
    from cnn_shapes.formats.html import report_as_html

    return report_as_html(report)


Report.as_html = staticmethod(_as_html)
