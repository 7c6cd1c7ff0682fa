"""Texts that want to be obeyed, the places where the command may meet them, and what must never come out.

`python -m tests.fuzz.hostile --seconds 600 --seed 7` draws other texts, and prints what was obeyed.
"""

import argparse
import json
import random
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.golden import Result, run

FORGED = "FORGED"  # begins a line only where a line break of a text was obeyed
PARTS = (
    *(
        "\x1b[31m",
        "\x1b]8;;http://x\x1b\\",
        "\x1b]0;x\x07",
        "\x9b31m",
        "\x9d",
        "\x7f\x08",
        "\0",
        "\x1bc",
        "\t",
    ),
    *(f"{end}{FORGED}" for end in ("\r", "\n", "\r\n", "\x0b", "\x85", "\u2028", "\u2029", "\x1c")),
    *("\u202e", "\u2066", "\u200b", "\U000e0041", "\ufeff", "\xad", "\ufff9", "\udc80"),
    *("\n::error::x", "\n \xa0::stop-commands::x", "##[error]x", "##vso[task.setvariable variable=x]y"),
    *("##teamcity[x]", "\n##[group]", "###[error]", "::add-mask::", "::", "##"),
)
# all at once; and what is obeyed where nothing is before it
TEXTS = {
    "all": f"a{''.join(PARTS)}",
    "first": "  ::stop-commands::x\u202e",
}
FORMATS = ("full", "concise", "html", "json", "github", "gitlab", "sarif", "junit", "csv", "markdown")

