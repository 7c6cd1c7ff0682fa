# cnn-shapes check decoder_of_an_odd_input.py:Decoder

import keras
from keras import layers


def Decoder(size=50):
    image = keras.Input((size, size, 1))
    x = layers.Conv2D(8, 3, padding="same", activation="relu")(image)
    x = layers.MaxPooling2D()(x)
    skip = layers.Conv2D(16, 3, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D()(skip)
    x = layers.Conv2DTranspose(16, 2, strides=2)(x)
    return keras.Model(image, layers.add([x, skip]))
