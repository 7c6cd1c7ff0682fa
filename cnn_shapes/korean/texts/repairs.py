"""Fixes, what follows from them, and clues to the slip, in Korean."""

_GOOD = "네트워크에 오류가 없습니다"
_GAPS = {"after line {line}": "{line}행 다음에", "before line {line}": "{line}행 앞에"}
_SIDES = {
    "between {start} (line {from}) and {end} (line {to})": "{start}({from}행)과 {end}({to}행) 사이에",
    "after {start} (line {from})": "{start}({from}행) 다음에",
    "before {start} (line {from})": "{start}({from}행) 앞에",
}
_WRONG = {
    "line {line}: the {kind} has {name} {own}": "{line}행: 이 {kind}의 {name:이} {own}입니다",
    "line {line}: the {kind} has an even {name} {own}": "{line}행: 이 {kind}의 {name:이} 짝수 {own}입니다",
    "line {line}: no other {kind} has {name} {own}": "{line}행: {name} {own}인 {kind:은} 여기뿐입니다",
}

TEXTS = {
    # titles
    "{what}{whose}{place}": "{place}{whose}{what}",
    " on line {line}": "{line}행에서 ",
    "on line {line}": "{line}행에서",
    " on lines {lines}": "{lines}행에서 ",
    "on lines {lines}": "{lines}행에서",
    " after line {line}": "{line}행 다음에 ",
    "after line {line}": "{line}행 다음에",
    " before line {line}": "{line}행 앞에 ",
    "before line {line}": "{line}행 앞에",
    " after line {line}, column {column}": "{line}행 {column}열 다음에 ",
    " before line {line}, column {column}": "{line}행 {column}열 앞에 ",
    "after line {line}, column {column}": "{line}행 {column}열 다음에",
    "before line {line}, column {column}": "{line}행 {column}열 앞에",
    " in the defaults of {kind}": "{kind} 기본값의 ",
    " of {name}": "{name}의 ",
    " for the whole file": "파일 전체에 ",
    " on both {kind} layers": "두 {kind} 레이어 모두 ",
    " on all {count} {kind} layers": "{kind} 레이어 {count}개 모두 ",
    " on all {count} upsample layers before a join": "합치기 앞의 upsample 레이어 {count}개 모두 ",
    "insert {text}": "{text} 넣기",
    "take out {text}": "{text} 빼기",
    "take out line {line}": "{line}행 빼기",
    "take out the {kind}": "{kind} 빼기",
    "swap lines {first} and {second}": "{first}행과 {second}행 바꾸기",
    "{new} instead of {old}": "{old} 대신 {new}",
    "{new} instead of {old} on line {line}": "{line}행에서 {old} 대신 {new}",
    "{title} on line {line}": "{line}행에서 {title}",
    "{title} and {others}": "{title}, 그리고 {others}",
    "{title}; spelling: {others}": "{title}; 철자: {others}",
    "lines {lines}": "{lines}행",
    "line {lines}": "{lines}행",
    "every number of a layer from {first} on one smaller: {where}": (
        "{first}번부터 모든 레이어 번호를 1씩 작게: {where}"
    ),
    "every number of a layer from {first} on one larger: {where}": (
        "{first}번부터 모든 레이어 번호를 1씩 크게: {where}"
    ),
    # outcomes
    "in {count} layers": "레이어 {count}개에서",
    "output {change}": "출력 {change}",
    "{name} becomes {shape}": "{name:은} {shape:이} 됩니다",
    "leaves {rule} on line {line}": "{line}행의 {rule:이} 남습니다",
    "leaves {missed}": "남는 것: {missed}",
    "{name} at {size}, not {wanted}": "{name:은} {wanted:이} 아니라 {size}",
    "{name} without a size, not {wanted}": "{name:은} {wanted:이} 아니라 크기 없음",
    "every layer is read": "모든 레이어가 쓰입니다",
    # notes about all of the file
    "no set of the changes that are tried makes the whole network valid": (
        "시도한 변경으로는 네트워크 전체를 올바르게 만들 수 없습니다"
    ),
    "no small set of changes was found that makes the whole network valid": (
        "네트워크 전체를 올바르게 만드는 작은 변경을 찾지 못했습니다"
    ),
    "fix searches longer": "fix 명령은 더 오래 찾습니다",
    "an input of {other} works": "입력 {other:은} 됩니다",
    "input {what} that work: {words}": "되는 입력 {what}: {words}",
    "sizes": "크기",
    "lengths": "길이",
    "heights": "높이",
    "widths": "너비",
    "depths": "깊이",
    "{first} to {last}": "{first}부터 {last}까지",
    "multiples of {step}": "{step}의 배수",
    "multiples of {step} from {first}": "{first} 이상인 {step}의 배수",
    "at least {first}": "{first} 이상",
    "rounding: floor on line {line} would give {size} and drop {lost}": (
        "{line}행에 rounding: floor를 쓰면 {size:이} 되고 {lost:을} 버립니다"
    ),
    "rounding: floor on line {line} would give {size}, and no pixel would be lost": (
        "{line}행에 rounding: floor를 쓰면 {size:이} 되고, 잃는 픽셀이 없습니다"
    ),
    "no symmetric padding of {kind} on line {line} can help: 2*P changes {size} by an even number": (
        "{line}행 {kind}의 패딩을 대칭으로 바꿔서는 고칠 수 없습니다: 2*P는 {size:을} 짝수만큼만 바꿉니다"
    ),
    "{text} fits here": "여기에는 {text:이} 맞습니다",
    # clues
    "the network has no error": _GOOD,
    "{block} declares {names} and uses neither of them": (
        "{block:은} {names:을} 선언하고 둘 다 쓰지 않습니다"
    ),
    "{block} declares {names} and uses none of them": ("{block:은} {names:을} 선언하고 하나도 쓰지 않습니다"),
    "a line that uses them seems to be missing": "이것들을 쓰는 행이 빠진 것 같습니다",
    "no layer of {block} has {name}: with {text} after line {line} the network has no error": (
        f"{{block}}에 {{name:을}} 쓰는 레이어가 없습니다: {{line}}행 다음에 {{text:을}} 넣으면 {_GOOD}"
    ),
    "after {name} (line {line}) one more may be missing: for example with {text} there the network has no error": (
        f"{{name}}({{line}}행) 다음에 하나가 더 빠진 것 같습니다: 예를 들어 거기에 {{text:을}} 넣으면 {_GOOD}"
    ),
    "a line may be missing after line {line}: with {text} there, like line {like}, the network has no error": (
        f"{{line}}행 다음에 한 행이 빠진 것 같습니다: {{like}}행처럼 {{text:을}} 넣으면 {_GOOD}"
    ),
    "with a second {text} after line {line} the network has no error": (
        f"{{line}}행 다음에 {{text:을}} 하나 더 넣으면 {_GOOD}"
    ),
    "line {line} repeats line {other}: without it the network has no error": (
        f"{{line}}행은 {{other}}행을 되풀이합니다: 그 행을 빼면 {_GOOD}"
    ),
    "lines {line} and {other} look swapped: the other way round the network has no error": (
        f"{{line}}행과 {{other}}행이 서로 바뀐 것 같습니다: 순서를 바꾸면 {_GOOD}"
    ),
    "a line seems to be missing after line {line}": "{line}행 다음에 한 행이 빠진 것 같습니다",
    "elsewhere {kind} comes between {before} and {after}, as on line {other}": (
        "다른 곳에서는 {other}행처럼 {before:과} {after} 사이에 {kind:이} 있습니다"
    ),
    "here with the name {name}": "여기서는 이름이 {name}입니다",
    "line {line}: the {kind} has no {name}; with {name}: {value} the network has no error": (
        f"{{line}}행: 이 {{kind}}에는 {{name:이}} 없습니다; {{name}}: {{value:을}} 쓰면 {_GOOD}"
    ),
    "line {line}: without stride: {value} the network has no error": (
        f"{{line}}행: stride: {{value:을}} 빼면 {_GOOD}"
    ),
    "line {line}: the {kind} has no padding; with padding: half the network has no error": (
        f"{{line}}행: 이 {{kind}}에는 패딩이 없습니다; padding: half를 쓰면 {_GOOD}"
    ),
    "no from reads {name} (line {line}), which would fit in place of {other} on line {reader}": (
        "{name}({line}행)을 읽는 from이 없습니다. {reader}행의 {other} 자리에 맞습니다"
    ),
    "with {names} in place of {other} on line {reader} the network has no error": (
        f"{{reader}}행에서 {{other}} 대신 {{names:을}} 쓰면 {_GOOD}"
    ),
    "the {kind} on line {line} has no from, as others have: with from: {names} there the network has no error": (
        f"{{line}}행의 {{kind}}에는 다른 것들과 달리 from이 없습니다: from: {{names:을}} 쓰면 {_GOOD}"
    ),
    "with {text} the network has no error": f"{{text:을}} 쓰면 {_GOOD}",
    "no from reads {name} (line {line}): with from: {name} in the {kind} on line {other} the network has no error": (
        f"{{name}}({{line}}행)을 읽는 from이 없습니다: {{other}}행의 {{kind}}에 from: {{name:을}} 쓰면 {_GOOD}"
    ),
    "the {kind} on line {line} has no name: with name: {name} there the network has no error": (
        f"{{line}}행의 {{kind}}에는 이름이 없습니다: 거기에 name: {{name:을}} 쓰면 {_GOOD}"
    ),
    "the {kind} on line {line} has no from, where all others have one": (
        "{line}행의 {kind}에만 from이 없습니다. 다른 것에는 모두 있습니다"
    ),
    "{kind} on line {line} takes {name} twice": "{line}행의 {kind:은} {name:을} 두 번 받습니다",
    "with {name}: {value}, as on line {line}, the network has no error": (
        f"{{line}}행처럼 {{name}}: {{value:을}} 쓰면 {_GOOD}"
    ),
    "with {name}: {value} the network has no error": f"{{name}}: {{value:을}} 쓰면 {_GOOD}",
    "with {name} in the params of {block} the network has no error": (
        f"{{block}}의 params에 {{name:을}} 넣으면 {_GOOD}"
    ),
    "the input is {sizes}: with {size} the network has no error": (
        f"입력이 {{sizes}}입니다: {{size:이라면}} {_GOOD}"
    ),
    "the defaults of {kind} on line {line} give no {name}: with {name}: {value} in them the network has no error": (
        f"{{line}}행의 {{kind}} 기본값에 {{name:이}} 없습니다: 거기에 {{name}}: {{value:을}} 쓰면 {_GOOD}"
    ),
    "line {line}: the defaults of {kind} have an even kernel_size {own}; with {value} the network has no error": (
        f"{{line}}행: {{kind}} 기본값의 kernel_size가 짝수 {{own}}입니다; {{value:이라면}} {_GOOD}"
    ),
    "and nothing reads {unread}": "{unread:을} 읽는 것이 없습니다",
    "with name: {name} the network has no error": f"name: {{name:을}} 쓰면 {_GOOD}",
}