# what a spec may say, `@` being the text in double quotes
SPECS = {
    "kind": "input: [8, 8, 3]\nlayers:\n  - @: 3\n  - relu\n",
    "bare kind": "input: [8, 8, 3]\nlayers:\n  - @\n",
    "key": "input: [8, 8, 3]\nlayers:\n  - conv: {filters: 3, @: 1}\n",
    "top key": "input: [8, 8, 3]\n@: 1\nlayers: [relu]\n",
    "value": "input: [9, 9, 3]\nlayers:\n  - conv: {filters: 3, padding: @}\n  - maxpool: @\n",
    "expression": "input: [9, 9, 3]\nlayers:\n  - conv: {filters: @, kernel_size: '2*(3'}\n",
    "name": "name: @\ninput: [9, 9, 3]\nlayers:\n  - relu: {name: @}\n  - maxpool: 2\n  - relu: {from: @}\n",
    "from": "input: [9, 9, 3]\nlayers:\n  - relu\n  - add: {from: [@, relu1]}\n",
    "branch": "input: [9, 9, 3]\nlayers:\n  - parallel: {branches: {@: [relu, maxpool: 2], b: [relu]}}\n",
    "fine branch": "input: [8, 8, 3]\nlayers:\n  - parallel: {branches: {@: [relu], b: [relu]}}\n  - gap\n",
    "param": "params: {@: 3}\ninput: [9, 9, 3]\nlayers:\n  - conv: {filters: 3, kernel_size: k}\n",
    "word": "params: {w: @}\ninput: [9, 9, 3]\nlayers:\n  - relu: {if: w == x}\n  - maxpool: 2\n",
    "block": "blocks: {@: {layers: [maxpool: 2]}}\ninput: [9, 9, 3]\nlayers:\n  - @\n  - @: {n: @}\n",
    "output": "input: [9, 9, 3]\nlayers:\n  - maxpool: 2\noutputs: [@]\n",
    "expect": "input: [9, 9, 3]\nlayers:\n  - relu: {expect: @}\n",
    "silenced": "input: [9, 9, 3]\nlayers:\n  - maxpool: 2  # cnn-shapes: ignore[@] @\n",
    "defaults": "defaults: {conv: {padding: @}, @: {}}\ninput: [9, 9, 3]\nlayers:\n  - conv: 3\n",
    "input": "input: @\nlayers:\n  - relu\n",
    "layout": "layout: @\nrounding: @\ninput: [9, 9, 3]\nlayers:\n  - relu\n",
    "twice": "input: [9, 9, 3]\n@: 1\n@: 2\nlayers: [relu: {a: 1, a: 2}]\n",
    "broken": "input: [9, 9, 3]\nlayers: [relu, @\n",
    "tag": "input: !x@ [9, 9, 3]\nlayers: [relu]\n",
    "layers": "input: [9, 9, 3]\nlayers: @\n",
    "let": "input: [9, 9, 3]\nlayers:\n  - repeat: {times: 2, let: {@: 3}, layers: [maxpool: 2]}\n",
    "misspelt": "input: [9, 9, 3]\nlayers:\n  - conv: {filtres: 3, name: @}\n  - maxpol: {name: @}\n",
}
# what a settings file may say
SETTINGS = {
    "key": "@ = 1\n",
    "value": "fail-on = @\n",
    "rule": "ignore = [@]\n",
    "pattern": 'exclude = [@, "../x@"]\n',
    "shown": "exclude = [@]\ninclude = [@, '*.yaml']\nper-file-ignores = {@ = ['likely-layout']}\n",
    "severity": "severity = {@ = 'error'}\n",
    "word": "severity = {even-kernel = @}\n",
    "limit": "limits = {@ = 3}\n",
    "limit value": "limits = {depth = @}\n",
    "list": "select = [{@ = @}, @]\n",
    "broken": "@ = [\n",
    "table": "[tool.@]\nx = 1\n",
}
# the commands that read a spec, which is in `net.yaml` or has a name of its own
READING = (
    *(("check", "SPEC", "--format", name) for name in FORMATS),
    ("check", "SPEC", "--depth", "9", "--color", "always"),
    ("check", ".", "--verbose"),
    ("check", "SPEC", "--top", "3", "--columns", "layer,input,output,how"),
    ("check", ".", "--statistics"),
    ("fix", "SPEC"),
    ("fix", "SPEC", "--diff"),
    ("fix", "SPEC", "--target", "3x3"),
    ("sizes", "SPEC"),
    ("sizes", "SPEC", "--json"),
    ("expand", "SPEC"),
    ("export", "pytorch", "SPEC"),
    ("export", "keras", "SPEC"),
    ("draw", "SPEC"),
    ("draw", "SPEC:1"),
    ("draw", "SPEC:2"),
    *(("compare", "SPEC", "mnist", "--all", "--format", name) for name in ("full", "json", "markdown")),
    ("explain", "SPEC"),
    ("explain", "SPEC:1"),
    ("explain", "SPEC:nothing"),
    ("explain", "SPEC:1", "--format", "json"),
    ("check", "SPEC", "--pin"),
    ("check", "SPEC", "--add-ignore"),
    ("check", "SPEC", "--fix"),
    ("fix", "SPEC", "--apply", "1"),
)
# what the prompt is told about a spec, and what it may be told itself, `@` being the text
SCRIPT = (
    "load SPEC; show",
    *("show yaml; edit 1", "explain 1", "explain x", "fix; fix 1", "sizes", "delete 1", "move 1 2", "undo"),
    *("save other.yaml", "input 9x9x1; conv 8 4; pool 2", "show", "quit"),
)
TYPED = (
    *(
        "@",
        "conv @",
        "conv 3 @",
        "conv filters=@",
        "- conv: {filters: @}",
        "nn.Conv2d(1, @)",
        "Dense(10, @=3)",
    ),
    *("- @: 3", "load @", "save @/x", "explain @", "help @", "edit @", "fix @", "show @", "rounding @"),
    *(
        "input @",
        "delete 1 @",
        "move 1 @",
        "relu name=@",
        "add from=@",
        "Lambda(@)",
        "conv 3 -> @",
        "input 9x9x1; @",
    ),
)
# wrong usage, `@` being the text
USAGE = (
    ("@",),
    ("check", "@.yaml"),
    ("check", "net.yaml", "--@"),
    ("check", "net.yaml", "--format", "@"),
    ("check", "net.yaml", "--set", "@=1"),
    ("check", "net.yaml", "--set", "w=@"),
    ("check", "net.yaml", "--input", "@"),
    ("check", "net.yaml", "--select", "@"),
    ("check", "net.yaml", "--ignore", "@"),
    ("check", "net.yaml", "--fail-on", "@"),
    ("check", "net.yaml", "--depth", "@"),
    ("check", "net.yaml", "--config", "@"),
    ("check", "net.yaml", "-o", "no/@"),
    ("check", "net.yaml", "--color", "@"),
    ("check", "net.yaml", "--columns", "@"),
    ("check", "net.yaml", "--sort", "@"),
    ("check", "net.yaml", "--jobs", "@"),
    ("check", "net.yaml", "--format", "json=no/@"),
    ("check", "net.yaml", "--format", "@=x", "--format", "csv=@"),
    ("fix", "net.yaml", "--keep", "@"),
    ("fix", "net.yaml", "--only", "@"),
    ("fix", "net.yaml", "--target", "@=3x3"),
    ("fix", "net.yaml", "--target", "@"),
    ("fix", "net.yaml", "--apply", "@"),
    ("sizes", "net.yaml", "--rounding", "@"),
    ("sizes", "@"),
    ("draw", "@"),
    ("draw", "net.yaml:@"),
    ("draw", "net.yaml", "-o", "@"),
    ("draw", "net.yaml", "-o", "no/@.svg"),
    ("compare", "@", "net.yaml"),
    ("compare", "net.yaml", "@:net.yaml"),
    ("compare", "net.yaml", "HEAD:@"),
    ("compare", "net.yaml", "--set", "@"),
    ("compare", "net.yaml", "--input", "@"),
    ("compare", "net.yaml", "mnist", "--fail-on-growth", "@"),
    ("compare", "net.yaml", "mnist", "--format", "@"),
    ("compare", "net.yaml", "mnist", "-o", "no/@"),
    ("explain", "@"),
    ("explain", "@:1"),
    ("explain", "net.yaml:@"),
    ("new", "@"),
    ("new", "mnist", "-o", "no/@"),
    ("export", "@", "net.yaml"),
    ("export", "keras", "@"),
    ("export", "keras", "net.yaml", "@"),
    ("expand", "@"),
    ("calc", "@", "pool 2"),
    ("calc", "28", "@"),
    ("calc", "28x28x1", "conv 8 4 @", "pool 2"),
    ("interactive", "@"),
    ("schema", "-o", "no/@"),
)

