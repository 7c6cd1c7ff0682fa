# cnn-shapes check flatten_before_pool.py:Net

import keras
from keras import layers


def Net():
    image = keras.Input((32, 32, 3))
    x = layers.Conv2D(32, 3, padding="same", activation="relu")(image)
    x = layers.Flatten()(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(image, layers.Dense(10)(x))
