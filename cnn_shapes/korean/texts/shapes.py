"""Errors of shape, in Korean: what each layer says of sizes that do not work out."""

TEXTS = {
    # windows
    "a {size} feature map is not a multiple of the {pool} pool": (
        "{size} 특성 맵의 크기가 {pool} 풀링의 배수가 아닙니다"
    ),
    "the output {axes} of this {kind} would be {result}, not a natural number: {formula}": (
        "이 {kind}의 출력 {axes:이} {result:이라} 자연수가 아닙니다: {formula}"
    ),
    "a {extent} window does not fit into the {padded}{size} feature map": (
        "{extent} 윈도가 {padded}{size} 특성 맵에 들어가지 않습니다"
    ),
    "padded ": "패딩한 ",
    "{extent} is more than {size}": "{extent:은} {size}보다 큽니다",
    "{extent} (dilated) is more than {size}": "{extent:은}(dilation 포함) {size}보다 큽니다",
    "the {kind} leaves nothing of a {size} feature map, even rounded up": (
        "{kind:은} {size} 특성 맵에서 올림을 해도 아무것도 남기지 않습니다"
    ),
    "padding {padding}": "padding {padding}",
    "padding {padding} is too much for a pool with kernel_size {kernel}: at most {limit}": (
        "kernel_size {kernel} 풀링에 padding {padding:은} 너무 큽니다: 최대 {limit}"
    ),
    "padding {padding} is too much for a pool with kernel_size {kernel}": (
        "kernel_size {kernel} 풀링에 padding {padding:은} 너무 큽니다"
    ),
    "padding: half is {padding} here, which is too much for a pool with kernel_size {kernel}": (
        "padding: half는 여기서 {padding:으로}, kernel_size {kernel} 풀링에는 너무 큽니다"
    ),
    "at most {limit}": "최대 {limit}까지입니다",
    "half of the kernel, as in PyTorch": "PyTorch처럼 커널 크기의 절반입니다",
    "a window may not lie in the padding alone": "윈도가 패딩 위에만 놓일 수는 없습니다",
    "a 3-D {kind} of {kernel} needs an input at least as large, whatever the padding: found {size}": (
        "3차원 {kernel} {kind:은} 패딩과 상관없이 적어도 그만큼 큰 입력이 필요합니다: 입력은 {size}"
    ),
    "the padding takes away the whole output of this {kind}: {formula}": (
        "패딩이 이 {kind}의 출력을 모두 없앱니다: {formula}"
    ),
    "output_padding {output_padding} is too large: it must be less than the stride {stride} or the dilation "
    "{dilation}, whichever is greater": (
        "output_padding {output_padding:이} 너무 큽니다: stride {stride:과} dilation {dilation} 중 큰 쪽보다 "
        "작아야 합니다"
    ),
    "the input is {shape}": "입력은 {shape}입니다",
    # ranks and what comes in
    "{kind} needs a feature map with 1 to 3 spatial axes, found {found}": (
        "{kind:은} 공간 축이 1~3개인 특성 맵이 필요한데, {found:이} 들어옵니다"
    ),
    "a vector of {features} features": "특성 {features}개짜리 벡터",
    "a tensor with {rank} spatial axes": "공간 축이 {rank}개인 텐서",
    "gets {found}": "{found:이} 들어옵니다",
    "gets {input}": "{input:이} 들어옵니다",
    "gets a {input} map": "{input} 맵이 들어옵니다",
    "dense wants a vector, found a {input} feature map: put flatten or global_avgpool before it": (
        "dense(완전 연결 레이어)에는 벡터가 들어와야 하는데, {input} 특성 맵이 들어옵니다: "
        "앞에 flatten이나 global_avgpool을 넣으세요"
    ),
    "dense wants a vector, found a {input} sequence: put flatten before it, or write conv with kernel_size 1, "
    "which is the same dense layer at every position": (
        "dense(완전 연결 레이어)에는 벡터가 들어와야 하는데, {input} 시퀀스가 들어옵니다: "
        "앞에 flatten을 넣거나, 모든 자리에서 같은 dense와 같은 kernel_size 1 conv를 쓰세요"
    ),
    "dense wants a vector, found a {input} ": (
        "dense(완전 연결 레이어)에는 벡터가 들어와야 하는데, 들어오는 것은 {input} "
    ),
    "{kind} needs a sequence [length, channels], found {found}": (
        "{kind:은} 시퀀스 [length, channels]가 필요한데, {found:이} 들어옵니다"
    ),
    "put reshape: [-1, {channels}] before it": "앞에 reshape: [-1, {channels}]를 넣으세요",
    "embedding needs a list of numbers [length], found a {input} map": (
        "embedding에는 숫자 목록 [length]가 필요한데, {input} 맵이 들어옵니다"
    ),
    "the input {input} has no {axis}: its axes are {axes}": (
        "입력 {input}에는 {axis:이} 없습니다: 축은 {axes}입니다"
    ),
    "{name} is {other}, with {found}, but the input {input} has {axes}: like needs a layer with as many axes": (
        "{name:은} {other:으로} {found:을} 가지지만 입력 {input:은} {axes:을} 가집니다: "
        "like에는 축의 수가 같은 레이어가 필요합니다"
    ),
    "no spatial axis": "공간 축 0개",
    "1 spatial axis": "공간 축 1개",
    "{rank} spatial axes": "공간 축 {rank}개",
    "{assertion} says {stated}, but the input {input} has {channels}: write {channels} or leave {assertion} out": (
        "{assertion:은} {stated:이라고} 하지만 입력 {input:은} {channels}개입니다: "
        "{channels:으로} 고치거나 {assertion:을} 빼세요"
    ),
    "{assertion} says {stated}, but the input has {channels} features: write {channels} or leave {assertion} out": (
        "{assertion:은} {stated:이라고} 하지만 입력의 특성은 {channels}개입니다: "
        "{channels:으로} 고치거나 {assertion:을} 빼세요"
    ),
    "{assertion} says {stated}, but the input has {channels} feature: write {channels} or leave {assertion} out": (
        "{assertion:은} {stated:이라고} 하지만 입력의 특성은 {channels}개입니다: "
        "{channels:으로} 고치거나 {assertion:을} 빼세요"
    ),
    "the input has {channels}": "입력은 {channels}개입니다",
    "expect says {expected}, but {found} comes out": "expect는 {expected:이라고} 하지만 {found:이} 나옵니다",
    "{output} would come out: sizes end at 2**31-1, as in every framework": (
        "{output:이} 나오게 됩니다: 크기는 모든 프레임워크에서처럼 2**31-1까지입니다"
    ),
    # channels in groups
    "{number} {what} cannot be shared out into {groups} equal groups: {number} = {groups}*{whole} + {rest}": (
        "{what} {number}개를 똑같은 {groups}개 그룹으로 나눌 수 없습니다: "
        "{number} = {groups}*{whole} + {rest}"
    ),
    "input channels": "입력 채널",
    "filters": "필터",
    "groups": "그룹",
    "channels": "채널",
    "channel": "채널",
    "{channels} channels cannot be shared out into {groups} equal groups: {channels} = {groups}*{whole} + {rest}": (
        "채널 {channels}개를 똑같은 {groups}개 그룹으로 나눌 수 없습니다: "
        "{channels} = {groups}*{whole} + {rest}"
    ),
    "{channels} channel cannot be shared out into {groups} equal groups: {channels} = {groups}*{whole} + {rest}": (
        "채널 {channels}개를 똑같은 {groups}개 그룹으로 나눌 수 없습니다: "
        "{channels} = {groups}*{whole} + {rest}"
    ),
    "{channels} channels cannot be shared out into the {groups} groups that norm: group makes: write "
    "norm_groups: {divisors}": (
        "채널 {channels}개를 norm: group이 만드는 {groups}개 그룹으로 나눌 수 없습니다: "
        "norm_groups: {divisors:을} 쓰세요"
    ),
    "{channels} channels cannot be shared out into the {groups} groups of norm_groups: write {divisors}": (
        "채널 {channels}개를 norm_groups의 {groups}개 그룹으로 나눌 수 없습니다: {divisors:을} 쓰세요"
    ),
    "a pixel_shuffle by {factor} needs a multiple of {factor}**{rank} = {needed} channels, found {channels}": (
        "{factor}배 pixel_shuffle에는 채널이 {factor}**{rank} = {needed}의 배수만큼 필요한데, "
        "{channels}개입니다"
    ),
    # joins, splits, reshape
    "the key {key} and the value {value} must have the same places": (
        "key {key:과} value {value:은} 자리의 수가 같아야 합니다"
    ),
    "{heads}*(2*{key} + {value}) = {wanted} channels hold query, key and value, found {channels}": (
        "query, key, value에는 {heads}*(2*{key} + {value}) = {wanted}개 채널이 필요한데, {channels}개입니다"
    ),
    "cannot multiply {first} by {second}": "{first:과} {second:을} 곱할 수 없습니다",
    "all but the last two axes must be equal": "마지막 두 축을 뺀 나머지가 같아야 합니다",
    "rows of {inner} values need {inner} rows, found {rows}": (
        "값이 {inner}개인 행에는 {inner}개 행이 필요한데, {rows}개입니다"
    ),
    "the parts have {together} together ({sum}), but the input has {size}": (
        "나눈 부분의 합은 {together}({sum})인데, 입력은 {size}입니다"
    ),
    "the other parts have {together} together ({sum}), which leaves nothing of {size}": (
        "다른 부분의 합이 {together}({sum})이라서 {size}에서 남는 것이 없습니다"
    ),
    "cannot reshape {input} ({elements} elements) to {target} ({product})": (
        "{input}(원소 {elements}개)을 {target}({product})으로 reshape할 수 없습니다"
    ),
    "a multiple of {fixed}": "{fixed}의 배수",
    "order names {named} axes, but the input {input} has {axes}": (
        "order는 축 {named}개를 말하지만, 입력 {input:은} {axes}개입니다"
    ),
    "cannot {verb} {inputs}": "{inputs:을} {verb} 수 없습니다",
    "their ranks differ": "축의 수가 서로 다릅니다",
    "a gate keeps the shape of its input": "게이트는 입력의 모양을 그대로 둡니다",
    "all but the channels must be equal": "채널을 뺀 나머지가 같아야 합니다",
    "all but the {axis} must be equal": "{axis:을} 뺀 나머지가 같아야 합니다",
    "add": "더할",
    "multiply": "곱할",
    "concatenate": "이어 붙일",
    "concat": "이어 붙일",
    "subtract": "뺄",
    "average": "평균할",
    "take the maximum of": "최댓값으로 합칠",
    "take the minimum of": "최솟값으로 합칠",
    "gate": "게이트로 곱할",
    # sizes that grow, and margins
    "a scale of {scale} leaves nothing of {size}: {formula}": (
        "scale {scale:은} {size}에서 아무것도 남기지 않습니다: {formula}"
    ),
    "the enlarged size is not a natural number: {formula}": "늘린 크기가 자연수가 아닙니다: {formula}",
    "a {size} feature map is not a multiple of the factor {factor}: {formula}": (
        "{size} 특성 맵의 크기가 factor {factor}의 배수가 아닙니다: {formula}"
    ),
    "max_unpool needs {pooled}, what came out of {name}, for each value goes back to its place, found {input}": (
        "max_unpool은 값을 원래 자리로 돌려놓으므로 {name}에서 나온 {pooled:이} 필요한데, "
        "{input:이} 들어옵니다"
    ),
    "max_unpool cannot make {axis} {size} smaller: {wanted} went into {name}": (
        "max_unpool은 {axis} {size:을} 줄일 수 없습니다: {name}에는 {wanted:이} 들어갔습니다"
    ),
    "{axis} {size} cannot be padded to the {wanted} of {name}: it is larger already": (
        "{axis} {size:을} {name}의 {wanted:으로} 패딩할 수 없습니다: 이미 더 큽니다"
    ),
    "{axis} {size} cannot be cropped to the {wanted} of {name}: it is smaller": (
        "{axis} {size:을} {name}의 {wanted:으로} 자를 수 없습니다: 더 작습니다"
    ),
    "{axis} {size} cannot be cropped to the {wanted} of {name}, from {begin} on": (
        "{axis} {size:을} {begin}부터 {name}의 {wanted:으로} 자를 수 없습니다"
    ),
    "a pad of {amount} with mode: {mode} is too much for {axis} {size}: at most {limit}, as many values as there "
    "are to take": (
        "mode: {mode}에서 pad {amount:은} {axis} {size}에 너무 큽니다: 가져올 수 있는 값의 수인 "
        "{limit}까지입니다"
    ),
    "a crop of {begin} + {end} leaves nothing of {axis} {size}": (
        "crop {begin} + {end:은} {axis} {size}에서 아무것도 남기지 않습니다"
    ),
    "GLU without dim halves the last axis, in PyTorch the {axis}: write GLU: {{dim: 1}}, which halves the "
    "channels, or glu": (
        "dim이 없는 GLU는 마지막 축, PyTorch에서는 {axis:을} 반으로 나눕니다: 채널을 반으로 나누는 "
        "GLU: {{dim: 1}}이나 glu를 쓰세요"
    ),
    # axes
    "length": "길이",
    "height": "높이",
    "width": "너비",
    "depth": "깊이",
    "size": "크기",
}