_OBEYED = re.compile(
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]|\r(?!\n)"
)
_COMMAND = re.compile(r"^\s*::|##[A-Za-z]*\[", re.MULTILINE)
_OURS = re.compile(r"^::(error|warning|notice) title=cnn-shapes [^\n]*$", re.MULTILINE)
_COLOR = re.compile(r"\x1b\[(0|1|2|35|1;3[1245])m")


def harm(result: Result, is_github: bool = False, is_colored: bool = False) -> str:
    """What in the output would be obeyed; empty where there is nothing."""
    out = _OURS.sub("", result.out) if is_github else result.out
    out = _COLOR.sub("", out) if is_colored else out
    for text in (out, result.err):
        for pattern in (_OBEYED, _COMMAND):
            if found := pattern.search(text):
                return f"{found[0]!r} in {text[max(found.start() - 60, 0) : found.end() + 20]!r}"
        if re.search(rf"^\s*{FORGED}", text, re.MULTILINE):
            return f"a line of its own in {text[:300]!r}"
    return "Traceback" if "Traceback" in result.err else ""


def quoted(text: str) -> str:
    """A text in double quotes, as YAML, TOML and JSON read it."""
    return json.dumps(text) if "\udc80" not in text else json.dumps(text.replace("\udc80", "\x1b"))


