"""What an ONNX file holds, as plain values, and without the values of its large weights."""
