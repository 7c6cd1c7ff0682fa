"""Settings for all tests: `--update` rewrites golden files; hypothesis draws the same rows every time."""

import pytest
from hypothesis import settings

settings.register_profile("cnn-shapes", derandomize=True, deadline=None, max_examples=100)
settings.load_profile("cnn-shapes")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the golden files from what is")


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update"))
