"""Particles by the last sound of the word before them: 24는, 26은, 7로, 6으로."""

from __future__ import annotations

from cnn_shapes.korean.readings import RIEUL, VOWEL, last_sound

# after a consonant, after a vowel
_PAIRS = (
    ("은", "는"),
    ("이", "가"),
    ("을", "를"),
    ("과", "와"),
    ("으로", "로"),
    ("으로는", "로는"),
    ("으로도", "로도"),
    ("으로만", "로만"),
    ("이나", "나"),
    ("이라", "라"),
    ("이라면", "라면"),
    ("이라는", "라는"),
    ("이라고", "라고"),
    ("이라서", "라서"),
    ("이면", "면"),
    ("이며", "며"),
    ("이고", "고"),
    ("이지만", "지만"),
    ("이어야", "여야"),
    ("이었습니다", "였습니다"),
    ("이거나", "거나"),
    ("이든", "든"),
    ("이에요", "예요"),
)
_FORMS = {form: pair for pair in _PAIRS for form in pair}


def is_particle(form: str) -> bool:
    """Whether a form is one of a pair, and changes with the word before it."""
    return form in _FORMS


def particle(word: str, form: str) -> str:
    """The form of a particle that follows a word; either form of the pair names it."""
    after_consonant, after_vowel = _FORMS[form]
    sound = last_sound(word)
    if sound == VOWEL or (sound == RIEUL and after_consonant.startswith("으로")):
        return after_vowel
    return after_consonant
