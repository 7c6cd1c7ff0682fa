"""The class names that a file cannot give to a block of its own: those that the first version read.

Where a block has the name of a class that was added later, the block is meant: what a file says keeps its
meaning.
"""

from __future__ import annotations

RESERVED = frozenset(
    ["AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D", "AdaptiveAveragePooling3D", "AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d", "AdaptiveMaxPool1d", "AdaptiveMaxPool2d", "AdaptiveMaxPool3d", "AdaptiveMaxPooling1D", "AdaptiveMaxPooling2D", "AdaptiveMaxPooling3D", "Add", "AveragePooling1D", "AveragePooling2D", "AveragePooling3D", "AvgPool1D", "AvgPool1d", "AvgPool2D", "AvgPool2d", "AvgPool3D", "AvgPool3d", "BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "ChannelShuffle", "Concatenate", "Conv1D", "Conv1d", "Conv2D", "Conv2d", "Conv3D", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d", "Convolution1D", "Convolution2D", "Convolution3D", "Cropping1D", "Cropping2D", "Cropping3D", "Dense", "DepthwiseConv1D", "DepthwiseConv2D", "Dropout", "ELU", "Flatten", "GELU", "GroupNorm", "GroupNormalization", "Hardsigmoid", "Hardswish", "Identity", "InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d", "LPPool1d", "LPPool2d", "LPPool3d", "LayerNormalization", "LeakyReLU", "Linear", "LocalResponseNorm", "MaxPool1D", "MaxPool1d", "MaxPool2D", "MaxPool2d", "MaxPool3D", "MaxPool3d", "MaxPooling1D", "MaxPooling2D", "MaxPooling3D", "Mish", "Multiply", "PReLU", "PixelShuffle", "PixelUnshuffle", "ReLU", "ReLU6", "Reshape", "SELU", "SeparableConv1D", "SeparableConv2D", "SeparableConvolution1D", "SeparableConvolution2D", "SiLU", "Sigmoid", "Softmax", "Softplus", "Tanh", "Upsample", "ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D", "conv2d", "fc", "pool"]
)
