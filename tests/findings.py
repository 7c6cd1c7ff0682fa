"""A finding of every rule and files that cannot be read, for the tests of formats."""

import io

from cnn_shapes import formats
from cnn_shapes.checking import (
    UNREGISTERED_MODULE,
    CheckResult,
    check_bytes,
    check_source,
    faulted,
    unreadable,
)
from cnn_shapes.formats.parts.streams import Output
from cnn_shapes.importing.model_check import check_model
from cnn_shapes.importing.recording import CANNOT_RUN, ResultOf, RunFailure, read_answer
from cnn_shapes.rules import RULES
from cnn_shapes.source import CodePlace, Source
from tests.recorded_models import broken_models
from tests.recordings import Calls

NASTY = "models/50%,a:b\n\r::error::x/ü 합.yaml"
SPEC = "input: [9, 9, 3]\nlayers:\n  - maxpool: 2  # 🙂\n  - con: {filters: 8, name: 합성곱1}\n"
ESCAPE = 'input: [9, 9, 3]\nlayers: ["\\e[31m%0A\\r]]>&<\\"\'"]\n'


def reports() -> list[CheckResult]:
    """A finding of every rule, and files that cannot be read in every way."""
    found = [check_source(Source(f"{name}.yaml", RULES[name].bad)) for name in RULES if RULES[name].bad]
    found.append(unreadable("no.yaml", "no such file or directory"))
    found.append(faulted("fault.yaml", ZeroDivisionError("a\nb")))
    found += models()
    found += [
        check_bytes("cp949.yaml", "input: [28, 28, 1] # 입력".encode("cp949")),
        check_bytes("utf16.yaml", SPEC.encode("utf-16")),
        check_bytes("picture.yaml", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\1\2\3\0\0"),
        check_bytes("empty.yaml", b""),
        check_bytes("tab.yaml", b"input: [1]\nlayers:\n\t- relu\n"),
        check_source(Source(NASTY, SPEC)),
        check_source(Source("-", ESCAPE)),
        check_source(Source("many.yaml", "input: [8, 8, 1]\nlayers:\n" + "  - con: 1\n" * 130)),
        check_source(Source("clean.yaml", "input: [8, 8, 1]\nlayers: [flatten]\n")),
    ]
    return found


def models() -> list[CheckResult]:
    """A model that raises, one that calls what the language has not, with texts that a log could obey, and
    one with layers in a list.
    """
    failure = RunFailure(CANNOT_RUN, "raised", "\x1b[31m\n::error::x", "Error", place=CodePlace("/n\n.py", 3))
    calls = Calls(x=(3, 8, 8))
    calls.add("fft\n::error::y", ResultOf(0), shape=(3, 8, 8))
    (layers_in_a_list,) = (model for model in broken_models() if model.file.stem == "layers_in_a_list")
    return [
        check_model("net.py:Raises", failure),
        check_model("net.py:Transforms", calls.recording()),
        bare(check_model("list.py:Net", read_answer(layers_in_a_list.answer())), UNREGISTERED_MODULE),
    ]


def bare(report: CheckResult, rule: str) -> CheckResult:
    """A report with the findings of one rule alone, without fixes."""
    found = [one._replace(fixes=()) for one in report.diagnostics if one.rule == rule]
    return report.with_diagnostics(found)


REPORTS = reports()
COUNT = sum(len(report.diagnostics) for report in REPORTS)


def written(name: str, given: list[CheckResult]) -> str:
    text = io.StringIO()
    formats.show(name, given, Output(text), formats.DisplayOptions())
    return text.getvalue()
