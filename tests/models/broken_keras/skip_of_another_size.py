# cnn-shapes check skip_of_another_size.py:Unet

import keras
from keras import layers


def Unet(size=50):
    image = keras.Input((size, size, 1))
    a = layers.Conv2D(16, 3, padding="same", activation="relu")(image)
    b = layers.Conv2D(32, 3, padding="same", activation="relu")(layers.MaxPooling2D()(a))
    c = layers.Conv2D(64, 3, padding="same", activation="relu")(layers.MaxPooling2D()(b))
    up = layers.UpSampling2D()(c)
    up = layers.Concatenate()([b, up])
    up = layers.Conv2D(32, 3, padding="same", activation="relu")(up)
    up = layers.Concatenate()([a, layers.UpSampling2D()(up)])
    return keras.Model(image, layers.Conv2D(1, 1, activation="sigmoid")(up))
