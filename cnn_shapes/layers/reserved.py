"""The class names that a file cannot give to a block of its own: those that the first version read.

Where a block has the name of a class that was added later, the block is meant: what a file says keeps its
meaning.
"""

from __future__ import annotations

from cnn_shapes.layers.base import ranked

RESERVED = frozenset(
    (
        *ranked("AdaptiveAvgPool{}d", "AdaptiveMaxPool{}d", "AvgPool{}d", "MaxPool{}d", "LPPool{}d"),
        *ranked("BatchNorm{}d", "InstanceNorm{}d", "Conv{}d", "ConvTranspose{}d"),
        *ranked("AdaptiveAveragePooling{}D", "AdaptiveMaxPooling{}D", "AveragePooling{}D", "AvgPool{}D"),
        *ranked("MaxPooling{}D", "MaxPool{}D", "Conv{}D", "Convolution{}D", "Cropping{}D", "ZeroPadding{}D"),
        *ranked("DepthwiseConv{}D", "SeparableConv{}D", "SeparableConvolution{}D", ranks=(1, 2)),
        *("Add", "ChannelShuffle", "Concatenate", "Dense", "Dropout", "Flatten", "GroupNorm"),
        *("GroupNormalization", "Identity", "LayerNormalization", "Linear", "LocalResponseNorm", "Multiply"),
        *("PixelShuffle", "PixelUnshuffle", "Reshape", "Upsample"),
        *("ELU", "GELU", "Hardsigmoid", "Hardswish", "LeakyReLU", "Mish", "PReLU", "ReLU", "ReLU6", "SELU"),
        *("SiLU", "Sigmoid", "Softmax", "Softplus", "Tanh"),
        *("conv2d", "fc", "pool"),
    )
)
