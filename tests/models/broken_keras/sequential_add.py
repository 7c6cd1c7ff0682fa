# cnn-shapes check sequential_add.py:Net

import keras
from keras import layers


def Net():
    model = keras.Sequential()
    model.add(keras.Input((8, 8, 3)))
    model.add(layers.Conv2D(16, 5, activation="relu"))
    model.add(layers.AveragePooling2D(2))
    model.add(layers.Conv2D(32, 3, activation="relu"))
    model.add(layers.Flatten())
    model.add(layers.Dense(10))
    return model
