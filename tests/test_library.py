"""The library: what `from cnn_shapes import check, fix, sizes` gives, in the words of the JSON contract."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cnn_shapes import Report, check, fix, sizes
from tests.golden import ROOT, run

BROKEN = ROOT / "tests" / "cases" / "even-kernel.yaml"
MNIST = ROOT / "specs" / "mnist.yaml"
WIDE = "input: [8, 8, 3]\nparams: {width: 4}\nlayers:\n  - conv: {filters: width, kernel_size: 3}\n"


@pytest.mark.parametrize(
    ("spec", "shown"),
    [
        (MNIST, f"{MNIST}: 8 layers, 28x28x1 -> 10, 184,586 parameters, ok"),
        (BROKEN, f"{BROKEN}: 5 layers, 28x28x1 -> 10, 46,634 parameters, 1 error"),
        ("name: two\ninput: [4, 3]\nlayers: [relu]\n", "two: 1 layer, 4x3 -> 4x3, 0 parameters, ok"),
        ("layers: [relu]\n", "<text>: 0 layers, ? -> ?, 1 error"),
        ("no/such.yaml", "no/such.yaml: 0 layers, ? -> ?, 1 error"),
    ],
)
def test_a_report_says_how_it_went(spec: str | Path, shown: str) -> None:
    assert repr(check(spec)) == f"<Report {shown}>"


def test_its_attributes_are_the_keys_of_the_contract() -> None:
    (entry,) = json.loads(run("check", "--format", "json", str(MNIST)).out)["files"]
    report = check(MNIST)
    assert [json.loads(json.dumps(vars(row))) for row in report.layers] == entry["layers"]
    assert report.totals is not None
    assert report.totals._asdict() == entry["totals"]
    assert (report.input, report.output, report.layout) == ((28, 28, 1), (10,), "channels_last")
    assert report.outputs == {"dense2": (10,)}


def test_shapes_are_in_the_layout_of_the_spec() -> None:
    report = check(
        "input: [3, 8, 8]\nlayout: channels_first\nlayers:\n  - conv: {filters: 4, kernel_size: 3}\n"
    )
    assert report.layers[0].input_shapes == ((3, 8, 8),)  # 8 - 3 + 1 = 6
    assert report.layers[0].output_shape == (4, 6, 6)


def test_a_problem_has_its_message_its_place_and_its_proved_fixes() -> None:
    (found,) = check(BROKEN, fixes=True).diagnostics
    assert (found.rule, found.severity) == ("pool-not-divisible", "error")
    assert (found.line, found.column, found.end_line, found.end_column) == (6, 14, 6, 15)
    assert found.message == "a 25x25 feature map is not a multiple of the 2x2 pool"
    assert found.fixes[0].title == "kernel_size: 5 on line 4"
    for one in found.fixes:
        assert one.valid
        assert check(one.text).ok
    assert check(BROKEN).diagnostics[0].fixes == ()


def test_fixes_of_a_spec() -> None:
    found = fix(BROKEN)
    assert repr(found[0]) == "<ProvedFix: kernel_size: 5 on line 4>"
    assert [check(one.text).ok for one in found] == [True, True, True]
    assert all(one.title.startswith("padding") for one in fix(BROKEN, only=["padding"]))
    assert fix(MNIST) == []
    (smaller, *_) = fix(MNIST, target="7x7")
    assert check(smaller.text).layers[3].output_shape == (7, 7, 64)


def test_sizes_that_work() -> None:
    found = sizes(BROKEN)
    assert found is not None
    assert found.smallest == {"height": 5, "width": 5}  # 5 - 4 + 1 = 2, the least that a pool of 2 takes
    assert str(found) == run("sizes", str(BROKEN)).out
    assert sizes("no spec: at all\n") is None


def test_other_values() -> None:
    assert check(WIDE, params={"width": 7}).output == (6, 6, 7)
    assert check(WIDE, input="10x12x3").output == (8, 10, 4)
    assert check(WIDE, input=(10, 12, 3)).output == (8, 10, 4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"params": {"widht": 7}}, "there is no param widht: did you mean width?"),
        ({"input": (10, 12)}, "10x12 has 2 sizes, input in <text> has 3 (channels_last)"),
        ({"input": (0, 12, 3)}, "expected sizes from 1 as in 320x320x3 or (320, 320, 3), found 0x12x3"),
        ({"input": "big"}, "expected sizes from 1 as in 320x320x3 or (320, 320, 3), found big"),
        ({"input": []}, "expected sizes from 1 as in 320x320x3 or (320, 320, 3), found nothing"),
        (
            {"params": {"width": None}},
            "the value of width must be a number, true, false, a word or a list of these, found None",
        ),
        (
            {"params": {"width": [[4]]}},
            "the value of width must be a number, true, false, a word or a list of these, found [[4]]",
        ),
    ],
)
def test_what_does_not_fit_the_spec(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        check(WIDE, **arguments)  # type: ignore[arg-type]


def test_printed_it_is_what_the_command_prints() -> None:
    name = BROKEN.relative_to(ROOT).as_posix()
    shown = str(check(BROKEN, fixes=True)).replace(str(BROKEN), name)
    assert shown == run("check", name).out


def test_a_notebook_shows_a_table() -> None:
    assert "<table>" in check(MNIST)._repr_html_()


def test_functions_are_functions_whatever_is_imported() -> None:
    import cnn_shapes.input_sizes
    import cnn_shapes.repair

    assert all(callable(getattr(cnn_shapes, name)) for name in cnn_shapes.__all__)
    assert isinstance(check(MNIST), Report)


def test_a_host_keeps_its_search_for_garbage() -> None:
    code = (
        "import gc; gc.set_threshold(123, 4, 5)\n"
        "def settings(): return gc.get_threshold(), gc.isenabled(), gc.get_freeze_count()\n"
        "before = settings()\n"
        "import cnn_shapes; cnn_shapes.check('input: [8, 8, 3]\\nlayers: [relu]\\n')\n"
        "print(before == settings())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout == "True\n"


def test_paths_of_any_kind() -> None:
    assert check(str(MNIST)).ok
    assert check(Path(MNIST)).ok


def test_a_param_is_read_as_the_command_reads_it() -> None:
    assert check(WIDE, params={"width": "7"}).output == (6, 6, 7)


def test_bad_questions() -> None:
    with pytest.raises(ValueError, match=r"^rounding must be exact or floor, found ceil$"):
        sizes(MNIST, rounding="ceil")
    with pytest.raises(ValueError, match=r"^most is how many fixes are wanted, at least 1, found 0$"):
        fix(BROKEN, most=0)
    with pytest.raises(ValueError, match=r"^there is no field kernel: did you mean kernel_size\?$"):
        fix(BROKEN, keep="kernel")
    assert [one.title for one in fix(BROKEN, keep="kernel_size")] == [
        one.title for one in fix(BROKEN, keep=["kernel_size"])
    ]
    assert fix(MNIST, target=(7, 7))[0].title == fix(MNIST, target="7x7")[0].title


@pytest.mark.parametrize(
    ("spec", "rules"),
    [
        ('{"input":[28,28,1],"layers":["flatten"]}', []),
        ("input: 28x28x1\rlayers: [flatten]\r", []),
        ("", ["missing-field"]),
        ("a\0b", ["unreadable-file"]),
        (b"no/such.yaml", ["unreadable-file"]),
    ],
)
def test_what_is_a_text_and_what_a_path(spec: str, rules: list[str]) -> None:
    assert [found.rule for found in check(spec).diagnostics] == rules


def test_a_vector_has_no_size_to_vary() -> None:
    assert sizes("input: [10]\nlayers:\n  - dense: 3\n") is None
