"""What the rules of design say, in Korean."""

TEXTS = {
    "the {norm} after {layer} takes its bias away again: bias: false saves {count} parameter": (
        "{layer} 뒤의 {norm:이} bias를 다시 없앱니다: bias: false로 파라미터 {count}개를 아낍니다"
    ),
    "the {norm} after {layer} takes its bias away again: bias: false saves {count} parameters": (
        "{layer} 뒤의 {norm:이} bias를 다시 없앱니다: bias: false로 파라미터 {count}개를 아낍니다"
    ),
    "{name} normalises a single pixel: PyTorch cannot train this with a batch of one": (
        "{name:이} 픽셀 하나를 정규화합니다: PyTorch는 배치 크기 1로는 이것을 학습하지 못합니다"
    ),
    "{name} normalises a single pixel: less its own mean it is always 0, and PyTorch refuses it": (
        "{name:이} 픽셀 하나를 정규화합니다: 자기 평균을 빼면 항상 0이고, PyTorch가 거부합니다"
    ),
    "{size} comes in": "{size:이} 들어옵니다",
    "the kernel_size {kernel} is not a multiple of the stride {stride}: the outputs get unequal shares of the "
    "input": (
        "kernel_size {kernel:이} stride {stride}의 배수가 아닙니다: 출력마다 받는 입력의 몫이 다릅니다"
    ),
    "{less} or {more} inputs on an output, by turns": "출력 하나에 입력이 번갈아 {less}개, {more}개",
    "{fields} gives the same size in equal shares": "{fields:이라면} 같은 크기를 고른 몫으로 만듭니다",
    "{norm} normalises what {dropout} has thinned out: put the dropout after the last batchnorm": (
        "{dropout:이} 솎아 낸 값을 {norm:이} 정규화합니다: dropout을 마지막 batchnorm 뒤에 두세요"
    ),
    "learns the variance that only training has": "학습할 때만 있는 분산을 배웁니다",
    "the even kernel {kernel} cannot keep a size with equal padding on both sides: {before} becomes {after}": (
        "짝수 커널 {kernel:은} 양쪽에 같은 패딩을 두어서는 크기를 유지할 수 없습니다: "
        "{before:이} {after:이} 됩니다"
    ),
    "padding: [{padding}] keeps it; so does an odd kernel_size with padding: half": (
        "padding: [{padding}]이면 유지됩니다; 홀수 kernel_size에 padding: half도 됩니다"
    ),
    "{name} holds {params} of {total} parameters ({percent} %), because it reads a flattened {shape} feature map": (
        "전체 파라미터 {total}개 중 {params}개({percent} %)가 {name}에 있습니다. 펼친 {shape} 특성 맵을 "
        "읽기 때문입니다"
    ),
    "global_avgpool instead leaves {fewer} of them": "대신 global_avgpool을 쓰면 {fewer}개만 남습니다",
    "{name} has no kernel_size, which {kind} needs: it is read as 1": (
        "{name}에 {kind:이} 필요로 하는 kernel_size가 없습니다: 1로 읽었습니다"
    ),
    "{name} has no kernel_size, so it is 1x1": "{name}에 kernel_size가 없어서 1x1입니다",
    "and so is {others} more": "다른 {others}개도 그렇습니다",
    "and so are {others} more": "다른 {others}개도 그렇습니다",
    "PyTorch makes {binary} of {size} here, not {exact}: write size instead of scale": (
        "PyTorch는 여기서 {size:을} {exact:이} 아니라 {binary:으로} 만듭니다: scale 대신 size를 쓰세요"
    ),
    "not a binary number: it multiplies with the nearest one and rounds down": (
        "이진수로 딱 떨어지지 않는 수라서, 가장 가까운 이진수를 곱하고 버림합니다"
    ),
    "the input is read as a sequence of length {size} with {size} channels: a grey image is {likely}": (
        "입력을 채널이 {size}개이고 길이가 {size}인 시퀀스로 읽었습니다: 흑백 이미지는 {likely}입니다"
    ),
    "the input is read as {axes} with {channels} channels: write [{likely}], or say layout: {other}": (
        "입력을 {axes}, 채널 {channels}개로 읽었습니다: [{likely}]로 쓰거나 layout: {other:을} 쓰세요"
    ),
    "channels come first in this file": "이 파일에서는 채널이 먼저 옵니다",
    "channels come last unless the file says otherwise": "파일에 따로 쓰지 않으면 채널이 마지막에 옵니다",
    "the inputs of {name} look at different places: along the {axis} {first} and {other} {difference}": (
        "{name}의 입력들이 서로 다른 위치를 봅니다: {axis} 방향으로 {first:과} {other:은} {difference}"
    ),
    "advance by {one} and {other} input pixels a step": (
        "한 칸마다 입력 픽셀 {one}개와 {other}개씩 나아갑니다"
    ),
    "have their centres 1 input pixel apart": "중심이 입력 픽셀 1개만큼 떨어져 있습니다",
    "have their centres {pixels} input pixels apart": "중심이 입력 픽셀 {pixels}개만큼 떨어져 있습니다",
    "{name} comes from here": "{name:은} 여기에서 나옵니다",
    "no activation between {first} and {second}: together they can do no more than one layer": (
        "{first:과} {second} 사이에 활성화 함수가 없습니다: 둘이 함께 레이어 하나만큼만 할 수 있습니다"
    ),
    "an activation is missing after {first}": "{first} 뒤에 활성화 함수가 빠졌습니다",
    "the network has {found} {what}, and its budget is {limit}: {where} {layers}": (
        "네트워크의 {what:은} {found:으로}, 예산 {limit:을} 넘습니다: {where} {layers}"
    ),
    "{noun} in {dtype}": "{dtype} {noun}",
    "alive at once are": "한 번에 필요한 것은",
    "most are in": "가장 많은 곳은",
    "bytes of weights": "가중치 바이트",
    "bytes alive at once": "한 번에 필요한 바이트",
    "layers": "레이어",
    "{size} too many": "{size} 초과",
    "{text}: {times:.1f} times as many": "{text}: {times:.1f}배",
    "{size} of them": "그중 {size}",
    "a kernel_size of 1 needs no padding: it keeps the size by itself": (
        "kernel_size 1에는 패딩이 필요 없습니다: 크기가 저절로 유지됩니다"
    ),
    "the outermost outputs see padding alone: the padding is not smaller than the {extent} kernel": (
        "가장자리 출력은 패딩만 봅니다: 패딩이 {extent} 커널보다 작지 않습니다"
    ),
    "makes {size} of {before}": "{before:을} {size:으로} 만듭니다",
    "the end of the {size} feature map is never read: {formula} rounds down": (
        "{size} 특성 맵의 끝은 한 번도 읽히지 않습니다: {formula:을} 버림합니다"
    ),
    "padding: [{padding}] reads all of it": "padding: [{padding}]이면 모두 읽습니다",
    "rounding: ceil on this pool reads all of it; so does padding: [{padding}]": (
        "이 풀링에 rounding: ceil을 쓰면 모두 읽습니다; padding: [{padding}]도 됩니다"
    ),
    "no layer reads more than {share} of the {size} feature map from {source}: {how} steps over the rest": (
        "어느 레이어도 {source}에서 나온 {size} 특성 맵의 {share}보다 많이 읽지 않습니다: {how:이} 나머지를 건너뜁니다"
    ),
    "kernel_size {kernel} with stride {stride}": "stride {stride}인 kernel_size {kernel}",
    "kernel_size {kernel} with stride {stride}, dilation {dilation}": (
        "stride {stride}, dilation {dilation}인 kernel_size {kernel}"
    ),
    "larger than the kernel": "커널보다 큽니다",
    "this relu changes nothing: what {before} gives is never negative": (
        "이 relu는 아무것도 바꾸지 않습니다: {before}의 출력은 음수가 되지 않습니다"
    ),
    "two activations in a row: {kind} directly follows {before}": (
        "활성화 함수가 연달아 둘입니다: {before} 바로 뒤에 {kind:이} 옵니다"
    ),
    "the first one: {kind}": "앞의 것: {kind}",
    "the if of {name} leaves it out here: this layer has weights of its own, which are counted": (
        "{name}의 if 때문에 여기서는 빠집니다: 이 레이어는 자기 가중치를 따로 가지고, 그것도 셉니다"
    ),
    "{name} averages patches: each sees {field} of the {input} input, less than half, and no layer relates them": (
        "{name:은} 조각들을 평균합니다: 조각 하나는 {input} 입력 중 {field:을}, 절반도 못 보고, "
        "조각들을 잇는 레이어도 없습니다"
    ),
    "padding: same with a stride differs between frameworks: this {kind} pads one end more than the other": (
        "stride가 있는 padding: same은 프레임워크마다 다릅니다: 이 {kind:은} 한쪽 끝을 더 패딩합니다"
    ),
    "{before} before, {after} after": "앞에 {before}, 뒤에 {after}",
    "nothing calls the block {name}: call it, or leave it out": (
        "블록 {name:을} 부르는 곳이 없습니다: 부르거나 빼세요"
    ),
    "nothing reads the input {name}: read it in a from, or leave it out": (
        "입력 {name:을} 읽는 곳이 없습니다: from으로 읽거나 빼세요"
    ),
    "nothing reads {name}, and it is not an output: read it in a from, name it under outputs, or leave it out": (
        "{name:을} 읽는 곳이 없고, 출력도 아닙니다: from으로 읽거나, outputs에 쓰거나, 빼세요"
    ),
    "nothing in {block} uses {name}: use it in an expression, or leave it out": (
        "{block} 안에 {name:을} 쓰는 곳이 없습니다: 식에서 쓰거나 빼세요"
    ),
    "nothing uses the param {name}: use it in an expression, or leave it out": (
        "파라미터 {name:을} 쓰는 곳이 없습니다: 식에서 쓰거나 빼세요"
    ),
    # stated layers: each with and without its output, and with weights of its own or of another
    "{name} is taken on trust": "{name:은} 적힌 대로 믿습니다",
    "its output, {params} parameters and {macs} MACs, as stated": ("출력, 파라미터 {params}개, MACs {macs}"),
    "{params} parameters and {macs} MACs, as stated": "파라미터 {params}개, MACs {macs}",
    "its output, {macs} MACs, as stated": "출력, MACs {macs}",
    "{macs} MACs, as stated": "MACs {macs}",
    "its parameters are those of {of}, counted there": "파라미터는 {of}의 것으로, 거기에서 셉니다",
}
