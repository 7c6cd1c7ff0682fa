"""From a failed layer to its cause, comments that silence, and what a whole file has wrong, in Korean."""

_CHANGES = {
    "{all_after} of {all_before}": "{all_before:을} {all_after:으로}",
    "{axis} {after} of {before}": "{axis} {before:을} {after:으로}",
    "{after} of {axis} {before}": "{axis} {before:을} {after:으로}",
}

TEXTS = {
    "the sizes on the way": "거쳐 온 크기",
    "the sizes on the way to {name}": "{name}까지 거쳐 온 크기",
    "{size} (line {line}, {name})": "{size} ({line}행, {name})",
    "{size} ({begin})": "{size} ({begin})",
    "line {line}, as expected": "{line}행, 예상대로",
    "pass {number} of a repeat": "repeat의 {number}번째",
    "the input": "입력",
    # joins
    "{culprit} keeps {all_before}, the other ways have stride {stride}": (
        "{culprit:은} {all_before:을} 유지하는데, 다른 길에는 stride {stride:이} 있습니다"
    ),
    "{culprit} makes {all_after} of {all_before}, the other ways have stride {stride}": (
        "{culprit:은} {all_before:을} {all_after:으로} 만드는데, 다른 길에는 stride {stride:이} 있습니다"
    ),
    "{axis} 1 cannot get smaller, so that {culprit} with its stride {stride} keeps it": (
        "{axis} 1은 더 작아질 수 없어서, stride {stride}인 {culprit:이} 그대로 둡니다"
    ),
    "{more} more layers {does} it": "다른 레이어 {more}개도 {does}",
    "one more layer {does}s it": "다른 레이어 하나도 {does}",
    "enlarge": "크게 합니다",
    "shrink": "작게 합니다",
    "where {all_wanted} is needed": "필요한 것은 {all_wanted}입니다",
    "the other way keeps it": "다른 길은 그대로 둡니다",
    "the other ways keep it": "다른 길들은 그대로 둡니다",
    "the other way has no such stride": "다른 길에는 그런 stride가 없습니다",
    "the other ways have no such stride": "다른 길들에는 그런 stride가 없습니다",
    "so that this way is {scale} times smaller and the other way {goal}": (
        "그래서 이 길은 {scale}배, 다른 길은 {goal}배 작아집니다"
    ),
    "so that this way is {scale} times smaller and the other ways {goal}": (
        "그래서 이 길은 {scale}배, 다른 길들은 {goal}배 작아집니다"
    ),
    "it, or the line that had it, may be missing there": "거기에 stride나 그것이 있던 행이 빠진 것 같습니다",
    "{culprit} makes {channels} channels, the other input has {others}": (
        "{culprit:은} 채널 {channels}개를 만드는데, 다른 입력은 {others}개입니다"
    ),
    "it would be right, were the {size} of {culprit} halved to {needed}": (
        "{culprit}의 {size:을} 반인 {needed:으로} 줄이면 맞습니다"
    ),
    "{culprit} keeps {size}": "{culprit:은} {size:을} 유지합니다",
    "{culprit} makes {size} of {before}": "{culprit:은} {before:을} {size:으로} 만듭니다",
    "where {needed} is needed": "필요한 것은 {needed}입니다",
    "{channels} is {product}": "{channels:은} {product}입니다",
    "{stated} would be a map of {map}": "{stated:이라면} {map} 맵입니다",
    "{stated} is the {axis} of the input: say layout: {other} if its channels are meant": (
        "{stated:은} 입력의 {axis}입니다: 채널을 뜻했다면 layout: {other:을} 쓰세요"
    ),
    # labels
    "{name} gives {shape}": "{name}의 출력은 {shape}",
    "gives {shape}": "출력은 {shape}",
    "gives {formula}, here rounded down to {shape}": "{formula}, 여기서는 버림하여 {shape}",
    "gives {formula}": "{formula}",
    "{field} of every {kind}, from the defaults": "모든 {kind}의 {field}, 기본값에서",
    "the defaults of {kind} give no padding, so that it is 0": ("{kind} 기본값에 padding이 없어서 0입니다"),
    "{name} is {value}": "{name:은} {value}입니다",
    "{name} is {value} here": "여기서 {name:은} {value}입니다",
    "{name} is {value} in this call": "이 호출에서 {name:은} {value}입니다",
    "{name} is {value} where a call does not say it": "호출에서 말하지 않으면 {name:은} {value}입니다",
    "{found} channels come in": "채널 {found}개가 들어옵니다",
    # names that are spelled wrongly
    "nothing calls {near}": "{near:을} 부르는 곳이 없습니다",
    "nothing reads {near}": "{near:을} 읽는 곳이 없습니다",
    "nothing uses {near}": "{near:을} 쓰는 곳이 없습니다",
    "and nothing calls {near} (line {line})": "{near}({line}행)을 부르는 곳이 없습니다",
    "and nothing reads {near} (line {line})": "{near}({line}행)을 읽는 곳이 없습니다",
    "and nothing uses {near} (line {line})": "{near}({line}행)을 쓰는 곳이 없습니다",
    "one of the two is misspelt": "둘 중 하나의 철자가 틀렸습니다",
    "did you mean {name} there, which is used {count} times?": (
        "거기에 {count}번 쓰인 {name:을} 쓰려고 했나요?"
    ),
    "did you mean {near}?": "{near:을} 쓰려고 했나요?",
    # the verdict
    "the first of {count} layers that differ from their expect": (
        "expect와 다른 레이어 {count}개 중 첫 번째입니다"
    ),
    "what fails after it is not judged before this is mended": (
        "그 뒤의 실패는 이것을 고친 다음에 판정합니다"
    ),
    "what fails after it, on line {lines}, is not judged before this is mended": (
        "그 뒤 {lines}행의 실패는 이것을 고친 다음에 판정합니다"
    ),
    "what fails after it, on lines {lines}, is not judged before this is mended": (
        "그 뒤 {lines}행의 실패는 이것을 고친 다음에 판정합니다"
    ),
    "{lines} and others": "{lines} 등",
    "PyTorch and Keras round such sizes down: rounding: floor says so for the whole file": (
        "PyTorch와 Keras는 이런 크기를 버림합니다: 파일 전체에 rounding: floor를 쓰면 그렇게 합니다"
    ),
    "{count} sizes are not whole, none loses a pixel: the first is {formula}": (
        "나누어떨어지지 않는 크기가 {count}개 있지만 잃는 픽셀은 없습니다: 첫 번째는 {formula}"
    ),
    "give the input its axes, or put reshape before it": "입력에 축을 쓰거나, 앞에 reshape를 넣으세요",
    "put it before {maker}, or give that keepdims: true": (
        "{maker} 앞에 놓거나, {maker}에 keepdims: true를 쓰세요"
    ),
    "put it before {maker}, or put reshape before it": "{maker} 앞에 놓거나, 앞에 reshape를 넣으세요",
    "put it before {maker}": "{maker} 앞에 놓으세요",
    # a whole file
    "it is used {count} times and declared nowhere: on {where} too": (
        "{count}번 쓰이지만 선언된 곳이 없습니다: {where}에도 있습니다"
    ),
    "declare it under params": "params에 선언하세요",
    "cannot open {path}: {reason}": "{path:을} 열 수 없습니다: {reason}",
    "cannot write {path}: {reason}": "{path:을} 쓸 수 없습니다: {reason}",
    "internal fault, please report it with {path}: {reason}": (
        "프로그램 내부의 잘못입니다, {path:과} 함께 알려 주세요: {reason}"
    ),
    # comments that silence
    "no {rules} is found {where}: the comment hides nothing": (
        "{where} {rules:이} 없습니다: 이 주석은 아무것도 숨기지 않습니다"
    ),
    "here": "여기에는",
    "in this file": "이 파일에는",
    "only names of rules go in the brackets: put {found} after them": (
        "대괄호 안에는 규칙 이름만 씁니다: {found:은} 그 뒤에 쓰세요"
    ),
    "put the reason after the rules": "이유를 규칙 뒤에 쓰기",
    "{rule} cannot be ignored: mend what it finds": "{rule:은} 무시할 수 없습니다: 찾은 것을 고치세요",
    "there is no rule {rule}": "{rule:이라는} 규칙이 없습니다",
    "`cnn-shapes explain rules` lists them": "`cnn-shapes explain rules`에 목록이 있습니다",
    "write the rules in brackets: {word}{listed}": "규칙을 대괄호 안에 쓰세요: {word}{listed}",
    "name the rules to ignore, as in {word}[pixels-dropped]: there is no form for all of them": (
        "무시할 규칙을 {word}[pixels-dropped]처럼 쓰세요: 모두 무시하는 방법은 없습니다"
    ),
    "expected ignore[...] or ignore-file[...] with names of rules, found {found}": (
        "규칙 이름을 쓴 ignore[...]나 ignore-file[...]이 와야 하는데, {found:이} 있습니다"
    ),
    "remove {names}": "{names} 지우기",
    "remove the comment": "주석 지우기",
}

for _change, _made in _CHANGES.items():
    TEXTS |= {
        f"{{culprit}} makes {_change}": f"{{culprit:은}} {_made} 만듭니다",
        f"{{culprit}} makes {_change}, which is not a multiple of its stride {{stride}}": (
            f"{{culprit:은}} {_made} 만드는데, stride {{stride}}의 배수가 아닙니다"
        ),
        f"{{culprit}} has stride {{stride}} and makes {_change}": (
            f"{{culprit:은}} stride {{stride:으로}} {_made} 만듭니다"
        ),
    }
for _count in range(2, 13):
    _ways = ", ".join(f"{{shape{place}}} (from {{name{place}}})" for place in range(_count - 1))
    _last = f"{{shape{_count - 1}}} (from {{name{_count - 1}}})"
    _inputs = ", ".join(f"{{name{place}}}의 {{shape{place}}}" for place in range(_count - 2))
    _pair = f"{{name{_count - 2}}}의 {{shape{_count - 2}:과}} {{name{_count - 1}}}의 {{shape{_count - 1}:을}}"
    TEXTS[f"cannot {{verb}} {_ways} and {_last}"] = (
        ", ".join(filter(None, [_inputs, _pair])) + " {verb} 수 없습니다"
    )
