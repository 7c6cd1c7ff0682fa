# cnn-shapes check lstm_after_conv.py:Net

import keras
from keras import layers


def Net():
    image = keras.Input((32, 100, 1))
    x = layers.Conv2D(32, 3, padding="same", activation="relu")(image)
    x = layers.MaxPooling2D((2, 1))(x)
    x = layers.LSTM(64)(x)
    return keras.Model(image, layers.Dense(10)(x))
