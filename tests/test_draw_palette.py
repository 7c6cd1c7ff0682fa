"""What is written can be read, in light and in dark: WCAG's contrast of words on what is below them."""

import pytest

from cnn_shapes.draw.kit.palette import COLOURS, FAMILIES, STYLES

_ENOUGH = 4.5  # WCAG 2.2, 1.4.3
# on the paper, and on what is filled with another colour
WORDS = ["ink", "faint", "red", "kernel", "stride", "padding", "result"]
ON_OTHERS = [("red", "red-paper"), ("faint", "red-paper"), ("ink", "green-paper"), ("green", "green-paper")]
PAIRS = [*((word, "paper") for word in WORDS), *ON_OTHERS]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("word", "below"), PAIRS)
def test_words_stand_out(word: str, below: str, theme: int) -> None:
    assert contrast(COLOURS[word][theme], COLOURS[below][theme]) >= _ENOUGH


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("words", ["k", "k2", "red-on-box"])
def test_words_stand_out_on_boxes(words: str, family: str) -> None:
    """Boxes, and what is written on them, look the same in the dark."""
    assert contrast(STYLES[words]["fill"], FAMILIES[family][1]) >= _ENOUGH


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Of `#rrggbb`, as WCAG computes it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("one", "other", "expected"), [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48)]
)
def test_the_contrast_is_that_of_wcag(one: str, other: str, expected: float) -> None:
    """21:1 is the most; that of #777 on white is known to miss 4.5."""
    assert contrast(one, other) == pytest.approx(expected, abs=0.01)
