"""Each design rule speaks where it should, word for word, and is silent where it looks alike but is right."""

import pytest

from cnn_shapes.discovery import shipped as zoo
from cnn_shapes.rules import DESIGN, RULES
from tests.specs import CONV, check, found, spec

SQUEEZE = "gate: [global_avgpool, dense: 8, dense: {units: 8, activation: sigmoid}]"

# what each rule says: the numbers by hand, or of the paper that is named
SPEAKS: list[tuple[str, str, str]] = [
    # PyTorch: 225 // 2 = 112, so that row and column 225 are lost
    (
        "pixels-dropped",
        spec("maxpool: 2", "[225, 225, 8]", "rounding: floor\n"),
        "the end of the 225x225 feature map is never read: 225 / 2 = 112.5 rounds down",
    ),
    # 9*8*8 weights and 8 biases; test_budget.py has more
    (
        "over-budget",
        spec(CONV, top="budget: {params: 583}\n"),
        "the network has 584 parameters, and its budget is 583: most are in conv1 (584)",
    ),
    (
        "share-left-out",
        spec(
            "conv: {filters: 8, kernel_size: 1, name: a, if: false}\n"
            "conv: {filters: 8, kernel_size: 1, share: a}"
        ),
        "the if of a leaves it out here: this layer has weights of its own, which are counted",
    ),
    ("implicit-1x1", spec("conv: 16"), "conv1 has no kernel_size, so it is 1x1"),
    (
        "implicit-1x1",
        spec("conv: 16\nrelu\nconv: {filters: 8, stride: 1}"),
        "conv1 has no kernel_size, so it is 1x1, and so is 1 more",
    ),
    (
        "implicit-1x1",
        spec("conv: 16\nrelu\nseparable_conv: 8\nrelu\nconv_transpose: 4"),
        "conv1 has no kernel_size, so it is 1x1, and so are 2 more",
    ),
    # torch.nn.Conv2d and keras.layers.Conv2DTranspose demand it
    (
        "implicit-1x1",
        spec("Conv2d: {out_channels: 16}"),
        "conv1 has no kernel_size, which Conv2d needs: it is read as 1",
    ),
    (
        "implicit-1x1",
        spec("Conv2DTranspose: {filters: 16}"),
        "conv_transpose1 has no kernel_size, which Conv2DTranspose needs: it is read as 1",
    ),
    # SqueezeNet 1.0: 109 windows of 7 reach 2*108 + 7 = 223 of 224 pixels
    (
        "pixels-dropped",
        zoo.text("squeezenet1_0"),
        "the end of the 224x224 feature map is never read: (224 + 2*0 - 7)/2 + 1 = 109.5 rounds down",
    ),
    (
        "pixels-dropped",
        spec("maxpool: {kernel_size: 3, rounding: floor}", "[10, 9, 8]"),
        "the end of the 10x9 feature map is never read: 10 / 3 = 3.33... rounds down",
    ),
    # a kernel of 2 at every third place reads 2/3 of each axis, 4/9 of the pixels
    (
        "pixels-skipped",
        spec("conv: {filters: 8, kernel_size: 2, stride: 3, activation: relu}", "[29, 29, 8]"),
        "no layer reads more than 4/9 of the 29x29 feature map from input: kernel_size 2 with "
        "stride 3 steps over the "
        "rest",
    ),
    # taps 0, 2 and 4 at stride 2 are even places only
    (
        "pixels-skipped",
        spec("conv: {filters: 8, kernel_size: 3, stride: 2, dilation: 2, activation: relu}", "[29, 29, 8]"),
        "no layer reads more than 1/4 of the 29x29 feature map from input: kernel_size 3 with "
        "stride 2, dilation 2 steps "
        "over the rest",
    ),
    (
        "padding-exceeds-kernel",
        spec("conv: {filters: 8, kernel_size: 3, padding: 3, activation: relu}"),
        "the outermost outputs see padding alone: the padding is not smaller than the 3x3 kernel",
    ),
    # Odena 2016: 5 is not a multiple of 2
    (
        "checkerboard",
        spec("conv_transpose: {filters: 8, kernel_size: 5, stride: 2}"),
        "the kernel_size 5 is not a multiple of the stride 2: the outputs get unequal shares of the input",
    ),
    (
        "bias-before-norm",
        spec("dense: {units: 16, norm: batch, activation: relu}", "[64]"),
        "the batchnorm after dense1 takes its bias away again: bias: false saves 16 parameters",
    ),
    (
        "bias-before-norm",
        spec("conv: {filters: 16, kernel_size: 3}\ninstancenorm\nrelu"),
        "the instancenorm after conv1 takes its bias away again: bias: false saves 16 parameters",
    ),
    # 784 features become 4608 and then 10 in two linear steps
    (
        "missing-activation",
        spec("conv: {filters: 8, kernel_size: 5}\nflatten\ndense: 10", "[28, 28, 1]"),
        "no activation between conv1 and dense1: together they can do no more than one layer",
    ),
    (
        "missing-activation",
        spec(
            "conv: {filters: 8, kernel_size: 3, bias: false, norm: batch}\navgpool: 2\nconv: 8", "[30, 30, 4]"
        ),
        "no activation between conv1 and conv2: together they can do no more than one layer",
    ),
    (
        "repeated-activation",
        spec("relu\nsigmoid"),
        "two activations in a row: sigmoid directly follows relu1",
    ),
    (
        "repeated-activation",
        spec("relu6\ndropout: 0.1\nrelu"),
        "this relu changes nothing: what relu61 gives is never negative",
    ),
    (
        "dropout-before-batchnorm",
        spec("dropout: 0.3\nconv: {filters: 8, kernel_size: 3, bias: false}\nrelu\nbatchnorm"),
        "batchnorm1 normalises what dropout1 has thinned out: put the dropout after the last batchnorm",
    ),
    (
        "batchnorm-on-one-pixel",
        spec("adaptive_avgpool: 1\nbatchnorm"),
        "batchnorm1 normalises a single pixel: PyTorch cannot train this with a batch of one",
    ),
    # torch.nn.functional.instance_norm: _verify_spatial_size, unless it tracks running statistics
    (
        "batchnorm-on-one-pixel",
        spec("conv: {filters: 8, kernel_size: 28, bias: false, norm: instance}"),
        "conv1.norm normalises a single pixel: less its own mean it is always 0, and PyTorch refuses it",
    ),
    # AlexeyAB/darknet#1636: 416 + 2*1 - 2 + 1 = 417
    (
        "even-kernel",
        spec("conv: {filters: 8, kernel_size: 2, padding: 1, activation: relu}", "[416, 416, 3]"),
        "the even kernel 2x2 cannot keep a size with equal padding on both sides: 416x416 becomes 417x417",
    ),
    # taehoonlee/tensornets#25: ceil(224/2) = 112 outputs need 111*2 + 7 = 229 pixels, 5 more than there are
    (
        "uneven-same-padding",
        spec(
            "conv: {filters: 8, kernel_size: 7, stride: 2, padding: same, activation: relu}", "[224, 224, 3]"
        ),
        "padding: same with a stride differs between frameworks: this conv pads one end more than the other",
    ),
    (
        "uneven-same-padding",
        spec("maxpool: {kernel_size: 3, stride: 2, padding: same}"),
        "padding: same with a stride differs between frameworks: this maxpool pads one end more than "
        "the other",
    ),
    # VGG-16: 7*7*512*4096 + 4096 = 102,764,544 of torchvision's 138,357,544
    (
        "heavy-flatten",
        zoo.text("vgg16"),
        "dense1 holds 102,764,544 of 138,357,544 parameters (74 %), because it reads a "
        "flattened 7x7x512 feature map",
    ),
    # two 3x3 convolutions see 5 pixels
    (
        "small-receptive-field",
        spec(f"{CONV}\n{CONV}\nglobal_avgpool\ndense: 10"),
        "global_avgpool1 averages patches: each sees 5x5 of the 28x28 input, less than "
        "half, and no layer relates them",
    ),
    # a gate of single pixels relates nothing
    (
        "small-receptive-field",
        spec(f"{CONV}\ngate: [conv: {{filters: 8, activation: sigmoid}}]\nglobal_avgpool\ndense: 10"),
        "global_avgpool1 averages patches: each sees 3x3 of the 28x28 input, less than "
        "half, and no layer relates them",
    ),
    # padding at the end alone: a window over pixels 0 to 2 has its centre on 1
    (
        "misaligned-join",
        spec("residual: [conv: {filters: 8, kernel_size: 3, padding: [[0, 2], [0, 2]]}]"),
        "the inputs of residual1.add look at different places: along the height residual1.conv1 and "
        "input have their centres 1 input pixel apart",
    ),
    # floor(45 * 1.4) is 62 in PyTorch, since 45 * 1.4 is 62.99999999999999 in binary
    (
        "inexact-scale",
        spec("upsample: 1.4", "[45, 45, 8]"),
        "PyTorch makes 62x62 of 45x45 here, not 63x63: write size instead of scale",
    ),
    (
        "likely-layout",
        spec("relu", "[1, 28, 28]"),
        "the input is read as height 1 and width 28 with 28 channels: write [28, 28, 1], or "
        "say layout: channels_first",
    ),
    (
        "likely-layout",  # 101 samples of one channel
        spec("relu", "[1, 101]"),
        "the input is read as length 1 with 101 channels: write [101, 1], or say layout: channels_first",
    ),
    (
        "likely-layout",  # two seconds of stereo sound
        spec("relu", "[88200, 3]", "layout: channels_first\n"),
        "the input is read as length 3 with 88200 channels: write [3, 88200], or say layout: channels_last",
    ),
    (
        "likely-layout",  # a volume
        spec("relu", "[1, 64, 64, 64]"),
        "the input is read as depth 1, height 64 and width 64 with 64 channels: write [64, 64, 64, 1], or "
        "say layout: channels_first",
    ),
    (
        "likely-layout",  # a video: 16 pictures in colour
        spec("relu", "[3, 16, 112, 112]"),
        "the input is read as depth 3, height 16 and width 112 with 112 channels: "
        "write [16, 112, 112, 3], or say layout: channels_first",
    ),
    (
        "likely-layout",  # not square
        spec("relu", "[3, 480, 640]"),
        "the input is read as height 3 and width 480 with 640 channels: write [480, 640, 3], or "
        "say layout: channels_first",
    ),
    (
        "likely-layout",  # Keras' order where the file says PyTorch's
        spec("relu", "[224, 224, 3]", "layout: channels_first\n"),
        "the input is read as height 224 and width 3 with 224 channels: write [3, 224, 224], or "
        "say layout: channels_last",
    ),
    (
        "likely-image",
        spec("relu", "[28, 28]", "layout: channels_first\n"),
        "the input is read as a sequence of length 28 with 28 channels: a grey image is [1, 28, 28]",
    ),
    (
        "unused-layer",
        spec("split: [left, right]\nrelu: {from: left}"),
        "nothing reads split1.right, and it is not an output: read it in a from, name it "
        "under outputs, or leave it out",
    ),
    (
        "unused-layer",
        spec(f"{CONV[:-1]}, name: side}}\nmaxpool: {{kernel_size: 2, from: input}}"),
        "nothing reads side, and it is not an output: read it in a from, name it under outputs, or "
        "leave it out",
    ),
    (
        "unused-block",
        spec("relu", top="blocks:\n  A: {layers: [B]}\n  B: {layers: [relu]}\n"),
        "nothing calls the block A: call it, or leave it out",
    ),
    (
        "unused-param",
        spec("A: {c: 4, d: 5}", top="blocks: {A: {params: {c: required, d: 1}, layers: [conv: c]}}\n"),
        "nothing in A uses d: use it in an expression, or leave it out",
    ),
    # the block's own param hides the file's
    (
        "unused-param",
        spec("A: {c: 4}", top="params: {c: 3}\nblocks: {A: {params: {c: 1}, layers: [conv: c]}}\n"),
        "nothing uses the param c: use it in an expression, or leave it out",
    ),
    (
        "unused-param",
        spec("A", top="blocks: {A: {let: {wide: 3}, layers: [relu]}}\n"),
        "nothing in A uses wide: use it in an expression, or leave it out",
    ),
    (
        "taken-on-trust",
        spec("custom: {output: [h_in, w_in, 16], macs: 784}"),
        "custom1 is taken on trust: its output, 0 parameters and 784 MACs, as stated",
    ),
]


