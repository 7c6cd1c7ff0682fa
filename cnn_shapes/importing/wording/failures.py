"""Why there is no whole recording of a model, in words: what was tried, what happened, what to do."""

from __future__ import annotations

import re
from math import gcd
from typing import Any

from cnn_shapes.diagnostics import no_such
from cnn_shapes.importing.recording import CANNOT_CONSTRUCT, CANNOT_IMPORT, CANNOT_RUN, RunFailure

_TRIED = {
    CANNOT_IMPORT: "cannot import {target}",
    CANNOT_CONSTRUCT: "cannot construct {target}",
    CANNOT_RUN: "cannot run {target}",
}
# by the reason that the tracer gives; `said` is what the framework or the user's code said
_REASONS = {
    "no-torch": "PyTorch is not installed for {python}: install torch there, or name the interpreter that "
    "has it with --python",
    "old-torch": "{said}",
    "old-keras": "{said}",
    "no-python": "{said}: --python must name an interpreter",
    "no-module": "{said}: a model is written package.module:Name, or path/file.py:Name",
    "no-name": "{said}",
    "no-such-name": "{hint}",
    "not-a-module": "{said}",
    "exits": "its code ends the process ({exception}: {said})",
    "needs-arguments": "it needs {names}: give each as in --arg {first}=10",
    "unknown-argument": "{said}: {known}",
    "needs-inputs": "forward needs {names}: give the sizes of each, without the batch, as in {example}",
    "needs-sizes": "the sizes of {names} are not said: give them, without the batch, as in {in_keras}",
    "wrong-sizes": "{said}",
    "unknown-input": "{said}: {known}",
    "data-dependent": "{said}, and no tensor has values here: sizes are computed before a weight exists",
    "complex-numbers": "{said}, which the language has not",
    "timeout": "{said}: give it longer with --timeout",
}
_RAISED = "{exception}: {said}"
_NOT_DIVIDED = re.compile(r"(\w+)(?: \(\d+\))? must be divisible by (\w+)")
_NUMBER = re.compile(r"(\w+) (?:is |\()(\d+)\b")


def told(target: str, failure: RunFailure, python: str | None = None) -> tuple[str, dict[str, Any]]:
    """The template of the message, and its facts."""
    names = failure.names
    one = len(names) == 1
    reason = _REASONS.get(failure.reason, _RAISED if failure.exception else "{said}")
    facts = {
        "target": target,
        "said": failure.message + _remedy(failure.message) or "it says nothing",
        "exception": failure.exception,
        "names": " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:]))),
        "first": names[0] if names else "name",
        "known": f"it has {', '.join(names)}" if names else "it has none",
        "example": "--input 3x224x224" if one else f"--input {names[0] if names else 'x'}=3x224x224",
        "in_keras": "--input 224x224x3" if one else f"--input {names[0] if names else 'x'}=224x224x3",
        "python": python or "the Python that runs cnn-shapes",
    }
    if failure.reason == "no-such-name":
        facts["hint"] = no_such("model", target.rpartition(":")[2], names).replace("the spec has", "it has")
    wanted = {name: value for name, value in facts.items() if f"{{{name}}}" in _TRIED[failure.stage] + reason}
    return f"{_TRIED[failure.stage]}: {reason}", wanted


def _remedy(said: str) -> str:
    """What to write where one number must divide the other: the nearest that do."""
    found, numbers = _NOT_DIVIDED.search(said), {name: int(number) for name, number in _NUMBER.findall(said)}
    if found is None or not numbers.get(found[1]) or not numbers.get(found[2]):
        return ""
    product, divisor = numbers[found[1]], numbers[found[2]]
    common = gcd(*(number for name, number in numbers.items() if name != found[2]))  # all are divided by it
    divisors = [one for one in range(1, min(common, 10_000) + 1) if common % one == 0]
    near = sorted(sorted(divisors, key=lambda one: (abs(one - divisor), -one))[:2])
    multiples = [one for one in (product // divisor * divisor, (product // divisor + 1) * divisor) if one]
    either, other = (" or ".join(map(str, one)) for one in (near, multiples))
    return f": write {found[2]} {either}, or {found[1]} {other}"
