"""The built page in Chromium. Its tests exist where they are asked for, `pytest -m browser`, and then none is
skipped: what is missing is an error.
"""

import functools
import http.server
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests import golden

INSTALLED = find_spec("playwright") is not None
CHROMIUM = "/usr/bin/chromium"  # Debian's
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    if not collection_path.name.startswith("test_"):
        return None
    if config.option.markexpr != "browser":
        return True
    if not INSTALLED:
        raise pytest.UsageError("Playwright is not installed: pip install '.[dev]'")
    if not os.path.exists(CHROMIUM):
        raise pytest.UsageError("Chromium is not installed: apt-get install chromium")
    return None


class Handler(http.server.SimpleHTTPRequestHandler):
    extensions_map = {  # noqa: RUF012 - as http.server has it
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of each request."""


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a reader who leaves while a file is sent."""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the page: built from this tree, or the one that the environment names as SITE."""
    if "SITE" in os.environ:
        return Path(os.environ["SITE"])
    folder = tmp_path_factory.mktemp("page") / "_site"
    command = [str(golden.ROOT / ".ci" / "site"), str(folder)]
    subprocess.run(command, env=os.environ | {"PYTHON": sys.executable}, check=True)
    return folder


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where the page is served, by this process alone."""
    handler = functools.partial(Handler, directory=str(site))
    with Server(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
