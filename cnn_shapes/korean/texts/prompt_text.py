"""What the prompt and `calc` say of layers and networks, of lines that they cannot carry out, in Korean."""

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
    "it would be {size} with": "{size:이} 되려면",
    "no small change makes it {size}": "{size:으로} 만드는 작은 변경이 없습니다",
    "why takes nothing, the number of a layer, a number of the table, or not and a size, as in why not 12": (
        "why 뒤에는 아무것도 쓰지 않거나, 레이어 번호, 표에 있는 수, 또는 why not 12처럼 not과 크기를 씁니다"
    ),
    # the text of the session
    "layers is not a list": "layers가 목록이 아닙니다",
    "layers refers to a list elsewhere (*): change it there": "layers는 다른 곳의 목록(*)을 가리킵니다: 거기에서 바꾸세요",
    "there is no layer {number}: {text}": "레이어 {number:은} 없습니다: {text}",
    "layer {number} refers to an entry elsewhere (*): change it there": (
        "레이어 {number:은} 다른 곳의 항목(*)을 가리킵니다: 거기에서 바꾸세요"
    ),
    "an entry of layers is elsewhere (*): change it in an editor": (
        "layers의 항목 하나가 다른 곳에 있습니다(*): 편집기에서 바꾸세요"
    ),
    "layers is written in a form that the prompt cannot change: use an editor": (
        "layers가 여기서 바꿀 수 없는 모양으로 쓰였습니다: 편집기를 쓰세요"
    ),
    "there are {count}": "{count}개 있습니다",
    "there are {fixes}": "{fixes}개 있습니다",
    "there is one": "하나 있습니다",
    "there is none yet": "아직 없습니다",
    "layer {number} has a comment inside, which would be lost: change it in an editor": (
        "레이어 {number} 안에 사라질 주석이 있습니다: 편집기에서 바꾸세요"
    ),
    "this would change more than it should: it does not read as one layer": (
        "바꿀 것보다 더 많이 바뀝니다: 레이어 하나로 읽히지 않습니다"
    ),
    "{subject} would change more than it should: {error}": "{subject:은} 바꿀 것보다 더 많이 바꿉니다: {error}",
    "{key} goes over several lines: change it in an editor": "{key:이} 여러 행에 걸쳐 있습니다: 편집기에서 바꾸세요",
    "there is no layer yet: begin with what goes in, as in input 28x28x1": (
        "아직 레이어가 없습니다: input 28x28x1처럼 입력부터 정하세요"
    ),
    "the text cannot be read as a spec: fix or load comes first": (
        "글을 스펙으로 읽을 수 없습니다: fix나 load를 먼저 하세요"
    ),
    # numbers of a layer
    "{kind} takes no number, found {text}": "{kind:은} 숫자를 받지 않는데 {text:이} 있습니다",
    "{text} may be a kernel with filters after it or before it: write {kind} {last_reading} for {first} filters, or "
    "f={filters} k={text2}": (
        "{text:은} 커널일 수 있고 필터가 그 앞이나 뒤일 수 있습니다: 필터가 {first}개이면 {kind} {last_reading:을}, "
        "아니면 f={filters} k={text2:을} 쓰세요"
    ),
    "{kind} {few} {size} would be {few} filters of {size}x{size}, and filters come first: write {kind} {size} {few} "
    "for {size} filters of {few}x{few}, or f={few} k={size} if it is meant": (
        "{kind} {few} {size:은} {size}x{size} 필터 {few}개입니다. 필터의 수를 먼저 씁니다: {few}x{few} 필터 {size}개이면 "
        "{kind} {size} {few:을}, 정말 그 뜻이면 f={few} k={size:을} 쓰세요"
    ),
    "{text} may be the stride or the second side of the pool: write {kind} {text2} s{text} or {kind} {text2}x{text}": (
        "{text:은} 스트라이드일 수도, 풀링의 둘째 변일 수도 있습니다: {kind} {text2} s{text} 또는 {kind} {text2}x{text}로 "
        "쓰세요"
    ),
    "{number} is one number too many: keep what is named": "숫자 {number:이} 하나 더 많습니다: 이름 붙인 것만 남기세요",
    "{number} may be {meant}: write {written}": "{number:은} {meant}일 수 있습니다: {written:으로} 쓰세요",
    "{name} is given twice: keep one": "{name:이} 두 번 있습니다: 하나만 남기세요",
    "{name} is given twice: keep one, or write a list, {name}=[{text}]": (
        "{name:이} 두 번 있습니다: 하나만 남기거나 목록 {name}=[{text}]로 쓰세요"
    ),
    "{kind} takes one number, its {shorthand}: the input's features follow from the layer before. write {kind} "
    "{text}, or {kind} {text} in_features={text2} to have them checked": (
        "{kind}에는 {shorthand} 하나만 씁니다: 입력의 특성 수는 앞의 레이어에서 정해집니다. {kind} {text:으로} 쓰거나, "
        "확인하려면 {kind} {text} in_features={text2:으로} 쓰세요"
    ),
    "{key} of {name} must be {text}, found {found}: {remedy}": (
        "{name}의 {key:은} {text:이어야} 하는데 {found}입니다: {remedy}"
    ),
    # layers as they are typed
    "what {text} computes is known where its code runs: save it as net.py, and cnn-shapes import net.py:{text} "
    "writes its spec": (
        "{text:이} 무엇을 계산하는지는 코드를 실행해야 압니다: net.py로 저장하고 cnn-shapes import net.py:{text:을} "
        "실행하면 스펙을 씁니다"
    ),
    "a layer is a mapping with one key, its kind, as in conv: {{filters: 32, kernel_size: 5}}": (
        "레이어는 conv: {{filters: 32, kernel_size: 5}}처럼 종류 하나가 키인 매핑입니다"
    ),
    "{kind}: needs its fields on the same line, as in {kind}: {{...}}": (
        "{kind}: 뒤에는 {kind}: {{...}}처럼 같은 행에 필드를 쓰세요"
    ),
    "one layer a line: found {text} after it": "한 행에 레이어 하나입니다: 뒤에 {text:이} 있습니다",
    "a bracket of {text} is not closed": "{text}의 괄호가 닫히지 않았습니다",
    "a bracket too many in {text}": "{text}에 괄호가 하나 더 있습니다",
    "expected a list such as (5, 5), found {text}": "(5, 5) 같은 목록이 와야 하는데 {text:이} 있습니다",
    "{name} has {meant} arguments by place here, found {argument}: name it": (
        "{name:은} 여기서 자리로 쓰는 인자가 {meant}개인데 {argument:이} 더 있습니다: 이름을 붙이세요"
    ),
    "a layer is missing, as in conv 32 5": "레이어가 빠졌습니다. 예: conv 32 5",
    "is a class of PyTorch and of Keras, and they differ": "PyTorch와 Keras에 다 있는 클래스인데 서로 다릅니다",
    "needs its units": "units가 필요합니다",
    "takes no number alone": "숫자를 바로 쓰지 않습니다",
    "{name} {said}: write {forms}": "{name}: {said}. {forms:으로} 쓰세요",
    "{name} takes other arguments than {kind}, and has no short form: type {kind}, or all of it as in {example}": (
        "{name:은} {kind:과} 인자가 다르고 짧은 꼴이 없습니다: {kind:을} 치거나 {example}처럼 모두 쓰세요"
    ),
    "{text} means filters@kernel, but {kind} has no filters": (
        "{text:은} 필터@커널이라는 뜻인데 {kind}에는 필터가 없습니다"
    ),
    "expected filters@kernel as in 32@5, found {text}": "32@5처럼 필터@커널이 와야 하는데 {text:이} 있습니다",
    "a number is at most {largest:,}, found {text}": "수는 {largest:,}까지인데 {text:이} 있습니다",
    "{expression} needs its name, as in {name}={expression}": "{expression}에는 {name}={expression}처럼 이름이 필요합니다",
    "{word} needs its name, as in {text}={word}": "{word}에는 {text}={word}처럼 이름이 필요합니다",
    "{first} has no size beside {sizes}: write {first}=-1 for the rest, or a number": (
        "{sizes} 옆의 {first}에 크기가 없습니다: 나머지이면 {first}=-1, 아니면 수를 쓰세요"
    ),
    "{key} needs a value, as in {name}={text}": "{key}에는 {name}={text}처럼 값이 필요합니다",
    "{key} needs a value": "{key}에는 값이 필요합니다",
    "-> needs the sizes that you expect, as in -> 24x24x32": "-> 뒤에는 -> 24x24x32처럼 예상하는 크기를 쓰세요",
    "expected sizes after ->, as in -> 24x24x32, found {text}": (
        "-> 뒤에는 -> 24x24x32처럼 크기가 와야 하는데 {text:이} 있습니다"
    ),
    "{block} is a block of this file: give its params by name, as in {block} c=64": (
        "{block:은} 이 파일의 블록입니다: {block} c=64처럼 이름으로 값을 주세요"
    ),
    "{name} needs a feature map with {rank} spatial axes, found a vector of {features}: write {flat}, or put it before "
    "flatten": (
        "{name}에는 공간 축이 {rank}개인 특성 맵이 필요한데 특성 {features}개짜리 벡터가 들어옵니다: {flat:을} 쓰거나 "
        "flatten 앞에 놓으세요"
    ),
    "{word} may be {text}: type one letter more": "{word:은} {text}일 수 있습니다: 한 글자 더 치세요",
    "{word} may be {text}": "{word:은} {text}일 수 있습니다",
    "{word} alone is not a layer: write conv {word}, or input {word} to change what goes in": (
        "{word}만으로는 레이어가 아닙니다: conv {word:을} 쓰거나, 입력을 바꾸려면 input {word:을} 쓰세요"
    ),
    "a line begins with a layer or a command, found {word}: as in conv 32 5, pool 2, help": (
        "행은 레이어나 명령으로 시작하는데 {word:이} 있습니다. 예: conv 32 5, pool 2, help"
    ),
    "help lists the layers and the commands": "help를 치면 레이어와 명령이 나옵니다",
    "there is no layer or command {word}: {advice}": "{word:이라는} 레이어나 명령이 없습니다: {advice}",
    "{word} holds layers of its own: write it as in a spec, {form}": (
        "{word:은} 안에 레이어를 가집니다: 스펙에서처럼 쓰세요, {form}"
    ),
    "{word} follows from {lower}: leave it out": "{word:은} {lower}에서 정해집니다: 빼세요",
    "it takes {text}": "쓸 수 있는 것은 {text}",
    "{kind} has no {word}: {remedy}": "{kind}에는 {word:이} 없습니다: {remedy}",
    "one layer can take the place of layer {number}, found a chain of {links}": (
        "레이어 {number}의 자리에는 레이어 하나만 올 수 있는데 {links}개를 이었습니다"
    ),
    # commands
    "{name} takes nothing, found {rest}": "{name} 뒤에는 아무것도 쓰지 않는데 {rest:이} 있습니다",
    "the name of the input is missing before =, found {rest}": "= 앞에 입력의 이름이 빠졌습니다: {rest}",
    ", found {rest}": ", 지금은 {rest}",
    "a size is at most {largest:,}{found}": "크기는 {largest:,}까지입니다{found}",
    "input takes 1 to 4 sizes from 1 without the batch, as in input 28x28x1 (height, width, channels){found}": (
        "input에는 배치를 뺀 1 이상의 크기를 1~4개 씁니다. 예: input 28x28x1 (높이, 너비, 채널){found}"
    ),
    "there is nothing to undo": "되돌릴 것이 없습니다",
    "there is nothing to redo": "다시 할 것이 없습니다",
    "layer {number} is {text}: type what is to replace it": "레이어 {number:은} {text}입니다: 대신할 것을 치세요",
    "insert {number} needs a layer, as in insert {number} pool 2": (
        "insert {number} 뒤에는 insert {number} pool 2처럼 레이어를 쓰세요"
    ),
    "delete takes one number, found {more} after it": "delete에는 번호 하나만 쓰는데 뒤에 {more:이} 있습니다",
    "deleted {text}": "{text:을} 지웠습니다",
    "move takes two numbers, found {more} after them": "move에는 번호 둘만 쓰는데 뒤에 {more:이} 있습니다",
    "nothing to fix: there is no problem": "고칠 것이 없습니다: 문제가 없습니다",
    "fix 1 takes the first": "fix 1을 치면 첫 번째로 고칩니다",
    "{text} begins a network, and there is one already, of {layers}: leave it out to go on after the "
    "last layer, or begin anew with clear, which undo takes back": (
        "{text:은} 네트워크의 시작인데, {layers}짜리가 이미 있습니다: 마지막 레이어에 이으려면 빼고, "
        "새로 시작하려면 clear를 치세요. undo로 되돌립니다"
    ),
    "no small change was found that mends it": "고치는 작은 변경을 찾지 못했습니다",
    "there is no fix to take: no small change was found that mends it": (
        "쓸 해결이 없습니다: 고치는 작은 변경을 찾지 못했습니다"
    ),
    "there is no fix {rest}: {count}": "해결 {rest:은} 없습니다: {count}",
    "show takes nothing, the number of a layer, yaml for the text, markdown, or --depth 2 for so many levels of "
    "groups, found {rest}": (
        "show 뒤에는 아무것도 쓰지 않거나, 레이어 번호, 글을 보는 yaml, markdown, 또는 묶음을 두 단계까지 펴는 "
        "--depth 2를 쓰는데 {rest:이} 있습니다"
    ),
    "the last is {text}": "마지막은 {text}입니다",
    "there is no layer {number}: {known}": "레이어 {number:은} 없습니다: {known}",
    "there is no layer {rest}": "레이어 {rest:은} 없습니다",
    "explain needs the number or name of a layer, as in explain 1": (
        "explain 뒤에는 explain 1처럼 레이어의 번호나 이름을 쓰세요"
    ),
    "there is no network to explain yet": "설명할 네트워크가 아직 없습니다",
    "there is no network yet": "네트워크가 아직 없습니다",
    "sizes needs a network over feature maps that can be read: show lists the problems": (
        "sizes에는 읽을 수 있는, 특성 맵을 다루는 네트워크가 필요합니다: show를 치면 문제가 나옵니다"
    ),
    "help layers and help commands list what there is": "help layers와 help commands에 모두 나옵니다",
    "there is no help for {rest}: {advice}": "{rest}에 대한 도움말이 없습니다: {advice}",
    "; it is {now} now": "; 지금은 {now}입니다",
    "rounding takes exact or floor{found}": "rounding 뒤에는 exact나 floor를 쓰세요{found}",
    "rounding {text}: {text2}": "rounding {text}: {text2}",
    "every size must come out whole": "모든 크기가 나누어떨어져야 합니다",
    "sizes are rounded down, as PyTorch and Keras do": "PyTorch와 Keras처럼 크기를 버림합니다",
    "there is nothing to clear": "지울 것이 없습니다",
    "cleared {gone}: undo brings back what was here": "{gone:을} 지웠습니다: undo를 치면 되돌아옵니다",
    "{command} needs the number of a layer, as in {command} 2{found}": (
        "{command} 뒤에는 {command} 2처럼 레이어 번호를 쓰세요{found}"
    ),
    "export takes {text}{found}": "export 뒤에는 {text:을} 쓰세요{found}",
    "only a network without an error has code: show lists the problems": (
        "오류가 없는 네트워크만 코드가 있습니다: show를 치면 문제가 나옵니다"
    ),
    "no {text} code for this network: {error}": "이 네트워크의 {text} 코드가 없습니다: {error}",
    "there is nothing to save yet": "아직 저장할 것이 없습니다",
    "save needs a file, found the folder {path}": "save에는 파일이 필요한데 {path:은} 폴더입니다",
    "save needs a file, as in save mnist.yaml": "save 뒤에는 save mnist.yaml처럼 파일을 쓰세요",
    "load needs a file, as in load mnist.yaml": "load 뒤에는 load mnist.yaml처럼 파일을 쓰세요",
    # exercises
    "left; learn comes back to it": "나왔습니다; learn을 치면 돌아갑니다",
    "there is no exercise to leave": "나올 연습이 없습니다",
    "learn takes the number of an exercise from 1 to {every}, or stop, found {rest}": (
        "learn 뒤에는 1부터 {every}까지의 연습 번호나 stop을 쓰는데 {rest:이} 있습니다"
    ),
    "exercise {number} of {every}: {title}": "연습 {number}/{every}: {title}",
    "undo brings back what was here": "undo를 치면 있던 것이 되돌아옵니다",
    "done: {done}": "끝: {done}",
    "these were all exercises; learn 1 begins again": "연습을 모두 마쳤습니다; learn 1로 다시 시작합니다",
    "learn goes on with exercise {text}: {title}": "learn을 치면 연습 {text:으로} 이어집니다: {title}",
    "not yet: {hint}": "아직입니다: {hint}",
    # what was done, and what was not
    "layer {number} is as it was": "레이어 {number:은} 그대로입니다",
    "not added": "넣지 않았습니다",
    "not changed": "바꾸지 않았습니다",
    "not added; fix 1 adds it mended": "넣지 않았습니다; fix 1을 치면 고쳐서 넣습니다",
    "not changed; fix 1 changes it mended": "바꾸지 않았습니다; fix 1을 치면 고쳐서 바꿉니다",
    "not added. Type fix 1 and Enter: that adds it with the first fix, and undo takes it back": (
        "넣지 않았습니다. fix 1을 치고 Enter를 누르면 첫 번째 해결로 고쳐서 넣고, undo로 되돌립니다"
    ),
    "not changed. Type fix 1 and Enter: that changes it with the first fix, and undo takes it back": (
        "바꾸지 않았습니다. fix 1을 치고 Enter를 누르면 첫 번째 해결로 고쳐서 바꾸고, undo로 되돌립니다"
    ),
    "a line has {longest:,} characters at most, found {line:,}": "한 행은 {longest:,}글자까지인데 {line:,}글자입니다",
    "kept: {text}": "받은 것: {text}",
    "not done: {text}": "하지 않은 것: {text}",
    "type fix to see what would mend it": "fix를 치면 고치는 방법이 나옵니다",
    "this network has inputs with names, {known}: say which, as in {example}": (
        "이 네트워크의 입력에는 이름이 있습니다({known}): {example}처럼 어느 것인지 쓰세요"
    ),
    "the input has no name here: write input {crossed}": "여기서는 입력에 이름이 없습니다: input {crossed:으로} 쓰세요",
    "a whole spec was pasted, and there is a network already: paste its layers alone to go on, or begin anew with "
    "clear, which undo takes back": (
        "스펙 전체를 붙여 넣었는데 네트워크가 이미 있습니다: 이어 가려면 레이어만 붙여 넣고, 새로 시작하려면 clear를 "
        "치세요(undo로 되돌립니다)"
    ),
    "nothing is wrong; explain 1 tells how the numbers of layer 1 come about": (
        "틀린 것이 없습니다; explain 1을 치면 레이어 1의 수가 어떻게 나오는지 나옵니다"
    ),
    "{usage}, found {rest}": "{usage}, 지금은 {rest}",
    "nothing in the table is {number:,}: show lists the sizes, parameters and MACs": (
        "표에 {number:,은} 없습니다: show를 치면 크기와 파라미터와 MACs가 나옵니다"
    ),
    "there is no feature map yet whose size could be another one": "크기가 달라질 수 있는 특성 맵이 아직 없습니다",
    # files
    "cannot open {path}: {error}": "{path:을} 열 수 없습니다: {error}",
    "cannot read {path}: {error}": "{path:을} 읽을 수 없습니다: {error}",
    "{path} is empty": "{path:이} 비어 있습니다",
    "{path}, as a spec: save writes {path2}": "{path:을} 스펙으로 읽었습니다: save는 {path2}에 씁니다",
    "cannot write {path}: {error}": "{path:을} 쓸 수 없습니다: {error}",
    ", with {problems} still in it": ", {problems:이} 아직 있습니다",
    "saved {path}{state}": "{path}에 저장했습니다{state}",
    "a file under another name (hard link) keeps the old text": "다른 이름의 같은 파일(하드 링크)에는 옛 글이 남습니다",
    "{path} was changed by something else since it was read": "{path:을} 읽은 뒤에 다른 것이 바꾸었습니다",
    "{path} is there already": "{path:이} 이미 있습니다",
    "{there}: not saved, choose another name": "{there}: 저장하지 않았습니다. 다른 이름을 고르세요",
    "what was not saved could not be kept either: {error}. It is:": (
        "저장하지 않은 것을 보관하지도 못했습니다: {error}. 내용:"
    ),
    "not saved, but kept in {path}": "저장하지 않았지만 {path}에 보관했습니다",
    "go on with: cnn-shapes interactive {quoted}": "이어 가기: cnn-shapes interactive {quoted}",
    "{kind} takes no further number after {before}: leave it out": (
        "{kind}에는 {before} 뒤에 숫자를 더 쓰지 않습니다: 빼세요"
    ),
    "{kind} takes no further number after {before}: {number} needs its name, as in {example}": (
        "{kind}에는 {before} 뒤에 숫자를 더 쓰지 않습니다: {number}에는 {example}처럼 이름이 필요합니다"
    ),
    "what goes in is not known yet: begin with it, as in input 28x28x1 (height, width, channels)": (
        "입력을 아직 모릅니다: input 28x28x1 (높이, 너비, 채널)처럼 입력부터 정하세요"
    ),
}
