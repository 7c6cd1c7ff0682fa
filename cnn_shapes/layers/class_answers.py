"""What to write in the place of a class that is not read: an answer for each that a framework has.

The answers are in class_answers.txt, a row a family: the classes, `|`, and the sentence, in which `{word}` is
the class and `{rank}` the number in its name. `Conv#d` stands for the classes of one, two and three axes. The
file is read when a word is met that is nothing of ours.
"""

from __future__ import annotations

import os
from functools import lru_cache

from cnn_shapes.diagnostics import spelling

_FILE = os.path.join(os.path.dirname(__file__), "class_answers.txt")
_RANKS = "123"


@lru_cache(maxsize=1)
def answers() -> dict[str, str]:
    """The answer of each class that is not read, as a template in which `{word}` is the class."""
    found: dict[str, str] = {}
    with open(_FILE, encoding="utf-8") as file:
        for row in file:
            names, _, sentence = row.strip().partition(" | ")
            if not sentence or row.startswith("#"):
                continue
            for name in names.split():
                for rank in _RANKS if "#" in name else [""]:
                    said = sentence.replace("{rank}", rank)
                    braces = said.replace("{", "{{").replace("}", "}}")
                    found[name.replace("#", rank)] = braces.replace("{{word}}", "{word}")
    return found


def answer(word: str) -> str:
    """What to say of a class that is not read, in one sentence; empty for another word."""
    return answers().get(word, "").format(word=word)


def answer_in_other_letters(word: str) -> str:
    """The answer of the class that is spelled so but for its capitals; empty for another word."""
    known = {spelling(name): name for name in answers()}
    return answer(known.get(spelling(word), ""))
