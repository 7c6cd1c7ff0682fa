# cnn-shapes check channels_first_by_mistake.py:Net

import keras
from keras import layers


def Net():
    image = keras.Input((3, 64, 64))
    x = layers.Conv2D(32, 3, activation="relu")(image)
    x = layers.MaxPooling2D()(x)
    return keras.Model(image, layers.Dense(10)(layers.Flatten()(x)))
