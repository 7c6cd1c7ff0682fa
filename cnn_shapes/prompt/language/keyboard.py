"""What was typed with the wrong keyboard layout or full-width keys, read as it was meant."""

from __future__ import annotations


def _each(keys: str) -> tuple[str, ...]:
    return tuple(keys.split(" "))


# The keys of the two-set layout (2-beolsik, KS X 5002) that each letter is typed with. A syllable is at
# U+AC00 + (initial*21 + medial)*28 + final (The Unicode Standard, section 3.12).
_INITIALS = _each("r R s e E f a q Q t T d w W c z x v g")
_MEDIALS = _each("k o i O j p u P h hk ho hl y n nj np nl b m ml l")
_FINALS = _each(" r R rt s sw sg e f fr fa fq ft fx fv fg a q qt t T d w c z x v g")
# the letters outside of a syllable, U+3131 to U+3163, in the order of Unicode
_LETTERS = _each("r R rt s sw sg e E f fr fa fq ft fx fv fg a q Q qt t T d w W c z x v g") + _MEDIALS
_SYLLABLES, _LAST_SYLLABLE = 0xAC00, 0xD7A3
_ALONE = 0x3131
_FULL_WIDTH, _LAST_FULL_WIDTH, _FULL_WIDTH_SHIFT = 0xFF01, 0xFF5E, 0xFEE0
_IDEOGRAPHIC_SPACE = 0x3000


def narrow(text: str) -> str:
    """Full-width letters, digits and signs as the ASCII that they mean; as long as before."""
    if text.isascii():
        return text
    return "".join(map(_narrow, text))


def _narrow(character: str) -> str:
    code = ord(character)
    if _FULL_WIDTH <= code <= _LAST_FULL_WIDTH:
        return chr(code - _FULL_WIDTH_SHIFT)
    return " " if code == _IDEOGRAPHIC_SPACE else character


def keys_of(text: str) -> str:
    """Hangul as the Latin keys it was typed with, in lower case; the rest as it is.

    >>> keys_of("채ㅜㅍ")
    'conv'
    """
    if text.isascii():
        return text
    return "".join(map(_keys, text))


def _keys(character: str) -> str:
    code = ord(character)
    if _SYLLABLES <= code <= _LAST_SYLLABLE:
        rest, final = divmod(code - _SYLLABLES, len(_FINALS))
        initial, medial = divmod(rest, len(_MEDIALS))
        return (_INITIALS[initial] + _MEDIALS[medial] + _FINALS[final]).lower()
    if _ALONE <= code < _ALONE + len(_LETTERS):
        return _LETTERS[code - _ALONE].lower()
    return character


def has_hangul(text: str) -> bool:
    return keys_of(text) != text
