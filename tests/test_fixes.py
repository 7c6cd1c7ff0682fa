"""What a fix leaves alone: each NAME.yaml of `tests/fixes` becomes NAME.fixed, byte by byte."""

import shutil
from pathlib import Path

import pytest
import yaml

from cnn_shapes.checking import check_path
from tests.golden import ROOT, run

FIXES = ROOT / "tests" / "fixes"
NAMES = sorted(file.stem for file in FIXES.glob("*.yaml"))
OPTIONS = {  # of cases whose first fix would be another one
    "crlf_new_line": "--keep kernel_size",
    "default_overridden": "--only stride,padding",
    "flow_over_lines_new_field": "--only padding",
    "no_final_newline_new_field": "--only padding --apply 2",
    "bare_word": "--apply 2",
    "merged_only": "--only padding --apply 2",
    "merged_flow": "--only padding --apply 2",
    "only_a_merge_key": "--only padding --apply 2",
    "aliased_body": "--only padding --apply 2",
    "alias_of_a_value": "--only kernel_size",
    "two_fields_of_a_shorthand": "--target 7",
    "two_fields_of_a_bare_word": "--target 7",
    "two_fields_in_block_style": "--target 7",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_fix_changes_nothing_else(name: str, tmp_path: Path, update: bool) -> None:
    file = tmp_path / "net.yaml"
    shutil.copy(FIXES / f"{name}.yaml", file)
    options = OPTIONS.get(name, "").split()
    options += [] if "--apply" in options else ["--apply", "1"]
    result = run("fix", "net.yaml", *options, folder=tmp_path)
    assert (result.code, result.err) == (0, "")
    assert check_path(str(file)).ok
    yaml.safe_load(file.read_bytes())  # another reader of YAML reads it too
    fixed = FIXES / f"{name}.fixed"
    if update:
        shutil.copy(file, fixed)
    assert file.read_bytes() == fixed.read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_the_pairs_differ_in_few_lines(name: str) -> None:
    before, after = (FIXES / f"{name}{end}" for end in (".yaml", ".fixed"))
    old, new = before.read_bytes().split(b"\n"), after.read_bytes().split(b"\n")
    changed = [line for line in old if line not in new]
    assert len(changed) <= 3
    assert 0 <= len(new) - len(old) <= 2
    assert before.read_bytes()[:3] == after.read_bytes()[:3] or name == "typos"


def test_crlf_and_bom_are_in_the_files_still() -> None:
    assert (FIXES / "crlf.yaml").read_bytes().count(b"\r\n") == 6  # no tool has changed them
    assert (FIXES / "bom.yaml").read_bytes().startswith(b"\xef\xbb\xbf")
