# cnn-shapes check reshape_of_another_size.py:generator

import keras
from keras import layers


def generator(latent=100):
    noise = keras.Input((latent,))
    x = layers.Dense(7 * 7 * 64, use_bias=False)(noise)
    x = layers.LeakyReLU()(layers.BatchNormalization()(x))
    x = layers.Reshape((7, 7, 128))(x)
    x = layers.Conv2DTranspose(64, 5, strides=2, padding="same")(x)
    return keras.Model(noise, layers.Conv2DTranspose(1, 5, strides=2, padding="same", activation="tanh")(x))
