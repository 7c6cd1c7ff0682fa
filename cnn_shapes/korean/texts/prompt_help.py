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
    "the reason of the last error; why 4608: of a number": "마지막 오류의 이유; why 4608은 어떤 수의 이유",
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
