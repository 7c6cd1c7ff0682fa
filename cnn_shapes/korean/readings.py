"""How a word ends when it is read aloud in Korean: in a vowel, in ㄹ, or in another consonant."""

from __future__ import annotations

import re

VOWEL, RIEUL, CONSONANT = "", "ㄹ", "ㄱ"

_FIRST, _LAST, _FINALS, _RIEUL = 0xAC00, 0xD7A3, 28, 8
_DIGITS = dict(zip("0123456789", "영일이삼사오육칠팔구", strict=True))
_SMALL = {1: "십", 2: "백", 3: "천"}
_LARGE = {4: "만", 8: "억", 12: "조", 0: "경"}
_SIGNS = {"%": "퍼센트", "?": "물음표", "~": "물결", "°": "도", "²": "제곱", "∞": "무한대"}
# the names of letters, of those that end in more than a vowel
_LETTERS = {"l": "엘", "m": "엠", "n": "엔", "r": "알"}
# what a rule by the last letters would read wrongly: words of the language, units, and words near them
_READINGS = {
    "api": "아이",
    "batchnorm": "놈",
    "bias": "스",
    "bytes": "트",
    "cat": "캣",
    "ceil": "실",
    "celu": "루",
    "channel": "널",
    "concat": "캣",
    "conv": "브",
    "crop": "롭",
    "csv": "브이",
    "dropout": "웃",
    "elu": "루",
    "epsilon": "론",
    "expect": "트",
    "exact": "트",
    "gelu": "루",
    "gemm": "젬",
    "gib": "트",
    "glu": "루",
    "groupnorm": "놈",
    "gru": "유",
    "input": "풋",
    "instancenorm": "놈",
    "json": "슨",
    "k": "로",
    "kib": "트",
    "layernorm": "놈",
    "lstm": "엠",
    "m": "엠",
    "macs": "스",
    "mib": "트",
    "norm": "놈",
    "onnx": "스",
    "out": "웃",
    "output": "풋",
    "px": "셀",
    "pytorch": "치",
    "relu": "루",
    "rgb": "비",
    "rms": "스",
    "rnn": "엔",
    "same": "임",
    "shape": "프",
    "silu": "루",
    "softmax": "스",
    "svg": "지",
    "tanh": "치",
    "tape": "프",
    "valid": "드",
    "yaml": "믈",
    "yml": "엘",
}
_SCALED = {"k": "로", "m": "가", "g": "가", "t": "라"}  # after a number: kilo, mega, giga, tera
# by the end of a word, the first that fits; what fits none of them ends in a vowel
_ENDINGS = (
    (r"[^aeiouy]le|[aeiouy]le|l|ll", RIEUL),
    (r"[mn]e|m|n|ng|mb", CONSONANT),
    (r"(?<![aeiou])[aeiouy][ptk]|ou[ptk]|[aeiou]ck?|oo[kp]|ype", CONSONANT),
)


def last_sound(text: str) -> str:
    """What the last syllable of a text ends in: VOWEL, RIEUL or CONSONANT."""
    text = text.rstrip(" \t\"'`)]}>.,:;!*_-…")
    if not text:
        return VOWEL
    last = text[-1]
    if "가" <= last <= "힣":
        return _of_syllable(last)
    if last in _SIGNS:
        return _of_syllable(_SIGNS[last][-1])
    number = re.search(r"(\d[\d,]*(?:\.\d+)?)([kMGT]?)$", text)
    if number is not None:
        return _of_number(*number.groups())
    word = re.search(r"[A-Za-z]+$", text)
    return _of_word(word[0]) if word is not None else VOWEL


def _of_syllable(syllable: str) -> str:
    final = (ord(syllable) - _FIRST) % _FINALS
    return VOWEL if not final else RIEUL if final == _RIEUL else CONSONANT


def _of_number(written: str, unit: str) -> str:
    """`1,024`, `2.5`, `100`: after the point digit by digit, before it with tens, hundreds, ten thousands."""
    if unit:
        return _of_syllable(_SCALED[unit.lower()])
    digits = written.replace(",", "")
    zeros = len(digits) - len(digits.rstrip("0"))
    if "." in digits or not zeros or zeros == len(digits):
        return _of_syllable(_DIGITS[digits[-1]])
    return _of_syllable(_SMALL.get(zeros % 4) or _LARGE[zeros % 16])


def _of_word(word: str) -> str:
    """A Latin word: by the table, letter by letter where it is one or an acronym, else by its end."""
    plain = re.split(r"(?<=[a-z])(?=[A-Z])", word)[-1]  # of MaxPool the last part
    lower = plain.lower()
    if lower in _READINGS and not (len(plain) == 1 and plain.isupper()):
        return _of_syllable(_READINGS[lower][-1])
    if len(plain) == 1 or (plain.isupper() and len(plain) <= 4):
        return _of_syllable(_LETTERS.get(lower[-1], "이"))
    for ending, sound in _ENDINGS:
        if re.search(f"(?:{ending})$", lower):
            return sound
    return VOWEL