def specs(folder: Path, text: str) -> Iterator[str]:
    """What comes out of every command for specs that hold a text, each place by itself."""
    for place, template in SPECS.items():
        spec = template.replace("@", quoted(text))
        for arguments in READING:
            (folder / "net.yaml").write_text(spec, encoding="utf-8")
            yield from _harms(folder, arguments, "net.yaml", place)
        (folder / "net.yaml").write_text(spec, encoding="utf-8")
        yield from _scripted(folder, [line.replace("SPEC", "net.yaml") for line in SCRIPT], place)


def names(folder: Path, text: str) -> Iterator[str]:
    """The same for specs whose file has the text as its name."""
    name = f"{text[:100]}.yaml".replace("/", "_").replace("\0", "")
    for spec in ("value", "kind", "fine branch"):
        for arguments in READING:
            (folder / name).write_text(SPECS[spec].replace("@", "2"), encoding="utf-8")
            yield from _harms(folder, arguments, name, f"name, {spec}")
        yield from _scripted(folder, [line.replace("SPEC", f'"{name}"') for line in SCRIPT], "name")


def settings(folder: Path, text: str) -> Iterator[str]:
    (folder / "net.yaml").write_text(SPECS["value"].replace("@", "2"), encoding="utf-8")
    for file, head in (("cnn-shapes.toml", ""), ("pyproject.toml", "[tool.cnn-shapes]\n")):
        for place, template in SETTINGS.items():
            (folder / file).write_text(head + template.replace("@", quoted(text)), encoding="utf-8")
            for options in ((), ("--format", "github"), ("--show-settings",)):
                yield from _harms(folder, ("check", ".", *options), "net.yaml", f"{file}, {place}")
        (folder / file).unlink()


def usage(folder: Path, text: str) -> Iterator[str]:
    spec = "params: {w: 2}\n" + SPECS["value"].replace("@", "w")
    (folder / "net.yaml").write_text(spec, encoding="utf-8")
    text = text.replace("\0", "")  # which no argument can hold
    for arguments in USAGE:
        yield from _harms(folder, tuple(word.replace("@", text) for word in arguments), "net.yaml", "usage")


def typing(folder: Path, text: str) -> Iterator[str]:
    lines = [line.replace("@", text) for line in TYPED]
    yield from _scripted(folder, ["input 28x28x1", "relu", *lines], "typed")


WAYS = (specs, names, settings, usage, typing)
runs = 0


def _harms(folder: Path, arguments: tuple[str, ...], name: str, place: str) -> Iterator[str]:
    global runs
    runs += 1
    given = tuple(word.replace("SPEC", name) for word in arguments)
    found = harm(run(*given, folder=folder), "github" in arguments, "always" in arguments)
    if found:
        yield f"{place}: {given!r}: {found}"


def _scripted(folder: Path, lines: list[str], place: str) -> Iterator[str]:
    global runs
    runs += 1
    script = "\n".join([*lines, ""]).encode(errors="surrogateescape")
    if found := harm(run("interactive", "--keep-going", folder=folder, stdin=script)):
        yield f"{place}: interactive: {found}"


def drawn(rng: random.Random) -> str:
    """Some parts with some letters between."""
    words = (*PARTS, *PARTS, "a", "b c", "1", "x" * 40, "conv", ":", "#", "{", "%s", "{0}", "합", "-")
    return "".join(rng.choice(words) for _ in range(rng.randint(1, 8)))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    rng = random.Random(given.seed)
    end = time.monotonic() + given.seconds
    known: set[str] = set()
    texts = 0
    while time.monotonic() < end:
        text = drawn(rng)
        texts += 1
        for way in WAYS:
            with TemporaryDirectory() as folder:
                for found in way(Path(folder), text):
                    if (symptom := found.partition(": ")[0]) not in known:
                        known.add(symptom)
                        print(f"{text!r}\n  {found}", flush=True)
    print(f"{texts:,} texts, {runs:,} runs, {len(known)} kinds of harm")
    return 1 if known else 0


if __name__ == "__main__":
    sys.exit(main())
