# cnn-shapes check raises_itself.py:Net --input 30x30x3

import keras
from keras import layers


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.conv = layers.Conv2D(8, 3)

    def call(self, x):
        if x.shape[1] % 32:
            raise ValueError("a multiple of 32 is wanted")
        return self.conv(x)
