"""What `sizes` and `fix` answer, in Korean."""

TEXTS = {
    # sizes
    "first layer that fails": "처음 실패하는 레이어",
    "none up to {size:,}": "{size:,}까지 없음",
    "works": "됩니다",
    "does not work": "안 됩니다",
    "{works}, and is not square": "{works}, 정사각형이 아닙니다",
    "not known": "알 수 없음",
    "smallest": "가장 작은 크기",
    "this input, {size}": "이 입력 {size}",
    "nearest below": "바로 아래",
    "nearest above": "바로 위",
    "others": "그 밖",
    "{layer}, line {line}, fails at every size that gets as far": (
        "{line}행의 {layer:은} 여기까지 오는 모든 크기에서 실패합니다"
    ),
    "{layer}, line {line}, fails whatever the size": "{line}행의 {layer:은} 크기와 상관없이 실패합니다",
    "{place}: fix it first": "{place}: 먼저 이것을 고치세요",
    "no square input size works": "되는 정사각형 입력 크기가 없습니다",
    "no input size works": "되는 입력 크기가 없습니다",
    "no input size that works was found": "되는 입력 크기를 찾지 못했습니다",
    "squares": "정사각형",
    "cubes": "정육면체",
    "{shapes} up to {size:,}": "{size:,}까지의 {shapes}",
    "all {shapes} were tried, and every {axis} with each {others}, up to {size:,}": (
        "모든 {shapes:과}, {size:,}까지의 모든 {axis:과} {others:을} 시도했습니다"
    ),
    "and {count:,} more such lines, which --json lists": "이런 줄 {count:,}개 더, --json에 모두 있습니다",
    "only {sizes}": "{sizes}만",
    "at least {sizes}": "적어도 {sizes}",
    "also {sizes}": "그리고 {sizes}",
    "{shown} and {count:,} more": "{shown} 밖에 {count:,}개 더",
    "{axes}, each": "{axes} 각각",
    "{axis} with {held}": "{held}일 때 {axis}",
    "{first} to {end}, {second} to {second_end}, and so on in steps of {step}, to infinity": (
        "{first}~{end}, {second}~{second_end}, 이렇게 {step}씩 끝없이"
    ),
    "every size from {first} on": "{first} 이상 모든 크기",
    "every multiple of {step} from {first}, to infinity": "{first} 이상 {step}의 모든 배수, 끝없이",
    "{first}, {second}, {third}, and so on in steps of {step}, to infinity": (
        "{first}, {second}, {third}, 이렇게 {step}씩 끝없이"
    ),
    "{first} to {last} in steps of {step}": "{first}부터 {last}까지 {step}씩",
    "{layer}, line {line}": "{line}행의 {layer}",
    "tested up to {size:,}, not proved beyond": "{size:,}까지 시험했고, 그 위는 증명하지 않았습니다",
    "without --square, other sizes are shown too": "--square를 빼면 다른 크기도 보입니다",
    "{size} works and is not square: without --square, other sizes are shown too": (
        "{size:은} 되지만 정사각형이 아닙니다: --square를 빼면 다른 크기도 보입니다"
    ),
    "sizes end at 2**31-1, as in every framework: check takes none of these": (
        "크기는 모든 프레임워크에서처럼 2**31-1까지입니다: check는 이 크기들을 받지 않습니다"
    ),
    "expect is left out: it states the sizes of one input": (
        "expect는 뺐습니다: 입력 하나의 크기만 말하기 때문입니다"
    ),
    "check does not report {rule} at {layer}, which is silenced": (
        "{layer}의 {rule:은} 무시하게 되어 있어서 check가 알리지 않습니다"
    ),
    "{inputs} varies": "{inputs:이} 바뀝니다",
    "{inputs} vary together": "{inputs:이} 함께 바뀝니다",
    "{inputs} stays as given": "{inputs:은} 그대로입니다",
    "{inputs} stay as given": "{inputs:은} 그대로입니다",
    "{said}: --vary {other} asks for {other}": "{said}: {other:을} 물으려면 --vary {other}",
    "{axes} may depend on each other": "{axes:은} 서로 관계가 있을 수 있습니다",
    "{layer}, line {line}, ties {axes} together": "{line}행의 {layer:이} {axes:을} 묶습니다",
    "{why}: shown are equal sizes, and each axis with the other as in this input; more may work": (
        "{why}: 같은 크기들과, 다른 축을 이 입력대로 둔 각 축을 보였습니다; 더 있을 수 있습니다"
    ),
    "{why}: shown are equal sizes, and each axis with the others as in this input; more may work": (
        "{why}: 같은 크기들과, 다른 축들을 이 입력대로 둔 각 축을 보였습니다; 더 있을 수 있습니다"
    ),
    "it cannot be built at this size": "이 크기에서는 만들 수 없습니다",
    "{path}: {which} is a vector of {features} features, it has no size to vary": (
        "{path}: {which:은} 특성 {features}개짜리 벡터라서 바꿀 크기가 없습니다"
    ),
    "{path}: {which} is a vector of {features} features, it has no size to vary; --vary takes {others}": (
        "{path}: {which:은} 특성 {features}개짜리 벡터라서 바꿀 크기가 없습니다; --vary에는 {others:을} 쓸 수 있습니다"
    ),
    # fix
    "{path}: no errors but a silenced {rule} at {layer}": (
        "{path}: 오류가 없습니다. {layer}의 {rule:은} 무시하게 되어 있습니다"
    ),
    "{path}: no errors, nothing to fix": "{path}: 오류가 없어서 고칠 것이 없습니다",
    "by hand, for it is written in another way or in several places:": (
        "다르게 쓰였거나 여러 곳에 쓰여서 직접 고칠 것:"
    ),
    "nothing cheaper exists": "더 싼 방법은 없습니다",
    "best found: a cheaper one may exist": "찾은 것 중 가장 좋습니다: 더 싼 방법이 있을 수 있습니다",
    "{count} more: --all lists them": "{count}개 더: --all이 모두 보여 줍니다",
    "{command} --apply 1 writes the first, --diff shows it": (
        "{command} --apply 1이 첫 번째를 파일에 쓰고, --diff는 보여 주기만 합니다"
    ),
    "{none}; check shows another kind of fix": "{none}; check가 다른 종류의 해결을 보여 줍니다",
    "what gets furthest:": "가장 많이 나아가는 것:",
    "first see line {line}: {message}": "먼저 {line}행을 보세요: {message}",
    "{rule} on line {line} comes first, and is yours to mend: check shows it": (
        "{line}행의 {rule:이} 먼저이고, 직접 고쳐야 합니다: check가 보여 줍니다"
    ),
    "{rule} on line {line} comes first, check shows its fix": (
        "{line}행의 {rule:이} 먼저입니다. check가 해결을 보여 줍니다"
    ),
    "no errors, but not what was asked for": "오류는 없지만 요청한 것과 다릅니다",
    "{message} (line {line})": "{message} ({line}행)",
    "{message} (line {line}), and {more} more": "{message} ({line}행), 그 밖에 {more}개 더",
    "{none} and gives what was asked for": "{none} (요청한 것까지 맞추려면)",
    "no set of the allowed changes that are tried makes the whole network valid": (
        "허락된 변경 중 시도한 것으로는 네트워크 전체를 올바르게 만들 수 없습니다"
    ),
    "no small set of allowed changes was found that makes the whole network valid": (
        "허락된 변경 중에서 네트워크 전체를 올바르게 만드는 작은 변경을 찾지 못했습니다"
    ),
    "cost {cost}": "비용 {cost}",
    "{count} change": "{count}개가 바뀜",
    "keeps its shape": "모양 그대로",
    "{old:,}, as before": "{old:,}, 그대로",
}
