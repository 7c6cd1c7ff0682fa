# cnn-shapes check groups_do_not_divide.py:Net

import keras
from keras import layers


def Net():
    image = keras.Input((32, 32, 3))
    x = layers.Conv2D(30, 3, padding="same", activation="relu")(image)
    x = layers.Conv2D(64, 3, groups=4, activation="relu")(x)
    return keras.Model(image, layers.GlobalAveragePooling2D()(x))
