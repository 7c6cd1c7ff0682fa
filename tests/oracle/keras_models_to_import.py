"""Keras models as people write them, for the tests of importing: functional, nested, shared, subclassed."""

# mypy: disable-error-code="misc"

from typing import Any

import keras
from keras import layers, ops

Sizes = tuple[int, ...]


def siamese() -> Any:
    image = keras.Input((32, 32, 3), name="image")
    x = layers.Conv2D(8, 3, padding="same", name="c1")(image)
    x = layers.PReLU(shared_axes=[1, 2])(x)
    encoder = keras.Model(image, layers.GlobalAveragePooling2D()(x), name="encoder")
    left, right = keras.Input((32, 32, 3), name="left"), keras.Input((32, 32, 3), name="right")
    difference = layers.Subtract()([encoder(left), encoder(right)])
    return keras.Model([left, right], layers.Dense(1, activation="sigmoid")(difference), name="siamese")


def nested_twice() -> Any:
    inner = keras.Sequential([keras.Input((8, 8, 4)), layers.Conv2D(4, 3, padding="same"), layers.ReLU()])
    middle_in = keras.Input((8, 8, 4))
    middle = keras.Model(middle_in, layers.Add()([middle_in, inner(inner(middle_in))]))
    image = keras.Input((8, 8, 4))
    return keras.Model(image, layers.Flatten()(middle(image)))


def shared_layer() -> Any:
    conv = layers.Conv2D(16, 3, padding="same", name="shared")
    image = keras.Input((32, 32, 16))
    x = layers.BatchNormalization(scale=False)(conv(conv(image)))
    x = layers.BatchNormalization(center=False, scale=False)(x)
    x = layers.Activation(keras.activations.swish)(x)
    return keras.Model(image, [x, layers.Flatten()(x)])


def unet() -> Any:
    image = keras.Input((64, 64, 3))
    a = layers.Conv2D(8, 3, padding="same", activation="relu")(image)
    b = layers.Conv2D(16, 3, strides=2, padding="same", activation=layers.LeakyReLU(0.1))(a)
    c = layers.Conv2DTranspose(8, 3, strides=2, padding="same")(b)
    d = layers.Cropping2D(((1, 1), (0, 2)))(layers.Conv2DTranspose(8, 4, strides=2)(b))
    e = layers.Conv2DTranspose(8, 2, strides=2, output_padding=1, padding="same")(b)
    up = layers.UpSampling2D(2, interpolation="bilinear")(b)
    x = layers.Concatenate()(
        [
            a,
            c,
            d,
            layers.Cropping2D(((0, 1), (1, 0)))(layers.ZeroPadding2D(1)(up))[:, :64, :64],
            layers.Resizing(64, 64)(e),
        ]
    )
    x = layers.ZeroPadding2D(((0, 1), (0, 1)))(x)
    x = layers.SeparableConv2D(8, 3, depth_multiplier=2, use_bias=False)(x)
    x = layers.DepthwiseConv2D(3, padding="same", dilation_rate=2)(x)
    x = layers.Normalization()(layers.Rescaling(1 / 255.0)(x))
    x = layers.GroupNormalization(4)(x)
    x = layers.GroupNormalization(-1, scale=False, center=False)(x)
    x = layers.LayerNormalization()(layers.RMSNormalization()(layers.UnitNormalization()(x)))
    x = layers.AveragePooling2D(3, 2, padding="same")(x)
    x = layers.MaxPooling2D((3, 2), strides=(2, 1))(layers.ReLU(6.0)(x))
    x = layers.Lambda(lambda t: t[:, ::2])(x)
    x = layers.GaussianNoise(0.1)(layers.SpatialDropout2D(0.1)(layers.ELU()(layers.PReLU()(x))))
    return keras.Model(image, layers.GlobalMaxPooling2D(keepdims=True)(x))


def text() -> Any:
    words = keras.Input((50,), dtype="int32")
    x = layers.Embedding(1000, 32, mask_zero=True)(words)
    x = layers.Bidirectional(layers.LSTM(16, return_sequences=True))(x)
    x = layers.MultiHeadAttention(4, 8, value_dim=6, output_shape=24)(x, x)
    x = layers.MultiHeadAttention(2, 8)(x, x[:, :20])
    x = layers.TimeDistributed(layers.Dense(12, activation="gelu"))(x)
    x = layers.Conv1D(8, 3, padding="causal", dilation_rate=2)(x)
    x = layers.GRU(8, reset_after=False)(layers.GRU(8, return_sequences=True)(x))
    x = layers.RepeatVector(3)(x)
    x = layers.SimpleRNN(4, return_sequences=True, use_bias=False)(x)
    x = layers.Softmax()(layers.Permute((2, 1))(x))
    return keras.Model(words, layers.Reshape((-1, 2))(x))


