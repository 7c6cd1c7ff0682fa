"""A look at the keys of a text's root, without a tree: cheap enough to tell specs among other YAML files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml

from cnn_shapes.source.reader import CParser
from cnn_shapes.source.text import Limits

_DEEPEST = Limits().depth


def has_keys(text: str, keys: Iterable[str]) -> bool | None:
    """Whether the root of a text is a mapping with these keys, or with `<<`, which may bring them in.

    None where its YAML breaks off before, or is nested more deeply than a spec may be.
    """
    missing = set(keys)
    parser: Any = None
    try:
        parser = yaml.Loader(text) if CParser is None else CParser(text)
        return _found(parser, missing)
    except (yaml.YAMLError, UnicodeEncodeError):
        return None


def _found(parser: Any, missing: set[str]) -> bool | None:
    depth = 0
    is_key = True  # of the root's keys and values, which come in turn
    while (event := parser.get_event()) is not None:
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
            is_key = is_key != (depth == 1)
        elif isinstance(event, yaml.CollectionStartEvent):
            if not depth and isinstance(event, yaml.SequenceStartEvent):
                return False
            depth += 1
            if depth > _DEEPEST:
                return None  # the parser's time grows with the square of the depth
        elif isinstance(event, yaml.NodeEvent):
            if not depth:
                return False  # a lone word
            if depth == 1:
                if is_key and isinstance(event, yaml.ScalarEvent):
                    missing.discard(event.value)
                    if not missing or event.value == "<<":
                        return True
                is_key = not is_key
        elif isinstance(event, yaml.DocumentEndEvent):
            return False
    return False
