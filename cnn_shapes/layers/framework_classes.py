"""Every class of torch.nn, torchvision.ops and keras.layers by name, whether or not it is read here.

The names are in framework_classes.txt, a row a class, which `python -m tests.tools.make_framework_classes`
makes from the packages. They are read when a word is met that is nothing of ours.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from cnn_shapes.diagnostics import closest, spelling
from cnn_shapes.layers.class_answers import answers

_FILE = os.path.join(os.path.dirname(__file__), "framework_classes.txt")
_LONG = 6  # letters, with which a word that differs in one is not another word by chance
_spellings: set[str] = set()


def misspelt(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that a word was likely meant to be; for a framework's class, the class in other letters.

    `MaxUnpool2d` differs from `MaxPool2d` in two letters, and is no slip of the pen.
    """
    near = closest(word, candidates)
    if near is None or spelling(near) == spelling(word):
        return near
    # a capital begins a class or a block of the file: `Stem` is not a slip for `lstm`
    is_other = (word[:1].isupper() and near[:1].islower() and len(word) < _LONG) or is_class(word)
    return None if is_other else near


def is_class(word: str) -> bool:
    """Whether a framework has a class of this name, in whatever letters, or another library that is known."""
    if not _spellings:
        _spellings.update(map(spelling, (*classes(), *answers())))
    return spelling(word) in _spellings


def classes() -> list[str]:
    """The names of all classes, one that several frameworks have as often as they do."""
    with open(_FILE, encoding="utf-8") as file:
        return [row.split()[1] for row in file]
