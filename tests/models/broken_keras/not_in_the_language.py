# cnn-shapes check not_in_the_language.py:Net

import keras
from keras import layers, ops


def Net():
    image = keras.Input((32, 32, 3))
    x = layers.Conv2D(8, 3, activation="relu")(image)
    x = ops.cumsum(x, axis=1)
    x = layers.Conv2D(8, 3, activation="relu")(x)
    return keras.Model(image, layers.GlobalAveragePooling2D()(x))
