"""The help of the prompt, and what it shows of a line while that is typed, in Korean."""

TEXTS = {
    # the first screen
    "Type a network layer by layer and see every size while you type. Begin with what goes in:": (
        "레이어를 하나씩 치면 치는 동안 크기가 모두 보입니다. 입력부터 정하세요:"
    ),
    "  input 28x28x1      then, for example:  conv 32 5   pool 2   flatten   dense 10": (
        "  input 28x28x1      다음은 예를 들어:  conv 32 5   pool 2   flatten   dense 10"
    ),
    "show shows all, undo takes back, help explains the rest; Ctrl-D leaves.": (
        "show는 모두 보여 주고, undo는 되돌리고, help는 나머지를 설명합니다. Ctrl-D로 나갑니다."
    ),
    "learn begins five exercises of two minutes.": "learn을 치면 2분짜리 연습 다섯 개를 시작합니다.",
    "input 28x28x1 says what goes in; help explains the rest": "input 28x28x1로 입력을 정하세요; 나머지는 help가 설명합니다",
    "input 28x28x1 says what goes in": "input 28x28x1로 입력을 정하세요",
    # help
    "layers   conv 32 5          32 filters, 5x5 kernel; also conv 5x5x32, conv 32@5": (
        "레이어   conv 32 5          필터 32개, 커널 5x5; conv 5x5x32, conv 32@5도 됩니다"
    ),
    "         conv 32 5 s2 p1 relu   stride 2, padding 1; padding=same, bn, d2, g4, nobias": (
        "         conv 32 5 s2 p1 relu   스트라이드 2, 패딩 1; padding=same, bn, d2, g4, nobias"
    ),
    "         pool 2   avgpool 3 s2   gap   flatten   dense 10 softmax   dropout 0.5": (
        "         pool 2   avgpool 3 s2   gap   flatten   dense 10 softmax   dropout 0.5"
    ),
    "         conv 32 5 -> 24    says what you expect, and is checked": "         conv 32 5 -> 24    예상하는 크기를 쓰면 확인합니다",
    "         28x28x1 -> conv 5x5x32 -> pool 2    all at once; also with | or commas between": (
        "         28x28x1 -> conv 5x5x32 -> pool 2    한 번에; |나 쉼표로 이어도 됩니다"
    ),
    "         several with ;  pasted Conv2D(...), nn.Conv2d(...) and lines of a spec too": (
        "         ;로 여럿을, Conv2D(...), nn.Conv2d(...), 스펙의 행을 붙여 넣어도 됩니다"
    ),
    "input    input 28x28x1      height, width, channels": "입력     input 28x28x1      높이, 너비, 채널",
    "look     show   show yaml   explain 2   sizes (which input sizes work)": (
        "보기     show   show yaml   explain 2   sizes (되는 입력 크기)"
    ),
    "change   edit 2   insert 2 pool 2   delete 3   move 3 1   rounding floor   clear": (
        "바꾸기   edit 2   insert 2 pool 2   delete 3   move 3 1   rounding floor   clear"
    ),
    "mend     why   fix lists the repairs, fix 1 makes the first   undo   redo": (
        "고치기   why   fix는 방법을 보이고 fix 1은 첫 번째로 고칩니다   undo   redo"
    ),
    "files    save mnist.yaml   load mnist.yaml   export keras   quit (or Ctrl-D)": (
        "파일     save mnist.yaml   load mnist.yaml   export keras   quit (또는 Ctrl-D)"
    ),
    "more     help conv   help layers   help edit   learn (five exercises of two minutes)": (
        "더       help conv   help layers   help edit   learn (2분짜리 연습 다섯 개)"
    ),
    "keys     Tab completes, arrow up goes back, Ctrl-R searches, Ctrl-C clears the line": (
        "키       Tab은 완성, 위 화살표는 이전 행, Ctrl-R은 찾기, Ctrl-C는 행 지우기"
    ),
    "as in {text}": "예: {text}",
    "as in   {text}": "예      {text}",
    "help KIND lists its fields; structures such as residual are written as in a spec": (
        "help KIND가 필드를 보여 줍니다; residual 같은 구조는 스펙에서처럼 씁니다"
    ),
    "  any layer also takes name=NAME from=NAME -> SIZES (what you expect)": (
        "  모든 레이어에 name=NAME from=NAME -> SIZES(예상하는 크기)도 쓸 수 있습니다"
    ),
    # commands
    "what goes in, without the batch: height, width, channels": "배치를 뺀 입력: 높이, 너비, 채널",
    "the table with the problems, a row, the text, or Markdown": "문제와 함께 표를, 또는 한 행, 글, Markdown을 보여 줍니다",
    "takes back the last change, whatever it was": "마지막 변경을 되돌립니다",
    "makes again what undo took back": "undo로 되돌린 것을 다시 합니다",
    "changes layer N: fills in the line, or takes LAYER": "레이어 N을 바꿉니다: 행을 채워 주거나 LAYER를 받습니다",
    "puts a layer in before layer N, so that it gets that number": "레이어 N 앞에 넣어서 그 번호가 되게 합니다",
    "takes layer N out": "레이어 N을 뺍니다",
    "moves layer N so that it becomes layer M": "레이어 N을 옮겨 레이어 M이 되게 합니다",
    "lists what would mend the network, best first; fix K does it": (
        "네트워크를 고치는 방법을 좋은 것부터 보여 줍니다; fix K는 고칩니다"
    ),
    "draws the arithmetic of layer N; explains a rule, a concept": "레이어 N의 계산을 그려 줍니다; 규칙과 개념도 설명합니다",
    "explains the last error; why 4608 explains a number": "마지막 오류의 이유; why 4608은 어떤 수의 이유",
    "which input sizes this network works with, to infinity": "이 네트워크에 되는 입력 크기를 끝까지 보여 줍니다",
    "sizes must be whole, or are rounded down as PyTorch does": "크기가 나누어떨어져야 하는지, PyTorch처럼 버림하는지",
    "begins anew with nothing; undo brings back what was here": "새로 시작합니다; undo로 되돌립니다",
    "writes the spec; asks before another file is lost": "스펙을 파일에 씁니다; 다른 파일이 사라지기 전에 묻습니다",
    "reads a spec; undo brings back what was here": "스펙을 읽습니다; undo로 되돌립니다",
    "prints the network as code of a framework": "네트워크를 프레임워크의 코드로 보여 줍니다",
    "five exercises of two minutes, one after another": "2분짜리 연습 다섯 개를 차례로 합니다",
    "explains everything, a layer or a command": "모두, 레이어 하나, 또는 명령 하나를 설명합니다",
    "leaves; what is not saved goes to a recovery file": "나갑니다; 저장하지 않은 것은 복구 파일에 남습니다",
    # the preview
    "layer {number} stays as it is": "레이어 {number:은} 그대로입니다",
    "no layers yet": "아직 레이어가 없습니다",
    "{problems}: fix lists what would mend it": "{problems}: fix를 치면 고치는 방법이 나옵니다",
    "no layer {number}": "레이어 {number} 없음",
    "with input {input}": "입력 {input:으로}",
    "what goes in is not known yet": "입력을 아직 모릅니다",
    "without layer {number}": "레이어 {number} 없이",
    "not reached: a layer before it is wrong": "앞의 레이어가 틀려서 계산하지 못합니다",
    "then layer {number} fails: {text}": "그러면 레이어 {number:이} 실패합니다: {text}",
    "output {shape}": "출력 {shape}",
    "{field} {value} gives {size}": "{field} {value:이라면} {size}",
    "= {size}, not a natural number": "= {size}, 자연수가 아닙니다",
    "{formula}, not a natural number": "{formula}, 자연수가 아닙니다",
    "{output} comes out": "{output:이} 나옵니다",
    "  rounding floor: sizes are rounded down, as {name} does; rounding exact asks for whole ones": (
        "  rounding floor: {name}처럼 크기를 버림합니다; rounding exact는 나누어떨어지는 크기를 요구합니다"
    ),
    "  rounding floor: sizes are rounded down, as {name} do; rounding exact asks for whole ones": (
        "  rounding floor: {name}처럼 크기를 버림합니다; rounding exact는 나누어떨어지는 크기를 요구합니다"
    ),
}
# the exercises of `learn`: their titles, tasks and hints, each line by its English
LESSONS = {
    # 1
    "build the course network": "수업에 나오는 네트워크 만들기",
    "This is the network of many a first course. show lists it with all figures.": (
        "많은 입문 수업이 쓰는 네트워크입니다. show를 치면 모든 수치가 나옵니다."
    ),
    "A grey image of 28x28 pixels goes in, one channel. Type: input 28x28x1": (
        "28x28 픽셀의 흑백 이미지가 들어갑니다. 채널은 1개입니다. 이렇게 치세요: input 28x28x1"
    ),
    "input takes height, width and channels: input 28x28x1": (
        "input 뒤에는 높이, 너비, 채널을 씁니다: input 28x28x1"
    ),
    "Add a convolution of 32 filters with a 5x5 kernel: conv 32 5. Look below the line while you type.": (
        "5x5 커널의 필터 32개로 합성곱을 더하세요: conv 32 5. 치는 동안 바로 아래 줄을 보세요."
    ),
    "24x24x32 should come out: (28 - 5)/1 + 1 = 24. undo takes the last layer back": (
        "24x24x32가 나와야 합니다: (28 - 5)/1 + 1 = 24. undo를 치면 마지막 레이어가 빠집니다"
    ),
    "A pool of 2 keeps one number of each 2x2 block: pool 2": (
        "크기 2의 풀링은 2x2 블록마다 수 하나만 남깁니다: pool 2"
    ),
    "12x12x32 should come out: 24/2 = 12": "12x12x32가 나와야 합니다: 24/2 = 12",
    "The same again with 64 filters: a convolution and a pool. What will 12 become, and then?": (
        "필터 64개로 한 번 더 합니다: 합성곱 하나, 풀링 하나. 12는 무엇이 되고, 그다음은 무엇일까요?"
    ),
    "8x8x64 should come out, and then 4x4x64: conv 64 5, pool 2": (
        "8x8x64가 나오고 그다음 4x4x64가 나와야 합니다: conv 64 5, pool 2"
    ),
    "A dense layer wants a vector: flatten makes one of 4*4*64 numbers, then dense 10 for ten digits.": (
        "완전 연결 레이어는 벡터를 받습니다: flatten이 수 4*4*64개를 한 줄로 펴고, 숫자 열 개에는 dense 10을 씁니다."
    ),
    "flatten, and then dense 10": "flatten, 그다음 dense 10입니다",
    # 2
    "break it with a kernel of 4": "커널 4로 망가뜨리기",
    "An odd kernel takes an even number away, an even kernel an odd one: that is why 3 and 5 are so common.": (
        "홀수 커널은 짝수만큼, 짝수 커널은 홀수만큼 크기를 줄입니다: 그래서 3과 5를 많이 씁니다."
    ),
    "Here is the network again. Give its first layer a kernel of 4: edit 1 conv 32 4": (
        "같은 네트워크입니다. 첫 레이어의 커널을 4로 바꿔 보세요: edit 1 conv 32 4"
    ),
    "28 - 4 + 1 = 25, and the pool after it should not work: edit 1 conv 32 4": (
        "28 - 4 + 1 = 25이므로 그 뒤의 풀링이 안 되어야 합니다: edit 1 conv 32 4"
    ),
    "The pool cannot share these pixels out in twos. Type why, and look at the last window.": (
        "풀링이 이 픽셀들을 둘씩 나눌 수 없습니다. why를 치고 마지막 윈도를 보세요."
    ),
    "type why": "why를 치세요",
    # 3
    "read the fixes and take one": "해결 방법을 읽고 하나 고르기",
    "Each fix was tried on the whole network before it was told, and undo takes one back.": (
        "모든 해결 방법은 네트워크 전체에 시험해 본 뒤에 보여 줍니다. undo를 치면 되돌립니다."
    ),
    "This network is broken: 25 is not a multiple of 2. Type fix, and read what each fix makes of 25.": (
        "이 네트워크는 고장 나 있습니다: 25는 2의 배수가 아닙니다. fix를 치고 25가 무엇이 되는지 읽어 보세요."
    ),
    "type fix": "fix를 치세요",
    "Take one after which 12x12 comes out of the pool, by its number: fix 1, fix 2, ...": (
        "풀링에서 12x12가 나오게 하는 것을 번호로 고르세요: fix 1, fix 2, ..."
    ),
    "12x12x32 should come out of the pool: undo, and take the fix that makes 24 of 25": (
        "풀링에서 12x12x32가 나와야 합니다: undo를 치고, 25를 24로 만드는 해결 방법을 고르세요"
    ),
    # 4
    "keep a size with padding": "패딩으로 크기 지키기",
    "At stride 1 a kernel k keeps the size with padding (k - 1)/2. explain padding draws it.": (
        "스트라이드가 1이면 커널 k는 패딩 (k - 1)/2로 크기를 지킵니다. explain padding을 치면 그림이 나옵니다."
    ),
    "A convolution of kernel 3 takes 2 away from 28. Add one of 16 filters that keeps 28: conv 16 3 p?": (
        "커널 3의 합성곱은 28에서 2를 줄입니다. 28을 지키는 필터 16개짜리를 더하세요: conv 16 3 p?"
    ),
    "28 should stay 28: each pixel of padding adds 2, and the kernel of 3 takes 2": (
        "28이 그대로여야 합니다: 패딩 1픽셀은 2를 더하고, 커널 3은 2를 줄입니다"
    ),
    "Now one of kernel 5 that keeps 28. How much padding has it?": (
        "이번에는 28을 지키는 커널 5짜리입니다. 패딩은 얼마일까요?"
    ),
    "a kernel of 5 takes 4 away, so it has padding 2: conv 16 5 p2": (
        "커널 5는 4를 줄이므로 패딩이 2입니다: conv 16 5 p2"
    ),
    "And one of kernel 7 by a word: padding=half finds the number itself.": (
        "커널 7은 단어로 해 보세요: padding=half가 수를 알아서 찾습니다."
    ),
    "conv 16 7 padding=half": "conv 16 7 padding=half입니다",
    # 5
    "from code and back": "코드로, 다시 코드에서",
    "That is all. load and save keep your own networks, and cnn-shapes check net.py:Net reads a whole program.": (
        "여기까지입니다. save와 load로 내 네트워크를 간직하고, cnn-shapes check net.py:Net으로 프로그램 전체를 읽습니다."
    ),
    "Print this network as a program: export keras, or export pytorch": (
        "이 네트워크를 프로그램으로 찍어 보세요: export keras, 또는 export pytorch"
    ),
    "export keras, or export pytorch": "export keras, 또는 export pytorch입니다",
    "Now the other way round, from nothing but the input: paste three layers of your own code, or type": (
        "이번에는 거꾸로, 입력만 있습니다: 내 코드에서 레이어 세 개를 붙여 넣거나, 이렇게 치세요:"
    ),
    "nn.Conv2d(1, 32, 5), then nn.MaxPool2d(2), then nn.Flatten()": (
        "nn.Conv2d(1, 32, 5), 그다음 nn.MaxPool2d(2), 그다음 nn.Flatten()"
    ),
    "three layers as a program has them, without an error: "
    "nn.Conv2d(1, 32, 5), nn.MaxPool2d(2), nn.Flatten()": (
        "프로그램에 있는 그대로, 오류 없이 레이어 세 개입니다: "
        "nn.Conv2d(1, 32, 5), nn.MaxPool2d(2), nn.Flatten()"
    ),
}
