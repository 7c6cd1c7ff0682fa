"""What is said of a word in the place of a kind that is neither a layer, a structure nor a block."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cnn_shapes.diagnostics import Findings
from cnn_shapes.language.reading.wording import UNKNOWN_LAYER, rename
from cnn_shapes.layers import ALIASES, KINDS
from cnn_shapes.layers.class_answers import answer_in_other_letters, answers
from cnn_shapes.layers.framework_classes import misspelt
from cnn_shapes.layers.structure import STRUCTURES
from cnn_shapes.layers.synonyms import NO_LAYERS, synonym
from cnn_shapes.source import Scalar

_NUMBERED = r"([a-z_]*[a-z])_?\d+"  # `conv1`: a name in the place of a kind


def tell_unknown_kind(
    key: Scalar, alone: bool, blocks: Iterable[str], broken_blocks: Iterable[str], findings: Findings
) -> None:
    """Report a kind that is unknown, with what was meant or what to write; `alone`: nothing is under it.

    `blocks` are those of the file, `broken_blocks` those that could not be read, which is reported.
    """
    word = key.text
    if alone and word in NO_LAYERS:
        findings.tell(UNKNOWN_LAYER, NO_LAYERS[word], key.span)
        return
    if word in answers():
        findings.tell(UNKNOWN_LAYER, answers()[word], key.span, word=word)
        return
    first, _, rest = word.replace(":", " ").partition(" ")
    if rest.strip() and first in (*KINDS, *STRUCTURES, *ALIASES):
        findings.tell(
            UNKNOWN_LAYER,
            "unknown layer {word}: write a colon and a space after the layer kind, without quotes, "
            "as in {first}: {value}",
            key.span,
            word=word,
            first=first,
            value=rest.strip() if rest.strip().isalnum() else "{...}",
        )
        return
    numbered = re.compile(_NUMBERED).fullmatch(word)
    if numbered and numbered[1] in (*KINDS, *STRUCTURES):
        findings.suggest(
            UNKNOWN_LAYER,
            "unknown layer {word}: did you mean {near}, with name: {word}?",
            key.span,
            rename(key, numbered[1], safe=False),
            word=word,
            near=numbered[1],
        )
        return
    if findings.meant(word, broken_blocks) is not None or word in findings.excused:
        return  # the name of the block could not be read, which is reported
    meant = synonym(word)
    if meant in STRUCTURES and word[:1].isupper():
        meant = None  # a block that is not declared: those are written like this
    known = [*KINDS, *STRUCTURES, *ALIASES, *blocks]
    near = meant or (None if findings.crowded else misspelt(word, known))
    if near:
        findings.suggest(
            UNKNOWN_LAYER,
            "unknown layer {word}: did you mean {near}?",
            key.span,
            rename(key, near, safe=meant is None),
            word=word,
            near=near,
        )
    elif said := answer_in_other_letters(word):
        findings.tell(UNKNOWN_LAYER, "{answer}", key.span, answer=said)
    elif word[:1].isupper():
        findings.tell(
            UNKNOWN_LAYER,
            "{word} is neither a layer nor a block of this file: declare it under blocks",
            key.span,
            word=word,
        )
    else:
        findings.tell(
            UNKNOWN_LAYER,
            "unknown layer {word}: `cnn-shapes explain layers` lists the kinds",
            key.span,
            word=word,
        )
