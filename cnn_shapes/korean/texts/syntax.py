"""What is wrong with a text as YAML, and with an expression in it, in Korean."""

TEXTS = {
    "`*{name}` refers to nothing: no `&{name}` is above it": (
        "`*{name}`이 가리키는 것이 없습니다: 위에 `&{name}`이 없습니다"
    ),
    "`*{name}` is inside of `&{name}`, so it would contain itself": (
        "`*{name}`이 `&{name}` 안에 있어서 자기 자신을 담게 됩니다"
    ),
    "more than {limit} values, the limit; an alias counts for all that it refers to": (
        "값이 한도인 {limit}개를 넘습니다; 별칭은 가리키는 것을 모두 셉니다"
    ),
    "a list of more than {limit} entries, the limit": "목록의 항목이 한도인 {limit}개를 넘습니다",
    "a spec is one document: remove `---` and all that follows": (
        "스펙은 문서 하나입니다: `---`와 그 뒤를 모두 지우세요"
    ),
    "a spec is one document: remove what begins here": "스펙은 문서 하나입니다: 여기서 시작하는 것을 지우세요",
    "a key must be a word, found {what}: put it in quotes": (
        "키는 낱말이어야 하는데 {what:이} 있습니다: 따옴표로 묶으세요"
    ),
    "a key must be a word, but `{key}` is {what}: put it in quotes": (
        "키는 낱말이어야 하는데 `{key}`: {what}입니다. 따옴표로 묶으세요"
    ),
    "`{key}` is already given on line {line}: remove one of the two": (
        "`{key:은}` {line}행에 이미 있습니다: 둘 중 하나를 지우세요"
    ),
    "`<<` takes a mapping or a list of mappings, found {found}": (
        "`<<`에는 매핑이나 매핑의 목록이 와야 하는데 {found:이} 있습니다"
    ),
    "this is not a text file": "텍스트 파일이 아닙니다",
    "the byte {byte} is not UTF-8: save the file as UTF-8": (
        "바이트 {byte:은} UTF-8이 아닙니다: 파일을 UTF-8로 저장하세요"
    ),
    "this file looks like {encoding}: save it as UTF-8": (
        "이 파일은 {encoding:으로} 보입니다: UTF-8로 저장하세요"
    ),
    "no space after the colon of `{found}`: write `{word}: {rest}`": (
        "`{found}`의 콜론 뒤에 빈칸이 없습니다: `{word}: {rest}`로 쓰세요"
    ),
    "no space after the colon": "콜론 뒤에 빈칸이 없습니다",
    "a space after the colon": "콜론 뒤에 빈칸",
    "no value after the colon": "콜론 뒤에 값이 없습니다",
    "no key before the colon": "콜론 앞에 키가 없습니다",
    "it": "이것",
    "the character {code} is not allowed in a spec: remove it": (
        "스펙에는 글자 {code:을} 쓸 수 없습니다: 지우세요"
    ),
    "nested deeper than {limit} levels, the limit": "한도인 {limit}단계보다 깊습니다",
    "this is not YAML: {problem}": "YAML이 아닙니다: {problem}",
    "a tab cannot indent in YAML: use spaces": "YAML에서는 탭으로 들여쓸 수 없습니다: 빈칸을 쓰세요",
    "`{escaped}` means nothing inside double quotes: use single quotes": (
        "큰따옴표 안에서 `{escaped:은}` 뜻이 없습니다: 작은따옴표를 쓰세요"
    ),
    "the bracket `{opener}` is never closed: add `{closer}`": (
        "괄호 `{opener}`이 닫히지 않았습니다: `{closer}`을 넣으세요"
    ),
    "found `{found}`, expected `,` or the `{closer}` for the `{opener}` on line {line}": (
        "`{found}`이 있는데, `,`나 {line}행의 `{opener}`을 닫는 `{closer}`이 와야 합니다"
    ),
    "`{found}` has no colon: write `key: value`": "`{found}`에 콜론이 없습니다: `key: value`로 쓰세요",
    "`{found}` has no colon: write `{found}:`": "`{found}`에 콜론이 없습니다: `{found}:`으로 쓰세요",
    "list": "목록",
    "mapping": "매핑",
    "this line is indented by {found}, which fits nothing above it: the {what} that began on line {line} is "
    "indented by {expected}": (
        "이 행은 {found}칸 들여썼는데, 위의 어느 것과도 맞지 않습니다: {line}행에서 시작한 {what:은} "
        "{expected}칸 들여썼습니다"
    ),
    "this line is indented by {found}, more than line {line} above it, whose value is complete: indent it by "
    "{expected}": (
        "이 행은 값이 이미 끝난 {line}행보다 더 많이, {found}칸 들여썼습니다: {expected}칸 들여쓰세요"
    ),
    "tags such as {tag} are not part of a spec: remove it": ("{tag} 같은 태그는 스펙에 없습니다: 지우세요"),
    "a second `: ` on one line: put the value in quotes, or on lines of its own": (
        "한 행에 `: `이 두 번 있습니다: 값을 따옴표로 묶거나 다음 행에 쓰세요"
    ),
    "a colon where no key ends: put the text in quotes": (
        "키가 끝나지 않은 곳에 콜론이 있습니다: 글을 따옴표로 묶으세요"
    ),
    "a value cannot begin with {found}: put it in quotes": (
        "값은 {found:으로} 시작할 수 없습니다: 따옴표로 묶으세요"
    ),
    "the quote {quote} is never closed": "따옴표 {quote}이 닫히지 않았습니다",
    "`{sign}` needs a name after it: put the value in quotes if no name is meant": (
        "`{sign}` 뒤에는 이름이 와야 합니다: 이름이 아니라면 값을 따옴표로 묶으세요"
    ),
    "found `{found}`, expected a value": "값이 와야 하는데 `{found}`이 있습니다",
    "found `{found}` after `|` or `>`: begin the text on the next line": (
        "`|`나 `>` 뒤에 `{found}`이 있습니다: 글을 다음 행에서 시작하세요"
    ),
    "a value cannot begin with `? `: put it in quotes": (
        "값은 `? `으로 시작할 수 없습니다: 따옴표로 묶으세요"
    ),
    "a list cannot begin on the line of its key: put `- ` on a line of its own, or write `[...]`": (
        "목록은 키와 같은 행에서 시작할 수 없습니다: `- `을 다음 행에 쓰거나 `[...]`로 쓰세요"
    ),
    "found `{found}` after the end of a value: put the whole value in quotes": (
        "값이 끝난 뒤에 `{found}`이 있습니다: 값 전체를 따옴표로 묶으세요"
    ),
    "expected `- ` as on line {line}: this line is among list items": (
        "{line}행처럼 `- `이 와야 합니다: 이 행은 목록의 항목들 사이에 있습니다"
    ),
    "a list item among the keys from line {line}: indent it like the other items": (
        "{line}행부터 시작하는 키들 사이에 목록의 항목이 있습니다: 다른 항목처럼 들여쓰세요"
    ),
    "expected `key: value` as on line {line}": "{line}행처럼 `key: value`가 와야 합니다",
    "a line cannot begin with %: put it in quotes": "행은 %로 시작할 수 없습니다: 따옴표로 묶으세요",
    "in braces YAML takes `[` for a list: write {found} in quotes": (
        "중괄호 안에서 YAML은 `[`를 목록으로 읽습니다: {found:을} 따옴표로 묶으세요"
    ),
    # expressions
    "{name} is not known": "{name:을} 알 수 없습니다",
    "{name} is the {axis} that comes in, and a map with {rank} spatial {axes} has none: it has {others}": (
        "{name:은} 들어오는 {axis}인데, 공간 축이 {rank}개인 맵에는 없습니다: {others:은} 있습니다"
    ),
    "{name} is the {axis} that comes in, and a vector has none: c_in is the number of its features": (
        "{name:은} 들어오는 {axis}인데, 벡터에는 없습니다: c_in이 특성의 수입니다"
    ),
    "number of channels": "채널 수",
    "{name} is not a list: it has no elements": "{name:은} 목록이 아닙니다: 원소가 없습니다",
    "the index of {name} must be a whole number from 0, found {found}": (
        "{name}의 인덱스는 0 이상의 정수여야 하는데 {found}입니다"
    ),
    "{name} has {count} element, counted from 0: there is no {index}": (
        "{name}의 원소는 0부터 세어 {count}개입니다: {index:은} 없습니다"
    ),
    "{name} has {count} elements, counted from 0: there is no {index}": (
        "{name}의 원소는 0부터 세어 {count}개입니다: {index:은} 없습니다"
    ),
    "{base} to the power {exponent} is not a real number": "{base}의 {exponent}제곱은 실수가 아닙니다",
    "{function} needs a list, and {name} is none": "{function}에는 목록이 필요한데 {name:은} 목록이 아닙니다",
    "{function} needs a whole divisor of at least 1, not {found}": (
        "{function}에는 1 이상의 정수인 나누는 수가 필요한데 {found}입니다"
    ),
    "{function} needs a number above 0, not {found}": "{function}에는 0보다 큰 수가 필요한데 {found}입니다",
    "the result of {what} is too large: integers end at {limit:,}": (
        "{what}의 결과가 너무 큽니다: 정수는 {limit:,}까지입니다"
    ),
    "the result of {what} is not a finite number": "{what}의 결과가 유한한 수가 아닙니다",
    "cannot divide by {divisor}": "{divisor:으로} 나눌 수 없습니다",
    "cannot divide by {divisor}: it is 0 here": "{divisor:으로} 나눌 수 없습니다: 여기서는 0입니다",
    "{name} is a list: {what} needs numbers, as {name}[0] is one": (
        "{name:은} 목록입니다: {what}에는 {name}[0] 같은 수가 필요합니다"
    ),
    "{word} is a word: {what} needs numbers": "{word:은} 낱말입니다: {what}에는 수가 필요합니다",
    "{name} is a function: write {usage}": "{name:은} 함수입니다: {usage:으로} 쓰세요",
    "{name}, the {axis} that comes in, is known on layers and in blocks only": (
        "들어오는 {axis}인 {name:은} 레이어와 블록에서만 쓸 수 있습니다"
    ),
    "unknown name {name}": "모르는 이름 {name}",
    "unknown name {name}: {near} is the {axis} that comes in": (
        "모르는 이름 {name}: 들어오는 {axis:은} {near}입니다"
    ),
    "no param or let declares it": "params나 let에 선언이 없습니다",
    "here are {names}": "여기에 있는 이름은 {names}",
    "{names} and {count} more": "{names} 밖에 {count}개 더",
    "this expression has {length:,} characters, at most {limit:,} are allowed: use let for its parts": (
        "이 식은 {length:,}글자인데 {limit:,}글자까지입니다: let으로 나누세요"
    ),
    "else is missing: write a if condition else b": "else가 빠졌습니다: a if condition else b로 쓰세요",
    "put parentheses around not and its value": "not과 그 값을 괄호로 묶으세요",
    "this number is too large": "이 수는 너무 큽니다",
    "this number is too large: integers end at {limit:,}": "이 수는 너무 큽니다: 정수는 {limit:,}까지입니다",
    "unknown function {name}": "모르는 함수 {name}",
    "the functions are {near}": "함수는 {near}입니다",
    "{function} takes {wanted} value, not {count}": "{function:은} 값 {wanted}개를 받는데 {count}개입니다",
    "{function} takes {wanted} values, not {count}": "{function:은} 값 {wanted}개를 받는데 {count}개입니다",
    "{least} or more": "{least} 이상",
    "a comma only separates the values of a call, or of a list, as in [3, 3]": (
        "쉼표는 함수의 값이나 [3, 3] 같은 목록의 값을 나눌 때만 씁니다"
    ),
    "an operator is missing before {found}": "{found} 앞에 연산자가 빠졌습니다",
    "unexpected {found}": "{found:은} 여기에 올 수 없습니다",
    "the expression is empty": "식이 비어 있습니다",
    "no list inside an expression: give it a name under params or let": (
        "식 안에는 목록을 쓸 수 없습니다: params나 let에서 이름을 붙이세요"
    ),
    "a value is missing after {found}": "{found} 뒤에 값이 빠졌습니다",
    "a value is missing before {found}": "{found} 앞에 값이 빠졌습니다",
    "this expression nests deeper than {limit} levels: use let for its parts": (
        "이 식은 {limit}단계보다 깊습니다: let으로 나누세요"
    ),
    "values of a call have no names: leave out {name}=": "함수의 값에는 이름이 없습니다: {name}=을 빼세요",
    "no part of a list with a colon: name each element, as in [{name}[0], {name}[1]]": (
        "콜론으로 목록의 일부를 쓸 수 없습니다: [{name}[0], {name}[1]]처럼 원소를 하나씩 쓰세요"
    ),
    "unexpected character {found}": "글자 {found:은} 여기에 올 수 없습니다",
    "{found} has no meaning here: write {instead}": "{found:은} 여기서 뜻이 없습니다: {instead:을} 쓰세요",
    "a list is written in square brackets: write {listed}": "목록은 대괄호로 씁니다: {listed}로 쓰세요",
    "{found} is not a decimal number": "{found:은} 십진수가 아닙니다",
    "{found} is not a number: write {product} to multiply": (
        "{found:은} 수가 아닙니다: 곱하려면 {product:으로} 쓰세요"
    ),
    "write the expression bare, without {wrapper}": "식은 {wrapper} 없이 그대로 쓰세요",
    "no attributes: a name has no dots": "속성은 없습니다: 이름에는 점이 없습니다",
    "no quotes inside an expression: write the word bare": (
        "식 안에는 따옴표를 쓰지 않습니다: 낱말을 그대로 쓰세요"
    ),
    "no ?: operator: write a if condition else b": "?: 연산자는 없습니다: a if condition else b로 쓰세요",
    "no colon inside an expression: write a choice as a if condition else b": (
        "식 안에는 콜론을 쓰지 않습니다: 선택은 a if condition else b로 쓰세요"
    ),
    "unbalanced parenthesis: this {found} has no {missing}": "괄호의 짝이 맞지 않습니다: 이 {found}에 {missing}이 없습니다",
    "unbalanced bracket: this {found} has no {missing}": "대괄호의 짝이 맞지 않습니다: 이 {found}에 {missing}이 없습니다",
}
