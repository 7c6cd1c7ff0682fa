"""What each kind of layer and structure is, in Korean: the paragraphs of its documentation."""

_PLAIN_ACTIVATIONS = (
    "relu relu6 leaky_relu elu selu gelu silu mish sigmoid hardsigmoid hardswish tanh softplus hardtanh softsign "
    "logsigmoid celu hardshrink softshrink tanhshrink softmin log_softmax rrelu"
)

TEXTS = {
    "A leaky relu whose slope is learned: one weight, or one per channel or element.": (
        "기울기를 학습하는 leaky relu: 가중치는 하나, 또는 채널이나 원소마다 하나입니다."
    ),
    "The exponentials of the values along an axis, each over their sum; changes no shape.": (
        "한 축의 값마다 지수를 취해 그 합으로 나눕니다. 모양은 그대로입니다."
    ),
    "Attention alone, without weights: heads*(2*key_size + value_size) channels become heads*value_size.": (
        "가중치 없는 어텐션: heads*(2*key_size + value_size)개 채널이 heads*value_size개가 됩니다."
    ),
    "Heads are outermost, in each query, key, value. With `from: [q, k, v]` these are three tensors.": (
        "head가 가장 바깥이고, 그 안에 query, key, value가 있습니다. `from: [q, k, v]`이면 텐서 셋입니다."
    ),
    "Attention between four dense layers at every place: of query, key and value, and of what comes out.": (
        "자리마다 dense 레이어 넷을 둔 어텐션: query, key, value, 그리고 출력입니다."
    ),
    "As torch.nn.MultiheadAttention and Keras' MultiHeadAttention count it. Each head has key_size channels of "
    "query and key, and value_size of the value.": (
        "torch.nn.MultiheadAttention과 Keras의 MultiHeadAttention처럼 셉니다. head마다 query와 key의 채널은 "
        "key_size개, value의 채널은 value_size개입니다."
    ),
    "The matrix product over the last two axes, in the file's layout: rows*inner by inner*columns.": (
        "파일의 layout에서 마지막 두 축의 행렬 곱입니다: 행*안쪽 곱하기 안쪽*열."
    ),
    "All other axes must be equal: there is a product for each of their places.": (
        "다른 축은 모두 같아야 합니다: 자리마다 곱이 하나씩 있습니다."
    ),
    "A convolution. Output size per axis: (size + padding - extent)/stride + 1.": (
        "합성곱입니다. 축마다 출력 크기는 (크기 + 패딩 - extent)/스트라이드 + 1입니다."
    ),
    "The extent is what the dilated kernel covers: dilation*(kernel_size - 1) + 1.": (
        "extent는 벌어진 커널이 덮는 크기입니다: dilation*(kernel_size - 1) + 1."
    ),
    "Weights: prod(kernel_size) * channels/groups * filters, and filters with bias.": (
        "가중치: prod(kernel_size) * 채널/groups * filters, bias가 있으면 filters개 더."
    ),
    "A convolution of each channel by itself, `multiplier` filters a channel.": (
        "채널마다 따로 하는 합성곱입니다. 채널마다 필터가 `multiplier`개입니다."
    ),
    "Weights: prod(kernel_size) * channels * multiplier, and channels * multiplier with bias.": (
        "가중치: prod(kernel_size) * 채널 * multiplier, bias가 있으면 채널 * multiplier개 더."
    ),
    "A depthwise convolution without bias, then a 1x1 convolution to `filters` channels.": (
        "bias 없는 depthwise 합성곱 다음에 `filters`개 채널로 가는 1x1 합성곱입니다."
    ),
    "Weights with multiplier m: prod(kernel_size)*channels*m + channels*m*filters, and filters with bias.": (
        "multiplier가 m일 때 가중치: prod(kernel_size)*채널*m + 채널*m*filters, bias가 있으면 filters개 더."
    ),
    "A transposed convolution: (size - 1)*stride - padding + extent + output_padding.": (
        "전치 합성곱입니다: (크기 - 1)*스트라이드 - 패딩 + extent + output_padding."
    ),
    "Weights: prod(kernel_size) * channels * filters/groups, and filters with bias. MACs are counted at input "
    "positions.": (
        "가중치: prod(kernel_size) * 채널 * filters/groups, bias가 있으면 filters개 더. MACs는 입력의 자리에서 셉니다."
    ),
    "A layer that the language does not have: its output and its cost are as stated, and never checked.": (
        "이 언어에 없는 레이어입니다: 출력과 비용은 적힌 대로이고 검사하지 않습니다."
    ),
    "Its expressions may use c_in, h_in, w_in, l_in and d_in: what comes into this layer.": (
        "식에서 이 레이어에 들어오는 c_in, h_in, w_in, l_in, d_in을 쓸 수 있습니다."
    ),
    "A fully connected layer: features*units weights, and units with bias. It wants a vector.": (
        "완전 연결 레이어입니다: 가중치는 특성*units개, bias가 있으면 units개 더. 벡터가 들어와야 합니다."
    ),
    "All axes in one: [H, W, C] becomes [H*W*C], in the order of the file's layout.": (
        "모든 축을 하나로 펼칩니다: [H, W, C]가 파일의 layout 순서로 [H*W*C]가 됩니다."
    ),
    "The input itself.": "입력 그대로입니다.",
    "Leaves out whole samples while training (Huang et al. 2016, https://arxiv.org/abs/1603.09382).": (
        "학습하는 동안 샘플을 통째로 뺍니다(Huang et al. 2016, https://arxiv.org/abs/1603.09382)."
    ),
    "At the end of a residual branch that leaves out the branch. It changes no shape.": (
        "residual 가지의 끝에 두면 그 가지를 뺍니다. 모양은 그대로입니다."
    ),
    "Sets a share of the values to 0 while training; changes no shape.": (
        "학습하는 동안 값의 일부를 0으로 만듭니다. 모양은 그대로입니다."
    ),
    "Dropout2d and SpatialDropout2D set whole channels to 0.": (
        "Dropout2d와 SpatialDropout2D는 채널을 통째로 0으로 만듭니다."
    ),
    "A learned vector for each of `count` numbers: [length] of these becomes [length, units]: count*units.": (
        "`count`개 숫자마다 학습하는 벡터입니다: [length]가 [length, units]가 됩니다: 가중치 count*units개."
    ),
    "Nothing is multiplied. Sources: torch.nn.Embedding and keras.layers.Embedding.": (
        "곱셈이 없습니다. 출처: torch.nn.Embedding과 keras.layers.Embedding."
    ),
    "The sum of its inputs, element by element.": "입력을 원소끼리 더합니다.",
    "The first input less all others, element by element.": "첫 입력에서 나머지를 원소끼리 뺍니다.",
    "The mean of its inputs, element by element.": "입력을 원소끼리 평균합니다.",
    "The greatest of its inputs, element by element.": "입력 중 가장 큰 값을 원소마다 고릅니다.",
    "The least of its inputs, element by element.": "입력 중 가장 작은 값을 원소마다 고릅니다.",
    "The product of its inputs, element by element.": "입력을 원소끼리 곱합니다.",
    "The channels of all inputs, or another axis, one after the other; the other axes must be equal.": (
        "모든 입력을 채널이나 다른 한 축으로 이어 붙입니다. 나머지 축은 같아야 합니다."
    ),
    "Cuts the channels, or another axis, into parts: equal ones by names, or of given sizes by a mapping.": (
        "채널이나 다른 한 축을 나눕니다: 이름을 쓰면 똑같이, 매핑을 쓰면 정한 크기로."
    ),
    "Batch normalisation: 2C learned, and 2C running statistics that are stored but not learned.": (
        "배치 정규화: 학습하는 파라미터 2C개, 저장하지만 학습하지 않는 이동 통계 2C개."
    ),
    "Without its scale, or without its center, the shift, C are learned. Keras counts all 4C together.": (
        "배율(scale)이나 이동(center)이 없으면 C개를 학습합니다. Keras는 4C개를 모두 셉니다."
    ),
    "Layer normalisation over the channels (LayerNorm2d, Keras' LayerNormalization): 2C.": (
        "채널에 대한 레이어 정규화(LayerNorm2d, Keras의 LayerNormalization): 2C개."
    ),
    "Instance normalisation: no weights unless affine.": "인스턴스 정규화: affine이 아니면 가중치가 없습니다.",
    "Group normalisation: 2C; the groups must divide the channels.": (
        "그룹 정규화: 2C개. 채널이 그룹으로 나누어떨어져야 합니다."
    ),
    "Root mean square normalisation over the channels, with a learned scale: C.": (
        "채널에 대한 RMS 정규화, 배율을 학습합니다: C개."
    ),
    "Source: Zhang and Sennrich 2019, https://arxiv.org/abs/1910.07467.": (
        "출처: Zhang and Sennrich 2019, https://arxiv.org/abs/1910.07467."
    ),
    "Global response normalisation: each channel by its norm over the map, scale and shift learned: 2C.": (
        "전역 반응 정규화: 채널마다 맵 전체의 노름으로 나누고, 배율과 이동을 학습합니다: 2C개."
    ),
    "Source: Woo et al. 2023 (ConvNeXt V2), https://arxiv.org/abs/2301.00808.": (
        "출처: Woo et al. 2023 (ConvNeXt V2), https://arxiv.org/abs/2301.00808."
    ),
    "Divides the channels at each place by their Euclidean norm: no weights.": (
        "자리마다 채널을 유클리드 노름으로 나눕니다: 가중치가 없습니다."
    ),
    "Local response normalisation (AlexNet): no weights.": "국소 반응 정규화(AlexNet): 가중치가 없습니다.",
    "The greatest value of each window. A kernel_size of 2 with stride 2 halves the size.": (
        "윈도마다 가장 큰 값입니다. kernel_size 2에 stride 2이면 크기가 반이 됩니다."
    ),
    "The mean of each window.": "윈도마다 평균입니다.",
    "The power mean of each window: no padding, no dilation.": (
        "윈도마다 거듭제곱 평균입니다: 패딩도 dilation도 없습니다."
    ),
    "The mean of each channel: [H, W, C] becomes [C], or [1, 1, C] with keepdims.": (
        "채널마다 평균입니다: [H, W, C]가 [C]가 되고, keepdims이면 [1, 1, C]가 됩니다."
    ),
    "The greatest value of each channel: [H, W, C] becomes [C], or [1, 1, C] with keepdims.": (
        "채널마다 가장 큰 값입니다: [H, W, C]가 [C]가 되고, keepdims이면 [1, 1, C]가 됩니다."
    ),
    "Means over windows of about equal size, output_size of them per axis.": (
        "크기가 비슷한 윈도의 평균이 축마다 output_size개 나옵니다."
    ),
    "Maxima over windows of about equal size, output_size of them per axis.": (
        "크기가 비슷한 윈도의 최댓값이 축마다 output_size개 나옵니다."
    ),
    "Long short-term memory: 4*units*(channels + units) weights, and 4*units a bias, in each direction.": (
        "LSTM: 방향마다 가중치 4*units*(채널 + units)개, bias 하나에 4*units개."
    ),
    "The class LSTM is PyTorch's with hidden_size (two biases), Keras' with units (the last step alone, unless "
    "return_sequences).": (
        "클래스 LSTM은 hidden_size를 쓰면 PyTorch의 것(bias 둘), units를 쓰면 Keras의 것(return_sequences가 없으면 "
        "마지막 단계만)입니다."
    ),
    "Source: Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000.": (
        "출처: Hochreiter and Schmidhuber 1997, 망각 게이트는 Gers et al. 2000."
    ),
    "A gated recurrent unit: 3*units*(channels + units) weights, and 3*units a bias, in each direction.": (
        "GRU: 방향마다 가중치 3*units*(채널 + units)개, bias 하나에 3*units개."
    ),
    "The class GRU is PyTorch's with hidden_size (two biases), Keras' with units (two by its reset_after, the last "
    "step alone, unless return_sequences).": (
        "클래스 GRU는 hidden_size를 쓰면 PyTorch의 것(bias 둘), units를 쓰면 Keras의 것(reset_after 때문에 둘, "
        "return_sequences가 없으면 마지막 단계만)입니다."
    ),
    "With one bias it is that of Cho et al. 2014; with two or none the reset gate works on the product, as in "
    "PyTorch and in Keras' `reset_after`.": (
        "bias가 하나이면 Cho et al. 2014의 것이고, 둘이거나 없으면 PyTorch와 Keras의 `reset_after`처럼 리셋 게이트가 "
        "곱에 작용합니다."
    ),
    "A plain recurrent layer (Elman 1990): units*(channels + units) weights, and units a bias.": (
        "단순 순환 레이어(Elman 1990): 가중치 units*(채널 + units)개, bias 하나에 units개."
    ),
    "RNN is PyTorch's class, with hidden_size (two biases), SimpleRNN Keras', with units (the last step alone, "
    "unless return_sequences).": (
        "RNN은 hidden_size를 쓰는 PyTorch의 클래스(bias 둘), SimpleRNN은 units를 쓰는 Keras의 클래스"
        "(return_sequences가 없으면 마지막 단계만)입니다."
    ),
    "The mean, maximum or sum along one axis or several, each of which becomes 1.": (
        "한 축이나 여러 축의 평균, 최댓값, 합입니다. 그 축은 1이 됩니다."
    ),
    "The same elements in another shape; one size may be -1: what remains.": (
        "같은 원소를 다른 모양으로 둡니다. 크기 하나는 나머지를 뜻하는 -1이어도 됩니다."
    ),
    "They are taken and put in the order of the file's layout.": "파일의 layout 순서로 꺼내고 놓습니다.",
    "The axes in another order, counted from 0 in the file's layout without the batch.": (
        "축을 다른 순서로 둡니다. 배치를 빼고 파일의 layout에서 0부터 셉니다."
    ),
    "Mixes the channels of the groups (ShuffleNet): no shape changes, but they must divide the channels.": (
        "그룹들의 채널을 섞습니다(ShuffleNet): 모양은 그대로이지만 채널이 그룹으로 나누어떨어져야 합니다."
    ),
    "Enlarges by a factor (size * scale, an exact fraction) or to a size.": (
        "배율만큼(크기 * scale, 정확한 분수) 또는 정한 크기로 키웁니다."
    ),
    "Turns channels into pixels: C/factor**rank channels, every axis times factor.": (
        "채널을 픽셀로 바꿉니다: 채널은 C/factor**rank개가 되고 축마다 factor배가 됩니다."
    ),
    "Turns pixels into channels: every axis divided by factor, C*factor**rank channels.": (
        "픽셀을 채널로 바꿉니다: 축마다 factor로 나누어지고 채널은 C*factor**rank개가 됩니다."
    ),
    "Undoes a maxpool: each value goes back to where it was the greatest, with zeros around it.": (
        "maxpool을 되돌립니다: 값마다 가장 컸던 자리로 돌아가고 둘레는 0이 됩니다."
    ),
    "The size is that of what went into the pool. Source: torch.nn.MaxUnpool2d.": (
        "크기는 그 풀링에 들어간 것과 같습니다. 출처: torch.nn.MaxUnpool2d."
    ),
    "Zeros around the feature map, or its own values: size + begin + end.": (
        "특성 맵 둘레에 0이나 자기 값을 두릅니다: 크기 + 앞 + 뒤."
    ),
    "`reflect` mirrors at the outermost value, which it does not repeat, `replicate` repeats that, `circular` goes "
    "on at the other end.": (
        "`reflect`는 맨 끝 값을 되풀이하지 않고 거울처럼 비추고, `replicate`는 그 값을 되풀이하며, `circular`는 반대쪽 "
        "끝에서 이어집니다."
    ),
    "Cuts off the ends: size - begin - end.": "양 끝을 자릅니다: 크기 - 앞 - 뒤.",
    "Multiplies with learned factors, one per channel, tensor or element, and with bias adds as many.": (
        "학습하는 배율을 곱합니다. 채널, 텐서, 원소마다 하나이고, bias가 있으면 그만큼 더합니다."
    ),
    "LayerScale (Touvron et al. 2021, https://arxiv.org/abs/2103.17239) is per channel, SkipInit (De and Smith "
    "2020, https://arxiv.org/abs/2002.10444) per tensor.": (
        "LayerScale(Touvron et al. 2021, https://arxiv.org/abs/2103.17239)은 채널마다, SkipInit(De and Smith 2020, "
        "https://arxiv.org/abs/2002.10444)은 텐서마다입니다."
    ),
    "A gated linear unit: half of the channels, each times the sigmoid of its partner in the other half.": (
        "GLU: 채널의 절반에 나머지 절반의 짝을 sigmoid한 값을 곱합니다."
    ),
    "Source: Dauphin et al. 2017, https://arxiv.org/abs/1612.08083.": (
        "출처: Dauphin et al. 2017, https://arxiv.org/abs/1612.08083."
    ),
    "The exponential function of each value; changes no shape.": "값마다 지수 함수입니다. 모양은 그대로입니다.",
    "(x + sqrt(x**2 + 4))/2, Keras' squareplus; changes no shape.": (
        "(x + sqrt(x**2 + 4))/2, Keras의 squareplus. 모양은 그대로입니다."
    ),
    "A softplus that is 0 below -1, Keras' sparse_plus; changes no shape.": (
        "-1보다 작으면 0인 softplus, Keras의 sparse_plus. 모양은 그대로입니다."
    ),
    "(x + 1)/2 between 0 and 1, Keras' sparse_sigmoid; changes no shape.": (
        "0과 1 사이의 (x + 1)/2, Keras의 sparse_sigmoid. 모양은 그대로입니다."
    ),
    "A softmax with zeros (Martins and Astudillo 2016); changes no shape.": (
        "0이 나올 수 있는 softmax(Martins and Astudillo 2016). 모양은 그대로입니다."
    ),
    "Puts another value in the place of what is not above a threshold; changes no shape.": (
        "문턱을 넘지 못한 값을 다른 값으로 바꿉니다. 모양은 그대로입니다."
    ),
    "PyTorch's gated linear unit, which halves the axis `dim`: the last one where it is not given.": (
        "축 `dim`을 반으로 나누는 PyTorch의 GLU: 쓰지 않으면 마지막 축입니다."
    ),
    "Keras' transposed convolution: with `same` size*stride, else (size - 1)*stride + max(extent, stride).": (
        "Keras의 전치 합성곱: `same`이면 크기*스트라이드, 아니면 (크기 - 1)*스트라이드 + max(extent, 스트라이드)."
    ),
    "With an output_padding of its own it is (size - 1)*stride + extent + output_padding, less the even part of the "
    "extent with `same`. Source: Keras 3.15, `_get_output_shape_given_tf_padding` of backend_utils. Of an odd number "
    "of pixels that are taken away the end loses one more, as in TensorFlow.": (
        "output_padding을 쓰면 (크기 - 1)*스트라이드 + extent + output_padding이고, `same`이면 extent의 짝수 부분을 "
        "뺍니다. 출처: Keras 3.15, backend_utils의 `_get_output_shape_given_tf_padding`. 잘라 내는 픽셀이 홀수이면 "
        "TensorFlow처럼 끝에서 하나 더 자릅니다."
    ),
    "Keras' upsampling, whose size is a factor, 2 where it is not given.": (
        "Keras의 업샘플링. size가 배율이고, 쓰지 않으면 2입니다."
    ),
    "PyTorch's upsampling of images whose mode is in its name.": "방식이 이름에 있는 PyTorch의 이미지 업샘플링입니다.",
    "The same with values in between.": "사이의 값을 구하는 같은 레이어입니다.",
    "Keras' layer that makes an image as high and wide as it says, larger or smaller.": (
        "이미지를 정한 높이와 너비로 키우거나 줄이는 Keras의 레이어입니다."
    ),
    "Keras' layer that multiplies its input with a number and adds one, neither of them learned.": (
        "입력에 수를 곱하고 더하는 Keras의 레이어입니다. 둘 다 학습하지 않습니다."
    ),
    "Batch normalisation of which nothing is learned: torchvision's class, without affine.": (
        "아무것도 학습하지 않는 배치 정규화: affine이 없는 torchvision의 클래스입니다."
    ),
    "Keras' group normalisation, which has 32 groups where they are not given.": (
        "Keras의 그룹 정규화. 쓰지 않으면 그룹이 32개입니다."
    ),
    "Adds a shortcut to what its layers make: input -> layers, plus input -> shortcut.": (
        "레이어들의 출력에 지름길을 더합니다: 입력 -> 레이어들, 그리고 입력 -> 지름길."
    ),
    "Runs branches side by side on one input and merges what comes out.": (
        "한 입력에 여러 가지를 나란히 두고, 나온 것을 합칩니다."
    ),
    "Multiplies its input with what its layers make of it (squeeze-and-excitation).": (
        "레이어들이 입력으로 만든 것을 입력에 곱합니다(squeeze-and-excitation)."
    ),
    "Repeats its layers, `i` being the index of the pass; `collect` joins the input and every pass.": (
        "레이어들을 되풀이합니다. `i`는 몇 번째인지이고, `collect`는 입력과 되풀이마다 나온 것을 합칩니다."
    ),
} | {
    f"The activation {name}; changes no shape.": f"활성화 함수 {name}. 모양은 그대로입니다."
    for name in _PLAIN_ACTIVATIONS.split()
}
