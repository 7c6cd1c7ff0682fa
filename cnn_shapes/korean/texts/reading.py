"""What is wrong with a spec as it is read and unfolded, in Korean."""

TEXTS = {
    # values
    "{name} must be {expected}, found {found}": "{name}에는 {expected:이} 와야 하는데 {found:이} 있습니다",
    "the value of {layer}, its {name}, must be {expected}, found {found}": (
        "{layer}의 값인 {name}에는 {expected:이} 와야 하는데 {found:이} 있습니다"
    ),
    "a whole number from {minimum}": "{minimum} 이상의 정수",
    "a whole number from 0": "0 이상의 정수",
    "{expected} up to 2**31-1": "2**31-1까지, {expected}",
    "{expected} up to 2**63-1": "2**63-1까지, {expected}",
    "{least} to {most:,}": "{most:,}까지, {least}",
    "true or false": "true 또는 false",
    "one of {words}": "{words} 중 하나",
    "one of {words}, none, or another activation of `cnn-shapes explain layers`": (
        "{words}, none, 또는 `cnn-shapes explain layers`의 다른 활성화 함수"
    ),
    "the name of a layer before it, or input": "앞에 있는 레이어의 이름 또는 input",
    "it halves the channels": "채널을 반으로 줄이기 때문",
    "it has two numbers of its own": "자기 숫자가 둘 있기 때문",
    "a number from 0 to 1": "0부터 1까지의 수",
    "{one}, or a list of {rank}, one per axis": "{one}, 또는 축마다 하나씩 {rank}개의 목록",
    "{one}, or a list of them, each once": "{one}, 또는 겹치지 않는 목록",
    "{ends}, or one of {words}": "{ends}, 또는 {words} 중 하나",
    "a whole number from 0, or a pair {pair}": "0 이상의 정수 또는 쌍 {pair}",
    "a whole number from 0, a list of {rank}, or {rank} pairs [begin, end]": (
        "0 이상의 정수, {rank}개의 목록, 또는 [begin, end] 쌍 {rank}개"
    ),
    "a pair [begin, end]": "쌍 [begin, end]",
    "a positive number": "양수",
    "a whole number from 1, or -1 for what remains": "1 이상의 정수, 또는 나머지를 뜻하는 -1",
    "a list of sizes without the batch, at most one of them -1": "배치를 뺀 크기의 목록(-1은 하나까지)",
    "a list of sizes without the batch": "배치를 뺀 크기의 목록",
    "[0], as a vector has one axis": "[0](벡터는 축이 하나입니다)",
    "the axes 0 to {rank} in their new order, each once": "새 순서로 한 번씩 쓴 축 0부터 {rank}까지",
    "a list of names, or a mapping from name to size": "이름의 목록, 또는 이름에서 크기로 가는 매핑",
    "a size for each name, from 1, or -1 for the rest": "이름마다 1 이상의 크기, 또는 나머지를 뜻하는 -1",
    "channels, the one axis of a vector": "벡터의 하나뿐인 축인 channels",
    "{axes}, as PyTorch counts with the batch": "PyTorch처럼 배치까지 세어 {axes}",
    "1 or {other}, the channels as PyTorch counts": "PyTorch처럼 세어 채널인 1 또는 {other}",
    "{spatial} (a slope for each channel), {every} (one slope) or [] (one for each element)": (
        "{spatial}(채널마다 기울기), {every}(기울기 하나) 또는 [](원소마다 하나)"
    ),
    "shape may have one -1 only, found {found}": "shape에 -1은 하나만 쓸 수 있는데 {found:이} 있습니다",
    "into may have one -1 only, found {found}": "into에 -1은 하나만 쓸 수 있는데 {found:이} 있습니다",
    "{found} cannot be the {name} of a layer, because {why}: write it after, as in - {found}": (
        "{found:은} 레이어의 {name:이} 될 수 없습니다({why}): 뒤에 - {found}처럼 쓰세요"
    ),
    "rounding: ceil is for pools and upsample: no framework rounds a convolution up": (
        "rounding: ceil은 풀링과 upsample에만 씁니다: 합성곱을 올림하는 프레임워크는 없습니다"
    ),
    "padding: causal is for one axis, [length, channels]: there is no before and after in an image": (
        "padding: causal은 축이 하나인 [length, channels]에 씁니다: 이미지에는 앞뒤가 없습니다"
    ),
    "padding: {word} gives a conv_transpose different sizes in different frameworks: write numbers. A size is "
    "doubled by kernel_size: 2, stride: 2, by kernel_size: 4, stride: 2, padding: 1, and by kernel_size: 3, "
    "stride: 2, padding: 1, output_padding: 1": (
        "padding: {word:을} 쓰면 conv_transpose의 크기가 프레임워크마다 다릅니다: 숫자로 쓰세요. 크기를 두 배로 "
        "만드는 것은 kernel_size: 2, stride: 2와 kernel_size: 4, stride: 2, padding: 1과 kernel_size: 3, "
        "stride: 2, padding: 1, output_padding: 1입니다"
    ),
    "{count} head": "head {count}개",
    "{count} heads": "head {count}개",
    "{fixed} elements": "원소 {fixed}개",
    "query": "query",
    "key": "key",
    "value": "value",
    "the {part} has {channels} channel, but {heads} of {size} {are} {wanted}": (
        "{part}의 채널은 {channels}개인데, 크기 {size}인 {heads:은} {wanted}개입니다"
    ),
    "the {part} has {channels} channels, but {heads} of {size} {are} {wanted}": (
        "{part}의 채널은 {channels}개인데, 크기 {size}인 {heads:은} {wanted}개입니다"
    ),
    "{axis} {size}": "{axis} {size}",
    "{size} channels": "채널 {size}개",
    # what is there
    "a mapping": "매핑",
    "an empty mapping": "빈 매핑",
    "a list": "목록",
    "an empty list": "빈 목록",
    "nothing": "빈 값",
    "none": "없음",
    "a boolean": "참거짓 값",
    "a number": "수",
    "a number beyond 2**31-1": "2**31-1을 넘는 수",
    "a word": "낱말",
    "a condition": "조건",
    "a spec": "스펙",
    "a block": "블록",
    "a budget": "예산",
    # the whole
    "this is not a spec: a spec is a mapping with input and layers, found {found}": (
        "스펙이 아닙니다: 스펙은 input과 layers가 있는 매핑인데 {found:이} 있습니다"
    ),
    "rounding: ceil belongs to a pool or upsample, not to the whole file": (
        "rounding: ceil은 파일 전체가 아니라 풀링이나 upsample에 씁니다"
    ),
    "a spec needs input: height, width and channels, as in input: [28, 28, 1]": (
        "스펙에는 input이 필요합니다: input: [28, 28, 1]처럼 높이, 너비, 채널을 쓰세요"
    ),
    "a spec needs layers: a list with at least one, as in - conv: {{filters: 32, kernel_size: 5}}": (
        "스펙에는 layers가 필요합니다: - conv: {{filters: 32, kernel_size: 5}}처럼 하나 이상의 목록을 쓰세요"
    ),
    "names of layers": "레이어의 이름",
    "a mapping such as {{params: 1M, peak: 256KiB}}": "{{params: 1M, peak: 256KiB}} 같은 매핑",
    "a number such as 300000, 300K, 1.5M or 2G": "300000, 300K, 1.5M, 2G 같은 수",
    "bytes, such as 262144, 256KiB or 1MiB": "262144, 256KiB, 1MiB 같은 바이트 수",
    "unfolding this spec visits too many places of its text": "이 스펙을 펼치면 글의 너무 많은 곳을 지나게 됩니다",
    "this unfolds into too many layers": "펼치면 레이어가 너무 많습니다",
    "this repeats too often": "너무 많이 되풀이합니다",
    "blocks and structures are nested too deep": "블록과 구조가 너무 깊습니다",
    "which limits.depth does not change": "limits.depth로 바꿀 수 없는 한도입니다",
    "the limit is {limit}": "한도는 {limit}입니다",
    # the input
    "sizes from 1 ({order})": "1 이상의 크기({order})",
    "sizes from 1 to 2**31-1 ({order})": "1부터 2**31-1까지의 크기({order})",
    "sizes from 1 ({order}), or a name for each of several": (
        "1 이상의 크기({order}), 또는 여러 입력 각각의 이름"
    ),
    "height, width, channels": "높이, 너비, 채널",
    "channels, height, width": "채널, 높이, 너비",
    "input has no batch: leave it out, as in input: [{rest}]": (
        "input에는 배치를 쓰지 않습니다: input: [{rest}]처럼 빼세요"
    ),
    "the sizes of an input are a list in the order {order}, as in input: {example}": (
        "입력의 크기는 {order} 순서의 목록입니다: input: {example}처럼 쓰세요"
    ),
    "input has 1 to 4 sizes without the batch ({order}), found {count}": (
        "input은 배치를 뺀 크기 1~4개({order})인데 {count}개입니다"
    ),
    # keys
    "{owner} has no {word}, and {near} is there already: leave {word} out": (
        "{owner}에는 {word:이} 없고, {near:은} 이미 있습니다: {word:을} 빼세요"
    ),
    "{owner} has no {word}": "{owner}에는 {word:이} 없습니다",
    "it takes {allowed}": "쓸 수 있는 것은 {allowed}",
    "{word} follows from {what}: leave it out": "{word:은} {what}에서 정해집니다: 빼세요",
    "{word} follows from the input: leave it out": "{word:은} 입력에서 정해집니다: 빼세요",
    "{word} changes no shape: leave it out": "{word:은} 모양을 바꾸지 않습니다: 빼세요",
    "leave out {names}": "{names} 빼기",
    "{word} is given twice: {first} on line {line} means the same, keep one": (
        "{word:이} 두 번 있습니다: {line}행의 {first:과} 뜻이 같으니 하나만 남기세요"
    ),
    "{word} of {kind} must be {only}, found {found}: {remedy}": (
        "{kind}의 {word:은} {only:이어야} 하는데 {found}입니다: {remedy}"
    ),
    "{word} is {other} word, and {kind} is {owner} class: write {right}": (
        "{word:은} {other} 낱말인데 {kind:은} {owner} 클래스입니다: {right:으로} 쓰세요"
    ),
    "{kind} mixes the words of two frameworks, which differ in it: {deciding} is {owner}, {word} {other}: write "
    "{right}, which goes with both": (
        "{kind}에 두 프레임워크의 낱말이 섞였는데 뜻이 다릅니다: {deciding:은} {owner}, {word:은} {other}입니다. "
        "둘 다에 맞는 {right:을} 쓰세요"
    ),
    "a mapping from kind to fields": "종류에서 필드로 가는 매핑",
    "a mapping from field to value": "필드에서 값으로 가는 매핑",
    "a mapping from name to value": "이름에서 값으로 가는 매핑",
    "a mapping from name to block": "이름에서 블록으로 가는 매핑",
    "a mapping from name to expression": "이름에서 식으로 가는 매핑",
    "a mapping with layers": "layers가 있는 매핑",
    "a mapping from label to layers, or a list of lists": "이름표에서 레이어로 가는 매핑, 또는 목록의 목록",
    "defaults of {name}": "{name}의 기본값",
    "defaults are of kinds, and {word} takes other arguments than its kind: write {kind}": (
        "defaults에는 종류를 쓰는데, {word:은} 자기 종류와 인자가 다릅니다: {kind:으로} 쓰세요"
    ),
    "defaults hold layer fields only, not {name}: write it on the layer": (
        "defaults에는 레이어의 필드만 쓰고 {name:은} 쓰지 않습니다: 레이어에 쓰세요"
    ),
    # entries
    "a list of layers, each with its own dash": "레이어마다 줄표를 쓴 레이어의 목록",
    "layers of {name}": "{name}의 layers",
    "a layer is written under its kind, as in {kind}: {{{field}: ...}}": (
        "레이어는 {kind}: {{{field}: ...}}처럼 종류 아래에 씁니다"
    ),
    "a layer is written by its kind alone, as in - {kind}": "레이어는 - {kind}처럼 종류만 씁니다",
    "a layer is a mapping with one key, its kind, found {count} keys: put {second} under {first}, as in "
    "{first}: {{{second}: ...}}": (
        "레이어는 종류 하나가 키인 매핑인데 키가 {count}개입니다: {first}: {{{second}: ...}}처럼 {second:을} "
        "{first} 아래에 쓰세요"
    ),
    "a layer is a word such as relu or a mapping such as conv: {{filters: 32, kernel_size: 3}}, found {found}": (
        "레이어는 relu 같은 낱말이나 conv: {{filters: 32, kernel_size: 3}} 같은 매핑인데 {found:이} 있습니다"
    ),
    "the name {name} is taken: line {line} has it already": (
        "이름 {name:은} 이미 쓰였습니다: {line}행에 있습니다"
    ),
    "the name {name} is taken in this list already": "이름 {name:은} 이 목록에서 이미 쓰였습니다",
    "the name {name} is taken: an input of {owner} has it, choose another": (
        "이름 {name:은} 이미 쓰였습니다: {owner}의 입력 이름이니 다른 이름을 고르세요"
    ),
    "{name} is reserved: it means {meaning}; choose another name": (
        "{name:은} 정해진 이름입니다: {meaning:을} 뜻합니다; 다른 이름을 고르세요"
    ),
    "what comes before": "바로 앞의 것",
    "the input of the file or the block": "파일이나 블록의 입력",
    "a name has letters, digits, _ and - only, found {name}": (
        "이름에는 글자, 숫자, _, -만 쓰는데 {name:이} 있습니다"
    ),
    "the name of a layer or a call before it": "앞에 있는 레이어나 호출의 이름",
    "a name or a list of names": "이름 또는 이름의 목록",
    "{kind} joins at least two inputs, found 1: list them, as in from: [{name}, prev]": (
        "{kind:은} 입력을 둘 이상 합치는데 하나입니다: from: [{name}, prev]처럼 쓰세요"
    ),
    "{kind} takes {takes}, found {count}": "{kind:은} {takes:을} 받는데 {count}개입니다",
    "join them first with add or concat": "먼저 add나 concat으로 합치세요",
    "one input": "입력 하나",
    "two inputs": "입력 둘",
    "three": "셋",
    "{what} has {name} twice": "{what}에 {name:이} 두 번 있습니다",
    "give each input a name of its own": "입력마다 다른 이름을 붙이세요",
    "give each of what comes out a name of its own": "나오는 것마다 다른 이름을 붙이세요",
    "write each name once": "이름은 한 번씩만 쓰세요",
    "{kind} takes no value, found {found}: write - {kind} alone": (
        "{kind:은} 값을 받지 않는데 {found:이} 있습니다: - {kind}만 쓰세요"
    ),
    "{kind} takes no value, found {found}: write {kind}: {{{meant}: {found}}}": (
        "{kind:은} 값을 바로 받지 않는데 {found:이} 있습니다: {kind}: {{{meant}: {found}}}로 쓰세요"
    ),
    "{kind} takes one number alone: write {kind}: {{filters: {filters}, kernel_size: {size}}}": (
        "{kind}에 바로 쓰는 수는 하나입니다: {kind}: {{filters: {filters}, kernel_size: {size}}}로 쓰세요"
    ),
    "{kind} is a class of PyTorch and of Keras, and they differ: write {forms}": (
        "{kind:은} PyTorch와 Keras에 다 있는 클래스인데 서로 다릅니다: {forms:으로} 쓰세요"
    ),
    "{kind} takes no number alone: write {forms}": "{kind}에는 수를 바로 쓰지 않습니다: {forms:으로} 쓰세요",
    "{kind} needs its units: write {forms}": "{kind}에는 units가 필요합니다: {forms:으로} 쓰세요",
    "{kind} needs {name}: {doc}, as in {example}": ("{kind}에는 {name:이} 필요합니다: {doc}. 예: {example}"),
    "{kind} needs from: a list of the names of its inputs, as in {kind}: [a, prev]": (
        "{kind}에는 from이 필요합니다: {kind}: [a, prev]처럼 입력 이름의 목록을 쓰세요"
    ),
    "{name} of {kind} needs {needed} beside it: without, leave {name} out": (
        "{kind}의 {name}에는 {needed:이} 함께 필요합니다: 없으면 {name:을} 빼세요"
    ),
    "{kind} needs {fields}, one of them, found {found}": (
        "{kind}에는 {fields} 중 하나가 필요한데 {found}입니다"
    ),
    "unbalanced parenthesis: quote the expression, because YAML splits {text} at its comma": (
        "괄호의 짝이 맞지 않습니다: YAML이 {text:을} 쉼표에서 나누니, 식을 따옴표로 묶으세요"
    ),
    "unknown layer {word}": "모르는 레이어 {word}",
    "write a colon and a space after the layer kind, without quotes, as in {first}: {value}": (
        "{first}: {value}처럼 종류 뒤에 콜론과 빈칸을 따옴표 없이 쓰세요"
    ),
    "did you mean {near}, with name: {word}?": "name: {word:을} 붙인 {near:을} 쓰려고 했나요?",
    "did you mean {name}?": "{name:을} 쓰려고 했나요?",
    "{word} is neither a layer nor a block of this file: declare it under blocks": (
        "{word:은} 레이어도 이 파일의 블록도 아닙니다: blocks에 선언하세요"
    ),
    "`cnn-shapes explain layers` lists the kinds": "`cnn-shapes explain layers`에 종류의 목록이 있습니다",
    # params
    "a list of numbers, true, false and words": "수, true, false, 낱말의 목록",
    "a number, true, false, a word or a list of these": "수, true, false, 낱말, 또는 이들의 목록",
    "a number, true, false, a word or an expression": "수, true, false, 낱말, 또는 식",
    "the param {name}": "파라미터 {name}",
    "the param {key} is a list of numbers, true, false and words, in which {name} would be a word, not the value "
    "of {name}: write the value": (
        "파라미터 {key:은} 수, true, false, 낱말의 목록이라서 {name:은} 그 값이 아니라 낱말이 됩니다: 값을 쓰세요"
    ),
    "unknown name {name}: the value of a param may use the params above it, which are {names}": (
        "모르는 이름 {name}: 파라미터의 값에는 위에 있는 파라미터 {names:을} 쓸 수 있습니다"
    ),
    "unknown name {name}: the value of a param may use the params above it, and there are none": (
        "모르는 이름 {name}: 파라미터의 값에는 위에 있는 파라미터만 쓸 수 있는데, 위에 없습니다"
    ),
    "a param cannot be called {name}: it has a meaning already": (
        "파라미터의 이름은 {name:이} 될 수 없습니다: 이미 뜻이 있습니다"
    ),
    "a name in params or let has letters, digits and _ only, found {name}": (
        "params나 let의 이름에는 글자, 숫자, _만 쓰는데 {name:이} 있습니다"
    ),
    # blocks and structures
    "{name} is a layer already: choose another name for the block": (
        "{name:은} 이미 레이어입니다: 블록에 다른 이름을 고르세요"
    ),
    "a block's name starts with a capital, then letters, digits and _, found {name}": (
        "블록의 이름은 대문자로 시작하고 글자, 숫자, _로 이어지는데 {name}입니다"
    ),
    "the block {name}": "블록 {name}",
    "the block {name} needs layers": "블록 {name}에는 layers가 필요합니다",
    "{name} is a param of {block} already": "{name:은} 이미 {block}의 파라미터입니다",
    "{block} calls itself without end: {route}": "{block:이} 자기 자신을 끝없이 부릅니다: {route}",
    "write them under branches": "branches 아래에 쓰기",
    "{kind} needs {names}, found {found}: write it as in {example}": (
        "{kind}에는 {names:이} 필요한데 {found:이} 있습니다: {example}처럼 쓰세요"
    ),
    "branch {label} needs layers, as in {{if: deep, layers: [conv: 32]}}": (
        "가지 {label}에는 {{if: deep, layers: [conv: 32]}}처럼 layers가 필요합니다"
    ),
    "no branch is left: the if of each is false here; write if on the whole parallel instead": (
        "남는 가지가 없습니다: 여기서는 모든 가지의 if가 거짓입니다; 대신 parallel 전체에 if를 쓰세요"
    ),
    "{kind} gets {count} in from, and inputs has {inputs}: name each of them": (
        "{kind:은} from에서 {count}개를 받는데 inputs는 {inputs}개입니다: 하나하나 이름을 붙이세요"
    ),
    "{kind} takes one input, found {count}: to carry them from pass to pass, name them in inputs and outputs": (
        "{kind:은} 입력 하나를 받는데 {count}개입니다: 되풀이마다 넘기려면 inputs와 outputs에 이름을 쓰세요"
    ),
    "a pass takes {inputs} and hands on {outputs}: outputs has a name for each that inputs has": (
        "한 번 돌 때 {inputs}개를 받아 {outputs}개를 넘깁니다: outputs에는 inputs마다 이름이 하나씩 있어야 합니다"
    ),
    "{outputs} come out, and into has {into}: name each of them": (
        "{outputs}개가 나오는데 into는 {into}개입니다: 하나하나 이름을 붙이세요"
    ),
    "collect joins what each pass makes of one tensor, and here {inputs} go through: leave it out": (
        "collect는 되풀이마다 텐서 하나의 결과를 합치는데, 여기는 {inputs}개가 지나갑니다: 빼세요"
    ),
    "the arguments of a block are a mapping: {block}: {{{example}}}": (
        "블록의 인자는 매핑입니다: {block}: {{{example}}}"
    ),
    "{block} gives {expected} ({outputs}), and into has {count}: name each of them": (
        "{block:은} {expected}({outputs})를 내는데 into에는 {count:이} 있습니다: 하나하나 이름을 붙이세요"
    ),
    "{block} takes {expected} ({inputs}), found {count}: name them in from": (
        "{block:은} {expected}({inputs})를 받는데 {count}개입니다: from에 이름을 쓰세요"
    ),
    "{count} outputs": "출력 {count}개",
    "1 output": "출력 1개",
    "its last layer": "마지막 레이어",
    "1 name": "이름 1개",
    "{count} names": "이름 {count}개",
    "{count} inputs": "입력 {count}개",
    "1 input": "입력 1개",
    "{name} has no default": "{name}에는 기본값이 없습니다",
    "{block} needs {names}, which this call does not give": (
        "{block}에는 {names:이} 필요한데 이 호출에 없습니다"
    ),
    "{name} is given here": "{name:은} 여기에 있습니다",
    "{block} uses {name} and is given it, but its params do not declare it: add {name}": (
        "{block:은} {name:을} 쓰고 호출에서 받기도 하지만 params에 선언이 없습니다: {name:을} 넣으세요"
    ),
    "{block} uses {name} and is given it, but its params do not declare it: add {name}: {default}": (
        "{block:은} {name:을} 쓰고 호출에서 받기도 하지만 params에 선언이 없습니다: {name}: {default:을} 넣으세요"
    ),
    "{block} uses {name} and is given it, but its params have {near}": (
        "{block:은} {name:을} 쓰고 호출에서 받기도 하지만 params에는 {near:이} 있습니다"
    ),
    "with a default for the calls that do not give it": "주지 않는 호출을 위한 기본값과 함께",
    "{default}": "{default}",
    "the calls around give {own} (line {first}) and {next} (line {last}): {middle} is between, twice the one and "
    "half the other": (
        "앞뒤의 호출은 {own}({first}행)과 {next}({last}행)입니다: 그 사이는 한쪽의 두 배이고 다른 쪽의 반인 "
        "{middle}입니다"
    ),
    "the call on line {line} gives {given}": "{line}행의 호출에는 {given:이} 있습니다",
    "the call on line {line}, which is the same otherwise, gives {given}": (
        "나머지가 같은 {line}행의 호출에는 {given:이} 있습니다"
    ),
    "{given} (line {line})": "{given}({line}행)",
    "the calls around give {given}": "앞뒤의 호출에는 {given:이} 있습니다",
    "{kind} is left out here and hands on what it gets, {count}, but into has {into} names: write if on what "
    "reads them instead": (
        "{kind:은} 여기서 빠지고 받은 {count:을} 그대로 넘기는데 into에는 이름이 {into}개입니다: 대신 그것을 읽는 "
        "쪽에 if를 쓰세요"
    ),
    "{count} tensors": "텐서 {count}개",
    "1 tensor": "텐서 1개",
    "the sizes that come out, null for any": "나오는 크기(무엇이든 되면 null)",
    # names
    "no layer is called {name} here": "여기에는 이름이 {name}인 레이어가 없습니다",
    "{advice}": "{advice}",
    "no layer is called {name}: a name has letters, digits, _ and - only": (
        "이름이 {name}인 레이어가 없습니다: 이름에는 글자, 숫자, _, -만 씁니다"
    ),
    "no layer is called {name}: write name: {name} on the one that is meant, or put back the line that had it": (
        "이름이 {name}인 레이어가 없습니다: 그 레이어에 name: {name:을} 쓰거나, 그 이름이 있던 행을 되살리세요"
    ),
    "no layer has a name": "이름이 있는 레이어가 없습니다",
    "the names are {names}": "있는 이름은 {names}",
    "no layer before it has a name": "앞에 이름이 있는 레이어가 없습니다",
    "the names before it are {names}": "앞에 있는 이름은 {names}",
    "that is this layer itself, and {where} sees only what is before it": (
        "그것은 이 레이어 자신이고, {where:은} 앞에 있는 것만 봅니다"
    ),
    "line {line} has it, and the if there leaves it out: write the same if here": (
        "{line}행에 있지만 그곳의 if 때문에 빠집니다: 여기에도 같은 if를 쓰세요"
    ),
    "it is further down, on line {line}, and {where} sees only what is before it": (
        "더 아래 {line}행에 있고, {where:은} 앞에 있는 것만 봅니다"
    ),
    "it is inside a block or branch, and what is inside is not seen from outside": (
        "블록이나 가지 안에 있고, 안에 있는 것은 밖에서 보이지 않습니다"
    ),
    "what is inside a block or branch is not seen from outside: name the whole": (
        "블록이나 가지 안에 있는 것은 밖에서 보이지 않습니다: 전체의 이름을 쓰세요"
    ),
    "that name is generated, write name: {name} on the layer to use it": (
        "그 이름은 자동으로 붙은 것입니다. 쓰려면 레이어에 name: {name:을} 쓰세요"
    ),
    "it is outside this block: hand it in, with inputs and from": (
        "이 블록 밖에 있습니다: inputs와 from으로 넘겨 주세요"
    ),
    "share needs the name of an earlier layer or call, and {name} {why}": (
        "share에는 앞에 있는 레이어나 호출의 이름이 필요한데, {name:은} {why}"
    ),
    "is none: write name on the layer before": "이름이 아닙니다: 앞의 레이어에 name을 쓰세요",
    "has no weights": "가중치가 없습니다",
    "is an input of {owner}": "{owner}의 입력입니다",
    "is this layer itself": "이 레이어 자신입니다",
    "this file": "이 파일",
    "no layers": "레이어 0개",
    "{layer} shares the weights of {other}, but {what} is {here} here, and {there} there: it must be the same": (
        "{layer:은} {other:과} 가중치를 함께 쓰는데, {what:이} 여기는 {here}, 거기는 {there}입니다: 같아야 합니다"
    ),
    "the kind": "종류",
    "the number of spatial axes": "공간 축의 수",
    "the number of channels that comes in": "들어오는 채널의 수",
    "the number of its {name}": "{name}의 수",
    "{here} with weights cannot share those of {name}, which has {there}: both must be built alike": (
        "가중치가 있는 {here:은} {there:을} 가진 {name}의 가중치를 함께 쓸 수 없습니다: 둘이 똑같이 만들어져야 합니다"
    ),
    "there are no weights here to share with {name}: leave share out": (
        "여기에는 {name:과} 함께 쓸 가중치가 없습니다: share를 빼세요"
    ),
    "{kind} undoes a {undone}, found {name}, of the kind {found}: write the name of the {undone}": (
        "{kind:은} {undone:을} 되돌리는데 {name}의 종류는 {found}입니다: {undone}의 이름을 쓰세요"
    ),
    "the value of {layer} is its {name}, and {found} is a layer: write {layer}: {{{field}: {found}}}": (
        "{layer}의 값은 {name}인데 {found:은} 레이어입니다: {layer}: {{{field}: {found}}}로 쓰세요"
    ),
    "{field} of {kind} is the name of the {undone} that it undoes, found {found}: write a name on that, as in "
    "{undone}: {{kernel_size: 2, name: p}}, and {kind}: p": (
        "{kind}의 {field:은} 되돌릴 {undone}의 이름인데 {found}입니다: {undone}: {{kernel_size: 2, name: p}}처럼 "
        "이름을 쓰고 {kind}: p로 쓰세요"
    ),
    "{field} of {kind} is the name of a layer before it, or input, found {found}": (
        "{kind}의 {field:은} 앞에 있는 레이어의 이름이나 input인데 {found}입니다"
    ),
    "{word} is for {axes}, but its input {input} has {found}: write {right}": (
        "{word:은} {axes}에 쓰는데, 입력 {input:은} {found}개입니다: {right:을} 쓰세요"
    ),
    "or leave the batch of 1 out of the input": "또는 입력에서 배치 1을 빼세요",
}
