"""What the fields of layers and structures mean, in Korean."""

TEXTS = {
    "what has a slope of its own": "자기 기울기를 가지는 단위",
    "an assertion: 1, or the channels of the input, a slope for each": (
        "확인용: 1, 또는 채널마다 기울기를 둘 때는 입력의 채널 수"
    ),
    "the axis along which the values sum to 1": "값의 합이 1이 되는 축",
    "heads, which attend apart, each with its part of the channels": (
        "채널을 나누어 가지고 따로 주의를 기울이는 head의 수"
    ),
    "channels of each head's query and key; equal parts where it is not given": (
        "head마다 query와 key의 채널 수; 쓰지 않으면 똑같이 나눕니다"
    ),
    "channels of each head's value; what remains where it is not given": (
        "head마다 value의 채널 수; 쓰지 않으면 나머지입니다"
    ),
    "channels that come out; the input's where it is not given": "나오는 채널 수; 쓰지 않으면 입력과 같습니다",
    "one learned constant per channel of each of the four": "네 레이어 각각에서 채널마다 학습하는 상수 하나",
    "channels of each head's query and key; the input's by the heads": (
        "head마다 query와 key의 채널 수; 쓰지 않으면 입력의 채널을 head로 나눈 수"
    ),
    "channels of each head's value; key_size where it is not given": (
        "head마다 value의 채널 수; 쓰지 않으면 key_size"
    ),
    "an assertion: the channels that the input must have": "확인용: 입력의 채널 수",
    "which of the two is turned over first": "먼저 전치할 쪽",
    "number of filters, and so of output channels": "필터의 수, 곧 출력 채널의 수",
    "size of the kernel": "커널 크기",
    "steps of the kernel": "스트라이드: 커널이 움직이는 간격",
    "zeros around the feature map": "패딩: 특성 맵 둘레에 두르는 0",
    "distance between the kernel's taps": "커널의 값 사이 간격",
    "groups of channels that are convolved apart": "따로 합성곱하는 채널 그룹의 수",
    "one learned constant per output channel": "출력 채널마다 학습하는 상수 하나",
    "a normalisation after this layer, as a layer of its own": "이 레이어 뒤에 따로 두는 정규화 레이어",
    "groups of channels of norm: group": "norm: group의 채널 그룹 수",
    "an activation after this layer (and its norm)": "이 레이어(와 그 norm) 뒤의 활성화 함수",
    "what happens when a size is not whole": "크기가 나누어떨어지지 않을 때 하는 일",
    "filters per input channel": "입력 채널마다 필터의 수",
    "depthwise filters per input channel": "입력 채널마다 depthwise 필터의 수",
    "what is taken away at the ends of the output": "출력의 양 끝에서 잘라 내는 양",
    "what is added at the end of the output": "출력의 끝에 더하는 양",
    "the shape that comes out, in the file's layout; that of the input": (
        "파일의 layout으로 쓴 출력 모양; 쓰지 않으면 입력과 같습니다"
    ),
    "learned parameters": "학습하는 파라미터의 수",
    "multiply-accumulates of one sample": "샘플 하나의 곱셈-덧셈 수",
    "what an output unit sees: the same as a unit that comes in, or the whole": (
        "출력 유닛 하나가 보는 범위: 입력 유닛과 같거나 전체"
    ),
    "number of units, and so of output features": "유닛의 수, 곧 출력 특성의 수",
    "one learned constant per unit": "유닛마다 학습하는 상수 하나",
    "an assertion: the features that the input must have": "확인용: 입력의 특성 수",
    "share of the samples for which it gives 0": "0을 내는 샘플의 비율",
    "share of the values that is dropped": "버리는 값의 비율",
    "how many different numbers come in, from 0 on": "0부터 세어 들어올 수 있는 숫자의 가짓수",
    "the length of each vector, and so the channels": "벡터의 길이, 곧 채널 수",
    "the axis along which they are put": "이어 붙이는 축",
    "names of equal parts, or a mapping from name to size, one of them -1 for the rest": (
        "똑같이 나눈 부분의 이름, 또는 이름에서 크기로 가는 매핑(나머지는 -1)"
    ),
    "the axis that is cut": "자르는 축",
    "a learned scale and shift per channel": "채널마다 학습하는 배율과 이동",
    "a learned factor per channel, where affine is true": "affine이 true일 때 채널마다 학습하는 배율",
    "a learned shift per channel, where affine is true": "affine이 true일 때 채널마다 학습하는 이동",
    "groups of channels that are normalised together": "함께 정규화하는 채널 그룹의 수",
    "a learned scale per channel": "채널마다 학습하는 배율",
    "size of the pool": "풀링 크기",
    "steps of the pool; the kernel_size where it is not given": (
        "풀링이 움직이는 간격; 쓰지 않으면 kernel_size와 같습니다"
    ),
    "rows and columns around the feature map that no pool counts": (
        "특성 맵 둘레에 두르되 풀링이 세지 않는 행과 열"
    ),
    "distance between the values that one pool compares": "풀링 하나가 비교하는 값 사이 간격",
    "keep the spatial axes with size 1: [1, 1, C] instead of [C]": (
        "크기 1인 공간 축을 남기기: [C] 대신 [1, 1, C]"
    ),
    "the size that comes out; null keeps an axis": "나오는 크기; null은 축을 그대로 둡니다",
    "a layer before it: its sizes come out, instead of output_size": (
        "앞에 있는 레이어: output_size 대신 그 크기가 나옵니다"
    ),
    "number of units, and so of channels of each direction": "유닛의 수, 곧 방향마다 채널의 수",
    "a second one reads from the end, and both outputs are concatenated": (
        "두 번째 것이 끝에서부터 읽고, 두 출력을 이어 붙입니다"
    ),
    "how many are stacked, each on the sequence of the one below": "쌓는 층의 수: 각 층은 아래층의 시퀀스를 읽습니다",
    "every step comes out, else the last one alone": "모든 단계를 내기; 아니면 마지막 단계만",
    "learned vectors that are added in each gate: 1, 2 as PyTorch has them, or 0": (
        "게이트마다 더하는 학습 벡터의 수: 1, PyTorch처럼 2, 또는 0"
    ),
    "what is taken": "계산할 값",
    "the axis that becomes 1, or a list of them": "1이 되는 축 또는 축의 목록",
    "the new sizes without the batch, in the file's layout": "파일의 layout으로 쓴, 배치를 뺀 새 크기",
    "the input's axes in their new order": "입력의 축을 새 순서로",
    "groups of channels that are mixed": "섞는 채널 그룹의 수",
    "factor, one number or one per axis": "배율: 수 하나 또는 축마다 하나",
    "the size that comes out, instead of scale": "scale 대신 나오는 크기",
    "a layer before it: its sizes come out, instead of scale": "앞에 있는 레이어: scale 대신 그 크기가 나옵니다",
    "how values in between are found": "사이의 값을 구하는 방법",
    "how many times larger each axis becomes": "축마다 커지는 배수",
    "how many times smaller each axis becomes": "축마다 작아지는 배수",
    "the pool that it undoes: what went into that comes out": "되돌릴 풀링: 거기에 들어간 크기가 나옵니다",
    "one number, one per axis, or begin/end pairs per axis": "수 하나, 축마다 하나, 또는 축마다 앞뒤 쌍",
    "a layer before it: its sizes come out, the odd pixel at the end": (
        "앞에 있는 레이어: 그 크기가 나오고, 남는 픽셀은 끝에 둡니다"
    ),
    "what is put there": "채우는 값",
    "a layer before it: its sizes come out, from the middle of the map": (
        "앞에 있는 레이어: 맵의 가운데에서 그 크기가 나옵니다"
    ),
    "with like: where what is left begins, instead of in the middle": (
        "like와 함께: 가운데 대신 남길 부분이 시작하는 자리"
    ),
    "what has a factor of its own": "자기 배율을 가지는 단위",
    "a learned constant beside each factor": "배율마다 함께 학습하는 상수",
    "the main way": "본길",
    "the way around; identity where it is not given": "돌아가는 길; 쓰지 않으면 identity",
    "an expression; false: no shortcut and no addition": "식; false면 지름길도 덧셈도 없습니다",
    "an activation after the addition": "덧셈 뒤의 활성화 함수",
    "a mapping from label to layers, or a list of lists; one may be left out: {{if: deep, layers: [...]}}": (
        "이름표에서 레이어로 가는 매핑, 또는 목록의 목록; 하나를 뺄 수도 있습니다: {{if: deep, layers: [...]}}"
    ),
    "concat, add or multiply": "concat, add 또는 multiply",
    "the branch": "가지",
    "what is repeated": "되풀이할 것",
    "how often": "되풀이하는 횟수",
    "concat: join the input and what every pass makes": "concat: 입력과 되풀이마다 나온 것을 모두 합치기",
    "names for several tensors that go from pass to pass, filled by from": (
        "되풀이마다 넘겨줄 여러 텐서의 이름으로, from이 채웁니다"
    ),
    "what a pass hands to the next one as its inputs, and the last one hands out": (
        "한 번 돌고 다음 번에 입력으로 넘기는 것, 마지막에는 밖으로 내는 것"
    ),
    "names for what comes out, in the order of outputs": "outputs의 순서대로, 나오는 것의 이름",
}
