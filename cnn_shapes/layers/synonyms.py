"""What the field calls a kind beside its name and its class names: a message says which of ours is meant.

None of these words is read in a spec. They are written here in small letters without `_` and `-`; a word that
differs from a kind or a class name in these alone needs no synonym. Sources: the functions of PyTorch and
Keras, Caffe's layers, Darknet's sections, the words of papers.
"""

from __future__ import annotations

from cnn_shapes.diagnostics import spelling

_WORDS = {
    "conv": "convolution convlayer convolutional pointwise pointwiseconv",
    "depthwise_conv": "dwconv depthwise depthwiseconvolution convdw",
    "separable_conv": "sepconv separable separableconvolution",
    "conv_transpose": "deconv deconvolution deconvolutional transposedconv transposedconvolution upconv "
    "transposeconv convtransposed transposeconvolution",
    "maxpool": "max pooling maxpooling maxpoolinglayer subsampling",
    "avgpool": "avg meanpool averagepool averagepooling avgpooling meanpooling",
    "global_avgpool": "gap globalaveragepooling globalaveragepool globalavgpooling globalpool globalpooling "
    "globalmeanpool spatialmean",
    "global_maxpool": "gmp globalmaxpooling",
    "adaptive_avgpool": "adaptiveaveragepooling adaptiveavgpooling adaptivepool adaptivepooling",
    "adaptive_maxpool": "adaptivemaxpooling",
    "dense": "fullyconnected fullconnected fclayer innerproduct connected",
    "flatten": "vectorize ravel unroll",
    "identity": "noop passthrough linearactivation",
    "dropout": "drop dropoutlayer spatialdropout",
    "batchnorm": "bn batchnormalisation",
    "layernorm": "ln layernormalisation",
    "instancenorm": "instancenormalization",
    "groupnorm": "gn groupnormalisation",
    "rmsnorm": "rootmeansquarenorm rootmeansquarenormalization rmsnormalisation",
    "l2norm": "l2normalize l2normalise l2normalization l2normalisation unitnorm",
    "grn": "globalresponsenorm globalresponsenormalization globalresponsenormalisation",
    "scale": "layerscale skipinit learnedscale scalar",
    "stochastic_depth": "droppath stochdepth",
    "subtract": "sub minus difference elementwisesub",
    "maximum": "elementwisemax eltwisemax",
    "minimum": "elementwisemin eltwisemin",
    "average": "elementwisemean elementwiseaverage",
    "glu": "gatedlinearunit gatedlinear",
    "exponential": "exp",
    "hardtanh": "htanh",
    "lrn": "localresponsenormalization localresponse localnorm",
    "silu": "swish",
    "hardswish": "hswish",
    "hardsigmoid": "hsigmoid",
    "leaky_relu": "leaky lrelu",
    "sigmoid": "logistic sig",
    "add": "sum plus addition eltwise elementwise elementwiseadd elementwisesum shortcut",
    "multiply": "mul mult elementwisemul elementwiseproduct",
    "concat": "cat concatenation merge join route",
    "split": "chunk slice",
    "pad": "padding zeropad zeropadding reflectionpad",
    "crop": "cropping centercrop",
    "upsample": "up upscale interpolate resize unpool unpooling upsampling",
    "pixel_shuffle": "depthtospace subpixel subpixelconv",
    "space_to_depth": "reorg",
    "channel_shuffle": "shuffle",
    "reshape": "view",
    "permute": "transpose moveaxis",
    "lstm": "longshorttermmemory",
    "gru": "gatedrecurrentunit",
    "rnn": "elman vanillarnn",
    "embedding": "embed wordembedding embeddinglookup",
    "attention": "selfattention scaleddotproductattention dotproductattention sdpa",
    "multihead_attention": "mha msa mhsa multiheadselfattention",
    "matmul": "bmm batchmatmul matrixmultiply matrixproduct",
    "custom": "lambda lambdalayer unknown other anything userdefined customlayer blackbox",
    "residual": "skip skipconnection residualblock resblock",
    "parallel": "inception branches branch multibranch",
    "gate": "se seblock squeezeexcite squeezeandexcitation squeezeexcitation",
    "repeat": "loop",
}
# the words of fields that mean that nothing is there: what to write where one is a layer of its own
NO_LAYERS = {
    "linear": "linear as an activation changes nothing: write identity; a layer with weights is dense: 10",
    "none": "none is the word for no norm and no activation: leave it out, or write identity",
}
MEANT = {word: kind for kind, words in _WORDS.items() for word in words.split()}


def synonym(word: str) -> str | None:
    """The kind or structure that the field calls so; None where no such word is known."""
    return MEANT.get(spelling(word))
