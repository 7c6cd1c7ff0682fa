"""Settings for all tests: `--update` rewrites golden files; hypothesis draws the same rows every time."""

import os

import pytest
from hypothesis import HealthCheck, settings

# neither a deadline nor the check for slow drawing: both watch the clock, and fail on a busy machine
settings.register_profile(
    "cnn-shapes",
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=100,
)
settings.load_profile("cnn-shapes")
os.environ["CNN_SHAPES_LANG"] = "en"  # whatever the locale of who runs them


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the golden files from what is")


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update"))
