"""Ultralytics' YAMLs: scales, and every module by itself with the numbers of Ultralytics.

`data/ultralytics_modules.txt` was written by `tests.tools.measure_ultralytics`; so were the parameters of the
models in `dialects/ultralytics`. Which text is told of a broken one is in `test_dialects.py`.
"""

import re
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_shapes.checking import CheckResult, check_source
from cnn_shapes.language.dialects import dialect_of
from cnn_shapes.language.dialects.ultralytics import heads, library, modules
from cnn_shapes.language.dialects.ultralytics.scaling import Scaling
from cnn_shapes.language.spec import Overrides
from cnn_shapes.repair import repairs
from cnn_shapes.source import Source
from cnn_shapes.source.translated import TranslatedSource
from tests.golden import ROOT
from tests.ultralytics_models import MODULES, Measured, alone, counted, read, rows

FOLDER = ROOT / "tests" / "dialects" / "ultralytics"
SMALL = (FOLDER / "small.yaml").read_text(encoding="utf-8")
SCALES = st.builds(
    Scaling,
    st.sampled_from([0.33, 0.5, 0.67, 1.0, 1.33]),
    st.sampled_from([0.25, 0.5, 0.75, 1.0, 1.25, 1.5]),
    st.just(inf),
)


@pytest.mark.parametrize(("entry", "measured"), [*rows(MODULES)])
def test_a_module_by_itself(entry: str, measured: list[Measured]) -> None:
    found = counted(read("one.yaml", alone(entry)))[2]
    assert (found.params, found.shape) == (measured[0].params, measured[0].shape)


def test_every_module_that_is_read_is_measured_by_itself() -> None:
    text = MODULES.read_text(encoding="utf-8")
    measured = set(re.findall(r"^\[-1, \d, ([A-Z]\w*)", text, re.MULTILINE))
    in_models = {"Concat", "CBLinear", "CBFuse"}  # of several maps: in the oracle's models
    assert set(modules.MAKERS) - in_models == measured


@pytest.mark.parametrize("entry", [entry for entry, _ in rows(MODULES)])
def test_what_an_import_writes_has_nothing_idle(entry: str) -> None:
    source = read("yolov8n.yaml", f"scales: {{n: [1, 1, 1024]}}\n{alone(entry)}").source
    assert isinstance(source, TranslatedSource)
    found = check_source(Source("net.yaml", source.spec_text))
    assert [one.message() for one in found.diagnostics if one.rule in ("unused-param", "unused-block")] == []


def test_every_block_is_called() -> None:
    called = {name for block in library.blocks().values() for name in block.calls}
    written = {*modules.ROWS, *re.findall(r'block\("(\w+)"\)', (ROOT / heads.__file__).read_text())}
    assert set(library.blocks()) <= called | written | {"ResNetLayer"}


@pytest.mark.parametrize(
    ("file", "scale", "params"),
    [
        ("small.yaml", "", 887_782),
        ("small.yaml", "s", 3_072_310),
        ("classifier.yaml", "", 125_226),
        ("inserted_not_shifted.yaml", "", 2_179_942),
        ("silenced.yaml", "", 174_678),
    ],
)
def test_parameters_are_those_of_ultralytics(file: str, scale: str, params: int) -> None:
    report = read(file, (FOLDER / file).read_text(encoding="utf-8"), scale)
    assert sum(found.params for found in counted(report)) == params


def test_the_older_head_is_a_convolution_of_all_anchors() -> None:
    # three anchors of 80 classes, a box and a score: 3*(80 + 5) = 255 filters of 1x1 with a bias
    report = read("older_form.yaml", (FOLDER / "older_form.yaml").read_text(encoding="utf-8"))
    found = counted(report)[-1]
    assert (found.params, found.shape) == (255 * (32 + 1) + 255 * (64 + 1), (255, 32, 32))


@pytest.mark.parametrize(
    ("scaling", "written", "channels"),
    [  # ceil(min(c, most)*width/8)*8, by hand
        (Scaling(1, 0.25, 1024), 64, 16),
        (Scaling(1, 0.25, 1024), 100, 32),
        (Scaling(1, 0.75, 768), 1024, 576),
        (Scaling(1, 1.25, 512), 1024, 640),
        (Scaling(1, 1.0, inf), 4, 8),
    ],
)
def test_channels_are_scaled(scaling: Scaling, written: int, channels: int) -> None:
    assert scaling.channels(written) == channels


