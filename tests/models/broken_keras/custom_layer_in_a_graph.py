# cnn-shapes check custom_layer_in_a_graph.py:Net

import keras
from keras import layers, ops


class Gate(layers.Layer):
    def __init__(self, channels):
        super().__init__()
        self.squeeze = layers.Dense(channels // 4, activation="relu")
        self.expand = layers.Dense(channels, activation="sigmoid")

    def call(self, x):
        return x * self.expand(self.squeeze(ops.mean(x, axis=(1, 2), keepdims=True)))


def Net():
    image = keras.Input((32, 32, 3))
    x = layers.Conv2D(64, 3, padding="same", activation="relu")(image)
    x = Gate(32)(x)
    return keras.Model(image, layers.GlobalAveragePooling2D()(x))
