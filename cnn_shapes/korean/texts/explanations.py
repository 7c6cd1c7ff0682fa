"""What frames an explanation of `explain`, in Korean."""

TEXTS = {
    # rules
    "errors of reading, always reported": "읽기 오류, 항상 알립니다",
    "errors of shape": "모양 오류",
    "design: what works out, and is likely not meant": "설계: 계산은 되지만 뜻한 것이 아닐 수 있습니다",
    "comments that silence findings": "찾은 것을 무시하는 주석",
    "`cnn-shapes explain RULE` says why, with a bad and a good spec": (
        "`cnn-shapes explain RULE`이 이유와 나쁜 예, 좋은 예를 보여 줍니다"
    ),
    "bad": "나쁜 예",
    "good": "좋은 예",
    "source": "출처",
    # kinds and fields
    "kinds: activations": "활성화 함수",
    "kinds: attention": "어텐션",
    "kinds: convolutions": "합성곱",
    "kinds: dense and plain": "완전 연결과 기본",
    "kinds: joins and splits": "합치기와 나누기",
    "kinds: normalisations": "정규화",
    "kinds: order": "순서",
    "kinds: pools": "풀링",
    "kinds: sequences": "시퀀스",
    "kinds: stated": "적어 둔 것",
    "kinds: structures": "구조",
    "fields": "필드",
    "shorthand: {kind}: ...  sets {field}": "줄여 쓰기: {kind}: ...  {field}에 값을 줍니다",
    "every layer also takes name, from, if and expect, one with weights also share": (
        "모든 레이어에 name, from, if, expect도 쓸 수 있고, 가중치가 있으면 share도 쓸 수 있습니다"
    ),
    "read as the same: {names}": "같은 것으로 읽는 이름: {names}",
    "example": "예",
    "`cnn-shapes explain KIND` lists its fields, with an example": (
        "`cnn-shapes explain KIND`가 필드와 예를 보여 줍니다"
    ),
    "takes: {values}": "값: {values}",
    "of: {kinds}": "쓰는 곳: {kinds}",
    "required": "필수",
    "default {value}": "기본값 {value}",
    # one layer
    "{count} layers": "레이어 {count}개",
    "explain {concept} draws it": "explain {concept:이} 그려서 보여 줍니다",
    "then, written on the same layer": "다음으로, 같은 레이어에 쓴 것",
    "{shape} from {name}": "{name}에서 {shape}",
    "{path}, line {line}": "{path}, {line}행",
    "windows along {axes}": "{axes} 방향의 윈도",
    "inputs that reach each output: {reach}": "출력마다 닿는 입력의 수: {reach}",
    "those of {name}, counted there": "{name}의 것으로, 거기에서 셉니다",
    "MACs (multiply-accumulates)": "MACs (곱셈-덧셈)",
    "{field} input pixels": "입력 픽셀 {field}",
    "{formula} = {first}: an output sees {field} input pixels": (
        "{formula} = {first}: 출력 하나가 입력 픽셀 {field:을} 봅니다"
    ),
    "{number:,} is {what} of {name}": "{number:,은} {name}의 {what}입니다",
    "a size of the output": "출력 크기",
    "the number of parameters": "파라미터 수",
    "the number of multiply-adds": "곱셈-덧셈 수",
    "multiply-adds": "곱셈-덧셈",
    "{count} more layers": "레이어 {count}개 더",
    "{number:,} is the sum of the {noun} of all layers:": "{number:,은} 모든 레이어의 {noun:을} 더한 것입니다:",
    "padding": "패딩",
    "stepped over by dilation": "dilation이 건너뛴 픽셀",
    "outside": "바깥",
    "{sign} is {meaning}": "{sign} = {meaning}",
    "{count} of padding left over": "패딩 {count}개가 남음",
    "1 pixel left over": "픽셀 1개가 남음",
    "{count} pixels left over": "픽셀 {count}개가 남음",
    "{pixels}, and {count} of padding": "{pixels}, 패딩 {count}개도",
    # concepts
    "`cnn-shapes explain NAME` draws it, as in cnn-shapes explain stride": (
        "`cnn-shapes explain NAME`이 그려서 보여 줍니다. 예: cnn-shapes explain stride"
    ),
}
