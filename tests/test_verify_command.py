"""All that `cnn-shapes verify` says, and its exit codes, with stored answers of the tracer."""

import pytest

from cnn_shapes.importing import running
from tests import golden
from tests.verified_models import COMMANDS, TRANSCRIPT, recorded


def test_what_is_said(monkeypatch: pytest.MonkeyPatch, update: bool) -> None:
    monkeypatch.setattr(running, "record", recorded)
    golden.check(TRANSCRIPT, COMMANDS, update=update)
