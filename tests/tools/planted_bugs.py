"""Plants one bug at a time in the engine, and says which test catches it.

    python -m tests.tools.planted_bugs [WORD...]

Each bug is an exact change of text in a copy of this tree; the tests of TESTS run there until one fails. The
exit code is 1 where fewer than 89 of the 90 are caught. Words choose the bugs that have them in their names.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from tests.golden import ROOT
from tests.tools.bugs_of_check import BUGS_OF_CHECK
from tests.tools.bugs_of_deploying import BUGS_OF_DEPLOYING

FEWEST = 90
COPIED = (
    *(".ci", ".github", "cnn_shapes", "specs", "tests"),
    *(".pre-commit-hooks.yaml", "CHANGELOG.md", "LICENSE", "README.md", "action.yml", "pyproject.toml"),
)
# fast, and without a framework; those that catch most come first
TESTS = (
    *("test_windows", "test_kinds", "test_trace", "test_receptive_field", "test_scopes", "test_values"),
    *("test_language", "test_published_receptive_fields", "test_networks", "test_sequences"),
    *("test_attention", "test_custom", "test_added_forms", "test_like", "test_share"),
    *("test_several_outputs", "test_several_inputs", "test_expressions"),
    *("test_darknet", "test_caffe", "test_keras_files", "test_dialects", "test_ultralytics"),
    *("test_memory", "test_budget", "test_sweep_reuse", "test_sweep"),
    *("test_compare_changes", "test_compare_command"),
    *("test_columns", "test_csv", "test_markdown", "test_baseline", "test_outputs", "test_watch"),
    "test_jobs",
)


class Bug(NamedTuple):
    """A wrong idea about sizes or counts: `new` in the place of `old`, which is once in `file`."""

    name: str
    file: str
    old: str
    new: str


BUGS = (
    Bug(
        "ceil: PyTorch's clip is dropped",
        "shapes.py",
        "return steps - 1 if (steps - 1) * self.stride >= size + self.before else steps",
        "return steps",
    ),
    Bug(
        "floor: truncated towards zero",
        "layers/window.py",
        "output = reach // window.stride + 1 if reach >= 0 else 0",
        "output = int(reach / window.stride) + 1",
    ),
    Bug(
        "exact: taken for floor",
        "layers/window.py",
        "exact = rounding == EXACT and self.fixed_windows is not None",
        "exact = False",
    ),
    Bug(
        "window: padding counted at one end only",
        "layers/window.py",
        "reach = x[1] + window.before + window.after - window.extent",
        "reach = x[1] + window.before - window.extent",
    ),
    Bug(
        "window: the axes swapped",
        "layers/window.py",
        "axes = list(zip(self.kernel_size, self.stride,",
        "axes = list(zip(self.kernel_size[::-1], self.stride,",
    ),
    Bug(
        "dilation: off by one",
        "shapes.py",
        "self.extent = dilation * (kernel_size - 1) + 1",
        "self.extent = dilation * kernel_size",
    ),
    Bug(
        "same: the odd pixel at the beginning",
        "shapes.py",
        "return total // 2, total - total // 2",
        "return total - total // 2, total // 2",
    ),
    Bug(
        "pool: stride 1 where none is given",
        "layers/window.py",
        "self.stride = self.kernel_size",
        "self.stride = (1,) * self.rank",
    ),
    Bug(
        "adaptive pool: cannot enlarge",
        "layers/pool.py",
        "*inputs[1].sizes))\n        return Shape((x[0], *(new or old for",
        "*inputs[1].sizes))\n        return Shape((x[0], *(min(new or old, old) for",
    ),
    Bug(
        "transposed: output_padding ignored",
        "shapes.py",
        "+ window.extent + output_padding",
        "+ window.extent",
    ),
    Bug(
        "upsample: rounded to the nearest",
        "layers/resize.py",
        "else value // 1 for value in exact",
        "else round(value) for value in exact",
    ),
    Bug(
        "flatten: the channels ignored",
        "layers/dense.py",
        "return Shape((inputs[0].elements,))",
        "return Shape((inputs[0].elements // inputs[0].channels,))",
    ),
    Bug(
        "split: the parts in another order",
        "layers/merge.py",
        "split.size_of(self.position, x), *x[axis + 1 :]",
        "split.size_of(-1 - self.position, x), *x[axis + 1 :]",
    ),
    Bug("concat: the channels of the last only", "layers/merge.py", "channels += x[0]", "channels = x[0]"),
    Bug(
        "residual: broadcasts",
        "layers/merge.py",
        "if inputs.count(inputs[0]) < len(inputs):\n"
        "            raise JoinMismatch(self, inputs)\n        return inputs[0]",
        "return super().shape(*inputs)",
    ),
    Bug(
        "residual: adds its layers' output to itself",
        "language/unfolding/structures.py",
        "side = x\n",
        "side = out\n",
    ),
    Bug(
        "repeat: i counts from 1",
        "language/unfolding/structures.py",
        '{"i": index}',
        '{"i": index + 1}',
    ),
    Bug(
        "block: c_in of the last input",
        "language/unfolding/structures.py",
        "x = inputs[0].output\n    values",
        "x = inputs[-1].output\n    values",
    ),
    Bug(
        "defaults: beat a layer's own fields",
        "language/reading/layers.py",
        "settings.setdefault(name, setting)",
        "settings[name] = setting",
    ),
    Bug(
        "reshape: the layout not converted",
        "layers/list_fields.py",
        "return Written(from_layout(tuple(sizes), layout), sizes)",
        "return Written(tuple(sizes), sizes)",
    ),
    Bug(
        "conv: groups ignored in the weights",
        "layers/conv.py",
        "weights = self.taps * (inputs[0][0] // self.groups) * self.filters",
        "weights = self.taps * inputs[0][0] * self.filters",
    ),
    Bug(
        "separable conv: the bias forgotten",
        "layers/conv.py",
        "return (*weights, self.filters) if self.bias else weights",
        "return weights",
    ),
    Bug(
        "batchnorm: running statistics not counted",
        "layers/norm.py",
        "def statistics(self, inputs: tuple[Shape, ...]) -> int:\n        return 2 * inputs[0][0]",
        "def statistics(self, inputs: tuple[Shape, ...]) -> int:\n        return 0",
    ),
    Bug(
        "lstm: the layers above read the input's channels",
        "layers/recurrent.py",
        "below = 2 * self.units if self.bidirectional else self.units",
        "below = inputs[0][0]",
    ),
    Bug(
        "attention: the places of the query counted for the key",
        "layers/attention.py",
        "pairs = _product((*query.sizes, *places.sizes))",
        "pairs = _product((*query.sizes, *query.sizes))",
    ),
    Bug(
        "custom: the names of the block's input",
        "language/unfolding/names.py",
        "names.pop(_CHANNELS, None)",
        "names.get(_CHANNELS, None)",
    ),
    Bug(
        "receptive field: padding with the wrong sign",
        "receptive_field.py",
        "(view.lows[0] - before * jump,)",
        "(view.lows[0] + before * jump,)",
    ),
    Bug(
        "scale: an element is taken for a channel",
        "layers/shared_weights.py",
        "return reduce(mul, (*x.sizes, x[0]))",
        "return x[0]",
    ),
    Bug(
        "glu: keeps the channels",
        "layers/uncommon_activations.py",
        "self.check_divisions(x)\n        return Shape((x[0] // 2, *x.sizes))",
        "self.check_divisions(x)\n        return x",
    ),
    Bug(
        "concat: along an axis the first counts for all",
        "layers/merge.py",
        "sum(x[along] for x in inputs)",
        "first[along] * len(inputs)",
    ),
    Bug(
        "split: the rest is all",
        "layers/merge.py",
        "total - self.known if size is None",
        "total if size is None",
    ),
    Bug(
        "reduce: the other axes",
        "layers/reduce.py",
        "Shape(1 if axis in taken else size",
        "Shape(size if axis in taken else 1",
    ),
    Bug(
        "causal: the dilation ignored",
        "layers/window.py",
        "tuple((dilation * (kernel - 1), 0)",
        "tuple((kernel - 1, 0)",
    ),
    Bug("reflect: as much as there is", "layers/resize_margins.py", "most >= size", "most > size"),
    Bug(
        "like: an odd pixel is cut off at the beginning",
        "layers/resize_margins.py",
        "begin = abs(size - wanted) // 2",
        "begin = -(-abs(size - wanted) // 2)",
    ),
    Bug(
        "share: counted again",
        "trace.py",
        "if node.shares is None:",
        "if True:",
    ),
    Bug(
        "share: the weights of two sizes pass for one",
        "layers/sharing.py",
        "if name not in _NOT_OF_WEIGHTS and found != expected:",
        "if False:",
    ),
    Bug(
        "if: a layer left out stands for what is before it",
        "language/unfolding/unfolder.py",
        "if item.layer is not None and item.layer.joins:\n            inputs",
        "if item.layer is not None:\n            inputs",
    ),
    Bug(
        "outputs: handed on in the order of the layers",
        "language/unfolding/structures.py",
        'builder.inputs([*item.outputs], last, inside, "outputs")',
        'builder.inputs([*item.outputs][::-1], last, inside, "outputs")',
    ),
    Bug(
        "inputs: the others count as activations",
        "trace.py",
        "sum(sizes[len(network.inputs) :])",
        "sum(sizes[1:])",
    ),
    Bug(
        "power: from the left",
        "language/expressions/parsing.py",
        "exponent = self.binary(_UNARY)",
        "exponent = self.value()",
    ),
    Bug(
        "h_in: the width",
        "language/unfolding/names.py",
        "shape.sizes[names.index(axis)]",
        "shape.sizes[-1 - names.index(axis)]",
    ),
    # files of other tools
    Bug(
        "darknet: a dilated window is padded as its extent",
        "language/dialects/darknet/sections.py",
        "padding, widened = self.padding(size), (dilation - 1) * (size - 1)",
        "padding, widened = self.padding(size), 0",
    ),
    Bug(
        "darknet: pad=1 is one pixel",
        "language/dialects/darknet/sections.py",
        'return size // 2 if self.number("pad", 0) else own',
        'return 1 if self.number("pad", 0) else own',
    ),
    Bug(
        "darknet: a missing activation is none",
        "language/dialects/darknet/layers.py",
        'here.activated(kind, name, fields, section.activation("logistic"))',
        'here.activated(kind, name, fields, section.activation("linear"))',
    ),
    Bug(
        "darknet: a local layer is padded by half its size",
        "language/dialects/darknet/layers.py",
        'padding = size - 1 if section.number("pad", 0) else 0',
        'padding = 2 * (size // 2) if section.number("pad", 0) else 0',
    ),
    Bug(
        "darknet: a head has the anchors of num, whatever its mask",
        "language/dialects/darknet/layers.py",
        "anchors = len(mask) or count",
        "anchors = count",
    ),
    Bug(
        "caffe: pools take the floor",
        "language/dialects/caffe/windows.py",
        'rounding = "floor" if floors else "ceil"',
        'rounding = "floor"',
    ),
    Bug(
        "caffe: a norm and its scale are two norms",
        "language/dialects/caffe/translation.py",
        'if len(readers) == 1 and readers[0].type == "Scale"',
        'if len(readers) == 2 and readers[0].type == "Scale"',
    ),
    Bug(
        "caffe: a blob may be made twice",
        "language/dialects/caffe/translation.py",
        "other = makers.setdefault(top.text, layer)",
        "other = layer",
    ),
    Bug(
        "keras files: a norm without a scale counts one",
        "language/dialects/keras/plain_layers.py",
        'fields = {name: False for name in ("scale", "center") if not call.config.get(name, True)}',
        "fields: dict[str, Any] = {}",
    ),
    Bug(
        "keras files: a shared layer counts again",
        "language/dialects/keras_files/translation.py",
        "if call.is_again and KINDS[entry.kind].has_weights",
        "if False and KINDS[entry.kind].has_weights",
    ),
    Bug(
        "keras files: a layer that reads nothing is an input",
        "language/dialects/keras_files/graph.py",
        'if not found and layer.text_of("class_name") != INPUT and name not in places:',
        "if False:",
    ),
    Bug(
        "ultralytics: channels are rounded to the nearest eight",
        "language/dialects/ultralytics/scaling.py",
        "return min(ceil(min(written, self.most) * self.width / 8) * 8, LARGEST)",
        "return min(max(8, round(min(written, self.most) * self.width / 8) * 8), LARGEST)",
    ),
    Bug(
        "ultralytics: half a repeat is rounded up",
        "language/dialects/ultralytics/scaling.py",
        "return max(round(written * self.depth), 1) if written > 1 else written",
        "return max(floor(written * self.depth + 0.5), 1) if written > 1 else written",
    ),
    Bug(
        "ultralytics: Classify is scaled",
        "language/dialects/ultralytics/heads.py",
        "count = Told(str(classes.value), classes.place,",
        "count = Told(str(here.scaling.channels(classes.value)), classes.place,",
    ),
    Bug(
        "ultralytics: the scale of the name is passed over",
        "language/dialects/ultralytics/translation.py",
        'letter = str(given.get("scale", found[1] if found else ""))',
        'letter = str(given.get("scale", ""))',
    ),
    Bug(
        "memory: norms keep nothing for the backward pass",
        "layers/norm.py",
        """    in_place = True
    gradient_needs_input = True
    weight_names""",
        """    in_place = True
    weight_names""",
    ),
    Bug("amounts: a KiB has 1000 bytes", "language/quantities.py", '"KIB": 2**10', '"KIB": 10**3'),
    *(Bug(*row) for row in (*BUGS_OF_DEPLOYING, *BUGS_OF_CHECK)),
)


def copy_tree(target: Path, *left_out: str) -> None:
    """What the tests need of this tree, without the files of these names."""
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns(*left_out))
        else:
            shutil.copy(ROOT / name, target / name)


def planted(bug: Bug, text: str) -> str:
    """The text of the bug's file with the bug in it. Raises ValueError where the table is out of step."""
    if text.count(bug.old) != 1:
        raise ValueError(f"{bug.name}: {bug.file} has its text {text.count(bug.old)} times")
    changed = text.replace(bug.old, bug.new)
    ast.parse(changed)
    return changed


