# cnn-shapes check subclass_adds_unequal.py:Net --input 32x32x3

import keras
from keras import layers


class Block(layers.Layer):
    def __init__(self, filters):
        super().__init__()
        self.first = layers.Conv2D(filters, 3, padding="same", activation="relu")
        self.second = layers.Conv2D(filters, 3, activation="relu")

    def call(self, x):
        return x + self.second(self.first(x))


class Net(keras.Model):
    def __init__(self, classes=10):
        super().__init__()
        self.stem = layers.Conv2D(16, 3, padding="same", activation="relu")
        self.block = Block(16)
        self.pool = layers.GlobalAveragePooling2D()
        self.head = layers.Dense(classes)

    def call(self, image):
        return self.head(self.pool(self.block(self.stem(image))))
