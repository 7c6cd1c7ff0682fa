"""The Korean first page of the guide: its specs are valid, and what it shows is what comes out."""

import os
import re
import shlex
import subprocess
import sys

import pytest

from cnn_shapes.checking import check_source
from cnn_shapes.source import Source
from tests.golden import ROOT

PAGE = (ROOT / "specs" / "korean.md").read_text(encoding="utf-8")


def test_its_specs_are_valid() -> None:
    specs = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert specs
    assert [check_source(Source("net.yaml", spec)).diagnostics for spec in specs] == [[]] * len(specs)


@pytest.mark.parametrize(("command", "shown"), re.findall(r"```console\n\$ (.*?)\n(.*?)```", PAGE, re.DOTALL))
def test_what_it_shows_comes_out(command: str, shown: str) -> None:
    words = [sys.executable, "-m", "cnn_shapes", *shlex.split(command)[1:]]
    environment = {**os.environ, "CNN_SHAPES_LANG": "ko"}
    done = subprocess.run(words, capture_output=True, cwd=ROOT, env=environment, check=False)
    assert done.stdout.decode() == shown


def test_the_guide_links_it() -> None:
    assert "(korean.md)" in (ROOT / "specs" / "README.md").read_text(encoding="utf-8")
