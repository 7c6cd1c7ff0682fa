"""Particles follow the sound in which a word ends when it is read aloud in Korean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_shapes.korean import said
from cnn_shapes.korean.particles import particle

NUMBERS = """
0은 1은 2는 3은 4는 5는 6은 7은 8은 9는 10은 11은 12는 13은 16은 20은 24는 25는 26은 28은 30은 32는 64는
90은 100은 110은 128은 200은 224는 256은 300은 384는 512는 1000은 1,000은 1,024는 2,048은 4,096은 4608은
10,000은 16,384는 100,000은 1,000,000은 10,000,000은 100,000,000은 1,000,000,000,000는
0.5는 2.5는 1.0은 12.50은 0.1은 -1은 -2는 12.5는 460.8k는 1.2M는 3.4G는 50%는 12 %는
12x12는 25x25는 28x28x1은 5x5x32는 7x7은 3x3은 1x1은 10x10은 (25)는 [1, 3]은 {filters: 8}은
0으로 1로 2로 3으로 4로 5로 6으로 7로 8로 9로 10으로 12로 13으로 17로 18로 20으로 100으로 1,024로 1000으로
12x12로 7x7로 8x8로 10x10으로 2.5로 -1로 50%로
1이 2가 3이 4가 6이 7이 8이 9가 10이 24가 26이 1,024가 100이
1을 2를 3을 5를 6을 7을 8을 10을 32를 64를 128을
1과 2와 3과 4와 6과 7과 8과 9와 10과 25와 26과
1이라 2라 3이라 7이라 9라
"""
WORDS = """
conv는 conv1은 conv2는 conv10은 pool은 maxpool은 avgpool은 maxpool1은 global_avgpool은 flatten은 dense는
relu는 gelu는 softmax는 sigmoid는 tanh는 batchnorm은 layernorm은 norm은 dropout은 upsample은 concat은 add는
multiply는 split은 reshape는 pad는 crop은 residual은 parallel은 repeat는 input은 output은 name은 padding은
stride는 dilation은 kernel_size는 filters는 units는 groups는 rounding은 floor는 exact는 half는 same은 valid는
axis는 mode는 scale은 factor는 branch는 block은 layers는 from은 expect는 bias는 channels는 heads는 cell은
height는 width는 length는 depth는 custom은 embedding은 lstm은 gru는 rnn은 identity는 share는 times는 collect는
net.yaml은 net.json은 MACs는 RF는 C는 L은 M은 N은 R은 X는 KiB는 MiB는 PyTorch는 Keras는 MaxPool2d는 Conv2d는
channels_last는 channels_first는 float32는 int8은 true는 false는 null은 none은 stage1.conv는 Basic은 Stem은
conv로 pool로 flatten으로 dense로 relu로 batchnorm으로 scale로 residual로 kernel_size로 padding으로 stride로
input으로 output으로 cell로 split으로 block으로 concat으로
conv가 pool이 padding이 stride가 name이 kernel_size를 padding을 pool과 conv와 flatten과 relu와
"""
HANGUL = """
필터는 패딩은 스트라이드는 특성 맵은 풀은 커널은 크기는 채널은 레이어는 파라미터는 행은 열은
필터로 패딩으로 커널로 풀로 맵으로 채널로 열로 행으로 길로 물로
필터가 패딩이 커널을 크기를 채널과 레이어와 합성곱1은 합성곱2는 25개의 행이
"""


def rows(text: str) -> list[tuple[str, str]]:
    """Each word that ends in a particle, and the particle."""
    found = []
    for row in text.strip().split("\n"):
        for word in row.replace("12 %", "12_%").replace("특성 맵", "특성_맵").split(" "):
            form = next(
                one for one in ("으로", "로", "이라", "라", *"은는이가을를과와") if word.endswith(one)
            )
            found.append((word.removesuffix(form), form))
    return found


LISTED = [*rows(NUMBERS.replace(", 3]", ",3]").replace(": 8}", ":8}").replace("25개의 행", "25개의_행"))]
LISTED += rows(WORDS) + rows(HANGUL.replace("25개의 행", "25개의_행"))
PAIRS = {
    "은": "은는",
    "는": "은는",
    "이": "이가",
    "가": "이가",
    "을": "을를",
    "를": "을를",
    "과": "과와",
    "와": "과와",
    "으로": ("으로", "로"),
    "로": ("으로", "로"),
    "이라": ("이라", "라"),
    "라": ("이라", "라"),
}


@pytest.mark.parametrize(("word", "form"), LISTED)
def test_the_particle_after(word: str, form: str) -> None:
    assert {particle(word, either) for either in PAIRS[form]} == {form}


@given(st.integers(min_value=0, max_value=10**15))
def test_a_number_is_read_as_its_last_syllable(number: int) -> None:
    read = reading(number)
    for form in ("은", "이", "을", "과", "으로"):
        assert particle(str(number), form) == particle(read, form) == particle(f"{number:,}", form)


def reading(number: int) -> str:
    """A number in Hangul: 26 is 이십육."""
    text, groups = "", ("", "만", "억", "조")
    for place, group in enumerate(groups):
        part = number // 10 ** (4 * place) % 10_000
        digits = "".join(
            "영일이삼사오육칠팔구"[part // 10**power % 10] + ("", "십", "백", "천")[power]
            for power in (3, 2, 1, 0)
            if part // 10**power % 10
        )
        text = (digits + group if part else "") + text
    return text or "영"


@pytest.mark.parametrize(
    ("template", "facts", "expected"),
    [
        ("{size:은}", {"size": 24}, "24는"),
        ("{size:은}", {"size": 26}, "26은"),
        ("{size:으로}", {"size": 7}, "7로"),
        ("{count:,은}", {"count": 1024}, "1,024는"),
        ("{seconds:.1f}초", {"seconds": 0.25}, "0.2초"),
        ("`{name}`", {"name": "conv"}, "`conv`"),
        ("{name:을}", {"name": "`conv1`"}, "`conv1`을"),
        ("{{{name}}}", {"name": "a"}, "{a}"),
    ],
)
def test_a_template_names_its_particles(template: str, facts: dict[str, object], expected: str) -> None:
    assert said(template, facts) == expected
