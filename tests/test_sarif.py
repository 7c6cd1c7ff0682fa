"""SARIF: valid by the official schema, every place and fix as we mean them."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cnn_shapes.checking import (
    NO_VERDICT,
    UNREADABLE_MODEL,
    UNREGISTERED_MODULE,
    UNSUPPORTED_LAYER,
    CheckResult,
    check_source,
)
from cnn_shapes.formats.sarif import uri
from cnn_shapes.source import Source
from tests.findings import COUNT, NASTY, REPORTS, SPEC, written

_WITHOUT_YAML = (*NO_VERDICT, UNSUPPORTED_LAYER, UNREGISTERED_MODULE)  # which are about models


def sarif_run(given: list[CheckResult]) -> dict[str, Any]:
    log = json.loads(written("sarif", given))
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def test_sarif_rules_and_places() -> None:
    run = sarif_run(REPORTS)
    rules = run["tool"]["driver"]["rules"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["invocations"] == [
        {
            "executionSuccessful": False,
            "toolExecutionNotifications": [{"level": "note", "message": {"text": "many.yaml: and 30 more"}}],
        }
    ]
    assert len(run["results"]) == COUNT
    assert len({result["partialFingerprints"]["cnnShapesFinding/v1"] for result in run["results"]}) == COUNT
    for rule in rules:
        assert rule["help"]["text"].startswith(rule["fullDescription"]["text"])
        assert ("```yaml" in rule["help"]["markdown"]) == (rule["id"] not in _WITHOUT_YAML)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        (location,) = result["locations"]
        assert ("region" in location["physicalLocation"]) == (
            result["ruleId"] not in NO_VERDICT or result["ruleId"] == UNREADABLE_MODEL
        )


def test_sarif_shows_the_cause_and_the_layer() -> None:
    pool = sarif_run([check_source(Source(NASTY, SPEC))])["results"][0]
    assert pool["locations"][0]["logicalLocations"] == [{"fullyQualifiedName": "maxpool1", "kind": "member"}]
    (cause,) = pool["relatedLocations"]
    assert cause["message"]["text"] == "the input is 9x9x3"
    assert cause["physicalLocation"]["region"] == {
        "startLine": 1,
        "startColumn": 8,
        "endLine": 1,
        "endColumn": 17,
    }


def test_sarif_fixes_are_the_edits() -> None:
    fixed = 0
    for report in REPORTS:
        results = sarif_run([report])["results"]
        for found, result in zip(report.diagnostics, results, strict=True):
            for fix, as_sarif in zip(found.fixes, result.get("fixes", ()), strict=True):
                (change,) = as_sarif["artifactChanges"]
                expected = report.source.edited(fix.edits).text
                assert replaced(report.source.text, change["replacements"]) == expected
                fixed += 1
    assert fixed > 40


def replaced(text: str, replacements: list[dict[str, Any]]) -> str:
    """A text with SARIF's replacements made, columns counting code points."""
    lines = text.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))

    def offset(region: dict[str, int], end: str) -> int:
        return starts[region[f"{end}Line"] - 1] + region[f"{end}Column"] - 1

    ordered = sorted(replacements, key=lambda one: offset(one["deletedRegion"], "start"), reverse=True)
    for one in ordered:
        region = one["deletedRegion"]
        start, end = offset(region, "start"), offset(region, "end")
        text = text[:start] + one["insertedContent"]["text"] + text[end:]
    return text


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("net.yaml", "net.yaml"),
        ("./a/../net.yaml", "net.yaml"),
        ("a b/c%d:e.yaml", "a%20b/c%25d%3Ae.yaml"),
        ("합.yaml", "%ED%95%A9.yaml"),
        ("-", "%3Cstdin%3E"),
        ("/elsewhere/net.yaml", "file:///elsewhere/net.yaml"),
        ("/elsewhere/x/../net.yaml", "file:///elsewhere/net.yaml"),
        ("../net.yaml", (Path.cwd().parent / "net.yaml").as_uri()),
        ("x/../../net.yaml", (Path.cwd().parent / "net.yaml").as_uri()),
        ("..net.yaml", "..net.yaml"),
    ],
)
def test_sarif_paths_are_uris(path: str, expected: str) -> None:
    assert uri(path) == expected


@pytest.mark.oracle
def test_sarif_is_valid_by_the_official_schema(tmp_path: Path) -> None:
    npm = shutil.which("npm")
    assert npm is not None
    package = "@microsoft/jest-sarif"
    subprocess.run([npm, "install", "--silent", "--prefix", str(tmp_path), package], check=True)
    (file,) = (tmp_path / "node_modules" / package).rglob("sarif-2.1.0*.json")
    validator = jsonschema.Draft7Validator(json.loads(file.read_text(encoding="utf-8")))
    for given in [[], REPORTS, *([report] for report in REPORTS)]:
        log = json.loads(written("sarif", given))
        assert [error.message for error in validator.iter_errors(log)] == []
