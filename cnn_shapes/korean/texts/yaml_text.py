"""What is wrong with a text as YAML, in Korean."""

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
}
