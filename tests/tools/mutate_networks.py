"""Changes one field of a zoo spec at a time, and asks whether the test of that spec notices.

`python -m tests.tools.mutate_networks [--each N] [--seed N] [SPEC...]` tries N places (20) of every spec. A
change that alters a shape or a count, but that `networks.differences` takes for the true network, is a
survivor: the exit code is 1.
"""

import argparse
import random
import re
import sys
from collections.abc import Iterator
from typing import NamedTuple

from cnn_shapes.checking import CheckResult, check_path, check_source
from cnn_shapes.layers import KINDS
from cnn_shapes.source import Edit, Map, Scalar, Sequence, Source, TreeNode, read_yaml
from tests.networks import MODELS, SPECS, differences, spec_of

# what names things or is never an expression: another word here is another network, or none
_NAMES = {
    "name",
    "from",
    "into",
    "inputs",
    "outputs",
    "concat",
    "add",
    "multiply",
    "split",
    "merge",
    "collect",
}
_WORDS = {
    "half": ("0", "same"),
    "batch": ("none",),
    "none": ("relu", "prelu"),
    "true": ("false",),
    "false": ("true",),
    "exact": ("floor",),
    "floor": ("exact",),
    "ceil": ("floor",),
}


class Outcome(NamedTuple):
    """A change with what came of it. It survives where it alters something that no test sees."""

    change: Edit
    alters: bool
    noticed: bool

    @property
    def survives(self) -> bool:
        return self.alters and not self.noticed


def model_of(spec: str) -> str:
    """The model that a spec is with its own params."""
    return next(model for model in MODELS if spec_of(model) == (spec, {}))


def values(node: TreeNode | None, key: str = "") -> Iterator[tuple[str, Scalar]]:
    """Every value of a document that a change may touch, with the key it stands under."""
    if isinstance(node, Map):
        for name, value in node.pairs:
            if name.text not in _NAMES:
                yield from values(value, name.text)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from values(item, key)
    elif isinstance(node, Scalar) and node.text != "required":
        yield key, node


def replacements(key: str, text: str) -> list[str]:
    """Other values for one that stands under `key`: a near number, another word, an expression of it."""
    if text in KINDS:
        return ["prelu", "none"] if key in ("activation", "act") else ["identity"]
    if text in _WORDS:
        return list(_WORDS[text])
    if re.fullmatch(r"\d+", text):
        number = int(text)
        return [str(number + 1), str(2 * number + 2), *([str(number - 1)] if number else [])]
    if re.fullmatch(r"[A-Z]\w*", text):  # the call of a block
        return ["identity"]
    if re.fullmatch(r"\d+\.\d+", text):
        return [str(float(text) * 2), str(float(text) / 2)]
    if key in ("if", "add_if", "se"):
        return [f"not ({text})"]
    nearer = [
        f"{text[: number.start()]}{int(number[0]) + 1}{text[number.end() :]}"
        for number in re.finditer(r"\b(?<!\.)\d+\b(?!\.)", text)
    ]
    return [f"({text}) + 1", f"2*({text})", *nearer]


def changes(text: str) -> list[list[Edit]]:
    """For each place of a spec, the changes that can be made there."""
    found = []
    for key, value in values(read_yaml(Source("", text)).root):
        quote = text[value.start] if text[value.start] in "\"'" else ""
        texts = [f"{quote}{other}{quote}" for other in replacements(key, value.text)]
        found.append([Edit(value.span, other) for other in texts])
    return found


def chosen(text: str, each: int, seed: int) -> list[Edit]:
    """`each` changes at as many places as there are; a small spec has several at one."""
    draw = random.Random(seed)
    places = changes(text)
    for variants in places:
        draw.shuffle(variants)
    draw.shuffle(places)
    rounds = (place[turn] for turn in range(max(map(len, places))) for place in places if turn < len(place))
    return [change for change, _ in zip(rounds, range(each), strict=False)]


def figures(report: CheckResult) -> object:
    """All shapes and counts of a network; of one that is not valid, that it is not."""
    if not report.ok or report.trace is None:
        return None
    steps = [(step.node.kind, step.node.output, step.params, step.macs) for step in report.trace.steps]
    return steps, [node.output for node in report.trace.network.outputs]


def try_changes(spec: str, each: int, seed: int = 0) -> list[Outcome]:
    """Make each change on its own, and see what it alters and whether the test of the spec notices."""
    file, model = SPECS / f"{spec}.yaml", model_of(spec)
    original = check_path(str(file))
    before = figures(original)
    outcomes = []
    for change in chosen(original.source.text, each, seed):
        edited = original.source.edited([change])
        report = check_source(edited)
        outcomes.append(Outcome(change, figures(report) != before, bool(differences(model, report))))
    return outcomes


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("specs", nargs="*", default=sorted(file.stem for file in SPECS.glob("*.yaml")))
    parser.add_argument("--each", type=int, default=20, help="changes in each spec")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    survivors = 0
    for spec in given.specs:
        outcomes = try_changes(spec, given.each, given.seed)
        altering = sum(outcome.alters for outcome in outcomes)
        print(f"{spec}: {len(outcomes)} changes, {altering} alter a shape or a count", flush=True)
        source = Source.decode(spec, (SPECS / f"{spec}.yaml").read_bytes())
        for outcome in outcomes:
            if outcome.survives:
                survivors += 1
                place = outcome.change.span
                line, column = source.position(place.start)
                old = source.text[place.start : place.end]
                print(f"  survives: {spec}.yaml:{line}:{column}: {old} -> {outcome.change.text}")
    print(f"{survivors} survive" if survivors else "every one of them is noticed")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
