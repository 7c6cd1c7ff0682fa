"""What a person who asks for Korean sees of a spec, and the English words that are left in it."""

import re
from functools import cache
from io import StringIO

from cnn_shapes import formats
from cnn_shapes.checking import check_source
from cnn_shapes.formats.parts.streams import Output
from cnn_shapes.formats.parts.terminal_text import DisplayOptions
from cnn_shapes.layers import KINDS
from cnn_shapes.layers.structure import STRUCTURES
from cnn_shapes.repair import advise
from cnn_shapes.rules import RULES
from cnn_shapes.source import Source
from cnn_shapes.words import KOREAN

_QUOTED = re.compile(r"^ *\d* \|.*$|^ *-->.*$|^\.\.\.$", re.MULTILINE)
_WORD = re.compile(r"(?<![A-Za-z_`.])[a-z]{3,}(?![A-Za-z_])|\b(?:is|of|to|in|on|no|an|by|or|as|at|it)\b")
# names of the language that are neither kinds nor fields, and of formulas
_NAMES = """
    activation axis bias blocks budget causal ceil channels_first channels_last cnn collect concat conditions
    defaults dtype else exact expect explain false first float from half identity inputs input into items
    json keepdims kind label layers layout len let limits loop macs name names none norm null output
    outputs params params_above parallel peak prev required residual rounding rules same shapes share shortcut
    times true valid version weights within yaml import ignore file fix main if not and or worked
"""


def shown(source: Source) -> str:
    """What `check` shows of a spec in Korean, on a pipe."""
    report = advise(check_source(source))
    text = StringIO()
    options = DisplayOptions(language=KOREAN)
    formats.show("full", [report], Output(text, options), options)
    return text.getvalue()


@cache
def names() -> frozenset[str]:
    """The words that stay English in every language: those that a spec has."""
    found = {*KINDS, *STRUCTURES, *_NAMES.split()}
    for layer in KINDS.values():
        found |= {*layer.fields, *layer.terms} if hasattr(layer, "terms") else {*layer.fields}
        for field in layer.fields.values():
            found |= {*field.aliases, *field.words}
        for classes in layer.class_names:
            found |= {*classes.names, *classes.arguments}
    found |= {*RULES}
    return frozenset(part for name in found for part in re.findall("[a-z]+", name))


def english_left(text: str, source: str) -> list[str]:
    """The English words in what is shown, but for names of the language and words of the user's."""
    own = {*re.findall("[a-z]+", source.lower())}
    said = "\n".join(_QUOTED.sub(_pointer, text).splitlines()[1:])
    said = re.sub(r"\[[\w-]+\]|`[^`]*`|\{[^{}]*\}", "", said)
    return [word for word in _WORD.findall(said) if word not in own and word not in names()]


def _pointer(line: re.Match[str]) -> str:
    """Of a line under the source its text, without carets; of a line of the source nothing."""
    found = re.match(r"^ *\|[ ^-]*(.*)$", line[0])
    return found[1] if found else ""