@pytest.mark.parametrize(
    ("depth", "written", "repeats"),
    [  # max(round(n*depth), 1), a half to the even number, by hand
        (0.33, 1, 1),
        (0.33, 3, 1),
        (0.33, 9, 3),
        (0.5, 3, 2),
        (0.5, 5, 2),
        (0.1, 2, 1),
    ],
)
def test_repeats_are_scaled(depth: float, written: int, repeats: int) -> None:
    assert Scaling(depth).repeats(written) == repeats


@given(SCALES, st.integers(1, 4096))
def test_what_is_written_for_channels_gives_them(scaling: Scaling, wanted: int) -> None:
    written = scaling.written_channels(wanted)
    if wanted % 8:
        assert written is None
    else:
        assert written is not None
        assert scaling.channels(written) == wanted


@given(SCALES, st.integers(1, 64))
def test_what_is_written_for_repeats_gives_them(scaling: Scaling, wanted: int) -> None:
    written = scaling.written_repeats(wanted)
    if written is not None:
        assert scaling.repeats(written) == wanted


@pytest.mark.parametrize(
    ("name", "first"),
    [  # of the first Conv: 64 channels by 0.25 at scale n, by 0.5 at scale s
        ("yolov8n.yaml", 16),
        ("yolov8s.yaml", 32),
        ("yolo11s-seg.yaml", 32),
        ("YOLOv8S.yaml", 16),  # guess_model_scale of Ultralytics 8.4 knows small letters alone
        ("yolov8nano.yaml", 16),
        ("yolov8small.yaml", 32),
        ("a/b/yolov5s-p6.yaml", 32),
        ("yolov8.yaml", 16),
        ("mine_s.yaml", 16),
    ],
)
def test_the_scale_is_in_the_name_of_the_file(name: str, first: int) -> None:
    found = counted(read(name, SMALL))[0].shape
    assert found == (first, 128, 128)


def test_a_scale_in_the_name_that_is_not_there_is_told() -> None:
    """Ultralytics raises KeyError: 'x'."""
    message = (
        "the name of this file asks for the scale x, and scales has n, s: write it there, or give "
        "--set scale=n"
    )
    assert [one.message() for one in read("yolov8x.yaml", SMALL).errors] == [message]
    assert read("yolov8x.yaml", SMALL, "s").ok


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (SMALL, "ultralytics"),
        ("head: []\nbackbone: []\n", "ultralytics"),
        ("input: [8, 8, 3]\nlayers: [conv: 8]  # the backbone: a head:\n", None),
        ("backbone: []\n", None),
        (SMALL.replace("head:", "had:"), "ultralytics"),
        (SMALL.replace("backbone:", "bckbone:"), "ultralytics"),
        ("input: [8, 8, 3]\nblocks:\n  backbone:\n    layers: [relu]\n  head:\n    layers: [relu]\n", None),
    ],
)
def test_which_text_is_one(text: str, name: str | None) -> None:
    assert dialect_of("net.yaml", text) == name


@pytest.mark.parametrize(
    ("old", "new", "messages"),
    [
        ("head:", "had:", ["unknown key had in a model: did you mean head?"]),
        ("backbone:", "bckbone:", ["unknown key bckbone in a model: did you mean backbone?"]),
        ("head:\n", "", ["head is missing: a model has modules under backbone and under head"]),
        ("nc: 3\n", "", ["nc, how many classes there are, is missing: write nc: 80 at the top"]),
    ],
)
def test_what_is_missing_at_the_top(old: str, new: str, messages: list[str]) -> None:
    """Ultralytics raises KeyError: 'head', and TypeError for a head of None classes."""
    assert SMALL.count(old) == 1
    assert [one.message() for one in _checked(SMALL.replace(old, new)).errors] == messages


def _checked(text: str, *params: tuple[str, object]) -> CheckResult:
    return check_source(Source("net.yaml", text), Overrides(params=params))


@pytest.mark.parametrize(
    ("params", "rules"),
    [
        ((("scale", "s"),), []),
        ((("nc", 7),), []),
        ((("scale", "q"),), ["bad-value"]),
        ((("nc", 0),), ["bad-value"]),
        ((("nc", "many"),), ["bad-value"]),
    ],
)
def test_set(params: tuple[tuple[str, object], ...], rules: list[str]) -> None:
    assert [found.rule for found in _checked(SMALL, *params).errors] == rules