@pytest.mark.parametrize(("rule", "text", "message"), SPEAKS)
def test_a_rule_speaks(rule: str, text: str, message: str) -> None:
    assert found(check(text), rule)[0] == message


SILENT: list[tuple[str, str]] = [
    # the rest of ResNet's first layers lies in the padding
    (
        "pixels-dropped",
        spec(
            "conv: {filters: 8, kernel_size: 7, stride: 2, padding: 3}", "[224, 224, 3]", "rounding: floor\n"
        ),
    ),
    (
        "share-left-out",
        spec(
            "conv: {filters: 8, kernel_size: 1, name: a, if: false}\n"
            "conv: {filters: 8, kernel_size: 1, share: a, if: false}"
        ),
    ),
    ("implicit-1x1", spec("conv: {filters: 16, kernel_size: 1}")),
    (
        "pixels-dropped",
        "input: [30, 8]\nlayers:\n  - maxpool: {kernel_size: 4, padding: causal, rounding: floor}\n",
    ),
    ("implicit-1x1", spec("conv: 16", top="defaults: {conv: {kernel_size: 3}}\n")),
    # of one pixel no other kernel makes sense
    ("implicit-1x1", spec("global_avgpool: {keepdims: true}\nconv: 16")),
    ("pixels-dropped", spec("maxpool: {kernel_size: 2, rounding: ceil}", "[45, 45, 8]")),
    ("pixels-dropped", spec("maxpool: {kernel_size: 2, padding: same}", "[45, 45, 8]", "rounding: floor\n")),
    # the main way reads what the shortcut steps over
    (
        "pixels-skipped",
        spec(
            "residual:\n      layers: [conv: {filters: 8, kernel_size: 3, stride: 2, padding: half}]\n"
            "      shortcut: [conv: {filters: 8, stride: 2}]",
            top="rounding: floor\n",
        ),
    ),
    # two shifted windows read everything together
    (
        "pixels-skipped",
        spec(
            "parallel:\n      branches:\n        - [conv: {filters: 8, stride: 2}]\n"
            "        - [conv: {filters: 8, stride: 2, padding: [[1, 0]]}]",
            "[27, 8]",
            "rounding: floor\n",
        ),
    ),
    ("pixels-skipped", spec("maxpool: {kernel_size: 1, stride: 2}", "[1, 1, 8]")),
    ("padding-exceeds-kernel", spec("conv: {filters: 8, kernel_size: 3, padding: 2}")),  # "full" padding
    ("padding-exceeds-kernel", spec("conv: {filters: 8, kernel_size: 3, padding: 4, dilation: 2}")),
    ("checkerboard", spec("conv_transpose: {filters: 8, kernel_size: 2, stride: 2}")),  # U-Net
    ("checkerboard", spec("conv_transpose: {filters: 8, kernel_size: 3}")),
    (
        "bias-before-norm",
        spec("conv: {filters: 8, kernel_size: 3, norm: layer}"),
    ),  # its mean is over all channels
    (
        "bias-before-norm",
        spec("conv: {filters: 8, name: a}\nbatchnorm\nadd: [a, prev]"),
    ),  # read without the norm
    ("missing-activation", spec("depthwise_conv: 3\nconv: 16")),
    ("missing-activation", spec("conv: 4\nconv: 16")),  # a bottleneck: 8, 4, 16 channels
    (
        "missing-activation",
        spec("conv: {filters: 8, kernel_size: [1, 7]}\nconv: {filters: 8, kernel_size: [7, 1]}"),
    ),
    ("missing-activation", spec("conv: {filters: 8, kernel_size: 3}\nmaxpool: 2\nconv: 8")),
    ("missing-activation", spec("residual: [conv: 8]\nconv: 8")),  # a sum of two is not one of them any more
    # a feature pyramid (FPN, Lin 2017): the lateral 1x1 is added to, and its 3x3 smooths what it gives
    (
        "missing-activation",
        spec(
            "conv: {filters: 8, kernel_size: 1, name: p}\nconv: {filters: 8, kernel_size: 3, padding: 1}\n"
            "concat: [p, prev]"
        ),
    ),
    ("repeated-activation", spec("relu\nmaxpool: 2\nsigmoid")),
    # a spatial gate: the sigmoid weighs what the relu gives
    ("repeated-activation", spec("relu: {name: x}\nsigmoid\nmultiply: [x, prev]")),
    ("repeated-activation", spec("relu\ngate: [sigmoid]")),
    ("repeated-activation", spec("relu: {name: x}\nsigmoid: {name: y}", top="outputs: [x, y]\n")),
    ("dropout-before-batchnorm", spec("dropout: 0.0\nbatchnorm")),
    ("dropout-before-batchnorm", spec("dropout: 0.2\nlayernorm\nbatchnorm")),
    ("batchnorm-on-one-pixel", spec("batchnorm", "[64]")),
    ("batchnorm-on-one-pixel", spec("adaptive_avgpool: [1, 2]\ninstancenorm")),
    ("even-kernel", spec("conv: {filters: 8, kernel_size: 4, stride: 2, padding: 1}")),  # halves the size
    ("even-kernel", spec("conv: {filters: 8, kernel_size: 2}")),
    (
        "uneven-same-padding",
        spec("conv: {filters: 8, kernel_size: 3, stride: 2, padding: same}", "[27, 27, 8]"),
    ),
    ("uneven-same-padding", spec("conv: {filters: 8, kernel_size: 4, padding: same}")),
    ("heavy-flatten", zoo.text("mnist")),
    ("small-receptive-field", zoo.text("squeezenet1_1")),  # 207 of 224 pixels
    ("small-receptive-field", spec("dense: 10\nglobal_avgpool")),  # what comes before cannot be known
    ("small-receptive-field", spec("gate: [global_avgpool, dense: {units: 8, activation: sigmoid}]")),
    # SE (Hu 2018): what is averaged was scaled by what sees all
    ("small-receptive-field", spec(f"{CONV}\n{SQUEEZE}\nglobal_avgpool\ndense: 10")),
    (
        "small-receptive-field",
        spec(
            "conv: {filters: 8, kernel_size: 3, padding: half, activation: relu, name: x}\n"
            "global_avgpool\ndense: 8\nmultiply: [x, prev]\nglobal_avgpool\ndense: 10"
        ),
    ),
    ("misaligned-join", zoo.text("unet")),  # upsampling: no one centre to compare
    ("misaligned-join", zoo.text("resnet50")),
    ("inexact-scale", spec("upsample: 2.5", "[10, 10, 8]")),
    ("inexact-scale", spec("upsample: {scale: 1.4, rounding: ceil}", "[45, 45, 8]")),
    ("likely-layout", spec("relu", "[3, 224, 224]", "layout: channels_first\n")),
    ("likely-layout", spec("relu", "[3, 3, 3]")),
    ("likely-layout", spec("relu", "[1, 50, 512]")),  # one row of features, as a CRNN reads them
    ("likely-layout", spec("relu", "[4, 4, 512]")),
    ("likely-layout", spec("relu", "[3, 3]", "layout: channels_first\n")),
    (
        "likely-image",
        spec("ConvTranspose1d: {filters: 4, kernel_size: 3}", "[3, 3]", "layout: channels_first\n"),
    ),
    ("likely-layout", spec("relu", "[5, 224, 224]")),
    ("likely-image", spec("relu", "[100, 28]")),
    (
        "unused-layer",
        spec("conv: {filters: 8, name: a}\nrelu: {from: input, name: b}", top="outputs: [a, b]\n"),
    ),
    ("unused-layer", spec("conv: {filters: 8, name: a}\nadd: [input, b]")),  # b may have meant a
    ("unused-block", spec("A: {if: 1 == 2}", top="blocks: {A: {layers: [relu]}}\n")),
    ("unused-param", spec("conv: c", "[28, 28, s]", "params: {c: 8, s: 3}\n")),
    ("unused-param", spec("conv: 8", top="params: {k: 3}\ndefaults: {conv: {kernel_size: k}}\n")),
    (
        "unused-param",
        spec("A", top="params: {c: 3}\nblocks: {A: {let: {wide: 2*c}, layers: [conv: wide]}}\n"),
    ),
    ("taken-on-trust", spec("reshape: [14, 56, 8]")),  # states its output too, and is checked
    ("over-budget", spec(CONV, top="budget: {params: 584, dtype: int8}\n")),
]


@pytest.mark.parametrize(("rule", "text"), SILENT)
def test_a_rule_is_silent(rule: str, text: str) -> None:
    report = check(text)
    assert report.trace is not None
    assert found(report, rule) == []


@pytest.mark.parametrize("rule", RULES.of(DESIGN))
def test_every_rule_has_rows_of_both_kinds(rule: str) -> None:
    assert rule in {name for name, _, _ in SPEAKS}
    assert rule in {name for name, _ in SILENT}
