"""What the fuzzers found stays mended, and a sample of what they try.

`python -m tests.fuzz.draw` and `python -m tests.fuzz.bytes` try as much as there is time for.
"""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.crashes import FOLDER
from tests.fuzz.judge import EVERY, fault, laborious
from tests.fuzz.specs import specs

CRASHES = sorted(FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("file", CRASHES, ids=[file.stem for file in CRASHES])
def test_what_was_found_stays_mended(file: Path) -> None:
    spec = file.read_bytes()
    command, slow, _ = file.stem.partition("-slow-")
    if slow:
        assert laborious(command, spec) is None
    else:
        assert [found for name in EVERY if (found := fault(name, spec))] == []


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(spec=specs(), name=st.sampled_from(EVERY))
def test_a_sample(spec: bytes, name: str) -> None:
    assert [found for one in ("concise", name) if (found := fault(one, spec))] == []
