"""The list of the frameworks' classes is what the installed frameworks have."""

import pytest

from tests.tools.make_framework_classes import FILE, rows

pytestmark = pytest.mark.oracle


def test_the_list_is_in_step() -> None:
    listed = FILE.read_text(encoding="utf-8").splitlines()
    assert listed == rows(), "python -m tests.tools.make_framework_classes makes it anew"
