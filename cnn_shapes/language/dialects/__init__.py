"""Networks that were not written in our language: a dialect turns such a text into a spec with its places.

A dialect is a module with `translate(source, overrides) -> TranslatedSource`: a spec in which every value
knows what says it in the original, so that all that is done with a spec is done with the original too.
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING

from cnn_shapes.source import LIMIT_EXCEEDED, Problem, Source, Span, read_file

if TYPE_CHECKING:
    from cnn_shapes.language.spec import Overrides
    from cnn_shapes.source.translated import TranslatedSource

__all__ = ["ENDINGS", "dialect_of", "is_binary", "is_graph", "read_network", "translated"]

_LONGEST = 1_000_000  # characters: a file of 5,000 lines has an eighth of it
ENDINGS = {".cfg": "darknet", ".prototxt": "caffe", ".keras": "keras_files"}  # of files of no other kind
GRAPHS = (".onnx",)  # of files that a library reads
BINARY = (".keras", *GRAPHS)  # of files that are not texts
# what is in a text that has the ending of a spec; which of its keys are there is cheap to see
_SIGNS: dict[str, tuple[str, ...]] = {"ultralytics": ("backbone", "head")}
# which are at the top of a Keras model, though one of them may be misspelt; no spec has any
_OF_KERAS = {
    *("class_name", "config", "module", "registered_name", "build_config", "compile_config"),
    *("keras_version", "backend"),
}
# an entry of such a text, which tells it where a key is misspelt: [-1, 1, Conv, [64, 3, 2]]
_ENTRY = re.compile(r"^\s*(?:\[|-)[ \t\[]*-1\]?, *\d+, *[\w.]+, *\[", re.MULTILINE)
_OF_SPECS = {"input", "layers", "blocks"}
_LONGEST_OF = {"keras_files": 4_000_000}  # which writes a thousand characters for each layer


def is_binary(path: str) -> bool:
    """Whether a file of this name is not a text, so that nobody edits it."""
    return path.lower().endswith(BINARY)


def is_graph(path: str) -> bool:
    """Whether a file of this name holds a graph, which a library reads: it has no text at all."""
    return path.lower().endswith(GRAPHS)


def read_network(path: str) -> bytes:
    """All bytes of a text that the user names; of an archive, the text that says its network.

    Raises OSError, and ValueError for a NUL in the name and for an archive that is none.
    """
    if not is_binary(path):
        return read_file(path)
    from cnn_shapes.language.dialects.keras_files.archive import model_text  # few files are such

    return model_text(path)


def dialect_of(path: str, text: str) -> str | None:
    """The name of the dialect that a text is written in; None where it is a spec, or anything else."""
    ending = path[path.rfind(".") :].lower() if "." in path else ""
    if ending in ENDINGS:
        return ENDINGS[ending]
    for name, keys in _SIGNS.items():
        words = [key for key in keys if re.search(rf'^(?:\s*\{{\s*)?"?{key}"?\s*:', text, re.MULTILINE)]
        if len(words) == len(keys) or _ENTRY.search(text) is not None:
            return name
    return "keras_files" if _is_of_keras(text) else None


def _is_of_keras(text: str) -> bool:
    """Whether a text is the JSON of a Keras model, by the keys at its top."""
    if text.lstrip()[:1] != "{" or not ('"class_name"' in text or '"modelTopology"' in text):
        return False
    from cnn_shapes.language.dialects.keras_files.json_text import keys_at_top  # no spec has such a key

    found: set[str] = set()
    for key in keys_at_top(text):
        found.add(key)
        if "modelTopology" in found or len(found & _OF_KERAS) > 1:
            return True
    return len(found) > 1 and bool(found & _OF_KERAS) and not found & _OF_SPECS


def translated(source: Source, overrides: Overrides) -> TranslatedSource | None:
    """The spec that a text of another language is; None where the text is a spec itself, or nothing known."""
    if source.is_translated or source.is_derived:
        return None
    name = dialect_of(source.path, source.text)
    if name is None:
        return None
    from cnn_shapes.language.dialects.writing import TooLong, unreadable

    try:
        longest = _LONGEST_OF.get(name, _LONGEST)
        if len(source.text) > longest:
            raise TooLong("a text of more than {limit} characters, the limit", longest, Span(0, 0))
        found: TranslatedSource = import_module(f"{__name__}.{name}").translate(source, overrides)
    except TooLong as error:
        facts = {"limit": error.limit}
        begin = Source(source.path, source.text[: min(_LONGEST, error.place.end + 1_000)])  # what is shown
        return unreadable(begin, Problem(LIMIT_EXCEEDED, error.template, error.place, facts))
    return found
