"""Large weights of an ONNX file are passed over; the rest is kept to the byte.

Source: the encoding of Protocol Buffers, and the numbers of the fields in onnx.proto.
"""

from pathlib import Path

import pytest

from cnn_shapes.importing.onnx.stored import without_weights
from cnn_shapes.importing.onnx.stored.without_weights import model_bytes

LARGE = 2**20 + 7


def field(number: int, inside: bytes) -> bytes:
    """A field of bytes: its key, its length in groups of seven bits, itself."""
    size, length = len(inside), bytearray()
    while size > 127:
        length.append(size & 127 | 128)
        size >>= 7
    return bytes((number << 3 | 2,)) + bytes((*length, size)) + inside


NAME, DIMS = field(8, b"w"), bytes((1 << 3, 4))  # of a TensorProto
NODE = field(1, field(4, b"Relu"))
OPSET = field(8, bytes((2 << 3, 17)))


def model(*tensors: bytes) -> bytes:
    return OPSET + field(7, NODE + b"".join(field(5, one) for one in tensors) + field(2, b"net"))


@pytest.mark.parametrize("number", [4, 5, 7, 9, 10, 11])
def test_values_are_left_out(number: int) -> None:
    values = field(number, bytes(LARGE))
    whole = model(DIMS + values + NAME, NAME + DIMS + values, DIMS + NAME)
    assert without_weights.without_weights(whole) == model(DIMS + NAME, NAME + DIMS, DIMS + NAME)


def test_what_is_small_or_no_weight_is_kept() -> None:
    small = model(DIMS + field(9, bytes(1000)) + NAME)
    large_text = OPSET + field(6, bytes(LARGE)) + field(7, NODE + field(10, bytes(LARGE)))
    for data in (small, large_text):
        assert without_weights.without_weights(data) == data


@pytest.mark.parametrize("end", [1, LARGE // 2, LARGE])
def test_a_file_that_is_cut_short_stays_one(end: int) -> None:
    """A field of bytes is shorter than it says, which no reader of the format takes."""
    cut = without_weights.without_weights(model(DIMS + field(9, bytes(LARGE)))[:-end])
    assert cut == b"\x3a\x7f"


def test_a_file_is_not_copied(tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(model(DIMS + field(9, bytes(LARGE)) + NAME))
    assert model_bytes(str(path)) == model(DIMS + NAME)
    path.write_bytes(b"")
    assert model_bytes(str(path)) == b""


def test_no_more_fields_are_looked_at_than_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(without_weights, "MOST_FIELDS", 10)
    data = bytes((1 << 3, 1)) * 20
    assert without_weights.without_weights(data) == data[:20]
