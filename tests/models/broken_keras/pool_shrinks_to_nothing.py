# cnn-shapes check pool_shrinks_to_nothing.py:Net

import keras
from keras import layers


def Net():
    image = keras.Input((28, 28, 1))
    x = image
    for filters in (16, 32, 64):
        x = layers.Conv2D(filters, 3, activation="relu")(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(128, 3, activation="relu")(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(image, layers.Dense(10)(x))