NEW = ("", "-1", "0", "7", "x", "None", "[", "]", ",", "True", "nc", "1.5", "Conv", "&a")
DEEP = "[" * 5000 + "]" * 5000
CONV = "[-1, 1, Conv, [8, 3]]"
HOSTILE = {  # backbone, head, and what is above them
    "nothing": ("", "", ""),
    "words": ("a", "b", ""),
    "mappings": ("{a: b}", "{c: d}", ""),
    "no end": ("[[-1, 1, Conv, [64", "", ""),
    "deep": (DEEP, "[]", ""),
    "anchors of YAML": ("[*a, *a]", "[*b]", "a: &a [1]"),
    "itself": ("&a [*a]", "[]", ""),
    "large": (f"[[-1, {10**30}, Conv, [{10**30}, 3]], [-1, 1, Conv, [2147483647]]]", "[]", ""),
    "many": ("[[-1, 2147483647, C2f, [2147483647, True]]]", "[]", ""),
    "fractions": ("[[-1, 1.5, Conv, [6.4, .nan]], [.inf, 1, Conv, [64]]]", "[]", ""),
    "scales": (f"[{CONV}]", "[]", "scales: {n: [0, -1, .inf]}"),
    "values": ("[[-1, 1, Conv, [nc, kpt_shape]]]", "[]", "nc: {}\nch: [3]\nkpt_shape: 5\nreg_max: -2"),
    "lists": ("[[-1, 1, Conv, [kpt_shape, [[3]], {a: 1}, ~]]]", "[]", "kpt_shape: [17, 3]"),
    "code": ("[[-1, 1, Conv, ['exit()']]]", "[]", "activation: __import__('os').system('exit')"),
    "escapes": ('[[-1, 1, "\\e]0;title\\a", []], ["\\e[2J", 1, Conv, [64]]]', "[]", ""),
    "head alone": ("[]", "[[[0, 1], 1, Detect, [nc]]]", ""),
    "other anchors": (f"[{CONV}]", "[[[0, 0], 1, Detect, [nc, anchors]]]", "anchors: [[1, 2]]"),
    "parts": (f"[{CONV}, [[0, -1], 1, CBFuse, [[0]]]]", "[[0, 1, CBLinear, [[8, x]]]]", ""),
}


@pytest.mark.parametrize(("backbone", "head", "above"), HOSTILE.values(), ids=HOSTILE)
def test_hostile(backbone: str, head: str, above: str) -> None:
    assert _checked(f"{above}\nbackbone: {backbone}\nhead: {head}\n").errors


@given(st.data())
def test_any_part_of_a_model_is_read_or_refused(data: st.DataObject) -> None:
    """A word or number in another's place is told, or gives a network; never does the reader fail."""
    tokens = re.findall(r"[\w.]+|\W", SMALL)
    place = data.draw(st.integers(0, len(tokens) - 1))
    new = data.draw(st.sampled_from(NEW))
    text = "".join([*tokens[:place], new, *tokens[place + 1 :]])
    report = _checked(text)
    assert report.errors or report.trace is not None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[512, 3, 2]]  # 5", "[512, 3, 1]]  # 5"),
        ("[256, 3, 2]]  # 11", "[256, 3, 3]]  # 11"),
        ("[128, 3, 2]]  # 1", "[128, 4, 2]]  # 1"),
        ("[None, 2, nearest]", "[None, 3, nearest]"),
        ("[[-1, 4], 1", "[[-1, 3], 1"),
        ("[[-1, 7], 1", "[[-1, 5], 1"),
    ],
)
def test_a_number_that_was_changed_is_found(old: str, new: str) -> None:
    """What it was is among the first three changes, where the network has an error by it."""
    assert old in SMALL
    report = _checked(SMALL.replace(old, new))
    found = [report.source.user_text.edited(one.edits).text for one in repairs(report).found]
    assert report.ok or SMALL in found[:3]


def test_the_classes_of_a_classifier_are_not_scaled() -> None:
    """parse_model of tasks.py: `if m is not Classify` c2 is scaled."""
    scales, conv = "scales: {n: [0.33, 0.25, 1024]}", "  - [-1, 1, Conv, [64, 3, 2]]"
    text = f"nc: 7\n{scales}\nbackbone:\n{conv}\nhead:\n  - [-1, 1, Classify, [9]]\n"
    trace = read("yolov8n.yaml", text).trace
    assert trace is not None
    assert trace.network.outputs[0].output == (9,)
