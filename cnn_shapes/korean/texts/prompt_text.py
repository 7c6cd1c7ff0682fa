"""What the prompt and `calc` say of layers, networks and problems, in Korean."""

TEXTS = {
    "input {shape}: {axes}": "입력 {shape}: {axes}",
    "layer {index}: {text}": "레이어 {index}: {text}",
    "shape: {shapes}": "모양: {shapes}",
    "to": "에서",
    "size: {why}": "크기: {why}",
    "nothing yet: input 28x28x1 says what goes in": "아직 아무것도 없습니다: input 28x28x1로 입력을 정하세요",
    "input {shape}, no layers yet": "입력 {shape}, 아직 레이어가 없습니다",
    "the layers after it work: output {shape}": "그 뒤의 레이어는 모두 맞습니다: 출력 {shape}",
    "input: {shape}.": "입력: {shape}.",
    "in all: {parameters}, {macs:,} multiply-adds.": "모두: {parameters}, 곱셈-덧셈 {macs:,}번.",
    "output: {shape}": "출력: {shape}",
    "wrong": "틀림",
    "and {problems}": "그 밖에 {problems}",
    "fix lists what would mend it": "fix를 치면 고치는 방법이 나옵니다",
    "layer {number} {text}": "레이어 {number}: {text}",
    "layer {number}: ": "레이어 {number}: ",
    "line {number}: ": "{number}행: ",
    "{stated} = {batch}*{channels}: flatten keeps the batch apart, it is never part of a shape": (
        "{stated} = {batch}*{channels}: flatten은 배치를 따로 둡니다. 배치는 모양에 들어가지 않습니다"
    ),
    "same keeps a size at stride 1 only: otherwise it gives ceil(size/stride)": (
        "same은 stride 1에서만 크기를 유지합니다: 아니면 ceil(size/stride)가 됩니다"
    ),
    "a kernel of {extent} keeps the size with padding ({extent} - 1)/2 = {padding}": (
        "커널 {extent:은} padding ({extent} - 1)/2 = {padding:으로} 크기를 유지합니다"
    ),
    "with dilation {dilation} a kernel of {kernel} covers {dilation}*({kernel} - 1) + 1 = {extent}": (
        "dilation {dilation:이라면} 커널 {kernel:은} {dilation}*({kernel} - 1) + 1 = {extent:을} 덮습니다"
    ),
    "the stride is 1 here, so nothing is halved: the formula divides by the stride": (
        "여기서는 stride가 1이라서 반으로 줄지 않습니다: 식에서 stride로 나눕니다"
    ),
}
