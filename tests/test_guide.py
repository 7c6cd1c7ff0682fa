"""What the guide to the language says is true: its examples are checked, its tables made of the declarations.

A block is a whole spec, or (`yaml layers input=[8, 8, 3]`) the layers of one; it is clean, or
(`yaml error=NAME`) has that error and no other. `<!-- output of: COMMAND -->` is before what that prints.
"""

import re
import shlex
import textwrap

import pytest

from cnn_shapes.layers import KINDS
from cnn_shapes.layers.structure import STRUCTURES
from tests.golden import ROOT, run
from tests.guide_tables import TABLES
from tests.specs import check

GUIDE = ROOT / "specs" / "README.md"
TEXT = GUIDE.read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(yaml.*)\n((?:.*\n)*?)```$", TEXT, re.M)
TABLE = re.compile(r"<!-- table: (\w+) -->\n(.*?)<!-- end -->\n", re.S)


@pytest.mark.parametrize(("info", "text"), BLOCKS)
def test_example(info: str, text: str) -> None:
    layers = re.fullmatch(r"yaml layers input=(\[.*\])", info)
    error = re.fullmatch(r"yaml error=([\w-]+)", info)
    assert layers or error or info == "yaml"
    if layers:
        text = f"input: {layers[1]}\nlayers:\n{textwrap.indent(text, '  ')}"
    found = [
        f"{found.rule}: {found.message()}" for found in check(text).diagnostics if found.severity != "info"
    ]
    if error:
        assert [name.partition(":")[0] for name in found] == [error[1]]
    else:
        assert found == []


OUTPUT = re.compile(r"^<!-- output of: ([^\n]+) -->\n```\n(.*?)^```$", re.S | re.M)


@pytest.mark.parametrize("command", [command for command, _ in OUTPUT.findall(TEXT)])
def test_output_is_real(command: str, update: bool) -> None:
    shown = dict(OUTPUT.findall(TEXT))[command]
    made = run(*shlex.split(command)[1:]).out
    if update and shown != made:
        text = GUIDE.read_text(encoding="utf-8")
        GUIDE.write_text(text.replace(f"{command} -->\n```\n{shown}", f"{command} -->\n```\n{made}"), "utf-8")
    else:
        assert shown == made


def test_every_fence_is_meant() -> None:
    """No example is passed over because of how it is fenced."""
    assert len(re.findall(r"^ *```\S", TEXT, re.M)) == len(BLOCKS) > 25


@pytest.mark.parametrize("name", TABLES)
def test_table(name: str, update: bool) -> None:
    tables = dict(TABLE.findall(TEXT))
    made = f"\n{TABLES[name]()}\n"
    if update and tables[name] != made:
        text = GUIDE.read_text(encoding="utf-8")
        text = TABLE.sub(
            lambda found: (
                f"<!-- table: {found[1]} -->\n{made}<!-- end -->\n" if found[1] == name else found[0]
            ),
            text,
        )
        GUIDE.write_text(text, encoding="utf-8")
    else:
        assert tables[name] == made


@pytest.mark.parametrize("kind", [*STRUCTURES, *KINDS])
def test_every_kind_is_mentioned(kind: str) -> None:
    assert f"`{kind}`" in GUIDE.read_text(encoding="utf-8")  # `--update` may just have written its table


@pytest.mark.parametrize(
    "field",
    sorted({name for structure in STRUCTURES.values() for name in (*structure.lists, *structure.values)}),
)
def test_every_field_of_a_structure_is_mentioned(field: str) -> None:
    assert re.search(rf"\b{field}\b", TEXT.partition("| structure |")[2].partition("\n\n")[0])


def test_the_contents_lead_somewhere() -> None:
    headings = {
        re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^## (.*)$", TEXT, re.M)
    }
    links = re.findall(r"\]\(#([^)]*)\)", TEXT)
    assert len(links) > 15
    assert set(links) <= headings