for _gap, _where in _GAPS.items():
    TEXTS |= {
        f"{{block}} has no {{other}}: with {{text}} {_gap} the network has no error": (
            f"{{block}}에 {{other:이}} 없습니다: {_where} {{text:을}} 넣으면 {_GOOD}"
        ),
        f"a line may be missing {_gap}: with {{text}} there the network has no error": (
            f"{_where} 한 행이 빠진 것 같습니다: 거기에 {{text:을}} 넣으면 {_GOOD}"
        ),
        f"a line may be missing {_gap}: with {{text}} there, as on line {{like}}, the network has no error": (
            f"{_where} 한 행이 빠진 것 같습니다: {{like}}행처럼 {{text:을}} 넣으면 {_GOOD}"
        ),
        f"a split may be missing {_gap}: with {{text}} there the network has no error": (
            f"{_where} split이 빠진 것 같습니다: 거기에 {{text:을}} 넣으면 {_GOOD}"
        ),
        f"with {{text}} {_gap} the network has no error": f"{_where} {{text:을}} 넣으면 {_GOOD}",
        f"for example with {{text}} {_gap} the network has no error": (
            f"예를 들어 {_where} {{text:을}} 넣으면 {_GOOD}"
        ),
        f"no from reads {{name}} (line {{named}}): with {{text}} {_gap} the network has no error": (
            f"{{name}}({{named}}행)을 읽는 from이 없습니다: {_where} {{text:을}} 넣으면 {_GOOD}"
        ),
    }
for _side, _where in _SIDES.items():
    TEXTS |= {
        f"{{name}} would be {_side}: a line may be missing there": (
            f"{{name:은}} {_where} 있을 텐데, 거기에 한 행이 빠진 것 같습니다"
        ),
        f"the {{kind}} on line {{line}}, {_side}, has no name: with name: {{name}} the network has no error": (
            f"{_where} 있는 {{line}}행의 {{kind}}에는 이름이 없습니다: name: {{name:을}} 쓰면 {_GOOD}"
        ),
    }
for _start, _what in _WRONG.items():
    TEXTS |= {
        f"{_start}; with {{values}} the network has no error": f"{_what}; {{values:이라면}} {_GOOD}",
        f"{_start}; with {{values}}, as on line {{like}}, the network has no error": (
            f"{_what}; {{like}}행처럼 {{values:이라면}} {_GOOD}"
        ),
    }
