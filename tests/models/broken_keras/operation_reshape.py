# cnn-shapes check operation_reshape.py:Net

import keras
from keras import layers, ops


def Net():
    image = keras.Input((32, 32, 3))
    x = layers.Conv2D(48, 8, 8)(image)
    x = ops.reshape(x, (-1, 49, 48))
    x = layers.LayerNormalization()(x)
    x = layers.MultiHeadAttention(4, 12)(x, x)
    return keras.Model(image, layers.GlobalAveragePooling1D()(x))
