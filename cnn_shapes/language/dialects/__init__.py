"""Networks that were not written in our language: a dialect turns such a text into a spec with its places.

A dialect is a module with `translate(source, overrides) -> TranslatedSource`: a spec in which every value
knows what says it in the original, so that all that is done with a spec is done with the original too.
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING

from cnn_shapes.source import LIMIT_EXCEEDED, Problem, Source, Span

if TYPE_CHECKING:
    from cnn_shapes.language.spec import Overrides
    from cnn_shapes.source.translated import TranslatedSource

__all__ = ["ENDINGS", "dialect_of", "is_binary", "translated"]

_LONGEST = 1_000_000  # characters: a file of 5,000 lines has an eighth of it
ENDINGS = {".cfg": "darknet", ".prototxt": "caffe"}  # of files that are of no other kind
BINARY = (".onnx",)  # of files that are not texts: a library reads them
# what is in a text that has the ending of a spec; which of its keys are there is cheap to see
_SIGNS: dict[str, tuple[str, ...]] = {"ultralytics": ("backbone", "head")}


def is_binary(path: str) -> bool:
    """Whether a file of this name is not a text, so that nobody edits it."""
    return path.lower().endswith(BINARY)


def dialect_of(path: str, text: str) -> str | None:
    """The name of the dialect that a text is written in; None where it is a spec, or anything else."""
    ending = path[path.rfind(".") :].lower() if "." in path else ""
    if ending in ENDINGS:
        return ENDINGS[ending]
    for name, keys in _SIGNS.items():
        if all(re.search(rf'^\s*[{{"]*{key}"?\s*:', text, re.MULTILINE) for key in keys):
            return name
    return None


def translated(source: Source, overrides: Overrides) -> TranslatedSource | None:
    """The spec that a text of another language is; None where the text is a spec itself, or nothing known."""
    if source.is_translated or source.is_derived:
        return None
    name = dialect_of(source.path, source.text)
    if name is None:
        return None
    from cnn_shapes.language.dialects.writing import TooLong, unreadable

    try:
        if len(source.text) > _LONGEST:
            raise TooLong("a text of more than {limit} characters, the limit", _LONGEST, Span(0, 0))
        found: TranslatedSource = import_module(f"{__name__}.{name}").translate(source, overrides)
    except TooLong as error:
        facts = {"limit": error.limit}
        begin = Source(source.path, source.text[: min(_LONGEST, error.place.end + 1_000)])  # what is shown
        return unreadable(begin, Problem(LIMIT_EXCEEDED, error.template, error.place, facts))
    return found
