# cnn-shapes check sequential_pool.py:Net --input 20x20x3

from keras import Sequential, layers

Net = Sequential(
    [
        layers.Conv2D(16, 5, activation="relu"),
        layers.MaxPooling2D(4),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(4),
        layers.Flatten(),
        layers.Dense(10),
    ]
)