def operations() -> Any:
    image = keras.Input((16, 16, 8))
    x = ops.concatenate([image, image * 2.0 + 1.0], axis=-1)
    x = x * ops.sigmoid(ops.mean(x, axis=[1, 2], keepdims=True))
    x = ops.pad(x, ((0, 0), (1, 1), (0, 2), (0, 0)))
    x = ops.maximum(x[:, 1:-1, :16], x[:, :16, 2:])
    x = ops.relu6(ops.max_pool(x, 2)) - ops.gelu(ops.average_pool(x, 2))
    x = ops.reshape(x, (-1, 64, 16))
    x = ops.softmax(ops.matmul(x, ops.transpose(x, (0, 2, 1))), axis=-1)
    x = ops.sqrt(ops.max(x, axis=1))
    x = ops.squeeze(ops.expand_dims(x, 1), 1)
    return keras.Model(image, x / 2.0)


def video() -> Any:
    frames = keras.Input((8, 32, 32, 3))
    x = layers.TimeDistributed(layers.Conv2D(4, 3, strides=2, padding="same"))(frames)
    x = layers.TimeDistributed(layers.MaxPooling2D(2))(x)
    x = layers.Conv3D(6, (1, 3, 3), padding="same", groups=2)(x)
    x = layers.TimeDistributed(layers.Flatten())(x)
    return keras.Model(frames, layers.LSTM(8)(x))


def transformer() -> Any:
    image = keras.Input((64, 64, 3))
    x = layers.Reshape((16, 32))(layers.Conv2D(32, 16, 16)(image))
    y = layers.LayerNormalization()(x)
    x = x + layers.MultiHeadAttention(num_heads=4, key_dim=8)(y, y)
    x = x + layers.Dense(32)(layers.Dense(64, activation="gelu")(layers.LayerNormalization()(x)))
    return keras.Model(image, layers.Dense(5)(x[:, 0]))


class ConvBlock(layers.Layer):
    def __init__(self, filters: int, stride: int = 1, **options: Any) -> None:
        super().__init__(**options)
        self.conv = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)
        self.norm = layers.BatchNormalization()
        self.relu = layers.Activation("relu")

    def call(self, x: Any) -> Any:
        return self.relu(self.norm(self.conv(x)))


class Residual(layers.Layer):
    """Its parts are made where it is built, and it has a weight of its own."""

    def __init__(self, filters: int, stride: int = 1) -> None:
        super().__init__()
        self.filters, self.stride = filters, stride

    def build(self, shape: Any) -> None:
        self.first = ConvBlock(self.filters, self.stride)
        self.second = layers.Conv2D(self.filters, 3, padding="same")
        changes = shape[-1] != self.filters or self.stride > 1
        self.short = layers.Conv2D(self.filters, 1, self.stride) if changes else None
        self.gamma = self.add_weight(shape=(self.filters,), name="gamma")

    def call(self, x: Any) -> Any:
        y = self.second(self.first(x)) * self.gamma
        return ops.relu((x if self.short is None else self.short(x)) + y)


class Subclassed(keras.Model):
    def __init__(self, classes: int = 10) -> None:
        super().__init__()
        self.stem = ConvBlock(16, 2, name="stem")
        self.stages = [Residual(16), Residual(32, 2), Residual(64, 2)]
        self.pool = layers.GlobalAveragePooling2D()
        self.drop = layers.Dropout(0.2)
        self.head = layers.Dense(classes)

    def call(self, x: Any, training: bool = False) -> Any:
        x = self.stem(x)
        for stage in self.stages:
            x = stage(x)
        return self.head(self.drop(self.pool(x), training=training))


def subclassed() -> Any:
    return Subclassed()


def without_input() -> Any:
    return keras.Sequential([layers.Conv2D(8, 3), layers.ReLU(), layers.Flatten(), layers.Dense(3)])


def channels_first() -> Any:
    image = keras.Input((3, 33, 32))
    x = layers.Conv2D(8, 3, data_format="channels_first")(image)
    x = layers.BatchNormalization(axis=1)(x)
    x = layers.AveragePooling2D(2, padding="same", data_format="channels_first")(x)
    x = layers.Concatenate(axis=1)([x, x])
    x = layers.Flatten(data_format="channels_first")(x)
    return keras.Model(image, layers.Dense(3)(x))


# each with its inputs, where it does not say them itself
MODELS: dict[Any, list[Sizes]] = {
    siamese: [],
    nested_twice: [],
    shared_layer: [],
    unet: [],
    text: [],
    operations: [],
    video: [],
    transformer: [],
    subclassed: [(64, 64, 3)],
    without_input: [(20, 20, 3)],
    channels_first: [],
}
