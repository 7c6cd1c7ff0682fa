"""The lists of the frameworks' classes and of their arguments are what the installed frameworks have."""

from types import ModuleType

import pytest

from tests.tools import make_class_arguments, make_framework_classes

pytestmark = pytest.mark.oracle


@pytest.mark.parametrize("made", [make_framework_classes, make_class_arguments])
def test_the_list_is_in_step(made: ModuleType) -> None:
    listed = made.FILE.read_text(encoding="utf-8").splitlines()
    assert listed == made.rows(), f"python -m {made.__name__} makes it anew"