def caught(bug: Bug | None, tests: Sequence[str] = TESTS) -> str:
    """The first test that fails with the bug planted in a copy of this tree; empty where all pass."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        copy_tree(root, "__pycache__")
        if bug is not None:
            file = root / "cnn_shapes" / bug.file
            file.write_text(planted(bug, file.read_text(encoding="utf-8")), encoding="utf-8")
        files = [f"tests/{test}.py" for test in tests]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-p", "no:cacheprovider", *files],
            cwd=root,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "200"},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode == 0:
        return ""
    failed = re.search(r"^(?:FAILED|ERROR) tests/(.+?)(?: - .*)?$", done.stdout, re.MULTILINE)
    return failed[1] if failed else f"pytest exits {done.returncode}: {done.stdout[-200:]}"


def main(arguments: Sequence[str]) -> int:
    begun = time.monotonic()
    bugs = [bug for bug in BUGS if all(word in bug.name for word in arguments)]
    sound = caught(None)
    if sound:
        print(f"without a bug, {sound} fails: mend that first", file=sys.stderr)
        return 1
    found = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for bug, test in zip(bugs, pool.map(caught, bugs), strict=True):
            found += bool(test)
            print(f"{bug.name:48}{test or 'NOT CAUGHT'}", flush=True)
    print(f"{found} of {len(bugs)} bugs caught in {time.monotonic() - begun:.0f} s")
    return 0 if found >= len(bugs) - (len(BUGS) - FEWEST) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
