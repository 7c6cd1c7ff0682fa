# cnn-shapes check residual_without_projection.py:Net

import keras
from keras import layers


def block(x, filters, strides=1):
    y = layers.Conv2D(filters, 3, strides, padding="same", use_bias=False)(x)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.Conv2D(filters, 3, padding="same", use_bias=False)(y)
    y = layers.BatchNormalization()(y)
    return layers.ReLU()(layers.add([x, y]))


def Net():
    image = keras.Input((32, 32, 3))
    x = layers.Conv2D(16, 3, padding="same", activation="relu")(image)
    x = block(x, 16)
    x = block(x, 32, strides=2)
    return keras.Model(image, layers.Dense(10)(layers.GlobalAveragePooling2D()(x)))
