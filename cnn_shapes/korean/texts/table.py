"""The table of a network, its totals, and what frames a problem, in Korean."""

TEXTS = {
    # headers, in the order of the columns
    "": "",
    "#": "#",
    "layer": "레이어",
    "input": "입력",
    "output": "출력",
    "how": "계산",
    "params": "파라미터",
    "params%": "파라미터%",
    "MACs": "MACs",
    "MACs%": "MACs%",
    "memory": "메모리",
    "memory%": "메모리%",
    "RF": "수용 영역",
    # rows
    "not reached": "계산 못 함",
    "pass {label}": "반복 {label}",
    "branch {label}": "가지 {label}",
    "{layer}, weights of {name}": "{layer}, {name}의 가중치",
    "{layers}, {failed:,} of them wrong": "{layers}, 그중 {failed:,}개가 틀림",
    "and {rows}: a table has {most:,} at most": "그 밖에 {rows}: 표에는 {most:,}행까지만 보입니다",
    "{kept:,} of {layers}": "{layers} 중 {kept:,}개",
    "{kept:,} of {layers}, {part} of all {column}": "{layers} 중 {kept:,}개, 전체 {column}의 {part}",
    "folded: --depth {depth} shows more": "접혀 있습니다: --depth {depth}로 더 펼칩니다",
    "folded at depth {depth}: depth {wanted} has {count:,} rows, more than {most:,}": (
        "깊이 {depth}까지만 펼쳤습니다: 깊이 {wanted:은} {count:,}행으로, {most:,}행을 넘습니다"
    ),
    "no room for {columns}: a wider terminal shows more": (
        "{columns:을} 보일 자리가 없습니다: 터미널을 넓히면 보입니다"
    ),
    # totals
    "parameters": "파라미터",
    "activations": "활성값",
    "weights": "가중치",
    "training": "학습",
    "deployed peak": "배포 시 최대",
    "budget": "예산",
    "receptive field": "수용 영역",
    "{params:,}, and {fixed:,} not trained (running statistics)": (
        "{params:,}개, 그 밖에 학습하지 않는 {fixed:,}개 (이동 통계)"
    ),
    "{macs} multiply-adds of conv and dense layers, without biases": (
        "곱셈-덧셈 {macs}번, conv와 dense 레이어만, bias 제외"
    ),
    "{macs} multiply-adds without biases, norms and activations": (
        "곱셈-덧셈 {macs}번, bias, 정규화, 활성화 함수 제외"
    ),
    "{activations} for one sample in float32, at most {peak} alive at once": (
        "float32로 샘플 하나에 {activations}, 한 번에 필요한 양은 최대 {peak}"
    ),
    "one sample": "샘플 하나",
    "a batch of {batch:,}": "배치 {batch:,}개",
    "{size}": "{size}",
    "{size} in {dtype}": "{dtype}로 {size}",
    "{size} for {samples} in {dtype}": "{dtype}로 {samples}에 {size}",
    "{size} of these kept for the backward pass": "그중 역전파를 위해 남겨 두는 {size}",
    "{size} ({bytes:,} bytes)": "{size} ({bytes:,}바이트)",
    "{text}, most in {layer}": "{text}, 가장 큰 곳은 {layer}",
    "{text} alive at once, at {layer}": "한 번에 {text}, {layer}에서",
    "lower bounds: explain memory says what is counted": (
        "모두 최솟값입니다: 무엇을 세는지는 explain memory가 설명합니다"
    ),
    "{found:,} of 0": "0 중 {found:,}",
    "{figures} taken up": "{figures} 사용",
    "{figures} taken up, in {dtype}": "{dtype}로 {figures} 사용",
    "the whole input, at the last feature map": "마지막 특성 맵에서 입력 전체",
    "{field} pixel, a step of {jump}, at the last feature map": (
        "마지막 특성 맵에서 {field} 픽셀, 간격 {jump}"
    ),
    "{field} pixels, a step of {jump}, at the last feature map": (
        "마지막 특성 맵에서 {field} 픽셀, 간격 {jump}"
    ),
    "after a size that is not whole: computed with it rounded down": (
        "나누어떨어지지 않은 크기 뒤: 버림한 크기로 계산했습니다"
    ),
    "the totals leave out what is not known": "알 수 없는 값은 합계에서 뺐습니다",
    "the totals count what fails as the code declares it": ("합계는 실패한 레이어를 코드에 적힌 대로 셉니다"),
    "{layers} after a silenced error was not judged": (
        "무시하기로 한 오류 뒤에 있는 {layers:은} 판정하지 않았습니다"
    ),
    "{layers} after a silenced error were not judged": (
        "무시하기로 한 오류 뒤에 있는 {layers:은} 판정하지 않았습니다"
    ),
    "{join} joins units that look at different places": ("{join:은} 서로 다른 위치를 보는 유닛들을 합칩니다"),
    "{join} and {others} join units that look at different places": (
        "{join:과} {others:은} 서로 다른 위치를 보는 유닛들을 합칩니다"
    ),
    # what frames a problem
    "error": "오류",
    "warning": "경고",
    "info": "정보",
    "note": "참고",
    "fix": "해결",
    "fix {number}": "해결 {number}",
    "fix by hand": "직접 고치기",
    "{title} (or {others})": "{title} (또는 {others})",
    ", or ": ", 또는 ",
    "{problems} remains": "{problems:이} 남습니다",
    "{problems} remain": "{problems:이} 남습니다",
    "held back until the error is mended: {findings}": "오류를 고치면 보여 줍니다: {findings}",
    "held back until the errors are mended: {findings}": "오류들을 고치면 보여 줍니다: {findings}",
    "and {count:,} more": "그 밖에 {count:,}개 더",
    "{specs} checked": "{specs} 검사",
    "{count:,} with errors": "오류 있음 {count:,}개",
    "{count:,} with warnings": "경고 있음 {count:,}개",
    "{counted}, in {seconds:.1f} s": "{counted}, {seconds:.1f}초",
    "in {files}": "{files}에서",
    "and {count:,} more, beyond the limit of a file": "그 밖에 {count:,}개 더, 파일의 한도를 넘음",
    # lists and counts
    "{first} and {last}": "{first:과} {last}",
    "{first} or {last}": "{first} 또는 {last}",
    "{count:,} layers": "레이어 {count:,}개",
    "{count:,} files": "파일 {count:,}개",
    "{count:,} specs": "스펙 {count:,}개",
    "{count:,} problems": "문제 {count:,}개",
    "{count:,} findings": "문제 {count:,}개",
    "{count:,} errors": "오류 {count:,}개",
    "{count:,} warnings": "경고 {count:,}개",
    "{count:,} infos": "정보 {count:,}개",
    "{count:,} bytes": "{count:,}바이트",
    "{count:,} channels": "채널 {count:,}개",
    "{count:,} features": "특성 {count:,}개",
    "{count:,} parameters": "파라미터 {count:,}개",
    "{count:,} more rows": "{count:,}행 더",
    "{count:,} more problems": "문제 {count:,}개 더",
    "{count:,} other joins": "다른 합치기 {count:,}개",
    # what a window leaves over
    "{slices} is left over": "{slices:이} 남습니다",
    "{slices} are left over": "{slices:이} 남습니다",
    "one position": "한 자리",
    "one slice": "한 층",
    "one row": "한 행",
    "one column": "한 열",
    "1 position": "1자리",
    "1 slice": "1층",
    "1 row": "1행",
    "1 column": "1열",
    "{count} positions": "{count}자리",
    "{count} slices": "{count}층",
    "{count} rows": "{count}행",
    "{count} columns": "{count}열",
    # places
    "line {line}": "{line}행",
    "{line} ({arguments})": "{line} ({arguments})",
    "{count} more": "{count}곳 더",
    "in this call": "이 호출에서",
    "the same in the call on {where}": "{where}의 호출에서도 같습니다",
    "the same in the calls on {where}": "{where}의 호출들에서도 같습니다",
    "the same at one more layer that is built from this line": (
        "이 행에서 만들어지는 다른 레이어 하나도 같습니다"
    ),
    "the same at {copies} more layers that are built from this line": (
        "이 행에서 만들어지는 다른 레이어 {copies}개도 같습니다"
    ),
}
